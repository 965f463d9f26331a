/* Conditions: 1 where they hold, else 0; and a choice by them. */
#include "numbers/op.h"
#include "numbers/vector.h"

#include <math.h>

/* ---- GREATER, NOT_LESS, EQUAL. Is a > b, a ≥ b, a = b? Cell by cell ----
 *
 * 1 for yes and 0 for no, so that a sum counts them. Equal means within a millionth, of b
 * where b is larger than 1: numbers that two ways of computing give differ in their last
 * digits. */

static bool is_greater(double a, double b)
{
    return a > b;
}

static bool is_not_less(double a, double b)
{
    return a >= b;
}

static bool is_equal(double a, double b)
{
    return a == b || fabs(a - b) <= 1e-6 * fmax(1, fabs(b));
}

typedef bool comparison(double a, double b);

static void forward_compare(const struct op_call *c, comparison *is)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f32[i] = is((double)c->in[0]->f32[i], (double)c->in[1]->f32[i]);
}

static void naive_compare(const struct op_call *c, comparison *is)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = is(call_get(c, 0, i), call_get(c, 1, i)) ? 1 : 0;
}

static void steps_compare(struct opening *o, const char *formula, const char *form,
                          comparison *is)
{
    struct operand a = opening_input(o, 0, o->x->cell);
    struct operand b = opening_input(o, 1, o->x->cell);
    struct step *s = opening_step(o, STEP_FUNCTION, "compare", formula, 1);
    s->form = form;
    s->result = is(a.value, b.value);
    term_set(s->terms, s->result, 2, a, b);
}

#define COMPARISON(NAME, IS, SIGN)                                                       \
    static void forward_##NAME(const struct op_call *c)                                  \
    {                                                                                    \
        forward_compare(c, IS);                                                          \
    }                                                                                    \
    static void naive_##NAME(const struct op_call *c)                                    \
    {                                                                                    \
        naive_compare(c, IS);                                                            \
    }                                                                                    \
    static void steps_##NAME(struct opening *o)                                          \
    {                                                                                    \
        steps_compare(o, "a " SIGN " b", "($a " SIGN " $b ?)", IS);                      \
    }                                                                                    \
    const struct op op_##NAME = {                                                        \
        .name = #NAME,                                                                   \
        .kind = OP_KIND_ELEMENTWISE,                                                     \
        .least_inputs = 2,                                                               \
        .most_inputs = 2,                                                                \
        .formula = "$1 " SIGN " $2",                                                     \
        .shape = shape_equal,                                                            \
        .forward = forward_##NAME,                                                       \
        .naive = naive_##NAME,                                                           \
        .sources = sources_each,                                                         \
        .steps = steps_##NAME,                                                           \
        .constant = "yes or no does not change by a little",                             \
    };
COMPARISON(greater, is_greater, ">")
COMPARISON(not_less, is_not_less, "≥")
COMPARISON(equal, is_equal, "=")
#undef COMPARISON

/* ---- WHERE. One of two matrices, cell by cell, by a condition ----
 *
 * Inputs: the condition, what stands where it is not 0, and what stands where it is. */

static const char *shape_where(const struct op_call *c)
{
    for (int i = 1; i < 3; i++)
        for (int k = 0; k < TENSOR_MAX_RANK; k++)
            if (c->in[i]->rank != c->in[0]->rank ||
                (k < c->in[0]->rank && c->in[i]->size[k] != c->in[0]->size[k]))
                return "needs a condition and two choices of one shape";
    return shape_same(c);
}

static void forward_where(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f32[i] = c->in[c->in[0]->f32[i] != 0 ? 1 : 2]->f32[i];
}

static int chosen(const struct op_call *c, long cell)
{
    return call_get(c, 0, cell) != 0 ? 1 : 2;
}

static void naive_where(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, chosen(c, i), i);
}

static void steps_where(struct opening *o)
{
    struct operand condition = opening_input(o, 0, o->x->cell);
    int choice = condition.value != 0 ? 1 : 2;
    struct step *s = opening_step(o, STEP_FUNCTION, "choice", "b or c by a", 1);
    s->form = choice == 1 ? "($a is not 0) $b" : "($a is 0) $b";
    struct operand x = opening_input(o, choice, o->x->cell);
    s->result = x.value;
    term_set(s->terms, x.value, 2, condition, x);
}

/* g where each was chosen, 0 elsewhere. */
static void backward_where(struct backward *b)
{
    struct op_params none = {0};
    struct ref zero = backward_add(b, OP_SUBTRACT, b->grad, b->grad, none);
    b->give(b, 1, b->add(b, OP_WHERE, b->in[0], b->grad, zero, none));
    b->give(b, 2, b->add(b, OP_WHERE, b->in[0], zero, b->grad, none));
}

const struct op op_where = {
    .name = "where",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 3,
    .most_inputs = 3,
    .formula = "$2 where $1, else $3",
    .shape = shape_where,
    .forward = forward_where,
    .naive = naive_where,
    .sources = sources_each,
    .steps = steps_where,
    .backward = backward_where,
};

/* ---- STRONGEST. 1 at the largest number of each row, else 0 ----
 *
 * The first of equals; NaN is passed over. A row that has nothing else has no largest. */

static const char *shape_strongest(const struct op_call *c)
{
    return c->in[0]->rank < 2 ? "needs rows" : shape_same(c);
}

/* The column of the largest of a row of n numbers, -1 for none. */
static long strongest_of(const struct op_call *c, long row, long n)
{
    long at = -1;
    for (long i = 0; i < n; i++) {
        double x = call_get(c, 0, row * n + i);
        if (!isnan(x) && (at < 0 || x > call_get(c, 0, row * n + at)))
            at = i;
    }
    return at;
}

static void forward_strongest(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    const float *x = call_floats(c, 0);
    float *out = c->out->f32;
    for (long r = 0; r < tensor_rows(c->out); r++, x += n, out += n) {
        float most = vector_largest(x, n);
        bool found = false;
        for (long i = 0; i < n; i++) {
            bool here = !found && x[i] == most;
            found = found || here;
            out[i] = here;
        }
    }
}

static void naive_strongest(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = strongest_of(c, i / n, n) == i % n;
}

/* The largest of the row, and whether it is this one. */
static void steps_strongest(struct opening *o)
{
    long n = tensor_columns(o->call.in[0]), row = o->x->cell / n;
    struct step *most = opening_step(o, STEP_MAX, "max", "m = max(row)", n);
    most->result = -INFINITY;
    for (long i = 0; i < n; i++) {
        struct operand a = opening_input(o, 0, row * n + i);
        term_set(&most->terms[i], a.value, 1, a, opening_constant(0));
        most->result = fmax(most->result, a.value);
    }
    struct step *s = opening_step(o, STEP_FUNCTION, "compare", "a = m, the first", 1);
    s->form = "($a is $b, the first one ?)";
    s->result = strongest_of(&o->call, row, n) == o->x->cell % n;
    term_set(s->terms, s->result, 2, opening_input(o, 0, o->x->cell),
             opening_result(o, 0));
}

const struct op op_strongest = {
    .name = "strongest",
    .kind = OP_KIND_ROW,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "1 at the largest of a row of $1",
    .shape = shape_strongest,
    .forward = forward_strongest,
    .naive = naive_strongest,
    .sources = sources_row,
    .steps = steps_strongest,
    .constant = "yes or no does not change by a little",
    .form = {.arguments = "m"},
};
