/* Checks lesson files as `stepformer lint` does: their form, every name, value, question
 * and claim on the lesson's own sentence, that no result is typed, that the languages
 * match, and that every scene opens on foreign sentences. */
#ifndef LINT_H
#define LINT_H

#include "lesson/lesson.h"
#include "model/model.h"

struct lint {
    long scenes, values, questions, claims; /* what was checked */
    long faults; /* that were told */
    /* Told of each fault, and of each note (a ground rule that a lesson may break). */
    void (*fault)(void *data, const struct error *e);
    void (*note)(void *data, const char *file, const char *text);
    void *data;

    struct error last; /* for lint itself: what is found again is told once */
    long found;
};

/* One file; returns the lesson for lint_pair, or NULL when it cannot be read. */
struct lesson *lint_file(struct lint *l, struct model *model, const char *path);

/* Whether two languages of one lesson have the same scenes and fences. */
void lint_pair(struct lint *l, const struct lesson *a, const struct lesson *b);

#endif
