/* The proof by two witnesses: every stage of random models, as PyTorch computed it
 * (tests/reference/golden.py), against the fast and against the reference path; and every
 * cell of every stage re-summed from its explanation. */
#include "golden.h"

static const char *const names[] = {"post", "pre",      "one", "nobias",
                                    "long", "prefixed", "deep",
                                    "bare", "blind",
                                    "rnn-plain", "rnn-wide", "rnn-attention",
                                    "rnn-deep", "rnn-one"};
#define NAMES (sizeof names / sizeof *names)

static void open_golden(const char *name, struct golden *g)
{
    char *folder = mem_format("tests/data/models/%s", name);
    open_golden_of(folder, name, g);
    free(folder);
}

static void every_stage_equals_pytorch(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        struct golden g;
        open_golden(names[i], &g);
        check_order(names[i], &g);
        check_values(names[i], &g, g.fast);
        check_values(names[i], &g, g.slow);
        close_golden(&g);
    }
}

static void fast_equals_reference(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        struct golden g;
        open_golden(names[i], &g);
        check_engines(names[i], g.fast, g.slow);
        close_golden(&g);
    }
}

static void every_cell_is_explained(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        struct golden g;
        open_golden(names[i], &g);
        check_explanations(names[i], g.fast);
        close_golden(&g);
    }
}

/* With room for almost nothing, values are dropped and computed again, to the same bits;
 * and a release for every acquire is left behind. */
static void a_small_budget_changes_nothing(void **state)
{
    (void)state;
    struct golden g;
    open_golden("post", &g);
    struct error e = {0};
    int32_t source[] = {3, 4, 5}, target[] = {1, 4};
    struct trace_options tiny = {.budget = 4000};
    struct plan *a = model_plan(g.model, source, 3, target, 2, &e);
    struct plan *b = model_plan(g.model, source, 3, target, 2, &e);
    struct trace *small = trace_new(a, &tiny, NULL);
    struct trace *large = trace_new(b, &(struct trace_options){0}, NULL);
    for (int round = 0; round < 2; round++)
        for (int i = (int)a->count - 1; i >= 0; i--)
            assert_true(trace_difference(small, large, i, NULL) == 0);
    assert_true(trace_bytes(small) <= 4000);
    assert_true(trace_computed(small) > (long)a->count);
    assert_true(trace_computed(large) == (long)a->count);
    for (int i = 0; i < (int)a->count; i++)
        assert_int_equal(trace_pins(small, i), 0);
    trace_free(small);
    trace_free(large);
    close_golden(&g);
}

/* A changed target leaves the encoder's values as they are. */
static void an_edit_recomputes_only_what_it_changes(void **state)
{
    (void)state;
    struct golden g;
    open_golden("post", &g);
    struct error e = {0};
    int32_t source[] = {3, 4, 5}, target[] = {1, 4};
    struct plan *plan = model_plan(g.model, source, 3, target, 2, &e);
    struct trace *old = trace_new(plan, &(struct trace_options){0}, NULL);
    trace_compute_all(old);
    target[1] = 5;
    struct trace *new = trace_new(model_plan(g.model, source, 3, target, 2, &e),
                                  &(struct trace_options){0}, old);
    trace_compute_all(new);
    long kept = 0;
    for (size_t i = 0; i < plan->count; i++)
        kept += !strncmp(stage_id(&plan->stages[i]), "src.", 4) ||
                !strncmp(stage_id(&plan->stages[i]), "encoder.", 8) ||
                strstr(stage_id(&plan->stages[i]), "cross_attn.k") != NULL ||
                strstr(stage_id(&plan->stages[i]), "cross_attn.v") != NULL ||
                !strcmp(stage_id(&plan->stages[i]), "tgt.position");
    assert_int_equal(trace_computed(new), (long)plan->count - kept);
    int stages = (int)plan->count;
    trace_free(old); /* shared values live on */
    struct trace *fresh = trace_new(model_plan(g.model, source, 3, target, 2, &e),
                                    &(struct trace_options){0}, NULL);
    for (int i = 0; i < stages; i++)
        assert_true(trace_difference(new, fresh, i, NULL) == 0);
    trace_free(new);
    trace_free(fresh);
    close_golden(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stage_equals_pytorch),
        cmocka_unit_test(fast_equals_reference),
        cmocka_unit_test(every_cell_is_explained),
        cmocka_unit_test(a_small_budget_changes_nothing),
        cmocka_unit_test(an_edit_recomputes_only_what_it_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
