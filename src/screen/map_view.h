/* The model map drawn: the stacks with their blocks, what goes in below and what comes
 * out above, the way from one stack to the other, and about the chosen block what it is.
 */
#ifndef MAP_VIEW_H
#define MAP_VIEW_H

#include "screen/map_layout.h"
#include "screen/walk_state.h"
#include "study/exams.h"

struct map {
    struct walk *walk;
    struct model_map model;
    int chosen;     /* a block */
    bool *covered;  /* by the lesson that is open, of each block; NULL: none is */
    char *lesson;   /* the ids of its stages, separated by spaces; NULL */
    char *off;      /* the what-if that switches the chosen block off; NULL for none */
    struct exams *exams; /* NULL: the model brings none, or nobody sees it */
    bool due;            /* the exams of the chosen block are yet to be asked for */
    bool beneath;        /* the walk was made for the map and ends with it */
    char *message;       /* until the next key; NULL for none */
};

/* How far the walk has come in a block. */
enum map_mark { MAP_TO_COME, MAP_HERE, MAP_DONE, MAP_OFF };
enum map_mark map_mark_of(const struct map *m, const struct map_block *b);

void map_draw(const struct map *m, struct canvas *c, struct area a);

/* map_about.c: all about the chosen block, for a pane of its own; and what two or three
 * rows below the map hold. */
void map_draw_about(const struct map *m, struct canvas *c, struct area a);
void map_draw_foot(const struct map *m, struct canvas *c, struct area a);

/* Whether there is room for the pane. */
bool map_is_roomy(struct area a);

/* What the chosen block is, to read. Caller frees. */
char *map_text(const struct map *m);

#endif
