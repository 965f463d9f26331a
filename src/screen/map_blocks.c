#include "screen/map_blocks.h"

#include "base/memory.h"
#include "screen/gait.h"
#include "study/whatif.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- making it ---- */

static bool is_input(const struct stage_part *part)
{
    return part->kind == PART_SOURCE || part->kind == PART_TARGET;
}

static bool has_role(const struct plan *p, const struct stage_part *part, enum role role)
{
    for (int i = part->first; i < part->first + part->count; i++)
        if (p->stages[i].role == role)
            return true;
    return false;
}

static enum map_kind kind_of_layer(const struct plan *p, const struct stage_part *part)
{
    switch (part->place.block) {
    case BLOCK_SELF_ATTENTION:
        return has_role(p, part, ROLE_MASK) ? MAP_MASKED : MAP_SELF;
    case BLOCK_CROSS_ATTENTION:
    case BLOCK_ATTENTION:
        return MAP_CROSS;
    case BLOCK_FFN:
        return MAP_FFN;
    default:
        return part->place.layer >= 0 ? MAP_RECURRENT : MAP_NORM;
    }
}

static enum map_kind kind_of(const struct plan *p, const struct stage_part *part)
{
    if (is_input(part))
        return MAP_INPUT;
    if (part->kind == PART_LAYER)
        return kind_of_layer(p, part);
    return part->kind == PART_OUTPUT ? MAP_OUTPUT
           : part->kind == PART_LOSS ? MAP_LOSS
                                     : MAP_OTHER;
}

/* The block that the part goes on with, or a new one. */
static int block_of_part(struct model_map *m, const struct plan *p,
                         const struct stage_part *part)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->blocks[i].part.kind == part->kind &&
            place_equal(m->blocks[i].part.place, part->place))
            return (int)i;
    m->blocks = mem_grow(m->blocks, m->count, &m->capacity, sizeof *m->blocks);
    struct stage_place place = part->place;
    if (is_input(part))
        place = (struct stage_place){p->stages[part->first].place.stack, -1, BLOCK_NONE,
                                     0, false};
    m->blocks[m->count] = (struct map_block){.kind = kind_of(p, part),
                                             .part = *part,
                                             .place = place,
                                             .first = part->first,
                                             .stop = part->first,
                                             .weights = -1};
    return (int)m->count++;
}

static bool is_norm(const struct stage *s)
{
    return s->role == ROLE_NORM;
}

static void add_stage(struct map_block *b, const struct plan *p, int index)
{
    const struct stage *s = &p->stages[index];
    b->last = index;
    b->count++;
    b->off += s->off;
    if (gait_rank(s) >= gait_rank(&p->stages[b->stop]))
        b->stop = index;
    b->residual |= s->role == ROLE_RESIDUAL;
    b->positions |= s->role == ROLE_POSITION;
    if (b->part.place.block && is_norm(s) && b->count == 1)
        b->norm_before = true;
    else if (b->part.place.block && is_norm(s))
        b->norm_after = true;
    if (s->role != ROLE_SOFTMAX || s->place.gradient)
        return;
    b->weights = index;
    b->heads = s->axes[0].name == AXIS_HEAD ? s->shape.size[0] : 1;
}

/* One column for each stack; what stands behind both is in the last. */
static void find_columns(struct model_map *m)
{
    bool there[STACK_COUNT] = {false};
    for (size_t i = 0; i < m->count; i++)
        there[m->blocks[i].place.stack] = true;
    m->columns = there[STACK_ENCODER] && there[STACK_DECODER] ? 2 : 1;
    for (size_t i = 0; i < m->count; i++)
        m->blocks[i].column =
            m->columns == 2 && m->blocks[i].place.stack != STACK_ENCODER;
}

/* A row of numbers alone, such as the ids or the loss, is no picture. */
static void find_pictures(struct model_map *m, const struct plan *p)
{
    for (size_t i = 0; i < m->count; i++) {
        struct map_block *b = &m->blocks[i];
        const struct stage *s = &p->stages[b->stop];
        b->picture = b->weights >= 0 ? b->weights : s->shape.rank == 2 ? b->stop : -1;
    }
}

static void find_memory(struct model_map *m, const struct plan *p)
{
    for (size_t i = 0; i < p->count; i++) {
        struct map_block *b = &m->blocks[m->of_stage[i]];
        for (int k = 0; k < OP_MAX_INPUTS && b->place.stack; k++) {
            struct ref in = p->stages[i].in[k];
            if (in.kind == REF_STAGE &&
                m->blocks[m->of_stage[in.index]].column < b->column)
                b->reads_other = true;
        }
    }
}

struct model_map model_map_of(const struct plan *p)
{
    struct model_map m = {.of_stage = mem_zero(p->count + 1, sizeof *m.of_stage)};
    struct stage_map parts = stage_map_of(p);
    for (size_t i = 0; i < parts.count; i++) {
        const struct stage_part *part = &parts.parts[i];
        int block = block_of_part(&m, p, part);
        for (int s = part->first; s < part->first + part->count; s++) {
            m.of_stage[s] = block;
            add_stage(&m.blocks[block], p, s);
        }
    }
    stage_map_free(&parts);
    find_columns(&m);
    find_pictures(&m, p);
    find_memory(&m, p);
    return m;
}

void model_map_free(struct model_map *m)
{
    free(m->blocks);
    free(m->of_stage);
    *m = (struct model_map){0};
}

/* ---- moving ---- */

int model_map_along(const struct model_map *m, int block, int by)
{
    for (int i = block + by; i >= 0 && i < (int)m->count; i += by)
        if (m->blocks[i].column == m->blocks[block].column)
            return i;
    return block;
}

/* How far two blocks are from each other: layers count more than kinds. */
static int distance(const struct map_block *a, const struct map_block *b)
{
    bool outside = a->part.place.layer < 0 || b->part.place.layer < 0;
    int layers = outside && a->part.place.layer != b->part.place.layer
                     ? 100
                     : abs(a->part.place.layer - b->part.place.layer);
    int kinds = a->kind == b->kind ? 0 : 1 + abs((int)a->kind - (int)b->kind);
    return 100 * layers + kinds;
}

int model_map_across(const struct model_map *m, int block, int column)
{
    int found = block;
    for (int i = 0; i < (int)m->count; i++)
        if (m->blocks[i].column == column &&
            (m->blocks[found].column != column ||
             distance(&m->blocks[i], &m->blocks[block]) <
                 distance(&m->blocks[found], &m->blocks[block])))
            found = i;
    return found;
}

/* ---- what it is ---- */

/* A stage of the block that comes no later reads the same weight. */
static bool is_counted(const struct model_map *m, const struct plan *p, int block,
                       int stage, int input)
{
    struct ref ref = p->stages[stage].in[input];
    for (int i = 0; i <= stage; i++)
        for (int k = 0; k < (i < stage ? OP_MAX_INPUTS : input); k++)
            if (m->of_stage[i] == block && ref_is(p->stages[i].in[k], ref))
                return true;
    return false;
}

long model_map_parameters(const struct model_map *m, const struct plan *p, int block)
{
    long n = 0;
    for (int i = 0; i < (int)p->count; i++)
        for (int k = 0; k < OP_MAX_INPUTS && m->of_stage[i] == block; k++)
            if (p->stages[i].in[k].kind == REF_WEIGHT && !is_counted(m, p, block, i, k))
                n += tensor_count(plan_shape(p, p->stages[i].in[k]));
    return n;
}

const char *map_name(const struct map_block *b, bool brief)
{
    static const enum say names[MAP_KIND_COUNT][2] = {
        [MAP_INPUT] = {SAY_MAP_NAME_INPUT, SAY_MAP_BRIEF_INPUT},
        [MAP_SELF] = {SAY_MAP_NAME_SELF, SAY_MAP_BRIEF_SELF},
        [MAP_MASKED] = {SAY_MAP_NAME_MASKED, SAY_MAP_BRIEF_MASKED},
        [MAP_CROSS] = {SAY_MAP_NAME_CROSS, SAY_MAP_BRIEF_CROSS},
        [MAP_FFN] = {SAY_MAP_NAME_FFN, SAY_MAP_BRIEF_FFN},
        [MAP_RECURRENT] = {SAY_MAP_NAME_RECURRENT, SAY_MAP_BRIEF_RECURRENT},
        [MAP_NORM] = {SAY_MAP_NAME_NORM, SAY_MAP_BRIEF_NORM},
        [MAP_OUTPUT] = {SAY_MAP_NAME_OUTPUT, SAY_MAP_BRIEF_OUTPUT},
        [MAP_LOSS] = {SAY_MAP_LOSS, SAY_MAP_LOSS},
        [MAP_OTHER] = {SAY_MAP_WORKED, SAY_MAP_WORKED}};
    if (b->kind == MAP_INPUT && !b->positions)
        return say(SAY_MAP_BRIEF_INPUT);
    return say(names[b->kind][brief]);
}

const char *map_idea(const struct map_block *b)
{
    static const enum say ideas[MAP_KIND_COUNT] = {
        [MAP_INPUT] = SAY_MAP_IDEA_INPUT,     [MAP_SELF] = SAY_MAP_IDEA_SELF,
        [MAP_MASKED] = SAY_MAP_IDEA_MASKED,   [MAP_CROSS] = SAY_MAP_IDEA_CROSS,
        [MAP_FFN] = SAY_MAP_IDEA_FFN,         [MAP_RECURRENT] = SAY_MAP_IDEA_RECURRENT,
        [MAP_NORM] = SAY_MAP_IDEA_NORM,       [MAP_OUTPUT] = SAY_MAP_IDEA_OUTPUT,
        [MAP_LOSS] = SAY_MAP_IDEA_LOSS,       [MAP_OTHER] = SAY_MAP_IDEA_OTHER};
    if (b->kind == MAP_INPUT && !b->positions)
        return say(SAY_MAP_IDEA_EMBEDDING);
    return say(ideas[b->kind]);
}

char *map_layer_name(const struct map_block *b)
{
    if (!b->place.stack)
        return mem_string("");
    const char *stack =
        say(b->place.stack == STACK_ENCODER ? SAY_MAP_ENCODER : SAY_MAP_DECODER);
    return b->place.layer < 0 ? mem_string(stack)
                              : mem_format("%s %d", stack, b->place.layer);
}

char *map_title(const struct map_block *b)
{
    char *layer = map_layer_name(b);
    char *title = *layer ? mem_format("%s · %s", map_name(b, false), layer)
                         : mem_string(map_name(b, false));
    free(layer);
    return title;
}

void map_numbers(const struct map_block *b, char *out, size_t size)
{
    if (b->first == b->last)
        snprintf(out, size, "%d", b->first + 1);
    else
        snprintf(out, size, "%d-%d", b->first + 1, b->last + 1);
}

char *map_whatif(const struct map_block *b)
{
    static const enum whatif_id ids[MAP_KIND_COUNT] = {
        [MAP_INPUT] = WHATIF_NO_POSITION, [MAP_SELF] = WHATIF_ABLATE,
        [MAP_MASKED] = WHATIF_ABLATE,     [MAP_CROSS] = WHATIF_ABLATE,
        [MAP_FFN] = WHATIF_NO_FFN};
    if (b->kind > MAP_FFN || !b->place.stack)
        return NULL;
    char *place = place_text(b->place);
    char *text = mem_format("%s@%s", whatif_name(ids[b->kind]), place);
    free(place);
    return text;
}
