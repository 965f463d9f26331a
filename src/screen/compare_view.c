/* Two runs of a stage side by side, and the keys that move in them; without a what-if a
 * second sentence is asked for. */
#include "base/memory.h"
#include "base/say.h"
#include "screen/app.h"
#include "screen/compare_draw.h"
#include "screen/cursor.h"
#include "screen/guide.h"
#include "screen/panel.h"
#include "screen/walk_state.h"

#include <stdlib.h>

struct compare {
    struct walk *walk;
    struct pair pair;
    struct compare_look look;
    struct field field;
    bool typing;
    struct error error;
};

static const enum action bar[] = {
    ACTION_NEXT, ACTION_BEFORE_AFTER, ACTION_OPEN,  ACTION_BACK,
    ACTION_HELP, ACTION_HEAD_NEXT,    ACTION_FOCUS, ACTION_PREVIOUS,
    ACTION_EDIT, ACTION_ZOOM_IN,      ACTION_RESTORE, ACTION_LANGUAGE,
    ACTION_MAP};
static const enum action typing_bar[] = {ACTION_FIELD_ACCEPT, ACTION_FIELD_CANCEL,
                                         ACTION_FIELD_CLEAR};
#define GROUPS (GROUP_STEP | GROUP_MOVE | GROUP_OPEN | GROUP_LOOK | GROUP_PROGRAM)

static void look(struct compare *c, int stage)
{
    pair_look(&c->pair, stage);
    c->look.selected = 0;
}

static int make_runs(struct compare *c, const char *second)
{
    c->error = (struct error){0};
    return pair_make(&c->pair, c->walk->session, second, &c->error);
}

/* ---- drawing ---- */

static void draw_typing(const struct compare *c, struct canvas *canvas, struct area a)
{
    struct area in = panel_draw(canvas, a, say(SAY_COMPARE_TYPE), typing_bar,
                                sizeof typing_bar / sizeof *typing_bar);
    field_draw(&c->field, canvas, area_part(in, 1, 0, 1, in.columns));
    canvas_wrap(canvas, area_part(in, 3, 0, in.rows - 3, in.columns), 0,
                theme_style(canvas, c->error.set ? LOOK_WARNING : LOOK_DIM),
                c->error.set ? c->error.message : say(SAY_COMPARE_HINT));
}

/* "weights · head 2 / 4 · decoder 0 · cross-attention", and the id where it has room.
 * Caller frees. */
static char *title_of(const struct compare *c, int columns)
{
    const struct sheet *sheet = &c->pair.panes[PAIR_BEFORE].sheet;
    const struct stage_map *map = &c->walk->map;
    struct buffer b = {0};
    const char *brief = guide_short_name(sheet->stage, say_language());
    bool wide = columns >= 100;
    buffer_add(&b, wide || !brief ? guide_name(sheet->stage, say_language()) : brief);
    if (sheet->heads)
        buffer_addf(&b, " · %s %ld / %ld", say(SAY_RANGE_HEAD), c->pair.at.head + 1,
                    sheet->heads);
    char *part = stage_part_title(&map->parts[stage_map_part(map, c->pair.stage)],
                                  say_language());
    buffer_addf(&b, " · %s", part);
    free(part);
    if (wide)
        buffer_addf(&b, " · %s", stage_id(sheet->stage));
    return buffer_take(&b);
}

static void draw_screen(const void *state, struct canvas *canvas, struct area a)
{
    const struct compare *c = state;
    if (c->typing) {
        draw_typing(c, canvas, a);
        return;
    }
    char *title = title_of(c, a.columns);
    struct area in = panel_draw(canvas, a, title, bar, sizeof bar / sizeof *bar);
    free(title);
    struct compare_layout l = compare_layout(&c->look, canvas, in);
    compare_draw(&c->look, &l, canvas);
}

/* ---- keys ---- */

#define PAGE 8 /* rows and columns */

static void move(struct compare *c, enum action action)
{
    const struct sheet *s = &c->pair.panes[PAIR_BEFORE].sheet;
    pair_move_to(&c->pair, cursor_move(s, c->pair.at, action, PAGE, PAGE));
}

/* What is seen on the screen as it is. */
static struct compare_layout layout_now(const struct compare *c, const struct app *app)
{
    const struct canvas *canvas = app_canvas(app);
    return compare_layout(&c->look, canvas, area_inset(canvas_area(canvas), 1, 1));
}

static bool has_list(const struct compare *c, const struct app *app)
{
    return !area_is_empty(layout_now(c, app).list);
}

static void turn(struct compare *c)
{
    c->look.turn = (c->look.turn + 1) % pair_count(&c->pair);
}

/* To the list of differences and back; where there is none, the next matrix. */
static void change_focus(struct compare *c, const struct app *app)
{
    if (has_list(c, app))
        c->look.listing = !c->look.listing;
    else
        turn(c);
}

/* In the list: up, down, and to the cell. False for other actions. */
static bool act_on_list(struct compare *c, const struct app *app, enum action action)
{
    struct compare_layout l = layout_now(c, app);
    long to = c->look.selected, count = compare_listed(&c->look, &l);
    switch (action) {
    case ACTION_UP:
    case ACTION_DOWN:
        to += action == ACTION_UP ? -1 : 1;
        c->look.selected = to < 0 || to >= count ? c->look.selected : to;
        return true;
    case ACTION_OPEN:
        if (to < count)
            pair_move_to(&c->pair, c->pair.largest[to]);
        c->look.listing = false;
        return true;
    case ACTION_BACK:
        c->look.listing = false;
        return true;
    default:
        return false;
    }
}

static void start_typing(struct compare *c, const char *text)
{
    const struct session *s = c->walk->session;
    field_set(&c->field, text ? text : s->text ? s->text : "", !text);
    c->error = (struct error){0};
    c->typing = true;
}

static void stop_typing(struct compare *c, struct app *app)
{
    c->typing = false;
    if (!c->pair.ready)
        app_pop(app);
}

static void act_on_typing(struct compare *c, struct app *app, uint32_t key)
{
    enum action action = action_find(GROUP_FIELD, key);
    if (action == ACTION_FIELD_ACCEPT && make_runs(c, c->field.text) == 0) {
        c->typing = false;
        look(c, c->pair.stage);
    } else if (action == ACTION_FIELD_CANCEL) {
        stop_typing(c, app);
    } else if (!field_act(&c->field, action) && !field_type(&c->field, key) &&
               action != ACTION_FIELD_ACCEPT) {
        app_other_key(app, key);
    }
}

/* False for what does nothing here. */
static bool step(struct compare *c, enum action action)
{
    switch (action) {
    case ACTION_NEXT_PART:
        look(c, stage_map_next_part(&c->walk->map, c->pair.stage));
        break;
    case ACTION_PREVIOUS_PART:
        look(c, stage_map_previous_part(&c->walk->map, c->pair.stage));
        break;
    case ACTION_FIRST:
    case ACTION_LAST:
        look(c, action == ACTION_FIRST ? 0 : stage_map_end(&c->walk->map, c->pair.stage));
        break;
    case ACTION_NEXT:
    case ACTION_PREVIOUS:
        look(c, c->pair.stage + (action == ACTION_NEXT ? 1 : -1));
        break;
    default:
        return false;
    }
    return true;
}

/* The walk goes on where the comparison was. */
static void leave(struct compare *c, struct app *app)
{
    walk_go(c->walk, c->pair.stage);
    walk_move_to(c->walk, c->pair.at);
    app_pop(app);
}

static void act_on_key(struct compare *c, struct app *app, const struct event *event)
{
    enum action action = action_find(GROUPS, event->key);
    if (c->look.listing && has_list(c, app) && act_on_list(c, app, action))
        return;
    switch (action) {
    case ACTION_BACK:
        if (c->look.opened && area_is_empty(layout_now(c, app).panes[0])) {
            c->look.opened = false;
            break;
        }
        leave(c, app);
        break;
    case ACTION_OPEN:
        c->look.opened = !c->look.opened;
        break;
    case ACTION_BEFORE_AFTER:
        turn(c);
        break;
    case ACTION_FOCUS:
    case ACTION_FOCUS_BACK:
        change_focus(c, app);
        break;
    case ACTION_COMPARE:
    case ACTION_QUIT:
        leave(c, app);
        break;
    case ACTION_RESTORE:
        leave(c, app);
        app_pass(app, event);
        break;
    case ACTION_MAP:
        walk_go(c->walk, c->pair.stage);
        app_open_once(app, SCREEN_MAP,
                      &(struct subject){.has = NEED_RUN | NEED_MODEL, .walk = c->walk});
        break;
    case ACTION_EDIT:
        start_typing(c, NULL);
        break;
    case ACTION_ZOOM_IN:
    case ACTION_ZOOM_OUT:
        c->look.zoom = cursor_zoom(c->look.zoom, action == ACTION_ZOOM_IN ? 1 : -1);
        break;
    case ACTION_RANGE:
        app_say(app,
                say(cursor_turn_range(&c->pair.panes[PAIR_BEFORE].sheet,
                                      &c->look.range_by)));
        break;
    case ACTION_LANGUAGE:
    case ACTION_THEME:
    case ACTION_HELP:
        app_pass(app, event);
        break;
    case ACTION_HEAD_NEXT:
    case ACTION_HEAD_PREVIOUS:
        move(c, action);
        if (!c->pair.panes[PAIR_BEFORE].sheet.heads)
            app_say(app, say(SAY_NO_HEADS));
        break;
    default:
        if (action_group(action) == GROUP_MOVE)
            move(c, action);
        else if (!step(c, action))
            app_other_key(app, event->key);
    }
}

static void compare_act(void *state, struct app *app, const struct event *event)
{
    struct compare *c = state;
    if (event->kind == EVENT_TEXT && c->typing)
        field_insert(&c->field, event->text);
    else if (event->kind == EVENT_TEXT)
        start_typing(c, event->text);
    else if (event->kind == EVENT_KEY && c->typing)
        act_on_typing(c, app, event->key);
    else if (event->kind == EVENT_KEY)
        act_on_key(c, app, event);
}

static void compare_free(void *state)
{
    struct compare *c = state;
    pair_free(&c->pair);
    field_free(&c->field);
    free(c);
}

static void *compare_new(struct app *app, const struct subject *on)
{
    struct walk *w = on->walk;
    struct compare *c = mem_zero(1, sizeof *c);
    (void)app;
    c->walk = w;
    c->pair.stage = w->stage;
    c->look = (struct compare_look){
        .pair = &c->pair, .zoom = w->zoom, .range_by = w->range_by};
    c->pair.at = w->shown.at;
    if (w->session->whatifs.count && make_runs(c, NULL) == 0)
        look(c, w->stage);
    else
        start_typing(c, NULL);
    return c;
}

const struct screen compare_screen = {
    .name = "compare",
    .covers = true,
    .open = compare_new,
    .draw = draw_screen,
    .act = compare_act,
    .free = compare_free,
};
