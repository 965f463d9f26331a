/* A matrix in the terminal, as heat and numbers, with the tokens on its sides, the names
 * of its axes, the range that the colours stand for, and one cell under the cursor. What
 * does not fit is scrolled to by moving the cursor, which stays in the middle where it
 * can. */
#ifndef MATRIX_CELLS_H
#define MATRIX_CELLS_H

#include "chart/chart.h"

/* How the matrix lies in an area. */
struct matrix_layout {
    int label_width, cell_width, cell_rows;
    int head_rows, foot_rows;                    /* titles above, the range below */
    long first_row, rows, first_column, columns; /* what is seen */
};

struct matrix_layout matrix_layout(const struct chart *v, const struct canvas *c,
                                   struct area a);

/* Rows that show all of it. */
int matrix_rows(const struct chart *v);

void matrix_draw(const struct chart *v, struct canvas *c, struct area a);

/* The colour bar with the ends of the range of the cursor's row, and what has this range:
 * the matrix, the head or the row. Returns the column behind it. */
int matrix_draw_range(const struct chart *v, struct canvas *c, struct area a);

#endif
