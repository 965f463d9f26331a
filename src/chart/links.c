/* The chart "links": lines from the tokens that ask to the tokens that are asked, as
 * thick as the weights of the head that is lit. */
#include "chart/links_cells.h"
#include "chart/map.h"
#include "chart/tell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LEAST_WEIGHT 0.02 /* on a page */
#define LABEL_SIZE 12.0
#define MOST_PITCH 24.0   /* from label to label */
#define LEAST_PITCH 9.0
#define NATURAL_LINES 260.0
#define LEAST_LINES 40.0
#define THICKEST 7.0      /* a weight of 1, in points, where rows are far enough apart */
#define GAP 8.0           /* between labels and lines */
#define TITLE_ROOM 20.0
#define LEGEND_ROOM 30.0
#define LEGEND_SIZE 9.0
#define SAMPLE 26.0       /* the length of a line in the legend */

/* ---- page ---- */

struct links_layout {
    double pitch, size, thickest;
    double top;         /* the middle of the first row */
    double left, right; /* of the lines */
    double width, height, heading_width, legend_y;
};

struct links_drawing {
    struct drawing *d;
    const struct chart *chart;
    const struct heatmap *map; /* labels, titles and looks */
    const struct links_layout *l;
    const struct frame_colors *colors;
    struct rgb ink;
};

/* One colour a head, so that two pictures can be told apart; readable on light and dark
 * paper, and with a colour vision deficiency. */
static struct rgb head_color(long head, enum figure_theme theme)
{
    static const struct rgb light[] = {{0, 90, 156},  {190, 77, 0},  {0, 120, 86},
                                       {163, 50, 122}, {122, 92, 0},  {90, 79, 175},
                                       {176, 40, 40},  {60, 100, 110}};
    static const struct rgb dark[] = {{96, 180, 240},  {240, 150, 70},  {70, 200, 150},
                                      {230, 140, 200}, {220, 190, 80},  {170, 160, 245},
                                      {245, 130, 120}, {150, 190, 200}};
    size_t i = (size_t)head % (sizeof light / sizeof *light);
    return theme == FIGURE_DARK ? dark[i] : light[i];
}

static double label_width(const struct heatmap_axis *axis, long count, double size)
{
    struct draw_style style = {.size = size}, light = {.size = HEATMAP_GLOSS * size};
    double most = 0;
    char number[24];
    for (long i = 0; i < count; i++) {
        const char *gloss = heatmap_gloss(axis, i);
        double w = draw_measure(heatmap_label(axis, i, number), &style).width;
        if (gloss)
            w += HEATMAP_GLOSS_GAP * size + draw_measure(gloss, &light).width;
        most = fmax(most, w);
    }
    style = (struct draw_style){.size = HEATMAP_AXIS_SIZE, .bold = true};
    return fmax(most, axis->title ? draw_measure(axis->title, &style).width : 0);
}

static double legend_width(void);

static int arrange(const struct heatmap *h, struct links_layout *l, struct error *e)
{
    long more = h->values.rows > h->values.columns ? h->values.rows : h->values.columns;
    if (h->values.rows < 1 || h->values.columns < 1)
        return error_set(e, "a figure needs at least one row and one column");
    l->pitch = fmax(LEAST_PITCH, fmin(MOST_PITCH, 620.0 / (double)more));
    l->size = fmin(LABEL_SIZE, l->pitch / 1.25);
    l->thickest = fmin(THICKEST, 0.4 * l->pitch);
    double left = label_width(&h->row, h->values.rows, l->size) + GAP;
    double right = label_width(&h->column, h->values.columns, l->size) + GAP;
    double lines = NATURAL_LINES, labels = left + right + 2 * FRAME_MARGIN;
    if (h->width > 0) {
        lines = h->width - labels;
        if (lines < LEAST_LINES)
            return error_set(e,
                             "a figure %.0f points wide has no room for lines between "
                             "the labels: choose a width of at least %.0f",
                             h->width, ceil(labels + LEAST_LINES));
    } else {
        double heading = fmin(460, frame_heading_width(&h->heading)) + 2 * FRAME_MARGIN;
        double wanted = fmax(heading, legend_width() + 2 * FRAME_MARGIN);
        lines = fmax(lines, ceil(wanted - labels));
    }
    l->width = ceil(labels + lines);
    l->heading_width = l->width - 2 * FRAME_MARGIN;
    l->left = FRAME_MARGIN + left;
    l->right = l->left + lines;
    l->top = FRAME_MARGIN + frame_heading_height(&h->heading, l->heading_width) +
             TITLE_ROOM + l->pitch / 2;
    l->legend_y = l->top + l->pitch * ((double)more - 0.5) + LEGEND_ROOM / 2;
    l->height = ceil(l->legend_y + LEGEND_SIZE + FRAME_MARGIN);
    return 0;
}

/* The place of a weight in the range, 0 to 1, or in that of its row. */
static double share_of(const struct links_drawing *g, long row, double weight)
{
    if (g->map->by_row)
        return fmax(0, heatmap_share(&g->map->values, row, weight));
    return colormap_place(g->map->range ? *g->map->range : g->chart->range, weight);
}

static void draw_link(const struct links_drawing *g, long row, long column, double share)
{
    const struct links_layout *l = g->l;
    struct draw_curve curve = {
        l->left, l->top + l->pitch * (double)row, l->right,
        l->top + l->pitch * (double)column, fmax(0.5, l->thickest * share),
        0.25 + 0.65 * share};
    draw_curve(g->d, &curve, g->map->map ? colormap_color(g->map->map, share) : g->ink);
}

/* The thin ones first, so that none hides below a thicker one: by tenths. */
static void draw_links(const struct links_drawing *g)
{
    const struct heatmap_values *v = &g->map->values;
    for (int tenth = 0; tenth <= 10; tenth++)
        for (long r = 0; r < v->rows; r++)
            for (long k = 0; k < v->columns; k++) {
                double weight = heatmap_value(v, r, k);
                if (!isfinite(weight) || weight < LEAST_WEIGHT)
                    continue;
                double share = share_of(g, r, weight);
                if ((int)(10 * share) == tenth)
                    draw_link(g, r, k, share);
            }
}

static void draw_labels(const struct links_drawing *g, int side)
{
    const struct links_layout *l = g->l;
    const struct heatmap_axis *axis = side ? &g->map->column : &g->map->row;
    long count = side ? g->map->values.columns : g->map->values.rows;
    struct draw_style style = {.size = l->size, .align = side ? DRAW_LEFT : DRAW_RIGHT};
    double x = side ? l->right + GAP : l->left - GAP;
    char number[24];
    for (long i = 0; i < count; i++) {
        double y = l->top + l->pitch * (double)i;
        const char *label = heatmap_label(axis, i, number);
        const char *gloss = heatmap_gloss(axis, i);
        style.size = l->size;
        style.color = g->colors->text;
        draw_text(g->d, x, y, label, &style);
        if (!gloss)
            continue;
        double shift = draw_measure(label, &style).width + HEATMAP_GLOSS_GAP * l->size;
        style.size = HEATMAP_GLOSS * l->size;
        style.color = g->colors->muted;
        draw_text(g->d, side ? x + shift : x - shift, y, gloss, &style);
    }
    style = (struct draw_style){.size = HEATMAP_AXIS_SIZE,
                                .bold = true,
                                .color = g->colors->muted,
                                .align = style.align};
    if (axis->title)
        draw_text(g->d, x, l->top - l->pitch / 2 - TITLE_ROOM / 2, axis->title, &style);
}

/* ---- the legend ---- */

static const double samples[] = {0.1, 0.5, 1};
#define SAMPLES (int)(sizeof samples / sizeof *samples)
#define SAMPLE_TEXT 24.0 /* room of its number */

static char *legend_text(void)
{
    struct buffer b = {0};
    tell_link(&b, say(SAY_CHART_LINKS_PAGE), "", LEAST_WEIGHT);
    return buffer_take(&b);
}

static double legend_width(void)
{
    struct draw_style style = {.size = LEGEND_SIZE};
    char *text = legend_text();
    double width = draw_measure(text, &style).width;
    free(text);
    return width + 8 + SAMPLES * (SAMPLE + SAMPLE_TEXT);
}

/* Lines of known weights, and what they say; the text alone where there is no room. */
static void draw_legend(const struct links_drawing *g)
{
    const struct links_layout *l = g->l;
    struct draw_style style = {.size = LEGEND_SIZE,
                               .color = g->colors->muted,
                               .fit = DRAW_SHRINK,
                               .width = l->heading_width};
    double x = FRAME_MARGIN, y = l->legend_y;
    char *text = legend_text();
    for (int i = 0; i < SAMPLES && legend_width() <= l->heading_width; i++) {
        char number[24];
        snprintf(number, sizeof number, "%g", samples[i]);
        struct draw_curve line = {x, y, x + SAMPLE, y,
                                  fmax(0.5, l->thickest * samples[i]),
                                  0.25 + 0.65 * samples[i]};
        draw_curve(g->d, &line,
                   g->map->map ? colormap_color(g->map->map, samples[i]) : g->ink);
        draw_text(g->d, x + SAMPLE + 4, y, number, &style);
        x += SAMPLE + SAMPLE_TEXT;
    }
    style.width = l->width - FRAME_MARGIN - x;
    draw_text(g->d, x, y, text, &style);
    free(text);
}

static struct drawing *draw_all(const struct chart *v, const struct heatmap *h,
                                const struct chart_page *p, const struct links_layout *l,
                                struct error *e)
{
    const struct frame_colors *colors = frame_colors(p->theme);
    struct drawing *d = frame_new_page(l->width, l->height, p->medium, colors, e);
    struct links_drawing g = {d, v, h, l, colors, head_color(v->at.head, p->theme)};
    if (!d)
        return NULL;
    frame_draw_heading(d, &h->heading, FRAME_MARGIN, FRAME_MARGIN, l->heading_width,
                       colors);
    draw_links(&g);
    draw_labels(&g, 0);
    draw_labels(&g, 1);
    draw_legend(&g);
    return d;
}

static struct drawing *draw_page(const struct chart *v, const struct chart_page *p,
                                 struct error *e)
{
    struct map_texts texts;
    struct links_layout l = {0};
    struct heatmap h = map_of(v, p, &texts);
    struct drawing *d = arrange(&h, &l, e) < 0 ? NULL : draw_all(v, &h, p, &l, e);
    map_texts_free(&texts);
    return d;
}

/* ---- words ---- */

#define SOURCES_TOLD 4

/* "- 나 takes 0.97 from 간, 0.02 from 다": the largest, as a page draws them. */
static void tell_row(const struct chart *v, long row, struct buffer *out)
{
    char *label = tell_label(v->sheet.row_labels, row, true);
    char *takes = say_with(SAY_CHART_TAKES, label);
    long order[SOURCES_TOLD];
    int count = tell_largest_columns(v, row, SOURCES_TOLD, order), told = 0;
    buffer_addf(out, "- %s", takes);
    free(label);
    free(takes);
    for (int i = 0; i < count; i++) {
        double weight = chart_cell(v, row, order[i]);
        if (!(weight >= LEAST_WEIGHT))
            continue;
        char *from = tell_label(v->sheet.column_labels, order[i], false);
        buffer_add(out, told++ ? ", " : "");
        tell_link(out, say(SAY_CHART_TAKES_FROM), from, weight);
        free(from);
    }
    if (!told)
        tell_link(out, say(SAY_CHART_TAKES_LITTLE), "", LEAST_WEIGHT);
    buffer_add(out, "\n");
}

static void tell(const struct chart *v, long most, struct buffer *out)
{
    for (long row = 0; row < v->sheet.rows && row < most; row++)
        tell_row(v, row, out);
    tell_more_rows(v->sheet.rows - most, out);
}

const struct chart_kind links_chart = {
    .name = "links",
    .help = {"attention as lines from token to token", "어텐션을 조각 사이의 선으로"},
    .needs = CHART_NEEDS_MATRIX | CHART_NEEDS_ATTENTION,
    .rows = links_rows,
    .scrolls = true,
    .cells = links_draw,
    .page = draw_page,
    .words = tell,
};
