/* The exam: the model translates held-out sentences, as it is or under what-ifs.
 *
 * exam.tsv of the model holds source, target and kind; the target is one answer or
 * several separated by " || ", the canonical one first. A sentence counts as an exact
 * match when greedy decoding gives the tokens of one of the answers, all of them and no
 * other. The loss is the mean cross-entropy in nats over the tokens of the first answers
 * (eos too) when the right tokens before each are given (teacher forcing).
 *
 * Greedy decoding gives an answer just when, fed the answer itself, the model's choice in
 * every row is the answer's next token: up to the first row where it is not, both have
 * read the same. So each answer takes one pass, and many sentences are packed into it.
 *
 *     struct exam *x = exam_new(&run, e);
 *     while (exam_step(x, e) > 0) …          // some sentences; may stop and go on later
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
    const struct exam_kind *kinds; /* those met so far, in the order of the file */
    size_t kind_count;
};

struct exam;

/* Reads exam.tsv of the run's model. NULL with an error, also when the model brings none;
 * an answer that is empty or badly separated is told with file and line. The run is
 * borrowed. Caller frees. */
struct exam *exam_new(const struct run *run, struct error *e);
void exam_free(struct exam *x);

long exam_size(const struct exam *x); /* sentences in all */
/* Only the first so many; before the first step. */
void exam_limit(struct exam *x, long sentences);

/* Does the next sentences, EXAM_BATCH at the most: 1 when it did, 0 when none is left, -1
 * with an error. */
#define EXAM_BATCH 32
int exam_step(struct exam *x, struct error *e);

/* Borrowed, valid until the next step. */
const struct exam_score *exam_score(const struct exam *x);

/* How one sentence of the file (from 0) went: 1 right, 0 wrong, -1 not done yet. */
int exam_verdict(const struct exam *x, long sentence);

#endif
