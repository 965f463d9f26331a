#include "chart/plot.h"

#include "chart/ticks.h"
#include "study/render.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define HEADING_MOST 460.0 /* a longer heading is broken into lines */

const struct plot_inks *plot_inks(enum figure_theme theme)
{
    static const struct plot_inks inks[] = {
        [FIGURE_LIGHT] = {{{0, 104, 172}, {196, 78, 0}, {0, 128, 96}, {148, 76, 148}},
                          {228, 228, 233},
                          0.5},
        [FIGURE_DARK] =
            {{{96, 176, 236}, {244, 150, 62}, {70, 196, 158}, {214, 148, 204}},
             {50, 53, 61},
             0.5},
        [FIGURE_TRANSPARENT] =
            {{{20, 126, 198}, {206, 96, 16}, {12, 140, 106}, {168, 98, 168}},
             {128, 128, 128},
             0.2},
    };
    return &inks[theme];
}

double plot_width(const struct chart_page *page, double natural)
{
    if (page->width > 0)
        return page->width - 2 * FRAME_MARGIN;
    return ceil(fmax(natural, fmin(HEADING_MOST, frame_heading_width(&page->heading))));
}

int plot_open(struct plot *p, const struct chart_page *page, double width, double height,
              struct error *e)
{
    double top = FRAME_MARGIN + ceil(frame_heading_height(&page->heading, width));
    p->colors = frame_colors(page->theme);
    p->inks = plot_inks(page->theme);
    p->room = (struct draw_box){FRAME_MARGIN, top, width, height};
    p->d = frame_new_page(width + 2 * FRAME_MARGIN, ceil(top + height + FRAME_MARGIN),
                          page->medium, p->colors, e);
    if (!p->d)
        return -1;
    frame_draw_heading(p->d, &page->heading, FRAME_MARGIN, FRAME_MARGIN, width,
                       p->colors);
    return 0;
}

struct drawing *plot_too_narrow(const struct chart_page *page, const char *what,
                                double least, struct error *e)
{
    error_set(e,
              "a figure %.0f points wide has no room for %s: choose a width of at least "
              "%.0f",
              page->width, what, ceil(least + 2 * FRAME_MARGIN));
    return NULL;
}

double plot_at(const struct plot_scale *s, double value)
{
    double part = (fmax(s->lo, fmin(s->hi, value)) - s->lo) / (s->hi - s->lo);
    return s->from + part * (s->to - s->from);
}

int plot_ticks(const struct plot_scale *s, double distance, const char *unit,
               struct plot_tick ticks[PLOT_MAX_TICKS])
{
    double length = s->hi - s->lo, size = fmax(fabs(s->lo), fabs(s->hi));
    double count = fmax(2, fmin(8, fabs(s->to - s->from) / distance));
    double step = ticks_step(length, count);
    int n = 0;
    if (!isnormal(step) || !isfinite(length))
        return 0;
    /* as many digits as keep neighbours apart */
    int digits = 2 + (int)fmax(0, fmin(10, ceil(log10(size / step))));
    double slack = 1e-9 * length; /* ends that are ticks themselves */
    for (double k = ceil((s->lo - slack) / step);
         k * step <= s->hi + slack && n < PLOT_MAX_TICKS; k++) {
        struct plot_tick *t = &ticks[n++];
        t->at = plot_at(s, k * step);
        ticks_write(t->text, sizeof t->text - 4, "", k * step, digits);
        strncat(t->text, unit, 3);
    }
    return n;
}

const char *plot_number(double value, double size, int digits, char out[PLOT_NUMBER])
{
    char number[RENDER_NUMBER];
    render_number(value, render_digits(size, digits), number);
    bool minus = number[0] == '-';
    snprintf(out, PLOT_NUMBER, "%s%s", minus ? "–" : "", number + minus);
    return out;
}

const char *plot_count(long n, char out[PLOT_NUMBER])
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%ld", n), at = 0;
    for (int i = 0; i < count; i++) {
        if (i && (count - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = 0;
    return out;
}

int plot_digits(const struct chart_page *page, int plain)
{
    return page->digits > 0 ? page->digits : plain;
}

double plot_text_width(const char *text, double size, bool bold)
{
    struct draw_style style = {.size = size, .bold = bold};
    return draw_measure(text, &style).width;
}
