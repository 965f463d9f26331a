#include "figure/heatmap.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define LABEL_SIZE 11.0
#define LEAST_LABEL 7.0
#define LEAST_VALUE 4.0
#define GLOSS 0.82        /* of the label's size */
#define GLOSS_GAP 0.5     /* between label and gloss, of the label's size */
#define LINE 1.25         /* from line to line, of the size */
#define AXIS_SIZE 11.0
#define LABEL_GAP 6.0     /* between the cells and their labels */
#define AXIS_GAP 8.0      /* between labels and the axis title */
#define BAR_GAP 18.0
#define LEAST_BAR 84.0
#define MOST_BAR 300.0
#define GAP_FROM 14.0     /* cells from this size on have a thin gap between them */

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

struct summary {
    double least, most; /* of the finite values; 0 for none */
    bool present[COLORMAP_KINDS];
};

static struct summary summarise(const struct heatmap_values *v)
{
    struct summary s = {DBL_MAX, -DBL_MAX, {false}};
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

static struct colorbar make_colorbar(const struct heatmap *h)
{
    struct summary s = summarise(&h->values);
    if (h->by_row) /* the bar shows places in the range of a row */
        s.least = 0, s.most = 1;
    struct colormap_range range =
        h->range && !h->by_row ? *h->range : colormap_range_of(s.least, s.most);
    struct colorbar c = {.map = h->map ? h->map : colormap_default(range.diverging),
                         .range = range,
                         .below = s.least < range.lo,
                         .above = s.most > range.hi,
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

static const char *label_text(const struct heatmap_axis *axis, long i, char number[24])
{
    if (axis->labels)
        return axis->labels[i];
    snprintf(number, 24, "%ld", i + 1);
    return number;
}

static const char *gloss_text(const struct heatmap_axis *axis, long i)
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
        double label = draw_measure(label_text(axis, i, number), &style).width;
        double gloss = 0, both = label;
        if (gloss_text(axis, i)) {
            gloss = GLOSS * draw_measure(gloss_text(axis, i), &style).width;
            both = label + GLOSS_GAP * LABEL_SIZE + gloss;
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

static bool label_is_drawn(const struct heatmap_axis *axis, long i, long step)
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
    struct draw_style axis = {.size = AXIS_SIZE};
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
    l->row_two_lines = h->row.glosses && l->cell_h >= l->row_size * (1 + GLOSS) * LINE;
    l->row_room = l->row_size *
                  (l->row_two_lines ? fmax(m->row.label, m->row.gloss) : m->row.both);
    double flat = fmax(m->column.label, m->column.gloss);
    l->column_step = 1;
    l->column_size = LABEL_SIZE;
    if (flat * LABEL_SIZE + 6 <= l->cell_w) {
        l->column_angle = 0;
        l->column_room = LABEL_SIZE * LINE * (h->column.glosses ? 1 + GLOSS : 1);
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
        l->column_room = l->column_size * LINE;
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
    double title = AXIS_SIZE * LINE + AXIS_GAP;
    double cells_w = l->cell_w * (double)h->values.columns;
    double cells_h = l->cell_h * (double)h->values.rows;
    double lean = l->column_angle == 45
                      ? l->column_room + 0.4 * LABEL_SIZE - l->cell_w / 2
                      : 0;
    double labels = LABEL_GAP + l->column_room + (h->column.title ? title : 0);
    double bar = colorbar_width(&l->colorbar, bar_height(h, l));
    struct margins g = {.left = FRAME_MARGIN + LABEL_GAP + l->row_room,
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
    g.bottom = fmax(g.bottom, bar_height(h, l) + colorbar_legend_height(&l->colorbar) -
                                  cells_h);
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

/* --- drawing ---------------------------------------------------------------------- */

/* One picture being drawn. */
struct canvas {
    struct drawing *d;
    const struct heatmap *h;
    const struct heatmap_layout *l;
    const struct frame_colors *colors;
};

/* The colour of a cell: by its value, or by its place between the least and the largest
 * value of its row. */
static struct rgb cell_color(const struct canvas *c, long row, double value)
{
    const struct colorbar *bar = &c->l->colorbar;
    if (c->h->by_row && isfinite(value)) {
        struct heatmap_values v = c->h->values;
        v.first += row * v.columns;
        v.rows = 1;
        struct summary s = summarise(&v);
        value = s.most > s.least ? (value - s.least) / (s.most - s.least) : 1;
    }
    return colormap_cell(bar->map, bar->range, value);
}

static void draw_value(const struct canvas *c, struct draw_box box, struct rgb cell,
                       double value)
{
    char text[64];
    struct draw_style style = {.size = c->l->value_size,
                               .color = colormap_text(cell),
                               .align = DRAW_CENTER};
    double x = box.x + box.width / 2, y = box.y + box.height / 2;
    heatmap_print(text, sizeof text, value, c->h->digits);
    if (!isfinite(value)) { /* a plate, so that the hatch does not cross the text */
        double w = draw_measure(text, &style).width + 4, height = 1.3 * style.size;
        draw_fill(c->d, (struct draw_box){x - w / 2, y - height / 2, w, height}, cell);
    }
    draw_text(c->d, x, y, text, &style);
}

static void draw_cell(const struct canvas *c, long row, long column)
{
    double value = heatmap_value(&c->h->values, row, column);
    struct rgb color = cell_color(c, row, value);
    struct draw_box box = heatmap_cell_box(c->l, row, column), inner = box;
    if (box.width >= GAP_FROM && box.height >= GAP_FROM) {
        inner.width -= 0.5;
        inner.height -= 0.5;
    }
    enum colormap_kind kind = colormap_kind_of(value);
    if (kind == COLORMAP_FINITE)
        draw_fill(c->d, inner, color);
    else
        colorbar_fill_kind(c->d, inner, kind);
    if (c->l->value_size > 0)
        draw_value(c, box, color, value);
}

static void draw_cells(const struct canvas *c)
{
    const struct draw_box *b = &c->l->cells;
    for (long r = 0; r < c->h->values.rows; r++)
        for (long k = 0; k < c->h->values.columns; k++)
            draw_cell(c, r, k);
    draw_frame(c->d, (struct draw_box){b->x - 0.5, b->y - 0.5, b->width + 1,
                                       b->height + 1}, 0.5, c->colors->line);
}

static struct draw_style label_style(const struct canvas *c, double size, bool gloss)
{
    return (struct draw_style){.size = gloss ? GLOSS * size : size,
                               .color = gloss ? c->colors->muted : c->colors->text};
}

static void draw_row_label(const struct canvas *c, long row)
{
    const struct heatmap_layout *l = c->l;
    char number[24];
    const char *label = label_text(&c->h->row, row, number);
    const char *gloss = gloss_text(&c->h->row, row);
    struct draw_style style = label_style(c, l->row_size, false);
    struct draw_style light = label_style(c, l->row_size, true);
    double x = l->cells.x - LABEL_GAP;
    double y = l->cells.y + l->cell_h * ((double)row + 0.5);
    style.align = light.align = DRAW_RIGHT;
    if (l->row_step > 1)
        draw_line(c->d, x + 2, y, l->cells.x - 0.5, y, 0.5, c->colors->line);
    if (gloss && l->row_two_lines) {
        draw_text(c->d, x, y + 0.62 * l->row_size, gloss, &light);
        y -= 0.5 * l->row_size;
    } else if (gloss) {
        double shift = draw_measure(label, &style).width + GLOSS_GAP * l->row_size;
        draw_text(c->d, x - shift, y, gloss, &light);
    }
    draw_text(c->d, x, y, label, &style);
}

/* An upright label: the label next to the cells' side that the reader meets first. */
static void draw_flat_label(const struct canvas *c, double x, double y, const char *label,
                            const char *gloss)
{
    double size = c->l->column_size, below = c->h->columns_below;
    struct draw_style style = label_style(c, size, false);
    struct draw_style light = label_style(c, size, true);
    style.align = light.align = DRAW_CENTER;
    double first = below ? y + 0.5 * size : y - 0.5 * size;
    if (c->h->column.glosses) {
        if (!below)
            first -= GLOSS * LINE * size;
        if (gloss)
            draw_text(c->d, x, first + 1.1 * size, gloss, &light);
    }
    draw_text(c->d, x, first, label, &style);
}

/* A turned label, read from the lower left to the upper right. */
static void draw_turned_label(const struct canvas *c, double x, double y,
                              const char *label, const char *gloss)
{
    double size = c->l->column_size, angle = c->l->column_angle;
    bool below = c->h->columns_below;
    struct draw_style style = label_style(c, size, false);
    struct draw_style light = label_style(c, size, true);
    style.angle = light.angle = angle;
    style.align = light.align = below ? DRAW_RIGHT : DRAW_LEFT;
    draw_text(c->d, x, y, label, &style);
    if (!gloss)
        return;
    double shift = draw_measure(label, &style).width + GLOSS_GAP * size;
    double sign = below ? -1 : 1, turn = angle * M_PI / 180;
    draw_text(c->d, x + sign * shift * cos(turn), y - sign * shift * sin(turn), gloss,
              &light);
}

static void draw_column_label(const struct canvas *c, long column)
{
    const struct heatmap_layout *l = c->l;
    char number[24];
    bool below = c->h->columns_below;
    const char *label = label_text(&c->h->column, column, number);
    const char *gloss = gloss_text(&c->h->column, column);
    double x = l->cells.x + l->cell_w * ((double)column + 0.5);
    double edge = below ? l->cells.y + l->cells.height + 0.5 : l->cells.y - 0.5;
    double y = below ? edge + LABEL_GAP : edge - LABEL_GAP;
    if (l->column_step > 1)
        draw_line(c->d, x, edge, x, below ? y - 2 : y + 2, 0.5, c->colors->line);
    if (l->column_angle == 0)
        draw_flat_label(c, x, y, label, gloss);
    else
        draw_turned_label(c, x, y, label, gloss);
}

static void draw_axis_titles(const struct canvas *c)
{
    const struct heatmap_layout *l = c->l;
    struct draw_style style = {.size = AXIS_SIZE,
                               .bold = true,
                               .color = c->colors->muted,
                               .align = DRAW_CENTER};
    double away = LABEL_GAP + AXIS_GAP + 0.5 * AXIS_SIZE;
    if (c->h->column.title) {
        double x = l->cells.x + l->cells.width / 2, out = l->column_room + away;
        double y = c->h->columns_below ? l->cells.y + l->cells.height + out
                                       : l->cells.y - out;
        draw_text(c->d, x, y, c->h->column.title, &style);
    }
    if (c->h->row.title) {
        style.angle = 90;
        draw_text(c->d, l->cells.x - l->row_room - away,
                  l->cells.y + l->cells.height / 2, c->h->row.title, &style);
    }
}

static void draw_labels(const struct canvas *c)
{
    for (long i = 0; i < c->h->values.rows; i++)
        if (label_is_drawn(&c->h->row, i, c->l->row_step))
            draw_row_label(c, i);
    for (long i = 0; i < c->h->values.columns; i++)
        if (label_is_drawn(&c->h->column, i, c->l->column_step))
            draw_column_label(c, i);
    draw_axis_titles(c);
}

struct drawing *heatmap_draw(const struct heatmap *h, double scale, struct error *e)
{
    struct heatmap_layout l;
    const struct frame_colors *colors = frame_colors(h->theme);
    if (heatmap_arrange(h, &l, e) < 0)
        return NULL;
    struct drawing *d = frame_new_page(l.width, l.height, scale, colors, e);
    if (!d)
        return NULL;
    struct canvas c = {d, h, &l, colors};
    frame_draw_heading(d, &h->heading, FRAME_MARGIN, FRAME_MARGIN, l.heading_width,
                       colors);
    draw_cells(&c);
    draw_labels(&c);
    colorbar_draw(d, &l.colorbar, l.bar, colors);
    return d;
}
