/* Decoding: the model's own output for a source, token by token. */
#ifndef DECODE_H
#define DECODE_H

#include "model/model.h"
#include "numbers/trace.h"

/* The most tokens that decoding may add, eos included: min(max_positions, 2·source + 10).
 * A broken model loops; this ends it. */
long decode_limit(const struct model *m, long sources);

/* Greedy decoding: at every step the token of the largest logit (the lowest id on a tie)
 * is taken, until eos or the limit, or until `most` tokens when that is positive. Writes
 * the ids without bos and eos (caller frees `*ids`). Each step computes the decoder for
 * all rows; what does not change is shared between the steps. */
int decode_greedy(const struct model *m, const int32_t *source, long sources, long most,
                  const struct trace_options *options, int32_t **ids, long *count,
                  struct error *e);

/* The index of the largest value in a row, the first of equals. */
long decode_argmax(const struct tensor *t, long row);

#endif
