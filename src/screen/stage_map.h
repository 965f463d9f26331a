/* The stages in their order as a map: parts (a sublayer with its residual and norm, the
 * source side, the output), and the stages of the part where the walk is. */
#ifndef STAGE_MAP_H
#define STAGE_MAP_H

#include "base/say.h"
#include "numbers/plan.h"
#include "paint/canvas.h"

enum part_kind {
    PART_SOURCE,
    PART_TARGET,
    PART_LAYER,
    PART_OUTPUT,
    PART_LOSS,
    PART_WORKED,
    PART_PROSE /* values of a lesson's text */
};

struct stage_part {
    enum part_kind kind;
    struct stage_place place; /* of PART_LAYER: the sublayer; without a block the norm
                                 of a whole stack, or a layer that has no sublayers */
    int first, count;         /* stages */
};

struct stage_map {
    struct stage_part *parts;
    size_t count, capacity;
};

/* Free with stage_map_free. */
struct stage_map stage_map_of(const struct plan *p);
void stage_map_free(struct stage_map *m);

int stage_map_part(const struct stage_map *m, int stage); /* the part of a stage */

/* The first stage of the next part, or of this part or the one before; the same stage at
 * the ends. */
int stage_map_next_part(const struct stage_map *m, int stage);
int stage_map_previous_part(const struct stage_map *m, int stage);

/* The prediction; from it, and where there is none, the very last stage. */
int stage_map_end(const struct stage_map *m, int stage);

/* Two rows: the parts, and the stages of the current one. */
#define STAGE_MAP_ROWS 2
void stage_map_draw(const struct stage_map *m, const struct plan *p, int stage,
                    bool focused, struct canvas *c, struct area a);

/* The part in words: "encoder 0 · self-attention". Caller frees. */
char *stage_part_title(const struct stage_part *part, enum language language);

/* What a stage is called within its part: "scores", "norm", or the end of its id where
 * another stage of the part has the same name. Caller frees. */
char *stage_map_name(const struct stage_map *m, const struct plan *p, int stage);

#endif
