/* The layer norm for training: as LAYER_NORM, with gradients of one op each.
 *
 * Each op is one block: its idea, shape, fast form, naive form. Nobody opens a cell of
 * these: LAYER_NORM is there for that. */
#include "numbers/op.h"
#include "numbers/wide.h"

#include <math.h>
#include <string.h>

/* ---- what they share ---- */

/* Σ x, or Σ x·y: in lanes, and those in a fixed order. */
static inline float sum_row(const float *x, const float *y, long d)
{
    float lane[LANES] = {0}, sum = 0;
    long i = 0;
    for (; i + LANES <= d; i += LANES)
        for (int j = 0; j < LANES; j++)
            lane[j] += y ? x[i + j] * y[i + j] : x[i + j];
    for (; i < d; i++)
        sum += y ? x[i] * y[i] : x[i];
    for (int n = LANES / 2; n > 0; n /= 2)
        for (int j = 0; j < n; j++)
            lane[j] += lane[j + n];
    return sum + lane[0];
}

/* z = (x - μ)/√(σ² + ε), and 1/√(σ² + ε). */
static inline float normalise(float *z, const float *x, long d, float eps)
{
    float mean = sum_row(x, NULL, d) / (float)d;
    for (long i = 0; i < d; i++)
        z[i] = x[i] - mean;
    float inverse = 1 / sqrtf(sum_row(z, z, d) / (float)d + eps);
    for (long i = 0; i < d; i++)
        z[i] *= inverse;
    return inverse;
}

static double naive_normalise(const struct op_call *c, int input, long first, long d,
                              double *mean)
{
    double variance = 0;
    *mean = 0;
    for (long i = first; i < first + d; i++)
        *mean += call_get(c, input, i) / (double)d;
    for (long i = first; i < first + d; i++)
        variance += pow(call_get(c, input, i) - *mean, 2) / (double)d;
    return 1 / sqrt(variance + c->params.number);
}

#define MOST_WIDTH 4096 /* of a row that is worked on at hand */

static const char *check_norm(const struct op_call *c)
{
    if (!isfinite(c->params.number) || c->params.number < 0)
        return "needs an epsilon that is not negative";
    return tensor_columns(c->in[0]) <= MOST_WIDTH ? NULL : "has wider rows than it takes";
}

/* ---- FUSED_NORM. (x - μ)/√(σ² + ε)·γ + β ----
 *
 * Inputs: x [n, d], γ, β (may be absent). Params: number, ε. */

static const char *shape_fused_norm(const struct op_call *c)
{
    for (int i = 1; i < OP_MAX_INPUTS; i++)
        if (c->in[i] && tensor_count(c->in[i]) != tensor_columns(c->in[0]))
            return "needs a gamma and a beta with one number for each column";
    const char *wrong = check_norm(c);
    return wrong ? wrong : shape_same(c);
}

WIDE static void kernel_norm(float *out, const float *x, const float *gamma,
                             const float *beta, long rows, long d, float eps)
{
    for (long r = 0; r < rows; r++, out += d, x += d) {
        normalise(out, x, d, eps);
        for (long i = 0; i < d; i++)
            out[i] = out[i] * (gamma ? gamma[i] : 1) + (beta ? beta[i] : 0);
    }
}

static void forward_fused_norm(const struct op_call *c)
{
    kernel_norm(c->out->f32, call_floats(c, 0), call_floats(c, 1), call_floats(c, 2),
                tensor_rows(c->out), tensor_columns(c->out), (float)c->params.number);
}

static void naive_fused_norm(const struct op_call *c)
{
    long d = tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++) {
        double mean, inverse = naive_normalise(c, 0, i / d * d, d, &mean);
        double z = (call_get(c, 0, i) - mean) * inverse;
        c->out->f64[i] = z * (c->in[1] ? call_get(c, 1, i % d) : 1) +
                         (c->in[2] ? call_get(c, 2, i % d) : 0);
    }
}

static void backward_fused_norm(struct backward *b)
{
    struct op_params p = b->call->params, none = {0};
    struct ref g = b->grad, x = b->in[0], nothing = {0};
    if (backward_has(b, 2))
        b->give(b, 2, backward_add(b, OP_COLUMN_SUM, g, nothing, none));
    if (backward_has(b, 1))
        b->give(b, 1, backward_add(b, OP_GAMMA_GRADIENT, g, x, p));
    b->give(b, 0, b->add(b, OP_FUSED_NORM_GRADIENT, g, x, b->in[1], p));
}

const struct op op_fused_norm = {
    .name = "fused_norm",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 3,
    .formula = "($1 - μ)/√(σ² + ε)·$2 + $3",
    .shape = shape_fused_norm,
    .forward = forward_fused_norm,
    .naive = naive_fused_norm,
    .sources = sources_every,
    .steps = steps_given,
    .backward = backward_fused_norm,
};

/* ---- FUSED_NORM_GRADIENT. The gradient of its x ----
 *
 * With h = g·γ: (h - mean h - z·mean(h·z)) / √(σ² + ε). Inputs: the gradient g of the
 * result, x, γ (may be absent). */

static const char *shape_fused_norm_gradient(const struct op_call *c)
{
    if (c->in[2] && tensor_count(c->in[2]) != tensor_columns(c->in[0]))
        return "needs a gamma with one number for each column";
    const char *wrong = check_norm(c);
    return wrong ? wrong : shape_equal(c);
}

WIDE static void kernel_norm_back(float *out, const float *g, const float *x,
                                  const float *gamma, long rows, long d, float eps)
{
    float z[MOST_WIDTH];
    for (long r = 0; r < rows; r++, out += d, x += d, g += d) {
        float inverse = normalise(z, x, d, eps);
        for (long i = 0; i < d; i++)
            out[i] = gamma ? g[i] * gamma[i] : g[i];
        float mean = sum_row(out, NULL, d) / (float)d;
        float dot = sum_row(out, z, d) / (float)d;
        for (long i = 0; i < d; i++)
            out[i] = (out[i] - mean - z[i] * dot) * inverse;
    }
}

static void forward_fused_norm_gradient(const struct op_call *c)
{
    kernel_norm_back(c->out->f32, call_floats(c, 0), call_floats(c, 1), call_floats(c, 2),
                     tensor_rows(c->out), tensor_columns(c->out),
                     (float)c->params.number);
}

static void naive_fused_norm_gradient(const struct op_call *c)
{
    long d = tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++) {
        double mean, inverse = naive_normalise(c, 1, i / d * d, d, &mean);
        double mean_h = 0, dot = 0, h = 0;
        for (long j = i / d * d; j < i / d * d + d; j++) {
            double at = call_get(c, 0, j) * (c->in[2] ? call_get(c, 2, j % d) : 1);
            mean_h += at / (double)d;
            dot += at * (call_get(c, 1, j) - mean) * inverse / (double)d;
            h = j == i ? at : h;
        }
        double z = (call_get(c, 1, i) - mean) * inverse;
        c->out->f64[i] = (h - mean_h - z * dot) * inverse;
    }
}

const struct op op_fused_norm_gradient = {
    .name = "fused_norm_gradient",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 2,
    .most_inputs = 3,
    .formula = "$1 back through the norm of $2",
    .shape = shape_fused_norm_gradient,
    .forward = forward_fused_norm_gradient,
    .naive = naive_fused_norm_gradient,
    .sources = sources_every,
    .steps = steps_given,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- GAMMA_GRADIENT. The gradient of γ: Σ g·z over the rows ----
 *
 * Inputs: the gradient g of the result, and x. Params: number, ε. */

static const char *shape_gamma_gradient(const struct op_call *c)
{
    const char *wrong = check_norm(c);
    if (!wrong)
        wrong = shape_equal(c);
    return wrong ? wrong : shape_set(c, 1, tensor_columns(c->in[0]), 0, 0);
}

WIDE static void kernel_gamma(float *out, const float *g, const float *x, long rows,
                              long d, float eps)
{
    float z[MOST_WIDTH];
    memset(out, 0, sizeof(float) * (size_t)d);
    for (long r = 0; r < rows; r++, x += d, g += d) {
        normalise(z, x, d, eps);
        for (long i = 0; i < d; i++)
            out[i] += g[i] * z[i];
    }
}

static void forward_gamma_gradient(const struct op_call *c)
{
    kernel_gamma(c->out->f32, call_floats(c, 0), call_floats(c, 1), tensor_rows(c->in[0]),
                 tensor_columns(c->in[0]), (float)c->params.number);
}

static void naive_gamma_gradient(const struct op_call *c)
{
    long d = tensor_columns(c->in[0]);
    for (long i = 0; i < d; i++)
        c->out->f64[i] = 0;
    for (long i = 0; i < tensor_count(c->in[0]); i++) {
        double mean, inverse = naive_normalise(c, 1, i / d * d, d, &mean);
        c->out->f64[i % d] +=
            call_get(c, 0, i) * (call_get(c, 1, i) - mean) * inverse;
    }
}

const struct op op_gamma_gradient = {
    .name = "gamma_gradient",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "Σ rows of $1 ∘ normalised $2",
    .shape = shape_gamma_gradient,
    .forward = forward_gamma_gradient,
    .naive = naive_gamma_gradient,
    .sources = sources_every,
    .steps = steps_given,
    .constant = "it is a gradient itself; how it changes is not followed",
};
