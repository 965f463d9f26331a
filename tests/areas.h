/* What is painted stays in its area. Needs the modules up to paint/canvas. */
#ifndef AREAS_H
#define AREAS_H

#include "paint/canvas.h"

#include "support.h"

static inline void check_outside(const struct canvas *c, struct area a)
{
    for (int row = 0; row < c->rows; row++)
        for (int column = 0; column < c->columns; column++)
            if (row < a.row || row >= a.row + a.rows || column < a.column ||
                column >= a.column + a.columns)
                assert_string_equal(canvas_cell(c, row, column)->text, " ");
}

#endif
