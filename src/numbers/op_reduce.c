/* Of all numbers of a matrix one: what prose says about it.
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. The result is one number, whatever the shape of the input. */
#include "numbers/op.h"
#include "numbers/vector.h"

#include <math.h>
#include <stdlib.h>

static const char *shape_one(const struct op_call *c)
{
    return shape_set(c, 1, 1, 0, 0);
}

static double count_of(const struct op_call *c)
{
    return (double)tensor_count(c->in[0]);
}

/* ---- what gradients share ---- */

/* The cells of `from`, row by row, with a step of 0 (one number, repeated) or 1, in the
 * shape of x. */
static struct ref in_shape(struct backward *b, struct ref from, const struct tensor *x,
                           int step)
{
    int32_t axes[2 * TENSOR_MAX_RANK];
    long stride = step;
    for (int i = x->rank - 1; i >= 0; i--) {
        axes[2 * i] = (int32_t)x->size[i];
        axes[2 * i + 1] = (int32_t)stride;
        stride *= x->size[i];
    }
    struct op_params p = {.ids = axes, .size = {2l * x->rank, 0}};
    return backward_add(b, OP_CELLS, from, (struct ref){0}, p);
}

/* One number in every cell of the input. */
static struct ref spread(struct backward *b, struct ref one)
{
    return in_shape(b, one, b->call->in[0], 0);
}

/* ---- SUM. Σ of all numbers ---- */

static void forward_sum(const struct op_call *c)
{
    *c->out->f32 = (float)vector_sum(call_floats(c, 0), 0, 1, tensor_count(c->in[0]));
}

static void naive_sum(const struct op_call *c)
{
    *c->out->f64 = 0;
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        *c->out->f64 += call_get(c, 0, i);
}

static void steps_all(struct opening *o)
{
    steps_sum(o);
    o->x->steps->formula = "Σ a";
}

static void backward_sum(struct backward *b)
{
    b->give(b, 0, spread(b, b->grad));
}

const struct op op_sum = {
    .name = "sum",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "Σ $1",
    .form = {.arguments = "m", .axes = AXES_ONE},
    .shape = shape_one,
    .forward = forward_sum,
    .naive = naive_sum,
    .sources = sources_all,
    .steps = steps_all,
    .backward = backward_sum,
};

/* ---- MEAN. Their sum over how many there are ---- */

static void forward_mean(const struct op_call *c)
{
    long n = tensor_count(c->in[0]);
    *c->out->f32 = (float)(vector_sum(call_floats(c, 0), 0, 1, n) / (double)n);
}

static double naive_mean_of(const struct op_call *c)
{
    double mean = 0;
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        mean += call_get(c, 0, i);
    return mean / count_of(c);
}

static void naive_mean(const struct op_call *c)
{
    *c->out->f64 = naive_mean_of(c);
}

static void steps_mean(struct opening *o)
{
    struct op_source *list;
    long n = opening_sources(o, &list);
    opening_mean(o, list, n);
    free(list);
}

static void backward_mean(struct backward *b)
{
    struct op_params share = {.number = 1 / count_of(b->call)};
    struct ref none = {0};
    b->give(b, 0, spread(b, backward_add(b, OP_SCALE, b->grad, none, share)));
}

const struct op op_mean = {
    .name = "mean",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "Σ $1 / n",
    .form = {.arguments = "m", .axes = AXES_ONE},
    .shape = shape_one,
    .forward = forward_mean,
    .naive = naive_mean,
    .sources = sources_all,
    .steps = steps_mean,
    .backward = backward_mean,
};

/* ---- MAX. The largest ----
 *
 * A NaN is passed over; -inf where there is nothing else. */

static void forward_max(const struct op_call *c)
{
    *c->out->f32 = vector_largest(call_floats(c, 0), tensor_count(c->in[0]));
}

static void naive_max(const struct op_call *c)
{
    *c->out->f64 = -INFINITY;
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        *c->out->f64 = fmax(*c->out->f64, call_get(c, 0, i));
}

/* All numbers; the one that is chosen is the first of those that are listed. */
static void open_choice(struct opening *o, enum step_kind kind, const char *name,
                        const char *formula)
{
    long n = tensor_count(o->call.in[0]);
    struct step *s = opening_step(o, kind, name, formula, n);
    double sign = kind == STEP_MAX ? 1 : -1;
    s->result = -INFINITY;
    for (long i = 0; i < n; i++) {
        struct operand a = opening_input(o, 0, i);
        term_set(&s->terms[i], a.value, 1, a, opening_constant(0));
        s->result = fmax(s->result, sign * a.value);
    }
    s->result *= sign;
}

static void steps_max(struct opening *o)
{
    open_choice(o, STEP_MAX, "max", "max(a, …)");
}

/* To the largest, or the smallest. */
static void backward_extreme(struct backward *b)
{
    struct op_params none = {0};
    b->give(b, 0, b->add(b, OP_EXTREME_GRADIENT, b->in[0], b->out, b->grad, none));
}

const struct op op_max = {
    .name = "max",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "largest of $1",
    .form = {.arguments = "m", .axes = AXES_ONE},
    .shape = shape_one,
    .forward = forward_max,
    .naive = naive_max,
    .sources = sources_all,
    .steps = steps_max,
    .backward = backward_extreme,
};

/* ---- MIN. The smallest ----
 *
 * A NaN is passed over; inf where there is nothing else. */

static void forward_min(const struct op_call *c)
{
    const float *x = call_floats(c, 0);
    float least = INFINITY;
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        least = x[i] < least ? x[i] : least;
    *c->out->f32 = least;
}

static void naive_min(const struct op_call *c)
{
    *c->out->f64 = INFINITY;
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        *c->out->f64 = fmin(*c->out->f64, call_get(c, 0, i));
}

static void steps_min(struct opening *o)
{
    open_choice(o, STEP_MIN, "min", "min(a, …)");
}

const struct op op_min = {
    .name = "min",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "smallest of $1",
    .form = {.arguments = "m", .axes = AXES_ONE},
    .shape = shape_one,
    .forward = forward_min,
    .naive = naive_min,
    .sources = sources_all,
    .steps = steps_min,
    .backward = backward_extreme,
};

/* ---- EXTREME_GRADIENT. The gradient goes to the number that was chosen ----
 *
 * The first of equals. Inputs: x, the largest or smallest of it, and its gradient g. */

static const char *shape_extreme_gradient(const struct op_call *c)
{
    if (tensor_count(c->in[1]) != 1 || tensor_count(c->in[2]) != 1)
        return "needs one number and its gradient";
    return shape_same(c);
}

/* The index of the number that was chosen, -1 for none. */
static long chosen(const struct op_call *c)
{
    long n = tensor_count(c->in[0]), i = 0;
    while (i < n && call_get(c, 0, i) != call_get(c, 1, 0))
        i++;
    return i < n ? i : -1;
}

static void forward_extreme_gradient(const struct op_call *c)
{
    long at = chosen(c);
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f32[i] = i == at ? *c->in[2]->f32 : 0;
}

static void naive_extreme_gradient(const struct op_call *c)
{
    long at = chosen(c);
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = i == at ? call_get(c, 2, 0) : 0;
}

/* All of x decides where the gradient goes. */
static long sources_extreme_gradient(const struct op_call *c, long cell,
                                     struct op_source *out, long limit)
{
    long n = sources_all(c, cell, out, limit);
    n = sources_put(out, limit, n, (struct op_source){1, -1, 0, 0});
    return sources_put(out, limit, n, (struct op_source){2, -1, 0, 0});
}

static void steps_extreme_gradient(struct opening *o)
{
    struct operand g = opening_input(o, 2, 0);
    if (o->x->cell != chosen(&o->call)) {
        steps_told(o, "0: this cell was not chosen");
        return;
    }
    struct step *s = opening_step(o, STEP_COPY, "gradient", "g, for it was chosen", 1);
    s->result = g.value;
    term_set(s->terms, g.value, 1, g, opening_constant(0));
}

const struct op op_extreme_gradient = {
    .name = "extreme_gradient",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 3,
    .most_inputs = 3,
    .formula = "$3 where $1 is $2",
    .shape = shape_extreme_gradient,
    .forward = forward_extreme_gradient,
    .naive = naive_extreme_gradient,
    .sources = sources_extreme_gradient,
    .steps = steps_extreme_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- STD. The standard deviation: √(Σ (x - μ)² / n) ---- */

static void forward_std(const struct op_call *c)
{
    const float *x = call_floats(c, 0);
    long n = tensor_count(c->in[0]);
    double mean = vector_sum(x, 0, 1, n) / (double)n;
    *c->out->f32 = (float)sqrt(vector_sum(x, mean, 2, n) / (double)n);
}

static void naive_std(const struct op_call *c)
{
    double mean = naive_mean_of(c), sum = 0;
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        sum += (call_get(c, 0, i) - mean) * (call_get(c, 0, i) - mean);
    *c->out->f64 = sqrt(sum / count_of(c));
}

static void steps_std(struct opening *o)
{
    struct op_source *list;
    long n = opening_sources(o, &list);
    opening_moments(o, list, n);
    struct operand variance = opening_result(o, 1);
    struct step *s = opening_step(o, STEP_ROOT, "deviation", "√σ²", 1);
    s->result = sqrt(variance.value);
    term_set(s->terms, s->result, 1, variance, opening_constant(0));
    free(list);
}

/* (x - μ) / (n·σ)·g, by the ops that take a column. */
static void backward_std(struct backward *b)
{
    struct tensor column = {.rank = 2, .size = {tensor_count(b->call->in[0]), 1}};
    struct op_params none = {0}, share = {.number = 1 / count_of(b->call)};
    struct ref no = {0};
    struct ref x = in_shape(b, b->in[0], &column, 1);
    struct ref centred = backward_add(b, OP_CENTER, x, no, none);
    struct ref sigma = in_shape(b, b->out, &column, 0);
    struct ref ratio = backward_add(b, OP_DIVIDE, centred, sigma, none);
    struct ref mean = in_shape(b, backward_add(b, OP_SCALE, ratio, no, share),
                               b->call->in[0], 1);
    b->give(b, 0, backward_add(b, OP_MULTIPLY, mean, spread(b, b->grad), none));
}

const struct op op_std = {
    .name = "std",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "√(Σ ($1 - μ)² / n)",
    .form = {.arguments = "m", .axes = AXES_ONE},
    .shape = shape_one,
    .forward = forward_std,
    .naive = naive_std,
    .sources = sources_all,
    .steps = steps_std,
    .backward = backward_std,
};

/* ---- NORM. The length: √Σ x² ---- */

static void forward_norm(const struct op_call *c)
{
    const float *x = call_floats(c, 0);
    *c->out->f32 = (float)sqrt(vector_dot(x, x, tensor_count(c->in[0])));
}

static void naive_norm(const struct op_call *c)
{
    double sum = 0;
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        sum += call_get(c, 0, i) * call_get(c, 0, i);
    *c->out->f64 = sqrt(sum);
}

static void steps_norm(struct opening *o)
{
    opening_norm(o, "length", 0, 0, tensor_count(o->call.in[0]));
}

/* x / |x|·g */
static void backward_norm(struct backward *b)
{
    struct op_params none = {0};
    struct ref unit = backward_add(b, OP_DIVIDE, b->in[0], spread(b, b->out), none);
    b->give(b, 0, backward_add(b, OP_MULTIPLY, unit, spread(b, b->grad), none));
}

const struct op op_norm = {
    .name = "norm",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "√Σ $1²",
    .form = {.arguments = "m", .axes = AXES_ONE},
    .shape = shape_one,
    .forward = forward_norm,
    .naive = naive_norm,
    .sources = sources_all,
    .steps = steps_norm,
    .backward = backward_norm,
};

/* ---- ENTROPY. -Σ p·log2 p, in bits (Shannon 1948) ----
 *
 * Of shares that add to 1: how many yes-or-no questions the choice among them is worth.
 * Numbers that are not positive add nothing. */

static double surprise(double p)
{
    return p > 0 ? -p * log2(p) : 0;
}

static void forward_entropy(const struct op_call *c)
{
    const float *p = call_floats(c, 0);
    double sum = 0;
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        sum += surprise((double)p[i]);
    *c->out->f32 = (float)sum;
}

static void naive_entropy(const struct op_call *c)
{
    *c->out->f64 = 0;
    for (long i = 0; i < tensor_count(c->in[0]); i++) {
        double p = call_get(c, 0, i);
        if (p > 0)
            *c->out->f64 -= p * log2(p);
    }
}

static void steps_entropy(struct opening *o)
{
    long n = tensor_count(o->call.in[0]);
    struct step *s =
        opening_step(o, STEP_ENTROPY, "entropy", "-Σ a·log2 a = Σ a·log2(1/a)", n);
    for (long i = 0; i < n; i++) {
        struct operand a = opening_input(o, 0, i);
        term_set(&s->terms[i], surprise(a.value), 1, a, opening_constant(0));
        s->result += s->terms[i].value;
    }
}

static void backward_entropy(struct backward *b)
{
    struct op_params none = {0};
    b->give(b, 0, backward_add(b, OP_ENTROPY_GRADIENT, b->in[0], b->grad, none));
}

const struct op op_entropy = {
    .name = "entropy",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "-Σ $1·log2 $1",
    .form = {.arguments = "m", .axes = AXES_ONE},
    .shape = shape_one,
    .forward = forward_entropy,
    .naive = naive_entropy,
    .sources = sources_all,
    .steps = steps_entropy,
    .backward = backward_entropy,
};

/* ---- ENTROPY_GRADIENT. -(log2 p + log2 e)·g; 0 where p is not positive ----
 *
 * Inputs: p, and g, one number. */

static const char *shape_entropy_gradient(const struct op_call *c)
{
    return tensor_count(c->in[1]) == 1 ? shape_same(c) : "needs the gradient of a number";
}

static double entropy_slope(double p)
{
    return p > 0 ? -log2(p) - 1 / log(2) : 0;
}

static void forward_entropy_gradient(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f32[i] =
            (float)(entropy_slope((double)c->in[0]->f32[i]) * (double)*c->in[1]->f32);
}

static void naive_entropy_gradient(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++) {
        double p = call_get(c, 0, i), g = call_get(c, 1, 0);
        c->out->f64[i] = p > 0 ? -g * (log(p) + 1) / log(2) : 0;
    }
}

static long sources_entropy_gradient(const struct op_call *c, long cell,
                                     struct op_source *out, long limit)
{
    (void)c;
    long n = sources_put(out, limit, 0, (struct op_source){0, -1, cell, 0});
    return sources_put(out, limit, n, (struct op_source){1, -1, 0, 0});
}

static void steps_entropy_gradient(struct opening *o)
{
    opening_slope(o, "p", entropy_slope, 0);
}

const struct op op_entropy_gradient = {
    .name = "entropy_gradient",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$2 · slope at $1",
    .shape = shape_entropy_gradient,
    .forward = forward_entropy_gradient,
    .naive = naive_entropy_gradient,
    .sources = sources_entropy_gradient,
    .steps = steps_entropy_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};
