/* The steps in which an output was written: what each was chosen from, as predict shows
 * it. */
#ifndef STEPS_H
#define STEPS_H

#include "study/session.h"

/* A line for each row of a session that was run: the token that was taken, and the
 * likeliest ones of the distribution it was taken from, without what top-k and top-p cut
 * off. -1 with an error. */
int steps_print(struct session *s, struct error *e);

/* The same as "steps", the likeliest tokens of every row, and "taken". */
int steps_add_json(struct session *s, struct json *object, struct error *e);

#endif
