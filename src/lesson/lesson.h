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
void lesson_free(struct lesson *l);

#endif
