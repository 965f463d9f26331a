/* Rows brought to a size.
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. Numbers in brackets are sections and equations of "Attention Is All
 * You Need". */
#include "numbers/op.h"
#include "numbers/vector.h"
#include "numbers/wide.h"

#include <math.h>
#include <stdlib.h>

/* ---- LAYER_NORM. (x - μ)/√(σ² + ε)·γ + β (5.4; Ba et al. 2016) ----
 *
 * Mean and variance of each row, dividing by d. Inputs: x, γ, β (may be absent).
 * Params: number, ε. */

static const char *shape_layer_norm(const struct op_call *c)
{
    for (int i = 1; i < OP_MAX_INPUTS; i++)
        if (c->in[i] && tensor_count(c->in[i]) != tensor_columns(c->in[0]))
            return "needs a gamma and a beta with one number for each column";
    if (!isfinite(c->params.number) || c->params.number < 0)
        return "needs an epsilon that is not negative";
    return shape_same(c);
}

/* One row, its mean and deviation known: (x - mean) · inverse · gamma + beta. */
WIDE static void normalise(float *out, const float *x, const float *gamma,
                           const float *beta, double mean, double inverse, long d)
{
    for (long i = 0; i < d; i++) {
        double y = ((double)x[i] - mean) * inverse;
        if (gamma)
            y *= (double)gamma[i];
        if (beta)
            y += (double)beta[i];
        out[i] = (float)y;
    }
}

static void kernel_layer_norm(float *out, const float *x, const float *gamma,
                              const float *beta, long rows, long d, double eps)
{
    for (long r = 0; r < rows; r++, out += d, x += d) {
        double mean = vector_sum(x, 0, 1, d) / (double)d;
        double variance = vector_sum(x, mean, 2, d) / (double)d;
        normalise(out, x, gamma, beta, mean, 1 / sqrt(variance + eps), d);
    }
}

static void forward_layer_norm(const struct op_call *c)
{
    kernel_layer_norm(c->out->f32, call_floats(c, 0), call_floats(c, 1),
                      call_floats(c, 2), tensor_rows(c->out), tensor_columns(c->out),
                      c->params.number);
}

static void naive_layer_norm(const struct op_call *c)
{
    long d = tensor_columns(c->out);
    for (long first = 0; first < tensor_count(c->out); first += d) {
        double mean = 0, variance = 0;
        for (long i = 0; i < d; i++)
            mean += call_get(c, 0, first + i) / (double)d;
        for (long i = 0; i < d; i++)
            variance += pow(call_get(c, 0, first + i) - mean, 2) / (double)d;
        for (long i = 0; i < d; i++) {
            double y =
                (call_get(c, 0, first + i) - mean) / sqrt(variance + c->params.number);
            y *= c->in[1] ? call_get(c, 1, i) : 1;
            y += c->in[2] ? call_get(c, 2, i) : 0;
            c->out->f64[first + i] = y;
        }
    }
}

/* The whole row, then gamma and beta of the column. */
static long sources_norm(const struct op_call *c, long cell, struct op_source *out,
                         long limit)
{
    long n = sources_row(c, cell, out, limit);
    for (int i = 1; i < OP_MAX_INPUTS; i++)
        if (c->in[i])
            n = sources_put(out, limit, n,
                            (struct op_source){i, -1, cell % tensor_columns(c->out), 0});
    return n;
}

/* Mean and variance of the first n sources. */
static void moments(struct opening *o, const struct op_source *list, long n)
{
    const struct step *mean = opening_mean(o, list, n);
    struct operand mu = opening_result(o, 0);
    struct step *variance =
        opening_step(o, STEP_VARIANCE, "variance", "σ² = Σ (a - μ)² / n", n);
    for (long i = 0; i < n; i++) {
        struct operand a = mean->terms[i].operand[0];
        double square = (a.value - mu.value) * (a.value - mu.value);
        term_set(&variance->terms[i], square, 2, a, mu);
        variance->result += square / (double)n;
    }
}

static void steps_layer_norm(struct opening *o)
{
    struct op_source *list;
    opening_sources(o, &list);
    long n = tensor_columns(&o->shape), here = o->x->cell % n;
    moments(o, list, n);
    struct operand a = o->x->steps[0].terms[here].operand[0];
    struct operand mu = opening_result(o, 0), sigma2 = opening_result(o, 1);
    struct step *z =
        opening_step(o, STEP_NORMALISE, "normalised", "z = (a - μ) / √(σ² + ε)", 1);
    z->number = o->call.params.number;
    z->result = (a.value - mu.value) / sqrt(sigma2.value + z->number);
    term_set(z->terms, z->result, 3, a, mu);
    z->terms->operand[2] = sigma2;
    bool gamma = o->call.in[1] != NULL, beta = o->call.in[2] != NULL;
    struct step *y =
        opening_step(o, STEP_SUM, gamma || beta ? "gamma and beta" : "result",
                     gamma  ? beta ? "z·γ + β" : "z·γ"
                     : beta ? "z + β"
                            : "z",
                     beta ? 2 : 1);
    struct operand g = gamma ? opening_input(o, 1, here) : opening_constant(1);
    term_set(&y->terms[0], z->result * g.value, gamma ? 2 : 1, opening_result(o, 2), g);
    y->result = y->terms[0].value;
    if (beta) {
        struct operand b = opening_input(o, 2, here);
        term_set(&y->terms[1], b.value, 1, b, opening_constant(0));
        y->result += b.value;
    }
    free(list);
}

const struct op op_layer_norm = {
    .name = "layer_norm",
    .kind = OP_KIND_ROW,
    .least_inputs = 1,
    .most_inputs = 3,
    .formula = "($1 - μ)/√(σ² + ε)·$2 + $3",
    .shape = shape_layer_norm,
    .forward = forward_layer_norm,
    .naive = naive_layer_norm,
    .sources = sources_norm,
    .steps = steps_layer_norm,
};

/* ---- SHARE. Each number over the sum of its row ----
 *
 * What a softmax is compared with. */

static void kernel_share(float *out, const float *x, long rows, long n)
{
    for (long r = 0; r < rows; r++, out += n, x += n) {
        double sum = vector_sum(x, 0, 1, n);
        for (long i = 0; i < n; i++)
            out[i] = (float)((double)x[i] / sum);
    }
}

static void forward_share(const struct op_call *c)
{
    kernel_share(c->out->f32, call_floats(c, 0), tensor_rows(c->out),
                 tensor_columns(c->out));
}

static void naive_share(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++) {
        double sum = 0;
        for (long j = 0; j < n; j++)
            sum += call_get(c, 0, i / n * n + j);
        c->out->f64[i] = call_get(c, 0, i) / sum;
    }
}

static void steps_share(struct opening *o)
{
    struct op_source *list;
    long n = opening_sources(o, &list);
    struct step *sum = opening_step(o, STEP_SUM, "sum", "Σ a", n);
    for (long i = 0; i < n; i++) {
        struct operand a = opening_input(o, list[i].a, list[i].at_a);
        term_set(&sum->terms[i], a.value, 1, a, opening_constant(0));
        sum->result += a.value;
    }
    struct operand a = opening_input(o, 0, o->x->cell);
    struct step *q = opening_step(o, STEP_QUOTIENT, "quotient", "a / sum", 1);
    q->result = a.value / sum->result;
    term_set(q->terms, q->result, 2, a, opening_result(o, 0));
    free(list);
}

const struct op op_share = {
    .name = "share",
    .kind = OP_KIND_ROW,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1 / Σ $1",
    .shape = shape_same,
    .forward = forward_share,
    .naive = naive_share,
    .sources = sources_row,
    .steps = steps_share,
};
