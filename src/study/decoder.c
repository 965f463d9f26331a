#include "study/decoder.h"

#include "base/memory.h"
#include "study/rewrite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct decoder {
    const struct run *run;
    bool whole; /* every step computes all rows */
    struct trace *trace;
    int logits_stage;
    void **kept; /* the earlier rows of each keep of the plan, room for `capacity` */
    int32_t *source, *rows; /* the source; the rows of the written side */
    long sources, count, capacity;
    long first; /* rows that were there before the first step */
    double *logits;
};

static bool translates(const struct run *run)
{
    return run->model->family->two_sides;
}

long decode_limit(const struct model *m, long sources)
{
    return decode_limit_after(m, sources, 0);
}

long decode_limit_after(const struct model *m, long sources, long prefix)
{
    long most = m->config->max_positions, limit = 2 * sources + 10 + prefix;
    if (!m->family->two_sides)
        most = most > sources ? most - sources : 0;
    return limit < most ? limit : most;
}

int32_t decode_first(const struct model *m, const int32_t *source, long sources)
{
    return m->family->two_sides ? m->config->bos_token_id : source[sources - 1];
}

struct token_list decode_ends(const struct model *m)
{
    return (struct token_list){m->config->ends, m->config->end_count};
}

bool token_list_has(const struct token_list *list, int32_t token)
{
    for (long i = 0; i < list->count; i++)
        if (list->ids[i] == token)
            return true;
    return false;
}

/* The maps of a long text grow with its square: one that would not fit is refused before
 * anything is computed. A stage stands in memory with one of its inputs. */
static int check_size(const struct run *run, const struct plan *p, struct error *e)
{
    double memory = mem_installed(), each = run->options.engine == ENGINE_FAST ? 4 : 8;
    for (size_t i = 0; i < p->count; i++) {
        double bytes = each * (double)tensor_count(&p->stages[i].shape);
        if (2 * bytes > memory)
            return error_set(e,
                             "the text is too long: %s alone takes %.0f MB, and there "
                             "are %.0f MB of memory; give fewer tokens",
                             stage_id(&p->stages[i]), bytes / 1e6, memory / 1e6);
    }
    return 0;
}

bool run_unmasked(const struct run *run)
{
    return whatifs_unmask(run->whatifs) ||
           config_own(run->model->config, "causal_mask") == 0;
}

struct plan *run_plan_feed(const struct run *run, const struct feed *feed,
                           struct error *e)
{
    struct plan *p = model_plan_feed(run->model, feed, e);
    if (p && (whatifs_apply(run->whatifs, p, e) < 0 || check_size(run, p, e) < 0)) {
        plan_free(p);
        return NULL;
    }
    return p;
}

struct plan *run_plan(const struct run *run, const int32_t *source, long sources,
                      const int32_t *target, long targets, struct error *e)
{
    struct feed feed = {.source = {.ids = source, .rows = sources}};
    if (translates(run))
        feed.target = (struct feed_side){.ids = target, .rows = targets};
    return run_plan_feed(run, &feed, e);
}

/* ---- life ---- */

/* The rows after so many steps, where the model's positions have room for them. */
static long room(const struct run *run, long sources, long steps)
{
    long most = run->model->config->max_positions;
    long rows = steps + (translates(run) ? 0 : sources - 1);
    return rows < most ? rows : most;
}

/* The feed of the next `n` rows: they alone, or all rows so far. */
static struct feed next_feed(const struct decoder *d, struct segment *span, long n)
{
    long first = d->whole ? 0 : d->count;
    *span = (struct segment){0, d->count + n - first, first};
    struct feed_side written = {d->rows + first, span, span->count, 1};
    struct feed feed = {.goes_on = !d->whole};
    if (translates(d->run)) {
        feed.source = (struct feed_side){.ids = d->source, .rows = d->sources};
        feed.target = written;
    } else {
        feed.source = written;
    }
    return feed;
}

static size_t row_bytes(const struct decoder *d, size_t keep)
{
    const struct plan *p = trace_plan(d->trace);
    enum tensor_type type = trace_engine(d->trace) == ENGINE_FAST ? TENSOR_F32
                                                                  : TENSOR_F64;
    return tensor_type_size(type) *
           (size_t)p->stages[p->keeps[keep].stage].shape.size[1];
}

/* The plan, fed with the first row, and room for the rows it keeps. `old` may be NULL. */
static int open_trace(struct decoder *d, struct trace *old, struct error *e)
{
    struct segment span;
    struct feed feed = next_feed(d, &span, 1);
    struct plan *p = run_plan_feed(d->run, &feed, e);
    if (!p)
        return -1;
    d->trace = trace_new(p, &d->run->options, old);
    d->logits_stage = plan_find_role(p, ROLE_LOGITS);
    d->kept = mem_zero(p->keep_count, sizeof *d->kept);
    for (size_t i = 0; i < p->keep_count; i++) {
        d->kept[i] = mem_zero((size_t)d->capacity, row_bytes(d, i));
        trace_keep_in(d->trace, i, d->kept[i], d->capacity);
    }
    return 0;
}

static void take_logits(struct decoder *d)
{
    const struct tensor *logits = trace_acquire(d->trace, d->logits_stage);
    long n = tensor_columns(logits), last = tensor_rows(logits) - 1;
    for (long i = 0; i < n; i++)
        d->logits[i] = tensor_get(logits, last * n + i);
    trace_release(d->trace, d->logits_stage);
}

/* Adds what the new rows have to the rows that are kept. */
static void keep_rows(struct decoder *d)
{
    const struct plan *p = trace_plan(d->trace);
    for (size_t i = 0; i < p->keep_count; i++) {
        int stage = p->keeps[i].stage;
        const struct tensor *rows = trace_acquire(d->trace, stage);
        memcpy((char *)d->kept[i] + (size_t)d->count * row_bytes(d, i), rows->data,
               tensor_bytes(rows));
        trace_release(d->trace, stage);
    }
}

/* Feeds the next n of `rows`. */
static int add_rows(struct decoder *d, long n, struct error *e)
{
    struct segment span;
    struct feed feed = next_feed(d, &span, n);
    if (model_check_feed(d->run->model, &feed, e) < 0 ||
        trace_feed(d->trace, &feed, e) < 0)
        return -1;
    keep_rows(d);
    d->count += n;
    return 0;
}

static int check_beginning(const struct run *run, const int32_t *source, long sources,
                           struct error *e)
{
    const struct model *m = run->model;
    if (sources < 1)
        return error_set(e, "the source is empty; give at least one token");
    if (translates(run) && decode_first(m, source, sources) < 0)
        return error_set(e, "the model %s has no token to begin an output with; add "
                         "\"bos_token_id\" to its config.json", m->name);
    return 0;
}

struct decoder *decoder_new(const struct run *run, const int32_t *source, long sources,
                            struct error *e)
{
    long steps = decode_limit(run->model, sources) + 1;
    return decoder_new_for(run, source, sources, steps, e);
}

struct decoder *decoder_new_for(const struct run *run, const int32_t *source,
                                long sources, long steps, struct error *e)
{
    if (check_beginning(run, source, sources, e) < 0)
        return NULL;
    struct decoder *d = mem_zero(1, sizeof *d);
    d->run = run;
    d->whole = run_unmasked(run);
    d->capacity = room(run, sources, steps);
    d->sources = sources;
    d->source = mem_copy(source, (size_t)sources, sizeof *source);
    d->rows = mem_zero((size_t)(d->capacity + sources), sizeof *d->rows);
    if (translates(run))
        d->rows[0] = decode_first(run->model, source, sources);
    else
        memcpy(d->rows, source, sizeof *source * (size_t)sources);
    long n = model_vocabulary(run->model, family_writes(run->model->family));
    d->logits = mem_zero((size_t)n, sizeof *d->logits);
    d->first = translates(run) ? 0 : sources - 1;
    if (open_trace(d, NULL, e) == 0 && (!d->first || add_rows(d, d->first, e) == 0))
        return d;
    decoder_free(d);
    return NULL;
}

struct decoder *decoder_copy(const struct decoder *from)
{
    struct decoder *d = mem_alloc(1, sizeof *d);
    *d = *from;
    size_t room = (size_t)(from->capacity + from->sources);
    d->source = mem_copy(from->source, (size_t)from->sources, sizeof *d->source);
    d->rows = mem_copy(from->rows, room, sizeof *d->rows);
    long n = model_vocabulary(d->run->model, family_writes(d->run->model->family));
    d->logits = mem_zero((size_t)n, sizeof *d->logits);
    d->count = 0;
    open_trace(d, from->trace, NULL); /* the same was planned before: it cannot fail */
    d->count = from->count;
    for (size_t i = 0; i < trace_plan(d->trace)->keep_count; i++)
        memcpy(d->kept[i], from->kept[i], row_bytes(d, i) * (size_t)d->count);
    return d;
}

void decoder_free(struct decoder *d)
{
    if (!d)
        return;
    for (size_t i = 0; d->trace && i < trace_plan(d->trace)->keep_count; i++)
        free(d->kept[i]);
    free(d->kept);
    trace_free(d->trace);
    free(d->source);
    free(d->rows);
    free(d->logits);
    free(d);
}

long decoder_rows(const struct decoder *d)
{
    return d->count - d->first;
}

const double *decoder_step(struct decoder *d, int32_t token, struct error *e)
{
    if (d->count >= d->capacity) {
        error_set(e, "the output is longer than the %ld tokens allowed for this text",
                  d->capacity);
        return NULL;
    }
    d->rows[d->count] = token;
    if (add_rows(d, 1, e) < 0)
        return NULL;
    take_logits(d);
    long n = model_vocabulary(d->run->model, family_writes(d->run->model->family));
    for (long i = 0; i < n; i++)
        if (!isfinite(d->logits[i])) {
            decoder_not_finite(e);
            return NULL;
        }
    return d->logits;
}

int decoder_not_finite(struct error *e)
{
    return error_set(e, "the pass is not finite: some of its numbers are too large, or "
                        "not a number; use other weights, or another what-if");
}

int decoder_check_finite(struct trace *t, struct error *e)
{
    const struct plan *p = trace_plan(t);
    int last = plan_find_role(p, ROLE_LOGITS);
    if (last < 0)
        return 0;
    if (p->stages[last].in[0].kind == REF_STAGE)
        last = p->stages[last].in[0].index;
    const struct tensor *x = trace_acquire(t, last);
    bool finite = true;
    for (long i = 0, n = tensor_count(x); i < n && finite; i++)
        finite = isfinite(tensor_get(x, i));
    trace_release(t, last);
    return finite ? 0 : decoder_not_finite(e);
}

long decode_best(const double *x, long n)
{
    long best = 0;
    for (long i = 1; i < n; i++)
        if (x[i] > x[best] || isnan(x[best]))
            best = i;
    return best;
}

double decode_log_sum(const double *x, long n)
{
    double most = x[decode_best(x, n)], sum = 0;
    for (long i = 0; i < n; i++)
        sum += exp(x[i] - most);
    return most + log(sum);
}
