/* The chart "strip": each row of a matrix as a strip of coloured cells, one below the
 * other, all of its columns at once; a vector that changes from word to word. Where there
 * are no colours a cell is a digit, or a letter for a negative number. */
#include "base/say.h"
#include "chart/map.h"
#include "chart/matrix_cells.h"
#include "chart/tell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LABEL_MOST 18
#define CELL_MOST 4
#define LEAST_COLUMNS 20

/* How it lies: labels, and cells that each stand for some columns. */
struct strip {
    const struct chart *v;
    int labels, cell; /* columns of the screen */
    long places, each; /* cells of a row; columns of the matrix that share one */
    long first, seen; /* rows */
};

static struct strip strip_of(const struct chart *v, const struct canvas *c,
                             struct area a)
{
    struct strip s = {.v = v, .seen = a.rows - 2};
    s.seen = s.seen < v->sheet.rows ? s.seen : v->sheet.rows;
    s.first = scroll_first(v->at.row, s.seen, v->sheet.rows);
    for (long r = s.first; r < s.first + s.seen; r++) {
        char *label = chart_row_label(v, r);
        int width = canvas_width(c, label);
        s.labels = width > s.labels ? width : s.labels;
        free(label);
    }
    s.labels = s.labels > LABEL_MOST ? LABEL_MOST : s.labels;
    s.labels = s.labels > a.columns / 3 ? a.columns / 3 : s.labels;
    long room = a.columns - s.labels - 1;
    s.cell = (int)(room / v->sheet.columns);
    s.cell = s.cell < 1 ? 1 : s.cell > CELL_MOST ? CELL_MOST : s.cell;
    s.each = (v->sheet.columns + room - 1) / room;
    s.places = (v->sheet.columns + s.each - 1) / s.each;
    return s;
}

/* Of the numbers that share a place the one furthest from zero. */
static double value_at(const struct strip *s, long row, long place)
{
    double found = NAN;
    long end = (place + 1) * s->each;
    end = end < s->v->sheet.columns ? end : s->v->sheet.columns;
    for (long c = place * s->each; c < end; c++) {
        double x = chart_cell(s->v, row, c);
        bool larger = isfinite(x) && !(fabs(x) <= fabs(found));
        if (larger || (isnan(found) && !isnan(x)))
            found = x;
    }
    return found;
}

/* "1" … "9" up to the end of the range, "a" … "i" down to the other, "." near 0. */
static char letter_of(struct colormap_range range, double value)
{
    double place = colormap_place(range, value);
    double part = range.diverging ? 2 * place - 1 : place;
    int tenth = (int)round(9 * part);
    if (!isfinite(value))
        return isnan(value) ? '?' : value > 0 ? '>' : '<';
    return tenth > 0 ? (char)('0' + tenth) : tenth < 0 ? (char)('a' - 1 - tenth) : '.';
}

static void draw_row(const struct strip *s, long row, struct canvas *c, struct area a)
{
    const struct chart *v = s->v;
    bool plain = !c->theme || theme_is_mono(c->theme) || c->ascii;
    struct colormap_range range = chart_range(v, row);
    char *label = chart_row_label(v, row);
    canvas_field(c, area_part(a, 0, 0, 1, s->labels), 0, ALIGN_RIGHT,
                 chart_lit(c, v, row == v->at.row, LOOK_TOKEN), label);
    free(label);
    for (long p = 0; p < s->places; p++) {
        bool lit = row == v->at.row && p == v->at.column / s->each;
        double value = value_at(s, row, p);
        struct style style = plain ? theme_style(c, LOOK_NUMBER)
                                   : theme_heat(c, range, value);
        char text[2] = {plain ? letter_of(range, value) : ' '};
        struct area cell =
            area_part(a, 0, s->labels + 1 + (int)p * s->cell, 1, s->cell);
        canvas_fill(c, cell, style);
        canvas_text(c, cell, 0, 0, lit ? chart_lit(c, v, true, LOOK_TOKEN) : style,
                    lit && !plain ? "◆" : text);
    }
}

/* "feature 특성 1 … 64", and how many columns one cell stands for. */
static void draw_head(const struct strip *s, struct canvas *c, struct area a)
{
    const struct sheet *sheet = &s->v->sheet;
    const char *axis = chart_column_title(s->v);
    char number[24];
    snprintf(number, sizeof number, "%ld", s->each);
    char *shared =
        s->each > 1 ? say_with(SAY_CHART_SHARED, number) : mem_string("");
    char *text = mem_format("%s%s1 … %ld%s%s", axis, *axis ? " " : "", sheet->columns,
                            *shared ? "  " : "", shared);
    canvas_field(c, area_part(a, 0, s->labels + 1, 1, a.columns - s->labels - 1), 0,
                 ALIGN_LEFT, theme_style(c, LOOK_AXIS), text);
    free(shared);
    free(text);
}

static void draw_strip(const struct chart *v, struct canvas *c, struct area a)
{
    if (a.rows < 3 || a.columns < LEAST_COLUMNS || v->sheet.rows < 1 ||
        v->sheet.columns < 1)
        return;
    struct strip s = strip_of(v, c, a);
    draw_head(&s, c, area_part(a, 0, 0, 1, a.columns));
    for (long i = 0; i < s.seen; i++)
        draw_row(&s, s.first + i, c, area_part(a, (int)i + 1, 0, 1, a.columns));
    matrix_draw_range(v, c, area_part(a, (int)s.seen + 1, 0, 1, a.columns));
}

static int strip_rows(const struct chart *v)
{
    return v->sheet.rows > 1000 ? 1000 : (int)v->sheet.rows + 2;
}

const struct chart_kind strip_chart = {
    .name = "strip",
    .help = {"each row as a strip of colours, all columns at once",
             "행마다 색 띠 하나로, 모든 열을 한눈에"},
    .needs = CHART_NEEDS_MATRIX,
    .rows = strip_rows,
    .scrolls = true,
    .cells = draw_strip,
    .page = map_page,
    .words = tell_rows,
};
