/* The decoder word by word, drawn: the words, the candidates of the step as bars, and
 * with more room what the step looks at and all steps one below the other. */
#ifndef WORDS_DRAW_H
#define WORDS_DRAW_H

#include "paint/canvas.h"
#include "screen/words_state.h"

/* How many candidates are listed in the area. */
long words_listed(struct area a);
void words_draw(const struct words *v, struct canvas *c, struct area a);

#endif
