#include "numbers/plan.h"

#include "toy.h"

static const int32_t ids[] = {3, 0, 5};

static const struct stage *stage(const struct plan *p, const char *id)
{
    int i = plan_find(p, id);
    if (i < 0)
        fail_msg("there is no stage %s", id);
    return &p->stages[i];
}

static void check_shape(const struct plan *p, const char *id, const char *wish)
{
    char *text = plan_shape_text(stage(p, id));
    assert_string_equal(text, wish);
    free(text);
}

static void shapes_follow_from_the_inputs(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    struct plan *p = toy_plan(&toy, ids, 3);
    assert_false(p->error.set);
    check_shape(p, "src.tokens", "[3]");
    check_shape(p, "src.embedding", "[3, 4]");
    check_shape(p, "encoder.0.self_attn.q", "[3, 4]");
    check_shape(p, "encoder.0.self_attn.q_heads", "[2, 3, 2]");
    check_shape(p, "encoder.0.self_attn.weights", "[2, 3, 3]");
    check_shape(p, "encoder.0.self_attn.concat", "[3, 4]");
    check_shape(p, "relu", "[3, 4]");
    assert_int_equal(stage(p, "src.tokens")->shape.type, TENSOR_I32);
    assert_null(stage(p, "relu")->shape.data);
    plan_free(p);
    toy_close(&toy);
}

static void check_formula(const struct plan *p, const char *id, const char *wish)
{
    assert_string_equal(stage_formula(stage(p, id)), wish);
}

static void formulas_name_their_inputs(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    struct plan *p = toy_plan(&toy, ids, 3);
    check_formula(p, "src.tokens", "t = ids");
    check_formula(p, "src.embedding", "E = W_E[t]");
    check_formula(p, "src.input", "X = E + P");
    check_formula(p, "encoder.0.self_attn.q", "Q = X·W_Qᵀ + b_Q");
    check_formula(p, "encoder.0.self_attn.k", "K = X·W_Kᵀ + b_K");
    check_formula(p, "encoder.0.self_attn.scores", "S = Q_h·K_hᵀ");
    check_formula(p, "encoder.0.self_attn.scaled", "S' = S / √2");
    check_formula(p, "encoder.0.self_attn.weights", "A = softmax(M)");
    check_formula(p, "encoder.0.norm1", "N = (R - μ)/√(σ² + ε)·γ + β");
    plan_free(p);
    toy_close(&toy);
}

/* An absent bias, gamma or beta leaves no trace in the formula. */
static void absent_inputs_leave_the_formula(void **state)
{
    (void)state;
    struct toy toy = {.used = 0};
    toy_weight(&toy, "w", 5, TOY_WIDTH);
    struct plan *p = plan_new(&toy.weights);
    struct ref no = {0};
    struct op_params size = {.size = {3, TOY_WIDTH}};
    struct ref x = toy_stage(p, "x", "X", OP_SINUSOID, ROLE_POSITION, no, no, no, size);
    struct ref bias = plan_weight_if_any(p, "no such bias", "b");
    assert_int_equal(bias.kind, REF_NONE);
    assert_int_equal(plan_rows(p, bias, 0, 3, "b").kind, REF_NONE);
    toy_stage(p, "y", "Y", OP_LINEAR, ROLE_HIDDEN, x, plan_weight(p, "w", "W"), bias,
              (struct op_params){0});
    toy_stage(p, "n", "N", OP_LAYER_NORM, ROLE_NORM, x, no, no,
              (struct op_params){.number = 1e-5});
    assert_false(p->error.set);
    check_formula(p, "y", "Y = X·Wᵀ");
    check_formula(p, "n", "N = (X - μ)/√(σ² + ε)");
    plan_free(p);
    toy_close(&toy);
}

static void check_factor_of(enum role role, double factor, const char *wish)
{
    struct weights none = {0};
    struct plan *p = plan_new(&none);
    struct ref no = {0};
    struct ref x = toy_stage(p, "x", "X", OP_SINUSOID, ROLE_POSITION, no, no, no,
                             (struct op_params){.size = {2, 2}});
    toy_stage(p, "y", "Y", OP_SCALE, role, x, no, no,
              (struct op_params){.number = factor});
    assert_string_equal(stage_formula(&p->stages[1]), wish);
    plan_free(p);
}

static void check_factor(double factor, const char *wish)
{
    check_factor_of(ROLE_EMBEDDING_SCALE, factor, wish);
}

static void factors_are_shown_as_roots(void **state)
{
    (void)state;
    check_factor(1 / sqrt(8), "Y = X / √8");
    check_factor(1 / sqrt(64), "Y = X / √64");
    check_factor(sqrt(512), "Y = X · √512");
    check_factor(0.3, "Y = X · 0.3");
    check_factor(-sqrt(2), "Y = X · -1.41421");
    check_factor(0, "Y = X · 0");
}

/* In a compute block 2 is not √4. */
static void factors_of_a_lesson_are_shown_as_written(void **state)
{
    (void)state;
    check_factor_of(ROLE_COMPUTED, 1, "Y = X · 1");
    check_factor_of(ROLE_COMPUTED, 2, "Y = X · 2");
    check_factor_of(ROLE_COMPUTED, -1, "Y = X · -1");
    check_factor_of(ROLE_COMPUTED, 1000003, "Y = X · 1000003");
    check_factor_of(ROLE_COMPUTED, 1 / 3.0, "Y = X / 3");
    check_factor_of(ROLE_PROSE, 2, "Y = X · 2");
    check_factor_of(ROLE_PROSE, 1 / sqrt(32), "Y = X / √32");
    check_factor_of(ROLE_COMPUTED, INFINITY, "Y = X · ∞");
    check_factor_of(ROLE_COMPUTED, -INFINITY, "Y = X · -∞");
    check_factor_of(ROLE_COMPUTED, -NAN, "Y = X · NaN");
}

static void a_missing_weight_is_an_error(void **state)
{
    (void)state;
    struct weights none = {0};
    struct plan *p = plan_new(&none);
    struct ref no = {0};
    struct ref w = plan_weight(p, "emb.weight", "W_E");
    assert_int_equal(w.kind, REF_NONE);
    assert_true(p->error.set);
    assert_contains(p->error.message, "emb.weight");
    assert_contains(p->error.message, "missing");
    /* building goes on harmlessly, and the first error stays */
    struct ref x = toy_stage(p, "x", "X", OP_GATHER, ROLE_EMBEDDING, no, w, no,
                             (struct op_params){0});
    assert_int_equal(x.kind, REF_NONE);
    assert_int_equal(p->count, 0);
    plan_weight(p, "another", "V");
    assert_contains(p->error.message, "emb.weight");
    plan_free(p);
}

static void inputs_that_do_not_fit_are_an_error(void **state)
{
    (void)state;
    struct toy toy = {.used = 0};
    toy_weight(&toy, "w", 5, TOY_WIDTH + 1);
    struct plan *p = plan_new(&toy.weights);
    struct ref no = {0};
    plan_scope(p, (struct stage_place){STACK_DECODER, 3, BLOCK_FFN, 3});
    struct ref x = toy_stage(p, "x", "X", OP_SINUSOID, ROLE_POSITION, no, no, no,
                             (struct op_params){.size = {3, TOY_WIDTH}});
    toy_stage(p, "hidden", "H", OP_LINEAR, ROLE_HIDDEN, x, plan_weight(p, "w", "W"), no,
              (struct op_params){0});
    assert_true(p->error.set);
    assert_contains(p->error.message, "decoder.3.ffn.hidden");
    assert_contains(p->error.message, "weights [m, k]");
    plan_free(p);
    toy_close(&toy);
}

static void too_few_rows_are_an_error(void **state)
{
    (void)state;
    struct toy toy = {.used = 0};
    toy_weight(&toy, "w", 5, 2);
    struct plan *p = plan_new(&toy.weights);
    struct ref w = plan_weight(p, "w", "W");
    assert_int_equal(plan_rows(p, w, 3, 2, "W_V").kind, REF_WEIGHT);
    assert_false(p->error.set);
    assert_int_equal(plan_rows(p, w, 4, 2, "W_V").kind, REF_NONE);
    assert_true(p->error.set);
    assert_contains(p->error.message, "the weight w has 5 rows; 6 are needed");
    plan_free(p);
    toy_close(&toy);
}

/* A slice shows rows of the whole: it points into it, and remembers the first row. */
static void slices_point_into_the_weight(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    struct plan *p = plan_new(&toy.weights);
    struct ref w = plan_weight(p, "in_proj_weight", "W");
    struct ref k = plan_rows(p, w, TOY_WIDTH, 2, "W_K");
    const struct tensor *whole = plan_shape(p, w), *part = plan_shape(p, k);
    assert_int_equal(part->size[0], 2);
    assert_int_equal(part->size[1], TOY_WIDTH);
    assert_ptr_equal(part->f32, whole->f32 + TOY_WIDTH * TOY_WIDTH);
    assert_int_equal(p->parts[k.index].first, TOY_WIDTH);
    assert_string_equal(p->parts[k.index].name, "in_proj_weight");
    struct ref inner = plan_rows(p, k, 1, 1, "w_k");
    assert_int_equal(p->parts[inner.index].first, TOY_WIDTH + 1);
    plan_free(p);
    toy_close(&toy);
}

static void a_weight_is_one_part(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    struct plan *p = plan_new(&toy.weights);
    struct ref a = plan_weight(p, "emb.weight", "W_E");
    assert_true(ref_is(a, plan_weight(p, "emb.weight", "W_E")));
    assert_false(ref_is(a, plan_weight(p, "emb.weight", "W_G")));
    assert_int_equal(p->part_count, 2);
    plan_free(p);
    toy_close(&toy);
}

static void aliases_lead_to_stages(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    struct plan *p = toy_plan(&toy, ids, 3);
    int norm = plan_find(p, "encoder.0.norm1");
    assert_true(norm > 0);
    assert_int_equal(plan_find(p, "encoder.0.output"), norm);
    assert_int_equal(plan_find(p, "encoder.0"), -1);
    assert_int_equal(plan_find(p, ""), -1);
    size_t before = p->alias_count;
    plan_alias(p, "nothing", (struct ref){0});
    assert_int_equal(p->alias_count, before);
    plan_free(p);
    toy_close(&toy);
}

/* Inputs of a stage stand before it: the order is one of computation. */
static void inputs_come_first(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    struct plan *p = toy_plan(&toy, ids, 3);
    assert_int_equal(p->count, 17);
    for (size_t i = 0; i < p->count; i++)
        for (int k = 0; k < OP_MAX_INPUTS; k++)
            if (p->stages[i].in[k].kind == REF_STAGE)
                assert_true(p->stages[i].in[k].index < (int)i);
    plan_free(p);
    toy_close(&toy);
}

/* The ids that a family gives are copied. */
static void ids_are_copied(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    int32_t mine[] = {1, 2};
    struct plan *p = toy_plan(&toy, mine, 2);
    mine[0] = 5;
    assert_int_equal(stage(p, "src.tokens")->params.ids[0], 1);
    plan_free(p);
    toy_close(&toy);
}

static uint64_t signature(const struct plan *p, const char *id)
{
    return stage(p, id)->signature;
}

static void signatures_follow_what_decides_a_value(void **state)
{
    (void)state;
    struct toy toy, other;
    toy_open(&toy);
    toy_open(&other);
    const int32_t changed[] = {3, 1, 5};
    struct plan *a = toy_plan(&toy, ids, 3), *b = toy_plan(&toy, ids, 3);
    struct plan *c = toy_plan(&toy, changed, 3), *d = toy_plan(&other, ids, 3);
    for (size_t i = 0; i < a->count; i++) {
        assert_true(a->stages[i].signature == b->stages[i].signature);
        for (size_t k = 0; k < i; k++)
            assert_true(a->stages[i].signature != a->stages[k].signature);
    }
    assert_true(signature(a, "src.position") == signature(c, "src.position"));
    assert_true(signature(a, "src.tokens") != signature(c, "src.tokens"));
    assert_true(signature(a, "relu") != signature(c, "relu"));
    assert_true(signature(a, "src.tokens") == signature(d, "src.tokens"));
    assert_true(signature(a, "src.embedding") != signature(d, "src.embedding"));
    plan_free(a);
    plan_free(b);
    plan_free(c);
    plan_free(d);
    toy_close(&toy);
    toy_close(&other);
}

static void names_of_roles_and_axes(void **state)
{
    (void)state;
    for (int i = 0; i < ROLE_COUNT; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(role_name((enum role)i), role_name((enum role)k));
    assert_string_equal(role_name(ROLE_SCORE_SCALE), "score_scale");
    assert_int_equal(role_values(ROLE_SOFTMAX), VALUES_PROBABILITY);
    assert_int_equal(role_values(ROLE_TOKENS), VALUES_IDS);
    assert_int_equal(role_values(ROLE_MASK), VALUES_SIGNED);
    assert_string_equal(axis_name(AXIS_NONE), "");
    assert_string_equal(axis_name(AXIS_HEAD), "head");
    assert_string_equal(axis_name(AXIS_VOCABULARY), "vocabulary");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_follow_from_the_inputs),
        cmocka_unit_test(formulas_name_their_inputs),
        cmocka_unit_test(absent_inputs_leave_the_formula),
        cmocka_unit_test(factors_are_shown_as_roots),
        cmocka_unit_test(factors_of_a_lesson_are_shown_as_written),
        cmocka_unit_test(a_missing_weight_is_an_error),
        cmocka_unit_test(inputs_that_do_not_fit_are_an_error),
        cmocka_unit_test(too_few_rows_are_an_error),
        cmocka_unit_test(slices_point_into_the_weight),
        cmocka_unit_test(a_weight_is_one_part),
        cmocka_unit_test(aliases_lead_to_stages),
        cmocka_unit_test(inputs_come_first),
        cmocka_unit_test(ids_are_copied),
        cmocka_unit_test(signatures_follow_what_decides_a_value),
        cmocka_unit_test(names_of_roles_and_axes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
