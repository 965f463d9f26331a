#include "base/file.h"

#include "base/memory.h"
#include "support.h"
#include "temporary.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[100];

static int make_folder(void **state)
{
    (void)state;
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/stepformer-XXXXXX", parent ? parent : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

/* How many files the folder holds. */
static int count_files(void)
{
    DIR *d = opendir(folder);
    int n = -2; /* . and .. */
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static int remove_folder(void **state)
{
    (void)state;
    DIR *d = opendir(folder);
    for (struct dirent *entry; (entry = readdir(d));) {
        char *path = file_join(folder, entry->d_name);
        if (entry->d_name[0] != '.' && unlink(path) != 0)
            rmdir(path);
        free(path);
    }
    closedir(d);
    return rmdir(folder);
}

static void test_write_and_read(void **state)
{
    (void)state;
    struct error e = {0};
    char *path = file_join(folder, "text");
    assert_int_equal(file_write(path, "a\0b", 3, false, &e), 0);
    size_t length;
    char *text = file_read(path, 3, &length, &e);
    assert_int_equal(length, 3);
    assert_memory_equal(text, "a\0b", 4);
    free(text);
    struct stat s;
    assert_int_equal(stat(path, &s), 0);
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(s.st_mode & 0777, 0666 & ~mask);
    assert_null(file_read(path, 2, &length, &e));
    assert_contains(e.message, "larger than the 2 bytes");
    assert_string_equal(e.file, path);
    free(path);
}

static void test_replace(void **state)
{
    (void)state;
    struct error e = {0};
    char *path = file_join(folder, "kept");
    assert_int_equal(file_write(path, "old", 3, false, &e), 0);
    assert_int_equal(file_write(path, "new", 3, false, &e), -1);
    assert_contains(e.message, "--force");
    char *text = file_read(path, 10, NULL, NULL);
    assert_string_equal(text, "old");
    free(text);
    assert_int_equal(file_write(path, "newer", 5, true, NULL), 0);
    text = file_read(path, 10, NULL, NULL);
    assert_string_equal(text, "newer");
    free(text);
    free(path);
}

/* A write that fails at the end (the name is a folder) leaves nothing behind. */
static void test_failed_write(void **state)
{
    (void)state;
    struct error e = {0};
    char *path = file_join(folder, "folder");
    assert_int_equal(file_make_folder(path, &e), 0);
    assert_int_equal(file_make_folder(path, &e), 0);
    assert_true(file_is_folder(path));
    int before = count_files();
    assert_int_equal(file_write(path, "x", 1, true, &e), -1);
    assert_contains(e.message, "cannot be written");
    assert_int_equal(count_files(), before);
    char *inside = file_join("/nowhere/at/all", "x");
    e = (struct error){0};
    assert_int_equal(file_write(inside, "x", 1, false, &e), -1);
    e = (struct error){0};
    assert_int_equal(file_make_folder(inside, &e), -1);
    assert_contains(e.message, "cannot be made");
    free(inside);
    free(path);
}

static void test_map(void **state)
{
    (void)state;
    struct error e = {0};
    struct file_map map;
    char *path = file_join(folder, "mapped");
    assert_int_equal(file_write(path, "abc", 3, false, &e), 0);
    assert_int_equal(file_map(path, &map, &e), 0);
    assert_int_equal(map.size, 3);
    assert_memory_equal(map.data, "abc", 3);
    file_unmap(&map);
    assert_null(map.data);
    file_unmap(&map);
    assert_int_equal(file_write(path, "", 0, true, &e), 0);
    assert_int_equal(file_map(path, &map, &e), 0);
    assert_int_equal(map.size, 0);
    file_unmap(&map);
    free(path);
}

/* A folder, a device and a pipe are refused at once; a pipe must not block. */
static void test_irregular(void **state)
{
    (void)state;
    char *pipe_path = file_join(folder, "pipe");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    const char *const paths[] = {folder, "/dev/zero", pipe_path};
    for (int i = 0; i < 3; i++) {
        struct error e = {0};
        struct file_map map;
        assert_null(file_read(paths[i], 100, NULL, &e));
        assert_contains(e.message, "not a regular file");
        assert_int_equal(file_map(paths[i], &map, NULL), -1);
    }
    free(pipe_path);
}

static void test_names(void **state)
{
    (void)state;
    char *path = file_join("a", "b");
    assert_string_equal(path, "a/b");
    free(path);
    path = file_join("a/", "b");
    assert_string_equal(path, "a/b");
    free(path);
    path = file_join("/", "b");
    assert_string_equal(path, "/b");
    free(path);
    assert_true(file_exists(folder));
    assert_false(file_exists("/nowhere"));
    assert_false(file_is_folder("/dev/null"));
}

static void test_list(void **state)
{
    (void)state;
    struct error e = {0};
    char **names, *path = file_join(folder, "listed");
    size_t count;
    assert_int_equal(file_make_folder(path, &e), 0);
    assert_int_equal(file_list(path, &names, &count, &e), 0);
    assert_int_equal(count, 0);
    free(names);
    static const char *const files[] = {"b", "가", "a", ".c"};
    static const char *const sorted[] = {".c", "a", "b", "가"};
    for (int i = 0; i < 4; i++) {
        char *file = file_join(path, files[i]);
        assert_int_equal(file_write(file, "", 0, false, &e), 0);
        free(file);
    }
    assert_int_equal(file_list(path, &names, &count, &e), 0);
    assert_int_equal(count, 4);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(names[i], sorted[i]);
        char *file = file_join(path, names[i]);
        unlink(file);
        free(file);
        free(names[i]);
    }
    free(names);
    file_fail_after(1);
    assert_int_equal(file_list(path, &names, &count, &e), -1);
    file_fail_after(-1);
    assert_contains(e.message, "cannot be read");
    assert_string_equal(e.file, path);
    assert_int_equal(count, 0);
    assert_null(names);
    free(path);
}

/* A name of something open is not replaced, whatever it is open on. */
static void test_streams(void **state)
{
    (void)state;
    char place[200];
    assert_true(temporary_folder(place, sizeof place));
    char *link = file_join(place, "link");
    assert_int_equal(symlink("/proc/self/fd/1", link), 0);
    const char *const names[] = {link, "/proc/self/fd/1"};
    for (int i = 0; i < 2; i++) {
        struct error e = {0};
        assert_int_equal(file_write(names[i], "x", 1, true, &e), -1);
        assert_contains(e.message, "not a regular file");
    }
    free(link);
    remove_all(place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_and_read), cmocka_unit_test(test_replace),
        cmocka_unit_test(test_failed_write), cmocka_unit_test(test_map),
        cmocka_unit_test(test_irregular), cmocka_unit_test(test_names),
        cmocka_unit_test(test_streams), cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
