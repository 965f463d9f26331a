#include "lesson/markdown.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <cmark.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Before cmark sees the text, what stands between {{ and }} is replaced, byte for byte,
 * by a mark that no Markdown has a meaning for, so that *, _ and [ keep theirs in
 * formulas and columns stay true: 0x02, the number of the value, 0x03. */
#define VALUE_BEGIN 0x02
#define VALUE_END 0x03
#define VALUES_MOST 1000

struct kept {
    const char *text;
    size_t length;
    long line, column; /* of what stands between the braces */
};

struct parser {
    const char *text;
    long first_line;
    struct kept kept[VALUES_MOST];
    size_t kept_count;
    struct markdown *out;
    struct error *e;
};

static int fail(struct error *e, long line, long column, const char *message)
{
    error_set(e, "%s", message);
    return error_at(e, "", line, column);
}

/* ---- values ---- */

static int keep_value(struct parser *p, char *masked, size_t begin, size_t end, long line,
                      long column)
{
    if (p->kept_count == VALUES_MOST)
        return fail(p->e, line, column, "a lesson may hold 1000 values at most");
    p->kept[p->kept_count] =
        (struct kept){p->text + begin + 2, end - begin - 2, line, column + 2};
    char number[4];
    snprintf(number, sizeof number, "%03zu", p->kept_count++);
    memset(masked + begin, ' ', end + 2 - begin);
    masked[begin] = VALUE_BEGIN;
    memcpy(masked + begin + 1, number, 3);
    memset(masked + begin + 4, VALUE_END, end + 2 - begin - 4);
    return 0;
}

/* A copy with the values masked; NULL with an error for a brace that is never closed. */
static char *mask_values(struct parser *p)
{
    char *masked = mem_string(p->text);
    long line = p->first_line, column = 1;
    for (size_t i = 0; p->text[i]; i++, column++) {
        if (p->text[i] == '\n') {
            line++;
            column = 0;
            continue;
        }
        if (strncmp(p->text + i, "{{", 2) != 0)
            continue;
        const char *end = strstr(p->text + i, "}}");
        const char *newline = strchr(p->text + i, '\n');
        if (!end || (newline && newline < end)) {
            fail(p->e, line, column,
                 "a value begins here with {{ and does not end: write "
                 "}} on the same line");
            break;
        }
        size_t to = (size_t)(end - p->text);
        if (to - i < 3) {
            fail(p->e, line, column,
                 "an empty value; write an expression between {{ and }}");
            break;
        }
        if (keep_value(p, masked, i, to, line, column) < 0)
            break;
        column += (long)(to + 1 - i);
        i = to + 1;
    }
    if (!p->e->set)
        return masked;
    free(masked);
    return NULL;
}

/* The text with the values as they stood. Caller frees. */
static char *unmask(const struct parser *p, const char *text)
{
    struct buffer b = {0};
    for (const char *s = text; *s; s++) {
        if (*s != VALUE_BEGIN) {
            buffer_add_bytes(&b, s, 1);
            continue;
        }
        const struct kept *k = &p->kept[atoi((char[]){s[1], s[2], s[3], 0})];
        buffer_addf(&b, "{{%.*s}}", (int)k->length, k->text);
        while (s[1] && *s != VALUE_END)
            s++;
        while (s[1] == VALUE_END)
            s++;
    }
    return buffer_take(&b);
}

/* ---- spans ---- */

static void add_span(struct prose *p, enum span_kind kind, const char *text, size_t n,
                     long line, long column)
{
    p->items = mem_grow(p->items, p->count, &p->capacity, sizeof *p->items);
    p->items[p->count++] = (struct span){kind, mem_bytes(text, n), line, column};
}

/* Text with masked values in it. */
static void add_text(const struct parser *p, struct prose *out, enum span_kind kind,
                     const char *text, long line, long column)
{
    const char *begin = text;
    for (const char *s = text;; s++) {
        if (*s && *s != VALUE_BEGIN)
            continue;
        if (s > begin)
            add_span(out, kind, begin, (size_t)(s - begin), line,
                     column + (long)(begin - text));
        if (!*s)
            return;
        const struct kept *k = &p->kept[atoi((char[]){s[1], s[2], s[3], 0})];
        add_span(out, SPAN_VALUE, k->text, k->length, k->line, k->column);
        for (s += 4; s[1] == VALUE_END; s++)
            ;
        begin = s + 1;
    }
}

static int add_inlines(struct parser *p, cmark_node *parent, enum span_kind kind,
                       struct prose *out);

static int add_inline(struct parser *p, cmark_node *node, enum span_kind kind,
                      struct prose *out)
{
    long line = cmark_node_get_start_line(node) + p->first_line - 1;
    long column = cmark_node_get_start_column(node);
    const char *literal = cmark_node_get_literal(node);
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
        add_text(p, out, kind, literal, line, column);
        return 0;
    case CMARK_NODE_CODE:
        add_text(p, out, SPAN_CODE, literal, line, column);
        return 0;
    case CMARK_NODE_SOFTBREAK:
        add_text(p, out, kind, " ", line, column);
        return 0;
    case CMARK_NODE_LINEBREAK:
        add_text(p, out, SPAN_BREAK, "\n", line, column);
        return 0;
    case CMARK_NODE_EMPH:
        return add_inlines(p, node, SPAN_EMPHASIS, out);
    case CMARK_NODE_STRONG:
        return add_inlines(p, node, SPAN_STRONG, out);
    case CMARK_NODE_LINK:
        return add_inlines(p, node, SPAN_LINK, out);
    case CMARK_NODE_IMAGE:
        return fail(p->e, line, column,
                    "a lesson holds no picture files; show a stage "
                    "or a compute block instead");
    default:
        return fail(p->e, line, column,
                    "HTML is not allowed; write a < b with spaces, or "
                    "`code`");
    }
}

static int add_inlines(struct parser *p, cmark_node *parent, enum span_kind kind,
                       struct prose *out)
{
    for (cmark_node *n = cmark_node_first_child(parent); n; n = cmark_node_next(n))
        if (add_inline(p, n, kind, out) < 0)
            return -1;
    return 0;
}

/* ---- blocks ---- */

static struct markdown_block *add_block(struct parser *p, cmark_node *node,
                                        enum markdown_kind kind)
{
    struct markdown *m = p->out;
    m->items = mem_grow(m->items, m->count, &m->capacity, sizeof *m->items);
    struct markdown_block *b = &m->items[m->count++];
    *b = (struct markdown_block){.kind = kind};
    b->line = cmark_node_get_start_line(node) + p->first_line - 1;
    b->column = cmark_node_get_start_column(node);
    return b;
}

/* Where a block stands: in a quote, in an item of a list. */
struct place {
    bool quoted;
    int depth;
    char marker[8];
};

static int add_blocks(struct parser *p, cmark_node *parent, struct place *at);

static int add_list(struct parser *p, cmark_node *list, const struct place *at)
{
    bool ordered = cmark_node_get_list_type(list) == CMARK_ORDERED_LIST;
    int number = cmark_node_get_list_start(list);
    for (cmark_node *n = cmark_node_first_child(list); n; n = cmark_node_next(n)) {
        struct place inner = {at->quoted, at->depth + 1, "•"};
        if (ordered)
            snprintf(inner.marker, sizeof inner.marker, "%d.", number++ % 1000);
        if (add_blocks(p, n, &inner) < 0)
            return -1;
    }
    return 0;
}

static int add_paragraph(struct parser *p, cmark_node *node, struct place *at)
{
    struct markdown_block *b = add_block(p, node,
                                         at->depth    ? MARKDOWN_ITEM
                                         : at->quoted ? MARKDOWN_QUOTE
                                                      : MARKDOWN_PARAGRAPH);
    b->level = at->depth;
    memcpy(b->marker, at->marker, sizeof b->marker);
    at->marker[0] = 0;
    struct prose prose = {0};
    int status = add_inlines(p, node, SPAN_TEXT, &prose);
    p->out->items[p->out->count - 1].prose = prose;
    return status;
}

static int add_code(struct parser *p, cmark_node *node)
{
    struct markdown_block *b = add_block(p, node, MARKDOWN_CODE);
    const char *info = cmark_node_get_fence_info(node);
    b->info = mem_string(info ? info : "");
    b->code = unmask(p, cmark_node_get_literal(node));
    b->line++;
    return 0;
}

static int add_one(struct parser *p, cmark_node *node, struct place *at)
{
    long line = cmark_node_get_start_line(node) + p->first_line - 1;
    long column = cmark_node_get_start_column(node);
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HEADING: {
        struct prose prose = {0};
        add_block(p, node, MARKDOWN_HEADING)->level = cmark_node_get_heading_level(node);
        int status = add_inlines(p, node, SPAN_TEXT, &prose);
        p->out->items[p->out->count - 1].prose = prose;
        return status;
    }
    case CMARK_NODE_PARAGRAPH:
        return add_paragraph(p, node, at);
    case CMARK_NODE_CODE_BLOCK:
        return add_code(p, node);
    case CMARK_NODE_LIST:
        return at->depth < 4 ? add_list(p, node, at)
                             : fail(p->e, line, column, "lists go four levels deep");
    case CMARK_NODE_BLOCK_QUOTE: {
        struct place inner = {true, at->depth, ""};
        return add_blocks(p, node, &inner);
    }
    case CMARK_NODE_HTML_BLOCK:
        return fail(p->e, line, column, "HTML is not allowed in a lesson");
    default:
        return fail(p->e, line, column,
                    "rules (---) are not allowed; a scene begins with "
                    "##");
    }
}

static int add_blocks(struct parser *p, cmark_node *parent, struct place *at)
{
    for (cmark_node *n = cmark_node_first_child(parent); n; n = cmark_node_next(n))
        if (add_one(p, n, at) < 0)
            return -1;
    return 0;
}

/* ---- the door ---- */

/* Control characters would reach the terminal, or could be taken for our marks. */
static int check_text(const char *text, long line, struct error *e)
{
    long column = 1;
    const char *end = text + strlen(text);
    for (const char *s = text; s < end; column++) {
        uint32_t code;
        size_t n = utf8_decode(s, end, &code);
        if (code == 0xfffd && strncmp(s, "\xef\xbf\xbd", 3) != 0)
            return fail(e, line, column, "this is not UTF-8; save the file as UTF-8");
        s += n;
        if (code == '\n') {
            line++;
            column = 0;
        } else if (code != '\t' && code != '\r' && text_is_control(code)) {
            return fail(e, line, column, "a control character stands here; remove it");
        }
    }
    return 0;
}

static int parse(struct parser *p)
{
    if (check_text(p->text, p->first_line, p->e) < 0)
        return -1;
    char *masked = mask_values(p);
    if (!masked)
        return -1;
    cmark_node *document =
        cmark_parse_document(masked, strlen(masked), CMARK_OPT_DEFAULT);
    struct place top = {0};
    int status = add_blocks(p, document, &top);
    cmark_node_free(document);
    free(masked);
    return status;
}

int markdown_parse(const char *text, long first_line, struct markdown *out,
                   struct error *e)
{
    struct error own = {0};
    struct parser *p = mem_zero(1, sizeof *p);
    *p = (struct parser){.text = text, .first_line = first_line, .out = out};
    p->e = e ? e : &own;
    *out = (struct markdown){0};
    int status = parse(p);
    if (status < 0)
        markdown_free(out);
    free(p);
    return status;
}

int markdown_line(const char *text, long line, long column, struct prose *out,
                  struct error *e)
{
    for (const char *s = text; *s;) {
        const char *begin = strstr(s, "{{");
        size_t n = begin ? (size_t)(begin - s) : strlen(s);
        if (n)
            add_span(out, SPAN_TEXT, s, n, line, column + (long)(s - text));
        if (!begin)
            break;
        const char *end = strstr(begin, "}}");
        if (!end || end < begin + 3)
            return fail(e, line, column + (long)(begin - text),
                        "a value begins here with {{ and does not end: write }} on the "
                        "same line");
        add_span(out, SPAN_VALUE, begin + 2, (size_t)(end - begin - 2), line,
                 column + (long)(begin + 2 - text));
        s = end + 2;
    }
    return 0;
}

void prose_free(struct prose *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->items[i].text);
    free(p->items);
    *p = (struct prose){0};
}

void markdown_free(struct markdown *m)
{
    for (size_t i = 0; i < m->count; i++) {
        prose_free(&m->items[i].prose);
        free(m->items[i].info);
        free(m->items[i].code);
    }
    free(m->items);
    *m = (struct markdown){0};
}
