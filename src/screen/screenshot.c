#include "screen/screenshot.h"

#include "paint/colormap.h"
#include "paint/draw.h"
#include "paint/picture.h"

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

/* The columns from `column` on that have the same paper; which is given back. */
static int paper_run(const struct canvas *c, int row, int column, struct rgb *paper)
{
    int end = column;
    for (; end < c->columns; end++) {
        const struct cell *cell = canvas_cell(c, row, end);
        struct rgb ink, next;
        cell_colors(cell->style, &ink, &next);
        if (end == column)
            *paper = next;
        else if (cell->width && !rgb_equal(next, *paper))
            break;
    }
    return end - column;
}

/* All of the paper comes before all of the text: in a file of shapes a line reaches over
 * the edge of its cell to meet the next one. */
static void draw_papers(struct drawing *d, const struct canvas *c)
{
    struct draw_box all = {MARGIN, MARGIN, c->columns * CELL_WIDTH,
                           c->rows * CELL_HEIGHT};
    struct rgb paper = {0};
    for (int row = 0; row < c->rows; row++)
        for (int column = 0, run; column < c->columns; column += run) {
            run = paper_run(c, row, column, &paper);
            struct draw_box box = {MARGIN + CELL_WIDTH * column,
                                   MARGIN + CELL_HEIGHT * row, CELL_WIDTH * run,
                                   CELL_HEIGHT};
            draw_tile(d, box, all, paper);
        }
}

static void draw_cell(struct drawing *d, const struct cell *cell, double x, double y)
{
    struct rgb ink, paper;
    cell_colors(cell->style, &ink, &paper);
    if (strcmp(cell->text, " ") != 0)
        draw_cell_text(d, x, y, CELL_WIDTH, CELL_HEIGHT, cell->width, cell->text, ink,
                       cell->style.attributes & ATTRIBUTE_BOLD);
    if (cell->style.attributes & ATTRIBUTE_UNDERLINE)
        draw_fill(d,
                  (struct draw_box){x, y + CELL_HEIGHT - 1.5, CELL_WIDTH * cell->width,
                                    0.5},
                  ink);
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
    draw_papers(d, c);
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

int screenshot_write(const struct canvas *c, const char *path, bool replace,
                     struct error *e)
{
    double width = c->columns * CELL_WIDTH + 2 * MARGIN;
    double height = c->rows * CELL_HEIGHT + 2 * MARGIN;
    struct draw_medium medium = {.scale = PIXELS_PER_POINT};
    if (picture_form(path, &medium.form, e) < 0)
        return -1;
    struct drawing *d = draw_new(width, height, medium, e);
    if (!d)
        return -1;
    draw_canvas(d, c, width, height);
    int missing = draw_missing_glyphs(d);
    char *text = canvas_dump(c);
    const struct png_text note = {"Software", "Stepformer"};
    struct picture_about about = {&note, 1, text};
    int status = picture_write(d, path, &about, replace, e);
    free(text);
    if (missing > 0)
        error_note("warning: %d characters have no shape in the installed fonts; "
                   "install %s",
                   missing, draw_font_packages());
    return status;
}
