/* The laboratory as a screen: what-ifs to switch on and off at a place of the model, and
 * the exam running in small slices while keys still answer. */
#include "base/memory.h"
#include "base/say.h"
#include "screen/app.h"
#include "screen/lab_draw.h"
#include "screen/panel.h"

#include <stdlib.h>
#include <string.h>

#define SLICE 8 /* milliseconds of exam between two looks at the keys */

static const enum action bar[] = {
    ACTION_LAB_TOGGLE, ACTION_FOCUS, ACTION_LAB_PLACE_NEXT, ACTION_LAB_MORE,
    ACTION_LAB_CLOSE,  ACTION_HELP,  ACTION_RESTORE,        ACTION_MAP};

static void draw_screen(const void *state, struct canvas *c, struct area a)
{
    struct area in = panel_draw(c, a, say(SAY_LAB_TITLE), bar, sizeof bar / sizeof *bar);
    lab_draw(state, c, in);
}

/* ---- keys ---- */

/* Up or down in the tree as it is seen. */
static void move_in_tree(struct lab *l, const struct app *app, int by)
{
    struct lab_layout p =
        lab_layout(l, area_inset(canvas_area(app_canvas(app)), 1, 1));
    long *shown = mem_alloc((size_t)l->place_count, sizeof *shown), at = 0;
    long count = lab_tree(l, p.tree.rows, shown);
    while (at < count - 1 && shown[at] != l->tree)
        at++;
    if (at + by >= 0 && at + by < count)
        lab_move_in_tree(l, shown[at + by]);
    free(shown);
}

static void move(struct lab *l, const struct app *app, int by)
{
    if (l->in_tree)
        move_in_tree(l, app, by);
    else
        lab_select_row(l, l->row + by);
}

static void act_on_key(struct lab *l, struct app *app, uint32_t key)
{
    enum action action = action_find(GROUP_LAB, key);
    if (action == ACTION_NONE)
        action = action_find(GROUP_MOVE | GROUP_OPEN | GROUP_PROGRAM, key);
    lab_say(l, NULL);
    switch (action) {
    case ACTION_UP:
    case ACTION_DOWN:
        move(l, app, action == ACTION_UP ? -1 : 1);
        break;
    case ACTION_FOCUS:
    case ACTION_FOCUS_BACK:
        l->in_tree = !l->in_tree;
        break;
    case ACTION_LAB_PLACE_NEXT:
    case ACTION_LAB_PLACE_BACK:
        lab_next_place(l, action == ACTION_LAB_PLACE_NEXT ? 1 : -1);
        break;
    case ACTION_LAB_MORE:
    case ACTION_LAB_LESS:
        lab_change_value(l, action == ACTION_LAB_MORE ? 1 : -1);
        break;
    case ACTION_LAB_TOGGLE:
        lab_toggle(l);
        break;
    case ACTION_RESTORE:
        lab_restore(l);
        break;
    case ACTION_MAP:
        app_open_once(app, SCREEN_MAP,
                      &(struct subject){.has = NEED_RUN | NEED_MODEL, .walk = l->walk});
        break;
    case ACTION_LANGUAGE:
        app_switch_language(app);
        break;
    case ACTION_LAB_CLOSE:
    case ACTION_WHATIFS:
    case ACTION_EXAM:
    case ACTION_QUIT:
        app_pop(app);
        break;
    default:
        app_other_key(app, key);
    }
}

static void lab_act(void *state, struct app *app, const struct event *event)
{
    struct lab *l = state;
    if (event->kind == EVENT_KEY)
        act_on_key(l, app, event->key);
    else if (event->kind == EVENT_TICK && l->exams)
        exams_work(l->exams, SLICE);
    else if (event->kind == EVENT_WAIT && l->exams && !strcmp(event->text, "exam"))
        exams_work(l->exams, 0);
    const struct error *e = l->exams ? lab_changed_exam(l).error : NULL;
    if (!e && l->exams)
        e = lab_intact_exam(l).error;
    if (e)
        lab_say(l, e->message);
}

static int lab_patience(const void *state)
{
    const struct lab *l = state;
    return l->exams && !exams_are_done(l->exams) ? 0 : -1;
}

static void free_screen(void *state)
{
    lab_free(state);
}

static void *open_screen(struct app *app, const struct subject *on)
{
    (void)app;
    struct lab *l = lab_new(on->walk);
    lab_choose_place(l, on->text);
    return l;
}

const struct screen lab_screen = {
    .name = "lab",
    .covers = true,
    .open = open_screen,
    .draw = draw_screen,
    .act = lab_act,
    .patience = lab_patience,
    .free = free_screen,
};
