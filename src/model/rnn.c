/* The family `rnn`: a recurrent encoder-decoder of Elman networks (Sutskever, Vinyals and
 * Le, 2014, with the cell of Elman, 1990), what translated before the transformer: one
 * state is handed on from word to word, and the whole source has to fit into the last.
 * With attention, the decoder may look back at all states of the encoder (Bahdanau et
 * al., 2014, in the form of Luong et al., 2015, "global" with "dot"). Weights are named
 * as in torch.nn.RNN. From `embed` on, the equations stand in the order of a pass. */
#include "model/equation.h"
#include "model/family.h"

#include <stddef.h>

/* ---- config.json: the argument names of torch.nn.RNN, where it has them ----
 *
 *   key                  default   meaning
 *   d_model              -         width of the embeddings (input_size of torch.nn.RNN)
 *   hidden_size          d_model   width of a state
 *   num_encoder_layers   -         recurrent layers, each reads the states of that below
 *   num_decoder_layers   -         as many: each starts from a state of the encoder's
 *   attention            false     the decoder looks back at the encoder's states
 *   nonlinearity         "tanh"    of a state; no other is known
 */

struct rnn {
    int d_model, hidden, encoder_layers, decoder_layers, nonlinearity;
    bool attention;
};

static const char *const nonlinearities[] = {"tanh", NULL};

static const struct config_field fields[] = {
#define AT(member) offsetof(struct rnn, member)
    {"d_model", CONFIG_INTEGER, AT(d_model), true, 1, CONFIG_MAX_WIDTH, NULL, 0, "64"},
    {"hidden_size", CONFIG_INTEGER, AT(hidden), false, 1, CONFIG_MAX_WIDTH, NULL, 0,
     NULL},
    {"num_encoder_layers", CONFIG_INTEGER, AT(encoder_layers), true, 1,
     CONFIG_MAX_LAYERS, NULL, 0, "1"},
    {"num_decoder_layers", CONFIG_INTEGER, AT(decoder_layers), true, 1,
     CONFIG_MAX_LAYERS, NULL, 0, "1"},
    {"attention", CONFIG_BOOLEAN, AT(attention), false, 0, 0, NULL, false, NULL},
    {"nonlinearity", CONFIG_CHOICE, AT(nonlinearity), false, 0, 0, nonlinearities, 0,
     NULL},
#undef AT
};

static const struct rnn *own(const struct config *c)
{
    return c->own;
}

/* The width of a state. */
static long width(const struct config *c)
{
    return own(c)->hidden ? own(c)->hidden : own(c)->d_model;
}

static int check(const struct config *c, struct error *e)
{
    const struct rnn *r = own(c);
    if (r->encoder_layers != r->decoder_layers)
        return error_set(e,
                         "keys \"num_encoder_layers\" and \"num_decoder_layers\" are %d "
                         "and %d: each layer of the decoder starts from the last state "
                         "of the encoder's layer, so make them equal",
                         r->encoder_layers, r->decoder_layers);
    if (c->is_random && width(c) != r->d_model)
        return error_set(e,
                         "key \"hidden_size\" is %ld and \"d_model\" %d: an untrained "
                         "model gives its output by the target's embedding, so make them "
                         "equal",
                         width(c), r->d_model);
    return 0;
}

/* Said in the settings, since they become the config of a model that is trained. */
static void complete(struct json *settings)
{
    long d = 0;
    const struct json *width_of_embeddings = json_get(settings, "d_model");
    if (!json_get(settings, "hidden_size") && json_long(width_of_embeddings, &d))
        json_add_integer(settings, "hidden_size", d);
}

static int layers(const struct config *c, enum stack stack)
{
    return stack == STACK_ENCODER ? own(c)->encoder_layers : own(c)->decoder_layers;
}

static void describe(const struct config *c, struct buffer *out)
{
    const struct rnn *r = own(c);
    buffer_addf(out, "%d + %d recurrent layers, embeddings of %d, states of %ld\n",
                r->encoder_layers, r->decoder_layers, r->d_model, width(c));
    buffer_addf(out, "tanh, %s (at most %d tokens)\n",
                r->attention ? "attention to the encoder's states"
                             : "no attention: the decoder has the last state alone",
                c->max_positions);
}

/* ---- weights ---- */

enum component { EMBEDDINGS, ENCODER, DECODER, ATTENTION, GENERATOR, COMPONENTS };

static const char *const components[COMPONENTS] = {
    "embeddings", "recurrent encoder", "recurrent decoder", "attention", "generator",
};

enum {
    SHARED_EMBEDDING, SOURCE_EMBEDDING, TARGET_EMBEDDING, INTO, INTO_BIAS, ONWARD,
    ONWARD_BIAS, JOIN, JOIN_BIAS, GENERATOR_WEIGHT, GENERATOR_BIAS, WEIGHTS
};

#define BOTH (IN_ENCODER | IN_DECODER)
#define TABLE(need, side) \
    WEIGHT_##need, START_TABLE, SIDE_##side, {EMBEDDINGS, EMBEDDINGS}
#define OF_BOTH(need, start) WEIGHT_##need, start, SIDE_NONE, {ENCODER, DECODER}
#define OF_ATTENTION(need, start) WEIGHT_##need, start, SIDE_NONE, {ATTENTION, ATTENTION}

/* Sizes: s and t the vocabularies, d d_model, h hidden_size, i what a layer reads
 * (d_model in the first, hidden_size above); with attention a hidden_size, j twice that.
 */
static const struct weight_row weights[WEIGHTS] = {
    [SHARED_EMBEDDING] = {"shared_embedding.weight", IN_MODEL, 's', 'd',
                          TABLE(IF_IN_FILE, TARGET)},
    [SOURCE_EMBEDDING] = {"src_embedding.weight", IN_MODEL, 's', 'd',
                          TABLE(OPTIONAL, SOURCE)},
    [TARGET_EMBEDDING] = {"tgt_embedding.weight", IN_MODEL, 't', 'd',
                          TABLE(OPTIONAL, TARGET)},
    [INTO] = {"rnn.weight_ih_l#", BOTH, 'h', 'i', OF_BOTH(REQUIRED, START_XAVIER)},
    [INTO_BIAS] = {"rnn.bias_ih_l#", BOTH, 'h', 0, OF_BOTH(OPTIONAL, START_ZERO)},
    [ONWARD] = {"rnn.weight_hh_l#", BOTH, 'h', 'h', OF_BOTH(REQUIRED, START_TURN)},
    [ONWARD_BIAS] = {"rnn.bias_hh_l#", BOTH, 'h', 0, OF_BOTH(OPTIONAL, START_ZERO)},
    [JOIN] = {"decoder.attn.weight", IN_MODEL, 'a', 'j',
              OF_ATTENTION(REQUIRED, START_XAVIER)},
    [JOIN_BIAS] = {"decoder.attn.bias", IN_MODEL, 'a', 0,
                   OF_ATTENTION(OPTIONAL, START_ZERO)},
    [GENERATOR_WEIGHT] = {"generator.weight", IN_MODEL, 't', 'h', WEIGHT_OR_TIED,
                          START_XAVIER, SIDE_TARGET, {GENERATOR, GENERATOR}},
    [GENERATOR_BIAS] = {"generator.bias", IN_MODEL, 't', 0, WEIGHT_IF_IN_FILE, START_ZERO,
                        SIDE_TARGET, {GENERATOR, GENERATOR}},
};

static long layer_size(const struct config *c, char letter, int layer)
{
    switch (letter) {
    case 's':
        return c->src_vocab_size;
    case 't':
        return c->tgt_vocab_size;
    case 'd':
        return own(c)->d_model;
    case 'i':
        return layer == 0 ? own(c)->d_model : width(c);
    case 'a':
        return own(c)->attention ? width(c) : 0;
    case 'j':
        return 2 * width(c);
    default:
        return width(c);
    }
}

static long size(const struct config *c, char letter)
{
    return layer_size(c, letter, 0);
}

/* An embedding for each side, its own or the shared one; and an output. */
static int check_weights(const struct config *c, const struct weights *w, struct error *e)
{
    if (family_check_embeddings(c, w, e) < 0)
        return -1;
    if (weights_find(w, "generator.weight") < 0 && width(c) != own(c)->d_model)
        return error_set(e,
                         "the weight generator.weight [%d, %ld] is missing; the target's "
                         "embedding cannot take its place: its rows have %d numbers",
                         c->tgt_vocab_size, width(c), own(c)->d_model);
    return 0;
}

/* ---- what the equations need at hand ---- */

struct builder {
    struct plan *plan;
    const struct config *config;
};

/* One of the two stacks: where it stands, and whose tokens it reads. */
struct stack_of {
    enum stack stack;
    enum side side;
    enum stage_block input;
    int embedding;      /* row of its weights */
    const char *states; /* their symbol in formulas */
};

static const struct stack_of encoder = {STACK_ENCODER, SIDE_SOURCE, BLOCK_SOURCE,
                                        SOURCE_EMBEDDING, "H_E"};
static const struct stack_of decoder = {STACK_DECODER, SIDE_TARGET, BLOCK_TARGET,
                                        TARGET_EMBEDDING, "H_D"};

/* The weight of a row in a layer; REF_NONE when the model has it not. */
static struct ref weight(struct builder *b, int row, const char *symbol,
                         struct stage_place at)
{
    bool alone = weights[row].where == IN_MODEL;
    int slot = family_slot(&family_rnn, b->config, row, alone ? STACK_NONE : at.stack,
                           alone ? 0 : at.layer);
    return plan_weight_at(b->plan, weights_slot(b->plan->weights, slot), symbol);
}

/* ---- tokens and their vectors ---- */

static struct ref embedding_table(struct builder *b, const struct stack_of *s)
{
    struct ref table = weight(b, s->embedding, "W_E", PLACE_NOWHERE);
    return table.kind ? table : weight(b, SHARED_EMBEDDING, "W_E", PLACE_NOWHERE);
}

static struct ref embed(struct builder *b, const struct stack_of *s)
{
    struct plan *p = b->plan;
    plan_scope(p, (struct stage_place){s->stack, -1, s->input, 0});
    struct op_params rows = {.rows = plan_pack(p, pack_of_side(s->side))};
    struct ref tokens =
        plan_add(p, (struct stage){.name = "tokens", .symbol = "t", .op = OP_TOKENS,
                                   .role = ROLE_TOKENS, .params = rows,
                                   .axes = {axis_along(AXIS_TOKEN, s->side)}});
    struct ref x = add_tokenwise(p, "embedding", "E", OP_GATHER, ROLE_EMBEDDING, tokens,
                                 embedding_table(b, s), (struct op_params){0}, s->side,
                                 AXIS_FEATURE);
    plan_alias(p, "input", x);
    return x;
}

/* ---- reading: h_t = tanh(W_ih·x_t + b_ih + W_hh·h_(t-1) + b_hh) ---- */

/* The states of one layer. The first comes after the last row of `start`, which the
 * encoder has not: it starts from 0. */
static struct ref read(struct builder *b, const struct stack_of *s, int layer,
                       struct ref x, struct ref start)
{
    struct plan *p = b->plan;
    struct stage_place at = {s->stack, layer, BLOCK_NONE, 0};
    plan_scope(p, at);
    plan_alias(p, "input", x);
    x = add_linear(p, "incoming", "A", ROLE_INCOMING, x, weight(b, INTO, "W_ih", at),
                   weight(b, INTO_BIAS, "b_ih", at), s->side, AXIS_HIDDEN);
    struct stage states = {.name = "hidden", .symbol = s->states, .op = OP_RNN,
                           .role = ROLE_STATE,
                           .in = {x, weight(b, ONWARD, "W_hh", at),
                                  weight(b, ONWARD_BIAS, "b_hh", at), start},
                           .params.rows = plan_pack(p, pack_of_side(s->side)),
                           .axes = {axis_along(AXIS_TOKEN, s->side),
                                    axis_along(AXIS_HIDDEN, SIDE_NONE)}};
    if (start.kind)
        states.params.keys = plan_pack(p, PACK_MEMORY);
    struct ref h = plan_add_carried(p, "hidden_before", states, 3);
    plan_alias(p, "output", h);
    return h;
}

/* Layer upon layer. `states` gets those of each layer, and where the stack `starts` from
 * others, has those. Returns the topmost. */
static struct ref stack(struct builder *b, const struct stack_of *s, struct ref x,
                        struct ref *states, bool starts)
{
    for (int i = 0; i < layers(b->config, s->stack); i++) {
        struct ref start = starts ? states[i] : (struct ref){0};
        x = states[i] = read(b, s, i, x, start);
    }
    return x;
}

/* ---- attention: softmax(h·Hᵀ)·H, joined with h (Luong et al., 3.1) ---- */

static struct ref attend(struct builder *b, struct ref h, struct ref memory)
{
    struct plan *p = b->plan;
    struct op_params none = {0};
    struct op_params meet = {.rows = plan_pack(p, PACK_TARGET),
                             .keys = plan_pack(p, PACK_MEMORY)};
    struct axis query = axis_along(AXIS_QUERY, SIDE_TARGET);
    struct axis key = axis_along(AXIS_KEY, SIDE_SOURCE);
    struct ref no = {0};
    plan_scope(p, (struct stage_place){STACK_DECODER, -1, BLOCK_ATTENTION, 0});
    struct stage scores = {.name = "scores", .symbol = "S", .op = OP_SCORES,
                           .role = ROLE_SCORES, .in = {h, memory}, .params = meet,
                           .axes = {query, key}};
    struct stage shares = {.name = "weights", .symbol = "A", .op = OP_SOFTMAX,
                           .role = ROLE_SOFTMAX, .axes = {query, key}};
    shares.in[0] = plan_add(p, scores);
    struct ref context =
        add_tokenwise(p, "context", "C", OP_MIX, ROLE_CONTEXT, plan_add(p, shares),
                      memory, meet, SIDE_TARGET, AXIS_HIDDEN);
    struct ref both = add_tokenwise(p, "concat", "J", OP_CONCAT, ROLE_CONCAT, context,
                                    h, (struct op_params){.integer = 1}, SIDE_TARGET,
                                    AXIS_HIDDEN);
    struct ref blend =
        add_linear(p, "blend", "B", ROLE_INCOMING, both,
                   weight(b, JOIN, "W_C", PLACE_NOWHERE),
                   weight(b, JOIN_BIAS, "b_C", PLACE_NOWHERE), SIDE_TARGET, AXIS_HIDDEN);
    return add_tokenwise(p, "output", "O", OP_TANH, ROLE_OUTPUT, blend, no, none,
                         SIDE_TARGET, AXIS_HIDDEN);
}

/* ---- the next word ---- */

/* The generator's own weights, or tied to the target embedding. */
static void generate(struct builder *b, struct ref x)
{
    struct ref none = {0};
    struct ref w = weight(b, GENERATOR_WEIGHT, "W_G", PLACE_NOWHERE);
    struct ref bias = weight(b, GENERATOR_BIAS, "b_G", PLACE_NOWHERE);
    if (!w.kind)
        w = embedding_table(b, &decoder);
    plan_scope(b->plan, PLACE_NOWHERE);
    struct ref logits = add_linear(b->plan, "logits", "L", ROLE_LOGITS, x, w, bias,
                                   SIDE_TARGET, AXIS_VOCABULARY);
    add_tokenwise(b->plan, "probabilities", "p", OP_SOFTMAX, ROLE_PROBABILITIES, logits,
                  none, (struct op_params){0}, SIDE_TARGET, AXIS_VOCABULARY);
}

static void plan(struct plan *p, const struct config *c)
{
    struct builder b = {p, c};
    struct ref states[CONFIG_MAX_LAYERS];
    struct ref memory = stack(&b, &encoder, embed(&b, &encoder), states, false);
    plan_scope(p, (struct stage_place){STACK_ENCODER, -1, BLOCK_NONE, 0});
    plan_alias(p, "output", memory);
    struct ref h = stack(&b, &decoder, embed(&b, &decoder), states, true);
    if (own(c)->attention)
        h = attend(&b, h, memory);
    plan_scope(p, (struct stage_place){STACK_DECODER, -1, BLOCK_NONE, 0});
    plan_alias(p, "output", h);
    generate(&b, h);
}

const struct family family_rnn = {
    .config = {"rnn", fields, sizeof fields / sizeof *fields, sizeof(struct rnn), check,
               complete},
    .answers = ANSWERS_TRANSLATION,
    .two_sides = true,
    .weights = weights,
    .weight_count = WEIGHTS,
    .components = components,
    .component_count = COMPONENTS,
    .size = size,
    .layer_size = layer_size,
    .layers = layers,
    .check_weights = check_weights,
    .plan = plan,
    .describe = describe,
};
