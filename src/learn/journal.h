/* The records of a training: loss.tsv, a row every JOURNAL_EVERY steps, and train.log, a
 * line whenever the exam was held. Both are always whole: they are written anew. */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "base/error.h"
#include "base/memory.h"

#define JOURNAL_EVERY 50

struct journal {
    char *table_path, *log_path;
    struct buffer table, log;
};

/* What is known at a step; NaN for what is not. */
struct journal_row {
    long step;
    double loss, held_loss, held_match, entropy, seconds;
};

/* For a folder: empty, or with the rows up to `step` of an earlier run (-1: empty). */
int journal_open(struct journal *j, const char *folder, long step, struct error *e);
void journal_free(struct journal *j);

/* Adds a row, and a line to the log when the exam was held; `line` (may be NULL) receives
 * it, borrowed. */
void journal_add(struct journal *j, const struct journal_row *row, const char **line);
void journal_say(struct journal *j, const char *line);
int journal_write(const struct journal *j, struct error *e);

#endif
