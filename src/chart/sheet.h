/* One matrix of the run as the screen sees it: a stage or a weight, with heads, rows and
 * columns, whatever its rank. A vector of ids is a column, any other vector a row. */
#ifndef SHEET_H
#define SHEET_H

#include "paint/colormap.h"
#include "study/exhibit.h"

struct sheet {
    struct ref ref;
    const struct stage *stage; /* NULL for a weight */
    const struct part *part;   /* NULL for a stage */
    bool given;                /* a part that is no weight: of a worked example */
    long heads;                /* 0 when it has none */
    long rows, columns;
    long first_row; /* of a weight that is part of a larger one */
    enum axis_name row_axis, column_axis;
    const struct labels *row_labels, *column_labels; /* NULL: numbers */
    enum role_values values;
    const char *symbol;
};

/* The matrix that is shown, or another one of the same run. */
struct sheet sheet_of(const struct exhibit *x, struct ref ref);

/* The id of its stage, or the symbol of its weight. Borrowed. */
const char *sheet_name(const struct sheet *s);

long sheet_cell(const struct sheet *s, struct place at); /* row-major index */
struct place sheet_place(const struct sheet *s, long cell);

/* The nearest place that exists. */
struct place sheet_clamp(const struct sheet *s, struct place at);

/* What colours stand for: ids have no range (lo = hi = 0); probabilities 0 to 1; others
 * by their finite values, over all heads. */
struct colormap_range sheet_range(const struct sheet *s, const struct tensor *values);

/* What has a range of its own: the matrix with all heads, each head, or each row. */
enum range_by { RANGE_BY_MATRIX, RANGE_BY_HEAD, RANGE_BY_ROW, RANGE_BY_COUNT };

/* What is possible of it: without heads there is no range by head. The one after it. */
enum range_by sheet_range_by(const struct sheet *s, enum range_by wanted);
enum range_by sheet_range_next(const struct sheet *s, enum range_by by);

/* The range of the head or the row at that place, from 0 to its largest finite value (or
 * to the largest size on both sides, where `whole`, the range of the matrix, is signed:
 * one matrix has one map). By matrix, and for ids: `whole`. */
struct colormap_range sheet_range_at(const struct sheet *s, const struct tensor *values,
                                     struct colormap_range whole, enum range_by by,
                                     struct place at);

#endif
