/* Where everything of the model map stands, for an area: lines from the sentence's pieces
 * at the bottom to the prediction on top, in one or two columns. Layers that have no room
 * are folded to a line each, but that of the chosen block; where even that is too much, a
 * part of the rows is seen, with the chosen block in it. */
#ifndef MAP_LAYOUT_H
#define MAP_LAYOUT_H

#include "paint/canvas.h"
#include "screen/map_blocks.h"

enum map_line_kind {
    MAP_LINE_PIECES, /* of the sentence that goes in */
    MAP_LINE_ANSWER, /* what is predicted */
    MAP_LINE_BLOCK,
    MAP_LINE_TOP, /* the edges of a layer */
    MAP_LINE_BOTTOM,
    MAP_LINE_FOLDED, /* a whole layer */
};

struct map_line {
    enum map_line_kind kind;
    int column;
    int block; /* of a layer: its last one */
    int from;  /* of a folded layer: its first block */
    bool boxed; /* a block within the edges of a layer */
    int above, below; /* rows of residual and norm, around the name of a block */
    int row, rows; /* from the top of what is seen; may lie outside */
};

struct map_layout {
    struct map_line *lines;
    size_t count, capacity;
    int rows; /* of the whole map */
    struct area columns[2];
    struct area gap; /* between the columns */
    bool above, below; /* more is there than is seen */
};

/* `chosen` is a block. Free with map_layout_free. */
struct map_layout map_layout_of(const struct model_map *m, const struct plan *p,
                                int chosen, bool halves, struct area a);
void map_layout_free(struct map_layout *l);

/* The line where a block is seen: its own, or that of its folded layer. */
const struct map_line *map_layout_line(const struct map_layout *l,
                                       const struct model_map *m, int block);

/* The rows and columns of one thumbnail where a column of the map has so many columns,
 * at most so many rows. */
struct area map_thumb_size(const struct plan *p, const struct map_block *b, bool halves,
                           int rows, int columns);

#endif
