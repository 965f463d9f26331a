/* A scene of a lesson drawn: the title and how far one is, the text beside its picture,
 * the picture's formula, its sliders and the opened cell, the proof. On a small screen
 * there is one pane at a time. The last row is left to the keys. */
#ifndef LESSON_VIEW_H
#define LESSON_VIEW_H

#include "paint/canvas.h"
#include "screen/lesson_state.h"
#include "screen/lesson_steps.h"

void lesson_draw(const struct lesson_state *s, struct canvas *c, struct area a);

/* The picture as its chart; `exams` is where those of a chart of exams are put. */
struct chart lesson_chart(const struct lesson_state *s, struct chart_exam exams[2]);

/* The digits of the picture's matrix: the learner's choice, else as many as fit. */
int lesson_zoom(const struct lesson_state *s, const struct canvas *c, struct area a);

/* The rows of the text (up to the end of the step, where there is one pane) and how many
 * of them are seen, for turning pages. */
void lesson_text_rows(const struct lesson_state *s, const struct canvas *c, struct area a,
                      int *rows, int *seen);

/* The same, with the rows of a question and behind its choice (-1: none): where it
 * begins, where the choice ends, and where all of it ends with what is said of the
 * answer. */
struct lesson_rows {
    int rows, seen;
    int question, choice, end;
};
struct lesson_rows lesson_rows_of(const struct lesson_state *s, const struct canvas *c,
                                  struct area a, int question, int choice);

/* The steps of the scene (lesson_steps.h), without their rows. Caller frees. */
struct way lesson_steps(const struct lesson_state *s);

/* The row of the text at which each block of the scene begins, hidden ones at its end,
 * then each question asked again, and the number of rows. Caller frees. */
int *lesson_block_rows(const struct lesson_state *s, const struct canvas *c,
                       struct area a);

/* Whether both pictures of the scene are seen at once, where it has two. */
bool lesson_pictures_fit(const struct lesson_state *s, const struct canvas *c,
                         struct area a);

/* Whether there is room for a lesson, and for text and picture side by side. */
bool lesson_fits(struct area a);
bool lesson_is_wide(struct area a);

#endif
