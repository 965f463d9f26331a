#include "lesson/fences.h"

#include "base/memory.h"

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

/* What stands as it is becomes code, so that its digits are free. */
static int add_code_line(struct reader *r, const char *text, long line, struct prose *out)
{
    size_t first = out->count;
    if (markdown_line(text, line, 1, out, r->e) < 0)
        return reader_name_file(r);
    for (size_t i = first; i < out->count; i++)
        if (out->items[i].kind == SPAN_TEXT)
            out->items[i].kind = SPAN_CODE;
    return 0;
}

int fence_code(struct reader *r, const struct markdown_block *b, struct prose *out)
{
    long number = b->line;
    int status = 0;
    for (const char *s = b->code; *s && status == 0; number++) {
        size_t n = strcspn(s, "\n");
        n += s[n] == '\n';
        char *line = mem_bytes(s, n);
        status = add_code_line(r, line, number, out);
        free(line);
        s += n;
    }
    return status;
}

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
                               "a lesson has 1000 lines of compute blocks at most; begin "
                               "another lesson");
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
