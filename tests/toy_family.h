/* A model family for tests: one stack that continues its text, like a very small GPT
 * without feed-forward networks. It is all that such a family needs to write: keys,
 * weights, what it answers, and one plan function. */
#ifndef TOY_FAMILY_H
#define TOY_FAMILY_H

#include "model/equation.h"
#include "model/model.h"

#include <math.h>

struct toy_gpt {
    int width, heads, layers;
};

static const struct config_field toy_fields[] = {
    {"n_embd", CONFIG_INTEGER, offsetof(struct toy_gpt, width), true, 1, 64, NULL, 0, "8"},
    {"n_head", CONFIG_INTEGER, offsetof(struct toy_gpt, heads), true, 1, 64, NULL, 0, "2"},
    {"n_layer", CONFIG_INTEGER, offsetof(struct toy_gpt, layers), true, 1, 8, NULL, 0,
     "2"},
};

enum { TOY_TABLE, TOY_ATTENTION, TOY_NORMS };

static const char *const toy_components[] = {"embeddings", "attention", "norms"};

enum { TOY_WTE, TOY_WPE, TOY_QKV, TOY_GAMMA, TOY_WEIGHTS };

static const struct weight_row toy_weights[TOY_WEIGHTS] = {
    [TOY_WTE] = {"wte.weight", IN_MODEL, 'v', 'd', WEIGHT_REQUIRED, START_TABLE,
                 SIDE_SOURCE, {TOY_TABLE, TOY_TABLE}},
    [TOY_WPE] = {"wpe.weight", IN_MODEL, 'p', 'd', WEIGHT_REQUIRED, START_TABLE,
                 SIDE_NONE, {TOY_TABLE, TOY_TABLE}},
    [TOY_QKV] = {"attn.weight", IN_DECODER, '3', 'd', WEIGHT_REQUIRED, START_XAVIER,
                 SIDE_NONE, {TOY_ATTENTION, TOY_ATTENTION}},
    [TOY_GAMMA] = {"norm1.weight", IN_DECODER, 'd', 0, WEIGHT_REQUIRED, START_ONE,
                   SIDE_NONE, {TOY_NORMS, TOY_NORMS}},
};

static const struct toy_gpt *toy_of(const struct config *c)
{
    return c->own;
}

static long toy_size(const struct config *c, char letter)
{
    switch (letter) {
    case 'v':
        return c->src_vocab_size;
    case 'p':
        return c->max_positions;
    case '3':
        return 3L * toy_of(c)->width;
    default:
        return toy_of(c)->width;
    }
}

static int toy_layers(const struct config *c, enum stack stack)
{
    return stack == STACK_DECODER ? toy_of(c)->layers : 0;
}

static void toy_describe(const struct config *c, struct buffer *out)
{
    buffer_addf(out, "%d layers, width %d, %d heads\n", toy_of(c)->layers,
                toy_of(c)->width, toy_of(c)->heads);
}

extern const struct family family_toy;

static struct ref toy_weight_of(struct plan *p, const struct config *c, int row,
                                int layer, const char *symbol)
{
    enum stack stack = toy_weights[row].where ? STACK_DECODER : STACK_NONE;
    int slot = family_slot(&family_toy, c, row, stack, layer);
    return plan_weight_at(p, weights_slot(p->weights, slot), symbol);
}

static struct ref toy_attention(struct plan *p, const struct config *c, int layer,
                                struct ref x)
{
    const struct toy_gpt *t = toy_of(c);
    enum side side = SIDE_SOURCE;
    struct ref no = {0}, qkv[3];
    static const char *const names[] = {"q", "k", "v"}, *const symbols[] = {"Q", "K", "V"};
    static const char *const heads[] = {"q_heads", "k_heads", "v_heads"};
    static const enum role roles[] = {ROLE_QUERY, ROLE_KEY, ROLE_VALUE};
    static const enum role head_roles[] = {ROLE_QUERY_HEADS, ROLE_KEY_HEADS,
                                           ROLE_VALUE_HEADS};
    struct axis token = axis_along(AXIS_TOKEN, side);
    struct axis feature = axis_along(AXIS_FEATURE, SIDE_NONE);
    struct axis query = axis_along(AXIS_QUERY, side), key = axis_along(AXIS_KEY, side);
    struct ref w = toy_weight_of(p, c, TOY_QKV, layer, "W");
    for (int i = 0; i < 3; i++) {
        qkv[i] = add_linear(p, names[i], symbols[i], roles[i], x,
                            plan_rows(p, w, i * t->width, t->width, "W"), no, side,
                            AXIS_FEATURE);
        if (i > 0)
            qkv[i] = plan_keep(p, i == 1 ? "k_all" : "v_all", qkv[i]);
        qkv[i] = add_headwise(p, heads[i], symbols[i], OP_SPLIT_HEADS, head_roles[i],
                              qkv[i], no, (struct op_params){.integer = t->heads}, token,
                              feature);
    }
    struct op_params meet = {.rows = plan_pack(p, PACK_SOURCE),
                             .keys = plan_pack(p, PACK_WRITTEN)};
    struct ref s = add_headwise(p, "scores", "S", OP_SCORES, ROLE_SCORES, qkv[0], qkv[1],
                                meet, query, key);
    s = add_headwise(p, "masked", "M", OP_MASK, ROLE_MASK, s, no,
                     (struct op_params){.rows = meet.rows}, query, key);
    s = add_headwise(p, "weights", "A", OP_SOFTMAX, ROLE_SOFTMAX, s, no,
                     (struct op_params){0}, query, key);
    s = add_headwise(p, "context", "C", OP_MIX, ROLE_CONTEXT, s, qkv[2], meet, query,
                     feature);
    return add_tokenwise(p, "concat", "O", OP_MERGE_HEADS, ROLE_CONCAT, s, no,
                         (struct op_params){0}, side, AXIS_FEATURE);
}

static void toy_plan_pass(struct plan *p, const struct config *c)
{
    enum side side = SIDE_SOURCE;
    struct ref no = {0};
    struct op_params rows = {.rows = plan_pack(p, PACK_SOURCE),
                             .size = {0, toy_of(c)->width}};
    struct ref table = toy_weight_of(p, c, TOY_WTE, 0, "W_E");
    plan_scope(p, (struct stage_place){STACK_DECODER, -1, BLOCK_INPUT, 0});
    struct ref t = plan_add(p, (struct stage){.name = "tokens", .symbol = "t",
                                              .op = OP_TOKENS, .role = ROLE_TOKENS,
                                              .params = rows,
                                              .axes = {axis_along(AXIS_TOKEN, side)}});
    struct ref x = add_tokenwise(p, "embedding", "E", OP_GATHER, ROLE_EMBEDDING, t, table,
                                 (struct op_params){0}, side, AXIS_FEATURE);
    struct ref at = add_tokenwise(p, "position", "P", OP_ROWS, ROLE_POSITION,
                                  toy_weight_of(p, c, TOY_WPE, 0, "W_P"), no, rows, side,
                                  AXIS_FEATURE);
    x = add_tokenwise(p, "input", "X", OP_ADD, ROLE_INPUT, x, at, (struct op_params){0},
                      side, AXIS_FEATURE);
    for (int i = 0; i < toy_of(c)->layers; i++) {
        plan_scope(p, (struct stage_place){STACK_DECODER, i, BLOCK_SELF_ATTENTION, 1});
        struct ref a = toy_attention(p, c, i, x);
        plan_scope(p, (struct stage_place){STACK_DECODER, i, BLOCK_NONE, 1});
        x = add_tokenwise(p, "residual", "R", OP_ADD, ROLE_RESIDUAL, x, a,
                          (struct op_params){0}, side, AXIS_FEATURE);
        x = add_layer_norm(p, x, toy_weight_of(p, c, TOY_GAMMA, i, "γ"), no, 1e-5, side);
    }
    plan_scope(p, PLACE_NOWHERE);
    x = add_linear(p, "logits", "L", ROLE_LOGITS, x, table, no, side, AXIS_VOCABULARY);
    add_tokenwise(p, "probabilities", "p", OP_SOFTMAX, ROLE_PROBABILITIES, x, no,
                  (struct op_params){0}, side, AXIS_VOCABULARY);
}

const struct family family_toy = {
    .config = {"toy", toy_fields, sizeof toy_fields / sizeof *toy_fields,
               sizeof(struct toy_gpt), NULL, NULL},
    .answers = ANSWERS_CONTINUATION,
    .weights = toy_weights,
    .weight_count = TOY_WEIGHTS,
    .components = toy_components,
    .component_count = 3,
    .size = toy_size,
    .layers = toy_layers,
    .plan = toy_plan_pass,
    .describe = toy_describe,
};

#endif
