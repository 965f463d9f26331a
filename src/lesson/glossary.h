/* The glossary of the lessons: a file of a language, lessons/glossary/en.md, with a
 * heading for each term and the scene that explains it.
 *
 *     ## dot product, inner product | 내적
 *
 *     scene: 5/2
 *
 *     Two vectors multiplied place by place, and all of it added up.
 *
 * The first name is the headword, further ones are the same term; behind the bar it
 * stands in the other language. */
#ifndef GLOSSARY_H
#define GLOSSARY_H

#include "base/say.h"
#include "lesson/scene.h"

struct glossary_term {
    char **names; /* one at least */
    size_t name_count;
    char *twin;       /* in the other language */
    char *text;       /* one line */
    long part, scene; /* from 1 */
    long line;
};

struct glossary {
    char *file;
    struct glossary_term *items;
    size_t count, capacity;
};

/* NULL and an error with file, line, column and what to do. Caller frees. */
struct glossary *glossary_open(const char *path, struct error *e);
struct glossary *glossary_parse(const char *text, const char *file, struct error *e);
void glossary_free(struct glossary *g);

/* Tells of each term that the lesson uses before its scene, and of each whose scene in
 * this lesson does not exist or does not use it. */
void glossary_check(const struct glossary *g, const struct lesson *l,
                    void (*fault)(void *data, struct error *e), void *data);

/* "dot product (내적) – 5/2\n  Two vectors …": all terms in the order of the file, of the
 * program's own glossary in that language. NULL with an error. Caller frees. */
char *glossary_text(enum language language, struct error *e);

#endif
