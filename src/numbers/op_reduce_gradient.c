/* The gradients of ops of op_reduce.c that no other ops make up. */
#include "numbers/fibre.h"

#include <math.h>
#include <string.h>

/* Whether an input has a number for each fibre of the first. */
static bool fibre_same(const struct op_call *c, int input)
{
    bool known = fibre_axis(c) == FIBRE_ALL || shape_has_rank(c, 0, 2);
    return known && tensor_count(c->in[input]) == fibre_results(c);
}

/* ---- EXTREME_GRADIENT. The gradient goes to the number that was chosen ----
 *
 * The first of equals. Inputs: x, the largest or smallest of each fibre, and its gradient
 * g. */

static const char *shape_extreme_gradient(const struct op_call *c)
{
    return fibre_same(c, 1) && fibre_same(c, 2) ? shape_same(c)
                                                : "needs the numbers and their gradient";
}

/* The cell that was chosen for a number of the result, -1 for none. */
static long chosen(const struct op_call *c, long result)
{
    struct fibre s = fibre_of(c, result);
    long i = 0;
    while (i < s.count && fibre_get(c, &s, i) != call_get(c, 1, result))
        i++;
    return i < s.count ? s.first + i * s.step : -1;
}

static void forward_extreme_gradient(const struct op_call *c)
{
    memset(c->out->f32, 0, sizeof(float) * (size_t)tensor_count(c->out));
    for (long k = 0; k < fibre_results(c); k++) {
        long at = chosen(c, k);
        if (at >= 0)
            c->out->f32[at] = c->in[2]->f32[k];
    }
}

static void naive_extreme_gradient(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++) {
        long k = fibre_result(c, i);
        c->out->f64[i] = i == chosen(c, k) ? call_get(c, 2, k) : 0;
    }
}

/* All of a fibre decides where its gradient goes. */
static long sources_extreme_gradient(const struct op_call *c, long cell,
                                     struct op_source *out, long limit)
{
    long k = fibre_result(c, cell), n = sources_fibre(c, k, out, limit);
    n = sources_put(out, limit, n, (struct op_source){1, -1, k, 0});
    return sources_put(out, limit, n, (struct op_source){2, -1, k, 0});
}

static void steps_extreme_gradient(struct opening *o)
{
    long result = fibre_result(&o->call, o->x->cell);
    struct operand g = opening_input(o, 2, result);
    if (o->x->cell != chosen(&o->call, result)) {
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

/* ---- ENTROPY_GRADIENT. -(log2 p + log2 e)·g; 0 where p is not positive ----
 *
 * Inputs: p, and g, a number for each fibre. */

static const char *shape_entropy_gradient(const struct op_call *c)
{
    return fibre_same(c, 1) ? shape_same(c) : "needs the gradient of each number";
}

static double entropy_slope(double p)
{
    return p > 0 ? -log2(p) - 1 / log(2) : 0;
}

static void forward_entropy_gradient(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f32[i] = (float)(entropy_slope((double)c->in[0]->f32[i]) *
                                 (double)c->in[1]->f32[fibre_result(c, i)]);
}

static void naive_entropy_gradient(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++) {
        double p = call_get(c, 0, i), g = call_get(c, 1, fibre_result(c, i));
        c->out->f64[i] = p > 0 ? -g * (log(p) + 1) / log(2) : 0;
    }
}

static long sources_entropy_gradient(const struct op_call *c, long cell,
                                     struct op_source *out, long limit)
{
    long n = sources_put(out, limit, 0, (struct op_source){0, -1, cell, 0});
    long k = fibre_result(c, cell);
    return sources_put(out, limit, n, (struct op_source){1, -1, k, 0});
}

static void steps_entropy_gradient(struct opening *o)
{
    opening_slope(o, "p", entropy_slope, fibre_result(&o->call, o->x->cell));
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
