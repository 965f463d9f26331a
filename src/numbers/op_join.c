/* Matrices put together: below or beside each other, and single cells put into one. */
#include "numbers/op.h"

#include <string.h>

/* ---- CONCAT. Matrices below each other, or beside each other ----
 *
 * Params: integer, 0: below each other (as many columns), 1: beside each other (as many
 * rows). */

static const char *shape_concat(const struct op_call *c)
{
    long across = c->params.integer, size[2] = {0, 0};
    if (across != 0 && across != 1)
        return "joins rows (0) or columns (1)";
    for (int i = 0; i < OP_MAX_INPUTS && c->in[i]; i++) {
        if (c->in[i]->rank != 2)
            return "needs matrices";
        if (i && c->in[i]->size[!across] != size[!across])
            return across ? "needs matrices with as many rows"
                          : "needs matrices with as many columns";
        size[!across] = c->in[i]->size[!across];
        size[across] += c->in[i]->size[across];
    }
    return shape_set(c, 2, size[0], size[1], 0);
}

/* The input that a cell is of, and where it stands there. */
static struct op_source part_of(const struct op_call *c, long cell)
{
    int across = (int)c->params.integer, input = 0;
    long at[2] = {cell / c->out->size[1], cell % c->out->size[1]};
    while (input + 1 < OP_MAX_INPUTS && c->in[input + 1] &&
           at[across] >= c->in[input]->size[across])
        at[across] -= c->in[input++]->size[across];
    return (struct op_source){input, -1, at[0] * c->in[input]->size[1] + at[1], 0};
}

/* Row by row of each input. */
static void forward_concat(const struct op_call *c)
{
    long first = 0, d = c->out->size[1];
    for (int i = 0; i < OP_MAX_INPUTS && c->in[i]; i++) {
        long rows = c->in[i]->size[0], columns = c->in[i]->size[1];
        for (long r = 0; r < rows; r++)
            memcpy(c->out->f32 + first + r * d, c->in[i]->f32 + r * columns,
                   sizeof(float) * (size_t)columns);
        first += c->params.integer ? columns : rows * d;
    }
}

static void naive_concat(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++) {
        struct op_source from = part_of(c, i);
        c->out->f64[i] = call_get(c, from.a, from.at_a);
    }
}

static long sources_concat(const struct op_call *c, long cell, struct op_source *out,
                           long limit)
{
    return sources_put(out, limit, 0, part_of(c, cell));
}

/* Each input gets its part of the gradient. Its columns hang on no number of rows, so
 * that a plan can be fed again with more or fewer. */
static void backward_concat(struct backward *b)
{
    long first = 0, d = b->call->out->size[1];
    for (int i = 0; i < OP_MAX_INPUTS && b->call->in[i]; i++) {
        long rows = b->call->in[i]->size[0], columns = b->call->in[i]->size[1];
        int32_t ids[] = {(int32_t)rows, (int32_t)d, (int32_t)columns, 1};
        struct op_params cells = {.integer = first, .ids = ids, .size = {4, 0}};
        struct op_params beside = {.integer = first, .size = {0, columns}};
        bool across = b->call->params.integer;
        b->give(b, i, backward_add(b, across ? OP_COLUMNS : OP_CELLS, b->grad,
                                   (struct ref){0}, across ? beside : cells));
        first += across ? columns : rows * d;
    }
}

const struct op op_concat = {
    .name = "concat",
    .kind = OP_KIND_GATHER,
    .least_inputs = 1,
    .most_inputs = OP_MAX_INPUTS,
    .formula = "[$1; $2]",
    .shape = shape_concat,
    .forward = forward_concat,
    .naive = naive_concat,
    .sources = sources_concat,
    .steps = steps_copy,
    .backward = backward_concat,
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

/* ---- PUT. A matrix with some of its cells taken from elsewhere ----
 *
 * Inputs: the matrix, and one or two single cells. Params: ids, where these go, size[0]
 * of them, row-major; a later one replaces an earlier one. */

#define PUT_MOST 2

static const char *shape_put(const struct op_call *c)
{
    long count = 0;
    for (int i = 1; i <= PUT_MOST && c->in[i]; i++, count++)
        if (tensor_count(c->in[i]) != 1)
            return "puts single cells";
    if (!c->params.ids || c->params.size[0] != count)
        return "needs a place for each cell";
    for (long i = 0; i < count; i++)
        if (c->params.ids[i] < 0 || c->params.ids[i] >= tensor_count(c->in[0]))
            return "needs places that are there";
    return shape_same(c);
}

/* The input whose only cell goes there; 0 for none. */
static int put_at(const struct op_call *c, long cell)
{
    for (long i = c->params.size[0]; i > 0; i--)
        if (c->params.ids[i - 1] == cell)
            return (int)i;
    return 0;
}

static void forward_put(const struct op_call *c)
{
    memcpy(c->out->f32, c->in[0]->f32, tensor_bytes(c->out));
    for (long i = 0; i < c->params.size[0]; i++)
        c->out->f32[c->params.ids[i]] = c->in[i + 1]->f32[0];
}

static void naive_put(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++) {
        int input = put_at(c, i);
        c->out->f64[i] = call_get(c, input, input ? 0 : i);
    }
}

static long sources_put_cells(const struct op_call *c, long cell, struct op_source *out,
                              long limit)
{
    int input = put_at(c, cell);
    return sources_put(out, limit, 0,
                       (struct op_source){input, -1, input ? 0 : cell, 0});
}

/* A cell of the gradient for each; the matrix gets the rest, 0 where cells were put. */
static void backward_put(struct backward *b)
{
    const struct op_params *p = &b->call->params;
    struct ref nothing = {0}, zero[2] = {nothing, nothing};
    for (long i = 0; i < p->size[0]; i++) {
        int32_t ids[] = {1, 0, 1, 0, 1, 0};
        struct op_params cell = {.integer = p->ids[i],
                                 .ids = ids,
                                 .size = {2l * b->call->in[i + 1]->rank, 0}};
        zero[i] = i ? zero[0]
                    : backward_add(b, OP_ZERO, nothing, nothing,
                                   (struct op_params){.size = {1, 1}});
        if (put_at(b->call, p->ids[i]) == i + 1) /* not replaced by a later one */
            b->give(b, (int)i + 1, backward_add(b, OP_CELLS, b->grad, nothing, cell));
    }
    b->give(b, 0, b->add(b, OP_PUT, b->grad, zero[0], zero[1], *p));
}

const struct op op_put = {
    .name = "put",
    .kind = OP_KIND_GATHER,
    .least_inputs = 2,
    .most_inputs = 1 + PUT_MOST,
    .formula = "$1 with $2",
    .shape = shape_put,
    .forward = forward_put,
    .naive = naive_put,
    .sources = sources_put_cells,
    .steps = steps_copy,
    .backward = backward_put,
};
