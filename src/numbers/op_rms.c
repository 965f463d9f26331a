/* Rows brought to a size by their root mean square alone. */
#include "numbers/op.h"
#include "numbers/vector.h"

#include <math.h>

/* ---- RMS_NORM. x/√(mean x² + ε)·γ (Zhang and Sennrich 2019) ----
 *
 * A layer norm without the mean and without β. Inputs: x, γ (may be absent). Params:
 * number, ε. */

static const char *shape_rms_norm(const struct op_call *c)
{
    if (c->in[1] && tensor_count(c->in[1]) != tensor_columns(c->in[0]))
        return "needs a gamma with one number for each column";
    if (!isfinite(c->params.number) || c->params.number < 0)
        return "needs an epsilon that is not negative";
    return shape_same(c);
}

static void forward_rms_norm(const struct op_call *c)
{
    long d = tensor_columns(c->out);
    const float *gamma = call_floats(c, 1);
    for (long r = 0; r < tensor_rows(c->out); r++) {
        const float *x = c->in[0]->f32 + r * d;
        double inverse =
            1 / sqrt(vector_sum(x, 0, 2, d) / (double)d + c->params.number);
        for (long i = 0; i < d; i++)
            c->out->f32[r * d + i] =
                (float)((double)x[i] * inverse * (gamma ? (double)gamma[i] : 1));
    }
}

/* √(mean x² + ε) of the row that begins at `first`. */
static double root_of(const struct op_call *c, long first, long d)
{
    double sum = 0;
    for (long i = 0; i < d; i++)
        sum += pow(call_get(c, 0, first + i), 2);
    return sqrt(sum / (double)d + c->params.number);
}

static void naive_rms_norm(const struct op_call *c)
{
    long d = tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 0, i) / root_of(c, i / d * d, d) *
                         (c->in[1] ? call_get(c, 1, i % d) : 1);
}

/* The whole row, then gamma of the column. */
static long sources_rms_norm(const struct op_call *c, long cell, struct op_source *out,
                             long limit)
{
    long n = sources_row(c, cell, out, limit);
    if (!c->in[1])
        return n;
    return sources_put(out, limit, n,
                       (struct op_source){1, -1, cell % tensor_columns(c->out), 0});
}

/* Σ x² of the row and the root of its mean, in two steps; the root. */
static struct operand add_root(struct opening *o, long first, long d)
{
    struct step *sum = opening_step(o, STEP_SUM, "squares", "Σ a²", d);
    for (long i = 0; i < d; i++) {
        struct operand a = opening_input(o, 0, first + i);
        term_set(&sum->terms[i], a.value * a.value, 2, a, a);
        sum->result += a.value * a.value;
    }
    struct operand squares = opening_result(o, o->x->count - 1);
    struct step *root = opening_step(o, STEP_FUNCTION, "root mean square",
                                     "√(Σ a² / n + ε)", 1);
    root->form = "√($a / $b + $n)";
    root->number = o->call.params.number;
    root->result = sqrt(squares.value / (double)d + root->number);
    term_set(root->terms, root->result, 2, squares, opening_constant((double)d));
    return opening_result(o, o->x->count - 1);
}

static void steps_rms_norm(struct opening *o)
{
    long d = tensor_columns(&o->shape), cell = o->x->cell;
    struct operand root = add_root(o, cell / d * d, d), a = opening_input(o, 0, cell);
    struct step *z = opening_step(o, STEP_QUOTIENT, "quotient", "z = a / root", 1);
    z->result = a.value / root.value;
    term_set(z->terms, z->result, 2, a, root);
    if (!o->call.in[1])
        return;
    struct operand gamma = opening_input(o, 1, cell % d), of = opening_result(o, 2);
    struct step *y = opening_step(o, STEP_SUM, "gamma", "z·γ", 1);
    y->result = of.value * gamma.value;
    term_set(y->terms, y->result, 2, of, gamma);
}

static void backward_rms_norm(struct backward *b)
{
    struct ref none = {0}, g = b->grad;
    struct op_params no_params = {0}, epsilon = b->call->params;
    if (backward_has(b, 1)) {
        struct ref z = backward_add(b, OP_RMS_NORM, b->in[0], none, epsilon);
        struct ref zg = backward_add(b, OP_MULTIPLY, g, z, no_params);
        b->give(b, 1, backward_add(b, OP_COLUMN_SUM, zg, none, no_params));
        g = backward_add(b, OP_MULTIPLY_ROW, g, b->in[1], no_params);
    }
    b->give(b, 0, backward_add(b, OP_RMS_NORM_GRADIENT, b->in[0], g, epsilon));
}

const struct op op_rms_norm = {
    .name = "rms_norm",
    .kind = OP_KIND_ROW,
    .least_inputs = 1,
    .most_inputs = 2,
    .formula = "$1/√(mean $1² + ε)·$2",
    .shape = shape_rms_norm,
    .forward = forward_rms_norm,
    .naive = naive_rms_norm,
    .sources = sources_rms_norm,
    .steps = steps_rms_norm,
    .backward = backward_rms_norm,
    .form = {.arguments = "mM", .number = "eps", .standard = 1e-5},
};

/* ---- RMS_NORM_GRADIENT. The gradient through it: (g - z·mean(g·z)) / root ----
 *
 * z is the normalised x. Inputs: x, and the gradient g of z. Params: number, ε. */

static const char *shape_rms_norm_gradient(const struct op_call *c)
{
    if (!isfinite(c->params.number) || c->params.number < 0)
        return "needs an epsilon that is not negative";
    return shape_equal(c);
}

static void forward_rms_norm_gradient(const struct op_call *c)
{
    long d = tensor_columns(c->out);
    for (long first = 0; first < tensor_count(c->out); first += d) {
        const float *x = c->in[0]->f32 + first, *g = c->in[1]->f32 + first;
        double inverse =
            1 / sqrt(vector_sum(x, 0, 2, d) / (double)d + c->params.number);
        double mean = vector_dot(x, g, d) * inverse / (double)d;
        for (long i = 0; i < d; i++)
            c->out->f32[first + i] =
                (float)(((double)g[i] - (double)x[i] * inverse * mean) * inverse);
    }
}

/* mean g·z of a row. */
static double mean_of(const struct op_call *c, long first, long d, double root)
{
    double mean = 0;
    for (long i = 0; i < d; i++)
        mean += call_get(c, 1, first + i) * call_get(c, 0, first + i) / root / (double)d;
    return mean;
}

static void naive_rms_norm_gradient(const struct op_call *c)
{
    long d = tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++) {
        double root = root_of(c, i / d * d, d), z = call_get(c, 0, i) / root;
        c->out->f64[i] = (call_get(c, 1, i) - z * mean_of(c, i / d * d, d, root)) / root;
    }
}

static long sources_rms_norm_gradient(const struct op_call *c, long cell,
                                      struct op_source *out, long limit)
{
    long d = tensor_columns(c->out), n = 0;
    for (int input = 0; input < 2; input++)
        for (long i = cell / d * d; i < cell / d * d + d; i++)
            n = sources_put(out, limit, n, (struct op_source){input, -1, i, 0});
    return n;
}

static void steps_rms_norm_gradient(struct opening *o)
{
    long d = tensor_columns(&o->shape), cell = o->x->cell, first = cell / d * d;
    struct operand root = add_root(o, first, d);
    struct operand x = opening_input(o, 0, cell), g = opening_input(o, 1, cell);
    struct step *mean = opening_step(o, STEP_SUM, "mean of g·z", "Σ g·z / n", d);
    for (long i = 0; i < d; i++) {
        struct operand other = opening_input(o, 1, first + i);
        double z = call_get(&o->call, 0, first + i) / root.value / (double)d;
        term_set(&mean->terms[i], other.value * z, 2, other, opening_constant(z));
        mean->result += other.value * z;
    }
    struct operand m = opening_result(o, 2);
    double z = x.value / root.value;
    struct step *rest = opening_step(o, STEP_SUM, "rest", "g - z·mean", 2);
    term_set(&rest->terms[0], g.value, 1, g, opening_constant(0));
    term_set(&rest->terms[1], -z * m.value, 2, m, opening_constant(-z));
    rest->result = g.value - z * m.value;
    struct step *q = opening_step(o, STEP_QUOTIENT, "quotient", "rest / root", 1);
    q->result = rest->result / root.value;
    term_set(q->terms, q->result, 2, opening_result(o, 3), root);
}

const struct op op_rms_norm_gradient = {
    .name = "rms_norm_gradient",
    .kind = OP_KIND_ROW,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "($2 - z·mean)/root of $1",
    .shape = shape_rms_norm_gradient,
    .forward = forward_rms_norm_gradient,
    .naive = naive_rms_norm_gradient,
    .sources = sources_rms_norm_gradient,
    .steps = steps_rms_norm_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};
