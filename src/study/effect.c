#include "study/effect.h"

#include "base/memory.h"
#include "numbers/gradient.h"

#include <stdlib.h>
#include <string.h>

static int logarithms(const struct session *s)
{
    return plan_find(trace_plan(s->trace), "log_probabilities");
}

int effect_begin(struct session *s, long row, long token, struct effect_of *of,
                 struct error *e)
{
    if (session_add_gradients(s, e) < 0)
        return -1;
    int stage = logarithms(s);
    long columns = trace_plan(s->trace)->stages[stage].shape.size[1];
    *of = (struct effect_of){row, token < 0 ? session_argmax(s, row) : token, 0};
    long cell = row * columns + of->token;
    if (session_add_gradients_of(s, stage, cell, e) < 0)
        return -1;
    struct trace *t = session_reference(s);
    of->logarithm = tensor_get(trace_acquire(t, stage), cell);
    trace_release(t, stage);
    return 0;
}

int effect_gradients(const struct session *s, int stage)
{
    return plan_gradient(trace_plan(s->trace), stage);
}

/* ---- computing again ---- */

/* What was computed anew, of each stage; no data where nothing changed. */
struct again {
    const struct plan *plan;
    struct trace *before;
    struct tensor *values;
};

static const struct tensor *acquire(struct again *a, struct ref r)
{
    if (r.kind == REF_STAGE && a->values[r.index].data)
        return &a->values[r.index];
    return trace_acquire_ref(a->before, r);
}

static void release(struct again *a, struct ref r)
{
    if (r.kind == REF_STAGE && !a->values[r.index].data)
        trace_release_ref(a->before, r);
}

static bool changes(const struct again *a, const struct stage *s)
{
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        if (s->in[i].kind == REF_STAGE && a->values[s->in[i].index].data)
            return true;
    return false;
}

static void make_value(struct tensor *out, const struct tensor *shape)
{
    *out = *shape;
    out->type = shape->type == TENSOR_I32 ? TENSOR_I32 : TENSOR_F64;
    out->data = mem_alloc(tensor_bytes(out), 1);
}

static void compute(struct again *a, int stage)
{
    const struct stage *s = &a->plan->stages[stage];
    struct op_call call = {.params = s->params, .out = &a->values[stage]};
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        call.in[i] = acquire(a, s->in[i]);
    make_value(&a->values[stage], &s->shape);
    op_get(s->op)->naive(&call);
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        release(a, s->in[i]);
}

double effect_nudged(struct session *s, const struct effect_of *of, int stage, long cell,
                     double by)
{
    struct trace *t = session_reference(s);
    struct again a = {trace_plan(t), t, NULL};
    int last = logarithms(s);
    a.values = mem_zero(a.plan->count, sizeof *a.values);
    const struct tensor *x = trace_acquire(t, stage);
    make_value(&a.values[stage], x);
    memcpy(a.values[stage].data, x->data, tensor_bytes(x));
    trace_release(t, stage);
    a.values[stage].f64[cell] += by;
    for (int i = stage + 1; i <= last; i++)
        if (changes(&a, &a.plan->stages[i]))
            compute(&a, i);
    long columns = a.plan->stages[last].shape.size[1];
    double result = a.values[last].data
                        ? a.values[last].f64[of->row * columns + of->token]
                        : of->logarithm;
    for (int i = 0; i <= last; i++)
        free(a.values[i].data);
    free(a.values);
    return result;
}
