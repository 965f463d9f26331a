#include "lesson/progress.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "support.h"

#include <unistd.h>

static char folder[100];
static char *file; /* two folders deep, which do not exist at first */

static int make(void **state)
{
    (void)state;
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/stepformer-XXXXXX", parent ? parent : "/tmp");
    if (!mkdtemp(folder))
        return -1;
    file = mem_format("%s/state/stepformer/progress.tsv", folder);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    static const char *const parts[] = {"/state/stepformer/progress.tsv",
                                        "/state/stepformer", "/state", ""};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char *path = mem_format("%s%s", folder, parts[i]);
        remove(path);
        free(path);
    }
    free(file);
    return 0;
}

static void set(struct progress *p, const char *id, int scene, int furthest, int scenes,
                int asked, int right)
{
    progress_set(p, &(struct progress_entry){(char *)id, scene, furthest, scenes, asked,
                                             right});
}

static void is(const struct progress *p, const char *id, int scene, int furthest,
               int scenes, int asked, int right)
{
    const struct progress_entry *x = progress_get(p, id);
    if (!x)
        fail_msg("nothing is known of %s", id);
    assert_string_equal(x->id, id);
    assert_int_equal(x->scene, scene);
    assert_int_equal(x->furthest, furthest);
    assert_int_equal(x->scenes, scenes);
    assert_int_equal(x->asked, asked);
    assert_int_equal(x->right, right);
}

static void is_the_file(const char *text)
{
    char *found = file_read(file, 1 << 20, NULL, NULL);
    assert_non_null(found);
    assert_string_equal(found, text);
    free(found);
}

static void write_text(const char *text)
{
    assert_int_equal(file_write(file, text, strlen(text), true, NULL), 0);
}

static void what_was_saved_is_read_again(void **state)
{
    (void)state;
    struct error e = {0};
    struct progress *p = progress_open(file);
    assert_null(progress_get(p, "05-a"));
    set(p, "05-a", 3, 7, 12, 2, 1);
    set(p, "01-b", 0, 0, 1, 0, 0);
    set(p, "05-a", 4, 8, 12, 3, 2);
    if (progress_save(p, &e) < 0) /* makes the folders */
        fail_msg("%s", e.message);
    progress_free(p);
    is_the_file("05-a\t4\t8\t12\t3\t2\n01-b\t0\t0\t1\t0\t0\n");
    p = progress_open(file);
    is(p, "05-a", 4, 8, 12, 3, 2);
    is(p, "01-b", 0, 0, 1, 0, 0);
    assert_null(progress_get(p, "05"));
    assert_int_equal(progress_save(p, &e), 0);
    progress_free(p);
    is_the_file("05-a\t4\t8\t12\t3\t2\n01-b\t0\t0\t1\t0\t0\n");
}

static void bad_lines_are_passed_over(void **state)
{
    (void)state;
    write_text("\n"
               "\t1\t1\t2\t0\t0\n"
               "few\t1\t1\t2\n"
               "many\t1\t1\t2\t0\t0\t0\n"
               "word\t1\tx\t2\t0\t0\n"
               "minus\t-1\t1\t2\t0\t0\n"
               "space\t 1\t1\t2\t0\t0\n"
               "# a comment\n"
               "large\t1\t1\t99999999999999999999\t0\t0\n"
               "good\t1\t1\t2\t0\t0\r\n"
               "\xff\xfe binary \x01\n"
               "last\t0\t1\t4\t2\t2");
    struct progress *p = progress_open(file);
    static const char *const bad[] = {"", "few", "many", "word", "minus", "space",
                                      "# a comment", "large"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(progress_get(p, bad[i]));
    is(p, "good", 1, 1, 2, 0, 0);
    is(p, "last", 0, 1, 4, 2, 2);
    progress_free(p);
}

/* Numbers that cannot be, from a file or a lesson that became shorter. */
static void numbers_are_brought_into_order(void **state)
{
    (void)state;
    struct progress *p = progress_open(NULL);
    set(p, "a", 9, 3, 4, 1, 5);
    is(p, "a", 3, 3, 4, 1, 1);
    set(p, "a", -1, -1, 0, -1, -1);
    is(p, "a", 0, 0, 1, 0, 0);
    set(p, "a", 2, 1, 4, 0, 0);
    is(p, "a", 2, 2, 4, 0, 0);
    progress_free(p);
}

static void ids_that_no_line_can_hold_are_not_kept(void **state)
{
    (void)state;
    struct progress *p = progress_open(NULL);
    static const char *const bad[] = {"", "a\tb", "a\nb", "\033[31m"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        set(p, bad[i], 0, 0, 1, 0, 0);
        assert_null(progress_get(p, bad[i]));
    }
    progress_free(p);
}

static void without_a_path_it_is_memory_only(void **state)
{
    (void)state;
    struct error e = {0};
    struct progress *p = progress_open(NULL);
    set(p, "a", 1, 2, 3, 0, 0);
    assert_int_equal(progress_save(p, &e), 0);
    is(p, "a", 1, 2, 3, 0, 0);
    progress_free(p);
    progress_free(NULL);
}

static void a_failed_save_leaves_the_old_file(void **state)
{
    (void)state;
    const char *old = "a\t0\t0\t2\t0\t0\n";
    write_text(old);
    for (int n = 1; n <= 3; n++) { /* opening, writing, renaming */
        struct error e = {0};
        struct progress *p = progress_open(file);
        set(p, "a", 1, 1, 2, 0, 0);
        file_fail_after(n);
        assert_int_equal(progress_save(p, &e), -1);
        file_fail_after(-1);
        assert_contains(e.message, "cannot be written");
        progress_free(p);
        is_the_file(old);
    }
    struct error e = {0};
    struct progress *p = progress_open("/dev/null/x/progress.tsv");
    assert_int_equal(progress_save(p, &e), -1);
    assert_contains(e.message, "cannot be made");
    progress_free(p);
}

/* An unreadable file is as good as none. */
static void a_failed_read_is_an_empty_start(void **state)
{
    (void)state;
    write_text("a\t0\t0\t2\t0\t0\n");
    file_fail_after(1);
    struct progress *p = progress_open(file);
    file_fail_after(-1);
    assert_null(progress_get(p, "a"));
    progress_free(p);
    p = progress_open(folder);
    assert_null(progress_get(p, "a"));
    progress_free(p);
}

static void path_is(const char *wish)
{
    char *path = progress_path();
    if (wish)
        assert_string_equal(path, wish);
    else
        assert_null(path);
    free(path);
}

static void the_path_is_that_of_xdg(void **state)
{
    (void)state;
    setenv("XDG_STATE_HOME", "/s", 1);
    setenv("HOME", "/h", 1);
    path_is("/s/stepformer/progress.tsv");
    setenv("XDG_STATE_HOME", "relative", 1);
    path_is("/h/.local/state/stepformer/progress.tsv");
    unsetenv("XDG_STATE_HOME");
    path_is("/h/.local/state/stepformer/progress.tsv");
    unsetenv("HOME");
    path_is(NULL);
}

/* Property: any file can be read, and what is kept of it is in order and survives. */
static void random_files_do_no_harm(void **state)
{
    (void)state;
    static const char signs[] = "ab0123456789\t\t\t\t\n\n\r-\x01\xea";
    struct random r = random_seed(3);
    for (int round = 0; round < 300; round++) {
        char text[200];
        size_t n = random_below(&r, sizeof text);
        for (size_t i = 0; i < n; i++)
            text[i] = signs[random_below(&r, sizeof signs - 1)];
        assert_int_equal(file_write(file, text, n, true, NULL), 0);
        struct progress *p = progress_open(file);
        const struct progress_entry *x = progress_get(p, "a");
        if (x)
            assert_true(x->scene <= x->furthest && x->furthest < x->scenes &&
                        x->right <= x->asked);
        assert_int_equal(progress_save(p, NULL), 0);
        progress_free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_saved_is_read_again),
        cmocka_unit_test(bad_lines_are_passed_over),
        cmocka_unit_test(numbers_are_brought_into_order),
        cmocka_unit_test(ids_that_no_line_can_hold_are_not_kept),
        cmocka_unit_test(without_a_path_it_is_memory_only),
        cmocka_unit_test(a_failed_save_leaves_the_old_file),
        cmocka_unit_test(a_failed_read_is_an_empty_start),
        cmocka_unit_test(the_path_is_that_of_xdg),
        cmocka_unit_test(random_files_do_no_harm),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
