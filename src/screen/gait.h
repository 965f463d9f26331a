/* How far a step leads: to the next stage, or to the next chapter. A chapter is a part of
 * the map of stages, such as a sublayer with its residual and its norm; a step stops
 * there once, at the stage that matters most, and passes splits and copies by. */
#ifndef GAIT_H
#define GAIT_H

#include "screen/stage_map.h"

enum gait { GAIT_STAGES, GAIT_CHAPTERS };

/* How much a stage matters within its part: the larger, the more. Of equal ones the last
 * matters most. */
int gait_rank(const struct stage *s);

/* Where a step stops in a part. */
int gait_stop(const struct plan *p, const struct stage_part *part);

/* The stage after one step forward (`by` 1) or back (-1); the same one at the ends. */
int gait_step(enum gait gait, const struct stage_map *m, const struct plan *p, int stage,
              int by);

/* "14 / 118", or "chapter 3 / 13". Caller frees. */
char *gait_count(enum gait gait, const struct stage_map *m, const struct plan *p,
                 int stage);

/* Over the second row of the map of stages, where the gait is that of chapters: the stage
 * that is stopped at, and that the others of the chapter are folded. */
void gait_draw(enum gait gait, const struct stage_map *m, const struct plan *p, int stage,
               struct canvas *c, struct area a);

#endif
