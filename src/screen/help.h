/* The help screen, from the tables of actions and of screens; and a text to read, with a
 * title. */
#ifndef HELP_H
#define HELP_H

#include "screen/app.h"

/* Where something is missing that a screen needs, its key says so. */
void help_open(struct app *app, unsigned has);

/* Copies title and text. */
void reader_open(struct app *app, const char *title, const char *text);

#endif
