/* What lint counts of a lesson's questions: where the right answers stand, how long they
 * are, and whether they can be read off what stands above. */
#ifndef TALLY_H
#define TALLY_H

#include "lesson/reading.h"

#define TALLY_PLACES 6 /* choices of a question */

struct tally {
    long asked; /* with choices */
    long place[TALLY_PLACES];
    long longest; /* times that the right choice is longer than every other one */
};

/* Counts question `predict` of the scene that is read. -1 with an error and its place
 * when its answer stands in the title or in the text right before it. */
int tally_question(struct tally *t, struct reading *r, size_t predict, struct error *e);

/* Over the whole lesson, of four questions and more: -1 when one place, or the longest
 * choice, is right in more than half of them. */
int tally_places(const struct tally *t, const char *file, struct error *e);
int tally_lengths(const struct tally *t, const char *file, struct error *e);

/* Whether a word stands in a text: by itself, with a Korean particle or an English plural
 * behind it; small and capital letters are the same. */
bool tally_has_word(const char *text, const char *word);

#endif
