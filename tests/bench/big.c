#include "big.h"

#include "base/file.h"
#include "base/memory.h"
#include "measure.h"
#include "model/model.h"
#include "numbers/matmul.h"
#include "numbers/trace.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 5

static const char config[] =
    "{\"model_type\":\"transformer\",\"d_model\":768,\"nhead\":12,"
    "\"num_encoder_layers\":12,\"num_decoder_layers\":1,\"dim_feedforward\":3072,"
    "\"activation\":\"gelu\",\"max_positions\":1024,\"vocab_size\":100,"
    "\"bos_token_id\":1,\"eos_token_id\":2}";

static int report(const struct error *e)
{
    error_print(e);
    return 1;
}

/* ---- writing the model ---- */

static void write_header(FILE *f, const struct weights *w)
{
    struct buffer b = {0};
    size_t at = 0;
    for (size_t i = 0; i < w->count; i++) {
        const struct tensor *t = &w->items[i].tensor;
        buffer_addf(&b, "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[%ld", i ? "," : "{",
                    w->items[i].name, t->size[0]);
        if (t->rank == 2)
            buffer_addf(&b, ",%ld", t->size[1]);
        buffer_addf(&b, "],\"data_offsets\":[%zu,%zu]}", at, at + tensor_bytes(t));
        at += tensor_bytes(t);
    }
    buffer_add(&b, "}");
    while (b.length % 64 != 56) /* the data begins on a cache line */
        buffer_add(&b, " ");
    uint64_t length = b.length;
    fwrite(&length, sizeof length, 1, f);
    fwrite(b.data, 1, b.length, f);
    buffer_free(&b);
}

static bool write_weights(const char *path, const struct weights *w)
{
    FILE *f = fopen(path, "wb");
    if (!f)
        return false;
    write_header(f, w);
    for (size_t i = 0; i < w->count; i++)
        fwrite(w->items[i].tensor.data, 1, tensor_bytes(&w->items[i].tensor), f);
    bool fine = !ferror(f);
    return fclose(f) == 0 && fine;
}

int big_write(const char *model_folder)
{
    struct error e = {0};
    struct model *m = model_open(
        "random:d_model=768,nhead=12,num_encoder_layers=12,num_decoder_layers=1,"
        "dim_feedforward=3072,activation=gelu,vocab_size=100,max_positions=1024",
        &e);
    if (!m)
        return report(&e);
    char *path = file_join(model_folder, "config.json");
    char *weights = file_join(model_folder, "model.safetensors");
    int result = file_write(path, config, strlen(config), true, &e);
    if (result == 0 && !write_weights(weights, &m->weights))
        result = error_set(&e, "%s cannot be written", weights);
    free(path);
    free(weights);
    model_free(m);
    return result < 0 ? report(&e) : 0;
}

/* ---- one pass ---- */

static bool is_encoder(const struct stage *s)
{
    return s->place.stack == STACK_ENCODER;
}

static struct trace *open_pass(const struct model *m, long tokens, size_t budget,
                               struct error *e)
{
    int32_t *source = mem_alloc((size_t)tokens, sizeof *source), target = 1;
    for (long i = 0; i < tokens; i++)
        source[i] = (int32_t)(3 + i * 7 % 90);
    struct plan *p = model_plan(m, source, tokens, &target, 1, e);
    free(source);
    return p ? trace_new(p, &(struct trace_options){.budget = budget}, NULL) : NULL;
}

/* Computes the encoder; the seconds of its linear stages. With BENCH_STAGES set, the
 * seconds of every op are printed. */
static double compute_encoder(struct trace *t)
{
    const struct plan *p = trace_plan(t);
    double spent[OP_COUNT] = {0};
    for (int i = 0; i < (int)p->count; i++) {
        if (!is_encoder(&p->stages[i]))
            continue;
        double start = now();
        trace_acquire(t, i);
        trace_release(t, i);
        spent[p->stages[i].op] += now() - start;
    }
    for (int op = 0; op < OP_COUNT && getenv("BENCH_STAGES"); op++)
        fprintf(stderr, "%-12s %8.2f ms\n", op_get(op)->name, 1e3 * spent[op]);
    return spent[OP_LINEAR];
}

static double flops_of(const struct stage *s, const struct plan *p)
{
    double inner = (double)tensor_columns(plan_shape(p, s->in[0]));
    if (s->op != OP_LINEAR && s->op != OP_SCORES && s->op != OP_MIX)
        return 0;
    return 2 * inner * (double)tensor_count(&s->shape);
}

/* The work of the encoder, which bounds how fast a pass can be. */
static void print_work(const struct plan *p)
{
    double linear = 0, all = 0, bytes = 0;
    for (size_t i = 0; i < p->count; i++) {
        const struct stage *s = &p->stages[i];
        if (!is_encoder(s))
            continue;
        all += flops_of(s, p);
        linear += s->op == OP_LINEAR ? flops_of(s, p) : 0;
        bytes += (double)tensor_bytes(&s->shape);
    }
    printf("linear_flops %.9g\nflops %.9g\nbytes %.9g\n", linear, all, bytes);
}

int big_pass(const char *model_folder, long tokens, int threads)
{
    struct error e = {0};
    matmul_set_threads(threads);
    struct model *m = model_open(model_folder, &e);
    double best = INFINITY, best_linear = 0;
    for (int i = 0; m && i <= ROUNDS; i++) { /* the first is not counted */
        double start = now();
        struct trace *t = open_pass(m, tokens, (size_t)1 << 32, &e);
        if (!t)
            break;
        double linear = compute_encoder(t), all = now() - start;
        if (i && all < best) {
            best = all;
            best_linear = linear;
        }
        if (i == ROUNDS)
            print_work(trace_plan(t));
        trace_free(t);
    }
    printf("seconds %.9g\nlinear %.9g\n", best, best_linear);
    model_free(m);
    return e.set ? report(&e) : 0;
}

int big_memory(const char *model_folder, long tokens)
{
    struct error e = {0};
    struct model *m = model_open(model_folder, &e);
    struct trace *t = m ? open_pass(m, tokens, 0, &e) : NULL;
    if (!t)
        return report(&e);
    const struct plan *p = trace_plan(t);
    double most = 0, all = 0;
    for (int i = 0; i < (int)p->count; i++) {
        if (!is_encoder(&p->stages[i]))
            continue;
        trace_acquire(t, i);
        most = fmax(most, status_kilobytes("RssAnon"));
        trace_release(t, i);
        all += (double)tensor_bytes(&p->stages[i].shape) / 1024;
    }
    /* an early stage, long dropped, is still there to be opened */
    int early = plan_find(p, "encoder.0.self_attn.weights");
    double start = now();
    trace_acquire(t, early);
    printf("anon %.9g\nall %.9g\nreopen %.9g\n", most, all, now() - start);
    trace_release(t, early);
    trace_free(t);
    model_free(m);
    return 0;
}
