#include "numbers/explain.h"

#include "base/memory.h"
#include "base/order.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* One opening: the call as the op saw it, and the explanation being written. */
struct opening {
    const struct stage *stage;
    struct op_call call;
    struct explanation *x;
};

static struct operand from_input(const struct opening *o, int input, long cell)
{
    return (struct operand){.value = tensor_get(o->call.in[input], cell),
                            .from = o->stage->in[input],
                            .cell = cell,
                            .step = -1};
}

static struct operand constant(double value)
{
    return (struct operand){.value = value, .step = -1};
}

static struct operand result_of(const struct opening *o, int step)
{
    return (struct operand){.value = o->x->steps[step].result, .step = step};
}

static struct step *add_step(struct opening *o, enum step_kind kind, const char *name,
                             const char *formula, long terms)
{
    struct step *s = &o->x->steps[o->x->count++];
    *s = (struct step){kind, name, formula, mem_zero((size_t)terms, sizeof(struct term)),
                       terms, 0, 0};
    return s;
}

static void set_term(struct term *t, double value, int count, struct operand a,
                     struct operand b)
{
    t->value = value;
    t->count = count;
    t->operand[0] = a;
    t->operand[1] = b;
}

/* Fills the terms of a step with the sources of the cell, first to last-1. */
static long sources(const struct opening *o, struct op_source **out)
{
    const struct op *op = op_get(o->stage->op);
    long n = op->sources(&o->call, o->x->cell, NULL, 0);
    *out = mem_alloc((size_t)n, sizeof **out);
    return op->sources(&o->call, o->x->cell, *out, n);
}

/* ---- steps, one function for a value of the last column of op.def ---- */

static void steps_given(struct opening *o)
{
    struct step *s = add_step(o, STEP_GIVEN, "given", "given", 1);
    set_term(s->terms, o->x->value, 1, constant(o->x->value), constant(0));
    s->result = o->x->value;
}

static void steps_sum(struct opening *o)
{
    struct op_source *list;
    long n = sources(o, &list);
    struct step *s = add_step(o, STEP_SUM, "sum", "Σ a·b", n);
    for (long i = 0; i < n; i++) {
        struct operand a = from_input(o, list[i].a, list[i].at_a);
        bool pair = list[i].b >= 0;
        struct operand b = pair ? from_input(o, list[i].b, list[i].at_b) : constant(1);
        set_term(&s->terms[i], a.value * b.value, pair ? 2 : 1, a, b);
        s->result += s->terms[i].value;
    }
    if (n && s->terms[0].count == 1)
        s->formula = "a + b";
    else if (n && s->terms[n - 1].count == 1)
        s->formula = "Σ x·w + b";
    free(list);
}

static void steps_multiply(struct opening *o)
{
    steps_sum(o);
    o->x->steps->name = "product";
    o->x->steps->formula = "a·b";
}

/* a - b, as the sum of a and b·(-1). */
static void add_difference(struct opening *o, const char *formula, struct operand a,
                           struct operand b)
{
    struct step *s = add_step(o, STEP_SUM, "difference", formula, 2);
    set_term(&s->terms[0], a.value, 1, a, constant(0));
    set_term(&s->terms[1], -b.value, 2, b, constant(-1));
    s->result = a.value - b.value;
}

static void steps_subtract(struct opening *o)
{
    add_difference(o, "a - b", from_input(o, 0, o->x->cell),
                   from_input(o, 1, o->x->cell));
}

/* A step with one term of one operand: the only source of the cell. An id that the table
 * does not have leaves none. */
static struct step *single(struct opening *o, enum step_kind kind, const char *name,
                           const char *formula)
{
    struct op_source *list;
    long n = sources(o, &list);
    struct step *s = add_step(o, kind, name, formula, 1);
    struct operand a = n ? from_input(o, list[0].a, list[0].at_a) : constant(NAN);
    set_term(s->terms, a.value, 1, a, constant(0));
    free(list);
    return s;
}

static void steps_copy(struct opening *o)
{
    struct step *s = single(o, STEP_COPY, "copy", "a");
    s->result = s->terms->value;
}

static void steps_scale(struct opening *o)
{
    struct step *s = single(o, STEP_SUM, "scale", "a·c");
    struct term *t = s->terms;
    set_term(t, t->value * o->call.params.number, 2, t->operand[0],
             constant(o->call.params.number));
    s->result = t->value;
}

static void steps_mask(struct opening *o)
{
    struct step *s = single(o, STEP_MASK, "mask", "key ≤ query ? a : -∞");
    const struct tensor *out = &o->stage->shape;
    long keys = tensor_columns(out), key = o->x->cell % keys;
    long query = o->x->cell / keys % call_rows(out);
    s->number = key <= call_position(&o->call, query, call_rows(out));
    s->result = s->number != 0 ? s->terms->value : -INFINITY;
}

static void steps_relu(struct opening *o)
{
    struct step *s = single(o, STEP_RELU, "relu", "max(0, a)");
    s->result = s->terms->value < 0 ? 0 : s->terms->value;
}

static void steps_gelu(struct opening *o)
{
    struct step *s = single(o, STEP_GELU, "gelu", "a·Φ(a)");
    double x = s->terms->value;
    s->result = x / 2 * (1 + erf(x / sqrt(2)));
}

static void steps_gelu_tanh(struct opening *o)
{
    struct step *s = single(o, STEP_GELU_TANH, "gelu",
                            "0.5·a·(1 + tanh(√(2/π)·(a + 0.044715·a³)))");
    double x = s->terms->value;
    s->result = x / 2 * (1 + tanh(sqrt(2 / acos(-1)) * (x + 0.044715 * x * x * x)));
}

static void steps_sinusoid(struct opening *o)
{
    long d = o->stage->shape.size[1];
    long row = o->x->cell / d, column = o->x->cell % d;
    long position = call_position(&o->call, row, o->stage->shape.size[0]);
    bool odd = column % 2;
    double wave = pow(10000, (double)(column - odd) / (double)d);
    struct step *s = add_step(o, odd ? STEP_COS : STEP_SIN, odd ? "cos" : "sin",
                              odd ? "cos(p / 10000^(2i/d))" : "sin(p / 10000^(2i/d))", 1);
    double angle = (double)position / wave;
    s->result = odd ? cos(angle) : sin(angle);
    set_term(s->terms, s->result, 2, constant((double)position), constant(wave));
}

static void steps_softmax(struct opening *o)
{
    struct op_source *list;
    long n = sources(o, &list), here = o->x->cell % n;
    struct step *most = add_step(o, STEP_MAX, "max", "m = max(row)", n);
    most->result = -INFINITY;
    for (long i = 0; i < n; i++) {
        struct operand a = from_input(o, list[i].a, list[i].at_a);
        set_term(&most->terms[i], a.value, 1, a, constant(0));
        most->result = fmax(most->result, a.value);
    }
    struct operand m = result_of(o, 0);
    double cold = call_temperature(&o->call);
    struct step *sum = add_step(o, STEP_SUM_EXP, "sum",
                                cold == 1 ? "Σ exp(a - m)" : "Σ exp((a - m) / T)", n);
    sum->number = cold;
    for (long i = 0; i < n; i++) {
        struct operand a = most->terms[i].operand[0];
        set_term(&sum->terms[i], exp((a.value - m.value) / cold), 2, a, m);
        sum->result += sum->terms[i].value;
    }
    struct step *e = add_step(o, STEP_EXP, "exp",
                              cold == 1 ? "exp(a - m)" : "exp((a - m) / T)", 1);
    e->number = cold;
    e->terms[0] = sum->terms[here];
    e->result = e->terms->value;
    struct step *q = add_step(o, STEP_QUOTIENT, "quotient", "exp / sum", 1);
    q->result = e->result / sum->result;
    set_term(q->terms, q->result, 2, result_of(o, 2), result_of(o, 1));
    free(list);
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
    sources(o, &list);
    struct step *s = add_step(o, STEP_SHARE, "share", "1 / n", n);
    long seen = 0;
    for (long i = 0; i < n; i++) {
        struct operand a = from_input(o, list[i].a, list[i].at_a);
        set_term(&s->terms[i], a.value, 1, a, constant(0));
        seen += a.value != -INFINITY;
    }
    s->number = s->terms[here].value != -INFINITY;
    s->result = s->number / (double)seen;
    free(list);
}

static struct step *add_mean(struct opening *o, const struct op_source *list, long n)
{
    struct step *mean = add_step(o, STEP_MEAN, "mean", "μ = Σ a / n", n);
    for (long i = 0; i < n; i++) {
        struct operand a = from_input(o, list[i].a, list[i].at_a);
        set_term(&mean->terms[i], a.value, 1, a, constant(0));
        mean->result += a.value / (double)n;
    }
    return mean;
}

/* Mean and variance of the first n sources. */
static void moments(struct opening *o, const struct op_source *list, long n)
{
    const struct step *mean = add_mean(o, list, n);
    struct operand mu = result_of(o, 0);
    struct step *variance =
        add_step(o, STEP_VARIANCE, "variance", "σ² = Σ (a - μ)² / n", n);
    for (long i = 0; i < n; i++) {
        struct operand a = mean->terms[i].operand[0];
        double square = (a.value - mu.value) * (a.value - mu.value);
        set_term(&variance->terms[i], square, 2, a, mu);
        variance->result += square / (double)n;
    }
}

static void steps_layer_norm(struct opening *o)
{
    struct op_source *list;
    sources(o, &list);
    long n = tensor_columns(&o->stage->shape), here = o->x->cell % n;
    moments(o, list, n);
    struct operand a = o->x->steps[0].terms[here].operand[0];
    struct operand mu = result_of(o, 0), sigma2 = result_of(o, 1);
    struct step *z =
        add_step(o, STEP_NORMALISE, "normalised", "z = (a - μ) / √(σ² + ε)", 1);
    z->number = o->call.params.number;
    z->result = (a.value - mu.value) / sqrt(sigma2.value + z->number);
    set_term(z->terms, z->result, 3, a, mu);
    z->terms->operand[2] = sigma2;
    bool gamma = o->call.in[1] != NULL, beta = o->call.in[2] != NULL;
    struct step *y = add_step(o, STEP_SUM, gamma || beta ? "gamma and beta" : "result",
                              gamma ? beta ? "z·γ + β" : "z·γ" : beta ? "z + β" : "z",
                              beta ? 2 : 1);
    struct operand g = gamma ? from_input(o, 1, here) : constant(1);
    set_term(&y->terms[0], z->result * g.value, gamma ? 2 : 1, result_of(o, 2), g);
    y->result = y->terms[0].value;
    if (beta) {
        struct operand b = from_input(o, 2, here);
        set_term(&y->terms[1], b.value, 1, b, constant(0));
        y->result += b.value;
    }
    free(list);
}

static void steps_center(struct opening *o)
{
    struct op_source *list;
    long n = sources(o, &list);
    add_mean(o, list, n);
    add_difference(o, "a - μ", from_input(o, 0, o->x->cell), result_of(o, 0));
    free(list);
}

static void steps_share(struct opening *o)
{
    struct op_source *list;
    long n = sources(o, &list);
    struct step *sum = add_step(o, STEP_SUM, "sum", "Σ a", n);
    for (long i = 0; i < n; i++) {
        struct operand a = from_input(o, list[i].a, list[i].at_a);
        set_term(&sum->terms[i], a.value, 1, a, constant(0));
        sum->result += a.value;
    }
    struct operand a = from_input(o, 0, o->x->cell);
    struct step *q = add_step(o, STEP_QUOTIENT, "quotient", "a / sum", 1);
    q->result = a.value / sum->result;
    set_term(q->terms, q->result, 2, a, result_of(o, 0));
    free(list);
}

/* The length of the row of the input that begins at cell `first`. */
static void add_norm(struct opening *o, const char *name, const char *formula, int input,
                     long first)
{
    long k = tensor_columns(o->call.in[input]);
    struct step *s = add_step(o, STEP_NORM, name, formula, k);
    for (long i = 0; i < k; i++) {
        struct operand a = from_input(o, input, first + i);
        set_term(&s->terms[i], a.value * a.value, 1, a, constant(0));
        s->result += s->terms[i].value;
    }
    s->result = sqrt(s->result);
}

static void steps_cosine(struct opening *o)
{
    long m = o->stage->shape.size[1], k = tensor_columns(o->call.in[0]);
    steps_sum(o);
    o->x->steps->name = "dot product";
    add_norm(o, "|a|", "√Σ a²", 0, o->x->cell / m * k);
    add_norm(o, "|b|", "√Σ b²", 1, o->x->cell % m * k);
    struct operand dot = result_of(o, 0), a = result_of(o, 1), b = result_of(o, 2);
    struct step *q = add_step(o, STEP_QUOTIENT, "quotient", "a·b / (|a|·|b|)", 1);
    q->result = dot.value / (a.value * b.value);
    set_term(q->terms, q->result, 3, dot, a);
    q->terms->operand[2] = b;
}

/* No arithmetic that would fit a few lines leads to an eigenvector. */
static void steps_pca_axes(struct opening *o)
{
    steps_given(o);
    o->x->steps->name = "axis";
    o->x->steps->formula = "an eigenvector of the covariance";
}

static void (*const steps[OP_COUNT])(struct opening *) = {
#define OP(ID, name, kind, least, most, formula, shape, forward, reference, sources,     \
           how)                                                                          \
    [OP_##ID] = steps_##how,
#include "numbers/op.def"
#undef OP
};

struct explanation explain_cell(struct trace *t, int stage, long cell)
{
    const struct plan *p = trace_plan(t);
    struct explanation x = {.stage = stage, .cell = cell};
    struct tensor shape = p->stages[stage].shape;
    struct opening o = {&p->stages[stage], {.params = p->stages[stage].params}, &x};
    o.call.out = &shape;
    x.value = tensor_get(trace_acquire(t, stage), cell);
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        o.call.in[i] = trace_acquire_ref(t, o.stage->in[i]);
    steps[o.stage->op](&o);
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        trace_release_ref(t, o.stage->in[i]);
    trace_release(t, stage);
    return x;
}

void explain_free(struct explanation *x)
{
    for (int i = 0; i < x->count; i++)
        free(x->steps[i].terms);
    x->count = 0;
}

double explain_tolerance(const struct explanation *x)
{
    const struct step *last = &x->steps[x->count - 1];
    double sum = 0;
    for (long i = 0; i < last->count; i++)
        if (isfinite(last->terms[i].value))
            sum += fabs(last->terms[i].value);
    return 1e-5 * fmax(1, sum);
}

void explain_order(const struct step *step, long *order)
{
    double *sizes = mem_alloc((size_t)step->count, sizeof *sizes);
    for (long i = 0; i < step->count; i++) {
        double x = step->terms[i].value;
        sizes[i] = step->kind == STEP_MAX ? x : fabs(x);
    }
    order_largest(sizes, step->count, step->count, order);
    free(sizes);
}

void explain_cell_text(const struct tensor *shape, long cell, char *out, size_t size)
{
    long index[TENSOR_MAX_RANK] = {0};
    for (int i = shape->rank - 1; i >= 0; i--) {
        index[i] = cell % shape->size[i] + 1;
        cell /= shape->size[i];
    }
    if (shape->rank == 1)
        snprintf(out, size, "%ld", index[0]);
    else if (shape->rank == 2)
        snprintf(out, size, "%ld,%ld", index[0], index[1]);
    else
        snprintf(out, size, "%ld,%ld,%ld", index[0], index[1], index[2]);
}
