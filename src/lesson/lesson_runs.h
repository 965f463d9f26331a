/* The runs that names of a lesson speak of: "encoder.0.norm1" of the scene's run,
 * "before." and "after." of the one without and with its what-ifs, and "A." of a run of
 * the lesson's own (run_fence.h). "grad." behind that, or alone, speaks of the same run
 * with the loss and its gradients behind it: a fork, made when it is first asked for.
 *
 * A run of its own is that of the intact model under the change that its line names. It
 * is made when it is first asked for, and kept until its sentence or its lesson changes.
 * Before each prediction it is fed the words of `target`; without one, where it reads the
 * lesson's sentence, those of the scene's intact run, and else those that its own model,
 * intact, says. So what is compared is of equal shape. */
#ifndef LESSON_RUNS_H
#define LESSON_RUNS_H

#include "lesson/lesson.h"
#include "study/session.h"

struct own_run {
    const struct run_line *line;
    struct session *intact; /* owned; without its what-ifs */
    struct session *session; /* owned; the same as `intact` when nothing is off */
    struct session *gradients[2]; /* forks of these two; NULL until needed */
    struct error error;      /* why it could not be made */
};

/* All zero at first. */
struct runs {
    const struct lesson *lesson; /* borrowed, and the sessions of the scene */
    size_t scenes;
    struct session *before, *after;
    struct session *gradients[2]; /* forks of these two; NULL until needed */
    char *text; /* that the runs without a text of their own were made on */
    struct own_run *items;
    size_t count, capacity;
};

/* Speaks of scenes 0 … `scenes`-1 from now on, on what `before` and `after` were run on.
 * Whoever holds values of an earlier text or lesson has let go of them. */
void runs_follow(struct runs *r, const struct lesson *l, size_t scenes,
                 struct session *before, struct session *after);
void runs_free(struct runs *r);

/* Whose run a name speaks of, and what of it (`*rest`). NULL with an error when that run
 * could not be made. */
struct session *runs_of_name(struct runs *r, const char *name, const char **rest,
                             struct error *e);

/* The same run with nothing off, and with gradients where `s` has them; NULL with an
 * error. */
struct session *runs_intact(struct runs *r, const struct session *s, struct error *e);

/* The pieces that label the rows of an embedding of a run, or NULL for other weights.
 * Borrowed. */
const struct labels *runs_weight_labels(struct session *s, const char *weight);

/* The run of that name, made now; NULL with an error. */
const struct own_run *runs_find(struct runs *r, const char *name, struct error *e);

/* The run of the lesson's own whose session that is; NULL for the scene's. */
const struct own_run *runs_of_session(const struct runs *r, const struct session *s);

/* "A: “나는 간다” · ko-en@400 · no-position": its name and what is its own, the sentence
 * in any case, the what-ifs unless it is shown intact. Caller frees. */
char *runs_describe(struct runs *r, const char *name, bool intact);

/* What an exam of the prose is of: "A.exam(no-ffn)" of the model of A under that list,
 * "A.exam()" under A's own what-ifs, "exam(…)" of the model of the lesson. The model is
 * one user more: caller frees both. -1 with an error. */
int runs_exam(struct runs *r, const struct node *n, struct model **model,
              struct whatifs *list, struct error *e);

#endif
