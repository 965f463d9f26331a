/* The charts "vectors" and "points": the rows of a matrix of two columns in the plane, as
 * arrows from the origin, with the angle between the lit row and the first one; or as
 * points. */
#include "chart/dots.h"
#include "chart/plane_page.h"
#include "chart/plane_point.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
#define DOT '*' /* where there is ASCII alone */

/* Where the plane lies on the canvas. A cell is twice as high as wide, and has 2 × 4
 * dots of braille, which are square. */
struct plane {
    double x, y; /* the middle of the area, in values */
    double least[2], most[2];
    double unit; /* in dots */
    struct dots dots;
    char *taken; /* cells besides those with dots in which no label may stand */
    struct area area;
    struct canvas *canvas;
};

static struct plane plane_new(const struct chart *v, struct canvas *c, struct area a,
                              bool origin)
{
    size_t cells = (size_t)(a.rows * a.columns);
    struct plane p = {.area = a, .canvas = c};
    p.dots = dots_new(a);
    p.taken = mem_zero(cells, 1);
    plane_extent(v, origin, p.least, p.most);
    double wide = p.most[0] - p.least[0], high = p.most[1] - p.least[1];
    double size = fmax(fmax(fabs(p.most[0]), fabs(p.least[0])), 1e-6);
    if (wide < 1e-6 * size && high < 1e-6 * size)
        wide = high = size;
    /* labels want room on the sides, and a row above and below */
    int room = a.columns > 60 ? 20 : a.columns / 3;
    p.unit = fmin(2 * (a.columns - room) / fmax(wide, 1e-6 * size),
                  4 * (a.rows - 2) / fmax(high, 1e-6 * size));
    p.x = (p.least[0] + p.most[0]) / 2;
    p.y = (p.least[1] + p.most[1]) / 2;
    return p;
}

static void plane_free(struct plane *p)
{
    dots_free(&p->dots);
    free(p->taken);
}

/* In dots from the upper left corner; what is far outside stays outside. */
static void plane_dot(const struct plane *p, const double at[2], int *x, int *y)
{
    double right = p->area.columns + (at[0] - p->x) * p->unit;
    double down = 2 * p->area.rows - (at[1] - p->y) * p->unit;
    *x = (int)lround(fmax(-9999, fmin(9999, right)));
    *y = (int)lround(fmax(-9999, fmin(9999, down)));
}

static int floor_div(int a, int b)
{
    return a >= 0 ? a / b : -((b - 1 - a) / b);
}

/* A line from the origin with its head. */
static void put_arrow(struct plane *p, const double at[2], struct style s)
{
    static const double origin[2] = {0, 0};
    int x0, y0, x, y;
    plane_dot(p, origin, &x0, &y0);
    plane_dot(p, at, &x, &y);
    dots_line(&p->dots, x0, y0, x, y, s, DOT);
    double length = hypot(x - x0, y - y0), head = fmin(5, length / 3);
    double angle = atan2(y - y0, x - x0);
    for (int side = -1; side <= 1 && length > 3; side += 2)
        dots_line(&p->dots, x, y, x - head * cos(angle + side * PI / 7),
                  y - head * sin(angle + side * PI / 7), s, DOT);
}

static void draw_axes(const struct plane *p)
{
    static const double origin[2] = {0, 0};
    int x, y;
    plane_dot(p, origin, &x, &y);
    int row = floor_div(y, 4), column = floor_div(x, 2);
    struct style s = theme_style(p->canvas, LOOK_BORDER);
    canvas_hline(p->canvas, p->area, row, s);
    canvas_vline(p->canvas, p->area, column, s);
    if (row >= 0 && row < p->area.rows)
        canvas_text(p->canvas, p->area, row, column, s, "┼");
}

/* True when the cells are free, and then they are taken; what must be seen takes them
 * from dots too. */
static bool take(struct plane *p, int row, int column, int width, bool must)
{
    if (row < 0 || row >= p->area.rows || column < 0 || column + width > p->area.columns)
        return false;
    int first = row * p->area.columns + column;
    for (int i = first; i < first + width && !must; i++)
        if (p->taken[i] || p->dots.on[i])
            return false;
    memset(p->taken + first, 1, (size_t)width);
    return true;
}

/* The label of a row beside its point, where there is room; else none. */
static bool draw_label(const struct chart *v, long r, struct plane *p, bool must)
{
    double at[2];
    int x, y;
    if (!plane_point(v, r, at))
        return true;
    plane_dot(p, at, &x, &y);
    int row = floor_div(y, 4), column = floor_div(x, 2);
    char *label = plane_label(v, r);
    int width = canvas_width(p->canvas, label);
    const int tries[][2] = {{0, 2},          {0, -1 - width}, {-1, -width / 2},
                            {1, -width / 2}, {-1, 1},         {1, 1}};
    bool done = false;
    for (size_t i = 0; i < sizeof tries / sizeof *tries && !done; i++) {
        done = take(p, row + tries[i][0], column + tries[i][1], width, must);
        if (done)
            canvas_text(p->canvas, p->area, row + tries[i][0], column + tries[i][1],
                        chart_lit(p->canvas, v, r == v->at.row, LOOK_TOKEN), label);
    }
    free(label);
    return done;
}

/* The lit row gets its label first, and in any case. */
static void draw_labels(const struct chart *v, struct plane *p)
{
    if (!draw_label(v, v->at.row, p, false))
        draw_label(v, v->at.row, p, true);
    for (long r = 0; r < v->sheet.rows && r < PLANE_LABELLED_MOST; r++)
        if (r != v->at.row)
            draw_label(v, r, p, false);
}

/* "(3, 0)·(3, 3) = 9   cos 0.71   45°" */
static void draw_angle(const struct chart *v, struct canvas *c, struct area a)
{
    char *text = plane_angle(v);
    if (text)
        canvas_field(c, a, 0, ALIGN_LEFT, theme_style(c, LOOK_RESULT), text);
    free(text);
}

/* Lit arrows and points come last, so that nothing hides them. */
static enum look look_of(const struct chart *v, long row)
{
    return row == v->at.row ? LOOK_FOCUS : row == 0 ? LOOK_FORMULA : LOOK_TEXT;
}

static void draw_vectors(const struct chart *v, struct canvas *c, struct area a)
{
    double at[2];
    if (a.rows < 5 || a.columns < 20)
        return;
    struct plane p = plane_new(v, c, area_part(a, 0, 0, a.rows - 1, a.columns), true);
    draw_axes(&p);
    for (long i = 1; i <= v->sheet.rows; i++) {
        long row = (v->at.row + i) % v->sheet.rows;
        if (plane_point(v, row, at))
            put_arrow(&p, at, theme_style(c, look_of(v, row)));
    }
    dots_draw(&p.dots, c);
    draw_labels(v, &p);
    draw_angle(v, c, area_part(a, a.rows - 1, 0, 1, a.columns));
    plane_free(&p);
}

/* "(0.31, -1.20)                     x -3.02…4.11  y -2.50…2.73" */
static void draw_ranges(const struct chart *v, const struct plane *p,
                        struct canvas *c, struct area a)
{
    double at[2];
    char *ranges = mem_format("x %.2f…%.2f  y %.2f…%.2f", p->least[0], p->most[0],
                              p->least[1], p->most[1]);
    int room = a.columns - canvas_width(c, ranges);
    char *point =
        plane_point(v, v->at.row, at) ? mem_format("(%.2f, %.2f)", at[0], at[1]) : NULL;
    if (point)
        canvas_text(c, a, 0, 0, theme_style(c, LOOK_RESULT), point);
    if (!point || room > canvas_width(c, point))
        canvas_text(c, a, 0, room, theme_style(c, LOOK_DIM), ranges);
    free(point);
    free(ranges);
}

/* ---- points by their word classes ---- */

static const enum look class_looks[CHART_CLASSES_MOST] = {LOOK_FORMULA, LOOK_WARNING,
                                                          LOOK_STAGE_ID, LOOK_TOKEN};

/* How many points of each class stand in each cell; behind those the dots of others. */
static long *count_classes(const struct chart *v, struct plane *p)
{
    int kinds = CHART_CLASSES_MOST;
    long *counts =
        mem_zero((size_t)(p->area.rows * p->area.columns * kinds), sizeof *counts);
    for (long r = 0; r < v->sheet.rows; r++) {
        double at[2];
        int x, y, of = plane_class(v, r);
        if (!plane_point(v, r, at))
            continue;
        plane_dot(p, at, &x, &y);
        int row = floor_div(y, 4), column = floor_div(x, 2);
        bool inside = row >= 0 && row < p->area.rows && column >= 0 &&
                      column < p->area.columns;
        if (of < 0)
            dots_point(&p->dots, x, y, theme_style(p->canvas, LOOK_DIM), DOT);
        else if (inside)
            counts[(row * p->area.columns + column) * kinds + of]++;
    }
    return counts;
}

/* In each cell the letter of the class that has the most points there. */
static void draw_letters(const struct chart *v, struct plane *p)
{
    long *counts = count_classes(v, p);
    dots_draw(&p->dots, p->canvas);
    for (int i = 0; i < p->area.rows * p->area.columns; i++) {
        const long *here = counts + i * CHART_CLASSES_MOST;
        int most = 0;
        for (int k = 1; k < CHART_CLASSES_MOST; k++)
            most = here[k] > here[most] ? k : most;
        if (here[most])
            canvas_textf(p->canvas, p->area, i / p->area.columns, i % p->area.columns,
                         theme_style(p->canvas, class_looks[most]), "%c",
                         plane_class_letter(v, most));
    }
    free(counts);
}

/* "n noun  v verb-stem  ⠂ others"; without the others, and each name in its share of the
 * room, where they are too long. */
static void draw_class_legend(const struct chart *v, struct canvas *c, struct area a)
{
    int count = plane_classes(v), width = 0, column = 0;
    char *texts[CHART_CLASSES_MOST + 1];
    for (int i = 0; i <= count; i++) {
        char *name = i < count ? plane_class_name(v, i) : NULL;
        texts[i] = name ? mem_format("%c %s", plane_class_letter(v, i), name)
                        : mem_format("%s %s", c->ascii ? "*" : "⠂",
                                     say(SAY_CHART_OTHER_CLASSES));
        width += canvas_width(c, texts[i]) + (i ? 2 : 0);
        free(name);
    }
    bool fits = width <= a.columns;
    for (int i = 0; i < count + fits; i++) {
        int room = fits ? canvas_width(c, texts[i]) : (a.columns + 2) / count - 2;
        canvas_field(c, area_part(a, 0, column, 1, room), 0, ALIGN_LEFT,
                     theme_style(c, i < count ? class_looks[i] : LOOK_DIM), texts[i]);
        column += room + 2;
    }
    for (int i = 0; i <= count; i++)
        free(texts[i]);
}

/* The lit point stands above all letters, with its label. */
static void draw_by_class(const struct chart *v, struct canvas *c, struct area a)
{
    double at[2];
    int x, y;
    struct plane p = plane_new(v, c, area_part(a, 0, 0, a.rows - 2, a.columns), false);
    draw_axes(&p);
    draw_letters(v, &p);
    if (plane_point(v, v->at.row, at)) {
        plane_dot(&p, at, &x, &y);
        canvas_text(c, p.area, floor_div(y, 4), floor_div(x, 2),
                    theme_style(c, LOOK_FOCUS), "●");
        draw_label(v, v->at.row, &p, true);
    }
    draw_class_legend(v, c, area_part(a, a.rows - 2, 0, 1, a.columns));
    draw_ranges(v, &p, c, area_part(a, a.rows - 1, 0, 1, a.columns));
    plane_free(&p);
}

static void draw_points(const struct chart *v, struct canvas *c, struct area a)
{
    double at[2];
    int x, y;
    if (a.rows < 5 || a.columns < 20)
        return;
    if (v->classes) {
        draw_by_class(v, c, a);
        return;
    }
    struct plane p = plane_new(v, c, area_part(a, 0, 0, a.rows - 1, a.columns), false);
    draw_axes(&p);
    for (long i = 1; i <= v->sheet.rows; i++) {
        long row = (v->at.row + i) % v->sheet.rows;
        if (!plane_point(v, row, at))
            continue;
        plane_dot(&p, at, &x, &y);
        dots_point(&p.dots, x, y, theme_style(c, LOOK_FORMULA), DOT);
        if (v->sheet.rows >= PLANE_SCATTER_LEAST && row != v->at.row)
            continue;
        struct style s = theme_style(c, row == v->at.row ? LOOK_FOCUS : LOOK_FORMULA);
        int cell = floor_div(y, 4) * p.area.columns + floor_div(x, 2);
        p.dots.on[cell] = 0;
        p.taken[cell] = 1;
        canvas_text(c, p.area, floor_div(y, 4), floor_div(x, 2), s, "●");
    }
    dots_draw(&p.dots, c);
    draw_labels(v, &p);
    draw_ranges(v, &p, c, area_part(a, a.rows - 1, 0, 1, a.columns));
    plane_free(&p);
}

const struct chart_kind vectors_chart = {
    .name = "vectors",
    .help = {"rows of two numbers as arrows", "숫자 두 개인 행들을 화살표로"},
    .needs = CHART_NEEDS_MATRIX | CHART_NEEDS_PLANE,
    .cells = draw_vectors,
    .page = plane_vectors_page,
    .words = plane_tell_vectors,
    .one_row = true,
};

const struct chart_kind points_chart = {
    .name = "points",
    .help = {"rows of two numbers as points", "숫자 두 개인 행들을 점으로"},
    .needs = CHART_NEEDS_MATRIX | CHART_NEEDS_PLANE,
    .cells = draw_points,
    .page = plane_points_page,
    .words = plane_tell_points,
    .one_row = true,
};
