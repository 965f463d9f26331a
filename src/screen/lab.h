/* The laboratory: the what-ifs as a list to switch on and off, the prediction before and
 * after, and the exam running in small slices while keys still answer. */
#ifndef LAB_H
#define LAB_H

#include "screen/app.h"
#include "screen/walk_state.h"

/* Opens the laboratory over the walk (borrowed). */
void lab_open(struct app *app, struct walk *w);

#endif
