#include "model/bpe.h"

#include "base/memory.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct merge {
    uint64_t pair; /* left id and right id + 1, so that 0 is an empty slot */
    int rank, joined;
};

/* Two open-addressing tables, each a power of two at least twice its content. */
struct bpe {
    char **pieces; /* by id; NULL for a hole */
    int size, room;
    int *slots; /* ids by the hash of the piece; -1 is empty */
    struct merge *merges;
    size_t slot_mask, merge_mask, piece_room, merge_room;
};

static size_t table_size(size_t content)
{
    size_t n = 16;
    while (n < 2 * content)
        n *= 2;
    return n;
}

struct bpe *bpe_new(size_t pieces, size_t merges)
{
    struct bpe *b = mem_zero(1, sizeof *b);
    size_t slots = table_size(pieces), pairs = table_size(merges);
    b->slots = mem_alloc(slots, sizeof *b->slots);
    memset(b->slots, -1, slots * sizeof *b->slots);
    b->merges = mem_zero(pairs, sizeof *b->merges);
    b->slot_mask = slots - 1;
    b->merge_mask = pairs - 1;
    b->piece_room = slots - 1;
    b->merge_room = pairs - 1;
    return b;
}

void bpe_free(struct bpe *b)
{
    if (!b)
        return;
    for (int i = 0; i < b->size; i++)
        free(b->pieces[i]);
    free(b->pieces);
    free(b->slots);
    free(b->merges);
    free(b);
}

/* ---- pieces ---- */

/* FNV-1a. */
static uint64_t hash_bytes(const char *s, size_t length)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)s[i]) * 1099511628211u;
    return h ^ h >> 32;
}

/* The slot that holds the piece, or the empty one where it would go. */
static size_t piece_slot(const struct bpe *b, const char *piece, size_t length)
{
    size_t i = hash_bytes(piece, length) & b->slot_mask;
    for (; b->slots[i] >= 0; i = (i + 1) & b->slot_mask) {
        const char *other = b->pieces[b->slots[i]];
        if (strncmp(other, piece, length) == 0 && !other[length])
            break;
    }
    return i;
}

static void make_room(struct bpe *b, int id)
{
    if (id >= b->room) {
        int room = id < 512 ? 1024 : 2 * id;
        b->pieces = mem_resize(b->pieces, (size_t)room, sizeof *b->pieces);
        memset(b->pieces + b->room, 0, (size_t)(room - b->room) * sizeof *b->pieces);
        b->room = room;
    }
    if (id >= b->size)
        b->size = id + 1;
}

bool bpe_add_piece(struct bpe *b, const char *piece, int id)
{
    assert(id >= 0 && b->piece_room > 0);
    size_t slot = piece_slot(b, piece, strlen(piece));
    if (b->slots[slot] >= 0 || bpe_piece(b, id))
        return false;
    make_room(b, id);
    b->pieces[id] = mem_string(piece);
    b->slots[slot] = id;
    b->piece_room--;
    return true;
}

int bpe_size(const struct bpe *b)
{
    return b->size;
}

const char *bpe_piece(const struct bpe *b, int id)
{
    return id >= 0 && id < b->size ? b->pieces[id] : NULL;
}

int bpe_find(const struct bpe *b, const char *piece, size_t length)
{
    return b->slots[piece_slot(b, piece, length)];
}

/* ---- merges ---- */

static struct merge *merge_slot(const struct bpe *b, int left, int right)
{
    uint64_t pair = ((uint64_t)left << 32 | (uint32_t)right) + 1;
    uint64_t h = pair * 0x9e3779b97f4a7c15u;
    size_t i = (h ^ h >> 32) & b->merge_mask;
    while (b->merges[i].pair && b->merges[i].pair != pair)
        i = (i + 1) & b->merge_mask;
    return &b->merges[i];
}

void bpe_add_merge(struct bpe *b, int left, int right, int joined, int rank)
{
    struct merge *m = merge_slot(b, left, right);
    if (!m->pair) {
        assert(b->merge_room > 0);
        b->merge_room--;
    }
    *m = (struct merge){((uint64_t)left << 32 | (uint32_t)right) + 1, rank, joined};
}

/* ---- merging ---- */

/* A pair that could be joined: a heap of them gives the lowest rank, then the leftmost.
 * It is stale when one of its two symbols has been joined to another meanwhile. */
struct candidate {
    int rank, left, right, joined;
    size_t at;
};

struct link {
    long before, after; /* neighbours still alive; -1 for none */
};

struct merger {
    const struct bpe *bpe;
    struct bpe_symbol *symbols; /* id -1: joined to the one before */
    struct link *links;
    struct candidate *heap;
    size_t heap_count;
};

static bool goes_first(const struct candidate *a, const struct candidate *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->at < b->at;
}

static void push(struct merger *m, struct candidate c)
{
    size_t i = m->heap_count++;
    while (i > 0 && goes_first(&c, &m->heap[(i - 1) / 2])) {
        m->heap[i] = m->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    m->heap[i] = c;
}

static struct candidate pop(struct merger *m)
{
    struct candidate first = m->heap[0], last = m->heap[--m->heap_count];
    size_t i = 0, child;
    while ((child = 2 * i + 1) < m->heap_count) {
        if (child + 1 < m->heap_count && goes_first(&m->heap[child + 1], &m->heap[child]))
            child++;
        if (!goes_first(&m->heap[child], &last))
            break;
        m->heap[i] = m->heap[child];
        i = child;
    }
    m->heap[i] = last;
    return first;
}

/* Puts the pair that begins at `at` on the heap if it has a merge. */
static void consider(struct merger *m, long at)
{
    if (at < 0 || m->links[at].after < 0)
        return;
    int left = m->symbols[at].id, right = m->symbols[m->links[at].after].id;
    const struct merge *found = merge_slot(m->bpe, left, right);
    if (found->pair)
        push(m, (struct candidate){found->rank, left, right, found->joined, (size_t)at});
}

static bool is_stale(const struct merger *m, const struct candidate *c)
{
    long after = m->links[c->at].after;
    return m->symbols[c->at].id != c->left || after < 0 ||
           m->symbols[after].id != c->right;
}

static void join(struct merger *m, const struct candidate *c)
{
    struct link *link = &m->links[c->at];
    long gone = link->after;
    m->symbols[c->at].id = c->joined;
    m->symbols[c->at].end = m->symbols[gone].end;
    m->symbols[gone].id = -1;
    link->after = m->links[gone].after;
    if (link->after >= 0)
        m->links[link->after].before = (long)c->at;
    consider(m, link->before);
    consider(m, (long)c->at);
}

/* Copies the symbols still alive; the two places may be the same. */
static size_t gather(const struct bpe_symbol *from, size_t count, struct bpe_symbol *to)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (from[i].id >= 0)
            to[n++] = from[i];
    return n;
}

static void tell(const struct merger *m, size_t count, const struct candidate *c,
                 bpe_each *each, void *data)
{
    struct bpe_symbol *alive = mem_alloc(count, sizeof *alive);
    size_t joined = 0, n = gather(m->symbols, count, alive);
    while (alive[joined].begin != m->symbols[c->at].begin)
        joined++;
    each(c->rank, joined, alive, n, data);
    free(alive);
}

size_t bpe_merge(const struct bpe *b, struct bpe_symbol *symbols, size_t count,
                 bpe_each *each, void *data)
{
    if (count < 2)
        return count;
    /* At first count - 1 pairs; each join adds at most two, and there are count - 1. */
    struct merger m = {b, symbols, mem_alloc(count, sizeof *m.links),
                       mem_alloc(3 * count, sizeof *m.heap), 0};
    for (size_t i = 0; i < count; i++)
        m.links[i] = (struct link){(long)i - 1, i + 1 < count ? (long)i + 1 : -1};
    for (size_t i = 0; i < count; i++)
        consider(&m, (long)i);
    while (m.heap_count) {
        struct candidate c = pop(&m);
        if (is_stale(&m, &c))
            continue;
        join(&m, &c);
        if (each)
            tell(&m, count, &c, each, data);
    }
    free(m.heap);
    free(m.links);
    return gather(symbols, count, symbols);
}
