#include "paint/svg.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The names of parts in the order in which they are met; the new name is the place. */
struct names {
    char **items;
    size_t count, capacity;
};

/* The place of a name, from 1. */
static size_t place_of(struct names *names, const char *name, size_t length)
{
    /* A part is mostly used soon after it is made. */
    for (size_t i = names->count; i > 0; i--) {
        const char *known = names->items[i - 1];
        if (strncmp(known, name, length) == 0 && !known[length])
            return i;
    }
    names->items =
        mem_grow(names->items, names->count, &names->capacity, sizeof *names->items);
    names->items[names->count++] = mem_format("%.*s", (int)length, name);
    return names->count;
}

static void free_names(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
}

/* What stands before a name, and what ends it. All text of the file is in attributes, so
 * none of these can be anything else. */
static const struct mark {
    const char *text;
    char end;
} marks[] = {{" id=\"", '"'}, {"href=\"#", '"'}, {"url(#", ')'}};

static const struct mark *mark_at(const char *s)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncmp(s, marks[i].text, strlen(marks[i].text)) == 0)
            return &marks[i];
    return NULL;
}

/* Adds the text with every name replaced. */
static void add_renamed(struct buffer *out, const char *s)
{
    struct names names = {0};
    const char *from = s;
    while (*s) {
        const struct mark *mark = mark_at(s);
        if (!mark) {
            s++;
            continue;
        }
        s += strlen(mark->text);
        size_t length = strcspn(s, (char[]){mark->end, 0});
        buffer_add_bytes(out, from, (size_t)(s - from));
        buffer_addf(out, "n%zu", place_of(&names, s, length));
        s += length;
        from = s;
    }
    buffer_add(out, from);
    free_names(&names);
}

static void add_escaped(struct buffer *out, const char *s)
{
    for (; *s; s++)
        switch (*s) {
        case '&':
            buffer_add(out, "&amp;");
            break;
        case '<':
            buffer_add(out, "&lt;");
            break;
        case '>':
            buffer_add(out, "&gt;");
            break;
        default:
            buffer_add_bytes(out, s, 1);
        }
}

static void add_element(struct buffer *out, const char *name, const char *text)
{
    if (!text || !text[0])
        return;
    buffer_addf(out, "\n<%s>", name);
    add_escaped(out, text);
    buffer_addf(out, "</%s>", name);
}

char *svg_complete(const char *drawn, const char *title, const char *description)
{
    struct buffer out = {0};
    const char *root = strstr(drawn, "<svg");
    const char *inside = root ? strchr(root, '>') : NULL;
    size_t head = inside ? (size_t)(inside + 1 - drawn) : 0;
    buffer_add_bytes(&out, drawn, head);
    add_element(&out, "title", title);
    add_element(&out, "desc", description);
    add_renamed(&out, drawn + head);
    return buffer_take(&out);
}
