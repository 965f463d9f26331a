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
    const char *value_title;    /* along the colour bar; NULL for none */
    const struct colormap *map; /* NULL: the one of the theme */
    const struct colormap_range *range; /* NULL: from the values */
    bool by_row;       /* colours by the share of the largest in each row */
    bool print_values; /* into the cells */
    int digits;        /* of them; 0: two */
    double width;      /* of the page in points; 0: as the picture needs */
};

#endif
