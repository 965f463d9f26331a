/* The same stage of two runs: before and after a what-if with their difference, or of two
 * sentences. Both runs of a what-if are fed the words of the intact model, so that rows
 * match; each one's own prediction stands beside it. */
#ifndef COMPARE_VIEW_H
#define COMPARE_VIEW_H

#include "screen/app.h"
#include "screen/walk_state.h"

/* Opens over the walk (borrowed); without a what-if it asks for a second sentence. */
void compare_open(struct app *app, struct walk *w);

#endif
