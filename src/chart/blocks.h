/* A matrix as a thumbnail in the terminal: two rows of it in each row of the screen, in
 * the half block ▀, whose letters and background are two colours; where there are no
 * colours, or ASCII alone, one character a cell, darker for larger numbers. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "chart/chart.h"

/* Whether the canvas can show half blocks. */
bool blocks_are_halves(const struct canvas *c);

/* The head that is lit, fitted into the area: as many times larger as there is room for;
 * where it has no room, each place stands for the largest of several numbers. */
void blocks_draw(const struct chart *v, struct canvas *c, struct area a);

#endif
