/* The row and the column that meet in a product, term under term as they stand in their
 * matrices: what is multiplied, the products, and what they add up to from left to right.
 * Drawn below the terms of an opened number where there is room. */
#ifndef MEET_VIEW_H
#define MEET_VIEW_H

#include "screen/cell_view.h"

/* The step of the explanation that is a sum of products; NULL for none. */
const struct step *meet_step(const struct explanation *x);

/* Rows of one strip of it: columns, both operands, products, running sum. */
#define MEET_ROWS 5

/* As many strips as there is room for, or the one with the selected term. */
void meet_draw(const struct cell_view *v, struct canvas *c, struct area a);

#endif
