/* Numbers that only move: heads and kept rows.
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. Numbers in brackets are sections and equations of "Attention Is All
 * You Need". */
#include "numbers/op.h"

#include <string.h>

/* ---- SPLIT_HEADS. Columns become heads (3.2.2) ----
 *
 * x [n, d] regrouped as [heads, n, d/heads]; no number changes. Params: integer, the
 * heads. */

static const char *shape_split_heads(const struct op_call *c)
{
    long heads = c->params.integer;
    if (!shape_has_rank(c, 0, 2) || heads < 1 || c->in[0]->size[1] % heads)
        return "needs columns that the number of heads divides";
    return shape_set(c, 3, heads, c->in[0]->size[0], c->in[0]->size[1] / heads);
}

static void kernel_split_heads(float *out, const float *x, long n, long d, long heads)
{
    long k = d / heads;
    for (long h = 0; h < heads; h++)
        for (long r = 0; r < n; r++)
            memcpy(out + (h * n + r) * k, x + r * d + h * k, sizeof(float) * (size_t)k);
}

static void forward_split_heads(const struct op_call *c)
{
    kernel_split_heads(c->out->f32, call_floats(c, 0), c->in[0]->size[0],
                       c->in[0]->size[1], c->params.integer);
}

static void naive_split_heads(const struct op_call *c)
{
    long heads = c->out->size[0], n = c->out->size[1], k = c->out->size[2];
    for (long h = 0; h < heads; h++)
        for (long r = 0; r < n; r++)
            for (long j = 0; j < k; j++)
                c->out->f64[(h * n + r) * k + j] =
                    call_get(c, 0, r * heads * k + h * k + j);
}

static long sources_split_heads(const struct op_call *c, long cell, struct op_source *out,
                                long limit)
{
    long n = c->out->size[1], k = c->out->size[2], heads = c->out->size[0];
    long h = cell / (n * k), row = cell / k % n;
    return sources_put(out, limit, 0,
                       (struct op_source){0, -1, row * heads * k + h * k + cell % k, 0});
}

static void backward_split_heads(struct backward *b)
{
    struct ref none = {0};
    b->give(b, 0, backward_add(b, OP_MERGE_HEADS, b->grad, none, (struct op_params){0}));
}

const struct op op_split_heads = {
    .name = "split_heads",
    .kind = OP_KIND_GATHER,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "split($1)",
    .shape = shape_split_heads,
    .forward = forward_split_heads,
    .naive = naive_split_heads,
    .sources = sources_split_heads,
    .steps = steps_copy,
    .backward = backward_split_heads,
    .form = {.arguments = "mn", .axes = AXES_PLANE},
};

/* ---- MERGE_HEADS. Concat(head_1 … head_h) (3.2.2) ----
 *
 * The inverse: [heads, n, k] as [n, heads·k]. */

static const char *shape_merge_heads(const struct op_call *c)
{
    if (!shape_has_rank(c, 0, 3))
        return "needs one matrix for each head";
    return shape_set(c, 2, c->in[0]->size[1], c->in[0]->size[0] * c->in[0]->size[2], 0);
}

static void kernel_merge_heads(float *out, const float *x, long n, long k, long heads)
{
    for (long h = 0; h < heads; h++)
        for (long r = 0; r < n; r++)
            memcpy(out + (r * heads + h) * k, x + (h * n + r) * k,
                   sizeof(float) * (size_t)k);
}

static void forward_merge_heads(const struct op_call *c)
{
    kernel_merge_heads(c->out->f32, call_floats(c, 0), c->in[0]->size[1],
                       c->in[0]->size[2], c->in[0]->size[0]);
}

static void naive_merge_heads(const struct op_call *c)
{
    long heads = c->in[0]->size[0], n = c->in[0]->size[1], k = c->in[0]->size[2];
    for (long r = 0; r < n; r++)
        for (long h = 0; h < heads; h++)
            for (long j = 0; j < k; j++)
                c->out->f64[r * heads * k + h * k + j] =
                    call_get(c, 0, (h * n + r) * k + j);
}

static long sources_merge_heads(const struct op_call *c, long cell, struct op_source *out,
                                long limit)
{
    long rows = c->in[0]->size[1], k = c->in[0]->size[2], d = c->out->size[1];
    long row = cell / d, h = cell % d / k;
    return sources_put(out, limit, 0,
                       (struct op_source){0, -1, (h * rows + row) * k + cell % d % k, 0});
}

static void backward_merge_heads(struct backward *b)
{
    struct op_params heads = {.integer = b->call->in[0]->size[0]};
    b->give(b, 0, backward_add(b, OP_SPLIT_HEADS, b->grad, (struct ref){0}, heads));
}

const struct op op_merge_heads = {
    .name = "merge_heads",
    .kind = OP_KIND_GATHER,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "concat($1)",
    .shape = shape_merge_heads,
    .forward = forward_merge_heads,
    .naive = naive_merge_heads,
    .sources = sources_merge_heads,
    .steps = steps_copy,
    .backward = backward_merge_heads,
    .form = {.arguments = "m", .axes = AXES_MERGED},
};

/* ---- HEAD. One head alone ----
 *
 * Params: integer, the head, from 0. */

static const char *shape_head(const struct op_call *c)
{
    if (!shape_has_rank(c, 0, 3) || c->params.integer < 0 ||
        c->params.integer >= c->in[0]->size[0])
        return "needs one matrix for each head, and a head that is there";
    return shape_set(c, 2, c->in[0]->size[1], c->in[0]->size[2], 0);
}

static void forward_head(const struct op_call *c)
{
    memcpy(c->out->f32, call_floats(c, 0) + c->params.integer * tensor_count(c->out),
           tensor_bytes(c->out));
}

static void naive_head(const struct op_call *c)
{
    long n = c->out->size[0], k = c->out->size[1];
    for (long r = 0; r < n; r++)
        for (long j = 0; j < k; j++)
            c->out->f64[r * k + j] = call_get(c, 0, (c->params.integer * n + r) * k + j);
}

static long sources_head(const struct op_call *c, long cell, struct op_source *out,
                         long limit)
{
    long at = c->params.integer * tensor_count(c->out) + cell;
    return sources_put(out, limit, 0, (struct op_source){0, -1, at, 0});
}

static void backward_head(struct backward *b)
{
    struct op_params head = {.integer = b->call->params.integer,
                             .size = {b->call->in[0]->size[0], 0}};
    b->give(b, 0, backward_add(b, OP_PLACE_HEAD, b->grad, (struct ref){0}, head));
}

const struct op op_head = {
    .name = "head",
    .kind = OP_KIND_GATHER,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1 of one head",
    .shape = shape_head,
    .forward = forward_head,
    .naive = naive_head,
    .sources = sources_head,
    .steps = steps_copy,
    .backward = backward_head,
    .form = {.arguments = "mn", .axes = AXES_HEAD, .from_one = true},
};

/* ---- APPEND. Earlier rows, then new ones ----
 *
 * Keys and values that decoding keeps. Inputs: earlier rows, new rows. Params: rows, or
 * integer: how many earlier rows count. */

static const char *shape_append(const struct op_call *c)
{
    long old = call_kept(c);
    if (call_sentences(c->params.rows) != 1)
        return "keeps the rows of one sentence";
    if (!shape_has_rank(c, 0, 2) || !shape_has_rank(c, 1, 2) ||
        c->in[0]->size[1] != c->in[1]->size[1] || old < 0 || c->in[0]->size[0] < old)
        return "needs earlier rows and new rows of one width";
    return shape_set(c, 2, old + c->in[1]->size[0], c->in[1]->size[1], 0);
}

static void forward_append(const struct op_call *c)
{
    long old = call_kept(c) * c->out->size[1];
    memcpy(c->out->f32, call_floats(c, 0), sizeof(float) * (size_t)old);
    memcpy(c->out->f32 + old, call_floats(c, 1), tensor_bytes(c->in[1]));
}

static void naive_append(const struct op_call *c)
{
    long old = call_kept(c) * c->out->size[1];
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = i < old ? call_get(c, 0, i) : call_get(c, 1, i - old);
}

static long sources_append(const struct op_call *c, long cell, struct op_source *out,
                           long limit)
{
    long old = call_kept(c) * c->out->size[1];
    struct op_source source = {cell < old ? 0 : 1, -1, cell < old ? cell : cell - old, 0};
    return sources_put(out, limit, 0, source);
}

static void backward_append(struct backward *b)
{
    struct ref none = {0};
    long old = call_kept(b->call), room = b->call->in[0]->size[0];
    struct op_params earlier = {.size = {old, 0}}, place = {.size = {room, 0}};
    struct op_params new = {.integer = old, .size = {b->call->in[1]->size[0], 0}};
    if (old > 0) {
        struct ref rows = backward_add(b, OP_ROWS, b->grad, none, earlier);
        b->give(b, 0, backward_add(b, OP_PLACE_ROWS, rows, none, place));
    }
    b->give(b, 1, backward_add(b, OP_ROWS, b->grad, none, new));
}

const struct op op_append = {
    .name = "append",
    .kind = OP_KIND_GATHER,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "[$1; $2]",
    .shape = shape_append,
    .forward = forward_append,
    .naive = naive_append,
    .sources = sources_append,
    .steps = steps_copy,
    .backward = backward_append,
};
