/* The kinds of figures, and writing one to a file.
 *
 * The caller (a command) looks values, labels and texts up in a run and fills a request;
 * this floor only draws. The kinds and the recipe for one more are in figure.c. */
#ifndef FIGURE_H
#define FIGURE_H

#include "base/error.h"
#include "base/say.h"
#include "figure/heatmap.h"
#include "paint/draw.h"
#include "paint/picture.h"

#include <stdbool.h>
#include <stddef.h>

struct figure_request {
    const struct heatmap *maps; /* the matrices with all their texts; borrowed */
    size_t map_count;
    double scale; /* pixels a point, for a PNG; 0: FIGURE_SCALE */
    /* The settings of the run, for whoever finds the file: stored in it as notes. */
    const struct png_text *notes; /* borrowed */
    size_t note_count;
    bool replace; /* an existing file */
};
#define FIGURE_SCALE 2.0

struct figure_kind {
    const char *name; /* as --kind wants it */
    enum say help;
    /* A new page of that medium, caller frees; NULL and an error. */
    struct drawing *(*draw)(const struct figure_request *r, struct draw_medium medium,
                            struct error *e);
};

const struct figure_kind *figure_find(const char *name); /* NULL for an unknown name */
const struct figure_kind *figure_at(size_t index);       /* NULL past the last */

/* Draws the figure and writes it as what the path's ending says (picture_form), with the
 * headings and labels as its description. `*missing` (may be NULL) is the number of
 * characters without a shape in the installed fonts, see draw_missing_glyphs. */
int figure_write(const struct figure_kind *kind, const struct figure_request *r,
                 const char *path, int *missing, struct error *e);

#endif
