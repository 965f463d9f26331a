#include "figure/figure.h"

#include <stdlib.h>
#include <string.h>

static struct drawing *draw_one_map(const struct figure_request *r, struct error *e)
{
    if (r->map_count != 1) {
        error_set(e, "this figure shows one matrix, %zu were given", r->map_count);
        return NULL;
    }
    return heatmap_draw(&r->maps[0], r->scale > 0 ? r->scale : FIGURE_SCALE, e);
}

/* The kinds. To add one:
 *   1. write src/figure/NAME.{h,c} with a function that lays its picture out in points
 *      and draws it through paint/draw (frame.h has the page, the theme and the heading,
 *      colorbar.h the legend), and add it to MODULES in the Makefile;
 *   2. add its help text to base/say.def, group "figures";
 *   3. add its row here. Help, manual and the option --kind follow.
 * What a kind needs beyond matrices goes into struct figure_request. */
static const struct figure_kind kinds[] = {
    {"heatmap", SAY_FIGURE_HEATMAP, draw_one_map},
    {"matrix", SAY_FIGURE_MATRIX, draw_one_map},
};

#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

const struct figure_kind *figure_find(const char *name)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

const struct figure_kind *figure_at(size_t index)
{
    return index < KIND_COUNT ? &kinds[index] : NULL;
}

int figure_write(const struct figure_kind *kind, const struct figure_request *r,
                 const char *path, int *missing, struct error *e)
{
    struct drawing *d = kind->draw(r, e);
    if (!d)
        return -1;
    if (missing)
        *missing = draw_missing_glyphs(d);
    unsigned char *pixels = draw_pixels(d);
    struct png_image image = {.width = draw_pixel_width(d),
                              .height = draw_pixel_height(d),
                              .pixels = pixels,
                              .dpi = 72 * (r->scale > 0 ? r->scale : FIGURE_SCALE),
                              .texts = r->notes,
                              .text_count = r->note_count};
    draw_free(d);
    int result = png_write_file(path, &image, r->replace, e);
    free(pixels);
    return result;
}
