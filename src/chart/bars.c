/* The charts "bars" and "ranking": one row of a matrix as bars, in the order of its
 * columns or the largest first. */
#include "base/bounds.h"
#include "chart/bar.h"
#include "chart/bar_row.h"
#include "chart/bars_page.h"
#include "study/render.h"

#include <stdio.h>
#include <stdlib.h>

#define LABEL_MOST 16
#define NUMBER_WIDTH 7

/* The bars of one row on the canvas. */
struct bars {
    struct bar_row row;
    int ranks, labels; /* columns */
};

/* Labels are as wide as the widest that is seen needs. */
static void find_widths(const struct chart *v, struct bars *b, const struct canvas *c,
                        int columns)
{
    b->ranks = b->row.ranked ? snprintf(NULL, 0, "%ld. ", b->row.first + b->row.seen) : 0;
    for (long i = 0; i < b->row.seen; i++) {
        char *label = chart_column_label(v, b->row.order[b->row.first + i]);
        int width = canvas_width(c, label);
        b->labels = width > b->labels ? width : b->labels;
        free(label);
    }
    b->labels = least(b->labels, v->gloss ? 2 * LABEL_MOST : LABEL_MOST);
    b->labels = least(b->labels, columns / 3);
}

/* "1-17 / 1703  0.00 … 1.00": what is seen of the row, and the scale, where there is room
 * beside its name. Caller frees. */
static char *range_of(const struct chart *v, const struct bars *b, const struct canvas *c,
                      int room)
{
    char lo[RENDER_NUMBER], hi[RENDER_NUMBER];
    char *window = b->row.seen < v->sheet.columns
                       ? mem_format("%ld-%ld / %ld", b->row.first + 1,
                                    b->row.first + b->row.seen, v->sheet.columns)
                       : mem_string("");
    char *range =
        mem_format("%s%s%s … %s", window, *window ? "  " : "",
                   render_number(b->row.lo, 2, lo), render_number(b->row.hi, 2, hi));
    bool fits = canvas_width(c, range) <= room;
    free(fits ? window : range);
    return fits ? range : window;
}

/* "query 쿼리 ▁학교 ↑↓                 1-17 / 1703  0.00 … 1.00" */
static void draw_bars_title(const struct chart *v, const struct bars *b, struct canvas *c,
                            struct area a)
{
    bool named = !v->missing || v->sheet.rows > 1; /* expressions name their bars */
    char *label = named ? chart_row_label(v, v->at.row) : mem_string("");
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
    long column = b->row.order[b->row.first + i];
    double value = chart_cell(v, v->at.row, column);
    int labels = b->ranks + b->labels, bars = a.columns - labels - NUMBER_WIDTH - 2;
    char *label = chart_column_label(v, column);
    snprintf(rank, sizeof rank, "%ld. ", b->row.first + i + 1);
    if (b->row.ranked)
        canvas_field(c, area_part(a, 0, 0, 1, b->ranks), 0, ALIGN_RIGHT,
                     theme_style(c, LOOK_DIM), rank);
    canvas_field(c, area_part(a, 0, b->ranks, 1, b->labels), 0,
                 b->row.ranked ? ALIGN_LEFT : ALIGN_RIGHT,
                 chart_lit(c, v, !b->row.ranked && column == v->at.column, LOOK_TOKEN),
                 label);
    bar_draw(b->row.lo, b->row.hi, value, c, area_part(a, 0, labels + 1, 1, bars));
    canvas_field(c, area_part(a, 0, labels + 1 + bars, 1, NUMBER_WIDTH + 1), 0,
                 ALIGN_RIGHT, theme_style(c, LOOK_NUMBER),
                 chart_number(v, value, chart_digits(v, 3), number));
    free(label);
}

static void draw(const struct chart *v, bool ranked, struct canvas *c, struct area a)
{
    if (a.rows < 2 || a.columns < 16)
        return;
    struct bars b = {.row = bar_row_of(v, ranked, a.rows - 1)};
    find_widths(v, &b, c, a.columns);
    draw_bars_title(v, &b, c, a);
    for (long i = 0; i < b.row.seen; i++)
        draw_bars_row(v, &b, i, c, area_part(a, (int)i + 1, 0, 1, a.columns));
    bar_row_free(&b.row);
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
    .page = bars_page,
    .words = bar_row_tell,
    .one_row = true,
};

const struct chart_kind ranking_chart = {
    .name = "ranking",
    .help = {"one row as bars, the largest first", "행 하나를 큰 것부터 막대로"},
    .needs = CHART_NEEDS_MATRIX,
    .cells = draw_ranking,
    .page = bars_ranking_page,
    .words = bar_row_tell,
    .one_row = true,
};
