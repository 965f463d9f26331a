/* The walk as plain text: every stage with what it does, its formula and shape, some of
 * its numbers and one of them opened, then the prediction. Made to be heard: sentences
 * and lists, no pictures of characters, nothing that must be seen in columns. */
#ifndef PLAIN_H
#define PLAIN_H

#include "base/memory.h"
#include "study/session.h"

/* Appends the whole walk over a session that was run. */
void plain_walk(struct session *s, struct buffer *out);

#endif
