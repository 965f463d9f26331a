#include "numbers/explain.h"

#include "base/memory.h"
#include "base/order.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct explanation explain_cell(struct trace *t, int stage, long cell)
{
    const struct plan *p = trace_plan(t);
    struct explanation x = {.stage = stage, .cell = cell};
    const struct stage *s = &p->stages[stage];
    struct opening o = {.call.params = s->params, .x = &x};
    o.sources = op_get(s->op)->sources;
    o.shape = *trace_acquire(t, stage);
    o.call.out = &o.shape;
    x.value = tensor_get(&o.shape, cell);
    for (int i = 0; i < OP_MAX_INPUTS; i++) {
        o.in[i] = s->in[i];
        o.call.in[i] = trace_acquire_ref(t, s->in[i]);
    }
    op_get(s->op)->steps(&o);
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        trace_release_ref(t, s->in[i]);
    trace_release(t, stage);
    return x;
}

void explain_free(struct explanation *x)
{
    for (int i = 0; i < x->count; i++)
        free(x->steps[i].terms);
    x->count = 0;
}

double explain_tolerance(const struct explanation *x)
{
    const struct step *last = &x->steps[x->count - 1];
    double sum = 0;
    for (long i = 0; i < last->count; i++)
        if (isfinite(last->terms[i].value))
            sum += fabs(last->terms[i].value);
    return 1e-5 * fmax(1, sum);
}

void explain_order(const struct step *step, long *order)
{
    explain_largest(step, step->count, order);
}

void explain_largest(const struct step *step, long most, long *order)
{
    double *sizes = mem_alloc((size_t)step->count, sizeof *sizes);
    for (long i = 0; i < step->count; i++) {
        double x = step->terms[i].value;
        sizes[i] = step->kind == STEP_MAX     ? x
                   : step->kind == STEP_MIN   ? -x
                   : step->kind == STEP_SHARE ? x != -INFINITY /* as they stand */
                                              : fabs(x);
    }
    order_largest(sizes, step->count, most, order);
    free(sizes);
}

void explain_cell_text(const struct tensor *shape, long cell, char *out, size_t size)
{
    long index[TENSOR_MAX_RANK] = {0};
    for (int i = shape->rank - 1; i >= 0; i--) {
        index[i] = cell % shape->size[i] + 1;
        cell /= shape->size[i];
    }
    if (shape->rank == 1)
        snprintf(out, size, "%ld", index[0]);
    else if (shape->rank == 2)
        snprintf(out, size, "%ld,%ld", index[0], index[1]);
    else
        snprintf(out, size, "%ld,%ld,%ld", index[0], index[1], index[2]);
}
