#include "screen/chart_view.h"

#include "base/memory.h"
#include "base/say.h"
#include "screen/matrix_view.h"
#include "screen/theme.h"
#include "study/decode.h"
#include "study/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_MOST 16
#define NUMBER_WIDTH 7

static double cell(const struct chart_view *v, long row, long column)
{
    return tensor_get(v->values,
                      sheet_cell(&v->sheet, (struct place){v->at.head, row, column}));
}

static struct style lit(const struct canvas *c, const struct chart_view *v, bool on,
                        enum look other)
{
    return theme_style(c, !on          ? other
                          : v->focused ? LOOK_CURSOR
                                       : LOOK_CURSOR_QUIET);
}

/* ---- bars ---- */

/* Left and right end of the bars' scale. */
static void scale_of(const struct chart_view *v, double *lo, double *hi)
{
    *lo = 0;
    *hi = v->sheet.values == VALUES_PROBABILITY ? 1 : 0;
    for (long i = 0; i < v->sheet.columns && v->sheet.values != VALUES_PROBABILITY; i++) {
        double x = cell(v, v->at.row, i);
        if (isfinite(x)) {
            *lo = fmin(*lo, x);
            *hi = fmax(*hi, x);
        }
    }
    if (*hi <= *lo)
        *hi = *lo + 1;
}

/* A bar from zero to the value; negative ones go to the left of the axis. */
static void draw_bar(const struct chart_view *v, double value, double lo, double hi,
                     struct canvas *c, struct area a)
{
    if (!isfinite(value) || a.columns < 2)
        return;
    double unit = a.columns / (hi - lo);
    int zero = (int)lround(-lo * unit), end = (int)lround((value - lo) * unit);
    int from = end < zero ? end : zero, to = end < zero ? zero : end;
    struct style s = theme_style(c, value < 0 ? LOOK_WARNING : LOOK_FORMULA);
    (void)v;
    for (int i = from; i < to && i < a.columns; i++)
        canvas_text(c, a, 0, i, s, "█");
    if (from == to)
        canvas_text(c, a, 0, zero < a.columns ? zero : a.columns - 1,
                    theme_style(c, LOOK_BORDER), "│");
}

/* Columns in the order in which they are shown. Caller frees. */
static long *order_of(const struct chart_view *v, bool ranked)
{
    long n = v->sheet.columns, *order = mem_alloc((size_t)n, sizeof *order);
    double *row = mem_alloc((size_t)n, sizeof *row);
    for (long i = 0; i < n; i++) {
        order[i] = i;
        row[i] = cell(v, v->at.row, i);
    }
    if (ranked)
        decode_largest(row, n, n < 200 ? n : 200, order);
    free(row);
    return order;
}

/* Which row of the matrix it is: "query 질의 ▁학교". */
static void draw_row_title(const struct chart_view *v, struct canvas *c, struct area a)
{
    char *label =
        matrix_label(v->sheet.row_labels, v->at.row, v->sheet.first_row, true, v->gloss);
    const char *axis = matrix_axis_title(v->sheet.row_axis);
    int end = canvas_textf(c, a, 0, 0, theme_style(c, LOOK_AXIS), "%s", axis);
    canvas_text(c, a, 0, end ? end + 1 : 0, lit(c, v, true, LOOK_TOKEN), label);
    if (v->sheet.rows > 1)
        canvas_field(c, area_part(a, 0, a.columns - 8, 1, 8), 0, ALIGN_RIGHT,
                     theme_style(c, LOOK_DIM), v->focused ? "↑ ↓" : "");
    free(label);
}

void chart_draw_bars(const struct chart_view *v, bool ranked, struct canvas *c,
                     struct area a)
{
    if (a.rows < 2 || a.columns < 16)
        return;
    double lo, hi;
    scale_of(v, &lo, &hi);
    long *order = order_of(v, ranked), n = v->sheet.columns;
    draw_row_title(v, c, a);
    long first = ranked || n <= a.rows - 1 ? 0 : v->at.column - (a.rows - 1) / 2;
    first = first > n - (a.rows - 1) ? n - (a.rows - 1) : first;
    first = first < 0 ? 0 : first;
    int labels = a.columns / 3 < LABEL_MOST ? a.columns / 3 : LABEL_MOST;
    int bars = a.columns - labels - NUMBER_WIDTH - 2;
    for (long i = 0; i < n - first && i < a.rows - 1 && i < 200; i++) {
        long column = order[first + i];
        struct area row = area_part(a, (int)i + 1, 0, 1, a.columns);
        char *label = matrix_label(v->sheet.column_labels, column, 0, false, v->gloss);
        char number[RENDER_NUMBER];
        double value = cell(v, v->at.row, column);
        canvas_field(c, area_part(row, 0, 0, 1, labels), 0, ALIGN_RIGHT,
                     lit(c, v, !ranked && column == v->at.column, LOOK_TOKEN), label);
        draw_bar(v, value, lo, hi, c, area_part(row, 0, labels + 1, 1, bars));
        canvas_field(c, area_part(row, 0, labels + 1 + bars, 1, NUMBER_WIDTH + 1), 0,
                     ALIGN_RIGHT, theme_style(c, LOOK_NUMBER),
                     render_number(value, 3, number));
        free(label);
    }
    free(order);
}

/* ---- the plane ---- */

/* Where the plane lies on the canvas: a cell is twice as high as wide. */
struct plane {
    double x, y;    /* the middle of the area, in values */
    double columns; /* cells for one unit, to the right; half as many down */
    struct area area;
};

static struct plane plane_of(const struct chart_view *v, struct area a, bool origin)
{
    double least[2] = {INFINITY, INFINITY}, most[2] = {-INFINITY, -INFINITY};
    for (long r = 0; r < v->sheet.rows; r++)
        for (int k = 0; k < 2; k++) {
            double x = k < v->sheet.columns ? cell(v, r, k) : 0;
            least[k] = fmin(least[k], isfinite(x) ? x : 0);
            most[k] = fmax(most[k], isfinite(x) ? x : 0);
        }
    for (int k = 0; k < 2 && origin; k++) {
        least[k] = fmin(least[k], 0);
        most[k] = fmax(most[k], 0);
    }
    double wide = fmax(most[0] - least[0], 1e-9), high = fmax(most[1] - least[1], 1e-9);
    /* labels want room to the right, and a row above and below */
    double by_width = (a.columns - 12) / wide, by_height = 2 * (a.rows - 2) / high;
    return (struct plane){(least[0] + most[0]) / 2, (least[1] + most[1]) / 2,
                          fmin(by_width, by_height), a};
}

static void place_on(const struct plane *p, double x, double y, int *row, int *column)
{
    *column = (int)lround(p->area.columns / 2.0 - 3 + (x - p->x) * p->columns);
    *row = (int)lround((p->area.rows - 1) / 2.0 - (y - p->y) * p->columns / 2);
}

static void draw_axes(const struct plane *p, struct canvas *c)
{
    int row, column;
    place_on(p, 0, 0, &row, &column);
    struct style s = theme_style(c, LOOK_BORDER);
    for (int i = 0; i < p->area.columns; i++)
        canvas_text(c, p->area, row, i, s, "─");
    for (int i = 0; i < p->area.rows; i++)
        canvas_text(c, p->area, i, column, s, i == row ? "┼" : "│");
}

static void draw_arrow(const struct plane *p, double x, double y, struct style s,
                       struct canvas *c)
{
    int row, column, row0, column0;
    place_on(p, x, y, &row, &column);
    place_on(p, 0, 0, &row0, &column0);
    int steps = 2 * abs(row - row0) > abs(column - column0) ? 2 * abs(row - row0)
                                                            : abs(column - column0);
    for (int i = 1; i < steps; i++)
        canvas_text(c, p->area,
                    (int)lround(row0 + (double)(row - row0) * i / steps),
                    (int)lround(column0 + (double)(column - column0) * i / steps), s, "·");
    canvas_text(c, p->area, row, column, s, "●");
}

/* True when the cells are free, and then they are taken. */
static bool take(char *taken, struct area a, int row, int column, int width)
{
    if (row < 0 || row >= a.rows || column < 0 || column + width > a.columns)
        return false;
    for (int i = 0; i < width; i++)
        if (taken[row * a.columns + column + i])
            return false;
    memset(taken + row * a.columns + column, 1, (size_t)width);
    return true;
}

/* The label of a row beside its point, where there is room. */
static void draw_label(const struct chart_view *v, long r, const struct plane *p,
                       char *taken, struct canvas *c)
{
    int row, column;
    place_on(p, cell(v, r, 0), v->sheet.columns > 1 ? cell(v, r, 1) : 0, &row, &column);
    char *label =
        matrix_label(v->sheet.row_labels, r, v->sheet.first_row, false, v->gloss);
    int width = canvas_width(c, label);
    const int tries[][2] = {{0, 2},          {0, -1 - width}, {-1, -width / 2},
                            {1, -width / 2}, {-1, 1},         {1, 1}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
        if (take(taken, p->area, row + tries[i][0], column + tries[i][1], width)) {
            canvas_text(c, p->area, row + tries[i][0], column + tries[i][1],
                        lit(c, v, r == v->at.row, LOOK_TOKEN), label);
            break;
        }
    free(label);
}

/* Points take their cells first; the lit row gets its label first. */
static void draw_labels(const struct chart_view *v, const struct plane *p,
                        struct canvas *c)
{
    char *taken = mem_zero((size_t)(p->area.rows * p->area.columns) + 1, 1);
    for (long r = 0; r < v->sheet.rows; r++) {
        int row, column;
        place_on(p, cell(v, r, 0), v->sheet.columns > 1 ? cell(v, r, 1) : 0, &row,
                 &column);
        take(taken, p->area, row, column, 1);
    }
    draw_label(v, v->at.row, p, taken, c);
    for (long r = 0; r < v->sheet.rows && r < 400; r++)
        if (r != v->at.row)
            draw_label(v, r, p, taken, c);
    free(taken);
}

/* "(3.00, 3.00)  dot product 9.00  cosine 0.71  45°" */
static void draw_angle(const struct chart_view *v, struct canvas *c, struct area a)
{
    double x = cell(v, 0, 0), y = cell(v, 0, 1), u = cell(v, v->at.row, 0),
           w = cell(v, v->at.row, 1);
    double dot = x * u + y * w, cosine = dot / hypot(x, y) / hypot(u, w);
    char *text = mem_format("(%g, %g)·(%g, %g) = %g   cos %.2f   %.0f°", x, y, u, w, dot,
                            cosine, acos(fmax(-1, fmin(1, cosine))) * 180 / 3.14159265358979);
    canvas_field(c, a, 0, ALIGN_LEFT, theme_style(c, LOOK_RESULT), text);
    free(text);
}

void chart_draw_vectors(const struct chart_view *v, struct canvas *c, struct area a)
{
    if (a.rows < 5 || a.columns < 20 || v->sheet.columns < 2)
        return;
    struct plane p = plane_of(v, area_part(a, 0, 0, a.rows - 1, a.columns), true);
    draw_axes(&p, c);
    for (long r = 0; r < v->sheet.rows; r++)
        draw_arrow(&p, cell(v, r, 0), cell(v, r, 1),
                   theme_style(c, r == v->at.row ? LOOK_FOCUS
                                  : r == 0       ? LOOK_FORMULA
                                                 : LOOK_TEXT),
                   c);
    draw_labels(v, &p, c);
    draw_angle(v, c, area_part(a, a.rows - 1, 0, 1, a.columns));
}

void chart_draw_points(const struct chart_view *v, struct canvas *c, struct area a)
{
    if (a.rows < 5 || a.columns < 20)
        return;
    struct plane p = plane_of(v, area_part(a, 0, 0, a.rows - 1, a.columns), false);
    draw_axes(&p, c);
    for (long r = 0; r < v->sheet.rows; r++) {
        int row, column;
        place_on(&p, cell(v, r, 0), v->sheet.columns > 1 ? cell(v, r, 1) : 0, &row,
                 &column);
        canvas_text(c, p.area, row, column,
                    theme_style(c, r == v->at.row ? LOOK_FOCUS : LOOK_FORMULA), "●");
    }
    draw_labels(v, &p, c);
    char *text =
        mem_format("(%.2f, %.2f)", cell(v, v->at.row, 0),
                   v->sheet.columns > 1 ? cell(v, v->at.row, 1) : 0.0);
    canvas_field(c, area_part(a, a.rows - 1, 0, 1, a.columns), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_RESULT), text);
    free(text);
}

/* ---- exams ---- */

static void draw_share(double share, struct canvas *c, struct area a, enum look look)
{
    int full = (int)lround(share * a.columns);
    for (int i = 0; i < a.columns; i++)
        canvas_text(c, a, 0, i, theme_style(c, i < full ? look : LOOK_DIM),
                    i < full ? "█" : "·");
}

static int draw_exam(const struct chart_exam *x, struct canvas *c, struct area a)
{
    char number[64];
    enum look look = x->score ? LOOK_FORMULA : LOOK_DIM;
    canvas_field(c, area_part(a, 0, 0, 1, a.columns), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_TITLE), x->name);
    if (!x->score)
        return 2;
    snprintf(number, sizeof number, "%5.1f%%", 100 * x->score->exact_match);
    draw_share(x->score->exact_match, c, area_part(a, 1, 0, 1, a.columns - 8), look);
    canvas_field(c, area_part(a, 1, a.columns - 7, 1, 7), 0, ALIGN_RIGHT,
                 theme_style(c, LOOK_RESULT), number);
    snprintf(number, sizeof number, "%ld / %ld · %ld", x->score->right,
             x->score->sentences, x->size);
    canvas_field(c, area_part(a, 2, 0, 1, a.columns), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_DIM), number);
    return 4;
}

/* By kind of sentence, the exams side by side. */
static void draw_kinds(const struct chart_exam *exams, int count, struct canvas *c,
                       struct area a)
{
    const struct exam_score *s = exams[0].score;
    int width = 8, names = a.columns - count * width;
    for (size_t i = 0; s && i < s->kind_count && (int)i < a.rows; i++) {
        canvas_field(c, area_part(a, (int)i, 0, 1, names), 0, ALIGN_LEFT,
                     theme_style(c, LOOK_DIM), s->kinds[i].name);
        for (int k = 0; k < count; k++) {
            const struct exam_score *x = exams[k].score;
            if (!x || i >= x->kind_count || !x->kinds[i].sentences)
                continue;
            char number[32];
            snprintf(number, sizeof number, "%.1f%%",
                     100.0 * (double)x->kinds[i].right / (double)x->kinds[i].sentences);
            canvas_field(c, area_part(a, (int)i, names + k * width, 1, width), 0,
                         ALIGN_RIGHT, theme_style(c, LOOK_NUMBER), number);
        }
    }
}

void chart_draw_exams(const struct chart_exam *exams, int count, struct canvas *c,
                      struct area a)
{
    if (a.columns < 20)
        return;
    int row = 1;
    canvas_field(c, area_part(a, 0, 0, 1, a.columns), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_AXIS), say(SAY_LAB_EXAM));
    for (int i = 0; i < count; i++)
        row += draw_exam(&exams[i], c, area_part(a, row, 0, a.rows - row, a.columns));
    if (a.rows - row >= 2)
        draw_kinds(exams, count, c, area_part(a, row, 0, a.rows - row, a.columns));
}
