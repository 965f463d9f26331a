/* A page of many small heat maps of one shape, with one colour bar: the heads of a stage,
 * or of all layers. */
#ifndef TILES_H
#define TILES_H

#include "chart/page.h"

struct tile {
    const struct tensor *values; /* borrowed */
    long first;                  /* of the element in its first row and column */
    char *title;                 /* above it; NULL for none; the caller's */
};

/* All is borrowed. */
struct tiles {
    const struct chart *chart; /* whose rows, columns, labels and range they have */
    const struct tile *items;
    long count;
    long across;         /* tiles in a row; 0 with free_across */
    bool free_across;    /* as many as look well and have room; each has its title */
    char **sides;        /* what stands left of each row of tiles; NULL for none */
    bool titles_on_top;  /* only those of the first row are drawn */
};

/* NULL and an error when there is no room in the page's width. Caller frees. */
struct drawing *tiles_page(const struct tiles *t, const struct chart_page *p,
                           struct error *e);

#endif
