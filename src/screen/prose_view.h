/* Text in several looks, wrapped: paragraphs are added run by run, laid out for a width,
 * and drawn from any row on. What is measured is what is drawn.
 *
 *     struct prose_view *v = prose_view_new(c, 38);
 *     prose_view_add(v, LOOK_TEXT, "The largest is ");
 *     prose_view_add(v, LOOK_RESULT, "0.83");
 *     prose_view_end(v, &(struct prose_shape){.marker = "•"});
 *     prose_view_draw(v, c, area, 0);
 *     prose_view_free(v);
 */
#ifndef PROSE_VIEW_H
#define PROSE_VIEW_H

#include "paint/canvas.h"
#include "paint/theme.h"

struct prose_view;

/* How a paragraph stands. */
struct prose_shape {
    const char *marker; /* before its first row: "•"; NULL for none */
    bool bar;           /* the marker stands before every row, as of a quote */
    enum look look;     /* of the marker */
    int indent;         /* columns of all its rows */
    bool verbatim;      /* rows break only at '\n'; what is too long is cut with "…" */
    bool gap;           /* an empty row before it, unless it is the first */
};

/* `c` decides how wide glyphs are. Caller frees. */
struct prose_view *prose_view_new(const struct canvas *c, int columns);
void prose_view_free(struct prose_view *v);

/* Adds to the paragraph that is being written. '\n' breaks a row. */
void prose_view_add(struct prose_view *v, enum look look, const char *text);
/* Ends it and lays it out. */
void prose_view_end(struct prose_view *v, const struct prose_shape *shape);

int prose_view_rows(const struct prose_view *v);
/* Draws rows from `first` on, as many as the area has. */
void prose_view_draw(const struct prose_view *v, struct canvas *c, struct area a,
                     int first);

#endif
