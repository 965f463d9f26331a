/* Cell by cell: copies, factors, sums, products, activations.
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. Numbers in brackets are sections and equations of "Attention Is All
 * You Need". */
#include "numbers/op.h"
#include "numbers/wide.h"

#include <math.h>
#include <string.h>

/* ---- COPY. The input itself ----
 *
 * What a what-if puts in the place of a part that is left out. */

static void forward_copy(const struct op_call *c)
{
    memcpy(c->out->data, c->in[0]->data, tensor_bytes(c->out));
}

static void naive_copy(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 0, i);
}

const struct op op_copy = {
    .name = "copy",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1",
    .shape = shape_same,
    .forward = forward_copy,
    .naive = naive_copy,
    .sources = sources_each,
    .steps = steps_copy,
    .backward = backward_same,
};

/* ---- SCALE. A factor ----
 *
 * Embeddings times √d_model (3.4), scores over √d_k (3.2.1). Params: number, the factor.
 * */

static void kernel_scale(float *out, const float *x, double c, long n)
{
    float factor = (float)c;
    for (long i = 0; i < n; i++)
        out[i] = factor * x[i];
}

static void forward_scale(const struct op_call *c)
{
    kernel_scale(c->out->f32, call_floats(c, 0), c->params.number, tensor_count(c->out));
}

static void naive_scale(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 0, i) * c->params.number;
}

static void steps_scale(struct opening *o)
{
    struct step *s = opening_single(o, STEP_SUM, "scale", "a·c");
    struct term *t = s->terms;
    term_set(t, t->value * o->call.params.number, 2, t->operand[0],
             opening_constant(o->call.params.number));
    s->result = t->value;
}

static void backward_scale(struct backward *b)
{
    struct ref none = {0};
    b->give(b, 0, backward_add(b, OP_SCALE, b->grad, none, b->call->params));
}

const struct op op_scale = {
    .name = "scale",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1 · c",
    .shape = shape_same,
    .forward = forward_scale,
    .naive = naive_scale,
    .sources = sources_each,
    .steps = steps_scale,
    .backward = backward_scale,
};

/* ---- ADD. A sum, cell by cell ----
 *
 * Embedding and position, and the residual connection (3.1). */

WIDE static void kernel_add(float *restrict out, const float *restrict x,
                            const float *restrict y, long n)
{
    for (long i = 0; i < n; i++)
        out[i] = x[i] + y[i];
}

static void forward_add(const struct op_call *c)
{
    kernel_add(c->out->f32, call_floats(c, 0), call_floats(c, 1), tensor_count(c->out));
}

static void naive_add(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 0, i) + call_get(c, 1, i);
}

const struct op op_add = {
    .name = "add",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$1 + $2",
    .shape = shape_equal,
    .forward = forward_add,
    .naive = naive_add,
    .sources = sources_each,
    .steps = steps_sum,
    .backward = backward_same,
};

/* ---- SUBTRACT. A difference, cell by cell ---- */

static void kernel_subtract(float *out, const float *x, const float *y, long n)
{
    for (long i = 0; i < n; i++)
        out[i] = x[i] - y[i];
}

static void forward_subtract(const struct op_call *c)
{
    kernel_subtract(c->out->f32, call_floats(c, 0), call_floats(c, 1),
                    tensor_count(c->out));
}

static void naive_subtract(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 0, i) - call_get(c, 1, i);
}

static void steps_subtract(struct opening *o)
{
    opening_difference(o, "a - b", opening_input(o, 0, o->x->cell),
                       opening_input(o, 1, o->x->cell));
}

static void backward_subtract(struct backward *b)
{
    struct op_params minus = {.number = -1};
    b->give(b, 0, b->grad);
    b->give(b, 1, backward_add(b, OP_SCALE, b->grad, (struct ref){0}, minus));
}

const struct op op_subtract = {
    .name = "subtract",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$1 - $2",
    .shape = shape_equal,
    .forward = forward_subtract,
    .naive = naive_subtract,
    .sources = sources_each,
    .steps = steps_subtract,
    .backward = backward_subtract,
};

/* ---- MULTIPLY. A product, cell by cell ---- */

static void kernel_multiply(float *out, const float *x, const float *y, long n)
{
    for (long i = 0; i < n; i++)
        out[i] = x[i] * y[i];
}

static void forward_multiply(const struct op_call *c)
{
    kernel_multiply(c->out->f32, call_floats(c, 0), call_floats(c, 1),
                    tensor_count(c->out));
}

static void naive_multiply(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 0, i) * call_get(c, 1, i);
}

/* The product of the same cell of both inputs. */
static long sources_multiply(const struct op_call *c, long cell, struct op_source *out,
                             long limit)
{
    (void)c;
    return sources_put(out, limit, 0, (struct op_source){0, 1, cell, cell});
}

static void steps_multiply(struct opening *o)
{
    steps_sum(o);
    o->x->steps->name = "product";
    o->x->steps->formula = "a·b";
}

/* Each factor times the other. */
static void backward_multiply(struct backward *b)
{
    struct op_params none = {0};
    b->give(b, 0, backward_add(b, OP_MULTIPLY, b->grad, b->in[1], none));
    b->give(b, 1, backward_add(b, OP_MULTIPLY, b->grad, b->in[0], none));
}

const struct op op_multiply = {
    .name = "multiply",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$1 ∘ $2",
    .shape = shape_equal,
    .forward = forward_multiply,
    .naive = naive_multiply,
    .sources = sources_multiply,
    .steps = steps_multiply,
    .backward = backward_multiply,
};

/* ---- what the gradients of activations share: the slope at x, times g ---- */

static void forward_slope(const struct op_call *c, double (*slope)(double))
{
    const float *x = call_floats(c, 0), *g = call_floats(c, 1);
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f32[i] = (float)(slope((double)x[i]) * (double)g[i]);
}

static void naive_slope(const struct op_call *c, double (*slope)(double))
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 1, i) * slope(call_get(c, 0, i));
}

static void steps_slope(struct opening *o, double (*slope)(double))
{
    opening_slope(o, "x", slope, o->x->cell);
}

/* ---- DIVIDE. A quotient, cell by cell ---- */

static void forward_divide(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f32[i] = c->in[0]->f32[i] / c->in[1]->f32[i];
}

static void naive_divide(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 0, i) / call_get(c, 1, i);
}

static void steps_divide(struct opening *o)
{
    struct step *s = opening_step(o, STEP_QUOTIENT, "quotient", "a / b", 1);
    struct operand a = opening_input(o, 0, o->x->cell);
    struct operand b = opening_input(o, 1, o->x->cell);
    s->result = a.value / b.value;
    term_set(s->terms, s->result, 2, a, b);
}

/* g / b, and -g·(a / b) / b. */
static void backward_divide(struct backward *b)
{
    struct op_params none = {0}, minus = {.number = -1};
    struct ref share = backward_add(b, OP_DIVIDE, b->grad, b->in[1], none);
    struct ref product = backward_add(b, OP_MULTIPLY, share, b->out, none);
    b->give(b, 0, share);
    b->give(b, 1, backward_add(b, OP_SCALE, product, (struct ref){0}, minus));
}

const struct op op_divide = {
    .name = "divide",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$1 / $2",
    .shape = shape_equal,
    .forward = forward_divide,
    .naive = naive_divide,
    .sources = sources_each,
    .steps = steps_divide,
    .backward = backward_divide,
};

/* ---- RELU. max(0, x) (3.3) ---- */

WIDE static void kernel_relu(float *restrict out, const float *restrict x, long n)
{
    /* a NaN stays NaN: the comparison with 0 is false for it */
    for (long i = 0; i < n; i++)
        out[i] = x[i] < 0 ? 0 : x[i];
}

static void forward_relu(const struct op_call *c)
{
    kernel_relu(c->out->f32, call_floats(c, 0), tensor_count(c->out));
}

static void naive_relu(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++) {
        double x = call_get(c, 0, i);
        c->out->f64[i] = x < 0 ? 0 : x;
    }
}

static void steps_relu(struct opening *o)
{
    struct step *s = opening_single(o, STEP_RELU, "relu", "max(0, a)");
    s->result = s->terms->value < 0 ? 0 : s->terms->value;
}

static void backward_relu(struct backward *b)
{
    struct op_params none = {0};
    b->give(b, 0, backward_add(b, OP_RELU_GRADIENT, b->in[0], b->grad, none));
}

const struct op op_relu = {
    .name = "relu",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "max(0, $1)",
    .shape = shape_same,
    .forward = forward_relu,
    .naive = naive_relu,
    .sources = sources_each,
    .steps = steps_relu,
    .backward = backward_relu,
    .form = {.arguments = "m"},
};

/* ---- RELU_GRADIENT. The gradient through max(0, x): g where x > 0 ----
 *
 * Inputs: x, and the gradient g of the result. */

WIDE static void kernel_relu_gradient(float *restrict out, const float *restrict x,
                                      const float *restrict g, long n)
{
    for (long i = 0; i < n; i++) {
        float slope = g[i]; /* read in any case, so that no branch is needed */
        out[i] = x[i] > 0 ? slope : 0;
    }
}

static void forward_relu_gradient(const struct op_call *c)
{
    kernel_relu_gradient(c->out->f32, call_floats(c, 0), call_floats(c, 1),
                         tensor_count(c->out));
}

static double relu_slope(double x)
{
    return x > 0;
}

static void naive_relu_gradient(const struct op_call *c)
{
    naive_slope(c, relu_slope);
}

static void steps_relu_gradient(struct opening *o)
{
    steps_slope(o, relu_slope);
}

const struct op op_relu_gradient = {
    .name = "relu_gradient",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$2 · slope at $1",
    .shape = shape_equal,
    .forward = forward_relu_gradient,
    .naive = naive_relu_gradient,
    .sources = sources_each,
    .steps = steps_relu_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- GELU. x·Φ(x) ----
 *
 * Φ is the normal distribution function: the exact form of Hendrycks and Gimpel 2016. */

WIDE static void gelu(float *out, const float *x, long n)
{
    for (long i = 0; i < n; i++)
        out[i] = 0.5f * x[i] * (1 + error_function(x[i] * 0.70710678f));
}

static void forward_gelu(const struct op_call *c)
{
    gelu(c->out->f32, call_floats(c, 0), tensor_count(c->out));
}

static void naive_gelu(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++) {
        double x = call_get(c, 0, i);
        c->out->f64[i] = x * 0.5 * erfc(-x / sqrt(2));
    }
}

static void steps_gelu(struct opening *o)
{
    struct step *s = opening_single(o, STEP_GELU, "gelu", "a·Φ(a)");
    double x = s->terms->value;
    s->result = x / 2 * (1 + erf(x / sqrt(2)));
}

static void backward_gelu(struct backward *b)
{
    struct op_params none = {0};
    b->give(b, 0, backward_add(b, OP_GELU_GRADIENT, b->in[0], b->grad, none));
}

const struct op op_gelu = {
    .name = "gelu",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1·Φ($1)",
    .shape = shape_same,
    .forward = forward_gelu,
    .naive = naive_gelu,
    .sources = sources_each,
    .steps = steps_gelu,
    .backward = backward_gelu,
    .form = {.arguments = "m"},
};

/* ---- GELU_GRADIENT. The gradient through x·Φ(x): its slope is Φ(x) + x·φ(x) ----
 *
 * Inputs: x, and the gradient g of the result. */

static double gelu_slope(double x)
{
    return 0.5 * (1 + erf(x * sqrt(0.5))) + x * exp(-0.5 * x * x) / sqrt(2 * acos(-1));
}

static void forward_gelu_gradient(const struct op_call *c)
{
    forward_slope(c, gelu_slope);
}

static double naive_gelu_slope(double x)
{
    return erfc(-x / sqrt(2)) / 2 + x * exp(-x * x / 2) / sqrt(2 * acos(-1));
}

static void naive_gelu_gradient(const struct op_call *c)
{
    naive_slope(c, naive_gelu_slope);
}

static void steps_gelu_gradient(struct opening *o)
{
    steps_slope(o, naive_gelu_slope);
}

const struct op op_gelu_gradient = {
    .name = "gelu_gradient",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$2 · slope at $1",
    .shape = shape_equal,
    .forward = forward_gelu_gradient,
    .naive = naive_gelu_gradient,
    .sources = sources_each,
    .steps = steps_gelu_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- GELU_TANH. The tanh form of the gelu ---- */

WIDE static void gelu_tanh(float *out, const float *x, long n)
{
    for (long i = 0; i < n; i++) {
        float inner = 0.79788456f * (x[i] + 0.044715f * x[i] * x[i] * x[i]);
        out[i] = 0.5f * x[i] * (1 + hyperbolic_tangent(inner));
    }
}

static void forward_gelu_tanh(const struct op_call *c)
{
    gelu_tanh(c->out->f32, call_floats(c, 0), tensor_count(c->out));
}

static void naive_gelu_tanh(const struct op_call *c)
{
    double root = sqrt(2 / acos(-1));
    for (long i = 0; i < tensor_count(c->out); i++) {
        double x = call_get(c, 0, i);
        c->out->f64[i] = 0.5 * x * (1 + tanh(root * (x + 0.044715 * pow(x, 3))));
    }
}

static void steps_gelu_tanh(struct opening *o)
{
    struct step *s = opening_single(o, STEP_GELU_TANH, "gelu",
                                    "0.5·a·(1 + tanh(√(2/π)·(a + 0.044715·a³)))");
    double x = s->terms->value;
    s->result = x / 2 * (1 + tanh(sqrt(2 / acos(-1)) * (x + 0.044715 * x * x * x)));
}

static void backward_gelu_tanh(struct backward *b)
{
    struct op_params none = {0};
    b->give(b, 0, backward_add(b, OP_GELU_TANH_GRADIENT, b->in[0], b->grad, none));
}

const struct op op_gelu_tanh = {
    .name = "gelu_tanh",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "0.5·$1·(1 + tanh(√(2/π)·($1 + 0.044715·$1³)))",
    .shape = shape_same,
    .forward = forward_gelu_tanh,
    .naive = naive_gelu_tanh,
    .sources = sources_each,
    .steps = steps_gelu_tanh,
    .backward = backward_gelu_tanh,
};

/* ---- GELU_TANH_GRADIENT. The gradient through the tanh form ----
 *
 * Inputs: x, and the gradient g of the result. */

static double gelu_tanh_slope(double x)
{
    double root = sqrt(2 / acos(-1)), t = tanh(root * (x + 0.044715 * x * x * x));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * root * (1 + 3 * 0.044715 * x * x);
}

/* The same by the rule of the product, with 1 / cosh² for the slope of tanh. */
static double naive_tanh_slope(double x)
{
    double root = sqrt(2 / acos(-1)), inner = root * (x + 0.044715 * pow(x, 3));
    double outer = root * (1 + 0.134145 * pow(x, 2));
    return (1 + tanh(inner)) / 2 + x / 2 * outer / pow(cosh(inner), 2);
}

static void forward_gelu_tanh_gradient(const struct op_call *c)
{
    forward_slope(c, gelu_tanh_slope);
}

static void naive_gelu_tanh_gradient(const struct op_call *c)
{
    naive_slope(c, naive_tanh_slope);
}

static void steps_gelu_tanh_gradient(struct opening *o)
{
    steps_slope(o, naive_tanh_slope);
}

const struct op op_gelu_tanh_gradient = {
    .name = "gelu_tanh_gradient",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "$2 · slope at $1",
    .shape = shape_equal,
    .forward = forward_gelu_tanh_gradient,
    .naive = naive_gelu_tanh_gradient,
    .sources = sources_each,
    .steps = steps_gelu_tanh_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};
