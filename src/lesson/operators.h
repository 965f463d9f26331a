/* Arithmetic of compute lines and of the prose as stages: operators, and the diagonal. */
#ifndef OPERATORS_H
#define OPERATORS_H

#include "lesson/builder.h"

/* Two operands, each a matrix or a number, cell by cell: + - * or /, a comparison,
 * and, or. A number goes with every cell of a matrix, a row with every row, a column
 * with every column. The last stage gets the id `name`; NULL: an inner one. */
int operator_add_stages(struct compiler *c, enum node_operator sign, struct made a,
                        struct made b, const char *name, struct made *out,
                        struct error *e);

/* -x */
int operator_negate(struct compiler *c, struct made x, const char *name, struct made *out,
                    struct error *e);

/* not x: 1 where it is 0, else 0. */
int operator_not(struct compiler *c, struct made x, const char *name, struct made *out,
                 struct error *e);

/* An operand in the shape of a matrix: a number, a row or a column is repeated. What
 * does not fit stays as it is. */
int operator_fit(struct compiler *c, struct made x, struct made like, struct ref *ref,
                 struct error *e);

/* The diagonal of a matrix, k columns to its right, as a vector. */
int operator_diagonal(struct compiler *c, struct ref x, long k, const char *name,
                      struct made *out, struct error *e);

#endif
