/* The charts "bars" and "ranking": one row of a matrix as bars, in the order of its
 * columns or the largest first. */
#include "base/order.h"
#include "chart/bar.h"
#include "chart/tell.h"
#include "study/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LABEL_MOST 16
#define NUMBER_WIDTH 7
#define RANKED_MOST 200 /* the largest of a vocabulary */

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* The bars of one row: which columns, from which place on, and the scale. */
struct bars {
    long *order;
    long count, first, seen;
    double lo, hi;
    bool ranked;
    int ranks, labels; /* columns on the canvas */
};

static void find_order(const struct chart *v, struct bars *b)
{
    long n = v->sheet.columns;
    b->count = b->ranked && n > RANKED_MOST ? RANKED_MOST : n;
    b->order = mem_alloc((size_t)n, sizeof *b->order);
    double *row = mem_alloc((size_t)n, sizeof *row);
    for (long i = 0; i < n; i++) {
        b->order[i] = i;
        row[i] = chart_cell(v, v->at.row, i);
    }
    if (b->ranked)
        order_largest(row, n, b->count, b->order);
    free(row);
}

/* Of the columns that are seen when they are ranked, else of all. */
static void find_scale(const struct chart *v, struct bars *b)
{
    bool shares = v->sheet.values == VALUES_PROBABILITY;
    long count = b->ranked ? b->seen : v->sheet.columns;
    b->hi = shares ? 1 : 0;
    for (long i = 0; i < count && !shares; i++) {
        double x = chart_cell(v, v->at.row, b->order[i]);
        if (isfinite(x)) {
            b->lo = fmin(b->lo, x);
            b->hi = fmax(b->hi, x);
        }
    }
    if (b->hi <= b->lo)
        b->hi = b->lo + 1;
}

/* Labels are as wide as the widest that is seen needs. */
static void find_widths(const struct chart *v, struct bars *b,
                        const struct canvas *c, int columns)
{
    b->ranks = b->ranked ? snprintf(NULL, 0, "%ld. ", b->first + b->seen) : 0;
    for (long i = 0; i < b->seen; i++) {
        char *label = chart_column_label(v, b->order[b->first + i]);
        int width = canvas_width(c, label);
        b->labels = width > b->labels ? width : b->labels;
        free(label);
    }
    b->labels = least(b->labels, v->gloss ? 2 * LABEL_MOST : LABEL_MOST);
    b->labels = least(b->labels, columns / 3);
}

/* "1-17 / 1703  0.00 … 1.00": what is seen of the row, and the scale, where there is room
 * beside its name. Caller frees. */
static char *range_of(const struct chart *v, const struct bars *b,
                      const struct canvas *c, int room)
{
    char lo[RENDER_NUMBER], hi[RENDER_NUMBER];
    char *window = b->seen < v->sheet.columns
                       ? mem_format("%ld-%ld / %ld", b->first + 1, b->first + b->seen,
                                    v->sheet.columns)
                       : mem_string("");
    char *range = mem_format("%s%s%s … %s", window, *window ? "  " : "",
                             render_number(b->lo, 2, lo), render_number(b->hi, 2, hi));
    bool fits = canvas_width(c, range) <= room;
    free(fits ? window : range);
    return fits ? range : window;
}

/* "query 쿼리 ▁학교 ↑↓                 1-17 / 1703  0.00 … 1.00" */
static void draw_bars_title(const struct chart *v, const struct bars *b,
                            struct canvas *c, struct area a)
{
    char *label = chart_row_label(v, v->at.row);
    const char *axis = label_axis(v->sheet.row_axis);
    int width = canvas_width(c, axis) + canvas_width(c, label) + 4;
    char *range = range_of(v, b, c, a.columns - width - 1);
    int room = a.columns - canvas_width(c, range);
    struct area left = area_part(a, 0, 0, 1, room - (*range != 0));
    int end = canvas_text(c, left, 0, 0, theme_style(c, LOOK_AXIS), axis);
    end = canvas_text(c, left, 0, end ? end + 1 : 0, chart_lit(c, v, true, LOOK_TOKEN),
                      label);
    if (v->sheet.rows > 1)
        canvas_text(c, left, 0, end + 1, theme_style(c, LOOK_DIM), "↑↓");
    canvas_text(c, a, 0, room, theme_style(c, LOOK_DIM), range);
    free(label);
    free(range);
}

static void draw_bars_row(const struct chart *v, const struct bars *b, long i,
                          struct canvas *c, struct area a)
{
    char rank[32], number[RENDER_NUMBER];
    long column = b->order[b->first + i];
    double value = chart_cell(v, v->at.row, column);
    int labels = b->ranks + b->labels, bars = a.columns - labels - NUMBER_WIDTH - 2;
    char *label = chart_column_label(v, column);
    snprintf(rank, sizeof rank, "%ld. ", b->first + i + 1);
    if (b->ranked)
        canvas_field(c, area_part(a, 0, 0, 1, b->ranks), 0, ALIGN_RIGHT,
                     theme_style(c, LOOK_DIM), rank);
    canvas_field(c, area_part(a, 0, b->ranks, 1, b->labels), 0,
                 b->ranked ? ALIGN_LEFT : ALIGN_RIGHT,
                 chart_lit(c, v, !b->ranked && column == v->at.column, LOOK_TOKEN),
                 label);
    bar_draw(b->lo, b->hi, value, c, area_part(a, 0, labels + 1, 1, bars));
    canvas_field(c, area_part(a, 0, labels + 1 + bars, 1, NUMBER_WIDTH + 1), 0,
                 ALIGN_RIGHT, theme_style(c, LOOK_NUMBER),
                 render_number(value, 3, number));
    free(label);
}

static void draw(const struct chart *v, bool ranked, struct canvas *c, struct area a)
{
    struct bars b = {.ranked = ranked};
    if (a.rows < 2 || a.columns < 16)
        return;
    find_order(v, &b);
    b.seen = b.count < a.rows - 1 ? b.count : a.rows - 1;
    find_scale(v, &b);
    b.first = ranked ? 0 : scroll_first(v->at.column, b.seen, b.count);
    find_widths(v, &b, c, a.columns);
    draw_bars_title(v, &b, c, a);
    for (long i = 0; i < b.seen; i++)
        draw_bars_row(v, &b, i, c, area_part(a, (int)i + 1, 0, 1, a.columns));
    free(b.order);
}

/* ---- the kinds ---- */

static void draw_bars(const struct chart *v, struct canvas *c, struct area a)
{
    draw(v, false, c, a);
}

static void draw_ranking(const struct chart *v, struct canvas *c, struct area a)
{
    draw(v, true, c, a);
}

static int bars_rows(const struct chart *v)
{
    return v->sheet.columns > 1000 ? 1000 : (int)v->sheet.columns + 2;
}

const struct chart_kind bars_chart = {
    .name = "bars",
    .help = {"one row as bars", "행 하나를 막대로"},
    .needs = CHART_NEEDS_MATRIX,
    .rows = bars_rows,
    .cells = draw_bars,
    .words = tell_rows,
};

const struct chart_kind ranking_chart = {
    .name = "ranking",
    .help = {"one row as bars, the largest first", "행 하나를 큰 것부터 막대로"},
    .needs = CHART_NEEDS_MATRIX,
    .cells = draw_ranking,
    .words = tell_rows,
};
