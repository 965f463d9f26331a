/* Backward: every op against finite differences in double, and sums over several uses. */
#include "numbers/gradient.h"

#include "base/memory.h"
#include "base/random.h"
#include "numbers/explain.h"
#include "ops_cases.h"

#include <math.h>

static const char *const names[OP_MAX_INPUTS] = {"x", "y", "z", "u"};

/* The inputs of a case as weights in double, random. */
struct inputs {
    struct weights weights;
    struct tensor at[OP_MAX_INPUTS];
};

/* These have no slope at 0, or no value below it. */
static bool wants_positive(enum op_id op)
{
    return op == OP_SHARE || op == OP_LOG || op == OP_SQRT || op == OP_POWER ||
           op == OP_DIVIDE;
}

static void open_inputs(struct inputs *in, const struct op_case *c)
{
    struct random random = random_seed((uint64_t)c->op + 77);
    *in = (struct inputs){.weights = {0}};
    for (int i = 0; i < c->inputs; i++) {
        struct tensor t = c->in[i];
        if (!t.rank)
            continue;
        t.type = t.type == TENSOR_I32 ? TENSOR_I32 : TENSOR_F64;
        t.data = mem_alloc((size_t)tensor_count(&t), tensor_type_size(t.type));
        for (long k = 0; k < tensor_count(&t); k++)
            if (t.type == TENSOR_I32)
                t.i32[k] = some_ids[k];
            else
                t.f64[k] = random_normal(&random) + (wants_positive(c->op) ? 5 : 0);
        in->at[i] = t;
        weights_add(&in->weights, names[i], t);
    }
}

static void close_inputs(struct inputs *in)
{
    weights_free(&in->weights);
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        free(in->at[i].data);
}

/* The cell of the result by the naive form. */
static double compute_cell(const struct op_case *c, struct inputs *in, long cell)
{
    struct tensor out = {0};
    struct op_call call = {.params = c->params, .out = &out};
    struct error e = {0};
    for (int i = 0; i < c->inputs; i++)
        call.in[i] = in->at[i].rank ? &in->at[i] : NULL;
    if (op_set_shape(c->op, &call, &e) < 0)
        fail_msg("%s", e.message);
    out.type = TENSOR_F64;
    out.data = mem_alloc((size_t)tensor_count(&out), sizeof(double));
    op_get(c->op)->naive(&call);
    double value = out.f64[cell];
    free(out.data);
    return value;
}

static struct trace *trace_back(const struct op_case *c, struct inputs *in, long cell,
                                long *cells)
{
    struct plan *p = plan_new(&in->weights);
    struct stage s = {.name = "out", .symbol = "O", .op = c->op, .role = ROLE_COMPUTED,
                      .params = c->params};
    struct error e = {0};
    for (int i = 0; i < c->inputs; i++)
        s.in[i] = plan_weight_if_any(p, names[i], names[i]);
    struct ref out = plan_add(p, s);
    if (p->error.set)
        fail_msg("%s", p->error.message);
    *cells = tensor_count(&p->stages[out.index].shape);
    if (plan_backward(p, out.index, cell % *cells, &e) < 0)
        fail_msg("op %s: %s", op_get(c->op)->name, e.message);
    return trace_new(p, &(struct trace_options){.engine = ENGINE_REFERENCE}, NULL);
}

/* (f(x + h) - f(x - h)) / 2h. */
static double slope(const struct op_case *c, struct inputs *in, int input, long at,
                    long cell)
{
    double *x = &in->at[input].f64[at], old = *x, h = 1e-5;
    *x = old + h;
    double up = compute_cell(c, in, cell);
    *x = old - h;
    double down = compute_cell(c, in, cell);
    *x = old;
    return (up - down) / (2 * h);
}

static void check_input(const struct op_case *c, struct inputs *in, struct trace *t,
                        int input, long cell)
{
    int stage = plan_weight_gradient(trace_plan(t), names[input]);
    const struct tensor *g = stage < 0 ? NULL : trace_acquire(t, stage);
    for (long at = 0; at < tensor_count(&in->at[input]); at++) {
        double right = slope(c, in, input, at, cell), mine = g ? tensor_get(g, at) : 0;
        if (!(fabs(right - mine) <= 1e-6 * fmax(1, fabs(right))))
            fail_msg("op %s, cell %ld, input %d[%ld]: %.9g, by differences %.9g",
                     op_get(c->op)->name, cell, input, at, mine, right);
    }
    if (g)
        trace_release(t, stage);
}

/* The sanitizers look at how numbers are read, not at which ones they are. */
#ifdef __SANITIZE_ADDRESS__
#define CELL_STEP 20
#else
#define CELL_STEP 7
#endif

static void every_op_against_differences(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        const struct op_case *c = &cases[i];
        struct inputs in;
        long cells = 1;
        if (!op_get(c->op)->backward) {
            assert_non_null(op_get(c->op)->constant); /* it says why */
            continue;
        }
        open_inputs(&in, c);
        for (long cell = 0; cell < 40; cell += CELL_STEP) {
            struct trace *t = trace_back(c, &in, cell, &cells);
            double value = compute_cell(c, &in, cell % cells);
            for (int input = 0; isfinite(value) && input < c->inputs; input++)
                if (in.at[input].rank && in.at[input].type == TENSOR_F64)
                    check_input(c, &in, t, input, cell % cells);
            trace_free(t);
        }
        close_inputs(&in);
    }
}

/* x·x + x, by three uses of x: the gradient is 2x + 1, under one name. */
static void uses_add_up(void **state)
{
    (void)state;
    double numbers[] = {3, -2};
    struct weights w = {0};
    weights_add(&w, "x", (struct tensor){.type = TENSOR_F64, .rank = 2, .size = {1, 2},
                                         .f64 = numbers});
    struct plan *p = plan_new(&w);
    struct error e = {0};
    struct ref x = plan_weight(p, "x", "x");
    struct ref copy = plan_add(p, (struct stage){.name = "copy", .symbol = "c",
                                                 .op = OP_COPY, .in = {x}});
    struct ref square = plan_add(p, (struct stage){.name = "square", .symbol = "q",
                                                   .op = OP_MULTIPLY, .in = {copy, x}});
    struct ref sum = plan_add(p, (struct stage){.name = "sum", .symbol = "s",
                                                .op = OP_ADD, .in = {square, copy}});
    plan_add(p, (struct stage){.name = "beside", .symbol = "b", .op = OP_COPY,
                               .in = {copy}});
    assert_int_equal(plan_backward(p, sum.index, 1, &e), 0);
    struct trace *t =
        trace_new(p, &(struct trace_options){.engine = ENGINE_REFERENCE}, NULL);
    const struct tensor *g = trace_acquire(t, plan_weight_gradient(p, "x"));
    assert_true(g->f64[0] == 0 && g->f64[1] == 2 * -2 + 1);
    assert_int_equal(plan_gradient(p, plan_find(p, "beside")), -1);
    int back = plan_gradient(p, square.index);
    assert_string_equal(stage_id(&p->stages[back]), "grad.square");
    assert_string_equal(stage_id(&p->stages[plan_weight_gradient(p, "x")]),
                        "grad.weight.x");
    assert_int_equal(plan_gradient_of(p, back), square.index);
    assert_int_equal(plan_gradient_of(p, square.index), -1);
    for (size_t i = 0; i < p->count; i++) /* no id stands twice */
        assert_int_equal(plan_find(p, stage_id(&p->stages[i])), (int)i);
    trace_free(t);
    weights_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_op_against_differences),
        cmocka_unit_test(uses_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
