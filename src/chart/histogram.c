/* The chart "histogram": how many numbers of a matrix fall into each of some bins, with
 * their count, mean and standard deviation. */
#include "chart/bar.h"
#include "chart/plot.h"
#include "chart/ticks.h"
#include "study/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define BINS_MOST 40
#define BINS_TOLD 8
#define BINS_PAGE 24
#define NUMBER_WIDTH 9

#define NATURAL 440.0
#define LEAST 140.0
#define HEIGHT 210.0
#define TICKS_HEIGHT 18.0
#define TICK_GAP 5.0

/* Of the finite numbers of the head that is lit; the others are counted apart. */
struct histogram {
    long count, others;
    double mean, deviation, least, most;
    double lo, step; /* the first edge, and from edge to edge: neat numbers */
    int bins;
    long counts[BINS_MOST + 2], largest;
};

static void measure(const struct chart *v, struct histogram *h)
{
    double squares = 0;
    h->least = INFINITY;
    h->most = -INFINITY;
    for (long r = 0; r < v->sheet.rows; r++)
        for (long c = 0; c < v->sheet.columns; c++) {
            double x = chart_cell(v, r, c);
            if (!isfinite(x)) {
                h->others++;
                continue;
            }
            h->count++;
            double off = x - h->mean; /* in one pass, without large sums */
            h->mean += off / (double)h->count;
            squares += off * (x - h->mean);
            h->least = fmin(h->least, x);
            h->most = fmax(h->most, x);
        }
    h->deviation = h->count ? sqrt(squares / (double)h->count) : NAN;
    h->mean = h->count ? h->mean : NAN;
}

static int bin_of(const struct histogram *h, double x)
{
    double bin = floor((x - h->lo) / h->step);
    return (int)fmax(0, fmin(h->bins - 1, bin));
}

/* About `wanted` bins, with neat edges; never more than `most`. */
static struct histogram histogram_of(const struct chart *v, int wanted, int most)
{
    struct histogram h = {0};
    most = most > BINS_MOST ? BINS_MOST : most;
    measure(v, &h);
    if (!h.count)
        return h;
    double length = h.most - h.least;
    if (!(length > 1e-12 * fmax(fabs(h.least), fabs(h.most))) || !isfinite(length)) {
        h.lo = h.least / 2 + h.most / 2 - 0.5;
        h.step = fmax(1, isfinite(length) ? length : 0);
        h.bins = 1; /* all alike, or further apart than numbers reach */
    } else {
        for (int count = wanted; count > 0; count--) {
            h.step = ticks_step(length, count);
            h.lo = floor(h.least / h.step + 1e-9) * h.step;
            h.bins = (int)floor((h.most - h.lo) / h.step + 1e-9) + 1;
            if (h.bins <= most)
                break;
        }
        h.bins = h.bins > most ? most : h.bins;
    }
    for (long r = 0; r < v->sheet.rows; r++)
        for (long c = 0; c < v->sheet.columns; c++) {
            double x = chart_cell(v, r, c);
            if (isfinite(x))
                h.counts[bin_of(&h, x)]++;
        }
    for (int i = 0; i < h.bins; i++)
        h.largest = h.counts[i] > h.largest ? h.counts[i] : h.largest;
    return h;
}

/* ---- texts ---- */

static const char *edge_text(const struct histogram *h, int edge, char out[RENDER_NUMBER])
{
    int digits = (int)fmax(0, fmin(6, ceil(-log10(h->step) - 1e-9)));
    double x = h->lo + edge * h->step;
    x = fabs(x) < 1e-9 * h->step ? 0 : x;
    return render_number(x, render_digits(h->step, digits), out);
}

/* "1,280 numbers · mean 0.01 · std 1.02", and how many are none. Caller frees. */
static char *summary_of(const struct histogram *h)
{
    char count[PLOT_NUMBER], mean[RENDER_NUMBER], deviation[RENDER_NUMBER];
    char others[PLOT_NUMBER];
    double size = fmax(fabs(h->mean), h->deviation);
    render_number(h->mean, render_digits(size, 3), mean);
    render_number(h->deviation, render_digits(size, 3), deviation);
    char *numbers = say_with(SAY_CHART_NUMBERS, plot_count(h->count, count));
    char *none = h->others ? say_with(SAY_CHART_NOT_FINITE, plot_count(h->others, others))
                           : mem_string("");
    char *text = h->count ? mem_format("%s · mean %s · std %s%s%s", numbers, mean,
                                       deviation, *none ? " · " : "", none)
                          : mem_format("%s%s%s", numbers, *none ? " · " : "", none);
    free(numbers);
    free(none);
    return text;
}

/* ---- in the terminal ---- */

static void draw_bin(const struct chart *v, const struct histogram *h, int bin, int edges,
                     struct canvas *c, struct area a)
{
    char lo[RENDER_NUMBER], hi[RENDER_NUMBER], count[PLOT_NUMBER];
    double x = chart_cell(v, v->at.row, v->at.column);
    bool lit = isfinite(x) && bin_of(h, x) == bin;
    char *text =
        mem_format("%s … %s", edge_text(h, bin, lo), edge_text(h, bin + 1, hi));
    int bars = a.columns - edges - NUMBER_WIDTH - 1;
    canvas_field(c, area_part(a, 0, 0, 1, edges), 0, ALIGN_RIGHT,
                 chart_lit(c, v, lit, LOOK_TOKEN), text);
    bar_draw(0, (double)h->largest, (double)h->counts[bin], c,
             area_part(a, 0, edges + 1, 1, bars));
    canvas_field(c, area_part(a, 0, edges + 1 + bars, 1, NUMBER_WIDTH), 0, ALIGN_RIGHT,
                 theme_style(c, LOOK_NUMBER), plot_count(h->counts[bin], count));
    free(text);
}

static int edges_width(const struct histogram *h, const struct canvas *c)
{
    int width = 0;
    for (int i = 0; i <= h->bins; i++) {
        char text[RENDER_NUMBER];
        int own = canvas_width(c, edge_text(h, i, text));
        width = own > width ? own : width;
    }
    return 2 * width + canvas_width(c, " … ");
}

/* What it says of all, on one row or on two. */
static int draw_summary(const struct histogram *h, struct canvas *c, struct area a,
                        bool paint)
{
    char *text = summary_of(h);
    int rows = canvas_wrap_rows(c, a.columns, text);
    if (paint)
        canvas_wrap(c, a, 0, theme_style(c, LOOK_RESULT), text);
    free(text);
    return rows;
}

static void draw_cells(const struct chart *v, struct canvas *c, struct area a)
{
    if (a.rows < 3 || a.columns < 24)
        return;
    struct histogram h = histogram_of(v, 1, 1);
    int below = draw_summary(&h, c, a, false);
    below = below > a.rows - 2 ? a.rows - 2 : below;
    int rows = a.rows - below;
    h = histogram_of(v, rows > 20 ? 20 : rows, rows);
    int edges = edges_width(&h, c);
    edges = edges > a.columns / 2 ? a.columns / 2 : edges;
    for (int i = 0; i < h.bins; i++)
        draw_bin(v, &h, i, edges, c, area_part(a, i, 0, 1, a.columns));
    draw_summary(&h, c, area_part(a, h.bins, 0, below, a.columns), true);
}

static int rows_of(const struct chart *v)
{
    (void)v;
    return 14;
}

/* ---- on a page ---- */

struct page {
    struct histogram h;
    struct plot plot;
    struct plot_scale x, y;
};

static int open_page(struct page *p, const struct chart_page *page, struct error *e)
{
    double width = plot_width(page, NATURAL);
    char count[PLOT_NUMBER];
    double left =
        plot_text_width(plot_count(p->h.largest, count), PLOT_TICK_SIZE, false) + 10;
    if (width < left + LEAST) {
        plot_too_narrow(page, "a histogram", left + LEAST, e);
        return -1;
    }
    if (plot_open(&p->plot, page, width, HEIGHT + TICKS_HEIGHT + 18, e) < 0)
        return -1;
    const struct draw_box *room = &p->plot.room;
    double end = p->h.bins ? p->h.lo + p->h.bins * p->h.step : 1;
    p->x = (struct plot_scale){p->h.lo, end, room->x + left, room->x + width - 4};
    p->y = (struct plot_scale){0, fmax(1, (double)p->h.largest), room->y + HEIGHT,
                               room->y + 4};
    return 0;
}

static void draw_axes(const struct page *p)
{
    struct plot_tick ticks[PLOT_MAX_TICKS];
    struct draw_style style = {
        .size = PLOT_TICK_SIZE, .color = p->plot.colors->muted, .align = DRAW_RIGHT};
    int count = plot_ticks(&p->y, 36, "", ticks);
    for (int i = 0; i < count; i++) {
        draw_line(p->plot.d, p->x.from, ticks[i].at, p->x.to, ticks[i].at,
                  p->plot.inks->grid_width, p->plot.inks->grid);
        draw_text(p->plot.d, p->x.from - TICK_GAP, ticks[i].at, ticks[i].text, &style);
    }
    style.align = DRAW_CENTER;
    count = p->h.bins ? plot_ticks(&p->x, 56, "", ticks) : 0;
    for (int i = 0; i < count; i++) {
        draw_line(p->plot.d, ticks[i].at, p->y.from, ticks[i].at, p->y.from + 3, 1,
                  p->plot.colors->line);
        draw_text(p->plot.d, ticks[i].at, p->y.from + TICKS_HEIGHT / 2 + 2, ticks[i].text,
                  &style);
    }
    draw_line(p->plot.d, p->x.from, p->y.from, p->x.to, p->y.from, 1,
              p->plot.colors->line);
}

static void draw_bars(const struct page *p)
{
    for (int i = 0; i < p->h.bins; i++) {
        double from = plot_at(&p->x, p->h.lo + i * p->h.step);
        double to = plot_at(&p->x, p->h.lo + (i + 1) * p->h.step);
        double top = plot_at(&p->y, (double)p->h.counts[i]);
        struct draw_box bar = {from + 0.5, top, fmax(0.5, to - from - 1),
                               p->y.from - top};
        if (p->h.counts[i])
            draw_fill(p->plot.d, bar, p->plot.inks->ink[PLOT_MAIN]);
    }
    double mean = plot_at(&p->x, p->h.mean); /* and the mean as a line across */
    if (p->h.bins)
        draw_line(p->plot.d, mean, p->y.to, mean, p->y.from, 1.4,
                  p->plot.inks->ink[PLOT_OTHER]);
}

static struct drawing *draw_page(const struct chart *v, const struct chart_page *page,
                                 struct error *e)
{
    struct page p = {.h = histogram_of(v, BINS_PAGE, BINS_MOST)};
    if (open_page(&p, page, e) < 0)
        return NULL;
    draw_axes(&p);
    draw_bars(&p);
    char *text = summary_of(&p.h);
    struct draw_style style = {.size = PLOT_LABEL_SIZE,
                               .color = p.plot.colors->text,
                               .align = DRAW_CENTER,
                               .fit = DRAW_SHRINK,
                               .width = p.plot.room.width};
    draw_text(p.plot.d, p.plot.room.x + p.plot.room.width / 2,
              p.plot.room.y + p.plot.room.height - 7, text, &style);
    free(text);
    return p.plot.d;
}

/* ---- in words ---- */

static void tell(const struct chart *v, long most, struct buffer *out)
{
    struct histogram h = histogram_of(v, BINS_TOLD, BINS_TOLD + 2);
    char *summary = summary_of(&h), lo[RENDER_NUMBER], hi[RENDER_NUMBER];
    buffer_addf(out, "- %s\n", summary);
    for (int i = 0; i < h.bins && i + 1 < most; i++)
        buffer_addf(out, "- %s … %s: %ld\n", edge_text(&h, i, lo),
                    edge_text(&h, i + 1, hi), h.counts[i]);
    free(summary);
}

const struct chart_kind histogram_chart = {
    .name = "histogram",
    .help = {"how many numbers fall where, with mean and std",
             "숫자의 분포를 평균(mean), std와 함께"},
    .needs = CHART_NEEDS_MATRIX,
    .rows = rows_of,
    .cells = draw_cells,
    .page = draw_page,
    .words = tell,
};
