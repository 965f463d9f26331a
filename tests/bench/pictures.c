#include "pictures.h"

#include "base/memory.h"
#include "chart/heatmap.h"
#include "chart/tiles.h"
#include "measure.h"
#include "paint/picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define STARTS 15

#define CELLS 12

static void time_heatmap(const struct heatmap *map, const char *path, double *times)
{
    struct error e = {0};
    struct picture_about about = {0};
    for (int i = -1; i < STARTS; i++) { /* the first loads the fonts */
        double start = now();
        struct drawing *d = heatmap_draw(map, (struct draw_medium){DRAW_PIXELS, 2}, &e);
        if (!d || picture_write(d, path, &about, true, &e) < 0)
            must(&e, NULL);
        if (i >= 0)
            times[i] = 1e3 * (now() - start);
    }
}

/* Width and height stand in bytes 16 to 23 of a PNG, the high byte first. */
static void png_size(const char *path, int *width, int *height)
{
    unsigned char b[24] = {0};
    FILE *f = fopen(path, "rb");
    if (f && fread(b, 1, sizeof b, f) == sizeof b) {
        *width = b[18] << 8 | b[19];
        *height = b[22] << 8 | b[23];
    }
    if (f)
        fclose(f);
}

static void print_heatmap(const char *path, double ours)
{
    int width = 0, height = 0;
    png_size(path, &width, &height);
    struct answers a = ask("'%s' '%s' heatmap '%s' 12 %d %d", python, peers, path, width,
                           height);
    char what[96];
    snprintf(what, sizeof what, "one labelled heat map PNG, %dx%d, in process", width,
             height);
    print_line(&(struct line){.what = what, .unit = "ms", .value = ours,
                              .peer = "matplotlib",
                              .reference = 1e3 * answer(&a, "seconds"), .least = 10,
                              .note = ""});
}

/* At the width in points, 0 for what the figure takes by itself; matplotlib draws as many
 * pixels. 320 points are the 640 pixels that it draws by default. */
void row_heatmap(const char *path, double width)
{
    float values[CELLS * CELLS];
    char texts[CELLS][16];
    const char *labels[CELLS];
    for (int i = 0; i < CELLS * CELLS; i++)
        values[i] = (float)((i / CELLS * 7 + i % CELLS * 13) % 17) / 16;
    for (int i = 0; i < CELLS; i++) {
        snprintf(texts[i], sizeof texts[i], "word %d", i + 1);
        labels[i] = texts[i];
    }
    struct tensor t = {.type = TENSOR_F32, .rank = 2, .size = {CELLS, CELLS},
                       .f32 = values};
    struct heatmap map = {.values = {&t, 0, CELLS, CELLS},
                          .row = {"query", labels, NULL},
                          .column = {"key", labels, NULL},
                          .heading = {.title = "attention"},
                          .width = width};
    double times[STARTS];
    time_heatmap(&map, path, times);
    print_heatmap(path, percentile(times, STARTS, 0.01));
}

/* ---- the heads of all layers ---- */

#define SHEET 12 /* layers, heads, tokens */

static void draw_sheet(const struct tiles *sheet, const char *path)
{
    struct error e = {0};
    struct picture_about about = {0};
    struct chart_page page = {.medium = {DRAW_PIXELS, 2},
                              .heading = {.title = "attention"}};
    struct drawing *d = tiles_page(sheet, &page, &e);
    if (!d || picture_write(d, path, &about, true, &e) < 0)
        must(&e, NULL);
}

/* The fastest of a few, in ms; the first loads the fonts. */
static double time_sheet(const struct tiles *sheet, const char *path)
{
    double best = INFINITY;
    for (int i = -1; i < 12; i++) {
        double start = now();
        draw_sheet(sheet, path);
        best = i < 0 ? best : fmin(best, 1e3 * (now() - start));
    }
    return best;
}

/* 144 maps of 12 x 12 on one page; matplotlib draws as many pixels. */
void row_sheet(const char *path)
{
    static float values[SHEET * SHEET * SHEET * SHEET];
    struct tensor t = {.type = TENSOR_F32, .rank = 3,
                       .size = {SHEET * SHEET, SHEET, SHEET}, .f32 = values};
    struct tile items[SHEET * SHEET] = {{0}};
    char *sides[SHEET], what[96];
    int width = 0, height = 0;
    for (int i = 0; i < SHEET * SHEET * SHEET * SHEET; i++)
        values[i] = (float)((i / SHEET * 7 + i % SHEET * 13) % 17) / 16;
    for (int i = 0; i < SHEET * SHEET; i++)
        items[i] = (struct tile){&t, (long)i * SHEET * SHEET,
                                 mem_format("%d", i % SHEET + 1)};
    for (int i = 0; i < SHEET; i++)
        sides[i] = mem_format("encoder %d", i);
    struct chart chart = {.sheet = {.rows = SHEET, .columns = SHEET,
                                    .values = VALUES_PROBABILITY},
                          .values = &t, .range = {0, 1, false}};
    struct tiles sheet = {.chart = &chart, .items = items, .count = SHEET * SHEET,
                          .across = SHEET, .sides = sides, .titles_on_top = true};
    double ours = time_sheet(&sheet, path);
    png_size(path, &width, &height);
    struct answers a = ask("'%s' '%s' sheet '%s' 2 %d %d", python, peers, path, width,
                           height);
    snprintf(what, sizeof what, "a sheet of 144 heads PNG, %dx%d, in process", width,
             height);
    print_line(&(struct line){.what = what, .unit = "ms", .value = ours,
                              .peer = "matplotlib",
                              .reference = 1e3 * answer(&a, "seconds"), .least = 10,
                              .note = ""});
    for (int i = 0; i < SHEET * SHEET; i++)
        free(items[i].title);
    for (int i = 0; i < SHEET; i++)
        free(sides[i]);
}

/* The fastest of a few whole processes, in ms; NaN when it does not run. */
static double whole(const char *const argv[])
{
    double best = INFINITY;
    for (int i = 0; i < 5; i++) {
        struct child c;
        if (!child_run(argv, &c))
            return NAN;
        best = fmin(best, 1e3 * c.wall);
    }
    return best;
}

void row_heatmap_process(const char *path)
{
    const char *ours[] = {program, "figure", "나는 학교에 간다", "-o", path, "--force",
                    NULL};
    const char *theirs[] = {python, peers, "heatmap", path, "0", NULL};
    print_line(&(struct line){.what = "one labelled heat map PNG, whole process",
                              .unit = "ms",
                              .value = whole(ours),
                              .peer = "matplotlib",
                              .reference = whole(theirs),
                              .least = 10});
}
