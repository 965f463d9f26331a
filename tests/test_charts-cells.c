/* Charts of a matrix: bars with their scale, arrows and points with their labels, exams;
 * and no chart paints outside its area, whatever the numbers are. */
#include "chart/charts.h"

#include "areas.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/say.h"
#include "paint/theme.h"
#include "example_chart.h"
#include "support.h"

#include <math.h>

static void assert_bars(const struct chart *v, bool ranked, int rows, int columns,
                        bool ascii, const char *want)
{
    struct canvas *c = canvas_new(rows, columns);
    c->ascii = ascii;
    charts_find(ranked ? "ranking" : "bars")->cells(v, c, canvas_area(c));
    char *frame = canvas_dump(c);
    assert_string_equal(frame, want);
    free(frame);
    canvas_free(c);
}

static void test_bars_of_probabilities(void **state)
{
    (void)state;
    double numbers[] = {0.5, 0.25, 0.25, 0, 1, 0, 0, 0};
    struct example x;
    make(&x, numbers, 2, 4, VALUES_PROBABILITY);
    assert_bars(&x.view, false, 5, 36, false,
                "query a ↑↓               0.00 … 1.00\n"
                "A ████████████▌                0.500\n"
                "B ██████▎                      0.250\n"
                "C ██████▎                      0.250\n"
                "D ▏                            0.000\n");
    x.view.at.row = 1;
    assert_bars(&x.view, true, 3, 36, true,
                "query b ^v    1-2 / 4  0.00 ... 1.00\n"
                "1. A ######################    1.000\n"
                "2. B |                         0.000\n");
    unmake(&x);
}

static void test_bars_to_both_sides(void **state)
{
    (void)state;
    double numbers[] = {-1, 2, -(double)INFINITY, 0};
    struct example x;
    make(&x, numbers, 1, 4, VALUES_SIGNED);
    assert_bars(&x.view, false, 5, 36, true,
                "query a               -1.00 ... 2.00\n"
                "A ########|                   -1.000\n"
                "B         #################    2.000\n"
                "C         |                     -inf\n"
                "D         |                    0.000\n");
    unmake(&x);
}

/* The cursor's column is among the bars, and the title says which are seen. */
static void test_many_bars_follow_the_cursor(void **state)
{
    (void)state;
    double numbers[40];
    for (int i = 0; i < 40; i++)
        numbers[i] = i;
    struct example x;
    make(&x, numbers, 1, 40, VALUES_SIGNED);
    x.view.at.column = 20;
    struct canvas *c = canvas_new(6, 50);
    charts_find("bars")->cells(&x.view, c, canvas_area(c));
    char *frame = canvas_dump(c);
    assert_contains(frame, "19-23 / 40");
    assert_contains(frame, "20.000");
    free(frame);
    canvas_clear(c, (struct style){0});
    charts_find("ranking")->cells(&x.view, c, canvas_area(c));
    frame = canvas_dump(c);
    assert_contains(frame, "1-5 / 40");
    assert_contains(frame, "1. N ");
    assert_contains(frame, "39.000");
    free(frame);
    canvas_free(c);
    unmake(&x);
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

static void test_vectors_and_their_angle(void **state)
{
    (void)state;
    double numbers[] = {3, 0, 0, 4, -2, 2, 0, 0};
    struct example x;
    make(&x, numbers, 4, 2, VALUES_SIGNED);
    x.view.at.row = 1;
    char *frame = draw("vectors", &x.view, 14, 44, true);
    assert_string_equal(frame, "                   |\n"
                               "                   **b\n"
                               "                  ***\n"
                               "                   *\n"
                               "                   *\n"
                               "                   *\n"
                               "      c ***        *\n"
                               "         ***       *\n"
                               "           ***     *\n"
                               "             ***   *\n"
                               "               *** *\n"
                               "                 ***             ***\n"
                               "-----------------d-******************-a-----\n"
                               "(3, 0).(0, 4) = 0   cos 0.00   90deg\n");
    free(frame);
    x.view.at.row = 3; /* without a length there is no angle */
    frame = draw("vectors", &x.view, 14, 44, false);
    assert_contains(frame, "= 0   cos –");
    free(frame);
    unmake(&x);
}

static void test_points_and_their_ranges(void **state)
{
    (void)state;
    double numbers[] = {0, 0, 4, 0, 4.05, 0, 0, 3, 2, NAN};
    struct example x;
    make(&x, numbers, 5, 2, VALUES_SIGNED);
    x.view.at.row = 1;
    char *frame = draw("points", &x.view, 12, 44, false);
    assert_contains(frame, "(4.00, 0.00)        x 0.00…4.05  y 0.00…3.00");
    assert_contains(frame, "● d");
    assert_contains(frame, "c─●─b"); /* in one cell, but both have their names */
    assert_null(strstr(frame, "e")); /* what is no number is not shown */
    free(frame);
    unmake(&x);
}

/* A letter for the class that most points of a cell have, and a legend; of no class they
 * are dots. */
static void test_points_by_their_classes(void **state)
{
    (void)state;
    double numbers[] = {0, 0, 4, 0, 4.01, 0, 4.02, 0, 0, 3, 4, 3, 2, 3};
    static const char *const classes[] = {"noun", "noun",      "verb", "noun verb",
                                          "verb", "determiner", NULL};
    struct example x;
    say_set_language(LANGUAGE_EN);
    make(&x, numbers, 7, 2, VALUES_SIGNED);
    for (int i = 0; i < 7; i++)
        x.rows.items[i].classes = classes[i] ? mem_string(classes[i]) : NULL;
    x.view.classes = "noun=noun\nverb=동사";
    char *frame = draw("points", &x.view, 12, 44, false);
    assert_contains(frame, "●─a");
    assert_contains(frame, "n noun  v 동사  ⠂ others");
    assert_contains(frame, "─n─"); /* two nouns on one verb */
    assert_contains(frame, "v");
    assert_null(strstr(frame, "d"));
    free(frame);
    frame = draw("points", &x.view, 12, 20, false); /* names in their share of the room */
    assert_contains(frame, "n noun");
    assert_null(strstr(frame, "others"));
    free(frame);
    unmake(&x);
}

static void test_the_chosen_point_is_always_named(void **state)
{
    (void)state;
    double numbers[400];
    struct random r = random_seed(2);
    for (int i = 0; i < 400; i++)
        numbers[i] = random_normal(&r);
    struct example x;
    make(&x, numbers, 200, 2, VALUES_SIGNED);
    for (int i = 0; i < 200; i++) {
        free(x.rows.items[i].text);
        x.rows.items[i].text = mem_format("<%d>", i);
    }
    for (x.view.at.row = 0; x.view.at.row < 200; x.view.at.row++) {
        char *name = mem_format("<%ld>", x.view.at.row);
        char *frame = draw("points", &x.view, 14, 40, false);
        assert_contains(frame, name);
        free(frame);
        free(name);
    }
    unmake(&x);
}

static void test_exams_side_by_side(void **state)
{
    (void)state;
    struct exam_kind one[] = {{"plain", 4, 4}, {"modal", 4, 2}, {"copula", 0, 0}};
    struct exam_kind two[] = {{"plain", 2, 1}, {"modal", 0, 0}, {"copula", 0, 0}};
    struct exam_score all = {8, 6, 0.75, 0.1, one, 3}, some = {2, 1, 0.5, 2, two, 3};
    struct chart_exam exams[] = {{"intact", &all, 8}, {"no-mask", &some, 8}};
    say_set_language(LANGUAGE_EN);
    const struct chart_kind *exam = charts_find("exam");
    struct canvas *c = canvas_new(14, 44);
    struct chart v = {.exams = exams, .exam_count = 2};
    exam->cells(&v, c, canvas_area(c));
    char *frame = canvas_dump(c);
    assert_contains(frame, "75.0%");
    assert_contains(frame, "6 / 8 right  ✓");
    assert_contains(frame, "1 / 2 right  … 8");
    assert_contains(frame, "plain                     100.0%       50.0%");
    free(frame);
    exams[1].score = NULL; /* the model has no exam */
    canvas_clear(c, (struct style){0});
    exam->cells(&v, c, area_part(canvas_area(c), 0, 0, 11, 44));
    frame = canvas_dump(c);
    assert_contains(frame, "no-mask\n–\n");
    assert_contains(frame, "… 2"); /* kinds that have no room are counted */
    free(frame);
    canvas_free(c);
}

/* ---- property: any numbers, any area ---- */

static void test_charts_stay_in_their_area(void **state)
{
    (void)state;
    static const double scales[] = {1, 1e-12, 1e12, 1e300, 0};
    struct random r = random_seed(7);
    for (int round = 0; round < 3000; round++) {
        long rows = 1 + (long)random_below(&r, 30),
             columns = 1 + (long)random_below(&r, random_below(&r, 3) ? 5 : 30),
             heads = (long)random_below(&r, 5), most = heads ? heads : 1;
        static double numbers[4 * 30 * 30];
        double scale = scales[random_below(&r, 5)];
        for (long i = 0; i < most * rows * columns; i++)
            numbers[i] = any_number(&r, scale);
        struct example x;
        make_heads(&x, numbers, heads, rows, columns,
                   random_below(&r, 5) > 1 ? VALUES_SIGNED : VALUES_PROBABILITY);
        x.view.at = (struct place){(long)random_below(&r, (uint64_t)most),
                                   (long)random_below(&r, (uint64_t)rows),
                                   (long)random_below(&r, (uint64_t)columns)};
        x.view.focused = random_below(&r, 2);
        struct canvas *c = canvas_new(30, 120);
        c->theme = theme_get((enum theme_name)random_below(&r, THEME_COUNT));
        c->ascii = random_below(&r, 4) == 0;
        struct area a = {(int)random_below(&r, 10), (int)random_below(&r, 30),
                         1 + (int)random_below(&r, 20), 1 + (int)random_below(&r, 90)};
        for (size_t k = 0; charts_at(k); k++)
            if (chart_check(charts_at(k), &x.view, &(struct error){0}) == 0)
                charts_at(k)->cells(&x.view, c, a);
        check_outside(c, a);
        canvas_free(c);
        unmake(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bars_of_probabilities),
        cmocka_unit_test(test_bars_to_both_sides),
        cmocka_unit_test(test_many_bars_follow_the_cursor),
        cmocka_unit_test(test_vectors_and_their_angle),
        cmocka_unit_test(test_points_and_their_ranges),
        cmocka_unit_test(test_points_by_their_classes),
        cmocka_unit_test(test_the_chosen_point_is_always_named),
        cmocka_unit_test(test_exams_side_by_side),
        cmocka_unit_test(test_charts_stay_in_their_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
