/* A lesson as a screen: what every key does in it. */
#ifndef LESSON_SCREEN_H
#define LESSON_SCREEN_H

#include "screen/app.h"
#include "screen/lesson_state.h"

/* Puts the lesson on the app at that scene; takes it. */
void lesson_screen_open(struct app *app, struct lesson_state *s, int scene);

#endif
