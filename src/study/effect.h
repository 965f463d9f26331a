/* What a number of a run does to what the model says: how the logarithm of a token's
 * probability changes with it. By its gradient, and by doing it: the number is changed a
 * little and everything behind it is computed again, in double. */
#ifndef EFFECT_H
#define EFFECT_H

#include "study/session.h"

/* What is looked at: the logarithm of the probability of a token in a row that is
 * written, both from 0. */
struct effect_of {
    long row, token;
    double logarithm;
};

/* Points the gradients of a session that was run at it; a token of -1 stands for the
 * likeliest. -1 with an error. */
int effect_begin(struct session *s, long row, long token, struct effect_of *of,
                 struct error *e);

/* The stage of the gradients of a stage, or -1 when nothing goes from it to the row. */
int effect_gradients(const struct session *s, int stage);

/* The logarithm when the cell (row-major) of the stage is larger by `by`. */
double effect_nudged(struct session *s, const struct effect_of *of, int stage, long cell,
                     double by);

#endif
