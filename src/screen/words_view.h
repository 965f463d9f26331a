/* The decoder word by word: at every step the whole distribution over the vocabulary, the
 * token that was taken, and another one to take instead. */
#ifndef WORDS_VIEW_H
#define WORDS_VIEW_H

#include "screen/app.h"
#include "screen/walk_state.h"

/* Opens the steps of the generation over the walk (borrowed). */
void words_open(struct app *app, struct walk *w);

#endif
