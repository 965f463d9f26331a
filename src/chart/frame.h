/* What every figure shares: the theme's colours, and the heading (title, subtitle and the
 * badge of what-ifs) above the picture. */
#ifndef FRAME_H
#define FRAME_H

#include "paint/colormap.h"
#include "paint/draw.h"

#include <stdbool.h>

enum figure_theme { FIGURE_LIGHT, FIGURE_DARK, FIGURE_TRANSPARENT };

/* The theme of that name ("light", "dark", "transparent"); -1 for any other. */
int frame_find_theme(const char *name, enum figure_theme *theme);

struct frame_colors {
    bool has_paper; /* a transparent figure has none, and reads on light and dark pages */
    enum colormap_ground ground; /* what colours of values start from */
    struct rgb paper, text, muted, line, badge, badge_text;
    struct rgb grid; /* between cells, where there is a paper */
};
const struct frame_colors *frame_colors(enum figure_theme theme); /* borrowed, static */

/* The heading. Any of the texts may be NULL. Lengths are in points. */
struct frame_heading {
    const char *title, *subtitle, *badge;
};
#define FRAME_MARGIN 16.0

/* The width that keeps every text on one line, and the height when lines are broken at
 * `width`, the space below included; 0 without a text. */
double frame_heading_width(const struct frame_heading *h);
double frame_heading_height(const struct frame_heading *h, double width);
void frame_draw_heading(struct drawing *d, const struct frame_heading *h, double x,
                        double y, double width, const struct frame_colors *colors);

/* A new page with the theme's paper. Errors as draw_new. */
struct drawing *frame_new_page(double width, double height, struct draw_medium medium,
                               const struct frame_colors *colors, struct error *e);

#endif
