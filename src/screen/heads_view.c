#include "screen/heads_view.h"

#include "base/memory.h"
#include "base/say.h"
#include "screen/guide.h"
#include "screen/matrix_view.h"
#include "screen/panel.h"

#include <stdio.h>
#include <stdlib.h>

struct heads {
    struct walk *walk;
    long selected;
};

static const enum action bar[] = {ACTION_OPEN, ACTION_BACK, ACTION_LEFT, ACTION_RIGHT,
                                  ACTION_NEXT, ACTION_PREVIOUS, ACTION_LANGUAGE};
#define GROUPS (GROUP_MOVE | GROUP_OPEN | GROUP_STEP | GROUP_PROGRAM | GROUP_LOOK)

static struct matrix_view small_map(const struct heads *h, long head)
{
    const struct walk *w = h->walk;
    struct place at = {head, w->at.row, w->at.column};
    return (struct matrix_view){w->sheet, w->values, w->range, at, 0, false, false};
}

/* Maps lie in a grid: as wide as labels and two columns a key need. */
struct grid {
    int columns, tile_rows, tile_columns;
};

static struct grid grid_of(const struct heads *h, const struct canvas *c, struct area a)
{
    struct matrix_view v = small_map(h, 0);
    struct matrix_layout l = matrix_layout(&v, c, area_part(a, 0, 0, a.rows, 60));
    struct grid g;
    long keys = v.sheet.columns < 40 ? v.sheet.columns : 40;
    g.tile_columns = l.label_width + 2 * (int)keys + 2;
    if (g.tile_columns < 22)
        g.tile_columns = 22;
    if (g.tile_columns > a.columns)
        g.tile_columns = a.columns;
    g.columns = a.columns / g.tile_columns;
    g.tile_rows = matrix_rows_wanted(&v) + 2;
    if (g.tile_rows > a.rows)
        g.tile_rows = a.rows;
    return g;
}

static void draw_tile(const struct heads *h, struct canvas *c, struct area tile, long head)
{
    bool on = head == h->selected;
    struct style style = theme_style(c, on ? LOOK_TAB_ON : LOOK_TAB);
    canvas_textf(c, tile, 0, 0, style, on ? "[%s %ld]" : " %s %ld ",
                 matrix_axis_title(AXIS_HEAD), head + 1);
    struct matrix_view v = small_map(h, head);
    matrix_draw(&v, c, area_part(tile, 1, 0, tile.rows - 2, tile.columns - 2));
}

static void heads_draw(const void *state, struct canvas *c, struct area a)
{
    const struct heads *h = state;
    const struct stage *s = h->walk->sheet.stage;
    char *title = mem_format("%s · %s", guide_name(s, say_language()), s->id);
    struct area inner = panel_draw(c, a, title, bar, sizeof bar / sizeof *bar);
    free(title);
    struct grid g = grid_of(h, c, inner);
    long heads = h->walk->sheet.heads, seen = inner.rows / g.tile_rows;
    long rows = (heads + g.columns - 1) / g.columns;
    long first = panel_window(h->selected / g.columns, seen, rows);
    for (long i = first * g.columns; i < heads && i < (first + seen) * g.columns; i++)
        draw_tile(h, c,
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
    case ACTION_LANGUAGE:
        say_set_language(say_language() == LANGUAGE_KO ? LANGUAGE_EN : LANGUAGE_KO);
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
    default:
        break;
    }
}

static const struct screen heads_screen = {"heads", true, heads_draw, heads_act, NULL, free};

void heads_open(struct app *app, struct walk *w)
{
    if (!w->sheet.heads)
        return;
    struct heads *h = mem_zero(1, sizeof *h);
    h->walk = w;
    h->selected = w->at.head;
    app_push(app, &heads_screen, h);
}
