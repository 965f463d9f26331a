#include "study/influence.h"

#include "base/memory.h"
#include "numbers/gradient.h"

#include <math.h>
#include <stdlib.h>

/* The plan of the pass; `*stage` is the recurrent one. */
static struct plan *make_plan(const struct run *run, const struct feed *feed,
                              const char *id, int *stage, struct error *e)
{
    struct plan *p = run_plan_feed(run, feed, e);
    if (!p)
        return NULL;
    *stage = plan_find(p, id);
    if (*stage >= 0 && p->stages[*stage].op == OP_RNN)
        return p;
    error_set(e, "%s: it has no states that are handed on from row to row%s", id,
              *stage < 0 ? "; this pass has no such stage" : "");
    plan_free(p);
    return NULL;
}

/* Adds to the norms the squares of one row of each matrix: of the number `cell` of the
 * last state. Backward from there comes, at each row, the gradient s of the sum within
 * the tanh, and what that does to the state before is s·W. */
static void add_squares(struct trace *t, int stage, double *norms)
{
    const struct plan *p = trace_plan(t);
    const struct stage *states = &p->stages[stage];
    int back = plan_gradient(p, states->in[0].index);
    long n = states->shape.size[0], d = states->shape.size[1];
    const struct tensor *s = trace_acquire(t, back);
    const struct tensor *w = plan_shape(p, states->in[1]);
    for (long row = 0; row + 1 < n; row++)
        for (long i = 0; i < d; i++) {
            double sum = 0;
            for (long k = 0; k < d; k++)
                sum += tensor_get(s, (row + 1) * d + k) * tensor_get(w, k * d + i);
            norms[row] += sum * sum;
        }
    trace_release(t, back);
}

int influence_through_time(const struct run *run, const struct feed *feed,
                           const char *id, double *norms, struct error *e)
{
    int stage;
    struct plan *p = make_plan(run, feed, id, &stage, e);
    if (!p)
        return -1;
    long n = p->stages[stage].shape.size[0], d = p->stages[stage].shape.size[1];
    struct trace *before = trace_new(p, &run->options, NULL);
    int result = 0;
    for (long row = 0; row < n; row++)
        norms[row] = row == n - 1 ? (double)d : 0;
    for (long i = 0; i < d && result == 0; i++) {
        p = make_plan(run, feed, id, &stage, e);
        result = p ? plan_backward(p, stage, (n - 1) * d + i, e) : -1;
        if (result < 0) {
            plan_free(p);
            break;
        }
        struct trace *t = trace_new(p, &run->options, before);
        add_squares(t, stage, norms);
        trace_free(before);
        before = t;
    }
    trace_free(before);
    for (long row = 0; row < n; row++)
        norms[row] = sqrt(norms[row]);
    return result;
}
