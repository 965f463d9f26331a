/* The row of a matrix that is shown as bars: which columns in which order, the scale, and
 * how it is told. */
#ifndef BAR_ROW_H
#define BAR_ROW_H

#include "chart/chart.h"

struct bar_row {
    long *order;      /* owned: the columns, as they stand or the largest first */
    long count;       /* of them, at most BAR_RANKED_MOST when ranked */
    long first, seen; /* those that have room: the lit one is among them */
    double lo, hi;    /* 0 to 1 for probabilities; else with 0, of the finite values */
    bool ranked;
};

#define BAR_RANKED_MOST 200 /* the largest of a vocabulary */

/* Of the lit row, where so many bars have room. Free with bar_row_free. */
struct bar_row bar_row_of(const struct chart *v, bool ranked, long room);
void bar_row_free(struct bar_row *b);

/* The hand `words`: "- ▁go → ▁to: 간 0.97, …", the lit row alone. */
void bar_row_tell(const struct chart *v, long most, struct buffer *out);

#endif
