/* How the page of a chart looks, whatever its kind. */
#ifndef PAGE_H
#define PAGE_H

#include "chart/chart.h"
#include "chart/frame.h"

/* Texts and maps are borrowed. */
struct chart_page {
    struct draw_medium medium;
    enum figure_theme theme;
    struct frame_heading heading;
    const struct colormap *map; /* NULL: the one of the theme */
    const struct colormap_range *range; /* NULL: from the values */
    bool print_values; /* into the cells */
    int digits;        /* of them; 0: two */
    double width;      /* of the page in points; 0: as the picture needs */
};

#endif
