#include "paint/colormap.h"

#include "support.h"

#include <math.h>

#define STEPS 256

static void test_names_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; colormap_at(i); i++)
        assert_ptr_equal(colormap_find(colormap_name(colormap_at(i))), colormap_at(i));
    assert_null(colormap_find("rainbow"));
    assert_non_null(colormap_find("viridis"));
    assert_false(colormap_is_diverging(colormap_default(false)));
    assert_true(colormap_is_diverging(colormap_default(true)));
}

static void test_known_colors(void **state)
{
    (void)state;
    const struct colormap *map = colormap_find("viridis");
    assert_true(rgb_equal(colormap_color(map, 0), (struct rgb){68, 1, 84}));
    assert_true(rgb_equal(colormap_color(map, 1), (struct rgb){253, 231, 37}));
    assert_true(rgb_equal(colormap_color(map, -3), colormap_color(map, 0)));
    assert_true(rgb_equal(colormap_color(map, 7), colormap_color(map, 1)));
    assert_true(rgb_equal(colormap_color(map, (double)NAN), colormap_color(map, 0)));
}

/* A sequential map goes one way in luminance, so it survives a copier; a diverging one
 * falls evenly on both sides of its light middle. */
static void test_luminance_goes_one_way(void **state)
{
    (void)state;
    for (size_t i = 0; colormap_at(i); i++) {
        const struct colormap *map = colormap_at(i);
        double from = colormap_is_diverging(map) ? 0.5 : 0;
        double first = colormap_luminance(colormap_color(map, from));
        double last = colormap_luminance(colormap_color(map, 1));
        double sign = last > first ? 1 : -1, before = first;
        for (int k = 1; k <= STEPS; k++) {
            double t = from + (1 - from) * k / STEPS;
            double y = colormap_luminance(colormap_color(map, t));
            assert_true(sign * (y - before) > -0.004);
            before = y;
        }
        assert_true(fabs(last - first) > 0.6);
    }
}

static void test_diverging_is_symmetric(void **state)
{
    (void)state;
    const struct colormap *map = colormap_default(true);
    for (int k = 0; k <= STEPS; k++) {
        double low = colormap_luminance(colormap_color(map, 0.5 - 0.5 * k / STEPS));
        double high = colormap_luminance(colormap_color(map, 0.5 + 0.5 * k / STEPS));
        assert_true(fabs(low - high) < 0.02);
    }
    struct rgb middle = colormap_color(map, 0.5);
    assert_true(middle.r == middle.g && middle.g == middle.b);
}

static void test_text_can_be_read(void **state)
{
    (void)state;
    for (size_t i = 0; colormap_at(i); i++)
        for (int k = 0; k <= 4 * STEPS; k++) {
            struct rgb cell = colormap_color(colormap_at(i), k / (4.0 * STEPS));
            assert_true(colormap_contrast(cell, colormap_text(cell)) >= 4.5);
        }
    for (int kind = COLORMAP_MINUS_INFINITY; kind < COLORMAP_KINDS; kind++) {
        struct rgb cell = colormap_kind_color((enum colormap_kind)kind);
        struct rgb hatch = colormap_hatch((enum colormap_kind)kind);
        assert_true(colormap_contrast(cell, colormap_text(cell)) >= 4.5);
        assert_true(colormap_contrast(cell, hatch) > 2);
    }
}

static void test_contrast_of_black_and_white(void **state)
{
    (void)state;
    struct rgb black = {0, 0, 0}, white = {255, 255, 255};
    assert_true(fabs(colormap_contrast(black, white) - 21) < 1e-9);
    assert_true(fabs(colormap_luminance(white) - 1) < 1e-9);
}

static void test_ranges(void **state)
{
    (void)state;
    struct colormap_range r = colormap_range_of(0.25, 0.75);
    assert_true(r.lo == 0 && r.hi == 0.75 && !r.diverging);
    r = colormap_range_of(-3, 1);
    assert_true(r.lo == -3 && r.hi == 3 && r.diverging);
    assert_true(colormap_place(r, 0) == 0.5);
    assert_true(colormap_place(r, -5) == 0 && colormap_place(r, 5) == 1);
    r = (struct colormap_range){2, 2, false};
    assert_true(colormap_place(r, 2) == 0);
    r.diverging = true;
    assert_true(colormap_place(r, 2) == 0.5);
}

static void test_values_that_are_not_finite(void **state)
{
    (void)state;
    const struct colormap *map = colormap_find("greys");
    struct colormap_range r = {0, 1, false};
    double values[] = {-HUGE_VAL, HUGE_VAL, (double)NAN};
    assert_int_equal(colormap_kind_of(0), COLORMAP_FINITE);
    for (int i = 0; i < 3; i++) {
        enum colormap_kind kind = colormap_kind_of(values[i]);
        assert_int_equal(kind, COLORMAP_MINUS_INFINITY + i);
        struct rgb cell = colormap_cell(map, r, values[i]);
        assert_true(rgb_equal(cell, colormap_kind_color(kind)));
        for (int k = 0; k <= STEPS; k++)
            assert_false(rgb_equal(colormap_cell(map, r, k / (double)STEPS), cell));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_found),
        cmocka_unit_test(test_known_colors),
        cmocka_unit_test(test_luminance_goes_one_way),
        cmocka_unit_test(test_diverging_is_symmetric),
        cmocka_unit_test(test_text_can_be_read),
        cmocka_unit_test(test_contrast_of_black_and_white),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_values_that_are_not_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
