#include "chart/tiles.h"

#include "chart/map.h"

#include <math.h>
#include <stdlib.h>

#define GAP_FROM 10.0 /* cells from this size on have a thin gap between them */
#define TILE 120.0       /* the side of a tile that has room */
#define MOST_TILE 260.0  /* of one with many labels */
#define MOST_CELL 16.0
#define LEAST_LABELLED 6.5 /* cells from this size on have their labels at the edges */
#define LEAST_TILE 10.0
#define MOST_LABEL 10.0
#define GAP 14.0         /* between tiles */
#define NARROW_GAP 6.0
#define TITLE_SIZE 9.5
#define TITLE_ROOM 15.0
#define BAR_GAP 18.0
#define LEAST_BAR 84.0
#define MOST_BAR 220.0
#define CAPTION_SIZE 9.0
#define CAPTION_TOLD 24  /* labels of an axis */

/* Where everything is, in points. */
struct sheet_layout {
    long across, down;
    double cell_w, cell_h, tile_w, tile_h;
    double step_x, step_y;      /* from tile to tile */
    bool may_label, labelled;   /* the tokens stand at the edges, not in the caption */
    double row_size, column_size, row_room, column_room;
    bool flat;                  /* column labels stand upright */
    double sides;               /* the room of the texts left of all */
    double x, y;                /* of the first tile */
    double width, height, heading_width, caption_y;
    struct draw_box bar;
    struct colorbar colorbar;
    char *captions[2];          /* of the rows and the columns; owned; NULL for none */
};

struct tiles_drawing {
    struct drawing *d;
    const struct tiles *t;
    const struct heatmap *map; /* labels, titles and looks of every tile */
    const struct sheet_layout *l;
    const struct frame_colors *colors;
};

/* ---- what is measured ---- */

/* A label with its meaning on one line at size 1, the widest of an axis. */
static double widest(const struct heatmap_axis *axis, long count)
{
    struct draw_style style = {.size = 10};
    double most = 0;
    char number[24];
    for (long i = axis->labels ? 0 : count - 1; i < count; i++) {
        double w = draw_measure(heatmap_label(axis, i, number), &style).width;
        const char *gloss = heatmap_gloss(axis, i);
        if (gloss)
            w += HEATMAP_GLOSS_GAP * style.size +
                 HEATMAP_GLOSS * draw_measure(gloss, &style).width;
        most = fmax(most, w);
    }
    return most / style.size;
}

static struct colorbar make_colorbar(const struct tiles *t, const struct heatmap *h,
                                     const struct chart_page *p)
{
    double least = INFINITY, most = -INFINITY;
    enum colormap_ground ground = frame_colors(p->theme)->ground;
    struct colorbar bar = {.title = h->by_row ? h->value_title : NULL};
    for (long i = 0; i < t->count; i++) {
        struct heatmap_values v = h->values;
        v.tensor = t->items[i].values;
        v.first = t->items[i].first;
        struct heatmap_summary s = heatmap_summarise(&v);
        for (int kind = 0; kind < COLORMAP_KINDS; kind++)
            bar.present[kind] |= s.present[kind];
        least = fmin(least, s.least);
        most = fmax(most, s.most);
    }
    if (h->by_row)
        least = least < 0 ? -1 : 0, most = 1;
    bool given = h->range && !h->by_row;
    bar.range = given ? *h->range : colormap_range_of(least, most);
    bar.map = p->map ? p->map : colormap_default(ground, bar.range.diverging);
    double rounding = 1e-6 * (bar.range.hi - bar.range.lo); /* shares of words add up */
    bar.below = least < bar.range.lo - rounding;
    bar.above = bar.range.hi + rounding < most;
    return bar;
}

/* ---- arranging ---- */

static double natural_cell(long n)
{
    double side = fmin(MOST_TILE, fmax(TILE, LEAST_LABELLED * (double)n));
    return fmax(0.5, fmin(MOST_CELL, floor(2 * side / (double)n) / 2));
}

static void choose_labels(const struct heatmap *h, struct sheet_layout *l)
{
    double rows = widest(&h->row, h->values.rows);
    double columns = widest(&h->column, h->values.columns);
    l->labelled =
        l->may_label && l->cell_w >= LEAST_LABELLED && l->cell_h >= LEAST_LABELLED;
    l->row_room = l->column_room = 0;
    if (!l->labelled)
        return;
    l->row_size = fmin(MOST_LABEL, l->cell_h / 1.15);
    l->row_room = rows * l->row_size + HEATMAP_LABEL_GAP;
    l->column_size = fmin(MOST_LABEL, l->cell_w / 1.15);
    l->flat = columns * l->column_size + 3 <= l->cell_w;
    l->column_room =
        (l->flat ? HEATMAP_LINE : columns) * l->column_size + HEATMAP_LABEL_GAP;
}

static void choose_steps(const struct tiles *t, const struct heatmap *h,
                         struct sheet_layout *l)
{
    l->tile_w = l->cell_w * (double)h->values.columns;
    l->tile_h = l->cell_h * (double)h->values.rows;
    l->step_x = l->tile_w + (t->titles_on_top ? NARROW_GAP : GAP);
    l->step_y = l->tile_h + (t->titles_on_top ? NARROW_GAP : GAP + TITLE_ROOM);
}

static double sides_width(const struct tiles *t, long down)
{
    struct draw_style style = {.size = TITLE_SIZE};
    double most = 0;
    for (long i = 0; t->sides && i < down; i++)
        most = fmax(most, draw_measure(t->sides[i], &style).width);
    return most > 0 ? most + 10 : 0;
}

static double axis_room(const char *title)
{
    return title && *title ? HEATMAP_AXIS_SIZE * HEATMAP_LINE + HEATMAP_AXIS_GAP : 0;
}

static double bar_height(const struct sheet_layout *l)
{
    double all = l->step_y * (double)(l->down - 1) + l->tile_h -
                 colorbar_legend_height(&l->colorbar);
    return fmax(LEAST_BAR, fmin(MOST_BAR, all));
}

static double left_room(const struct heatmap *h, const struct sheet_layout *l)
{
    return FRAME_MARGIN + l->sides + l->row_room +
           (l->labelled ? axis_room(h->row.title) : 0);
}

static double right_room(const struct sheet_layout *l)
{
    return BAR_GAP + colorbar_width(&l->colorbar, bar_height(l)) + FRAME_MARGIN;
}

static long lines_of(const struct tiles *t, long across)
{
    return (t->count + across - 1) / across;
}

/* The tiles in a row where that is free: a few in one row, many in a square. */
static long natural_across(const struct tiles *t)
{
    if (!t->free_across)
        return t->across;
    if (t->count <= 4)
        return t->count;
    long most = (long)fmax(4, ceil(sqrt((double)t->count)));
    long lines = lines_of(t, most);
    return (t->count + lines - 1) / lines;
}

static void set_cells(const struct tiles *t, const struct heatmap *h,
                      struct sheet_layout *l, double w, double ratio)
{
    l->cell_w = w;
    l->cell_h = w * ratio;
    choose_labels(h, l);
    choose_steps(t, h, l);
}

/* As large as the width lets them be with so many in a row; labels and cells depend on
 * each other, so in a few rounds. False when that is too small. */
static bool fit_across(const struct tiles *t, const struct heatmap *h,
                       struct sheet_layout *l, double natural, double ratio)
{
    double columns = (double)h->values.columns, across = (double)l->across;
    l->down = lines_of(t, l->across);
    set_cells(t, h, l, natural, ratio);
    for (int round = 0; round < 4; round++) {
        double gaps = (l->step_x - l->tile_w) * (across - 1);
        double room = h->width - left_room(h, l) - right_room(l) - gaps;
        double w = fmin(room / across / columns, t->free_across ? natural : 1e6);
        if (w * columns < LEAST_TILE)
            return false;
        set_cells(t, h, l, w, ratio);
    }
    double tiles = l->step_x * (across - 1) + l->tile_w;
    return left_room(h, l) + tiles + right_room(l) <= h->width + 0.5 &&
           l->labelled == l->may_label;
}

/* Fits the tiles into the width that was asked for: rather with fewer of them in a row
 * than without labels. */
static int fit_width(const struct tiles *t, const struct heatmap *h,
                     struct sheet_layout *l, struct error *e)
{
    double ratio = l->cell_h / l->cell_w, natural = l->cell_w;
    long most = l->across, fewest = t->free_across ? 1 : most;
    for (int labels = 1; labels >= 0; labels--)
        for (l->across = most; l->across >= fewest; l->across--) {
            l->may_label = labels;
            if (fit_across(t, h, l, natural, ratio))
                return 0;
        }
    return error_set(e,
                     "a figure %.0f points wide has no room for %ld maps with their "
                     "titles in a row: choose a larger width",
                     h->width, fewest);
}

/* "query ↓ 나, 는, 학교": for axes whose labels have no room. */
static char *caption_of(const char *arrow, const struct heatmap_axis *axis, long count)
{
    struct buffer b = {0};
    char number[24];
    buffer_addf(&b, "%s %s", axis->title ? axis->title : "", arrow);
    for (long i = 0; axis->labels && i < count && i < CAPTION_TOLD; i++)
        buffer_addf(&b, "%s%s", i ? ", " : "  ", heatmap_label(axis, i, number));
    buffer_add(&b, axis->labels && count > CAPTION_TOLD ? ", …" : "");
    return buffer_take(&b);
}

static struct draw_style caption_style(const struct sheet_layout *l)
{
    return (struct draw_style){
        .size = CAPTION_SIZE, .fit = DRAW_WRAP, .width = l->heading_width};
}

static void place(const struct heatmap *h, struct sheet_layout *l)
{
    double tiles_w = l->step_x * (double)(l->across - 1) + l->tile_w;
    double tiles_h = l->step_y * (double)(l->down - 1) + l->tile_h;
    double left = left_room(h, l), body = left + tiles_w + right_room(l);
    double heading = fmin(460, frame_heading_width(&h->heading)) + 2 * FRAME_MARGIN;
    l->width = h->width > 0 ? h->width : ceil(fmax(body, heading));
    l->heading_width = l->width - 2 * FRAME_MARGIN;
    l->x = floor(left + fmax(0, l->width - body) / 2);
    l->y = ceil(FRAME_MARGIN + frame_heading_height(&h->heading, l->heading_width) +
                TITLE_ROOM + l->column_room +
                (l->labelled ? axis_room(h->column.title) : 0));
    l->bar = (struct draw_box){l->x + tiles_w + BAR_GAP, l->y, COLORBAR_THICKNESS,
                               bar_height(l)};
    double bar = l->bar.height + colorbar_legend_height(&l->colorbar);
    l->caption_y = l->y + fmax(tiles_h, bar) + 14;
    l->height = l->caption_y - 14 + FRAME_MARGIN;
    if (l->labelled)
        return;
    l->captions[0] = caption_of("↓", &h->row, h->values.rows);
    l->captions[1] = caption_of("→", &h->column, h->values.columns);
    struct draw_style style = caption_style(l);
    l->height = l->caption_y + FRAME_MARGIN - 4;
    for (int i = 0; i < 2; i++)
        l->height += draw_measure(l->captions[i], &style).height + 4;
}

static int arrange(const struct tiles *t, const struct heatmap *h,
                   const struct chart_page *p, struct sheet_layout *l, struct error *e)
{
    long rows = h->values.rows, columns = h->values.columns;
    if (rows < 1 || columns < 1 || t->count < 1)
        return error_set(e, "a figure needs at least one row and one column");
    *l = (struct sheet_layout){.across = natural_across(t), .may_label = true};
    l->down = lines_of(t, l->across);
    l->sides = sides_width(t, l->down);
    l->colorbar = make_colorbar(t, h, p);
    long more = rows > columns ? rows : columns, less = rows > columns ? columns : rows;
    double w = natural_cell(columns), height = natural_cell(rows);
    if (t->titles_on_top && t->across > 6) { /* a sheet of many stays on a page */
        w = fmin(w, fmax(0.5, 60 / (double)columns));
        height = fmin(height, fmax(0.5, 60 / (double)rows));
    }
    if (more <= 40 || more <= 6 * less)
        w = height = fmin(w, height);
    set_cells(t, h, l, w, height / w);
    if (h->width > 0 && fit_width(t, h, l, e) < 0)
        return -1;
    place(h, l);
    return 0;
}

/* ---- drawing ---- */

static struct draw_box tile_box(const struct sheet_layout *l, long i)
{
    return (struct draw_box){l->x + l->step_x * (double)(i % l->across),
                             l->y + l->step_y * (double)(i / l->across), l->tile_w,
                             l->tile_h};
}

static struct rgb color_of(const struct tiles_drawing *g, const struct heatmap_values *v,
                           long row, double value)
{
    const struct colorbar *bar = &g->l->colorbar;
    if (!isfinite(value))
        return colormap_kind_color(g->colors->ground, colormap_kind_of(value));
    if (g->map->by_row)
        value = heatmap_share(v, row, value);
    return colormap_cell(bar->map, bar->range, value);
}

static void draw_cells(const struct tiles_drawing *g, const struct tile *tile,
                       struct draw_box all)
{
    const struct sheet_layout *l = g->l;
    struct heatmap_values v = g->map->values;
    bool gaps = g->colors->has_paper && fmin(l->cell_w, l->cell_h) >= GAP_FROM;
    v.tensor = tile->values;
    v.first = tile->first;
    if (gaps) /* zeros are as the paper is */
        draw_fill(g->d, all, g->colors->grid);
    for (long r = 0; r < v.rows; r++)
        for (long k = 0; k < v.columns; k++) {
            double value = heatmap_value(&v, r, k);
            struct draw_box box = {all.x + l->cell_w * (double)k,
                                   all.y + l->cell_h * (double)r, l->cell_w, l->cell_h};
            enum colormap_kind kind = colormap_kind_of(value);
            if (gaps) {
                box.width -= 0.5;
                box.height -= 0.5;
                draw_fill(g->d, box, color_of(g, &v, r, value));
            } else {
                draw_tile(g->d, box, all, color_of(g, &v, r, value));
            }
            if (kind != COLORMAP_FINITE)
                colorbar_fill_kind(g->d, box, kind, g->colors);
        }
    draw_frame(g->d, (struct draw_box){all.x - 0.5, all.y - 0.5, all.width + 1,
                                       all.height + 1}, 0.5, g->colors->line);
}

/* A label and its meaning, along one line from (x, y) at that angle. */
static void draw_label(const struct tiles_drawing *g, const struct heatmap_axis *axis,
                       long i, double x, double y, struct draw_style style)
{
    char number[24];
    const char *label = heatmap_label(axis, i, number), *gloss = heatmap_gloss(axis, i);
    style.color = g->colors->text;
    draw_text(g->d, x, y, label, &style);
    if (!gloss)
        return;
    double shift = draw_measure(label, &style).width + HEATMAP_GLOSS_GAP * style.size;
    style.size *= HEATMAP_GLOSS;
    style.color = g->colors->muted;
    if (style.angle != 0)
        draw_text(g->d, x, y - shift, gloss, &style);
    else
        draw_text(g->d, style.align == DRAW_RIGHT ? x - shift : x + shift, y, gloss,
                  &style);
}

static void draw_row_labels(const struct tiles_drawing *g, struct draw_box tile)
{
    struct draw_style style = {.size = g->l->row_size, .align = DRAW_RIGHT};
    for (long i = 0; i < g->map->values.rows; i++)
        draw_label(g, &g->map->row, i, tile.x - HEATMAP_LABEL_GAP,
                   tile.y + g->l->cell_h * ((double)i + 0.5), style);
}

static void draw_column_labels(const struct tiles_drawing *g, struct draw_box tile)
{
    struct draw_style style = {.size = g->l->column_size,
                               .angle = g->l->flat ? 0 : 90,
                               .align = g->l->flat ? DRAW_CENTER : DRAW_LEFT};
    double y = tile.y - HEATMAP_LABEL_GAP + (g->l->flat ? -0.4 * style.size : 2);
    for (long i = 0; i < g->map->values.columns; i++)
        draw_label(g, &g->map->column, i, tile.x + g->l->cell_w * ((double)i + 0.5), y,
                   style);
}

/* The names of the axes once, in the middle of the edges. */
static void draw_axes(const struct tiles_drawing *g)
{
    const struct sheet_layout *l = g->l;
    struct draw_style style = {.size = HEATMAP_AXIS_SIZE,
                               .bold = true,
                               .color = g->colors->muted,
                               .align = DRAW_CENTER};
    double half = HEATMAP_AXIS_SIZE / 2;
    if (g->map->column.title)
        draw_text(g->d, l->x + (l->step_x * (double)(l->across - 1) + l->tile_w) / 2,
                  l->y - l->column_room - TITLE_ROOM - half, g->map->column.title,
                  &style);
    style.angle = 90;
    if (g->map->row.title)
        draw_text(g->d, l->x - l->row_room - HEATMAP_AXIS_GAP - half,
                  l->y + (l->step_y * (double)(l->down - 1) + l->tile_h) / 2,
                  g->map->row.title, &style);
}

static void draw_one(const struct tiles_drawing *g, long i)
{
    const struct sheet_layout *l = g->l;
    struct draw_box box = tile_box(l, i);
    bool top = i < l->across;
    struct draw_style style = {.size = TITLE_SIZE,
                               .bold = true,
                               .color = g->colors->text,
                               .align = DRAW_CENTER,
                               .fit = DRAW_SHRINK,
                               .width = l->step_x - 2};
    draw_cells(g, &g->t->items[i], box);
    if (g->t->items[i].title && (top || !g->t->titles_on_top))
        draw_text(g->d, box.x + box.width / 2, box.y - 7 - (top ? l->column_room : 0),
                  g->t->items[i].title, &style);
    if (l->labelled && top)
        draw_column_labels(g, box);
    if (l->labelled && i % l->across == 0)
        draw_row_labels(g, box);
}

static void draw_sides(const struct tiles_drawing *g)
{
    struct draw_style style = {
        .size = TITLE_SIZE, .bold = true, .color = g->colors->text};
    for (long i = 0; g->t->sides && i < g->l->down; i++) {
        struct draw_box box = tile_box(g->l, i * g->l->across);
        draw_text(g->d, box.x - left_room(g->map, g->l) + FRAME_MARGIN,
                  box.y + box.height / 2, g->t->sides[i], &style);
    }
}

static void draw_captions(const struct tiles_drawing *g)
{
    struct draw_style style = caption_style(g->l);
    double y = g->l->caption_y + 0.5 * CAPTION_SIZE;
    style.color = g->colors->muted;
    for (int i = 0; i < 2; i++) {
        draw_text(g->d, FRAME_MARGIN, y, g->l->captions[i], &style);
        y += draw_measure(g->l->captions[i], &style).height + 4;
    }
}

static struct drawing *draw_all(const struct tiles *t, const struct heatmap *h,
                                const struct chart_page *p, const struct sheet_layout *l,
                                struct error *e)
{
    const struct frame_colors *colors = frame_colors(p->theme);
    struct drawing *d = frame_new_page(l->width, l->height, p->medium, colors, e);
    struct tiles_drawing g = {d, t, h, l, colors};
    if (!d)
        return NULL;
    frame_draw_heading(d, &h->heading, FRAME_MARGIN, FRAME_MARGIN, l->heading_width,
                       colors);
    for (long i = 0; i < t->count; i++)
        draw_one(&g, i);
    draw_sides(&g);
    colorbar_draw(d, &l->colorbar, l->bar, colors);
    if (l->labelled)
        draw_axes(&g);
    else
        draw_captions(&g);
    return d;
}

struct drawing *tiles_page(const struct tiles *t, const struct chart_page *p,
                           struct error *e)
{
    struct map_texts texts;
    struct sheet_layout l = {0};
    struct heatmap h = map_of(t->chart, p, &texts);
    struct drawing *d = arrange(t, &h, p, &l, e) < 0 ? NULL : draw_all(t, &h, p, &l, e);
    free(l.captions[0]);
    free(l.captions[1]);
    map_texts_free(&texts);
    return d;
}
