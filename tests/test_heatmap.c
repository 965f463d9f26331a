#include "chart/heatmap.h"

#include "support.h"

#include <math.h>

static float numbers[90 * 40];
static struct tensor tensor = {.type = TENSOR_F32, .rank = 1, .size = {90 * 40}};

static const char *const korean[] = {"▁나", "는", "▁학교", "에", "▁간", "다", "<eos>"};
static const char *const english[] = {"▁I", "▁go", "▁to", "▁school", "<eos>"};
static const char *const glosses[] = {"I", "(topic)", "school", "to", "go", "(end)", ""};

static int fill_numbers(void **state)
{
    (void)state;
    tensor.f32 = numbers;
    for (int i = 0; i < 90 * 40; i++)
        numbers[i] = (float)fabs(sin(i * 1.7));
    return 0;
}

static struct heatmap cross_attention(void)
{
    return (struct heatmap){.values = {&tensor, 0, 5, 7},
                            .row = {"query", english, NULL},
                            .column = {"key", korean, glosses},
                            .heading = {"교차 어텐션", "나는 학교에 간다", "no-mask"},
                            .value_title = "weights"};
}

/* A drawn figure with its layout. */
struct picture {
    struct heatmap_layout layout;
    unsigned char *pixels;
    int width, height, missing;
    double scale;
};

static struct picture draw(const struct heatmap *h, double scale)
{
    struct picture p = {.scale = scale};
    struct error e = {0};
    assert_int_equal(heatmap_arrange(h, &p.layout, &e), 0);
    struct drawing *d = heatmap_draw(h, (struct draw_medium){DRAW_PIXELS, scale}, &e);
    assert_non_null(d);
    p.width = draw_pixel_width(d);
    p.height = draw_pixel_height(d);
    p.missing = draw_missing_glyphs(d);
    p.pixels = draw_pixels(d);
    draw_free(d);
    return p;
}

static struct rgb at(const struct picture *p, double x, double y)
{
    int px = (int)floor(x * p->scale), py = (int)floor(y * p->scale);
    assert_true(px >= 0 && py >= 0 && px < p->width && py < p->height);
    const unsigned char *q = p->pixels + 4 * ((size_t)py * (size_t)p->width + (size_t)px);
    return (struct rgb){q[0], q[1], q[2]};
}

static void check_cells(const struct heatmap *h, const struct picture *p)
{
    for (long r = 0; r < h->values.rows; r++)
        for (long c = 0; c < h->values.columns; c++) {
            struct draw_box b = heatmap_cell_box(&p->layout, r, c);
            struct rgb want = colormap_cell(p->layout.colorbar.map,
                                            p->layout.colorbar.range,
                                            heatmap_value(&h->values, r, c));
            assert_true(
                rgb_equal(at(p, b.x + b.width / 2, b.y + b.height / 2), want));
        }
}

/* The bar at the height of each value has the colour of its cell: a strip is half a
 * point, so the colour may differ by what the map changes over one strip. */
static void check_bar(const struct heatmap *h, const struct picture *p)
{
    const struct heatmap_layout *l = &p->layout;
    for (long i = 0; i < h->values.rows * h->values.columns; i++) {
        double value = heatmap_value(&h->values, 0, i);
        struct rgb want = colormap_cell(l->colorbar.map, l->colorbar.range, value);
        double y = fmin(heatmap_bar_y(l, value), l->bar.y + l->bar.height - 0.25);
        struct rgb got = at(p, l->bar.x + l->bar.width / 2, y);
        assert_true(abs(got.r - want.r) <= 4 && abs(got.g - want.g) <= 4 &&
                    abs(got.b - want.b) <= 4);
    }
}

static void test_cells_and_bar_have_the_colors_of_the_values(void **state)
{
    (void)state;
    struct heatmap h = cross_attention();
    for (int theme = FIGURE_LIGHT; theme <= FIGURE_TRANSPARENT; theme++)
        for (int below = 0; below < 2; below++) {
            h.theme = (enum figure_theme)theme;
            h.columns_below = below;
            struct picture p = draw(&h, 2);
            check_cells(&h, &p);
            check_bar(&h, &p);
            assert_int_equal(p.missing, 0);
            free(p.pixels);
        }
}

static void test_every_size(void **state)
{
    (void)state;
    const long sizes[][2] = {{1, 1}, {1, 40}, {40, 1}, {3, 3}, {90, 40}, {7, 500}};
    const char *labels[90];
    for (int i = 0; i < 90; i++)
        labels[i] = korean[i % 7];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct heatmap h = {.values = {&tensor, 0, sizes[i][0], sizes[i][1]},
                            .row = {"query", labels, NULL},
                            .column = {"key", sizes[i][1] > 90 ? NULL : labels, NULL}};
        struct picture p = draw(&h, 2);
        check_cells(&h, &p);
        assert_true(p.layout.cell_w * 2 >= 2 && p.layout.cell_h * 2 >= 2);
        assert_true(p.layout.cells.x > 0 && p.layout.cells.y > 0);
        assert_true(p.layout.bar.x + p.layout.bar.width < p.layout.width);
        free(p.pixels);
    }
}

static const char *const uneven[] = {"가나다라마바사아자차카타파하", "a", "b", "c",
                                     "averylongtoken"};

/* Nothing is cut: the outermost points of the page hold paper only. */
static void test_nothing_is_cut(void **state)
{
    (void)state;
    for (int width = 0; width <= 600; width += width ? 37 : 230)
        for (int variant = 0; variant < 8; variant++) {
            struct heatmap h = cross_attention();
            h.width = width;
            h.columns_below = variant & 1;
            if (variant & 2)
                h.heading = (struct frame_heading){NULL, NULL, NULL};
            if (variant & 4)
                h.row.labels = uneven;
            struct error e = {0};
            struct heatmap_layout l;
            if (width && heatmap_arrange(&h, &l, &e) < 0)
                continue; /* too narrow for these labels, and says so */
            struct picture p = draw(&h, 2);
            assert_true(!width || p.width == 2 * width);
            struct rgb paper = frame_colors(h.theme)->paper;
            for (double x = 0; x < p.layout.width; x += 0.5) {
                assert_true(rgb_equal(at(&p, x, 4), paper));
                assert_true(rgb_equal(at(&p, x, p.layout.height - 4), paper));
            }
            for (double y = 0; y < p.layout.height; y += 0.5) {
                assert_true(rgb_equal(at(&p, 4, y), paper));
                assert_true(rgb_equal(at(&p, p.layout.width - 4, y), paper));
            }
            free(p.pixels);
        }
}

static void test_widths_that_do_not_fit(void **state)
{
    (void)state;
    struct heatmap h = cross_attention();
    struct heatmap_layout l;
    struct error e = {0};
    h.width = 60;
    assert_int_equal(heatmap_arrange(&h, &l, &e), -1);
    assert_contains(e.message, "at least");
    e.set = false;
    h.width = 210;
    h.print_values = true;
    h.digits = 9;
    assert_int_equal(heatmap_arrange(&h, &l, &e), -1);
    assert_contains(e.message, "printed values");
    e.set = false;
    h.values.rows = 0;
    assert_int_equal(heatmap_arrange(&h, &l, &e), -1);
}

static void test_masked_cells_are_hatched_and_named(void **state)
{
    (void)state;
    struct heatmap h = cross_attention();
    float kept = numbers[3];
    numbers[3] = -INFINITY;
    struct picture p = draw(&h, 2);
    struct draw_box b = heatmap_cell_box(&p.layout, 0, 3);
    assert_true(p.layout.colorbar.present[COLORMAP_MINUS_INFINITY]);
    assert_true(isfinite(p.layout.colorbar.range.lo));
    int plain = 0, other = 0;
    for (double x = b.x + 2; x < b.x + b.width - 2; x += 0.5) {
        struct rgb c = at(&p, x, b.y + b.height / 2);
        if (rgb_equal(c, colormap_kind_color(COLORMAP_ON_WHITE,
                                             COLORMAP_MINUS_INFINITY)))
            plain++;
        else
            other++;
    }
    assert_true(plain > 0 && other > 0);
    numbers[3] = kept;
    free(p.pixels);
}

/* By row a value has the colour of its share of the largest in its row. */
static void test_rows_by_their_largest(void **state)
{
    (void)state;
    double cells[] = {1, 2, 4, -1, 0, 0.5};
    struct tensor t = {.type = TENSOR_F64, .rank = 2, .size = {2, 3}, .f64 = cells};
    const double shares[] = {0.25, 0.5, 1, -1, 0, 0.5};
    struct heatmap h = {.values = {&t, 0, 2, 3}, .by_row = true, .theme = FIGURE_DARK};
    struct picture p = draw(&h, 2);
    assert_true(p.layout.colorbar.range.lo == -1 && p.layout.colorbar.range.hi == 1);
    for (int i = 0; i < 6; i++) {
        struct draw_box b = heatmap_cell_box(&p.layout, i / 3, i % 3);
        struct rgb want = colormap_cell(colormap_default(COLORMAP_ON_SLATE, true),
                                        p.layout.colorbar.range, shares[i]);
        struct rgb got = at(&p, b.x + b.width / 2, b.y + b.height / 2);
        assert_true(rgb_equal(got, want));
        assert_int_equal(rgb_equal(got, frame_colors(FIGURE_DARK)->paper), i == 4);
    }
    free(p.pixels);
}

/* What is 0 has the colour of the paper. */
static void test_zero_is_the_paper(void **state)
{
    (void)state;
    for (int theme = FIGURE_LIGHT; theme <= FIGURE_DARK; theme++) {
        const struct frame_colors *colors = frame_colors((enum figure_theme)theme);
        assert_true(rgb_equal(colormap_zero(colors->ground), colors->paper));
    }
}

static void test_same_figure_same_pixels(void **state)
{
    (void)state;
    struct heatmap h = cross_attention();
    h.print_values = true;
    struct picture a = draw(&h, 2), b = draw(&h, 2);
    assert_int_equal(a.width, b.width);
    assert_memory_equal(a.pixels, b.pixels, 4 * (size_t)a.width * (size_t)a.height);
    free(a.pixels);
    free(b.pixels);
}

/* The second head of a tensor looks like the same numbers by themselves. */
static void test_a_matrix_inside_of_its_tensor(void **state)
{
    (void)state;
    struct tensor second = tensor;
    second.f32 = numbers + 5 * 7;
    struct heatmap inside = cross_attention(), alone = inside, first = inside;
    inside.values.first = 5 * 7;
    alone.values.tensor = &second;
    struct picture a = draw(&inside, 1), b = draw(&alone, 1), c = draw(&first, 1);
    size_t size = 4 * (size_t)a.width * (size_t)a.height;
    assert_int_equal(a.width, b.width);
    assert_int_equal(a.height, b.height);
    assert_memory_equal(a.pixels, b.pixels, size);
    assert_true(c.width != a.width || c.height != a.height ||
                memcmp(a.pixels, c.pixels, size) != 0);
    free(a.pixels);
    free(b.pixels);
    free(c.pixels);
}

static void test_ticks_are_neat_and_true(void **state)
{
    (void)state;
    const double ends[][2] = {{0, 1},     {0, 0.873}, {-2.28, 2.28}, {0, 1e-7},
                              {3, 12345}, {-1e9, 1e9}, {0, 0},        {0.1, 0.1000001}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        for (double height = 84; height <= 300; height += 36) {
            struct colorbar c = {.map = colormap_default(COLORMAP_ON_WHITE, false),
                                 .range = {ends[i][0], ends[i][1], false}};
            struct colorbar_tick t[COLORBAR_MAX_TICKS];
            int n = colorbar_ticks(&c, height, t);
            assert_true(n >= 1 && n <= 8);
            assert_true(n >= 3 || ends[i][1] - ends[i][0] < 1e-6);
            assert_true(t[0].value == ends[i][0] && t[n - 1].value == ends[i][1]);
            for (int k = 1; k < n; k++)
                assert_true((t[k].place - t[k - 1].place) * height >= 13.9);
        }
}

static void test_values_outside_of_the_range_are_announced(void **state)
{
    (void)state;
    struct heatmap h = cross_attention();
    struct colormap_range range = {0.2, 0.5, false};
    h.range = &range;
    struct heatmap_layout l;
    struct colorbar_tick t[COLORBAR_MAX_TICKS];
    assert_int_equal(heatmap_arrange(&h, &l, NULL), 0);
    int n = colorbar_ticks(&l.colorbar, l.bar.height, t);
    assert_string_equal(t[0].text, "≤ 0.2");
    assert_string_equal(t[n - 1].text, "≥ 0.5");
}

static void test_printed_numbers(void **state)
{
    (void)state;
    char text[64];
    heatmap_print(text, sizeof text, 0.256, 0);
    assert_string_equal(text, "0.26");
    heatmap_print(text, sizeof text, -1.5, 1);
    assert_string_equal(text, "–1.5");
    heatmap_print(text, sizeof text, -HUGE_VAL, 2);
    assert_string_equal(text, "–∞");
    heatmap_print(text, sizeof text, (double)NAN, 2);
    assert_string_equal(text, "NaN");
    heatmap_print(text, sizeof text, -0.001, 2);
    assert_string_equal(text, "0.00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_and_bar_have_the_colors_of_the_values),
        cmocka_unit_test(test_every_size),
        cmocka_unit_test(test_nothing_is_cut),
        cmocka_unit_test(test_widths_that_do_not_fit),
        cmocka_unit_test(test_masked_cells_are_hatched_and_named),
        cmocka_unit_test(test_rows_by_their_largest),
        cmocka_unit_test(test_zero_is_the_paper),
        cmocka_unit_test(test_same_figure_same_pixels),
        cmocka_unit_test(test_a_matrix_inside_of_its_tensor),
        cmocka_unit_test(test_ticks_are_neat_and_true),
        cmocka_unit_test(test_values_outside_of_the_range_are_announced),
        cmocka_unit_test(test_printed_numbers),
    };
    return cmocka_run_group_tests(tests, fill_numbers, NULL);
}
