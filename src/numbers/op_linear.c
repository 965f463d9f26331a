/* The linear layer, and the products of its gradients.
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. Numbers in brackets are sections and equations of "Attention Is All
 * You Need". */
#include "base/memory.h"
#include "numbers/matmul.h"
#include "numbers/op.h"
#include "numbers/wide.h"

#include <stdlib.h>
#include <string.h>

/* ---- LINEAR. x·Wᵀ + b ----
 *
 * Every projection, both layers of the feed-forward network and the logits.
 * Inputs: x [n, k], W [m, k], b [m] (may be absent). */

static const char *shape_linear(const struct op_call *c)
{
    if (!shape_has_rank(c, 0, 2) || !shape_has_rank(c, 1, 2) ||
        c->in[0]->size[1] != c->in[1]->size[1])
        return "needs x [n, k] and weights [m, k]";
    if (c->in[2] && tensor_count(c->in[2]) != c->in[1]->size[0])
        return "needs a bias with one number for each row of the weights";
    return shape_set(c, 2, c->in[0]->size[0], c->in[1]->size[0], 0);
}

static void kernel_linear(float *out, const float *x, const float *w, const float *bias,
                          long n, long m, long k)
{
    if (bias)
        matmul_affine(out, x, w, bias, n, m, k);
    else
        matmul_transposed(out, m, x, w, n, m, k, 0);
}

static void forward_linear(const struct op_call *c)
{
    kernel_linear(c->out->f32, call_floats(c, 0), call_floats(c, 1), call_floats(c, 2),
                  c->out->size[0], c->out->size[1], c->in[0]->size[1]);
}

static void naive_linear(const struct op_call *c)
{
    long n = c->out->size[0], m = c->out->size[1], k = c->in[0]->size[1];
    for (long r = 0; r < n; r++)
        for (long o = 0; o < m; o++) {
            double sum = c->in[2] ? call_get(c, 2, o) : 0;
            for (long i = 0; i < k; i++)
                sum += call_get(c, 0, r * k + i) * call_get(c, 1, o * k + i);
            c->out->f64[r * m + o] = sum;
        }
}

static long sources_linear(const struct op_call *c, long cell, struct op_source *out,
                           long limit)
{
    long m = c->out->size[1], k = c->in[0]->size[1], n = 0;
    for (long i = 0; i < k; i++)
        n = sources_put(out, limit, n,
                        (struct op_source){0, 1, cell / m * k + i, cell % m * k + i});
    if (c->in[2])
        n = sources_put(out, limit, n, (struct op_source){2, -1, cell % m, 0});
    return n;
}

/* ∂X = ∂Y·W, ∂W = ∂Yᵀ·X, ∂b = the sum of the rows of ∂Y. */
static void backward_linear(struct backward *b)
{
    struct ref none = {0};
    struct op_params no_params = {0};
    b->give(b, 0, backward_add(b, OP_MIX, b->grad, b->in[1], no_params));
    b->give(b, 1, backward_add(b, OP_OUTER, b->grad, b->in[0], no_params));
    if (backward_has(b, 2))
        b->give(b, 2, backward_add(b, OP_COLUMN_SUM, b->grad, none, no_params));
}

const struct op op_linear = {
    .name = "linear",
    .kind = OP_KIND_PRODUCT,
    .least_inputs = 2,
    .most_inputs = 3,
    .formula = "$1·$2ᵀ + $3",
    .shape = shape_linear,
    .forward = forward_linear,
    .naive = naive_linear,
    .sources = sources_linear,
    .steps = steps_sum,
    .backward = backward_linear,
    .form = {.arguments = "mmM", .axes = AXES_ROWS_ROWS},
};

/* ---- OUTER. aᵀ·b: every row of a meets the same row of b ----
 *
 * Inputs: a [h, n, m], b [h, n, k], or matrices. Params: rows and keys, the packs of a
 * map and of its columns: the result then has the rows of the keys. A gradient of
 * weights, of keys and of values. */

static const char *shape_outer(const struct op_call *c)
{
    const struct pack *keys = c->params.keys;
    long columns = tensor_columns(c->in[0]);
    if (!shape_are_heads(c) || call_rows(c->in[0]) != call_rows(c->in[1]))
        return "needs two inputs with as many rows";
    if (keys && columns != keys->longest)
        return "needs a map of the sentences that are fed";
    return shape_set_heads(c, keys ? keys->rows : columns, tensor_columns(c->in[1]));
}

/* out[m,k] += aᵀ·b for the first m columns of a[n,width]. */
WIDE static void kernel_outer(float *restrict out, const float *restrict a,
                              const float *restrict b, long n, long m, long k, long width)
{
    for (long i = 0; i < m; i++, out += k) {
        long first = 0;
        for (; first + LANES / 2 <= k; first += LANES / 2) {
            float lane[LANES / 2];
            memcpy(lane, out + first, sizeof lane);
            for (long r = 0; r < n; r++)
                for (int j = 0; j < LANES / 2; j++)
                    lane[j] += a[r * width + i] * b[r * k + first + j];
            memcpy(out + first, lane, sizeof lane);
        }
        for (; first < k; first++)
            for (long r = 0; r < n; r++)
                out[first] += a[r * width + i] * b[r * k + first];
    }
}

static void forward_outer(const struct op_call *c)
{
    const struct pack *rows = c->params.rows, *keys = c->params.keys;
    long n = call_rows(c->in[0]), width = tensor_columns(c->in[0]);
    long m = call_rows(c->out), k = tensor_columns(c->out);
    memset(c->out->f32, 0, tensor_bytes(c->out));
    for (long h = 0; h < call_heads(c->out); h++)
        for (long i = 0; i < call_sentences(keys ? rows : NULL); i++) {
            struct segment q = call_span(keys ? rows : NULL, i, n, 0);
            struct segment s = call_span(keys, i, m, 0);
            const float *a = call_floats(c, 0) + (h * n + q.start) * width;
            const float *b = call_floats(c, 1) + (h * n + q.start) * k;
            float *out = c->out->f32 + (h * m + s.start) * k;
            if (!keys)
                matmul_outer(out, a, b, m, k, n, 0);
            else
                kernel_outer(out, a, b, q.count, s.count, k, width);
        }
}

static op_sources sources_outer;

static void naive_outer(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++) {
        long n = sources_outer(c, i, NULL, 0);
        struct op_source *list = mem_alloc((size_t)n + 1, sizeof *list);
        sources_outer(c, i, list, n);
        c->out->f64[i] = 0;
        for (long r = 0; r < n; r++)
            c->out->f64[i] += call_get(c, 0, list[r].at_a) * call_get(c, 1, list[r].at_b);
        free(list);
    }
}

static long sources_outer(const struct op_call *c, long cell, struct op_source *out,
                          long limit)
{
    const struct pack *rows = c->params.rows, *keys = c->params.keys;
    long n = call_rows(c->in[0]), width = tensor_columns(c->in[0]), count = 0;
    long m = call_rows(c->out), k = tensor_columns(c->out);
    long h = cell / (m * k), row = cell / k % m, j = cell % k;
    for (long i = 0; i < call_sentences(keys ? rows : NULL); i++) {
        struct segment q = call_span(keys ? rows : NULL, i, n, 0);
        struct segment s = call_span(keys, i, m, 0);
        for (long r = q.start; r < q.start + q.count; r++)
            if (row >= s.start && row < s.start + s.count)
                count = sources_put(
                    out, limit, count,
                    (struct op_source){0, 1, (h * n + r) * width + row - s.start,
                                       (h * n + r) * k + j});
    }
    return count;
}

const struct op op_outer = {
    .name = "outer",
    .kind = OP_KIND_PRODUCT,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$1ᵀ·$2",
    .shape = shape_outer,
    .forward = forward_outer,
    .naive = naive_outer,
    .sources = sources_outer,
    .steps = steps_sum,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- COLUMN_SUM. The sum of each column ----
 *
 * x [n, d]; the result is a vector [d]: a gradient of biases, of gamma and beta. */

static const char *shape_column_sum(const struct op_call *c)
{
    return shape_set(c, 1, tensor_columns(c->in[0]), 0, 0);
}

WIDE static void kernel_column_sum(float *restrict out, const float *restrict x,
                                   long rows, long d)
{
    memset(out, 0, sizeof(float) * (size_t)d);
    for (long r = 0; r < rows; r++)
        for (long j = 0; j < d; j++)
            out[j] += x[r * d + j];
}

static void forward_column_sum(const struct op_call *c)
{
    kernel_column_sum(c->out->f32, call_floats(c, 0), tensor_rows(c->in[0]),
                      c->out->size[0]);
}

static void naive_column_sum(const struct op_call *c)
{
    long d = c->out->size[0];
    for (long j = 0; j < d; j++) {
        c->out->f64[j] = 0;
        for (long r = 0; r < tensor_rows(c->in[0]); r++)
            c->out->f64[j] += call_get(c, 0, r * d + j);
    }
}

static long sources_column_sum(const struct op_call *c, long cell, struct op_source *out,
                               long limit)
{
    long n = 0, d = c->out->size[0];
    for (long r = 0; r < tensor_rows(c->in[0]); r++)
        n = sources_put(out, limit, n, (struct op_source){0, -1, r * d + cell, 0});
    return n;
}

const struct op op_column_sum = {
    .name = "column_sum",
    .kind = OP_KIND_COLUMN,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "Σ rows of $1",
    .shape = shape_column_sum,
    .forward = forward_column_sum,
    .naive = naive_column_sum,
    .sources = sources_column_sum,
    .steps = steps_sum,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- MULTIPLY_ROW. Every row times one vector, cell by cell ----
 *
 * Inputs: x [n, d], and a vector [d]. */

static const char *shape_multiply_row(const struct op_call *c)
{
    if (tensor_count(c->in[1]) != tensor_columns(c->in[0]))
        return "needs a vector with one number for each column";
    return shape_same(c);
}

static void forward_multiply_row(const struct op_call *c)
{
    long d = tensor_columns(c->out);
    for (long r = 0; r < tensor_rows(c->out); r++)
        for (long j = 0; j < d; j++)
            c->out->f32[r * d + j] = c->in[0]->f32[r * d + j] * c->in[1]->f32[j];
}

static void naive_multiply_row(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 0, i) * call_get(c, 1, i % tensor_columns(c->out));
}

static long sources_multiply_row(const struct op_call *c, long cell,
                                 struct op_source *out, long limit)
{
    long column = cell % tensor_columns(c->out);
    return sources_put(out, limit, 0, (struct op_source){0, 1, cell, column});
}

const struct op op_multiply_row = {
    .name = "multiply_row",
    .kind = OP_KIND_PRODUCT,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$1 ∘ $2",
    .shape = shape_multiply_row,
    .forward = forward_multiply_row,
    .naive = naive_multiply_row,
    .sources = sources_multiply_row,
    .steps = steps_sum,
    .constant = "it is a gradient itself; how it changes is not followed",
};
