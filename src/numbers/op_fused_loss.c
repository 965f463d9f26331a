/* The logits and their loss in one op, for training: the logits of a batch are by far its
 * largest numbers, so they are made, used and forgotten a few rows at a time. It equals
 * LINEAR, LOG_SOFTMAX and LOSS one after the other.
 *
 * Each op is one block: its idea, shape, fast form, naive form. Nobody opens a cell of
 * these: the stages that they stand for are there for that. */
#include "base/memory.h"
#include "numbers/matmul.h"
#include "numbers/op.h"
#include "numbers/vector.h"
#include "numbers/wide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROOM (1L << 17) /* logits at hand at one time */
#define TILE 8          /* rows */

/* ---- FUSED_LOSS. Cross-entropy of softmax(x·Wᵀ) at the right tokens ----
 *
 * Inputs: x [n, d], W [vocabulary, d]. Params: ids, the right token of each row, size[0]
 * of them; number, the smoothing ε: the right token has 1 - ε of the target, and all have
 * ε shared among them (Szegedy et al. 2016, section 7). */

static const char *check_loss(const struct op_call *c, int x)
{
    const struct op_params *p = &c->params;
    if (!shape_has_rank(c, x, 2) || !shape_has_rank(c, x + 1, 2) ||
        tensor_columns(c->in[x]) != tensor_columns(c->in[x + 1]))
        return "needs x [n, d] and weights [vocabulary, d]";
    if (!p->ids || p->size[0] != call_rows(c->in[x]))
        return "needs a right token for each row";
    if (call_rows(c->in[x + 1]) > ROOM)
        return "has a larger vocabulary than it takes";
    for (long i = 0; i < p->size[0]; i++)
        if (p->ids[i] < 0 || p->ids[i] >= call_rows(c->in[x + 1]))
            return "needs right tokens of the vocabulary";
    return p->number >= 0 && p->number < 1 ? NULL : "needs a smoothing from 0 to below 1";
}

static const char *shape_fused_loss(const struct op_call *c)
{
    const char *wrong = check_loss(c, 0);
    return wrong ? wrong : shape_set(c, 1, 1, 0, 0);
}

/* Replaces the logits of a row by softmax(x) - target, times `factor`; the loss. */
WIDE static double row_gradient(float *x, long n, long right, float smoothing,
                                float factor)
{
    float most = vector_largest(x, n), sum = 0, at = x[right], lane[LANES] = {0};
    double all = smoothing > 0 ? vector_sum(x, 0, 1, n) : 0;
    long i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++) {
            x[i + j] = exponential(x[i + j] - most);
            lane[j] += x[i + j];
        }
    for (; i < n; i++)
        sum += x[i] = exponential(x[i] - most);
    for (int k = LANES / 2; k > 0; k /= 2)
        for (int j = 0; j < k; j++)
            lane[j] += lane[j + k];
    sum += lane[0];
    float inverse = factor / sum, share = factor * smoothing / (float)n;
    for (i = 0; i < n; i++)
        x[i] = x[i] * inverse - share;
    x[right] -= factor * (1 - smoothing);
    double whole = (double)most + log((double)sum);
    return whole - (1 - (double)smoothing) * (double)at -
           (double)smoothing * all / (double)n;
}

/* The rows of x from `first` on that fit the room, and their logits in it. */
static long make_logits(float *room, const struct tensor *x, const struct tensor *w,
                        long first)
{
    long n = call_rows(x), d = tensor_columns(x), vocabulary = call_rows(w);
    long fit = ROOM / vocabulary, rows = n - first;
    if (rows > fit) /* whole tiles of a product, where that is possible */
        rows = fit > TILE ? fit / TILE * TILE : fit;
    matmul_transposed(room, vocabulary, x->f32 + first * d, w->f32, rows, vocabulary, d,
                      0);
    return rows;
}

static void forward_fused_loss(const struct op_call *c)
{
    float room[ROOM];
    long n = call_rows(c->in[0]), vocabulary = call_rows(c->in[1]), rows;
    double sum = 0;
    for (long first = 0; first < n; first += rows) {
        rows = make_logits(room, c->in[0], c->in[1], first);
        for (long r = 0; r < rows; r++)
            sum += row_gradient(room + r * vocabulary, vocabulary,
                                c->params.ids[first + r], (float)c->params.number, 1);
    }
    *c->out->f32 = (float)(sum / (double)n);
}

/* The probabilities of a row, and its loss. */
static double naive_row(const struct op_call *c, int x, long row, double *p)
{
    long d = tensor_columns(c->in[x]), n = call_rows(c->in[x + 1]);
    double most = -INFINITY, sum = 0, mean = 0, at;
    for (long v = 0; v < n; v++) {
        p[v] = 0;
        for (long i = 0; i < d; i++)
            p[v] += call_get(c, x, row * d + i) * call_get(c, x + 1, v * d + i);
        most = fmax(most, p[v]);
        mean += p[v] / (double)n;
    }
    at = p[c->params.ids[row]];
    for (long v = 0; v < n; v++)
        sum += p[v] = exp(p[v] - most);
    for (long v = 0; v < n; v++)
        p[v] /= sum;
    return most + log(sum) - (1 - c->params.number) * at - c->params.number * mean;
}

static void naive_fused_loss(const struct op_call *c)
{
    double *p = mem_alloc((size_t)call_rows(c->in[1]), sizeof *p);
    long n = call_rows(c->in[0]);
    *c->out->f64 = 0;
    for (long r = 0; r < n; r++)
        *c->out->f64 += naive_row(c, 0, r, p) / (double)n;
    free(p);
}

static void backward_fused_loss(struct backward *b)
{
    long vocabulary = call_rows(b->call->in[1]);
    struct op_params of_w = {.size = {vocabulary, 0}}, of_x = {.integer = vocabulary + 1};
    struct ref none = {0};
    struct ref all = b->add(b, OP_FUSED_LOSS_GRADIENT, b->grad, b->in[0], b->in[1],
                            b->call->params);
    b->give(b, 1, backward_add(b, OP_ROWS, all, none, of_w));
    b->give(b, 0, backward_add(b, OP_ROWS_FROM, all, none, of_x));
}

const struct op op_fused_loss = {
    .name = "fused_loss",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "-mean of log softmax($1·$2ᵀ) at the right tokens",
    .shape = shape_fused_loss,
    .forward = forward_fused_loss,
    .naive = naive_fused_loss,
    .sources = sources_every,
    .steps = steps_given,
    .backward = backward_fused_loss,
};

/* ---- FUSED_LOSS_GRADIENT. All gradients of it in one matrix, and the loss ----
 *
 * Inputs: the gradient g of the loss, x, W. Params: the same. The result has the rows of
 * W's gradient; then one row that begins with the loss itself, which comes for nothing,
 * and is 0 behind it; then the rows of x's. With G = (softmax(x·Wᵀ) - target)·g/n they
 * are Gᵀ·x and G·W. */

static const char *shape_fused_loss_gradient(const struct op_call *c)
{
    const char *wrong = check_loss(c, 1);
    if (!wrong && tensor_count(c->in[0]) != 1)
        wrong = "needs one number, the gradient of the loss";
    return wrong ? wrong
                 : shape_set(c, 2, call_rows(c->in[2]) + 1 + call_rows(c->in[1]),
                             tensor_columns(c->in[1]), 0);
}

static void forward_fused_loss_gradient(const struct op_call *c)
{
    float room[ROOM];
    const struct tensor *x = c->in[1], *w = c->in[2];
    long n = call_rows(x), d = tensor_columns(x), vocabulary = call_rows(w), rows;
    float factor = *c->in[0]->f32 / (float)n;
    float *of_x = c->out->f32 + (vocabulary + 1) * d;
    double sum = 0;
    memset(c->out->f32, 0, sizeof(float) * (size_t)((vocabulary + 1) * d));
    for (long first = 0; first < n; first += rows) {
        rows = make_logits(room, x, w, first);
        for (long r = 0; r < rows; r++)
            sum += row_gradient(room + r * vocabulary, vocabulary,
                                c->params.ids[first + r], (float)c->params.number,
                                factor);
        matmul(of_x + first * d, room, vocabulary, w->f32, rows, d, vocabulary);
        matmul_outer(c->out->f32, room, x->f32 + first * d, vocabulary, d, rows, 1);
    }
    c->out->f32[vocabulary * d] = (float)(sum / (double)n);
}

static void naive_fused_loss_gradient(const struct op_call *c)
{
    long n = call_rows(c->in[1]), d = tensor_columns(c->in[1]);
    long vocabulary = call_rows(c->in[2]);
    double *p = mem_alloc((size_t)vocabulary, sizeof *p), smoothing = c->params.number;
    double *of_x = c->out->f64 + (vocabulary + 1) * d;
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = 0;
    for (long r = 0; r < n; r++) {
        c->out->f64[vocabulary * d] += naive_row(c, 1, r, p) / (double)n;
        for (long v = 0; v < vocabulary; v++) {
            double target = smoothing / (double)vocabulary +
                            (v == c->params.ids[r] ? 1 - smoothing : 0);
            double g = (p[v] - target) * call_get(c, 0, 0) / (double)n;
            for (long i = 0; i < d; i++) {
                of_x[r * d + i] += g * call_get(c, 2, v * d + i);
                c->out->f64[v * d + i] += g * call_get(c, 1, r * d + i);
            }
        }
    }
    free(p);
}

const struct op op_fused_loss_gradient = {
    .name = "fused_loss_gradient",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 3,
    .most_inputs = 3,
    .formula = "$1 back through the loss of softmax($2·$3ᵀ)",
    .shape = shape_fused_loss_gradient,
    .forward = forward_fused_loss_gradient,
    .naive = naive_fused_loss_gradient,
    .sources = sources_every,
    .steps = steps_given,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- ROWS_FROM. The rows of a matrix from one on ----
 *
 * x [n, d]. Params: integer, the first row, from 0. */

static const char *shape_rows_from(const struct op_call *c)
{
    long first = c->params.integer;
    if (!shape_has_rank(c, 0, 2) || first < 0 || first >= call_rows(c->in[0]))
        return "needs a matrix that has this row";
    return shape_set(c, 2, call_rows(c->in[0]) - first, tensor_columns(c->in[0]), 0);
}

static void forward_rows_from(const struct op_call *c)
{
    memcpy(c->out->f32, c->in[0]->f32 + c->params.integer * tensor_columns(c->in[0]),
           tensor_bytes(c->out));
}

static void naive_rows_from(const struct op_call *c)
{
    long first = c->params.integer * tensor_columns(c->in[0]);
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 0, first + i);
}

static long sources_rows_from(const struct op_call *c, long cell, struct op_source *out,
                              long limit)
{
    long first = c->params.integer * tensor_columns(c->in[0]);
    return sources_put(out, limit, 0, (struct op_source){0, -1, first + cell, 0});
}

const struct op op_rows_from = {
    .name = "rows_from",
    .kind = OP_KIND_GATHER,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "rows of $1",
    .shape = shape_rows_from,
    .forward = forward_rows_from,
    .naive = naive_rows_from,
    .sources = sources_rows_from,
    .steps = steps_copy,
    .constant = "it is a part of a gradient; how it changes is not followed",
};
