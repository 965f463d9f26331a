/* The model map as a screen: what every key does on it. It lies on a walk, whose run it
 * shows; Enter goes on in that walk. */
#ifndef MAP_SCREEN_H
#define MAP_SCREEN_H

#include "screen/app.h"
#include "screen/walk_state.h"

/* Opens the map of a walk that is made for it: the walk lies beneath and ends when the
 * map is left without going into it. `lesson` (NULL: none) are the ids of the stages that
 * a lesson is about, separated by spaces. Takes the walk. */
void map_open_over(struct app *app, struct walk *w, const char *lesson);

#endif
