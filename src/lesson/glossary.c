#include "lesson/glossary.h"

#include "base/data.h"
#include "base/file.h"
#include "base/memory.h"
#include "lesson/fences.h"
#include "lesson/tally.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MOST ((size_t)1 << 20)

/* ---- reading ---- */

static int fail(const struct glossary *g, long line, const char *message, struct error *e)
{
    error_set(e, "%s", message);
    return error_at(e, g->file, line, 1);
}

static void add_name(struct glossary_term *t, const char *name, size_t n)
{
    char *copy = mem_bytes(name, n);
    text_trim(copy);
    if (!*copy) {
        free(copy);
        return;
    }
    char **names = mem_zero(t->name_count + 1, sizeof *names);
    for (size_t i = 0; i < t->name_count; i++)
        names[i] = t->names[i];
    names[t->name_count++] = copy;
    free(t->names);
    t->names = names;
}

/* "dot product, inner product | 내적" */
static int read_heading(struct glossary *g, char *text, long line, struct error *e)
{
    char *bar = strchr(text, '|');
    g->items = mem_grow(g->items, g->count, &g->capacity, sizeof *g->items);
    struct glossary_term *t = &g->items[g->count++];
    *t = (struct glossary_term){.line = line};
    if (bar)
        *bar++ = 0;
    t->twin = mem_string(bar ? bar : "");
    text_trim(t->twin);
    for (const char *s = text; *s;) {
        size_t n = strcspn(s, ",");
        add_name(t, s, n);
        s += n + (s[n] == ',');
    }
    return t->name_count && *t->twin
               ? 0
               : fail(g, line,
                      "a term is written: ## term, further name | the term in the other "
                      "language",
                      e);
}

static int read_scene(struct glossary *g, const char *value, long line, struct error *e)
{
    struct glossary_term *t = &g->items[g->count - 1];
    char *end;
    t->part = strtol(value, &end, 10);
    t->scene = *end == '/' ? strtol(end + 1, &end, 10) : 0;
    return *end || t->part < 1 || t->scene < 1
               ? fail(g, line, "the scene that explains a term is written: scene: 5/2", e)
               : 0;
}

static void read_text(struct glossary_term *t, const char *line)
{
    char *text = mem_format("%s%s%s", t->text ? t->text : "", t->text ? " " : "", line);
    free(t->text);
    t->text = text;
}

static int read_line(struct glossary *g, char *line, long number, struct error *e)
{
    if (!strncmp(line, "## ", 3))
        return read_heading(g, line + 3, number, e);
    if (!*line || (*line == '#' && !g->count))
        return 0;
    if (!g->count)
        return fail(g, number, "nothing stands before the first term (## term | …)", e);
    if (!strncmp(line, "scene:", 6))
        return read_scene(g, line + 6 + strspn(line + 6, " "), number, e);
    read_text(&g->items[g->count - 1], line);
    return 0;
}

static int check_terms(const struct glossary *g, struct error *e)
{
    for (size_t i = 0; i < g->count; i++)
        if (!g->items[i].part || !g->items[i].text)
            return fail(g, g->items[i].line,
                        "a term needs a line \"scene: PART/SCENE\" and its explanation",
                        e);
    return 0;
}

struct glossary *glossary_parse(const char *text, const char *file, struct error *e)
{
    struct error own = {0};
    struct glossary *g = mem_zero(1, sizeof *g);
    e = e ? e : &own;
    g->file = mem_string(file);
    char *clean = markdown_clean(text, e), *line;
    const char *at = clean;
    long column, number = 1;
    int status = clean ? 0 : error_at(e, file, e->line, e->column);
    for (; status == 0 && text_next_line(&at, &line, &column); number++) {
        status = read_line(g, line, number, e);
        free(line);
    }
    free(clean);
    if (status == 0 && check_terms(g, e) == 0)
        return g;
    glossary_free(g);
    return NULL;
}

struct glossary *glossary_open(const char *path, struct error *e)
{
    char *text = file_read(path, FILE_MOST, NULL, e);
    struct glossary *g = text ? glossary_parse(text, path, e) : NULL;
    free(text);
    return g;
}

void glossary_free(struct glossary *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->count; i++) {
        struct glossary_term *t = &g->items[i];
        for (size_t k = 0; k < t->name_count; k++)
            free(t->names[k]);
        free(t->names);
        free(t->twin);
        free(t->text);
    }
    free(g->items);
    free(g->file);
    free(g);
}

/* ---- a lesson against it ---- */

static void add_prose(struct buffer *b, const struct prose *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct span *s = &p->items[i];
        bool counts = s->kind != SPAN_VALUE && s->kind != SPAN_CODE;
        buffer_add(b, counts && s->kind != SPAN_BREAK ? s->text : " ");
    }
    buffer_add(b, "\n");
}

/* All that a scene says, without values and code. Caller frees. */
static char *words_of(const struct scene *s)
{
    struct buffer b = {0};
    buffer_addf(&b, "%s\n", s->title);
    for (size_t i = 0; i < s->block_count; i++)
        add_prose(&b, &s->blocks[i].prose);
    for (size_t i = 0; i < s->predict_count; i++) {
        const struct prose *p;
        for (size_t k = 0; (p = predict_prose(&s->predicts[i], k)) != NULL; k++)
            add_prose(&b, p);
    }
    return buffer_take(&b);
}

static const char *used(const struct glossary_term *t, const char *words)
{
    for (size_t i = 0; i < t->name_count; i++)
        if (tally_has_word(words, t->names[i]))
            return t->names[i];
    return NULL;
}

/* The first scene, from 1, that uses the term before it is explained; 0 for none. */
static long used_early(const struct glossary_term *t, const struct lesson *l,
                       char *const *words)
{
    for (long k = 1; k <= (long)l->count; k++) {
        bool early = l->part < t->part || (l->part == t->part && k < t->scene);
        if (early && used(t, words[k - 1]))
            return k;
    }
    return 0;
}

static void check_term(const struct glossary *g, const struct glossary_term *t,
                       const struct lesson *l, char *const *words, struct error *e)
{
    long early = used_early(t, l, words);
    if (early) {
        error_set(e,
                  "\"%.60s\" is used before scene %ld/%ld, which explains it "
                  "(%.200s:%ld)",
                  t->names[0], t->part, t->scene, g->file, t->line);
        error_at(e, l->file, l->scenes[early - 1].line, 0);
    } else if (l->part == t->part && t->scene > (long)l->count) {
        error_set(e,
                  "there is no scene %ld/%ld that could explain \"%.60s\"; name one "
                  "that is there",
                  t->part, t->scene, t->names[0]);
        error_at(e, g->file, t->line, 0);
    } else if (l->part == t->part && !used(t, words[t->scene - 1])) {
        error_set(
            e,
            "scene %ld/%ld should explain \"%.60s\" and does not name it; write the "
            "term there, or name another scene",
            t->part, t->scene, t->names[0]);
        error_at(e, g->file, t->line, 0);
    }
}

void glossary_check(const struct glossary *g, const struct lesson *l,
                    void (*fault)(void *data, struct error *e), void *data)
{
    char **words = mem_zero(l->count + 1, sizeof *words);
    for (size_t k = 0; k < l->count; k++)
        words[k] = words_of(&l->scenes[k]);
    for (size_t i = 0; i < g->count; i++) {
        struct error e = {0};
        check_term(g, &g->items[i], l, words, &e);
        if (e.set)
            fault(data, &e);
    }
    for (size_t k = 0; k < l->count; k++)
        free(words[k]);
    free(words);
}

/* ---- to read ---- */

char *glossary_text(enum language language, struct error *e)
{
    char *folder = data_path_beside("lessons");
    char *path = mem_format("%s/glossary/%s.md", folder ? folder : "lessons",
                            language == LANGUAGE_KO ? "ko" : "en");
    struct glossary *g = glossary_open(path, e);
    struct buffer b = {0};
    for (size_t i = 0; g && i < g->count; i++) {
        const struct glossary_term *t = &g->items[i];
        buffer_addf(&b, "%s%s", i ? "\n" : "", t->names[0]);
        if (strcmp(t->names[0], t->twin) != 0)
            buffer_addf(&b, " (%s)", t->twin);
        buffer_addf(&b, "  %ld/%ld\n  %s\n", t->part, t->scene, t->text);
    }
    glossary_free(g);
    free(path);
    free(folder);
    return g ? buffer_take(&b) : NULL;
}
