#include "model/transformer.h"

#include <stdio.h>

/* Where a pattern applies: once, or in every layer of a stack. */
enum { ONCE = 0, ENCODER = 1, DECODER = 2 };

/* Names of layers begin with a dot; "encoder.layers.0" or the like comes before it.
 * Sizes by letter: d d_model, 3 three times d_model, f dim_feedforward, s and t the
 * vocabularies, p positions, 1 none (a vector). */
static const struct {
    const char *name;
    int where;
    char rows, columns;
    bool required;
} patterns[] = {
    {"shared_embedding.weight", ONCE, 's', 'd', false},
    {"src_embedding.weight", ONCE, 's', 'd', false},
    {"tgt_embedding.weight", ONCE, 't', 'd', false},
    {"src_position.weight", ONCE, 'p', 'd', false},
    {"tgt_position.weight", ONCE, 'p', 'd', false},
    {".self_attn.in_proj_weight", ENCODER | DECODER, '3', 'd', true},
    {".self_attn.in_proj_bias", ENCODER | DECODER, '3', '1', false},
    {".self_attn.out_proj.weight", ENCODER | DECODER, 'd', 'd', true},
    {".self_attn.out_proj.bias", ENCODER | DECODER, 'd', '1', false},
    {".multihead_attn.in_proj_weight", DECODER, '3', 'd', true},
    {".multihead_attn.in_proj_bias", DECODER, '3', '1', false},
    {".multihead_attn.out_proj.weight", DECODER, 'd', 'd', true},
    {".multihead_attn.out_proj.bias", DECODER, 'd', '1', false},
    {".linear1.weight", ENCODER | DECODER, 'f', 'd', true},
    {".linear1.bias", ENCODER | DECODER, 'f', '1', false},
    {".linear2.weight", ENCODER | DECODER, 'd', 'f', true},
    {".linear2.bias", ENCODER | DECODER, 'd', '1', false},
    {".norm1.weight", ENCODER | DECODER, 'd', '1', true},
    {".norm1.bias", ENCODER | DECODER, 'd', '1', false},
    {".norm2.weight", ENCODER | DECODER, 'd', '1', true},
    {".norm2.bias", ENCODER | DECODER, 'd', '1', false},
    {".norm3.weight", DECODER, 'd', '1', true},
    {".norm3.bias", DECODER, 'd', '1', false},
    {"encoder.norm.weight", ONCE, 'd', '1', false},
    {"encoder.norm.bias", ONCE, 'd', '1', false},
    {"decoder.norm.weight", ONCE, 'd', '1', false},
    {"decoder.norm.bias", ONCE, 'd', '1', false},
    {"generator.weight", ONCE, 't', 'd', false},
    {"generator.bias", ONCE, 't', '1', false},
};

#define PATTERNS (int)(sizeof patterns / sizeof *patterns)

static long size_of(const struct config *c, char letter)
{
    switch (letter) {
    case 'd':
        return c->d_model;
    case '3':
        return 3L * c->d_model;
    case 'f':
        return c->dim_feedforward;
    case 's':
        return c->src_vocab_size;
    case 't':
        return c->tgt_vocab_size;
    case 'p':
        return c->max_positions;
    default:
        return 0;
    }
}

/* One pattern in one stack; `layers` 0 means a name without a layer number. */
static int each_layer(const struct config *c, int pattern, const char *stack, int layers,
                      int (*each)(const struct weight_spec *, void *), void *data)
{
    for (int i = 0; i < (layers ? layers : 1); i++) {
        char name[128];
        snprintf(name, sizeof name, "%s.layers.%d%s", stack, i, patterns[pattern].name);
        struct weight_spec spec = {layers ? name : patterns[pattern].name,
                                   size_of(c, patterns[pattern].rows),
                                   size_of(c, patterns[pattern].columns),
                                   patterns[pattern].required};
        int result = each(&spec, data);
        if (result)
            return result;
    }
    return 0;
}

int transformer_weights(const struct config *c,
                        int (*each)(const struct weight_spec *spec, void *data),
                        void *data)
{
    int result = 0;
    for (int i = 0; i < PATTERNS && !result; i++) {
        if (patterns[i].where == ONCE)
            result = each_layer(c, i, "", 0, each, data);
        if (!result && patterns[i].where & ENCODER && c->num_encoder_layers)
            result = each_layer(c, i, "encoder", c->num_encoder_layers, each, data);
        if (!result && patterns[i].where & DECODER && c->num_decoder_layers)
            result = each_layer(c, i, "decoder", c->num_decoder_layers, each, data);
    }
    return result;
}
