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
 * each row, size[0] of them; number, the smoothing ε: the right token has 1 - ε of the
 * target, and all have ε shared among them (5.4; Szegedy et al. 2016, section 7). The
 * result is one number, in nats. */

static const char *const wrong_smoothing = "needs a smoothing from 0 to below 1";

static bool is_smoothing(double x)
{
    return x >= 0 && x < 1;
}

static const char *shape_loss(const struct op_call *c)
{
    const struct op_params *p = &c->params;
    if (!shape_has_rank(c, 0, 2) || !p->ids || p->size[0] != c->in[0]->size[0])
        return "needs a right token for each row";
    for (long i = 0; i < p->size[0]; i++)
        if (p->ids[i] < 0 || p->ids[i] >= c->in[0]->size[1])
            return "needs right tokens of the vocabulary";
    return is_smoothing(p->number) ? shape_set(c, 1, 1, 0, 0) : wrong_smoothing;
}

/* The share of the target that a cell has. */
static double share_of(const struct op_call *c, long row, long column, long columns)
{
    double smoothing = c->params.number;
    return smoothing / (double)columns +
           (c->params.ids[row] == column ? 1 - smoothing : 0);
}

static void forward_loss(const struct op_call *c)
{
    long n = c->in[0]->size[0], columns = c->in[0]->size[1];
    double sum = 0, all = 0, smoothing = c->params.number;
    for (long r = 0; r < n; r++)
        sum += (double)c->in[0]->f32[r * columns + c->params.ids[r]];
    for (long i = 0; i < n * columns && smoothing > 0; i++)
        all += (double)c->in[0]->f32[i] / (double)columns;
    *c->out->f32 = (float)(-((1 - smoothing) * sum + smoothing * all) / (double)n);
}

static void naive_loss(const struct op_call *c)
{
    long n = c->in[0]->size[0], columns = c->in[0]->size[1];
    *c->out->f64 = 0;
    for (long i = 0; i < n * columns; i++)
        if (share_of(c, i / columns, i % columns, columns) != 0)
            *c->out->f64 -= share_of(c, i / columns, i % columns, columns) *
                            call_get(c, 0, i) / (double)n;
}

static long sources_loss(const struct op_call *c, long cell, struct op_source *out,
                         long limit)
{
    long n = 0, columns = c->in[0]->size[1];
    if (c->params.number > 0)
        return sources_all(c, cell, out, limit);
    for (long r = 0; r < c->in[0]->size[0]; r++)
        n = sources_put(out, limit, n,
                        (struct op_source){0, -1, r * columns + c->params.ids[r], 0});
    return n;
}

static void steps_loss(struct opening *o)
{
    struct op_source *list;
    if (o->call.params.number > 0) { /* a mean over all cells with their shares */
        steps_given(o);
        return;
    }
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
 * g, one number. Params: ids, size[0] of them; size[1], the vocabulary; number, the
 * smoothing, with which every cell has its share. */

static const char *shape_loss_gradient(const struct op_call *c)
{
    if (tensor_count(c->in[0]) != 1 || !c->params.ids)
        return "needs one number, and the right tokens";
    for (long i = 0; i < c->params.size[0]; i++)
        if (c->params.ids[i] < 0 || c->params.ids[i] >= c->params.size[1])
            return "needs right tokens of the vocabulary";
    if (!is_smoothing(c->params.number))
        return wrong_smoothing;
    return shape_set(c, 2, c->params.size[0], c->params.size[1], 0);
}

static void forward_loss_gradient(const struct op_call *c)
{
    long n = c->out->size[0], columns = c->out->size[1];
    float g = -*c->in[0]->f32 / (float)n, smoothing = (float)c->params.number;
    for (long i = 0; i < n * columns; i++)
        c->out->f32[i] = g * smoothing / (float)columns;
    for (long r = 0; r < n; r++)
        c->out->f32[r * columns + c->params.ids[r]] += g * (1 - smoothing);
}

/* The share of the target that the cell has, and whether it has any. */
static double cell_share(const struct op_call *c, long cell)
{
    long columns = c->out->size[1];
    return share_of(c, cell / columns, cell % columns, columns);
}

static bool is_right(const struct op_call *c, long cell)
{
    return cell_share(c, cell) != 0;
}

static void naive_loss_gradient(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = is_right(c, i) ? -cell_share(c, i) * call_get(c, 0, 0) /
                                              (double)c->out->size[0]
                                        : 0;
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
    double n = -(double)o->shape.size[0] / cell_share(&o->call, o->x->cell);
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
