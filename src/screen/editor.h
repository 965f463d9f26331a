/* The sentence editor: what is typed, the pieces that the model makes of it while it is
 * typed, what the model does not know, and examples to start from. */
#ifndef EDITOR_H
#define EDITOR_H

#include "screen/app.h"
#include "screen/walk_state.h"

/* The walk is borrowed. `text` is put in, as if it had been typed, unless it is NULL. */
void editor_open(struct app *app, struct walk *w, const char *text);

#endif
