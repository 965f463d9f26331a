/* Where lessons are found: folders "05-self-attention" with ko.md, en.md or both in
 *
 *   1. a folder that the person names (--lessons DIR),
 *   2. $XDG_DATA_HOME/stepformer/lessons, else ~/.local/share/stepformer/lessons,
 *   3. the program's own lessons.
 *
 * A lesson hides one of the same name in a later place. */
#ifndef SHELF_H
#define SHELF_H

#include "base/error.h"
#include "base/say.h"

#include <stdbool.h>
#include <stddef.h>

struct shelf_lesson {
    char *id; /* the name of its folder */
    char *folder;
    char *file[LANGUAGE_COUNT]; /* NULL: not in this language */
    bool own;                   /* not one of the program's */
};

struct shelf {
    struct shelf_lesson *items; /* by id */
    size_t count, capacity;
};

/* `dir` may be NULL; one that is no folder is an error. Free with shelf_free. */
int shelf_open(struct shelf *s, const char *dir, struct error *e);
void shelf_free(struct shelf *s);

/* By "05-self-attention", "05" or "5"; NULL for none. */
const struct shelf_lesson *shelf_find(const struct shelf *s, const char *name);

/* The file in that language, else in the other one. Borrowed. */
const char *shelf_file(const struct shelf_lesson *l, enum language language);

#endif
