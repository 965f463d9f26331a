/* The family `transformer`: the encoder-decoder of "Attention Is All You Need" (Vaswani
 * et al., 2017, arXiv:1706.03762), post-norm as in the paper or pre-norm, with weights
 * named as in torch.nn.Transformer. This file is the one to read to learn the model: its
 * sizes, its weights, and from `embed` on the equations of a pass in the order of the
 * paper. Numbers in comments are sections and equations of the paper. */
#include "base/memory.h"
#include "model/equation.h"
#include "model/family.h"

#include <math.h>
#include <stddef.h>

/* ---- config.json: the argument names of torch.nn.Transformer ----
 *
 *   key                  default       meaning
 *   d_model              -             width of every row (3.1)
 *   nhead                -             heads; divides d_model (3.2.2)
 *   num_encoder_layers   -             N (3.1)
 *   num_decoder_layers   -             N (3.1)
 *   dim_feedforward      -             d_ff (3.3)
 *   activation           "relu"        "relu" or "gelu" (3.3)
 *   norm_first           false         norm before each sublayer instead of after
 *   layer_norm_eps       1e-5          added to the variance
 *   scale_embedding      true          embeddings times √d_model (3.4)
 *   position             "sinusoidal"  or "learned" (3.5), or "none"
 *   residual             true          x + sublayer(x), else sublayer(x) alone (3.1)
 *   norm                 true          else no layer norm anywhere, and no weights of it
 *   causal_mask          true          else the decoder's rows see later ones (3.2.3)
 *   scale_attention      true          scores over √d_k, else as they are (3.2.1)
 *
 * A part that a model was trained without is no stage of its pass.
 * An odd d_model is fine with sinusoids: the last column is a sine. */

enum activation { ACTIVATION_RELU, ACTIVATION_GELU };
enum position { POSITION_SINUSOIDAL, POSITION_LEARNED, POSITION_NONE };

struct transformer {
    int d_model, nhead, encoder_layers, decoder_layers, dim_feedforward;
    int activation, position; /* of the enums above */
    bool norm_first, scale_embedding;
    bool residual, norm, causal_mask, scale_attention;
    double layer_norm_eps;
};

static const char *const activations[] = {"relu", "gelu", NULL};
static const char *const positions[] = {"sinusoidal", "learned", "none", NULL};

static const struct config_field fields[] = {
#define AT(member) offsetof(struct transformer, member)
    {"d_model", CONFIG_INTEGER, AT(d_model), true, 1, CONFIG_MAX_WIDTH, NULL, 0, "64"},
    {"nhead", CONFIG_INTEGER, AT(nhead), true, 1, CONFIG_MAX_WIDTH, NULL, 0, "4"},
    {"num_encoder_layers", CONFIG_INTEGER, AT(encoder_layers), true, 1,
     CONFIG_MAX_LAYERS, NULL, 0, "2"},
    {"num_decoder_layers", CONFIG_INTEGER, AT(decoder_layers), true, 1,
     CONFIG_MAX_LAYERS, NULL, 0, "2"},
    {"dim_feedforward", CONFIG_INTEGER, AT(dim_feedforward), true, 1, CONFIG_MAX_HIDDEN,
     NULL, 0, NULL},
    {"activation", CONFIG_CHOICE, AT(activation), false, 0, 0, activations,
     ACTIVATION_RELU, NULL},
    {"norm_first", CONFIG_BOOLEAN, AT(norm_first), false, 0, 0, NULL, false, NULL},
    {"layer_norm_eps", CONFIG_NUMBER, AT(layer_norm_eps), false, 0, 1, NULL, 1e-5, NULL},
    {"scale_embedding", CONFIG_BOOLEAN, AT(scale_embedding), false, 0, 0, NULL, true,
     NULL},
    {"position", CONFIG_CHOICE, AT(position), false, 0, 0, positions,
     POSITION_SINUSOIDAL, NULL},
    {"residual", CONFIG_BOOLEAN, AT(residual), false, 0, 0, NULL, true, NULL},
    {"norm", CONFIG_BOOLEAN, AT(norm), false, 0, 0, NULL, true, NULL},
    {"causal_mask", CONFIG_BOOLEAN, AT(causal_mask), false, 0, 0, NULL, true, NULL},
    {"scale_attention", CONFIG_BOOLEAN, AT(scale_attention), false, 0, 0, NULL, true,
     NULL},
#undef AT
};

_Static_assert(sizeof(enum activation) == sizeof(int) &&
               sizeof(enum position) == sizeof(int), "choices are read as int");

static const struct transformer *own(const struct config *c)
{
    return c->own;
}

static int check(const struct config *c, struct error *e)
{
    if (own(c)->d_model % own(c)->nhead == 0)
        return 0;
    return error_set(e,
                     "key \"nhead\" is %d, which does not divide \"d_model\" %d: choose "
                     "a number of heads that does",
                     own(c)->nhead, own(c)->d_model);
}

/* d_ff is four times d_model in the paper, too (3.3). */
static void complete(struct json *settings)
{
    long width = 0;
    if (!json_get(settings, "dim_feedforward") &&
        json_long(json_get(settings, "d_model"), &width))
        json_add_integer(settings, "dim_feedforward",
                         width > 0 && width <= CONFIG_MAX_WIDTH ? 4 * width : 1);
}

static int layers(const struct config *c, enum stack stack)
{
    return stack == STACK_ENCODER ? own(c)->encoder_layers : own(c)->decoder_layers;
}

static void describe(const struct config *c, struct buffer *out)
{
    const struct transformer *t = own(c);
    buffer_addf(out, "%d + %d layers, d_model %d, %d heads (d_k %d), d_ff %d\n",
                t->encoder_layers, t->decoder_layers, t->d_model, t->nhead,
                t->d_model / t->nhead, t->dim_feedforward);
    buffer_addf(out, "%s, %s, %s positions (at most %d), %s\n",
                !t->norm ? "no norm" : t->norm_first ? "pre-norm" : "post-norm",
                activations[t->activation],
                t->position == POSITION_NONE ? "no" : positions[t->position],
                c->max_positions,
                t->scale_embedding ? "embeddings times √d_model"
                                   : "embeddings not scaled");
    const struct {
        bool there;
        const char *part;
    } parts[] = {{t->residual, "residuals"},
                 {t->causal_mask, "a causal mask"},
                 {t->scale_attention, "scaling of the scores"}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!parts[i].there)
            buffer_addf(out, "without %s\n", parts[i].part);
}

/* ---- weights ---- */

enum component {
    EMBEDDINGS,
    POSITIONS,
    ENCODER_ATTENTION,
    ENCODER_FFN,
    ENCODER_NORMS,
    DECODER_ATTENTION,
    CROSS_ATTENTION,
    DECODER_FFN,
    DECODER_NORMS,
    GENERATOR,
    COMPONENTS
};

static const char *const components[COMPONENTS] = {
    "embeddings",          "learned positions",      "encoder self-attention",
    "encoder feed-forward", "encoder layer norms",   "decoder self-attention",
    "cross-attention",     "decoder feed-forward",   "decoder layer norms",
    "generator",
};

enum {
    SHARED_EMBEDDING, SOURCE_EMBEDDING, TARGET_EMBEDDING, SOURCE_POSITION,
    TARGET_POSITION, SELF_IN, SELF_IN_BIAS, SELF_OUT, SELF_OUT_BIAS, CROSS_IN,
    CROSS_IN_BIAS, CROSS_OUT, CROSS_OUT_BIAS, LINEAR1, LINEAR1_BIAS, LINEAR2,
    LINEAR2_BIAS, NORM1, NORM1_BIAS, NORM2, NORM2_BIAS, NORM3, NORM3_BIAS, ENCODER_NORM,
    ENCODER_NORM_BIAS, DECODER_NORM, DECODER_NORM_BIAS, GENERATOR_WEIGHT,
    GENERATOR_BIAS, WEIGHTS
};

#define BOTH (IN_ENCODER | IN_DECODER)
#define TABLE(need, side, component) \
    WEIGHT_##need, START_TABLE, SIDE_##side, {component, component}
#define MATRIX(encoder, decoder) \
    WEIGHT_REQUIRED, START_XAVIER, SIDE_NONE, {encoder, decoder}
#define BIAS(encoder, decoder) WEIGHT_OPTIONAL, START_ZERO, SIDE_NONE, {encoder, decoder}
#define GAMMA WEIGHT_REQUIRED, START_ONE, SIDE_NONE, {ENCODER_NORMS, DECODER_NORMS}
#define BETA BIAS(ENCODER_NORMS, DECODER_NORMS)
#define FINAL(start, component) \
    WEIGHT_IF_IN_FILE, start, SIDE_NONE, {component, component}

/* Sizes: d d_model, 3 three times d_model, f dim_feedforward, s and t the vocabularies, p
 * the positions of a model that learned them, n d_model of one with layer norm. */
static const struct weight_row weights[WEIGHTS] = {
    [SHARED_EMBEDDING] = {"shared_embedding.weight", IN_MODEL, 's', 'd',
                          TABLE(IF_IN_FILE, TARGET, EMBEDDINGS)},
    [SOURCE_EMBEDDING] = {"src_embedding.weight", IN_MODEL, 's', 'd',
                          TABLE(OPTIONAL, SOURCE, EMBEDDINGS)},
    [TARGET_EMBEDDING] = {"tgt_embedding.weight", IN_MODEL, 't', 'd',
                          TABLE(OPTIONAL, TARGET, EMBEDDINGS)},
    [SOURCE_POSITION] = {"src_position.weight", IN_MODEL, 'p', 'd',
                         TABLE(REQUIRED, NONE, POSITIONS)},
    [TARGET_POSITION] = {"tgt_position.weight", IN_MODEL, 'p', 'd',
                         TABLE(REQUIRED, NONE, POSITIONS)},
    [SELF_IN] = {"self_attn.in_proj_weight", BOTH, '3', 'd',
                 MATRIX(ENCODER_ATTENTION, DECODER_ATTENTION)},
    [SELF_IN_BIAS] = {"self_attn.in_proj_bias", BOTH, '3', 0,
                      BIAS(ENCODER_ATTENTION, DECODER_ATTENTION)},
    [SELF_OUT] = {"self_attn.out_proj.weight", BOTH, 'd', 'd',
                  MATRIX(ENCODER_ATTENTION, DECODER_ATTENTION)},
    [SELF_OUT_BIAS] = {"self_attn.out_proj.bias", BOTH, 'd', 0,
                       BIAS(ENCODER_ATTENTION, DECODER_ATTENTION)},
    [CROSS_IN] = {"multihead_attn.in_proj_weight", IN_DECODER, '3', 'd',
                  MATRIX(CROSS_ATTENTION, CROSS_ATTENTION)},
    [CROSS_IN_BIAS] = {"multihead_attn.in_proj_bias", IN_DECODER, '3', 0,
                       BIAS(CROSS_ATTENTION, CROSS_ATTENTION)},
    [CROSS_OUT] = {"multihead_attn.out_proj.weight", IN_DECODER, 'd', 'd',
                   MATRIX(CROSS_ATTENTION, CROSS_ATTENTION)},
    [CROSS_OUT_BIAS] = {"multihead_attn.out_proj.bias", IN_DECODER, 'd', 0,
                        BIAS(CROSS_ATTENTION, CROSS_ATTENTION)},
    [LINEAR1] = {"linear1.weight", BOTH, 'f', 'd', MATRIX(ENCODER_FFN, DECODER_FFN)},
    [LINEAR1_BIAS] = {"linear1.bias", BOTH, 'f', 0, BIAS(ENCODER_FFN, DECODER_FFN)},
    [LINEAR2] = {"linear2.weight", BOTH, 'd', 'f', MATRIX(ENCODER_FFN, DECODER_FFN)},
    [LINEAR2_BIAS] = {"linear2.bias", BOTH, 'd', 0, BIAS(ENCODER_FFN, DECODER_FFN)},
    [NORM1] = {"norm1.weight", BOTH, 'n', 0, GAMMA},
    [NORM1_BIAS] = {"norm1.bias", BOTH, 'n', 0, BETA},
    [NORM2] = {"norm2.weight", BOTH, 'n', 0, GAMMA},
    [NORM2_BIAS] = {"norm2.bias", BOTH, 'n', 0, BETA},
    [NORM3] = {"norm3.weight", IN_DECODER, 'n', 0, GAMMA},
    [NORM3_BIAS] = {"norm3.bias", IN_DECODER, 'n', 0, BETA},
    [ENCODER_NORM] = {"encoder.norm.weight", IN_MODEL, 'n', 0,
                      FINAL(START_ONE, ENCODER_NORMS)},
    [ENCODER_NORM_BIAS] = {"encoder.norm.bias", IN_MODEL, 'n', 0,
                           FINAL(START_ZERO, ENCODER_NORMS)},
    [DECODER_NORM] = {"decoder.norm.weight", IN_MODEL, 'n', 0,
                      FINAL(START_ONE, DECODER_NORMS)},
    [DECODER_NORM_BIAS] = {"decoder.norm.bias", IN_MODEL, 'n', 0,
                           FINAL(START_ZERO, DECODER_NORMS)},
    [GENERATOR_WEIGHT] = {"generator.weight", IN_MODEL, 't', 'd', WEIGHT_OR_TIED,
                          START_XAVIER, SIDE_TARGET, {GENERATOR, GENERATOR}},
    [GENERATOR_BIAS] = {"generator.bias", IN_MODEL, 't', 0, WEIGHT_IF_IN_FILE, START_ZERO,
                        SIDE_TARGET, {GENERATOR, GENERATOR}},
};

static long size(const struct config *c, char letter)
{
    switch (letter) {
    case 'd':
        return own(c)->d_model;
    case '3':
        return 3L * own(c)->d_model;
    case 'n':
        return own(c)->norm ? own(c)->d_model : 0;
    case 'f':
        return own(c)->dim_feedforward;
    case 's':
        return c->src_vocab_size;
    case 't':
        return c->tgt_vocab_size;
    default:
        return own(c)->position == POSITION_LEARNED ? c->max_positions : 0;
    }
}

/* ---- what the equations need at hand ---- */

struct builder {
    struct plan *plan;
    const struct config *config;
    const struct transformer *t;
};

/* One of the two stacks: where it stands, and whose tokens it reads. */
struct stack_of {
    enum stack stack;
    enum side side;
    enum stage_block input;
    int embedding, position, norm; /* rows of its weights */
};

static const struct stack_of encoder_stack = {
    STACK_ENCODER,    SIDE_SOURCE,     BLOCK_SOURCE,
    SOURCE_EMBEDDING, SOURCE_POSITION, ENCODER_NORM,
};
static const struct stack_of decoder_stack = {
    STACK_DECODER,    SIDE_TARGET,     BLOCK_TARGET,
    TARGET_EMBEDDING, TARGET_POSITION, DECODER_NORM,
};

/* The weight of a row in the layer of a place; REF_NONE when the model has it not. */
static struct ref weight(struct builder *b, int row, const char *symbol,
                         struct stage_place at)
{
    int layer = weights[row].where == IN_MODEL ? 0 : at.layer;
    enum stack stack = weights[row].where == IN_MODEL ? STACK_NONE : at.stack;
    int slot = family_slot(&family_transformer, b->config, row, stack, layer);
    return plan_weight_at(b->plan, weights_slot(b->plan->weights, slot), symbol);
}

/* ---- 3.4 and 3.5: tokens, embedding, position ---- */

/* The rows of the feed on one side, for stages that no input gives their rows. */
static struct op_params rows_of(struct builder *b, enum side side)
{
    return (struct op_params){.rows = plan_pack(b->plan, pack_of_side(side)),
                              .size = {0, b->t->d_model}};
}

static struct ref position(struct builder *b, const struct stack_of *s,
                           struct stage_place at)
{
    struct ref none = {0};
    struct op_params rows = rows_of(b, s->side);
    if (b->t->position == POSITION_SINUSOIDAL)
        return add_tokenwise(b->plan, "position", "P", OP_SINUSOID, ROLE_POSITION, none,
                             none, rows, s->side, AXIS_FEATURE);
    struct ref table = weight(b, s->position, "W_P", at);
    return add_tokenwise(b->plan, "position", "P", OP_ROWS, ROLE_POSITION, table, none,
                         rows, s->side, AXIS_FEATURE);
}

/* A table of the side's own, or the shared one. */
static struct ref embedding_table(struct builder *b, const struct stack_of *s,
                                  struct stage_place at)
{
    struct ref own_table = weight(b, s->embedding, "W_E", at);
    return own_table.kind ? own_table : weight(b, SHARED_EMBEDDING, "W_E", at);
}

static struct ref embed(struct builder *b, const struct stack_of *s)
{
    struct ref none = {0};
    struct op_params no_params = {0};
    struct stage_place at = {s->stack, -1, s->input, 0};
    plan_scope(b->plan, at);
    struct ref tokens =
        plan_add(b->plan, (struct stage){.name = "tokens",
                                         .symbol = "t",
                                         .op = OP_TOKENS,
                                         .role = ROLE_TOKENS,
                                         .params = rows_of(b, s->side),
                                         .axes = {axis_along(AXIS_TOKEN, s->side)}});
    struct ref x =
        add_tokenwise(b->plan, "embedding", "E", OP_GATHER, ROLE_EMBEDDING, tokens,
                      embedding_table(b, s, at), no_params, s->side, AXIS_FEATURE);
    if (b->t->scale_embedding)
        x = add_tokenwise(b->plan, "embedding_scaled", "E'", OP_SCALE,
                          ROLE_EMBEDDING_SCALE, x, none,
                          (struct op_params){.number = sqrt((double)b->t->d_model)},
                          s->side, AXIS_FEATURE);
    if (b->t->position == POSITION_NONE) {
        plan_alias(b->plan, "input", x);
        return x;
    }
    struct ref p = position(b, s, at);
    return add_tokenwise(b->plan, "input", "X", OP_ADD, ROLE_INPUT, x, p, no_params,
                         s->side, AXIS_FEATURE);
}

/* ---- 3.2: attention ---- */

/* Who asks and who answers, where, and with which weights. */
struct attention {
    struct stage_place at;
    enum side queries, keys;
    enum pack_id key_rows;
    bool causal; /* a row may not see later ones (3.2.3) */
    int in, in_bias, out, out_bias;
};

static struct attention self_attention(const struct stack_of *s, int layer)
{
    bool decoder = s->stack == STACK_DECODER;
    return (struct attention){{s->stack, layer, BLOCK_SELF_ATTENTION, 1},
                              s->side,
                              s->side,
                              decoder ? PACK_WRITTEN : PACK_SOURCE,
                              decoder,
                              SELF_IN,
                              SELF_IN_BIAS,
                              SELF_OUT,
                              SELF_OUT_BIAS};
}

static struct attention cross_attention(int layer)
{
    return (struct attention){{STACK_DECODER, layer, BLOCK_CROSS_ATTENTION, 2},
                              SIDE_TARGET,
                              SIDE_SOURCE,
                              PACK_MEMORY,
                              false,
                              CROSS_IN,
                              CROSS_IN_BIAS,
                              CROSS_OUT,
                              CROSS_OUT_BIAS};
}

/* Row block `which` (0 query, 1 key, 2 value) of in_proj_weight and in_proj_bias. */
static struct ref projection(struct builder *b, const struct attention *a, int which,
                             struct ref x, enum side side)
{
    static const char *const names[] = {"q", "k", "v"}, *const symbols[] = {"Q", "K",
                                                                            "V"};
    static const char *const w[] = {"W_Q", "W_K", "W_V"};
    static const char *const bias[] = {"b_Q", "b_K", "b_V"};
    static const enum role roles[] = {ROLE_QUERY, ROLE_KEY, ROLE_VALUE};
    long d = b->t->d_model;
    struct ref all = weight(b, a->in, "W_QKV", a->at);
    struct ref all_bias = weight(b, a->in_bias, "b_QKV", a->at);
    return add_linear(b->plan, names[which], symbols[which], roles[which], x,
                      plan_rows(b->plan, all, which * d, d, w[which]),
                      plan_rows(b->plan, all_bias, which * d, d, bias[which]), side,
                      AXIS_FEATURE);
}

/* Attention(Q, K, V) = softmax(QKᵀ/√d_k)·V for every head (equation 1). */
static struct ref attend(struct builder *b, const struct attention *a, struct ref q,
                         struct ref k, struct ref v)
{
    struct op_params none = {0}, heads = {.integer = b->t->nhead};
    struct op_params scale = {.number = 1 / sqrt((double)(b->t->d_model / b->t->nhead))};
    struct op_params meet = {.rows = plan_pack(b->plan, pack_of_side(a->queries)),
                             .keys = plan_pack(b->plan, a->key_rows)};
    struct op_params rows = {.rows = meet.rows};
    struct axis query = axis_along(AXIS_TOKEN, a->queries),
                key = axis_along(AXIS_TOKEN, a->keys);
    struct axis feature = axis_along(AXIS_FEATURE, SIDE_NONE);
    struct ref x = {0};
    q = add_headwise(b->plan, "q_heads", "Q_h", OP_SPLIT_HEADS, ROLE_QUERY_HEADS, q, x,
                     heads, query, feature);
    k = add_headwise(b->plan, "k_heads", "K_h", OP_SPLIT_HEADS, ROLE_KEY_HEADS, k, x,
                     heads, key, feature);
    v = add_headwise(b->plan, "v_heads", "V_h", OP_SPLIT_HEADS, ROLE_VALUE_HEADS, v, x,
                     heads, key, feature);
    query.name = AXIS_QUERY;
    key.name = AXIS_KEY;
    struct ref s = add_headwise(b->plan, "scores", "S", OP_SCORES, ROLE_SCORES, q, k,
                                meet, query, key);
    if (b->t->scale_attention)
        s = add_headwise(b->plan, "scaled", "S'", OP_SCALE, ROLE_SCORE_SCALE, s, x, scale,
                         query, key);
    if (a->causal && b->t->causal_mask)
        s = add_headwise(b->plan, "masked", "M", OP_MASK, ROLE_MASK, s, x, rows, query,
                         key);
    s = add_headwise(b->plan, "weights", "A", OP_SOFTMAX, ROLE_SOFTMAX, s, x, none, query,
                     key);
    return add_headwise(b->plan, "context", "C_h", OP_MIX, ROLE_CONTEXT, s, v, meet,
                        query, feature);
}

/* MultiHead(x, memory) = Concat(head_1 … head_h)·W_O (3.2.2). The decoder's own keys and
 * values may be kept from earlier rows. */
static struct ref attention(struct builder *b, const struct attention *a, struct ref x,
                            struct ref memory)
{
    plan_scope(b->plan, a->at);
    struct ref q = projection(b, a, 0, x, a->queries);
    struct ref k = projection(b, a, 1, memory, a->keys);
    struct ref v = projection(b, a, 2, memory, a->keys);
    if (a->causal && b->t->causal_mask) {
        k = plan_keep(b->plan, "k_all", k);
        v = plan_keep(b->plan, "v_all", v);
    }
    struct ref context = attend(b, a, q, k, v);
    struct ref concat =
        add_tokenwise(b->plan, "concat", "C", OP_MERGE_HEADS, ROLE_CONCAT, context,
                      (struct ref){0}, (struct op_params){0}, a->queries, AXIS_FEATURE);
    return add_linear(b->plan, "output", "O", ROLE_OUTPUT, concat,
                      weight(b, a->out, "W_O", a->at),
                      weight(b, a->out_bias, "b_O", a->at), a->queries, AXIS_FEATURE);
}

/* ---- 3.3: FFN(x) = max(0, x·W_1ᵀ + b_1)·W_2ᵀ + b_2 (equation 2) ---- */

static struct ref feed_forward(struct builder *b, struct stage_place at, struct ref x,
                               enum side side)
{
    plan_scope(b->plan, at);
    bool gelu = b->t->activation == ACTIVATION_GELU;
    struct ref hidden =
        add_linear(b->plan, "hidden", "H", ROLE_HIDDEN, x, weight(b, LINEAR1, "W_1", at),
                   weight(b, LINEAR1_BIAS, "b_1", at), side, AXIS_HIDDEN);
    struct ref active = add_tokenwise(
        b->plan, "activation", "F", gelu ? OP_GELU : OP_RELU, ROLE_ACTIVATION, hidden,
        (struct ref){0}, (struct op_params){0}, side, AXIS_HIDDEN);
    return add_linear(b->plan, "output", "O", ROLE_FFN_OUTPUT, active,
                      weight(b, LINEAR2, "W_2", at), weight(b, LINEAR2_BIAS, "b_2", at),
                      side, AXIS_FEATURE);
}

/* ---- 3.1: layers ---- */

/* normK of a layer; K counts the sublayers from 1. */
static struct ref sublayer_norm(struct builder *b, struct stage_place at, struct ref x,
                                enum side side)
{
    static const char *const gamma[] = {"γ_1", "γ_2", "γ_3"};
    static const char *const beta[] = {"β_1", "β_2", "β_3"};
    int k = at.sublayer - 1;
    if (!b->t->norm)
        return x;
    at.block = BLOCK_NONE;
    plan_scope(b->plan, at);
    return add_layer_norm(b->plan, x, weight(b, NORM1 + 2 * k, gamma[k], at),
                          weight(b, NORM1_BIAS + 2 * k, beta[k], at),
                          b->t->layer_norm_eps, side);
}

static struct ref residual(struct builder *b, struct stage_place at, struct ref x,
                           struct ref y, enum side side)
{
    if (!b->t->residual)
        return y;
    at.block = BLOCK_NONE;
    plan_scope(b->plan, at);
    return add_tokenwise(b->plan, "residual", "R", OP_ADD, ROLE_RESIDUAL, x, y,
                         (struct op_params){0}, side, AXIS_FEATURE);
}

/* The sublayer at a place, around `x`: attention when `a` is given, else the feed-forward
 * network. Post-norm (the paper): norm(x + sublayer(x)). Pre-norm: x + sublayer(norm(x)).
 */
static struct ref sublayer(struct builder *b, const struct attention *a,
                           struct stage_place at, struct ref x, struct ref memory,
                           enum side side)
{
    bool pre = b->t->norm_first;
    struct ref in = pre ? sublayer_norm(b, at, x, side) : x;
    struct ref out = a ? attention(b, a, in, memory.kind ? memory : in)
                       : feed_forward(b, at, in, side);
    struct ref sum = residual(b, at, x, out, side);
    return pre ? sum : sublayer_norm(b, at, sum, side);
}

/* The layers of a stack; `memory` is what the decoder reads, none for the encoder. */
static struct ref stack(struct builder *b, const struct stack_of *s, struct ref x,
                        struct ref memory)
{
    struct ref none = {0};
    struct stage_place whole = {s->stack, -1, BLOCK_NONE, 0};
    for (int i = 0; i < layers(b->config, s->stack); i++) {
        struct stage_place layer = {s->stack, i, BLOCK_NONE, 0};
        struct stage_place ffn = {s->stack, i, BLOCK_FFN, memory.kind ? 3 : 2};
        struct attention self = self_attention(s, i), cross = cross_attention(i);
        plan_scope(b->plan, layer);
        plan_alias(b->plan, "input", x);
        x = sublayer(b, &self, self.at, x, none, s->side);
        if (memory.kind)
            x = sublayer(b, &cross, cross.at, x, memory, s->side);
        x = sublayer(b, NULL, ffn, x, none, s->side);
        plan_scope(b->plan, layer);
        plan_alias(b->plan, "output", x);
    }
    struct ref gamma = weight(b, s->norm, "γ", whole);
    struct ref beta = weight(b, s->norm + 1, "β", whole);
    plan_scope(b->plan, whole);
    if (gamma.kind)
        x = add_layer_norm(b->plan, x, gamma, beta, b->t->layer_norm_eps, s->side);
    plan_alias(b->plan, "output", x);
    return x;
}

/* Logits (3.4): the generator's own weights, or tied to the target embedding. */
static void generator(struct builder *b, struct ref x)
{
    struct ref none = {0};
    struct stage_place at = PLACE_NOWHERE;
    struct ref w = weight(b, GENERATOR_WEIGHT, "W_G", at);
    struct ref bias = weight(b, GENERATOR_BIAS, "b_G", at);
    if (!w.kind)
        w = embedding_table(b, &decoder_stack, at);
    plan_scope(b->plan, at);
    struct ref logits = add_linear(b->plan, "logits", "L", ROLE_LOGITS, x, w, bias,
                                   SIDE_TARGET, AXIS_VOCABULARY);
    add_tokenwise(b->plan, "probabilities", "p", OP_SOFTMAX, ROLE_PROBABILITIES, logits,
                  none, (struct op_params){0}, SIDE_TARGET, AXIS_VOCABULARY);
}

static void plan(struct plan *p, const struct config *c)
{
    struct builder b = {p, c, own(c)};
    struct ref none = {0};
    struct ref memory = stack(&b, &encoder_stack, embed(&b, &encoder_stack), none);
    generator(&b, stack(&b, &decoder_stack, embed(&b, &decoder_stack), memory));
}

const struct family family_transformer = {
    .config = {"transformer", fields, sizeof fields / sizeof *fields,
               sizeof(struct transformer), check, complete},
    .answers = ANSWERS_TRANSLATION,
    .two_sides = true,
    .weights = weights,
    .weight_count = WEIGHTS,
    .components = components,
    .component_count = COMPONENTS,
    .size = size,
    .layers = layers,
    .check_weights = family_check_embeddings,
    .plan = plan,
    .describe = describe,
};
