#include "base/error.h"

#include "support.h"

#include <sys/wait.h>
#include <unistd.h>

static void test_first_wins(void **state)
{
    (void)state;
    struct error e = {0};
    assert_int_equal(error_at(&e, "early", 1, 1), -1);
    assert_string_equal(e.file, "");
    assert_int_equal(error_set(&e, "first %d", 1), -1);
    assert_int_equal(error_set(&e, "second"), -1);
    error_at(&e, "inner", 3, 0);
    error_at(&e, "outer", 9, 9);
    assert_string_equal(e.message, "first 1");
    assert_string_equal(e.file, "inner");
    assert_int_equal(e.line, 3);
    assert_int_equal(error_set(NULL, "nobody"), -1);
    assert_int_equal(error_at(NULL, "f", 1, 1), -1);
}

static void check_line(long line, long column, const char *file, const char *wish)
{
    struct error e = {0};
    char out[900];
    error_set(&e, "why");
    if (file)
        error_at(&e, file, line, column);
    error_line(&e, out, sizeof out);
    assert_string_equal(out, wish);
}

static void test_line(void **state)
{
    (void)state;
    check_line(0, 0, NULL, "why");
    check_line(0, 0, "f", "f: why");
    check_line(2, 0, "f", "f:2: why");
    check_line(2, 5, "f", "f:2:5: why");
    check_line(0, 5, "f", "f: why");
}

static void test_safe_and_bounded(void **state)
{
    (void)state;
    struct error e = {0};
    char out[900], small[8];
    error_set(&e, "\x1b[31m\n\x7f \xc2\x9b 나 %0600d", 0);
    error_line(&e, out, sizeof out);
    assert_contains(out, "?[31m?? ?? 나 000");
    assert_int_equal(strlen(e.message), sizeof e.message - 1);
    error_line(&e, small, sizeof small);
    assert_int_equal(strlen(small), 7);
}

static void becomes(const char *message, const char *wish)
{
    struct error e = {0};
    char line[900];
    error_set(&e, "%s", message);
    error_line(&e, line, sizeof line);
    assert_string_equal(line, wish);
}

/* What hides or covers in a name is seen; a letter may carry two marks. */
static void test_visible(void **state)
{
    (void)state;
    becomes("a\u061c" "b", "a??b");
    becomes("a\u202e" "b\u2066" "c", "a???b???c");
    becomes("a\u200b" "b\ufeff" "c", "a???b???c");
    becomes("a\xc2\x9b" "b\xc2\xad", "a??b??");
    becomes("e\u0301 \u1112\u1161\u11a8", "e\u0301 \u1112\u1161\u11a8");
    becomes("a\u0301\u0302\u0303\u0304", "a\u0301\u0302????");
    becomes("\u0301a", "??a");
}

/* What is too long ends in a sign of it, and within a character never. */
static void test_cut(void **state)
{
    (void)state;
    for (int before = 0; before < 4; before++) {
        struct error e = {0};
        char text[3000] = "", line[900];
        for (int i = 0; i < before; i++)
            strcat(text, "x");
        for (int i = 0; i < 900; i++)
            strcat(text, "가");
        error_set(&e, "%s", text);
        error_line(&e, line, sizeof line);
        assert_true(strlen(line) < sizeof e.message);
        assert_string_equal(line + strlen(line) - strlen("가…"), "가…");
        assert_null(strchr(line, '?'));
    }
}

static void restore(void)
{
    if (write(STDERR_FILENO, "restored ", 9) != 9)
        _exit(9);
    fatal("again"); /* must not come back here */
}

/* In a child: fatal runs the callback once, prints and ends with status 1. */
static void test_fatal(void **state)
{
    (void)state;
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        fatal_on_exit(restore);
        fatal("no %s", "memory");
    }
    close(ends[1]);
    char text[200] = "";
    size_t n = 0;
    for (ssize_t got; (got = read(ends[0], text + n, sizeof text - 1 - n)) > 0;)
        n += (size_t)got;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_string_equal(text, "restored stepformer: again\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_wins), cmocka_unit_test(test_line),
        cmocka_unit_test(test_safe_and_bounded), cmocka_unit_test(test_visible),
        cmocka_unit_test(test_cut), cmocka_unit_test(test_fatal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
