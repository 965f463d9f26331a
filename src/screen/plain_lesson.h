/* A lesson as plain text: every scene with its values filled in, its questions with their
 * answers, and its picture told in words. It makes sense without the picture. */
#ifndef PLAIN_LESSON_H
#define PLAIN_LESSON_H

#include "base/memory.h"
#include "lesson/reading.h"

/* Appends the whole lesson, from the first scene on. Runs its exams to the end. -1 when
 * the model cannot run. */
int plain_lesson(struct reading *r, struct buffer *out, struct error *e);

#endif
