/* The blocks of the model map, made from a plan and its places: a sublayer with its
 * residual and norm, the input of a stack, a layer without sublayers, what stands behind
 * the layers, the prediction. Every stage belongs to exactly one of them. Nothing here
 * knows a model family. */
#ifndef MAP_BLOCKS_H
#define MAP_BLOCKS_H

#include "base/say.h"
#include "screen/stage_map.h"

#include <stdbool.h>

enum map_kind {
    MAP_INPUT,
    MAP_SELF,
    MAP_MASKED, /* self-attention that sees no later rows */
    MAP_CROSS,
    MAP_FFN,
    MAP_RECURRENT, /* a layer without sublayers */
    MAP_NORM,      /* of a whole stack */
    MAP_OUTPUT,
    MAP_LOSS,
    MAP_OTHER, /* what is computed beside the model */
    MAP_KIND_COUNT
};

struct map_block {
    enum map_kind kind;
    struct stage_part part; /* the first of the parts that are one block */
    struct stage_place place; /* the stack, the layer, the block, as what-ifs name it */
    int column;             /* of the map: 0, or 1 for the second stack */
    int first, last, count; /* stages */
    int stop;               /* the stage that matters most */
    int weights;            /* the stage of its attention weights; -1 */
    int picture; /* the stage of its picture: those, or the one that matters; -1 */
    int off;                /* stages that a what-if changed */
    long heads;             /* 0 for none */
    bool norm_before, norm_after, residual, positions;
    bool reads_other; /* something of the first stack goes into one of the second */
};

struct model_map {
    struct map_block *blocks; /* by their first stages */
    size_t count, capacity;
    int *of_stage; /* the block of each stage */
    int columns;   /* 1 or 2 */
};

/* Free with model_map_free. */
struct model_map model_map_of(const struct plan *p);
void model_map_free(struct model_map *m);

/* The next block upwards (`by` 1) or downwards in the same column; the same at the end.
 */
int model_map_along(const struct model_map *m, int block, int by);
/* The one beside it, in that column: of the same layer and kind, or the nearest. */
int model_map_across(const struct model_map *m, int block, int column);

/* Numbers of the weights that its stages read. */
long model_map_parameters(const struct model_map *m, const struct plan *p, int block);

/* How it is written: "self-attention"; the short form: "self". Borrowed. */
const char *map_name(const struct map_block *b, bool brief);
/* One sentence about it. Borrowed. */
const char *map_idea(const struct map_block *b);
/* "encoder 0", "" where it is in no layer. Caller frees. */
char *map_layer_name(const struct map_block *b);

/* "self-attention · encoder 0". Caller frees. */
char *map_title(const struct map_block *b);

/* Its first and last stage, from 1: "6-19". */
#define MAP_NUMBERS 32
void map_numbers(const struct map_block *b, char *out, size_t size);

/* The what-if that switches it off, "no-ffn@encoder.0.ffn"; NULL when none does. Whether
 * it fits a model says whatifs_check. Caller frees. */
char *map_whatif(const struct map_block *b);

#endif
