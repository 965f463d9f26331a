/* The chart "bridge": two texts one above the other, and lines between their tokens as
 * strong as the weights of the head that is lit. */
#include "chart/bridge.h"

#include "chart/dots.h"
#include "chart/links_cells.h"
#include "chart/page.h"
#include "chart/tell.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_WEIGHT 0.02 /* on a page */
#define GAP 2             /* columns between two tokens */

enum bank { ABOVE, BELOW }; /* columns of the matrix, rows of it */

static long count_of(const struct chart *v, enum bank bank)
{
    return bank == ABOVE ? v->sheet.columns : v->sheet.rows;
}

/* The token, or what its row predicts, without the mark of word starts. Caller frees. */
static char *label_of(const struct chart *v, enum bank bank, long i)
{
    const struct labels *l = bank == ABOVE ? v->sheet.column_labels : v->sheet.row_labels;
    if (!l || i >= (long)l->count)
        return mem_format("%ld", i + 1);
    const struct label *label = &l->items[i];
    return mem_string(
        label_without_mark(bank == BELOW && label->next ? label->next : label->text));
}

/* What the texts are to each other: nothing predicts where a text looks at itself. */
static const char *title_of(const struct chart *v, enum bank bank)
{
    return bank == ABOVE ? chart_column_title(v) : chart_row_title(v);
}

/* Whether the link is one of those that are asked about. */
static bool is_lit(const struct chart *v, long row, long column)
{
    return v->to_column ? column == v->at.column : row == v->at.row;
}

/* ---- cells ---- */

static int label_width(const struct chart *v, const struct canvas *c, enum bank bank,
                       long i)
{
    char *label = label_of(v, bank, i);
    int width = canvas_width(c, label);
    free(label);
    return width < 4 ? 4 : width; /* a number stands there, too */
}

static int bank_width(const struct chart *v, const struct canvas *c, enum bank bank)
{
    long width = -GAP;
    for (long i = 0; i < count_of(v, bank) && width < 10000; i++)
        width += label_width(v, c, bank, i) + GAP;
    return (int)width;
}

static int title_width(const struct chart *v, const struct canvas *c)
{
    int a = canvas_width(c, title_of(v, ABOVE)), b = canvas_width(c, title_of(v, BELOW));
    return (a > b ? a : b) + 3;
}

int bridge_columns(const struct chart *v, const struct canvas *c)
{
    int a = bank_width(v, c, ABOVE), b = bank_width(v, c, BELOW);
    return (a > b ? a : b) + title_width(v, c);
}

/* Where the tokens of a bank stand: the first column of each, spread evenly. Caller
 * frees. */
static int *places_of(const struct chart *v, const struct canvas *c, enum bank bank,
                      int columns)
{
    long count = count_of(v, bank);
    int *places = mem_alloc((size_t)count + 1, sizeof *places);
    int spare = columns - bank_width(v, c, bank), at = 0;
    double share = fmin(6, (double)(spare > 0 ? spare : 0) / (double)count);
    for (long i = 0; i < count; i++) {
        places[i] = at + (int)(share * (double)i);
        at += label_width(v, c, bank, i) + GAP;
    }
    return places;
}

struct bridge {
    const struct chart *v;
    int *places[2];
};

/* Half of the width of the label from its place, in dots. */
static double middle_of(const struct bridge *b, const struct canvas *c, enum bank bank,
                        long i)
{
    return 2 * b->places[bank][i] + label_width(b->v, c, bank, i);
}

/* A line of one to three dots, the more the weight is. */
static void draw_line_of(const struct bridge *b, struct dots *d, const struct canvas *c,
                         long row, long column, double weight, bool lit)
{
    int strands = !lit ? 1 : weight >= 0.5 ? 3 : weight >= 0.2 ? 2 : 1;
    double top = middle_of(b, c, ABOVE, column), bottom = middle_of(b, c, BELOW, row);
    struct style style = theme_style(c, lit ? LOOK_FOCUS : LOOK_DIM);
    for (int i = 0; i < strands; i++)
        dots_line(d, top + i - strands / 2, 0, bottom + i - strands / 2,
                  4 * d->area.rows - 1, style, lit ? '*' : '.');
}

/* Of the others each row's strongest; then all of those that are asked about. */
static void draw_lines(const struct bridge *b, struct canvas *c, struct area a)
{
    const struct chart *v = b->v;
    struct dots d = dots_new(a);
    for (long row = 0; row < v->sheet.rows; row++) {
        long column = tell_strongest_column(v, row);
        double weight = column < 0 ? 0 : chart_cell(v, row, column);
        if (weight >= LINKS_LEAST_CELLS && !is_lit(v, row, column))
            draw_line_of(b, &d, c, row, column, weight, false);
    }
    for (long row = 0; row < v->sheet.rows; row++)
        for (long column = 0; column < v->sheet.columns; column++)
            if (is_lit(v, row, column) &&
                chart_cell(v, row, column) >= LINKS_LEAST_CELLS)
                draw_line_of(b, &d, c, row, column, chart_cell(v, row, column), true);
    dots_draw(&d, c);
    dots_free(&d);
}

/* The tokens of a bank; those that are asked about, and those they lead to, stand out. */
static void draw_bank(const struct bridge *b, enum bank bank, struct canvas *c,
                      struct area a)
{
    const struct chart *v = b->v;
    bool asks = (bank == BELOW) == !v->to_column;
    for (long i = 0; i < count_of(v, bank); i++) {
        long row = bank == BELOW ? i : v->at.row;
        long column = bank == ABOVE ? i : v->at.column;
        bool on = asks && i == (bank == BELOW ? v->at.row : v->at.column);
        bool reached = !asks && chart_cell(v, row, column) >= LINKS_LEAST_CELLS;
        char *label = label_of(v, bank, i);
        struct style style =
            on ? chart_lit(c, v, true, LOOK_TOKEN)
               : theme_style(c, reached ? LOOK_FOCUS : LOOK_TOKEN);
        canvas_field(c, area_part(a, 0, b->places[bank][i], 1,
                                  label_width(v, c, bank, i)),
                     0, ALIGN_CENTER, style, label);
        free(label);
    }
}

/* The weights beside the tokens that are reached. */
static void draw_numbers(const struct bridge *b, struct canvas *c, struct area a)
{
    const struct chart *v = b->v;
    enum bank bank = v->to_column ? BELOW : ABOVE;
    for (long i = 0; i < count_of(v, bank); i++) {
        long row = bank == BELOW ? i : v->at.row;
        long column = bank == ABOVE ? i : v->at.column;
        double weight = chart_cell(v, row, column);
        char number[RENDER_NUMBER];
        if (weight >= LINKS_LEAST_CELLS)
            canvas_field(c, area_part(a, 0, b->places[bank][i], 1,
                                      label_width(v, c, bank, i)),
                         0, ALIGN_CENTER, theme_style(c, LOOK_NUMBER),
                         render_number(weight, 2, number));
    }
}

static void draw_cells(const struct chart *v, struct canvas *c, struct area a)
{
    int title = title_width(v, c);
    if (a.rows < BRIDGE_LEAST_ROWS - 1 || bridge_columns(v, c) > a.columns) {
        links_draw(v, c, a);
        return;
    }
    struct area in = area_part(a, 0, title, a.rows, a.columns - title);
    struct bridge b = {v, {places_of(v, c, ABOVE, in.columns),
                           places_of(v, c, BELOW, in.columns)}};
    bool foot = a.rows >= BRIDGE_LEAST_ROWS;
    int bottom = a.rows - 1 - foot;
    canvas_text(c, a, 0, 0, theme_style(c, LOOK_AXIS), title_of(v, ABOVE));
    canvas_text(c, a, bottom, 0, theme_style(c, LOOK_AXIS), title_of(v, BELOW));
    draw_bank(&b, ABOVE, c, in);
    draw_bank(&b, BELOW, c, area_part(in, bottom, 0, 1, in.columns));
    draw_numbers(&b, c, area_part(in, v->to_column ? bottom - 1 : 1, 0, 1, in.columns));
    draw_lines(&b, c, area_part(in, 1 + !v->to_column, 0, bottom - 2, in.columns));
    if (foot)
        links_legend_draw(c, area_part(a, a.rows - 1, 0, 1, a.columns));
    free(b.places[ABOVE]);
    free(b.places[BELOW]);
}

/* ---- page ---- */

#define LABEL_SIZE 13.0
#define LABEL_GAP 16.0
#define LEAST_PLACE 30.0
#define SPAN 130.0 /* from one text to the other */
#define THICKEST 7.0
#define TITLE_ROOM 20.0
#define LEGEND_SIZE 9.0
#define LEGEND_ROOM 26.0

/* The middles of the tokens of a bank; its width is returned. */
static double place_labels(const struct chart *v, enum bank bank, double *middles)
{
    struct draw_style style = {.size = LABEL_SIZE};
    double x = 0;
    for (long i = 0; i < count_of(v, bank); i++) {
        char *label = label_of(v, bank, i);
        double width = fmax(LEAST_PLACE, draw_measure(label, &style).width);
        middles[i] = x + width / 2;
        x += width + LABEL_GAP;
        free(label);
    }
    return x - LABEL_GAP;
}

static struct rgb mix(struct rgb a, struct rgb b, double share)
{
    return (struct rgb){(uint8_t)lround(a.r + share * (b.r - a.r)),
                        (uint8_t)lround(a.g + share * (b.g - a.g)),
                        (uint8_t)lround(a.b + share * (b.b - a.b))};
}

struct bridge_page {
    const struct chart *v;
    const struct chart_page *p;
    const struct frame_colors *colors;
    struct drawing *d;
    double *middles[2], y[2];
};

/* The thin ones first, so that none hides below a thicker one: by tenths. */
static void draw_page_lines(const struct bridge_page *g)
{
    const struct colormap *map =
        g->p->map ? g->p->map : colormap_default(g->colors->ground, false);
    for (int tenth = 0; tenth <= 10; tenth++)
        for (long row = 0; row < g->v->sheet.rows; row++)
            for (long column = 0; column < g->v->sheet.columns; column++) {
                double weight = chart_cell(g->v, row, column);
                if (!(weight >= LEAST_WEIGHT) || (int)(10 * fmin(1, weight)) != tenth)
                    continue;
                struct rgb color = mix(g->colors->line,
                                       colormap_color(map, 0.3 + 0.7 * fmin(1, weight)),
                                       fmin(1, 0.3 + weight));
                draw_line(g->d, g->middles[ABOVE][column], g->y[ABOVE] + 10,
                          g->middles[BELOW][row], g->y[BELOW] - 10,
                          fmax(0.5, THICKEST * fmin(1, weight)), color);
            }
}

static void draw_page_labels(const struct bridge_page *g, enum bank bank)
{
    struct draw_style style = {
        .size = LABEL_SIZE, .align = DRAW_CENTER, .color = g->colors->text};
    struct draw_style title = {
        .size = LEGEND_SIZE, .bold = true, .color = g->colors->muted};
    for (long i = 0; i < count_of(g->v, bank); i++) {
        char *label = label_of(g->v, bank, i);
        draw_text(g->d, g->middles[bank][i], g->y[bank], label, &style);
        free(label);
    }
    draw_text(g->d, FRAME_MARGIN, g->y[bank] + (bank == ABOVE ? -18 : 18),
              title_of(g->v, bank), &title);
}

/* Both texts in the middle of the page. */
static void draw_all(struct bridge_page *g, double width, const double *widths)
{
    struct buffer legend = {0};
    struct draw_style small = {.size = LEGEND_SIZE, .color = g->colors->muted};
    for (int bank = 0; bank < 2; bank++)
        for (long i = 0; i < count_of(g->v, (enum bank)bank); i++)
            g->middles[bank][i] += (width - widths[bank]) / 2;
    frame_draw_heading(g->d, &g->p->heading, FRAME_MARGIN, FRAME_MARGIN,
                       width - 2 * FRAME_MARGIN, g->colors);
    draw_page_lines(g);
    draw_page_labels(g, ABOVE);
    draw_page_labels(g, BELOW);
    tell_link(&legend, say(SAY_CHART_LINKS_PAGE), "", LEAST_WEIGHT);
    draw_text(g->d, FRAME_MARGIN, g->y[BELOW] + 18 + LEGEND_ROOM / 2 + 4, legend.data,
              &small);
    buffer_free(&legend);
}

static struct drawing *draw_page(const struct chart *v, const struct chart_page *p,
                                 struct error *e)
{
    struct bridge_page g = {.v = v, .p = p, .colors = frame_colors(p->theme)};
    double widths[2];
    if (v->sheet.rows < 1 || v->sheet.columns < 1) {
        error_set(e, "a figure needs at least one row and one column");
        return NULL;
    }
    for (int bank = 0; bank < 2; bank++) {
        size_t count = (size_t)count_of(v, (enum bank)bank);
        g.middles[bank] = mem_alloc(count, sizeof(double));
        widths[bank] = place_labels(v, (enum bank)bank, g.middles[bank]);
    }
    double least = fmax(widths[0], widths[1]) + 2 * FRAME_MARGIN;
    double heading = fmin(460, frame_heading_width(&p->heading)) + 2 * FRAME_MARGIN;
    double width = p->width > 0 ? p->width : fmax(least, heading);
    g.y[ABOVE] = FRAME_MARGIN + TITLE_ROOM + 8 +
                 frame_heading_height(&p->heading, width - 2 * FRAME_MARGIN);
    g.y[BELOW] = g.y[ABOVE] + SPAN;
    if (width < least)
        error_set(e, "a figure %.0f points wide has no room for the tokens side by side: "
                  "choose a width of at least %.0f", width, ceil(least));
    else
        g.d = frame_new_page(ceil(width), ceil(g.y[BELOW] + 18 + LEGEND_ROOM +
                                               FRAME_MARGIN),
                             p->medium, g.colors, e);
    if (g.d)
        draw_all(&g, width, widths);
    free(g.middles[ABOVE]);
    free(g.middles[BELOW]);
    return g.d;
}

static int rows(const struct chart *v)
{
    (void)v;
    return BRIDGE_LEAST_ROWS + 3;
}

const struct chart_kind bridge_chart = {
    .name = "bridge",
    .help = {"attention as lines between what was read and what is written",
             "읽은 글과 쓰는 글을 잇는 어텐션"},
    .needs = CHART_NEEDS_MATRIX | CHART_NEEDS_ATTENTION,
    .rows = rows,
    .scrolls = true,
    .cells = draw_cells,
    .page = draw_page,
    .words = tell_rows,
};
