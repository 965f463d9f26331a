/* The list of stages, filtered by what is typed, to choose one from. */
#ifndef JUMP_H
#define JUMP_H

#include "screen/app.h"
#include "screen/walk_state.h"

void jump_open(struct app *app, struct walk *w); /* the walk is borrowed */

#endif
