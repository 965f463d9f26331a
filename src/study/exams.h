/* Exams in the background: one for each list of what-ifs that somebody asks for, of the
 * model of the set or of another, worked on in slices of time and kept with the set.
 *
 *     struct exams *x = exams_new(model, &options, 0);
 *     exams_want(x, "no-scale", e);
 *     while (exams_work(x, 30))
 *         …look at the keys, show exams_score(x, "no-scale", &done)…
 *     exams_free(x);
 *
 * The one that has done the fewest sentences is the next to work on, so that exams side
 * by side are about the same sentences. What the cache knows (exam_cache.h) is done at
 * once, and it is told of each that is done.
 *
 * Lists are given as such or as text, separated by spaces or commas; "" and "intact" mean
 * none. Scores are borrowed until the next work, want or pause. */
#ifndef EXAMS_H
#define EXAMS_H

#include "model/model.h"
#include "study/exam.h"

#include <stdbool.h>

struct exams;

/* The model is shared. `limit`: only the first so many sentences, 0: all. */
struct exams *exams_new(struct model *model, const struct trace_options *options,
                        long limit);
void exams_free(struct exams *x);

/* Only the first so many sentences from now on, also of exams that were asked for but not
 * begun; those are not kept in the cache. */
void exams_limit(struct exams *x, long sentences);

/* Asks for an exam. -1 with an error when the list does not fit the model or there is no
 * exam. */
int exams_want(struct exams *x, const char *whatifs, struct error *e);
int exams_want_list(struct exams *x, const struct whatifs *list, struct error *e);
/* The same of another model, which is shared. */
int exams_want_of(struct exams *x, struct model *model, const struct whatifs *list,
                  struct error *e);

/* Nothing is wanted until it is asked for again. What is done stays, and how far the
 * intact model has come; others begin anew. */
void exams_pause(struct exams *x);

/* How far one has come. */
struct exam_state {
    const struct exam_score *score; /* NULL: not asked for, or failed */
    long size;                      /* sentences in all */
    bool done;
    const struct error *error; /* why it has failed, or NULL */
};
struct exam_state exams_state(const struct exams *x, const struct whatifs *list);
struct exam_state exams_state_of(const struct exams *x, const struct model *model,
                                 const struct whatifs *list);

/* The same by text. */
const struct exam_score *exams_score(const struct exams *x, const char *whatifs,
                                     bool *done);
long exams_size(const struct exams *x, const char *whatifs);

bool exams_are_done(const struct exams *x); /* nothing wanted is left to work on */

/* Works on what is wanted for about so many milliseconds; 0: to the end. Returns whether
 * anything is left. */
bool exams_work(struct exams *x, int milliseconds);

#endif
