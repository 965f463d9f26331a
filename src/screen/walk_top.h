/* The rows above the matrix of the walk: the sentence, the meanings of its pieces, the
 * name of the stage, its formula, and the tokens that win in a row of a vocabulary. */
#ifndef WALK_TOP_H
#define WALK_TOP_H

#include "screen/walk_state.h"

void walk_draw_header(const struct walk *w, struct canvas *c, struct area a);
bool walk_has_gloss(const struct walk *w);
void walk_draw_gloss(const struct walk *w, struct canvas *c, struct area a);
void walk_draw_title(const struct walk *w, struct canvas *c, struct area a);
void walk_draw_formula(const struct walk *w, struct canvas *c, struct area a);
void walk_draw_ranking(const struct walk *w, struct canvas *c, struct area a);

/* The badge of switched-off parts at the right end of the first row; nothing is drawn for
 * the intact model. Returns its width. */
int walk_draw_badge(const struct walk *w, struct canvas *c, struct area a);

#endif
