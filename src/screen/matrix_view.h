/* A matrix as heat and numbers, with the tokens on its sides, the names of its axes, the
 * range that the colours stand for, and one cell under the cursor. What does not fit is
 * scrolled to by moving the cursor, which stays in the middle where it can. */
#ifndef MATRIX_VIEW_H
#define MATRIX_VIEW_H

#include "screen/action.h"
#include "screen/canvas.h"
#include "screen/sheet.h"

#include <stdbool.h>

/* 0: colours alone; 1, 2, 3: two, four, six decimals. */
#define MATRIX_ZOOM_LEAST 0
#define MATRIX_ZOOM_PLAIN 1
#define MATRIX_ZOOM_MOST 3

struct matrix_view {
    struct sheet sheet;
    const struct tensor *values; /* borrowed */
    struct colormap_range range;
    struct place at;
    int zoom;
    bool focused, gloss;
    bool bare; /* only the column labels above, and nothing below */
    bool tight; /* beside a text: narrow cells rather than columns out of sight */
};

/* The colour bar with the ends of the range; returns the column behind it. */
int matrix_draw_range(const struct matrix_view *v, struct canvas *c, struct area a);

/* How the matrix lies in an area. */
struct matrix_layout {
    int label_width, cell_width, cell_rows;
    int head_rows, foot_rows;                    /* titles above, the range below */
    long first_row, rows, first_column, columns; /* what is seen */
};

struct matrix_layout matrix_layout(const struct matrix_view *v, const struct canvas *c,
                                   struct area a);

/* The digits after a step of the zoom, within what there is. */
int matrix_zoom(int zoom, int by);

/* Where an action leads from a cell: one of GROUP_MOVE, maybe outside, a page being so
 * many rows and columns; or the next or previous head, around. Others lead nowhere. */
struct place matrix_move(const struct sheet *s, struct place at, enum action action,
                         long page_rows, long page_columns);

/* Rows that show all of it. */
int matrix_rows_wanted(const struct matrix_view *v);

void matrix_draw(const struct matrix_view *v, struct canvas *c, struct area a);

/* A row or column for people: its token ("▁go → ▁to" with `next`, "▁학교 school" with
 * `gloss`), else its number from 1. Caller frees. */
char *matrix_label(const struct labels *labels, long index, long first, bool next,
                   bool gloss);

#endif
