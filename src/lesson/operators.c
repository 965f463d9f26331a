#include "lesson/operators.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>

static int make_scaled(struct compiler *c, struct made x, double factor, const char *name,
                       struct made *out, struct error *e)
{
    struct stage s = {.op = OP_SCALE, .in = {x.ref}, .params.number = factor};
    memcpy(s.axes, compiler_axes(c, x.ref), sizeof s.axes);
    if (compiler_add(c, name, s, out, e) < 0)
        return -1;
    out->one = x.one;
    return 0;
}

static double operate(enum node_operator sign, double a, double b)
{
    switch (sign) {
    case OPERATOR_ADD:
        return a + b;
    case OPERATOR_SUBTRACT:
        return a - b;
    case OPERATOR_MULTIPLY:
        return a * b;
    case OPERATOR_DIVIDE:
        return a / b;
    case OPERATOR_AND:
        return a != 0 && b != 0;
    case OPERATOR_OR:
        return a != 0 || b != 0;
    case OPERATOR_GREATER:
        return a > b;
    case OPERATOR_GREATER_EQUAL:
        return a >= b;
    case OPERATOR_LESS:
        return a < b;
    case OPERATOR_LESS_EQUAL:
        return a <= b;
    case OPERATOR_DIFFERENT:
        return a != b;
    default:
        return a == b;
    }
}

/* A number in every cell of a matrix like that one. */
static struct ref filled(struct compiler *c, double number, struct ref like)
{
    struct tensor t = *compiler_shape(c, like);
    long n = tensor_count(&t);
    char name[32];
    t.type = TENSOR_F64;
    t.f64 = compiler_keep(c, mem_alloc((size_t)n, sizeof *t.f64));
    for (long i = 0; i < n; i++)
        t.f64[i] = number;
    snprintf(name, sizeof name, "%g", number);
    return compiler_given(c, name, t, compiler_axes(c, like));
}

/* An operand at every place of a shape that it fits: an axis of size 1, or one that is
 * not there, is repeated. */
static int repeat(struct compiler *c, struct ref x, const struct tensor *to,
                  const struct axis *axes, struct ref *ref, struct error *e)
{
    const struct tensor *t = compiler_shape(c, x);
    int32_t steps[2 * TENSOR_MAX_RANK] = {0};
    bool same = t->rank == to->rank, fits = t->rank <= to->rank || tensor_count(t) == 1;
    long stride = 1;
    for (int i = to->rank - 1, k = t->rank - 1; i >= 0; i--, k--) {
        long size = k >= 0 ? t->size[k] : 1;
        same = same && size == to->size[i];
        fits = fits && (size == to->size[i] || size == 1);
        steps[2 * i] = (int32_t)to->size[i];
        steps[2 * i + 1] = size == 1 ? 0 : (int32_t)stride;
        stride *= size;
    }
    *ref = x;
    if (same || !fits)
        return 0;
    struct made made;
    struct stage s = compiler_cells(x, 0, to->rank, steps);
    memcpy(s.axes, axes, sizeof s.axes);
    if (compiler_add(c, NULL, s, &made, e) < 0)
        return -1;
    *ref = made.ref;
    return 0;
}

int operator_fit(struct compiler *c, struct made x, struct made like, struct ref *ref,
                 struct error *e)
{
    if (x.is_number) {
        *ref = filled(c, x.number, like.ref);
        return 0;
    }
    struct tensor to = *compiler_shape(c, like.ref);
    struct axis axes[TENSOR_MAX_RANK];
    memcpy(axes, compiler_axes(c, like.ref), sizeof axes);
    return repeat(c, x.ref, &to, axes, ref, e);
}

/* The shape of two matrices together, each axis as large as the larger: a row and a
 * column make a matrix. An axis takes its name from where it is whole. */
static void together(struct compiler *c, struct ref a, struct ref b, struct tensor *to,
                     struct axis axes[TENSOR_MAX_RANK])
{
    const struct tensor *x = compiler_shape(c, a), *y = compiler_shape(c, b);
    bool longer = tensor_count(x) == 1 || (tensor_count(y) > 1 && y->rank > x->rank);
    struct ref big = longer ? b : a, small = longer ? a : b;
    *to = *compiler_shape(c, big);
    memcpy(axes, compiler_axes(c, big), sizeof *axes * TENSOR_MAX_RANK);
    const struct tensor *t = compiler_shape(c, small);
    for (int i = to->rank - 1, k = t->rank - 1; k >= 0 && i >= 0; i--, k--)
        if (to->size[i] == 1 && t->size[k] > 1) {
            to->size[i] = t->size[k];
            axes[i] = compiler_axes(c, small)[k];
        }
}

/* How an operator is made: its op, with the operands in another order, or 1 minus it. */
struct how {
    enum op_id op;
    bool swapped, inverse;
};

static struct how how_of(enum node_operator sign)
{
    static const struct how all[] = {
        [OPERATOR_ADD] = {OP_ADD, false, false},
        [OPERATOR_SUBTRACT] = {OP_SUBTRACT, false, false},
        [OPERATOR_MULTIPLY] = {OP_MULTIPLY, false, false},
        [OPERATOR_DIVIDE] = {OP_DIVIDE, false, false},
        [OPERATOR_EQUAL] = {OP_EQUAL, false, false},
        [OPERATOR_DIFFERENT] = {OP_EQUAL, false, true},
        [OPERATOR_LESS] = {OP_GREATER, true, false},
        [OPERATOR_LESS_EQUAL] = {OP_NOT_LESS, true, false},
        [OPERATOR_GREATER] = {OP_GREATER, false, false},
        [OPERATOR_GREATER_EQUAL] = {OP_NOT_LESS, false, false},
    };
    return all[sign];
}

static int add_two(struct compiler *c, struct how how, struct made a, struct made b,
                   const char *name, struct made *out, struct error *e)
{
    struct tensor to;
    struct stage s = {.op = how.op};
    struct axis axes[TENSOR_MAX_RANK];
    if (a.is_number || b.is_number) {
        struct made like = a.is_number ? b : a;
        memcpy(axes, compiler_axes(c, like.ref), sizeof axes);
        if (operator_fit(c, a, like, &s.in[how.swapped], e) < 0 ||
            operator_fit(c, b, like, &s.in[!how.swapped], e) < 0)
            return -1;
    } else {
        together(c, a.ref, b.ref, &to, axes);
        if (repeat(c, a.ref, &to, axes, &s.in[how.swapped], e) < 0 ||
            repeat(c, b.ref, &to, axes, &s.in[!how.swapped], e) < 0)
            return -1;
    }
    memcpy(s.axes, axes, sizeof s.axes);
    return compiler_add(c, how.inverse ? NULL : name, s, out, e);
}

/* a and b is a·b; a or b is not (not a and not b). */
static int add_logic(struct compiler *c, bool both, struct made a, struct made b,
                     const char *name, struct made *out, struct error *e)
{
    static const struct how product = {OP_MULTIPLY, false, false};
    struct made x[2] = {a, b}, all;
    for (int i = 0; i < 2; i++)
        if (operator_not(c, x[i], NULL, &x[i], e) < 0 ||
            (both && operator_not(c, x[i], NULL, &x[i], e) < 0))
            return -1;
    if (add_two(c, product, x[0], x[1], both ? name : NULL, &all, e) < 0)
        return -1;
    *out = all;
    return both ? 0 : operator_not(c, all, name, out, e);
}

int operator_add_stages(struct compiler *c, enum node_operator sign, struct made a,
                        struct made b, const char *name, struct made *out,
                        struct error *e)
{
    if (sign == OPERATOR_NEAR)
        return error_set(e, "~ stands in claims only; in a compute line write abs(a - b) "
                            "< 0.01");
    if (a.is_number && b.is_number) {
        *out = (struct made){.is_number = true,
                             .number = operate(sign, a.number, b.number)};
        return 0;
    }
    if (sign == OPERATOR_MULTIPLY && a.is_number)
        return make_scaled(c, b, a.number, name, out, e);
    if (sign == OPERATOR_MULTIPLY && b.is_number)
        return make_scaled(c, a, b.number, name, out, e);
    if (sign == OPERATOR_DIVIDE && b.is_number)
        return make_scaled(c, a, 1 / b.number, name, out, e);
    bool one = (a.is_number || a.one) && (b.is_number || b.one);
    struct made first;
    if (sign == OPERATOR_AND || sign == OPERATOR_OR) {
        if (add_logic(c, sign == OPERATOR_AND, a, b, name, out, e) < 0)
            return -1;
    } else {
        struct how how = how_of(sign);
        if (add_two(c, how, a, b, name, &first, e) < 0 ||
            (how.inverse && operator_not(c, first, name, &first, e) < 0))
            return -1;
        *out = first;
    }
    out->one = one;
    return 0;
}

int operator_not(struct compiler *c, struct made x, const char *name, struct made *out,
                 struct error *e)
{
    if (x.is_number) {
        *out = (struct made){.is_number = true, .number = x.number == 0};
        return 0;
    }
    struct made zero = {.is_number = true};
    bool one = x.one;
    if (add_two(c, how_of(OPERATOR_EQUAL), x, zero, name, out, e) < 0)
        return -1;
    out->one = one;
    return 0;
}

int operator_negate(struct compiler *c, struct made x, const char *name,
                     struct made *out, struct error *e)
{
    if (!x.is_number)
        return make_scaled(c, x, -1, name, out, e);
    *out = (struct made){.is_number = true, .number = -x.number};
    return 0;
}

int operator_diagonal(struct compiler *c, struct ref x, long k, const char *name,
                      struct made *out, struct error *e)
{
    const struct tensor *t = compiler_shape(c, x);
    if (t->rank != 2)
        return error_set(e, "diagonal: a matrix must be given; one head is NAME[1,:,:]");
    long rows = t->size[0] - (k < 0 ? -k : 0), columns = t->size[1] - (k > 0 ? k : 0);
    long n = rows < columns ? rows : columns;
    if (n < 1)
        return error_set(e,
                         "diagonal: this matrix has no diagonal %ld; there are %ld to "
                         "%ld",
                         k, 1 - t->size[0], t->size[1] - 1);
    int32_t axis[] = {(int32_t)n, (int32_t)t->size[1] + 1};
    struct stage s = compiler_cells(x, k < 0 ? -k * t->size[1] : k, 1, axis);
    s.axes[0] = (struct axis){AXIS_FEATURE, SIDE_NONE, NULL};
    return compiler_add(c, name, s, out, e);
}
