/* The chart "bridge": two texts one above the other, the lines between them, and what is
 * asked: where the lit row looks, or who looks at the lit column. */
#include "chart/bridge.h"

#include "areas.h"
#include "base/memory.h"
#include "chart/charts.h"
#include "chart/page.h"
#include "example_chart.h"
#include "paint/draw.h"
#include "paint/theme.h"
#include "support.h"

static double weights[] = {0.9, 0.1, 0, /* a, which predicts x */
                           0, 0.3, 0.7, /* b, which predicts y */
                           0, 1, 0};    /* c, which predicts the end */

static void make_bridge(struct example *x)
{
    make(x, weights, 3, 3, VALUES_PROBABILITY);
    x->rows.items[0].next = mem_string("▁x");
    x->rows.items[1].next = mem_string("y");
    x->rows.items[2].next = mem_string("<eos>");
}

/* Caller frees. */
static char *draw(const struct chart *v, int rows, int columns, bool ascii)
{
    struct canvas *c = canvas_new(rows, columns);
    c->ascii = ascii;
    c->theme = theme_find("dark");
    struct area a = {1, 2, rows - 2, columns - 4};
    bridge_chart.cells(v, c, a);
    check_outside(c, a);
    char *frame = canvas_dump(c);
    canvas_free(c);
    return frame;
}

/* Row `at` of a frame, from 0. Caller frees. */
static char *line_of(const char *frame, int at)
{
    for (; at > 0; at--)
        frame = strchr(frame, '\n') + 1;
    return mem_bytes(frame, strcspn(frame, "\n"));
}

static void texts_stand_one_above_the_other(void **state)
{
    (void)state;
    struct example x;
    make_bridge(&x);
    x.view.at.row = 1;
    char *frame = draw(&x.view, 12, 60, false);
    char *above = line_of(frame, 1), *numbers = line_of(frame, 2),
         *below = line_of(frame, 9);
    const char *a = strstr(above, " A "), *b = strstr(above, " B "), *c = strstr(above, " C");
    assert_true(a && a < b && b < c);
    assert_null(strstr(numbers, "0.90"));
    const char *third = strstr(numbers, "0.30"), *most = strstr(numbers, "0.70");
    assert_true(third && third < most); /* under B and C */
    assert_true(labs((third - numbers) - (b - above)) <= 2);
    assert_true(labs((most - numbers) - (c - above)) <= 2);
    const char *p = strstr(below, " x "), *q = strstr(below, " y ");
    assert_true(p && p < q && q < strstr(below, "<eos>"));
    free(above);
    free(numbers);
    free(below);
    free(frame);
    unmake(&x);
}

/* Who looks at B: the last row most of all. */
static void a_column_can_be_asked(void **state)
{
    (void)state;
    struct example x;
    make_bridge(&x);
    x.view.at.column = 1;
    x.view.to_column = true;
    char *frame = draw(&x.view, 12, 60, true), *numbers = line_of(frame, 8);
    const char *tenth = strstr(numbers, "0.10"), *third = strstr(numbers, "0.30"),
               *one = strstr(numbers, "1.00");
    assert_true(tenth && tenth < third && third < one);
    for (const char *s = frame; *s; s++)
        assert_true((unsigned char)*s < 0x80);
    char *above = line_of(frame, 1), *lines = line_of(frame, 2);
    long b = strchr(above, 'B') - above; /* all lines that are lit come from there */
    assert_non_null(strchr(lines, '*'));
    for (const char *s = strchr(lines, '*'); s; s = strchr(s + 1, '*'))
        assert_true(labs(s - lines - b) <= 3);
    free(above);
    free(lines);
    free(numbers);
    free(frame);
    unmake(&x);
}

/* The more the weight, the more dots: of a row that is lit. */
static void lines_are_as_strong_as_weights(void **state)
{
    (void)state;
    double one[] = {1, 0, 0, 1}, little[] = {0.06, 0, 0, 0.06};
    size_t length[2];
    for (int i = 0; i < 2; i++) {
        struct example x;
        make(&x, i ? little : one, 2, 2, VALUES_PROBABILITY);
        struct canvas *c = canvas_new(10, 60);
        c->theme = theme_find("dark");
        bridge_chart.cells(&x.view, c, canvas_area(c));
        length[i] = 0;
        for (int y = 0; y < 10; y++)
            for (int k = 0; k < 60; k++) {
                const unsigned char *t =
                    (const unsigned char *)canvas_cell(c, y, k)->text;
                if (t[0] == 0xe2 && t[1] >= 0xa0 && t[1] <= 0xa3) /* braille */
                    for (int bits = (t[1] & 3) << 6 | (t[2] & 63); bits; bits &= bits - 1)
                        length[i]++;
            }
        canvas_free(c);
        unmake(&x);
    }
    assert_true(length[1] > 20);
    assert_true(length[0] > length[1] * 3 / 2);
}

/* Where the texts have no room side by side, the links do. */
static void narrow_areas_have_links(void **state)
{
    (void)state;
    struct example x;
    make_bridge(&x);
    struct canvas *c = canvas_new(3, 3);
    int least = bridge_columns(&x.view, c);
    canvas_free(c);
    char *frame = draw(&x.view, 12, least + 3, false);
    assert_contains(frame, "▸");
    free(frame);
    frame = draw(&x.view, 12, least + 4, false);
    assert_null(strstr(frame, "▸"));
    free(frame);
    for (int rows = 3; rows < 12; rows++)
        for (int columns = 5; columns < 40; columns++)
            free(draw(&x.view, rows, columns, false));
    unmake(&x);
}

static void pages_are_drawn(void **state)
{
    (void)state;
    struct example x;
    struct error e = {0};
    make_bridge(&x);
    struct chart_page p = {.medium = {.scale = 1}};
    struct drawing *d = bridge_chart.page(&x.view, &p, &e);
    assert_non_null(d);
    draw_free(d);
    p.width = 60;
    assert_null(bridge_chart.page(&x.view, &p, &e));
    assert_contains(e.message, "choose a width");
    unmake(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_stand_one_above_the_other),
        cmocka_unit_test(a_column_can_be_asked),
        cmocka_unit_test(lines_are_as_strong_as_weights),
        cmocka_unit_test(narrow_areas_have_links),
        cmocka_unit_test(pages_are_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
