#include "model/tokenizer.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "model/tokenizer_file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE 100000000
#define WORD_MARK "\xe2\x96\x81" /* ▁, as people see it */

/* Takes the JSON, which is NULL when it could not be read. */
static struct tokenizer *from_json(struct json *j, const char *name, struct error *e)
{
    if (!j)
        return NULL;
    struct tokenizer *t = mem_zero(1, sizeof *t);
    if (tokenizer_file_read(t, j, e) < 0) {
        error_at(e, name, 0, 0);
        tokenizer_free(t);
        t = NULL;
    }
    json_free(j);
    return t;
}

struct tokenizer *tokenizer_open(const char *path, struct error *e)
{
    return from_json(json_read(path, MAX_FILE, e), path, e);
}

struct tokenizer *tokenizer_parse(const char *text, size_t length, const char *name,
                                  struct error *e)
{
    return from_json(json_parse(text, length, name, e), name, e);
}

void tokenizer_free(struct tokenizer *t)
{
    if (!t)
        return;
    tokenizer_file_free(t);
    free(t);
}

/* ---- pieces ---- */

int tokenizer_size(const struct tokenizer *t)
{
    return bpe_size(t->bpe);
}

int tokenizer_id(const struct tokenizer *t, const char *piece)
{
    return bpe_find(t->bpe, piece, strlen(piece));
}

int tokenizer_unk(const struct tokenizer *t)
{
    return t->unk;
}

const char *tokenizer_piece(const struct tokenizer *t, int id)
{
    return bpe_piece(t->bpe, id);
}

bool tokenizer_same_pieces(const struct tokenizer *t, const struct tokenizer *u)
{
    if (t == u || !t || !u || tokenizer_size(t) != tokenizer_size(u))
        return t == u;
    for (int i = 0; i < tokenizer_size(t); i++) {
        const char *a = tokenizer_piece(t, i), *b = tokenizer_piece(u, i);
        if (a != b && (!a || !b || strcmp(a, b) != 0))
            return false;
    }
    return true;
}

static bool is_added(const struct tokenizer *t, int id)
{
    return tokenizer_piece(t, id) && t->kinds[id] & TOKEN_ADDED;
}

bool tokenizer_is_special(const struct tokenizer *t, int id)
{
    return tokenizer_piece(t, id) && t->kinds[id] & TOKEN_SPECIAL;
}

bool tokenizer_starts_word(const struct tokenizer *t, int id)
{
    const char *piece = tokenizer_piece(t, id), *mark = rules_mark(t->rules);
    return piece && strncmp(piece, mark, strlen(mark)) == 0 && !is_added(t, id);
}

/* One character of a label, from `n` bytes that decoded to `code`. */
static void add_label(struct buffer *b, const char *s, size_t n, uint32_t code,
                      bool bytes)
{
    if (bytes && code == ' ')
        buffer_add(b, WORD_MARK);
    else if (code == '\n' || code == '\t' || code == '\r')
        buffer_add(b, code == '\n' ? "\\n" : code == '\t' ? "\\t" : "\\r");
    else if (!utf8_is_valid(s, n) || code < 0x20 || (code >= 0x7f && code < 0xa0))
        for (size_t i = 0; i < n; i++)
            buffer_addf(b, "<0x%02X>", (unsigned char)s[i]);
    else
        buffer_add_bytes(b, s, n);
}

char *tokenizer_label(const struct tokenizer *t, int id)
{
    const char *piece = tokenizer_piece(t, id), *mark = rules_mark(t->rules);
    if (!piece)
        return mem_format("<id %d>", id);
    bool own = !is_added(t, id);
    size_t length = strlen(piece), n;
    char *bytes = own && rules_alphabet(t->rules) == RULES_BYTES
                      ? tokenizer_piece_bytes(piece, &length)
                      : NULL;
    const char *s = bytes ? bytes : piece, *end = s + length;
    size_t mark_length = strlen(mark);
    struct buffer b = {0};
    uint32_t code;
    for (; (n = utf8_decode(s, end, &code)) > 0; s += n)
        if (own && !bytes && n == mark_length && memcmp(s, mark, n) == 0)
            buffer_add(&b, WORD_MARK);
        else
            add_label(&b, s, n, code, bytes != NULL);
    char *raw = buffer_take(&b), *label = text_sanitize(raw);
    free(raw);
    free(bytes);
    return label;
}

/* ---- encoding ---- */

/* One encoding under way. `text` grows as the stretches of the typed text are normalised;
 * the words are numbered when all tokens are known. */
struct encoding {
    const struct tokenizer *t;
    struct tokens *out;
    struct buffer text;
    struct bpe_symbol *symbols; /* of the part at hand */
    size_t count, capacity;
    bool unknown;               /* the last symbol is an unknown one */
    struct merge_step step;
    void (*each)(const struct merge_step *step, void *data); /* NULL: nobody listens */
    void *data;
    struct error *e;
};

static void add_token(struct tokens *out, int id, size_t begin, size_t end)
{
    if (out->count == out->capacity) {
        out->capacity = out->capacity ? 2 * out->capacity : 16;
        out->ids = mem_resize(out->ids, out->capacity, sizeof *out->ids);
        out->places = mem_resize(out->places, out->capacity, sizeof *out->places);
    }
    out->ids[out->count] = id;
    out->places[out->count++] = (struct token_place){begin, end, 0};
}

static void add_symbol(struct encoding *g, int id, size_t begin, size_t end)
{
    g->symbols = mem_grow(g->symbols, g->count, &g->capacity, sizeof *g->symbols);
    g->symbols[g->count++] = (struct bpe_symbol){id, begin, end};
    g->unknown = false;
}

/* Characters begin … end that the vocabulary lacks: their bytes, else <unk>. */
static int add_unknown(struct encoding *g, size_t begin, size_t end)
{
    const struct tokenizer *t = g->t;
    const unsigned char *s = (const unsigned char *)g->text.data;
    size_t known = begin;
    while (t->byte_fallback && known < end && t->fallback_ids[s[known]] >= 0)
        known++;
    if (known == end) {
        for (size_t i = begin; i < end; i++)
            add_symbol(g, t->fallback_ids[s[i]], i, i + 1);
        return 0;
    }
    if (t->unk < 0) {
        char *raw = mem_bytes(g->text.data + begin, end - begin);
        char *safe = text_visible(raw);
        error_set(g->e,
                  "the character \"%s\" is not in the vocabulary, and the tokenizer "
                  "names no unk_token: leave it out",
                  safe);
        free(safe);
        free(raw);
        return -1;
    }
    if (g->unknown && t->fuse_unk)
        g->symbols[g->count - 1].end = end;
    else
        add_symbol(g, t->unk, begin, end);
    g->unknown = true;
    return 0;
}

/* The character at begin … end as one symbol, or as one symbol a byte. */
static int add_character(struct encoding *g, size_t begin, size_t end)
{
    const struct tokenizer *t = g->t;
    const char *s = g->text.data + begin;
    bool bytes = rules_alphabet(t->rules) == RULES_BYTES;
    size_t step = bytes ? 1 : end - begin;
    for (size_t at = begin; at < end; at += step, s += step) {
        int id;
        if (bytes)
            id = t->byte_ids[(unsigned char)*s];
        else if (*s == ' ' && rules_alphabet(t->rules) == RULES_METASPACE)
            id = t->mark_id;
        else
            id = bpe_find(t->bpe, s, step);
        if (id >= 0)
            add_symbol(g, id, at, at + step);
        else if (add_unknown(g, at, at + step) < 0)
            return -1;
    }
    return 0;
}

/* The id of a whole part that is itself a piece, or -1. */
static int whole_part(const struct encoding *g, struct tokenizer_span part)
{
    enum rules_alphabet alphabet = rules_alphabet(g->t->rules);
    struct buffer b = {0};
    for (size_t i = part.begin; i < part.end; i++) {
        char c = g->text.data[i], name[4];
        if (alphabet == RULES_BYTES)
            buffer_add_bytes(&b, name,
                             utf8_encode(tokenizer_byte_to_char((unsigned char)c), name));
        else if (alphabet == RULES_METASPACE && c == ' ')
            buffer_add(&b, rules_mark(g->t->rules));
        else
            buffer_add_bytes(&b, &c, 1);
    }
    int id = bpe_find(g->t->bpe, b.data, b.length);
    buffer_free(&b);
    return id;
}

static void tell(int rank, size_t joined, const struct bpe_symbol *symbols, size_t count,
                 void *data)
{
    struct encoding *g = data;
    g->step.rank = rank;
    g->step.joined = joined;
    g->step.symbols = symbols;
    g->step.count = count;
    g->step.text = g->text.data;
    g->each(&g->step, g->data);
}

/* Merges the symbols at hand and appends them to the tokens. */
static void finish_part(struct encoding *g)
{
    if (g->each)
        tell(-1, 0, g->symbols, g->count, g);
    g->count = bpe_merge(g->t->bpe, g->symbols, g->count, g->each ? tell : NULL, g);
    for (size_t i = 0; i < g->count; i++)
        add_token(g->out, g->symbols[i].id, g->symbols[i].begin, g->symbols[i].end);
    g->count = 0;
    g->step.part++;
}

static int encode_part(struct encoding *g, struct tokenizer_span part)
{
    int whole = g->t->ignore_merges ? whole_part(g, part) : -1;
    g->unknown = false;
    if (whole >= 0)
        add_symbol(g, whole, part.begin, part.end);
    for (size_t at = part.begin, n; whole < 0 && at < part.end; at += n) {
        uint32_t code;
        n = utf8_decode(g->text.data + at, g->text.data + part.end, &code);
        if (add_character(g, at, at + n) < 0)
            return -1;
    }
    finish_part(g);
    return 0;
}

/* A stretch of normalised text without added tokens. */
static int encode_plain(struct encoding *g, const char *text, bool first)
{
    size_t begin = g->text.length, count = 0;
    if (rules_adds_space(g->t->rules, text, first))
        buffer_add(&g->text, " ");
    buffer_add(&g->text, text);
    struct tokenizer_span *parts =
        rules_split(g->t->rules, g->text.data, begin, g->text.length, &count, g->e);
    int result = parts ? 0 : -1;
    for (size_t i = 0; i < count && result == 0; i++)
        result = encode_part(g, parts[i]);
    free(parts);
    return result;
}

static void encode_added(struct encoding *g, const struct added_token *a)
{
    size_t begin = g->text.length;
    buffer_add(&g->text, a->content);
    add_symbol(g, a->id, begin, g->text.length);
    finish_part(g);
}

/* The longest added token at `s`. */
static const struct added_token *added_at(const struct tokenizer *t, const char *s,
                                    bool normalized)
{
    const struct added_token *best = NULL;
    if (!t->begins_added[(unsigned char)*s])
        return NULL;
    for (size_t i = 0; i < t->added_count; i++) {
        const struct added_token *a = &t->added[i];
        if (a->normalized == normalized && a->length && *s == *a->content &&
            strncmp(s, a->content, a->length) == 0 && (!best || a->length > best->length))
            best = a;
    }
    return best;
}

static int encode_text(struct encoding *g, const char *text, bool first, bool normalized);

/* A stretch without added tokens of this kind: as typed it is normalised and searched for
 * those of the other kind. */
static int encode_stretch(struct encoding *g, const char *s, size_t length, bool first,
                          bool normalized)
{
    if (length == 0)
        return 0;
    char *own = mem_bytes(s, length), *text = own;
    int result = -1;
    if (!normalized)
        text = rules_normalize(g->t->rules, own, g->e);
    if (text)
        result = normalized ? encode_plain(g, text, first)
                            : encode_text(g, text, first, true);
    if (text != own)
        free(text);
    free(own);
    return result;
}

/* Encodes a text between and at the added tokens of one kind. */
static int encode_text(struct encoding *g, const char *text, bool first, bool normalized)
{
    const char *from = text, *at = text;
    while (*at) {
        const struct added_token *a = added_at(g->t, at, normalized);
        if (!a) {
            at++;
            continue;
        }
        const char *end = at, *next = at + a->length;
        for (size_t n; a->lstrip && (n = text_space_before(from, end)) > 0; end -= n)
            continue;
        for (size_t n; a->rstrip && (n = text_space(next)) > 0; next += n)
            continue;
        if (encode_stretch(g, from, (size_t)(end - from), first && from == text,
                           normalized) < 0)
            return -1;
        encode_added(g, a);
        from = at = next;
    }
    return encode_stretch(g, from, (size_t)(at - from), first && from == text,
                          normalized);
}

/* ---- words ---- */

/* The bytes of white space or of a mark at `s`, 0 for anything else. */
static size_t blank_length(const struct tokenizer *t, const char *s)
{
    const char *mark = rules_mark(t->rules);
    size_t n = strlen(mark), space = text_space(s);
    if (space)
        return space;
    return rules_alphabet(t->rules) != RULES_BYTES && strncmp(s, mark, n) == 0 ? n : 0;
}

/* Is the token one that was found in the text as a whole? An unknown character carries
 * the id of an added token too. */
static bool stands_alone(const struct tokenizer *t, int id)
{
    return is_added(t, id) && id != t->unk;
}

/* Marks in `begins`, one byte for each of the text, where words begin: at a character
 * after a blank, and at and after an added token. */
static void mark_words(const struct tokenizer *t, const struct tokens *out, char *begins)
{
    bool after_blank = true;
    for (size_t at = 0, n; out->text[at]; at += n) {
        size_t blank = blank_length(t, out->text + at);
        n = blank ? blank : 1;
        begins[at] = !blank && after_blank;
        after_blank = blank > 0;
    }
    for (size_t i = 0; i < out->count; i++) {
        const struct token_place *p = &out->places[i];
        if (!stands_alone(t, out->ids[i]))
            continue;
        memset(begins + p->begin, 0, p->end - p->begin);
        begins[p->begin] = 1;
        if (out->text[p->end] && !blank_length(t, out->text + p->end))
            begins[p->end] = 1;
    }
}

/* Numbers the words. Blanks belong to the word that follows them, as the mark of a word
 * start does; at the end of the text to the last word. */
static void number_words(const struct tokenizer *t, struct tokens *out)
{
    char *begins = mem_zero(strlen(out->text) + 1, 1);
    size_t at = 0, begun = 0;
    mark_words(t, out, begins);
    for (size_t i = 0; i < out->count; i++) {
        size_t anchor = out->places[i].begin, blank;
        while (!stands_alone(t, out->ids[i]) && out->text[anchor] && !begins[anchor] &&
               (blank = blank_length(t, out->text + anchor)) > 0)
            anchor += blank;
        for (; at <= anchor && out->text[at]; at++)
            begun += begins[at] != 0;
        out->places[i].word = begun ? begun - 1 : 0;
    }
    out->words = out->count ? out->places[out->count - 1].word + 1 : 0;
    free(begins);
}

/* ---- the interface ---- */

static int encode_all(struct encoding *g, const char *text, size_t limit)
{
    size_t length = strlen(text);
    if (length > limit)
        return error_set(g->e,
                         "the text is %zu bytes long, at most %zu are encoded here: "
                         "shorten it",
                         length, limit);
    char *valid = text_repair(text);
    int result = encode_text(g, valid, true, false);
    free(valid);
    free(g->symbols);
    g->out->text = buffer_take(&g->text);
    if (result < 0)
        tokens_free(g->out);
    else
        number_words(g->t, g->out);
    return result;
}

int tokenizer_encode(const struct tokenizer *t, const char *text, struct tokens *out,
                     struct error *e)
{
    *out = (struct tokens){0};
    struct encoding g = {.t = t, .out = out, .e = e};
    return encode_all(&g, text, TOKENIZER_MAX_TEXT);
}

void tokens_free(struct tokens *tokens)
{
    free(tokens->ids);
    free(tokens->places);
    free(tokens->text);
    *tokens = (struct tokens){0};
}

void tokenizer_wrap(const struct tokenizer *t, struct tokens *tokens)
{
    const struct wrapping *w = &t->wrapping;
    size_t n = tokens->count, before = w->before_count;
    size_t length = strlen(tokens->text), last = tokens->words ? tokens->words - 1 : 0;
    for (size_t i = 0; i < before + w->after_count; i++)
        add_token(tokens, 0, length, length);
    memmove(tokens->ids + before, tokens->ids, n * sizeof *tokens->ids);
    memmove(tokens->places + before, tokens->places, n * sizeof *tokens->places);
    for (size_t i = 0; i < before; i++) {
        tokens->ids[i] = w->before[i];
        tokens->places[i] = (struct token_place){0, 0, 0};
    }
    for (size_t i = 0; i < w->after_count; i++) {
        tokens->ids[before + n + i] = w->after[i];
        tokens->places[before + n + i] = (struct token_place){length, length, last};
    }
}

int tokenizer_merges(const struct tokenizer *t, const char *text,
                     void (*each)(const struct merge_step *step, void *data), void *data,
                     struct error *e)
{
    struct tokens tokens = {0};
    struct encoding g = {.t = t, .out = &tokens, .each = each, .data = data, .e = e};
    int result = encode_all(&g, text, TOKENIZER_MAX_MERGED);
    tokens_free(&tokens);
    return result;
}

char *tokenizer_decode(const struct tokenizer *t, const int *ids, size_t count,
                       bool skip_special)
{
    const char **pieces = mem_alloc(count, sizeof *pieces);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (tokenizer_piece(t, ids[i]) &&
            !(skip_special && tokenizer_is_special(t, ids[i])))
            pieces[n++] = tokenizer_piece(t, ids[i]);
    char *text = rules_decode(t->rules, pieces, n);
    free(pieces);
    return text;
}
