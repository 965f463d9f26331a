/* The walk as plain text: every stage with what it does, its formula and shape, some of
 * its numbers and one of them opened, then the prediction. Made to be heard: sentences
 * and lists, no pictures of characters, nothing that must be seen in columns. */
#ifndef PLAIN_H
#define PLAIN_H

#include "base/memory.h"
#include "study/exhibit.h"

/* Appends the whole walk over a run. */
void plain_walk(const struct exhibit *x, struct buffer *out);

/* The cell of a stage opened, as a list of its steps. */
void plain_opened(const struct exhibit *x, struct buffer *out);

#endif
