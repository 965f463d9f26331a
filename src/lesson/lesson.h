/* A lesson: a Markdown file as scenes. Reading it checks its form; what its expressions
 * stand for is looked up when it is read on a sentence (reading.h). The format, for
 * teachers, is lessons/README.md. */
#ifndef LESSON_H
#define LESSON_H

#include "lesson/scene.h"

/* Reads a file. NULL and an error with file, line, column and what to do. Caller
 * frees. */
struct lesson *lesson_open(const char *path, struct error *e);
/* The same of a text; `file` names it in messages. */
struct lesson *lesson_parse(const char *text, const char *file, struct error *e);

/* Whether this can be a lesson's id, which is the name of its folder: small letters,
 * digits and hyphens, 64 at most. */
bool lesson_is_id(const char *s);

/* The keys of a front matter, "id"; NULL beyond the last. */
const char *lesson_front_at(size_t index);

/* The fences that there are, by their names: "stage"; NULL beyond the last. */
const char *lesson_fence_at(size_t index);

void lesson_free(struct lesson *l);

#endif
