/* The model's own output for a source: greedy, beam search, or sampling. */
#ifndef DECODE_H
#define DECODE_H

#include "study/decoder.h"

#include <stdint.h>

/* All zero: greedy decoding, where at every step the token of the largest logit (the
 * lowest id on a tie) is taken.
 *
 * Beam search keeps the `beam` best beginnings by Σ log p. A finished output of n tokens
 * (eos among them) is scored by what that is divided by: ((5 + n) / 6)^length_penalty (Wu
 * et al. 2016, arXiv:1609.08144, equation 14; the paper of the transformer uses 4 beams
 * and 0.6, section 6.1) or n^length_power (a power of 1: the mean log p of a token). Only
 * one of the two is above 0.
 *
 * Sampling draws from softmax(logits / temperature) over the whole vocabulary, of which
 * the `top_k` largest and then the smallest set with at least `top_p` of the probability
 * are left. The same seed draws the same tokens.
 *
 * The tokens of the prefix are not chosen but given: every output begins with them, and
 * they count neither in Σ log p nor in n, just as the text of a model of one stack. */
struct decode_options {
    long most; /* tokens of an output, its prefix among them, eos not; 0: the limit */
    int beam;  /* 0: no beam search; 1 finds what greedy decoding does */
    int best;  /* how many outputs of beam search are kept; 0: 1 */
    double length_penalty, length_power;
    bool sample;
    double temperature; /* 0: 1 */
    int top_k;          /* 0: all */
    double top_p;       /* 0: all */
    uint64_t seed;
    struct token_list prefix; /* borrowed */
    struct token_list ends;   /* what ends an output; none: decode_ends of the model */
};

/* An output, without bos and eos. */
struct decode_output {
    int32_t *ids; /* the prefix first */
    long count;
    int32_t end;          /* the eos that ended it; -1: it was cut off */
    double score, scaled; /* of beam search: Σ log p, and what it is after the division */
};

/* The best first. */
struct decode_outputs {
    struct decode_output *items;
    long count;
};

/* Decodes; an output ends at eos, the limit (decode_limit_after) or `most`. There is at
 * least one output. Free with decode_outputs_free. */
int decode_outputs(const struct run *run, const int32_t *source, long sources,
                   const struct decode_options *options, struct decode_outputs *out,
                   struct error *e);
void decode_outputs_free(struct decode_outputs *out);

/* The ids of the best output alone. Caller frees `*ids`. */
int decode_target(const struct run *run, const int32_t *source, long sources,
                  const struct decode_options *options, int32_t **ids, long *count,
                  struct error *e);

/* Whether outputs for a source of that length can begin with the prefix. -1 with an
 * error. */
int decode_check(const struct model *m, long sources,
                 const struct decode_options *options, struct error *e);

/* The distribution that sampling draws from, for one row of logits: probabilities in
 * `p[n]`, 0 for what top-k and top-p leave out. */
void decode_distribution(const double *logits, long n,
                         const struct decode_options *options, double *p);

/* The index of the largest value in a row of a tensor, as decode_best. */
long decode_argmax(const struct tensor *t, long row);

#endif
