/* Whether an answer to a question of a lesson is right, computed on a run. */
#ifndef QUESTIONS_H
#define QUESTIONS_H

#include "lesson/evaluate.h"
#include "lesson/scene.h"

/* Whether a choice is right here. */
enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN, TRUTH_PENDING };
enum truth question_choice(const struct scope *s, const struct predict *p, size_t choice);

/* The one right choice, 0 for a number to type; CHOICE_NONE when this sentence does not
 * decide (or nothing is asked), CHOICE_PENDING while an exam must decide it that still
 * runs. */
#define CHOICE_NONE (-1)
#define CHOICE_PENDING (-2)
int question_right(const struct scope *s, const struct predict *p);

/* A typed number: 0 when it is right, that is within half a unit of the last place that
 * the format shows (of per cents, too); i for the i-th foreseen mistake, from 1; one more
 * than there are for any other number; or one of the above. */
int question_judge(const struct scope *s, const struct predict *p, double typed);

/* The result of a calculation as it stands in the text. Caller frees. */
char *question_result(const struct scope *s, const struct predict *p);

/* 0 when the question has one right answer that no foreseen mistake comes to, else -1
 * with the place. */
int question_resolve(const struct scope *s, const struct predict *p, struct error *e);

/* "-0.25" as a number; false for what is none. */
bool question_read(const char *typed, double *out);

#endif
