/* Values of the prose as stages: what a function makes of a matrix is an op, like any
 * other number of the program, so that it can be opened.
 *
 *     {{entropy(p[1,:])}}   "p[1,:]" = cells of p;  "entropy(p[1,:])" = -Σ p·log2 p
 *
 * A stage is called as the expression is written, and stands once however often it is. */
#ifndef PROSE_H
#define PROSE_H

#include "lesson/builder.h"

/* The functions that become stages, separated by spaces: "max min …"; those of compute
 * lines do, too. */
#define PROSE_FUNCTIONS "max min sum mean std entropy norm diagonal cosine dot"

/* Whether the node is such a function. */
bool prose_is_stage(const struct node *n);

/* Whether it is shown as a list of labels: bytes('나'). */
bool prose_is_list(const struct node *n);

/* Adds the stages of such a function. -1 with an error that has its place in `file`. */
int prose_compile(struct compiler *c, const struct node *n, const char *file,
                  struct made *out, struct error *e);

#endif
