/* Attention(Q, K, V) = softmax(QKᵀ/√d_k)·V (3.2.1, equation 1).
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. Numbers in brackets are sections and equations of "Attention Is All
 * You Need". */
#include "numbers/matmul.h"
#include "numbers/op.h"
#include "numbers/vector.h"
#include "numbers/wide.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The keys of the sentence of a query row. */
static struct segment keys_of(const struct op_call *c, long query, long keys)
{
    return call_span(c->params.keys, call_sentence(c->params.rows, query), keys, 0);
}

/* ---- SCORES. QKᵀ: how well each query and key match (equation 1) ----
 *
 * Inputs: q [h, m, k], keys [h, n, k], or matrices. Params: rows and keys, the packs.
 * Each query meets the keys of its own sentence; in the columns beyond them stands -inf.
 * */

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
                          long k, long width)
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
            out[r * width + j] = -INFINITY;
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
                          width);
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
                double sum = s < keys.count ? 0 : -INFINITY;
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
};

/* ---- SOFTMAX. Weights that add to 1 (equation 1) ----
 *
 * exp(x - m) / Σ exp(x - m), m the largest of the row. Params: number, a temperature that
 * x is divided by; 0 for none. */

static const char *shape_softmax(const struct op_call *c)
{
    if (!isfinite(c->params.number) || c->params.number < 0)
        return "needs a temperature that is not negative";
    return shape_same(c);
}

static void kernel_softmax(float *out, const float *x, long rows, long n,
                           double temperature)
{
    /* inside what a float holds, so that neither 0 nor -inf times it is a NaN */
    float cold = (float)fmax(FLT_MIN, fmin(1 / temperature, FLT_MAX));
    for (long r = 0; r < rows; r++, out += n, x += n) {
        vector_exponentials(out, x, vector_largest(x, n), cold, n);
        float inverse = (float)(1 / vector_sum(out, 0, 1, n));
        for (long i = 0; i < n; i++)
            out[i] *= inverse;
    }
}

static void forward_softmax(const struct op_call *c)
{
    kernel_softmax(c->out->f32, call_floats(c, 0), tensor_rows(c->out),
                   tensor_columns(c->out), call_temperature(c));
}

static void naive_softmax(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    for (long first = 0; first < tensor_count(c->out); first += n) {
        double most = -INFINITY, sum = 0;
        for (long i = first; i < first + n; i++)
            most = fmax(most, call_get(c, 0, i));
        for (long i = first; i < first + n; i++)
            sum += exp((call_get(c, 0, i) - most) / call_temperature(c));
        for (long i = first; i < first + n; i++)
            c->out->f64[i] = exp((call_get(c, 0, i) - most) / call_temperature(c)) / sum;
    }
}

static void steps_softmax(struct opening *o)
{
    struct op_source *list;
    long n = opening_sources(o, &list), here = o->x->cell % n;
    struct step *most = opening_step(o, STEP_MAX, "max", "m = max(row)", n);
    most->result = -INFINITY;
    for (long i = 0; i < n; i++) {
        struct operand a = opening_input(o, list[i].a, list[i].at_a);
        term_set(&most->terms[i], a.value, 1, a, opening_constant(0));
        most->result = fmax(most->result, a.value);
    }
    struct operand m = opening_result(o, 0);
    double cold = call_temperature(&o->call);
    struct step *sum = opening_step(o, STEP_SUM_EXP, "sum",
                                    cold == 1 ? "Σ exp(a - m)" : "Σ exp((a - m) / T)", n);
    sum->number = cold;
    for (long i = 0; i < n; i++) {
        struct operand a = most->terms[i].operand[0];
        term_set(&sum->terms[i], exp((a.value - m.value) / cold), 2, a, m);
        sum->result += sum->terms[i].value;
    }
    struct step *e = opening_step(o, STEP_EXP, "exp",
                                  cold == 1 ? "exp(a - m)" : "exp((a - m) / T)", 1);
    e->number = cold;
    e->terms[0] = sum->terms[here];
    e->result = e->terms->value;
    struct step *q = opening_step(o, STEP_QUOTIENT, "quotient", "exp / sum", 1);
    q->result = e->result / sum->result;
    term_set(q->terms, q->result, 2, opening_result(o, 2), opening_result(o, 1));
    free(list);
}

const struct op op_softmax = {
    .name = "softmax",
    .kind = OP_KIND_ROW,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "softmax($1 / T)",
    .shape = shape_softmax,
    .forward = forward_softmax,
    .naive = naive_softmax,
    .sources = sources_row,
    .steps = steps_softmax,
};

/* ---- UNIFORM. Every key that may be seen weighs the same ----
 *
 * A what-if: 1 over the number of keys that are not -inf. Params: ids, the heads, from 0
 * (none: all); number, the temperature of the softmax of the others. */

static void kernel_uniform(float *out, const float *x, long rows, long n)
{
    for (long r = 0; r < rows; r++, out += n, x += n) {
        long seen = 0;
        for (long i = 0; i < n; i++)
            seen += x[i] != -INFINITY;
        for (long i = 0; i < n; i++)
            out[i] = x[i] != -INFINITY ? 1 / (float)seen : 0;
    }
}

static void forward_uniform(const struct op_call *c)
{
    long n = tensor_columns(c->out), block = n * call_rows(c->out);
    for (long h = 0; h < call_heads(c->out); h++) {
        float *out = c->out->f32 + h * block;
        const float *x = call_floats(c, 0) + h * block;
        if (call_names_head(c, h))
            kernel_uniform(out, x, block / n, n);
        else
            kernel_softmax(out, x, block / n, n, call_temperature(c));
    }
}

static void naive_uniform(const struct op_call *c)
{
    naive_softmax(c);
    long n = tensor_columns(c->out), block = n * call_rows(c->out);
    for (long first = 0; first < tensor_count(c->out); first += n) {
        double seen = 0;
        for (long i = first; i < first + n; i++)
            seen += call_get(c, 0, i) != -INFINITY;
        for (long i = first; i < first + n && call_names_head(c, first / block); i++)
            c->out->f64[i] = call_get(c, 0, i) != -INFINITY ? 1 / seen : 0;
    }
}

static void steps_uniform(struct opening *o)
{
    const struct tensor *x = o->call.in[0];
    long n = tensor_columns(x), here = o->x->cell % n;
    if (!call_names_head(&o->call, o->x->cell / (n * call_rows(x)))) {
        steps_softmax(o);
        return;
    }
    struct op_source *list;
    opening_sources(o, &list);
    struct step *s = opening_step(o, STEP_SHARE, "share", "1 / n", n);
    long seen = 0;
    for (long i = 0; i < n; i++) {
        struct operand a = opening_input(o, list[i].a, list[i].at_a);
        term_set(&s->terms[i], a.value, 1, a, opening_constant(0));
        seen += a.value != -INFINITY;
    }
    s->number = s->terms[here].value != -INFINITY;
    s->result = s->number / (double)seen;
    free(list);
}

const struct op op_uniform = {
    .name = "uniform",
    .kind = OP_KIND_ROW,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "1 / (keys that $1 leaves)",
    .shape = shape_softmax,
    .forward = forward_uniform,
    .naive = naive_uniform,
    .sources = sources_row,
    .steps = steps_uniform,
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
    .steps = steps_sum,
};
