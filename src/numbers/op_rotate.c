/* Pairs of columns turned by an angle. */
#include "numbers/op.h"

#include <math.h>

/* ---- ROTATE. Pairs of columns, each turned about the origin ----
 *
 * Columns 1 and 2, 3 and 4, …: pair i of d columns is turned by p·10000^(-2i/d), the
 * frequencies of the sinusoids (3.5). With p the place of the row these are rotary
 * positions (Su et al. 2021); with one p for all rows it moves every sinusoid by as many
 * places: a pair holds a sine and a cosine, so that a turn by -p leads p places on.
 * Params: integer, p, or the place of the first row; size[0]: 0, one p for all rows; 1,
 * each row by its place; -1, the same backwards; number, the base, 0 for 10000. */

static const char *shape_rotate(const struct op_call *c)
{
    long way = c->params.size[0], p = c->params.integer;
    double base = c->params.number;
    if (c->in[0]->rank < 2 || tensor_columns(c->in[0]) % 2)
        return "needs pairs of columns";
    if (way < -1 || way > 1 || p < -CALL_MOST || p > CALL_MOST || (way && p < 0))
        return "needs a place";
    if (base != 0 && !(isfinite(base) && base > 0))
        return "needs a base above 0";
    return shape_same(c);
}

/* The angle of the pair that holds a cell. */
static double angle_of(const struct op_call *c, long cell)
{
    long d = tensor_columns(c->out), rows = call_rows(c->out), way = c->params.size[0];
    double base = c->params.number != 0 ? c->params.number : 10000;
    double frequency = pow(base, -(double)(cell % d / 2 * 2) / (double)d);
    long place = way ? way * (c->params.integer + cell / d % rows) : c->params.integer;
    return (double)place * frequency;
}

static void forward_rotate(const struct op_call *c)
{
    const float *in = c->in[0]->f32;
    for (long i = 0; i < tensor_count(c->out); i += 2) {
        double angle = angle_of(c, i), x = (double)in[i], y = (double)in[i + 1];
        c->out->f32[i] = (float)(x * cos(angle) - y * sin(angle));
        c->out->f32[i + 1] = (float)(x * sin(angle) + y * cos(angle));
    }
}

/* What the first and the second number of its pair count for in a cell. */
static void factors_of(const struct op_call *c, long cell, double *x, double *y)
{
    double angle = angle_of(c, cell);
    *x = cell % 2 ? sin(angle) : cos(angle);
    *y = cell % 2 ? cos(angle) : -sin(angle);
}

static void naive_rotate(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++) {
        double x, y;
        factors_of(c, i, &x, &y);
        c->out->f64[i] =
            x * call_get(c, 0, i / 2 * 2) + y * call_get(c, 0, i / 2 * 2 + 1);
    }
}

/* Both numbers of its pair. */
static long sources_rotate(const struct op_call *c, long cell, struct op_source *out,
                           long limit)
{
    (void)c;
    long n = sources_put(out, limit, 0, (struct op_source){0, -1, cell / 2 * 2, 0});
    return sources_put(out, limit, n, (struct op_source){0, -1, cell / 2 * 2 + 1, 0});
}

static void steps_rotate(struct opening *o)
{
    long cell = o->x->cell, first = cell / 2 * 2;
    double factor[2];
    factors_of(&o->call, cell, &factor[0], &factor[1]);
    struct step *angle = opening_step(o, STEP_SUM, "angle", "p·frequency", 1);
    angle->result = angle_of(&o->call, cell);
    term_set(angle->terms, angle->result, 1, opening_constant(angle->result),
             opening_constant(0));
    struct step *s = opening_step(
        o, STEP_SUM, "turn", cell % 2 ? "x·sin + y·cos" : "x·cos - y·sin", 2);
    for (int i = 0; i < 2; i++) {
        struct operand x = opening_input(o, 0, first + i);
        term_set(&s->terms[i], x.value * factor[i], 2, x, opening_constant(factor[i]));
        s->result += s->terms[i].value;
    }
}

/* Turned back. */
static void backward_rotate(struct backward *b)
{
    struct op_params back = b->call->params;
    if (back.size[0])
        back.size[0] = -back.size[0];
    else
        back.integer = -back.integer;
    b->give(b, 0, backward_add(b, OP_ROTATE, b->grad, (struct ref){0}, back));
}

const struct op op_rotate = {
    .name = "rotate",
    .kind = OP_KIND_ROW,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "pairs of $1, turned",
    .shape = shape_rotate,
    .forward = forward_rotate,
    .naive = naive_rotate,
    .sources = sources_rotate,
    .steps = steps_rotate,
    .backward = backward_rotate,
};
