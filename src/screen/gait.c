#include "screen/gait.h"

#include "base/memory.h"
#include "base/say.h"
#include "paint/theme.h"
#include "screen/guide.h"

#include <stdlib.h>

int gait_rank(const struct stage *s)
{
    static const int ranks[ROLE_COUNT] = {
        [ROLE_PROBABILITIES] = 9, [ROLE_SOFTMAX] = 8, [ROLE_ACTIVATION] = 8,
        [ROLE_STATE] = 8,         [ROLE_INPUT] = 7,   [ROLE_LOSS] = 7,
        [ROLE_OUTPUT] = 6,        [ROLE_FFN_OUTPUT] = 6, [ROLE_LOGITS] = 5,
        [ROLE_NORM] = 3,          [ROLE_RESIDUAL] = 2};
    return s->place.gradient ? 0 : ranks[s->role] + 1;
}

int gait_stop(const struct plan *p, const struct stage_part *part)
{
    int found = part->first;
    for (int i = part->first; i < part->first + part->count; i++)
        if (gait_rank(&p->stages[i]) >= gait_rank(&p->stages[found]))
            found = i;
    return found;
}

int gait_step(enum gait gait, const struct stage_map *m, const struct plan *p, int stage,
              int by)
{
    if (gait == GAIT_STAGES) {
        int to = stage + by;
        return to < 0 || to >= (int)p->count ? stage : to;
    }
    int part = stage_map_part(m, stage), stop = gait_stop(p, &m->parts[part]);
    if (by > 0 ? stage < stop : stage > stop)
        return stop;
    part += by;
    return part < 0 || part >= (int)m->count ? stage : gait_stop(p, &m->parts[part]);
}

char *gait_count(enum gait gait, const struct stage_map *m, const struct plan *p,
                 int stage)
{
    if (gait == GAIT_STAGES)
        return mem_format("%d / %zu", stage + 1, p->count);
    char *count = mem_format("%d / %zu", stage_map_part(m, stage) + 1, m->count);
    char *text = say_with(SAY_GAIT_COUNT, count);
    free(count);
    return text;
}

void gait_draw(enum gait gait, const struct stage_map *m, const struct plan *p, int stage,
               struct canvas *c, struct area a)
{
    if (gait == GAIT_STAGES)
        return;
    const struct stage_part *part = &m->parts[stage_map_part(m, stage)];
    struct area row = area_part(a, STAGE_MAP_ROWS - 1, 0, 1, a.columns);
    canvas_fill(c, row, theme_style(c, LOOK_TEXT));
    char *now = mem_format("[%s]", guide_name(&p->stages[stage], say_language()));
    char *others = mem_format("%d", part->count - 1);
    char *folded = say_with(SAY_GAIT_FOLDED, others);
    int end = canvas_text(c, row, 0, 1, theme_style(c, LOOK_TRACK_NOW), now);
    canvas_text(c, row, 0, end + 2, theme_style(c, LOOK_DIM), folded);
    free(now);
    free(others);
    free(folded);
}
