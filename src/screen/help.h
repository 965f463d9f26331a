/* The help screen, from the table of actions; and a text to read, with a title. */
#ifndef HELP_H
#define HELP_H

#include "screen/app.h"

void help_open(struct app *app);

/* Copies title and text. */
void reader_open(struct app *app, const char *title, const char *text);

#endif
