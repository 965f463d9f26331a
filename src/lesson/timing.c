#include "lesson/timing.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Names that are made of time(…), in the order of their lines. */
struct timed {
    const char **names;
    size_t count, capacity;
};

static bool is_in(const struct timed *t, const struct node *n)
{
    const char *dot = n->kind == NODE_CALL ? strrchr(n->text, '.') : NULL;
    if (n->kind == NODE_CALL && !strcmp(dot ? dot + 1 : n->text, "time"))
        return true;
    for (size_t i = 0; n->kind == NODE_NAME && i < t->count; i++)
        if (!strcmp(t->names[i], n->text))
            return true;
    for (int i = 0; i < n->count; i++)
        if (is_in(t, n->children[i]))
            return true;
    return false;
}

bool timing_is_in(const struct lesson *l, const struct node *n)
{
    struct timed t = {0};
    if (!n)
        return false;
    for (size_t i = 0; i < l->count; i++) /* a line sees only those before it */
        for (size_t k = 0; k < l->scenes[i].statement_count; k++) {
            const struct statement *s = &l->scenes[i].statements[k];
            if (!is_in(&t, s->node))
                continue;
            t.names = mem_grow(t.names, t.count, &t.capacity, sizeof *t.names);
            t.names[t.count++] = s->name;
        }
    bool found = is_in(&t, n);
    free(t.names);
    return found;
}
