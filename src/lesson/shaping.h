/* Functions of compute lines that put cells together or pick some: slices, concat,
 * broadcast, where, rotate, power, and literals with expressions in them. */
#ifndef SHAPING_H
#define SHAPING_H

#include "lesson/builder.h"

/* A function by its name, or NULL; their names, separated by spaces. */
typedef int shaping_make(struct compiler *c, const struct node *n, const char *name,
                         struct made *out, struct error *e);
shaping_make *shaping_find(const char *name);
extern const char *const shaping_functions;

/* x[2,:,:] is one head, x['나',:] one row, x[2:4,1:3] some rows and columns. */
shaping_make shaping_slice;

/* A literal; its expressions are put into it. */
shaping_make shaping_matrix;

#endif
