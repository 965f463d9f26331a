/* The rows of a matrix of two columns in the plane. */
#ifndef CHART_PLANE_H
#define CHART_PLANE_H

#include "screen/chart_view.h"

/* As arrows from the origin, with the angle between the lit row and the first one; or as
 * points. */
void chart_draw_vectors(const struct chart_view *v, struct canvas *c, struct area a);
void chart_draw_points(const struct chart_view *v, struct canvas *c, struct area a);

#endif
