/* Numbers put where they belong: what gradients of lookups and slices are.
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. */
#include "numbers/op.h"

#include <string.h>

/* ---- SCATTER. Rows added to the rows of a table that their ids name ----
 *
 * Inputs: ids [n], g [n, d]. Params: size[0], the rows of the table. */

static const char *shape_scatter(const struct op_call *c)
{
    if (!shape_has_rank(c, 0, 1) || !shape_has_rank(c, 1, 2) ||
        c->in[0]->size[0] != c->in[1]->size[0])
        return "needs ids [n] and a row for each of them";
    return shape_set(c, 2, c->params.size[0], c->in[1]->size[1], 0);
}

static void forward_scatter(const struct op_call *c)
{
    long d = c->out->size[1];
    memset(c->out->f32, 0, tensor_bytes(c->out));
    for (long r = 0; r < c->in[1]->size[0]; r++) {
        long id = c->in[0]->i32[r];
        if (id < 0 || id >= c->out->size[0])
            continue;
        const float *x = c->in[1]->f32 + r * d;
        float *out = c->out->f32 + id * d;
        for (long j = 0; j < d; j++)
            out[j] += x[j];
    }
}

static void naive_scatter(const struct op_call *c)
{
    long d = c->out->size[1];
    for (long i = 0; i < tensor_count(c->out); i++) {
        c->out->f64[i] = 0;
        for (long r = 0; r < c->in[1]->size[0]; r++)
            if ((long)call_get(c, 0, r) == i / d)
                c->out->f64[i] += call_get(c, 1, r * d + i % d);
    }
}

static long sources_scatter(const struct op_call *c, long cell, struct op_source *out,
                            long limit)
{
    long n = 0, d = c->out->size[1];
    for (long r = 0; r < c->in[1]->size[0]; r++)
        if ((long)call_get(c, 0, r) == cell / d)
            n = sources_put(out, limit, n,
                            (struct op_source){1, -1, r * d + cell % d, 0});
    return n;
}

const struct op op_scatter = {
    .name = "scatter",
    .kind = OP_KIND_COLUMN,
    .least_inputs = 2,
    .most_inputs = 2,
    .takes_ids = true,
    .formula = "Σ rows of $2 by $1",
    .shape = shape_scatter,
    .forward = forward_scatter,
    .naive = naive_scatter,
    .sources = sources_scatter,
    .steps = steps_sum,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- PLACE_ROWS. Rows put at their places in a taller matrix, 0 elsewhere ----
 *
 * x [n, d] or a vector. Params: size[0], the rows of the result; rows, or integer: the
 * place of the first row. Rows with the same place are added. */

static const char *shape_place_rows(const struct op_call *c)
{
    const struct tensor *x = c->in[0];
    long n = x->size[0];
    if (x->rank > 2)
        return "needs a matrix or a vector";
    for (long i = 0; i < call_sentences(c->params.rows); i++) {
        struct segment s = call_span(c->params.rows, i, n, c->params.integer);
        if (s.first < 0 || s.count > c->params.size[0] ||
            s.first > c->params.size[0] - s.count || s.start + s.count > n)
            return "needs room for every row";
    }
    return shape_set(c, x->rank, c->params.size[0], x->size[1], 0);
}

static void forward_place_rows(const struct op_call *c)
{
    long n = c->in[0]->size[0], d = c->in[0]->rank > 1 ? c->in[0]->size[1] : 1;
    memset(c->out->f32, 0, tensor_bytes(c->out));
    for (long i = 0; i < call_sentences(c->params.rows); i++) {
        struct segment s = call_span(c->params.rows, i, n, c->params.integer);
        for (long j = 0; j < s.count * d; j++)
            c->out->f32[s.first * d + j] += c->in[0]->f32[s.start * d + j];
    }
}

static long sources_place_rows(const struct op_call *c, long cell, struct op_source *out,
                               long limit)
{
    long count = 0, n = c->in[0]->size[0], d = c->in[0]->rank > 1 ? c->in[0]->size[1] : 1;
    for (long r = 0; r < n; r++)
        if (call_position(c, r, n) == cell / d)
            count = sources_put(out, limit, count,
                                (struct op_source){0, -1, r * d + cell % d, 0});
    return count;
}

static void naive_place_rows(const struct op_call *c)
{
    long n = c->in[0]->size[0], d = c->in[0]->rank > 1 ? c->in[0]->size[1] : 1;
    for (long i = 0; i < tensor_count(c->out); i++) {
        c->out->f64[i] = 0;
        for (long r = 0; r < n; r++)
            if (call_position(c, r, n) == i / d)
                c->out->f64[i] += call_get(c, 0, r * d + i % d);
    }
}

const struct op op_place_rows = {
    .name = "place_rows",
    .kind = OP_KIND_COLUMN,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1 at its rows",
    .shape = shape_place_rows,
    .forward = forward_place_rows,
    .naive = naive_place_rows,
    .sources = sources_place_rows,
    .steps = steps_sum,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- PLACE_HEAD. One head in its place, 0 in the others ----
 *
 * x [n, k]. Params: integer, the head, from 0; size[0], the heads. */

static const char *shape_place_head(const struct op_call *c)
{
    if (!shape_has_rank(c, 0, 2) || c->params.integer < 0 ||
        c->params.integer >= c->params.size[0])
        return "needs a matrix, and a head that is there";
    return shape_set(c, 3, c->params.size[0], c->in[0]->size[0], c->in[0]->size[1]);
}

static void forward_place_head(const struct op_call *c)
{
    memset(c->out->f32, 0, tensor_bytes(c->out));
    memcpy(c->out->f32 + c->params.integer * tensor_count(c->in[0]), c->in[0]->f32,
           tensor_bytes(c->in[0]));
}

static void naive_place_head(const struct op_call *c)
{
    long block = tensor_count(c->in[0]);
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = i / block == c->params.integer ? call_get(c, 0, i % block) : 0;
}

static long sources_place_head(const struct op_call *c, long cell, struct op_source *out,
                               long limit)
{
    long block = tensor_count(c->in[0]);
    if (cell / block != c->params.integer)
        return 0;
    return sources_put(out, limit, 0, (struct op_source){0, -1, cell % block, 0});
}

const struct op op_place_head = {
    .name = "place_head",
    .kind = OP_KIND_GATHER,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1 as one head",
    .shape = shape_place_head,
    .forward = forward_place_head,
    .naive = naive_place_head,
    .sources = sources_place_head,
    .steps = steps_sum,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- CELLS. Some cells, at regular steps: a row, a column, the diagonal ----
 *
 * out[i,j] = x[first + i·step + j·step'], by row-major indices. With a step of 0 one
 * number is repeated. Params: integer, the first; ids, a size and a step for each axis of
 * the result, size[0] of them. */

/* What is wrong with the params, on a tensor of that many cells; NULL for nothing. */
static const char *wrong_cells(const struct op_params *p, long count)
{
    long last = p->integer;
    if (!p->ids || p->size[0] < 2 || p->size[0] > 2 * TENSOR_MAX_RANK || p->size[0] % 2)
        return "needs a size and a step for each axis";
    for (long i = 0; i < p->size[0]; i += 2) {
        if (last < 0 || last >= count || p->ids[i] < 1 || p->ids[i + 1] < 0)
            return "needs cells that are there";
        last += (p->ids[i] - 1l) * p->ids[i + 1];
    }
    return last < count ? NULL : "needs cells that are there";
}

static const char *shape_cells(const struct op_call *c)
{
    const char *wrong = wrong_cells(&c->params, tensor_count(c->in[0]));
    const int32_t *ids = c->params.ids;
    int rank = (int)(c->params.size[0] / 2);
    if (wrong)
        return wrong;
    return shape_set(c, rank, ids[0], rank > 1 ? ids[2] : 0, rank > 2 ? ids[4] : 0);
}

/* Where a cell of the result stands in the input. */
static long picked(const struct op_params *p, long cell)
{
    long at = p->integer;
    for (long i = p->size[0] - 2; i >= 0; i -= 2) {
        at += cell % p->ids[i] * p->ids[i + 1];
        cell /= p->ids[i];
    }
    return at;
}

static void forward_cells(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f32[i] = c->in[0]->f32[picked(&c->params, i)];
}

static void naive_cells(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 0, picked(&c->params, i));
}

static long sources_cells(const struct op_call *c, long cell, struct op_source *out,
                          long limit)
{
    return sources_put(out, limit, 0,
                       (struct op_source){0, -1, picked(&c->params, cell), 0});
}

static void backward_cells(struct backward *b)
{
    b->give(b, 0,
            backward_add(b, OP_PLACE_CELLS, b->grad, b->in[0], b->call->params));
}

const struct op op_cells = {
    .name = "cells",
    .kind = OP_KIND_GATHER,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "cells of $1",
    .shape = shape_cells,
    .forward = forward_cells,
    .naive = naive_cells,
    .sources = sources_cells,
    .steps = steps_copy,
    .backward = backward_cells,
};

/* ---- PLACE_CELLS. Those cells put back where they stood, 0 elsewhere ----
 *
 * Inputs: the cells, and x, which gives the shape. Params: those of CELLS. Cells that
 * stood in one place are added. */

static const char *shape_place_cells(const struct op_call *c)
{
    const char *wrong = wrong_cells(&c->params, tensor_count(c->in[1]));
    const struct tensor *x = c->in[1];
    long count = 1;
    for (long i = 0; !wrong && i < c->params.size[0]; i += 2)
        count = count <= tensor_count(c->in[0]) ? count * c->params.ids[i] : count;
    if (!wrong && count != tensor_count(c->in[0]))
        wrong = "needs as many cells as were picked";
    return wrong ? wrong : shape_set(c, x->rank, x->size[0], x->size[1], x->size[2]);
}

static void forward_place_cells(const struct op_call *c)
{
    memset(c->out->f32, 0, tensor_bytes(c->out));
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        c->out->f32[picked(&c->params, i)] += c->in[0]->f32[i];
}

static void naive_place_cells(const struct op_call *c)
{
    for (long at = 0; at < tensor_count(c->out); at++)
        c->out->f64[at] = 0;
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        c->out->f64[picked(&c->params, i)] += call_get(c, 0, i);
}

static long sources_place_cells(const struct op_call *c, long cell, struct op_source *out,
                                long limit)
{
    long n = 0;
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        if (picked(&c->params, i) == cell)
            n = sources_put(out, limit, n, (struct op_source){0, -1, i, 0});
    return n;
}

const struct op op_place_cells = {
    .name = "place_cells",
    .kind = OP_KIND_GATHER,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$1 at its cells of $2",
    .shape = shape_place_cells,
    .forward = forward_place_cells,
    .naive = naive_place_cells,
    .sources = sources_place_cells,
    .steps = steps_sum,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- TRANSPOSE. Rows become columns ----
 *
 * A matrix. */

static const char *shape_transpose(const struct op_call *c)
{
    if (!shape_has_rank(c, 0, 2))
        return "needs a matrix";
    return shape_set(c, 2, c->in[0]->size[1], c->in[0]->size[0], 0);
}

static void forward_transpose(const struct op_call *c)
{
    long n = c->in[0]->size[0], d = c->in[0]->size[1];
    for (long r = 0; r < n; r++)
        for (long j = 0; j < d; j++)
            c->out->f32[j * n + r] = c->in[0]->f32[r * d + j];
}

static long turned(const struct op_call *c, long cell)
{
    long n = c->in[0]->size[0], d = c->in[0]->size[1];
    return cell % n * d + cell / n;
}

static void naive_transpose(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 0, turned(c, i));
}

static long sources_transpose(const struct op_call *c, long cell, struct op_source *out,
                              long limit)
{
    return sources_put(out, limit, 0, (struct op_source){0, -1, turned(c, cell), 0});
}

static void backward_transpose(struct backward *b)
{
    struct ref none = {0};
    b->give(b, 0, backward_add(b, OP_TRANSPOSE, b->grad, none, (struct op_params){0}));
}

const struct op op_transpose = {
    .name = "transpose",
    .kind = OP_KIND_GATHER,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1ᵀ",
    .shape = shape_transpose,
    .forward = forward_transpose,
    .naive = naive_transpose,
    .sources = sources_transpose,
    .steps = steps_copy,
    .backward = backward_transpose,
    .form = {.arguments = "m", .axes = AXES_TURNED},
};

/* ---- ONE_AT. 1 at one cell, 0 elsewhere: where a gradient begins ----
 *
 * x gives the shape. Params: integer, the cell, row-major. */

static const char *shape_one_at(const struct op_call *c)
{
    if (c->params.integer < 0 || c->params.integer >= tensor_count(c->in[0]))
        return "needs a cell that is there";
    return shape_same(c);
}

static void forward_one_at(const struct op_call *c)
{
    memset(c->out->f32, 0, tensor_bytes(c->out));
    c->out->f32[c->params.integer] = 1;
}

static void naive_one_at(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = i == c->params.integer;
}

static void steps_one_at(struct opening *o)
{
    steps_told(o, o->x->value != 0 ? "1: this is the cell" : "0: this is not the cell");
}

const struct op op_one_at = {
    .name = "one_at",
    .kind = OP_KIND_GIVEN,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "1 at one cell of $1",
    .shape = shape_one_at,
    .forward = forward_one_at,
    .naive = naive_one_at,
    .sources = sources_none,
    .steps = steps_one_at,
    .constant = "it is given",
};
