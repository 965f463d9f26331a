/* The decoder word by word as a screen, and its keys. */
#include "base/say.h"
#include "screen/app.h"
#include "screen/panel.h"
#include "screen/words_draw.h"

static const enum action bar[] = {ACTION_WORDS_NEXT, ACTION_DOWN,
                                  ACTION_WORDS_TAKE, ACTION_WORDS_WARMER,
                                  ACTION_WORDS_CLOSE, ACTION_HELP,
                                  ACTION_WORDS_OWN,  ACTION_LANGUAGE,
                                   ACTION_MAP};

static void draw_screen(const void *state, struct canvas *c, struct area a)
{
    words_draw(state, c,
               panel_draw(c, a, say(SAY_WORDS_TITLE), bar, sizeof bar / sizeof *bar));
}

/* ---- keys ---- */

/* False for what does nothing here. */
static bool act_on_step(struct words *v, enum action action, long listed)
{
    switch (action) {
    case ACTION_WORDS_NEXT:
    case ACTION_WORDS_BACK:
        words_go(v, v->at + (action == ACTION_WORDS_NEXT ? 1 : -1), listed);
        break;
    case ACTION_UP:
    case ACTION_DOWN:
        words_select(v, v->selected + (action == ACTION_UP ? -1 : 1), listed);
        break;
    case ACTION_WORDS_TAKE:
        words_take_selected(v, listed);
        break;
    case ACTION_WORDS_OWN:
        words_take_own(v, listed);
        break;
    case ACTION_WORDS_WARMER:
    case ACTION_WORDS_COLDER:
        words_warm(v, action == ACTION_WORDS_WARMER ? 1 : -1);
        break;
    default:
        return false;
    }
    return true;
}

static void words_act(void *state, struct app *app, const struct event *event)
{
    struct words *v = state;
    if (event->kind != EVENT_KEY)
        return;
    long listed = words_listed(area_inset(canvas_area(app_canvas(app)), 1, 1));
    enum action action = action_find(GROUP_WORDS, event->key);
    if (action == ACTION_NONE)
        action = action_find(GROUP_MOVE | GROUP_PROGRAM, event->key);
    switch (action) {
    case ACTION_WORDS_CLOSE:
    case ACTION_QUIT:
        app_pop(app);
        break;
    case ACTION_MAP:
        app_open_once(app, SCREEN_MAP,
                      &(struct subject){.has = NEED_RUN | NEED_MODEL, .walk = v->walk});
        break;
    case ACTION_RESTORE:
        app_pass(app, event);
        words_take_own(v, listed);
        break;
    case ACTION_LANGUAGE:
    case ACTION_THEME:
    case ACTION_HELP:
        app_pass(app, event);
        break;
    default:
        if (v->count == 0 || !act_on_step(v, action, listed))
            app_other_key(app, event->key);
    }
}

static void free_screen(void *state)
{
    words_free(state);
}

static void *open_screen(struct app *app, const struct subject *on)
{
    (void)app;
    return words_new(on->walk);
}

const struct screen words_screen = {
    .name = "words",
    .covers = true,
    .open = open_screen,
    .draw = draw_screen,
    .act = words_act,
    .free = free_screen,
};
