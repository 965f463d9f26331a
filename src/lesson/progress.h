/* How far a learner has come in each lesson. A file of one line a lesson, its six or
 * seven fields separated by tabs:
 *
 *     05-self-attention	3	7	12	2	1	2.0@4
 *
 * that is the id, the scene last at, the furthest one (both from 0), the scenes there
 * are, the questions answered, those answered right, and what is to be asked again, where
 * there is anything (lesson_again.h writes and reads it).
 *
 *     char *path = progress_path();
 *     struct progress *p = progress_open(path);
 *     struct progress_entry entry = {.id = "05-self-attention", .scene = 3, …};
 *     progress_set(p, &entry);
 *     progress_save(p, &e);
 *     progress_free(p);
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "base/error.h"

struct progress;

struct progress_entry {
    char *id;
    int scene, furthest; /* from 0 */
    int scenes;
    int asked, right; /* questions answered, and answered right */
    char *missed;     /* "2.0@4", up to 500 bytes; NULL for none */
};

/* $XDG_STATE_HOME/stepformer/progress.tsv, else the same below ~/.local/state. Caller
 * frees; NULL without a home. */
char *progress_path(void);

/* Reads the file; one that is missing or cannot be read is as good as empty, and a line
 * that makes no sense is ignored. With NULL nothing is kept longer than the program runs.
 * Caller frees with progress_free. */
struct progress *progress_open(const char *path);
void progress_free(struct progress *p);

/* NULL for a lesson never opened. Borrowed until the next progress_set. */
const struct progress_entry *progress_get(const struct progress *p, const char *id);

/* Puts the entry in the place of an older one of the same id; copies it, with its numbers
 * brought into order: scene <= furthest < scenes, right <= asked. An id that a line
 * cannot hold (empty, or with a control character) is not kept. */
void progress_set(struct progress *p, const struct progress_entry *entry);

/* Writes the file, and makes its folders. -1 with an error when that fails: an older file
 * then stays as it was. */
int progress_save(const struct progress *p, struct error *e);

#endif
