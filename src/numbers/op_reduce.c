/* Of many numbers of a matrix one: what prose says about it. Of all of them, or of each
 * column or row (numbers/fibre.h).
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. */
#include "numbers/fibre.h"
#include "numbers/vector.h"

#include <math.h>
#include <stdlib.h>

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

/* A matrix of so many rows and columns, each with its step in `from`. */
static struct ref in_steps(struct backward *b, struct ref from, long rows, long row,
                           long columns, long column)
{
    int32_t axes[] = {(int32_t)rows, (int32_t)row, (int32_t)columns, (int32_t)column};
    struct op_params p = {.ids = axes, .size = {4, 0}};
    return backward_add(b, OP_CELLS, from, (struct ref){0}, p);
}

/* The number of each fibre in every cell of the input that went into it. */
static struct ref spread(struct backward *b, struct ref from)
{
    const struct tensor *x = b->call->in[0];
    enum fibre_axis axis = fibre_axis(b->call);
    if (axis == FIBRE_ALL)
        return in_shape(b, from, x, 0);
    return in_steps(b, from, x->size[0], axis == FIBRE_ROWS, x->size[1],
                    axis == FIBRE_COLUMNS);
}

/* The fibres as columns of a matrix, and such a matrix back in the shape of the input. */
static struct ref as_columns(struct backward *b, struct ref x)
{
    const struct tensor *t = b->call->in[0];
    long n = tensor_count(t);
    switch (fibre_axis(b->call)) {
    case FIBRE_COLUMNS:
        return x;
    case FIBRE_ROWS:
        return in_steps(b, x, t->size[1], 1, t->size[0], t->size[1]);
    default:
        return in_steps(b, x, n, 1, 1, 0);
    }
}

static struct ref from_columns(struct backward *b, struct ref x)
{
    const struct tensor *t = b->call->in[0];
    switch (fibre_axis(b->call)) {
    case FIBRE_COLUMNS:
        return x;
    case FIBRE_ROWS:
        return in_steps(b, x, t->size[0], 1, t->size[1], t->size[0]);
    default:
        return in_shape(b, x, t, 1);
    }
}

/* How many numbers go into one. */
static double count_of(const struct op_call *c)
{
    return (double)fibre_of(c, 0).count;
}

/* ---- SUM. Σ of all numbers ---- */

static float fast_sum(const float *x, long n)
{
    return (float)vector_sum(x, 0, 1, n);
}

static void forward_sum(const struct op_call *c)
{
    fibre_fast(c, fast_sum);
}

static double naive_sum_of(const struct op_call *c, const struct fibre *s)
{
    double sum = 0;
    for (long i = 0; i < s->count; i++)
        sum += fibre_get(c, s, i);
    return sum;
}

static void naive_sum(const struct op_call *c)
{
    fibre_naive(c, naive_sum_of);
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
    .form = {.arguments = "m", .axes = AXES_ONE, .number = "axis"},
    .shape = fibre_shape,
    .forward = forward_sum,
    .naive = naive_sum,
    .sources = sources_fibre,
    .steps = steps_all,
    .backward = backward_sum,
};

/* ---- MEAN. Their sum over how many there are ---- */

static float fast_mean(const float *x, long n)
{
    return (float)(vector_sum(x, 0, 1, n) / (double)n);
}

static void forward_mean(const struct op_call *c)
{
    fibre_fast(c, fast_mean);
}

static double naive_mean_of(const struct op_call *c, const struct fibre *s)
{
    double mean = 0;
    for (long i = 0; i < s->count; i++)
        mean += fibre_get(c, s, i);
    return mean / (double)s->count;
}

static void naive_mean(const struct op_call *c)
{
    fibre_naive(c, naive_mean_of);
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
    .form = {.arguments = "m", .axes = AXES_ONE, .number = "axis"},
    .shape = fibre_shape,
    .forward = forward_mean,
    .naive = naive_mean,
    .sources = sources_fibre,
    .steps = steps_mean,
    .backward = backward_mean,
};

/* ---- MAX. The largest ----
 *
 * A NaN is passed over; -inf where there is nothing else. */

static void forward_max(const struct op_call *c)
{
    fibre_fast(c, vector_largest);
}

static double naive_max_of(const struct op_call *c, const struct fibre *s)
{
    double most = -INFINITY;
    for (long i = 0; i < s->count; i++)
        most = fmax(most, fibre_get(c, s, i));
    return most;
}

static void naive_max(const struct op_call *c)
{
    fibre_naive(c, naive_max_of);
}

/* All numbers; the one that is chosen is the first of those that are listed. */
static void open_choice(struct opening *o, enum step_kind kind, const char *name,
                        const char *formula)
{
    struct fibre fibre = fibre_of(&o->call, o->x->cell);
    struct step *s = opening_step(o, kind, name, formula, fibre.count);
    double sign = kind == STEP_MAX ? 1 : -1;
    s->result = -INFINITY;
    for (long i = 0; i < fibre.count; i++) {
        struct operand a = opening_input(o, 0, fibre.first + i * fibre.step);
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
    struct op_params axis = {.number = b->call->params.number};
    b->give(b, 0, b->add(b, OP_EXTREME_GRADIENT, b->in[0], b->out, b->grad, axis));
}

const struct op op_max = {
    .name = "max",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "largest of $1",
    .form = {.arguments = "m", .axes = AXES_ONE, .number = "axis"},
    .shape = fibre_shape,
    .forward = forward_max,
    .naive = naive_max,
    .sources = sources_fibre,
    .steps = steps_max,
    .backward = backward_extreme,
};

/* ---- MIN. The smallest ----
 *
 * A NaN is passed over; inf where there is nothing else. */

static float fast_min(const float *x, long n)
{
    float least = INFINITY;
    for (long i = 0; i < n; i++)
        least = x[i] < least ? x[i] : least;
    return least;
}

static void forward_min(const struct op_call *c)
{
    fibre_fast(c, fast_min);
}

static double naive_min_of(const struct op_call *c, const struct fibre *s)
{
    double least = INFINITY;
    for (long i = 0; i < s->count; i++)
        least = fmin(least, fibre_get(c, s, i));
    return least;
}

static void naive_min(const struct op_call *c)
{
    fibre_naive(c, naive_min_of);
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
    .form = {.arguments = "m", .axes = AXES_ONE, .number = "axis"},
    .shape = fibre_shape,
    .forward = forward_min,
    .naive = naive_min,
    .sources = sources_fibre,
    .steps = steps_min,
    .backward = backward_extreme,
};

/* ---- STD. The standard deviation: √(Σ (x - μ)² / n) ---- */

static float fast_std(const float *x, long n)
{
    double mean = vector_sum(x, 0, 1, n) / (double)n;
    return (float)sqrt(vector_sum(x, mean, 2, n) / (double)n);
}

static void forward_std(const struct op_call *c)
{
    fibre_fast(c, fast_std);
}

static double naive_std_of(const struct op_call *c, const struct fibre *s)
{
    double mean = naive_mean_of(c, s), sum = 0;
    for (long i = 0; i < s->count; i++)
        sum += (fibre_get(c, s, i) - mean) * (fibre_get(c, s, i) - mean);
    return sqrt(sum / (double)s->count);
}

static void naive_std(const struct op_call *c)
{
    fibre_naive(c, naive_std_of);
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
    struct op_params none = {0}, share = {.number = 1 / count_of(b->call)};
    struct ref no = {0};
    struct ref x = as_columns(b, b->in[0]);
    struct ref centred = backward_add(b, OP_CENTER, x, no, none);
    struct ref sigma =
        in_steps(b, b->out, (long)count_of(b->call), 0, fibre_results(b->call), 1);
    struct ref ratio = backward_add(b, OP_DIVIDE, centred, sigma, none);
    struct ref mean = from_columns(b, backward_add(b, OP_SCALE, ratio, no, share));
    b->give(b, 0, backward_add(b, OP_MULTIPLY, mean, spread(b, b->grad), none));
}

const struct op op_std = {
    .name = "std",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "√(Σ ($1 - μ)² / n)",
    .form = {.arguments = "m", .axes = AXES_ONE, .number = "axis"},
    .shape = fibre_shape,
    .forward = forward_std,
    .naive = naive_std,
    .sources = sources_fibre,
    .steps = steps_std,
    .backward = backward_std,
};

/* ---- NORM. The length: √Σ x² ---- */

static float fast_norm(const float *x, long n)
{
    return (float)sqrt(vector_dot(x, x, n));
}

static void forward_norm(const struct op_call *c)
{
    fibre_fast(c, fast_norm);
}

static double naive_norm_of(const struct op_call *c, const struct fibre *s)
{
    double sum = 0;
    for (long i = 0; i < s->count; i++)
        sum += fibre_get(c, s, i) * fibre_get(c, s, i);
    return sqrt(sum);
}

static void naive_norm(const struct op_call *c)
{
    fibre_naive(c, naive_norm_of);
}

static void steps_norm(struct opening *o)
{
    struct fibre s = fibre_of(&o->call, o->x->cell);
    opening_norm(o, "length", 0, s.first, s.step, s.count);
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
    .form = {.arguments = "m", .axes = AXES_ONE, .number = "axis"},
    .shape = fibre_shape,
    .forward = forward_norm,
    .naive = naive_norm,
    .sources = sources_fibre,
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

static float fast_entropy(const float *p, long n)
{
    double sum = 0;
    for (long i = 0; i < n; i++)
        sum += surprise((double)p[i]);
    return (float)sum;
}

static void forward_entropy(const struct op_call *c)
{
    fibre_fast(c, fast_entropy);
}

static double naive_entropy_of(const struct op_call *c, const struct fibre *s)
{
    double sum = 0;
    for (long i = 0; i < s->count; i++) {
        double p = fibre_get(c, s, i);
        if (p > 0)
            sum -= p * log2(p);
    }
    return sum;
}

static void naive_entropy(const struct op_call *c)
{
    fibre_naive(c, naive_entropy_of);
}

static void steps_entropy(struct opening *o)
{
    struct fibre fibre = fibre_of(&o->call, o->x->cell);
    struct step *s = opening_step(o, STEP_ENTROPY, "entropy",
                                  "-Σ a·log2 a = Σ a·log2(1/a)", fibre.count);
    for (long i = 0; i < fibre.count; i++) {
        struct operand a = opening_input(o, 0, fibre.first + i * fibre.step);
        term_set(&s->terms[i], surprise(a.value), 1, a, opening_constant(0));
        s->result += s->terms[i].value;
    }
}

static void backward_entropy(struct backward *b)
{
    struct op_params axis = {.number = b->call->params.number};
    b->give(b, 0, backward_add(b, OP_ENTROPY_GRADIENT, b->in[0], b->grad, axis));
}

const struct op op_entropy = {
    .name = "entropy",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "-Σ $1·log2 $1",
    .form = {.arguments = "m", .axes = AXES_ONE, .number = "axis"},
    .shape = fibre_shape,
    .forward = forward_entropy,
    .naive = naive_entropy,
    .sources = sources_fibre,
    .steps = steps_entropy,
    .backward = backward_entropy,
};
