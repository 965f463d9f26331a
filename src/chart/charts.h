/* All kinds of charts, and writing one to a file. */
#ifndef CHARTS_H
#define CHARTS_H

#include "chart/chart.h"

#include <stdbool.h>

/* Pixels a point of a PNG, where nobody says another number. */
#define CHART_SCALE 2.0

const struct chart_kind *charts_find(const char *name); /* NULL for an unknown name */
const struct chart_kind *charts_at(size_t index);       /* NULL past the last */

/* "matrix, heatmap, …". Caller frees. */
char *charts_names(void);

/* The heading that goes with a chart: what the run was given and says, which matrix this
 * is, and what is switched off. The texts are the caller's to free. */
struct chart_heading {
    char *title, *subtitle, *badge;
};
struct chart_heading charts_heading(const struct chart_kind *kind,
                                    const struct chart *v);
void charts_heading_free(struct chart_heading *h);

/* Draws the page and writes it as what the path's ending says (picture_form), with the
 * chart in words as its description and the settings of the run as its notes. An existing
 * file is an error unless `replace` is set. `*missing` (may be NULL) is the number of
 * characters without a shape in the installed fonts, see draw_missing_glyphs. The page's
 * scale may be 0: CHART_SCALE. */
int charts_write(const struct chart_kind *kind, const struct chart *v,
                 const struct chart_page *page, const char *path, bool replace,
                 int *missing, struct error *e);

#endif
