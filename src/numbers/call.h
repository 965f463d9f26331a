/* What an op is called with: inputs, constants, and the result to fill. */
#ifndef CALL_H
#define CALL_H

#include "numbers/tensor.h"

#include <stdbool.h>

#define OP_MAX_INPUTS 4

/* As the number of an input: the result itself, where a row is made of the row before. */
#define OP_OWN_RESULT OP_MAX_INPUTS

/* No tensor is larger, and no position, so that sums and products of them fit a long. */
#define CALL_MOST ((long)1 << 40)

/* The rows of one sentence on an axis: where they stand, and the position in the sentence
 * of the first of them. */
struct segment {
    long start, count, first;
};

/* The rows of several sentences, packed on one axis: an op that relates rows to each
 * other or to their positions stays within each sentence. The k-th segment of the rows
 * goes with the k-th segment of the keys, whose first row is that of position 0. */
struct pack {
    const struct segment *spans; /* borrowed */
    long count;               /* of sentences, at least 1 */
    long rows;                /* of the axis */
    long longest;             /* the largest count of a span */
    uint64_t hash;            /* of all of it */
};

/* The few constants an op may need; which one it reads stands in its op.def row. */
struct op_params {
    double number;      /* a factor, an epsilon, a temperature, a seed, an axis */
    long integer; /* a number of heads or pairs, a head, a first position or a seed */
    long size[2];       /* rows and columns of a result that no input determines */
    const int32_t *ids; /* token ids, heads or widths; `size[0]` of them; borrowed */
    /* borrowed; NULL: the rows of one sentence, from position `integer` on */
    const struct pack *rows, *keys;
};

struct op_call {
    const struct tensor *in[OP_MAX_INPUTS]; /* NULL for an input that is absent */
    struct op_params params;
    struct tensor *out; /* shape and memory set, except for the shape rule */
};

/* Of rank 3: one matrix for each head. A matrix stands for a single head. */
static inline long call_heads(const struct tensor *t)
{
    return t->rank == 3 ? t->size[0] : 1;
}

/* The rows of one head. */
static inline long call_rows(const struct tensor *t)
{
    return t->rank > 1 ? t->size[t->rank - 2] : 1;
}

/* The sentences of an axis of n rows: those of the pack, or one from position `first`. */
static inline long call_sentences(const struct pack *pack)
{
    return pack ? pack->count : 1;
}

static inline struct segment call_span(const struct pack *pack, long i, long n,
                                       long first)
{
    return pack ? pack->spans[i] : (struct segment){0, n, first};
}

/* The number of the sentence of a row, and the position of a row of an axis of n rows in
 * its sentence. */
long call_sentence(const struct pack *pack, long row);
long call_position(const struct op_call *c, long row, long n);

/* The rows of a result that no input determines. */
static inline long call_sized_rows(const struct op_call *c)
{
    return c->params.rows ? c->params.rows->rows : c->params.size[0];
}

/* How many earlier rows an op that appends to them keeps. */
static inline long call_kept(const struct op_call *c)
{
    return c->params.rows ? c->params.rows->spans[0].first : c->params.integer;
}

/* Whether `ids` names head h; without ids every head is meant. */
static inline bool call_names_head(const struct op_call *c, long h)
{
    if (!c->params.ids)
        return true;
    for (long i = 0; i < c->params.size[0]; i++)
        if (c->params.ids[i] == h)
            return true;
    return false;
}

/* The temperature of a softmax; 0 stands for 1, the plain one. */
static inline double call_temperature(const struct op_call *c)
{
    return c->params.number > 0 ? c->params.number : 1;
}

/* Whether a tensor can be an input at all: of rank 1 to 3, not empty, of a sane size. */
bool call_takes(const struct tensor *t);

/* An input by its number, NULL where it is absent; or the result. */
static inline const struct tensor *call_tensor(const struct op_call *c, int input)
{
    return input == OP_OWN_RESULT ? c->out : c->in[input];
}

/* One cell of it; its floats, NULL where it is absent. */
static inline double call_get(const struct op_call *c, int input, long index)
{
    return tensor_get(call_tensor(c, input), index);
}

static inline const float *call_floats(const struct op_call *c, int input)
{
    const struct tensor *t = call_tensor(c, input);
    return t ? t->f32 : NULL;
}

/* One part of a result cell: a cell of an input, or the product of two. */
struct op_source {
    int a, b;        /* input numbers, or OP_OWN_RESULT; b -1: no second factor */
    long at_a, at_b; /* row-major indices there */
};

/* Cells of the own result among the sources never lead back to the cell itself: they are
 * made of earlier cells, down to some that are made of inputs only.
 *
 * Writes up to `limit` sources of a result cell and returns how many there are. With
 * `limit` 0 nothing is written, only counted. */
typedef long op_sources(const struct op_call *call, long cell, struct op_source *out,
                        long limit);

/* Where a value comes from. */
enum ref_kind { REF_NONE, REF_STAGE, REF_WEIGHT };

struct ref {
    enum ref_kind kind;
    int index; /* of the plan's stages or parts */
};

static inline bool ref_is(struct ref a, struct ref b)
{
    return a.kind == b.kind && a.index == b.index;
}

#endif
