/* All heads of a stage side by side as small maps, to compare them and to choose one. */
#include "base/memory.h"
#include "base/say.h"
#include "chart/matrix_cells.h"
#include "screen/app.h"
#include "screen/cursor.h"
#include "screen/guide.h"
#include "screen/panel.h"
#include "screen/walk_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct heads {
    struct walk *walk;
    long selected;
};

static const enum action bar[] = {ACTION_OPEN, ACTION_BACK,     ACTION_RIGHT,
                                  ACTION_NEXT, ACTION_PREVIOUS, ACTION_LANGUAGE};
#define GROUPS (GROUP_MOVE | GROUP_OPEN | GROUP_STEP | GROUP_PROGRAM | GROUP_LOOK)

static struct chart small_map(const struct heads *h, long head)
{
    const struct walk *w = h->walk;
    struct place at = {head, w->shown.at.row, w->shown.at.column};
    return (struct chart){.shown = &w->shown,
                          .sheet = w->sheet,
                          .values = w->values,
                          .range = w->range,
                          .range_by = w->range_by,
                          .at = at,
                          .bare = true};
}

/* Maps lie in a grid: as wide as labels and two columns a key need; or, where not all of
 * them can be seen then, without labels and with two rows of the map in one of the
 * screen. */
struct grid {
    int columns, rows, tile_rows, tile_columns;
    bool compact;
};

static int between(long x, int least, int most)
{
    return x < least ? least : x > most ? most : (int)x;
}

/* A tile, and a map in it, is there on the smallest screen too. */
static int least_one(int x)
{
    return x < 1 ? 1 : x;
}

static struct grid make_grid(struct area a, long tile_columns, long tile_rows,
                             bool compact)
{
    struct grid g = {.compact = compact};
    g.tile_columns = least_one(between(tile_columns, compact ? 12 : 22, a.columns));
    g.tile_rows = least_one(between(tile_rows, 1, a.rows));
    g.columns = least_one(a.columns / g.tile_columns);
    g.rows = least_one(a.rows / g.tile_rows);
    return g;
}

static struct grid grid_of(const struct heads *h, const struct canvas *c, struct area a)
{
    struct chart v = small_map(h, 0);
    long rows = v.sheet.rows, columns = v.sheet.columns;
    struct matrix_layout l = matrix_layout(&v, c, area_part(a, 0, 0, a.rows, 60));
    struct grid g = make_grid(a, l.label_width + 2 * columns + 2, rows + 3, false);
    bool blocks = !c->ascii && c->theme && !theme_is_mono(c->theme);
    if (blocks && (long)g.rows * g.columns < v.sheet.heads)
        g = make_grid(a, columns + 2, (rows + 1) / 2 + 2, true);
    return g;
}

/* Two rows of the map in each row of the screen: the upper one is the letter's colour. */
static void draw_blocks(const struct chart *v, struct canvas *c, struct area a)
{
    const struct sheet *s = &v->sheet;
    struct colormap_range range = chart_range(v, v->at.row), below = range;
    for (long row = 0; row < s->rows && row / 2 < a.rows; row += 2) {
        if (v->range_by == RANGE_BY_ROW) {
            range = chart_range(v, row);
            below = chart_range(v, row + 1 < s->rows ? row + 1 : row);
        }
        for (long column = 0; column < s->columns && column < a.columns; column++) {
            struct place at = {v->at.head, row, column};
            double upper = tensor_get(v->values, sheet_cell(s, at)), lower = NAN;
            at.row++;
            if (at.row < s->rows)
                lower = tensor_get(v->values, sheet_cell(s, at));
            struct style style = theme_heat(c, below, lower);
            style.fg = theme_heat(c, range, upper).bg;
            if (at.row == s->rows) /* no number */
                style.bg = theme_style(c, LOOK_TEXT).bg;
            canvas_text(c, a, (int)(row / 2), (int)column, style, "▀");
        }
    }
}

static void draw_tile(const struct heads *h, const struct grid *g, struct canvas *c,
                      struct area tile, long head)
{
    bool on = head == h->selected;
    struct style style = theme_style(c, on ? LOOK_TAB_ON : LOOK_TAB);
    const char *name = g->compact ? "head" : label_axis(AXIS_HEAD);
    char *title = on ? mem_format("[%s %ld]", name, head + 1)
                     : mem_format(" %s %ld ", name, head + 1);
    int end = canvas_text(c, tile, 0, 0, style, title);
    free(title);
    struct chart v = small_map(h, head);
    struct area map = area_part(tile, 1, 0, tile.rows - 2, tile.columns - 2);
    if (g->compact) {
        draw_blocks(&v, c, map);
        return;
    }
    canvas_textf(c, area_part(tile, 0, 0, 1, tile.columns - 1), 0, end + 1,
                 theme_style(c, LOOK_AXIS), "%s →",
                 label_axis(h->walk->sheet.column_axis));
    matrix_draw(&v, c, map);
}

/* What the colours and the two sides of every map stand for. */
static void draw_legend(const struct heads *h, struct canvas *c, struct area a)
{
    struct chart v = small_map(h, h->selected);
    int end = matrix_draw_range(&v, c, a);
    canvas_textf(c, a, 0, end + 3, theme_style(c, LOOK_AXIS), "%s ↓  %s →",
                 label_axis(v.sheet.row_axis), label_axis(v.sheet.column_axis));
}

static void heads_draw(const void *state, struct canvas *c, struct area a)
{
    const struct heads *h = state;
    const struct stage *s = h->walk->sheet.stage;
    char *title = mem_format("%s · %s", guide_name(s, say_language()), stage_id(s));
    struct area inner = panel_draw(c, a, title, bar, sizeof bar / sizeof *bar);
    free(title);
    draw_legend(h, c, area_part(inner, inner.rows - 1, 0, 1, inner.columns));
    inner.rows--;
    struct grid g = grid_of(h, c, inner);
    long heads = h->walk->sheet.heads, rows = (heads + g.columns - 1) / g.columns;
    long first = scroll_first(h->selected / g.columns, g.rows, rows);
    for (long i = first * g.columns; i < heads && i < (first + g.rows) * g.columns; i++)
        draw_tile(h, &g, c,
                  area_part(inner, (int)(i / g.columns - first) * g.tile_rows,
                            (int)(i % g.columns) * g.tile_columns, g.tile_rows,
                            g.tile_columns),
                  i);
}

static void select_by(struct heads *h, long by)
{
    long to = h->selected + by, heads = h->walk->sheet.heads;
    if (to >= 0 && to < heads)
        h->selected = to;
}

/* On to another stage; without heads there, the walk is seen again. */
static void step(struct heads *h, struct app *app, int by)
{
    walk_next(h->walk, by);
    if (!h->walk->sheet.heads)
        app_pop(app);
    else if (h->selected >= h->walk->sheet.heads)
        h->selected = 0;
}

static void heads_act(void *state, struct app *app, const struct event *event)
{
    struct heads *h = state;
    if (event->kind != EVENT_KEY)
        return;
    struct area inner = area_inset(canvas_area(app_canvas(app)), 1, 1);
    inner.rows--;
    struct grid g = grid_of(h, app_canvas(app), inner);
    switch (action_find(GROUPS, event->key)) {
    case ACTION_LEFT:
    case ACTION_HEAD_PREVIOUS:
        select_by(h, -1);
        break;
    case ACTION_RIGHT:
    case ACTION_HEAD_NEXT:
        select_by(h, 1);
        break;
    case ACTION_UP:
        select_by(h, -g.columns);
        break;
    case ACTION_DOWN:
        select_by(h, g.columns);
        break;
    case ACTION_NEXT:
        step(h, app, 1);
        break;
    case ACTION_PREVIOUS:
        step(h, app, -1);
        break;
    case ACTION_RANGE:
        app_say(app, say(cursor_turn_range(&h->walk->sheet, &h->walk->range_by)));
        break;
    case ACTION_LANGUAGE:
        app_switch_language(app);
        break;
    case ACTION_OPEN:
        walk_set_head(h->walk, h->selected);
        app_pop(app);
        break;
    case ACTION_BACK:
    case ACTION_HEADS:
    case ACTION_QUIT:
        app_pop(app);
        break;
    case ACTION_RESTORE:
        app_pass(app, event);
        break;
    default:
        app_no_action(app, event->key);
    }
}

static void *heads_new(struct app *app, const struct subject *on)
{
    struct heads *h = mem_zero(1, sizeof *h);
    (void)app;
    h->walk = on->walk;
    h->selected = on->walk->shown.at.head;
    return h;
}

const struct screen heads_screen = {
    .name = "heads",
    .covers = true,
    .open = heads_new,
    .draw = heads_draw,
    .act = heads_act,
    .free = free,
};
