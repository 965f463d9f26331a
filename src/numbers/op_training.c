/* What training adds to a pass: penalties on attention, and dropout.
 *
 * Each op is one block: its idea, shape, fast form, naive form. */
#include "numbers/op.h"
#include "numbers/wide.h"

#include <math.h>

#define LEAST 1e-9 /* added within the logarithm, so that it is finite at 0 */

/* ---- MAP_ENTROPY. The mean entropy of the rows of attention weights, in nats ----
 *
 * a [h, queries, keys]. -Σ a·log(a + 1e-9) over the keys, its mean over rows and heads.
 * An a that is not positive counts nothing. */

static const char *shape_map_number(const struct op_call *c)
{
    if (c->in[0]->rank < 2)
        return "needs weights [h, queries, keys]";
    return shape_set(c, 1, 1, 0, 0);
}

WIDE static double sum_of_entropies(const float *a, long n)
{
    double lane[LANES] = {0}, sum = 0;
    long i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++) {
            float x = a[i + j] > 0 ? a[i + j] : 0;
            lane[j] -= (double)(x * logarithm(x + (float)LEAST));
        }
    for (; i < n; i++)
        sum -= a[i] > 0 ? (double)(a[i] * logarithm(a[i] + (float)LEAST)) : 0;
    for (int j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

static void forward_map_entropy(const struct op_call *c)
{
    double sum = sum_of_entropies(call_floats(c, 0), tensor_count(c->in[0]));
    *c->out->f32 = (float)(sum / (double)tensor_rows(c->in[0]));
}

static void naive_map_entropy(const struct op_call *c)
{
    *c->out->f64 = 0;
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        if (call_get(c, 0, i) > 0)
            *c->out->f64 -= call_get(c, 0, i) * log(call_get(c, 0, i) + LEAST) /
                            (double)tensor_rows(c->in[0]);
}

static void backward_map_entropy(struct backward *b)
{
    b->give(b, 0, backward_add(b, OP_MAP_ENTROPY_GRADIENT, b->in[0], b->grad,
                               (struct op_params){0}));
}

const struct op op_map_entropy = {
    .name = "map_entropy",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "mean of -Σ $1·log $1",
    .shape = shape_map_number,
    .forward = forward_map_entropy,
    .naive = naive_map_entropy,
    .sources = sources_all,
    .steps = steps_given,
    .backward = backward_map_entropy,
};

/* ---- MAP_ENTROPY_GRADIENT. The gradient through it ----
 *
 * -(log(a + 1e-9) + a/(a + 1e-9))·g/rows. Inputs: a, and g, one number. */

static const char *shape_map_gradient(const struct op_call *c)
{
    if (c->in[0]->rank < 2 || tensor_count(c->in[1]) != 1)
        return "needs weights [h, queries, keys] and one number";
    return shape_same(c);
}

WIDE static void kernel_entropy_back(float *restrict out, const float *restrict a,
                                     float part, long n)
{
    for (long i = 0; i < n; i++) {
        float x = (a[i] > 0 ? a[i] : 0) + (float)LEAST;
        float slope = (logarithm(x) + a[i] / x) * part;
        out[i] = a[i] > 0 ? slope : 0;
    }
}

static void forward_map_entropy_gradient(const struct op_call *c)
{
    float part = -*c->in[1]->f32 / (float)tensor_rows(c->in[0]);
    kernel_entropy_back(c->out->f32, call_floats(c, 0), part, tensor_count(c->out));
}

static void naive_map_entropy_gradient(const struct op_call *c)
{
    double part = -call_get(c, 1, 0) / (double)tensor_rows(c->in[0]);
    for (long i = 0; i < tensor_count(c->out); i++) {
        double a = call_get(c, 0, i);
        c->out->f64[i] = a > 0 ? (log(a + LEAST) + a / (a + LEAST)) * part : 0;
    }
}

const struct op op_map_entropy_gradient = {
    .name = "map_entropy_gradient",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "-(log $1 + 1)·$2 / n",
    .shape = shape_map_gradient,
    .forward = forward_map_entropy_gradient,
    .naive = naive_map_entropy_gradient,
    .sources = sources_every,
    .steps = steps_given,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- MAP_OVERLAP. How far heads look at the same places ----
 *
 * a [h, queries, keys]. The mean over the rows of Σ a_i·a_j over the keys and all pairs
 * of different heads, over the number of pairs: 1 where all heads look at one key. */

static const char *shape_map_overlap(const struct op_call *c)
{
    if (c->in[0]->rank != 3 || c->in[0]->size[0] < 2)
        return "needs weights [h, queries, keys] of two heads or more";
    return shape_set(c, 1, 1, 0, 0);
}

/* Σ over the heads of the cell. */
static double sum_of_heads(const struct op_call *c, long cell)
{
    double sum = 0;
    long block = call_rows(c->in[0]) * tensor_columns(c->in[0]);
    for (long h = 0; h < c->in[0]->size[0]; h++)
        sum += call_get(c, 0, h * block + cell);
    return sum;
}

static double overlap_parts(const struct op_call *c)
{
    double heads = (double)c->in[0]->size[0];
    return heads * (heads - 1) * (double)call_rows(c->in[0]);
}

static double overlap(const struct op_call *c)
{
    double sum = 0;
    for (long i = 0; i < call_rows(c->in[0]) * tensor_columns(c->in[0]); i++)
        sum += pow(sum_of_heads(c, i), 2);
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        sum -= pow(call_get(c, 0, i), 2);
    return sum / overlap_parts(c);
}

/* Σ (Σ of the heads)² - Σ of the heads², over a block of cells of each head. */
WIDE static double sum_of_overlaps(const float *a, long heads, long block)
{
    double lane[LANES] = {0}, sum = 0;
    for (long first = 0; first < block; first += LANES) {
        long n = block - first < LANES ? block - first : LANES;
        float all[LANES] = {0}, own[LANES] = {0};
        for (long h = 0; h < heads; h++)
            for (long j = 0; j < n; j++) {
                float x = a[h * block + first + j];
                all[j] += x;
                own[j] += x * x;
            }
        for (int j = 0; j < LANES; j++)
            lane[j] += (double)(all[j] * all[j] - own[j]);
    }
    for (int j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

static void forward_map_overlap(const struct op_call *c)
{
    long block = call_rows(c->in[0]) * tensor_columns(c->in[0]);
    double sum = sum_of_overlaps(call_floats(c, 0), c->in[0]->size[0], block);
    *c->out->f32 = (float)(sum / overlap_parts(c));
}

static void naive_map_overlap(const struct op_call *c)
{
    *c->out->f64 = overlap(c);
}

static void backward_map_overlap(struct backward *b)
{
    b->give(b, 0, backward_add(b, OP_MAP_OVERLAP_GRADIENT, b->in[0], b->grad,
                               (struct op_params){0}));
}

const struct op op_map_overlap = {
    .name = "map_overlap",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "mean of Σ $1_i·$1_j over heads i ≠ j",
    .shape = shape_map_overlap,
    .forward = forward_map_overlap,
    .naive = naive_map_overlap,
    .sources = sources_all,
    .steps = steps_given,
    .backward = backward_map_overlap,
};

/* ---- MAP_OVERLAP_GRADIENT. The gradient through it ----
 *
 * 2·(Σ of the other heads)·g / parts. Inputs: a, and g, one number. */

static const char *shape_map_overlap_gradient(const struct op_call *c)
{
    if (c->in[0]->rank != 3 || c->in[0]->size[0] < 2 || tensor_count(c->in[1]) != 1)
        return "needs weights [h, queries, keys] of two heads or more, and one number";
    return shape_same(c);
}

WIDE static void kernel_overlap_back(float *restrict out, const float *restrict a,
                                     float part, long heads, long block)
{
    for (long h = 0; h < heads; h++)
        for (long i = 0; i < block; i++) {
            float all = 0;
            for (long other = 0; other < heads; other++)
                all += other == h ? 0 : a[other * block + i];
            out[h * block + i] = all * part;
        }
}

static void forward_map_overlap_gradient(const struct op_call *c)
{
    long block = call_rows(c->out) * tensor_columns(c->out);
    float part = (float)(2 * (double)*c->in[1]->f32 / overlap_parts(c));
    kernel_overlap_back(c->out->f32, call_floats(c, 0), part, call_heads(c->out), block);
}

static void naive_map_overlap_gradient(const struct op_call *c)
{
    long block = call_rows(c->out) * tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = (sum_of_heads(c, i % block) - call_get(c, 0, i)) * 2 *
                         call_get(c, 1, 0) / overlap_parts(c);
}

const struct op op_map_overlap_gradient = {
    .name = "map_overlap_gradient",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "2·(Σ other heads of $1)·$2 / n",
    .shape = shape_map_overlap_gradient,
    .forward = forward_map_overlap_gradient,
    .naive = naive_map_overlap_gradient,
    .sources = sources_every,
    .steps = steps_given,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- DROPOUT. Cells left out by chance, the others made larger (5.4) ----
 *
 * 0 with probability p, else x / (1 - p) (Srivastava et al. 2014). Which cells are left
 * out follows from the seed, the stage's number and the place of the cell alone, so the
 * gradient goes through the same ones. Params: number, p; integer, the seed; size[0], the
 * number of the stage. */

static const char *shape_dropout(const struct op_call *c)
{
    if (!(c->params.number >= 0 && c->params.number < 1))
        return "needs a probability from 0 to below 1";
    return shape_same(c);
}

static bool stays(const struct op_call *c, long cell)
{
    uint64_t x = (uint64_t)c->params.integer * 0x9e3779b97f4a7c15u +
                 (uint64_t)c->params.size[0] * 0xd1b54a32d192ed03u + (uint64_t)cell;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u; /* the last turns of splitmix64 */
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (double)((x ^ x >> 31) >> 11) * 0x1p-53 >= c->params.number;
}

static void forward_dropout(const struct op_call *c)
{
    float factor = (float)(1 / (1 - c->params.number));
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f32[i] = stays(c, i) ? c->in[0]->f32[i] * factor : 0;
}

static void naive_dropout(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = stays(c, i) ? call_get(c, 0, i) / (1 - c->params.number) : 0;
}

static void backward_dropout(struct backward *b)
{
    struct ref none = {0};
    b->give(b, 0, backward_add(b, OP_DROPOUT, b->grad, none, b->call->params));
}

const struct op op_dropout = {
    .name = "dropout",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1 / (1 - p), or 0 with probability p",
    .shape = shape_dropout,
    .forward = forward_dropout,
    .naive = naive_dropout,
    .sources = sources_each,
    .steps = steps_given,
    .backward = backward_dropout,
};
