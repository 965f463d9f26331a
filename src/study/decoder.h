/* Decoding: the target token by token.
 *
 * A decoder keeps the keys and values of earlier rows and computes one new row a step.
 * Where a what-if lets rows see later ones, every step computes all rows again.
 *
 *     struct decoder *d = decoder_new(&run, source, n, e);
 *     const double *logits = decoder_step(d, bos, e);     // for the token after bos
 *     …
 *     decoder_free(d);
 */
#ifndef DECODER_H
#define DECODER_H

#include "model/model.h"
#include "numbers/trace.h"
#include "study/whatif.h"

/* The most tokens that decoding may add, eos included: min(max_positions, 2·source + 10).
 * A broken model loops; this ends it. */
long decode_limit(const struct model *m, long sources);

/* Which pass is computed: borrowed by everything that is made from it. */
struct run {
    const struct model *model;
    const struct whatifs *whatifs; /* checked (whatifs_check); may be empty */
    struct trace_options options;
};

/* The plan of a whole pass under the what-ifs. */
struct plan *run_plan(const struct run *run, const int32_t *source, long sources,
                      const int32_t *target, long targets, struct error *e);

struct decoder;

/* Runs the encoder. NULL with an error; caller frees. */
struct decoder *decoder_new(const struct run *run, const int32_t *source, long sources,
                            struct error *e);
void decoder_free(struct decoder *d);

/* A second decoder in the same state, to go on differently. */
struct decoder *decoder_copy(const struct decoder *d);

/* Adds a row for `token` and returns the logits of the token after it: one number for
 * each id of the target vocabulary, borrowed until the next step. NULL with an error. */
const double *decoder_step(struct decoder *d, int32_t token, struct error *e);

long decoder_rows(const struct decoder *d); /* steps so far */

/* The index of the largest number, the first of equals. */
long decode_best(const double *x, long n);

#endif
