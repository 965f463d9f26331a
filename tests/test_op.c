/* Every op: its fast form against its reference form on odd sizes, its shape rule, and its
 * sources against a numeric experiment (a cell changes only when a source changes). */
#include "numbers/op.h"

#include "base/memory.h"
#include "base/random.h"

#include "support.h"

#include <math.h>

struct op_case {
    enum op_id op;
    int inputs;
    struct tensor in[OP_MAX_INPUTS];
    struct op_params params;
};

static const int32_t some_ids[] = {4, 0, 4, 2, 1};

#define M(a, b) {TENSOR_F32, 2, {a, b, 0}, {NULL}}
#define V(a) {TENSOR_F32, 1, {a, 0, 0}, {NULL}}
#define H(a, b, c) {TENSOR_F32, 3, {a, b, c}, {NULL}}

static const struct op_case cases[] = {
    {OP_TOKENS, 0, {V(1)}, {.ids = some_ids, .size = {5, 0}}},
    {OP_GATHER, 2, {{TENSOR_I32, 1, {5, 0, 0}, {NULL}}, M(7, 3)}, {0}},
    {OP_SINUSOID, 0, {V(1)}, {.integer = 0, .size = {50, 6}}},
    {OP_SINUSOID, 0, {V(1)}, {.integer = 3, .size = {2, 7}}},
    {OP_ROWS, 1, {M(9, 5)}, {.integer = 2, .size = {4, 0}}},
    {OP_SCALE, 1, {M(3, 5)}, {.number = 5.6568542494923806}},
    {OP_SCALE, 1, {H(2, 3, 1)}, {.number = 0.35355339059327379}},
    {OP_ADD, 2, {M(3, 5), M(3, 5)}, {0}},
    {OP_LINEAR, 3, {M(5, 7), M(3, 7), V(3)}, {0}},
    {OP_LINEAR, 2, {M(1, 1), M(1, 1)}, {0}},
    {OP_LINEAR, 3, {M(17, 33), M(65, 33), V(65)}, {0}},
    {OP_SPLIT_HEADS, 1, {M(5, 12)}, {.integer = 3}},
    {OP_SCORES, 2, {H(3, 5, 4), H(3, 7, 4)}, {0}},
    {OP_SCORES, 2, {H(1, 1, 1), H(1, 1, 1)}, {0}},
    {OP_MASK, 1, {H(2, 4, 4)}, {.integer = 0}},
    {OP_MASK, 1, {H(2, 1, 4)}, {.integer = 2}},
    {OP_SOFTMAX, 1, {H(2, 3, 5)}, {0}},
    {OP_SOFTMAX, 1, {M(4, 1)}, {0}},
    {OP_SOFTMAX, 1, {H(2, 3, 5)}, {.number = 2.5}},
    {OP_UNIFORM, 1, {H(3, 3, 5)}, {0}},
    {OP_UNIFORM, 1, {H(5, 3, 5)}, {.number = 0.5, .ids = some_ids, .size = {2, 0}}},
    {OP_COPY, 1, {M(3, 5)}, {0}},
    {OP_ZERO, 0, {V(1)}, {.size = {3, 5}}},
    {OP_APPEND, 2, {M(7, 5), M(2, 5)}, {.integer = 4}},
    {OP_MIX, 2, {H(3, 5, 7), H(3, 7, 4)}, {0}},
    {OP_MIX, 2, {H(6, 5, 7), H(6, 7, 4)}, {.ids = some_ids, .size = {3, 0}}},
    {OP_MERGE_HEADS, 1, {H(3, 5, 4)}, {0}},
    {OP_RELU, 1, {M(3, 5)}, {0}},
    {OP_GELU, 1, {M(3, 50)}, {0}},
    {OP_GELU_TANH, 1, {M(3, 50)}, {0}},
    {OP_LAYER_NORM, 3, {M(5, 9), V(9), V(9)}, {.number = 1e-5}},
    {OP_LAYER_NORM, 2, {M(5, 9), V(9)}, {.number = 1e-3}},
    {OP_LAYER_NORM, 1, {M(2, 2)}, {.number = 1e-5}},
};
#define CASES (sizeof cases / sizeof *cases)

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
        op_get(op)->reference(&r->call);
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

/* Is input `input`, index `at`, among the sources of the cell? */
static bool is_source(const struct run *r, enum op_id op, long cell, int input, long at)
{
    long n = op_get(op)->sources(&r->call, cell, NULL, 0);
    struct op_source *list = mem_alloc((size_t)n, sizeof *list);
    op_get(op)->sources(&r->call, cell, list, n);
    bool found = false;
    for (long i = 0; i < n; i++)
        found |= (list[i].a == input && list[i].at_a == at) ||
                 (list[i].b == input && list[i].at_b == at);
    free(list);
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
        bool changed = tensor_get(&before, cell) != tensor_get(&after, cell);
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
                if (r.in[input].type == TENSOR_F32)
                    check_sources(&r, cases[i].op, input, at);
        finish(&r);
    }
}

static void wrong_shapes_are_refused(void **state)
{
    (void)state;
    struct tensor a = M(3, 5), b = M(3, 4), h = H(2, 3, 4), g = H(3, 3, 4), out;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_op_equals_its_reference),
        cmocka_unit_test(sources_are_complete),
        cmocka_unit_test(wrong_shapes_are_refused),
        cmocka_unit_test(softmax_handles_infinities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
