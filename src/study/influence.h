/* How far back a recurrent layer remembers: how much its last state changes with each of
 * the states before.
 *
 * ∂h_T/∂h_t is a matrix, a row for each number of the last state and a column for each of
 * the earlier one, through all the states between them: the product of their slopes
 * (Bengio, Simard and Frasconi 1994). Its size is its Frobenius norm, √Σ of squares. */
#ifndef INFLUENCE_H
#define INFLUENCE_H

#include "study/decoder.h"

/* Writes ‖∂h_T/∂h_t‖ of a stage of recurrent states (by its id or an alias) for each of
 * its rows t; at the last row, that of the identity, √width. The feed is of one sentence;
 * `norms` has room for the rows of the stage. What the states do by way of other stages
 * is not followed. -1 with an error when there is no such stage or its rows are no
 * states. */
int influence_through_time(const struct run *run, const struct feed *feed,
                           const char *stage, double *norms, struct error *e);

#endif
