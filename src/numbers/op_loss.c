/* The loss: how far the model is from the right tokens.
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. */
#include "numbers/op.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- LOSS. Cross-entropy: the mean of -log p over the right tokens ----
 *
 * x [n, vocabulary], the logarithms of the probabilities. Params: ids, the right token of
 * each row, size[0] of them. The result is one number, in nats. */

static const char *shape_loss(const struct op_call *c)
{
    const struct op_params *p = &c->params;
    if (!shape_has_rank(c, 0, 2) || !p->ids || p->size[0] != c->in[0]->size[0])
        return "needs a right token for each row";
    for (long i = 0; i < p->size[0]; i++)
        if (p->ids[i] < 0 || p->ids[i] >= c->in[0]->size[1])
            return "needs right tokens of the vocabulary";
    return shape_set(c, 1, 1, 0, 0);
}

static void forward_loss(const struct op_call *c)
{
    long n = c->in[0]->size[0], columns = c->in[0]->size[1];
    double sum = 0;
    for (long r = 0; r < n; r++)
        sum += (double)c->in[0]->f32[r * columns + c->params.ids[r]];
    *c->out->f32 = (float)(-sum / (double)n);
}

static void naive_loss(const struct op_call *c)
{
    long n = c->in[0]->size[0], columns = c->in[0]->size[1];
    *c->out->f64 = 0;
    for (long r = 0; r < n; r++)
        *c->out->f64 -= call_get(c, 0, r * columns + c->params.ids[r]) / (double)n;
}

static long sources_loss(const struct op_call *c, long cell, struct op_source *out,
                         long limit)
{
    long n = 0, columns = c->in[0]->size[1];
    (void)cell;
    for (long r = 0; r < c->in[0]->size[0]; r++)
        n = sources_put(out, limit, n,
                        (struct op_source){0, -1, r * columns + c->params.ids[r], 0});
    return n;
}

static void steps_loss(struct opening *o)
{
    struct op_source *list;
    long n = opening_sources(o, &list);
    opening_mean(o, list, n);
    struct operand mean = opening_result(o, 0);
    struct step *s = opening_step(o, STEP_SUM, "loss", "-mean", 1);
    s->result = -mean.value;
    term_set(s->terms, s->result, 2, mean, opening_constant(-1));
    free(list);
}

static void backward_loss(struct backward *b)
{
    struct op_params right = b->call->params;
    right.size[1] = b->call->in[0]->size[1];
    b->give(b, 0, backward_add(b, OP_LOSS_GRADIENT, b->grad, (struct ref){0}, right));
}

const struct op op_loss = {
    .name = "loss",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "-mean of $1 at the right tokens",
    .shape = shape_loss,
    .forward = forward_loss,
    .naive = naive_loss,
    .sources = sources_loss,
    .steps = steps_loss,
    .backward = backward_loss,
};

/* ---- LOSS_GRADIENT. The gradient of that mean: -g / n at the right tokens ----
 *
 * g, one number. Params: ids, size[0] of them, and size[1], the vocabulary. */

static const char *shape_loss_gradient(const struct op_call *c)
{
    if (tensor_count(c->in[0]) != 1 || !c->params.ids)
        return "needs one number, and the right tokens";
    for (long i = 0; i < c->params.size[0]; i++)
        if (c->params.ids[i] < 0 || c->params.ids[i] >= c->params.size[1])
            return "needs right tokens of the vocabulary";
    return shape_set(c, 2, c->params.size[0], c->params.size[1], 0);
}

static void forward_loss_gradient(const struct op_call *c)
{
    long n = c->out->size[0], columns = c->out->size[1];
    memset(c->out->f32, 0, tensor_bytes(c->out));
    for (long r = 0; r < n; r++)
        c->out->f32[r * columns + c->params.ids[r]] = -*c->in[0]->f32 / (float)n;
}

static bool is_right(const struct op_call *c, long cell)
{
    return c->params.ids[cell / c->out->size[1]] == cell % c->out->size[1];
}

static void naive_loss_gradient(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] =
            is_right(c, i) ? -call_get(c, 0, 0) / (double)c->out->size[0] : 0;
}

static long sources_loss_gradient(const struct op_call *c, long cell,
                                  struct op_source *out, long limit)
{
    return is_right(c, cell) ? sources_put(out, limit, 0, (struct op_source){0, -1, 0, 0})
                             : 0;
}

static void steps_loss_gradient(struct opening *o)
{
    if (!is_right(&o->call, o->x->cell)) {
        steps_told(o, "0: this is not the right token");
        return;
    }
    struct step *s = opening_step(o, STEP_QUOTIENT, "share", "g / -n", 1);
    struct operand g = opening_input(o, 0, 0);
    double n = -(double)o->shape.size[0];
    s->result = g.value / n;
    term_set(s->terms, s->result, 2, g, opening_constant(n));
}

const struct op op_loss_gradient = {
    .name = "loss_gradient",
    .kind = OP_KIND_GATHER,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "-$1 / n at the right tokens",
    .shape = shape_loss_gradient,
    .forward = forward_loss_gradient,
    .naive = naive_loss_gradient,
    .sources = sources_loss_gradient,
    .steps = steps_loss_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};
