#include "study/decoder.h"

#include "base/memory.h"
#include "study/rewrite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the encoder left; shared by a decoder and its copies. */
struct memory {
    int users;
    struct trace *trace;
    struct decode_rows *layers; /* cross_k and cross_v of every layer, pinned */
};

struct decoder {
    const struct run *run;
    struct memory *memory;     /* NULL when every step computes all rows */
    struct decode_rows *layers; /* with the rows of this decoder; owns self_k, self_v */
    int32_t *source, *target;  /* for computing all rows */
    long sources, rows, capacity;
    struct trace *whole;
    double *logits;
};

long decode_limit(const struct model *m, long sources)
{
    long limit = 2 * sources + 10;
    return limit < m->config->max_positions ? limit : m->config->max_positions;
}

struct plan *run_plan(const struct run *run, const int32_t *source, long sources,
                      const int32_t *target, long targets, struct error *e)
{
    struct plan *p = model_plan(run->model, source, sources, target, targets, e);
    if (p && whatifs_apply(run->whatifs, p, e) < 0) {
        plan_free(p);
        return NULL;
    }
    return p;
}

/* ---- the encoder's part ---- */

static struct tensor stage_value(struct trace *t, int layer, const char *block,
                                 const char *name)
{
    char id[64];
    snprintf(id, sizeof id, "decoder.%d.%s.%s", layer, block, name);
    return *trace_acquire(t, plan_find(trace_plan(t), id));
}

static struct memory *memory_new(const struct run *run, const int32_t *source,
                                 long sources, struct error *e)
{
    const struct model *m = run->model;
    struct plan *p = m->family->memory_plan(m->config, &m->weights, source, sources, e);
    if (!p || whatifs_apply_partly(run->whatifs, p, e) < 0) {
        plan_free(p);
        return NULL;
    }
    struct memory *memory = mem_zero(1, sizeof *memory);
    int layers = m->config->num_decoder_layers;
    memory->users = 1;
    memory->trace = trace_new(p, &run->options, NULL);
    memory->layers = mem_zero((size_t)layers, sizeof *memory->layers);
    for (int i = 0; i < layers; i++) { /* pinned as long as the trace lives */
        memory->layers[i].cross_k = stage_value(memory->trace, i, "cross_attn", "k");
        memory->layers[i].cross_v = stage_value(memory->trace, i, "cross_attn", "v");
    }
    return memory;
}

static void memory_release(struct memory *memory)
{
    if (!memory || --memory->users)
        return;
    trace_free(memory->trace);
    free(memory->layers);
    free(memory);
}

/* ---- the rows of one decoder ---- */

static long room(const struct run *run, long sources)
{
    long limit = decode_limit(run->model, sources) + 1,
         most = run->model->config->max_positions;
    return limit < most ? limit : most;
}

static struct tensor new_rows(const struct run *run, long capacity)
{
    struct tensor t = {.type =
                           run->options.engine == ENGINE_FAST ? TENSOR_F32 : TENSOR_F64,
                       .rank = 2,
                       .size = {capacity, run->model->config->d_model}};
    t.data = mem_zero((size_t)tensor_count(&t), tensor_type_size(t.type));
    return t;
}

static struct decode_rows *new_layers(const struct decoder *d)
{
    int n = d->run->model->config->num_decoder_layers;
    struct decode_rows *layers = mem_zero((size_t)n, sizeof *layers);
    for (int i = 0; i < n; i++) {
        layers[i] = d->memory->layers[i];
        layers[i].self_k = new_rows(d->run, d->capacity);
        layers[i].self_v = new_rows(d->run, d->capacity);
    }
    return layers;
}

static int32_t *copy_ids(const int32_t *ids, long n, long capacity)
{
    int32_t *copy = mem_zero((size_t)capacity, sizeof *copy);
    memcpy(copy, ids, sizeof *copy * (size_t)n);
    return copy;
}

/* Whether a pass over this source can be planned. */
static bool fits(const struct run *run, const int32_t *source, long sources,
                 struct error *e)
{
    int32_t bos = run->model->config->bos_token_id;
    struct plan *p = run_plan(run, source, sources, &bos, 1, e);
    plan_free(p);
    return p != NULL;
}

struct decoder *decoder_new(const struct run *run, const int32_t *source, long sources,
                            struct error *e)
{
    struct memory *memory = NULL;
    bool whole = whatifs_unmask(run->whatifs);
    if (whole ? !fits(run, source, sources, e)
              : !(memory = memory_new(run, source, sources, e)))
        return NULL;
    struct decoder *d = mem_zero(1, sizeof *d);
    d->run = run;
    d->memory = memory;
    d->capacity = room(run, sources);
    d->layers = memory ? new_layers(d) : NULL;
    d->sources = sources;
    d->source = copy_ids(source, sources, sources);
    d->target = mem_zero((size_t)d->capacity, sizeof *d->target);
    d->logits = mem_zero((size_t)run->model->config->tgt_vocab_size, sizeof *d->logits);
    return d;
}

struct decoder *decoder_copy(const struct decoder *from)
{
    struct decoder *d = mem_alloc(1, sizeof *d);
    *d = *from;
    d->whole = NULL;
    d->source = copy_ids(from->source, from->sources, from->sources);
    d->target = copy_ids(from->target, from->rows, from->capacity);
    d->logits =
        mem_zero((size_t)d->run->model->config->tgt_vocab_size, sizeof *d->logits);
    if (!d->memory)
        return d;
    d->memory->users++;
    d->layers = new_layers(d);
    for (int i = 0; i < d->run->model->config->num_decoder_layers; i++) {
        size_t bytes = tensor_bytes(&d->layers[i].self_k);
        memcpy(d->layers[i].self_k.data, from->layers[i].self_k.data, bytes);
        memcpy(d->layers[i].self_v.data, from->layers[i].self_v.data, bytes);
    }
    return d;
}

void decoder_free(struct decoder *d)
{
    if (!d)
        return;
    for (int i = 0; d->layers && i < d->run->model->config->num_decoder_layers; i++) {
        free(d->layers[i].self_k.data);
        free(d->layers[i].self_v.data);
    }
    free(d->layers);
    memory_release(d->memory);
    trace_free(d->whole);
    free(d->source);
    free(d->target);
    free(d->logits);
    free(d);
}

long decoder_rows(const struct decoder *d)
{
    return d->rows;
}

/* ---- steps ---- */

static void take_logits(struct decoder *d, struct trace *t, long row)
{
    int stage = plan_find(trace_plan(t), "logits");
    const struct tensor *logits = trace_acquire(t, stage);
    long n = tensor_columns(logits);
    for (long i = 0; i < n; i++)
        d->logits[i] = tensor_get(logits, row * n + i);
    trace_release(t, stage);
}

/* Adds the new row's keys and values to those of the earlier rows. */
static void keep_row(struct decoder *d, struct trace *t)
{
    for (int i = 0; i < d->run->model->config->num_decoder_layers; i++) {
        struct tensor k = stage_value(t, i, "self_attn", "k");
        struct tensor v = stage_value(t, i, "self_attn", "v");
        size_t bytes = tensor_bytes(&k);
        memcpy((char *)d->layers[i].self_k.data + (size_t)d->rows * bytes, k.data, bytes);
        memcpy((char *)d->layers[i].self_v.data + (size_t)d->rows * bytes, v.data, bytes);
    }
}

static int step_row(struct decoder *d, int32_t token, struct error *e)
{
    const struct model *m = d->run->model;
    struct decode_inputs inputs = {d->rows, d->layers};
    struct plan *p = m->family->step_plan(m->config, &m->weights, token, &inputs, e);
    if (!p || whatifs_apply_partly(d->run->whatifs, p, e) < 0) {
        plan_free(p);
        return -1;
    }
    struct trace *t = trace_new(p, &d->run->options, NULL);
    take_logits(d, t, 0);
    keep_row(d, t);
    trace_free(t);
    return 0;
}

static int step_all(struct decoder *d, struct error *e)
{
    struct plan *p = run_plan(d->run, d->source, d->sources, d->target, d->rows + 1, e);
    if (!p)
        return -1;
    struct trace *t = trace_new(p, &d->run->options, d->whole);
    trace_free(d->whole);
    d->whole = t;
    take_logits(d, t, d->rows);
    return 0;
}

const double *decoder_step(struct decoder *d, int32_t token, struct error *e)
{
    if (d->rows >= d->capacity) {
        error_set(e, "the output is longer than the %ld tokens allowed for this text",
                  d->capacity);
        return NULL;
    }
    d->target[d->rows] = token;
    if ((d->memory ? step_row(d, token, e) : step_all(d, e)) < 0)
        return NULL;
    d->rows++;
    return d->logits;
}

long decode_best(const double *x, long n)
{
    long best = 0;
    for (long i = 1; i < n; i++)
        if (x[i] > x[best])
            best = i;
    return best;
}
