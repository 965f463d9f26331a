#include "lesson/fences.h"

#include "base/memory.h"
#include "chart/charts.h"

#include <stdlib.h>
#include <string.h>

#define STATEMENTS_MOST 1000 /* each is a stage */

int reader_fail(struct reader *r, long line, long column, const char *message)
{
    error_set(r->e, "%s", message);
    return error_at(r->e, r->lesson->file, line, column);
}

/* Markdown knows lines and columns, but not the file. */
int reader_name_file(struct reader *r)
{
    return error_at(r->e, r->lesson->file, r->e->line, r->e->column);
}

struct source reader_source(const struct reader *r, const char *text, long line,
                            long column)
{
    return (struct source){text, r->lesson->file, line, column};
}

/* ---- text by lines ---- */

/* The next line of a text without its end, trimmed; false at the end. */
bool text_next_line(const char **at, char **line, long *column)
{
    if (!**at)
        return false;
    const char *s = *at;
    size_t n = strcspn(s, "\n");
    *at = s + n + (s[n] == '\n');
    size_t skip = strspn(s, " \t");
    skip = skip < n ? skip : n;
    while (n > skip && (s[n - 1] == ' ' || s[n - 1] == '\r' || s[n - 1] == '\t'))
        n--;
    *column = (long)skip + 1;
    *line = mem_bytes(s + skip, n - skip);
    return true;
}

/* Cuts "key: value" in place; NULL when there is no colon. */
char *text_cut_key(char *line)
{
    char *colon = strchr(line, ':');
    if (!colon)
        return NULL;
    *colon++ = 0;
    return colon + strspn(colon, " \t");
}

void text_trim(char *s)
{
    size_t n = strlen(s);
    while (n && s[n - 1] == ' ')
        s[--n] = 0;
    size_t skip = strspn(s, " ");
    memmove(s, s + skip, n - skip + 1);
}

/* The character of a quoted value at `s` and how many bytes it takes; 0 at the quote that
 * ends it. */
static size_t quoted(const char *s, char quote, char *out)
{
    *out = *s;
    if (quote == '"' && s[0] == '\\' && (s[1] == '"' || s[1] == '\\')) {
        *out = s[1];
        return 2;
    }
    if (quote == '\'' && s[0] == quote && s[1] == quote)
        return 2;
    return *s != quote;
}

void text_unquote(char *s)
{
    char quote = s[0], c, *out = s;
    size_t at = 1;
    if (quote != '"' && quote != '\'')
        return;
    for (size_t n; s[at] && (n = quoted(s + at, quote, &c)) > 0; at += n)
        ;
    if (!s[at] || s[at + 1])
        return; /* the quotes are part of the text: "A" and "B" */
    at = 1;
    for (size_t n; (n = quoted(s + at, quote, &c)) > 0; at += n)
        *out++ = c;
    *out = 0;
}

/* ---- fences ---- */

int fence_compute(struct reader *r, struct scene *s, const struct markdown_block *b)
{
    struct source source = reader_source(r, b->code, b->line, 1);
    size_t at = 0, begin = 0;
    char *name = NULL;
    struct node *node = NULL;
    int more;
    while ((more = syntax_statement(&source, &at, &name, &node, &begin, r->e)) > 0) {
        if (++r->statements > STATEMENTS_MOST) {
            free(name);
            node_free(node);
            return reader_fail(r, b->line, 1,
                               "a lesson has 1000 lines of compute blocks at most");
        }
        s->statements = mem_grow(s->statements, s->statement_count,
                                 &s->statement_capacity, sizeof *s->statements);
        s->statements[s->statement_count++] = (struct statement){
            name, node, mem_bytes(b->code + begin, at - begin), node->line};
    }
    return more;
}

int fence_claims(struct reader *r, struct scene *s, const struct markdown_block *b)
{
    const char *at = b->code;
    char *line;
    long column, number = b->line;
    for (; text_next_line(&at, &line, &column); number++) {
        struct source source = reader_source(r, line, number, column);
        struct node *node = NULL;
        if (*line && *line != '#') {
            node = syntax_condition(&source, r->e);
            if (!node) {
                free(line);
                return -1;
            }
            s->claims = mem_grow(s->claims, s->claim_count, &s->claim_capacity,
                                 sizeof *s->claims);
            s->claims[s->claim_count++] = (struct claim){node, mem_string(line), number};
        }
        free(line);
    }
    return 0;
}

static int staging_view(struct reader *r, struct staging *st, const char *value,
                        long number)
{
    const struct chart_kind *view = charts_find(value);
    if (view) {
        st->view = view;
        return 0;
    }
    char *names = charts_names(), *text = mem_format("there are the views %s", names);
    reader_fail(r, number, 1, text);
    free(names);
    free(text);
    return -1;
}

static int staging_field(struct reader *r, struct staging *st, char *line, long number)
{
    char *value = text_cut_key(line);
    if (!value || !*value)
        return reader_fail(r, number, 1, "a stage fence has lines \"key: value\"");
    if (strcmp(line, "focus") != 0)
        text_unquote(value);
    if (!strcmp(line, "focus")) {
        char format[16];
        struct source source = reader_source(r, value, number, 1 + (long)(value - line));
        node_free(st->focus);
        st->focus = syntax_value(&source, format, r->e);
        if (!st->focus)
            return -1;
        const struct node *n = st->focus;
        if (n->kind == NODE_INDEX)
            n = n->children[0];
        return n->kind == NODE_NAME ? 0
                                    : reader_fail(r, number, 1,
                                                  "the focus is the name of a "
                                                  "matrix, maybe with a cell");
    }
    if (!strcmp(line, "view"))
        return staging_view(r, st, value, number);
    if (!strcmp(line, "export")) {
        st->export = !strcmp(value, "yes");
        return 0;
    }
    char **text = !strcmp(line, "what-if") ? &st->whatifs
                  : !strcmp(line, "text")  ? &st->text
                                           : NULL;
    if (!text)
        return reader_fail(r, number, 1,
                           "a stage fence knows focus, view, what-if, text and "
                           "export");
    free(*text);
    *text = mem_string(value);
    return 0;
}

int fence_staging(struct reader *r, struct scene *s, const struct markdown_block *b)
{
    if (s->staging)
        return reader_fail(r, b->line, 1, "a scene has one stage fence");
    s->staging = mem_zero(1, sizeof *s->staging);
    s->staging->view = charts_at(0);
    s->staging->line = b->line;
    const char *at = b->code;
    char *line;
    long column, number = b->line;
    int status = 0;
    for (; status == 0 && text_next_line(&at, &line, &column); number++) {
        if (*line && *line != '#')
            status = staging_field(r, s->staging, line, number);
        free(line);
    }
    return status;
}
