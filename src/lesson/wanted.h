/* The exams that a scene speaks of: in its prose, its questions, its claims and its
 * pictures. */
#ifndef WANTED_H
#define WANTED_H

#include "lesson/lesson_runs.h"
#include "study/exams.h"

/* Asks for each of them; "A.exam()" is of a run that `runs` finds. */
void scene_want_exams(const struct scene *s, struct runs *runs, struct exams *exams);

#endif
