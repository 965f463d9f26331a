/* A question of a lesson as text: its choices or its calculation, what was answered, and
 * what is said of it. */
#ifndef QUESTION_VIEW_H
#define QUESTION_VIEW_H

#include "screen/lesson_state.h"
#include "screen/prose_view.h"

/* Adds prose with its values. */
void question_add_prose(struct reading *r, struct prose_view *v, const struct prose *p,
                        enum look plain);

/* Adds the question with everything that belongs to it. `*row` becomes the row behind
 * the choice, or behind the number that is typed. */
void question_add(const struct lesson_state *s, struct prose_view *v, size_t question,
                  bool ascii, int choice, int *row);

/* "your answer: ✗ 2 twice as many": of the last question before the picture, which is
 * seen beside it. */
bool question_has_guess(const struct lesson_state *s);
void question_draw_guess(const struct lesson_state *s, struct canvas *c, struct area a);

#endif
