/* Every cell re-summed stands in test_model-golden.c; here the steps as a reader meets
 * them, on a small plan. */
#include "numbers/explain.h"

#include "toy.h"

static const int32_t ids[] = {3, 0, 5};

struct opened {
    struct toy toy;
    struct trace *trace;
};

static void open_toy(struct opened *o, enum engine engine)
{
    toy_open(&o->toy);
    o->trace = trace_new(toy_plan(&o->toy, ids, 3),
                         &(struct trace_options){.engine = engine}, NULL);
}

static void close_toy(struct opened *o)
{
    trace_free(o->trace);
    toy_close(&o->toy);
}

static struct explanation explain(struct opened *o, const char *id, long cell)
{
    int stage = plan_find(trace_plan(o->trace), id);
    assert_true(stage >= 0);
    return explain_cell(o->trace, stage, cell);
}

static double last(const struct explanation *x)
{
    return x->steps[x->count - 1].result;
}

/* Every operand is what stands where it says. */
static void check_operands(struct trace *t, const struct explanation *x)
{
    for (int i = 0; i < x->count; i++)
        for (long k = 0; k < x->steps[i].count; k++)
            for (int n = 0; n < x->steps[i].terms[k].count; n++) {
                const struct operand *o = &x->steps[i].terms[k].operand[n];
                if (o->step >= 0)
                    assert_true(o->step < i && o->value == x->steps[o->step].result);
                if (o->from.kind == REF_NONE)
                    continue;
                assert_true(tensor_get(trace_acquire_ref(t, o->from), o->cell) ==
                            o->value);
                trace_release_ref(t, o->from);
            }
}

/* The last result is the cell, and nothing stays pinned. */
static void check_every_cell(struct trace *t)
{
    const struct plan *p = trace_plan(t);
    for (int i = 0; i < (int)p->count; i++)
        for (long cell = 0; cell < tensor_count(&p->stages[i].shape); cell++) {
            struct explanation x = explain_cell(t, i, cell);
            assert_true(x.count >= 1 && x.count <= EXPLAIN_MAX_STEPS);
            if (last(&x) != x.value)
                assert_near(last(&x), x.value,
                            trace_engine(t) ? 1e-12 : explain_tolerance(&x));
            check_operands(t, &x);
            explain_free(&x);
        }
    for (int i = 0; i < (int)p->count; i++)
        assert_int_equal(trace_pins(t, i), 0);
}

static void every_cell_of_both_engines(void **state)
{
    (void)state;
    for (int engine = 0; engine < 2; engine++) {
        struct opened o;
        open_toy(&o, engine ? ENGINE_REFERENCE : ENGINE_FAST);
        check_every_cell(o.trace);
        close_toy(&o);
    }
}

/* ---- the ops of lessons ---- */

static float numbers[] = {1, 2, -2, 3, 0, 4, -1, 5, 2, 0.5f, 1, 7}; /* [4,3] */
static float others[] = {2, -1, 2, 6, 3, -2};                       /* [2,3] */
static float blocks[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};    /* [2,2,3] */

static struct ref lesson_stage(struct plan *p, const char *id, enum op_id op,
                               struct ref a, struct ref b, struct op_params params)
{
    return plan_add(p, (struct stage){.name = id, .symbol = id, .op = op,
                                      .role = ROLE_COMPUTED, .in = {a, b},
                                      .params = params});
}

static const char *const reductions[][3] = { /* by their axis */
    {"sum", "sum.1", "sum.2"},    {"mean", "mean.1", "mean.2"},
    {"max", "max.1", "max.2"},    {"min", "min.1", "min.2"},
    {"std", "std.1", "std.2"},    {"norm", "norm.1", "norm.2"},
    {"entropy", "entropy.1", "entropy.2"},
};
#define REDUCTIONS (sizeof reductions / sizeof *reductions)

/* Of all numbers one, and one of each column and of each row; the diagonal of A, and one
 * number in the shape of B. */
static void add_reductions(struct plan *p, struct ref a, struct ref b)
{
    static const int32_t diagonal[] = {3, 4}, spread[] = {2, 0, 3, 0};
    static const enum op_id ops[] = {OP_SUM, OP_MEAN, OP_MAX, OP_MIN,
                                     OP_STD, OP_NORM, OP_ENTROPY};
    struct op_params none = {0};
    struct ref no = {0}, one = {0};
    for (size_t i = 0; i < REDUCTIONS; i++)
        for (int axis = 2; axis >= 0; axis--)
            one = lesson_stage(p, reductions[i][axis], ops[i], a, no,
                               (struct op_params){.number = axis});
    lesson_stage(p, "diagonal", OP_CELLS, a, no,
                 (struct op_params){.ids = diagonal, .size = {2, 0}});
    one = lesson_stage(p, "spread", OP_CELLS, one, no,
                       (struct op_params){.ids = spread, .size = {4, 0}});
    lesson_stage(p, "ratio", OP_DIVIDE, b, one, none);
}

static struct trace *lesson(enum engine engine)
{
    static const int32_t some[] = {0}, widths[] = {4, 9};
    struct plan *p = plan_new(NULL);
    struct ref no = {0};
    struct op_params none = {0};
    struct ref a = plan_given(p, "A", (struct tensor){.rank = 2, .size = {4, 3},
                                                      .f32 = numbers});
    struct ref b = plan_given(p, "B", (struct tensor){.rank = 2, .size = {2, 3},
                                                      .f32 = others});
    struct ref h = plan_given(p, "H", (struct tensor){.rank = 3, .size = {2, 2, 3},
                                                      .f32 = blocks});
    lesson_stage(p, "cosine", OP_COSINE, a, b, none);
    struct ref c = lesson_stage(p, "center", OP_CENTER, a, no, none);
    lesson_stage(p, "axes", OP_PCA_AXES, c, no, none);
    lesson_stage(p, "difference", OP_SUBTRACT, a, c, none);
    lesson_stage(p, "product", OP_MULTIPLY, a, c, none);
    lesson_stage(p, "share", OP_SHARE, a, no, none);
    lesson_stage(p, "head", OP_HEAD, h, no, (struct op_params){.integer = 1});
    lesson_stage(p, "random", OP_RANDOM, no, no, (struct op_params){.size = {2, 3}});
    lesson_stage(p, "dots", OP_RANDOM_DOTS, no, no,
                 (struct op_params){.ids = widths, .integer = 10, .size = {2, 0}});
    struct ref s = lesson_stage(p, "scores", OP_SCORES, a, a, none);
    s = lesson_stage(p, "masked", OP_MASK, s, no, none);
    lesson_stage(p, "even", OP_UNIFORM, s, no,
                 (struct op_params){.ids = some, .size = {1, 0}});
    s = lesson_stage(p, "weights", OP_SOFTMAX, s, no, none);
    lesson_stage(p, "context", OP_MIX, s, a, none);
    add_reductions(p, a, b);
    if (p->error.set)
        fail_msg("%s", p->error.message);
    return trace_new(p, &(struct trace_options){.engine = engine}, NULL);
}

static void every_cell_of_a_lesson(void **state)
{
    (void)state;
    for (int engine = 0; engine < 2; engine++) {
        struct trace *t = lesson(engine ? ENGINE_REFERENCE : ENGINE_FAST);
        check_every_cell(t);
        trace_free(t);
    }
}

static struct explanation explain_lesson(struct trace *t, const char *id, long cell)
{
    int stage = plan_find(trace_plan(t), id);
    assert_true(stage >= 0);
    return explain_cell(t, stage, cell);
}

/* Row 1 of A, (1, 2, -2), with rows 1 and 2 of B. */
static void a_cosine_opens_in_four_steps(void **state)
{
    (void)state;
    struct trace *t = lesson(ENGINE_FAST);
    struct explanation x = explain_lesson(t, "cosine", 1);
    static const enum step_kind kinds[] = {STEP_SUM, STEP_NORM, STEP_NORM, STEP_QUOTIENT};
    assert_int_equal(x.count, 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(x.steps[i].kind, kinds[i]);
    assert_true(x.steps[0].result == 16); /* 1·6 + 2·3 + (-2)·(-2) */
    assert_true(x.steps[1].result == 3 && x.steps[2].result == 7);
    assert_true(x.steps[2].terms[2].value == 4);
    assert_int_equal(x.steps[3].terms->count, 3);
    assert_near(last(&x), 16.0 / 21, 1e-15);
    explain_free(&x);
    trace_free(t);
}

static void shares_means_and_differences(void **state)
{
    (void)state;
    struct trace *t = lesson(ENGINE_FAST);
    struct explanation x = explain_lesson(t, "share", 11);
    assert_true(x.steps[0].result == 8.5 && last(&x) == 7 / 8.5);
    explain_free(&x);
    x = explain_lesson(t, "center", 5); /* the third column */
    assert_int_equal(x.count, 2);
    assert_int_equal(x.steps[0].kind, STEP_MEAN);
    assert_true(x.steps[0].count == 4 && x.steps[0].result == 2.75);
    assert_true(last(&x) == 1.25);
    explain_free(&x);
    x = explain_lesson(t, "difference", 5);
    assert_string_equal(x.steps[0].formula, "a - b");
    assert_true(last(&x) == 2.75);
    explain_free(&x);
    x = explain_lesson(t, "product", 5);
    assert_int_equal(x.steps[0].count, 1);
    assert_true(last(&x) == 5);
    explain_free(&x);
    x = explain_lesson(t, "masked", 4 * 1 + 2);
    assert_true(last(&x) == -INFINITY);
    explain_free(&x);
    x = explain_lesson(t, "axes", 0);
    assert_int_equal(x.steps[0].kind, STEP_GIVEN);
    assert_string_equal(x.steps[0].formula, "an eigenvector of the covariance");
    explain_free(&x);
    trace_free(t);
}

/* One number of all twelve of A, by hand. */
static void reductions_open(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        int steps;
        enum step_kind first, final;
        double value;
    } wish[] = {
        {"sum", 1, STEP_SUM, STEP_SUM, 22.5},
        {"mean", 1, STEP_MEAN, STEP_MEAN, 1.875},
        {"max", 1, STEP_MAX, STEP_MAX, 7},
        {"min", 1, STEP_MIN, STEP_MIN, -2},
        {"std", 3, STEP_MEAN, STEP_ROOT, 2.450552659},
        {"norm", 1, STEP_NORM, STEP_NORM, 10.688779163},
        {"entropy", 1, STEP_ENTROPY, STEP_ENTROPY, -47.516012424},
    };
    struct trace *t = lesson(ENGINE_FAST);
    for (size_t i = 0; i < sizeof wish / sizeof *wish; i++) {
        struct explanation x = explain_lesson(t, wish[i].id, 0);
        assert_int_equal(x.count, wish[i].steps);
        assert_int_equal(x.steps[0].kind, wish[i].first);
        assert_int_equal(x.steps[x.count - 1].kind, wish[i].final);
        assert_int_equal(x.steps[0].count, 12);
        assert_int_equal(x.steps[0].terms[7].operand[0].cell, 7);
        assert_near(last(&x), wish[i].value, 1e-8);
        assert_near(x.value, wish[i].value, 1e-5);
        explain_free(&x);
    }
    struct explanation x = explain_lesson(t, "entropy", 0);
    assert_true(x.steps[0].terms[2].value == 0);   /* of -2 */
    assert_true(x.steps[0].terms[5].value == -8);  /* of 4 */
    assert_true(x.steps[0].terms[9].value == 0.5); /* of 0.5 */
    explain_free(&x);
    x = explain_lesson(t, "min", 0);
    long order[12];
    explain_order(&x.steps[0], order);
    assert_int_equal(order[0], 2); /* which one it is */
    explain_free(&x);
    x = explain_lesson(t, "diagonal", 2);
    assert_int_equal(x.steps[0].terms->operand[0].cell, 8);
    assert_true(last(&x) == 2);
    explain_free(&x);
    trace_free(t);
}

static void a_column_and_a_row_open(void **state)
{
    (void)state;
    struct trace *t = lesson(ENGINE_FAST);
    for (size_t i = 0; i < REDUCTIONS; i++)
        for (int axis = 1; axis <= 2; axis++) {
            struct explanation x = explain_lesson(t, reductions[i][axis], 2);
            assert_int_equal(x.steps[0].count, axis == 1 ? 4 : 3);
            for (int k = 0; k < 3; k++) /* of column 3, or of row 3 */
                assert_int_equal(x.steps[0].terms[k].operand[0].cell,
                                 axis == 1 ? 2 + 3 * k : 6 + k);
            assert_near(last(&x), x.value, 1e-5);
            explain_free(&x);
        }
    trace_free(t);
}

static void a_softmax_opens_in_four_steps(void **state)
{
    (void)state;
    struct opened o;
    open_toy(&o, ENGINE_FAST);
    struct explanation x = explain(&o, "encoder.0.self_attn.weights", 2 * 3 * 3 - 1);
    static const char *const names[] = {"max", "sum", "exp", "quotient"};
    static const enum step_kind kinds[] = {STEP_MAX, STEP_SUM_EXP, STEP_EXP,
                                           STEP_QUOTIENT};
    assert_int_equal(x.count, 4);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(x.steps[i].name, names[i]);
        assert_int_equal(x.steps[i].kind, kinds[i]);
    }
    assert_int_equal(x.steps[0].count, 3);
    assert_true(x.steps[1].result >= 1); /* exp(max - max) is one of the terms */
    const struct term *q = x.steps[3].terms;
    assert_int_equal(q->operand[0].step, 2);
    assert_int_equal(q->operand[1].step, 1);
    assert_true(x.steps[3].result == x.steps[2].result / x.steps[1].result);
    explain_free(&x);
    close_toy(&o);
}

/* A key after the query: the mask says so, and the softmax gives it exactly 0. */
static void a_masked_cell_says_why(void **state)
{
    (void)state;
    struct opened o;
    open_toy(&o, ENGINE_FAST);
    struct explanation x = explain(&o, "encoder.0.self_attn.masked", 2);
    assert_int_equal(x.steps[0].kind, STEP_MASK);
    assert_true(x.steps[0].number == 0);
    assert_true(last(&x) == -INFINITY && x.value == -INFINITY);
    assert_true(isfinite(x.steps[0].terms[0].value)); /* the score that was hidden */
    explain_free(&x);
    x = explain(&o, "encoder.0.self_attn.masked", 4);
    assert_true(x.steps[0].number != 0);
    assert_true(isfinite(last(&x)));
    explain_free(&x);
    x = explain(&o, "encoder.0.self_attn.weights", 2);
    assert_true(x.value == 0 && last(&x) == 0);
    explain_free(&x);
    close_toy(&o);
}

static void a_norm_opens_in_four_steps(void **state)
{
    (void)state;
    struct opened o;
    open_toy(&o, ENGINE_FAST);
    struct explanation x = explain(&o, "encoder.0.norm1", 6);
    static const enum step_kind kinds[] = {STEP_MEAN, STEP_VARIANCE, STEP_NORMALISE,
                                           STEP_SUM};
    assert_int_equal(x.count, 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(x.steps[i].kind, kinds[i]);
    assert_string_equal(x.steps[3].name, "gamma and beta");
    assert_true(x.steps[2].number == 1e-5);
    assert_int_equal(x.steps[3].count, 2);
    const struct operand *gamma = &x.steps[3].terms[0].operand[1];
    assert_int_equal(gamma->from.kind, REF_WEIGHT);
    assert_int_equal(gamma->cell, 2);
    assert_string_equal(trace_plan(o.trace)->parts[gamma->from.index].name,
                        "norm1.weight");
    explain_free(&x);
    close_toy(&o);
}

/* A projection: one product for each input feature and the bias, from row 2 of W_K. */
static void a_product_names_row_and_weight_row(void **state)
{
    (void)state;
    struct opened o;
    open_toy(&o, ENGINE_FAST);
    struct explanation x = explain(&o, "encoder.0.self_attn.k", 1 * TOY_WIDTH + 2);
    assert_int_equal(x.count, 1);
    const struct step *s = x.steps;
    assert_string_equal(s->formula, "Σ x·w + b");
    assert_int_equal(s->count, TOY_WIDTH + 1);
    for (long i = 0; i < TOY_WIDTH; i++) {
        assert_int_equal(s->terms[i].count, 2);
        assert_int_equal(s->terms[i].operand[0].cell, TOY_WIDTH + i);
        assert_int_equal(s->terms[i].operand[1].cell, 2 * TOY_WIDTH + i);
    }
    struct ref w = s->terms[0].operand[1].from;
    assert_int_equal(trace_plan(o.trace)->parts[w.index].first, TOY_WIDTH);
    assert_int_equal(s->terms[TOY_WIDTH].count, 1);
    explain_free(&x);
    close_toy(&o);
}

static void an_embedding_is_a_row_of_the_table(void **state)
{
    (void)state;
    struct opened o;
    open_toy(&o, ENGINE_FAST);
    struct explanation x = explain(&o, "src.embedding", 2 * TOY_WIDTH + 1);
    assert_int_equal(x.steps[0].kind, STEP_COPY);
    assert_int_equal(x.steps[0].terms[0].operand[0].cell, ids[2] * TOY_WIDTH + 1);
    assert_true(x.value == (double)o.toy.numbers[ids[2] * TOY_WIDTH + 1]);
    explain_free(&x);
    x = explain(&o, "src.tokens", 2);
    assert_int_equal(x.steps[0].kind, STEP_GIVEN);
    assert_true(last(&x) == ids[2]);
    explain_free(&x);
    close_toy(&o);
}

static void a_position_is_a_wave(void **state)
{
    (void)state;
    struct opened o;
    open_toy(&o, ENGINE_FAST);
    struct explanation x = explain(&o, "src.position", 2 * TOY_WIDTH + 3);
    assert_int_equal(x.steps[0].kind, STEP_COS);
    assert_true(x.steps[0].terms[0].operand[0].value == 2);
    assert_near(x.steps[0].terms[0].operand[1].value, 100, 1e-9);
    assert_near(last(&x), cos(0.02), 1e-12);
    explain_free(&x);
    x = explain(&o, "src.position", TOY_WIDTH);
    assert_int_equal(x.steps[0].kind, STEP_SIN);
    assert_near(last(&x), sin(1), 1e-12);
    explain_free(&x);
    close_toy(&o);
}

static void the_order_is_by_size(void **state)
{
    (void)state;
    double values[] = {1, -5, 0, 5, 3};
    struct term terms[5] = {{.count = 1}};
    for (int i = 0; i < 5; i++)
        terms[i].value = values[i];
    struct step s = {.kind = STEP_SUM, .terms = terms, .count = 5};
    long order[5], sum_order[] = {1, 3, 4, 0, 2}, max_order[] = {3, 4, 0, 2, 1};
    explain_order(&s, order);
    assert_memory_equal(order, sum_order, sizeof order);
    s.kind = STEP_MAX;
    explain_order(&s, order);
    assert_memory_equal(order, max_order, sizeof order);
    s.kind = STEP_MIN;
    explain_order(&s, order);
    for (int i = 0; i < 5; i++)
        assert_int_equal(order[i], max_order[4 - i]);
}

static void cells_are_counted_from_one(void **state)
{
    (void)state;
    struct tensor t = {.rank = 3, .size = {2, 3, 4}};
    char out[64];
    explain_cell_text(&t, 0, out, sizeof out);
    assert_string_equal(out, "1,1,1");
    explain_cell_text(&t, 23, out, sizeof out);
    assert_string_equal(out, "2,3,4");
    explain_cell_text(&t, 4, out, sizeof out);
    assert_string_equal(out, "1,2,1");
    t.rank = 2;
    explain_cell_text(&t, 5, out, sizeof out);
    assert_string_equal(out, "2,3");
    t.rank = 1;
    explain_cell_text(&t, 1, out, sizeof out);
    assert_string_equal(out, "2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_both_engines),
        cmocka_unit_test(every_cell_of_a_lesson),
        cmocka_unit_test(a_cosine_opens_in_four_steps),
        cmocka_unit_test(shares_means_and_differences),
        cmocka_unit_test(reductions_open),
        cmocka_unit_test(a_column_and_a_row_open),
        cmocka_unit_test(a_softmax_opens_in_four_steps),
        cmocka_unit_test(a_masked_cell_says_why),
        cmocka_unit_test(a_norm_opens_in_four_steps),
        cmocka_unit_test(a_product_names_row_and_weight_row),
        cmocka_unit_test(an_embedding_is_a_row_of_the_table),
        cmocka_unit_test(a_position_is_a_wave),
        cmocka_unit_test(the_order_is_by_size),
        cmocka_unit_test(cells_are_counted_from_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
