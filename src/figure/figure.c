#include "figure/figure.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static struct drawing *draw_one_map(const struct figure_request *r,
                                    struct draw_medium medium, struct error *e)
{
    if (r->map_count != 1) {
        error_set(e, "this figure shows one matrix, %zu were given", r->map_count);
        return NULL;
    }
    return heatmap_draw(&r->maps[0], medium, e);
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

/* ---- in words, for those who do not see it ---- */

#define MOST_LABELS 200

static void add_line(struct buffer *out, const char *text)
{
    if (text && text[0])
        buffer_addf(out, "%s\n", text);
}

/* "key: 나는, 학교에, 간다" */
static void add_axis(struct buffer *out, const struct heatmap_axis *axis, long count)
{
    if (!axis->labels)
        return;
    buffer_add(out, axis->title ? axis->title : "");
    for (long i = 0; i < count && i < MOST_LABELS; i++)
        buffer_addf(out, "%s%s", i ? ", " : axis->title ? ": " : "", axis->labels[i]);
    buffer_add(out, count > MOST_LABELS ? ", …\n" : "\n");
}

/* Caller frees. */
static char *describe(const struct figure_request *r)
{
    struct buffer out = {0};
    for (size_t i = 0; i < r->map_count; i++) {
        const struct heatmap *map = &r->maps[i];
        add_line(&out, map->heading.subtitle);
        add_axis(&out, &map->row, map->values.rows);
        add_axis(&out, &map->column, map->values.columns);
    }
    return buffer_take(&out);
}

int figure_write(const struct figure_kind *kind, const struct figure_request *r,
                 const char *path, int *missing, struct error *e)
{
    struct draw_medium medium = {.scale = r->scale > 0 ? r->scale : FIGURE_SCALE};
    if (picture_form(path, &medium.form, e) < 0)
        return -1;
    struct drawing *d = kind->draw(r, medium, e);
    if (!d)
        return -1;
    if (missing)
        *missing = draw_missing_glyphs(d);
    char *words = describe(r);
    struct picture_about about = {r->notes, r->note_count, words};
    int result = picture_write(d, path, &about, r->replace, e);
    free(words);
    return result;
}
