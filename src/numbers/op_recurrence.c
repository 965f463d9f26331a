/* Recurrence: an op whose rows are made of the rows before, in the same result. So the
 * states of a recurrent layer are one stage, computed row by row, and an opened number
 * leads from row to row back through time.
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. */
#include "numbers/matmul.h"
#include "numbers/op.h"
#include "numbers/wide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A row of an input or of the own result; input -1: there is none. */
struct row {
    int input;
    long at;
};

/* The row before a row in its sentence; before the first one, the last row of the
 * sentence of the keys in the input `initial`. The rows stand in the input `own`. */
static struct row row_before(const struct op_call *c, long row, int own, int initial)
{
    long sentence = call_sentence(c->params.rows, row);
    struct segment s =
        call_span(c->params.rows, sentence, call_rows(call_tensor(c, own)), 0);
    if (row > s.start)
        return (struct row){own, row - 1};
    if (!c->in[initial])
        return (struct row){-1, 0};
    s = call_span(c->params.keys, sentence, call_rows(c->in[initial]), 0);
    return (struct row){s.count > 0 ? initial : -1, s.start + s.count - 1};
}

/* The row after a row of the result in its sentence. */
static struct row row_after(const struct op_call *c, long row)
{
    long n = call_rows(c->out), sentence = call_sentence(c->params.rows, row);
    struct segment s = call_span(c->params.rows, sentence, n, 0);
    return (struct row){row + 1 < s.start + s.count ? OP_OWN_RESULT : -1, row + 1};
}

static const float *floats_of(const struct op_call *c, struct row r, long d)
{
    return r.input < 0 ? NULL : call_floats(c, r.input) + r.at * d;
}

/* Whether the input is a square matrix for rows of d numbers. */
static bool is_square(const struct op_call *c, int input, long d)
{
    return shape_has_rank(c, input, 2) && c->in[input]->size[0] == d &&
           c->in[input]->size[1] == d;
}

/* Whether the input, where it is there, has initial states of d numbers. */
static bool is_initial(const struct op_call *c, int input, long d)
{
    const struct tensor *t = c->in[input];
    return !t ||
           (t->rank == 2 && t->size[1] == d && shape_fits_pack(c->params.keys, t));
}

/* ---- RNN. tanh(a + W·h + b): each state from the one before (Elman 1990) ----
 *
 * Inputs: a [n, d], what each row brings in (x·W_ihᵀ + b_ih, a stage of its own);
 * W [d, d] and b [d] (may be absent), the W_hh and b_hh of torch.nn.RNN; initial [m, d]
 * (may be absent). Params: rows, the pack: each sentence starts anew; keys, the pack of
 * `initial`. The state before the first row is the last row of `initial`, with packs the
 * last of the sentence that goes with this one: so a decoder starts from the states of
 * an encoder. Without `initial` it is 0. */

static const char *shape_rnn(const struct op_call *c)
{
    if (!shape_has_rank(c, 0, 2) || !is_square(c, 1, c->in[0]->size[1]))
        return "needs rows [n, d] and weights [d, d]";
    long d = c->in[0]->size[1];
    if (c->in[2] && tensor_count(c->in[2]) != d)
        return "needs a bias with one number for each column";
    if (!is_initial(c, 3, d))
        return "needs initial states [m, d]";
    if (!shape_fits_pack(c->params.rows, c->in[0]))
        return "needs rows of the sentences that are fed";
    return shape_same(c);
}

WIDE static void tangents(float *x, long n)
{
    for (long i = 0; i < n; i++)
        x[i] = hyperbolic_tangent(x[i]);
}

/* One state; `before` and `bias` may be NULL. */
static void kernel_rnn(float *h, const float *a, const float *w, const float *bias,
                       const float *before, long d)
{
    for (long j = 0; j < d; j++)
        h[j] = a[j] + (bias ? bias[j] : 0);
    if (before)
        matmul_transposed(h, d, before, w, 1, d, d, 1);
    tangents(h, d);
}

static void forward_rnn(const struct op_call *c)
{
    long d = c->out->size[1];
    for (long r = 0; r < c->out->size[0]; r++)
        kernel_rnn(c->out->f32 + r * d, call_floats(c, 0) + r * d, call_floats(c, 1),
                   call_floats(c, 2), floats_of(c, row_before(c, r, OP_OWN_RESULT, 3), d),
                   d);
}

static void naive_rnn(const struct op_call *c)
{
    long d = c->out->size[1];
    for (long r = 0; r < c->out->size[0]; r++) {
        struct row before = row_before(c, r, OP_OWN_RESULT, 3);
        for (long j = 0; j < d; j++) {
            double sum = call_get(c, 0, r * d + j);
            for (long i = 0; i < d && before.input >= 0; i++)
                sum += call_get(c, before.input, before.at * d + i) *
                       call_get(c, 1, j * d + i);
            c->out->f64[r * d + j] = tanh(c->in[2] ? sum + call_get(c, 2, j) : sum);
        }
    }
}

static long sources_rnn(const struct op_call *c, long cell, struct op_source *out,
                        long limit)
{
    long d = c->out->size[1], j = cell % d, n;
    struct row before = row_before(c, cell / d, OP_OWN_RESULT, 3);
    n = sources_put(out, limit, 0, (struct op_source){0, -1, cell, 0});
    for (long i = 0; i < d && before.input >= 0; i++)
        n = sources_put(out, limit, n,
                        (struct op_source){before.input, 1, before.at * d + i,
                                           j * d + i});
    if (c->in[2])
        n = sources_put(out, limit, n, (struct op_source){2, -1, j, 0});
    return n;
}

static void steps_rnn(struct opening *o)
{
    steps_sum(o);
    const struct step *sum = o->x->steps;
    bool bias = o->call.in[2], before = sum->count > 1 + bias;
    o->x->steps[0].formula = before ? (bias ? "a + Σ h·w + b" : "a + Σ h·w")
                                    : (bias ? "a + b" : "a");
    struct step *s = opening_step(o, STEP_TANH, "tanh", "tanh(sum)", 1);
    s->result = tanh(sum->result);
    term_set(s->terms, s->result, 1, opening_result(o, 0), opening_constant(0));
}

/* Through time once, from the last row to the first (RNN_GRADIENT); the rest follows from
 * the gradient s of the sums: ∂a = s, ∂W = sᵀ·(the rows before), ∂b = Σ rows of s. */
static void backward_rnn(struct backward *b)
{
    const struct op_params *c = &b->call->params;
    struct op_params packs = {.rows = c->rows, .keys = c->keys}, none = {0};
    struct ref s = b->add(b, OP_RNN_GRADIENT, b->out, b->in[1], b->grad, packs);
    struct ref before = backward_add(b, OP_ROWS_BEFORE, b->out, b->in[3], packs);
    b->give(b, 0, s);
    b->give(b, 1, backward_add(b, OP_OUTER, s, before, none));
    if (backward_has(b, 2))
        b->give(b, 2, backward_add(b, OP_COLUMN_SUM, s, (struct ref){0}, none));
    if (backward_has(b, 3)) {
        packs.size[0] = b->call->in[3]->size[0];
        b->give(b, 3, backward_add(b, OP_START_GRADIENT, s, b->in[1], packs));
    }
}

const struct op op_rnn = {
    .name = "rnn",
    .kind = OP_KIND_RECURRENCE,
    .least_inputs = 2,
    .most_inputs = 4,
    .formula = "tanh($1 + $0[t-1]·$2ᵀ + $3)",
    .shape = shape_rnn,
    .forward = forward_rnn,
    .naive = naive_rnn,
    .sources = sources_rnn,
    .steps = steps_rnn,
    .backward = backward_rnn,
};

/* ---- RNN_GRADIENT. Back through time: s = (g + s of the row after · W) ∘ (1 - h²) ----
 *
 * Inputs: h [n, d], the states; W [d, d]; and the gradient g [n, d] of the states, as
 * other stages give it. Params: rows. The result is the gradient of the sums before the
 * tanh, whose slope is 1 - h². What is in the brackets is the whole gradient of a state:
 * what it does by itself, and by all states after it. */

static const char *shape_rnn_gradient(const struct op_call *c)
{
    const struct tensor *h = c->in[0], *g = c->in[2];
    if (h->rank != 2 || g->rank != 2 || h->size[0] != g->size[0] ||
        h->size[1] != g->size[1] || !is_square(c, 1, h->size[1]))
        return "needs states and gradients [n, d], and weights [d, d]";
    if (!shape_fits_pack(c->params.rows, h))
        return "needs rows of the sentences that are fed";
    return shape_same(c);
}

static void forward_rnn_gradient(const struct op_call *c)
{
    long d = c->out->size[1];
    for (long r = c->out->size[0] - 1; r >= 0; r--) {
        const float *h = call_floats(c, 0) + r * d, *g = call_floats(c, 2) + r * d;
        const float *after = floats_of(c, row_after(c, r), d);
        float *s = c->out->f32 + r * d;
        if (after)
            matmul(s, after, d, call_floats(c, 1), 1, d, d);
        for (long j = 0; j < d; j++)
            s[j] = ((after ? s[j] : 0) + g[j]) * (1 - h[j] * h[j]);
    }
}

static void naive_rnn_gradient(const struct op_call *c)
{
    long d = c->out->size[1];
    for (long r = c->out->size[0] - 1; r >= 0; r--) {
        struct row after = row_after(c, r);
        for (long j = 0; j < d; j++) {
            double sum = call_get(c, 2, r * d + j), h = call_get(c, 0, r * d + j);
            for (long k = 0; k < d && after.input >= 0; k++)
                sum += c->out->f64[after.at * d + k] * call_get(c, 1, k * d + j);
            c->out->f64[r * d + j] = sum * (1 - h) * (1 + h);
        }
    }
}

/* The parts of the whole gradient of the state, then the state for the slope. */
static long sources_rnn_gradient(const struct op_call *c, long cell,
                                 struct op_source *out, long limit)
{
    long d = c->out->size[1], n;
    struct row after = row_after(c, cell / d);
    n = sources_put(out, limit, 0, (struct op_source){2, -1, cell, 0});
    for (long k = 0; k < d && after.input >= 0; k++)
        n = sources_put(
            out, limit, n,
            (struct op_source){OP_OWN_RESULT, 1, after.at * d + k, k * d + cell % d});
    return sources_put(out, limit, n, (struct op_source){0, 0, cell, cell});
}

/* The whole gradient of the state; h², and the slope 1 - h²; their product. */
static void steps_rnn_gradient(struct opening *o)
{
    struct op_source *list;
    long n = opening_sources(o, &list);
    struct step *state = opening_sum(o, list, n - 1);
    state->formula = n > 2 ? "g + Σ s·w" : "g";
    opening_sum(o, list + n - 1, 1)->name = "square";
    opening_difference(o, "1 - square", opening_constant(1), opening_result(o, 1));
    struct step *s = opening_step(o, STEP_SUM, "gradient", "sum·difference", 1);
    struct operand whole = opening_result(o, 0), slope = opening_result(o, 2);
    s->result = whole.value * slope.value;
    term_set(s->terms, s->result, 2, whole, slope);
    free(list);
}

const struct op op_rnn_gradient = {
    .name = "rnn_gradient",
    .kind = OP_KIND_RECURRENCE,
    .least_inputs = 3,
    .most_inputs = 3,
    .formula = "($3 + $0[t+1]·$2) ∘ (1 - $1²)",
    .shape = shape_rnn_gradient,
    .forward = forward_rnn_gradient,
    .naive = naive_rnn_gradient,
    .sources = sources_rnn_gradient,
    .steps = steps_rnn_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- ROWS_BEFORE. In each row what stands in the row before ----
 *
 * Inputs: x [n, d], initial [m, d] (may be absent). Params: rows, keys. What stands
 * before the first row of a sentence is as in RNN. */

static const char *shape_rows_before(const struct op_call *c)
{
    if (!shape_has_rank(c, 0, 2) || !is_initial(c, 1, c->in[0]->size[1]))
        return "needs rows [n, d], and initial ones [m, d]";
    if (!shape_fits_pack(c->params.rows, c->in[0]))
        return "needs rows of the sentences that are fed";
    return shape_same(c);
}

static void forward_rows_before(const struct op_call *c)
{
    long d = c->out->size[1];
    memset(c->out->f32, 0, tensor_bytes(c->out));
    for (long r = 0; r < c->out->size[0]; r++) {
        const float *x = floats_of(c, row_before(c, r, 0, 1), d);
        if (x)
            memcpy(c->out->f32 + r * d, x, sizeof(float) * (size_t)d);
    }
}

static void naive_rows_before(const struct op_call *c)
{
    long d = c->out->size[1];
    for (long i = 0; i < tensor_count(c->out); i++) {
        struct row before = row_before(c, i / d, 0, 1);
        c->out->f64[i] =
            before.input < 0 ? 0 : call_get(c, before.input, before.at * d + i % d);
    }
}

static long sources_rows_before(const struct op_call *c, long cell, struct op_source *out,
                                long limit)
{
    long d = c->out->size[1];
    struct row before = row_before(c, cell / d, 0, 1);
    if (before.input < 0)
        return 0;
    return sources_put(
        out, limit, 0,
        (struct op_source){before.input, -1, before.at * d + cell % d, 0});
}

const struct op op_rows_before = {
    .name = "rows_before",
    .kind = OP_KIND_GATHER,
    .least_inputs = 1,
    .most_inputs = 2,
    .formula = "$1[t-1]",
    .shape = shape_rows_before,
    .forward = forward_rows_before,
    .naive = naive_rows_before,
    .sources = sources_rows_before,
    .steps = steps_sum,
    .constant = "it is a part of a gradient; how it changes is not followed",
};

/* ---- START_GRADIENT. The gradient of the initial states of an RNN ----
 *
 * Inputs: s [n, d], the gradient of the sums (RNN_GRADIENT); W [d, d]. Params: rows,
 * keys; size[0], the rows of the initial states where there are no keys. The first row of
 * each sentence times W, at the last row of its sentence of the keys; 0 elsewhere. */

static long initial_rows(const struct op_call *c)
{
    return c->params.keys ? c->params.keys->rows : c->params.size[0];
}

static const char *shape_start_gradient(const struct op_call *c)
{
    if (!shape_has_rank(c, 0, 2) || !is_square(c, 1, c->in[0]->size[1]))
        return "needs gradients [n, d] and weights [d, d]";
    if (!shape_fits_pack(c->params.rows, c->in[0]))
        return "needs rows of the sentences that are fed";
    return shape_set(c, 2, initial_rows(c), c->in[0]->size[1], 0);
}

/* The first row of sentence number i, if it starts from row `initial`; else -1. */
static long first_row(const struct op_call *c, long i, long initial)
{
    struct segment s = call_span(c->params.rows, i, c->in[0]->size[0], 0);
    struct segment k = call_span(c->params.keys, i, initial_rows(c), 0);
    bool starts = s.count > 0 && k.count > 0 && k.start + k.count - 1 == initial;
    return starts ? s.start : -1;
}

/* out[d] += s[d] · w[d,d] */
static void kernel_start(float *out, const float *s, const float *w, long d)
{
    for (long k = 0; k < d; k++)
        for (long j = 0; j < d; j++)
            out[j] += s[k] * w[k * d + j];
}

static void forward_start_gradient(const struct op_call *c)
{
    long n = c->in[0]->size[0], m = c->out->size[0], d = c->out->size[1];
    memset(c->out->f32, 0, tensor_bytes(c->out));
    for (long i = 0; i < call_sentences(c->params.rows); i++) {
        struct segment s = call_span(c->params.rows, i, n, 0);
        struct segment k = call_span(c->params.keys, i, m, 0);
        if (s.count > 0 && k.count > 0)
            kernel_start(c->out->f32 + (k.start + k.count - 1) * d,
                         call_floats(c, 0) + s.start * d, call_floats(c, 1), d);
    }
}

static void naive_start_gradient(const struct op_call *c)
{
    long d = c->out->size[1];
    for (long at = 0; at < tensor_count(c->out); at++) {
        double sum = 0;
        for (long i = 0; i < call_sentences(c->params.rows); i++) {
            long r = first_row(c, i, at / d);
            for (long k = 0; k < d && r >= 0; k++)
                sum += call_get(c, 0, r * d + k) * call_get(c, 1, k * d + at % d);
        }
        c->out->f64[at] = sum;
    }
}

static long sources_start_gradient(const struct op_call *c, long cell,
                                   struct op_source *out, long limit)
{
    long d = c->out->size[1], n = 0;
    for (long i = 0; i < call_sentences(c->params.rows); i++) {
        long r = first_row(c, i, cell / d);
        for (long k = 0; k < d && r >= 0; k++)
            n = sources_put(out, limit, n,
                            (struct op_source){0, 1, r * d + k, k * d + cell % d});
    }
    return n;
}

const struct op op_start_gradient = {
    .name = "start_gradient",
    .kind = OP_KIND_PRODUCT,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$1·$2 at the start",
    .shape = shape_start_gradient,
    .forward = forward_start_gradient,
    .naive = naive_start_gradient,
    .sources = sources_start_gradient,
    .steps = steps_sum,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- CARRY. The state with which a recurrence goes on from earlier feeds ----
 *
 * Inputs: the earlier states [m, d], as many as count; and the states [k, d] that the
 * first row starts from. Params: rows, or integer: how many earlier states count; keys,
 * the pack of what the first row starts from. The result [1, d] is the last of the
 * earlier states; while there are none, the last of the others. */

static const char *shape_carry(const struct op_call *c)
{
    long old = call_kept(c), d = tensor_columns(c->in[0]);
    if (call_sentences(c->params.rows) != 1 || call_sentences(c->params.keys) != 1)
        return "goes on with one sentence";
    if (!shape_has_rank(c, 0, 2) || !is_initial(c, 1, d) || old < 0 ||
        c->in[0]->size[0] < old ||
        call_span(c->params.keys, 0, call_rows(c->in[1]), 0).count < 1)
        return "needs earlier states [m, d], and initial ones [k, d]";
    return shape_set(c, 2, 1, d, 0);
}

static struct row carried_row(const struct op_call *c)
{
    long old = call_kept(c);
    struct segment s = call_span(c->params.keys, 0, call_rows(c->in[1]), 0);
    long after = s.start + s.count;
    return old > 0 ? (struct row){0, old - 1} : (struct row){1, after - 1};
}

static void forward_carry(const struct op_call *c)
{
    memcpy(c->out->f32, floats_of(c, carried_row(c), c->out->size[1]),
           tensor_bytes(c->out));
}

static void naive_carry(const struct op_call *c)
{
    struct row from = carried_row(c);
    for (long i = 0, d = c->out->size[1]; i < d; i++)
        c->out->f64[i] = call_get(c, from.input, from.at * d + i);
}

static long sources_carry(const struct op_call *c, long cell, struct op_source *out,
                          long limit)
{
    struct row from = carried_row(c);
    return sources_put(
        out, limit, 0,
        (struct op_source){from.input, -1, from.at * c->out->size[1] + cell, 0});
}

const struct op op_carry = {
    .name = "carry",
    .kind = OP_KIND_GATHER,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "last of $1, else of $2",
    .shape = shape_carry,
    .forward = forward_carry,
    .naive = naive_carry,
    .sources = sources_carry,
    .steps = steps_copy,
    .constant = "it goes on from another pass; how that changes is not followed",
};
