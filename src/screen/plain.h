/* The walk as plain text: every stage with what it does, its formula and shape, some of
 * its numbers and one of them opened, then the prediction. Made to be heard: sentences
 * and lists, no pictures of characters, nothing that must be seen in columns. */
#ifndef PLAIN_H
#define PLAIN_H

#include "base/memory.h"
#include "screen/sheet.h"
#include "study/session.h"

/* Appends the whole walk over a session that was run. */
void plain_walk(struct session *s, struct buffer *out);

/* The rows of a matrix (of one head, from 0) as a list, at most `most` of them: the
 * largest numbers with their tokens, or the first ones. */
void plain_rows(const struct sheet *s, const struct tensor *v, long head, long most,
                struct buffer *out);

/* One cell of a stage opened, as a list of its steps. */
void plain_opened(struct trace *t, const struct sheet *s, long cell, struct buffer *out);

#endif
