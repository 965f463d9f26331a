/* Columns put beside each other, and tanh: how a recurrent decoder joins what attention
 * found with its own state, tanh(W·[context; state]) (Luong, Pham and Manning 2015).
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. */
#include "numbers/op.h"
#include "numbers/wide.h"

#include <math.h>
#include <string.h>

/* ---- JOIN. Two matrices beside each other ----
 *
 * Inputs: a [n, p], b [n, q]. The result [n, p + q] has the columns of a, then those of
 * b. */

static const char *shape_join(const struct op_call *c)
{
    if (!shape_has_rank(c, 0, 2) || !shape_has_rank(c, 1, 2) ||
        c->in[0]->size[0] != c->in[1]->size[0])
        return "needs two matrices with the same number of rows";
    return shape_set(c, 2, c->in[0]->size[0], c->in[0]->size[1] + c->in[1]->size[1], 0);
}

static void forward_join(const struct op_call *c)
{
    long p = c->in[0]->size[1], q = c->in[1]->size[1];
    const float *a = call_floats(c, 0), *b = call_floats(c, 1);
    for (long r = 0; r < c->out->size[0]; r++) {
        float *out = c->out->f32 + r * (p + q);
        memcpy(out, a + r * p, sizeof(float) * (size_t)p);
        memcpy(out + p, b + r * q, sizeof(float) * (size_t)q);
    }
}

/* Where a cell of the result comes from. */
static struct op_source joined_from(const struct op_call *c, long cell)
{
    long p = c->in[0]->size[1], q = c->in[1]->size[1];
    long row = cell / (p + q), column = cell % (p + q);
    if (column < p)
        return (struct op_source){0, -1, row * p + column, 0};
    return (struct op_source){1, -1, row * q + column - p, 0};
}

static void naive_join(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++) {
        struct op_source from = joined_from(c, i);
        c->out->f64[i] = call_get(c, from.a, from.at_a);
    }
}

static long sources_join(const struct op_call *c, long cell, struct op_source *out,
                         long limit)
{
    return sources_put(out, limit, 0, joined_from(c, cell));
}

static void backward_join(struct backward *b)
{
    struct ref none = {0};
    long p = b->call->in[0]->size[1], q = b->call->in[1]->size[1];
    struct op_params left = {.size = {0, p}}, right = {.integer = p, .size = {0, q}};
    b->give(b, 0, backward_add(b, OP_COLUMNS, b->grad, none, left));
    b->give(b, 1, backward_add(b, OP_COLUMNS, b->grad, none, right));
}

const struct op op_join = {
    .name = "join",
    .kind = OP_KIND_GATHER,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "[$1; $2]",
    .shape = shape_join,
    .forward = forward_join,
    .naive = naive_join,
    .sources = sources_join,
    .steps = steps_copy,
    .backward = backward_join,
};

/* ---- COLUMNS. Some neighbouring columns of a matrix ----
 *
 * x [n, d]. Params: integer, the first column; size[1], how many. */

static const char *shape_columns(const struct op_call *c)
{
    long first = c->params.integer, count = c->params.size[1];
    if (!shape_has_rank(c, 0, 2) || first < 0 || count < 1 ||
        count > c->in[0]->size[1] || first > c->in[0]->size[1] - count)
        return "needs a matrix that has these columns";
    return shape_set(c, 2, c->in[0]->size[0], count, 0);
}

static void forward_columns(const struct op_call *c)
{
    long n = c->out->size[1], d = c->in[0]->size[1];
    const float *x = call_floats(c, 0) + c->params.integer;
    for (long r = 0; r < c->out->size[0]; r++)
        memcpy(c->out->f32 + r * n, x + r * d, sizeof(float) * (size_t)n);
}

static long cell_of_columns(const struct op_call *c, long cell)
{
    long n = c->out->size[1];
    return cell / n * c->in[0]->size[1] + c->params.integer + cell % n;
}

static void naive_columns(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 0, cell_of_columns(c, i));
}

static long sources_columns(const struct op_call *c, long cell, struct op_source *out,
                            long limit)
{
    return sources_put(out, limit, 0,
                       (struct op_source){0, -1, cell_of_columns(c, cell), 0});
}

const struct op op_columns = {
    .name = "columns",
    .kind = OP_KIND_GATHER,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "columns of $1",
    .shape = shape_columns,
    .forward = forward_columns,
    .naive = naive_columns,
    .sources = sources_columns,
    .steps = steps_copy,
    .constant = "it is a part of a gradient; how it changes is not followed",
};

/* ---- TANH. The hyperbolic tangent, cell by cell: between -1 and 1 ---- */

WIDE static void kernel_tanh(float *restrict out, const float *restrict x, long n)
{
    for (long i = 0; i < n; i++)
        out[i] = hyperbolic_tangent(x[i]);
}

static void forward_tanh(const struct op_call *c)
{
    kernel_tanh(c->out->f32, call_floats(c, 0), tensor_count(c->out));
}

static void naive_tanh(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = tanh(call_get(c, 0, i));
}

static void steps_tanh(struct opening *o)
{
    struct step *s = opening_single(o, STEP_TANH, "tanh", "tanh(a)");
    s->result = tanh(s->terms->value);
}

static void backward_tanh(struct backward *b)
{
    b->give(b, 0, backward_add(b, OP_TANH_GRADIENT, b->out, b->grad,
                               (struct op_params){0}));
}

const struct op op_tanh = {
    .name = "tanh",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "tanh($1)",
    .shape = shape_same,
    .forward = forward_tanh,
    .naive = naive_tanh,
    .sources = sources_each,
    .steps = steps_tanh,
    .backward = backward_tanh,
};

/* ---- TANH_GRADIENT. The gradient through y = tanh(x): g·(1 - y²) ----
 *
 * Inputs: y, the result, and its gradient g. */

WIDE static void kernel_tanh_gradient(float *restrict out, const float *restrict y,
                                      const float *restrict g, long n)
{
    for (long i = 0; i < n; i++)
        out[i] = g[i] * (1 - y[i] * y[i]);
}

static void forward_tanh_gradient(const struct op_call *c)
{
    kernel_tanh_gradient(c->out->f32, call_floats(c, 0), call_floats(c, 1),
                         tensor_count(c->out));
}

static double slope_at_result(double y)
{
    return (1 - y) * (1 + y);
}

static void naive_tanh_gradient(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 1, i) * slope_at_result(call_get(c, 0, i));
}

static void steps_tanh_gradient(struct opening *o)
{
    opening_slope(o, "tanh", slope_at_result, o->x->cell);
}

const struct op op_tanh_gradient = {
    .name = "tanh_gradient",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$2 ∘ (1 - $1²)",
    .shape = shape_equal,
    .forward = forward_tanh_gradient,
    .naive = naive_tanh_gradient,
    .sources = sources_each,
    .steps = steps_tanh_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};
