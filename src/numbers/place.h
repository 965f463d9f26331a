/* Where a stage stands in a model: stack, layer, block and sublayer, as data. The ids of
 * stages and the places of what-ifs are made from it, never the other way round.
 *
 *     encoder.0.self_attn.scores   {STACK_ENCODER, 0, BLOCK_SELF_ATTENTION, 1}, "scores"
 *     encoder.0.norm1              {STACK_ENCODER, 0, BLOCK_NONE, 1}, "norm"
 *     src.embedding                {STACK_ENCODER, -1, BLOCK_SOURCE, 0}, "embedding"
 *     logits                       {STACK_NONE, -1, BLOCK_NONE, 0}, "logits" */
#ifndef PLACE_H
#define PLACE_H

#include "base/memory.h"

#include <stdbool.h>

enum stack { STACK_NONE, STACK_ENCODER, STACK_DECODER, STACK_COUNT };

/* The first three are the input of a stack: they stand outside of its layers. */
enum stage_block {
    BLOCK_NONE,
    BLOCK_SOURCE,
    BLOCK_TARGET,
    BLOCK_INPUT, /* of a model of one stack */
    BLOCK_SELF_ATTENTION,
    BLOCK_CROSS_ATTENTION,
    BLOCK_FFN,
    BLOCK_ATTENTION, /* of a recurrent decoder */
    BLOCK_COUNT
};

struct stage_place {
    enum stack stack;
    int layer; /* from 0; -1 outside of layers */
    enum stage_block block;
    int sublayer; /* of the layer, from 1; 0 for none */
    bool gradient; /* of the stage that stands there: "grad." comes before the id */
};

#define PLACE_NOWHERE ((struct stage_place){STACK_NONE, -1, BLOCK_NONE, 0, false})

/* Appends the id of a stage of this name. */
void place_add_id(struct buffer *b, struct stage_place place, const char *name);

/* A place as what-ifs write it, "encoder", "encoder.0", "encoder.0.self_attn". Caller
 * frees. */
char *place_text(struct stage_place place);

/* Reads such a text, all of it; false when it is none. The sublayer stays 0. */
bool place_parse(const char *text, struct stage_place *out);

bool place_equal(struct stage_place a, struct stage_place b);

/* Whether `outer` is the stack, layer or sublayer in which `inner` stands. A sublayer
 * (its block and its number are known) owns its residual and its norm; the input of a
 * stack belongs to the stack. */
bool place_holds(struct stage_place outer, struct stage_place inner);

/* Whether the block is the input of a stack. */
bool block_is_input(enum stage_block block);

#endif
