/* The walk drawn: the sentence and the map of stages on top, what the stage does and its
 * formula, the matrix, the opened number, the proof, the keys. The focus decides what
 * gets the room; below 80x24 there is one pane at a time, from 120 columns on two stand
 * side by side. */
#ifndef WALK_VIEW_H
#define WALK_VIEW_H

#include "screen/walk_state.h"

void walk_draw(const struct walk *w, struct canvas *c, struct area a);

/* The matrix looked at as a chart. */
struct chart walk_chart(const struct walk *w);

/* What the stage or the weight looked at is, in the language of the program. */
const char *walk_text(const struct walk *w);

/* Rows and columns of the matrix that are seen, for moving by pages. */
struct matrix_layout walk_matrix_layout(const struct walk *w, const struct canvas *c,
                                        struct area a);

/* Whether the map and the lines of an attention stand beside each other. */
bool walk_stands_beside(const struct walk *w, const struct canvas *c, struct area a);

#endif
