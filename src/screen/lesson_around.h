/* What stands around the panes of a lesson: its title and sentence, how far one is, and
 * in the row above the keys what is said, or the proof of the picture. */
#ifndef LESSON_AROUND_H
#define LESSON_AROUND_H

#include "paint/canvas.h"
#include "screen/lesson_state.h"

/* In the area of the whole screen. A message of two rows takes that of the keys too. */
void lesson_draw_around(const struct lesson_state *s, struct canvas *c, struct area a);

#endif
