/* The charts "vectors" and "points" on a page. */
#ifndef PLANE_PAGE_H
#define PLANE_PAGE_H

#include "chart/page.h"

/* The hands `page`: a plane with axes; the rows as arrows from the origin, with the angle
 * between the first row and the lit one, or as points. Labels stand where there is room;
 * the lit row has its label in any case. */
struct drawing *plane_vectors_page(const struct chart *v, const struct chart_page *p,
                                   struct error *e);
struct drawing *plane_points_page(const struct chart *v, const struct chart_page *p,
                                  struct error *e);

#endif
