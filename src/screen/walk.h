/* The walk as a screen: what every key does on it. */
#ifndef WALK_H
#define WALK_H

#include "screen/app.h"
#include "screen/walk_state.h"

/* Puts the walk on the app; takes it. */
void walk_open(struct app *app, struct walk *w);

/* The same on top of another screen, to which Esc leads back. */
void walk_open_guest(struct app *app, struct walk *w);

#endif
