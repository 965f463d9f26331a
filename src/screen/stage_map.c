#include "screen/stage_map.h"

#include "base/memory.h"
#include "base/say.h"
#include "paint/theme.h"
#include "screen/guide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- which part a stage belongs to ---- */

/* residualK and normK belong to sublayer K: its block is that of its other stages. */
static enum stage_block block_of(const struct plan *p, struct stage_place place)
{
    for (size_t i = 0; i < p->count && place.sublayer && !place.block; i++) {
        struct stage_place other = p->stages[i].place;
        if (other.stack == place.stack && other.layer == place.layer &&
            other.sublayer == place.sublayer)
            place.block = other.block;
    }
    return place.block;
}

static struct stage_part part_of(const struct plan *p, const struct stage *s)
{
    struct stage_part part = {PART_OUTPUT, PLACE_NOWHERE, 0, 0};
    if (s->role == ROLE_PROSE)
        part.kind = PART_PROSE;
    else if (s->role == ROLE_COMPUTED || s->role == ROLE_COMPUTED_SHARE)
        part.kind = PART_WORKED;
    else if (s->place.gradient || s->role == ROLE_LOSS ||
             s->role == ROLE_LOG_PROBABILITIES)
        part.kind = PART_LOSS;
    else if (s->place.block == BLOCK_TARGET)
        part.kind = PART_TARGET;
    else if (block_is_input(s->place.block))
        part.kind = PART_SOURCE;
    else if (s->place.stack) {
        part.kind = PART_LAYER;
        part.place = s->place;
        part.place.block = block_of(p, s->place);
    }
    return part;
}

static bool same(const struct stage_part *a, const struct stage_part *b)
{
    return a->kind == b->kind && place_equal(a->place, b->place);
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

int stage_map_end(const struct stage_map *m, int stage)
{
    int end = 0;
    for (size_t i = 0; i < m->count; i++) {
        end = m->parts[i].first + m->parts[i].count - 1;
        if (m->parts[i].kind == PART_OUTPUT && stage != end)
            break;
    }
    return end;
}

/* ---- words ---- */

/* How much of the parts is said where there is little room: all names in full; short
 * names outside of the layer at hand; of other layers their names only, at last "E1". */
enum length { FULL, SHORT, FOLDED, BRIEF };

static const char *part_name(const struct stage_part *part, enum length length,
                             enum language language)
{
    static const enum say names[] = {
        [PART_SOURCE] = SAY_MAP_SOURCE, [PART_TARGET] = SAY_MAP_TARGET,
        [PART_OUTPUT] = SAY_MAP_OUTPUT, [PART_LOSS] = SAY_MAP_LOSS,
        [PART_WORKED] = SAY_MAP_WORKED, [PART_PROSE] = SAY_MAP_PROSE};
    bool encoder = part->place.stack == STACK_ENCODER;
    if (part->kind != PART_LAYER)
        return say_in(language, names[part->kind]);
    if (length == BRIEF)
        return encoder ? "E" : "D";
    return say_in(language, encoder ? SAY_MAP_ENCODER : SAY_MAP_DECODER);
}

/* In a layer of its own stands what is in no block: a recurrent layer's stages. */
static const char *block_name(struct stage_place place, enum length length,
                              enum language language)
{
    enum stage_block block = place.block;
    static const enum say small[BLOCK_COUNT] = {
        [BLOCK_NONE] = SAY_MAP_NORM, [BLOCK_SELF_ATTENTION] = SAY_MAP_SELF_SHORT,
        [BLOCK_CROSS_ATTENTION] = SAY_MAP_CROSS_SHORT, [BLOCK_FFN] = SAY_MAP_FFN_SHORT,
        [BLOCK_ATTENTION] = SAY_MAP_CROSS_SHORT};
    static const enum say full[BLOCK_COUNT] = {
        [BLOCK_NONE] = SAY_MAP_NORM, [BLOCK_SELF_ATTENTION] = SAY_MAP_SELF,
        [BLOCK_CROSS_ATTENTION] = SAY_MAP_CROSS, [BLOCK_FFN] = SAY_MAP_FFN,
        [BLOCK_ATTENTION] = SAY_MAP_CROSS};
    if (block == BLOCK_NONE && place.layer >= 0)
        return say_in(language, SAY_MAP_RECURRENT);
    return say_in(language, length == FULL ? full[block] : small[block]);
}

char *stage_part_title(const struct stage_part *part, enum language language)
{
    struct buffer b = {0};
    buffer_add(&b, part_name(part, FULL, language));
    if (part->place.layer >= 0)
        buffer_addf(&b, " %d", part->place.layer);
    if (part->kind == PART_LAYER)
        buffer_addf(&b, " · %s", block_name(part->place, FULL, language));
    return buffer_take(&b);
}

/* ---- drawing ---- */

/* A row of words, one of which is the current one. When they do not fit, the row is
 * shifted so that the current one is in the middle. */
#define WORD 128 /* bytes of one: the name of a weight is long */

struct strip {
    struct word {
        char text[WORD];
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

static bool same_layer(const struct stage_part *a, const struct stage_part *b)
{
    return a->kind == b->kind && a->place.stack == b->place.stack &&
           a->place.layer == b->place.layer;
}

/* What stands before the first part of a layer: a gap, and the name of the layer. */
static void add_layer(struct strip *s, const struct stage_part *part, bool first,
                      enum look look, enum length length)
{
    char text[WORD];
    const char *name = part_name(part, length, say_language());
    int layer = part->place.layer;
    if (!first)
        strip_add(s, length >= FOLDED ? " " : " │ ", LOOK_BORDER);
    if (part->kind != PART_LAYER)
        return;
    if (layer < 0)
        snprintf(text, sizeof text, "%s", name);
    else if (length == BRIEF)
        snprintf(text, sizeof text, "%s%d", name, layer);
    else
        snprintf(text, sizeof text, "%s %d", name, layer);
    strip_add(s, text, look);
}

/* The layer at hand is always written in full. */
static void add_part(struct strip *s, const struct stage_map *m, size_t i, size_t current,
                     enum length length)
{
    const struct stage_part *part = &m->parts[i], *before = i ? &m->parts[i - 1] : NULL;
    enum look group = i <= current ? LOOK_TRACK_DONE : LOOK_TRACK_LATER;
    bool here = same_layer(part, &m->parts[current]);
    if (here)
        length = length == BRIEF ? FOLDED : length;
    if (!before || !same_layer(before, part))
        add_layer(s, part, i == 0, group, length);
    if (i == current)
        s->current = s->count;
    if (part->kind == PART_LAYER && length >= FOLDED && !here)
        return;
    char text[WORD];
    snprintf(text, sizeof text, " %s ",
             part->kind == PART_LAYER
                 ? block_name(part->place, here ? FULL : length, say_language())
                 : part_name(part, length, say_language()));
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

static bool is_only(const struct stage_map *m, const struct plan *p, int stage)
{
    const struct stage_part *part = &m->parts[stage_map_part(m, stage)];
    for (int i = part->first; i < part->first + part->count; i++)
        if (i != stage && p->stages[i].role == p->stages[stage].role)
            return false;
    return true;
}

char *stage_map_name(const struct stage_map *m, const struct plan *p, int stage)
{
    const struct stage *s = &p->stages[stage];
    const char *name = guide_short_name(s, say_language());
    if (name && is_only(m, p, stage))
        return mem_string(name);
    struct stage_place alone = PLACE_NOWHERE;
    struct buffer b = {0};
    alone.sublayer = s->place.block ? 0 : s->place.sublayer;
    place_add_id(&b, alone, s->name);
    return buffer_take(&b);
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
        char text[WORD], *name = stage_map_name(m, p, part->first + i);
        snprintf(text, sizeof text, now ? "[%s]%s" : " %s%s ", name,
                 st->off ? "✗" : "");
        free(name);
        if (now)
            s.current = s.count;
        strip_add(&s, text,
                  now ? (focused ? LOOK_CURSOR : LOOK_TRACK_NOW)
                      : track_look((size_t)(part->first + i), (size_t)stage));
    }
    strip_draw(&s, c, area_part(a, 1, 0, 1, a.columns));
    free(s.words);
}
