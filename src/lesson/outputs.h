/* What the model could say: outputs of beam search, and outputs drawn at random. */
#ifndef OUTPUTS_H
#define OUTPUTS_H

#include "lesson/builder.h"

/* beam(4, length_penalty=0.6): the outputs that a search with so many beams keeps, the
 * best first, one a row. */
int outputs_beam(struct compiler *c, const struct node *n, const char *name,
                 struct made *out, struct error *e);

/* sample(100, temperature=1, seed=1): what comes out of so many draws, the most frequent
 * first, one a row. */
int outputs_sample(struct compiler *c, const struct node *n, const char *name,
                   struct made *out, struct error *e);

/* Whether a function is one of these. */
bool outputs_is(const char *name);

#endif
