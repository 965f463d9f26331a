#include "screen/stage_map.h"

#include "base/memory.h"
#include "base/say.h"
#include "screen/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- which part a stage belongs to ---- */

static bool begins(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* residualK and normK belong to sublayer K: self-attention, cross-attention where the
 * layer has it, feed-forward. */
static enum sublayer sublayer_of_number(const struct plan *p, enum stack stack, int layer,
                                        int number)
{
    char id[64];
    snprintf(id, sizeof id, "decoder.%d.cross_attn.q", layer);
    bool cross = stack == STACK_DECODER && plan_find(p, id) >= 0;
    if (number == 1)
        return SUBLAYER_SELF;
    return number == 2 && cross ? SUBLAYER_CROSS : SUBLAYER_FFN;
}

static enum sublayer sublayer_of(const struct plan *p, enum stack stack, int layer,
                                 const char *rest)
{
    if (begins(rest, "self_attn"))
        return SUBLAYER_SELF;
    if (begins(rest, "cross_attn"))
        return SUBLAYER_CROSS;
    if (begins(rest, "ffn"))
        return SUBLAYER_FFN;
    const char *digit = strpbrk(rest, "123456789");
    return sublayer_of_number(p, stack, layer, digit ? *digit - '0' : 1);
}

static struct stage_part part_of(const struct plan *p, const struct stage *s)
{
    struct stage_part part = {STACK_OUTPUT, -1, SUBLAYER_NONE, 0, 0};
    const char *id = s->id;
    if (s->role == ROLE_WORKED || s->role == ROLE_WORKED_SHARE)
        part.stack = STACK_WORKED;
    else if (begins(id, "src.") || begins(id, "input."))
        part.stack = STACK_SOURCE;
    else if (begins(id, "tgt."))
        part.stack = STACK_TARGET;
    else if (begins(id, "encoder.") || begins(id, "decoder."))
        part.stack = id[0] == 'e' ? STACK_ENCODER : STACK_DECODER;
    if (part.stack != STACK_ENCODER && part.stack != STACK_DECODER)
        return part;
    char *rest;
    part.sublayer = SUBLAYER_NORM;
    if (id[8] < '0' || id[8] > '9')
        return part;
    part.layer = (int)strtol(id + 8, &rest, 10);
    part.sublayer = sublayer_of(p, part.stack, part.layer, *rest ? rest + 1 : rest);
    return part;
}

static bool same(const struct stage_part *a, const struct stage_part *b)
{
    return a->stack == b->stack && a->layer == b->layer && a->sublayer == b->sublayer;
}

struct stage_map stage_map_of(const struct plan *p)
{
    struct stage_map m = {0};
    for (size_t i = 0; i < p->count; i++) {
        struct stage_part part = part_of(p, &p->stages[i]);
        if (m.count == 0 || !same(&m.parts[m.count - 1], &part)) {
            m.parts = mem_grow(m.parts, m.count, &m.capacity, sizeof *m.parts);
            part.first = (int)i;
            m.parts[m.count++] = part;
        }
        m.parts[m.count - 1].count++;
    }
    return m;
}

void stage_map_free(struct stage_map *m)
{
    free(m->parts);
    *m = (struct stage_map){0};
}

int stage_map_part(const struct stage_map *m, int stage)
{
    for (size_t i = m->count; i > 0; i--)
        if (m->parts[i - 1].first <= stage)
            return (int)i - 1;
    return 0;
}

int stage_map_next_part(const struct stage_map *m, int stage)
{
    size_t next = (size_t)stage_map_part(m, stage) + 1;
    return next < m->count ? m->parts[next].first : stage;
}

int stage_map_previous_part(const struct stage_map *m, int stage)
{
    int part = stage_map_part(m, stage);
    if (m->parts[part].first == stage && part > 0)
        part--;
    return m->parts[part].first;
}

/* ---- words ---- */

enum length { FULL, SHORT, BRIEF };

static const char *stack_name(enum stack stack, enum length length)
{
    bool brief = length == BRIEF;
    switch (stack) {
    case STACK_SOURCE:
        return say(brief ? SAY_MAP_SOURCE_BRIEF : SAY_MAP_SOURCE);
    case STACK_TARGET:
        return say(brief ? SAY_MAP_TARGET_BRIEF : SAY_MAP_TARGET);
    case STACK_ENCODER:
        return brief ? "E" : say(SAY_MAP_ENCODER);
    case STACK_DECODER:
        return brief ? "D" : say(SAY_MAP_DECODER);
    case STACK_WORKED:
        return say(SAY_MAP_WORKED);
    default:
        return say(brief ? SAY_MAP_OUTPUT_BRIEF : SAY_MAP_OUTPUT);
    }
}

static const char *sublayer_name(enum sublayer sublayer, enum length length)
{
    static const char *const brief[] = {"", "SA", "CA", "FF", "N"};
    static const char *const middle[] = {"", "self-attn", "cross-attn", "ffn", "norm"};
    switch (length == FULL ? sublayer : SUBLAYER_NONE) {
    case SUBLAYER_SELF:
        return say(SAY_MAP_SELF);
    case SUBLAYER_CROSS:
        return say(SAY_MAP_CROSS);
    case SUBLAYER_FFN:
        return say(SAY_MAP_FFN);
    case SUBLAYER_NORM:
        return say(SAY_MAP_NORM);
    default:
        return length == BRIEF ? brief[sublayer] : middle[sublayer];
    }
}

char *stage_part_title(const struct stage_part *part)
{
    struct buffer b = {0};
    buffer_add(&b, stack_name(part->stack, FULL));
    if (part->layer >= 0)
        buffer_addf(&b, " %d", part->layer);
    if (part->sublayer)
        buffer_addf(&b, " · %s", sublayer_name(part->sublayer, FULL));
    return buffer_take(&b);
}

/* ---- drawing ---- */

/* A row of words, one of which is the current one. When they do not fit, the row is
 * shifted so that the current one is in the middle. */
struct strip {
    struct word {
        char text[48];
        enum look look;
    } * words;
    size_t count, capacity, current;
};

static void strip_add(struct strip *s, const char *text, enum look look)
{
    s->words = mem_grow(s->words, s->count, &s->capacity, sizeof *s->words);
    struct word *word = &s->words[s->count++];
    snprintf(word->text, sizeof word->text, "%s", text);
    word->look = look;
}

static int strip_width(const struct strip *s, const struct canvas *c, size_t count)
{
    int width = 0;
    for (size_t i = 0; i < count; i++)
        width += canvas_width(c, s->words[i].text);
    return width;
}

static void strip_draw(const struct strip *s, struct canvas *c, struct area a)
{
    int width = strip_width(s, c, s->count), shift = 0;
    if (width > a.columns) {
        int before = strip_width(s, c, s->current);
        int own = canvas_width(c, s->words[s->current].text);
        shift = before + own / 2 - a.columns / 2;
        shift = shift < 0 ? 0 : shift > width - a.columns ? width - a.columns : shift;
    }
    /* At an end that goes on, there is an arrow instead of half a word. */
    int from = shift > 0 ? 2 : 0;
    int to = width - shift > a.columns ? a.columns - 2 : a.columns;
    int column = -shift;
    for (size_t i = 0; i < s->count; i++) {
        int end = column + canvas_width(c, s->words[i].text);
        if (column >= from && end <= to)
            canvas_text(c, a, 0, column, theme_style(c, s->words[i].look),
                        s->words[i].text);
        column = end;
    }
    struct style dim = theme_style(c, LOOK_DIM);
    if (from > 0)
        canvas_text(c, a, 0, 0, dim, "◂");
    if (to < a.columns)
        canvas_text(c, a, 0, a.columns - 1, dim, "▸");
}

static enum look track_look(size_t i, size_t current)
{
    return i < current    ? LOOK_TRACK_DONE
           : i == current ? LOOK_TRACK_NOW
                          : LOOK_TRACK_LATER;
}

/* What stands before the first part of a layer: a gap, and the name of the layer. */
static void add_layer(struct strip *s, const struct stage_part *part, bool first,
                      enum look look, enum length length)
{
    char text[48];
    const char *name = stack_name(part->stack, length);
    if (!first)
        strip_add(s, length == BRIEF ? " " : " │ ", LOOK_BORDER);
    if (!part->sublayer)
        return;
    if (part->layer < 0)
        snprintf(text, sizeof text, "%s", name);
    else if (length == BRIEF)
        snprintf(text, sizeof text, "%s%d", name, part->layer);
    else
        snprintf(text, sizeof text, "%s %d", name, part->layer);
    strip_add(s, text, look);
}

/* The current part is always written in full. */
static void add_part(struct strip *s, const struct stage_map *m, size_t i, size_t current,
                     enum length length)
{
    const struct stage_part *part = &m->parts[i], *before = i ? &m->parts[i - 1] : NULL;
    enum look group = i <= current ? LOOK_TRACK_DONE : LOOK_TRACK_LATER;
    if (!before || before->stack != part->stack || before->layer != part->layer)
        add_layer(s, part, i == 0, group, length);
    if (i == current)
        s->current = s->count;
    char text[48];
    enum length own = i == current ? FULL : length;
    snprintf(text, sizeof text, " %s ",
             part->sublayer ? sublayer_name(part->sublayer, own)
                            : stack_name(part->stack, own));
    strip_add(s, text, track_look(i, current));
}

static struct strip parts_strip(const struct stage_map *m, size_t current,
                                enum length length)
{
    struct strip s = {0};
    for (size_t i = 0; i < m->count; i++)
        add_part(&s, m, i, current, length);
    return s;
}

/* The last word of an id. */
static const char *short_id(const char *id)
{
    const char *dot = strrchr(id, '.');
    return dot ? dot + 1 : id;
}

static void draw_parts(const struct stage_map *m, size_t current, struct canvas *c,
                       struct area a)
{
    struct strip s = parts_strip(m, current, FULL);
    for (int length = SHORT; length <= BRIEF; length++) {
        if (strip_width(&s, c, s.count) <= a.columns)
            break;
        free(s.words);
        s = parts_strip(m, current, (enum length)length);
    }
    strip_draw(&s, c, a);
    free(s.words);
}

void stage_map_draw(const struct stage_map *m, const struct plan *p, int stage,
                    bool focused, struct canvas *c, struct area a)
{
    size_t current = (size_t)stage_map_part(m, stage);
    const struct stage_part *part = &m->parts[current];
    draw_parts(m, current, c, area_part(a, 0, 0, 1, a.columns));
    struct strip s = {0};
    for (int i = 0; i < part->count; i++) {
        const struct stage *st = &p->stages[part->first + i];
        bool now = part->first + i == stage;
        char text[48];
        snprintf(text, sizeof text, now ? "[%s]%s" : " %s%s ", short_id(st->id),
                 st->off ? "✗" : "");
        if (now)
            s.current = s.count;
        strip_add(&s, text,
                  now ? (focused ? LOOK_CURSOR : LOOK_TRACK_NOW)
                      : track_look((size_t)(part->first + i), (size_t)stage));
    }
    strip_draw(&s, c, area_part(a, 1, 0, 1, a.columns));
    free(s.words);
}
