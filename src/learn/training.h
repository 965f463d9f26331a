/* A training: a model that learns from pairs, and the folder that it is written to, which
 * any command opens from the first step on.
 *
 *     struct training *t = training_new(&setup, e);      // or training_resume
 *     while ((more = training_step(t, e)) > 0) … training_state(t) …
 *     training_save(t, e);                                // when it is to stop early
 *     training_free(t);
 *
 * The folder: config.json, model.safetensors, the tokenizers, exam.tsv, loss.tsv,
 * train.log, checkpoints/step-NNNN.safetensors, and state.safetensors to go on from. What
 * is read is checked before anything is written, and each file is replaced in one go. */
#ifndef TRAINING_H
#define TRAINING_H

#include "learn/setup.h"

struct training;

/* NULL with an error; the setup is only read. Caller frees. */
struct training *training_new(const struct training_setup *s, struct error *e);

/* Goes on from the state in a folder; `pairs` may be NULL: where they were. */
struct training *training_resume(const char *folder, const char *pairs, int threads,
                                 struct error *e);
void training_free(struct training *t);

/* One step, with what is due at it: 1 when more are left, 0 when it is finished, -1 with
 * an error; what was saved before stays. */
int training_step(struct training *t, struct error *e);

/* Writes everything as it is now. */
int training_save(struct training *t, struct error *e);

struct training_state {
    long step, steps;
    double loss, rate; /* the loss smoothed over some fifty steps */
    long rows;         /* tokens of the last step, of both sides */
    double tokens;     /* a second, since the start of this run */
    double seconds, left; /* passed; left, as it looks */
    const char *line;     /* added to the log in the last step, or NULL */
    double match;         /* the last score of the exam, NaN before the first */
};
struct training_state training_state(const struct training *t);

long training_sentences(const struct training *t);

#endif
