/* The links of an attention head in the terminal. */
#ifndef LINKS_CELLS_H
#define LINKS_CELLS_H

#include "chart/chart.h"

/* Weights under this are not drawn in cells. */
#define LINKS_LEAST_CELLS 0.05

void links_draw(const struct chart *v, struct canvas *c, struct area a);

/* What its lines stand for, in a row. */
void links_legend_draw(struct canvas *c, struct area a);

/* Rows that show all of it. */
int links_rows(const struct chart *v);

#endif
