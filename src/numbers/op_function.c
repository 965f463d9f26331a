/* Functions of one number, cell by cell, and powers.
 *
 * The family is a table: a row is an op whole, with its formula, its steps and its
 * derivative. To add one, write its backward and a row, and list it in op.def. */
#include "numbers/op.h"

#include <math.h>
#include <string.h>

static void forward_function(const struct op_call *c, double (*f)(double))
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f32[i] = (float)f((double)c->in[0]->f32[i]);
}

static void naive_function(const struct op_call *c, double (*f)(double))
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = f(call_get(c, 0, i));
}

static void steps_function(struct opening *o, const char *name, const char *formula,
                           const char *form, double (*f)(double))
{
    struct step *s = opening_single(o, STEP_FUNCTION, name, formula);
    s->form = form;
    s->result = f(s->terms->value);
    s->terms->value = s->result;
}

static double sign(double x)
{
    return x > 0 ? 1 : x < 0 ? -1 : x; /* a NaN stays one */
}

/* ---- backward: the slope is another op of the input, or of the result ---- */

static const struct op_params none = {0};
static const struct ref nothing = {0};

static void give_product(struct backward *b, struct ref slope)
{
    b->give(b, 0, backward_add(b, OP_MULTIPLY, b->grad, slope, none));
}

static void backward_abs(struct backward *b)
{
    give_product(b, backward_add(b, OP_SIGN, b->in[0], nothing, none));
}

static void backward_exp(struct backward *b)
{
    give_product(b, b->out);
}

static void backward_log(struct backward *b)
{
    b->give(b, 0, backward_add(b, OP_DIVIDE, b->grad, b->in[0], none));
}

static void backward_sqrt(struct backward *b)
{
    struct op_params half = {.number = 0.5};
    struct ref g = backward_add(b, OP_SCALE, b->grad, nothing, half);
    b->give(b, 0, backward_add(b, OP_DIVIDE, g, b->out, none));
}

static void backward_sin(struct backward *b)
{
    give_product(b, backward_add(b, OP_COS, b->in[0], nothing, none));
}

static void backward_cos(struct backward *b)
{
    struct op_params minus = {.number = -1};
    struct ref slope = backward_add(b, OP_SIN, b->in[0], nothing, none);
    give_product(b, backward_add(b, OP_SCALE, slope, nothing, minus));
}

/* g - g·y², y the result. */
static void backward_tanh(struct backward *b)
{
    struct ref y2 = backward_add(b, OP_MULTIPLY, b->out, b->out, none);
    struct ref less = backward_add(b, OP_MULTIPLY, b->grad, y2, none);
    b->give(b, 0, backward_add(b, OP_SUBTRACT, b->grad, less, none));
}

/* ---- the table: ABS SIGN EXP LOG SQRT SIN COS TANH ----
 *
 * FUNCTION(name, of one number, opening and closing of its formula, backward, why there
 * is none). */
#define FUNCTIONS                                                                        \
    FUNCTION(abs, fabs, "|", "|", backward_abs, NULL)                                    \
    FUNCTION(sign, sign, "sign(", ")", NULL, "it is flat but for one jump")              \
    FUNCTION(exp, exp, "exp(", ")", backward_exp, NULL)                                  \
    FUNCTION(log, log, "log(", ")", backward_log, NULL)                                  \
    FUNCTION(sqrt, sqrt, "√(", ")", backward_sqrt, NULL)                                 \
    FUNCTION(sin, sin, "sin(", ")", backward_sin, NULL)                                  \
    FUNCTION(cos, cos, "cos(", ")", backward_cos, NULL)                                  \
    FUNCTION(tanh, tanh, "tanh(", ")", backward_tanh, NULL)

#define FUNCTION(NAME, F, BEFORE, BEHIND, BACKWARD, CONSTANT)                            \
    static void forward_##NAME(const struct op_call *c)                                  \
    {                                                                                    \
        forward_function(c, F);                                                          \
    }                                                                                    \
    static void naive_##NAME(const struct op_call *c)                                    \
    {                                                                                    \
        naive_function(c, F);                                                            \
    }                                                                                    \
    static void steps_##NAME(struct opening *o)                                          \
    {                                                                                    \
        steps_function(o, #NAME, BEFORE "a" BEHIND, BEFORE "$a" BEHIND, F);              \
    }                                                                                    \
    const struct op op_##NAME = {                                                        \
        .name = #NAME,                                                                   \
        .kind = OP_KIND_ELEMENTWISE,                                                     \
        .least_inputs = 1,                                                               \
        .most_inputs = 1,                                                                \
        .formula = BEFORE "$1" BEHIND,                                                   \
        .shape = shape_same,                                                             \
        .forward = forward_##NAME,                                                       \
        .naive = naive_##NAME,                                                           \
        .sources = sources_each,                                                         \
        .steps = steps_##NAME,                                                           \
        .backward = BACKWARD,                                                            \
        .constant = CONSTANT,                                                            \
        .form = {.arguments = "m"},                                                      \
    };
FUNCTIONS
#undef FUNCTION

double op_function(const char *name, double x)
{
#define FUNCTION(NAME, F, ...)                                                           \
    if (!strcmp(#NAME, name))                                                        \
        return F(x);
    FUNCTIONS
#undef FUNCTION
    return NAN;
}

bool op_is_function(const char *name)
{
#define FUNCTION(NAME, ...)                                                              \
    if (!strcmp(#NAME, name))                                                        \
        return true;
    FUNCTIONS
#undef FUNCTION
    return false;
}

/* ---- POWER. Every number to the same power ----
 *
 * Params: number, the exponent. */

static const char *shape_power(const struct op_call *c)
{
    return isfinite(c->params.number) ? shape_same(c) : "needs an exponent";
}

static void forward_power(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f32[i] = (float)pow((double)c->in[0]->f32[i], c->params.number);
}

static void naive_power(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = pow(call_get(c, 0, i), c->params.number);
}

static void steps_power(struct opening *o)
{
    struct step *s = opening_single(o, STEP_FUNCTION, "power", "a^p");
    s->form = "($a)^($n)";
    s->number = o->call.params.number;
    s->result = s->terms->value = pow(s->terms->value, s->number);
}

/* g·p·x^(p-1), which is 0 for a power of 0. */
static void backward_power(struct backward *b)
{
    double p = b->call->params.number;
    struct op_params less = {.number = p - 1}, factor = {.number = p};
    struct ref g = backward_add(b, OP_SCALE, b->grad, nothing, factor);
    if (p == 0) {
        b->give(b, 0, g);
        return;
    }
    struct ref slope = backward_add(b, OP_POWER, b->in[0], nothing, less);
    b->give(b, 0, backward_add(b, OP_MULTIPLY, g, slope, none));
}

const struct op op_power = {
    .name = "power",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1^p",
    .shape = shape_power,
    .forward = forward_power,
    .naive = naive_power,
    .sources = sources_each,
    .steps = steps_power,
    .backward = backward_power,
};
