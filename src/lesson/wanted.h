/* The exams that a scene speaks of: in its prose, its questions, its claims and its
 * pictures. */
#ifndef WANTED_H
#define WANTED_H

#include "lesson/scene.h"
#include "study/exams.h"

/* Asks for each of them. */
void scene_want_exams(const struct scene *s, struct exams *exams);

#endif
