#include "learn/pieces.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MARK "▁"
#define LEAST 4       /* words, or uses, that a pair has, to be joined */
#define ENDING 0.005  /* of all words end in a piece that is an ending */

static const char *const specials[] = {"<pad>", "<bos>", "<eos>", "<unk>"};
#define SPECIALS (sizeof specials / sizeof *specials)

/* ---- a table of texts or pairs ---- */

/* Open addressing: a key has a value, -1 stands for none. */
struct lookup {
    uint64_t *keys;
    long *values;
    size_t mask, count;
};

static uint64_t spread(uint64_t x)
{
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdu;
    return x ^ x >> 33;
}

static long *lookup_at(struct lookup *t, uint64_t key);

static void grow(struct lookup *t)
{
    struct lookup old = *t;
    size_t size = old.keys ? 2 * (old.mask + 1) : 1024;
    *t = (struct lookup){mem_alloc(size, sizeof *t->keys),
                         mem_alloc(size, sizeof *t->values), size - 1, 0};
    for (size_t i = 0; i < size; i++)
        t->values[i] = -1;
    for (size_t i = 0; old.keys && i <= old.mask; i++)
        if (old.values[i] >= 0)
            *lookup_at(t, old.keys[i]) = old.values[i];
    free(old.keys);
    free(old.values);
}

/* The value of a key, to be set where it is -1. */
static long *lookup_at(struct lookup *t, uint64_t key)
{
    if (!t->keys || 2 * t->count > t->mask)
        grow(t);
    size_t at = spread(key) & t->mask;
    while (t->values[at] >= 0 && t->keys[at] != key)
        at = (at + 1) & t->mask;
    if (t->values[at] < 0) {
        t->keys[at] = key;
        t->count++; /* the caller sets it */
    }
    return &t->values[at];
}

/* The value, or -1. */
static long lookup_get(const struct lookup *t, uint64_t key)
{
    size_t at = spread(key) & t->mask;
    while (t->keys && t->values[at] >= 0 && t->keys[at] != key)
        at = (at + 1) & t->mask;
    return t->keys ? t->values[at] : -1;
}

static void lookup_free(struct lookup *t)
{
    free(t->keys);
    free(t->values);
}

/* ---- pieces and words ---- */

struct piece {
    char *text;
    int left, right; /* what it is joined of; -1 for a character */
    bool alone;      /* joined to nothing */
    bool ending;     /* joined to nothing before it any more */
};

struct learner {
    struct piece *pieces;
    size_t count, capacity;
    int *symbols; /* of all words, each behind a BORDER */
    size_t symbol_count, symbol_capacity;
    char **words; /* each once */
    long *uses;   /* of each in the texts */
    size_t word_count, word_capacity;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_piece(struct learner *l, const char *text, int left, int right, bool alone)
{
    l->pieces = mem_grow(l->pieces, l->count, &l->capacity, sizeof *l->pieces);
    l->pieces[l->count] = (struct piece){mem_string(text), left, right, alone, false};
    return (int)l->count++;
}

static void add_word(struct learner *l, const char *word, size_t length)
{
    char *plain = mem_bytes(word, length);
    l->words = mem_grow(l->words, l->word_count, &l->word_capacity, sizeof *l->words);
    l->words[l->word_count++] = mem_format(MARK "%s", plain);
    free(plain);
}

/* The words of the texts, each once, in the order of their bytes. */
static void find_words(struct learner *l, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *text = text_normalize(texts[i]);
        for (const char *s = text; *s; s += strspn(s, " ")) {
            size_t n = strcspn(s, " ");
            if (n)
                add_word(l, s, n);
            s += n;
        }
        free(text);
    }
    qsort(l->words, l->word_count, sizeof *l->words, by_text);
    size_t kept = 0;
    l->uses = mem_zero(l->word_count + 1, sizeof *l->uses);
    for (size_t i = 0; i < l->word_count; i++) {
        if (kept && !strcmp(l->words[i], l->words[kept - 1]))
            free(l->words[i]);
        else
            l->words[kept++] = l->words[i];
        l->uses[kept - 1]++;
    }
    l->word_count = kept;
}

static bool is_punctuation(uint32_t code)
{
    return (code < 128 && code > 32 && strchr("!\"'(),-.:;?[]", (int)code)) ||
           code == 0x2026 || (code >= 0x3001 && code <= 0x3002);
}

/* A character, and how often it stands in the texts. */
struct letter {
    uint32_t code;
    long count;
};

static int by_code(const void *a, const void *b)
{
    const struct letter *x = a, *y = b;
    return (x->code > y->code) - (x->code < y->code);
}

static int by_count(const void *a, const void *b)
{
    const struct letter *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return by_code(a, b);
}

static void add_symbol(struct learner *l, int symbol)
{
    l->symbols = mem_grow(l->symbols, l->symbol_count, &l->symbol_capacity,
                          sizeof *l->symbols);
    l->symbols[l->symbol_count++] = symbol;
}

static size_t next_code(const char *s, uint32_t *code)
{
    return utf8_decode(s, s + strnlen(s, 4), code);
}

/* The characters of the words. Caller frees. */
static struct letter *find_letters(const struct learner *l, size_t *count)
{
    struct lookup of = {0};
    struct letter *list = NULL;
    size_t capacity = 0;
    uint32_t code;
    *count = 0;
    for (size_t i = 0; i < l->word_count; i++)
        for (const char *s = l->words[i]; *s; s += next_code(s, &code)) {
            next_code(s, &code);
            long *known = lookup_at(&of, code);
            if (*known < 0) {
                *known = (long)*count;
                list = mem_grow(list, *count, &capacity, sizeof *list);
                list[(*count)++] = (struct letter){code, 0};
            }
            list[*known].count += l->uses[i];
        }
    lookup_free(&of);
    return list;
}

#define BORDER (-1)  /* before each word, and after the last */
#define UNKNOWN (-2) /* a character that is no piece */

/* A piece for each of the `most` most frequent characters, in the order of their code
 * points; and the words in these. */
static void spell(struct learner *l, size_t most)
{
    struct lookup of = {0};
    uint32_t code;
    size_t count;
    struct letter *list = find_letters(l, &count);
    if (count > most) {
        qsort(list, count, sizeof *list, by_count);
        count = most;
    }
    qsort(list, count, sizeof *list, by_code);
    for (size_t i = 0; i < count; i++) {
        char text[5] = "";
        text[utf8_encode(list[i].code, text)] = 0;
        *lookup_at(&of, list[i].code) =
            add_piece(l, text, -1, -1, is_punctuation(list[i].code));
    }
    for (size_t i = 0; i < l->word_count; i++) {
        add_symbol(l, BORDER);
        for (const char *s = l->words[i]; *s; s += next_code(s, &code)) {
            next_code(s, &code);
            long known = lookup_get(&of, code);
            add_symbol(l, known < 0 ? UNKNOWN : (int)known);
        }
    }
    add_symbol(l, BORDER);
    free(list);
    lookup_free(&of);
}

/* ---- merges ---- */

static uint64_t pair_key(int left, int right)
{
    return (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
}

static bool is_border(const struct learner *l, size_t symbol)
{
    return l->symbols[symbol] == BORDER;
}

/* A pair that may be joined: within a word, without punctuation. */
static bool may_join(const struct learner *l, int left, int right)
{
    return left >= 0 && right >= 0 && !l->pieces[left].alone && !l->pieces[right].alone;
}

/* Counts the pairs: each word once, or as often as it is used. The pair that has the
 * most, of equals the one of the earlier pieces. False when no pair has enough. */
static bool best_pair(const struct learner *l, bool by_use, int *left, int *right)
{
    struct lookup counts = {0};
    long most = LEAST - 1, word = -1;
    for (size_t i = 0; i + 1 < l->symbol_count; i++) {
        int a = l->symbols[i], b = l->symbols[i + 1];
        word += is_border(l, i);
        if (!may_join(l, a, b) || (by_use && l->pieces[b].ending))
            continue;
        long *n = lookup_at(&counts, pair_key(a, b));
        *n = (*n < 0 ? 0 : *n) + (by_use ? l->uses[word] : 1);
    }
    uint64_t best = 0;
    for (size_t i = 0; counts.keys && i <= counts.mask; i++)
        if (counts.values[i] > most ||
            (counts.values[i] == most && most >= LEAST && counts.keys[i] < best)) {
            most = counts.values[i];
            best = counts.keys[i];
        }
    lookup_free(&counts);
    *left = (int)(best >> 32);
    *right = (int)(best & 0xffffffffu);
    return most >= LEAST;
}

/* What very many words end in is an ending: a particle, a suffix; no single Latin
 * letter. */
static void find_endings(struct learner *l)
{
    long *ends = mem_zero(l->count, sizeof *ends);
    long least = (long)(ENDING * (double)l->word_count);
    for (size_t i = 0; i + 1 < l->symbol_count; i++)
        if (l->symbols[i] >= 0 && is_border(l, i + 1))
            ends[l->symbols[i]]++;
    for (size_t i = 0; i < l->count; i++)
        l->pieces[i].ending =
            ends[i] > LEAST && ends[i] > least && l->pieces[i].text[1];
    free(ends);
}

static void join(struct learner *l, int left, int right, int joined)
{
    size_t out = 0;
    for (size_t i = 0; i < l->symbol_count; i++)
        if (l->symbols[i] == left && i + 1 < l->symbol_count &&
            l->symbols[i + 1] == right) {
            l->symbols[out++] = joined;
            i++;
        } else {
            l->symbols[out++] = l->symbols[i];
        }
    l->symbol_count = out;
}

/* Two ways may lead to one text; it stays one piece. */
static int find_piece(const struct learner *l, const char *text)
{
    for (size_t i = 0; i < l->count; i++)
        if (!strcmp(l->pieces[i].text, text))
            return (int)i;
    return -1;
}

/* First what stands in many words; then, with endings left alone, what is used much. */
static void learn(struct learner *l, size_t most, bool by_use, struct json *merges)
{
    int left, right;
    if (by_use)
        find_endings(l);
    while (l->count < most && best_pair(l, by_use, &left, &right)) {
        char *text = mem_format("%s%s", l->pieces[left].text, l->pieces[right].text);
        char *merge = mem_format("%s %s", l->pieces[left].text, l->pieces[right].text);
        int joined = find_piece(l, text);
        if (joined < 0)
            joined = add_piece(l, text, left, right, false);
        json_append(merges, json_new_text(merge));
        join(l, left, right, joined);
        free(text);
        free(merge);
    }
}

/* ---- tokenizer.json ---- */

static struct json *added_tokens(void)
{
    static const char *const no[] = {"single_word", "lstrip", "rstrip", "normalized"};
    struct json *list = json_new_array();
    for (size_t i = 0; i < SPECIALS; i++) {
        struct json *j = json_new_object();
        json_add_integer(j, "id", (long)i);
        json_add_text(j, "content", specials[i]);
        for (int k = 0; k < 4; k++)
            json_add_boolean(j, no[k], false);
        json_add_boolean(j, "special", true);
        json_append(list, j);
    }
    return list;
}

static struct json *marker(void)
{
    struct json *j = json_new_object();
    json_add_text(j, "type", "Metaspace");
    json_add_text(j, "replacement", MARK);
    json_add_boolean(j, "add_prefix_space", true);
    json_add_text(j, "prepend_scheme", "always");
    return j;
}

/* Takes the merges. Caller frees. */
static char *print(const struct learner *l, struct json *merges)
{
    struct json *j = json_new_object(), *model = json_new_object();
    struct json *vocabulary = json_new_object(), *form = json_new_object();
    for (size_t i = 0; i < l->count; i++)
        json_add_integer(vocabulary, l->pieces[i].text, (long)i);
    json_add_text(model, "type", "BPE");
    json_add_text(model, "unk_token", specials[PIECES_UNK]);
    json_add_boolean(model, "fuse_unk", true);
    json_add_boolean(model, "byte_fallback", false);
    json_add(model, "vocab", vocabulary);
    json_add(model, "merges", merges);
    json_add_text(form, "type", "NFC");
    json_add_text(j, "version", "1.0");
    json_add(j, "added_tokens", added_tokens());
    json_add(j, "normalizer", form);
    json_add(j, "pre_tokenizer", marker());
    json_add(j, "decoder", marker());
    json_add(j, "model", model);
    char *text = json_print(j, true);
    json_free(j);
    return text;
}

static void free_learner(struct learner *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->pieces[i].text);
    for (size_t i = 0; i < l->word_count; i++)
        free(l->words[i]);
    free(l->pieces);
    free(l->words);
    free(l->uses);
    free(l->symbols);
}

char *pieces_learn(const char *const *texts, size_t count, long most)
{
    struct learner l = {0};
    struct json *merges = json_new_array();
    for (size_t i = 0; i < SPECIALS; i++)
        add_piece(&l, specials[i], -1, -1, true);
    find_words(&l, texts, count);
    spell(&l, most ? (size_t)most / 2 : SIZE_MAX);
    learn(&l, (size_t)most / 4 * 3, false, merges);
    learn(&l, (size_t)most, true, merges);
    char *text = print(&l, merges);
    free_learner(&l);
    return text;
}
