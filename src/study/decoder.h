/* Decoding: the written side token by token.
 *
 * A decoder keeps one plan and feeds it: the keys and values of earlier rows are kept,
 * and a step computes one new row; what only depends on the source is computed once.
 * Where a what-if lets rows see later ones, every step computes all rows again.
 *
 *     struct decoder *d = decoder_new(&run, source, n, e);
 *     const double *logits = decoder_step(d, bos, e);     // for the token after bos
 *     …
 *     decoder_free(d);
 *
 * A model of one stack has no bos to begin with: the decoder reads all of its text but
 * the last token when it is made, and the first step is that last token. */
#ifndef DECODER_H
#define DECODER_H

#include "model/model.h"
#include "numbers/trace.h"
#include "study/whatif.h"

/* The most tokens that decoding may add, eos included: min(max_positions, 2·source + 10);
 * for a model of one stack no more than its positions leave. A broken model loops; this
 * ends it. */
long decode_limit(const struct model *m, long sources);

/* The same where the first `prefix` tokens are given: they may be as many as fit. */
long decode_limit_after(const struct model *m, long sources, long prefix);

/* The token that the first step is given: bos (-1 where the model has none), or the last
 * of the text. */
int32_t decode_first(const struct model *m, const int32_t *source, long sources);

/* The tokens of which each ends an output; none: only the limit does. Borrowed. */
struct token_list {
    const int32_t *ids;
    long count;
};

struct token_list decode_ends(const struct model *m);
bool token_list_has(const struct token_list *list, int32_t token);

/* Which pass is computed: borrowed by everything that is made from it. */
struct run {
    const struct model *model;
    const struct whatifs *whatifs; /* checked (whatifs_check); may be empty */
    struct trace_options options;
};

/* The plan of a whole pass under the what-ifs, of one sentence or over a feed. */
struct plan *run_plan(const struct run *run, const int32_t *source, long sources,
                      const int32_t *target, long targets, struct error *e);
struct plan *run_plan_feed(const struct run *run, const struct feed *feed,
                           struct error *e);

struct decoder;

/* NULL with an error; caller frees. The second one has room for that many steps, as far
 * as the positions of the model allow; the first one for one more than decode_limit. */
struct decoder *decoder_new(const struct run *run, const int32_t *source, long sources,
                            struct error *e);
struct decoder *decoder_new_for(const struct run *run, const int32_t *source,
                                long sources, long steps, struct error *e);
void decoder_free(struct decoder *d);

/* A second decoder in the same state, to go on differently. */
struct decoder *decoder_copy(const struct decoder *d);

/* Adds a row for `token` and returns the logits of the token after it: one number for
 * each id of the written side's vocabulary, borrowed until the next step. NULL with an
 * error. */
const double *decoder_step(struct decoder *d, int32_t token, struct error *e);

/* Says that a pass came to numbers that are none: what every command that runs a pass
 * fails with. Always -1. */
int decoder_not_finite(struct error *e);

/* The same of a whole pass, by what its logits read: that says enough, and is small. */
int decoder_check_finite(struct trace *t, struct error *e);

long decoder_rows(const struct decoder *d); /* steps so far */

/* The index of the largest number, the first of equals; a NaN is passed over. */
long decode_best(const double *x, long n);

/* log Σ exp(x), shifted by the largest. */
double decode_log_sum(const double *x, long n);

/* Whether an earlier row of what is written may depend on later ones, by the model or by
 * what is switched off: then every step computes all rows. */
bool run_unmasked(const struct run *run);

#endif
