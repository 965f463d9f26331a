/* The cell of a row that matters, on which the cursor stands when a matrix is entered:
 * the key that a query takes most from, the token that wins, else the number of the
 * largest size. Which rule a role has stands in winner.def. */
#ifndef WINNER_H
#define WINNER_H

#include "chart/sheet.h"

enum winner_rule {
    WINNER_SIZE,    /* the number farthest from 0; the rule of roles without a row */
    WINNER_LARGEST, /* the largest number */
    WINNER_FIRST    /* a row of which no number matters more */
};

enum winner_rule winner_rule(const struct sheet *s);

/* The column that wins in the row and head of `at`: never a NaN, nor what is masked while
 * something is not; the first of several. 0 where nothing wins. */
long winner_column(const struct sheet *s, const struct tensor *values, struct place at);

#endif
