#include "paint/draw.h"

#include "support.h"

#include <math.h>

static const struct rgb black = {0, 0, 0}, white = {255, 255, 255}, red = {200, 10, 20};

/* Two pixels a point. */
static const struct draw_medium pixels_2 = {DRAW_PIXELS, 2};

static struct drawing *page(double width, double height)
{
    struct error e = {0};
    struct drawing *d = draw_new(width, height, pixels_2, &e);
    assert_non_null(d);
    draw_fill(d, (struct draw_box){0, 0, width, height}, white);
    return d;
}

static const unsigned char *pixel(const unsigned char *pixels, const struct drawing *d,
                                  int x, int y)
{
    return pixels + 4 * ((size_t)y * (size_t)draw_pixel_width(d) + (size_t)x);
}

static bool is(const unsigned char *p, struct rgb c)
{
    return p[0] == c.r && p[1] == c.g && p[2] == c.b && p[3] == 255;
}

/* The smallest box of pixels that holds all that is not white: {left, top, right,
 * bottom}, right < left when there is none. */
static void ink_box(struct drawing *d, int box[4])
{
    unsigned char *pixels = draw_pixels(d);
    box[0] = box[1] = 1 << 30;
    box[2] = box[3] = -1;
    for (int y = 0; y < draw_pixel_height(d); y++)
        for (int x = 0; x < draw_pixel_width(d); x++) {
            if (is(pixel(pixels, d, x, y), white))
                continue;
            box[0] = x < box[0] ? x : box[0];
            box[1] = y < box[1] ? y : box[1];
            box[2] = x > box[2] ? x : box[2];
            box[3] = y > box[3] ? y : box[3];
        }
    free(pixels);
}

static void test_size_and_limits(void **state)
{
    (void)state;
    struct error e = {0};
    struct drawing *d = draw_new(10.2, 5, pixels_2, &e);
    assert_int_equal(draw_pixel_width(d), 21);
    assert_int_equal(draw_pixel_height(d), 10);
    unsigned char *pixels = draw_pixels(d);
    assert_int_equal(pixels[3], 0); /* transparent */
    free(pixels);
    draw_free(d);
    assert_null(draw_new(0, 10, pixels_2, &e));
    assert_true(e.set);
    assert_null(draw_new(1e9, 10, pixels_2, NULL));
    assert_null(draw_new((double)NAN, 10, pixels_2, NULL));
}

static void test_boxes_meet_without_a_seam(void **state)
{
    (void)state;
    struct drawing *d = page(40, 4);
    double w = 40 / 7.0;
    for (int i = 0; i < 7; i++)
        draw_fill(d, (struct draw_box){i * w, 0, w, 4}, i % 2 ? red : black);
    unsigned char *pixels = draw_pixels(d);
    for (int x = 0; x < 80; x++)
        assert_true(is(pixel(pixels, d, x, 3), red) || is(pixel(pixels, d, x, 3), black));
    free(pixels);
    draw_free(d);
}

/* The SVG of one box on a page: a tile that lies in `all`, or without it a plain fill.
 * Caller frees. */
static char *svg_of_box(struct draw_box box, const struct draw_box *all)
{
    struct error e = {0};
    size_t length;
    struct drawing *d = draw_new(40, 40, (struct draw_medium){.form = DRAW_SVG}, &e);
    if (all)
        draw_tile(d, box, *all, red);
    else
        draw_fill(d, box, red);
    char *svg = draw_file(d, NULL, NULL, &length, &e);
    assert_non_null(svg);
    draw_free(d);
    char *name = strstr(svg, "id=\"surface"); /* counted through the program */
    if (name) {
        char *rest = strchr(name + 4, '"');
        memmove(name + 4, rest, strlen(rest) + 1);
    }
    return svg;
}

/* As shapes a tile reaches under the next ones, and never out of the whole. */
static void test_tiles_reach_under_the_next(void **state)
{
    (void)state;
    const struct draw_box all = {2, 3, 20, 30};
    const struct {
        struct draw_box tile, drawn;
    } cases[] = {{{2, 3, 10, 15}, {2, 3, 11.5, 16.5}},
                 {{12, 3, 10, 15}, {12, 3, 10, 16.5}},
                 {{2, 18, 10, 15}, {2, 18, 11.5, 15}},
                 {{12, 18, 10, 15}, {12, 18, 10, 15}},
                 {{2, 3, 19.5, 30}, {2, 3, 20, 30}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *tile = svg_of_box(cases[i].tile, &all);
        char *fill = svg_of_box(cases[i].drawn, NULL);
        assert_string_equal(tile, fill);
        free(tile);
        free(fill);
    }
}

/* Shapes have no pixels: a box stays where it is. */
static void test_shapes_are_not_rounded(void **state)
{
    (void)state;
    char *a = svg_of_box((struct draw_box){1.1, 2.2, 3.3, 4.4}, NULL);
    char *b = svg_of_box((struct draw_box){1.12, 2.2, 3.3, 4.4}, NULL);
    assert_string_not_equal(a, b);
    free(a);
    free(b);
}

/* The limit of pages of shapes is in points, and no scale changes it. */
static void test_size_of_shapes(void **state)
{
    (void)state;
    struct error e = {0};
    struct draw_medium medium = {DRAW_PDF, 1000};
    struct drawing *d = draw_new(10.2, 14400, medium, &e);
    assert_non_null(d);
    assert_int_equal(draw_medium_of(d).form, DRAW_PDF);
    draw_free(d); /* without being ended */
    assert_null(draw_new(10, 14401, medium, &e));
    assert_contains(e.message, "points");
}

static void test_clip(void **state)
{
    (void)state;
    struct drawing *d = page(20, 20);
    draw_clip(d, (struct draw_box){5, 5, 10, 10});
    draw_fill(d, (struct draw_box){0, 0, 20, 20}, red);
    draw_unclip(d);
    int box[4];
    ink_box(d, box);
    assert_int_equal(box[0], 10);
    assert_int_equal(box[3], 29);
    draw_free(d);
}

static void test_text_stands_at_its_anchor(void **state)
{
    (void)state;
    int box[4];
    struct draw_style style = {.size = 20, .align = DRAW_CENTER};
    struct drawing *d = page(200, 60);
    draw_text(d, 100, 30, "HIH", &style);
    ink_box(d, box);
    assert_true(abs(box[0] + box[2] - 400) <= 4); /* centred: 200 pixels on each side */
    assert_true(abs(box[1] + box[3] - 120) <= 4);
    draw_free(d);
    d = page(200, 60);
    style.align = DRAW_RIGHT;
    draw_text(d, 100, 30, "HIH", &style);
    ink_box(d, box);
    assert_true(box[2] <= 200 && box[2] >= 192);
    draw_free(d);
    d = page(60, 200);
    style.align = DRAW_LEFT;
    style.angle = 90;
    draw_text(d, 30, 100, "HIHIH", &style);
    ink_box(d, box);
    assert_true(box[3] <= 200 && box[3] >= 192 && box[1] < 160); /* runs upwards */
    draw_free(d);
}

static void test_fitting(void **state)
{
    (void)state;
    const char *text = "나는 학교에 간다 and a long tail of words";
    struct draw_style style = {.size = 12};
    struct draw_extent whole = draw_measure(text, &style);
    style.width = whole.width / 2;
    style.fit = DRAW_SHRINK;
    assert_true(draw_measure(text, &style).width <= style.width + 0.01);
    style.fit = DRAW_ELLIPSIS;
    assert_true(draw_measure(text, &style).width <= style.width + 0.01);
    style.fit = DRAW_WRAP;
    assert_true(draw_measure(text, &style).height > 1.9 * whole.height);
}

static void test_text_is_data(void **state)
{
    (void)state;
    struct draw_style style = {.size = 12};
    double plain = draw_measure("a", &style).width;
    assert_true(draw_measure("<b>a</b>", &style).width > 3 * plain);
    struct drawing *d = page(200, 40);
    draw_text(d, 4, 20, "\x1b[2J \xff\xfe \xe2\x80\xae &amp; \n\t", &style);
    draw_text(d, 4, 20, "", &style);
    draw_free(d);
}

static void test_missing_glyphs_are_counted(void **state)
{
    (void)state;
    struct draw_style style = {.size = 12};
    struct drawing *d = page(200, 40);
    draw_text(d, 4, 20, "▁나는 ▁학교에 abc", &style);
    assert_int_equal(draw_missing_glyphs(d), 0);
    draw_text(d, 4, 20, "\xf3\xb0\x80\x80", &style); /* private use: in no font */
    assert_int_equal(draw_missing_glyphs(d), 1);
    assert_non_null(strstr(draw_font_packages(), "fonts-nanum"));
    draw_free(d);
}

static void test_same_calls_same_pixels(void **state)
{
    (void)state;
    unsigned char *pixels[2];
    size_t size = 0;
    for (int i = 0; i < 2; i++) {
        struct drawing *d = page(120, 40);
        draw_hatch(d, (struct draw_box){3, 3, 50, 30}, DRAW_HATCH_CROSS, 4, 0.7, red);
        draw_text(d, 60, 20, "▁학교 gate", &(struct draw_style){.size = 13, .angle = 10});
        pixels[i] = draw_pixels(d);
        size = 4 * (size_t)draw_pixel_width(d) * (size_t)draw_pixel_height(d);
        draw_free(d);
    }
    assert_memory_equal(pixels[0], pixels[1], size);
    free(pixels[0]);
    free(pixels[1]);
}

/* Whatever the character, nothing is drawn outside of its cells. */
static void test_cell_text_stays_inside(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int columns;
    } cases[] = {{"M", 1}, {"가", 2}, {"┼", 1}, {"█", 1}, {"→", 1}, {"∞", 1}, {"g", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int bold = 0; bold < 2; bold++) {
            int box[4], columns = cases[i].columns;
            struct drawing *d = page(40, 40);
            draw_cell_text(d, 10, 10, 8, 17, columns, cases[i].text, black, bold);
            ink_box(d, box);
            assert_true(box[0] >= 20 && box[1] >= 20);
            assert_true(box[2] < 20 + 16 * columns && box[3] < 20 + 34);
            assert_true(box[2] > box[0]);
            draw_free(d);
        }
}

/* × and ² are as wide as Hangul in the coding face; squeezed into half they are no longer
 * read. From a narrow face the multiplication sign is about as wide as it is high. */
static void test_narrow_signs_are_not_squeezed(void **state)
{
    (void)state;
    static const char *const signs[] = {"×", "○", "●"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        int box[4];
        struct drawing *d = page(40, 40);
        draw_cell_text(d, 10, 10, 8, 17, 1, signs[i], black, false);
        ink_box(d, box);
        assert_true(5 * (box[2] - box[0]) > 3 * (box[3] - box[1]));
        draw_free(d);
    }
}

/* Lines of neighbouring cells meet: every column of pixels of ── has ink, at the same
 * height, and every row of two │ above each other. */
/* It leaves level, comes level, and its ends are where they should be. */
static void test_curves_are_level_at_their_ends(void **state)
{
    (void)state;
    struct drawing *d = page(40, 30);
    struct draw_curve curve = {5, 10, 35, 20, 2, 1};
    int box[4];
    draw_curve(d, &curve, red);
    unsigned char *pixels = draw_pixels(d);
    assert_true(is(pixel(pixels, d, 10, 19), red) && is(pixel(pixels, d, 69, 40), red));
    assert_true(is(pixel(pixels, d, 40, 30), red)); /* half way */
    free(pixels);
    ink_box(d, box);
    assert_int_equal(box[0], 10);
    assert_int_equal(box[1], 18);
    assert_int_equal(box[2], 69);
    assert_int_equal(box[3], 41);
    draw_free(d);
    d = page(40, 30);
    curve.opacity = 0.5;
    draw_curve(d, &curve, black);
    pixels = draw_pixels(d);
    assert_in_range(pixel(pixels, d, 40, 30)[0], 126, 129);
    free(pixels);
    draw_free(d);
}

static void test_lines_have_no_gaps(void **state)
{
    (void)state;
    struct drawing *d = page(48, 48);
    const char *rows[] = {"├", "┼", "╪"};
    for (int r = 0; r < 2; r++)
        for (int c = 0; c < 5; c++)
            draw_cell_text(d, 4 + 8 * c, 7 + 17 * r, 8, 17, 1, rows[c % 2], black, false);
    unsigned char *pixels = draw_pixels(d);
    int top = 14, line = -1;
    for (int y = top; y < top + 34; y++)
        if (is(pixel(pixels, d, 24 + 3, y), black))
            line = y;
    assert_true(line > 0);
    for (int x = 24; x < 8 + 80; x++)
        if ((x - 8) / 16 % 2 == 1)
            assert_true(is(pixel(pixels, d, x, line), black));
    int stem = -1;
    for (int x = 24; x < 40; x++)
        if (is(pixel(pixels, d, x, top + 2), black))
            stem = x;
    assert_true(stem > 0);
    for (int y = top; y < top + 68; y++)
        assert_true(is(pixel(pixels, d, stem, y), black));
    free(pixels);
    draw_free(d);
}

static void test_every_box_character_has_ink(void **state)
{
    (void)state;
    for (unsigned code = 0x2500; code <= 0x259f; code++) {
        char text[4] = {(char)0xe2, (char)(0x80 | (code >> 6 & 63)),
                        (char)(0x80 | (code & 63)), 0};
        int box[4];
        struct drawing *d = page(12, 20);
        draw_cell_text(d, 2, 1, 8, 17, 1, text, black, false);
        ink_box(d, box);
        assert_true(box[2] >= box[0]);
        assert_true(box[0] >= 2 && box[1] >= 1 && box[2] < 22 && box[3] < 38);
        assert_int_equal(draw_missing_glyphs(d), 0);
        draw_free(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size_and_limits),
        cmocka_unit_test(test_boxes_meet_without_a_seam),
        cmocka_unit_test(test_tiles_reach_under_the_next),
        cmocka_unit_test(test_shapes_are_not_rounded),
        cmocka_unit_test(test_size_of_shapes),
        cmocka_unit_test(test_clip),
        cmocka_unit_test(test_text_stands_at_its_anchor),
        cmocka_unit_test(test_fitting),
        cmocka_unit_test(test_text_is_data),
        cmocka_unit_test(test_missing_glyphs_are_counted),
        cmocka_unit_test(test_same_calls_same_pixels),
        cmocka_unit_test(test_cell_text_stays_inside),
        cmocka_unit_test(test_narrow_signs_are_not_squeezed),
        cmocka_unit_test(test_curves_are_level_at_their_ends),
        cmocka_unit_test(test_lines_have_no_gaps),
        cmocka_unit_test(test_every_box_character_has_ink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
