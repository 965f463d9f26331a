/* The family `transformer`: the encoder-decoder of "Attention Is All You Need" (Vaswani et
 * al., 2017, arXiv:1706.03762), post-norm as in the paper or pre-norm, with weights named
 * as in torch.nn.Transformer. transformer.c reads like the paper; it is the file to read
 * to learn the model. */
#ifndef TRANSFORMER_H
#define TRANSFORMER_H

#include "model/config.h"
#include "numbers/plan.h"

#include <stdint.h>

/* Builds the plan of one pass: `source` ids (with eos where the model wants it) through
 * the encoder, `target` ids (bos first) through the decoder, to logits and probabilities
 * for every target row. NULL with an error; caller frees (or gives it to a trace). */
struct plan *transformer_plan(const struct config *config, const struct weights *weights,
                              const int32_t *source, long sources, const int32_t *target,
                              long targets, struct error *e);

/* The names of the weights that the family reads for this config, in the order in which a
 * reader meets them, until `each` returns non-zero. Optional ones have `required` false.
 * `rows` and `columns` (0 for a vector) are the shape a valid model has. */
struct weight_spec {
    const char *name;
    long rows, columns;
    bool required;
};
int transformer_weights(const struct config *config,
                        int (*each)(const struct weight_spec *spec, void *data),
                        void *data);

#endif
