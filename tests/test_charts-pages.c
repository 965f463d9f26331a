/* Charts on a page: what is drawn where, by pixels at places that follow from the numbers;
 * the same bytes each time; and any numbers at all draw a page or tell why not. */
#include "chart/charts.h"

#include "base/say.h"
#include "chart/page.h"
#include "chart/plot.h"
#include "example_chart.h"
#include "pictures.h"
#include "support.h"

#include <string.h>

/* A page as pixels. */
struct picture {
    unsigned char *pixels;
    int width, height;
};

static struct picture draw(const char *kind, const struct chart *v,
                           struct chart_page page)
{
    struct error e = {0};
    page.medium = (struct draw_medium){DRAW_PIXELS, 2};
    struct drawing *d = charts_find(kind)->page(v, &page, &e);
    if (!d)
        fail_msg("%s", e.message);
    struct picture p = {draw_pixels(d), draw_pixel_width(d), draw_pixel_height(d)};
    draw_free(d);
    return p;
}

static bool is_ink(const struct picture *p, int x, int y, struct rgb ink)
{
    const unsigned char *at = p->pixels + 4 * (y * p->width + x);
    return at[0] == ink.r && at[1] == ink.g && at[2] == ink.b && at[3] == 255;
}

/* The box of all pixels of that colour in some rows; width 0 for none. */
struct extent {
    int left, right, top, bottom; /* right and bottom are just behind it */
};
static struct extent find(const struct picture *p, struct rgb ink, int from, int to)
{
    struct extent x = {p->width, 0, p->height, 0};
    for (int row = from; row < to; row++)
        for (int column = 0; column < p->width; column++)
            if (is_ink(p, column, row, ink)) {
                x.left = column < x.left ? column : x.left;
                x.right = column >= x.right ? column + 1 : x.right;
                x.top = row < x.top ? row : x.top;
                x.bottom = row + 1;
            }
    return x;
}

/* The bars of that colour from the top down, runs of rows; returns their number. */
static int bars_of(const struct picture *p, struct rgb ink, struct extent *bars, int most)
{
    int n = 0, start = -1;
    for (int row = 0; row <= p->height; row++) {
        struct extent x =
            row < p->height ? find(p, ink, row, row + 1) : (struct extent){0};
        bool any = row < p->height && x.right > x.left;
        if (any && start < 0)
            start = row;
        if (!any && start >= 0) {
            if (n < most)
                bars[n] = find(p, ink, start, row);
            n++;
            start = -1;
        }
    }
    return n;
}

static const struct rgb *inks(enum figure_theme theme)
{
    return plot_inks(theme)->ink;
}

/* ---- bars ---- */

static void test_bars_end_where_their_numbers_are(void **state)
{
    (void)state;
    double numbers[] = {0, 0, 0, 0, 1, 0.5, 0.25, 0};
    struct example x;
    struct extent bars[4];
    make(&x, numbers, 2, 4, VALUES_PROBABILITY);
    x.view.at.row = 1;
    for (enum figure_theme theme = FIGURE_LIGHT; theme <= FIGURE_TRANSPARENT; theme++) {
        struct picture p = draw("bars", &x.view, (struct chart_page){.theme = theme});
        struct rgb ink = inks(theme)[PLOT_MAIN];
        assert_int_equal(bars_of(&p, ink, bars, 4), 3);
        int whole = bars[0].right - bars[0].left, middle;
        assert_true(whole > 400);
        for (int i = 0; i < 3; i++) {
            int length = whole >> i;
            middle = (bars[i].top + bars[i].bottom) / 2;
            assert_true(abs(bars[i].right - bars[i].left - length) <= 1);
            assert_true(is_ink(&p, bars[0].left + length - 2, middle, ink));
            assert_false(is_ink(&p, bars[0].left + length + 2, middle, ink));
        }
        assert_int_equal(p.pixels[3], theme == FIGURE_TRANSPARENT ? 0 : 255);
        free(p.pixels);
    }
    unmake(&x);
}

static void test_negative_bars_go_left_in_another_colour(void **state)
{
    (void)state;
    double numbers[] = {-2, 4, -1, (double)NAN, -(double)INFINITY, 0};
    struct example x;
    struct extent plus[2], minus[3];
    make(&x, numbers, 1, 6, VALUES_SIGNED);
    struct picture p = draw("bars", &x.view, (struct chart_page){.width = 300});
    assert_int_equal(p.width, 600);
    assert_int_equal(bars_of(&p, inks(FIGURE_LIGHT)[PLOT_MAIN], plus, 2), 1);
    assert_int_equal(bars_of(&p, inks(FIGURE_LIGHT)[PLOT_OTHER], minus, 3), 2);
    int four = plus[0].right - plus[0].left, two = minus[0].right - minus[0].left;
    int one = minus[1].right - minus[1].left;
    assert_true(abs(four - 2 * two) <= 4 && abs(two - 2 * one) <= 4);
    assert_true(abs(minus[0].right - plus[0].left) <= 4); /* the axis between them */
    assert_true(minus[0].top < plus[0].top && plus[0].top < minus[1].top);
    free(p.pixels);
    unmake(&x);
}

/* A ranking falls; of a long row a page holds forty, and of nothings only some. */
static void test_a_ranking_falls(void **state)
{
    (void)state;
    double numbers[1700];
    struct example x;
    struct extent bars[64];
    for (int i = 0; i < 1700; i++)
        numbers[i] = (i * 7 % 1700) / 1700.0 + 0.01;
    make(&x, numbers, 1, 1700, VALUES_SIGNED);
    struct picture p = draw("ranking", &x.view, (struct chart_page){0});
    assert_int_equal(bars_of(&p, inks(FIGURE_LIGHT)[PLOT_MAIN], bars, 64), 40);
    for (int i = 1; i < 40; i++)
        assert_true(bars[i].right <= bars[i - 1].right);
    int tall = p.height;
    free(p.pixels);
    p = draw("bars", &x.view, (struct chart_page){0});
    assert_true(p.height < 2000);
    free(p.pixels);
    for (int i = 0; i < 1700; i++)
        numbers[i] = i == 3 ? 1 : 0;
    x.view.sheet.values = VALUES_PROBABILITY;
    p = draw("ranking", &x.view, (struct chart_page){0});
    assert_int_equal(bars_of(&p, inks(FIGURE_LIGHT)[PLOT_MAIN], bars, 64), 1);
    assert_true(p.height < tall / 2);
    free(p.pixels);
    unmake(&x);
}

static void test_a_page_too_narrow_says_what_would_do(void **state)
{
    (void)state;
    double numbers[] = {1, 2, 3, 4};
    struct example x;
    make(&x, numbers, 2, 2, VALUES_SIGNED);
    static const char *const names[] = {"bars", "ranking", "vectors", "points"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct error e = {0};
        struct chart_page page = {.medium = {DRAW_PIXELS, 1}, .width = 50};
        assert_null(charts_find(names[i])->page(&x.view, &page, &e));
        const char *least = strstr(e.message, "at least ");
        assert_non_null(least);
        page.width = atof(least + 9);
        e = (struct error){0};
        struct drawing *d = charts_find(names[i])->page(&x.view, &page, &e);
        if (!d)
            fail_msg("%s: %s", names[i], e.message);
        draw_free(d);
    }
    unmake(&x);
}

/* ---- the plane ---- */

static void test_arrows_have_one_scale_both_ways(void **state)
{
    (void)state;
    double numbers[] = {3, 0, 0, 3, 0, -1.5};
    struct example x;
    make(&x, numbers, 3, 2, VALUES_SIGNED);
    x.view.at.row = 1;
    struct picture p = draw("vectors", &x.view, (struct chart_page){0});
    const struct rgb *ink = inks(FIGURE_LIGHT);
    struct extent right = find(&p, ink[PLOT_MAIN], 0, p.height);
    struct extent up = find(&p, ink[PLOT_OTHER], 0, p.height);
    int across = right.right - right.left, upward = up.bottom - up.top;
    assert_true(across > 200 && abs(across - upward) <= 8);
    /* just before the tip and just behind it, on the line */
    int tip = (right.top + right.bottom) / 2;
    assert_true(is_ink(&p, right.right - 4, tip, ink[PLOT_MAIN]));
    assert_false(is_ink(&p, right.right + 3, tip, ink[PLOT_MAIN]));
    int shaft = (up.left + up.right) / 2;
    assert_true(is_ink(&p, shaft, up.top + 6, ink[PLOT_OTHER]));
    assert_false(is_ink(&p, shaft, up.top - 3, ink[PLOT_OTHER]));
    free(p.pixels);
    unmake(&x);
}

static void test_points_stand_at_their_places(void **state)
{
    (void)state;
    double numbers[] = {0, 0, 4, 0, 4, 2, (double)NAN, 1, 1, 2};
    struct example x;
    make(&x, numbers, 5, 2, VALUES_SIGNED);
    struct picture p = draw("points", &x.view, (struct chart_page){.theme = FIGURE_DARK});
    const struct rgb *ink = inks(FIGURE_DARK);
    struct extent lit = find(&p, ink[PLOT_OTHER], 0, p.height);
    struct extent others = find(&p, ink[PLOT_MAIN], 0, p.height);
    int x0 = (lit.left + lit.right) / 2, y0 = (lit.top + lit.bottom) / 2;
    int radius = 6; /* pixels, about */
    int x4 = others.right - radius, y2 = others.top + radius, unit = (x4 - x0) / 4;
    assert_true(unit > 50 && abs(y0 - y2 - 2 * unit) <= 4);
    assert_true(is_ink(&p, x4, y0, ink[PLOT_MAIN]));
    assert_true(is_ink(&p, x4, y2, ink[PLOT_MAIN]));
    assert_true(is_ink(&p, x0 + unit, y2, ink[PLOT_MAIN]));
    assert_false(is_ink(&p, x0 + unit, y0 - unit, ink[PLOT_MAIN]));
    free(p.pixels);
    unmake(&x);
}

/* A class has an ink; what has none is muted. */
static void test_classes_have_inks(void **state)
{
    (void)state;
    double numbers[] = {0, 0, 4, 0, 4, 2, 1, 1, 1, 2};
    struct example x;
    make(&x, numbers, 5, 2, VALUES_SIGNED);
    x.rows.items[1].classes = mem_string("noun");
    x.rows.items[2].classes = mem_string("particle ending");
    x.view.classes = "verb=verb\nnoun=noun\nending=ending";
    struct picture p = draw("points", &x.view, (struct chart_page){.theme = FIGURE_DARK});
    const struct rgb *ink = inks(FIGURE_DARK);
    int plane = p.height * 3 / 4; /* without the legend */
    struct extent third = find(&p, ink[PLOT_THIRD], 0, plane);
    struct extent none = find(&p, ink[PLOT_MAIN], 0, plane);
    assert_true(third.right > p.width / 2 && third.bottom < p.height / 2);
    assert_true(third.right - third.left < 30);
    assert_true(none.right <= none.left); /* there is no verb */
    assert_true(find(&p, ink[PLOT_MAIN], plane, p.height).right > 0); /* but its name */
    free(p.pixels);
    unmake(&x);
}

/* Many points: all of them, with the chosen one before the others. */
static void test_many_points_are_quick(void **state)
{
    (void)state;
    static double numbers[3400];
    struct random r = random_seed(3);
    for (int i = 0; i < 3400; i++)
        numbers[i] = random_normal(&r);
    numbers[0] = numbers[1] = 0;
    struct example x;
    make(&x, numbers, 1700, 2, VALUES_SIGNED);
    struct picture p = draw("points", &x.view, (struct chart_page){0});
    struct extent lit = find(&p, inks(FIGURE_LIGHT)[PLOT_OTHER], 0, p.height);
    assert_true(lit.right - lit.left >= 13 && lit.bottom - lit.top >= 13);
    free(p.pixels);
    unmake(&x);
}

/* ---- exams ---- */

static void test_shares_of_exams(void **state)
{
    (void)state;
    struct exam_kind one[] = {{"plain", 4, 4}, {"modal", 4, 2}};
    struct exam_kind two[] = {{"plain", 2, 1}, {"modal", 0, 0}};
    struct exam_score all = {8, 6, 0.75, 0.1, one, 2}, some = {2, 1, 0.5, 2, two, 1};
    struct chart_exam exams[] = {{"intact", &all, 8}, {"no-mask", &some, 8}};
    struct chart v = {.exams = exams, .exam_count = 2};
    struct extent first[4], second[4];
    say_set_language(LANGUAGE_EN);
    struct picture p = draw("exam", &v, (struct chart_page){0});
    const struct rgb *ink = inks(FIGURE_LIGHT);
    assert_int_equal(bars_of(&p, ink[0], first, 4), 3); /* all, plain, modal */
    assert_int_equal(bars_of(&p, ink[1], second, 4), 2);
    int percent[] = {first[0].right - first[0].left, first[1].right - first[1].left,
                     first[2].right - first[2].left, second[0].right - second[0].left};
    assert_true(abs(4 * percent[0] - 3 * percent[1]) <= 4);
    assert_true(abs(2 * percent[2] - percent[1]) <= 2);
    assert_true(abs(percent[3] - percent[2]) <= 1);
    free(p.pixels);
    exams[0].score = exams[1].score = NULL; /* the model has no exam */
    p = draw("exam", &v, (struct chart_page){0});
    free(p.pixels);
}

/* ---- words ---- */

static void assert_words(const char *kind, const struct chart *v, const char *want)
{
    struct buffer out = {0};
    charts_find(kind)->words(v, 3, &out);
    assert_string_equal(out.data, want);
    buffer_free(&out);
}

static void test_words_tell_classes(void **state)
{
    (void)state;
    double numbers[] = {0, 0, 4, 0, 4, 2, 1, 1};
    struct example x;
    say_set_language(LANGUAGE_EN);
    make(&x, numbers, 4, 2, VALUES_SIGNED);
    x.rows.items[1].classes = mem_string("noun");
    x.rows.items[2].classes = mem_string("particle ending");
    x.view.classes = "noun=a noun\nending=ending";
    assert_words("points", &x.view,
                 "- a: (0.00, 0.00)\n- b [a noun]: (4.00, 0.00)\n"
                 "- c [ending]: (4.00, 2.00)\n- and 1 more rows\n");
    unmake(&x);
}

static void test_words_tell_what_is_shown(void **state)
{
    (void)state;
    double numbers[] = {3, 0, 3, 3, 0, 4, -2, 2};
    struct example x;
    say_set_language(LANGUAGE_EN);
    make(&x, numbers, 4, 2, VALUES_SIGNED);
    x.view.at.row = 1;
    assert_words("points", &x.view,
                 "- a: (3.00, 0.00)\n- b: (3.00, 3.00)\n- c: (0.00, 4.00)\n"
                 "- and 1 more rows\n");
    assert_words("vectors", &x.view,
                 "- a: (3.00, 0.00)\n- b: (3.00, 3.00)\n- c: (0.00, 4.00)\n"
                 "- and 1 more rows\n- a · b: (3, 0)·(3, 3) = 9   cos 0.71   45°\n");
    x.view.at.row = 3;
    assert_words("ranking", &x.view, "- d: B 2.00, A -2.00\n");
    unmake(&x);
    make(&x, numbers, 1, 8, VALUES_SIGNED);
    x.view.sheet.column_labels = NULL;
    assert_words("bars", &x.view, "- a: 3.00, 0.00, 3.00, …\n");
    unmake(&x);
}

/* ---- ticks and numbers ---- */

static void test_ticks_and_numbers(void **state)
{
    (void)state;
    struct random r = random_seed(5);
    struct plot_tick ticks[PLOT_MAX_TICKS];
    char out[PLOT_NUMBER];
    for (int round = 0; round < 2000; round++) {
        double size = pow(10, (double)random_below(&r, 40) - 20);
        double lo = size * random_normal(&r),
               hi = lo + size * (0.01 + random_uniform(&r));
        struct plot_scale s = {lo, hi, 10, 300};
        int n = plot_ticks(&s, 40, "%", ticks);
        assert_true(n >= 1 && n < PLOT_MAX_TICKS);
        for (int i = 0; i < n; i++) {
            assert_true(ticks[i].at >= 9.9 && ticks[i].at <= 300.1);
            if (i)
                assert_string_not_equal(ticks[i].text, ticks[i - 1].text);
        }
    }
    assert_string_equal(plot_count(1663, out), "1,663");
    assert_string_equal(plot_count(63, out), "63");
    assert_string_equal(plot_count(1234567, out), "1,234,567");
    assert_string_equal(plot_number(-0.25, 1, 2, out), "–0.25");
    assert_string_equal(plot_number(-0.0001, 1, 2, out), "0.00");
    assert_string_equal(plot_number(-(double)INFINITY, 1, 2, out), "–∞");
}

/* What is drawn can be seen on its paper. */
static void test_inks_can_be_seen(void **state)
{
    (void)state;
    for (enum figure_theme theme = FIGURE_LIGHT; theme <= FIGURE_TRANSPARENT; theme++)
        for (int i = 0; i < PLOT_INKS; i++) {
            struct rgb ink = inks(theme)[i], black = {0, 0, 0}, white = {255, 255, 255};
            bool clear = theme == FIGURE_TRANSPARENT;
            struct rgb paper = clear ? white : frame_colors(theme)->paper;
            assert_true(colormap_contrast(ink, paper) >= 3);
            assert_true(!clear || colormap_contrast(ink, black) >= 3);
        }
}

/* ---- property: any numbers, any page ---- */

static void test_the_same_bytes_each_time(void **state)
{
    (void)state;
    double numbers[] = {1, -2, 0.5, 3, -1, -1};
    static const char *const names[] = {"bars", "ranking", "vectors", "points"};
    struct example x;
    make(&x, numbers, 3, 2, VALUES_SIGNED);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (enum draw_form form = DRAW_PIXELS; form <= DRAW_PDF; form++) {
            char *bytes[2];
            size_t length[2];
            for (int k = 0; k < 2; k++) {
                struct error e = {0};
                struct chart_page page = {.medium = {form, 2}};
                struct drawing *d = charts_find(names[i])->page(&x.view, &page, &e);
                length[k] =
                    form ? 0 : (size_t)(4 * draw_pixel_width(d) * draw_pixel_height(d));
                bytes[k] = form ? draw_file(d, "T", "S", &length[k], &e)
                                : (char *)draw_pixels(d);
                assert_non_null(bytes[k]);
                draw_free(d);
            }
            /* the names of parts in an SVG are not always the same, see draw.h */
            if (form != DRAW_SVG) {
                assert_int_equal(length[0], length[1]);
                assert_memory_equal(bytes[0], bytes[1], length[0]);
            }
            free(bytes[0]);
            free(bytes[1]);
        }
    unmake(&x);
}

/* A drawing, or an error that says why there is none. */
static void try_page(const struct chart_kind *kind, const struct chart *v,
                     struct random *r)
{
    static const double widths[] = {0, 0, 0, 40, 90, 200, 1500};
    struct error e = {0};
    struct chart_page page = {.medium = {(enum draw_form)random_below(r, 3), 1},
                              .theme = (enum figure_theme)random_below(r, 3),
                              .heading = {"학교", "", "what-if"},
                              .digits = (int)random_below(r, 7),
                              .width = widths[random_below(r, 7)]};
    if (!kind->page || chart_check(kind, v, &(struct error){0}) < 0)
        return;
    struct drawing *d = kind->page(v, &page, &e);
    assert_true(d || e.message[0]);
    draw_free(d);
}

static void test_any_numbers_make_a_page(void **state)
{
    (void)state;
    static const double scales[] = {1, 1e-12, 1e12, 1e300, 0, 1e-310};
    struct random r = random_seed(11);
    for (int round = 0; round < 150; round++) {
        long rows = 1 + (long)random_below(&r, 30);
        long columns = 1 + (long)random_below(&r, 5);
        double numbers[150], scale = scales[random_below(&r, 6)];
        for (long i = 0; i < rows * columns; i++)
            numbers[i] = any_number(&r, scale);
        struct example x;
        make(&x, numbers, rows, columns,
             random_below(&r, 5) ? VALUES_SIGNED : VALUES_PROBABILITY);
        if (random_below(&r, 4) == 0)
            x.view.sheet.column_labels = NULL;
        x.view.gloss = random_below(&r, 2);
        x.rows.items[0].gloss = mem_string("a long meaning of a very short label");
        x.columns.items[0].gloss = mem_string("a long meaning of a very short label");
        x.view.at = (struct place){0, (long)random_below(&r, (uint64_t)rows),
                                   (long)random_below(&r, (uint64_t)columns)};
        for (size_t k = 0; charts_at(k); k++)
            try_page(charts_at(k), &x.view, &r);
        unmake(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bars_end_where_their_numbers_are),
        cmocka_unit_test(test_negative_bars_go_left_in_another_colour),
        cmocka_unit_test(test_a_ranking_falls),
        cmocka_unit_test(test_a_page_too_narrow_says_what_would_do),
        cmocka_unit_test(test_arrows_have_one_scale_both_ways),
        cmocka_unit_test(test_points_stand_at_their_places),
        cmocka_unit_test(test_classes_have_inks),
        cmocka_unit_test(test_many_points_are_quick),
        cmocka_unit_test(test_shares_of_exams),
        cmocka_unit_test(test_words_tell_what_is_shown),
        cmocka_unit_test(test_words_tell_classes),
        cmocka_unit_test(test_ticks_and_numbers),
        cmocka_unit_test(test_inks_can_be_seen),
        cmocka_unit_test(test_the_same_bytes_each_time),
        cmocka_unit_test(test_any_numbers_make_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
