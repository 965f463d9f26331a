/* A matrix on a page: a labelled heat map made of a chart. */
#ifndef MAP_H
#define MAP_H

#include "chart/heatmap.h"
#include "chart/page.h"

/* The texts of a heat map made of a chart; the map borrows them. */
struct map_texts {
    char **labels[2], **glosses[2]; /* of the rows, of the columns; NULL for numbers */
    long counts[2];
};

/* The head that is lit as a heat map that looks as the page says. Free the texts with
 * map_texts_free when it is drawn. */
struct heatmap map_of(const struct chart *v, const struct chart_page *p,
                      struct map_texts *texts);
void map_texts_free(struct map_texts *texts);

/* The hand `page` of a matrix. */
struct drawing *map_page(const struct chart *v, const struct chart_page *p,
                         struct error *e);

#endif
