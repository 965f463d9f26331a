#include "paint/colormap.h"
#include "paint/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct rgb rgb_of(uint32_t color)
{
    return (struct rgb){(uint8_t)(color >> 16), (uint8_t)(color >> 8), (uint8_t)color};
}

static void test_every_look_can_be_read_in_every_theme(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 1);
    for (int name = 0; name < THEME_MONO; name++) {
        c->theme = theme_get((enum theme_name)name);
        for (int look = 0; look < LOOK_COUNT; look++) {
            struct style style = theme_style(c, (enum look)look);
            double contrast = colormap_contrast(rgb_of(style.fg), rgb_of(style.bg));
            /* borders, stages to come and masked cells may stand back */
            bool quiet =
                look == LOOK_BORDER || look == LOOK_MASKED || look == LOOK_TRACK_LATER;
            double need = quiet ? 2.1 : name == THEME_PRESENT ? 7 : 4.5;
            if (contrast < need)
                fail_msg("theme %s, look %d: contrast %.2f", theme_label(c->theme), look,
                         contrast);
        }
    }
    canvas_free(c);
}

static void test_mono_has_no_colours(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 1);
    c->theme = theme_get(THEME_MONO);
    for (int look = 0; look < LOOK_COUNT; look++) {
        struct style style = theme_style(c, (enum look)look);
        assert_int_equal(style.fg, COLOR_DEFAULT);
        assert_int_equal(style.bg, COLOR_DEFAULT);
    }
    struct colormap_range range = {0, 1, false};
    assert_int_equal(theme_heat(c, range, 0.9).bg, COLOR_DEFAULT);
    assert_true(theme_heat(c, range, 0.9).attributes & ATTRIBUTE_BOLD);
    assert_false(theme_heat(c, range, 0.1).attributes & ATTRIBUTE_BOLD);
    canvas_free(c);
}

#define LEVELS 256

/* Every level of every theme, of values without and with a sign: the digit on it has a
 * contrast of 4.5, and 0 is the background that plain text has. */
static void test_heat_can_be_read_and_zero_is_the_background(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 1);
    struct colormap_range ranges[] = {{0, 1, false}, {-2, 2, true}};
    for (int name = 0; name < THEME_MONO; name++)
        for (int k = 0; k < 2; k++) {
            c->theme = theme_get((enum theme_name)name);
            double length = ranges[k].hi - ranges[k].lo;
            for (int i = 0; i < LEVELS; i++) {
                double value = ranges[k].lo + i / (LEVELS - 1.0) * length;
                struct style style = theme_heat(c, ranges[k], value);
                assert_true(colormap_contrast(rgb_of(style.fg), rgb_of(style.bg)) >= 4.5);
            }
            assert_int_equal(theme_heat(c, ranges[k], 0).bg,
                             theme_style(c, LOOK_TEXT).bg);
            assert_int_not_equal(theme_heat(c, ranges[k], ranges[k].lo).bg,
                                 theme_heat(c, ranges[k], ranges[k].hi).bg);
        }
    canvas_free(c);
}

/* Larger values are brighter on the dark screen and darker on the light ones. */
static void test_heat_leaves_the_background(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 1);
    struct colormap_range range = {0, 1, false};
    for (int name = 0; name < THEME_MONO; name++) {
        c->theme = theme_get((enum theme_name)name);
        double sign = name == THEME_DARK ? 1 : -1;
        double before = colormap_luminance(rgb_of(theme_heat(c, range, 0).bg));
        for (int i = 1; i < LEVELS; i++) {
            double value = i / (LEVELS - 1.0);
            double now = colormap_luminance(rgb_of(theme_heat(c, range, value).bg));
            assert_true(sign * (now - before) >= 0);
            before = now;
        }
    }
    canvas_free(c);
}

static void test_values_that_are_not_finite_look_masked(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 1);
    c->theme = theme_get(THEME_DARK);
    struct colormap_range range = {0, 1, false};
    struct style masked = theme_style(c, LOOK_MASKED);
    assert_int_equal(theme_heat(c, range, -INFINITY).fg, masked.fg);
    assert_int_equal(theme_heat(c, range, -INFINITY).bg, masked.bg);
    assert_int_equal(theme_heat(c, range, NAN).bg, masked.bg);
    assert_int_not_equal(theme_heat(c, range, 0).bg, masked.bg);
    canvas_free(c);
}

static void test_themes_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(theme_find("light"), theme_get(THEME_LIGHT));
    assert_null(theme_find("pink"));
    const struct theme *t = theme_get(THEME_DARK);
    for (int i = 0; i < THEME_COUNT; i++)
        t = theme_next(t);
    assert_ptr_equal(t, theme_get(THEME_DARK));
    assert_true(theme_is_spacious(theme_get(THEME_PRESENT)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_look_can_be_read_in_every_theme),
        cmocka_unit_test(test_mono_has_no_colours),
        cmocka_unit_test(test_heat_can_be_read_and_zero_is_the_background),
        cmocka_unit_test(test_heat_leaves_the_background),
        cmocka_unit_test(test_values_that_are_not_finite_look_masked),
        cmocka_unit_test(test_themes_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
