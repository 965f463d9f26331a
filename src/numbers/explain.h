/* Where a number comes from: the arithmetic of one cell with its real operands, as a
 * short list of steps. A softmax opens as max, sum of exp, exp, quotient; a layer norm as
 * mean, variance, normalised, gamma and beta. Every operand says which cell of which
 * stage or weight it is, so each can be opened in turn, down to the weights.
 *
 * The arithmetic is done here in double on the values of the trace, so the last result
 * equals the cell up to rounding: within 1e-5 · max(1, Σ|terms|) for the fast engine. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "numbers/trace.h"

/* Explains one cell. `cell` is a row-major index inside the stage's shape. Never fails;
 * free the terms with explain_free. */
struct explanation explain_cell(struct trace *t, int stage, long cell);
void explain_free(struct explanation *x);

/* The tolerance for |last result - value|. */
double explain_tolerance(const struct explanation *x);

/* Indices of the terms of a step by falling |value|, of a maximum by falling value, of a
 * minimum by rising value, of a share as they stand but -∞ last; `order` has
 * step->count places. */
void explain_order(const struct step *step, long *order);
/* Only the first `most` of them. */
void explain_largest(const struct step *step, long most, long *order);

/* "head,row,column" of a cell of this shape, counted from 1; feature columns too. */
void explain_cell_text(const struct tensor *shape, long cell, char *out, size_t size);

#endif
