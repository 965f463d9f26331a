/* The pages of the charts "lines" and "waves". */
#ifndef LINES_PAGE_H
#define LINES_PAGE_H

#include "chart/page.h"

struct drawing *lines_page(const struct chart *v, const struct chart_page *p,
                           struct error *e);
struct drawing *lines_waves_page(const struct chart *v, const struct chart_page *p,
                                 struct error *e);

#endif
