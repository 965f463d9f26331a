/* The rows of a matrix of one or two columns as points of the plane. */
#ifndef PLANE_POINT_H
#define PLANE_POINT_H

#include "chart/chart.h"

#define PLANE_LABELLED_MOST 400 /* of the points in a plane */
#define PLANE_SCATTER_LEAST 100 /* so many points are small dots */

/* The place of a row; false where it is no number. */
bool plane_point(const struct chart *v, long row, double out[2]);

/* The ends of all points, with the origin among them when `origin`; 0 for none. */
void plane_extent(const struct chart *v, bool origin, double least[2], double most[2]);

/* "(3, 0)·(3, 3) = 9   cos 0.71   45°": the first row and the lit one; NULL where one of
 * them has no place. Caller frees. */
char *plane_angle(const struct chart *v);

/* The classes that are told apart: how many; the name of one (caller frees) and the
 * letter that marks it; that of a row, the first of them that its piece has, or -1. */
int plane_classes(const struct chart *v);
char *plane_class_name(const struct chart *v, int i);
char plane_class_letter(const struct chart *v, int i);
int plane_class(const struct chart *v, long row);

/* The label of a row, with its meaning where the chart shows meanings. Caller frees. */
char *plane_label(const struct chart *v, long row);

/* The hands `words`: "- same side: (3.00, 3.00)"; of vectors the angle too. */
void plane_tell_points(const struct chart *v, long most, struct buffer *out);
void plane_tell_vectors(const struct chart *v, long most, struct buffer *out);

#endif
