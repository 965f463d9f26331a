/* The charts "lines" and "waves": the rows, or the columns, of a matrix as curves; and
 * "position", the waves of one stage. A letter stands on every curve and beside its name,
 * so that no colour is needed. */
#include "chart/dots.h"
#include "chart/lines_page.h"
#include "chart/series.h"
#include "study/render.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_ROWS 6
#define LEAST_COLUMNS 24

/* A picture of them on the canvas. */
struct curves {
    struct series_set s;
    struct canvas *c;
    struct area plot, legend;
    int gutter; /* columns of the numbers of y */
};

static struct style style_of(const struct curves *k, int seen)
{
    static const enum look looks[] = {LOOK_FORMULA, LOOK_WARNING, LOOK_STAGE_ID,
                                      LOOK_AXIS,    LOOK_TOKEN,   LOOK_TEXT};
    const struct chart *v = k->s.v;
    long lit = k->s.by_column ? v->at.column : v->at.row;
    return theme_style(k->c, k->s.seen[seen] == lit ? LOOK_FOCUS : looks[seen]);
}

static double dot_x(const struct curves *k, double place)
{
    const struct series_axis *x = &k->s.x;
    double width = 2.0 * k->plot.columns - 1;
    return (place / (x->hi - x->lo) - x->lo / (x->hi - x->lo)) * width;
}

static double dot_y(const struct curves *k, double place)
{
    const struct series_axis *y = &k->s.y;
    double height = 4.0 * k->plot.rows - 1;
    return (y->hi / (y->hi - y->lo) - place / (y->hi - y->lo)) * height;
}

/* ---- around the curves ---- */

static const char *number_text(const struct series_axis *axis, double place,
                               char out[RENDER_NUMBER])
{
    double value = series_value(axis, place);
    return render_number(value, render_digits(value, fabs(value) >= 100 ? 0 : 2), out);
}

static int number_width(const struct curves *k)
{
    char lo[RENDER_NUMBER], hi[RENDER_NUMBER];
    int a = canvas_width(k->c, number_text(&k->s.y, k->s.y.lo, lo));
    int b = canvas_width(k->c, number_text(&k->s.y, k->s.y.hi, hi));
    return a > b ? a : b;
}

static void draw_numbers(const struct curves *k, struct area a)
{
    char text[RENDER_NUMBER];
    struct style dim = theme_style(k->c, LOOK_DIM);
    struct area left = area_part(a, 0, 0, k->plot.rows, k->gutter - 1);
    canvas_field(k->c, left, 0, ALIGN_RIGHT, dim, number_text(&k->s.y, k->s.y.hi, text));
    canvas_field(k->c, area_part(left, k->plot.rows - 1, 0, 1, left.columns), 0,
                 ALIGN_RIGHT, dim, number_text(&k->s.y, k->s.y.lo, text));
    canvas_vline(k->c, area_part(a, 0, 0, k->plot.rows, a.columns), k->gutter - 1,
                 theme_style(k->c, LOOK_BORDER));
    double zero = k->s.y.log ? NAN : dot_y(k, 0);
    if (zero >= 0 && zero < 4.0 * k->plot.rows)
        canvas_hline(k->c, k->plot, (int)zero / 4, theme_style(k->c, LOOK_BORDER));
}

/* The first and the last name of x, and between them what is lit. */
static void draw_names_of_x(const struct curves *k, struct area a)
{
    const struct series_set *s = &k->s;
    if (s->points < 1)
        return;
    long lit = s->by_column ? s->v->at.row : s->v->at.column;
    char *first = series_x_label(s, 0), *last = series_x_label(s, s->points - 1);
    char *now = series_x_label(s, lit);
    static const char *const logs[] = {"", "log x  ", "log y  ", "log x y  "};
    char *middle = mem_format("%s%s", logs[(s->x.log ? 1 : 0) + (s->y.log ? 2 : 0)], now);
    int third = a.columns / 3;
    canvas_field(k->c, area_part(a, 0, 0, 1, third), 0, ALIGN_LEFT,
                 theme_style(k->c, LOOK_DIM), first);
    canvas_field(k->c, area_part(a, 0, third, 1, a.columns - 2 * third), 0, ALIGN_CENTER,
                 theme_style(k->c, LOOK_RESULT), middle);
    canvas_field(k->c, area_part(a, 0, a.columns - third, 1, third), 0, ALIGN_RIGHT,
                 theme_style(k->c, LOOK_DIM), s->points > 1 ? last : "");
    free(first);
    free(last);
    free(now);
    free(middle);
}

/* ---- the legend ---- */

/* "a 학교 0.31" with the number at the lit x. Caller frees. */
static char *name_of(const struct curves *k, int seen)
{
    const struct series_set *s = &k->s;
    char number[RENDER_NUMBER];
    long point = s->by_column ? s->v->at.row : s->v->at.column;
    long one = s->seen[seen];
    double value =
        s->by_column ? chart_cell(s->v, point, one) : chart_cell(s->v, one, point);
    char *label = series_label(s, seen);
    int digits = render_digits(value, chart_digits(s->v, 2));
    char *text = mem_format("%c %s %s", series_letter(seen), label,
                            chart_number(s->v, value, digits, number));
    free(label);
    return text;
}

/* Side by side, row after row; what has no room is counted. Returns the rows that it
 * takes, painted or not. */
static int draw_legend(const struct curves *k, struct area a, bool paint)
{
    int row = 0, column = 0;
    long more = k->s.count - k->s.seen_count;
    char *rest = more > 0 ? mem_format("+%ld", more) : NULL;
    for (int i = 0; i < k->s.seen_count + (rest != NULL); i++) {
        char *text = i < k->s.seen_count ? name_of(k, i) : mem_string(rest);
        int width = canvas_width(k->c, text);
        width = width > a.columns ? a.columns : width;
        if (column && column + width > a.columns) {
            row++;
            column = 0;
        }
        if (paint)
            canvas_field(k->c, area_part(a, row, column, 1, width), 0, ALIGN_LEFT,
                         i < k->s.seen_count ? style_of(k, i)
                                             : theme_style(k->c, LOOK_DIM),
                         text);
        column += width + 2;
        free(text);
    }
    free(rest);
    return row + 1;
}

/* "× a·b: x = 512, y = 3.100" of each crossing, as many as there are rows. */
static void draw_crossings(const struct curves *k, struct area a)
{
    for (int i = 0; i < k->s.crossing_count && i < a.rows; i++) {
        const struct series_crossing *x = &k->s.crossings[i];
        char *at = series_crossing_text(&k->s, x);
        int more = k->s.crossing_total - i - 1;
        char *rest = i + 1 == a.rows && more ? mem_format("  +%d", more) : mem_string("");
        char *text = mem_format("× %c·%c: %s%s", series_letter(x->one),
                                series_letter(x->two), at, rest);
        canvas_field(k->c, area_part(a, i, 0, 1, a.columns), 0, ALIGN_LEFT,
                     theme_style(k->c, LOOK_RESULT), text);
        free(at);
        free(rest);
        free(text);
    }
}

/* ---- the curves ---- */

static void draw_series(const struct curves *k, int seen, struct dots *d)
{
    double x0 = NAN, y0 = NAN;
    for (long p = 0; p < k->s.points; p++) {
        double x = dot_x(k, k->s.places[p]), y = dot_y(k, series_point(&k->s, seen, p));
        bool here = !isnan(x) && !isnan(y), joined = here && !isnan(x0);
        if (here)
            dots_line(d, joined ? x0 : x, joined ? y0 : y, x, y, style_of(k, seen),
                      series_letter(seen));
        x0 = here ? x : NAN;
        y0 = here ? y : NAN;
    }
}

static void put_text(const struct curves *k, double x, double y, struct style s,
                     const char *text)
{
    if (x >= 0 && y >= 0 && x < 2.0 * k->plot.columns && y < 4.0 * k->plot.rows)
        canvas_text(k->c, k->plot, (int)round(y) / 4, (int)round(x) / 2, s, text);
}

/* On points of its own, each curve at others. */
static void draw_letters(const struct curves *k, int seen)
{
    char text[2] = {series_letter(seen)};
    long points = k->s.points, step = points > 24 ? points / 3 : points > 6 ? 4 : 2;
    for (long p = (long)(seen * step / SERIES_MOST); p < points; p += step)
        put_text(k, dot_x(k, k->s.places[p]), dot_y(k, series_point(&k->s, seen, p)),
                 style_of(k, seen), text);
}

static void draw_lit(const struct curves *k)
{
    const struct chart *v = k->s.v;
    long point = k->s.by_column ? v->at.row : v->at.column;
    long lit = k->s.by_column ? v->at.column : v->at.row;
    for (int i = 0; i < k->s.seen_count; i++)
        if (k->s.seen[i] == lit)
            put_text(k, dot_x(k, k->s.places[point]),
                     dot_y(k, series_point(&k->s, i, point)),
                     chart_lit(k->c, v, true, LOOK_FOCUS), "●");
}

static void draw_marks(const struct curves *k)
{
    for (int i = 0; i < k->s.crossing_count; i++)
        put_text(k, dot_x(k, series_place(&k->s.x, k->s.crossings[i].x)),
                 dot_y(k, series_place(&k->s.y, k->s.crossings[i].y)),
                 theme_style(k->c, LOOK_RESULT), "×");
}

static void draw_curves(const struct curves *k)
{
    struct dots d = dots_new(k->plot);
    for (int i = 0; i < k->s.seen_count; i++)
        draw_series(k, i, &d);
    dots_draw(&d, k->c);
    dots_free(&d);
    for (int i = 0; i < k->s.seen_count; i++)
        draw_letters(k, i);
    draw_marks(k);
    draw_lit(k);
}

static void draw(const struct chart *v, bool by_column, struct canvas *c, struct area a)
{
    if (a.rows < LEAST_ROWS || a.columns < LEAST_COLUMNS)
        return;
    struct curves k = {.s = series_of(v, by_column), .c = c};
    k.gutter = number_width(&k) + 1;
    int legend = draw_legend(&k, a, false), most = a.rows / 3;
    legend = legend > most ? most : legend;
    int crossings = k.s.crossing_count < 2 ? k.s.crossing_count : 2;
    crossings = a.rows - legend - crossings < LEAST_ROWS ? crossings > 0 : crossings;
    int rows = a.rows - legend - crossings - 1;
    k.plot = area_part(a, 0, k.gutter, rows, a.columns - k.gutter);
    draw_numbers(&k, a);
    draw_curves(&k);
    draw_names_of_x(&k, area_part(a, rows, k.gutter, 1, k.plot.columns));
    draw_legend(&k, area_part(a, rows + 1, 0, legend, a.columns), true);
    draw_crossings(&k, area_part(a, rows + 1 + legend, 0, crossings, a.columns));
    series_free(&k.s);
}

static void draw_lines(const struct chart *v, struct canvas *c, struct area a)
{
    draw(v, false, c, a);
}

static void draw_waves(const struct chart *v, struct canvas *c, struct area a)
{
    draw(v, true, c, a);
}

const struct chart_kind lines_chart = {
    .name = "lines",
    .help = {"each row as a line over its columns; crossings are marked",
             "행마다 선 하나로. 만나는 점을 표시"},
    .needs = CHART_NEEDS_MATRIX,
    .cells = draw_lines,
    .page = lines_page,
    .words = series_tell_lines,
};

const struct chart_kind waves_chart = {
    .name = "waves",
    .help = {"columns as curves down the rows", "열마다 행을 따라 곡선 하나로"},
    .needs = CHART_NEEDS_MATRIX,
    .cells = draw_waves,
    .page = lines_waves_page,
    .words = series_tell_waves,
};

const struct chart_kind position_chart = {
    .name = "position",
    .help = {"the matrix of positions, its columns as waves",
             "위치(position) 행렬의 열을 물결로"},
    .needs = CHART_NEEDS_MATRIX,
    .stage = "position",
    .cells = draw_waves,
    .page = lines_waves_page,
    .words = series_tell_waves,
};
