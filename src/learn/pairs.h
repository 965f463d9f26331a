/* Pairs of texts to learn from: "source<TAB>target", maybe "<TAB>kind", a line each; a
 * first line of just these words is a header. Equal sources may have different targets.
 *
 * Some sources are held out: they are no part of the training, but of the exam. */
#ifndef PAIRS_H
#define PAIRS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pair {
    const char *source, *target, *kind; /* "" for no kind */
    long line;                          /* of the file, from 1 */
    bool held;
};

struct pairs {
    char *name; /* of the file */
    char *text; /* cut in place */
    struct pair *items;
    size_t count, capacity;
    uint64_t fingerprint; /* of all of it */
};

/* Reads a file, also one packed by gzip. -1 with an error that names file and line. Free
 * with pairs_free. */
int pairs_read(const char *path, struct pairs *p, struct error *e);

/* The same from memory; `name` stands in errors. */
int pairs_parse(const char *text, size_t length, const char *name, struct pairs *p,
                struct error *e);
void pairs_free(struct pairs *p);

/* Holds out a part of the sources, chosen by their hash so that it is the same for every
 * order of the lines. -1 with an error when there are no two sources. */
int pairs_hold_out(struct pairs *p, double part, struct error *e);

/* exam.tsv of what is held out: a line for each source, its targets separated by " || ".
 * Caller frees. */
char *pairs_exam(const struct pairs *p);

#endif
