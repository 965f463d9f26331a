/* The heads of all layers of one kind of attention, a thumbnail each. */
#ifndef OVERVIEW_H
#define OVERVIEW_H

#include "chart/chart.h"

extern const struct chart_kind overview_chart;

/* The same stage of the next layer (`by` 1) or the one before (-1); -1 for none. */
int overview_step(const struct plan *p, int stage, int by);

/* How many layers have the stage, and the rows of cells in which all of them are seen
 * with their titles, rows of numbers in halves. */
long overview_layers(const struct plan *p, int stage);
int overview_rows(const struct chart *v);

#endif
