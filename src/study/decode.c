#include "study/decode.h"

#include "base/memory.h"

#include <stdlib.h>

long decode_limit(const struct model *m, long sources)
{
    long limit = 2 * sources + 10;
    return limit < m->config->max_positions ? limit : m->config->max_positions;
}

long decode_argmax(const struct tensor *t, long row)
{
    long n = tensor_columns(t), best = 0;
    for (long i = 1; i < n; i++)
        if (tensor_get(t, row * n + i) > tensor_get(t, row * n + best))
            best = i;
    return best;
}

/* The next token after `rows` decoder rows; the trace of the step replaces `*trace`. */
static long next_token(const struct model *m, const int32_t *source, long sources,
                       const int32_t *target, long rows,
                       const struct trace_options *options, struct trace **trace,
                       struct error *e)
{
    struct plan *plan = model_plan(m, source, sources, target, rows, e);
    if (!plan)
        return -1;
    struct trace *t = trace_new(plan, options, *trace);
    trace_free(*trace);
    *trace = t;
    int logits = plan_find(plan, "logits");
    long token = decode_argmax(trace_acquire(t, logits), rows - 1);
    trace_release(t, logits);
    return token;
}

int decode_greedy(const struct model *m, const int32_t *source, long sources, long most,
                  const struct trace_options *options, int32_t **ids, long *count,
                  struct error *e)
{
    long limit = decode_limit(m, sources);
    if (most > 0 && most < limit)
        limit = most;
    int32_t *target = mem_alloc((size_t)limit + 1, sizeof *target);
    struct trace *trace = NULL;
    long rows = 1, token = 0;
    target[0] = m->config->bos_token_id;
    while (rows <= limit) {
        token = next_token(m, source, sources, target, rows, options, &trace, e);
        if (token < 0 || token == m->config->eos_token_id)
            break;
        target[rows++] = (int32_t)token;
    }
    /* the row after the last token must fit the model's positions too */
    if (rows > m->config->max_positions)
        rows = m->config->max_positions;
    trace_free(trace);
    *count = rows - 1;
    for (long i = 0; i < rows - 1; i++)
        target[i] = target[i + 1];
    *ids = target;
    if (token < 0) {
        free(target);
        *ids = NULL;
        return -1;
    }
    return 0;
}
