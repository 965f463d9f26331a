/* The model map from a lesson: of its scene's run, with what the lesson is about marked.
 */
#ifndef LESSON_MAP_H
#define LESSON_MAP_H

#include "screen/app.h"
#include "screen/lesson_state.h"

void lesson_open_map(struct lesson_state *s, struct app *app);

/* The ids of stages that the lesson's pictures and numbers speak of, separated by spaces.
 * Caller frees. */
char *lesson_stages(const struct lesson *lesson, const struct plan *p);

#endif
