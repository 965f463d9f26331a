/* Attention as a bridge between two lines of text: what was read above, what is written
 * below, each of its tokens by what it predicts. */
#ifndef BRIDGE_H
#define BRIDGE_H

#include "chart/chart.h"

extern const struct chart_kind bridge_chart;

/* The columns and rows in which all tokens of both texts are seen. */
int bridge_columns(const struct chart *v, const struct canvas *c);
#define BRIDGE_LEAST_ROWS 7

#endif
