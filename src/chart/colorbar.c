#include "chart/colorbar.h"

#include "chart/ticks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TICK_SIZE 9.0
#define TICK_LENGTH 3.0
#define TICK_GAP 3.0     /* from the tick to its text */
#define TICK_DISTANCE 14.0
#define SWATCH 12.0
#define SWATCH_STEP 18.0
#define TITLE_SIZE 10.0

static void add_tick(const struct colorbar *c, struct colorbar_tick *tick, double value,
                     const char *mark, int digits)
{
    tick->value = value;
    tick->place = colormap_place(c->range, value);
    ticks_write(tick->text, sizeof tick->text, mark, value, digits);
}

int colorbar_ticks(const struct colorbar *c, double height,
                   struct colorbar_tick ticks[COLORBAR_MAX_TICKS])
{
    double lo = c->range.lo, hi = c->range.hi, length = hi - lo;
    if (!(length > 0)) {
        add_tick(c, &ticks[0], lo, "", 3);
        return 1;
    }
    double step = ticks_step(length, fmin(5, fmax(2, height / 26)));
    double least = TICK_DISTANCE / height * length; /* from an end to a neat tick */
    int n = 0;
    add_tick(c, &ticks[n++], lo, c->below ? "\xe2\x89\xa4 " : "", 3);
    for (double k = ceil(lo / step); k * step < hi && n < COLORBAR_MAX_TICKS - 1; k++)
        if (k * step - lo >= least && hi - k * step >= least)
            add_tick(c, &ticks[n++], k * step, "", 6);
    add_tick(c, &ticks[n++], hi, c->above ? "\xe2\x89\xa5 " : "", 3);
    return n;
}

static const char *kind_name(const struct colorbar *c, int kind)
{
    static const char *const plain[COLORMAP_KINDS] = {
        "", "\xe2\x80\x93\xe2\x88\x9e", "\xe2\x88\x9e", "NaN"};
    return c->name[kind] ? c->name[kind] : plain[kind];
}

static double ticks_width(const struct colorbar *c, double height)
{
    struct colorbar_tick ticks[COLORBAR_MAX_TICKS];
    struct draw_style style = {.size = TICK_SIZE};
    int n = colorbar_ticks(c, height, ticks);
    double most = 0;
    for (int i = 0; i < n; i++)
        most = fmax(most, draw_measure(ticks[i].text, &style).width);
    return TICK_LENGTH + TICK_GAP + most;
}

double colorbar_width(const struct colorbar *c, double height)
{
    struct draw_style style = {.size = TICK_SIZE};
    double width = COLORBAR_THICKNESS + ticks_width(c, height);
    if (c->title && c->title[0])
        width += 6 + 1.2 * TITLE_SIZE;
    for (int k = COLORMAP_FINITE + 1; k < COLORMAP_KINDS; k++)
        if (c->present[k])
            width = fmax(width,
                         SWATCH + 6 + draw_measure(kind_name(c, k), &style).width);
    return width;
}

double colorbar_legend_height(const struct colorbar *c)
{
    double height = 0;
    for (int k = COLORMAP_FINITE + 1; k < COLORMAP_KINDS; k++)
        height += c->present[k] ? SWATCH_STEP : 0;
    return height > 0 ? height + 4 : 0;
}

void colorbar_fill_kind(struct drawing *d, struct draw_box box, enum colormap_kind kind,
                        const struct frame_colors *colors)
{
    static const enum draw_hatch hatch[COLORMAP_KINDS] = {
        [COLORMAP_MINUS_INFINITY] = DRAW_HATCH_RISING,
        [COLORMAP_PLUS_INFINITY] = DRAW_HATCH_FALLING,
        [COLORMAP_NAN] = DRAW_HATCH_CROSS};
    draw_fill(d, box, colormap_kind_color(colors->ground, kind));
    if (box.width >= 3 && box.height >= 3)
        draw_hatch(d, box, hatch[kind], 4, 0.8, colormap_hatch(colors->ground, kind));
}

/* The bar in strips of half a point, each in the colour of the value at its middle. */
static void draw_bar(struct drawing *d, const struct colorbar *c, struct draw_box bar,
                     const struct frame_colors *colors)
{
    int n = (int)ceil(2 * bar.height);
    double lo = c->range.lo, length = c->range.hi - lo;
    for (int i = 0; i < n; i++) {
        double value = lo + length * (1 - (i + 0.5) / n);
        struct draw_box strip = {bar.x, bar.y + bar.height * i / n, bar.width,
                                 bar.height / n};
        draw_tile(d, strip, bar, colormap_cell(c->map, c->range, value));
    }
    draw_frame(d, (struct draw_box){bar.x - 0.5, bar.y - 0.5, bar.width + 1,
                                    bar.height + 1}, 0.5, colors->line);
}

static void draw_ticks(struct drawing *d, const struct colorbar *c, struct draw_box bar,
                       const struct frame_colors *colors)
{
    struct colorbar_tick ticks[COLORBAR_MAX_TICKS];
    struct draw_style style = {.size = TICK_SIZE, .color = colors->text};
    int n = colorbar_ticks(c, bar.height, ticks);
    double x = bar.x + bar.width + 0.5;
    for (int i = 0; i < n; i++) {
        double y = bar.y + bar.height * (1 - ticks[i].place);
        draw_line(d, x, y, x + TICK_LENGTH, y, 0.6, colors->line);
        draw_text(d, x + TICK_LENGTH + TICK_GAP, y, ticks[i].text, &style);
    }
}

static void draw_swatches(struct drawing *d, const struct colorbar *c,
                          struct draw_box bar, const struct frame_colors *colors)
{
    struct draw_style style = {.size = TICK_SIZE, .color = colors->text};
    double y = bar.y + bar.height + 10;
    for (int k = COLORMAP_FINITE + 1; k < COLORMAP_KINDS; k++) {
        if (!c->present[k])
            continue;
        struct draw_box box = {bar.x, y, SWATCH, SWATCH};
        colorbar_fill_kind(d, box, (enum colormap_kind)k, colors);
        draw_frame(d, box, 0.5, colors->line);
        draw_text(d, bar.x + SWATCH + 6, y + SWATCH / 2, kind_name(c, k), &style);
        y += SWATCH_STEP;
    }
}

void colorbar_draw(struct drawing *d, const struct colorbar *c, struct draw_box bar,
                   const struct frame_colors *colors)
{
    draw_bar(d, c, bar, colors);
    draw_ticks(d, c, bar, colors);
    draw_swatches(d, c, bar, colors);
    if (!c->title || !c->title[0])
        return;
    struct draw_style style = {.size = TITLE_SIZE,
                               .color = colors->muted,
                               .align = DRAW_CENTER,
                               .fit = DRAW_SHRINK,
                               .width = bar.height,
                               .angle = 90};
    double x = bar.x + bar.width + ticks_width(c, bar.height) + 6 + 0.6 * TITLE_SIZE;
    draw_text(d, x, bar.y + bar.height / 2, c->title, &style);
}
