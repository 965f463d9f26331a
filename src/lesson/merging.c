#include "lesson/merging.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK "▁"

/* A word of the corpus as pieces. */
struct word {
    char *text;
    long uses;
    struct bpe_symbol *symbols;
    size_t count;
};

struct words {
    struct word *items;
    size_t count, capacity;
};

static size_t character(const char *s)
{
    uint32_t code;
    return utf8_decode(s, s + strnlen(s, 4), &code);
}

static void add_word(struct words *w, const char *word, size_t length)
{
    char *text = mem_format(MARK "%.*s", (int)length, word);
    size_t i = 0;
    while (i < w->count && strcmp(w->items[i].text, text) != 0)
        i++;
    if (i < w->count) {
        w->items[i].uses++;
        free(text);
        return;
    }
    w->items = mem_grow(w->items, w->count, &w->capacity, sizeof *w->items);
    w->items[w->count++] = (struct word){.text = text, .uses = 1};
}

/* The different words, in the order in which they first stand in the texts. */
static void split(struct words *w, const char *text)
{
    char *normal = text_normalize(text);
    for (const char *s = normal; *s;) {
        s += strspn(s, " \n\t");
        size_t n = strcspn(s, " \n\t");
        if (n)
            add_word(w, s, n);
        s += n;
    }
    free(normal);
}

/* The characters of a word as symbols; what is no piece becomes its bytes or <unk>. */
static void spell(const struct merging *m, struct word *w)
{
    size_t length = strlen(w->text);
    w->symbols = mem_alloc(length, sizeof *w->symbols);
    w->count = 0;
    for (size_t at = 0; at < length;) {
        size_t n = character(w->text + at);
        int id = bpe_find(m->bpe, w->text + at, n);
        if (id >= 0 || !m->bytes) {
            w->symbols[w->count++] =
                (struct bpe_symbol){id >= 0 ? id : MERGING_UNKNOWN, at, at + n};
        } else {
            for (size_t k = at; k < at + n; k++)
                w->symbols[w->count++] =
                    (struct bpe_symbol){1 + (unsigned char)w->text[k], k, k + 1};
        }
        at += n;
    }
}

/* <unk>, the bytes where they are wanted, and every character of the corpus. */
static void add_alphabet(struct merging *m, const struct words *w)
{
    char byte[8];
    int next = 0;
    bpe_add_piece(m->bpe, "<unk>", next++);
    for (int i = 0; m->bytes && i < 256; i++) {
        snprintf(byte, sizeof byte, "<0x%02X>", i);
        bpe_add_piece(m->bpe, byte, next++);
    }
    for (size_t i = 0; i < w->count; i++)
        for (const char *s = w->items[i].text; *s; s += character(s)) {
            char *one = mem_bytes(s, character(s));
            next += bpe_add_piece(m->bpe, one, next);
            free(one);
        }
}

/* ---- one merge ---- */

struct pair {
    int left, right;
    long count;
};

/* Every pair of neighbours with its count, in the order of their first places. Caller
 * frees. */
static struct pair *count_pairs(const struct words *w, size_t *count)
{
    struct pair *list = NULL;
    size_t capacity = 0;
    *count = 0;
    for (size_t i = 0; i < w->count; i++)
        for (size_t k = 0; k + 1 < w->items[i].count; k++) {
            int left = w->items[i].symbols[k].id, right = w->items[i].symbols[k + 1].id;
            size_t at = 0;
            while (at < *count && (list[at].left != left || list[at].right != right))
                at++;
            if (at == *count) {
                list = mem_grow(list, *count, &capacity, sizeof *list);
                list[(*count)++] = (struct pair){left, right, 0};
            }
            list[at].count += w->items[i].uses;
        }
    return list;
}

static void join(struct word *w, const struct merging_step *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < w->count; i++) {
        struct bpe_symbol here = w->symbols[i];
        if (here.id == s->left && i + 1 < w->count && w->symbols[i + 1].id == s->right) {
            here.id = s->joined;
            here.end = w->symbols[++i].end;
        }
        w->symbols[kept++] = here;
    }
    w->count = kept;
}

/* The most frequent pair becomes a piece; false when none stands twice. */
static bool learn_one(struct merging *m, struct words *w)
{
    size_t count, best = 0;
    struct pair *list = count_pairs(w, &count);
    for (size_t i = 1; i < count; i++)
        if (list[i].count > list[best].count)
            best = i;
    struct pair pair = count ? list[best] : (struct pair){0};
    free(list);
    if (pair.count < 2)
        return false;
    char *text = mem_format("%s%s", bpe_piece(m->bpe, pair.left),
                            bpe_piece(m->bpe, pair.right));
    int id = bpe_size(m->bpe);
    if (!bpe_add_piece(m->bpe, text, id)) /* another pair has made the same */
        id = bpe_find(m->bpe, text, strlen(text));
    free(text);
    struct merging_step step = {pair.left, pair.right, id, pair.count,
                                bpe_size(m->bpe)};
    bpe_add_merge(m->bpe, pair.left, pair.right, id, (int)m->count);
    m->steps = mem_grow(m->steps, m->count, &m->capacity, sizeof *m->steps);
    m->steps[m->count++] = step;
    for (size_t i = 0; i < w->count; i++)
        join(&w->items[i], &step);
    return true;
}

/* ---- the whole ---- */

static void free_words(struct words *w)
{
    for (size_t i = 0; i < w->count; i++) {
        free(w->items[i].text);
        free(w->items[i].symbols);
    }
    free(w->items);
}

struct merging *merging_learn(const char *const *texts, size_t count, long most,
                              bool bytes, struct error *e)
{
    struct words w = {0};
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += strlen(texts[i]);
    if (length > MERGING_TEXT || most < 0 || most > MERGING_MOST) {
        error_set(e, "learn_merges: it takes %d bytes of text and %d merges at most",
                  MERGING_TEXT, MERGING_MOST);
        return NULL;
    }
    struct merging *m = mem_zero(1, sizeof *m);
    m->bytes = bytes;
    m->bpe = bpe_new(length + 600 + (size_t)most, (size_t)most + 1);
    for (size_t i = 0; i < count; i++)
        split(&w, texts[i]);
    add_alphabet(m, &w);
    for (size_t i = 0; i < w.count; i++)
        spell(m, &w.items[i]);
    while ((long)m->count < most && learn_one(m, &w))
        ;
    free_words(&w);
    return m;
}

void merging_free(struct merging *m)
{
    if (!m)
        return;
    bpe_free(m->bpe);
    free(m->steps);
    free(m);
}

int *merging_encode(const struct merging *m, const char *text, size_t *count)
{
    int *ids = NULL;
    size_t capacity = 0;
    *count = 0;
    char *normal = text_normalize(text);
    for (const char *s = normal; *s;) {
        s += strspn(s, " \n\t");
        size_t n = strcspn(s, " \n\t");
        struct word one = {.text = mem_format(MARK "%.*s", (int)n, s)};
        s += n;
        if (n) {
            spell(m, &one);
            size_t left = bpe_merge(m->bpe, one.symbols, one.count, NULL, NULL);
            for (size_t i = 0; i < left; i++) {
                ids = mem_grow(ids, *count, &capacity, sizeof *ids);
                ids[(*count)++] = one.symbols[i].id;
            }
        }
        free(one.text);
        free(one.symbols);
    }
    free(normal);
    return ids;
}
