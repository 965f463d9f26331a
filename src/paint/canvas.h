/* The canvas: a grid of cells that screens paint on, without a terminal.
 *
 * A cell holds one grapheme cluster with its style; a wide glyph takes its cell and the
 * next one. Everything is clipped to an area and to the canvas: a wide glyph is never cut
 * and never sticks out of the last column (a space stands there instead), and whatever
 * the text holds, only printable text arrives. A cluster is whole or, with more code
 * points than a cell holds, one replacement character; no cell ends with a joiner, which
 * would take the next one. The same canvas becomes a terminal screen
 * (terminal.h), a text (canvas_dump) or a picture (screenshot.h).
 *
 *     struct canvas *c = canvas_new(24, 80);
 *     canvas_text(c, canvas_area(c), 0, 2, style, "나는 학교에 간다");
 *     char *frame = canvas_dump(c);      // caller frees
 *
 * Rows and columns count from 0. Where a function takes an area, `row` and `column` are
 * relative to its upper left corner and may lie outside: nothing is painted there. */
#ifndef CANVAS_H
#define CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COLOR_DEFAULT 0xff000000u /* the terminal's own colour */

enum attribute {
    ATTRIBUTE_BOLD = 1,
    ATTRIBUTE_DIM = 2,
    ATTRIBUTE_REVERSE = 4,
    ATTRIBUTE_UNDERLINE = 8,
};

struct style {
    uint32_t fg, bg;     /* 0xRRGGBB or COLOR_DEFAULT */
    unsigned attributes; /* enum attribute, combined */
};

/* Up to five code points: what a curses cell can hold. */
#define CELL_POINTS 5
#define CELL_BYTES (4 * CELL_POINTS + 1)

struct cell {
    /* a cluster, ended by 0; empty in the right half of a wide one */
    char text[CELL_BYTES];
    unsigned char width; /* 1 or 2; 0 marks the right half */
    bool cut;            /* text that did not fit into a narrow area ends here */
    bool start, end;     /* of a text; a mark that it was cut is its end, too */
    unsigned painted;    /* which text of the frame this is, from 1; 0: none */
    struct style style;
};

struct area {
    int row, column, rows, columns;
};

struct theme;

struct canvas {
    int rows, columns;
    struct cell *cells;
    const struct theme *theme; /* borrowed; set by whoever shows the canvas */
    const char *badge; /* borrowed: the what-ifs in force, NULL for none; set likewise */
    bool ascii;        /* our symbols and lines become ASCII */
    bool romanize;     /* Hangul becomes Latin letters; with ascii, all is ASCII */
    bool cursor_visible; /* where typed text goes */
    int cursor_row, cursor_column;
    unsigned texts; /* painted since it was cleared */
};

/* A cleared canvas; sizes below 1 become 1. Caller frees with canvas_free. */
struct canvas *canvas_new(int rows, int columns);
void canvas_free(struct canvas *c);

/* Changes the size and clears. */
void canvas_resize(struct canvas *c, int rows, int columns);

/* Fills everything with spaces and hides the cursor. */
void canvas_clear(struct canvas *c, struct style style);

struct area canvas_area(const struct canvas *c);
const struct cell *canvas_cell(const struct canvas *c, int row, int column);

/* Areas. Results are never negative in size. */
struct area area_part(struct area a, int row, int column, int rows, int columns);
/* Takes rows from the top of the area, as many as there are. */
struct area area_take(struct area *a, int rows);
struct area area_inset(struct area a, int rows, int columns); /* on every side */
bool area_is_empty(struct area a);

/* The first of `count` rows to show where `seen` of them can be, so that `at` is seen, in
 * the middle if it can. */
long scroll_first(long at, long seen, long count);

/* Columns that `text` takes on this canvas, after ASCII and romanised writing. */
int canvas_width(const struct canvas *c, const char *text);

/* Paints text from the given place to the right; returns the column behind it. Text left
 * of the area is skipped; text that does not fit to its right ends with an ellipsis, but
 * in areas of a few columns, where that would take the place of all that can be seen. */
int canvas_text(struct canvas *c, struct area a, int row, int column, struct style style,
                const char *text);
int canvas_textf(struct canvas *c, struct area a, int row, int column, struct style style,
                 const char *format, ...) __attribute__((format(printf, 6, 7)));

enum align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT };

/* Paints one row of text into exactly the area's width, cut with an ellipsis at a cluster
 * border when it does not fit, and fills the rest with spaces of the same style. */
void canvas_field(struct canvas *c, struct area a, int row, enum align align,
                  struct style style, const char *text);

/* Wraps text at spaces, and inside a word only when the word alone is too long. '\n'
 * starts a new row. Painting starts at `row`; where the area has too few rows, the last
 * one ends with an ellipsis. Returns the number of rows the whole text needs, painted or
 * not. With `c` the same but nothing painted: canvas_wrap_rows. */
int canvas_wrap(struct canvas *c, struct area a, int row, struct style style,
                const char *text);
int canvas_wrap_rows(const struct canvas *c, int columns, const char *text);

void canvas_fill(struct canvas *c, struct area a, struct style style);
void canvas_hline(struct canvas *c, struct area a, int row, struct style style);
void canvas_vline(struct canvas *c, struct area a, int column, struct style style);

/* A frame on the area's border, with a title in the upper edge when it is not NULL. */
void canvas_box(struct canvas *c, struct area a, struct style style, const char *title);

/* Shows the cursor there, if that is inside the area. */
void canvas_cursor(struct canvas *c, struct area a, int row, int column);

/* The frame as text: one line a row, trailing spaces cut, a wide glyph once, '\n' after
 * every row. Caller frees. */
char *canvas_dump(const struct canvas *c);

#endif
