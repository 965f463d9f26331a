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
    int32_t last; /* the token that the next step is given */
    struct token_list prefix, ends;
    long vocabulary, limit; /* tokens of an output, the prefix among them */
};

/* Ids that begin with those of the list, with room for `limit` and one more. */
static int32_t *copy_ids(const int32_t *ids, long count, long limit)
{
    int32_t *copy = mem_zero((size_t)limit + 1, sizeof *copy);
    if (count)
        memcpy(copy, ids, sizeof *ids * (size_t)count);
    return copy;
}

void decode_outputs_free(struct decode_outputs *out)
{
    for (long i = 0; i < out->count; i++)
        free(out->items[i].ids);
    free(out->items);
    *out = (struct decode_outputs){0};
}

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

static int write_on(struct decoder *d, const struct goal *g, struct walker *w,
                    struct decode_output *out, struct error *e)
{
    for (int32_t token = g->last; out->count < g->limit; out->count++) {
        const double *logits = decoder_step(d, token, e);
        if (!logits)
            return -1;
        token = (int32_t)choose(w, logits, g->vocabulary);
        if (token_list_has(&g->ends, token)) {
            out->end = token;
            return 0;
        }
        out->ids[out->count] = token;
    }
    return 0;
}

static int decode_one(struct decoder *d, const struct goal *g,
                      const struct decode_options *options, struct decode_outputs *out,
                      struct error *e)
{
    struct walker w = {options, random_seed(options->seed),
                       mem_alloc((size_t)g->vocabulary, sizeof(double))};
    out->items = mem_zero(1, sizeof *out->items);
    out->count = 1;
    out->items[0] = (struct decode_output){
        .ids = copy_ids(g->prefix.ids, g->prefix.count, g->limit),
        .count = g->prefix.count,
        .end = -1};
    int result = write_on(d, g, &w, &out->items[0], e);
    free(w.p);
    return result;
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
    struct decode_outputs *out; /* the best of the finished, in order */
};

/* The score of an output that is `count` tokens long, eos among them. */
static double scaled(const struct search *s, double score, long count)
{
    double n = (double)(count - s->goal.prefix.count);
    return n > 0 ? score / pow((5 + n) / 6, s->options->length_penalty) /
                       pow(n, s->options->length_power)
                 : score;
}

static long wanted(const struct search *s)
{
    return s->options->best > 1 ? s->options->best : 1;
}

static void free_beam(struct beam *b)
{
    decoder_free(b->decoder);
    free(b->ids);
}

static int32_t *extended(const struct beam *b, int32_t token, long limit)
{
    int32_t *ids = copy_ids(b->ids, b->count, limit);
    ids[b->count] = token;
    return ids;
}

/* Puts a finished output in its place, behind those that are as good; what falls off the
 * end is forgotten. Takes the ids. */
static void add_output(struct search *s, struct decode_output output)
{
    struct decode_outputs *out = s->out;
    long at = 0, most = wanted(s);
    while (at < out->count && !(output.scaled > out->items[at].scaled))
        at++;
    if (out->count == most)
        free(at < most ? out->items[--out->count].ids : output.ids);
    if (at == most)
        return;
    memmove(out->items + at + 1, out->items + at,
            sizeof *out->items * (size_t)(out->count - at));
    out->items[at] = output;
    out->count++;
}

/* A beginning ends with eos, or since there is no room for more. */
static void finish(struct search *s, const struct candidate *c)
{
    bool eos = token_list_has(&s->goal.ends, c->token);
    long count = c->from->count + 1;
    add_output(s, (struct decode_output){
                      .ids = extended(c->from, c->token, s->goal.limit),
                      .count = eos ? count - 1 : count,
                      .end = eos ? c->token : -1,
                      .score = c->score,
                      .scaled = scaled(s, c->score, count)});
}

/* The best candidates of one beginning, written after `n` others. */
static int expand(struct search *s, const struct beam *b, struct candidate *out, long *n,
                  struct error *e)
{
    long size = s->goal.vocabulary, beam = s->options->beam;
    long width = beam < size ? beam : size;
    int32_t last = b->count ? b->ids[b->count - 1] : s->goal.last;
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

/* The larger score first; of equals the one of the earlier beginning, the lower id. */
static int by_score(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->score != y->score)
        return (x->score < y->score) - (x->score > y->score);
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->token > y->token) - (x->token < y->token);
}

/* The best `beam` candidates end or live on. */
static void select_best(struct search *s, struct candidate *list, long n)
{
    long width = s->options->beam, count = 0;
    struct beam *next = mem_zero((size_t)width, sizeof *next);
    qsort(list, (size_t)n, sizeof *list, by_score);
    for (long i = 0; i < n && i < width; i++) {
        const struct candidate *c = &list[i];
        if (token_list_has(&s->goal.ends, c->token) ||
            c->from->count + 1 >= s->goal.limit)
            finish(s, c);
        else
            next[count++] = (struct beam){decoder_copy(c->from->decoder),
                                          extended(c->from, c->token, s->goal.limit),
                                          c->from->count + 1, c->score};
    }
    for (long i = 0; i < s->alive_count; i++)
        free_beam(&s->alive[i]);
    free(s->alive);
    s->alive = next;
    s->alive_count = count;
}

/* One step of all beginnings. */
static int advance(struct search *s, struct error *e)
{
    long room = s->options->beam * s->alive_count, n = 0;
    struct candidate *list = mem_alloc((size_t)room, sizeof *list);
    int result = 0;
    for (long i = 0; i < s->alive_count && result == 0; i++)
        result = expand(s, &s->alive[i], list, &n, e);
    if (result == 0)
        select_best(s, list, n);
    free(list);
    return result;
}

/* Whether a living beginning could still come among the best: its score can only fall,
 * and the divisor is at most that of the longest output. */
static bool hopeful(const struct search *s)
{
    const struct decode_outputs *out = s->out;
    if (out->count < wanted(s))
        return s->alive_count > 0;
    double least = out->items[out->count - 1].scaled;
    for (long i = 0; i < s->alive_count; i++)
        if (scaled(s, s->alive[i].score, s->goal.limit) > least)
            return true;
    return false;
}

/* The decoder has read the prefix but its last token. */
static int decode_beam(const struct decoder *d, const struct goal *goal,
                       const struct decode_options *options, struct decode_outputs *out,
                       struct error *e)
{
    struct search s = {.goal = *goal, .options = options, .out = out};
    const struct token_list *prefix = &goal->prefix;
    struct beam first = {.decoder = decoder_copy(d),
                         .ids = copy_ids(prefix->ids, prefix->count, goal->limit),
                         .count = prefix->count};
    out->items = mem_zero((size_t)wanted(&s), sizeof *out->items);
    s.alive = mem_zero(1, sizeof *s.alive);
    s.alive[0] = first;
    s.alive_count = 1;
    int result = 0;
    while (result == 0 && goal->limit > prefix->count && hopeful(&s))
        result = advance(&s, e);
    if (result == 0 && !out->count) /* there was room for the prefix alone */
        add_output(&s, (struct decode_output){
                           .ids = copy_ids(prefix->ids, prefix->count, goal->limit),
                           .count = prefix->count,
                           .end = -1});
    for (long i = 0; i < s.alive_count; i++)
        free_beam(&s.alive[i]);
    free(s.alive);
    return result;
}

/* ---- what both begin with ---- */

/* The most tokens of an output for which there are positions. */
static long most_tokens(const struct model *m, long sources)
{
    long most = m->config->max_positions - (m->family->two_sides ? 1 : sources);
    return most > 0 ? most : 0;
}

static struct token_list ends_of(const struct model *m,
                                 const struct decode_options *options)
{
    return options->ends.count ? options->ends : decode_ends(m);
}

int decode_check(const struct model *m, long sources,
                 const struct decode_options *options, struct error *e)
{
    const struct token_list *prefix = &options->prefix;
    struct token_list ends = ends_of(m, options);
    long vocabulary = model_vocabulary(m, family_writes(m->family));
    long most = most_tokens(m, sources);
    for (long i = 0; i < prefix->count; i++) {
        long id = prefix->ids[i];
        if (id < 0 || id >= vocabulary)
            return error_set(e, "token id %ld of the prefix is not in the vocabulary; "
                             "ids are 0 to %ld", id, vocabulary - 1);
        if (token_list_has(&ends, (int32_t)id))
            return error_set(e, "token %ld of the prefix is %ld, which ends the output; "
                             "leave it out", i + 1, id);
    }
    if (prefix->count && prefix->count > most)
        return error_set(e, "the prefix has %ld tokens; this model takes at most %ld %s; "
                         "shorten it", prefix->count, most,
                         m->family->two_sides ? "after bos" : "after this text");
    if (options->most > 0 && prefix->count > options->most)
        return error_set(e, "the prefix has %ld tokens, and the output may have %ld; "
                         "shorten it", prefix->count, options->most);
    return 0;
}

static struct goal goal_of(const struct model *m, long sources,
                           const struct decode_options *options)
{
    struct goal g = {.prefix = options->prefix,
                     .ends = ends_of(m, options),
                     .vocabulary = model_vocabulary(m, family_writes(m->family)),
                     .limit = decode_limit_after(m, sources, options->prefix.count)};
    long most = most_tokens(m, sources);
    g.limit = g.limit < most ? g.limit : most;
    if (options->most > 0 && options->most < g.limit)
        g.limit = options->most;
    return g;
}

static int read_prefix(struct decoder *d, struct goal *g, struct error *e)
{
    for (long i = 0; i < g->prefix.count; i++) {
        if (!decoder_step(d, g->last, e))
            return -1;
        g->last = g->prefix.ids[i];
    }
    return 0;
}

int decode_outputs(const struct run *run, const int32_t *source, long sources,
                   const struct decode_options *options, struct decode_outputs *out,
                   struct error *e)
{
    *out = (struct decode_outputs){0};
    if (decode_check(run->model, sources, options, e) < 0)
        return -1;
    struct goal goal = goal_of(run->model, sources, options);
    struct decoder *d = decoder_new_for(run, source, sources, goal.limit + 1, e);
    if (!d)
        return -1;
    goal.last = decode_first(run->model, source, sources);
    int result = read_prefix(d, &goal, e);
    if (result == 0)
        result = options->beam > 0 ? decode_beam(d, &goal, options, out, e)
                                   : decode_one(d, &goal, options, out, e);
    decoder_free(d);
    if (result < 0)
        decode_outputs_free(out);
    return result;
}

int decode_target(const struct run *run, const int32_t *source, long sources,
                  const struct decode_options *options, int32_t **ids, long *count,
                  struct error *e)
{
    struct decode_outputs out;
    *ids = NULL;
    *count = 0;
    if (decode_outputs(run, source, sources, options, &out, e) < 0)
        return -1;
    *ids = out.items[0].ids;
    *count = out.items[0].count;
    out.items[0].ids = NULL;
    decode_outputs_free(&out);
    return 0;
}
