#include "screen/map_screen.h"

#include "base/memory.h"
#include "base/say.h"
#include "screen/help.h"
#include "screen/map_view.h"
#include "screen/walk.h"
#include "study/rewrite.h"

#include <stdlib.h>
#include <string.h>

#define SLICE 8 /* milliseconds of exam between two looks at the keys */
#define HAS (NEED_RUN | NEED_MODEL)

static const struct plan *plan_of(const struct map *m)
{
    return trace_plan(m->walk->shown.trace);
}

static void say_message(struct map *m, const char *message)
{
    char *copy = message ? mem_string(message) : NULL;
    free(m->message);
    m->message = copy;
}

/* ---- the chosen block ---- */

/* The what-if of the block, where the model takes it. Caller frees. */
static char *fitting_whatif(const struct map *m, const struct map_block *b)
{
    struct whatifs one = {0};
    struct error ignored = {0};
    char *text = map_whatif(b);
    if (text && (whatifs_add(&one, text, &ignored) < 0 ||
                 whatifs_check(&one, m->walk->session->model, &ignored) < 0)) {
        free(text);
        text = NULL;
    }
    whatifs_free(&one);
    return text;
}

/* The exams of the run and of the run without the block; none where nobody sees them. */
static void want_exams(struct map *m, bool seen)
{
    const struct session *s = m->walk->session;
    struct whatifs list;
    struct error e = {0};
    m->due = false;
    if (m->exams)
        exams_pause(m->exams);
    if (!seen)
        return;
    if (!m->exams)
        m->exams = exams_new(s->model, &s->options.trace, m->walk->exam_limit);
    if (exams_want_list(m->exams, &(struct whatifs){0}, &e) < 0) {
        exams_free(m->exams);
        m->exams = NULL;
        return;
    }
    whatifs_copy(&list, &s->whatifs);
    if (list.count)
        exams_want_list(m->exams, &list, &e);
    if (m->off && whatifs_add(&list, m->off, &e) == 0)
        exams_want_list(m->exams, &list, &e);
    whatifs_free(&list);
}

static bool is_roomy(const struct app *app)
{
    return map_is_roomy(canvas_area(app_canvas(app)));
}

static void set_chosen(struct map *m, int block)
{
    m->chosen = block;
    free(m->off);
    m->off = fitting_whatif(m, &m->model.blocks[block]);
}

static void choose(struct map *m, const struct app *app, int block)
{
    set_chosen(m, block);
    want_exams(m, is_roomy(app));
}

/* The same of a key that may be held down: to open an exam takes longer than a frame, so
 * that waits until no key does. */
static void pass_by(struct map *m, const struct app *app, int block)
{
    set_chosen(m, block);
    m->due = m->exams && is_roomy(app);
    if (m->exams)
        exams_pause(m->exams);
}

/* ---- the lesson ---- */

/* Whether the word stands in the list of words. */
static bool holds_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *s = list; (s = strstr(s, word)); s += n)
        if ((s == list || s[-1] == ' ') && (!s[n] || s[n] == ' '))
            return true;
    return false;
}

static void find_covered(struct map *m)
{
    const struct plan *p = plan_of(m);
    free(m->covered);
    m->covered = m->lesson ? mem_zero(m->model.count + 1, sizeof *m->covered) : NULL;
    for (int i = 0; m->covered && i < (int)p->count; i++)
        if (holds_word(m->lesson, stage_id(&p->stages[i])))
            m->covered[m->model.of_stage[i]] = true;
}

/* After another run: its plan has the same places. */
static void look(struct map *m)
{
    model_map_free(&m->model);
    m->model = model_map_of(plan_of(m));
    find_covered(m);
}

/* ---- keys ---- */

static void move(struct map *m, const struct app *app, enum action action)
{
    int to = m->chosen, last = (int)m->model.count - 1;
    int column = m->model.blocks[m->chosen].column;
    switch (action) {
    case ACTION_UP:
    case ACTION_DOWN:
        to = model_map_along(&m->model, m->chosen, action == ACTION_UP ? 1 : -1);
        break;
    case ACTION_LEFT:
    case ACTION_RIGHT:
        column += action == ACTION_RIGHT ? 1 : -1;
        if (column >= 0 && column < m->model.columns)
            to = model_map_across(&m->model, m->chosen, column);
        break;
    case ACTION_NEXT:
    case ACTION_PREVIOUS:
        to += action == ACTION_NEXT ? 1 : -1;
        break;
    default:
        to = action == ACTION_START || action == ACTION_FIRST ? 0 : last;
    }
    pass_by(m, app, to < 0 ? 0 : to > last ? last : to);
}

/* Into the walk, which lies somewhere beneath. */
static void enter(struct map *m, struct app *app)
{
    walk_go(m->walk, m->model.blocks[m->chosen].stop);
    app_return(app, SCREEN_WALK);
}

static void open_laboratory(struct map *m, struct app *app)
{
    char *place = place_text(m->model.blocks[m->chosen].place);
    app_open_once(app, SCREEN_LAB,
                  &(struct subject){.has = HAS, .walk = m->walk, .text = place});
    free(place);
}

static void set_whatifs(struct map *m, const struct app *app, struct whatifs *list)
{
    struct error e = {0};
    if (walk_set_whatifs(m->walk, list, &e) < 0)
        say_message(m, e.message);
    whatifs_free(list);
    look(m);
    choose(m, app, m->chosen);
}

/* The index of a what-if in force; -1. */
static long index_of(const struct whatifs *list, const char *whatif)
{
    for (size_t i = 0; i < list->count; i++) {
        char *text = whatif_text(&list->items[i]);
        bool same = !strcmp(text, whatif);
        free(text);
        if (same)
            return (long)i;
    }
    return -1;
}

/* Off, or on again; what no what-if switches off is for the laboratory. */
static void toggle(struct map *m, struct app *app)
{
    struct whatifs list;
    struct error e = {0};
    if (!m->off) {
        open_laboratory(m, app);
        return;
    }
    whatifs_copy(&list, &m->walk->session->whatifs);
    long at = index_of(&list, m->off);
    if (at >= 0)
        whatifs_remove(&list, (size_t)at);
    else if (whatifs_add(&list, m->off, &e) < 0)
        say_message(m, e.message);
    set_whatifs(m, app, &list);
}

static void idea(const struct map *m, struct app *app)
{
    char *title = map_title(&m->model.blocks[m->chosen]), *text = map_text(m);
    reader_open(app, title, text);
    free(title);
    free(text);
}

static void leave(const struct map *m, struct app *app)
{
    app_pop(app);
    if (m->beneath)
        app_pop(app);
}

static void act_on_program(struct map *m, struct app *app, enum action action,
                           uint32_t key)
{
    struct whatifs none = {0};
    switch (action) {
    case ACTION_RESTORE:
        set_whatifs(m, app, &none);
        break;
    case ACTION_LANGUAGE:
        if (!app_switch_language(app))
            say_message(m, say(SAY_NO_HANGUL));
        break;
    case ACTION_THEME:
        app_set_theme(app, theme_next(app_theme(app)));
        break;
    case ACTION_HELP:
        help_open(app, NEED_ALL);
        break;
    case ACTION_EXAM:
        open_laboratory(m, app);
        break;
    case ACTION_QUIT:
        app_quit(app);
        break;
    default:
        app_other_key(app, key);
    }
}

static bool is_move(enum action action)
{
    switch (action) {
    case ACTION_UP:
    case ACTION_DOWN:
    case ACTION_LEFT:
    case ACTION_RIGHT:
    case ACTION_START:
    case ACTION_END:
    case ACTION_FIRST:
    case ACTION_LAST:
    case ACTION_NEXT:
    case ACTION_PREVIOUS:
        return true;
    default:
        return false;
    }
}

static void act_on_key(struct map *m, struct app *app, uint32_t key)
{
    enum action action = action_find(GROUP_MAP, key);
    if (action == ACTION_NONE)
        action = action_find(GROUP_MOVE | GROUP_STEP | GROUP_PROGRAM, key);
    say_message(m, NULL);
    switch (action) {
    case ACTION_MAP_ENTER:
        enter(m, app);
        break;
    case ACTION_MAP_OFF:
        toggle(m, app);
        break;
    case ACTION_MAP_IDEA:
        idea(m, app);
        break;
    case ACTION_MAP_CLOSE:
        leave(m, app);
        break;
    default:
        if (is_move(action))
            move(m, app, action);
        else
            act_on_program(m, app, action, key);
    }
}

static void map_act(void *state, struct app *app, const struct event *event)
{
    struct map *m = state;
    if (event->kind == EVENT_KEY)
        act_on_key(m, app, event->key);
    else if (event->kind == EVENT_RESIZE)
        want_exams(m, is_roomy(app));
    else if (m->due && (event->kind == EVENT_TICK || event->kind == EVENT_WAIT))
        want_exams(m, is_roomy(app));
    if (event->kind == EVENT_TICK && m->exams)
        exams_work(m->exams, SLICE);
    else if (event->kind == EVENT_WAIT && m->exams && !strcmp(event->text, "exam"))
        exams_work(m->exams, 0);
}

static int patience(const void *state)
{
    const struct map *m = state;
    return m->due || (m->exams && !exams_are_done(m->exams)) ? 0 : -1;
}

static void draw(const void *state, struct canvas *c, struct area a)
{
    map_draw(state, c, a);
}

static void map_free(void *state)
{
    struct map *m = state;
    model_map_free(&m->model);
    exams_free(m->exams);
    free(m->covered);
    free(m->lesson);
    free(m->off);
    free(m->message);
    free(m);
}

/* At the block where the walk is. */
static void *map_new(struct app *app, const struct subject *on)
{
    struct map *m = mem_zero(1, sizeof *m);
    m->walk = on->walk;
    m->beneath = on->beneath;
    m->lesson = on->text ? mem_string(on->text) : NULL;
    look(m);
    choose(m, app, m->model.of_stage[m->walk->stage]);
    return m;
}

const struct screen map_screen = {
    .name = "map",
    .covers = true,
    .open = map_new,
    .draw = draw,
    .act = map_act,
    .patience = patience,
    .free = map_free,
};

void map_open_over(struct app *app, struct walk *w, const char *lesson)
{
    walk_open_guest(app, w);
    app_open(app, SCREEN_MAP,
             &(struct subject){.has = HAS, .walk = w, .text = lesson, .beneath = true});
}
