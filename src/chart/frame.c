#include "chart/frame.h"

#include <stddef.h>
#include <string.h>

#define BADGE_PADDING 6.0
#define SPACE_BELOW 12.0

/* One row is one theme. Text and muted text have a contrast of at least 4.5 on the paper;
 * the grey of the transparent theme has it on white and on black. */
static const struct {
    const char *name;
    struct frame_colors colors;
} themes[] = {
    [FIGURE_LIGHT] = {"light",
                      {.has_paper = true,
                       .ground = COLORMAP_ON_WHITE,
                       .paper = {255, 255, 255},
                       .text = {26, 26, 30},
                       .muted = {98, 98, 106},
                       .line = {150, 150, 158},
                       .grid = {228, 228, 233},
                       .badge = {255, 224, 150},
                       .badge_text = {70, 44, 0}}},
    [FIGURE_DARK] = {"dark",
                     {.has_paper = true,
                      .ground = COLORMAP_ON_SLATE,
                      .paper = {24, 26, 31},
                      .text = {236, 236, 240},
                      .muted = {164, 166, 176},
                      .line = {104, 106, 116},
                      .grid = {48, 51, 59},
                      .badge = {112, 74, 0},
                      .badge_text = {255, 236, 196}}},
    [FIGURE_TRANSPARENT] = {"transparent",
                            {.has_paper = false,
                             .ground = COLORMAP_ON_ANY,
                             .paper = {255, 255, 255},
                             .text = {118, 118, 118},
                             .muted = {118, 118, 118},
                             .line = {128, 128, 128},
                             .badge = {255, 224, 150},
                             .badge_text = {70, 44, 0}}},
};

int frame_find_theme(const char *name, enum figure_theme *theme)
{
    for (size_t i = 0; i < sizeof themes / sizeof themes[0]; i++)
        if (strcmp(themes[i].name, name) == 0) {
            *theme = (enum figure_theme)i;
            return 0;
        }
    return -1;
}

const struct frame_colors *frame_colors(enum figure_theme theme)
{
    return &themes[theme].colors;
}

/* The lines of a heading, in order. */
enum { TITLE, SUBTITLE, BADGE, LINES };

static const char *line_text(const struct frame_heading *h, int line)
{
    const char *text = line == TITLE      ? h->title
                       : line == SUBTITLE ? h->subtitle
                                          : h->badge;
    return text && text[0] ? text : NULL;
}

static struct draw_style line_style(int line, double width)
{
    static const double size[LINES] = {14, 10, 9.5};
    return (struct draw_style){.size = size[line],
                               .bold = line != SUBTITLE,
                               .fit = width > 0 ? DRAW_WRAP : DRAW_WHOLE,
                               .width = width - (line == BADGE ? 2 * BADGE_PADDING : 0)};
}

double frame_heading_width(const struct frame_heading *h)
{
    double most = 0;
    for (int i = 0; i < LINES; i++) {
        struct draw_style style = line_style(i, 0);
        if (!line_text(h, i))
            continue;
        double w = draw_measure(line_text(h, i), &style).width;
        w += i == BADGE ? 2 * BADGE_PADDING : 0;
        most = w > most ? w : most;
    }
    return most + 1;
}

/* The height of one line of the heading with the space below it. */
static double line_height(int line, struct draw_extent extent)
{
    return extent.height + (line == BADGE ? 12 : 4);
}

double frame_heading_height(const struct frame_heading *h, double width)
{
    double height = 0;
    for (int i = 0; i < LINES; i++) {
        struct draw_style style = line_style(i, width);
        if (line_text(h, i))
            height += line_height(i, draw_measure(line_text(h, i), &style));
    }
    return height > 0 ? height + SPACE_BELOW : 0;
}

static void draw_badge_plate(struct drawing *d, double x, double y,
                             struct draw_extent extent, const struct frame_colors *colors)
{
    struct draw_box plate = {x, y + 4, extent.width + 2 * BADGE_PADDING,
                             extent.height + 5};
    draw_fill_round(d, plate, 4, colors->badge);
}

void frame_draw_heading(struct drawing *d, const struct frame_heading *h, double x,
                        double y, double width, const struct frame_colors *colors)
{
    const struct rgb ink[LINES] = {colors->text, colors->muted, colors->badge_text};
    for (int i = 0; i < LINES; i++) {
        if (!line_text(h, i))
            continue;
        struct draw_style style = line_style(i, width);
        struct draw_extent extent = draw_measure(line_text(h, i), &style);
        style.color = ink[i];
        if (i == BADGE)
            draw_badge_plate(d, x, y, extent, colors);
        double shift_x = i == BADGE ? BADGE_PADDING : 0;
        double middle = y + 0.6 * style.size + (i == BADGE ? 6.5 : 0);
        draw_text(d, x + shift_x, middle, line_text(h, i), &style);
        y += line_height(i, extent);
    }
}

struct drawing *frame_new_page(double width, double height, struct draw_medium medium,
                               const struct frame_colors *colors, struct error *e)
{
    struct drawing *d = draw_new(width, height, medium, e);
    if (d && colors->has_paper)
        draw_fill(d, (struct draw_box){0, 0, width + 1, height + 1}, colors->paper);
    return d;
}
