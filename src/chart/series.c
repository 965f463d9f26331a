#include "chart/series.h"

#include "chart/tell.h"
#include "study/render.h"

#include <math.h>
#include <stdlib.h>

#define SEEN 0.005 /* of the height of the picture */

double series_place(const struct series_axis *axis, double value)
{
    if (!isfinite(value) || (axis->log && value <= 0))
        return NAN;
    return axis->log ? log10(value) : value;
}

double series_value(const struct series_axis *axis, double place)
{
    return axis->log ? pow(10, place) : place;
}

static double cell(const struct series_set *s, int seen, long point)
{
    long one = s->seen[seen];
    return s->by_column ? chart_cell(s->v, point, one) : chart_cell(s->v, one, point);
}

double series_point(const struct series_set *s, int seen, long point)
{
    return series_place(&s->y, cell(s, seen, point));
}

/* ---- which ---- */

/* Of rows those around the lit one. Of columns, of which a matrix of positions has many
 * that change ever more slowly, some from all over it, one of them the lit one. */
static void choose(struct series_set *s)
{
    long lit = s->by_column ? s->v->at.column : s->v->at.row, nearest = 0;
    s->seen_count = s->count < SERIES_MOST ? (int)s->count : SERIES_MOST;
    long first = scroll_first(lit, s->seen_count, s->count);
    for (int i = 0; i < s->seen_count; i++) {
        s->seen[i] = s->by_column && s->seen_count > 1
                         ? i * (s->count - 1) / (s->seen_count - 1)
                         : first + i;
        if (labs(s->seen[i] - lit) < labs(s->seen[nearest] - lit))
            nearest = i;
    }
    if (s->seen_count)
        s->seen[nearest] = lit;
}

/* ---- the axes ---- */

static bool read_number(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && !*end && isfinite(*out);
}

/* Numbers that rise are places themselves; other labels stand side by side. */
static void place_points(struct series_set *s)
{
    const struct labels *l =
        s->by_column ? s->v->sheet.row_labels : s->v->sheet.column_labels;
    s->places = mem_alloc((size_t)s->points, sizeof *s->places);
    s->numeric = l && (long)l->count >= s->points && s->points > 0;
    for (long i = 0; i < s->points && s->numeric; i++)
        s->numeric = read_number(l->items[i].text, &s->places[i]) &&
                     (i == 0 || s->places[i] > s->places[i - 1]);
    for (long i = 0; i < s->points; i++) {
        double x = s->numeric ? s->places[i] : (double)i + 1;
        s->places[i] = series_place(&s->x, x);
    }
}

static void stretch(struct series_axis *axis, double place)
{
    axis->lo = fmin(axis->lo, place);
    axis->hi = fmax(axis->hi, place);
}

static void close_axis(struct series_axis *axis)
{
    if (axis->lo > axis->hi)
        axis->lo = axis->hi = 0;
    double room = 1e-9 * fmax(fabs(axis->lo), fabs(axis->hi));
    if (axis->hi - axis->lo <= room) {
        double half = axis->log ? 0.5 : fmax(0.5, fabs(axis->lo) / 2);
        axis->lo -= half;
        axis->hi += half;
    }
}

static void find_axes(struct series_set *s)
{
    s->x.lo = s->y.lo = INFINITY;
    s->x.hi = s->y.hi = -INFINITY;
    for (long p = 0; p < s->points; p++)
        for (int i = 0; i < s->seen_count; i++) {
            double y = series_point(s, i, p);
            if (isnan(y) || isnan(s->places[p])) {
                s->left_out++;
                continue;
            }
            stretch(&s->x, s->places[p]);
            stretch(&s->y, fmax(-1e300, fmin(1e300, y)));
        }
    close_axis(&s->x);
    close_axis(&s->y);
}

/* ---- crossings ---- */

static void add_crossing(struct series_set *s, int one, int two, double x, double y)
{
    s->crossing_total++;
    if (s->crossing_count < SERIES_CROSSINGS_MOST)
        s->crossings[s->crossing_count++] = (struct series_crossing){
            one, two, series_value(&s->x, x), series_value(&s->y, y)};
}

/* How two curves lie to each other, from point to point. */
struct meeting {
    double before;     /* the last difference that was not 0 */
    double x, y;       /* where that was */
    long met;          /* where it has become 0; -1: it has not */
    int side;          /* who was visibly above: 1, -1; 0: nobody yet */
    double at_x, at_y; /* the last change of sides */
};

static double sign_of(double x)
{
    return x > 0 ? 1 : -1;
}

/* The difference at a point, which is not 0. Between two points the curves are straight
 * on their axes; those that run together for a while cross where they meet. */
static void change_sides(const struct series_set *s, struct meeting *m, int one, long p,
                         double d)
{
    double x = s->places[p], y = series_point(s, one, p);
    if (m->before * sign_of(d) < 0) {
        double t = m->before / (m->before - d);
        bool met = m->met >= 0;
        m->at_x = met ? s->places[m->met] : m->x + t * (x - m->x);
        m->at_y = met ? series_point(s, one, m->met) : m->y + t * (y - m->y);
    }
    m->before = d;
    m->x = x;
    m->y = y;
    m->met = -1;
}

/* Curves that only touch do not cross, nor do those of which nobody could see that one
 * lies above the other. */
static void cross(struct series_set *s, int one, int two)
{
    struct meeting m = {.met = -1};
    double seen = SEEN * (s->y.hi - s->y.lo);
    for (long p = 0; p < s->points; p++) {
        double d = series_point(s, one, p) - series_point(s, two, p);
        if (isnan(d) || isnan(s->places[p])) { /* a gap */
            m = (struct meeting){.met = -1};
            continue;
        }
        if (d == 0) {
            m.met = m.met < 0 ? p : m.met;
            continue;
        }
        change_sides(s, &m, one, p, d);
        if (fabs(d) < seen)
            continue;
        if (m.side * sign_of(d) < 0)
            add_crossing(s, one, two, m.at_x, m.at_y);
        m.side = (int)sign_of(d);
    }
}

struct series_set series_of(const struct chart *v, bool by_column)
{
    const struct sheet *sheet = &v->sheet;
    struct series_set s = {.v = v, .by_column = by_column};
    s.count = by_column ? sheet->columns : sheet->rows;
    s.points = by_column ? sheet->rows : sheet->columns;
    s.x.log = v->log & CHART_LOG_X;
    s.y.log = v->log & CHART_LOG_Y;
    choose(&s);
    place_points(&s);
    find_axes(&s);
    for (int i = 0; i < s.seen_count && !by_column; i++)
        for (int k = i + 1; k < s.seen_count; k++)
            cross(&s, i, k);
    return s;
}

void series_free(struct series_set *s)
{
    free(s->places);
}

/* ---- texts ---- */

char *series_label(const struct series_set *s, int seen)
{
    return s->by_column ? chart_column_label(s->v, s->seen[seen])
                        : chart_row_label(s->v, s->seen[seen]);
}

char *series_x_label(const struct series_set *s, long point)
{
    return s->by_column ? chart_row_label(s->v, point) : chart_column_label(s->v, point);
}

/* "나 … 는" or "나": the points around a place on x. */
static char *around(const struct series_set *s, double place)
{
    long after = 0;
    while (after + 1 < s->points && !(s->places[after] >= place))
        after++;
    char *two = series_x_label(s, after);
    if (after == 0 || s->places[after] == place)
        return two;
    char *one = series_x_label(s, after - 1), *text = mem_format("%s … %s", one, two);
    free(one);
    free(two);
    return text;
}

char *series_crossing_text(const struct series_set *s, const struct series_crossing *k)
{
    char y[RENDER_NUMBER];
    render_number(k->y, render_digits(k->y, 3), y);
    bool named = !s->numeric &&
                 (s->by_column ? s->v->sheet.row_labels : s->v->sheet.column_labels);
    char *x = named ? around(s, series_place(&s->x, k->x)) : mem_format("x = %.4g", k->x);
    char *text = mem_format("%s, y = %s", x, y);
    free(x);
    return text;
}

void series_tell_lines(const struct chart *v, long most, struct buffer *out)
{
    struct series_set s = series_of(v, false);
    tell_rows(v, most, out);
    for (int i = 0; i < s.crossing_count; i++) {
        const struct series_crossing *k = &s.crossings[i];
        char *one = tell_label(v->sheet.row_labels, s.seen[k->one], false);
        char *two = tell_label(v->sheet.row_labels, s.seen[k->two], false);
        char *at = series_crossing_text(&s, k);
        buffer_addf(out, "- %s × %s: %s\n", one, two, at);
        free(one);
        free(two);
        free(at);
    }
    if (s.crossing_total > s.crossing_count)
        buffer_addf(out, "- × +%d\n", s.crossing_total - s.crossing_count);
    series_free(&s);
}

/* "- 13: -0.99 … 1.00": the ends of each curve. */
void series_tell_waves(const struct chart *v, long most, struct buffer *out)
{
    struct series_set s = series_of(v, true);
    for (int i = 0; i < s.seen_count && i < most; i++) {
        char *label = tell_label(v->sheet.column_labels, s.seen[i], false);
        double least = INFINITY, large = -INFINITY;
        char a[RENDER_NUMBER], b[RENDER_NUMBER];
        for (long p = 0; p < s.points; p++) {
            double y = cell(&s, i, p);
            least = isfinite(y) ? fmin(least, y) : least;
            large = isfinite(y) ? fmax(large, y) : large;
        }
        if (least <= large)
            buffer_addf(out, "- %s: %s … %s\n", label, render_number(least, 2, a),
                        render_number(large, 2, b));
        else
            buffer_addf(out, "- %s: –\n", label);
        free(label);
    }
    series_free(&s);
}
