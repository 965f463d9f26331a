#include "chart/bar_row.h"

#include "base/order.h"
#include "chart/tell.h"

#include <math.h>
#include <stdlib.h>

/* Numbers of a double's whole range would have no length between them. */
#define SCALE_MOST 1e300

static void find_order(const struct chart *v, struct bar_row *b)
{
    long n = v->sheet.columns;
    b->count = b->ranked && n > BAR_RANKED_MOST ? BAR_RANKED_MOST : n;
    b->order = mem_alloc((size_t)n, sizeof *b->order);
    double *row = mem_alloc((size_t)n, sizeof *row);
    for (long i = 0; i < n; i++) {
        b->order[i] = i;
        row[i] = chart_cell(v, v->at.row, i);
    }
    if (b->ranked)
        order_largest(row, n, b->count, b->order);
    free(row);
}

/* Of the columns that are seen when they are ranked, else of all. */
static void find_scale(const struct chart *v, struct bar_row *b)
{
    bool shares = v->sheet.values == VALUES_PROBABILITY;
    long count = b->ranked ? b->seen : v->sheet.columns;
    b->hi = shares ? 1 : 0;
    for (long i = 0; i < count && !shares; i++) {
        double x = chart_cell(v, v->at.row, b->order[i]);
        if (isfinite(x)) {
            b->lo = fmin(b->lo, fmax(x, -SCALE_MOST));
            b->hi = fmax(b->hi, fmin(x, SCALE_MOST));
        }
    }
    if (b->hi <= b->lo)
        b->hi = b->lo + 1;
}

struct bar_row bar_row_of(const struct chart *v, bool ranked, long room)
{
    struct bar_row b = {.ranked = ranked};
    find_order(v, &b);
    b.seen = b.count < room ? b.count : room;
    find_scale(v, &b);
    b.first = ranked ? 0 : scroll_first(v->at.column, b.seen, b.count);
    return b;
}

void bar_row_free(struct bar_row *b)
{
    free(b->order);
}

void bar_row_tell(const struct chart *v, long most, struct buffer *out)
{
    char number[RENDER_NUMBER];
    if (!v->missing) {
        tell_numbers(v, v->at.row, most, out);
        return;
    }
    for (long i = 0; i < v->sheet.columns; i++) { /* each has been named */
        char *label = tell_label(v->sheet.column_labels, i, false);
        buffer_addf(out, "- %s: %s\n", label,
                    chart_number(v, chart_cell(v, v->at.row, i), chart_digits(v, 3),
                                 number));
        free(label);
    }
}
