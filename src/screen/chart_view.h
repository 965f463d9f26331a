/* One row of a matrix as bars, as they stand or ranked; and what the pictures of a matrix
 * other than the matrix have in common. */
#ifndef CHART_VIEW_H
#define CHART_VIEW_H

#include "paint/colormap.h"
#include "screen/canvas.h"
#include "screen/sheet.h"
#include "screen/theme.h"

#include <stdbool.h>

struct chart_view {
    struct sheet sheet;
    const struct tensor *values; /* borrowed */
    struct colormap_range range;
    struct place at; /* the row that is shown; the column or row that is lit */
    bool focused, gloss;
};

/* The row of the cursor: a bar a column, in their order, or the largest first. */
void chart_draw_bars(const struct chart_view *v, bool ranked, struct canvas *c,
                     struct area a);

/* One bar in a row of cells that stands for lo … hi, from zero to the value; a negative
 * one goes to the left of the axis. */
void chart_draw_bar(double lo, double hi, double value, struct canvas *c, struct area a);

/* A number of the head that is shown. */
double chart_cell(const struct chart_view *v, long row, long column);

/* The style of what is lit when `on`, of `other` when not. */
struct style chart_lit(const struct canvas *c, const struct chart_view *v, bool on,
                       enum look other);

#endif
