/* The proof by two witnesses: every stage of random models, as PyTorch computed it
 * (tests/reference/golden.py), against the fast and against the reference path; and every
 * cell of every stage re-summed from its explanation. */
#include "model/model.h"
#include "numbers/explain.h"

#include "base/memory.h"
#include "support.h"

#include <math.h>

static const char *const names[] = {"post", "pre",      "one", "nobias",
                                    "long", "prefixed", "deep"};
#define NAMES (sizeof names / sizeof *names)

struct golden {
    struct model *model;
    struct safetensors *values; /* one tensor for each stage */
    struct trace *fast, *slow;
};

static long read_ids(const char *text, int32_t *ids, long most)
{
    long n = 0;
    for (char *end; *text && n < most; n++) {
        ids[n] = (int32_t)strtol(text, &end, 10);
        text = *end ? end + 1 : end;
    }
    return n;
}

static void open_golden(const char *name, struct golden *g)
{
    struct error e = {0};
    int32_t source[200], target[200];
    char *folder = mem_format("tests/data/models/%s", name);
    char *path = mem_format("tests/data/golden/%s.safetensors", name);
    g->model = model_open(folder, &e);
    g->values = g->model ? safetensors_open(path, &e) : NULL;
    if (!g->values)
        fail_msg("%s: %s", e.file, e.message);
    long sources = read_ids(safetensors_metadata(g->values, "src_ids"), source, 200);
    target[0] = g->model->config->bos_token_id;
    long targets = 1 + read_ids(safetensors_metadata(g->values, "tgt_ids"), target + 1, 199);
    for (int engine = 0; engine < 2; engine++) {
        struct plan *plan = model_plan(g->model, source, sources, target, targets, &e);
        if (!plan)
            fail_msg("%s: %s", name, e.message);
        struct trace_options options = {.engine = engine ? ENGINE_REFERENCE : ENGINE_FAST};
        *(engine ? &g->slow : &g->fast) = trace_new(plan, &options, NULL);
    }
    free(folder);
    free(path);
}

static void close_golden(struct golden *g)
{
    trace_free(g->fast);
    trace_free(g->slow);
    safetensors_free(g->values);
    model_free(g->model);
}

/* The stages and their order are the contract's. */
static void check_order(const char *name, const struct golden *g)
{
    struct buffer b = {0};
    const struct plan *p = trace_plan(g->fast);
    for (size_t i = 0; i < p->count; i++)
        buffer_addf(&b, "%s%s", i ? " " : "", p->stages[i].id);
    if (strcmp(b.data, safetensors_metadata(g->values, "order")))
        fail_msg("%s: the stages are %s", name, b.data);
    buffer_free(&b);
}

static void check_values(const char *name, const struct golden *g, struct trace *t)
{
    for (size_t i = 0; i < g->values->weights.count; i++) {
        const struct weight *w = &g->values->weights.items[i];
        int stage = plan_find(trace_plan(t), w->name);
        if (stage < 0)
            fail_msg("%s: there is no stage %s", name, w->name);
        const struct tensor *mine = trace_acquire(t, stage);
        assert_int_equal(mine->rank, w->tensor.rank);
        for (int k = 0; k < mine->rank; k++)
            assert_int_equal(mine->size[k], w->tensor.size[k]);
        double limit = 2e-5 * fmax(1, tensor_max_magnitude(&w->tensor));
        double difference = tensor_max_difference(mine, &w->tensor);
        if (!(difference <= limit))
            fail_msg("%s, %s: differs by %g from PyTorch", name, w->name, difference);
        trace_release(t, stage);
    }
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
        for (size_t k = 0; k < trace_plan(g.fast)->count; k++) {
            double limit, difference = trace_difference(g.fast, g.slow, (int)k, &limit);
            if (!(difference <= limit))
                fail_msg("%s, %s: differs by %g", names[i],
                         trace_plan(g.fast)->stages[k].id, difference);
        }
        close_golden(&g);
    }
}

/* ---- explanations, re-summed here without explain.c's own arithmetic ---- */

static double term_value(const struct step *s, const struct term *t)
{
    double a = t->operand[0].value, b = t->count > 1 ? t->operand[1].value : 0;
    switch (s->kind) {
    case STEP_SUM:
        return t->count > 1 ? a * b : a;
    case STEP_SUM_EXP:
    case STEP_EXP:
        return exp(a - b);
    case STEP_VARIANCE:
        return pow(a - b, 2);
    case STEP_QUOTIENT:
        return a / b;
    case STEP_NORMALISE:
        return (a - b) / sqrt(t->operand[2].value + s->number);
    case STEP_MASK:
        return s->number != 0 ? a : -INFINITY;
    case STEP_RELU:
        return a > 0 ? a : 0;
    case STEP_GELU:
        return a * erfc(-a * sqrt(0.5)) / 2;
    case STEP_SIN:
        return sin(a / b);
    case STEP_COS:
        return cos(a / b);
    default:
        return a;
    }
}

static double step_result(const struct step *s)
{
    double sum = 0, most = -INFINITY;
    for (long i = 0; i < s->count; i++) {
        double x = term_value(s, &s->terms[i]);
        sum += x;
        most = fmax(most, x);
    }
    if (s->kind == STEP_MAX)
        return most;
    return s->kind == STEP_MEAN || s->kind == STEP_VARIANCE ? sum / (double)s->count : sum;
}

/* Every operand must be the number that stands where it says. */
static void check_operand(struct trace *t, const struct explanation *x,
                          const struct operand *o)
{
    if (o->from.kind == REF_NONE && o->step < 0)
        return;
    double there;
    if (o->from.kind == REF_NONE) {
        there = x->steps[o->step].result;
    } else {
        there = tensor_get(trace_acquire_ref(t, o->from), o->cell);
        trace_release_ref(t, o->from);
    }
    if (there != o->value && !(isnan(there) && isnan(o->value)))
        fail_msg("%s cell %ld: an operand says %g, %g stands there",
                 trace_plan(t)->stages[x->stage].id, x->cell, o->value, there);
}

static void check_cell(const char *name, struct trace *t, int stage, long cell)
{
    struct explanation x = explain_cell(t, stage, cell);
    for (int i = 0; i < x.count; i++) {
        for (long k = 0; k < x.steps[i].count; k++)
            for (int o = 0; o < x.steps[i].terms[k].count; o++)
                check_operand(t, &x, &x.steps[i].terms[k].operand[o]);
        double again = step_result(&x.steps[i]);
        if (again != x.steps[i].result && !(fabs(again - x.steps[i].result) <= 1e-9))
            fail_msg("%s, %s cell %ld: step %d says %g, re-summed %g", name,
                     trace_plan(t)->stages[stage].id, cell, i, x.steps[i].result, again);
    }
    double result = x.steps[x.count - 1].result;
    if (result != x.value && !(fabs(result - x.value) <= explain_tolerance(&x)))
        fail_msg("%s, %s cell %ld: explained as %.9g, it is %.9g", name,
                 trace_plan(t)->stages[stage].id, cell, result, x.value);
    explain_free(&x);
}

static void every_cell_is_explained(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        struct golden g;
        open_golden(names[i], &g);
        for (size_t k = 0; k < trace_plan(g.fast)->count; k++) {
            long n = tensor_count(&trace_plan(g.fast)->stages[k].shape);
            for (long cell = 0; cell < n; cell++)
                check_cell(names[i], g.fast, (int)k, cell);
        }
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
        kept += !strncmp(plan->stages[i].id, "src.", 4) ||
                !strncmp(plan->stages[i].id, "encoder.", 8) ||
                strstr(plan->stages[i].id, "cross_attn.k") != NULL ||
                strstr(plan->stages[i].id, "cross_attn.v") != NULL ||
                !strcmp(plan->stages[i].id, "tgt.position");
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
