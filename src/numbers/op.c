#include "numbers/op.h"

#include <math.h>
#include <stdlib.h>

/* ---- shapes ---- */

const char *shape_set(const struct op_call *c, int rank, long a, long b, long d)
{
    *c->out = (struct tensor){.type = TENSOR_F32, .rank = rank, .size = {a, b, d}};
    return call_takes(c->out) ? NULL : "has a result that is empty or far too large";
}

bool shape_has_rank(const struct op_call *c, int input, int rank)
{
    return c->in[input] && c->in[input]->rank == rank;
}

/* Both of rank 2, or both of rank 3 with as many heads. */
bool shape_are_heads(const struct op_call *c)
{
    const struct tensor *a = c->in[0], *b = c->in[1];
    return a->rank > 1 && a->rank == b->rank && call_heads(a) == call_heads(b);
}

/* A result [heads, a, b], or [a, b] where the inputs are matrices. */
const char *shape_set_heads(const struct op_call *c, long a, long b)
{
    if (c->in[0]->rank == 2)
        return shape_set(c, 2, a, b, 0);
    return shape_set(c, 3, c->in[0]->size[0], a, b);
}

/* A pack is made by the plan; what can go wrong is that it belongs to another axis. */
bool shape_fits_pack(const struct pack *pack, const struct tensor *t)
{
    return !pack || pack->rows == call_rows(t);
}

bool shape_is_position(long x)
{
    return x >= 0 && x <= CALL_MOST;
}

const char *shape_sized(const struct op_call *c)
{
    return shape_set(c, 2, call_sized_rows(c), c->params.size[1], 0);
}

/* The shape of the first input, whatever it is. */
const char *shape_same(const struct op_call *c)
{
    const struct tensor *x = c->in[0];
    return shape_set(c, x->rank, x->size[0], x->size[1], x->size[2]);
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
    return shape_has_rank(c, 0, 2) ? shape_same(c) : "needs a matrix";
}

/* ---- sources ---- */

long sources_put(struct op_source *out, long limit, long n, struct op_source source)
{
    if (n < limit)
        out[n] = source;
    return n + 1;
}

long sources_none(const struct op_call *c, long cell, struct op_source *out, long limit)
{
    (void)c, (void)cell, (void)out, (void)limit;
    return 0;
}

/* The same cell of every input. */
long sources_each(const struct op_call *c, long cell, struct op_source *out, long limit)
{
    long n = 0;
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        if (c->in[i])
            n = sources_put(out, limit, n, (struct op_source){i, -1, cell, 0});
    return n;
}

/* The whole row of the first input. */
long sources_row(const struct op_call *c, long cell, struct op_source *out, long limit)
{
    long d = tensor_columns(c->out), n = 0;
    for (long i = 0; i < d; i++)
        n = sources_put(out, limit, n, (struct op_source){0, -1, cell / d * d + i, 0});
    return n;
}

/* The whole column of the first input. */
long sources_column(const struct op_call *c, long cell, struct op_source *out, long limit)
{
    long d = c->out->size[1], n = 0;
    for (long r = 0; r < c->out->size[0]; r++)
        n = sources_put(out, limit, n, (struct op_source){0, -1, r * d + cell % d, 0});
    return n;
}

/* Every cell of the first input. */
long sources_all(const struct op_call *c, long cell, struct op_source *out, long limit)
{
    (void)cell;
    long n = 0;
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        n = sources_put(out, limit, n, (struct op_source){0, -1, i, 0});
    return n;
}

/* Every cell of every input. */
long sources_every(const struct op_call *c, long cell, struct op_source *out, long limit)
{
    (void)cell;
    long n = 0;
    for (int k = 0; k < OP_MAX_INPUTS; k++)
        for (long i = 0; c->in[k] && i < tensor_count(c->in[k]); i++)
            n = sources_put(out, limit, n, (struct op_source){k, -1, i, 0});
    return n;
}

/* ---- steps ---- */

void steps_given(struct opening *o)
{
    steps_told(o, "an input");
}

void steps_told(struct opening *o, const char *formula)
{
    struct step *s = opening_step(o, STEP_GIVEN, "given", formula, 1);
    term_set(s->terms, o->x->value, 1, opening_constant(o->x->value),
             opening_constant(0));
    s->result = o->x->value;
}

void steps_sum(struct opening *o)
{
    struct op_source *list;
    long n = opening_sources(o, &list);
    struct step *s = opening_sum(o, list, n);
    if (!n)
        s->formula = "0: there is nothing to add";
    else if (s->terms[0].count == 1)
        s->formula = "a + b";
    else if (s->terms[n - 1].count == 1)
        s->formula = "Σ x·w + b";
    free(list);
}

void steps_copy(struct opening *o)
{
    struct step *s = opening_single(o, STEP_COPY, "copy", "a");
    s->result = s->terms->value;
}

/* ---- gradients ---- */

struct ref backward_add(struct backward *b, enum op_id op, struct ref x, struct ref y,
                        struct op_params params)
{
    return b->add(b, op, x, y, (struct ref){0}, params);
}

void backward_same(struct backward *b)
{
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        if (backward_has(b, i))
            b->give(b, i, b->grad);
}
