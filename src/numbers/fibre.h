/* The cells of the first input that one number of a result is made of: all of them, or
 * those of one column or one row. Ops that make one number of many share it. */
#ifndef FIBRE_H
#define FIBRE_H

#include "numbers/op.h"

/* params.number says over which axis. */
enum fibre_axis {
    FIBRE_ALL,     /* one number of everything, of any rank */
    FIBRE_COLUMNS, /* axis 1, down the rows: a row of numbers, one for each column */
    FIBRE_ROWS     /* axis 2, along the columns: a column, one for each row */
};

struct fibre {
    long first, step, count; /* row-major in the input */
};

enum fibre_axis fibre_axis(const struct op_call *c);

/* That of a cell of the result. */
struct fibre fibre_of(const struct op_call *c, long cell);

/* The cell of the result that a cell of the input goes to. */
long fibre_result(const struct op_call *c, long cell);

/* Sets the shape of the result; what is wrong, or NULL. */
const char *fibre_shape(const struct op_call *c);
/* How many numbers the result has. */
long fibre_results(const struct op_call *c);

op_sources sources_fibre; /* the fibre of the cell */

/* Fills the result: with what `of` makes of each fibre, its numbers side by side. */
void fibre_fast(const struct op_call *c, float (*of)(const float *x, long n));
/* The same in doubles, number by number (fibre_get). */
void fibre_naive(const struct op_call *c,
                 double (*of)(const struct op_call *c, const struct fibre *s));
double fibre_get(const struct op_call *c, const struct fibre *s, long i);

#endif
