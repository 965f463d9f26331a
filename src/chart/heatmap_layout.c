#include "chart/heatmap_layout.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define LABEL_SIZE 11.0
#define LEAST_LABEL 7.0
#define LEAST_VALUE 4.0
#define BAR_GAP 18.0
#define LEAST_BAR 84.0
#define MOST_BAR 300.0

double heatmap_value(const struct heatmap_values *v, long row, long column)
{
    return tensor_get(v->tensor, v->first + row * v->columns + column);
}

void heatmap_print(char *out, size_t size, double value, int digits)
{
    char number[48];
    bool minus = value < 0;
    if (isnan(value))
        snprintf(number, sizeof number, "NaN");
    else if (isinf(value))
        snprintf(number, sizeof number, "\xe2\x88\x9e");
    else
        snprintf(number, sizeof number, "%.*f", digits > 0 ? digits : 2, fabs(value));
    if (isfinite(value) && strspn(number, "0.") == strlen(number))
        minus = false; /* no "-0.00" */
    /* An en dash serves as the minus sign: Korean faces lack the sign itself. */
    snprintf(out, size, "%s%s", minus ? "\xe2\x80\x93" : "", number);
}

/* --- what the values need --------------------------------------------------------- */

struct heatmap_summary heatmap_summarise(const struct heatmap_values *v)
{
    struct heatmap_summary s = {DBL_MAX, -DBL_MAX, {false}};
    for (long i = 0; i < v->rows * v->columns; i++) {
        double x = tensor_get(v->tensor, v->first + i);
        enum colormap_kind kind = colormap_kind_of(x);
        s.present[kind] = true;
        if (kind == COLORMAP_FINITE) {
            s.least = fmin(s.least, x);
            s.most = fmax(s.most, x);
        }
    }
    if (!s.present[COLORMAP_FINITE])
        s.least = s.most = 0;
    return s;
}

double heatmap_share(const struct heatmap_values *v, long row, double value)
{
    struct heatmap_values one = *v;
    one.first += row * v->columns;
    one.rows = 1;
    struct heatmap_summary s = heatmap_summarise(&one);
    double largest = fmax(s.most, -s.least);
    return largest > 0 ? value / largest : 0;
}

static struct colorbar make_colorbar(const struct heatmap *h)
{
    struct heatmap_summary s = heatmap_summarise(&h->values);
    if (h->by_row) /* the bar shows shares of the largest in a row */
        s.least = s.least < 0 ? -1 : 0, s.most = 1;
    struct colormap_range range =
        h->range && !h->by_row ? *h->range : colormap_range_of(s.least, s.most);
    enum colormap_ground ground = frame_colors(h->theme)->ground;
    struct colorbar c = {.map = h->map ? h->map
                                       : colormap_default(ground, range.diverging),
                         .range = range,
                         .below = s.least < range.lo,
                         .above = range.hi < s.most,
                         .title = h->value_title};
    memcpy(c.present, s.present, sizeof c.present);
    c.name[COLORMAP_MINUS_INFINITY] = h->masked_name;
    return c;
}

/* The width of the widest printed value at size 1. */
static double value_width(const struct heatmap *h)
{
    /* All digits are equally wide: only the longest text of each length is measured. */
    size_t longest = 0;
    double most = 0;
    struct draw_style style = {.size = 10};
    for (long r = 0; r < h->values.rows; r++)
        for (long c = 0; c < h->values.columns; c++) {
            char text[64];
            double x = heatmap_value(&h->values, r, c);
            heatmap_print(text, sizeof text, x, h->digits);
            size_t length = strlen(text) + (isfinite(x) ? 0 : 1);
            if (length <= longest)
                continue;
            longest = length;
            most = fmax(most, draw_measure(text, &style).width);
        }
    return most / style.size;
}

/* --- what the labels need --------------------------------------------------------- */

/* The widest texts of an axis, at size 1. */
struct widths {
    double label, gloss, both; /* `both` stand on one line */
};

const char *heatmap_label(const struct heatmap_axis *axis, long i, char number[24])
{
    if (axis->labels)
        return axis->labels[i];
    snprintf(number, 24, "%ld", i + 1);
    return number;
}

const char *heatmap_gloss(const struct heatmap_axis *axis, long i)
{
    const char *gloss = axis->glosses ? axis->glosses[i] : NULL;
    return gloss && gloss[0] ? gloss : NULL;
}

static struct widths measure_axis(const struct heatmap_axis *axis, long count)
{
    struct draw_style style = {.size = LABEL_SIZE};
    struct widths w = {0, 0, 0};
    char number[24];
    for (long i = axis->labels ? 0 : count - 1; i < count; i++) {
        double label = draw_measure(heatmap_label(axis, i, number), &style).width;
        double gloss = 0, both = label;
        if (heatmap_gloss(axis, i)) {
            gloss = HEATMAP_GLOSS * draw_measure(heatmap_gloss(axis, i), &style).width;
            both = label + HEATMAP_GLOSS_GAP * LABEL_SIZE + gloss;
        }
        w.label = fmax(w.label, label / LABEL_SIZE);
        w.gloss = fmax(w.gloss, gloss / LABEL_SIZE);
        w.both = fmax(w.both, both / LABEL_SIZE);
    }
    return w;
}

/* The size of labels that have `room` points across each, and how many share a place:
 * every n-th is drawn when even the least size is too high. */
static double label_size(double room, long *step)
{
    double size = fmin(LABEL_SIZE, room / 1.3);
    *step = 1;
    if (size < LEAST_LABEL) {
        size = LEAST_LABEL;
        *step = (long)ceil(size * 1.2 / room);
    }
    return size;
}

/* Numbers are drawn at neat steps: 1, 2, 5, 10, 20, … */
static long neat_label_step(long step)
{
    static const long parts[] = {1, 2, 5};
    for (long power = 1;; power *= 10)
        for (int i = 0; i < 3; i++)
            if (parts[i] * power >= step)
                return parts[i] * power;
}

bool heatmap_label_is_drawn(const struct heatmap_axis *axis, long i, long step)
{
    return axis->labels ? i % step == 0 : (i + 1) % step == 0 || step == 1;
}

/* --- arranging -------------------------------------------------------------------- */

/* All that is measured once, before sizes are chosen. */
struct measures {
    struct widths row, column;
    double value; /* 0 when none is printed */
    double row_title, column_title;
};

/* What the page needs around the cells. */
struct margins {
    double left, right, top, bottom;
};

static struct measures measure_all(const struct heatmap *h)
{
    struct draw_style axis = {.size = HEATMAP_AXIS_SIZE};
    struct measures m = {measure_axis(&h->row, h->values.rows),
                         measure_axis(&h->column, h->values.columns),
                         h->print_values ? value_width(h) : 0, 0, 0};
    if (h->row.title)
        m.row_title = draw_measure(h->row.title, &axis).width;
    if (h->column.title)
        m.column_title = draw_measure(h->column.title, &axis).width;
    return m;
}

/* The side of a cell for an axis of `n` cells, in steps of half a point. */
static double natural_cell(long n)
{
    double side = n <= 4 ? 56 : fmax(11, fmin(48, 400.0 / (double)n));
    if (n > 90)
        side = fmax(1, 990.0 / (double)n);
    return floor(2 * side) / 2;
}

static bool is_square(const struct heatmap_values *v)
{
    long more = v->rows > v->columns ? v->rows : v->columns;
    long less = v->rows > v->columns ? v->columns : v->rows;
    return more <= 40 || more <= 6 * less;
}

/* Cells as large as the number of rows and columns suggests, and as values need. */
static void choose_cells(const struct heatmap *h, const struct measures *m,
                         struct heatmap_layout *l)
{
    const struct heatmap_values *v = &h->values;
    l->cell_w = natural_cell(v->columns);
    l->cell_h = natural_cell(v->rows);
    if (is_square(v))
        l->cell_w = l->cell_h = fmin(l->cell_w, l->cell_h);
    if (m->value > 0) {
        double w = ceil(m->value * 9 + 8);
        l->cell_w = fmax(l->cell_w, w);
        l->cell_h = fmax(l->cell_h, is_square(v) ? fmin(w, l->cell_w) * 0.75 : 18);
    }
}

/* Chooses how the labels are set for the cells as they are. */
static void choose_labels(const struct heatmap *h, const struct measures *m,
                          struct heatmap_layout *l)
{
    l->row_size = label_size(l->cell_h, &l->row_step);
    l->row_two_lines =
        h->row.glosses && l->cell_h >= l->row_size * (1 + HEATMAP_GLOSS) * HEATMAP_LINE;
    l->row_room =
        l->row_size * (l->row_two_lines ? fmax(m->row.label, m->row.gloss) : m->row.both);
    double flat = fmax(m->column.label, m->column.gloss);
    l->column_step = 1;
    l->column_size = LABEL_SIZE;
    if (flat * LABEL_SIZE + 6 <= l->cell_w) {
        l->column_angle = 0;
        l->column_room =
            LABEL_SIZE * HEATMAP_LINE * (h->column.glosses ? 1 + HEATMAP_GLOSS : 1);
    } else if (h->column.labels && l->cell_w >= 1.9 * LABEL_SIZE) {
        l->column_angle = 45;
        l->column_room = LABEL_SIZE * (m->column.both + 1) * sin(45 * M_PI / 180);
    } else {
        l->column_angle = 90;
        l->column_size = label_size(l->cell_w, &l->column_step);
        l->column_room = l->column_size * m->column.both;
    }
    if (!h->column.labels && l->column_angle > 0) { /* numbers stay upright */
        l->column_angle = 0;
        l->column_size = fmin(9, LABEL_SIZE);
        l->column_step = (long)ceil((flat * l->column_size + 5) / l->cell_w);
        l->column_room = l->column_size * HEATMAP_LINE;
    }
    if (!h->column.labels)
        l->column_step = neat_label_step(l->column_step);
    if (!h->row.labels)
        l->row_step = neat_label_step(l->row_step);
}

static double bar_height(const struct heatmap *h, const struct heatmap_layout *l)
{
    double cells_h = l->cell_h * (double)h->values.rows;
    double room = cells_h - colorbar_legend_height(&l->colorbar);
    return fmax(LEAST_BAR, fmin(MOST_BAR, room));
}

static struct margins choose_margins(const struct heatmap *h, const struct measures *m,
                                     const struct heatmap_layout *l)
{
    double title = HEATMAP_AXIS_SIZE * HEATMAP_LINE + HEATMAP_AXIS_GAP;
    double cells_w = l->cell_w * (double)h->values.columns;
    double cells_h = l->cell_h * (double)h->values.rows;
    double lean =
        l->column_angle == 45 ? l->column_room + 0.4 * LABEL_SIZE - l->cell_w / 2 : 0;
    double labels = HEATMAP_LABEL_GAP + l->column_room + (h->column.title ? title : 0);
    double bar = colorbar_width(&l->colorbar, bar_height(h, l));
    struct margins g = {.left = FRAME_MARGIN + HEATMAP_LABEL_GAP + l->row_room,
                        .right = FRAME_MARGIN + BAR_GAP + bar,
                        .top = h->columns_below ? 0 : labels,
                        .bottom = h->columns_below ? labels : 0};
    if (h->row.title)
        g.left += title;
    if (h->columns_below)
        g.left = fmax(g.left, FRAME_MARGIN + lean);
    else
        g.right = fmax(g.right, FRAME_MARGIN + lean);
    double half = (m->row_title - cells_h) / 2; /* the turned title may be longer */
    g.top = fmax(g.top, half);
    g.bottom = fmax(g.bottom, half);
    g.bottom =
        fmax(g.bottom, bar_height(h, l) + colorbar_legend_height(&l->colorbar) - cells_h);
    half = FRAME_MARGIN + (m->column_title - cells_w) / 2;
    g.left = fmax(g.left, half);
    g.right = fmax(g.right, half);
    g.top += FRAME_MARGIN;
    g.bottom += FRAME_MARGIN;
    return g;
}

/* Fits the cells into the width that was asked for. The margins depend on the cells and
 * the cells on the margins, so a few rounds are made; the last one keeps the labels. */
static int fit_width(const struct heatmap *h, const struct measures *m,
                     struct heatmap_layout *l, struct margins *g, struct error *e)
{
    double columns = (double)h->values.columns, ratio = l->cell_h / l->cell_w;
    for (int round = 0; round < 4; round++) {
        double w = (h->width - g->left - g->right) / columns;
        if (!(w * columns >= 24 && w >= 0.5)) {
            double least = g->left + g->right + fmax(24, 0.5 * columns);
            return error_set(e,
                             "a figure %.0f points wide has no room for %ld columns with "
                             "their labels: choose a width of at least %.0f",
                             h->width, h->values.columns, ceil(least));
        }
        l->cell_w = w;
        if (is_square(&h->values))
            l->cell_h = w * ratio;
        if (round == 3)
            break;
        choose_labels(h, m, l);
        *g = choose_margins(h, m, l);
    }
    return 0;
}

static int choose_values(const struct measures *m, struct heatmap_layout *l,
                         struct error *e)
{
    l->value_size = 0;
    if (!(m->value > 0))
        return 0;
    l->value_size = fmin(10, fmin((l->cell_w - 4) / m->value, l->cell_h / 1.5));
    if (l->value_size < LEAST_VALUE)
        return error_set(e,
                         "the printed values do not fit into cells of %.0f x %.0f "
                         "points: choose a larger width, fewer digits or no values",
                         l->cell_w, l->cell_h);
    return 0;
}

static void place(const struct heatmap *h, struct heatmap_layout *l,
                  const struct margins *g)
{
    double cells_w = l->cell_w * (double)h->values.columns;
    double cells_h = l->cell_h * (double)h->values.rows;
    double body = g->left + cells_w + g->right;
    l->width = h->width;
    if (!(h->width > 0)) {
        double heading = fmin(460, frame_heading_width(&h->heading)) + 2 * FRAME_MARGIN;
        l->width = ceil(fmax(body, heading));
    }
    l->heading_width = l->width - 2 * FRAME_MARGIN;
    double top = g->top + frame_heading_height(&h->heading, l->heading_width);
    double left = g->left + (l->width - body) / 2;
    /* On whole points, so that cells of whole half points have equal sizes. */
    l->cells = (struct draw_box){floor(left), ceil(top), cells_w, cells_h};
    l->height = ceil(l->cells.y + cells_h + g->bottom);
    l->bar = (struct draw_box){l->cells.x + cells_w + BAR_GAP, l->cells.y,
                               COLORBAR_THICKNESS, bar_height(h, l)};
}

int heatmap_arrange(const struct heatmap *h, struct heatmap_layout *l, struct error *e)
{
    if (h->values.rows < 1 || h->values.columns < 1)
        return error_set(e, "a figure needs at least one row and one column");
    memset(l, 0, sizeof *l);
    l->colorbar = make_colorbar(h);
    struct measures m = measure_all(h);
    choose_cells(h, &m, l);
    choose_labels(h, &m, l);
    struct margins g = choose_margins(h, &m, l);
    if (h->width > 0 && fit_width(h, &m, l, &g, e) < 0)
        return -1;
    if (choose_values(&m, l, e) < 0)
        return -1;
    place(h, l, &g);
    return 0;
}

struct draw_box heatmap_cell_box(const struct heatmap_layout *l, long row, long column)
{
    return (struct draw_box){l->cells.x + l->cell_w * (double)column,
                             l->cells.y + l->cell_h * (double)row, l->cell_w, l->cell_h};
}

double heatmap_bar_y(const struct heatmap_layout *l, double value)
{
    double t = colormap_place(l->colorbar.range, value);
    return l->bar.y + l->bar.height * (1 - t);
}
