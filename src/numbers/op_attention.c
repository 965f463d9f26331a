/* Attention(Q, K, V) = softmax(QKᵀ/√d_k)·V (3.2.1, equation 1).
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. Numbers in brackets are sections and equations of "Attention Is All
 * You Need". */
#include "numbers/matmul.h"
#include "numbers/op.h"
#include "numbers/wide.h"

#include <math.h>
#include <string.h>

/* The keys of the sentence of a query row. */
static struct segment keys_of(const struct op_call *c, long query, long keys)
{
    return call_span(c->params.keys, call_sentence(c->params.rows, query), keys, 0);
}

/* What stands beyond the keys of a sentence. */
static double beyond(const struct op_call *c)
{
    return c->params.integer == SCORES_ZERO ? 0 : -INFINITY;
}

/* ---- SCORES. QKᵀ: how well each query and key match (equation 1) ----
 *
 * Inputs: q [h, m, k], keys [h, n, k], or matrices. Params: rows and keys, the packs.
 * Each query meets the keys of its own sentence; in the columns beyond them stands -inf;
 * with SCORES_ZERO as integer 0, as in a gradient. */

static const char *shape_scores(const struct op_call *c)
{
    if (!shape_are_heads(c) || tensor_columns(c->in[0]) != tensor_columns(c->in[1]))
        return "needs queries [h, m, k] and keys [h, n, k]";
    if (!shape_fits_pack(c->params.rows, c->in[0]) ||
        !shape_fits_pack(c->params.keys, c->in[1]))
        return "needs queries and keys of the sentences that are fed";
    return shape_set_heads(c, call_rows(c->in[0]),
                           c->params.keys ? c->params.keys->longest
                                          : call_rows(c->in[1]));
}

/* Sentences are short and heads narrow, so most of these products are far too small for
 * BLAS to be worth its call; large ones are left to it. */

#define SMALL_MATRIX 4096 /* keys, padded: the room on the stack */
#define SMALL_PRODUCT (1L << 16)

/* keysᵀ in rows of `padded` numbers, so that a vector holds neighbouring keys. */
static void turn_keys(float *turned, const float *keys, long n, long k, long padded)
{
    for (long i = 0; i < k; i++) {
        for (long j = 0; j < n; j++)
            turned[i * padded + j] = keys[j * k + i];
        for (long j = n; j < padded; j++)
            turned[i * padded + j] = 0;
    }
}

/* One row of scores, a register of keys at a time. */
WIDE static void score_row(float *out, const float *q, const float *turned, long n,
                           long k, long padded)
{
    for (long first = 0; first < n; first += LANES) {
        float lane[LANES] = {0};
        for (long i = 0; i < k; i++)
            for (int j = 0; j < LANES; j++)
                lane[j] += q[i] * turned[i * padded + first + j];
        long count = n - first < LANES ? n - first : LANES;
        memcpy(out + first, lane, sizeof(float) * (size_t)count);
    }
}

static void kernel_scores(float *out, const float *q, const float *keys, long m, long n,
                          long k, long width, float beyond)
{
    float turned[SMALL_MATRIX];
    long padded = (n + LANES - 1) / LANES * LANES;
    if (padded * k <= SMALL_MATRIX && m * n * k <= SMALL_PRODUCT) {
        turn_keys(turned, keys, n, k, padded);
        for (long r = 0; r < m; r++)
            score_row(out + r * width, q + r * k, turned, n, k, padded);
    } else {
        matmul_transposed(out, width, q, keys, m, n, k, 0);
    }
    for (long r = 0; r < m; r++)
        for (long j = n; j < width; j++)
            out[r * width + j] = beyond;
}

/* Each query meets the keys of its own sentence; in the columns beyond them stands -inf,
 * as if they were masked. */
static void forward_scores(const struct op_call *c)
{
    const struct pack *queries = c->params.rows, *keys = c->params.keys;
    long m = call_rows(c->out), width = tensor_columns(c->out);
    long n = call_rows(c->in[1]), k = tensor_columns(c->in[0]);
    for (long h = 0; h < call_heads(c->out); h++)
        for (long i = 0; i < call_sentences(queries); i++) {
            struct segment q = call_span(queries, i, m, 0), s = call_span(keys, i, n, 0);
            kernel_scores(c->out->f32 + (h * m + q.start) * width,
                          call_floats(c, 0) + (h * m + q.start) * k,
                          call_floats(c, 1) + (h * n + s.start) * k, q.count, s.count, k,
                          width, (float)beyond(c));
        }
}

static void naive_scores(const struct op_call *c)
{
    long heads = call_heads(c->out), m = call_rows(c->out), n = tensor_columns(c->out);
    long k = tensor_columns(c->in[0]), rows = call_rows(c->in[1]);
    for (long h = 0; h < heads; h++)
        for (long q = 0; q < m; q++)
            for (long s = 0; s < n; s++) {
                struct segment keys = keys_of(c, q, rows);
                long key = h * rows + keys.start + s;
                double sum = s < keys.count ? 0 : beyond(c);
                for (long i = 0; i < k && s < keys.count; i++)
                    sum +=
                        call_get(c, 0, (h * m + q) * k + i) * call_get(c, 1, key * k + i);
                c->out->f64[(h * m + q) * n + s] = sum;
            }
}

static long sources_scores(const struct op_call *c, long cell, struct op_source *out,
                           long limit)
{
    long m = call_rows(c->out), n = tensor_columns(c->out), k = tensor_columns(c->in[0]);
    long count = 0, h = cell / (m * n), q = cell / n % m, rows = call_rows(c->in[1]);
    struct segment keys = keys_of(c, q, rows);
    long key = h * rows + keys.start + cell % n;
    for (long i = 0; i < k && cell % n < keys.count; i++)
        count = sources_put(out, limit, count,
                            (struct op_source){0, 1, (h * m + q) * k + i, key * k + i});
    return count;
}

/* ∂Q = ∂S·K, ∂K = ∂Sᵀ·Q. */
static void backward_scores(struct backward *b)
{
    struct op_params packs = b->call->params;
    b->give(b, 0, backward_add(b, OP_MIX, b->grad, b->in[1], packs));
    b->give(b, 1, backward_add(b, OP_OUTER, b->grad, b->in[0], packs));
}

const struct op op_scores = {
    .name = "scores",
    .kind = OP_KIND_PRODUCT,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$1·$2ᵀ",
    .shape = shape_scores,
    .forward = forward_scores,
    .naive = naive_scores,
    .sources = sources_scores,
    .steps = steps_sum,
    .backward = backward_scores,
};

/* ---- MASK. No row sees later ones (3.2.3) ----
 *
 * Key ≤ query keeps its score, a later one becomes -inf. Params: rows, or integer: the
 * position of the first query. */

static const char *shape_mask(const struct op_call *c)
{
    if (c->in[0]->rank < 2 || !shape_is_position(c->params.integer) ||
        !shape_fits_pack(c->params.rows, c->in[0]))
        return "needs scores [h, queries, keys] and a first position from 0 onward";
    return shape_same(c);
}

static void kernel_mask(float *out, const float *x, long queries, long keys, long first)
{
    for (long row = 0; row < queries; row++) {
        long seen = first + row + 1;
        if (seen > keys)
            seen = keys;
        memcpy(out + row * keys, x + row * keys, sizeof(float) * (size_t)seen);
        for (long k = seen; k < keys; k++)
            out[row * keys + k] = -INFINITY;
    }
}

static void forward_mask(const struct op_call *c)
{
    long m = call_rows(c->out), n = tensor_columns(c->out);
    for (long h = 0; h < call_heads(c->out); h++)
        for (long i = 0; i < call_sentences(c->params.rows); i++) {
            struct segment s = call_span(c->params.rows, i, m, c->params.integer);
            long at = (h * m + s.start) * n;
            kernel_mask(c->out->f32 + at, call_floats(c, 0) + at, s.count, n, s.first);
        }
}

static void naive_mask(const struct op_call *c)
{
    long m = call_rows(c->out), n = tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++) {
        long key = i % n, query = i / n % m;
        bool visible = key <= call_position(c, query, m);
        c->out->f64[i] = visible ? call_get(c, 0, i) : -INFINITY;
    }
}

static void steps_mask(struct opening *o)
{
    struct step *s = opening_single(o, STEP_MASK, "mask", "key ≤ query ? a : -∞");
    const struct tensor *out = &o->shape;
    long keys = tensor_columns(out), key = o->x->cell % keys;
    long query = o->x->cell / keys % call_rows(out);
    s->number = key <= call_position(&o->call, query, call_rows(out));
    s->result = s->number != 0 ? s->terms->value : -INFINITY;
}

static void backward_mask(struct backward *b)
{
    struct ref none = {0};
    b->give(b, 0, backward_add(b, OP_MASK_GRADIENT, b->grad, none, b->call->params));
}

const struct op op_mask = {
    .name = "mask",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1 where key ≤ query, else -∞",
    .shape = shape_mask,
    .forward = forward_mask,
    .naive = naive_mask,
    .sources = sources_each,
    .steps = steps_mask,
    .backward = backward_mask,
    .form = {.arguments = "m"},
};

/* ---- MASK_GRADIENT. The gradient through the mask: 0 where a key was hidden ----
 *
 * g [h, queries, keys]. Params: as the mask. */

static bool is_seen(const struct op_call *c, long cell)
{
    long m = call_rows(c->out), n = tensor_columns(c->out);
    return cell % n <= call_position(c, cell / n % m, m);
}

static void forward_mask_gradient(const struct op_call *c)
{
    long m = call_rows(c->out), n = tensor_columns(c->out);
    for (long h = 0; h < call_heads(c->out); h++)
        for (long i = 0; i < call_sentences(c->params.rows); i++) {
            struct segment s = call_span(c->params.rows, i, m, c->params.integer);
            for (long r = 0; r < s.count; r++) {
                long at = (h * m + s.start + r) * n, seen = s.first + r + 1;
                for (long k = 0; k < n; k++)
                    c->out->f32[at + k] = k < seen ? c->in[0]->f32[at + k] : 0;
            }
        }
}

static void naive_mask_gradient(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = is_seen(c, i) ? call_get(c, 0, i) : 0;
}

static void steps_mask_gradient(struct opening *o)
{
    struct step *s = opening_step(o, STEP_SUM, "mask", "key ≤ query ? g : 0", 1);
    struct operand g = opening_input(o, 0, o->x->cell);
    double seen = is_seen(&o->call, o->x->cell);
    s->result = g.value * seen;
    term_set(s->terms, s->result, 2, g, opening_constant(seen));
}

const struct op op_mask_gradient = {
    .name = "mask_gradient",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1 where key ≤ query, else 0",
    .shape = shape_mask,
    .forward = forward_mask_gradient,
    .naive = naive_mask_gradient,
    .sources = sources_each,
    .steps = steps_mask_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- MIX. A·V: the weighted mean of the values (equation 1) ----
 *
 * Inputs: a [h, m, k], v [h, k, n], or matrices. Params: rows and keys, the packs; ids,
 * heads, from 0, that are switched off: their result is 0. */

static const char *shape_mix(const struct op_call *c)
{
    long keys = c->params.keys ? c->params.keys->longest : call_rows(c->in[1]);
    if (!shape_are_heads(c) || tensor_columns(c->in[0]) != keys)
        return "needs weights [h, m, k] and values [h, k, n]";
    if (!shape_fits_pack(c->params.rows, c->in[0]) ||
        !shape_fits_pack(c->params.keys, c->in[1]))
        return "needs weights and values of the sentences that are fed";
    return shape_set_heads(c, call_rows(c->in[0]), tensor_columns(c->in[1]));
}

#define HALF (LANES / 2)

/* One row of the mix: columns in half registers, then one by one. */
WIDE static void mix_row(float *out, const float *a, const float *v, long n, long k)
{
    long first = 0;
    for (; first + HALF <= n; first += HALF) {
        float lane[HALF] = {0};
        for (long j = 0; j < k; j++)
            for (int i = 0; i < HALF; i++)
                lane[i] += a[j] * v[j * n + first + i];
        memcpy(out + first, lane, sizeof lane);
    }
    for (; first < n; first++) {
        float sum = 0;
        for (long j = 0; j < k; j++)
            sum += a[j] * v[j * n + first];
        out[first] = sum;
    }
}

static void kernel_mix(float *out, const float *a, const float *v, long m, long n, long k,
                       long width)
{
    if (m * n * k > SMALL_PRODUCT) {
        matmul(out, a, width, v, m, n, k);
        return;
    }
    for (long r = 0; r < m; r++)
        mix_row(out + r * n, a + r * width, v, n, k);
}

static void mix_head(const struct op_call *c, long h)
{
    const struct pack *queries = c->params.rows, *keys = c->params.keys;
    long m = call_rows(c->out), n = tensor_columns(c->out);
    long width = tensor_columns(c->in[0]), rows = call_rows(c->in[1]);
    for (long i = 0; i < call_sentences(queries); i++) {
        struct segment q = call_span(queries, i, m, 0), s = call_span(keys, i, rows, 0);
        kernel_mix(c->out->f32 + (h * m + q.start) * n,
                   call_floats(c, 0) + (h * m + q.start) * width,
                   call_floats(c, 1) + (h * rows + s.start) * n, q.count, n, s.count,
                   width);
    }
}

static void forward_mix(const struct op_call *c)
{
    long block = call_rows(c->out) * tensor_columns(c->out);
    for (long h = 0; h < call_heads(c->out); h++)
        if (c->params.ids && call_names_head(c, h))
            memset(c->out->f32 + h * block, 0, sizeof(float) * (size_t)block);
        else
            mix_head(c, h);
}

static void naive_mix(const struct op_call *c)
{
    long heads = call_heads(c->out), m = call_rows(c->out), n = tensor_columns(c->out);
    long k = tensor_columns(c->in[0]), rows = call_rows(c->in[1]);
    for (long h = 0; h < heads; h++)
        for (long q = 0; q < m; q++)
            for (long j = 0; j < n; j++) {
                double sum = 0;
                bool off = c->params.ids && call_names_head(c, h);
                struct segment keys = keys_of(c, q, rows);
                long value = h * rows + keys.start;
                for (long i = 0; i < keys.count && !off; i++)
                    sum += call_get(c, 0, (h * m + q) * k + i) *
                           call_get(c, 1, (value + i) * n + j);
                c->out->f64[(h * m + q) * n + j] = sum;
            }
}

static long sources_mix(const struct op_call *c, long cell, struct op_source *out,
                        long limit)
{
    long m = call_rows(c->out), n = tensor_columns(c->out), k = tensor_columns(c->in[0]);
    long count = 0, h = cell / (m * n), q = cell / n % m, rows = call_rows(c->in[1]);
    struct segment keys = keys_of(c, q, rows);
    if (c->params.ids && call_names_head(c, h))
        return 0; /* switched off: a sum of nothing */
    for (long i = 0; i < keys.count; i++) {
        long value = (h * rows + keys.start + i) * n + cell % n;
        count = sources_put(out, limit, count,
                            (struct op_source){0, 1, (h * m + q) * k + i, value});
    }
    return count;
}

/* ∂A = ∂C·Vᵀ, ∂V = Aᵀ·∂C; nothing goes through a head that is off. */
static void backward_mix(struct backward *b)
{
    struct op_params packs = {.rows = b->call->params.rows,
                              .keys = b->call->params.keys,
                              .integer = SCORES_ZERO};
    struct op_params off = {.ids = b->call->params.ids,
                            .size = {b->call->params.size[0], 0}};
    struct ref g = b->grad;
    if (off.ids)
        g = backward_add(b, OP_HEADS_OFF, g, (struct ref){0}, off);
    b->give(b, 0, backward_add(b, OP_SCORES, g, b->in[1], packs));
    b->give(b, 1, backward_add(b, OP_OUTER, b->in[0], g, packs));
}

static void steps_mix(struct opening *o)
{
    long cells = tensor_columns(&o->shape) * call_rows(&o->shape);
    steps_sum(o);
    if (o->call.params.ids && call_names_head(&o->call, o->x->cell / cells))
        o->x->steps->formula = "0: this head is switched off";
}

const struct op op_mix = {
    .name = "mix",
    .kind = OP_KIND_PRODUCT,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$1·$2",
    .shape = shape_mix,
    .forward = forward_mix,
    .naive = naive_mix,
    .sources = sources_mix,
    .steps = steps_mix,
    .backward = backward_mix,
    .form = {.arguments = "mm", .axes = AXES_ROWS_COLUMNS},
};
