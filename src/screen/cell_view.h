/* One number opened: every step of its arithmetic with the real operands, one of them
 * selected, to be opened in turn. */
#ifndef CELL_VIEW_H
#define CELL_VIEW_H

#include "numbers/explain.h"
#include "screen/canvas.h"
#include "screen/sheet.h"

#include <stdbool.h>

struct cell_view {
    const struct exhibit *shown; /* borrowed; it says which cell */
    struct sheet sheet;
    double value;
    const struct explanation *x; /* borrowed; NULL for a weight */
    long line;                   /* the selected term, from 0 over all steps */
    int operand;                 /* and which of its operands */
    int digits;
    bool focused;
};

/* The terms of all steps in the order in which they are shown: as they stand in the
 * matrix, or by size when a step has more than CELL_VIEW_NATURAL of them. */
#define CELL_VIEW_NATURAL 16
long cell_view_terms(const struct explanation *x);
const struct term *cell_view_term(const struct explanation *x, long line);

/* The nearest operand of the term that can be opened, searched from `operand` in the
 * direction `step` (1 or -1, 0: any); -1 when there is none. */
int cell_view_operand(const struct explanation *x, long line, int operand, int step);

/* The first term of the step whose result the operand is. */
long cell_view_step_line(const struct explanation *x, int step);

int cell_rows_wanted(const struct cell_view *v);
void cell_draw(const struct cell_view *v, struct canvas *c, struct area a);

/* "S'[2,3,1]", from 1, with the symbol of the matrix. Caller frees. */
char *cell_name(const struct sheet *s, struct place at);

#endif
