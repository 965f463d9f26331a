/* A lesson being read on a sentence: the run of the intact model and the one under the
 * scene's what-ifs, the compute blocks, and everything in the scene filled from them.
 *
 *     struct reading *r = reading_new(lesson, session, &e);    // takes the session
 *     reading_go(r, 3, &e);
 *     char *text = reading_value(r, span);                      // "0.83", or "–"
 *
 * A scene always opens: what cannot be resolved on the sentence at hand shows "–". */
#ifndef READING_H
#define READING_H

#include "lesson/lesson.h"
#include "lesson/questions.h"
#include "lesson/scene_picture.h"

#include <stdbool.h>

struct reading;

/* Both are given: the lesson is borrowed, the session (a model, no text needed) taken.
 * Opens the first scene. NULL with an error when the model cannot read the lesson's
 * sentence. */
struct reading *reading_new(const struct lesson *lesson, struct session *session,
                            struct error *e);
/* Another one of the same lesson and sentence, at that scene; it must be freed before the
 * first, whose exams it shares. NULL with an error. */
struct reading *reading_beside(const struct reading *other, int scene, struct error *e);
void reading_free(struct reading *r);

const struct lesson *reading_lesson(const struct reading *r);
int reading_scene_number(const struct reading *r); /* from 0 */
const struct scene *reading_scene(const struct reading *r);
const struct model *reading_model(const struct reading *r); /* of the scene's run */

/* Another scene (clamped). -1 with an error when the model cannot take its sentence; then
 * it is shown on the sentence before. */
int reading_go(struct reading *r, int scene, struct error *e);

/* The same lesson in another language; the scene stays. Borrowed. */
int reading_set_lesson(struct reading *r, const struct lesson *lesson, struct error *e);

/* The learner's sentence; NULL: that of the lesson. On an error the old one stays. */
int reading_set_text(struct reading *r, const char *text, struct error *e);
bool reading_is_own(const struct reading *r); /* the learner's sentence is in use */
bool reading_is_pinned(const struct reading *r); /* this scene keeps its own sentence */
const char *reading_text(const struct reading *r);

/* False when some value of the scene cannot be resolved on this sentence. */
bool reading_is_resolved(struct reading *r);

/* A value of this scene's prose as text: "–" when it cannot be resolved, "…" while its
 * exam runs. Caller frees. */
char *reading_value(struct reading *r, const struct span *span);

/* All of a prose as one text. Caller frees. */
char *reading_prose(struct reading *r, const struct prose *prose);

/* Whether a choice is right here. */
enum truth reading_choice(struct reading *r, size_t predict, size_t choice);
/* The one right choice of a question, or CHOICE_… of questions.h. */
int reading_right_choice(struct reading *r, size_t predict);
/* A number typed as the result of a calculation, judged (question_judge), and the result
 * as it stands in the text (caller frees). */
int reading_judge(struct reading *r, size_t predict, double typed);
char *reading_result(struct reading *r, size_t predict);

/* A claim checked; the error says what was found instead. */
int reading_check(struct reading *r, const struct claim *claim, struct error *e);
/* Everything of the scene resolved or the first error, with its place. */
int reading_resolve(struct reading *r, struct error *e);

/* What a run of the lesson's own is, as text (lesson_runs.h). Caller frees. */
char *reading_run(struct reading *r, const char *name, bool intact);

/* ---- the picture ---- */

/* The picture of the scene, or with index 1 the one beside it. False: there is none
 * (here). Valid until the next change. */
bool reading_picture_at(struct reading *r, size_t index, struct picture *p);
static inline bool reading_picture(struct reading *r, struct picture *p)
{
    return reading_picture_at(r, 0, p);
}

/* The same stage in the intact run, for a scene or a run with what-ifs. */
bool reading_before_at(struct reading *r, size_t index, struct picture *p);
static inline bool reading_picture_before(struct reading *r, struct picture *p)
{
    return reading_before_at(r, 0, p);
}

/* Evaluates what pictures show of exams anew; what they borrowed is gone. */
void reading_forget_cells(struct reading *r);

/* A number of this scene's prose and questions for which a stage was made among those of
 * the blocks, the index-th from 0; false beyond the last. Valid until the next change. */
bool reading_number(struct reading *r, size_t index, struct exhibit *shown);

/* What the free walk shows from this scene on: the run of the picture's exhibit (NULL: of
 * the scene) forked, at the same number, with a session that the caller frees (or gives
 * to the walk); or a number of the compute blocks as it is. */
int reading_free_walk(struct reading *r, const struct exhibit *shown,
                      struct exhibit *walk, struct error *e);

/* ---- sliders ---- */

size_t reading_sliders(const struct reading *r); /* of this scene */
const struct slider *reading_slider(const struct reading *r, size_t index);
/* Moves one by so many steps (a fortieth of its range) and computes again. */
void reading_slide(struct reading *r, size_t index, int steps);

/* ---- exams ---- */

/* The exams that this scene speaks of. */
struct exams *reading_exams(struct reading *r);
/* Those of a picture of exams, for its chart (scene_picture_exams). */
size_t reading_exam_list(struct reading *r, const struct picture *p,
                         struct chart_exam list[2]);
/* Works on them for about so many milliseconds (0: to the end); false when none is
 * left. */
bool reading_work(struct reading *r, int milliseconds);

#endif
