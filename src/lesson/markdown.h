/* Markdown as a lesson uses it: a flat list of blocks, with their prose taken apart into
 * spans and every {{value}} kept as a span of its own. (CommonMark, parsed by cmark.)
 *
 * Pictures, tables, HTML and rules are refused with their place. Text is safe to show:
 * control characters are refused at the door, and where an entity makes one. */
#ifndef MARKDOWN_H
#define MARKDOWN_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum span_kind {
    SPAN_TEXT,
    SPAN_STRONG,
    SPAN_EMPHASIS,
    SPAN_CODE,
    SPAN_LINK,  /* the words of a link; its address is dropped */
    SPAN_VALUE, /* `text` is what stood between the braces */
    SPAN_BREAK, /* a forced new line */
};

struct span {
    enum span_kind kind;
    char *text;
    long line, column; /* in the file, from 1 */
};

struct prose {
    struct span *items;
    size_t count, capacity;
};

enum markdown_kind {
    MARKDOWN_HEADING,
    MARKDOWN_PARAGRAPH,
    MARKDOWN_ITEM,
    MARKDOWN_QUOTE,
    MARKDOWN_CODE, /* also every fence: `info` says which */
};

struct markdown_block {
    enum markdown_kind kind;
    int level;      /* of a heading; the depth of an item, from 1 */
    char marker[8]; /* of an item: "•", "2."; empty for its further paragraphs */
    struct prose prose;
    char *info, *code; /* of code; `code` with its values as they stood */
    long line, column; /* of the block; of code: its first line inside the fence */
};

struct markdown {
    struct markdown_block *items;
    size_t count, capacity;
};

/* The text of a whole file as the rest takes it: NFC, lines that end with \n, no tabs
 * (Markdown's tab stops, of four columns). NULL with an error, its place without a file,
 * for text that is not UTF-8 or holds control characters. Caller frees. */
char *markdown_clean(const char *text, struct error *e);

/* Parses clean text, whose first line is `first_line` of the file. */
int markdown_parse(const char *text, long first_line, struct markdown *out,
                   struct error *e);
void markdown_free(struct markdown *m);

/* Plain text with {{values}}, without Markdown: one line of a predict fence. */
int markdown_line(const char *text, long line, long column, struct prose *out,
                  struct error *e);
void prose_free(struct prose *p);

#endif
