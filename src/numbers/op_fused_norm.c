/* The layer norm for training: as LAYER_NORM, with gradients of one op each.
 *
 * Each op is one block: its idea, shape, fast form, naive form. Nobody opens a cell of
 * these: LAYER_NORM is there for that. */
#include "numbers/op.h"
#include "numbers/wide.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* ---- what they share ---- */

/* Rows are worked on sixteen at a time: what a row sums up to stands in one lane of a
 * register, so that nothing waits for the sum of a single row. */
typedef float lanes __attribute__((vector_size(sizeof(float) * LANES)));
typedef float few __attribute__((vector_size(sizeof(float) * LANES), aligned(4),
                                 may_alias));

#define INLINE static inline __attribute__((always_inline))

/* The sums of pairs of neighbours that are `SPAN` wide: those of a in the lanes without
 * that bit, those of b in the others. */
#define FOLD(a, b, SPAN)                                                                 \
    (__builtin_shufflevector(a, b, PICK(0, SPAN), PICK(1, SPAN), PICK(2, SPAN),          \
                             PICK(3, SPAN), PICK(4, SPAN), PICK(5, SPAN), PICK(6, SPAN), \
                             PICK(7, SPAN), PICK(8, SPAN), PICK(9, SPAN),                \
                             PICK(10, SPAN), PICK(11, SPAN), PICK(12, SPAN),             \
                             PICK(13, SPAN), PICK(14, SPAN), PICK(15, SPAN)) +           \
     __builtin_shufflevector(                                                            \
         a, b, PICK(0, SPAN) + SPAN, PICK(1, SPAN) + SPAN, PICK(2, SPAN) + SPAN,         \
         PICK(3, SPAN) + SPAN, PICK(4, SPAN) + SPAN, PICK(5, SPAN) + SPAN,               \
         PICK(6, SPAN) + SPAN, PICK(7, SPAN) + SPAN, PICK(8, SPAN) + SPAN,               \
         PICK(9, SPAN) + SPAN, PICK(10, SPAN) + SPAN, PICK(11, SPAN) + SPAN,             \
         PICK(12, SPAN) + SPAN, PICK(13, SPAN) + SPAN, PICK(14, SPAN) + SPAN,            \
         PICK(15, SPAN) + SPAN))
/* The first of the pair that goes to a lane; lanes of b count on from 16. */
#define PICK(lane, SPAN) (((lane) & ~(SPAN)) + ((lane) & (SPAN) ? LANES : 0))

/* What each of sixteen registers sums up to, in the lane of its number. */
INLINE void add_up(lanes *out, lanes *part)
{
    for (int i = 0; i < 8; i++)
        part[i] = FOLD(part[2 * i], part[2 * i + 1], 1);
    for (int i = 0; i < 4; i++)
        part[i] = FOLD(part[2 * i], part[2 * i + 1], 2);
    for (int i = 0; i < 2; i++)
        part[i] = FOLD(part[2 * i], part[2 * i + 1], 4);
    *out = FOLD(part[0], part[1], 8);
}

/* Σ (x - from) of each row, or Σ (x - from)², or Σ (x - from)·y·z; y and z NULL for none;
 * z is one row for all. Rows beyond the last are the last again. */
INLINE void sum_rows(lanes *out, const float *x, const lanes *from, const float *y,
                     const float *z, bool square, long rows, long d)
{
    lanes part[LANES], rest = {0};
    for (long r = 0; r < LANES; r++) {
        long at = (r < rows ? r : rows - 1) * d, i = 0;
        float less = from ? (*from)[r] : 0;
        part[r] = (lanes){0};
        for (; i + LANES <= d; i += LANES) {
            lanes v = *(const few *)(x + at + i) - less;
            if (y)
                v *= *(const few *)(y + at + i);
            if (z)
                v *= *(const few *)(z + i);
            part[r] += square ? v * v : v;
        }
        float sum = 0;
        for (; i < d; i++) {
            float v = (x[at + i] - less) * (y ? y[at + i] : 1) * (z ? z[i] : 1);
            sum += square ? v * v : v;
        }
        rest[r] = sum;
    }
    add_up(out, part);
    *out += rest;
}

/* μ and 1/√(σ² + ε) of up to sixteen rows. */
INLINE void moments(lanes *mean, lanes *inverse, const float *x, long rows, long d,
                    float eps)
{
    sum_rows(mean, x, NULL, NULL, NULL, false, rows, d);
    *mean /= (float)d;
    sum_rows(inverse, x, mean, NULL, NULL, true, rows, d);
    *inverse = *inverse / (float)d + eps;
    for (int r = 0; r < LANES; r++)
        (*inverse)[r] = 1 / sqrtf((*inverse)[r]);
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

static const char *check_norm(const struct op_call *c)
{
    if (!isfinite(c->params.number) || c->params.number < 0)
        return "needs an epsilon that is not negative";
    return NULL;
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

WIDE static void kernel_norm(float *restrict out, const float *restrict x,
                             const float *gamma, const float *beta, long rows, long d,
                             float eps)
{
    lanes mean, inverse;
    for (long first = 0; first < rows; first += LANES, x += LANES * d, out += LANES * d) {
        long n = rows - first < LANES ? rows - first : LANES;
        moments(&mean, &inverse, x, n, d, eps);
        for (long r = 0; r < n; r++)
            for (long i = 0; i < d; i++)
                out[r * d + i] = (x[r * d + i] - mean[r]) * inverse[r] *
                                     (gamma ? gamma[i] : 1) +
                                 (beta ? beta[i] : 0);
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

WIDE static void kernel_norm_back(float *restrict out, const float *restrict g,
                                  const float *restrict x, const float *gamma, long rows,
                                  long d, float eps)
{
    lanes mean, inverse, level, dot;
    for (long first = 0; first < rows; first += LANES, x += LANES * d, g += LANES * d) {
        long n = rows - first < LANES ? rows - first : LANES;
        moments(&mean, &inverse, x, n, d, eps);
        sum_rows(&level, g, NULL, NULL, gamma, false, n, d);
        sum_rows(&dot, x, &mean, g, gamma, false, n, d);
        level /= (float)d;
        dot *= inverse * inverse / (float)d;
        for (long r = 0; r < n; r++, out += d)
            for (long i = 0; i < d; i++)
                out[i] = (g[r * d + i] * (gamma ? gamma[i] : 1) - level[r] -
                          (x[r * d + i] - mean[r]) * dot[r]) *
                         inverse[r];
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

WIDE static void kernel_gamma(float *restrict out, const float *restrict g,
                              const float *restrict x, long rows, long d, float eps)
{
    lanes mean, inverse;
    memset(out, 0, sizeof(float) * (size_t)d);
    for (long first = 0; first < rows; first += LANES, x += LANES * d, g += LANES * d) {
        long n = rows - first < LANES ? rows - first : LANES;
        moments(&mean, &inverse, x, n, d, eps);
        for (long r = 0; r < n; r++)
            for (long i = 0; i < d; i++)
                out[i] += g[r * d + i] * ((x[r * d + i] - mean[r]) * inverse[r]);
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
