/* The family `transformer`: the encoder-decoder of "Attention Is All You Need" (Vaswani
 * et al., 2017, arXiv:1706.03762), post-norm as in the paper or pre-norm, with weights
 * named as in torch.nn.Transformer. transformer.c reads like the paper; it is the file to
 * read to learn the model. */
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

/* Decoding token by token. The memory plan is the encoder and, for every decoder layer,
 * the keys and values that cross-attention takes from it (decoder.L.cross_attn.k and .v).
 * A step plan is the decoder for one new row; it has the earlier rows from before. The
 * row it adds stands in the stages decoder.L.self_attn.k and .v. */
struct decode_rows {
    struct tensor cross_k, cross_v; /* [sources, d_model] */
    struct tensor self_k, self_v;   /* [rows, d_model]; `position` of the rows count */
};

struct decode_inputs {
    long position;                    /* of the new row, from 0 */
    const struct decode_rows *layers; /* one for each decoder layer */
};

struct plan *transformer_memory_plan(const struct config *config,
                                     const struct weights *weights, const int32_t *source,
                                     long sources, struct error *e);
struct plan *transformer_step_plan(const struct config *config,
                                   const struct weights *weights, int32_t token,
                                   const struct decode_inputs *step, struct error *e);

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
