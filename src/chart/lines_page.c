#include "chart/lines_page.h"

#include "chart/plot.h"
#include "chart/series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NATURAL 460.0
#define LEAST 120.0
#define HEIGHT 0.52 /* of the width of the plot */
#define TICKS_HEIGHT 18.0
#define TICK_GAP 5.0
#define NAME_GAP 9.0
#define NAME_LINE 13.0
#define NAME_MOST 120.0
#define LINE 1.6
#define MARK 3.2
#define MARKS_MOST 40 /* more points have no marks but now and then */
#define CROSSING_LINE 14.0
#define EDGE 6.0
#define DECADES_BARE 3 /* fewer have ticks between them */

struct page {
    struct series_set s;
    struct plot plot;
    struct draw_box box;
    struct plot_scale x, y;
    double names; /* the width of the names on the right */
};

static double x_of(const struct page *p, double place)
{
    return p->x.from + (place - p->x.lo) / (p->x.hi - p->x.lo) * (p->x.to - p->x.from);
}

static double y_of(const struct page *p, double place)
{
    return p->y.from + (place - p->y.lo) / (p->y.hi - p->y.lo) * (p->y.to - p->y.from);
}

static struct rgb ink_of(const struct page *p, int seen)
{
    return p->plot.inks->ink[seen % PLOT_INKS];
}

/* ---- ticks ---- */

/* On a logarithmic axis: the powers of ten, and 2 and 5 of each where there are few. */
static int log_ticks(const struct plot_scale *s, struct plot_tick ticks[PLOT_MAX_TICKS])
{
    static const int parts[] = {1, 2, 5};
    int n = 0, count = s->hi - s->lo > DECADES_BARE ? 1 : 3;
    double step = fmax(1, ceil((s->hi - s->lo) / 12));
    for (double power = floor(s->lo); power <= s->hi; power += step)
        for (int i = 0; i < count && n < PLOT_MAX_TICKS; i++) {
            double place = power + log10(parts[i]);
            if (place < s->lo - 1e-9 || place > s->hi + 1e-9)
                continue;
            ticks[n].at = plot_at(s, place);
            snprintf(ticks[n].text, sizeof ticks[n].text, "%g",
                     parts[i] * pow(10, power));
            n++;
        }
    return n;
}

static int ticks_of(const struct plot_scale *s, bool log, double distance,
                    struct plot_tick ticks[PLOT_MAX_TICKS])
{
    int n = log ? log_ticks(s, ticks) : 0;
    if (log && n >= 2)
        return n;
    n = plot_ticks(s, distance, "", ticks);
    for (int i = 0; log && i < n; i++) /* a part of a decade */
        snprintf(ticks[i].text, sizeof ticks[i].text, "%.3g",
                 pow(10, s->lo + (ticks[i].at - s->from) / (s->to - s->from) *
                                     (s->hi - s->lo)));
    return n;
}

static double ticks_width(const struct page *p)
{
    struct plot_tick ticks[PLOT_MAX_TICKS];
    struct plot_scale y = {p->y.lo, p->y.hi, p->box.height, 0};
    int count = ticks_of(&y, p->s.y.log, 40, ticks);
    double width = 0;
    for (int i = 0; i < count; i++)
        width = fmax(width, plot_text_width(ticks[i].text, PLOT_TICK_SIZE, false));
    return ceil(width) + TICK_GAP;
}

static void draw_ticks_y(const struct page *p)
{
    struct plot_tick ticks[PLOT_MAX_TICKS];
    int count = ticks_of(&p->y, p->s.y.log, 40, ticks);
    struct draw_style style = {
        .size = PLOT_TICK_SIZE, .color = p->plot.colors->muted, .align = DRAW_RIGHT};
    for (int i = 0; i < count; i++) {
        draw_line(p->plot.d, p->box.x, ticks[i].at, p->box.x + p->box.width, ticks[i].at,
                  p->plot.inks->grid_width, p->plot.inks->grid);
        draw_text(p->plot.d, p->box.x - TICK_GAP, ticks[i].at, ticks[i].text, &style);
    }
    if (!p->s.y.log && p->y.lo < 0 && p->y.hi > 0)
        draw_line(p->plot.d, p->box.x, y_of(p, 0), p->box.x + p->box.width, y_of(p, 0), 1,
                  p->plot.colors->line);
}

static void draw_tick_x(const struct page *p, double at, const char *text)
{
    struct draw_style style = {
        .size = PLOT_TICK_SIZE, .color = p->plot.colors->muted, .align = DRAW_CENTER};
    double bottom = p->box.y + p->box.height;
    draw_line(p->plot.d, at, p->box.y, at, bottom, p->plot.inks->grid_width,
              p->plot.inks->grid);
    draw_text(p->plot.d, at, bottom + TICKS_HEIGHT / 2 + 1, text, &style);
}

/* The names of the points, as many as have room side by side. */
static void draw_names_of_x(const struct page *p)
{
    double end = p->plot.room.x, right = p->plot.room.x + p->plot.room.width;
    for (long i = 0; i < p->s.points; i++) {
        char *label = series_x_label(&p->s, i);
        double at = x_of(p, p->s.places[i]);
        double half = plot_text_width(label, PLOT_TICK_SIZE, false) / 2;
        if (at - half >= end && at + half <= right) {
            draw_tick_x(p, at, label);
            end = at + half + 6;
        }
        free(label);
    }
}

static void draw_ticks_x(const struct page *p)
{
    struct plot_tick ticks[PLOT_MAX_TICKS];
    const struct sheet *sheet = &p->s.v->sheet;
    const struct labels *l = p->s.by_column ? sheet->row_labels : sheet->column_labels;
    if (l && !p->s.numeric) {
        draw_names_of_x(p);
        return;
    }
    int count = ticks_of(&p->x, p->s.x.log, 56, ticks);
    for (int i = 0; i < count; i++)
        draw_tick_x(p, ticks[i].at, ticks[i].text);
}

/* ---- curves ---- */

/* Each series has a shape of its own as well as a colour: no two share both. */
static void draw_mark(const struct page *p, int seen, double x, double y)
{
    struct drawing *d = p->plot.d;
    struct rgb ink = ink_of(p, seen);
    double m = MARK, wide = 1.25 * m;
    const double shapes[3][4][2] = {
        {{x - m, y - m}, {x + m, y - m}, {x + m, y + m}, {x - m, y + m}},
        {{x, y - wide}, {x + wide, y + m}, {x - wide, y + m}, {x, y - wide}},
        {{x, y - wide}, {x + wide, y}, {x, y + wide}, {x - wide, y}}};
    int shape = (seen + seen / PLOT_INKS) % 4;
    if (shape == 0)
        draw_fill_round(d, (struct draw_box){x - m, y - m, 2 * m, 2 * m}, m, ink);
    else
        draw_polygon(d, shapes[shape - 1], 4, ink);
}

static void draw_series(const struct page *p, int seen)
{
    double x0 = NAN, y0 = NAN;
    long every = 1 + (p->s.points - 1) / MARKS_MOST;
    for (long i = 0; i < p->s.points; i++) {
        double x = x_of(p, p->s.places[i]), y = y_of(p, series_point(&p->s, seen, i));
        bool here = !isnan(x) && !isnan(y);
        if (here && !isnan(x0))
            draw_line(p->plot.d, x0, y0, x, y, LINE, ink_of(p, seen));
        if (here && i % every == (seen * every / SERIES_MOST) % every)
            draw_mark(p, seen, x, y);
        x0 = here ? x : NAN;
        y0 = y;
    }
}

/* ---- names at the right ends ---- */

/* Where the curve ends; NAN for one that has no place. */
static double end_of(const struct page *p, int seen)
{
    for (long i = p->s.points - 1; i >= 0; i--) {
        double y = y_of(p, series_point(&p->s, seen, i));
        if (!isnan(y) && !isnan(p->s.places[i]))
            return y;
    }
    return p->box.y + p->box.height;
}

/* From above, each at least a line below the one before, and all of them inside. */
static void draw_names(const struct page *p)
{
    int order[SERIES_MOST], n = p->s.seen_count;
    double ends[SERIES_MOST];
    for (int i = 0; i < n; i++) {
        int at = i;
        double end = end_of(p, i);
        for (; at > 0 && ends[at - 1] > end; at--) {
            ends[at] = ends[at - 1];
            order[at] = order[at - 1];
        }
        ends[at] = end;
        order[at] = i;
    }
    double bottom = p->box.y + p->box.height;
    for (int i = n - 1; i >= 0; i--) {
        ends[i] = fmin(ends[i], bottom);
        bottom = ends[i] - NAME_LINE;
    }
    double top = p->box.y;
    for (int i = 0; i < n; i++) {
        char *label = series_label(&p->s, order[i]);
        double x = p->box.x + p->box.width + NAME_GAP, y = fmax(ends[i], top);
        top = y + NAME_LINE;
        draw_mark(p, order[i], x + MARK, y);
        struct draw_style style = {.size = PLOT_LABEL_SIZE,
                                   .color = p->plot.colors->text,
                                   .fit = DRAW_ELLIPSIS,
                                   .width = p->names - NAME_GAP - 3 * MARK};
        draw_text(p->plot.d, x + 3 * MARK, y, label, &style);
        free(label);
    }
}

static double names_width(const struct page *p)
{
    double width = 0;
    for (int i = 0; i < p->s.seen_count; i++) {
        char *label = series_label(&p->s, i);
        width = fmax(width, plot_text_width(label, PLOT_LABEL_SIZE, false));
        free(label);
    }
    return ceil(fmin(width, NAME_MOST)) + NAME_GAP + 3 * MARK + 1;
}

/* ---- crossings ---- */

static void place_crossing(const struct page *p, int i, double *x, double *y)
{
    *x = x_of(p, series_place(&p->s.x, p->s.crossings[i].x));
    *y = y_of(p, series_place(&p->s.y, p->s.crossings[i].y));
}

/* A cross on each, with its number; those of crosses at one place stand above each
 * other. */
static void draw_cross(const struct page *p, int i, const char *number)
{
    double x, y, other_x, other_y, m = 5, up = 11;
    struct rgb ink = p->plot.colors->text;
    place_crossing(p, i, &x, &y);
    draw_line(p->plot.d, x - m, y - m, x + m, y + m, 1.6, ink);
    draw_line(p->plot.d, x - m, y + m, x + m, y - m, 1.6, ink);
    for (int k = 0; k < i; k++) {
        place_crossing(p, k, &other_x, &other_y);
        up += hypot(x - other_x, y - other_y) < 12 ? 10 : 0;
    }
    struct draw_style style = {
        .size = PLOT_TICK_SIZE, .bold = true, .color = ink, .align = DRAW_CENTER};
    draw_text(p->plot.d, x, fmax(p->box.y + 6, y - up), number, &style);
}

/* What it is stands below the picture. */
static void draw_crossing(const struct page *p, int i)
{
    const struct series_crossing *k = &p->s.crossings[i];
    int more = p->s.crossing_total - p->s.crossing_count;
    bool last = i + 1 == p->s.crossing_count;
    char *number =
        p->s.crossing_count > 1 ? mem_format("%d ", i + 1) : mem_string("");
    draw_cross(p, i, number);
    char *rest = last && more ? mem_format("   +%d", more) : mem_string("");
    char *one = series_label(&p->s, k->one), *two = series_label(&p->s, k->two);
    char *at = series_crossing_text(&p->s, k);
    char *text = mem_format("× %s%s – %s: %s%s", number, one, two, at, rest);
    struct draw_style style = {.size = PLOT_LABEL_SIZE,
                               .color = p->plot.colors->text,
                               .fit = DRAW_SHRINK,
                               .width = p->plot.room.width};
    draw_text(p->plot.d, p->plot.room.x,
              p->box.y + p->box.height + TICKS_HEIGHT + (i + 0.75) * CROSSING_LINE, text,
              &style);
    free(number);
    free(rest);
    free(one);
    free(two);
    free(at);
    free(text);
}

/* ---- the page ---- */

static int open_page(struct page *p, const struct chart_page *page, struct error *e)
{
    double width = plot_width(page, NATURAL);
    p->x = (struct plot_scale){p->s.x.lo, p->s.x.hi, 0, 0};
    p->y = (struct plot_scale){p->s.y.lo, p->s.y.hi, 0, 0};
    p->names = fmin(names_width(p), width / 3);
    p->box.width = width - p->names - 40;
    p->box.height = floor(fmax(90, width * HEIGHT));
    double left = ticks_width(p) + EDGE;
    p->box.width = width - left - p->names;
    if (p->box.width < LEAST / 2) {
        plot_too_narrow(page, "curves with their names", left + p->names + LEAST / 2, e);
        return -1;
    }
    double below = TICKS_HEIGHT + p->s.crossing_count * CROSSING_LINE;
    if (plot_open(&p->plot, page, width, p->box.height + below, e) < 0)
        return -1;
    p->box.x = p->plot.room.x + left;
    p->box.y = p->plot.room.y;
    p->x.from = p->box.x + EDGE;
    p->x.to = p->box.x + p->box.width - EDGE;
    p->y.from = p->box.y + p->box.height - EDGE;
    p->y.to = p->box.y + EDGE;
    return 0;
}

static char *more_text(const struct page *p)
{
    char number[PLOT_NUMBER];
    long more = p->s.count - p->s.seen_count;
    return more > 0 ? say_with(SAY_FIGURE_MORE, plot_count(more, number)) : NULL;
}

static struct drawing *draw(const struct chart *v, const struct chart_page *page,
                            bool by_column, struct error *e)
{
    struct page p = {.s = series_of(v, by_column)};
    struct chart_page with = *page;
    char *more = more_text(&p), *subtitle = NULL;
    const char *before = page->heading.subtitle ? page->heading.subtitle : "";
    if (more)
        with.heading.subtitle = subtitle =
            mem_format("%s%s%s", before, *before ? "  " : "", more);
    if (open_page(&p, &with, e) == 0) {
        draw_ticks_y(&p);
        draw_ticks_x(&p);
        for (int i = 0; i < p.s.seen_count; i++)
            draw_series(&p, i);
        for (int i = 0; i < p.s.crossing_count; i++)
            draw_crossing(&p, i);
        draw_names(&p);
    }
    free(more);
    free(subtitle);
    series_free(&p.s);
    return p.plot.d;
}

struct drawing *lines_page(const struct chart *v, const struct chart_page *p,
                           struct error *e)
{
    return draw(v, p, false, e);
}

struct drawing *lines_waves_page(const struct chart *v, const struct chart_page *p,
                                 struct error *e)
{
    return draw(v, p, true, e);
}
