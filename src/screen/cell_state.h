/* The terms of an opened number as lines to go up and down, and their operands to go
 * left, right and into: what can be selected, without the drawing. A term is selected by
 * its line, counted from 0 over the terms of all steps in the order in which they are
 * shown: as they stand in the matrix, or by size when a step has more than
 * CELL_NATURAL. */
#ifndef CELL_STATE_H
#define CELL_STATE_H

#include "numbers/explain.h"

#include <stdbool.h>
#include <stddef.h>

#define CELL_NATURAL 16

/* The head of a step or one of its terms. */
struct cell_line {
    int step;
    long term;  /* in the step; -1 for the head */
    long index; /* of the term over all steps; -1 for the head */
};

/* All of them from top to bottom; free `items`. */
struct cell_lines {
    struct cell_line *items;
    size_t count, capacity;
};
struct cell_lines cell_lines_of(const struct explanation *x);

bool cell_step_by_size(const struct step *s);
long cell_terms(const struct explanation *x);
const struct term *cell_term(const struct explanation *x, long line); /* or NULL */

/* The nearest operand of the term that can be opened, searched from `operand` in the
 * direction `step` (1 or -1, 0: any); -1 when there is none. */
int cell_operand(const struct explanation *x, long line, int operand, int step);

/* The first term of the step whose result the operand is. */
long cell_step_line(const struct explanation *x, int step);

#endif
