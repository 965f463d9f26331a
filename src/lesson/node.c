#include "lesson/node.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

struct node *node_new(enum node_kind kind, long line, long column)
{
    struct node *n = mem_zero(1, sizeof *n);
    n->kind = kind;
    n->tolerance = -1;
    n->line = line;
    n->column = column;
    return n;
}

/* ---- as text ---- */

static void add_node(struct buffer *b, const struct node *n);

/* With as few digits as tell it from every other number: no two are written alike. */
static void add_number(struct buffer *b, double x)
{
    char text[32];
    int digits = 6;
    do
        snprintf(text, sizeof text, "%.*g", digits, x);
    while (strtod(text, NULL) != x && ++digits <= 17);
    buffer_add(b, text);
}

static void add_list(struct buffer *b, const struct node *n)
{
    for (int i = 0; i < n->count; i++) {
        buffer_addf(b, "%s%s%s", i ? ", " : "", n->keys[i] ? n->keys[i] : "",
                    n->keys[i] ? "=" : "");
        add_node(b, n->children[i]);
    }
}

static void add_parts(struct buffer *b, const struct node *n)
{
    for (int i = 0; i < n->part_count; i++)
        buffer_addf(b, "%s%s", i ? "," : "[", n->parts[i]);
    buffer_add(b, "]");
}

static void add_matrix(struct buffer *b, const struct node *n)
{
    int next = 0; /* of the expressions */
    buffer_add(b, n->rows > 1 ? "[" : "");
    for (long i = 0; i < n->rows * n->columns; i++) {
        buffer_add(b, i % n->columns ? ", " : i ? ", [" : "[");
        const struct node *x = next < n->count ? n->children[next] : NULL;
        bool written = x && x->cell == i;
        if (written)
            add_node(b, x);
        else
            add_number(b, n->cells[i]);
        next += written;
        buffer_add(b, (i + 1) % n->columns ? "" : "]");
    }
    buffer_add(b, n->rows > 1 ? "]" : "");
}

/* An operand that is itself made of two stands in brackets. */
static void add_operand(struct buffer *b, const struct node *n)
{
    bool brackets = n->kind == NODE_BINARY || n->kind == NODE_COMPARE;
    buffer_add(b, brackets ? "(" : "");
    add_node(b, n);
    buffer_add(b, brackets ? ")" : "");
}

static void add_node(struct buffer *b, const struct node *n)
{
    static const char *const signs[] = {"+",  "-", "*",  "/", "and", "or", "==",
                                        "!=", "<", "<=", ">", ">=",  "~"};
    switch (n->kind) {
    case NODE_NUMBER:
        add_number(b, n->number);
        break;
    case NODE_TEXT:
        buffer_addf(b, "'%s'", n->text);
        break;
    case NODE_NAME:
        buffer_add(b, n->text);
        break;
    case NODE_INDEX:
        add_node(b, n->children[0]);
        add_parts(b, n);
        break;
    case NODE_CALL:
        buffer_addf(b, "%s(", n->text);
        add_list(b, n);
        buffer_add(b, ")");
        break;
    case NODE_EXAM:
        buffer_addf(b, "%s%sexam(%s).%s", n->parts[1], *n->parts[1] ? "." : "",
                    n->parts[0], n->text);
        if (n->part_count > 2)
            buffer_addf(b, "('%s')", n->parts[2]);
        break;
    case NODE_MATRIX:
        add_matrix(b, n);
        break;
    case NODE_NEGATE:
    case NODE_NOT:
        buffer_add(b, n->kind == NODE_NOT ? "not " : "-");
        add_operand(b, n->children[0]);
        break;
    case NODE_BINARY:
    case NODE_COMPARE:
        add_operand(b, n->children[0]);
        buffer_addf(b, " %s ", signs[n->sign]);
        add_operand(b, n->children[1]);
        break;
    }
}

char *node_text(const struct node *n)
{
    struct buffer b = {0};
    add_node(&b, n);
    return buffer_take(&b);
}

void node_free(struct node *n)
{
    if (!n)
        return;
    for (int i = 0; i < n->count; i++) {
        node_free(n->children[i]);
        free(n->keys[i]);
    }
    for (int i = 0; i < n->part_count; i++)
        free(n->parts[i]);
    for (long i = 0; n->labels && i < n->rows; i++)
        free(n->labels[i]);
    free(n->labels);
    free(n->cells);
    free(n->children);
    free(n->keys);
    free(n->text);
    free(n);
}

struct node *node_add(struct node *n, struct node *child, char *key)
{
    if (!child) {
        free(key);
        node_free(n);
        return NULL;
    }
    if (n->count == n->capacity) {
        n->capacity = n->capacity ? 2 * n->capacity : 2;
        n->children = mem_resize(n->children, (size_t)n->capacity, sizeof *n->children);
        n->keys = mem_resize(n->keys, (size_t)n->capacity, sizeof *n->keys);
    }
    n->children[n->count] = child;
    n->keys[n->count++] = key;
    return n;
}
