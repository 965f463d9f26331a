/* Colours for numbers, for figures and for the terminal alike: named colour maps, the
 * mapping from a value to its place on a map, and what stands for a value that is not
 * finite. All maps can be told apart by readers with a colour vision deficiency.
 *
 *     const struct colormap *map = colormap_find("viridis");
 *     struct colormap_range range = {0, 1, false};
 *     struct rgb cell = colormap_cell(map, range, 0.25);
 *     struct rgb ink = colormap_text(cell);
 */
#ifndef COLORMAP_H
#define COLORMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An sRGB colour, 8 bits a channel. */
struct rgb {
    uint8_t r, g, b;
};

static inline bool rgb_equal(struct rgb a, struct rgb b)
{
    return a.r == b.r && a.g == b.g && a.b == b.b;
}

/* A map: a name and its opaque points. */
struct colormap;

/* The map of that name, or NULL. `colormap_at` lists them by index, NULL past the end. */
const struct colormap *colormap_find(const char *name);
const struct colormap *colormap_at(size_t index);
const char *colormap_name(const struct colormap *map); /* borrowed, static */
/* True for a map made for signed values, whose middle stands for 0. */
bool colormap_is_diverging(const struct colormap *map);

/* What lies behind the cells, and so is the colour of 0: larger values leave it. */
enum colormap_ground {
    COLORMAP_ON_WHITE, /* light screens and paper */
    COLORMAP_ON_NIGHT, /* the dark screen */
    COLORMAP_ON_SLATE, /* dark paper */
    COLORMAP_ON_ANY,   /* paper that is not known: a grey that is seen on all */
    COLORMAP_GROUNDS
};
struct rgb colormap_zero(enum colormap_ground ground);
/* The map that fits the ground and the range when the user has named none. */
const struct colormap *colormap_default(enum colormap_ground ground, bool diverging);

/* The colour at `t`, which is clamped to 0 … 1 (NaN counts as 0). Linear in sRGB between
 * the points of the map. */
struct rgb colormap_color(const struct colormap *map, double t);

/* The values at the two ends of a map. A diverging range is symmetric around 0. */
struct colormap_range {
    double lo, hi;
    bool diverging;
};

/* The range for values between `least` and `most` (finite): [0, most] when none is
 * negative, else symmetric around 0. */
struct colormap_range colormap_range_of(double least, double most);

/* The least range that holds both; diverging when one of them is. */
struct colormap_range colormap_range_join(struct colormap_range a,
                                          struct colormap_range b);

/* The place of a finite value in the range, 0 … 1, clamped. A range without length maps
 * everything to 0, or to the middle when it is diverging. */
double colormap_place(struct colormap_range range, double value);

/* How a value is shown. Only finite values have a place on the map; the others have a
 * colour of their own, and a hatch, so that they are told apart in black and white. */
enum colormap_kind {
    COLORMAP_FINITE,
    COLORMAP_MINUS_INFINITY, /* a masked score */
    COLORMAP_PLUS_INFINITY,
    COLORMAP_NAN,
    COLORMAP_KINDS
};
enum colormap_kind colormap_kind_of(double value);

/* The colour of a cell with this value, which is finite. */
struct rgb colormap_cell(const struct colormap *map, struct colormap_range range,
                         double value);
/* The colour of a cell of a kind that is not finite, and of the hatch over it. */
struct rgb colormap_kind_color(enum colormap_ground ground, enum colormap_kind kind);
struct rgb colormap_hatch(enum colormap_ground ground, enum colormap_kind kind);

/* Relative luminance (0 … 1) and contrast ratio (1 … 21) after WCAG 2.1. */
double colormap_luminance(struct rgb color);
double colormap_contrast(struct rgb a, struct rgb b);
/* Black or white, whichever can be read better on `background`: at least 4.5. */
struct rgb colormap_text(struct rgb background);

#endif
