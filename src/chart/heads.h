/* All heads of a stage side by side, as cells. */
#ifndef HEADS_H
#define HEADS_H

#include "chart/chart.h"

extern const struct chart_kind heads_chart;

/* How many heads stand in a row of that area, at least 1: a step up or down is as long.
 */
long heads_across(const struct chart *v, const struct canvas *c, struct area a);

#endif
