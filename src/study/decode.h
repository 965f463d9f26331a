/* The model's own output for a source: greedy, beam search, or sampling. */
#ifndef DECODE_H
#define DECODE_H

#include "study/decoder.h"

#include <stdint.h>

/* All zero: greedy decoding, where at every step the token of the largest logit (the
 * lowest id on a tie) is taken.
 *
 * Beam search keeps the `beam` best beginnings by Σ log p and divides the score of a
 * finished one by ((5 + length) / 6)^length_penalty (Wu et al. 2016, arXiv:1609.08144,
 * equation 14; the paper of the transformer uses 4 beams and 0.6, section 6.1).
 *
 * Sampling draws from softmax(logits / temperature) over the whole vocabulary, of which
 * the `top_k` largest and then the smallest set with at least `top_p` of the probability
 * are left. The same seed draws the same tokens. */
struct decode_options {
    long most; /* tokens, eos not counted; 0: the limit alone */
    int beam;  /* 0 or 1: no beam search */
    double length_penalty;
    bool sample;
    double temperature; /* 0: 1 */
    int top_k;          /* 0: all */
    double top_p;       /* 0: all */
    uint64_t seed;
};

/* Writes the ids without bos and eos; it ends at eos, the limit (decode_limit) or `most`.
 * Caller frees `*ids`. */
int decode_target(const struct run *run, const int32_t *source, long sources,
                  const struct decode_options *options, int32_t **ids, long *count,
                  struct error *e);

/* The distribution that sampling draws from, for one row of logits: probabilities in
 * `p[n]`, 0 for what top-k and top-p leave out. */
void decode_distribution(const double *logits, long n,
                         const struct decode_options *options, double *p);

/* The index of the largest value in a row of a tensor, as decode_best. */
long decode_argmax(const struct tensor *t, long row);

#endif
