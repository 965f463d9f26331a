/* Exams in the background: one for each set of what-ifs that a lesson speaks of, done in
 * slices of time and kept for the model's lifetime. */
#ifndef EXAMS_H
#define EXAMS_H

#include "model/model.h"
#include "study/exam.h"

#include <stdbool.h>

struct exams;

/* The model is shared. `limit`: only the first so many sentences, 0: all. */
struct exams *exams_new(struct model *model, long limit);
void exams_free(struct exams *x);

/* Only the first so many sentences from now on, also of exams that were asked for; a
 * limit only takes away. */
void exams_limit(struct exams *x, long sentences);

/* Asks for an exam, by what-ifs as text, separated by spaces ("" or "intact": none).
 * -1 with an error when they do not fit the model or it has no exam. */
int exams_want(struct exams *x, const char *whatifs, struct error *e);

/* What was found so far; `*done` whether it is all. NULL: not asked for, or failed.
 * Borrowed, valid until the next work. */
const struct exam_score *exams_score(const struct exams *x, const char *whatifs,
                                     bool *done);
long exams_size(const struct exams *x, const char *whatifs); /* sentences in all */

bool exams_are_done(const struct exams *x); /* nothing is left to work on */

/* Works for about so many milliseconds, the exams in turn; 0: to the end. Returns whether
 * anything is left. */
bool exams_work(struct exams *x, int milliseconds);

#endif
