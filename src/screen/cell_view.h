/* One number opened: every step of its arithmetic with the real operands, one of them
 * selected, to be opened in turn. */
#ifndef CELL_VIEW_H
#define CELL_VIEW_H

#include "chart/sheet.h"
#include "paint/canvas.h"
#include "screen/cell_state.h"

#include <stdbool.h>

struct cell_view {
    const struct exhibit *shown; /* borrowed; it says which cell */
    struct sheet sheet;
    double value;
    const struct explanation *x; /* borrowed; NULL for a weight */
    long line;                   /* the selected one, see cell_state.h; -2 for none */
    int operand;                 /* and which of its operands */
    int digits;
    bool focused;
    unsigned open; /* the steps whose rest is opened */
};

int cell_rows_wanted(const struct cell_view *v);
/* Returns the rows that it took. */
int cell_draw(const struct cell_view *v, struct canvas *c, struct area a);

/* What a matrix is called where another one reads it: its symbol, or "memory" for the
 * encoder's output where the decoder reads it. */
const char *cell_symbol(const struct sheet *reader, const struct sheet *s);
bool cell_is_memory(const struct sheet *reader, const struct sheet *s);

/* "S'[2,3,1]", from 1, with the symbol of the matrix. Caller frees. */
char *cell_name(const struct sheet *s, struct place at);

#endif
