#include "chart/heatmap.h"

#include <math.h>

#define GAP_FROM 14.0     /* cells from this size on have a thin gap between them */

/* One picture being drawn. */
struct canvas {
    struct drawing *d;
    const struct heatmap *h;
    const struct heatmap_layout *l;
    const struct frame_colors *colors;
};

/* The colour of a cell: by its value, or by its share of the largest in its row. */
static struct rgb cell_color(const struct canvas *c, long row, double value)
{
    const struct colorbar *bar = &c->l->colorbar;
    if (!isfinite(value))
        return colormap_kind_color(c->colors->ground, colormap_kind_of(value));
    if (c->h->by_row)
        value = heatmap_share(&c->h->values, row, value);
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

static bool has_gaps(const struct heatmap_layout *l)
{
    return l->cell_w >= GAP_FROM && l->cell_h >= GAP_FROM;
}

static void draw_cell(const struct canvas *c, long row, long column)
{
    double value = heatmap_value(&c->h->values, row, column);
    struct rgb color = cell_color(c, row, value);
    struct draw_box box = heatmap_cell_box(c->l, row, column), inner = box;
    if (has_gaps(c->l)) {
        inner.width -= 0.5;
        inner.height -= 0.5;
        draw_fill(c->d, inner, color);
    } else {
        draw_tile(c->d, inner, c->l->cells, color);
    }
    enum colormap_kind kind = colormap_kind_of(value);
    if (kind != COLORMAP_FINITE)
        colorbar_fill_kind(c->d, inner, kind, c->colors);
    if (c->l->value_size > 0)
        draw_value(c, box, color, value);
}

static void draw_cells(const struct canvas *c)
{
    const struct draw_box *b = &c->l->cells;
    if (c->colors->has_paper && has_gaps(c->l)) /* zeros are as the paper is */
        draw_fill(c->d, *b, c->colors->grid);
    for (long r = 0; r < c->h->values.rows; r++)
        for (long k = 0; k < c->h->values.columns; k++)
            draw_cell(c, r, k);
    draw_frame(c->d, (struct draw_box){b->x - 0.5, b->y - 0.5, b->width + 1,
                                       b->height + 1}, 0.5, c->colors->line);
}

static struct draw_style label_style(const struct canvas *c, double size, bool gloss)
{
    return (struct draw_style){.size = gloss ? HEATMAP_GLOSS * size : size,
                               .color = gloss ? c->colors->muted : c->colors->text};
}

static void draw_row_label(const struct canvas *c, long row)
{
    const struct heatmap_layout *l = c->l;
    char number[24];
    const char *label = heatmap_label(&c->h->row, row, number);
    const char *gloss = heatmap_gloss(&c->h->row, row);
    struct draw_style style = label_style(c, l->row_size, false);
    struct draw_style light = label_style(c, l->row_size, true);
    double x = l->cells.x - HEATMAP_LABEL_GAP;
    double y = l->cells.y + l->cell_h * ((double)row + 0.5);
    style.align = light.align = DRAW_RIGHT;
    if (l->row_step > 1)
        draw_line(c->d, x + 2, y, l->cells.x - 0.5, y, 0.5, c->colors->line);
    if (gloss && l->row_two_lines) {
        draw_text(c->d, x, y + 0.62 * l->row_size, gloss, &light);
        y -= 0.5 * l->row_size;
    } else if (gloss) {
        double shift =
            draw_measure(label, &style).width + HEATMAP_GLOSS_GAP * l->row_size;
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
            first -= HEATMAP_GLOSS * HEATMAP_LINE * size;
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
    double shift = draw_measure(label, &style).width + HEATMAP_GLOSS_GAP * size;
    double sign = below ? -1 : 1, turn = angle * M_PI / 180;
    draw_text(c->d, x + sign * shift * cos(turn), y - sign * shift * sin(turn), gloss,
              &light);
}

static void draw_column_label(const struct canvas *c, long column)
{
    const struct heatmap_layout *l = c->l;
    char number[24];
    bool below = c->h->columns_below;
    const char *label = heatmap_label(&c->h->column, column, number);
    const char *gloss = heatmap_gloss(&c->h->column, column);
    double x = l->cells.x + l->cell_w * ((double)column + 0.5);
    double edge = below ? l->cells.y + l->cells.height + 0.5 : l->cells.y - 0.5;
    double y = below ? edge + HEATMAP_LABEL_GAP : edge - HEATMAP_LABEL_GAP;
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
    struct draw_style style = {.size = HEATMAP_AXIS_SIZE,
                               .bold = true,
                               .color = c->colors->muted,
                               .align = DRAW_CENTER};
    double away = HEATMAP_LABEL_GAP + HEATMAP_AXIS_GAP + 0.5 * HEATMAP_AXIS_SIZE;
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
        if (heatmap_label_is_drawn(&c->h->row, i, c->l->row_step))
            draw_row_label(c, i);
    for (long i = 0; i < c->h->values.columns; i++)
        if (heatmap_label_is_drawn(&c->h->column, i, c->l->column_step))
            draw_column_label(c, i);
    draw_axis_titles(c);
}

struct drawing *heatmap_draw(const struct heatmap *h, struct draw_medium medium,
                             struct error *e)
{
    struct heatmap_layout l;
    const struct frame_colors *colors = frame_colors(h->theme);
    if (heatmap_arrange(h, &l, e) < 0)
        return NULL;
    struct drawing *d = frame_new_page(l.width, l.height, medium, colors, e);
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
