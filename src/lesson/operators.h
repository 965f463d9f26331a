/* Arithmetic of compute lines and of the prose as stages: operators, and the diagonal. */
#ifndef OPERATORS_H
#define OPERATORS_H

#include "lesson/builder.h"

/* Two operands, each a matrix or a number, cell by cell: + - * or /. A number goes with
 * every cell of a matrix. The last stage gets the id `name`; NULL: an inner one. */
int operator_add_stages(struct compiler *c, enum node_operator sign, struct made a,
                        struct made b, const char *name, struct made *out,
                        struct error *e);

/* -x */
int operator_negate(struct compiler *c, struct made x, const char *name, struct made *out,
                    struct error *e);

/* The diagonal of a matrix, as a vector. */
int operator_diagonal(struct compiler *c, struct ref x, const char *name,
                      struct made *out, struct error *e);

#endif
