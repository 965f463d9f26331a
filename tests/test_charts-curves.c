/* The charts of curves, strips and distributions: what they say is what the numbers
 * are. */
#include "support.h"

#include "example_chart.h"

#include "chart/series.h"

#include <stdlib.h>
#include <string.h>

static void contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static void contains_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" in:\n%s", part, text);
}

static char *draw(const char *kind, const struct chart *v, int rows, int columns,
                  bool ascii)
{
    struct canvas *c = canvas_new(rows, columns);
    c->ascii = ascii;
    charts_find(kind)->cells(v, c, canvas_area(c));
    char *frame = canvas_dump(c);
    canvas_free(c);
    return frame;
}

static char *words(const char *kind, const struct chart *v)
{
    struct buffer out = {0};
    charts_find(kind)->words(v, 20, &out);
    return buffer_take(&out);
}

static void rename_columns(struct example *x, const char *const *names)
{
    for (size_t i = 0; i < x->columns.count; i++) {
        free(x->columns.items[i].text);
        x->columns.items[i].text = mem_string(names[i]);
    }
}

/* y = x and y = 10 - x over x = 1, 2, 4, 8 meet at 5, which is no point of either. */
static void test_where_lines_cross(void **state)
{
    (void)state;
    double numbers[] = {1, 2, 4, 8, 9, 8, 6, 2};
    const char *names[] = {"1", "2", "4", "8"};
    struct example x;
    make(&x, numbers, 2, 4, VALUES_SIGNED);
    rename_columns(&x, names);
    struct series_set s = series_of(&x.view, false);
    assert_true(s.numeric);
    assert_int_equal(s.crossing_count, 1);
    assert_float_equal(s.crossings[0].x, 5, 1e-12);
    assert_float_equal(s.crossings[0].y, 5, 1e-12);
    series_free(&s);
    char *text = words("lines", &x.view), *frame = draw("lines", &x.view, 14, 50, false);
    contains(text, "a × b: x = 5, y = 5.000");
    contains(frame, "× a·b: x = 5, y = 5.000");
    free(text);
    free(frame);
    unmake(&x);
}

/* x² and 8x meet at 8; on logarithmic axes both are straight, and the crossing is
 * exact though no point is near. */
static void test_crossing_on_logarithmic_axes(void **state)
{
    (void)state;
    double numbers[] = {1, 4096, 8, 512};
    const char *names[] = {"1", "64"};
    struct example x;
    make(&x, numbers, 2, 2, VALUES_SIGNED);
    rename_columns(&x, names);
    x.view.log = CHART_LOG_X | CHART_LOG_Y;
    struct series_set s = series_of(&x.view, false);
    assert_int_equal(s.crossing_count, 1);
    assert_float_equal(s.crossings[0].x, 8, 1e-9);
    assert_float_equal(s.crossings[0].y, 64, 1e-9);
    series_free(&s);
    numbers[0] = 0; /* has no place on such an axis */
    s = series_of(&x.view, false);
    assert_int_equal(s.crossing_count, 0);
    assert_int_equal(s.left_out, 1);
    series_free(&s);
    unmake(&x);
}

/* Labels that are words: a crossing is between two of them. Curves that touch do not
 * cross, and those that run together cross where they meet. */
static void test_touching_is_no_crossing(void **state)
{
    (void)state;
    double numbers[] = {0, 1, 0, 0, 0, 2, 1, 1, 0, -1};
    struct example x;
    make(&x, numbers, 2, 5, VALUES_SIGNED);
    struct series_set s = series_of(&x.view, false);
    assert_false(s.numeric);
    assert_int_equal(s.crossing_count, 1);
    assert_float_equal(s.crossings[0].x, 4, 1e-12);
    char *at = series_crossing_text(&s, &s.crossings[0]);
    assert_string_equal(at, "D, y = 0.000");
    free(at);
    series_free(&s);
    unmake(&x);
}

/* Every curve has its letter beside its name, and ASCII draws with the letters. */
static void test_curves_need_no_colour(void **state)
{
    (void)state;
    double numbers[12];
    for (int i = 0; i < 12; i++)
        numbers[i] = i / 6 ? 5 - i : i;
    struct example x;
    make(&x, numbers, 2, 6, VALUES_SIGNED);
    char *frame = draw("lines", &x.view, 16, 60, true);
    for (const char *s = frame; *s; s++)
        if ((unsigned char)*s > 126)
            fail_msg("no ASCII: %s", frame);
    contains(frame, "a a 0.00");
    contains(frame, "b b -1.00");
    contains(frame, "aaa");
    contains(frame, "bbb");
    free(frame);
    unmake(&x);
}

/* Of many columns the lit one is always among the curves. */
static void test_waves_show_the_lit_column(void **state)
{
    (void)state;
    double numbers[8 * 30];
    for (int i = 0; i < 8 * 30; i++)
        numbers[i] = sin(i / 30 * (1 + i % 30));
    struct example x;
    make(&x, numbers, 8, 30, VALUES_SIGNED);
    for (long lit = 0; lit < 30; lit++) {
        bool there = false;
        x.view.at.column = lit;
        struct series_set s = series_of(&x.view, true);
        assert_int_equal(s.points, 8);
        for (int i = 0; i < s.seen_count; i++) {
            there = there || s.seen[i] == lit;
            assert_true(i == 0 || s.seen[i] > s.seen[i - 1]);
        }
        assert_true(there);
        series_free(&s);
    }
    char *frame = draw("waves", &x.view, 16, 60, false);
    contains(frame, "+24");
    free(frame);
    unmake(&x);
}

/* ---- histogram ---- */

static void test_a_histogram_counts_everything(void **state)
{
    (void)state;
    struct random r = random_seed(5);
    double numbers[300], sum = 0, squares = 0;
    for (int i = 0; i < 300; i++) {
        numbers[i] = i == 7 ? INFINITY : 2 + 3 * random_normal(&r);
        sum += i == 7 ? 0 : numbers[i];
    }
    for (int i = 0; i < 300; i++)
        squares += i == 7 ? 0 : pow(numbers[i] - sum / 299, 2);
    struct example x;
    make(&x, numbers, 10, 30, VALUES_SIGNED);
    char *text = words("histogram", &x.view), *line = text;
    char *wanted = mem_format("- 299 numbers · mean %.3f · std %.3f · 1 not finite\n",
                              sum / 299, sqrt(squares / 299));
    contains(text, wanted);
    long all = 0, bins = 0;
    while ((line = strchr(line, '\n')) && line[1]) {
        double from, to;
        long count, inside = 0;
        line++;
        assert_int_equal(sscanf(line, "- %lf … %lf: %ld", &from, &to, &count), 3);
        for (int i = 0; i < 300; i++)
            inside += numbers[i] >= from && numbers[i] < to;
        assert_int_equal(count, inside);
        all += count;
        bins++;
    }
    assert_int_equal(all, 299);
    assert_true(bins >= 4 && bins <= 10);
    free(wanted);
    free(text);
    unmake(&x);
}

static void test_a_histogram_of_equal_numbers(void **state)
{
    (void)state;
    double numbers[] = {2, 2, 2, 2};
    struct example x;
    make(&x, numbers, 2, 2, VALUES_SIGNED);
    char *frame = draw("histogram", &x.view, 10, 60, false);
    contains(frame, "4 numbers · mean 2.000 · std");
    free(frame);
    unmake(&x);
}

/* ---- strip ---- */

static void test_a_strip_shows_every_column(void **state)
{
    (void)state;
    double numbers[2 * 100] = {0};
    numbers[99] = 4; /* alone at the very end */
    numbers[100] = -4;
    struct example x;
    make(&x, numbers, 2, 100, VALUES_SIGNED);
    char *frame = draw("strip", &x.view, 6, 42, true);
    contains(frame, "a cell: the largest of 3");
    contains(frame, "a .................................9\n");
    contains(frame, "b i.................................");
    free(frame);
    frame = draw("strip", &x.view, 6, 110, true);
    contains_not(frame, "a cell");
    free(frame);
    unmake(&x);
}

/* ---- all of them, on any numbers and sizes ---- */

static void check_line(const char *line, size_t length)
{
    for (size_t i = 0; i + 1 < length; i++)
        if ((unsigned char)line[i] < ' ')
            fail_msg("a control character in %.*s", (int)length, line);
}

static void test_any_numbers_at_any_size(void **state)
{
    (void)state;
    static const char *const kinds[] = {"lines", "waves", "strip", "histogram"};
    struct random r = random_seed(77);
    for (int n = 0; n < 400; n++) {
        long rows = 1 + (long)random_below(&r, 9);
        long columns = 1 + (long)random_below(&r, 70);
        double numbers[9 * 70], scale = pow(10, (double)random_below(&r, 12) - 6);
        for (int i = 0; i < 9 * 70; i++)
            numbers[i] = n % 7 ? any_number(&r, scale) : NAN;
        struct example x;
        make(&x, numbers, rows, columns, n % 5 ? VALUES_SIGNED : VALUES_IDS);
        x.view.log = (unsigned)random_below(&r, 4);
        x.view.at = (struct place){0, (long)random_below(&r, (uint64_t)rows),
                                   (long)random_below(&r, (uint64_t)columns)};
        int high = 1 + (int)random_below(&r, 80), wide = 1 + (int)random_below(&r, 300);
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            char *frame = draw(kinds[k], &x.view, high, wide, random_below(&r, 2));
            for (const char *s = frame, *end; (end = strchr(s, '\n')); s = end + 1)
                check_line(s, (size_t)(end - s));
            free(frame);
            free(words(kinds[k], &x.view));
        }
        unmake(&x);
    }
}

int main(void)
{
    say_set_language(LANGUAGE_EN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_lines_cross),
        cmocka_unit_test(test_crossing_on_logarithmic_axes),
        cmocka_unit_test(test_touching_is_no_crossing),
        cmocka_unit_test(test_curves_need_no_colour),
        cmocka_unit_test(test_waves_show_the_lit_column),
        cmocka_unit_test(test_a_histogram_counts_everything),
        cmocka_unit_test(test_a_histogram_of_equal_numbers),
        cmocka_unit_test(test_a_strip_shows_every_column),
        cmocka_unit_test(test_any_numbers_at_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
