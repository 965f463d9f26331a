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
#define TAB 4
#define QUOTES_MOST 4   /* that stand in each other, as lists do */
#define INLINES_MOST 20 /* the same for *emphasis* and **strong** text */

struct kept {
    const char *text;
    size_t length;
    long line, column; /* of what stands between the braces */
    bool met;          /* its mark was read */
};

struct parser {
    const char *text;
    const char **lines; /* of the text as cmark sees it */
    size_t line_count;
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
        return fail(p->e, line, column,
                    "a lesson holds 1000 values at most; begin another one");
    p->kept[p->kept_count] =
        (struct kept){p->text + begin + 2, end - begin - 2, line, column + 2, false};
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

/* The value whose mark stands at `s`; NULL for bytes that are no mark of ours, each of
 * which is met once: entities such as &#2; can make such bytes. */
static const struct kept *value_at(struct parser *p, const char *s)
{
    if (*s != VALUE_BEGIN || strspn(s + 1, "0123456789") != 3 || s[4] != VALUE_END)
        return NULL;
    size_t i = (size_t)((s[1] - '0') * 100 + (s[2] - '0') * 10 + (s[3] - '0'));
    if (i >= p->kept_count || p->kept[i].met)
        return NULL;
    p->kept[i].met = true;
    return &p->kept[i];
}

/* The text with the values as they stood. Caller frees. */
static char *unmask(struct parser *p, const char *text)
{
    struct buffer b = {0};
    for (const char *s = text; *s; s++) {
        const struct kept *k = value_at(p, s);
        if (!k) {
            buffer_add_bytes(&b, s, 1);
            continue;
        }
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

static int refuse_control(struct error *e, uint32_t code, long line, long column)
{
    error_set(e, "a control character (U+%04X) stands here; remove it", (unsigned)code);
    return error_at(e, "", line, column);
}

/* The door has refused control characters, but entities make new ones: the text is
 * looked at once more, without our marks. */
static int check_span(const struct parser *p, const char *text, size_t n, long line,
                      long column)
{
    size_t bad = text_find_control(text, n);
    uint32_t code;
    if (bad == n)
        return 0;
    utf8_decode(text + bad, text + n, &code);
    return refuse_control(p->e, code, line, column);
}

/* Text with masked values in it. */
static int add_text(struct parser *p, struct prose *out, enum span_kind kind,
                    const char *text, long line, long column)
{
    const char *begin = text;
    for (const char *s = text;; s++) {
        const struct kept *k = value_at(p, s);
        if (*s && !k)
            continue;
        if (check_span(p, begin, (size_t)(s - begin), line, column) < 0)
            return -1;
        if (s > begin)
            add_span(out, kind, begin, (size_t)(s - begin), line,
                     column + (long)(begin - text));
        if (!k)
            return 0;
        add_span(out, SPAN_VALUE, k->text, k->length, k->line, k->column);
        for (s += 4; s[1] == VALUE_END; s++)
            ;
        begin = s + 1;
    }
}

static int add_inlines(struct parser *p, cmark_node *parent, enum span_kind kind,
                       int depth, struct prose *out);

static int add_inline(struct parser *p, cmark_node *node, enum span_kind kind, int depth,
                      struct prose *out)
{
    long line = cmark_node_get_start_line(node) + p->first_line - 1;
    long column = cmark_node_get_start_column(node);
    const char *literal = cmark_node_get_literal(node);
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
        return add_text(p, out, kind, literal, line, column);
    case CMARK_NODE_CODE:
        return add_text(p, out, SPAN_CODE, literal, line, column);
    case CMARK_NODE_SOFTBREAK:
        add_span(out, kind, " ", 1, line, column);
        return 0;
    case CMARK_NODE_LINEBREAK:
        add_span(out, SPAN_BREAK, "\n", 1, line, column);
        return 0;
    case CMARK_NODE_EMPH:
        return add_inlines(p, node, SPAN_EMPHASIS, depth + 1, out);
    case CMARK_NODE_STRONG:
        return add_inlines(p, node, SPAN_STRONG, depth + 1, out);
    case CMARK_NODE_LINK:
        return add_inlines(p, node, SPAN_LINK, depth + 1, out);
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
                       int depth, struct prose *out)
{
    if (depth > INLINES_MOST)
        return fail(p->e, cmark_node_get_start_line(parent) + p->first_line - 1,
                    cmark_node_get_start_column(parent),
                    "strong and emphasised text is nested too deeply; take some marks "
                    "away");
    for (cmark_node *n = cmark_node_first_child(parent); n; n = cmark_node_next(n))
        if (add_inline(p, n, kind, depth, out) < 0)
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
    int quotes;
    int depth;
    char marker[8];
};

static int add_blocks(struct parser *p, cmark_node *parent, struct place *at);

static int add_list(struct parser *p, cmark_node *list, const struct place *at)
{
    bool ordered = cmark_node_get_list_type(list) == CMARK_ORDERED_LIST;
    int number = cmark_node_get_list_start(list);
    for (cmark_node *n = cmark_node_first_child(list); n; n = cmark_node_next(n)) {
        struct place inner = {at->quotes, at->depth + 1, "•"};
        if (ordered)
            snprintf(inner.marker, sizeof inner.marker, "%d.", number++ % 1000);
        if (add_blocks(p, n, &inner) < 0)
            return -1;
    }
    return 0;
}

/* Tables are no CommonMark, so they come as paragraphs: one has a line "---|---" of bars
 * and dashes below a line with a bar. */
static bool is_table(const struct parser *p, cmark_node *node)
{
    size_t line = (size_t)cmark_node_get_start_line(node) - 1;
    size_t last = (size_t)cmark_node_get_end_line(node);
    bool bar = false;
    for (; line < last && line < p->line_count; line++) {
        const char *s = p->lines[line];
        size_t n = strcspn(s, "\n"), rule = strspn(s, "|-: >");
        bool bars = memchr(s, '|', n) != NULL;
        if (bar && bars && rule == n && memchr(s, '-', n))
            return true;
        bar = bars;
    }
    return false;
}

static int add_paragraph(struct parser *p, cmark_node *node, struct place *at)
{
    if (is_table(p, node))
        return fail(p->e, cmark_node_get_start_line(node) + p->first_line - 1,
                    cmark_node_get_start_column(node),
                    "a lesson holds no tables; write a list, or a matrix in a compute "
                    "block");
    struct markdown_block *b = add_block(p, node,
                                         at->depth    ? MARKDOWN_ITEM
                                         : at->quotes ? MARKDOWN_QUOTE
                                                      : MARKDOWN_PARAGRAPH);
    b->level = at->depth;
    memcpy(b->marker, at->marker, sizeof b->marker);
    at->marker[0] = 0;
    struct prose prose = {0};
    int status = add_inlines(p, node, SPAN_TEXT, 0, &prose);
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
    if (strchr(b->code, VALUE_BEGIN)) /* entities above have forged this mark */
        return refuse_control(p->e, VALUE_BEGIN, b->line, 1);
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
        int status = add_inlines(p, node, SPAN_TEXT, 0, &prose);
        p->out->items[p->out->count - 1].prose = prose;
        return status;
    }
    case CMARK_NODE_PARAGRAPH:
        return add_paragraph(p, node, at);
    case CMARK_NODE_CODE_BLOCK:
        return add_code(p, node);
    case CMARK_NODE_LIST:
        return at->depth < 4 ? add_list(p, node, at)
                             : fail(p->e, line, column,
                                    "lists go four levels deep at most; "
                                    "begin a new paragraph");
    case CMARK_NODE_BLOCK_QUOTE: {
        struct place inner = {at->quotes + 1, at->depth, ""};
        return at->quotes < QUOTES_MOST
                   ? add_blocks(p, node, &inner)
                   : fail(p->e, line, column,
                          "quotes go four levels deep at most; take a > away");
    }
    case CMARK_NODE_HTML_BLOCK:
        return fail(p->e, line, column,
                    "HTML is not allowed in a lesson; write Markdown");
    default:
        return fail(p->e, line, column,
                    "rules (---) are not allowed; leave it out, a scene "
                    "begins with ##");
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

/* Where in the text the byte `at` stands. */
static void find_place(const char *text, size_t at, long *line, long *column)
{
    *column = 1;
    for (size_t i = 0; i < at; i++, ++*column)
        if (text[i] == '\n') {
            ++*line;
            *column = 0;
        }
}

/* Control characters would reach the terminal, or could be taken for our marks. */
static int check_text(const char *text, long line, struct error *e)
{
    const char *end = text + strlen(text);
    size_t at = 0, size = (size_t)(end - text);
    long column;
    uint32_t code;
    for (size_t n; (n = utf8_decode(text + at, end, &code)) > 0; at += n)
        if (utf8_is_broken(text + at, n, code))
            break;
    if (at < size) {
        find_place(text, at, &line, &column);
        return fail(e, line, column, "this is not UTF-8; save the file as UTF-8");
    }
    at = 0;
    while ((at += text_find_control(text + at, size - at)) < size) {
        size_t n = utf8_decode(text + at, end, &code);
        if (code != '\t' && code != '\r' && code != '\n') {
            find_place(text, at, &line, &column);
            return refuse_control(e, code, line, column);
        }
        at += n;
    }
    return 0;
}

/* Line ends become \n, and tabs the spaces up to the next of Markdown's tab stops. */
static char *plain_lines(const char *text)
{
    struct buffer b = {0};
    const char *line = text;
    int width = 0;
    for (const char *s = text;; s++) {
        if (*s && *s != '\t' && *s != '\n' && *s != '\r')
            continue;
        char *part = mem_bytes(line, (size_t)(s - line));
        width += text_width(part);
        buffer_add(&b, part);
        free(part);
        if (!*s)
            return buffer_take(&b);
        if (*s == '\t' && strchr("\r\n", s[1])) {
            width++; /* at the end of a line: two spaces would mean a forced one */
        } else if (*s == '\t') {
            buffer_add(&b, &"    "[width % TAB]);
            width += TAB - width % TAB;
        } else {
            buffer_add(&b, "\n");
            width = 0;
            s += *s == '\r' && s[1] == '\n';
        }
        line = s + 1;
    }
}

char *markdown_clean(const char *text, struct error *e)
{
    struct error own = {0};
    if (check_text(text, 1, e ? e : &own) < 0)
        return NULL;
    char *normal = text_normalize(text), *clean = plain_lines(normal);
    free(normal);
    return clean;
}

static void find_lines(struct parser *p, const char *text)
{
    size_t capacity = 0;
    for (const char *s = text; *s; s += *s == '\n') {
        p->lines = mem_grow(p->lines, p->line_count, &capacity, sizeof *p->lines);
        p->lines[p->line_count++] = s;
        s += strcspn(s, "\n");
    }
}

static int parse(struct parser *p)
{
    char *masked = mask_values(p);
    if (!masked)
        return -1;
    find_lines(p, masked);
    cmark_node *document =
        cmark_parse_document(masked, strlen(masked), CMARK_OPT_DEFAULT);
    struct place top = {0};
    int status = add_blocks(p, document, &top);
    cmark_node_free(document);
    free(p->lines);
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
