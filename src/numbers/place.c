#include "numbers/place.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char *const stacks[STACK_COUNT] = {"", "encoder", "decoder"};

static const char *const blocks[BLOCK_COUNT] = {
    "", "src", "tgt", "input", "self_attn", "cross_attn", "ffn", "attn",
};

bool block_is_input(enum stage_block block)
{
    return block >= BLOCK_SOURCE && block <= BLOCK_INPUT;
}

/* A dot before every part but the first. */
static void add_part(struct buffer *b, size_t begin, const char *part)
{
    buffer_add(b, b->length > begin ? "." : "");
    buffer_add(b, part);
}

static void add_place(struct buffer *b, size_t begin, struct stage_place p)
{
    if (p.stack && !block_is_input(p.block))
        add_part(b, begin, stacks[p.stack]);
    if (p.layer >= 0) {
        add_part(b, begin, "");
        buffer_addf(b, "%d", p.layer);
    }
    if (p.block)
        add_part(b, begin, blocks[p.block]);
}

void place_add_id(struct buffer *b, struct stage_place place, const char *name)
{
    buffer_add(b, place.gradient ? "grad." : "");
    size_t begin = b->length;
    add_place(b, begin, place);
    add_part(b, begin, name);
    if (!place.block && place.sublayer)
        buffer_addf(b, "%d", place.sublayer);
}

char *place_text(struct stage_place place)
{
    struct buffer b = {0};
    add_place(&b, 0, place);
    return buffer_take(&b);
}

/* The index of the word that `text` begins with, up to a dot or the end; -1 for none. */
static int find_word(const char *text, const char *const *words, int first, int count)
{
    size_t n = strcspn(text, ".");
    for (int i = first; i < count; i++)
        if (strlen(words[i]) == n && !strncmp(words[i], text, n))
            return i;
    return -1;
}

/* After a word: to the next one, or to the end. */
static const char *after(const char *text)
{
    text += strcspn(text, ".");
    return *text == '.' && text[1] ? text + 1 : text;
}

bool place_parse(const char *text, struct stage_place *out)
{
    *out = PLACE_NOWHERE;
    int stack = find_word(text, stacks, STACK_ENCODER, STACK_COUNT);
    if (stack < 0)
        return false;
    out->stack = (enum stack)stack;
    text = after(text);
    if (*text >= '0' && *text <= '9') {
        char *end;
        long layer = strtol(text, &end, 10);
        bool plain = (*text != '0' || end == text + 1) && end - text < 9;
        if (!plain || (*end && *end != '.'))
            return false;
        out->layer = (int)layer;
        text = after(text);
    }
    if (!*text)
        return true;
    int block = find_word(text, blocks, BLOCK_SELF_ATTENTION, BLOCK_COUNT);
    out->block = block < 0 ? BLOCK_NONE : (enum stage_block)block;
    return block >= 0 && !*after(text);
}

bool place_equal(struct stage_place a, struct stage_place b)
{
    return a.stack == b.stack && a.layer == b.layer && a.block == b.block &&
           a.sublayer == b.sublayer && a.gradient == b.gradient;
}

bool place_holds(struct stage_place outer, struct stage_place inner)
{
    if (outer.stack != inner.stack)
        return !outer.stack;
    if (outer.block) {
        bool of_sublayer = outer.sublayer && !inner.block &&
                           inner.sublayer == outer.sublayer;
        return outer.layer == inner.layer && (outer.block == inner.block || of_sublayer);
    }
    return outer.layer < 0 || outer.layer == inner.layer;
}
