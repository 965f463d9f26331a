/* The chart "overview": the heads of all layers of one kind of attention, a thumbnail
 * each; a row is a layer. */
#include "chart/overview.h"

#include "base/bounds.h"
#include "chart/blocks.h"
#include "chart/matrix_cells.h"
#include "chart/tell.h"
#include "chart/tiles.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The layers, each as a chart of its own. */
struct overview {
    struct chart *layers;
    struct tensor *owned; /* values whose rows and columns were regrouped */
    long count, lit;      /* lit: the layer of the chart itself */
};

/* ---- the layers ---- */

/* The same stage of another layer: its values have the same labels. */
static bool is_sibling(const struct stage *a, const struct stage *b)
{
    return a->place.stack == b->place.stack && a->place.block == b->place.block &&
           a->place.sublayer == b->place.sublayer &&
           a->place.gradient == b->place.gradient && a->place.layer != b->place.layer &&
           !strcmp(a->name, b->name) && a->shape.rank == b->shape.rank &&
           !memcmp(a->shape.size, b->shape.size,
                   sizeof *a->shape.size * (size_t)a->shape.rank);
}

int overview_step(const struct plan *p, int stage, int by)
{
    for (int i = stage + by; i >= 0 && i < (int)p->count; i += by)
        if (is_sibling(&p->stages[i], &p->stages[stage]))
            return i;
    return -1;
}

long overview_layers(const struct plan *p, int stage)
{
    long count = 1;
    for (size_t i = 0; i < p->count; i++)
        count += (int)i != stage && is_sibling(&p->stages[i], &p->stages[stage]);
    return count;
}

int overview_rows(const struct chart *v)
{
    long layers = v->shown ? overview_layers(trace_plan(v->shown->trace),
                                             v->sheet.ref.index)
                           : 1;
    long rows = layers * ((v->sheet.rows + 1) / 2 + 2);
    return rows > 1000 ? 1000 : (int)rows;
}

static void add_layer(struct overview *o, const struct chart *v, int stage)
{
    struct chart one = *v;
    struct trace *t = v->shown->trace;
    const struct tensor *whole = trace_acquire(t, stage);
    one.sheet.ref = (struct ref){REF_STAGE, stage};
    one.sheet.stage = &trace_plan(t)->stages[stage];
    one.values = whole;
    if (v->regroup) {
        o->owned[o->count] = v->regroup(v->regroup_with, whole);
        one.values = &o->owned[o->count];
    }
    o->layers[o->count++] = one;
}

/* Colours stand for the same numbers in all layers. */
static void share_range(struct overview *o, const struct chart *v)
{
    struct colormap_range all = v->range;
    for (long i = 0; i < o->count; i++) {
        struct colormap_range r = sheet_range(&o->layers[i].sheet, o->layers[i].values);
        all = (struct colormap_range){fmin(all.lo, r.lo), fmax(all.hi, r.hi),
                                      all.diverging || r.diverging};
    }
    if (all.diverging)
        all = colormap_range_of(fmin(all.lo, -all.hi), fmax(all.hi, -all.lo));
    for (long i = 0; i < o->count; i++)
        o->layers[i].range = all;
}

/* Without a run there is the layer of the chart alone. Free with overview_free. */
static struct overview overview_of(const struct chart *v)
{
    struct overview o = {0};
    const struct stage *own = v->sheet.stage;
    const struct plan *p = v->shown && own ? trace_plan(v->shown->trace) : NULL;
    size_t count = p ? p->count : 1;
    o.layers = mem_zero(count, sizeof *o.layers);
    o.owned = mem_zero(count, sizeof *o.owned);
    for (size_t i = 0; i < count; i++) {
        if (!p || (int)i == v->sheet.ref.index) {
            o.lit = o.count;
            o.layers[o.count++] = *v;
        } else if (is_sibling(&p->stages[i], own)) {
            add_layer(&o, v, (int)i);
        }
    }
    share_range(&o, v);
    return o;
}

static void overview_free(struct overview *o)
{
    for (long i = 0; i < o->count; i++) {
        if (i != o->lit)
            trace_release(o->layers[i].shown->trace, o->layers[i].sheet.ref.index);
        free(o->owned[i].data);
    }
    free(o->owned);
    free(o->layers);
}

/* "encoder 0"; the symbol of what stands in no layer. Caller frees. */
static char *layer_name(const struct chart *v)
{
    const struct stage *s = v->sheet.stage;
    if (!s || s->place.layer < 0)
        return mem_string(v->sheet.symbol);
    bool decoder = s->place.stack == STACK_DECODER;
    return mem_format("%s %d", say(decoder ? SAY_MAP_DECODER : SAY_MAP_ENCODER),
                      s->place.layer);
}

/* ---- cells ---- */

#define LEAST_ACROSS 3 /* columns of a thumbnail */
#define LEAST_DOWN 2
#define MOST_TIMES 4    /* as large as a cell each */
#define TITLE_COLUMNS 26 /* from one title to the next, at most */

struct grid {
    bool titled;       /* every thumbnail has a title row */
    int sides;         /* columns of the names of layers */
    int across, down;  /* thumbnails that are seen */
    int columns, rows; /* of one, without the space to the next */
    int step_columns, step_rows;
};

/* As large as there is room for, whole cells each where that is possible. */
static void size_thumbnails(const struct sheet *s, bool halves, struct grid *g, int rows,
                            int columns)
{
    double high = halves ? 2.0 : 1.0;
    double fit = fmin((double)columns / (double)s->columns,
                      (double)rows * high / (double)s->rows);
    fit = fit >= 1 ? floor(fmin(fit, MOST_TIMES)) : fit;
    g->columns = between((long)ceil((double)s->columns * fit), 1, columns);
    g->rows = between((long)ceil((double)s->rows * fit / high), 1, rows);
}

static struct grid grid_of(const struct overview *o, const struct canvas *c,
                           struct area a)
{
    struct grid g = {.sides = canvas_width(c, label_axis(AXIS_HEAD)) + 2};
    const struct sheet *s = &o->layers[0].sheet;
    for (long i = 0; i < o->count; i++) {
        char *name = layer_name(&o->layers[i]);
        int width = canvas_width(c, name) + 2;
        g.sides = width > g.sides ? width : g.sides;
        free(name);
    }
    g.sides = between(g.sides, 1, between(a.columns / 3, 1, 1000));
    int room = between(a.columns - g.sides, 1, 10000);
    g.titled = o->layers[0].held;
    int least = LEAST_DOWN + g.titled;
    int height = between(a.rows - 2 + g.titled, 1, 10000); /* the numbers, the legend */
    g.across = between(room / (LEAST_ACROSS + 1), 1, between(s->heads, 1, 10000));
    g.down = between((height + 1) / (least + 1), 1, between(o->count, 1, 10000));
    int columns = between(room / g.across - 1, 1, 1000);
    int rows = between((height + 1) / g.down - 1 - g.titled, 1, 1000);
    if (g.titled && columns > 1) /* the mark of the next one stands apart */
        columns--;
    size_thumbnails(s, blocks_are_halves(c), &g, rows, columns);
    g.step_columns = between(g.columns + 2, 1, columns + 1);
    if (g.titled) /* titles take the room that there is */
        g.step_columns = between(columns + 2, 1, TITLE_COLUMNS);
    if (g.titled && g.step_columns < g.columns + 2)
        g.step_columns = g.columns + 2;
    g.step_rows = between(g.rows + 1, 1, rows + 1) + g.titled;
    return g;
}

static void draw_numbers(const struct chart *v, const struct grid *g, long first,
                         struct canvas *c, struct area a)
{
    canvas_field(c, area_part(a, 0, 0, 1, g->sides), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_AXIS), label_axis(AXIS_HEAD));
    for (long i = first; i < v->sheet.heads && i < first + g->across; i++) {
        char number[24];
        snprintf(number, sizeof number, "%ld", i + 1);
        canvas_field(c, area_part(a, 0, g->sides + (int)(i - first) * g->step_columns, 1,
                                  g->columns), 0, ALIGN_LEFT,
                     theme_style(c, i == v->at.head ? LOOK_TAB_ON : LOOK_TAB), number);
    }
}

/* "[1] noun → particle" */
static void draw_title(const struct chart *layer, long head, bool on, struct canvas *c,
                       struct area a)
{
    const char *named = chart_head_name(layer, head);
    struct style style = theme_style(c, on ? LOOK_TAB_ON : LOOK_TAB);
    int end = canvas_textf(c, a, 0, 0, style, "%s%ld%s", on ? "[" : " ", head + 1,
                           on ? "]" : " ");
    if (named && end + 4 <= a.columns)
        canvas_text(c, a, 0, end, theme_style(c, on ? LOOK_FOCUS : LOOK_AXIS), named);
}

/* The row of a thumbnail in which the lit row of the matrix is seen. */
static int held_row(const struct chart *layer, const struct grid *g)
{
    long row = layer->at.row * g->rows / layer->sheet.rows;
    return between(row, 0, g->rows - 1);
}

static void draw_layer(const struct chart *layer, const struct grid *g, long first,
                       bool lit, struct canvas *c, struct area a)
{
    char *name = layer_name(layer);
    canvas_field(c, area_part(a, 0, 0, 1, g->sides - 1), 0, ALIGN_LEFT,
                 theme_style(c, lit ? LOOK_TAB_ON : LOOK_TAB), name);
    free(name);
    struct area whole = a;
    a = area_part(a, g->titled, 0, a.rows - g->titled, a.columns);
    for (long i = first; i < layer->sheet.heads && i < first + g->across; i++) {
        struct chart one = *layer;
        one.at.head = i;
        int column = g->sides + (int)(i - first) * g->step_columns;
        blocks_draw(&one, c, area_part(a, 0, column, g->rows, g->columns));
        bool on = lit && i == layer->at.head;
        struct area edge = area_part(a, 0, column - 1, g->rows, 1);
        canvas_vline(c, edge, 0, theme_style(c, on ? LOOK_FOCUS : LOOK_BORDER));
        if (g->titled)
            draw_title(layer, i, on, c,
                       area_part(whole, 0, column - 1, 1, g->step_columns - 1));
        if (g->titled)
            canvas_text(c, edge, held_row(layer, g), 0, theme_style(c, LOOK_FOCUS), "▸");
        else if (on)
            canvas_text(c, edge, 0, 0, theme_style(c, LOOK_FOCUS), "▸");
    }
}

static void draw_cells(const struct chart *v, struct canvas *c, struct area a)
{
    if (area_is_empty(a))
        return;
    struct overview o = overview_of(v);
    struct grid g = grid_of(&o, c, a);
    long head = scroll_first(v->at.head, g.across, v->sheet.heads);
    long layer = scroll_first(o.lit, g.down, o.count);
    if (!g.titled)
        draw_numbers(v, &g, head, c, area_part(a, 0, 0, 1, a.columns));
    for (long i = 0; i < g.down && layer + i < o.count; i++)
        draw_layer(&o.layers[layer + i], &g, head, layer + i == o.lit, c,
                   area_part(a, !g.titled + (int)i * g.step_rows, 0,
                             between(a.rows - 1 - !g.titled - i * g.step_rows, 0,
                                     g.rows + g.titled),
                             a.columns));
    int end_row = between(!g.titled + (long)g.down * g.step_rows, 0, a.rows - 1);
    struct area foot = area_part(a, end_row, 0, 1, a.columns);
    if (a.rows > 2) {
        int end = matrix_draw_range(&o.layers[0], c, foot);
        canvas_textf(c, foot, 0, end + 3, theme_style(c, LOOK_AXIS), "%s ↓  %s →",
                     chart_row_title(v), chart_column_title(v));
    }
    overview_free(&o);
}

/* ---- page ---- */

static void free_texts(char **texts, long count)
{
    for (long i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

static struct tile *make_tiles(const struct overview *o, long heads)
{
    struct tile *items = mem_zero((size_t)(o->count * heads), sizeof *items);
    for (long i = 0; i < o->count * heads; i++) {
        const struct chart *layer = &o->layers[i / heads];
        const char *named = chart_head_name(layer, i % heads);
        const char *head = heads > 6 || named ? "" : label_axis(AXIS_HEAD);
        items[i] = (struct tile){layer->values,
                                 i % heads * layer->sheet.rows * layer->sheet.columns,
                                 mem_format("%s%s%ld%s%s", head, *head ? " " : "",
                                            i % heads + 1, named ? ": " : "",
                                            named ? named : "")};
    }
    return items;
}

static struct drawing *draw_page(const struct chart *v, const struct chart_page *p,
                                 struct error *e)
{
    struct overview o = overview_of(v);
    long heads = v->sheet.heads, count = o.count * heads;
    struct tile *items = make_tiles(&o, heads);
    char **sides = mem_zero((size_t)o.count, sizeof *sides);
    for (long i = 0; i < o.count; i++)
        sides[i] = layer_name(&o.layers[i]);
    struct tiles t = {.chart = v,
                      .items = items,
                      .count = count,
                      .across = heads,
                      .sides = sides,
                      .titles_on_top = !chart_head_name(v, 0)};
    struct drawing *d = tiles_page(&t, p, e);
    for (long i = 0; i < count; i++)
        free(items[i].title);
    free(items);
    free_texts(sides, o.count);
    overview_free(&o);
    return d;
}

/* "encoder.*.self_attn.weights" */
static char *name(const struct chart *v)
{
    const struct stage *s = v->sheet.stage;
    if (!s || s->place.layer < 0)
        return mem_string(s ? stage_id(s) : v->sheet.symbol);
    char *layer = mem_format(".%d.", s->place.layer);
    const char *id = stage_id(s), *at = strstr(id, layer);
    char *all = mem_format("%.*s.*.%s", (int)(at - id), id, at + strlen(layer));
    free(layer);
    return all;
}

/* ---- words ---- */

/* The row whose strongest link is the strongest of its head; -1 for none. */
static long strongest_row(const struct chart *v)
{
    long found = -1;
    double most = 0;
    for (long row = 0; row < v->sheet.rows; row++) {
        long column = tell_strongest_column(v, row);
        double x = column < 0 ? NAN : chart_cell(v, row, column);
        if (column >= 0 && (found < 0 || x > most)) {
            found = row;
            most = x;
        }
    }
    return found;
}

/* "- encoder 0, head 2: the strongest link is 나 ← 간, 0.97" */
static void tell_head(const struct chart *v, struct buffer *out)
{
    char *layer = layer_name(v);
    long row = strongest_row(v);
    const char *named = chart_head_name(v, v->at.head);
    buffer_addf(out, "- %s, %s %ld", layer, label_axis(AXIS_HEAD), v->at.head + 1);
    tell_name(out, named);
    free(layer);
    if (row < 0) {
        buffer_add(out, "–\n");
        return;
    }
    long column = tell_strongest_column(v, row);
    char *from = tell_label(v->sheet.row_labels, row, true);
    char *to = tell_label(v->sheet.column_labels, column, false);
    char *link = mem_format("%s ← %s", from, to);
    tell_link(out, say(SAY_CHART_STRONGEST), link, chart_cell(v, row, column));
    buffer_add(out, "\n");
    free(from);
    free(to);
    free(link);
}

static void tell(const struct chart *v, long most, struct buffer *out)
{
    struct overview o = overview_of(v);
    long heads = v->sheet.heads, count = o.count * heads;
    for (long i = 0; i < count && i < most; i++) {
        struct chart one = o.layers[i / heads];
        one.at.head = i % heads;
        tell_head(&one, out);
    }
    if (count > most) {
        char *rest = mem_format("%ld", count - most);
        char *more = say_with(SAY_CHART_MORE_HEADS, rest);
        buffer_addf(out, "- %s\n", more);
        free(rest);
        free(more);
    }
    overview_free(&o);
}

const struct chart_kind overview_chart = {
    .name = "overview",
    .help = {"the heads of all layers, a thumbnail each",
             "모든 층의 헤드를 작은 그림으로"},
    .needs = CHART_NEEDS_MATRIX | CHART_NEEDS_HEADS,
    .names = true,
    .cells = draw_cells,
    .page = draw_page,
    .words = tell,
    .subject = name,
};
