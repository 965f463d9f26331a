#include "lesson/node.h"

#include "base/memory.h"

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
