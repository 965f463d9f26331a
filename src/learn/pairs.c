#include "learn/pairs.h"

#include "base/file.h"
#include "base/gzip.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define MOST_BYTES ((size_t)1 << 31)
#define NO_KIND "pair"

static uint64_t hash_of(const char *s, size_t n)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a, with a last turn for the low bits */
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 0x100000001b3u;
    return (h ^ h >> 33) * 0xff51afd7ed558ccdu;
}

/* ---- reading ---- */

/* What must not stand in a text: control characters, and what is not UTF-8. */
static int check_cell(const char *cell, const char *what, struct error *e)
{
    const char *end = cell + strlen(cell);
    uint32_t code;
    size_t n;
    for (const char *s = cell; (n = utf8_decode(s, end, &code)) > 0; s += n)
        if (utf8_is_broken(s, n, code) || text_is_control(code))
            return error_set(e, "the %s holds %s at byte %zu: remove it", what,
                             utf8_is_broken(s, n, code) ? "a byte that is not UTF-8"
                                                        : "a control character",
                             (size_t)(s - cell) + 1);
    return *cell ? 0 : error_set(e, "the %s is empty: write source, tab, target", what);
}

/* Spaces around a text are no part of it. */
static char *trim(char *s)
{
    char *end = s + strlen(s);
    while (end > s && end[-1] == ' ')
        *--end = 0;
    return s + strspn(s, " ");
}

static bool is_header(const struct pair *p)
{
    return p->line == 1 && !strcmp(p->source, "source") && !strcmp(p->target, "target") &&
           (!*p->kind || !strcmp(p->kind, "kind"));
}

static int add_line(struct pairs *p, char *line, long number, struct error *e)
{
    char *target = strchr(line, '\t'), *kind = target ? strchr(target + 1, '\t') : NULL;
    if (!target)
        return error_set(e, "has no tab in this line: write source, tab, target");
    if (kind && strchr(kind + 1, '\t'))
        return error_set(e, "has more than three cells in this line: write source, tab, "
                         "target, and maybe tab, kind");
    *target++ = 0;
    if (kind)
        *kind++ = 0;
    struct pair pair = {trim(line), trim(target), kind ? trim(kind) : "", number, false};
    if (is_header(&pair))
        return 0;
    if (check_cell(pair.source, "source", e) < 0 ||
        check_cell(pair.target, "target", e) < 0 ||
        (*pair.kind && check_cell(pair.kind, "kind", e) < 0))
        return -1;
    p->items = mem_grow(p->items, p->count, &p->capacity, sizeof *p->items);
    p->items[p->count++] = pair;
    return 0;
}

static int add_lines(struct pairs *p, struct error *e)
{
    long number = 1;
    for (char *line = p->text, *next; line; line = next, number++) {
        size_t n = strcspn(line, "\n");
        next = line[n] ? line + n + 1 : NULL;
        line[n] = 0;
        if (n && line[n - 1] == '\r')
            line[--n] = 0;
        if (n && add_line(p, line, number, e) < 0)
            return error_at(e, p->name, number, 0);
    }
    if (p->count)
        return 0;
    error_set(e, "holds no pairs: write source, tab, target in each line");
    return error_at(e, p->name, 0, 0);
}

/* Takes the text. */
static int parse(struct pairs *p, char *text, size_t length, const char *name,
                 struct error *e)
{
    *p = (struct pairs){.name = mem_string(name), .text = text,
                        .fingerprint = hash_of(text, length)};
    int result;
    if (strlen(text) != length) {
        error_set(e, "holds a NUL byte: remove it");
        result = error_at(e, name, 0, 0);
    } else {
        if (!strncmp(text, "\xef\xbb\xbf", 3)) /* a byte order mark */
            memmove(text, text + 3, length - 2);
        result = add_lines(p, e);
    }
    if (result < 0)
        pairs_free(p);
    return result;
}

int pairs_parse(const char *text, size_t length, const char *name, struct pairs *p,
                struct error *e)
{
    return parse(p, mem_bytes(text, length), length, name, e);
}

/* The text of a file, which gzip may have packed; whether it has, its first bytes say. */
static char *read_unpacked(const char *path, size_t *length, struct error *e)
{
    char *text = file_read(path, MOST_BYTES, length, e);
    if (!text || *length < 2 || memcmp(text, "\x1f\x8b", 2))
        return text;
    char *packed = text;
    text = gzip_unpack(packed, *length, MOST_BYTES, length, e);
    free(packed);
    if (!text)
        error_at(e, path, 0, 0);
    return text;
}

int pairs_read(const char *path, struct pairs *p, struct error *e)
{
    size_t length;
    char *text = read_unpacked(path, &length, e);
    *p = (struct pairs){0};
    return text ? parse(p, text, length, path, e) : -1;
}

void pairs_free(struct pairs *p)
{
    free(p->name);
    free(p->text);
    free(p->items);
    *p = (struct pairs){0};
}

/* ---- the exam ---- */

int pairs_hold_out(struct pairs *p, double part, struct error *e)
{
    uint64_t limit = (uint64_t)(part * 0x1p64), least = UINT64_MAX;
    size_t held = 0;
    for (size_t i = 0; i < p->count; i++) {
        uint64_t h = hash_of(p->items[i].source, strlen(p->items[i].source));
        p->items[i].held = h < limit;
        held += p->items[i].held;
        least = h < least ? h : least;
    }
    for (size_t i = 0; i < p->count && !held; i++) /* too few: the first one by hash */
        p->items[i].held =
            hash_of(p->items[i].source, strlen(p->items[i].source)) == least;
    for (size_t i = 0; i < p->count; i++)
        if (!p->items[i].held)
            return 0;
    error_set(e, "holds one source only; two are needed, one of them for the exam");
    return error_at(e, p->name, 0, 0);
}

static int by_source(const void *a, const void *b)
{
    const struct pair *x = *(const struct pair *const *)a;
    const struct pair *y = *(const struct pair *const *)b;
    int order = strcmp(x->source, y->source);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int by_line(const void *a, const void *b)
{
    const struct pair *x = *(const struct pair *const *)a;
    const struct pair *y = *(const struct pair *const *)b;
    return (x->line > y->line) - (x->line < y->line);
}

/* One line of the exam: a source and all its targets, each once. */
static void add_answers(struct buffer *b, const struct pair *const *list, size_t count,
                        const struct pair *first)
{
    buffer_addf(b, "%s\t%s", first->source, first->target);
    size_t begin = b->length - strlen(first->target);
    for (size_t i = 0; i < count; i++) {
        char *one = mem_format(" || %s || ", list[i]->target);
        char *all = mem_format(" || %s || ", b->data + begin);
        if (!strcmp(list[i]->source, first->source) && !strstr(all, one))
            buffer_addf(b, " || %s", list[i]->target);
        free(one);
        free(all);
    }
    buffer_addf(b, "\t%s\n", *first->kind ? first->kind : NO_KIND);
}

char *pairs_exam(const struct pairs *p)
{
    struct buffer b = {0};
    const struct pair **list = mem_alloc(p->count, sizeof *list);
    const struct pair **firsts = mem_alloc(p->count, sizeof *firsts);
    size_t count = 0, sources = 0;
    for (size_t i = 0; i < p->count; i++)
        if (p->items[i].held)
            list[count++] = &p->items[i];
    qsort(list, count, sizeof *list, by_source);
    for (size_t i = 0; i < count; i++)
        if (!i || strcmp(list[i]->source, list[i - 1]->source))
            firsts[sources++] = list[i];
    qsort(firsts, sources, sizeof *firsts, by_line); /* in the order of the file */
    buffer_add(&b, "source\ttarget\tkind\n");
    for (size_t i = 0; i < sources; i++) {
        const struct pair *key = firsts[i];
        const struct pair **at = bsearch(&key, list, count, sizeof *list, by_source);
        size_t n = 1;
        while (at + n < list + count && !strcmp(at[n]->source, key->source))
            n++;
        add_answers(&b, at, n, key);
    }
    free(firsts);
    free(list);
    return buffer_take(&b);
}
