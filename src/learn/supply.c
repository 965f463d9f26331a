#include "learn/supply.h"

#include "base/memory.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 64 /* batches among whose sentences those of one length are found */

/* A sentence: its tokens stand one after the other, source (with eos) and target. */
struct sentence {
    size_t at;
    int source, target;
};

/* Memory of one share of a batch. */
struct share {
    int32_t *source, *fed, *right;
    struct segment *sources, *targets;
    size_t source_room, target_room, sentence_room;
};

struct supply {
    int32_t *ids;
    size_t id_count, id_capacity;
    struct sentence *items;
    long count;
    long batch;
    uint64_t seed;
    int32_t bos, eos;
    long epoch, chunk; /* that `order` and `groups` are of; -1 for none */
    long *order;       /* of all sentences */
    long groups[CHUNK];
    struct share shares[SUPPLY_SHARES];
};

/* ---- tokens ---- */

static int add_text(struct supply *s, const struct tokenizer *t, const char *text,
                    bool eos, int *count, struct error *e)
{
    struct tokens tokens = {0};
    if (tokenizer_encode(t, text, &tokens, e) < 0)
        return -1;
    *count = (int)tokens.count + eos;
    while (s->id_count + tokens.count + 1 > s->id_capacity) {
        s->id_capacity = s->id_capacity ? 2 * s->id_capacity : 4096;
        s->ids = mem_resize(s->ids, s->id_capacity, sizeof *s->ids);
    }
    for (size_t i = 0; i < tokens.count; i++)
        s->ids[s->id_count++] = tokens.ids[i];
    if (eos)
        s->ids[s->id_count++] = s->eos;
    tokens_free(&tokens);
    return 0;
}

static int check_length(const struct model *m, const char *what, int rows,
                        struct error *e)
{
    if (rows < 1)
        return error_set(e, "the %s has no tokens", what);
    if (rows <= m->config->max_positions)
        return 0;
    return error_set(e, "the %s has %d tokens, and the model takes at most %d: shorten "
                     "it, or give --config max_positions=%d",
                     what, rows, m->config->max_positions, rows);
}

static int add_pair(struct supply *s, const struct model *m, const struct pair *p,
                    struct error *e)
{
    struct sentence *x = &s->items[s->count];
    x->at = s->id_count;
    if (add_text(s, m->source, p->source, m->config->source_eos, &x->source, e) < 0 ||
        add_text(s, m->target, p->target, true, &x->target, e) < 0 ||
        check_length(m, "source", x->source, e) < 0 ||
        check_length(m, "target", x->target, e) < 0)
        return -1;
    s->count++;
    return 0;
}

struct supply *supply_new(const struct pairs *p, const struct model *m, long batch,
                          uint64_t seed, struct error *e)
{
    struct supply *s = mem_zero(1, sizeof *s);
    *s = (struct supply){.batch = batch, .seed = seed, .epoch = -1, .chunk = -1,
                         .bos = m->config->bos_token_id, .eos = m->config->eos_token_id};
    s->items = mem_alloc(p->count, sizeof *s->items);
    for (size_t i = 0; i < p->count; i++)
        if (!p->items[i].held && add_pair(s, m, &p->items[i], e) < 0) {
            error_at(e, p->name, p->items[i].line, 0);
            supply_free(s);
            return NULL;
        }
    s->order = mem_alloc((size_t)s->count, sizeof *s->order);
    if (s->batch > s->count)
        s->batch = s->count;
    return s;
}

void supply_free(struct supply *s)
{
    if (!s)
        return;
    for (int i = 0; i < SUPPLY_SHARES; i++) {
        free(s->shares[i].source);
        free(s->shares[i].fed);
        free(s->shares[i].right);
        free(s->shares[i].sources);
        free(s->shares[i].targets);
    }
    free(s->ids);
    free(s->items);
    free(s->order);
    free(s);
}

long supply_sentences(const struct supply *s)
{
    return s->count;
}

/* ---- order ---- */

static void shuffle(long *list, long n, uint64_t seed)
{
    struct random r = random_seed(seed);
    for (long i = n - 1; i > 0; i--) {
        long k = (long)random_below(&r, (uint64_t)i + 1), x = list[i];
        list[i] = list[k];
        list[k] = x;
    }
}

static const struct supply *sorting; /* what `by_length` compares in; one thread sorts */

static int by_length(const void *a, const void *b)
{
    long i = *(const long *)a, k = *(const long *)b;
    const struct sentence *x = &sorting->items[i], *y = &sorting->items[k];
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return (i > k) - (i < k);
}

static uint64_t seed_of(const struct supply *s, long epoch, long chunk)
{
    return s->seed * 0x9e3779b97f4a7c15u + (uint64_t)epoch * 0x100000001b3u +
           (uint64_t)(chunk + 1);
}

/* The order of an epoch: shuffled, then sorted by length within each chunk of it. */
static void begin_epoch(struct supply *s, long epoch)
{
    long chunk = s->batch * CHUNK;
    for (long i = 0; i < s->count; i++)
        s->order[i] = i;
    shuffle(s->order, s->count, seed_of(s, epoch, -1));
    sorting = s;
    for (long first = 0; first < s->count; first += chunk) {
        long n = s->count - first < chunk ? s->count - first : chunk;
        qsort(s->order + first, (size_t)n, sizeof *s->order, by_length);
    }
    s->epoch = epoch;
    s->chunk = -1;
}

/* The batches of a chunk, not from the shortest to the longest. */
static void begin_chunk(struct supply *s, long chunk, long count)
{
    for (long i = 0; i < count; i++)
        s->groups[i] = i;
    shuffle(s->groups, count, seed_of(s, s->epoch, chunk));
    s->chunk = chunk;
}

/* The sentences of a batch. Those that fill none come another time. */
static const long *find_batch(struct supply *s, long number)
{
    long each = s->count / s->batch, at = number % each, chunk = at / CHUNK;
    if (s->epoch != number / each)
        begin_epoch(s, number / each);
    long left = each - chunk * CHUNK;
    if (s->chunk != chunk)
        begin_chunk(s, chunk, left < CHUNK ? left : CHUNK);
    return s->order + (chunk * CHUNK + s->groups[at % CHUNK]) * s->batch;
}

/* ---- packing ---- */

static void *with_room(void *p, size_t *room, size_t need, size_t size)
{
    if (need <= *room)
        return p;
    *room = need + need / 4;
    free(p);
    return mem_alloc(*room, size);
}

static void make_room(struct share *x, size_t sources, size_t targets, size_t sentences)
{
    size_t room = x->target_room, same = x->sentence_room;
    x->source = with_room(x->source, &x->source_room, sources, sizeof *x->source);
    x->fed = with_room(x->fed, &room, targets, sizeof *x->fed);
    x->right = with_room(x->right, &x->target_room, targets, sizeof *x->right);
    x->sources = with_room(x->sources, &same, sentences, sizeof *x->sources);
    x->targets = with_room(x->targets, &x->sentence_room, sentences, sizeof *x->targets);
}

static void pack(struct supply *s, struct share *x, const long *list, long count,
                 long step, struct packed *out)
{
    size_t sources = 0, targets = 0;
    for (long i = 0; i < count; i++) {
        sources += (size_t)s->items[list[i * step]].source;
        targets += (size_t)s->items[list[i * step]].target;
    }
    make_room(x, sources, targets, (size_t)count);
    long source = 0, target = 0;
    for (long i = 0; i < count; i++) {
        const struct sentence *t = &s->items[list[i * step]];
        const int32_t *ids = s->ids + t->at, *right = ids + t->source;
        memcpy(x->source + source, ids, sizeof *ids * (size_t)t->source);
        memcpy(x->right + target, right, sizeof *ids * (size_t)t->target);
        x->fed[target] = s->bos;
        memcpy(x->fed + target + 1, right, sizeof *ids * (size_t)(t->target - 1));
        x->sources[i] = (struct segment){source, t->source, 0};
        x->targets[i] = (struct segment){target, t->target, 0};
        source += t->source;
        target += t->target;
    }
    *out = (struct packed){.feed = {.source = {x->source, x->sources, source, count},
                                    .target = {x->fed, x->targets, target, count}},
                           .right = x->right, .rows = target};
}

int supply_batch(struct supply *s, long number, int shares, struct packed *out)
{
    const long *list = find_batch(s, number);
    if (shares > s->batch)
        shares = (int)s->batch;
    for (int i = 0; i < shares; i++) /* every shares-th, so that they are as long */
        pack(s, &s->shares[i], list + i, (s->batch - i + shares - 1) / shares, shares,
             &out[i]);
    return shares;
}
