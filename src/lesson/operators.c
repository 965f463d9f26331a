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
    return sign == OPERATOR_ADD        ? a + b
           : sign == OPERATOR_SUBTRACT ? a - b
           : sign == OPERATOR_MULTIPLY ? a * b
                                       : a / b;
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

/* An operand in the shape of the other one. */
static int fit(struct compiler *c, struct made x, struct made like, struct ref *ref,
               struct error *e)
{
    *ref = x.is_number ? filled(c, x.number, like.ref) : x.ref;
    if (x.is_number || !x.one || like.one)
        return 0;
    const struct tensor *t = compiler_shape(c, like.ref);
    int32_t axes[2 * TENSOR_MAX_RANK] = {0};
    for (int i = 0; i < t->rank; i++)
        axes[2 * i] = (int32_t)t->size[i];
    struct made made;
    struct stage s = compiler_cells(x.ref, 0, t->rank, axes);
    memcpy(s.axes, compiler_axes(c, like.ref), sizeof s.axes);
    if (compiler_add(c, NULL, s, &made, e) < 0)
        return -1;
    *ref = made.ref;
    return 0;
}

int operator_add_stages(struct compiler *c, enum node_operator sign, struct made a,
                     struct made b, const char *name, struct made *out, struct error *e)
{
    static const enum op_id ops[] = {OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_DIVIDE};
    if (sign > OPERATOR_DIVIDE)
        return error_set(e, "a compute line has no \"and\" and \"or\"");
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
    struct stage s = {.op = ops[sign]};
    struct made like = a.is_number || (a.one && !b.is_number) ? b : a;
    memcpy(s.axes, compiler_axes(c, like.ref), sizeof s.axes);
    if (fit(c, a, like, &s.in[0], e) < 0 || fit(c, b, like, &s.in[1], e) < 0 ||
        compiler_add(c, name, s, out, e) < 0)
        return -1;
    out->one = like.one;
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

int operator_diagonal(struct compiler *c, struct ref x, const char *name,
                     struct made *out, struct error *e)
{
    const struct tensor *t = compiler_shape(c, x);
    if (t->rank != 2)
        return error_set(e, "diagonal: a matrix is expected (one head: NAME[1,:,:])");
    long n = t->size[0] < t->size[1] ? t->size[0] : t->size[1];
    int32_t axis[] = {(int32_t)n, (int32_t)t->size[1] + 1};
    struct stage s = compiler_cells(x, 0, 1, axis);
    s.axes[0] = (struct axis){AXIS_FEATURE, SIDE_NONE, NULL};
    return compiler_add(c, name, s, out, e);
}
