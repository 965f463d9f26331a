#include "study/labels.h"

#include "base/memory.h"
#include "base/say.h"

#include <stdlib.h>
#include <string.h>

void labels_add(struct labels *l, struct label label)
{
    l->items = mem_grow(l->items, l->count, &l->capacity, sizeof *l->items);
    l->items[l->count++] = label;
}

void labels_free(struct labels *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->items[i].text);
        free(l->items[i].next);
        free(l->items[i].gloss);
        free(l->items[i].roman);
        free(l->items[i].classes);
    }
    free(l->items);
    *l = (struct labels){0};
}

const char *label_without_mark(const char *text)
{
    size_t n = strlen(WORD_MARK);
    /* a mark that stands alone is the whole piece */
    return !strncmp(text, WORD_MARK, n) && text[n] ? text + n : text;
}

int labels_word_count(const struct labels *l)
{
    int most = -1;
    for (size_t i = 0; i < l->count; i++)
        if (l->items[i].word > most)
            most = l->items[i].word;
    return most + 1;
}

char *labels_word(const struct labels *l, int word)
{
    struct buffer b = {0};
    bool found = false;
    for (size_t i = 0; i < l->count; i++) {
        if (l->items[i].word != word)
            continue;
        found = true;
        if (strcmp(l->items[i].text, WORD_MARK))
            buffer_add(&b, label_without_mark(l->items[i].text));
    }
    if (found && !b.data) /* the mark alone is all there is */
        buffer_add(&b, WORD_MARK);
    return b.data;
}

const struct labels *labels_of_axis(const struct label_sets *sets, struct axis axis)
{
    if (labels_own(axis))
        return labels_own(axis);
    if (axis.name == AXIS_VOCABULARY)
        return sets->vocabulary;
    if (axis.side == SIDE_SOURCE)
        return sets->source;
    return axis.side == SIDE_TARGET ? sets->target : NULL;
}

const char *label_axis(enum axis_name axis)
{
    static const enum say titles[AXIS_COUNT] = {
        [AXIS_HEAD] = SAY_AXIS_HEAD,
        [AXIS_QUERY] = SAY_AXIS_QUERY,
        [AXIS_KEY] = SAY_AXIS_KEY,
        [AXIS_TOKEN] = SAY_AXIS_TOKEN,
        [AXIS_FEATURE] = SAY_AXIS_FEATURE,
        [AXIS_HIDDEN] = SAY_AXIS_HIDDEN,
        [AXIS_VOCABULARY] = SAY_AXIS_VOCABULARY,
    };
    return axis == AXIS_NONE ? "" : say(titles[axis]);
}

char *label_text(const struct labels *l, long index, long first, bool next, bool gloss)
{
    if (!l || index >= (long)l->count)
        return mem_format("%ld", first + index + 1);
    const struct label *x = &l->items[index];
    struct buffer b = {0};
    buffer_add(&b, x->text);
    if (gloss && x->roman && strcmp(x->roman, x->text) != 0)
        buffer_addf(&b, " %s", x->roman);
    if (gloss && x->gloss)
        buffer_addf(&b, " ‘%s’", x->gloss);
    if (next && x->next)
        buffer_addf(&b, " → %s", x->next);
    return buffer_take(&b);
}
