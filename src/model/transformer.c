#include "model/transformer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What the equations below need at hand. */
struct builder {
    struct plan *plan;
    const struct config *config;
    const struct decode_inputs *step; /* when only one new decoder row is computed */
};

static struct axis along(enum axis_name name, enum side side)
{
    return (struct axis){name, side};
}

/* ---- weights ---- */

/* A weight of the whole model, NULL-kind when it is optional and absent. */
static struct ref weight(struct builder *b, bool required, const char *symbol,
                         const char *stack, const char *part)
{
    char name[128];
    snprintf(name, sizeof name, "%s%s", stack, part);
    return required ? plan_weight(b->plan, name, symbol)
                    : plan_weight_if_any(b->plan, name, symbol);
}

/* A weight of one layer: "encoder.layers.0." and the block and part. */
static struct ref layer_weight(struct builder *b, bool required, const char *symbol,
                               const char *stack, int layer, const char *block,
                               const char *part)
{
    char prefix[96];
    snprintf(prefix, sizeof prefix, "%s.layers.%d.%s", stack, layer, block);
    return weight(b, required, symbol, prefix, part);
}

/* ---- one equation each ---- */

/* x·Wᵀ + b */
static struct ref linear(struct builder *b, const char *id, const char *symbol,
                         enum role role, struct ref x, struct ref w, struct ref bias,
                         struct axis rows, enum axis_name columns)
{
    return plan_add(b->plan, (struct stage){.id = (char *)id,
                                            .symbol = (char *)symbol,
                                            .op = OP_LINEAR,
                                            .role = role,
                                            .in = {x, w, bias},
                                            .axes = {rows, along(columns, SIDE_NONE)}});
}

/* A stage of the shape [token, feature] made of one or two others. */
static struct ref tokenwise(struct builder *b, const char *id, const char *symbol,
                            enum op_id op, enum role role, struct ref x, struct ref y,
                            struct op_params params, enum side side,
                            enum axis_name columns)
{
    return plan_add(b->plan, (struct stage){.id = (char *)id,
                                            .symbol = (char *)symbol,
                                            .op = op,
                                            .role = role,
                                            .in = {x, y},
                                            .params = params,
                                            .axes = {along(AXIS_TOKEN, side),
                                                     along(columns, SIDE_NONE)}});
}

/* A stage with one matrix for each head. */
static struct ref headwise(struct builder *b, const char *id, const char *symbol,
                           enum op_id op, enum role role, struct ref x, struct ref y,
                           struct op_params params, struct axis rows, struct axis columns)
{
    return plan_add(b->plan,
                    (struct stage){.id = (char *)id,
                                   .symbol = (char *)symbol,
                                   .op = op,
                                   .role = role,
                                   .in = {x, y},
                                   .params = params,
                                   .axes = {along(AXIS_HEAD, SIDE_NONE), rows, columns}});
}

/* (x - μ)/√(σ² + ε)·γ + β */
static struct ref layer_norm(struct builder *b, const char *id, const char *symbol,
                             struct ref x, struct ref gamma, struct ref beta,
                             enum side side)
{
    return plan_add(
        b->plan, (struct stage){.id = (char *)id,
                                .symbol = (char *)symbol,
                                .op = OP_LAYER_NORM,
                                .role = ROLE_NORM,
                                .in = {x, gamma, beta},
                                .params = {.number = b->config->layer_norm_eps},
                                .axes = {along(AXIS_TOKEN, side),
                                         along(AXIS_FEATURE, SIDE_NONE)}});
}

/* ---- sections 3.4 and 3.5: tokens, embedding, position ---- */

static struct ref position(struct builder *b, const char *scope, long n, enum side side)
{
    const struct config *c = b->config;
    struct op_params params = {.integer = b->step ? b->step->position : 0,
                               .size = {n, c->d_model}};
    struct ref none = {0};
    if (c->position == CONFIG_SINUSOIDAL)
        return tokenwise(b, "position", "P", OP_SINUSOID, ROLE_POSITION, none, none,
                         params, side, AXIS_FEATURE);
    struct ref table = weight(b, true, "W_P", scope, "_position.weight");
    return tokenwise(b, "position", "P", OP_ROWS, ROLE_POSITION, table, none, params,
                     side, AXIS_FEATURE);
}

/* A table of the side's own, or the shared one. */
static struct ref embedding_table(struct builder *b, const char *scope)
{
    struct ref own = weight(b, false, "W_E", scope, "_embedding.weight");
    return own.kind ? own : plan_weight(b->plan, "shared_embedding.weight", "W_E");
}

static struct ref embed(struct builder *b, const char *scope, const int32_t *ids, long n,
                        enum side side)
{
    const struct config *c = b->config;
    struct ref none = {0};
    plan_scope(b->plan, "%s", scope);
    struct ref tokens =
        plan_add(b->plan, (struct stage){.id = (char *)"tokens",
                                         .symbol = (char *)"t",
                                         .op = OP_TOKENS,
                                         .role = ROLE_TOKENS,
                                         .params = {.ids = ids, .size = {n, 0}},
                                         .axes = {along(AXIS_TOKEN, side)}});
    struct ref x = tokenwise(b, "embedding", "E", OP_GATHER, ROLE_EMBEDDING, tokens,
                             embedding_table(b, scope), (struct op_params){0}, side,
                             AXIS_FEATURE);
    if (c->scale_embedding)
        x = tokenwise(b, "embedding_scaled", "E'", OP_SCALE, ROLE_EMBEDDING_SCALE, x,
                      none, (struct op_params){.number = sqrt((double)c->d_model)}, side,
                      AXIS_FEATURE);
    struct ref p = position(b, scope, n, side);
    return tokenwise(b, "input", "X", OP_ADD, ROLE_INPUT, x, p, (struct op_params){0},
                     side, AXIS_FEATURE);
}

/* ---- section 3.2: attention ---- */

/* Who asks and who answers, and the weights: `stack` "encoder", `block` "self_attn". */
struct attention {
    const char *stack, *block;
    int layer;
    enum side queries, keys;
    bool causal;
};

/* What torch.nn.Transformer calls the block. */
static const char *weight_block(const struct attention *a)
{
    return strcmp(a->block, "self_attn") ? "multihead_attn" : "self_attn";
}

/* Row block `which` (0 query, 1 key, 2 value) of in_proj_weight and in_proj_bias. */
static struct ref projection(struct builder *b, const struct attention *a, int which,
                             struct ref x, enum side side)
{
    static const char *const ids[] = {"q", "k", "v"}, *const symbols[] = {"Q", "K", "V"};
    static const char *const w[] = {"W_Q", "W_K", "W_V"};
    static const char *const bias[] = {"b_Q", "b_K", "b_V"};
    static const enum role roles[] = {ROLE_QUERY, ROLE_KEY, ROLE_VALUE};
    const char *block = weight_block(a);
    long d = b->config->d_model;
    struct ref all =
        layer_weight(b, true, "W_QKV", a->stack, a->layer, block, ".in_proj_weight");
    struct ref all_bias =
        layer_weight(b, false, "b_QKV", a->stack, a->layer, block, ".in_proj_bias");
    return linear(b, ids[which], symbols[which], roles[which], x,
                  plan_rows(b->plan, all, which * d, d, w[which]),
                  plan_rows(b->plan, all_bias, which * d, d, bias[which]),
                  along(AXIS_TOKEN, side), AXIS_FEATURE);
}

/* Keys (1) or values (2). A step of decoding has those of the source and of earlier rows
 * already: it computes the new row's and appends it. */
static struct ref keys_or_values(struct builder *b, const struct attention *a, int which,
                                 struct ref memory)
{
    static const char *const all[] = {"q_all", "k_all", "v_all"};
    static const char *const symbols[] = {"Q", "K", "V"};
    const struct decode_rows *rows = b->step ? &b->step->layers[a->layer] : NULL;
    if (rows && !a->causal)
        return plan_given(b->plan, symbols[which],
                          which == 1 ? rows->cross_k : rows->cross_v);
    struct ref new = projection(b, a, which, memory, a->keys);
    if (!rows)
        return new;
    struct ref old = plan_given(b->plan, symbols[which],
                                which == 1 ? rows->self_k : rows->self_v);
    return tokenwise(b, all[which], symbols[which], OP_APPEND, ROLE_EARLIER, old, new,
                     (struct op_params){.integer = b->step->position}, a->keys,
                     AXIS_FEATURE);
}

/* Attention(Q, K, V) = softmax(QKᵀ/√d_k)·V for every head (equation 1). */
static struct ref attend(struct builder *b, const struct attention *a, struct ref q,
                         struct ref k, struct ref v)
{
    const struct config *c = b->config;
    struct op_params none = {0}, heads = {.integer = c->nhead};
    struct op_params scale = {.number = 1 / sqrt((double)(c->d_model / c->nhead))};
    struct axis query = along(AXIS_TOKEN, a->queries), key = along(AXIS_TOKEN, a->keys);
    struct axis feature = along(AXIS_FEATURE, SIDE_NONE);
    struct ref x = {0};
    q = headwise(b, "q_heads", "Q_h", OP_SPLIT_HEADS, ROLE_QUERY_HEADS, q, x, heads,
                 query, feature);
    k = headwise(b, "k_heads", "K_h", OP_SPLIT_HEADS, ROLE_KEY_HEADS, k, x, heads, key,
                 feature);
    v = headwise(b, "v_heads", "V_h", OP_SPLIT_HEADS, ROLE_VALUE_HEADS, v, x, heads, key,
                 feature);
    query.name = AXIS_QUERY;
    key.name = AXIS_KEY;
    struct ref s =
        headwise(b, "scores", "S", OP_SCORES, ROLE_SCORES, q, k, none, query, key);
    s = headwise(b, "scaled", "S'", OP_SCALE, ROLE_SCORE_SCALE, s, x, scale, query, key);
    struct op_params first = {.integer = b->step ? b->step->position : 0};
    if (a->causal)
        s = headwise(b, "masked", "M", OP_MASK, ROLE_MASK, s, x, first, query, key);
    s = headwise(b, "weights", "A", OP_SOFTMAX, ROLE_SOFTMAX, s, x, none, query, key);
    return headwise(b, "context", "C_h", OP_MIX, ROLE_CONTEXT, s, v, none, query,
                    feature);
}

/* MultiHead(x, memory) = Concat(head_1 … head_h)·W_O (section 3.2.2). */
static struct ref attention(struct builder *b, const struct attention *a, struct ref x,
                            struct ref memory)
{
    plan_scope(b->plan, "%s.%d.%s", a->stack, a->layer, a->block);
    struct ref q = projection(b, a, 0, x, a->queries);
    struct ref k = keys_or_values(b, a, 1, memory);
    struct ref v = keys_or_values(b, a, 2, memory);
    struct ref context = attend(b, a, q, k, v);
    struct ref concat = tokenwise(b, "concat", "C", OP_MERGE_HEADS, ROLE_CONCAT, context,
                                  (struct ref){0}, (struct op_params){0}, a->queries,
                                  AXIS_FEATURE);
    struct ref w = layer_weight(b, true, "W_O", a->stack, a->layer, weight_block(a),
                                ".out_proj.weight");
    struct ref bias = layer_weight(b, false, "b_O", a->stack, a->layer, weight_block(a),
                                   ".out_proj.bias");
    return linear(b, "output", "O", ROLE_OUTPUT, concat, w, bias,
                  along(AXIS_TOKEN, a->queries), AXIS_FEATURE);
}

/* ---- section 3.3: FFN(x) = max(0, x·W_1ᵀ + b_1)·W_2ᵀ + b_2 (equation 2) ---- */

static struct ref feed_forward(struct builder *b, const char *stack, int layer,
                               struct ref x, enum side side)
{
    plan_scope(b->plan, "%s.%d.ffn", stack, layer);
    struct ref w1 = layer_weight(b, true, "W_1", stack, layer, "linear1", ".weight");
    struct ref b1 = layer_weight(b, false, "b_1", stack, layer, "linear1", ".bias");
    struct ref w2 = layer_weight(b, true, "W_2", stack, layer, "linear2", ".weight");
    struct ref b2 = layer_weight(b, false, "b_2", stack, layer, "linear2", ".bias");
    enum op_id activation = b->config->activation == CONFIG_GELU ? OP_GELU : OP_RELU;
    struct ref hidden = linear(b, "hidden", "H", ROLE_HIDDEN, x, w1, b1,
                               along(AXIS_TOKEN, side), AXIS_HIDDEN);
    struct ref active =
        tokenwise(b, "activation", "F", activation, ROLE_ACTIVATION, hidden,
                  (struct ref){0}, (struct op_params){0}, side, AXIS_HIDDEN);
    return linear(b, "output", "O", ROLE_FFN_OUTPUT, active, w2, b2,
                  along(AXIS_TOKEN, side), AXIS_FEATURE);
}

/* ---- section 3.1: layers ---- */

/* normK of a layer; K counts the sublayers from 1. */
static struct ref sublayer_norm(struct builder *b, const char *stack, int layer, int k,
                                struct ref x, enum side side)
{
    char id[16], gamma[16], beta[16];
    snprintf(id, sizeof id, "norm%d", k);
    snprintf(gamma, sizeof gamma, "γ_%d", k);
    snprintf(beta, sizeof beta, "β_%d", k);
    plan_scope(b->plan, "%s.%d", stack, layer);
    struct ref g = layer_weight(b, true, gamma, stack, layer, id, ".weight");
    struct ref o = layer_weight(b, false, beta, stack, layer, id, ".bias");
    return layer_norm(b, id, "N", x, g, o, side);
}

static struct ref residual(struct builder *b, const char *stack, int layer, int k,
                           struct ref x, struct ref y, enum side side)
{
    char id[16];
    snprintf(id, sizeof id, "residual%d", k);
    plan_scope(b->plan, "%s.%d", stack, layer);
    return tokenwise(b, id, "R", OP_ADD, ROLE_RESIDUAL, x, y, (struct op_params){0}, side,
                     AXIS_FEATURE);
}

/* Sublayer k around `x`: attention when `a` is given, else the feed-forward network.
 * Post-norm (the paper): norm(x + sublayer(x)). Pre-norm: x + sublayer(norm(x)). */
static struct ref sublayer(struct builder *b, const struct attention *a,
                           const char *stack, int layer, int k, struct ref x,
                           struct ref memory, enum side side)
{
    bool pre = b->config->norm_first;
    struct ref in = pre ? sublayer_norm(b, stack, layer, k, x, side) : x;
    struct ref out = a ? attention(b, a, in, memory.kind ? memory : in)
                       : feed_forward(b, stack, layer, in, side);
    struct ref sum = residual(b, stack, layer, k, x, out, side);
    return pre ? sum : sublayer_norm(b, stack, layer, k, sum, side);
}

static struct ref final_norm(struct builder *b, const char *stack, struct ref x,
                             enum side side)
{
    struct ref gamma = weight(b, false, "γ", stack, ".norm.weight");
    struct ref beta = weight(b, false, "β", stack, ".norm.bias");
    plan_scope(b->plan, "%s", stack);
    return gamma.kind ? layer_norm(b, "norm", "N", x, gamma, beta, side) : x;
}

static struct ref encoder(struct builder *b, struct ref x)
{
    struct ref none = {0};
    for (int i = 0; i < b->config->num_encoder_layers; i++) {
        struct attention self = {"encoder",   "self_attn", i,
                                 SIDE_SOURCE, SIDE_SOURCE, false};
        plan_scope(b->plan, "encoder.%d", i);
        plan_alias(b->plan, "input", x);
        x = sublayer(b, &self, "encoder", i, 1, x, none, SIDE_SOURCE);
        x = sublayer(b, NULL, "encoder", i, 2, x, none, SIDE_SOURCE);
        plan_alias(b->plan, "output", x);
    }
    x = final_norm(b, "encoder", x, SIDE_SOURCE);
    plan_alias(b->plan, "output", x);
    return x;
}

static struct ref decoder(struct builder *b, struct ref x, struct ref memory)
{
    struct ref none = {0};
    for (int i = 0; i < b->config->num_decoder_layers; i++) {
        enum side t = SIDE_TARGET, s = SIDE_SOURCE;
        struct attention self = {"decoder", "self_attn", i, t, t, true};
        struct attention cross = {"decoder", "cross_attn", i, t, s, false};
        plan_scope(b->plan, "decoder.%d", i);
        plan_alias(b->plan, "input", x);
        x = sublayer(b, &self, "decoder", i, 1, x, none, SIDE_TARGET);
        x = sublayer(b, &cross, "decoder", i, 2, x, memory, SIDE_TARGET);
        x = sublayer(b, NULL, "decoder", i, 3, x, none, SIDE_TARGET);
        plan_alias(b->plan, "output", x);
    }
    x = final_norm(b, "decoder", x, SIDE_TARGET);
    plan_alias(b->plan, "output", x);
    return x;
}

/* Logits (section 3.4): the generator's own weights, or tied to the target embedding. */
static void generator(struct builder *b, struct ref x)
{
    struct ref none = {0};
    struct ref w = plan_weight_if_any(b->plan, "generator.weight", "W_G");
    struct ref bias = plan_weight_if_any(b->plan, "generator.bias", "b_G");
    if (!w.kind)
        w = embedding_table(b, "tgt");
    plan_scope(b->plan, "%s", "");
    struct ref logits = linear(b, "logits", "L", ROLE_LOGITS, x, w, bias,
                               along(AXIS_TOKEN, SIDE_TARGET), AXIS_VOCABULARY);
    tokenwise(b, "probabilities", "p", OP_SOFTMAX, ROLE_PROBABILITIES, logits, none,
              (struct op_params){0}, SIDE_TARGET, AXIS_VOCABULARY);
}

static int check_ids(const struct config *c, const char *side, const int32_t *ids, long n,
                     long vocabulary, struct error *e)
{
    if (n < 1)
        return error_set(e, "the %s is empty; give at least one token", side);
    if (n > c->max_positions)
        return error_set(e, "the %s has %ld tokens; this model takes at most %ld", side,
                         n, (long)c->max_positions);
    for (long i = 0; i < n; i++)
        if (ids[i] < 0 || ids[i] >= vocabulary)
            return error_set(e,
                             "token id %ld of the %s is not in the vocabulary; ids are 0 "
                             "to %ld",
                             (long)ids[i], side, vocabulary - 1);
    return 0;
}

/* The finished plan, or NULL with the first error of building it. */
static struct plan *finish(struct plan *p, struct error *e)
{
    if (!p->error.set)
        return p;
    error_set(e, "%s", p->error.message);
    plan_free(p);
    return NULL;
}

struct plan *transformer_plan(const struct config *config, const struct weights *weights,
                              const int32_t *source, long sources, const int32_t *target,
                              long targets, struct error *e)
{
    if (check_ids(config, "source", source, sources, config->src_vocab_size, e) < 0 ||
        check_ids(config, "target", target, targets, config->tgt_vocab_size, e) < 0)
        return NULL;
    struct builder b = {plan_new(weights), config, NULL};
    struct ref memory = encoder(&b, embed(&b, "src", source, sources, SIDE_SOURCE));
    struct ref x = decoder(&b, embed(&b, "tgt", target, targets, SIDE_TARGET), memory);
    generator(&b, x);
    return finish(b.plan, e);
}

struct plan *transformer_memory_plan(const struct config *config,
                                     const struct weights *weights, const int32_t *source,
                                     long sources, struct error *e)
{
    if (check_ids(config, "source", source, sources, config->src_vocab_size, e) < 0)
        return NULL;
    struct builder b = {plan_new(weights), config, NULL};
    struct ref memory = encoder(&b, embed(&b, "src", source, sources, SIDE_SOURCE));
    for (int i = 0; i < config->num_decoder_layers; i++) {
        struct attention cross = {"decoder", "cross_attn", i, SIDE_TARGET, SIDE_SOURCE,
                                  false};
        plan_scope(b.plan, "decoder.%d.cross_attn", i);
        keys_or_values(&b, &cross, 1, memory);
        keys_or_values(&b, &cross, 2, memory);
    }
    return finish(b.plan, e);
}

struct plan *transformer_step_plan(const struct config *config,
                                   const struct weights *weights, int32_t token,
                                   const struct decode_inputs *step, struct error *e)
{
    if (check_ids(config, "target", &token, 1, config->tgt_vocab_size, e) < 0)
        return NULL;
    if (step->position >= config->max_positions) {
        error_set(e, "the target has more tokens than the %d that this model takes",
                  config->max_positions);
        return NULL;
    }
    struct builder b = {plan_new(weights), config, step};
    struct ref none = {0};
    generator(&b, decoder(&b, embed(&b, "tgt", &token, 1, SIDE_TARGET), none));
    return finish(b.plan, e);
}
