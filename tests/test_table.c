#include "study/table.h"

#include "base/file.h"
#include "base/memory.h"
#include "support.h"
#include "tablefile.h"

#include <stdio.h>
#include <unistd.h>

static void write_bytes(const char *text, size_t length)
{
    assert_int_equal(file_write(path, text, length, true, NULL), 0);
}

static void reads(const char *text, size_t rows)
{
    struct error e = {0};
    struct table t;
    write_bytes(text, strlen(text));
    if (table_read(path, 3, &t, &e) < 0)
        fail_msg("%ld: %s", e.line, e.message);
    assert_int_equal(t.rows, rows);
    table_free(&t);
}

static void fails(const char *text, size_t length, long line, const char *part)
{
    struct error e = {0};
    struct table t;
    write_bytes(text, length);
    assert_int_equal(table_read(path, 3, &t, &e), -1);
    assert_string_equal(e.file, path);
    assert_int_equal(e.line, line);
    assert_contains(e.message, part);
    assert_null(t.cells);
}

static void cells_by_row_and_column(void **state)
{
    (void)state;
    struct table t;
    struct error e = {0};
    const char *text = "a\tb\tc\n나는 간다\tI go\tplain\n\t\t\n";
    write_bytes(text, strlen(text));
    assert_int_equal(table_read(path, 3, &t, &e), 0);
    assert_int_equal(t.rows, 2);
    assert_int_equal(t.columns, 3);
    assert_string_equal(table_cell(&t, 0, 0), "나는 간다");
    assert_string_equal(table_cell(&t, 0, 2), "plain");
    assert_string_equal(table_cell(&t, 1, 0), "");
    assert_string_equal(table_cell(&t, 1, 2), "");
    table_free(&t);
    table_free(&t); /* harmless */
}

static void the_first_line_is_a_header(void **state)
{
    (void)state;
    reads("", 0);
    reads("a\tb\tc", 0);
    reads("a\tb\tc\n", 0);
    reads("only one cell here\n1\t2\t3\n", 1);
    reads("a\tb\tc\n1\t2\t3", 1); /* without a newline at the end */
}

static void many_rows(void **state)
{
    (void)state;
    struct buffer b = {0};
    buffer_add(&b, "a\tb\tc\n");
    for (int i = 0; i < 5000; i++)
        buffer_addf(&b, "%d\tx\ty\n", i);
    reads(b.data, 5000);
    buffer_free(&b);
}

static void wrong_lines_are_named(void **state)
{
    (void)state;
#define FAILS(text, line, part) fails(text, sizeof text - 1, line, part)
    FAILS("a\tb\tc\n1\t2\n", 2, "2 cells");
    FAILS("a\tb\tc\n1\t2\t3\n1\t2\t3\t4\n", 3, "4 cells");
    FAILS("a\tb\tc\n1\t2\t3\n\n1\t2\t3\n", 3, "1 cell ");
    FAILS("a\tb\tc\n1\t\x1b[31m\t3\n", 2, "control character");
    FAILS("a\tb\tc\n1\t2\t3\r\n", 2, "cell 3");
    FAILS("a\tb\tc\n1\t\xff\t3\n", 2, "cell 2");
    FAILS("a\tb\tc\n1\t\xe2\x80\xae\t3\n", 2, "cell 2");
    FAILS("a\tb\tc\n1\t2\0\t3\n", 0, "NUL");
#undef FAILS
}

static void what_cannot_be_read(void **state)
{
    (void)state;
    struct error e = {0};
    struct table t;
    assert_int_equal(table_read("/nonexistent/t.tsv", 3, &t, &e), -1);
    assert_contains(e.file, "/nonexistent/t.tsv");
    e = (struct error){0};
    assert_int_equal(table_read(folder, 3, &t, &e), -1);
    assert_contains(e.message, "regular file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_by_row_and_column),
        cmocka_unit_test(the_first_line_is_a_header),
        cmocka_unit_test(many_rows),
        cmocka_unit_test(wrong_lines_are_named),
        cmocka_unit_test(what_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
