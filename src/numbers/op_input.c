/* What goes into a pass: tokens, embedding, positions (3.4, 3.5), and nothing.
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. Numbers in brackets are sections and equations of "Attention Is All
 * You Need". */
#include "numbers/op.h"

#include <math.h>
#include <string.h>

/* ---- TOKENS. The text as ids ----
 *
 * What goes in: the ids of the feed. Params: rows, or ids and size[0]. */

static const char *shape_tokens(const struct op_call *c)
{
    if (!c->params.ids)
        return "needs ids";
    const char *wrong = shape_set(c, 1, call_sized_rows(c), 0, 0);
    c->out->type = TENSOR_I32;
    return wrong;
}

static void forward_tokens(const struct op_call *c)
{
    memcpy(c->out->i32, c->params.ids, tensor_bytes(c->out));
}

static void naive_tokens(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->i32[i] = c->params.ids[i];
}

const struct op op_tokens = {
    .name = "tokens",
    .kind = OP_KIND_GIVEN,
    .least_inputs = 0,
    .most_inputs = 0,
    .formula = "ids",
    .shape = shape_tokens,
    .forward = forward_tokens,
    .naive = naive_tokens,
    .sources = sources_none,
    .steps = steps_given,
    .constant = "ids are no numbers to change a little",
};

/* ---- GATHER. Embedding: row id of a table (3.4) ----
 *
 * Inputs: ids [n], table [rows, d]. An id that the table does not have gives NaN. */

static const char *shape_gather(const struct op_call *c)
{
    if (!shape_has_rank(c, 0, 1) || !shape_has_rank(c, 1, 2))
        return "needs ids [n] and a table [rows, columns]";
    return shape_set(c, 2, c->in[0]->size[0], c->in[1]->size[1], 0);
}

static void kernel_gather(float *out, const float *table, const int32_t *ids, long n,
                          long d, long rows)
{
    for (long r = 0; r < n; r++)
        if (ids[r] >= 0 && ids[r] < rows)
            memcpy(out + r * d, table + ids[r] * d, sizeof(float) * (size_t)d);
        else
            for (long j = 0; j < d; j++)
                out[r * d + j] = NAN;
}

static void forward_gather(const struct op_call *c)
{
    kernel_gather(c->out->f32, call_floats(c, 1), c->in[0]->i32, c->out->size[0],
                  c->out->size[1], c->in[1]->size[0]);
}

static void naive_gather(const struct op_call *c)
{
    long n = c->out->size[0], d = c->out->size[1];
    for (long r = 0; r < n; r++)
        for (long j = 0; j < d; j++) {
            long id = (long)call_get(c, 0, r);
            bool there = id >= 0 && id < c->in[1]->size[0];
            c->out->f64[r * d + j] = there ? call_get(c, 1, id * d + j) : NAN;
        }
}

static long sources_gather(const struct op_call *c, long cell, struct op_source *out,
                           long limit)
{
    long d = c->out->size[1];
    long id = (long)tensor_get(c->in[0], cell / d);
    if (id < 0 || id >= c->in[1]->size[0])
        return 0; /* no row of the table */
    return sources_put(out, limit, 0, (struct op_source){1, -1, id * d + cell % d, 0});
}

/* A row that was looked up several times gathers all their gradients. */
static void backward_gather(struct backward *b)
{
    struct op_params rows = {.size = {b->call->in[1]->size[0], 0}};
    b->give(b, 1, backward_add(b, OP_SCATTER, b->in[0], b->grad, rows));
}

const struct op op_gather = {
    .name = "gather",
    .kind = OP_KIND_GATHER,
    .least_inputs = 2,
    .most_inputs = 2,
    .takes_ids = true,
    .formula = "$2[$1]",
    .shape = shape_gather,
    .forward = forward_gather,
    .naive = naive_gather,
    .sources = sources_gather,
    .steps = steps_copy,
    .backward = backward_gather,
};

/* ---- SINUSOID. Positional encoding (3.5) ----
 *
 * out[r, 2i] = sin(p / 10000^(2i/d)), out[r, 2i+1] = cos of the same, p the position of
 * row r. Params: size; rows, or integer: the first position. */

static const char *shape_positions(const struct op_call *c)
{
    if (!shape_is_position(c->params.integer))
        return "needs a first position from 0 onward";
    return shape_sized(c);
}

static void kernel_sinusoid(float *out, long first, long n, long d)
{
    for (long j = 0; j < d; j++) {
        double rate = pow(10000.0, -(double)(j - j % 2) / (double)d);
        for (long r = 0; r < n; r++) {
            double angle = (double)(first + r) * rate;
            out[r * d + j] = (float)(j % 2 ? cos(angle) : sin(angle));
        }
    }
}

/* The sentence whose positions reach furthest; the others repeat some of them. */
static long furthest(const struct pack *pack)
{
    long best = 0;
    for (long i = 1; i < call_sentences(pack); i++)
        if (pack->spans[i].first + pack->spans[i].count >
            pack->spans[best].first + pack->spans[best].count)
            best = i;
    return best;
}

static void forward_sinusoid(const struct op_call *c)
{
    const struct pack *pack = c->params.rows;
    long n = c->out->size[0], d = c->out->size[1], all = furthest(pack);
    struct segment far = call_span(pack, all, n, c->params.integer);
    const float *done = c->out->f32 + far.start * d;
    kernel_sinusoid(c->out->f32 + far.start * d, far.first, far.count, d);
    for (long i = 0; i < call_sentences(pack); i++) {
        struct segment s = call_span(pack, i, n, c->params.integer);
        float *out = c->out->f32 + s.start * d;
        if (i == all)
            continue;
        if (s.first < far.first)
            kernel_sinusoid(out, s.first, s.count, d);
        else
            memcpy(out, done + (s.first - far.first) * d,
                   sizeof(float) * (size_t)(s.count * d));
    }
}

static void naive_sinusoid(const struct op_call *c)
{
    long n = c->out->size[0], d = c->out->size[1];
    for (long r = 0; r < n; r++)
        for (long j = 0; j < d; j++) {
            long i = j / 2;
            double p = (double)call_position(c, r, n);
            double angle = p / pow(10000, 2.0 * (double)i / (double)d);
            c->out->f64[r * d + j] = j == 2 * i ? sin(angle) : cos(angle);
        }
}

static void steps_sinusoid(struct opening *o)
{
    long d = o->shape.size[1];
    long row = o->x->cell / d, column = o->x->cell % d;
    long position = call_position(&o->call, row, o->shape.size[0]);
    bool odd = column % 2;
    double wave = pow(10000, (double)(column - odd) / (double)d);
    struct step *s =
        opening_step(o, odd ? STEP_COS : STEP_SIN, odd ? "cos" : "sin",
                     odd ? "cos(p / 10000^(2i/d))" : "sin(p / 10000^(2i/d))", 1);
    double angle = (double)position / wave;
    s->result = odd ? cos(angle) : sin(angle);
    term_set(s->terms, s->result, 2, opening_constant((double)position),
             opening_constant(wave));
}

const struct op op_sinusoid = {
    .name = "sinusoid",
    .kind = OP_KIND_GIVEN,
    .least_inputs = 0,
    .most_inputs = 0,
    .formula = "sin|cos(p / 10000^(2i/d))",
    .shape = shape_positions,
    .forward = forward_sinusoid,
    .naive = naive_sinusoid,
    .sources = sources_none,
    .steps = steps_sinusoid,
    .constant = "the positions are given",
};

/* ---- ROWS. Rows of a table, one for each position ----
 *
 * Learned positions, and slices of a matrix. Input: table [n, d]. Params: rows, or
 * size[0] and integer: the first row. */

static const char *shape_rows(const struct op_call *c)
{
    const char *wrong = "needs a table with a row for every position";
    long rows = call_sized_rows(c), most = c->in[0]->size[0];
    if (!shape_has_rank(c, 0, 2))
        return wrong;
    for (long i = 0; i < call_sentences(c->params.rows); i++) {
        struct segment s = call_span(c->params.rows, i, rows, c->params.integer);
        if (s.first < 0 || s.count < 1 || s.count > most || s.first > most - s.count)
            return wrong;
    }
    return shape_set(c, 2, rows, c->in[0]->size[1], 0);
}

static void forward_rows(const struct op_call *c)
{
    long n = c->out->size[0], d = c->out->size[1];
    for (long i = 0; i < call_sentences(c->params.rows); i++) {
        struct segment s = call_span(c->params.rows, i, n, c->params.integer);
        memcpy(c->out->f32 + s.start * d, call_floats(c, 0) + s.first * d,
               sizeof(float) * (size_t)(s.count * d));
    }
}

static void naive_rows(const struct op_call *c)
{
    long n = c->out->size[0], d = c->out->size[1];
    for (long r = 0; r < n; r++)
        for (long j = 0; j < d; j++)
            c->out->f64[r * d + j] = call_get(c, 0, call_position(c, r, n) * d + j);
}

static long sources_rows(const struct op_call *c, long cell, struct op_source *out,
                         long limit)
{
    long d = c->out->size[1], row = cell / d;
    long position = call_position(c, row, c->out->size[0]);
    return sources_put(out, limit, 0,
                       (struct op_source){0, -1, position * d + cell % d, 0});
}

static void backward_rows(struct backward *b)
{
    struct op_params at = b->call->params;
    at.size[0] = b->call->in[0]->size[0];
    b->give(b, 0, backward_add(b, OP_PLACE_ROWS, b->grad, (struct ref){0}, at));
}

const struct op op_rows = {
    .name = "rows",
    .kind = OP_KIND_GATHER,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1[p]",
    .shape = shape_rows,
    .forward = forward_rows,
    .naive = naive_rows,
    .sources = sources_rows,
    .steps = steps_copy,
    .backward = backward_rows,
};

/* ---- ZERO. Nothing at all ----
 *
 * What a what-if puts in the place of a part. Params: size, or rows and size[1]. */

static void forward_zero(const struct op_call *c)
{
    memset(c->out->data, 0, tensor_bytes(c->out));
}

static void naive_zero(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = 0;
}

static void steps_zero(struct opening *o)
{
    steps_told(o, "0: this part is switched off");
}

const struct op op_zero = {
    .name = "zero",
    .kind = OP_KIND_GIVEN,
    .least_inputs = 0,
    .most_inputs = 0,
    .formula = "0",
    .shape = shape_sized,
    .forward = forward_zero,
    .naive = naive_zero,
    .sources = sources_none,
    .steps = steps_zero,
    .constant = "nothing goes in",
};
