/* The charts of attention: all heads, all layers, and links, as cells, on a page and in
 * words. */
#include "chart/charts.h"

#include "base/memory.h"
#include "base/say.h"
#include "chart/heads.h"
#include "chart/page.h"
#include "paint/theme.h"
#include "pictures.h"
#include "support.h"
#include "temporary.h"

#include <math.h>

static char symbol[] = "A";
static char folder[200];

struct example {
    struct tensor values;
    struct labels labels;
    struct chart view;
};

/* Attention among n tokens that are called a, b, c …; the numbers are borrowed. */
static void make(struct example *x, double *numbers, long heads, long n)
{
    *x = (struct example){.values = {.type = TENSOR_F64, .rank = 3,
                                     .size = {heads, n, n}, .f64 = numbers}};
    for (long i = 0; i < n; i++)
        labels_add(&x->labels,
                   (struct label){.text = mem_format("%c", (int)('a' + i % 26))});
    x->view.sheet = (struct sheet){.ref = {REF_STAGE, 0},
                                   .stage = NULL,
                                   .heads = heads,
                                   .rows = n,
                                   .columns = n,
                                   .row_axis = AXIS_QUERY,
                                   .column_axis = AXIS_KEY,
                                   .row_labels = &x->labels,
                                   .column_labels = &x->labels,
                                   .values = VALUES_PROBABILITY,
                                   .symbol = symbol};
    x->view.values = &x->values;
    x->view.range = sheet_range(&x->view.sheet, &x->values);
}

static void unmake(struct example *x)
{
    labels_free(&x->labels);
}

static char *draw(const char *kind, const struct chart *v, int rows, int columns,
                  bool ascii)
{
    struct canvas *c = canvas_new(rows, columns);
    c->ascii = ascii;
    c->theme = ascii ? NULL : theme_get(THEME_DARK);
    charts_find(kind)->cells(v, c, canvas_area(c));
    char *frame = canvas_dump(c);
    canvas_free(c);
    return frame;
}

static void assert_cells(const char *kind, const struct chart *v, int rows, int columns,
                         bool ascii, const char *want)
{
    char *frame = draw(kind, v, rows, columns, ascii);
    assert_string_equal(frame, want);
    free(frame);
}

/* ---- links ---- */

/* a and b lead to b, c and d to one another, so that one of the two has no line; the lit
 * row c leads to b as well. */
static double weights[] = {0, 1, 0, 0, 0.1, 0.9, 0, 0, 0.01, 0.3, 0.04, 0.65, 0, 0, 1, 0};

static void test_links_are_lines(void **state)
{
    (void)state;
    struct example x;
    make(&x, weights, 1, 4);
    x.view.at.row = 2;
    assert_cells("links", &x.view, 6, 40, false,
                 " query                         key\n"
                 " a     ──────────╮             a\n"
                 " b     ──────────╆━━━━━━━━━━━▶ b    0.30\n"
                 "▸c     ━━━━━━━━━━┻━━━━┓        c\n"
                 " d     → c 1.00       ┗━━━━━━▶ d    0.65\n"
                 "━ this row  ─ others' largest  ≥ 0.05\n");
    assert_cells("links", &x.view, 6, 40, true,
                 " query                         key\n"
                 " a     -----------+            a\n"
                 " b     -----------+==========> b    0.30\n"
                 ">c     ===========+====+       c\n"
                 " d     -> c 1.00       +=====> d    0.65\n"
                 "= this row  - others' largest  >= 0.05\n");
    unmake(&x);
}

/* Lines that only cross: the thick one is whole, else the upright one. */
static void test_lines_cross(void **state)
{
    (void)state;
    double numbers[] = {0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    struct example x;
    make(&x, numbers, 1, 4);
    x.view.at.row = 1;
    assert_cells("links", &x.view, 6, 30, false,
                 " query                     key\n"
                 " a     ─╮                  a\n"
                 "▸b     ━━━━━━━━━━━━━━━━━━▶ b\n"
                 " c     ─│────────────────▶ c\n"
                 " d     ─┴────────────────▶ d\n"
                 "━ this row  ─ others\n");
    unmake(&x);
}

/* The keys stay around the strongest link of the lit row. */
static void test_long_links_scroll(void **state)
{
    (void)state;
    static double numbers[60 * 60];
    struct example x;
    for (long i = 0; i < 60; i++)
        numbers[i * 60 + (i + 30) % 60] = 1;
    make(&x, numbers, 1, 60);
    for (x.view.at.row = 0; x.view.at.row < 60; x.view.at.row++) {
        char *frame = draw("links", &x.view, 12, 50, false);
        char *row = mem_format("▸%c", (int)('a' + x.view.at.row % 26));
        assert_contains(frame, row);
        assert_contains(frame, "1.00\n"); /* beside the key that it leads to */
        assert_contains(frame, "▶");
        free(row);
        free(frame);
    }
    unmake(&x);
}

/* ---- heads and layers ---- */

/* Two heads among two tokens: 0 and 1 / 7 … 1, all of them different. */
static void eighths(double numbers[8])
{
    for (int i = 0; i < 8; i++)
        numbers[i] = i / 7.0;
}

static void test_heads_in_tiles(void **state)
{
    (void)state;
    double numbers[8];
    struct example x;
    eighths(numbers);
    make(&x, numbers, 2, 2);
    x.view.at = (struct place){1, 0, 1};
    assert_cells("heads", &x.view, 6, 60, false,
                 " head 1                     [head 2]\n"
                 "      a     b                     a     b\n"
                 "a  0.00 [0.14]              a  0.57 [0.71]\n"
                 "b  0.29  0.43               b  0.86  1.00\n"
                 "\n"
                 "range 0.00                 1.00 (matrix)   query ↓  key →\n");
    assert_cells("heads", &x.view, 6, 28, true,
                 " head 1        [head 2]\n"
                 "      a    b         a    b\n"
                 "a  0.00 0.14   a  0.57 0.71\n"
                 "b  0.29 0.43   b  0.86 1.00\n"
                 "\n"
                 "range 0.00 ... 1.00 (matrix~\n");
    assert_cells("heads", &x.view, 4, 26, false,
                 " head 1       [head 2]\n"
                 "▀▀▀▀▀▀        ▀▀▀▀▀▀\n"
                 "▀▀▀▀▀▀        ▀▀▀▀▀▀\n"
                 "range 0.00        1.00 (m…\n");
    unmake(&x);
}

static void test_a_step_down_is_a_row_of_heads(void **state)
{
    (void)state;
    static double numbers[12 * 49];
    struct example x;
    struct canvas *c = canvas_new(20, 60);
    c->theme = theme_get(THEME_DARK);
    make(&x, numbers, 12, 7);
    assert_int_equal(heads_across(&x.view, c, canvas_area(c)), 4);
    assert_true(heads_across(&x.view, c, (struct area){0, 0, 1, 1}) >= 1);
    canvas_free(c);
    unmake(&x);
}

static void test_layers_without_a_run(void **state)
{
    (void)state;
    double numbers[8];
    struct example x;
    eighths(numbers);
    make(&x, numbers, 2, 2);
    x.view.at.head = 1;
    assert_cells("overview", &x.view, 6, 40, true,
                 "head  1     2\n"
                 "A    |..:: >**##\n"
                 "     |..:: |**##\n"
                 "     |--== |%%@@\n"
                 "     |--== |%%@@\n"
                 "range 0.00 ... 1.00 (matrix)   query v ~\n");
    unmake(&x);
}

/* ---- words ---- */

static void assert_words(const char *kind, const struct chart *v, long most,
                         const char *want)
{
    struct buffer out = {0};
    charts_find(kind)->words(v, most, &out);
    assert_string_equal(out.data, want);
    buffer_free(&out);
}

static void test_charts_in_words(void **state)
{
    (void)state;
    double numbers[8];
    struct example x;
    make(&x, weights, 1, 4);
    assert_words("links", &x.view, 3,
                 "- a takes 1.00 from b\n"
                 "- b takes 0.90 from b, 0.10 from a\n"
                 "- c takes 0.65 from d, 0.30 from b, 0.04 from c\n"
                 "- and 1 more rows\n");
    say_set_language(LANGUAGE_KO);
    assert_words("links", &x.view, 1, "- a: ‘b’에서 1.00\n- 그리고 3줄 더\n");
    say_set_language(LANGUAGE_EN);
    unmake(&x);
    eighths(numbers);
    make(&x, numbers, 2, 2);
    assert_words("heads", &x.view, 9,
                 "- head 1: a ← b 0.14; b ← b 0.43\n- head 2: a ← b 0.71; b ← b 1.00\n");
    assert_words("heads", &x.view, 1,
                 "- head 1: a ← b 0.14; b ← b 0.43\n- and 1 more heads\n");
    assert_words("overview", &x.view, 9,
                 "- A, head 1: the strongest link is b ← b, 0.43\n"
                 "- A, head 2: the strongest link is b ← b, 1.00\n");
    numbers[4] = numbers[5] = numbers[6] = numbers[7] = NAN;
    assert_words("overview", &x.view, 9,
                 "- A, head 1: the strongest link is b ← b, 0.43\n- A, head 2: –\n");
    unmake(&x);
}

/* ---- pages ---- */

static png_bytep page_pixels(const char *kind, const struct chart *v,
                             const struct chart_page *page, png_image *image)
{
    struct error e = {0};
    char *path = file_join(folder, "page.png");
    if (charts_write(charts_find(kind), v, page, path, true, NULL, &e) < 0)
        fail_msg("%s", e.message);
    png_bytep pixels = read_pixels_(path, image);
    free(path);
    return pixels;
}

/* The first pixel of that colour, in rows from the left. The tiles stand left of the
 * colour bar, which has such colours too. */
static void find_color(png_bytep pixels, const png_image *image, struct rgb color,
                       long *x, long *y)
{
    for (*x = 0; *x < (long)image->width; ++*x)
        for (*y = 0; *y < (long)image->height; ++*y) {
            const png_byte *p = pixels + 4 * (*y * (long)image->width + *x);
            if (p[0] == color.r && p[1] == color.g && p[2] == color.b)
                return;
        }
    fail_msg("no pixel is #%02x%02x%02x", color.r, color.g, color.b);
}

/* Every number of every head in its cell, in its colour. */
static void test_pixels_of_heads(void **state)
{
    (void)state;
    double numbers[8];
    struct example x;
    png_image image;
    long first_x = 0, first_y = 0, at_x = 0, at_y = 0;
    eighths(numbers);
    make(&x, numbers, 2, 2);
    struct chart_page page = {.map = colormap_find("viridis")}; /* 0 is not the paper */
    png_bytep pixels = page_pixels("heads", &x.view, &page, &image);
    for (int i = 0; i < 8; i++) {
        struct rgb color = colormap_color(page.map, numbers[i]);
        find_color(pixels, &image, color, &at_x, &at_y);
        first_x = i ? first_x : at_x;
        first_y = i ? first_y : at_y;
        /* cells of 16 points, 14 between the heads, two pixels a point */
        assert_int_equal(at_x - first_x, i / 4 * 2 * (32 + 14) + i % 2 * 32);
        assert_int_equal(at_y - first_y, i / 2 % 2 * 32);
    }
    free(pixels);
    unmake(&x);
}

/* Opaque lines of a colour map: at both ends there is the colour of the weight, mixed
 * with the paper by its opacity; nothing leads to a. */
static void test_pixels_of_links(void **state)
{
    (void)state;
    double numbers[] = {0, 1, 0, 1};
    struct example x;
    png_image image;
    make(&x, numbers, 1, 2);
    struct chart_page page = {.map = colormap_find("greys"), .theme = FIGURE_LIGHT};
    png_bytep pixels = page_pixels("links", &x.view, &page, &image);
    long ink = 0, rows[2] = {0, 0};
    long middle = image.width / 2;
    for (long y = 0; y < (long)image.height; y++) {
        const png_byte *left = pixels + 4 * (y * (long)image.width + middle - 200);
        const png_byte *right = pixels + 4 * (y * (long)image.width + middle + 200);
        rows[0] += left[0] < 100;
        rows[1] += right[0] < 100;
        ink += left[0] < 255;
    }
    assert_true(rows[0] >= 2 * 12); /* two lines of 7 points, and they come together */
    assert_true(rows[1] >= 12 && rows[1] < rows[0]);
    assert_true(ink >= rows[0]);
    free(pixels);
    unmake(&x);
}

/* Any width and theme: a page, or an error that says that there is no room. */
static void test_pages_of_any_width(void **state)
{
    (void)state;
    static double numbers[12 * 400];
    static const char *const kinds[] = {"heads", "overview", "links"};
    numbers[7] = NAN;
    numbers[8] = -(double)INFINITY;
    for (long n = 1; n <= 20; n += 6)
        for (int width = 40; width < 900; width += 70)
            for (size_t k = 0; k < 3; k++) {
                struct example x;
                struct error e = {0};
                make(&x, numbers, 12, n);
                x.view.range_by = n == 7 ? RANGE_BY_ROW : RANGE_BY_MATRIX;
                struct chart_page page = {.medium = {DRAW_PIXELS, 0.5},
                                          .theme = (enum figure_theme)(width % 3),
                                          .width = width};
                struct drawing *d = charts_find(kinds[k])->page(&x.view, &page, &e);
                if (!d)
                    assert_contains(e.message, "has no room for");
                else
                    assert_int_equal(draw_pixel_width(d), width / 2);
                assert_true(d || width < 700);
                draw_free(d);
                unmake(&x);
            }
}

static int make_folder(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    return temporary_folder(folder, sizeof folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    remove_all(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links_are_lines),
        cmocka_unit_test(test_lines_cross),
        cmocka_unit_test(test_long_links_scroll),
        cmocka_unit_test(test_heads_in_tiles),
        cmocka_unit_test(test_a_step_down_is_a_row_of_heads),
        cmocka_unit_test(test_layers_without_a_run),
        cmocka_unit_test(test_charts_in_words),
        cmocka_unit_test(test_pixels_of_heads),
        cmocka_unit_test(test_pixels_of_links),
        cmocka_unit_test(test_pages_of_any_width),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
