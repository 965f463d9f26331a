/* A small plan with every kind of step: embedding, positions, two heads of masked
 * attention, residual, norm and activation, on made-up weights. For tests below the
 * models. */
#ifndef TOY_H
#define TOY_H

#include "base/random.h"
#include "numbers/plan.h"
#include "support.h"

#include <math.h>

#define TOY_WIDTH 4
#define TOY_HEADS 2
#define TOY_VOCABULARY 6

struct toy {
    struct weights weights;
    float numbers[200];
    size_t used;
};

static inline void toy_weight(struct toy *toy, const char *name, long rows, long columns)
{
    struct tensor t = {
        .type = TENSOR_F32, .rank = columns ? 2 : 1, .size = {rows, columns}};
    t.f32 = toy->numbers + toy->used;
    toy->used += (size_t)tensor_count(&t);
    assert_true(toy->used <= sizeof toy->numbers / sizeof *toy->numbers);
    weights_add(&toy->weights, name, t);
}

static inline void toy_open(struct toy *toy)
{
    struct random r = random_seed(7);
    *toy = (struct toy){.used = 0};
    for (size_t i = 0; i < sizeof toy->numbers / sizeof *toy->numbers; i++)
        toy->numbers[i] = (float)random_normal(&r);
    toy_weight(toy, "emb.weight", TOY_VOCABULARY, TOY_WIDTH);
    toy_weight(toy, "in_proj_weight", 2 * TOY_WIDTH, TOY_WIDTH);
    toy_weight(toy, "in_proj_bias", 2 * TOY_WIDTH, 0);
    toy_weight(toy, "norm1.weight", TOY_WIDTH, 0);
    toy_weight(toy, "norm1.bias", TOY_WIDTH, 0);
}

static inline void toy_close(struct toy *toy)
{
    weights_free(&toy->weights);
}

#define TOY_TOKEN {AXIS_TOKEN, SIDE_SOURCE}
#define TOY_FEATURE {AXIS_FEATURE, SIDE_NONE}

static inline struct ref toy_stage(struct plan *p, const char *id, const char *symbol,
                                   enum op_id op, enum role role, struct ref a,
                                   struct ref b, struct ref c, struct op_params params)
{
    struct stage s = {.name = id, .symbol = symbol, .op = op, .role = role,
                      .in = {a, b, c}, .params = params};
    bool heads = op == OP_SPLIT_HEADS || op == OP_SCORES || op == OP_MIX ||
                 role == ROLE_SCORE_SCALE || op == OP_MASK || op == OP_SOFTMAX;
    bool map = heads && op != OP_SPLIT_HEADS && op != OP_MIX;
    struct axis row = {map || op == OP_MIX ? AXIS_QUERY : AXIS_TOKEN, SIDE_SOURCE};
    struct axis column = {map ? AXIS_KEY : AXIS_FEATURE, map ? SIDE_SOURCE : SIDE_NONE};
    s.axes[0] = heads ? (struct axis){AXIS_HEAD, SIDE_NONE} : row;
    s.axes[1] = heads ? row : column;
    s.axes[2] = heads ? column : (struct axis){0};
    return plan_add(p, s);
}

/* The plan for `n` ids; its error tells what went wrong. Caller frees. */
static inline struct plan *toy_plan(const struct toy *toy, const int32_t *ids, long n)
{
    struct plan *p = plan_new(&toy->weights);
    struct ref no = {0};
    struct op_params none = {0};
    plan_scope(p, (struct stage_place){STACK_ENCODER, -1, BLOCK_SOURCE, 0});
    struct ref t = toy_stage(p, "tokens", "t", OP_TOKENS, ROLE_TOKENS, no, no, no,
                             (struct op_params){.ids = ids, .size = {n, 0}});
    struct ref e = toy_stage(p, "embedding", "E", OP_GATHER, ROLE_EMBEDDING, t,
                             plan_weight(p, "emb.weight", "W_E"), no, none);
    struct ref at = toy_stage(p, "position", "P", OP_SINUSOID, ROLE_POSITION, no, no, no,
                              (struct op_params){.size = {n, TOY_WIDTH}});
    struct ref x = toy_stage(p, "input", "X", OP_ADD, ROLE_INPUT, e, at, no, none);
    struct ref w = plan_weight(p, "in_proj_weight", "W_QK");
    struct ref b = plan_weight_if_any(p, "in_proj_bias", "b_QK");
    plan_scope(p, (struct stage_place){STACK_ENCODER, 0, BLOCK_SELF_ATTENTION, 1});
    struct ref q = toy_stage(p, "q", "Q", OP_LINEAR, ROLE_QUERY, x,
                             plan_rows(p, w, 0, TOY_WIDTH, "W_Q"),
                             plan_rows(p, b, 0, TOY_WIDTH, "b_Q"), none);
    struct ref k = toy_stage(p, "k", "K", OP_LINEAR, ROLE_KEY, x,
                             plan_rows(p, w, TOY_WIDTH, TOY_WIDTH, "W_K"),
                             plan_rows(p, b, TOY_WIDTH, TOY_WIDTH, "b_K"), none);
    struct op_params heads = {.integer = TOY_HEADS};
    q = toy_stage(p, "q_heads", "Q_h", OP_SPLIT_HEADS, ROLE_QUERY_HEADS, q, no, no,
                  heads);
    k = toy_stage(p, "k_heads", "K_h", OP_SPLIT_HEADS, ROLE_KEY_HEADS, k, no, no, heads);
    struct ref s = toy_stage(p, "scores", "S", OP_SCORES, ROLE_SCORES, q, k, no, none);
    s = toy_stage(p, "scaled", "S'", OP_SCALE, ROLE_SCORE_SCALE, s, no, no,
                  (struct op_params){.number = 1 / sqrt(TOY_WIDTH / TOY_HEADS)});
    s = toy_stage(p, "masked", "M", OP_MASK, ROLE_MASK, s, no, no, none);
    s = toy_stage(p, "weights", "A", OP_SOFTMAX, ROLE_SOFTMAX, s, no, no, none);
    s = toy_stage(p, "context", "C_h", OP_MIX, ROLE_CONTEXT, s, k, no, none);
    s = toy_stage(p, "concat", "C", OP_MERGE_HEADS, ROLE_CONCAT, s, no, no, none);
    plan_scope(p, (struct stage_place){STACK_ENCODER, 0, BLOCK_NONE, 1});
    s = toy_stage(p, "residual", "R", OP_ADD, ROLE_RESIDUAL, x, s, no, none);
    s = toy_stage(
        p, "norm", "N", OP_LAYER_NORM, ROLE_NORM, s, plan_weight(p, "norm1.weight", "γ"),
        plan_weight_if_any(p, "norm1.bias", "β"), (struct op_params){.number = 1e-5});
    plan_scope(p, (struct stage_place){STACK_ENCODER, 0, BLOCK_NONE, 0});
    plan_alias(p, "output", s);
    plan_scope(p, PLACE_NOWHERE);
    toy_stage(p, "relu", "F", OP_RELU, ROLE_ACTIVATION, s, no, no, none);
    return p;
}

#endif
