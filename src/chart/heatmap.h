/* One matrix as a labelled heat map: cells, row and column labels, axis titles, a colour
 * bar, a heading. heatmap_layout.h says what it takes and arranges it. */
#ifndef HEATMAP_H
#define HEATMAP_H

#include "chart/heatmap_layout.h"

/* Arranges and draws on a new page of that medium. Caller frees. */
struct drawing *heatmap_draw(const struct heatmap *h, struct draw_medium medium,
                             struct error *e);

#endif
