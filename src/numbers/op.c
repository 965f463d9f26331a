#include "numbers/op.h"

#include "base/memory.h"
#include "numbers/kernels.h"
#include "numbers/reference.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* ---- fast forms: they unpack the call for the kernels ---- */

static const float *floats(const struct op_call *c, int input)
{
    return c->in[input] ? c->in[input]->f32 : NULL;
}

static void forward_tokens(const struct op_call *c)
{
    memcpy(c->out->i32, c->params.ids, tensor_bytes(c->out));
}

static void forward_gather(const struct op_call *c)
{
    kernel_gather(c->out->f32, floats(c, 1), c->in[0]->i32, c->out->size[0],
                  c->out->size[1], c->in[1]->size[0]);
}

/* The sentence whose positions reach furthest; the others repeat some of them. */
static long furthest(const struct pack *pack)
{
    long best = 0;
    for (long i = 1; i < call_sentences(pack); i++)
        if (pack->spans[i].first + pack->spans[i].count >
            pack->spans[best].first + pack->spans[best].count)
            best = i;
    return best;
}

static void forward_sinusoid(const struct op_call *c)
{
    const struct pack *pack = c->params.rows;
    long n = c->out->size[0], d = c->out->size[1], all = furthest(pack);
    struct segment far = call_span(pack, all, n, c->params.integer);
    const float *done = c->out->f32 + far.start * d;
    kernel_sinusoid(c->out->f32 + far.start * d, far.first, far.count, d);
    for (long i = 0; i < call_sentences(pack); i++) {
        struct segment s = call_span(pack, i, n, c->params.integer);
        float *out = c->out->f32 + s.start * d;
        if (i == all)
            continue;
        if (s.first < far.first)
            kernel_sinusoid(out, s.first, s.count, d);
        else
            memcpy(out, done + (s.first - far.first) * d,
                   sizeof(float) * (size_t)(s.count * d));
    }
}

static void forward_rows(const struct op_call *c)
{
    long n = c->out->size[0], d = c->out->size[1];
    for (long i = 0; i < call_sentences(c->params.rows); i++) {
        struct segment s = call_span(c->params.rows, i, n, c->params.integer);
        memcpy(c->out->f32 + s.start * d, floats(c, 0) + s.first * d,
               sizeof(float) * (size_t)(s.count * d));
    }
}

static void forward_scale(const struct op_call *c)
{
    kernel_scale(c->out->f32, floats(c, 0), c->params.number, tensor_count(c->out));
}

static void forward_add(const struct op_call *c)
{
    kernel_add(c->out->f32, floats(c, 0), floats(c, 1), tensor_count(c->out));
}

static void forward_linear(const struct op_call *c)
{
    kernel_linear(c->out->f32, floats(c, 0), floats(c, 1), floats(c, 2), c->out->size[0],
                  c->out->size[1], c->in[0]->size[1]);
}

static void forward_split_heads(const struct op_call *c)
{
    kernel_split_heads(c->out->f32, floats(c, 0), c->in[0]->size[0], c->in[0]->size[1],
                       c->params.integer);
}

/* Each query meets the keys of its own sentence; in the columns beyond them stands -inf,
 * as if they were masked. */
static void forward_scores(const struct op_call *c)
{
    const struct pack *queries = c->params.rows, *keys = c->params.keys;
    long m = call_rows(c->out), width = tensor_columns(c->out);
    long n = call_rows(c->in[1]), k = tensor_columns(c->in[0]);
    for (long h = 0; h < call_heads(c->out); h++)
        for (long i = 0; i < call_sentences(queries); i++) {
            struct segment q = call_span(queries, i, m, 0), s = call_span(keys, i, n, 0);
            kernel_scores(c->out->f32 + (h * m + q.start) * width,
                          floats(c, 0) + (h * m + q.start) * k,
                          floats(c, 1) + (h * n + s.start) * k, q.count, s.count, k,
                          width);
        }
}

static void forward_mask(const struct op_call *c)
{
    long m = call_rows(c->out), n = tensor_columns(c->out);
    for (long h = 0; h < call_heads(c->out); h++)
        for (long i = 0; i < call_sentences(c->params.rows); i++) {
            struct segment s = call_span(c->params.rows, i, m, c->params.integer);
            long at = (h * m + s.start) * n;
            kernel_mask(c->out->f32 + at, floats(c, 0) + at, s.count, n, s.first);
        }
}

static void forward_softmax(const struct op_call *c)
{
    kernel_softmax(c->out->f32, floats(c, 0), tensor_rows(c->out), tensor_columns(c->out),
                   call_temperature(c));
}

static void forward_uniform(const struct op_call *c)
{
    long n = tensor_columns(c->out), block = n * call_rows(c->out);
    for (long h = 0; h < call_heads(c->out); h++) {
        float *out = c->out->f32 + h * block;
        const float *x = floats(c, 0) + h * block;
        if (call_names_head(c, h))
            kernel_uniform(out, x, block / n, n);
        else
            kernel_softmax(out, x, block / n, n, call_temperature(c));
    }
}

static void forward_copy(const struct op_call *c)
{
    memcpy(c->out->data, c->in[0]->data, tensor_bytes(c->out));
}

static void forward_zero(const struct op_call *c)
{
    memset(c->out->data, 0, tensor_bytes(c->out));
}

static void forward_append(const struct op_call *c)
{
    long old = call_kept(c) * c->out->size[1];
    memcpy(c->out->f32, floats(c, 0), sizeof(float) * (size_t)old);
    memcpy(c->out->f32 + old, floats(c, 1), tensor_bytes(c->in[1]));
}

static void mix_head(const struct op_call *c, long h)
{
    const struct pack *queries = c->params.rows, *keys = c->params.keys;
    long m = call_rows(c->out), n = tensor_columns(c->out);
    long width = tensor_columns(c->in[0]), rows = call_rows(c->in[1]);
    for (long i = 0; i < call_sentences(queries); i++) {
        struct segment q = call_span(queries, i, m, 0), s = call_span(keys, i, rows, 0);
        kernel_mix(c->out->f32 + (h * m + q.start) * n,
                   floats(c, 0) + (h * m + q.start) * width,
                   floats(c, 1) + (h * rows + s.start) * n, q.count, n, s.count, width);
    }
}

static void forward_mix(const struct op_call *c)
{
    long block = call_rows(c->out) * tensor_columns(c->out);
    for (long h = 0; h < call_heads(c->out); h++)
        if (c->params.ids && call_names_head(c, h))
            memset(c->out->f32 + h * block, 0, sizeof(float) * (size_t)block);
        else
            mix_head(c, h);
}

static void forward_merge_heads(const struct op_call *c)
{
    kernel_merge_heads(c->out->f32, floats(c, 0), c->in[0]->size[1], c->in[0]->size[2],
                       c->in[0]->size[0]);
}

static void forward_relu(const struct op_call *c)
{
    kernel_relu(c->out->f32, floats(c, 0), tensor_count(c->out));
}

static void forward_gelu(const struct op_call *c)
{
    kernel_gelu(c->out->f32, floats(c, 0), tensor_count(c->out));
}

static void forward_gelu_tanh(const struct op_call *c)
{
    kernel_gelu_tanh(c->out->f32, floats(c, 0), tensor_count(c->out));
}

static void forward_layer_norm(const struct op_call *c)
{
    kernel_layer_norm(c->out->f32, floats(c, 0), floats(c, 1), floats(c, 2),
                      tensor_rows(c->out), tensor_columns(c->out), c->params.number);
}

static void forward_subtract(const struct op_call *c)
{
    kernel_subtract(c->out->f32, floats(c, 0), floats(c, 1), tensor_count(c->out));
}

static void forward_multiply(const struct op_call *c)
{
    kernel_multiply(c->out->f32, floats(c, 0), floats(c, 1), tensor_count(c->out));
}

static void forward_share(const struct op_call *c)
{
    kernel_share(c->out->f32, floats(c, 0), tensor_rows(c->out), tensor_columns(c->out));
}

static void forward_cosine(const struct op_call *c)
{
    kernel_cosine(c->out->f32, floats(c, 0), floats(c, 1), c->out->size[0],
                  c->out->size[1], c->in[0]->size[1]);
}

static void forward_center(const struct op_call *c)
{
    kernel_center(c->out->f32, floats(c, 0), c->out->size[0], c->out->size[1]);
}

static void forward_pca_axes(const struct op_call *c)
{
    long n = c->in[0]->size[0], d = c->in[0]->size[1];
    double *room = mem_zero((size_t)kernel_pca_room(n, d), sizeof *room);
    kernel_pca_axes(c->out->f32, floats(c, 0), n, d, room);
    free(room);
}

static void forward_random(const struct op_call *c)
{
    kernel_random(c->out->f32, (uint64_t)c->params.integer, tensor_count(c->out));
}

static void forward_random_dots(const struct op_call *c)
{
    kernel_random_dots(c->out->f32, c->params.ids, c->out->size[0], c->params.integer,
                       (uint64_t)c->params.number);
}

static void forward_head(const struct op_call *c)
{
    memcpy(c->out->f32, floats(c, 0) + c->params.integer * tensor_count(c->out),
           tensor_bytes(c->out));
}

/* ---- sources: the cells that a result cell is made of ---- */

static long put(struct op_source *out, long limit, long n, struct op_source source)
{
    if (n < limit)
        out[n] = source;
    return n + 1;
}

static long sources_none(const struct op_call *c, long cell, struct op_source *out,
                         long limit)
{
    (void)c, (void)cell, (void)out, (void)limit;
    return 0;
}

static long sources_gather(const struct op_call *c, long cell, struct op_source *out,
                           long limit)
{
    long d = c->out->size[1];
    long id = (long)tensor_get(c->in[0], cell / d);
    if (id < 0 || id >= c->in[1]->size[0])
        return 0; /* no row of the table */
    return put(out, limit, 0, (struct op_source){1, -1, id * d + cell % d, 0});
}

static long sources_rows(const struct op_call *c, long cell, struct op_source *out,
                         long limit)
{
    long d = c->out->size[1], row = cell / d;
    long position = call_position(c, row, c->out->size[0]);
    return put(out, limit, 0, (struct op_source){0, -1, position * d + cell % d, 0});
}

/* The same cell of every input. */
static long sources_each(const struct op_call *c, long cell, struct op_source *out,
                         long limit)
{
    long n = 0;
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        if (c->in[i])
            n = put(out, limit, n, (struct op_source){i, -1, cell, 0});
    return n;
}

/* The whole row of the first input. */
static long sources_row(const struct op_call *c, long cell, struct op_source *out,
                        long limit)
{
    long d = tensor_columns(c->out), n = 0;
    for (long i = 0; i < d; i++)
        n = put(out, limit, n, (struct op_source){0, -1, cell / d * d + i, 0});
    return n;
}

/* The whole column of the first input. */
static long sources_column(const struct op_call *c, long cell, struct op_source *out,
                           long limit)
{
    long d = c->out->size[1], n = 0;
    for (long r = 0; r < c->out->size[0]; r++)
        n = put(out, limit, n, (struct op_source){0, -1, r * d + cell % d, 0});
    return n;
}

/* Every cell of the first input. */
static long sources_all(const struct op_call *c, long cell, struct op_source *out,
                        long limit)
{
    (void)cell;
    long n = 0;
    for (long i = 0; i < tensor_count(c->in[0]); i++)
        n = put(out, limit, n, (struct op_source){0, -1, i, 0});
    return n;
}

/* The product of the same cell of both inputs. */
static long sources_multiply(const struct op_call *c, long cell, struct op_source *out,
                             long limit)
{
    (void)c;
    return put(out, limit, 0, (struct op_source){0, 1, cell, cell});
}

/* The products of two rows. */
static long sources_cosine(const struct op_call *c, long cell, struct op_source *out,
                           long limit)
{
    long m = c->out->size[1], k = c->in[0]->size[1], n = 0;
    for (long i = 0; i < k; i++)
        n = put(out, limit, n,
                (struct op_source){0, 1, cell / m * k + i, cell % m * k + i});
    return n;
}

static long sources_head(const struct op_call *c, long cell, struct op_source *out,
                         long limit)
{
    long at = c->params.integer * tensor_count(c->out) + cell;
    return put(out, limit, 0, (struct op_source){0, -1, at, 0});
}

/* The whole row, then gamma and beta of the column. */
static long sources_norm(const struct op_call *c, long cell, struct op_source *out,
                         long limit)
{
    long n = sources_row(c, cell, out, limit);
    for (int i = 1; i < OP_MAX_INPUTS; i++)
        if (c->in[i])
            n = put(out, limit, n,
                    (struct op_source){i, -1, cell % tensor_columns(c->out), 0});
    return n;
}

static long sources_linear(const struct op_call *c, long cell, struct op_source *out,
                           long limit)
{
    long m = c->out->size[1], k = c->in[0]->size[1], n = 0;
    for (long i = 0; i < k; i++)
        n = put(out, limit, n,
                (struct op_source){0, 1, cell / m * k + i, cell % m * k + i});
    if (c->in[2])
        n = put(out, limit, n, (struct op_source){2, -1, cell % m, 0});
    return n;
}

static long sources_split_heads(const struct op_call *c, long cell, struct op_source *out,
                                long limit)
{
    long n = c->out->size[1], k = c->out->size[2], heads = c->out->size[0];
    long h = cell / (n * k), row = cell / k % n;
    return put(out, limit, 0,
               (struct op_source){0, -1, row * heads * k + h * k + cell % k, 0});
}

static long sources_merge_heads(const struct op_call *c, long cell, struct op_source *out,
                                long limit)
{
    long rows = c->in[0]->size[1], k = c->in[0]->size[2], d = c->out->size[1];
    long row = cell / d, h = cell % d / k;
    return put(out, limit, 0,
               (struct op_source){0, -1, (h * rows + row) * k + cell % d % k, 0});
}

static long sources_append(const struct op_call *c, long cell, struct op_source *out,
                           long limit)
{
    long old = call_kept(c) * c->out->size[1];
    struct op_source source = {cell < old ? 0 : 1, -1, cell < old ? cell : cell - old, 0};
    return put(out, limit, 0, source);
}

/* The keys of the sentence of a query row. */
static struct segment keys_of(const struct op_call *c, long query, long keys)
{
    return call_span(c->params.keys, call_sentence(c->params.rows, query), keys, 0);
}

static long sources_scores(const struct op_call *c, long cell, struct op_source *out,
                           long limit)
{
    long m = call_rows(c->out), n = tensor_columns(c->out), k = tensor_columns(c->in[0]);
    long count = 0, h = cell / (m * n), q = cell / n % m, rows = call_rows(c->in[1]);
    struct segment keys = keys_of(c, q, rows);
    long key = h * rows + keys.start + cell % n;
    for (long i = 0; i < k && cell % n < keys.count; i++)
        count = put(out, limit, count,
                    (struct op_source){0, 1, (h * m + q) * k + i, key * k + i});
    return count;
}

static long sources_mix(const struct op_call *c, long cell, struct op_source *out,
                        long limit)
{
    long m = call_rows(c->out), n = tensor_columns(c->out), k = tensor_columns(c->in[0]);
    long count = 0, h = cell / (m * n), q = cell / n % m, rows = call_rows(c->in[1]);
    struct segment keys = keys_of(c, q, rows);
    if (c->params.ids && call_names_head(c, h))
        return 0; /* switched off: a sum of nothing */
    for (long i = 0; i < keys.count; i++) {
        long value = (h * rows + keys.start + i) * n + cell % n;
        count =
            put(out, limit, count, (struct op_source){0, 1, (h * m + q) * k + i, value});
    }
    return count;
}

/* ---- the table ---- */

static const struct op table[OP_COUNT] = {
#define OP(ID, name, kind, least, most, formula, shape, forward, reference, sources,     \
           steps)                                                                        \
    [OP_##ID] = {OP_##ID,                                                                \
                 name,                                                                   \
                 OP_KIND_##kind,                                                         \
                 least,                                                                  \
                 most,                                                                   \
                 formula,                                                                \
                 shape_##shape,                                                          \
                 forward_##forward,                                                      \
                 reference_##reference,                                                  \
                 sources_##sources},
#include "numbers/op.def"
#undef OP
};

const struct op *op_get(enum op_id id)
{
    return &table[id];
}

/* What is wrong with an input, whatever its shape is for; NULL for nothing. Given
 * matrices may be in double: they must go with the engine that reads them. */
static const char *check_input(enum op_id id, const struct tensor *t, int input)
{
    bool ids = id == OP_GATHER && input == 0;
    if ((t->type == TENSOR_I32) != ids)
        return ids ? "needs ids as its first input" : "needs numbers, not ids";
    return call_takes(t) ? NULL : "needs inputs of rank 1 to 3 that are not empty";
}

int op_set_shape(enum op_id id, struct op_call *call, struct error *e)
{
    const struct op *op = op_get(id);
    const char *wrong = NULL;
    int given = 0;
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        given += call->in[i] != NULL;
    if (given < op->least_inputs || given > op->most_inputs)
        return error_set(e, "op %s: %d inputs were given, %d to %d are needed", op->name,
                         given, op->least_inputs, op->most_inputs);
    for (int i = 0; i < OP_MAX_INPUTS && !wrong; i++) {
        if (call->in[i] ? i >= op->most_inputs : i < op->least_inputs)
            wrong = "has a gap between its inputs";
        else if (call->in[i])
            wrong = check_input(id, call->in[i], i);
    }
    if (!wrong && call->params.ids && call->params.size[0] < 0)
        wrong = "needs a list that is not shorter than nothing";
    if (!wrong)
        wrong = op->shape(call);
    return wrong ? error_set(e, "op %s: %s", op->name, wrong) : 0;
}
