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
    for (int ground = 0; ground < COLORMAP_GROUNDS; ground++)
        for (int diverging = 0; diverging < 2; diverging++)
            assert_int_equal(
                colormap_is_diverging(colormap_default(ground, diverging)), diverging);
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
 * goes the same way on both sides of its middle. */
static void check_one_way(const struct colormap *map, double from, double to,
                          double least)
{
    double first = colormap_luminance(colormap_color(map, from)), before = first;
    double last = colormap_luminance(colormap_color(map, to));
    double sign = last > first ? 1 : -1;
    for (int k = 1; k <= STEPS; k++) {
        double t = from + (to - from) * k / STEPS;
        double y = colormap_luminance(colormap_color(map, t));
        if (sign * (y - before) < -0.004)
            fail_msg("%s turns back at %g", colormap_name(map), t);
        before = y;
    }
    assert_true(sign * (last - first) > least);
}

static void test_luminance_goes_one_way(void **state)
{
    (void)state;
    for (size_t i = 0; colormap_at(i); i++) {
        const struct colormap *map = colormap_at(i);
        bool signs = colormap_is_diverging(map);
        /* from the grey that is seen on all papers the way is shorter */
        double least = strncmp(colormap_name(map), "mist", 4) == 0 ? 0.5 : 0.6;
        check_one_way(map, signs ? 0.5 : 0, 1, least);
        if (signs)
            check_one_way(map, 0.5, 0, least);
    }
}

/* Of 256 levels none goes against the way, and four of them always differ. */
static void test_lightness_is_monotone_from_every_ground(void **state)
{
    (void)state;
    for (int ground = 0; ground < COLORMAP_GROUNDS; ground++) {
        const struct colormap *map = colormap_default(ground, false);
        struct rgb first = colormap_color(map, 0), last = colormap_color(map, 1);
        double sign = colormap_luminance(last) > colormap_luminance(first) ? 1 : -1;
        double y[STEPS];
        for (int k = 0; k < STEPS; k++) {
            y[k] = colormap_luminance(colormap_color(map, k / (STEPS - 1.0)));
            assert_true(k < 1 || sign * (y[k] - y[k - 1]) >= 0);
            assert_true(k < 4 || sign * (y[k] - y[k - 4]) > 0);
        }
    }
}

static void test_zero_is_the_ground(void **state)
{
    (void)state;
    for (int ground = 0; ground < COLORMAP_GROUNDS; ground++) {
        struct rgb zero = colormap_zero(ground);
        struct colormap_range plain = {0, 3, false}, both = {-3, 3, true};
        struct rgb a = colormap_cell(colormap_default(ground, false), plain, 0);
        struct rgb b = colormap_cell(colormap_default(ground, true), both, 0);
        assert_true(rgb_equal(a, zero));
        assert_true(rgb_equal(b, zero));
    }
}

static void test_diverging_is_symmetric(void **state)
{
    (void)state;
    for (int ground = 0; ground < COLORMAP_GROUNDS; ground++) {
        const struct colormap *map = colormap_default(ground, true);
        for (int k = 0; k <= STEPS; k++) {
            double low = colormap_luminance(colormap_color(map, 0.5 - 0.5 * k / STEPS));
            double high = colormap_luminance(colormap_color(map, 0.5 + 0.5 * k / STEPS));
            assert_true(fabs(low - high) < 0.06);
        }
    }
}

/* What a dichromat sees, in linear light (Machado, Oliveira and Fernandes, "A
 * physiologically-based model for simulation of color vision deficiency", 2009, severity
 * 1): protan, deutan, tritan. */
static const double deficiencies[3][3][3] = {
    {{0.152286, 1.052583, -0.204868},
     {0.114503, 0.786281, 0.099216},
     {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968},
     {0.280085, 0.672501, 0.047413},
     {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779},
     {-0.078411, 0.930809, 0.147602},
     {0.004733, 0.691367, 0.303900}}};

static double linear(double channel)
{
    double c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static void seen_with(const double m[3][3], struct rgb color, double out[3])
{
    double in[3] = {linear(color.r), linear(color.g), linear(color.b)};
    for (int i = 0; i < 3; i++) {
        out[i] = m[i][0] * in[0] + m[i][1] * in[1] + m[i][2] * in[2];
        out[i] = cbrt(out[i] < 0 ? 0 : out[i]); /* about as lightness is seen */
    }
}

/* Both signs of the same size are apart with every colour vision. */
static void test_signs_are_told_apart_without_a_cone(void **state)
{
    (void)state;
    for (int ground = 0; ground < COLORMAP_GROUNDS; ground++)
        for (int kind = 0; kind < 3; kind++)
            for (double size = 0.1; size <= 0.5; size += 0.05) {
                const struct colormap *map = colormap_default(ground, true);
                double a[3], b[3], away = 0;
                seen_with(deficiencies[kind], colormap_color(map, 0.5 - size), a);
                seen_with(deficiencies[kind], colormap_color(map, 0.5 + size), b);
                for (int i = 0; i < 3; i++)
                    away = fmax(away, fabs(a[i] - b[i]));
                if (away < 0.1)
                    fail_msg("%s, vision %d: %.2f apart at %g", colormap_name(map), kind,
                             away, size);
            }
}

static void test_text_can_be_read(void **state)
{
    (void)state;
    for (size_t i = 0; colormap_at(i); i++)
        for (int k = 0; k <= 4 * STEPS; k++) {
            struct rgb cell = colormap_color(colormap_at(i), k / (4.0 * STEPS));
            assert_true(colormap_contrast(cell, colormap_text(cell)) >= 4.5);
        }
    for (int ground = 0; ground < COLORMAP_GROUNDS; ground++)
        for (int kind = COLORMAP_MINUS_INFINITY; kind < COLORMAP_KINDS; kind++) {
            struct rgb cell = colormap_kind_color(ground, (enum colormap_kind)kind);
            struct rgb hatch = colormap_hatch(ground, (enum colormap_kind)kind);
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

static void test_ranges_are_joined(void **state)
{
    (void)state;
    struct colormap_range a = {0, 2, false}, b = {0, 3, false}, c = {-1, 1, true};
    struct colormap_range r = colormap_range_join(a, b);
    assert_true(r.lo == 0 && r.hi == 3 && !r.diverging);
    r = colormap_range_join(a, c);
    assert_true(r.lo == -2 && r.hi == 2 && r.diverging);
}

/* What is not finite has a colour that no value of the ground's maps has, 0 included. */
static void test_values_that_are_not_finite(void **state)
{
    (void)state;
    double values[] = {-HUGE_VAL, HUGE_VAL, (double)NAN};
    assert_int_equal(colormap_kind_of(0), COLORMAP_FINITE);
    for (int i = 0; i < 3; i++) {
        enum colormap_kind kind = colormap_kind_of(values[i]);
        assert_int_equal(kind, COLORMAP_MINUS_INFINITY + i);
        for (int ground = 0; ground < COLORMAP_GROUNDS; ground++)
            for (int k = 0; k <= 2 * STEPS; k++) {
                const struct colormap *map = colormap_default(ground, k > STEPS);
                struct rgb cell = colormap_color(map, k % STEPS / (STEPS - 1.0));
                assert_false(rgb_equal(cell, colormap_kind_color(ground, kind)));
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_found),
        cmocka_unit_test(test_known_colors),
        cmocka_unit_test(test_luminance_goes_one_way),
        cmocka_unit_test(test_lightness_is_monotone_from_every_ground),
        cmocka_unit_test(test_zero_is_the_ground),
        cmocka_unit_test(test_diverging_is_symmetric),
        cmocka_unit_test(test_signs_are_told_apart_without_a_cone),
        cmocka_unit_test(test_text_can_be_read),
        cmocka_unit_test(test_contrast_of_black_and_white),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_ranges_are_joined),
        cmocka_unit_test(test_values_that_are_not_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
