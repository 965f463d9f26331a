/* Drawing: filled areas, lines and text on a page measured in points (1/72 inch), the
 * origin at the upper left. The page is pixels or a file of shapes; who draws on it need
 * not know which.
 *
 *     struct drawing *d = draw_new(200, 100, (struct draw_medium){DRAW_PIXELS, 2}, e);
 *     draw_fill(d, (struct draw_box){0, 0, 200, 100}, white);
 *     draw_text(d, 100, 50, "학교", &(struct draw_style){.align = DRAW_CENTER});
 *     unsigned char *rgba = draw_pixels(d);        // 400 x 200 pixels, caller frees
 *     draw_free(d);
 *
 * The same calls give the same bytes on the same machine. Fonts are loaded at the first
 * text that is drawn or measured. Text is any bytes: it is sanitised here, and never read
 * as markup. (Only draw.c knows cairo and pango.) */
#ifndef DRAW_H
#define DRAW_H

#include "base/error.h"
#include "paint/colormap.h"

#include <stdbool.h>

struct drawing;

struct draw_box {
    double x, y, width, height; /* points; x and y are the upper left corner */
};

/* What a page is drawn on: pixels, or a file that holds the shapes themselves, which are
 * sharp at any size. */
enum draw_form { DRAW_PIXELS, DRAW_SVG, DRAW_PDF };

struct draw_medium {
    enum draw_form form;
    double scale; /* the pixels a point takes on each axis; shapes need none */
};

/* An empty, transparent page of that size. Caller frees with draw_free. NULL and an error
 * when the page would have no pixel or be longer than DRAW_MAX_PIXELS on a side; shapes
 * count in points, up to the longest side of a PDF; or when no font is installed. */
#define DRAW_MAX_PIXELS 20000
#define DRAW_MAX_POINTS 14400
struct drawing *draw_new(double width, double height, struct draw_medium medium,
                         struct error *e);
void draw_free(struct drawing *d);
struct draw_medium draw_medium_of(const struct drawing *d);

/* Of DRAW_PIXELS: the size in pixels, and the pixels: rows from the top, 4 bytes each,
 * red, green, blue and alpha (not multiplied). Caller frees. */
int draw_pixel_width(const struct drawing *d);
int draw_pixel_height(const struct drawing *d);
unsigned char *draw_pixels(struct drawing *d);

/* Of DRAW_SVG and DRAW_PDF: ends the page, on which nothing may be drawn any more, and
 * gives the file's bytes (caller frees); NULL and an error. A PDF bears the title and the
 * subject, which are valid UTF-8 or NULL, and a date that is always the same: the text in
 * it is text. In an SVG text is outlines, and the names of parts are not always the same
 * (svg.h). */
char *draw_file(struct drawing *d, const char *title, const char *subject,
                size_t *length, struct error *e);

/* Until draw_unclip, nothing is drawn outside of the box. Does not nest. */
void draw_clip(struct drawing *d, struct draw_box box);
void draw_unclip(struct drawing *d);

/* Fills a box. Its edges are put on whole pixels, so that boxes that share an edge meet
 * without a seam, and the colour of each pixel is exactly `color`. Shapes have no pixels:
 * there the edges stay where they are, and boxes that touch are drawn as tiles. */
void draw_fill(struct drawing *d, struct draw_box box, struct rgb color);

/* Fills one of many boxes that lie side by side in the box `all`, and that are drawn from
 * left to right and from the top down. As pixels it is draw_fill. As shapes it reaches
 * under its neighbours to the right and below, as viewers let the paper shine through an
 * edge that two boxes merely share. */
void draw_tile(struct drawing *d, struct draw_box box, struct draw_box all,
               struct rgb color);

/* The same with rounded corners, smooth at the edge. */
void draw_fill_round(struct drawing *d, struct draw_box box, double radius,
                     struct rgb color);

/* The outline of a box, `width` points thick, inside of the box and, where there are
 * pixels, on whole ones. */
void draw_frame(struct drawing *d, struct draw_box box, double width, struct rgb color);

/* A straight line, smooth. */
void draw_line(struct drawing *d, double x0, double y0, double x1, double y1,
               double width, struct rgb color);

/* A filled polygon, smooth at the edge: `count` corners, each x and y. */
void draw_polygon(struct drawing *d, const double (*corners)[2], int count,
                  struct rgb color);

/* A smooth curve that leaves its first end level and comes level to its second one. */
struct draw_curve {
    double x0, y0, x1, y1;
    double width;   /* points */
    double opacity; /* 0 … 1 */
};
void draw_curve(struct drawing *d, const struct draw_curve *curve, struct rgb color);

/* Slanted lines over a box, which continue in a neighbouring box. */
enum draw_hatch { DRAW_HATCH_RISING, DRAW_HATCH_FALLING, DRAW_HATCH_CROSS };
void draw_hatch(struct drawing *d, struct draw_box box, enum draw_hatch hatch,
                double spacing, double width, struct rgb color);

/* How text is set. A zero in any field is the plain choice. */
enum draw_align { DRAW_LEFT, DRAW_CENTER, DRAW_RIGHT };
enum draw_fit {
    DRAW_WHOLE,    /* as long as it is */
    DRAW_SHRINK,   /* smaller until it fits `width` */
    DRAW_ELLIPSIS, /* cut at `width`, with … */
    DRAW_WRAP      /* several lines, each fits `width` */
};

struct draw_style {
    double size;  /* points; 0 is 11 */
    bool bold;
    bool narrow;  /* with code: a face whose signs are all half as wide as Hangul */
    bool code;    /* the monospaced face of screens */
    struct rgb color;
    enum draw_align align;
    enum draw_fit fit;
    double width; /* points, for every fit but DRAW_WHOLE */
    double angle; /* degrees, counterclockwise around the anchor */
};

/* The room a text takes before it is turned: the width, and the height of its lines. */
struct draw_extent {
    double width, height;
};

/* Draws a text. The anchor (x, y) is its left end, centre or right end, at half the
 * height of a capital letter of the first line. The word-start mark ▁ is drawn as a light
 * low bar. */
void draw_text(struct drawing *d, double x, double y, const char *text,
               const struct draw_style *style);
struct draw_extent draw_measure(const char *text, const struct draw_style *style);

/* Draws one character (a grapheme cluster) of a screen into its cell: `columns` (1 or 2)
 * cells of `cell_w` x `cell_h` points from (x, y). Never reaches out of its cells. Box
 * drawing characters and blocks fill the cell to its edges; as shapes they go a hair over
 * the right and lower ones. The background is left as it is. */
void draw_cell_text(struct drawing *d, double x, double y, double cell_w, double cell_h,
                    int columns, const char *utf8, struct rgb color, bool bold);

/* The number of characters drawn so far for which no installed font has a shape. A caller
 * that finds some prints one warning that names draw_font_packages. */
int draw_missing_glyphs(const struct drawing *d);
const char *draw_font_packages(void); /* borrowed, static */

#endif
