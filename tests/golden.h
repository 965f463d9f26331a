/* Golden passes as PyTorch computed them (tests/reference/README.md), opened beside the
 * same pass of both engines; and explanations re-summed without explain.c's own
 * arithmetic. */
#ifndef GOLDEN_H
#define GOLDEN_H

#include "model/model.h"
#include "model/safetensors.h"
#include "numbers/explain.h"

#include "base/memory.h"
#include "support.h"

#include <math.h>

struct golden {
    struct model *model;
    struct safetensors *values; /* one tensor for each stage */
    struct trace *fast, *slow;
};

static inline long read_ids(const char *text, int32_t *ids, long most)
{
    long n = 0;
    for (char *end; *text && n < most; n++) {
        ids[n] = (int32_t)strtol(text, &end, 10);
        text = *end ? end + 1 : end;
    }
    return n;
}

/* `model` is what model_open takes, `name` a pass of tests/data/golden. */
static inline void open_golden_of(const char *model, const char *name, struct golden *g)
{
    struct error e = {0};
    int32_t source[200], target[200];
    char *path = mem_format("tests/data/golden/%s.safetensors", name);
    g->model = model_open(model, &e);
    g->values = g->model ? safetensors_open(path, &e) : NULL;
    if (!g->values)
        fail_msg("%s: %s", e.file, e.message);
    long sources = read_ids(safetensors_metadata(g->values, "src_ids"), source, 200);
    target[0] = g->model->config->bos_token_id;
    long targets =
        1 + read_ids(safetensors_metadata(g->values, "tgt_ids"), target + 1, 199);
    for (int engine = 0; engine < 2; engine++) {
        struct plan *plan = model_plan(g->model, source, sources, target, targets, &e);
        if (!plan)
            fail_msg("%s: %s", name, e.message);
        struct trace_options options = {.engine =
                                            engine ? ENGINE_REFERENCE : ENGINE_FAST};
        *(engine ? &g->slow : &g->fast) = trace_new(plan, &options, NULL);
    }
    free(path);
}

static inline void close_golden(struct golden *g)
{
    trace_free(g->fast);
    trace_free(g->slow);
    safetensors_free(g->values);
    model_free(g->model);
}

/* The stages and their order are the contract's. */
static inline void check_order(const char *name, const struct golden *g)
{
    struct buffer b = {0};
    const struct plan *p = trace_plan(g->fast);
    for (size_t i = 0; i < p->count; i++)
        buffer_addf(&b, "%s%s", i ? " " : "", stage_id(&p->stages[i]));
    if (strcmp(b.data, safetensors_metadata(g->values, "order")))
        fail_msg("%s: the stages are %s", name, b.data);
    buffer_free(&b);
}

/* The value of a stage or alias against PyTorch's. */
static inline void check_value(const char *name, struct trace *t, const char *id,
                               const struct tensor *right)
{
    int stage = plan_find(trace_plan(t), id);
    if (stage < 0)
        fail_msg("%s: there is no stage %s", name, id);
    const struct tensor *mine = trace_acquire(t, stage);
    assert_int_equal(mine->rank, right->rank);
    for (int k = 0; k < mine->rank; k++)
        assert_int_equal(mine->size[k], right->size[k]);
    double limit = 2e-5 * fmax(1, tensor_max_magnitude(right));
    double difference = tensor_max_difference(mine, right);
    if (!(difference <= limit))
        fail_msg("%s, %s: differs by %g from PyTorch", name, id, difference);
    trace_release(t, stage);
}

static inline void check_values(const char *name, const struct golden *g, struct trace *t)
{
    for (size_t i = 0; i < g->values->weights.count; i++) {
        const struct weight *w = &g->values->weights.items[i];
        check_value(name, t, w->name, &w->tensor);
    }
}

/* ---- explanations, re-summed here without explain.c's own arithmetic ---- */

static inline double term_value(const struct step *s, const struct term *t)
{
    double a = t->operand[0].value, b = t->count > 1 ? t->operand[1].value : 0;
    switch (s->kind) {
    case STEP_SUM:
        return t->count > 1 ? a * b : a;
    case STEP_SUM_EXP:
    case STEP_EXP:
        return exp((a - b) / s->number);
    case STEP_SHARE:
        return a != -INFINITY;
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
    case STEP_LOG:
        return log(a);
    case STEP_TANH:
        return 1 - 2 / (exp(2 * a) + 1);
    case STEP_FUNCTION: /* its form is a text: what it says stands in the ops' tests */
        return t->value;
    case STEP_SIN:
        return sin(a / b);
    case STEP_COS:
        return cos(a / b);
    default:
        return a;
    }
}

static inline double step_result(const struct step *s)
{
    double sum = 0, most = -INFINITY;
    for (long i = 0; i < s->count; i++) {
        double x = term_value(s, &s->terms[i]);
        sum += x;
        most = fmax(most, x);
    }
    if (s->kind == STEP_MAX)
        return most;
    if (s->kind == STEP_SHARE)
        return s->number / sum;
    return s->kind == STEP_MEAN || s->kind == STEP_VARIANCE ? sum / (double)s->count
                                                            : sum;
}

/* Every operand must be the number that stands where it says. */
static inline void check_operand(struct trace *t, const struct explanation *x,
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
                 stage_id(&trace_plan(t)->stages[x->stage]), x->cell, o->value, there);
}

static inline void check_cell(const char *name, struct trace *t, int stage, long cell)
{
    struct explanation x = explain_cell(t, stage, cell);
    for (int i = 0; i < x.count; i++) {
        for (long k = 0; k < x.steps[i].count; k++)
            for (int o = 0; o < x.steps[i].terms[k].count; o++)
                check_operand(t, &x, &x.steps[i].terms[k].operand[o]);
        double again = step_result(&x.steps[i]);
        if (again != x.steps[i].result && !(fabs(again - x.steps[i].result) <= 1e-9))
            fail_msg("%s, %s cell %ld: step %d says %g, re-summed %g", name,
                     stage_id(&trace_plan(t)->stages[stage]), cell, i, x.steps[i].result, again);
    }
    double result = x.steps[x.count - 1].result;
    if (result != x.value && !(fabs(result - x.value) <= explain_tolerance(&x)))
        fail_msg("%s, %s cell %ld: explained as %.9g, it is %.9g", name,
                 stage_id(&trace_plan(t)->stages[stage]), cell, result, x.value);
    explain_free(&x);
}

/* Every cell of every stage. */
static inline void check_explanations(const char *name, struct trace *t)
{
    for (size_t k = 0; k < trace_plan(t)->count; k++) {
        long n = tensor_count(&trace_plan(t)->stages[k].shape);
        for (long cell = 0; cell < n; cell++)
            check_cell(name, t, (int)k, cell);
    }
}

/* Both engines against each other, every stage. */
static inline void check_engines(const char *name, struct trace *fast, struct trace *slow)
{
    for (size_t k = 0; k < trace_plan(fast)->count; k++) {
        double limit, difference = trace_difference(fast, slow, (int)k, &limit);
        if (!(difference <= limit))
            fail_msg("%s, %s: differs by %g", name, stage_id(&trace_plan(fast)->stages[k]),
                     difference);
    }
}

#endif
