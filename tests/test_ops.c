/* Every op: its fast form against its reference form on odd sizes, its shape rule, and its
 * sources against a numeric experiment (a cell changes only when a source changes). */
#include "numbers/ops.h"

#include "base/memory.h"
#include "base/random.h"

#include "ops_cases.h"
#include "support.h"

#include <limits.h>
#include <math.h>


struct run {
    struct op_call call;
    struct tensor in[OP_MAX_INPUTS], out;
};

/* Random inputs, and the result shape by the op's own rule. */
static void prepare(const struct op_case *c, struct run *r)
{
    struct random random = random_seed((uint64_t)c->op + 1);
    *r = (struct run){.call = {.params = c->params}};
    r->call.out = &r->out;
    for (int i = 0; i < c->inputs; i++) {
        if (!c->in[i].rank)
            continue;
        r->in[i] = c->in[i];
        long n = tensor_count(&r->in[i]);
        r->in[i].data = mem_alloc((size_t)n, 4);
        for (long j = 0; j < n; j++) {
            if (r->in[i].type == TENSOR_I32)
                r->in[i].i32[j] = some_ids[j];
            else
                r->in[i].f32[j] = (float)(2 * random_normal(&random));
        }
        r->call.in[i] = &r->in[i];
    }
    struct error e = {0};
    if (op_set_shape(c->op, &r->call, &e) < 0)
        fail_msg("%s", e.message);
}

static void finish(struct run *r)
{
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        free(r->in[i].data);
    free(r->out.data);
}

static struct tensor compute(struct run *r, enum op_id op, bool reference)
{
    struct tensor out = r->out;
    if (reference && out.type == TENSOR_F32)
        out.type = TENSOR_F64;
    out.data = mem_alloc((size_t)tensor_count(&out), tensor_type_size(out.type));
    r->call.out = &out;
    if (reference)
        op_get(op)->naive(&r->call);
    else
        op_get(op)->forward(&r->call);
    r->call.out = &r->out;
    return out;
}

static void every_op_equals_its_reference(void **state)
{
    (void)state;
    bool seen[OP_COUNT] = {false};
    for (size_t i = 0; i < CASES; i++) {
        struct run r;
        prepare(&cases[i], &r);
        struct tensor fast = compute(&r, cases[i].op, false);
        struct tensor slow = compute(&r, cases[i].op, true);
        double limit = 2e-6 * fmax(1, tensor_max_magnitude(&slow));
        double difference = tensor_max_difference(&fast, &slow);
        if (!(difference <= limit))
            fail_msg("case %zu, op %s: differs by %g", i, op_get(cases[i].op)->name,
                     difference);
        free(fast.data);
        free(slow.data);
        finish(&r);
        seen[cases[i].op] = true;
    }
    for (int op = 0; op < OP_COUNT; op++)
        if (!seen[op])
            fail_msg("op %s has no case in this test", op_get(op)->name);
}

/* Is input `input`, index `at`, among the sources of the cell, or of the cells of the own
 * result that it is made of? `seen` marks those that were looked at. */
static bool is_among(const struct run *r, enum op_id op, long cell, int input, long at,
                     bool *seen)
{
    if (seen[cell])
        return false;
    seen[cell] = true;
    long n = op_get(op)->sources(&r->call, cell, NULL, 0);
    struct op_source *list = mem_alloc((size_t)n, sizeof *list);
    op_get(op)->sources(&r->call, cell, list, n);
    bool found = false;
    for (long i = 0; i < n && !found; i++) {
        found = (list[i].a == input && list[i].at_a == at) ||
                (list[i].b == input && list[i].at_b == at);
        if (!found && list[i].a == OP_OWN_RESULT)
            found = is_among(r, op, list[i].at_a, input, at, seen);
    }
    free(list);
    return found;
}

static bool is_source(const struct run *r, enum op_id op, long cell, int input, long at)
{
    bool *seen = mem_zero((size_t)tensor_count(&r->out), sizeof *seen);
    bool found = is_among(r, op, cell, input, at, seen);
    free(seen);
    return found;
}

/* Nudges one input number: the cells that change must name it as a source. */
static void check_sources(struct run *r, enum op_id op, int input, long at)
{
    struct tensor before = compute(r, op, true);
    r->in[input].f32[at] += 0.25f;
    struct tensor after = compute(r, op, true);
    r->in[input].f32[at] -= 0.25f;
    for (long cell = 0; cell < tensor_count(&before); cell++) {
        double old = tensor_get(&before, cell), now = tensor_get(&after, cell);
        bool changed = old != now && !(isnan(old) && isnan(now));
        if (changed && !is_source(r, op, cell, input, at))
            fail_msg("op %s: cell %ld depends on input %d[%ld], which is no source of it",
                     op_get(op)->name, cell, input, at);
    }
    free(before.data);
    free(after.data);
}

static void sources_are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        struct run r;
        prepare(&cases[i], &r);
        for (int input = 0; input < cases[i].inputs; input++)
            for (long at = 0; at < tensor_count(&r.in[input]) && at < 60; at++)
                if (r.call.in[input] && r.in[input].type == TENSOR_F32)
                    check_sources(&r, cases[i].op, input, at);
        finish(&r);
    }
}

static void wrong_shapes_are_refused(void **state)
{
    (void)state;
    struct tensor a = M(3, 5), b = M(3, 4), h = H(2, 3, 4), g = H(3, 3, 4), out;
    struct tensor q = M(4, 4), row = V(5), wide = M(4, 513), thin = M(4, 1);
    struct tensor ids = {TENSOR_I32, 1, {5, 0, 0}, {NULL}};
    static const int32_t huge[] = {65536};
    const struct {
        enum op_id op;
        struct op_call call;
    } wrong[] = {
        {OP_ADD, {.in = {&a, &b}, .out = &out}},
        {OP_ADD, {.in = {&a}, .out = &out}},
        {OP_LINEAR, {.in = {&a, &b}, .out = &out}},
        {OP_SCORES, {.in = {&h, &g}, .out = &out}},
        {OP_MIX, {.in = {&h, &h}, .out = &out}},
        {OP_SPLIT_HEADS, {.in = {&a}, .params = {.integer = 2}, .out = &out}},
        {OP_ROWS, {.in = {&a}, .params = {.integer = 2, .size = {2, 0}}, .out = &out}},
        {OP_MERGE_HEADS, {.in = {&a}, .out = &out}},
        {OP_ADD, {.in = {&a, &row}, .out = &out}},
        {OP_ADD, {.in = {&a, NULL, &a}, .out = &out}},
        {OP_ADD, {.in = {&a, &ids}, .out = &out}},
        {OP_SUBTRACT, {.in = {&a, &b}, .out = &out}},
        {OP_MULTIPLY, {.in = {&h, &g}, .out = &out}},
        {OP_LINEAR, {.in = {&a, &a, &row}, .out = &out}},
        {OP_LAYER_NORM, {.in = {&a, &a}, .out = &out}},
        {OP_LAYER_NORM, {.in = {&a}, .params = {.number = -1}, .out = &out}},
        {OP_GATHER, {.in = {&row, &a}, .out = &out}},
        {OP_GATHER, {.in = {&ids, &ids}, .out = &out}},
        {OP_SCORES, {.in = {&a, &b}, .out = &out}},
        {OP_SCORES, {.in = {&h, &a}, .out = &out}},
        {OP_SCORES, {.in = {&row, &row}, .out = &out}},
        {OP_MIX, {.in = {&a, &a}, .out = &out}},
        {OP_MASK, {.in = {&row}, .out = &out}},
        {OP_MASK, {.in = {&a}, .params = {.integer = -1}, .out = &out}},
        {OP_SPLIT_HEADS, {.in = {&a}, .params = {.integer = -5}, .out = &out}},
        {OP_ROWS, {.in = {&a}, .params = {.integer = -1, .size = {2, 0}}, .out = &out}},
        {OP_APPEND, {.in = {&a, &a}, .params = {.integer = -1}, .out = &out}},
        {OP_APPEND, {.in = {&a, &a}, .params = {.integer = 4}, .out = &out}},
        {OP_COSINE, {.in = {&a, &b}, .out = &out}},
        {OP_CENTER, {.in = {&h}, .out = &out}},
        {OP_SHARE, {.in = {&ids}, .out = &out}},
        {OP_PCA_AXES, {.in = {&wide}, .out = &out}},
        {OP_PCA_AXES, {.in = {&thin}, .out = &out}},
        {OP_HEAD, {.in = {&h}, .params = {.integer = 2}, .out = &out}},
        {OP_HEAD, {.in = {&h}, .params = {.integer = -1}, .out = &out}},
        {OP_RANDOM, {.params = {.size = {2001, 2000}}, .out = &out}},
        {OP_RANDOM, {.params = {.size = {0, 3}}, .out = &out}},
        {OP_RANDOM, {.params = {.integer = -1, .size = {2, 2}}, .out = &out}},
        {OP_RANDOM_DOTS, {.params = {.integer = 9, .size = {4, 0}}, .out = &out}},
        {OP_RANDOM_DOTS,
         {.params = {.ids = some_ids, .integer = 9, .size = {2, 0}}, .out = &out}},
        {OP_RANDOM_DOTS,
         {.params = {.ids = widths, .integer = 1, .size = {4, 0}}, .out = &out}},
        {OP_RANDOM_DOTS,
         {.params = {.ids = widths, .integer = 9, .number = 0.5, .size = {4, 0}},
          .out = &out}},
        {OP_RANDOM_DOTS,
         {.params = {.ids = huge, .integer = 1000000, .size = {1, 0}}, .out = &out}},
        {OP_TOKENS, {.params = {.size = {3, 0}}, .out = &out}},
        {OP_ZERO, {.params = {.size = {1l << 40, 1l << 40}}, .out = &out}},
        {OP_RNN, {.in = {&a, &a}, .out = &out}},
        {OP_RNN, {.in = {&row, &q}, .out = &out}},
        {OP_RNN, {.in = {&b, &q, &row}, .out = &out}},
        {OP_RNN, {.in = {&b, &q, NULL, &a}, .out = &out}},
        {OP_RNN, {.in = {&b, NULL, NULL, &b}, .out = &out}},
        {OP_RNN, {.in = {&b, &q}, .params = {.rows = &five}, .out = &out}},
        {OP_RNN, {.in = {&b, &q, NULL, &b}, .params = {.keys = &five}, .out = &out}},
        {OP_RNN_GRADIENT, {.in = {&b, &q, &a}, .out = &out}},
        {OP_RNN_GRADIENT, {.in = {&b, &a, &b}, .out = &out}},
        {OP_ROWS_BEFORE, {.in = {&a, &b}, .out = &out}},
        {OP_START_GRADIENT, {.in = {&b, &q}, .params = {.size = {0, 0}}, .out = &out}},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error e = {0};
        struct op_call call = wrong[i].call;
        assert_int_equal(op_set_shape(wrong[i].op, &call, &e), -1);
        assert_contains(e.message, op_get(wrong[i].op)->name);
    }
}

static void softmax_handles_infinities(void **state)
{
    (void)state;
    float x[] = {1, -INFINITY, 3, 1e30f, 1e30f, -INFINITY}, y[6];
    struct tensor in = {TENSOR_F32, 2, {2, 3, 0}, {x}}, out = {TENSOR_F32, 2, {2, 3, 0}, {y}};
    struct op_call call = {.in = {&in}, .out = &out};
    op_get(OP_SOFTMAX)->forward(&call);
    assert_near(y[0], 0.11920292, 1e-7);
    assert_true(y[1] == 0);
    assert_near(y[2], 0.88079708, 1e-7);
    assert_near(y[3], 0.5, 0);
    assert_near(y[4], 0.5, 0);
    assert_true(y[5] == 0);
}

/* ---- whatever a file may ask for ---- */

static const struct tensor odd_inputs[] = {
    {TENSOR_F32, 0, {0, 0, 0}, {NULL}},
    {TENSOR_F32, 1, {1, 0, 0}, {NULL}},
    {TENSOR_F32, 1, {4, 0, 0}, {NULL}},
    {TENSOR_F32, 2, {1, 1, 0}, {NULL}},
    {TENSOR_F32, 2, {4, 4, 0}, {NULL}},
    {TENSOR_F32, 2, {2, 6, 0}, {NULL}},
    {TENSOR_F32, 2, {4, 12, 0}, {NULL}},
    {TENSOR_F32, 2, {5, 4, 0}, {NULL}},
    {TENSOR_F32, 2, {0, 4, 0}, {NULL}},
    {TENSOR_F32, 3, {2, 4, 4}, {NULL}},
    {TENSOR_F32, 3, {4, 1, 2}, {NULL}},
    {TENSOR_F32, 3, {1, 4, 4}, {NULL}},
    {TENSOR_F32, 2, {LONG_MAX, LONG_MAX, 0}, {NULL}},
    {TENSOR_F32, 3, {1l << 20, 1l << 19, 2}, {NULL}},
    {TENSOR_F32, 2, {-4, -4, 0}, {NULL}},
    {TENSOR_I32, 1, {4, 0, 0}, {NULL}},
    {TENSOR_I32, 2, {4, 4, 0}, {NULL}},
    {TENSOR_I32, 3, {2, 4, 4}, {NULL}},
};
#define ODD_INPUTS ((int)(sizeof odd_inputs / sizeof *odd_inputs))

static const struct op_params odd_params[] = {
    {0},
    {.integer = 1, .number = 1e-5, .size = {2, 3}},
    {.integer = 2, .number = 2, .size = {2, 2}, .ids = some_ids},
    {.integer = 3, .number = 3, .size = {3, 0}, .ids = widths},
    {.integer = 4, .number = 1e300, .size = {1, 1}, .ids = widths},
    {.integer = -1, .number = -1, .size = {-1, -1}, .ids = some_ids},
    {.integer = LONG_MIN, .number = NAN, .size = {LONG_MIN, LONG_MIN}},
    {.integer = LONG_MAX, .number = INFINITY, .size = {LONG_MAX, LONG_MAX}},
    {.integer = LONG_MAX, .number = -INFINITY, .size = {1, 4}, .ids = some_ids},
    {.integer = 1l << 40, .number = 0, .size = {4, 4}},
    {.integer = 0, .number = 0, .size = {4, 9}, .ids = some_ids},
    {.integer = 0, .number = 0x1p53, .size = {1l << 33, 1l << 33}},
};
#define ODD_PARAMS ((int)(sizeof odd_params / sizeof *odd_params))

static bool is_small(const struct tensor *t)
{
    long n = 1;
    for (int i = 0; i < t->rank; i++)
        n = t->size[i] < 0 || t->size[i] > 500 ? 1000000 : n * t->size[i];
    return n <= 1000;
}

/* Numbers of many kinds; as ids, some that no table has. */
static void fill_oddly(struct tensor *t, int salt)
{
    static const float numbers[] = {1, -2, 0, 0.5f, INFINITY, 3, -INFINITY, 1e30f, NAN};
    static const int32_t ids[] = {0, 3, -1, 2, 7, INT32_MAX, INT32_MIN, 1};
    long n = tensor_count(t);
    t->data = mem_alloc((size_t)n, 4);
    for (long i = 0; i < n; i++)
        if (t->type == TENSOR_I32)
            t->i32[i] = ids[(i + salt) % 8];
        else
            t->f32[i] = numbers[(i + salt) % (salt % 2 ? 9 : 4)];
}

/* Where the op takes the call, both forms run, and every source is a cell of its input. */
static void run_oddly(enum op_id op, const int which[OP_MAX_INPUTS],
                      const struct op_params *params, long *taken)
{
    struct run r = {.call = {.params = *params}};
    struct error e = {0};
    bool small = true;
    r.call.out = &r.out;
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        if (which[i] < ODD_INPUTS) {
            r.in[i] = odd_inputs[which[i]];
            r.call.in[i] = &r.in[i];
            small &= is_small(&r.in[i]);
        }
    if (op_set_shape(op, &r.call, &e) < 0 || !small || !is_small(&r.out))
        return;
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        if (r.call.in[i])
            fill_oddly(&r.in[i], which[i]);
    struct tensor fast = compute(&r, op, false), slow = compute(&r, op, true);
    for (long cell = 0; cell < tensor_count(&fast); cell++) {
        long n = op_get(op)->sources(&r.call, cell, NULL, 0);
        struct op_source *list = mem_alloc((size_t)n, sizeof *list);
        assert_int_equal(op_get(op)->sources(&r.call, cell, list, n), n);
        for (long i = 0; i < n; i++) {
            const struct tensor *a = call_tensor(&r.call, list[i].a);
            assert_in_range(list[i].at_a, 0, tensor_count(a) - 1);
            if (list[i].b < 0)
                continue;
            const struct tensor *b = call_tensor(&r.call, list[i].b);
            assert_in_range(list[i].at_b, 0, tensor_count(b) - 1);
        }
        free(list);
    }
    (*taken)++;
    free(fast.data);
    free(slow.data);
    finish(&r);
}

/* With every fourth input where the op may have one, and all params. */
static void run_oddly_all(enum op_id op, int a, int b, int c, long *taken)
{
    for (int d = op_get(op)->most_inputs > 3 ? 0 : ODD_INPUTS; d <= ODD_INPUTS; d++)
        for (int p = 0; p < ODD_PARAMS; p++)
            run_oddly(op, (int[OP_MAX_INPUTS]){a, b, c, d}, &odd_params[p], taken);
}

static void no_call_does_harm(void **state)
{
    (void)state;
    for (int op = 0; op < OP_COUNT; op++) {
        long taken = 0;
        for (int a = 0; a <= ODD_INPUTS; a++)
            for (int b = 0; b <= ODD_INPUTS; b++)
                for (int c = 0; c <= ODD_INPUTS; c++)
                    run_oddly_all((enum op_id)op, a, b, c, &taken);
        if (!taken)
            fail_msg("op %s takes nothing", op_get((enum op_id)op)->name);
    }
}

/* ---- the ops of lessons ---- */

static struct op_call matrix_call(struct tensor *in, struct tensor *out)
{
    return (struct op_call){.in = {in}, .out = out};
}

static void check_axes(float *x, long n, long d, const double *wish)
{
    struct tensor in = {TENSOR_F32, 2, {n, d, 0}, {x}};
    struct run r = {.in = {in}};
    r.call = matrix_call(&r.in[0], &r.out);
    struct error e = {0};
    assert_int_equal(op_set_shape(OP_PCA_AXES, &r.call, &e), 0);
    struct tensor fast = compute(&r, OP_PCA_AXES, false);
    struct tensor slow = compute(&r, OP_PCA_AXES, true);
    for (long i = 0; i < 2 * d; i++) {
        assert_near(tensor_get(&fast, i), wish[i], 1e-6);
        assert_near(tensor_get(&slow, i), wish[i], 1e-6);
    }
    free(fast.data);
    free(slow.data);
}

/* Points whose axes are known; a line has one; a point, and rows that are all the same,
 * none. Components of one size: the first is positive. */
static void principal_axes_of_known_points(void **state)
{
    (void)state;
    float cross[] = {3, 3, -3, -3, 1, -1, -1, 1};
    double h = sqrt(0.5), cross_axes[] = {h, h, h, -h};
    check_axes(cross, 4, 2, cross_axes);
    float line[] = {1, 7, 2, 5, 3, 3, 4, 1};
    double line_axes[] = {-sqrt(0.2), 2 * sqrt(0.2), 0, 0};
    check_axes(line, 4, 2, line_axes);
    float wide[] = {0, 0, 5, 0, 0, 0, -5, 0, 2, 0, 0, 0};
    double wide_axes[] = {0, 0, 1, 0, 1, 0, 0, 0}, none[8] = {0};
    check_axes(wide, 3, 4, wide_axes);
    float same[] = {0.1f, 0.7f, 0.1f, 0.7f, 0.1f, 0.7f};
    check_axes(same, 3, 2, none);
    check_axes(wide, 1, 4, none);
}

static void a_spread_grows_with_the_width(void **state)
{
    (void)state;
    static const int32_t d[] = {64, 128, 256, 512, 1024};
    struct run r = {.call = {.params = {.ids = d, .integer = 20000, .number = 1,
                                        .size = {5, 0}}}};
    r.call.out = &r.out;
    struct error e = {0};
    assert_int_equal(op_set_shape(OP_RANDOM_DOTS, &r.call, &e), 0);
    struct tensor y = compute(&r, OP_RANDOM_DOTS, false);
    for (int i = 0; i < 5; i++) {
        double root = sqrt((double)d[i]);
        assert_near(tensor_get(&y, 2 * i) / root, 1, 0.02);
        assert_near(tensor_get(&y, 2 * i + 1), 1, 0.02);
    }
    free(y.data);
}

static void random_numbers_follow_the_seed(void **state)
{
    (void)state;
    struct run r = {.call = {.params = {.integer = 5, .size = {100, 100}}}};
    r.call.out = &r.out;
    struct error e = {0};
    assert_int_equal(op_set_shape(OP_RANDOM, &r.call, &e), 0);
    struct tensor a = compute(&r, OP_RANDOM, false), b = compute(&r, OP_RANDOM, false);
    r.call.params.integer = 6;
    struct tensor c = compute(&r, OP_RANDOM, false);
    assert_memory_equal(a.data, b.data, tensor_bytes(&a));
    double mean = 0, square = 0;
    for (long i = 0; i < 10000; i++) {
        mean += tensor_get(&a, i) / 10000;
        square += tensor_get(&a, i) * tensor_get(&a, i) / 10000;
    }
    assert_true(tensor_max_difference(&a, &c) > 1);
    assert_near(mean, 0, 0.04);
    assert_near(square, 1, 0.06);
    free(a.data);
    free(b.data);
    free(c.data);
}

/* Nothing divided by nothing, and an id that no row belongs to, are not a number. */
static void zeros_and_missing_rows_are_nan(void **state)
{
    (void)state;
    float x[] = {0, 0, 3, 4, 1, -1}, y[9], table[] = {5, 6};
    int32_t ids[] = {1, 0, -1};
    struct tensor in = {TENSOR_F32, 2, {3, 2, 0}, {x}};
    struct tensor out = {TENSOR_F32, 2, {3, 3, 0}, {y}};
    struct op_call call = {.in = {&in, &in}, .out = &out};
    op_get(OP_COSINE)->forward(&call);
    assert_true(isnan(y[0]) && isnan(y[1]) && isnan(y[3]));
    assert_near(y[4], 1, 0);
    assert_near(y[5], -0.1 * sqrt(2), 1e-7);
    out.size[1] = 2;
    call.in[1] = NULL;
    op_get(OP_SHARE)->forward(&call);
    assert_true(isnan(y[0]) && y[4] == INFINITY && y[5] == -INFINITY);
    assert_near(y[3], 4.0 / 7, 1e-7);
    struct tensor i32 = {TENSOR_I32, 1, {3, 0, 0}, {ids}};
    struct tensor rows = {TENSOR_F32, 2, {1, 2, 0}, {table}};
    struct op_call gather = {.in = {&i32, &rows}, .out = &out};
    op_get(OP_GATHER)->forward(&gather);
    assert_true(isnan(y[0]) && y[2] == 5 && y[3] == 6 && isnan(y[5]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_op_equals_its_reference),
        cmocka_unit_test(sources_are_complete),
        cmocka_unit_test(wrong_shapes_are_refused),
        cmocka_unit_test(softmax_handles_infinities),
        cmocka_unit_test(no_call_does_harm),
        cmocka_unit_test(principal_axes_of_known_points),
        cmocka_unit_test(a_spread_grows_with_the_width),
        cmocka_unit_test(random_numbers_follow_the_seed),
        cmocka_unit_test(zeros_and_missing_rows_are_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
