/* All heads of a stage side by side, to compare them and to choose one: the chart "heads"
 * and the keys that move in it. */
#include "base/memory.h"
#include "base/say.h"
#include "chart/heads.h"
#include "screen/app.h"
#include "screen/attention.h"
#include "screen/cursor.h"
#include "screen/guide.h"
#include "screen/panel.h"
#include "screen/seen.h"
#include "screen/walk_state.h"

#include <stdlib.h>

struct heads {
    struct walk *walk;
    long selected;
};

static const enum action bar[] = {ACTION_OPEN, ACTION_BACK,     ACTION_RIGHT,
                                  ACTION_NEXT, ACTION_PREVIOUS, ACTION_LANGUAGE,
                                  ACTION_MAP};
#define GROUPS (GROUP_MOVE | GROUP_OPEN | GROUP_STEP | GROUP_PROGRAM | GROUP_LOOK)

/* The chart "heads", with the chosen one lit. */
static struct chart chart_shown(const struct heads *h)
{
    const struct walk *w = h->walk;
    struct place at = {h->selected, w->shown.at.row, w->shown.at.column};
    return (struct chart){.shown = &w->shown,
                          .sheet = w->sheet,
                          .values = w->values,
                          .range = w->range,
                          .range_by = w->range_by,
                          .names = attention_names(w),
                          .at = at};
}

static void heads_draw(const void *state, struct canvas *c, struct area a)
{
    const struct heads *h = state;
    const struct stage *s = h->walk->sheet.stage;
    char *title = mem_format("%s · %s", guide_name(s, say_language()), stage_id(s));
    struct area inner = panel_draw(c, a, title, bar, sizeof bar / sizeof *bar);
    free(title);
    struct chart v = chart_shown(h);
    heads_chart.cells(&v, c, inner);
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
    attention_begin(h->walk);
    if (!h->walk->sheet.heads)
        app_pop(app);
    else if (h->selected >= h->walk->sheet.heads)
        h->selected = 0;
}

/* Not of a worked example, which has no model. */
static void open_map(const struct heads *h, struct app *app)
{
    unsigned has = NEED_RUN | (h->walk->session ? NEED_MODEL : 0);
    app_say(app, app_open_once(app, SCREEN_MAP,
                               &(struct subject){.has = has, .walk = h->walk}));
}

static void heads_act(void *state, struct app *app, const struct event *event)
{
    struct heads *h = state;
    if (event->kind != EVENT_KEY) {
        bool works = event->kind == EVENT_TICK || event->kind == EVENT_WAIT;
        if (works && attention_is_counting(h->walk))
            attention_count(h->walk, event->kind == EVENT_WAIT);
        return;
    }
    struct area inner = area_inset(canvas_area(app_canvas(app)), 1, 1);
    struct chart v = chart_shown(h);
    long across = heads_across(&v, app_canvas(app), inner);
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
        select_by(h, -across);
        break;
    case ACTION_DOWN:
        select_by(h, across);
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
    case ACTION_MAP:
        open_map(h, app);
        break;
    case ACTION_RESTORE:
        app_pass(app, event);
        break;
    default:
        app_other_key(app, event->key);
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

/* Until the heads have their names. */
static int heads_patience(const void *state)
{
    return attention_is_counting(((const struct heads *)state)->walk) ? 0 : -1;
}

static bool heads_seen(const void *state, struct seen *out)
{
    const struct heads *h = state;
    out->kind = &heads_chart;
    out->chart = chart_shown(h);
    return true;
}

const struct screen heads_screen = {
    .name = "heads",
    .covers = true,
    .open = heads_new,
    .draw = heads_draw,
    .act = heads_act,
    .seen = heads_seen,
    .patience = heads_patience,
    .free = free,
};
