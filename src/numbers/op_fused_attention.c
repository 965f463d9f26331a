/* Attention in one op, for training: from queries, keys and values to the context,
 * without a stage for each of its steps. It equals SPLIT_HEADS, SCORES, SCALE, MASK,
 * SOFTMAX, MIX and MERGE_HEADS one after the other (3.2.1, 3.2.2, equation 1).
 *
 * Each op is one block: its idea, shape, fast form, naive form. Nobody opens a cell of
 * these: the stages that they stand for are there for that. */
#include "base/memory.h"
#include "numbers/op.h"
#include "numbers/wide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- FUSED_ATTENTION. softmax(QKᵀ·c)·V of all heads, side by side ----
 *
 * Inputs: rows [n, 3d] of queries, keys and values; or queries [n, d], and keys and
 * values [m, 2d]. Params: integer, the heads (0: one); number, c; size[0], 1 where no row
 * may see later ones; rows and keys, the packs. The result is [n, d]. */

#define MOST_KEYS 512
#define MOST_WIDTH 64 /* of a head */
#define HALF (LANES / 2)

/* Where the parts stand: the queries in input `first`, what is asked in the next, or in
 * the same. */
struct parts {
    const struct tensor *q, *kv;
    long d, heads, width; /* of all heads; how many; of one */
    long k, v;            /* first columns of keys and values */
};

static struct parts parts_of(const struct op_call *c, int first)
{
    struct parts p = {.q = c->in[first], .kv = c->in[first + 1],
                      .heads = c->params.integer ? c->params.integer : 1};
    bool apart = p.kv != NULL;
    p.d = tensor_columns(p.q) / (apart ? 1 : 3);
    if (!apart)
        p.kv = p.q;
    p.k = apart ? 0 : p.d;
    p.v = p.k + p.d;
    p.width = p.heads > 0 ? p.d / p.heads : 0;
    return p;
}

static const char *check_parts(const struct op_call *c, int first)
{
    for (int i = first; i < first + 2; i++)
        if (c->in[i] && c->in[i]->rank != 2)
            return "needs rows of queries, keys and values";
    struct parts p = parts_of(c, first);
    if (p.heads < 1 || p.width < 1 || p.width * p.heads != p.d || p.width > MOST_WIDTH ||
        tensor_columns(p.kv) != p.v + p.d || tensor_columns(p.q) % p.d)
        return "needs queries, keys and values of one width, and heads that divide it";
    const struct pack *keys = c->params.keys, *rows = c->params.rows;
    if (!shape_fits_pack(rows, p.q) || !shape_fits_pack(keys, p.kv) || !rows != !keys)
        return "needs queries and keys of the sentences that are fed";
    if ((keys ? keys->longest : call_rows(p.kv)) > MOST_KEYS)
        return "has more keys than it takes";
    return isfinite(c->params.number) ? NULL : "needs a factor";
}

static const char *shape_fused_attention(const struct op_call *c)
{
    const char *wrong = check_parts(c, 0);
    if (wrong)
        return wrong;
    return shape_set(c, 2, call_rows(c->in[0]), parts_of(c, 0).d, 0);
}

/* One head of one sentence. The rows of q, k and v are `ask` and `row` apart. */
struct look {
    const float *q, *k, *v;
    long ask, row, queries, keys, width;
    float scale;
    bool causal;
};

/* A register holds the same cell of LANES queries, so that nothing is ever summed across
 * a register. */
typedef float lanes __attribute__((vector_size(sizeof(float) * LANES)));
typedef int32_t whole __attribute__((vector_size(sizeof(float) * LANES)));
typedef float half __attribute__((vector_size(sizeof(float) * HALF), aligned(4),
                                  may_alias));

#define INLINE static inline __attribute__((always_inline))

/* x where the mask is set, else y, in the place of y. */
INLINE void choose(const whole *mask, const lanes *x, lanes *y)
{
    whole a = (whole)*x & *mask, b = (whole)*y & ~*mask;
    *y = (lanes)(a | b);
}

/* e^x, as `exponential` (numbers/wide.h), for x <= 0; and 0 below -87, before numbers
 * become so small that the processor takes its time for each of them. */
INLINE void exponentials(lanes *at)
{
    lanes x = *at, least = (lanes){0} - 87.0f, none = {0};
    whole low = x < least;
    choose(&low, &least, &x);
    lanes shifted = x * 1.44269504f + 12582912.0f, n = shifted - 12582912.0f;
    lanes r = x - n * 0.693359375f + n * 2.12194440e-4f;
    lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    lanes y = p * r * r + r + 1;
    whole power = (whole)shifted - 0x4b400000, first = power >> 1;
    *at = y * (lanes)((first + 127) << 23) * (lanes)((power - first + 127) << 23);
    choose(&low, &none, at);
}

/* Eight registers of two rows each (r, and r + 8 behind it) become eight of columns, and
 * back: in three rounds rows and columns change places that differ in one bit. */
#define KEEP(lane, BIT) ((lane) & (BIT) ? ((lane) ^ (BIT)) + LANES : (lane))
#define MEET(lane, BIT) ((lane) & (BIT) ? (lane) + LANES : (lane) ^ (BIT))
#define EACH(WHICH, BIT)                                                                 \
    WHICH(0, BIT), WHICH(1, BIT), WHICH(2, BIT), WHICH(3, BIT), WHICH(4, BIT),           \
        WHICH(5, BIT), WHICH(6, BIT), WHICH(7, BIT), WHICH(8, BIT), WHICH(9, BIT),       \
        WHICH(10, BIT), WHICH(11, BIT), WHICH(12, BIT), WHICH(13, BIT), WHICH(14, BIT),  \
        WHICH(15, BIT)
#define ROUND(x, BIT)                                                                    \
    for (int i = 0; i < HALF; i++)                                                       \
        if (!(i & (BIT))) {                                                              \
            lanes low = (x)[i], high = (x)[i + (BIT)];                                   \
            (x)[i] = __builtin_shufflevector(low, high, EACH(KEEP, BIT));                \
            (x)[i + (BIT)] = __builtin_shufflevector(low, high, EACH(MEET, BIT));        \
        }

INLINE void change_places(lanes *x)
{
    ROUND(x, 1)
    ROUND(x, 2)
    ROUND(x, 4)
}

INLINE void row_or_nothing(half *out, const float *x, long row, long r, long rows)
{
    *out = r < rows ? *(const half *)(x + r * row) : (half){0};
}

/* Rows of one column block, turned: a register for each column; 0 beyond the rows. */
INLINE void turn(lanes *out, const float *x, long row, long rows, long width, float scale)
{
    for (long r = 0; r < HALF && width == HALF; r++) {
        half first, second;
        row_or_nothing(&first, x, row, r, rows);
        row_or_nothing(&second, x, row, r + HALF, rows);
        out[r] = scale * __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7, 8,
                                                 9, 10, 11, 12, 13, 14, 15);
    }
    if (width == HALF) {
        change_places(out);
        return;
    }
    for (long i = 0; i < width; i++)
        for (long r = 0; r < LANES; r++)
            out[i][r] = r < rows ? x[r * row + i] * scale : 0;
}

/* The registers are used up. */
INLINE void turn_back(float *out, lanes *x, long row, long rows, long width)
{
    if (width == HALF) {
        change_places(x);
        for (long r = 0; r < rows; r++)
            memcpy(out + r * row, (const float *)&x[r % HALF] + (r < HALF ? 0 : HALF),
                   sizeof(half));
        return;
    }
    for (long i = 0; i < width; i++)
        for (long r = 0; r < rows; r++)
            out[r * row + i] = x[i][r];
}

/* Σ x[i]·k[i]: what a key gives all queries. */
INLINE void meet(lanes *out, const lanes *x, const float *k, long width)
{
    lanes sum = x[0] * k[0];
    for (long i = 1; i < width; i++)
        sum += x[i] * k[i];
    *out = sum;
}

/* How many keys some query of the block that begins at `first` may see. */
INLINE long seen_by(const struct look *l, long first)
{
    return l->causal && first + LANES < l->keys ? first + LANES : l->keys;
}

/* The weights of the keys for a block of queries, each over the sum that is returned. */
INLINE void weigh(lanes *a, lanes *sum, const struct look *l, const lanes *q, long first,
                  long width)
{
    lanes most = (lanes){0} - INFINITY, never = most;
    whole lane;
    for (int j = 0; j < LANES; j++)
        lane[j] = j + (int)first;
    for (long j = 0; j < seen_by(l, first); j++) {
        meet(&a[j], q, l->k + j * l->row, width);
        whole later = lane < (int)j;
        if (l->causal)
            choose(&later, &never, &a[j]);
        later = a[j] > most;
        choose(&later, &a[j], &most);
    }
    lanes all = {0};
    for (long j = 0; j < seen_by(l, first); j++) {
        a[j] -= most;
        exponentials(&a[j]);
        all += a[j];
    }
    *sum = all;
}

/* out[i] = Σ a[j]·x[j][i] over n rows of keys or values, eight columns at a time. */
INLINE void mix(lanes *out, const lanes *a, const float *x, long row, long n, long width)
{
    long i = 0;
    for (; i + HALF <= width; i += HALF) {
        lanes sum[HALF];
        for (int c = 0; c < HALF; c++)
            sum[c] = a[0] * x[i + c];
        for (long j = 1; j < n; j++)
            for (int c = 0; c < HALF; c++)
                sum[c] += a[j] * x[j * row + i + c];
        for (int c = 0; c < HALF; c++)
            out[i + c] = sum[c];
    }
    for (; i < width; i++) {
        out[i] = a[0] * x[i];
        for (long j = 1; j < n; j++)
            out[i] += a[j] * x[j * row + i];
    }
}

INLINE void attend_by(float *out, long row, const struct look *l, long width)
{
    lanes a[MOST_KEYS], q[MOST_WIDTH], context[MOST_WIDTH], sum;
    for (long first = 0; first < l->queries; first += LANES) {
        long n = l->queries - first < LANES ? l->queries - first : LANES;
        turn(q, l->q + first * l->ask, l->ask, n, width, l->scale);
        weigh(a, &sum, l, q, first, width);
        mix(context, a, l->v, l->row, seen_by(l, first), width);
        sum = 1 / sum;
        for (long i = 0; i < width; i++)
            context[i] *= sum;
        turn_back(out + first * row, context, row, n, width);
    }
}

/* Known to the compiler, a width needs no loop. */
WIDE static void attend(float *out, long row, const struct look *l)
{
    if (l->width == HALF)
        attend_by(out, row, l, HALF);
    else
        attend_by(out, row, l, l->width);
}

/* Head h of sentence i. */
static struct look look_at(const struct op_call *c, const struct parts *p, long h, long i,
                           struct segment *q, struct segment *s)
{
    *q = call_span(c->params.rows, i, call_rows(p->q), 0);
    *s = call_span(c->params.keys, i, call_rows(p->kv), 0);
    long ask = tensor_columns(p->q), row = tensor_columns(p->kv);
    const float *kv = p->kv->f32 + s->start * row + h * p->width;
    return (struct look){.q = p->q->f32 + q->start * ask + h * p->width,
                         .k = kv + p->k,
                         .v = kv + p->v,
                         .ask = ask,
                         .row = row,
                         .queries = q->count,
                         .keys = s->count,
                         .width = p->width,
                         .scale = (float)c->params.number,
                         .causal = c->params.size[0] == 1};
}

static void forward_fused_attention(const struct op_call *c)
{
    struct parts p = parts_of(c, 0);
    struct segment q, s;
    for (long i = 0; i < call_sentences(c->params.rows); i++)
        for (long h = 0; h < p.heads; h++) {
            struct look l = look_at(c, &p, h, i, &q, &s);
            attend(c->out->f32 + q.start * p.d + h * p.width, p.d, &l);
        }
}

/* ---- the naive form: one query of one head at a time ---- */

/* What a query of a head sees: the rows of keys and their weights. */
struct sight {
    struct segment keys;
    long seen;
    double *weights; /* of those that are seen */
};

static double naive_score(const struct op_call *c, const struct parts *p, long row,
                          long h, long key)
{
    double sum = 0;
    for (long i = h * p->width; i < (h + 1) * p->width; i++)
        sum += tensor_get(p->q, row * tensor_columns(p->q) + i) *
               tensor_get(p->kv, key * tensor_columns(p->kv) + p->k + i);
    return sum * c->params.number;
}

static struct sight look_naively(const struct op_call *c, const struct parts *p, long row,
                                 long h)
{
    long i = call_sentence(c->params.rows, row);
    struct segment q = call_span(c->params.rows, i, call_rows(p->q), 0);
    struct sight s = {.keys = call_span(c->params.keys, i, call_rows(p->kv), 0)};
    bool causal = c->params.size[0] == 1 && row - q.start + 1 < s.keys.count;
    double most = -INFINITY, sum = 0;
    s.seen = causal ? row - q.start + 1 : s.keys.count;
    s.weights = mem_alloc((size_t)s.seen, sizeof *s.weights);
    for (long j = 0; j < s.seen; j++) {
        s.weights[j] = naive_score(c, p, row, h, s.keys.start + j);
        most = fmax(most, s.weights[j]);
    }
    for (long j = 0; j < s.seen; j++)
        sum += s.weights[j] = exp(s.weights[j] - most);
    for (long j = 0; j < s.seen; j++)
        s.weights[j] /= sum;
    return s;
}

static double value_at(const struct parts *p, long key, long column)
{
    return tensor_get(p->kv, key * tensor_columns(p->kv) + p->v + column);
}

static void naive_fused_attention(const struct op_call *c)
{
    struct parts p = parts_of(c, 0);
    for (long r = 0; r < call_rows(p.q); r++)
        for (long h = 0; h < p.heads; h++) {
            struct sight s = look_naively(c, &p, r, h);
            for (long i = h * p.width; i < (h + 1) * p.width; i++) {
                c->out->f64[r * p.d + i] = 0;
                for (long j = 0; j < s.seen; j++)
                    c->out->f64[r * p.d + i] +=
                        s.weights[j] * value_at(&p, s.keys.start + j, i);
            }
            free(s.weights);
        }
}

static void backward_fused_attention(struct backward *b)
{
    struct op_params p = b->call->params;
    p.size[1] = 0;
    b->give(b, 0, b->add(b, OP_FUSED_ATTENTION_GRADIENT, b->grad, b->in[0], b->in[1], p));
    p.size[1] = 1;
    if (backward_has(b, 1))
        b->give(b, 1,
                b->add(b, OP_FUSED_ATTENTION_GRADIENT, b->grad, b->in[0], b->in[1], p));
}

const struct op op_fused_attention = {
    .name = "fused_attention",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 2,
    .formula = "softmax(Q·Kᵀ·c)·V of $1",
    .shape = shape_fused_attention,
    .forward = forward_fused_attention,
    .naive = naive_fused_attention,
    .sources = sources_every,
    .steps = steps_given,
    .backward = backward_fused_attention,
};

/* ---- FUSED_ATTENTION_GRADIENT. The gradient through it ----
 *
 * Inputs: the gradient g [n, d] of the context, and the inputs of the attention. Params:
 * the same; size[1], the number of the input whose gradient this is.
 *
 * ∂A = g·Vᵀ, ∂S = A ∘ (∂A - Σ A∘∂A)·c, ∂Q = ∂S·K, ∂K = ∂Sᵀ·Q, ∂V = Aᵀ·g. */

static const char *shape_fused_attention_gradient(const struct op_call *c)
{
    const char *wrong = check_parts(c, 1);
    if (wrong)
        return wrong;
    long which = c->params.size[1];
    if (which != 0 && (which != 1 || !c->in[2]))
        return "needs the number of an input";
    if (c->in[0]->rank != 2 || call_rows(c->in[0]) != call_rows(c->in[1]) ||
        tensor_columns(c->in[0]) != parts_of(c, 1).d)
        return "needs a gradient of the shape of the context";
    return shape_set(c, 2, call_rows(c->in[1 + which]), tensor_columns(c->in[1 + which]),
                     0);
}

/* Where gradients go, as `look` says where what they are of stands; NULL: not wanted. */
struct back {
    const float *g;
    long g_row;
    float *q, *k, *v;
};

/* Weights a, and in s the gradient of the scores, of a block of queries; g is that of
 * their context. */
INLINE void weigh_back(lanes *a, lanes *s, const struct look *l, const lanes *q,
                       const lanes *g, long first, long width)
{
    lanes sum, mean = {0};
    weigh(a, &sum, l, q, first, width);
    sum = 1 / sum;
    for (long j = 0; j < seen_by(l, first); j++) {
        a[j] *= sum;
        meet(&s[j], g, l->v + j * l->row, width);
        mean += a[j] * s[j];
    }
    for (long j = 0; j < seen_by(l, first); j++)
        s[j] = a[j] * (s[j] - mean);
}

/* out[i] += Σ a[r]·x[r][i] over n queries: what they give one key. */
INLINE void gather(float *out, const lanes *a, const float *x, long row, long n,
                   long width)
{
    const float *weight = (const float *)a;
    long i = 0;
    for (; i + HALF <= width; i += HALF) {
        half sum = *(const half *)(out + i);
        for (long r = 0; r < n; r++)
            sum += weight[r] * *(const half *)(x + r * row + i);
        *(half *)(out + i) = sum;
    }
    for (; i < width; i++)
        for (long r = 0; r < n; r++)
            out[i] += weight[r] * x[r * row + i];
}

INLINE void back_by(const struct look *l, const struct back *b, long width)
{
    lanes a[MOST_KEYS], s[MOST_KEYS], q[MOST_WIDTH], g[MOST_WIDTH];
    for (long first = 0; first < l->queries; first += LANES) {
        long n = l->queries - first < LANES ? l->queries - first : LANES;
        long seen = seen_by(l, first);
        const float *ask = l->q + first * l->ask, *from = b->g + first * b->g_row;
        turn(q, ask, l->ask, n, width, l->scale);
        turn(g, from, b->g_row, n, width, 1);
        weigh_back(a, s, l, q, g, first, width);
        for (long j = 0; j < seen; j++)
            s[j] *= l->scale;
        if (b->q) {
            mix(q, s, l->k, l->row, seen, width);
            turn_back(b->q + first * l->ask, q, l->ask, n, width);
        }
        for (long j = 0; j < seen && b->k; j++) {
            gather(b->k + j * l->row, &s[j], ask, l->ask, n, width);
            gather(b->v + j * l->row, &a[j], from, b->g_row, n, width);
        }
    }
}

WIDE static void attend_back(const struct look *l, const struct back *b)
{
    if (l->width == HALF)
        back_by(l, b, HALF);
    else
        back_by(l, b, l->width);
}

/* Keys that no sentence asks for get no gradient; several may ask for the same ones. */
static void back_sentence(const struct op_call *c, const struct parts *p, long i, long h)
{
    struct segment q, s;
    struct look l = look_at(c, p, h, i, &q, &s);
    float *out = c->out->f32 + h * p->width;
    struct back b = {c->in[0]->f32 + q.start * p->d + h * p->width, p->d, NULL, NULL,
                     NULL};
    if (c->params.size[1] == 0)
        b.q = out + q.start * l.ask;
    if (c->params.size[1] == 1 || !c->in[2]) {
        b.k = out + s.start * l.row + p->k;
        b.v = out + s.start * l.row + p->v;
    }
    attend_back(&l, &b);
}

static void forward_fused_attention_gradient(const struct op_call *c)
{
    struct parts p = parts_of(c, 1);
    memset(c->out->f32, 0, tensor_bytes(c->out));
    for (long i = 0; i < call_sentences(c->params.rows); i++)
        for (long h = 0; h < p.heads; h++)
            back_sentence(c, &p, i, h);
}

/* Adds what one query of one head gives. */
static void back_naively(const struct op_call *c, const struct parts *p, long r, long h,
                         bool queries, bool keys)
{
    struct sight s = look_naively(c, p, r, h);
    long columns = tensor_columns(c->out), first = h * p->width;
    double *ga = mem_zero((size_t)s.seen, sizeof *ga), mean = 0;
    for (long j = 0; j < s.seen; j++) {
        for (long i = first; i < first + p->width; i++)
            ga[j] += call_get(c, 0, r * p->d + i) * value_at(p, s.keys.start + j, i);
        mean += s.weights[j] * ga[j];
    }
    for (long j = 0; j < s.seen; j++) {
        double gs = s.weights[j] * (ga[j] - mean) * c->params.number;
        long key = s.keys.start + j;
        for (long i = first; i < first + p->width; i++) {
            if (queries)
                c->out->f64[r * columns + i] +=
                    gs * tensor_get(p->kv, key * tensor_columns(p->kv) + p->k + i);
            if (!keys)
                continue;
            c->out->f64[key * columns + p->k + i] +=
                gs * tensor_get(p->q, r * tensor_columns(p->q) + i);
            c->out->f64[key * columns + p->v + i] +=
                s.weights[j] * call_get(c, 0, r * p->d + i);
        }
    }
    free(s.weights);
    free(ga);
}

static void naive_fused_attention_gradient(const struct op_call *c)
{
    struct parts p = parts_of(c, 1);
    bool queries = c->params.size[1] == 0, keys = c->params.size[1] == 1 || !c->in[2];
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = 0;
    for (long r = 0; r < call_rows(p.q); r++)
        for (long h = 0; h < p.heads; h++)
            back_naively(c, &p, r, h, queries, keys);
}

const struct op op_fused_attention_gradient = {
    .name = "fused_attention_gradient",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 2,
    .most_inputs = 3,
    .formula = "$1 back through softmax(Q·Kᵀ·c)·V of $2",
    .shape = shape_fused_attention_gradient,
    .forward = forward_fused_attention_gradient,
    .naive = naive_fused_attention_gradient,
    .sources = sources_every,
    .steps = steps_given,
    .constant = "it is a gradient itself; how it changes is not followed",
};
