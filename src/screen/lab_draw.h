/* The laboratory drawn: the list of what-ifs, the tree of places, and what they do to the
 * prediction, to the exam and to the map of the place, as much as there is room for. */
#ifndef LAB_DRAW_H
#define LAB_DRAW_H

#include "paint/canvas.h"
#include "screen/lab_state.h"

struct lab_layout {
    struct area predictions, list, tree, help, effect, exam; /* empty: not seen */
    int lines; /* rows of the list for a what-if: with what it does, two */
};

struct lab_layout lab_layout(const struct lab *l, struct area a);
void lab_draw(const struct lab *l, struct canvas *c, struct area a);

#endif
