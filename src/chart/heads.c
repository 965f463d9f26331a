/* The chart "heads": all heads of a stage side by side, to compare them. */
#include "chart/heads.h"

#include "base/bounds.h"
#include "chart/blocks.h"
#include "chart/matrix_cells.h"
#include "chart/tell.h"
#include "chart/tiles.h"

#include <stdlib.h>

/* ---- cells ---- */

/* The richest form in which all heads are seen: numbers, colours with the first letters
 * of the columns, or thumbnails. */
enum form { FORM_NUMBERS, FORM_COLOURS, FORM_BLOCKS };

struct grid {
    enum form form;
    int across, down; /* tiles that are seen */
    int tile_rows, tile_columns;
    bool all; /* all heads are seen, each whole */
};

/* What a tile shows: no axes, which are named once for all. */
static struct chart small_map(const struct chart *v, long head, enum form form)
{
    struct chart small = *v;
    small.sheet.row_axis = small.sheet.column_axis = AXIS_NONE;
    small.sheet.part = NULL;
    small.at.head = head;
    small.zoom = form == FORM_NUMBERS ? CHART_ZOOM_PLAIN : CHART_ZOOM_LEAST;
    small.bare = small.tight = small.wide = true;
    small.gloss = small.focused = false;
    return small;
}

/* What a tile takes, with the space to the next one: at least, and to look well. */
struct tile_size {
    long rows, least, roomy;
};

static struct tile_size size_of_tile(const struct chart *v, const struct canvas *c,
                                     enum form form)
{
    long columns = v->sheet.columns;
    if (form == FORM_BLOCKS)
        return (struct tile_size){(v->sheet.rows + 1) / 2 + 2,
                                  columns + 2 < 12 ? 12 : columns + 2, 2 * columns + 2};
    struct chart small = small_map(v, 0, form);
    struct area wide = {0, 0, 20, 60}, narrow = {0, 0, 20, 1}, endless = {0, 0, 20, 5000};
    int labels = matrix_layout(&small, c, wide).label_width + 2;
    struct tile_size size = {
        v->sheet.rows + 3,
        labels + columns * matrix_layout(&small, c, narrow).cell_width,
        labels + columns * matrix_layout(&small, c, endless).cell_width};
    size.least = size.least < 14 ? 14 : size.least;
    return size;
}

/* As many tiles as there is room for, spread evenly. The last row of the area is the
 * legend's; the space after the last tile may be missing. */
static struct grid make_grid(const struct chart *v, const struct canvas *c, struct area a,
                             enum form form)
{
    struct tile_size size = size_of_tile(v, c, form);
    long heads = between(v->sheet.heads, 1, 10000);
    struct grid g = {.form = form};
    int room = between(a.rows - 1, 1, 10000);
    g.across = between((a.columns + 2) / size.least, 1, (int)heads);
    g.down = between((room + 1) / size.rows, 1, (int)heads);
    int roomy = between((a.columns + 2) / size.roomy, 1, g.across);
    if ((heads + roomy - 1) / roomy <= g.down)
        g.across = roomy;
    long lines = (heads + g.across - 1) / g.across;
    if (lines <= g.down) {
        g.across = (int)((heads + lines - 1) / lines);
        g.down = (int)lines;
    }
    g.tile_columns =
        between((a.columns + 2) / g.across, 1, between(2 * size.least, 1, 1000));
    g.tile_rows = between((room + 1) / g.down, 1,
                          between(form == FORM_BLOCKS ? 2 * size.rows - 2 : size.rows, 1,
                                  1000));
    g.all = lines <= g.down && size.rows <= room + 1 && size.least <= a.columns + 2;
    return g;
}

static struct grid grid_of(const struct chart *v, const struct canvas *c, struct area a)
{
    int last = blocks_are_halves(c) ? FORM_BLOCKS : FORM_COLOURS;
    struct grid g = {0};
    for (int form = FORM_NUMBERS; form <= last; form++) {
        g = make_grid(v, c, a, (enum form)form);
        if (g.all)
            break;
    }
    return g;
}

long heads_across(const struct chart *v, const struct canvas *c, struct area a)
{
    return grid_of(v, c, a).across;
}

static void draw_head(const struct chart *v, const struct grid *g, struct canvas *c,
                      struct area tile, long head)
{
    bool on = head == v->at.head;
    struct style style = theme_style(c, on ? LOOK_TAB_ON : LOOK_TAB);
    const char *name = g->form == FORM_BLOCKS ? "head" : label_axis(AXIS_HEAD);
    char *title = mem_format(on ? "[%s %ld]" : " %s %ld ", name, head + 1);
    struct area top = area_part(tile, 0, 0, 1, tile.columns - 1);
    int end = canvas_text(c, top, 0, 0, style, title);
    free(title);
    const char *named = chart_head_name(v, head);
    if (named && end + 5 <= top.columns)
        canvas_text(c, top, 0, end + 1, theme_style(c, LOOK_AXIS), named);
    struct chart small = small_map(v, head, g->form);
    struct area map = area_part(tile, 1, 0, tile.rows - 1, g->tile_columns - 2);
    if (g->form == FORM_BLOCKS)
        blocks_draw(&small, c, map);
    else
        matrix_draw(&small, c, map);
}

/* What the colours and the two sides of every map stand for, and which heads are seen. */
static void draw_legend(const struct chart *v, const struct grid *g, long first,
                        struct canvas *c, struct area a)
{
    int end = matrix_draw_range(v, c, a);
    end = canvas_textf(c, a, 0, end + 3, theme_style(c, LOOK_AXIS), "%s ↓  %s →",
                       chart_row_title(v), chart_column_title(v));
    long seen = (long)g->across * g->down, last = first + seen;
    if (seen < v->sheet.heads)
        canvas_textf(c, a, 0, end + 3, theme_style(c, LOOK_DIM), "%ld-%ld / %ld",
                     first + 1, last < v->sheet.heads ? last : v->sheet.heads,
                     v->sheet.heads);
}

static void draw_cells(const struct chart *v, struct canvas *c, struct area a)
{
    if (area_is_empty(a))
        return;
    struct grid g = grid_of(v, c, a);
    long lines = (v->sheet.heads + g.across - 1) / g.across;
    long first = g.across * scroll_first(v->at.head / g.across, g.down, lines);
    for (long i = first; i < v->sheet.heads && i < first + (long)g.across * g.down; i++)
        draw_head(v, &g, c,
                  area_part(a, (int)((i - first) / g.across) * g.tile_rows,
                            (int)(i % g.across) * g.tile_columns,
                            g.tile_rows, g.tile_columns),
                  i);
    if (a.rows > 1)
        draw_legend(v, &g, first, c, area_part(a, a.rows - 1, 0, 1, a.columns));
}

/* ---- page ---- */

static struct drawing *draw_page(const struct chart *v, const struct chart_page *p,
                                 struct error *e)
{
    long heads = v->sheet.heads, size = v->sheet.rows * v->sheet.columns;
    struct tile *items = mem_zero((size_t)heads, sizeof *items);
    for (long i = 0; i < heads; i++) {
        const char *named = chart_head_name(v, i);
        items[i] = (struct tile){v->values, i * size,
                                 mem_format("%s %ld%s%s", label_axis(AXIS_HEAD), i + 1,
                                            named ? ": " : "", named ? named : "")};
    }
    struct tiles t = {.chart = v, .items = items, .count = heads, .free_across = true};
    struct drawing *d = tiles_page(&t, p, e);
    for (long i = 0; i < heads; i++)
        free(items[i].title);
    free(items);
    return d;
}

static char *name(const struct chart *v)
{
    return mem_string(sheet_name(&v->sheet));
}

/* ---- words ---- */

/* "- head 1: 나 ← 간 0.74; 는 ← 에 0.99; …": of every row the largest number. */
static void tell(const struct chart *v, long most, struct buffer *out)
{
    struct chart one = *v;
    for (one.at.head = 0; one.at.head < v->sheet.heads; one.at.head++) {
        if (one.at.head == most) {
            char *rest = mem_format("%ld", v->sheet.heads - most);
            char *more = say_with(SAY_CHART_MORE_HEADS, rest);
            buffer_addf(out, "- %s\n", more);
            free(rest);
            free(more);
            return;
        }
        const char *named = chart_head_name(&one, one.at.head);
        buffer_addf(out, "- %s %ld", label_axis(AXIS_HEAD), one.at.head + 1);
        tell_name(out, named);
        tell_strongest(&one, out);
        buffer_add(out, "\n");
    }
}

const struct chart_kind heads_chart = {
    .name = "heads",
    .help = {"all heads of a stage side by side", "한 단계의 모든 헤드를 나란히"},
    .needs = CHART_NEEDS_MATRIX | CHART_NEEDS_HEADS,
    .names = true,
    .cells = draw_cells,
    .page = draw_page,
    .words = tell,
    .subject = name,
};
