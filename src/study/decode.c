#include "study/decode.h"

#include "base/memory.h"
#include "base/order.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

long decode_argmax(const struct tensor *t, long row)
{
    long n = tensor_columns(t);
    double *x = mem_alloc((size_t)n, sizeof *x);
    for (long i = 0; i < n; i++)
        x[i] = tensor_get(t, row * n + i);
    long best = decode_best(x, n);
    free(x);
    return best;
}

/* ---- sampling ---- */

void decode_distribution(const double *logits, long n,
                         const struct decode_options *options, double *p)
{
    double cold = options->temperature > 0 ? options->temperature : 1, left = 0;
    for (long i = 0; i < n; i++)
        p[i] = logits[i] / cold;
    double all = decode_log_sum(p, n);
    for (long i = 0; i < n; i++)
        p[i] = exp(p[i] - all);
    long *order = mem_alloc((size_t)n, sizeof *order);
    long keep = options->top_k > 0 && options->top_k < n ? options->top_k : n;
    if (keep < n || options->top_p > 0)
        order_largest(p, n, n, order);
    for (long i = 0; i < n && (keep < n || options->top_p > 0); i++) {
        bool drop = i >= keep || (options->top_p > 0 && i > 0 && left >= options->top_p);
        if (drop)
            p[order[i]] = 0;
        left += p[order[i]];
    }
    for (long i = 0; i < n && left > 0; i++)
        p[i] /= left;
    free(order);
}

static long draw(const double *p, long n, struct random *random)
{
    double u = random_uniform(random), sum = 0;
    long last = 0;
    for (long i = 0; i < n; i++) {
        if (p[i] <= 0)
            continue;
        last = i;
        sum += p[i];
        if (u < sum)
            return i;
    }
    return last; /* the sum is a rounding error below 1 */
}

/* What decoding begins with and where it ends. */
struct goal {
    int32_t first;
    const struct config *ends; /* which tokens end it */
    long vocabulary, limit;
};

/* ---- one token after the other ---- */

struct walker {
    const struct decode_options *options;
    struct random random;
    double *p; /* room for a distribution */
};

static long choose(struct walker *w, const double *logits, long n)
{
    if (!w->options->sample)
        return decode_best(logits, n);
    decode_distribution(logits, n, w->options, w->p);
    return draw(w->p, n, &w->random);
}

static int decode_one(struct decoder *d, const struct goal *g, struct walker *w,
                      int32_t *ids, long *count, struct error *e)
{
    int32_t token = g->first;
    for (*count = 0; *count < g->limit; (*count)++) {
        const double *logits = decoder_step(d, token, e);
        if (!logits)
            return -1;
        token = (int32_t)choose(w, logits, g->vocabulary);
        if (config_ends(g->ends, token))
            return 0;
        ids[*count] = token;
    }
    return 0;
}

/* ---- beam search ---- */

/* A beginning: its decoder has read all its tokens but the last. */
struct beam {
    struct decoder *decoder;
    int32_t *ids;
    long count;
    double score; /* Σ log p */
};

struct candidate {
    const struct beam *from;
    int32_t token;
    double score;
};

struct search {
    struct goal goal;
    const struct decode_options *options;
    struct beam *alive;
    long alive_count;
    struct beam best; /* of the finished; score already divided */
    bool finished;
};

static double penalty(const struct search *s, long length)
{
    return pow((5 + (double)length) / 6, s->options->length_penalty);
}

static void free_beam(struct beam *b)
{
    decoder_free(b->decoder);
    free(b->ids);
}

static int32_t *extended(const struct beam *b, int32_t token, long limit)
{
    int32_t *ids = mem_zero((size_t)limit + 1, sizeof *ids);
    memcpy(ids, b->ids, sizeof *ids * (size_t)b->count);
    ids[b->count] = token;
    return ids;
}

/* A finished beginning (eos, or no room for more) is kept when it is the best so far. */
static void finish(struct search *s, const struct candidate *c)
{
    bool eos = config_ends(s->goal.ends, c->token);
    long length = c->from->count + 1;
    double score = c->score / penalty(s, length);
    if (s->finished && score <= s->best.score)
        return;
    free(s->best.ids);
    s->best.ids = extended(c->from, c->token, s->goal.limit);
    s->best.count = eos ? length - 1 : length;
    s->best.score = score;
    s->finished = true;
}

/* The best candidates of one beginning, written after `n` others. */
static int expand(struct search *s, const struct beam *b, struct candidate *out, long *n,
                  struct error *e)
{
    long size = s->goal.vocabulary, beam = s->options->beam;
    long width = beam < size ? beam : size;
    int32_t last = b->count ? b->ids[b->count - 1] : s->goal.first;
    const double *logits = decoder_step(b->decoder, last, e);
    if (!logits)
        return -1;
    double all = decode_log_sum(logits, size);
    long *order = mem_alloc((size_t)width, sizeof *order);
    order_largest(logits, size, width, order);
    for (long i = 0; i < width; i++)
        out[(*n)++] = (struct candidate){b, (int32_t)order[i],
                                         b->score + logits[order[i]] - all};
    free(order);
    return 0;
}

static int by_score(const void *a, const void *b)
{
    double x = ((const struct candidate *)a)->score,
           y = ((const struct candidate *)b)->score;
    return (x < y) - (x > y);
}

/* One step of all beginnings: the best `beam` candidates end or live on. */
static int advance(struct search *s, struct error *e)
{
    long width = s->options->beam, n = 0;
    struct candidate *list = mem_alloc((size_t)(width * s->alive_count), sizeof *list);
    int result = 0;
    for (long i = 0; i < s->alive_count && result == 0; i++)
        result = expand(s, &s->alive[i], list, &n, e);
    if (result < 0)
        n = 0;
    qsort(list, (size_t)n, sizeof *list, by_score);
    struct beam *next = mem_zero((size_t)width, sizeof *next);
    long count = 0;
    for (long i = 0; i < n && i < width; i++) {
        const struct candidate *c = &list[i];
        if (config_ends(s->goal.ends, c->token) || c->from->count + 1 >= s->goal.limit)
            finish(s, c);
        else
            next[count++] = (struct beam){decoder_copy(c->from->decoder),
                                          extended(c->from, c->token, s->goal.limit),
                                          c->from->count + 1, c->score};
    }
    for (long i = 0; i < s->alive_count; i++)
        free_beam(&s->alive[i]);
    free(s->alive);
    free(list);
    s->alive = next;
    s->alive_count = count;
    return result;
}

/* Whether a living beginning could still beat the best finished one: its score can only
 * fall, and the divisor is at most that of the longest output. */
static bool hopeful(const struct search *s)
{
    for (long i = 0; i < s->alive_count; i++)
        if (!s->finished || s->alive[i].score / penalty(s, s->goal.limit) > s->best.score)
            return true;
    return false;
}

/* Takes the decoder. */
static int decode_beam(struct decoder *d, const struct goal *goal,
                       const struct decode_options *options, int32_t *ids, long *count,
                       struct error *e)
{
    struct search s = {.goal = *goal, .options = options};
    size_t room = (size_t)goal->limit + 1;
    s.alive = mem_zero(1, sizeof *s.alive);
    s.alive[0] = (struct beam){d, mem_zero(room, sizeof(int32_t)), 0, 0};
    s.alive_count = 1;
    int result = 0;
    while (result == 0 && goal->limit > 0 && hopeful(&s))
        result = advance(&s, e);
    for (long i = 0; i < s.alive_count; i++)
        free_beam(&s.alive[i]);
    free(s.alive);
    *count = s.best.count;
    if (s.finished)
        memcpy(ids, s.best.ids, sizeof *ids * (size_t)s.best.count);
    free(s.best.ids);
    return result;
}

int decode_target(const struct run *run, const int32_t *source, long sources,
                  const struct decode_options *options, int32_t **ids, long *count,
                  struct error *e)
{
    const struct model *m = run->model;
    struct goal goal = {.ends = m->config,
                        .vocabulary = model_vocabulary(m, family_writes(m->family)),
                        .limit = decode_limit(m, sources)};
    if (options->most > 0 && options->most < goal.limit)
        goal.limit = options->most;
    struct decoder *d = decoder_new(run, source, sources, e);
    if (!d)
        return -1;
    int result;
    goal.first = decode_first(m, source, sources);
    *count = 0;
    *ids = mem_zero((size_t)goal.limit + 1, sizeof **ids);
    if (options->beam > 1) {
        result = decode_beam(d, &goal, options, *ids, count, e);
    } else {
        struct walker w = {options, random_seed(options->seed),
                           mem_alloc((size_t)goal.vocabulary, sizeof(double))};
        result = decode_one(d, &goal, &w, *ids, count, e);
        free(w.p);
        decoder_free(d);
    }
    /* the row after the last token must fit the model's positions too */
    if (m->family->two_sides && *count == m->config->max_positions)
        (*count)--;
    if (result == 0)
        return 0;
    free(*ids);
    *ids = NULL;
    return -1;
}
