/* The sentences of a scene's recall questions: each is run on its own, whatever the
 * sentence of the scene. */
#ifndef RECALLS_H
#define RECALLS_H

#include "lesson/evaluate.h"

struct recall_run; /* a sentence with its run and its compute blocks */

/* Of one scene; all zero at first. */
struct recalls {
    struct recall_run *items;
    size_t count, capacity;
};

/* What the book of a scene is made of; all borrowed. */
struct recall_source {
    const struct lesson *lesson;
    size_t scenes; /* the last one is the scene */
    struct session *session; /* a run of the model */
    struct sliders *sliders;
    struct constants *constants;
};

/* Makes the scope that of the question's sentence. -1 with an error when the model cannot
 * read it. The scope is good until recalls_clear. */
int recalls_enter(struct recalls *r, const struct recall_source *source,
                  const struct predict *p, struct scope *scope, struct error *e);

void recalls_clear(struct recalls *r);

#endif
