/* The linear layer.
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. Numbers in brackets are sections and equations of "Attention Is All
 * You Need". */
#include "numbers/matmul.h"
#include "numbers/op.h"

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
        for (long r = 0; r < n; r++)
            memcpy(out + r * m, bias, sizeof(float) * (size_t)m);
    matmul_transposed(out, m, x, w, n, m, k, bias != NULL);
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
};
