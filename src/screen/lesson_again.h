/* What was answered in a lesson, and the questions that are asked again because the
 * answer was wrong: two scenes later, or in the last scene. */
#ifndef LESSON_AGAIN_H
#define LESSON_AGAIN_H

#include "lesson/reading.h"

#include <stdbool.h>

#define ANSWER_NONE (-1)
#define ANSWER_SHOWN (-2)     /* skipped: the answer was asked for */
#define ANSWER_UNDECIDED (-3) /* this sentence does not decide it */

#define TYPED_MOST 12 /* characters of a typed number */

struct lesson_answer {
    int choice;   /* from 0 (of a number: question_judge), or one of the above */
    bool counted; /* told to whoever keeps the progress: once */
    char typed[TYPED_MOST + 1]; /* the number as far as it is written */
};

/* One asking: it is due in scene `at`, and in every later one until it is answered. */
struct again {
    int scene, at; /* from 0; where it comes from, where it is asked */
    size_t predict;
    struct lesson_answer answer;
    struct reading *reading; /* of `scene`, while the question is on the screen; owned */
};

struct agains {
    struct again *items;
    size_t count, capacity;
};

/* A question of `scene` was answered wrong there, or when it was asked again in scene
 * `now`; of a lesson of so many scenes. Nothing when no later scene is left. */
void agains_add(struct agains *list, int scene, size_t predict, int now, int scenes);
/* It was answered right: it is not asked again. */
void agains_drop(struct agains *list, int scene, size_t predict);

/* Forgets those that were answered. */
void agains_forget(struct agains *list);

/* Opens a reading for each question that stands in the scene of `now`, beside that. */
void agains_open(struct agains *list, const struct reading *now);
void agains_close(struct agains *list); /* before `now` is freed */

/* Those that are open, in order: the index-th, from 0; NULL beyond the last. */
struct again *agains_nth(const struct agains *list, size_t index);

/* "2.0@4 5.1@7": what is still to be asked, and back; what makes no sense is left out.
 * Caller frees. */
char *agains_text(const struct agains *list);
void agains_read(struct agains *list, const char *text, int scenes);

void agains_free(struct agains *list);

#endif
