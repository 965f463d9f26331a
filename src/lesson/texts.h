/* Texts as values: their bytes, jamo, syllables, pieces, words and merges, and merges
 * that a lesson learns. Each is a matrix of numbers whose labels are what they stand
 * for. */
#ifndef TEXTS_H
#define TEXTS_H

#include "lesson/builder.h"

typedef int texts_make(struct compiler *c, const struct node *n, const char *name,
                       struct made *out, struct error *e);

/* A function by its name, or NULL; their names, separated by spaces. */
texts_make *texts_find(const char *name);
/* Whether that function reads a text with the tokenizer of a run's model. */
bool texts_of_model(const char *name);
extern const char *const texts_functions;

#endif
