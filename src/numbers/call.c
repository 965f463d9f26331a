#include "numbers/call.h"

#include <math.h>
#include <stddef.h>

/* No tensor is larger, and no position, so that sums and products of them fit a long. */
#define MOST ((long)1 << 40)

#define RANDOM_MOST 4000000          /* numbers of one result */
#define DOTS_MOST_WIDTH 65536
#define DOTS_MOST_PAIRS 1000000
#define DOTS_MOST_WIDTHS 64
#define DOTS_MOST_DRAWS 4000000000.0 /* of all: some ten seconds */
#define PCA_MOST_COLUMNS 512

bool call_takes(const struct tensor *t)
{
    long room = MOST;
    if (t->rank < 1 || t->rank > TENSOR_MAX_RANK)
        return false;
    for (int i = 0; i < t->rank; i++) {
        if (t->size[i] < 1 || t->size[i] > room)
            return false;
        room /= t->size[i];
    }
    return true;
}

long call_sentence(const struct pack *pack, long row)
{
    long i = 0;
    while (i + 1 < call_sentences(pack) &&
           row >= pack->spans[i].start + pack->spans[i].count)
        i++;
    return i;
}

long call_position(const struct op_call *c, long row, long n)
{
    const struct pack *pack = c->params.rows;
    struct segment s = call_span(pack, call_sentence(pack, row), n, c->params.integer);
    return s.first + row - s.start;
}

static const char *set_shape(const struct op_call *c, int rank, long a, long b, long d)
{
    *c->out = (struct tensor){.type = TENSOR_F32, .rank = rank, .size = {a, b, d}};
    return call_takes(c->out) ? NULL : "has a result that is empty or far too large";
}

static bool has_rank(const struct op_call *c, int input, int rank)
{
    return c->in[input] && c->in[input]->rank == rank;
}

/* Both of rank 2, or both of rank 3 with as many heads. */
static bool are_heads(const struct op_call *c)
{
    const struct tensor *a = c->in[0], *b = c->in[1];
    return a->rank > 1 && a->rank == b->rank && call_heads(a) == call_heads(b);
}

/* A result [heads, a, b], or [a, b] where the inputs are matrices. */
static const char *set_heads(const struct op_call *c, long a, long b)
{
    if (c->in[0]->rank == 2)
        return set_shape(c, 2, a, b, 0);
    return set_shape(c, 3, c->in[0]->size[0], a, b);
}

/* A pack is made by the plan; what can go wrong is that it belongs to another axis. */
static bool fits_pack(const struct pack *pack, const struct tensor *t)
{
    return !pack || pack->rows == call_rows(t);
}

static bool is_position(long x)
{
    return x >= 0 && x <= MOST;
}

const char *shape_tokens(const struct op_call *c)
{
    if (!c->params.ids)
        return "needs ids";
    const char *wrong = set_shape(c, 1, call_sized_rows(c), 0, 0);
    c->out->type = TENSOR_I32;
    return wrong;
}

const char *shape_gather(const struct op_call *c)
{
    if (!has_rank(c, 0, 1) || !has_rank(c, 1, 2))
        return "needs ids [n] and a table [rows, columns]";
    return set_shape(c, 2, c->in[0]->size[0], c->in[1]->size[1], 0);
}

const char *shape_sized(const struct op_call *c)
{
    return set_shape(c, 2, call_sized_rows(c), c->params.size[1], 0);
}

const char *shape_positions(const struct op_call *c)
{
    if (!is_position(c->params.integer))
        return "needs a first position from 0 onward";
    return shape_sized(c);
}

const char *shape_rows(const struct op_call *c)
{
    const char *wrong = "needs a table with a row for every position";
    long rows = call_sized_rows(c), most = c->in[0]->size[0];
    if (!has_rank(c, 0, 2))
        return wrong;
    for (long i = 0; i < call_sentences(c->params.rows); i++) {
        struct segment s = call_span(c->params.rows, i, rows, c->params.integer);
        if (s.first < 0 || s.count < 1 || s.count > most || s.first > most - s.count)
            return wrong;
    }
    return set_shape(c, 2, rows, c->in[0]->size[1], 0);
}

/* The shape of the first input, whatever it is. */
const char *shape_same(const struct op_call *c)
{
    const struct tensor *x = c->in[0];
    return set_shape(c, x->rank, x->size[0], x->size[1], x->size[2]);
}

const char *shape_equal(const struct op_call *c)
{
    const struct tensor *a = c->in[0], *b = c->in[1];
    if (a->rank != b->rank)
        return "needs inputs of one shape";
    for (int i = 0; i < a->rank; i++)
        if (a->size[i] != b->size[i])
            return "needs inputs of one shape";
    return shape_same(c);
}

const char *shape_matrix(const struct op_call *c)
{
    return has_rank(c, 0, 2) ? shape_same(c) : "needs a matrix";
}

const char *shape_linear(const struct op_call *c)
{
    if (!has_rank(c, 0, 2) || !has_rank(c, 1, 2) ||
        c->in[0]->size[1] != c->in[1]->size[1])
        return "needs x [n, k] and weights [m, k]";
    if (c->in[2] && tensor_count(c->in[2]) != c->in[1]->size[0])
        return "needs a bias with one number for each row of the weights";
    return set_shape(c, 2, c->in[0]->size[0], c->in[1]->size[0], 0);
}

const char *shape_split_heads(const struct op_call *c)
{
    long heads = c->params.integer;
    if (!has_rank(c, 0, 2) || heads < 1 || c->in[0]->size[1] % heads)
        return "needs columns that the number of heads divides";
    return set_shape(c, 3, heads, c->in[0]->size[0], c->in[0]->size[1] / heads);
}

const char *shape_scores(const struct op_call *c)
{
    if (!are_heads(c) || tensor_columns(c->in[0]) != tensor_columns(c->in[1]))
        return "needs queries [h, m, k] and keys [h, n, k]";
    if (!fits_pack(c->params.rows, c->in[0]) || !fits_pack(c->params.keys, c->in[1]))
        return "needs queries and keys of the sentences that are fed";
    return set_heads(c, call_rows(c->in[0]),
                     c->params.keys ? c->params.keys->longest : call_rows(c->in[1]));
}

const char *shape_mask(const struct op_call *c)
{
    if (c->in[0]->rank < 2 || !is_position(c->params.integer) ||
        !fits_pack(c->params.rows, c->in[0]))
        return "needs scores [h, queries, keys] and a first position from 0 onward";
    return shape_same(c);
}

const char *shape_softmax(const struct op_call *c)
{
    if (!isfinite(c->params.number) || c->params.number < 0)
        return "needs a temperature that is not negative";
    return shape_same(c);
}

const char *shape_mix(const struct op_call *c)
{
    long keys = c->params.keys ? c->params.keys->longest : call_rows(c->in[1]);
    if (!are_heads(c) || tensor_columns(c->in[0]) != keys)
        return "needs weights [h, m, k] and values [h, k, n]";
    if (!fits_pack(c->params.rows, c->in[0]) || !fits_pack(c->params.keys, c->in[1]))
        return "needs weights and values of the sentences that are fed";
    return set_heads(c, call_rows(c->in[0]), tensor_columns(c->in[1]));
}

const char *shape_merge_heads(const struct op_call *c)
{
    if (!has_rank(c, 0, 3))
        return "needs one matrix for each head";
    return set_shape(c, 2, c->in[0]->size[1], c->in[0]->size[0] * c->in[0]->size[2], 0);
}

const char *shape_layer_norm(const struct op_call *c)
{
    for (int i = 1; i < OP_MAX_INPUTS; i++)
        if (c->in[i] && tensor_count(c->in[i]) != tensor_columns(c->in[0]))
            return "needs a gamma and a beta with one number for each column";
    if (!isfinite(c->params.number) || c->params.number < 0)
        return "needs an epsilon that is not negative";
    return shape_same(c);
}

const char *shape_append(const struct op_call *c)
{
    long old = call_kept(c);
    if (call_sentences(c->params.rows) != 1)
        return "keeps the rows of one sentence";
    if (!has_rank(c, 0, 2) || !has_rank(c, 1, 2) ||
        c->in[0]->size[1] != c->in[1]->size[1] || old < 0 || c->in[0]->size[0] < old)
        return "needs earlier rows and new rows of one width";
    return set_shape(c, 2, old + c->in[1]->size[0], c->in[1]->size[1], 0);
}

const char *shape_cosine(const struct op_call *c)
{
    if (!has_rank(c, 0, 2) || !has_rank(c, 1, 2) ||
        c->in[0]->size[1] != c->in[1]->size[1])
        return "needs two matrices [n, k] and [m, k]";
    return set_shape(c, 2, c->in[0]->size[0], c->in[1]->size[0], 0);
}

const char *shape_pca_axes(const struct op_call *c)
{
    if (!has_rank(c, 0, 2) || c->in[0]->size[1] < 2 ||
        c->in[0]->size[1] > PCA_MOST_COLUMNS)
        return "needs a matrix of 2 to 512 columns";
    return set_shape(c, 2, 2, c->in[0]->size[1], 0);
}

const char *shape_random(const struct op_call *c)
{
    const char *wrong = shape_sized(c);
    if (!wrong && tensor_count(c->out) > RANDOM_MOST)
        wrong = "makes 4000000 numbers at most";
    if (!wrong && c->params.integer < 0)
        wrong = "needs a seed from 0 onward";
    return wrong;
}

const char *shape_random_dots(const struct op_call *c)
{
    const struct op_params *p = &c->params;
    double draws = 0;
    if (!p->ids || p->size[0] < 1 || p->size[0] > DOTS_MOST_WIDTHS)
        return "needs a list of 1 to 64 widths";
    if (p->integer < 2 || p->integer > DOTS_MOST_PAIRS)
        return "needs 2 to 1000000 pairs";
    if (!(p->number >= 0 && p->number <= 0x1p53) || p->number != floor(p->number))
        return "needs a whole seed from 0 onward";
    for (long i = 0; i < p->size[0]; i++) {
        if (p->ids[i] < 1 || p->ids[i] > DOTS_MOST_WIDTH)
            return "needs widths from 1 to 65536";
        draws += (double)p->ids[i] * (double)p->integer;
    }
    if (draws > DOTS_MOST_DRAWS)
        return "would take too long: fewer pairs, or smaller widths";
    return set_shape(c, 2, p->size[0], 2, 0);
}

const char *shape_head(const struct op_call *c)
{
    if (!has_rank(c, 0, 3) || c->params.integer < 0 ||
        c->params.integer >= c->in[0]->size[0])
        return "needs one matrix for each head, and a head that is there";
    return set_shape(c, 2, c->in[0]->size[1], c->in[0]->size[2], 0);
}
