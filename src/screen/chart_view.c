#include "screen/chart_view.h"

#include "base/memory.h"
#include "base/order.h"
#include "base/say.h"
#include "screen/matrix_view.h"
#include "screen/panel.h"
#include "screen/theme.h"
#include "study/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LABEL_MOST 16
#define NUMBER_WIDTH 7
#define RANKED_MOST 200 /* the largest of a vocabulary */

double chart_cell(const struct chart_view *v, long row, long column)
{
    return tensor_get(v->values,
                      sheet_cell(&v->sheet, (struct place){v->at.head, row, column}));
}

struct style chart_lit(const struct canvas *c, const struct chart_view *v, bool on,
                       enum look other)
{
    return theme_style(c, !on ? other : v->focused ? LOOK_CURSOR : LOOK_CURSOR_QUIET);
}

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

static void find_order(const struct chart_view *v, struct bars *b)
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
static void find_scale(const struct chart_view *v, struct bars *b)
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

static char *label_of(const struct chart_view *v, long column)
{
    return matrix_label(v->sheet.column_labels, column, 0, false, v->gloss);
}

/* Labels are as wide as the widest that is seen needs. */
static void find_widths(const struct chart_view *v, struct bars *b,
                        const struct canvas *c, int columns)
{
    b->ranks = b->ranked ? snprintf(NULL, 0, "%ld. ", b->first + b->seen) : 0;
    for (long i = 0; i < b->seen; i++) {
        char *label = label_of(v, b->order[b->first + i]);
        int width = canvas_width(c, label);
        b->labels = width > b->labels ? width : b->labels;
        free(label);
    }
    b->labels = least(b->labels, v->gloss ? 2 * LABEL_MOST : LABEL_MOST);
    b->labels = least(b->labels, columns / 3);
}

/* A cell of which the left `eighths` are filled; the right ones with `reverse`. */
static void draw_eighths(int eighths, bool right, struct style s, struct canvas *c,
                         struct area a, int column)
{
    static const char *const blocks[] = {"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
    if (right && eighths < 8) {
        s.attributes ^= ATTRIBUTE_REVERSE;
        eighths = 8 - eighths;
    }
    canvas_text(c, a, 0, column, s, blocks[eighths - 1]);
}

void chart_draw_bar(double lo, double hi, double value, struct canvas *c, struct area a)
{
    double unit = (a.columns - 1) / (hi - lo);
    int zero = (int)lround(-lo * unit), step = value < 0 ? -1 : 1;
    double full = isfinite(value) ? fmin(fabs(value) * unit, a.columns) : 0;
    int length = (int)lround(8 * full);
    struct style s = theme_style(c, value < 0 ? LOOK_WARNING : LOOK_FORMULA);
    if (c->ascii) /* whole cells */
        length = (length + 4) / 8 * 8;
    if (step < 0 || !length)
        canvas_text(c, a, 0, zero, theme_style(c, LOOK_BORDER), "▏");
    int column = step < 0 ? zero - 1 : zero;
    for (; length > 0; length -= 8, column += step)
        draw_eighths(least(length, 8), step < 0, s, c, a, column);
}

/* "1-17 / 1703  0.00 … 1.00": what is seen of the row, and the scale, where there is room
 * beside its name. Caller frees. */
static char *range_of(const struct chart_view *v, const struct bars *b,
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
static void draw_bars_title(const struct chart_view *v, const struct bars *b,
                            struct canvas *c, struct area a)
{
    char *label =
        matrix_label(v->sheet.row_labels, v->at.row, v->sheet.first_row, true, v->gloss);
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

static void draw_bars_row(const struct chart_view *v, const struct bars *b, long i,
                          struct canvas *c, struct area a)
{
    char rank[32], number[RENDER_NUMBER];
    long column = b->order[b->first + i];
    double value = chart_cell(v, v->at.row, column);
    int labels = b->ranks + b->labels, bars = a.columns - labels - NUMBER_WIDTH - 2;
    char *label = label_of(v, column);
    snprintf(rank, sizeof rank, "%ld. ", b->first + i + 1);
    if (b->ranked)
        canvas_field(c, area_part(a, 0, 0, 1, b->ranks), 0, ALIGN_RIGHT,
                     theme_style(c, LOOK_DIM), rank);
    canvas_field(c, area_part(a, 0, b->ranks, 1, b->labels), 0,
                 b->ranked ? ALIGN_LEFT : ALIGN_RIGHT,
                 chart_lit(c, v, !b->ranked && column == v->at.column, LOOK_TOKEN),
                 label);
    chart_draw_bar(b->lo, b->hi, value, c, area_part(a, 0, labels + 1, 1, bars));
    canvas_field(c, area_part(a, 0, labels + 1 + bars, 1, NUMBER_WIDTH + 1), 0,
                 ALIGN_RIGHT, theme_style(c, LOOK_NUMBER),
                 render_number(value, 3, number));
    free(label);
}

void chart_draw_bars(const struct chart_view *v, bool ranked, struct canvas *c,
                     struct area a)
{
    struct bars b = {.ranked = ranked};
    if (a.rows < 2 || a.columns < 16)
        return;
    find_order(v, &b);
    b.seen = b.count < a.rows - 1 ? b.count : a.rows - 1;
    find_scale(v, &b);
    b.first = ranked ? 0 : panel_window(v->at.column, b.seen, b.count);
    find_widths(v, &b, c, a.columns);
    draw_bars_title(v, &b, c, a);
    for (long i = 0; i < b.seen; i++)
        draw_bars_row(v, &b, i, c, area_part(a, (int)i + 1, 0, 1, a.columns));
    free(b.order);
}
