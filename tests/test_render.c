#include "study/render.h"

#include "toy.h"

static const int32_t ids[] = {3, 0, 5};

static void check_number(double x, int digits, const char *wish)
{
    char out[RENDER_NUMBER];
    assert_string_equal(render_number(x, digits, out), wish);
}

static void numbers(void **state)
{
    (void)state;
    check_number(-0.25, 2, "-0.25");
    check_number(0.125, 4, "0.1250");
    check_number(3, 0, "3");
    check_number(-INFINITY, 2, "-∞");
    check_number(INFINITY, 2, "∞");
    check_number(NAN, 2, "NaN");
    check_number(-NAN, 2, "NaN");
    check_number(1.25e9, 1, "1.2e+09");
    check_number(-1e7, 2, "-1.00e+07");
    check_number(9999999, 2, "9999999.00");
}

/* What rounds to zero has no sign; what does not keeps it. */
static void small_numbers_have_exponents(void **state)
{
    (void)state;
    char out[RENDER_NUMBER];
    assert_string_equal(render_number(-2.5e-6, -2, out), "-2.5e-06");
    assert_string_equal(render_number(0, -2, out), "0");
    assert_string_equal(render_number(1, -4, out), "1.000e+00");
    assert_int_equal(render_digits(0.0049, 2), -2);
    assert_int_equal(render_digits(-0.0049, 2), -2);
    assert_int_equal(render_digits(0.005, 2), 2);
    assert_int_equal(render_digits(0, 2), 2); /* nothing is hidden */
    assert_int_equal(render_digits(0.3, 0), 0);
}

static void no_minus_zero(void **state)
{
    (void)state;
    check_number(-0.0, 2, "0.00");
    check_number(-0.004, 2, "0.00");
    check_number(-0.4, 0, "0");
    check_number(-0.006, 2, "-0.01");
}

/* No number of digits that an option allows overruns the place. */
static void every_number_fits(void **state)
{
    (void)state;
    static const double xs[] = {-9999999.9999999, -1e308, 1e308, -5e-324, -0.1, -123.456};
    for (int digits = 0; digits <= 12; digits++)
        for (size_t i = 0; i < sizeof xs / sizeof *xs; i++) {
            char out[RENDER_NUMBER];
            render_number(xs[i], digits, out);
            assert_true(strlen(out) < RENDER_NUMBER - 1);
            if (fabs(xs[i]) < 1e7)
                assert_near(strtod(out, NULL), xs[i], 0.51 * pow(10, -digits));
        }
}

/* ---- steps, made by hand ---- */

static struct operand value(double x)
{
    return (struct operand){.value = x, .step = -1};
}

static void check_step(struct step step, int digits, long top, const char *wish)
{
    struct explanation x = {.count = 1};
    x.steps[0] = step;
    char *line = render_step(&x, 0, digits, top);
    assert_string_equal(line, wish);
    free(line);
}

static struct term pair(double a, double b, double result)
{
    return (struct term){.count = 2, .value = result, .operand = {value(a), value(b)}};
}

static struct term one(double a)
{
    return (struct term){.count = 1, .value = a, .operand = {value(a)}};
}

static void every_kind_of_step_has_a_form(void **state)
{
    (void)state;
    for (int kind = 0; kind < STEP_KIND_COUNT; kind++) {
        struct step s = {.kind = (enum step_kind)kind};
        struct term t = {.count = 2};
        if (!render_term_form(&s, &t))
            fail_msg("step kind %d has no form", kind);
    }
}

static void a_sum_of_products(void **state)
{
    (void)state;
    struct term terms[] = {pair(0.5, -1.5, -0.75), pair(-2, 0.25, -0.5), one(3)};
    struct step s = {.kind = STEP_SUM, .terms = terms, .count = 3, .result = 1.75};
    check_step(s, 2, 5, "0.50·(-1.50) + (-2.00)·0.25 + 3.00 = 1.75");
    check_step(s, 2, 3, "0.50·(-1.50) + (-2.00)·0.25 + 3.00 = 1.75");
    /* the largest first, the rest as one */
    check_step(s, 2, 2, "3.00 + 0.50·(-1.50) + (-0.50) (1 more term) = 1.75");
    check_step(s, 1, 1, "3.0 + (-1.2) (2 more terms) = 1.8");
}

static void a_maximum(void **state)
{
    (void)state;
    struct term terms[] = {one(-1), one(4), one(-INFINITY), one(2)};
    struct step s = {.kind = STEP_MAX, .terms = terms, .count = 4, .result = 4};
    check_step(s, 1, 5, "max(-1.0, 4.0, -∞, 2.0) = 4.0");
    check_step(s, 1, 2, "max(4.0, 2.0, … 2 more) = 4.0");
}

static void a_minimum_and_an_entropy(void **state)
{
    (void)state;
    struct term terms[] = {one(-1), one(4), one(2)};
    struct step s = {.kind = STEP_MIN, .terms = terms, .count = 3, .result = -1};
    check_step(s, 1, 5, "min(-1.0, 4.0, 2.0) = -1.0");
    struct term shares[] = {one(0.5), one(0.25), one(0.25)};
    for (int i = 0; i < 3; i++)
        shares[i].value = 0.5;
    struct step entropy = {
        .kind = STEP_ENTROPY, .terms = shares, .count = 3, .result = 1.5};
    check_step(entropy, 2, 5,
               "0.50·log2(1/0.50) + 0.25·log2(1/0.25) + 0.25·log2(1/0.25) = 1.50");
    struct term four = one(4);
    struct step root = {.kind = STEP_ROOT, .terms = &four, .count = 1, .result = 2};
    check_step(root, 0, 5, "√4 = 2");
    struct step log = {.kind = STEP_LOG, .terms = &four, .count = 1, .result = 1.386};
    check_step(log, 2, 5, "log(4.00) = 1.39");
}

/* No side is empty, no number unnamed, and none stands on both sides. */
static void what_is_given_or_nothing(void **state)
{
    (void)state;
    struct term terms[] = {one(2), one(-INFINITY), one(3)};
    struct step share = {
        .kind = STEP_SHARE, .terms = terms, .count = 3, .result = 0.5, .number = 1};
    check_step(share, 2, 5, "1 / 2 = 0.50");
    share.result = share.number = 0;
    check_step(share, 2, 5, "0.00");
    check_step((struct step){.kind = STEP_GIVEN, .terms = terms, .count = 1, .result = 2},
               0, 5, "2");
    check_step((struct step){.kind = STEP_SUM}, 2, 5, "0.00");
    struct term small[] = {one(-0.001), one(-0.002), one(-0.003)};
    struct step sum = {.kind = STEP_SUM, .terms = small, .count = 3, .result = -0.006};
    check_step(sum, 2, 5, "0.00 + 0.00 + 0.00 = -0.01");
    check_step(sum, 2, 1, "0.00 + 0.00 (2 more terms) = -0.01");
}

static void moments(void **state)
{
    (void)state;
    struct term means[] = {one(1), one(5), one(3), one(7)};
    struct step mean = {.kind = STEP_MEAN, .terms = means, .count = 4, .result = 4};
    check_step(mean, 0, 5, "(1 + 5 + 3 + 7) / 4 = 4");
    struct term squares[] = {pair(1, 4, 9), pair(5, 4, 1), pair(3, 4, 1), pair(7, 4, 9)};
    struct step variance = {
        .kind = STEP_VARIANCE, .terms = squares, .count = 4, .result = 5};
    check_step(variance, 0, 5, "((1 - 4)² + (5 - 4)² + (3 - 4)² + (7 - 4)²) / 4 = 5");
    check_step(variance, 0, 1, "((1 - 4)² + 11 (3 more terms)) / 4 = 5");
    struct term z = {
        .count = 3, .value = 0.5, .operand = {value(-1), value(4), value(5)}};
    struct step normal = {.kind = STEP_NORMALISE, .terms = &z, .count = 1, .number = 1e-5,
                          .result = -2.236};
    check_step(normal, 1, 5, "(-1.0 - 4.0) / √(5.0 + 1e-05) = -2.2");
}

static void a_norm_and_a_cosine(void **state)
{
    (void)state;
    struct term squares[] = {one(-3), one(4), one(0)};
    squares[0].value = 9, squares[1].value = 16;
    struct step norm = {.kind = STEP_NORM, .terms = squares, .count = 3, .result = 5};
    check_step(norm, 0, 5, "√((-3)² + (4)² + (0)²) = 5");
    check_step(norm, 0, 1, "√((4)² + 9 (2 more terms)) = 5");
    struct term q = {
        .count = 3, .value = -0.5, .operand = {value(-5), value(5), value(2)}};
    struct step cosine = {
        .kind = STEP_QUOTIENT, .terms = &q, .count = 1, .result = -0.5};
    check_step(cosine, 1, 5, "-5.0 / (5.0·2.0) = -0.5");
}

static void masks_and_activations(void **state)
{
    (void)state;
    struct term a = one(-0.5);
    struct step hidden = {
        .kind = STEP_MASK, .terms = &a, .count = 1, .result = -INFINITY};
    check_step(hidden, 1, 5, "-0.5 → -∞ (key > query) = -∞");
    struct step seen = {.kind = STEP_MASK, .terms = &a, .count = 1, .number = 1,
                        .result = -0.5};
    check_step(seen, 1, 5, "-0.5 (key ≤ query) = -0.5");
    struct step relu = {.kind = STEP_RELU, .terms = &a, .count = 1, .result = 0};
    check_step(relu, 1, 5, "max(0, -0.5) = 0.0");
}

/* ---- names ---- */

struct opened {
    struct toy toy;
    struct trace *trace;
    struct labels source;
    struct label_sets sets;
};

static int open_toy(void **state)
{
    struct opened *o = mem_zero(1, sizeof *o);
    static const char *const pieces[] = {"▁나", "는", "<eos>"};
    toy_open(&o->toy);
    o->trace = trace_new(toy_plan(&o->toy, ids, 3), &(struct trace_options){0}, NULL);
    for (int i = 0; i < 3; i++)
        labels_add(&o->source, (struct label){.text = mem_string(pieces[i])});
    o->sets.source = &o->source;
    *state = o;
    return 0;
}

static int close_toy(void **state)
{
    struct opened *o = *state;
    trace_free(o->trace);
    toy_close(&o->toy);
    labels_free(&o->source);
    free(o);
    return 0;
}

static void check_name(const struct plan *p, struct ref from, long cell, const char *wish)
{
    char *name = render_cell_name(p, from, cell);
    assert_string_equal(name, wish);
    free(name);
}

/* Cells count from 1; a slice of a weight names the row of the whole. */
static void names_of_cells(void **state)
{
    struct opened *o = *state;
    const struct plan *p = trace_plan(o->trace);
    struct ref map = {REF_STAGE, plan_find(p, "encoder.0.self_attn.weights")};
    check_name(p, map, 0, "encoder.0.self_attn.weights[1,1,1]");
    check_name(p, map, 17, "encoder.0.self_attn.weights[2,3,3]");
    check_name(p, (struct ref){REF_STAGE, 0}, 2, "src.tokens[3]");
    struct ref w = p->stages[plan_find(p, "encoder.0.self_attn.k")].in[1];
    struct ref b = p->stages[plan_find(p, "encoder.0.self_attn.k")].in[2];
    check_name(p, w, 0, "in_proj_weight[5,1]");
    check_name(p, w, 7, "in_proj_weight[6,4]");
    check_name(p, b, 1, "in_proj_bias[6]");
    check_name(p, (struct ref){0}, 0, "");
}

static void check_tokens(struct opened *o, const char *id, long cell, const char *wish)
{
    int stage = plan_find(trace_plan(o->trace), id);
    char *text = render_cell_tokens(trace_plan(o->trace), &o->sets, stage, cell);
    assert_string_equal(text, wish);
    free(text);
}

static void tokens_of_cells(void **state)
{
    struct opened *o = *state;
    check_tokens(o, "src.tokens", 2, "<eos>");
    check_tokens(o, "src.input", 5, "는");
    check_tokens(o, "encoder.0.self_attn.weights", 9 + 3 + 2, "는 ← <eos>");
    o->sets.source = NULL;
    check_tokens(o, "encoder.0.self_attn.weights", 0, "");
    labels_add(&o->source, (struct label){.text = mem_string("<bos>"),
                                          .next = mem_string("▁I")});
    struct labels target = {o->source.items + 3, 1, 1};
    o->sets.source = &target;
    check_tokens(o, "src.input", 0, "<bos> → ▁I");
}

static char *explained(struct opened *o, const char *id, long cell,
                       struct render_options options)
{
    struct buffer b = {0};
    render_explanation(o->trace, &o->sets, plan_find(trace_plan(o->trace), id), cell,
                       &options, &b);
    return buffer_take(&b);
}

static void a_whole_explanation(void **state)
{
    struct opened *o = *state;
    char *text = explained(o, "src.embedding", 5, (struct render_options){2, 3, 1});
    char *wish = mem_format("src.embedding[2,2] = %.2f   (는)\n"
                            "  E = W_E[t]\n"
                            "  1. copy: a\n"
                            "     %.2f = %.2f\n"
                            "        %.2f  emb.weight[1,2]\n",
                            (double)o->toy.numbers[1], (double)o->toy.numbers[1],
                            (double)o->toy.numbers[1], (double)o->toy.numbers[1]);
    assert_string_equal(text, wish);
    free(text);
    free(wish);
}

static long lines(const char *text)
{
    long n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

/* Deeper explanations begin with the shallower one, and end at the weights. */
static void depth_opens_operands(void **state)
{
    struct opened *o = *state;
    long before = 0;
    for (int depth = 1; depth <= 20; depth++) {
        char *text =
            explained(o, "encoder.0.norm1", 5, (struct render_options){4, 2, depth});
        assert_true(lines(text) >= before);
        if (depth == 2)
            assert_contains(text, "\n    encoder.0.residual1[");
        before = lines(text);
        if (depth == 20) { /* beyond the deepest there is nothing more to open */
            char *same =
                explained(o, "encoder.0.norm1", 5, (struct render_options){4, 2, 19});
            assert_string_equal(text, same);
            assert_contains(text, "emb.weight[");
            assert_contains(text, "in_proj_weight[");
            free(same);
        }
        free(text);
    }
}

/* As many whole levels as somebody can read, and a line that says so. */
static void depth_has_a_budget(void **state)
{
    struct opened *o = *state;
    const struct plan *p = trace_plan(o->trace);
    const char *last = stage_id(&p->stages[p->count - 1]);
    char *text = explained(o, last, 0, (struct render_options){4, 8, 100});
    assert_true(lines(text) <= RENDER_LINES + 1);
    assert_contains(text, " of 100 levels are shown");
    const char *end = strstr(text, " of 100 levels are shown");
    while (end > text && end[-1] != '\n')
        end--;
    struct render_options shown = {4, 8, atoi(end + strlen("… "))};
    char *whole = explained(o, last, 0, shown);
    assert_int_equal(strlen(whole), (size_t)(end - text));
    assert_memory_equal(whole, text, strlen(whole));
    free(whole);
    free(text);
}

static void at_most_top_terms(void **state)
{
    struct opened *o = *state;
    for (long top = 1; top <= 6; top++) {
        char *text = explained(o, "encoder.0.self_attn.q", 0,
                               (struct render_options){4, top, 1});
        long named = 0;
        for (const char *at = text; (at = strstr(at, "in_proj_")); at++)
            named++;
        assert_int_equal(named, top < TOY_WIDTH + 1 ? top : TOY_WIDTH + 1);
        assert_int_equal(strstr(text, "together") != NULL, top < TOY_WIDTH + 1);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(small_numbers_have_exponents),
        cmocka_unit_test(no_minus_zero),
        cmocka_unit_test(every_number_fits),
        cmocka_unit_test(every_kind_of_step_has_a_form),
        cmocka_unit_test(a_sum_of_products),
        cmocka_unit_test(a_maximum),
        cmocka_unit_test(a_minimum_and_an_entropy),
        cmocka_unit_test(what_is_given_or_nothing),
        cmocka_unit_test(moments),
        cmocka_unit_test(a_norm_and_a_cosine),
        cmocka_unit_test(masks_and_activations),
        cmocka_unit_test_setup_teardown(names_of_cells, open_toy, close_toy),
        cmocka_unit_test_setup_teardown(tokens_of_cells, open_toy, close_toy),
        cmocka_unit_test_setup_teardown(a_whole_explanation, open_toy, close_toy),
        cmocka_unit_test_setup_teardown(depth_opens_operands, open_toy, close_toy),
        cmocka_unit_test_setup_teardown(depth_has_a_budget, open_toy, close_toy),
        cmocka_unit_test_setup_teardown(at_most_top_terms, open_toy, close_toy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
