/* The rows or the columns of a matrix as series: numbers over x, on plain axes or on
 * logarithmic ones, and where two of them cross. */
#ifndef SERIES_H
#define SERIES_H

#include "chart/chart.h"

#define SERIES_MOST 6 /* more curves in one picture cannot be told apart */
#define SERIES_CROSSINGS_MOST 12

/* One axis. What it cannot show, a number that is not finite or on a logarithmic axis not
 * above 0, has no place. */
struct series_axis {
    bool log;
    double lo, hi; /* of what is shown, lo < hi; of a logarithmic axis the powers of 10 */
};

struct series_crossing {
    int one, two; /* places in `seen` */
    double x, y;
};

struct series_set {
    const struct chart *v; /* borrowed */
    bool by_column;        /* each column is a series, and x runs down the rows */
    long count, points;    /* series in all, and numbers of each */
    long seen[SERIES_MOST]; /* those that are shown: the lit one is among them */
    int seen_count;
    bool numeric;   /* the labels of x are numbers, which rise */
    double *places; /* owned: of each point on the axis of x */
    struct series_axis x, y;
    long left_out; /* numbers that have no place */
    struct series_crossing crossings[SERIES_CROSSINGS_MOST];
    int crossing_count; /* of series by rows */
    int crossing_total; /* with those that have no room in the list */
};

struct series_set series_of(const struct chart *v, bool by_column);
void series_free(struct series_set *s);

/* The place of a number on its axis, and back; NAN for none. */
double series_place(const struct series_axis *axis, double value);
double series_value(const struct series_axis *axis, double place);

/* The place of a point on the axis of y; NAN for none. */
double series_point(const struct series_set *s, int seen, long point);

/* The name of a series that is shown, and of a point on x. Caller frees. */
char *series_label(const struct series_set *s, int seen);
char *series_x_label(const struct series_set *s, long point);

/* The letter that marks it: a, b, c … */
static inline char series_letter(int seen)
{
    return (char)('a' + seen);
}

/* "x = 512, y = 3.1", or between which labels of x. Caller frees. */
char *series_crossing_text(const struct series_set *s, const struct series_crossing *k);

/* The hands `words`. */
void series_tell_lines(const struct chart *v, long most, struct buffer *out);
void series_tell_waves(const struct chart *v, long most, struct buffer *out);

#endif
