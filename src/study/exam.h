/* The exam: the model translates held-out sentences, as it is or under what-ifs.
 *
 * exam.tsv of the model holds source, target and kind. A sentence counts as an exact
 * match when greedy decoding gives the target's tokens, all of them and no other. The
 * loss is the mean cross-entropy in nats over the target's tokens (eos too) when the
 * right tokens before each are given (teacher forcing).
 *
 *     struct exam *x = exam_new(&run, e);
 *     while (exam_step(x, e) > 0) …          // one sentence; may stop and go on later
 *     exam_score(x)->exact_match …
 *     exam_free(x);
 */
#ifndef EXAM_H
#define EXAM_H

#include "study/decoder.h"

/* What was found on the sentences so far. */
struct exam_kind {
    const char *name; /* borrowed from the exam */
    long sentences, right;
};

struct exam_score {
    long sentences, right; /* done so far, and exact matches among them */
    double exact_match;    /* right / sentences, 0 before the first */
    double loss; /* mean over the target tokens so far; may be infinite or NaN */
    const struct exam_kind *kinds;
    size_t kind_count;
};

struct exam;

/* Reads exam.tsv of the run's model. NULL with an error, also when the model brings none.
 * The run is borrowed. Caller frees. */
struct exam *exam_new(const struct run *run, struct error *e);
void exam_free(struct exam *x);

long exam_size(const struct exam *x);          /* sentences in all */
void exam_limit(struct exam *x, long sentences); /* only the first so many */

/* Does the next sentence: 1 when it did, 0 when none is left, -1 with an error. */
int exam_step(struct exam *x, struct error *e);

/* Borrowed, valid until the next step. */
const struct exam_score *exam_score(const struct exam *x);

#endif
