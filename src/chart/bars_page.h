/* The charts "bars" and "ranking" on a page. */
#ifndef BARS_PAGE_H
#define BARS_PAGE_H

#include "chart/page.h"

/* The hand `page`: the lit row as bars in the order of its columns, or the largest
 * first. Of many columns only some are shown; a line says how many more there are. */
struct drawing *bars_page(const struct chart *v, const struct chart_page *p,
                          struct error *e);
struct drawing *bars_ranking_page(const struct chart *v, const struct chart_page *p,
                                  struct error *e);

#endif
