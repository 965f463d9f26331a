#include "lesson/shelf.h"

#include "base/file.h"
#include "base/memory.h"
#include "support.h"

#include <unistd.h>

static char folder[100];
static char *made[100]; /* files and folders, to be removed in the opposite order */
static size_t made_count;

static char *make_in(const char *name, bool file)
{
    struct error e = {0};
    char *path = file_join(folder, name);
    int status =
        file ? file_write(path, "x", 1, false, &e) : file_make_folder(path, &e);
    if (status < 0)
        fail_msg("%s: %s", path, e.message);
    made[made_count++] = path;
    return path;
}

static void make_lesson(const char *place, const char *id, const char *files)
{
    char *name = mem_format("%s/%s", place, id);
    make_in(name, false);
    for (int i = 0; files[i]; i++) {
        char *file = mem_format("%s/%s", name, files[i] == 'k' ? "ko.md" : "en.md");
        make_in(file, true);
        free(file);
    }
    free(name);
}

/* Three places: named/, the person's share/stepformer/lessons, and data/lessons. */
static int make_places(void **state)
{
    (void)state;
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/stepformer-XXXXXX", parent ? parent : "/tmp");
    if (!mkdtemp(folder))
        return -1;
    make_in("named", false);
    setenv("XDG_DATA_HOME", make_in("share", false), 1);
    make_in("share/stepformer", false);
    make_in("share/stepformer/lessons", false);
    setenv("STEPFORMER_DATA", make_in("data", false), 1);
    make_in("data/lessons", false);
    make_lesson("data/lessons", "05-self-attention", "ke");
    make_lesson("data/lessons", "01-tokens", "k");
    make_lesson("data/lessons", "03-both", "ke");
    make_lesson("share/stepformer/lessons", "03-both", "e");
    make_lesson("share/stepformer/lessons", "20-mine", "ke");
    make_lesson("named", "05-self-attention", "k");
    make_lesson("named", "30-named", "e");
    make_lesson("named", "empty", "");
    make_lesson("named", "No-Capitals", "k");
    make_lesson("named", "한글", "k");
    make_lesson("named", "a.b", "k");
    make_lesson("named", /* 65 bytes */
                "a2345678901234567890123456789012"
                "345678901234567890123456789012345",
                "k");
    make_in("named/README.md", true);
    return 0;
}

static int remove_places(void **state)
{
    (void)state;
    while (made_count > 0) {
        remove(made[--made_count]);
        free(made[made_count]);
    }
    return rmdir(folder);
}

static void check_ids(const struct shelf *s, const char *ids)
{
    struct buffer b = {0};
    for (size_t i = 0; i < s->count; i++)
        buffer_addf(&b, "%s%s%s", i ? " " : "", s->items[i].id,
                    s->items[i].own ? "!" : "");
    char *text = buffer_take(&b);
    assert_string_equal(text, ids);
    free(text);
}

static void test_places(void **state)
{
    (void)state;
    struct shelf s;
    struct error e = {0};
    assert_int_equal(shelf_open(&s, NULL, &e), 0);
    check_ids(&s, "01-tokens 03-both! 05-self-attention 20-mine!");
    shelf_free(&s);
    assert_int_equal(s.count, 0);
    char *named = file_join(folder, "named");
    assert_int_equal(shelf_open(&s, named, &e), 0);
    check_ids(&s, "01-tokens 03-both! 05-self-attention! 20-mine! 30-named!");
    assert_false(e.set);
    shelf_free(&s);
    free(named);
}

static void test_files(void **state)
{
    (void)state;
    struct shelf s;
    assert_int_equal(shelf_open(&s, NULL, NULL), 0);
    const struct shelf_lesson *l = shelf_find(&s, "01-tokens");
    assert_null(l->file[LANGUAGE_EN]);
    assert_contains(l->file[LANGUAGE_KO], "data/lessons/01-tokens/ko.md");
    assert_contains(l->folder, "data/lessons/01-tokens");
    assert_ptr_equal(shelf_file(l, LANGUAGE_EN), l->file[LANGUAGE_KO]);
    assert_ptr_equal(shelf_file(l, LANGUAGE_KO), l->file[LANGUAGE_KO]);
    l = shelf_find(&s, "03-both"); /* the person's, in English only */
    assert_null(l->file[LANGUAGE_KO]);
    assert_contains(shelf_file(l, LANGUAGE_KO), "share/stepformer/lessons/03-both/en.md");
    l = shelf_find(&s, "5");
    assert_contains(shelf_file(l, LANGUAGE_KO), "ko.md");
    assert_contains(shelf_file(l, LANGUAGE_EN), "en.md");
    shelf_free(&s);
}

static void test_find(void **state)
{
    (void)state;
    static const char *const none[] = {"", "0", "6", "self-attention", "5x", "-5",
                                       "05-", "99999999999999999999", "../data"};
    static const char *const five[] = {"5", "05", "005", "05-self-attention"};
    struct shelf s;
    assert_int_equal(shelf_open(&s, NULL, NULL), 0);
    for (size_t i = 0; i < sizeof five / sizeof *five; i++)
        assert_string_equal(shelf_find(&s, five[i])->id, "05-self-attention");
    assert_string_equal(shelf_find(&s, "20")->id, "20-mine");
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_null(shelf_find(&s, none[i]));
    shelf_free(&s);
}

static void test_folder_that_does_not_exist(void **state)
{
    (void)state;
    struct shelf s;
    struct error e = {0};
    assert_int_equal(shelf_open(&s, "/nowhere", &e), -1);
    assert_contains(e.message, "/nowhere");
    assert_contains(e.message, "ko.md");
    assert_int_equal(s.count, 0);
    char *file = file_join(folder, "named/README.md");
    e = (struct error){0};
    assert_int_equal(shelf_open(&s, file, &e), -1);
    free(file);
    char *named = file_join(folder, "named");
    e = (struct error){0};
    file_fail_after(1);
    assert_int_equal(shelf_open(&s, named, &e), -1);
    file_fail_after(-1);
    assert_contains(e.message, "cannot be read");
    assert_string_equal(e.file, named);
    assert_int_equal(s.count, 0);
    free(named);
}

/* Only a named folder has to be there. */
static void test_missing_places(void **state)
{
    (void)state;
    struct shelf s;
    struct error e = {0};
    char *data = mem_string(getenv("STEPFORMER_DATA"));
    char *share = mem_string(getenv("XDG_DATA_HOME"));
    setenv("STEPFORMER_DATA", "/nowhere", 1);
    assert_int_equal(shelf_open(&s, NULL, &e), 0);
    check_ids(&s, "03-both! 20-mine!");
    shelf_free(&s);
    setenv("XDG_DATA_HOME", "relative", 1);
    setenv("HOME", "/nowhere", 1);
    assert_int_equal(shelf_open(&s, NULL, &e), 0);
    check_ids(&s, "");
    assert_null(shelf_find(&s, "5"));
    shelf_free(&s);
    unsetenv("HOME");
    assert_int_equal(shelf_open(&s, NULL, &e), 0);
    assert_int_equal(s.count, 0);
    assert_false(e.set);
    shelf_free(&s);
    setenv("STEPFORMER_DATA", data, 1);
    setenv("XDG_DATA_HOME", share, 1);
    free(data);
    free(share);
}

/* In a build tree the lessons lie beside the folder of the data. */
static void test_lessons_beside_the_data(void **state)
{
    (void)state;
    struct shelf s;
    char *data = mem_string(getenv("STEPFORMER_DATA"));
    char *inside = file_join(data, "lessons");
    setenv("STEPFORMER_DATA", inside, 1); /* its parent holds lessons/ */
    assert_int_equal(shelf_open(&s, NULL, NULL), 0);
    check_ids(&s, "01-tokens 03-both! 05-self-attention 20-mine!");
    shelf_free(&s);
    setenv("STEPFORMER_DATA", data, 1);
    free(inside);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_folder_that_does_not_exist),
        cmocka_unit_test(test_missing_places),
        cmocka_unit_test(test_lessons_beside_the_data),
    };
    return cmocka_run_group_tests(tests, make_places, remove_places);
}
