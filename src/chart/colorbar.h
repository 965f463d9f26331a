/* The legend of a colour map: an upright bar with ticks, drawn with the same function as
 * the cells, and a swatch for each kind of value that is not finite. */
#ifndef COLORBAR_H
#define COLORBAR_H

#include "chart/frame.h"
#include "paint/colormap.h"
#include "paint/draw.h"

#include <stdbool.h>

struct colorbar {
    const struct colormap *map;
    struct colormap_range range;
    bool below, above; /* some values lie outside of the range: the end ticks say so */
    const char *title; /* what the values are, along the bar; may be NULL */
    bool present[COLORMAP_KINDS];       /* kinds that need a swatch */
    const char *name[COLORMAP_KINDS];   /* their texts; NULL: -∞, ∞, NaN */
};

/* Ticks: neat values inside the range, and its two ends. */
#define COLORBAR_MAX_TICKS 12
struct colorbar_tick {
    double value;
    double place; /* 0 at the lower end, 1 at the upper one */
    char text[32];
};
/* For a bar `height` points tall. Returns their number, at least 1, from low to high. */
int colorbar_ticks(const struct colorbar *c, double height,
                   struct colorbar_tick ticks[COLORBAR_MAX_TICKS]);

/* All lengths in points. The width with ticks, title and swatches for a bar of that
 * height, and the height of the swatches below it. */
double colorbar_width(const struct colorbar *c, double height);
double colorbar_legend_height(const struct colorbar *c);

/* The thickness of the bar itself. */
#define COLORBAR_THICKNESS 12.0

/* Draws all of it; `bar` is the place of the bar itself. */
void colorbar_draw(struct drawing *d, const struct colorbar *c, struct draw_box bar,
                   const struct frame_colors *colors);

/* Fills a box with the look of a value that is not finite. */
void colorbar_fill_kind(struct drawing *d, struct draw_box box, enum colormap_kind kind,
                        const struct frame_colors *colors);

#endif
