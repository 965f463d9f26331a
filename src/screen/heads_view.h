/* All heads of a stage side by side as small maps, to compare them and to choose one. */
#ifndef HEADS_VIEW_H
#define HEADS_VIEW_H

#include "screen/app.h"
#include "screen/walk_state.h"

/* Does nothing for a stage without heads. The walk is borrowed. */
void heads_open(struct app *app, struct walk *w);

#endif
