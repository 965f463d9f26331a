/* Pictures of a matrix other than the matrix: one row as bars, as they stand or ranked;
 * its rows as arrows or as points in the plane; and two exams side by side. */
#ifndef CHART_VIEW_H
#define CHART_VIEW_H

#include "screen/canvas.h"
#include "screen/sheet.h"
#include "study/exam.h"

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

/* Rows of two columns as arrows from the origin, with the angle between the lit row and
 * the first one; or as points. */
void chart_draw_vectors(const struct chart_view *v, struct canvas *c, struct area a);
void chart_draw_points(const struct chart_view *v, struct canvas *c, struct area a);

struct chart_exam {
    const char *name;               /* "intact", or what is off */
    const struct exam_score *score; /* NULL: not there */
    long size;                      /* sentences in all */
};
void chart_draw_exams(const struct chart_exam *exams, int count, struct canvas *c,
                      struct area a);

#endif
