#include "screen/screenshot.h"

#include "paint/colormap.h"
#include "paint/draw.h"
#include "paint/png.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Points. The coding face is half as wide as it is high; the rest is space between rows.
 */
#define CELL_WIDTH 6.0
#define CELL_HEIGHT 14.0
#define MARGIN 6.0
#define PIXELS_PER_POINT 2.0

/* What COLOR_DEFAULT stands for on paper. */
static const struct rgb default_ink = {0x20, 0x20, 0x20};
static const struct rgb default_paper = {0xff, 0xff, 0xff};

static struct rgb rgb_of(uint32_t color, struct rgb otherwise)
{
    if (color == COLOR_DEFAULT)
        return otherwise;
    return (struct rgb){(uint8_t)(color >> 16), (uint8_t)(color >> 8), (uint8_t)color};
}

static struct rgb between(struct rgb a, struct rgb b)
{
    return (struct rgb){(uint8_t)((a.r + b.r) / 2), (uint8_t)((a.g + b.g) / 2),
                        (uint8_t)((a.b + b.b) / 2)};
}

/* The colours of a cell after reverse and dim. */
static void cell_colors(struct style style, struct rgb *ink, struct rgb *paper)
{
    *ink = rgb_of(style.fg, default_ink);
    *paper = rgb_of(style.bg, default_paper);
    if (style.attributes & ATTRIBUTE_REVERSE) {
        struct rgb swap = *ink;
        *ink = *paper;
        *paper = swap;
    }
    if (style.attributes & ATTRIBUTE_DIM)
        *ink = between(*ink, *paper);
}

static void draw_cell(struct drawing *d, const struct cell *cell, double x, double y)
{
    struct rgb ink, paper;
    cell_colors(cell->style, &ink, &paper);
    struct draw_box box = {x, y, CELL_WIDTH * cell->width, CELL_HEIGHT};
    draw_fill(d, box, paper);
    if (strcmp(cell->text, " ") != 0)
        draw_cell_text(d, x, y, CELL_WIDTH, CELL_HEIGHT, cell->width, cell->text, ink,
                       cell->style.attributes & ATTRIBUTE_BOLD);
    if (cell->style.attributes & ATTRIBUTE_UNDERLINE)
        draw_fill(d, (struct draw_box){x, y + CELL_HEIGHT - 1.5, box.width, 0.5}, ink);
}

static void draw_cursor(struct drawing *d, const struct canvas *c)
{
    struct rgb ink, paper;
    cell_colors(canvas_cell(c, c->cursor_row, c->cursor_column)->style, &ink, &paper);
    draw_fill(d,
              (struct draw_box){MARGIN + CELL_WIDTH * c->cursor_column,
                                MARGIN + CELL_HEIGHT * c->cursor_row, 1, CELL_HEIGHT},
              ink);
}

static void draw_canvas(struct drawing *d, const struct canvas *c, double width,
                        double height)
{
    struct rgb ink, paper;
    cell_colors(canvas_cell(c, 0, 0)->style, &ink, &paper);
    draw_fill(d, (struct draw_box){0, 0, width, height}, paper);
    for (int row = 0; row < c->rows; row++)
        for (int column = 0; column < c->columns; column++) {
            const struct cell *cell = canvas_cell(c, row, column);
            if (cell->width)
                draw_cell(d, cell, MARGIN + CELL_WIDTH * column,
                          MARGIN + CELL_HEIGHT * row);
        }
    if (c->cursor_visible)
        draw_cursor(d, c);
}

static int write_png(struct drawing *d, const char *path, bool replace, struct error *e)
{
    unsigned char *pixels = draw_pixels(d);
    struct png_text about[] = {{"Software", "Stepformer"}};
    struct png_image image = {.width = draw_pixel_width(d),
                              .height = draw_pixel_height(d),
                              .pixels = pixels,
                              .dpi = 72 * PIXELS_PER_POINT,
                              .texts = about,
                              .text_count = 1};
    int status = png_write_file(path, &image, replace, e);
    free(pixels);
    if (draw_missing_glyphs(d) > 0)
        fprintf(
            stderr,
            "stepformer: warning: %d characters have no shape in the installed fonts; "
            "install %s\n",
            draw_missing_glyphs(d), draw_font_packages());
    return status;
}

int screenshot_write(const struct canvas *c, const char *path, bool replace,
                     struct error *e)
{
    double width = c->columns * CELL_WIDTH + 2 * MARGIN;
    double height = c->rows * CELL_HEIGHT + 2 * MARGIN;
    struct drawing *d = draw_new(width, height, PIXELS_PER_POINT, e);
    if (!d)
        return -1;
    draw_canvas(d, c, width, height);
    int status = write_png(d, path, replace, e);
    draw_free(d);
    return status;
}
