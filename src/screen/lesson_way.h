/* The scene at hand walked by one key on a canvas of this size, and the bar of keys,
 * which says where one is and what the next press does. */
#ifndef LESSON_WAY_H
#define LESSON_WAY_H

#include "paint/canvas.h"
#include "screen/lesson_state.h"

/* To the next stop (direction 1) or the one before (-1); an open question that is passed
 * by is answered first. False: the scene has no more, nothing happened. */
bool lesson_way_go(struct lesson_state *s, const struct canvas *c, struct area a,
                   int direction);

/* To the last stop of the scene that can be seen: it was entered from behind. */
void lesson_way_to_end(struct lesson_state *s, const struct canvas *c, struct area a);

/* The learner answered the question: the way goes on from there. */
void lesson_way_answered(struct lesson_state *s, int question);

/* The learner turned to the other picture: the way goes on from there. */
void lesson_way_pictured(struct lesson_state *s);

/* To the step that asks the question. */
void lesson_way_ask(struct lesson_state *s, int question);

/* The other pane. Where the picture comes next it is as good as the press; else the next
 * press leads back. */
void lesson_way_turn(struct lesson_state *s, const struct canvas *c, struct area a);

/* The first row of the bar's area. */
void lesson_bar_draw(const struct lesson_state *s, struct canvas *c, struct area a);

#endif
