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

/* z of `a`, from the mean and the variance of the first two steps. */
static const struct step *add_normalised(struct opening *o, struct operand a)
{
    struct operand mu = opening_result(o, 0), sigma2 = opening_result(o, 1);
    struct step *z =
        opening_step(o, STEP_NORMALISE, "normalised", "z = (a - μ) / √(σ² + ε)", 1);
    z->number = o->call.params.number;
    z->result = (a.value - mu.value) / sqrt(sigma2.value + z->number);
    term_set(z->terms, z->result, 3, a, mu);
    z->terms->operand[2] = sigma2;
    return z;
}

static void steps_layer_norm(struct opening *o)
{
    struct op_source *list;
    opening_sources(o, &list);
    long n = tensor_columns(&o->shape), here = o->x->cell % n;
    opening_moments(o, list, n);
    struct operand a = o->x->steps[0].terms[here].operand[0];
    const struct step *z = add_normalised(o, a);
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

static void backward_layer_norm(struct backward *b)
{
    struct ref none = {0}, g = b->grad;
    struct op_params no_params = {0}, epsilon = b->call->params;
    if (backward_has(b, 2))
        b->give(b, 2, backward_add(b, OP_COLUMN_SUM, g, none, no_params));
    if (backward_has(b, 1)) {
        struct ref z = backward_add(b, OP_LAYER_NORM, b->in[0], none, epsilon);
        struct ref zg = backward_add(b, OP_MULTIPLY, g, z, no_params);
        b->give(b, 1, backward_add(b, OP_COLUMN_SUM, zg, none, no_params));
        g = backward_add(b, OP_MULTIPLY_ROW, g, b->in[1], no_params);
    }
    b->give(b, 0, backward_add(b, OP_NORM_GRADIENT, b->in[0], g, epsilon));
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
    .backward = backward_layer_norm,
    .form = {.arguments = "mMM", .number = "eps", .standard = 1e-5},
};

/* ---- NORM_GRADIENT. The gradient through the normalisation ----
 *
 * dx = (g - mean g - z·mean(g·z)) / √(σ² + ε), z the normalised x. Inputs: x, and the
 * gradient g of z. Params: number, ε. */

static const char *shape_norm_gradient(const struct op_call *c)
{
    if (!isfinite(c->params.number) || c->params.number < 0)
        return "needs an epsilon that is not negative";
    return shape_equal(c);
}

static void forward_norm_gradient(const struct op_call *c)
{
    long d = tensor_columns(c->out);
    for (long r = 0; r < tensor_rows(c->out); r++) {
        const float *x = c->in[0]->f32 + r * d, *g = c->in[1]->f32 + r * d;
        double mean = vector_sum(x, 0, 1, d) / (double)d;
        double variance = vector_sum(x, mean, 2, d) / (double)d;
        double inverse = 1 / sqrt(variance + c->params.number);
        double mean_g = vector_sum(g, 0, 1, d) / (double)d;
        double dot = (vector_dot(x, g, d) / (double)d - mean * mean_g) * inverse;
        for (long i = 0; i < d; i++) {
            double z = ((double)x[i] - mean) * inverse;
            c->out->f32[r * d + i] = (float)(((double)g[i] - mean_g - z * dot) * inverse);
        }
    }
}

/* What the rows have to give: mean and variance of x, mean of g, mean of g·z. */
struct norm_parts {
    double mean, variance, mean_g, dot;
};

static struct norm_parts norm_parts(const struct op_call *c, long first, long d)
{
    struct norm_parts p = {0};
    for (long i = 0; i < d; i++) {
        p.mean += call_get(c, 0, first + i) / (double)d;
        p.mean_g += call_get(c, 1, first + i) / (double)d;
    }
    for (long i = 0; i < d; i++)
        p.variance += pow(call_get(c, 0, first + i) - p.mean, 2) / (double)d;
    for (long i = 0; i < d; i++)
        p.dot += call_get(c, 1, first + i) * (call_get(c, 0, first + i) - p.mean) /
                 sqrt(p.variance + c->params.number) / (double)d;
    return p;
}

static void naive_norm_gradient(const struct op_call *c)
{
    long d = tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++) {
        struct norm_parts p = norm_parts(c, i / d * d, d);
        double root = sqrt(p.variance + c->params.number);
        double z = (call_get(c, 0, i) - p.mean) / root;
        c->out->f64[i] = (call_get(c, 1, i) - p.mean_g - z * p.dot) / root;
    }
}

static long sources_norm_gradient(const struct op_call *c, long cell,
                                  struct op_source *out, long limit)
{
    long d = tensor_columns(c->out), n = 0;
    for (int input = 0; input < 2; input++)
        for (long i = cell / d * d; i < cell / d * d + d; i++)
            n = sources_put(out, limit, n, (struct op_source){input, -1, i, 0});
    return n;
}

/* mean g and mean g·z of the row that begins at `first`. */
static void add_means_of_gradient(struct opening *o, long first, long d)
{
    struct norm_parts p = norm_parts(&o->call, first, d);
    double root = sqrt(p.variance + o->call.params.number);
    struct step *mean = opening_step(o, STEP_MEAN, "mean of g", "Σ g / n", d);
    struct step *dot = opening_step(o, STEP_SUM, "mean of g·z", "Σ g·z / n", d);
    mean->result = p.mean_g;
    for (long i = 0; i < d; i++) {
        struct operand g = opening_input(o, 1, first + i);
        double z = (call_get(&o->call, 0, first + i) - p.mean) / root / (double)d;
        term_set(&mean->terms[i], g.value, 1, g, opening_constant(0));
        term_set(&dot->terms[i], g.value * z, 2, g, opening_constant(z));
        dot->result += g.value * z;
    }
}

static void steps_norm_gradient(struct opening *o)
{
    struct op_source *list;
    long d = tensor_columns(&o->shape), first = o->x->cell / d * d;
    opening_sources(o, &list);
    opening_moments(o, list, d);
    add_means_of_gradient(o, first, d);
    struct operand x = opening_input(o, 0, o->x->cell),
                   g = opening_input(o, 1, o->x->cell);
    const struct step *z = add_normalised(o, x);
    struct step *product = opening_step(o, STEP_SUM, "product", "z·mean of g·z", 1);
    struct operand dot = opening_result(o, 3), mean = opening_result(o, 2);
    product->result = z->result * dot.value;
    term_set(product->terms, product->result, 2, opening_result(o, 4), dot);
    struct step *s = opening_step(o, STEP_SUM, "rest", "g - mean - product", 3);
    struct operand p = opening_result(o, 5);
    term_set(&s->terms[0], g.value, 1, g, opening_constant(0));
    term_set(&s->terms[1], -mean.value, 2, mean, opening_constant(-1));
    term_set(&s->terms[2], -p.value, 2, p, opening_constant(-1));
    s->result = g.value - mean.value - p.value;
    struct step *q = opening_step(o, STEP_QUOTIENT, "quotient", "rest / √(σ² + ε)", 1);
    double root = sqrt(opening_result(o, 1).value + z->number);
    q->result = s->result / root;
    term_set(q->terms, q->result, 2, opening_result(o, 6), opening_constant(root));
    free(list);
}

const struct op op_norm_gradient = {
    .name = "norm_gradient",
    .kind = OP_KIND_ROW,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "($2 - mean - z·mean)/√(σ² + ε) of $1",
    .shape = shape_norm_gradient,
    .forward = forward_norm_gradient,
    .naive = naive_norm_gradient,
    .sources = sources_norm_gradient,
    .steps = steps_norm_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
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

static void backward_share(struct backward *b)
{
    struct op_params none = {0};
    b->give(b, 0, backward_add(b, OP_SHARE_GRADIENT, b->in[0], b->grad, none));
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
    .backward = backward_share,
    .form = {.arguments = "m"},
};

/* ---- SHARE_GRADIENT. The gradient through it: (g - Σ g·x / Σ x) / Σ x ----
 *
 * Inputs: x, and the gradient g of the shares. */

static void forward_share_gradient(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    for (long r = 0; r < tensor_rows(c->out); r++) {
        const float *x = c->in[0]->f32 + r * n, *g = c->in[1]->f32 + r * n;
        double sum = vector_sum(x, 0, 1, n), mean = vector_dot(x, g, n) / sum;
        for (long i = 0; i < n; i++)
            c->out->f32[r * n + i] = (float)(((double)g[i] - mean) / sum);
    }
}

static void naive_share_gradient(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++) {
        double sum = 0, gradient = 0;
        for (long j = i / n * n; j < i / n * n + n; j++)
            sum += call_get(c, 0, j);
        for (long j = i / n * n; j < i / n * n + n; j++) /* δ_ij / Σ - x_j / Σ² */
            gradient +=
                call_get(c, 1, j) * ((i == j) / sum - call_get(c, 0, j) / sum / sum);
        c->out->f64[i] = gradient;
    }
}

static long sources_share_gradient(const struct op_call *c, long cell,
                                   struct op_source *out, long limit)
{
    return sources_norm_gradient(c, cell, out, limit);
}

static void steps_share_gradient(struct opening *o)
{
    long d = tensor_columns(&o->shape), first = o->x->cell / d * d;
    struct step *sum = opening_step(o, STEP_SUM, "sum", "Σ x", d);
    struct step *dot = opening_step(o, STEP_SUM, "dot product", "Σ g·x", d);
    for (long i = 0; i < d; i++) {
        struct operand x = opening_input(o, 0, first + i),
                       g = opening_input(o, 1, first + i);
        term_set(&sum->terms[i], x.value, 1, x, opening_constant(0));
        term_set(&dot->terms[i], g.value * x.value, 2, g, x);
        sum->result += x.value;
        dot->result += g.value * x.value;
    }
    struct step *mean = opening_step(o, STEP_QUOTIENT, "mean", "Σ g·x / Σ x", 1);
    mean->result = dot->result / sum->result;
    term_set(mean->terms, mean->result, 2, opening_result(o, 1), opening_result(o, 0));
    opening_difference(o, "g - mean", opening_input(o, 1, o->x->cell),
                       opening_result(o, 2));
    struct operand rest = opening_result(o, 3), all = opening_result(o, 0);
    struct step *q = opening_step(o, STEP_QUOTIENT, "quotient", "rest / Σ x", 1);
    q->result = rest.value / all.value;
    term_set(q->terms, q->result, 2, rest, all);
}

const struct op op_share_gradient = {
    .name = "share_gradient",
    .kind = OP_KIND_ROW,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "($2 - Σ $2∘$1 / Σ $1) / Σ $1",
    .shape = shape_equal,
    .forward = forward_share_gradient,
    .naive = naive_share_gradient,
    .sources = sources_share_gradient,
    .steps = steps_share_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};
