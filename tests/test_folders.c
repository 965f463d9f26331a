#include "base/folders.h"

#include "base/file.h"
#include "base/memory.h"
#include "support.h"

#include <sys/stat.h>
#include <unistd.h>

static void gives(char *path, const char *wish)
{
    if (wish)
        assert_string_equal(path, wish);
    else
        assert_null(path);
    free(path);
}

static void variables_come_first(void **state)
{
    (void)state;
    setenv("HOME", "/h", 1);
    setenv("XDG_STATE_HOME", "/s", 1);
    setenv("XDG_CACHE_HOME", "/c", 1);
    setenv("XDG_DATA_HOME", "/d", 1);
    gives(folders_state("a"), "/s/stepformer/a");
    gives(folders_cache("a"), "/c/stepformer/a");
    gives(folders_data("a"), "/d/stepformer/a");
}

static void without_them_it_is_below_home(void **state)
{
    (void)state;
    static const char *const values[] = {NULL, "", "relative", "./here"};
    setenv("HOME", "/h", 1);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        static const char *const names[] = {"XDG_STATE_HOME", "XDG_CACHE_HOME",
                                            "XDG_DATA_HOME"};
        for (int k = 0; k < 3; k++)
            if (values[i])
                setenv(names[k], values[i], 1);
            else
                unsetenv(names[k]);
        gives(folders_state("a"), "/h/.local/state/stepformer/a");
        gives(folders_cache("a"), "/h/.cache/stepformer/a");
        gives(folders_data("a"), "/h/.local/share/stepformer/a");
    }
}

static void without_a_home_there_is_none(void **state)
{
    (void)state;
    unsetenv("XDG_STATE_HOME");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("XDG_DATA_HOME");
    static const char *const homes[] = {NULL, "", "relative"};
    for (int i = 0; i < 3; i++) {
        if (homes[i])
            setenv("HOME", homes[i], 1);
        else
            unsetenv("HOME");
        gives(folders_state("a"), NULL);
        gives(folders_cache("a"), NULL);
        gives(folders_data("a"), NULL);
    }
}

static void folders_are_made_for_one_alone(void **state)
{
    (void)state;
    char folder[100];
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/stepformer-XXXXXX", parent ? parent : "/tmp");
    assert_non_null(mkdtemp(folder));
    struct error e = {0};
    char *one = file_join(folder, "a"), *two = file_join(folder, "a//b");
    char *file = file_join(folder, "a//b/file");
    for (int i = 0; i < 2; i++) /* existing ones are fine */
        assert_int_equal(folders_make_above(file, &e), 0);
    struct stat s;
    assert_int_equal(stat(two, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0700);
    assert_false(file_exists(file));
    assert_int_equal(folders_make_above("file", &e), 0); /* in the working folder */
    assert_int_equal(folders_make_above("", &e), 0);

    assert_int_equal(file_write(file, "x", 1, true, &e), 0);
    char *below = file_join(file, "c/d");
    assert_int_equal(folders_make_above(below, &e), -1);
    assert_contains(e.message, "the folder cannot be made");
    remove(file);
    remove(two);
    remove(one);
    remove(folder);
    free(below);
    free(file);
    free(two);
    free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_come_first),
        cmocka_unit_test(without_them_it_is_below_home),
        cmocka_unit_test(without_a_home_there_is_none),
        cmocka_unit_test(folders_are_made_for_one_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
