/* Softmax: weights that add to 1 (equation 1), its kin and its gradients.
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. */
#include "base/memory.h"
#include "numbers/op.h"
#include "numbers/vector.h"
#include "numbers/wide.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* The largest of the row that begins at `first`, and Σ exp((x - it) / T). */
static double naive_sum(const struct op_call *c, long first, double cold, double *most)
{
    double sum = 0;
    *most = -INFINITY;
    for (long i = first; i < first + tensor_columns(c->out); i++)
        *most = fmax(*most, call_get(c, 0, i));
    for (long i = first; i < first + tensor_columns(c->out); i++)
        sum += exp((call_get(c, 0, i) - *most) / cold);
    return sum;
}

static void naive_softmax(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    double cold = call_temperature(c), most;
    for (long first = 0; first < tensor_count(c->out); first += n) {
        double sum = naive_sum(c, first, cold, &most);
        for (long i = first; i < first + n; i++)
            c->out->f64[i] = exp((call_get(c, 0, i) - most) / cold) / sum;
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

static void backward_softmax(struct backward *b)
{
    b->give(b, 0, backward_add(b, OP_SOFTMAX_GRADIENT, b->out, b->grad, b->call->params));
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
    .backward = backward_softmax,
    .form = {.arguments = "m", .number = "temperature"},
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
    struct step *s = opening_step(o, STEP_SHARE, "share", "1 / n of the keys", n);
    long seen = 0;
    for (long i = 0; i < n; i++) {
        struct operand a = opening_input(o, list[i].a, list[i].at_a);
        term_set(&s->terms[i], a.value, 1, a, opening_constant(0));
        seen += a.value != -INFINITY;
    }
    s->number = s->terms[here].value != -INFINITY;
    s->result = s->number / (double)seen;
    if (s->number == 0)
        s->formula = "0: this key is masked";
    else if (seen < n)
        s->formula = "1 / n of the keys that are not masked";
    free(list);
}

/* What is uniform does not follow the scores; the other heads do. */
static void backward_uniform(struct backward *b)
{
    struct op_params plain = {.number = b->call->params.number};
    struct op_params off = {.ids = b->call->params.ids,
                            .size = {b->call->params.size[0], 0}};
    struct ref all = backward_add(b, OP_SOFTMAX_GRADIENT, b->out, b->grad, plain);
    b->give(b, 0, backward_add(b, OP_HEADS_OFF, all, (struct ref){0}, off));
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
    .backward = backward_uniform,
};

/* ---- SOFTMAX_GRADIENT. The gradient through a softmax: y·(g - Σ y·g) / T ----
 *
 * Inputs: the weights y, and their gradient g. Params: number, the temperature; 0 for
 * none. */

static const char *shape_softmax_gradient(const struct op_call *c)
{
    const char *wrong = shape_equal(c);
    return wrong ? wrong : shape_softmax(c);
}

WIDE static void kernel_softmax_gradient(float *restrict out, const float *restrict y,
                                         const float *restrict g, double mean,
                                         double share, long n)
{
    for (long i = 0; i < n; i++)
        out[i] = (float)((double)y[i] * ((double)g[i] - mean) * share);
}

static void forward_softmax_gradient(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    for (long r = 0; r < tensor_rows(c->out); r++) {
        const float *y = c->in[0]->f32 + r * n, *g = c->in[1]->f32 + r * n;
        kernel_softmax_gradient(c->out->f32 + r * n, y, g, vector_dot(y, g, n),
                                1 / call_temperature(c), n);
    }
}

static void naive_softmax_gradient(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++) {
        c->out->f64[i] = 0;
        for (long j = i / n * n; j < i / n * n + n;
             j++) /* ∂y_j/∂x_i = y_j·(δ_ij - y_i) */
            c->out->f64[i] += call_get(c, 1, j) * call_get(c, 0, j) *
                              ((i == j) - call_get(c, 0, i)) / call_temperature(c);
    }
}

static long sources_softmax_gradient(const struct op_call *c, long cell,
                                     struct op_source *out, long limit)
{
    long d = tensor_columns(c->out), n = 0;
    for (long i = cell / d * d; i < cell / d * d + d; i++)
        n = sources_put(out, limit, n, (struct op_source){0, 1, i, i});
    return n;
}

static void steps_softmax_gradient(struct opening *o)
{
    double cold = call_temperature(&o->call);
    steps_sum(o);
    o->x->steps->name = "mean";
    o->x->steps->formula = "Σ y·g";
    opening_difference(o, "g - mean", opening_input(o, 1, o->x->cell),
                       opening_result(o, 0));
    struct step *s = opening_step(o, STEP_SUM, "product", "y·(g - mean)", 1);
    struct operand y = opening_input(o, 0, o->x->cell), d = opening_result(o, 1);
    s->result = y.value * d.value;
    term_set(s->terms, s->result, 2, y, d);
    if (cold == 1)
        return;
    struct step *q = opening_step(o, STEP_QUOTIENT, "quotient", "product / T", 1);
    q->result = s->result / cold;
    term_set(q->terms, q->result, 2, opening_result(o, 2), opening_constant(cold));
}

const struct op op_softmax_gradient = {
    .name = "softmax_gradient",
    .kind = OP_KIND_ROW,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$1 ∘ ($2 - Σ $1∘$2) / T",
    .shape = shape_softmax_gradient,
    .forward = forward_softmax_gradient,
    .naive = naive_softmax_gradient,
    .sources = sources_softmax_gradient,
    .steps = steps_softmax_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- HEADS_OFF. 0 in the heads that are named ----
 *
 * Params: ids, the heads, from 0. */

static void forward_heads_off(const struct op_call *c)
{
    size_t block = tensor_bytes(c->out) / (size_t)call_heads(c->out);
    for (long h = 0; h < call_heads(c->out); h++) {
        size_t at = (size_t)h * block;
        if (call_names_head(c, h))
            memset((char *)c->out->data + at, 0, block);
        else
            memcpy((char *)c->out->data + at, (const char *)c->in[0]->data + at, block);
    }
}

static bool is_off(const struct op_call *c, long cell)
{
    return call_names_head(c, cell / (tensor_count(c->out) / call_heads(c->out)));
}

static void naive_heads_off(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = is_off(c, i) ? 0 : call_get(c, 0, i);
}

static long sources_heads_off(const struct op_call *c, long cell, struct op_source *out,
                              long limit)
{
    return is_off(c, cell)
               ? 0
               : sources_put(out, limit, 0, (struct op_source){0, -1, cell, 0});
}

static void steps_heads_off(struct opening *o)
{
    if (is_off(&o->call, o->x->cell))
        steps_told(o, "0: this head is switched off");
    else
        steps_copy(o);
}

const struct op op_heads_off = {
    .name = "heads_off",
    .kind = OP_KIND_GATHER,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1, heads off",
    .shape = shape_same,
    .forward = forward_heads_off,
    .naive = naive_heads_off,
    .sources = sources_heads_off,
    .steps = steps_heads_off,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- LOG_SOFTMAX. log softmax(x): the logarithm of each probability ----
 *
 * x - m - log Σ exp(x - m), m the largest of the row. */

static void forward_log_softmax(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    for (long r = 0; r < tensor_rows(c->out); r++) {
        const float *x = c->in[0]->f32 + r * n;
        double all = vector_log_sum_exp(x, n);
        for (long i = 0; i < n; i++)
            c->out->f32[r * n + i] = (float)((double)x[i] - all);
    }
}

static void naive_log_softmax(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    double most;
    for (long first = 0; first < tensor_count(c->out); first += n) {
        double sum = naive_sum(c, first, 1, &most);
        for (long i = first; i < first + n; i++)
            c->out->f64[i] = call_get(c, 0, i) - most - log(sum);
    }
}

/* The first steps of a softmax, then the logarithm. */
static void steps_log_softmax(struct opening *o)
{
    steps_softmax(o);
    for (int i = 2; i < o->x->count; i++)
        free(o->x->steps[i].terms);
    o->x->count = 2;
    struct operand sum = opening_result(o, 1), m = opening_result(o, 0);
    struct step *log_sum = opening_step(o, STEP_LOG, "log", "log(sum)", 1);
    log_sum->result = log(sum.value);
    term_set(log_sum->terms, log_sum->result, 1, sum, opening_constant(0));
    struct step *s = opening_step(o, STEP_SUM, "result", "a - m - log", 3);
    struct operand a = opening_input(o, 0, o->x->cell), l = opening_result(o, 2);
    term_set(&s->terms[0], a.value, 1, a, opening_constant(0));
    term_set(&s->terms[1], -m.value, 2, m, opening_constant(-1));
    term_set(&s->terms[2], -l.value, 2, l, opening_constant(-1));
    s->result = a.value - m.value - l.value;
}

static void backward_log_softmax(struct backward *b)
{
    struct op_params none = {0};
    b->give(b, 0, backward_add(b, OP_LOG_SOFTMAX_GRADIENT, b->out, b->grad, none));
}

const struct op op_log_softmax = {
    .name = "log_softmax",
    .kind = OP_KIND_ROW,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "log softmax($1)",
    .shape = shape_same,
    .forward = forward_log_softmax,
    .naive = naive_log_softmax,
    .sources = sources_row,
    .steps = steps_log_softmax,
    .backward = backward_log_softmax,
};

/* ---- LOG_SOFTMAX_GRADIENT. The gradient through it: g - exp(y)·Σ g ----
 *
 * Inputs: the logarithms y, and their gradient g. */

static void forward_log_softmax_gradient(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    for (long r = 0; r < tensor_rows(c->out); r++) {
        const float *y = c->in[0]->f32 + r * n, *g = c->in[1]->f32 + r * n;
        float *out = c->out->f32 + r * n;
        double sum = vector_sum(g, 0, 1, n);
        vector_exponentials(out, y, 0, 1, n);
        for (long i = 0; i < n; i++)
            out[i] = (float)((double)g[i] - (double)out[i] * sum);
    }
}

static void naive_log_softmax_gradient(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++) {
        double sum = 0;
        for (long j = i / n * n; j < i / n * n + n; j++)
            sum += call_get(c, 1, j);
        c->out->f64[i] = call_get(c, 1, i) - exp(call_get(c, 0, i)) * sum;
    }
}

/* The whole row of g, and one cell of y. */
static long sources_log_softmax_gradient(const struct op_call *c, long cell,
                                         struct op_source *out, long limit)
{
    long d = tensor_columns(c->out), n = 0;
    for (long i = cell / d * d; i < cell / d * d + d; i++)
        n = sources_put(out, limit, n, (struct op_source){1, -1, i, 0});
    return sources_put(out, limit, n, (struct op_source){0, -1, cell, 0});
}

static void steps_log_softmax_gradient(struct opening *o)
{
    long d = tensor_columns(&o->shape), first = o->x->cell / d * d;
    struct step *sum = opening_step(o, STEP_SUM, "sum", "Σ g", d);
    for (long i = 0; i < d; i++) {
        struct operand g = opening_input(o, 1, first + i);
        term_set(&sum->terms[i], g.value, 1, g, opening_constant(0));
        sum->result += g.value;
    }
    struct step *p = opening_step(o, STEP_EXP, "probability", "exp(y)", 1);
    struct operand y = opening_input(o, 0, o->x->cell);
    p->number = 1;
    p->result = exp(y.value);
    term_set(p->terms, p->result, 2, y, opening_constant(0));
    struct step *product = opening_step(o, STEP_SUM, "product", "p·Σ g", 1);
    product->result = p->result * sum->result;
    term_set(product->terms, product->result, 2, opening_result(o, 1),
             opening_result(o, 0));
    opening_difference(o, "g - product", opening_input(o, 1, o->x->cell),
                       opening_result(o, 2));
}

const struct op op_log_softmax_gradient = {
    .name = "log_softmax_gradient",
    .kind = OP_KIND_ROW,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$2 - exp($1)·Σ $2",
    .shape = shape_equal,
    .forward = forward_log_softmax_gradient,
    .naive = naive_log_softmax_gradient,
    .sources = sources_log_softmax_gradient,
    .steps = steps_log_softmax_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};
