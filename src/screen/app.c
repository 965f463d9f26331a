#include "screen/app.h"

#include "base/memory.h"
#include "base/say.h"
#include "screen/seen.h"

#include <assert.h>
#include <stdlib.h>

#define MAX_DEPTH 16

struct layer {
    const struct screen *screen;
    void *state;
};

struct app {
    struct layer stack[MAX_DEPTH];
    int depth, ending; /* layers that end when the event is over */
    bool quit;
    const struct theme *theme;
    struct canvas *canvas;
    int acting; /* the layer that has the event */
    const struct screen_row *screens;
    char *message; /* until the next key; NULL for none */
    int gait; /* enum gait */
};

/* Where events come from and frames go to. */
struct source {
    bool (*next)(void *data, int milliseconds, struct event *event);
    void (*show)(void *data, const struct canvas *c);
    void *data;
};

struct app *app_new(const struct theme *theme, const struct screen_row *screens)
{
    struct app *app = mem_zero(1, sizeof *app);
    app->theme = theme;
    app->screens = screens;
    app->canvas = canvas_new(24, 80);
    return app;
}

static void end_top(struct app *app)
{
    struct layer *top = &app->stack[--app->depth];
    if (top->screen->free)
        top->screen->free(top->state);
}

void app_free(struct app *app)
{
    if (!app)
        return;
    while (app->depth > 0)
        end_top(app);
    canvas_free(app->canvas);
    free(app->message);
    free(app);
}

/* ---- the table ---- */

const struct screen_row *app_screens(const struct app *app)
{
    return app->screens;
}

enum screen_id screen_of_action(const struct screen_row *screens, enum action action)
{
    for (int id = 0; action && id < SCREEN_COUNT; id++)
        for (int i = 0; i < SCREEN_ACTIONS; i++)
            if (screens[id].actions[i] == action)
                return (enum screen_id)id;
    return SCREEN_COUNT;
}

const char *screen_missing(const struct screen_row *row, unsigned has)
{
    static const struct {
        enum screen_need need;
        enum say why;
    } reasons[] = {
        {NEED_LESSON, SAY_LESSONS_NONE},
        {NEED_RUN, SAY_NEEDS_RUN},
        {NEED_MODEL, SAY_WORKED_ONLY},
        {NEED_HEADS, SAY_NO_HEADS},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (row->needs & ~has & (unsigned)reasons[i].need)
            return say(reasons[i].why);
    return NULL;
}

const char *app_open(struct app *app, enum screen_id id, const struct subject *on)
{
    const struct screen_row *row = &app->screens[id];
    const char *why = screen_missing(row, on->has);
    if (!why)
        app_push(app, row->screen,
                 row->screen->open ? row->screen->open(app, on) : on->state);
    return why;
}

void app_say(struct app *app, const char *message)
{
    char *copy = message ? mem_string(message) : NULL;
    free(app->message);
    app->message = copy;
}

/* ---- the stack ---- */

void app_push(struct app *app, const struct screen *screen, void *state)
{
    assert(app->depth < MAX_DEPTH);
    app->stack[app->depth++] = (struct layer){screen, state};
}

void app_pop(struct app *app)
{
    app->ending++;
}

const char *app_open_once(struct app *app, enum screen_id id, const struct subject *on)
{
    return app_return(app, id) ? NULL : app_open(app, id, on);
}

bool app_return(struct app *app, enum screen_id id)
{
    for (int i = app->depth - 2; i >= 0; i--)
        if (app->stack[i].screen == app->screens[id].screen) {
            app->ending = app->depth - 1 - i;
            return true;
        }
    return false;
}

void app_quit(struct app *app)
{
    app->quit = true;
}

static void act_at(struct app *app, int layer, const struct event *event)
{
    struct layer *l = &app->stack[layer];
    app->acting = layer;
    l->screen->act(l->state, app, event);
}

void app_pass(struct app *app, const struct event *event)
{
    int layer = app->acting;
    if (layer > 0)
        act_at(app, layer - 1, event);
    app->acting = layer;
}

/* ---- what every screen can do ---- */

/* True when the screen that acts shows a chart. */
static bool is_seen(const struct app *app, struct seen *seen)
{
    const struct layer *l = &app->stack[app->acting];
    *seen = (struct seen){0};
    return l->screen->seen && l->screen->seen(l->state, seen);
}

static void save(struct app *app)
{
    struct error e = {0};
    struct seen seen;
    const char *name = app->stack[app->acting].screen->name;
    char *path = is_seen(app, &seen) ? seen_save(&seen, &e)
                                     : seen_save_screen(app->canvas, name, &e);
    char *message = path ? say_with(SAY_SAVED, path) : mem_string(e.message);
    app_say(app, message);
    free(path);
    free(message);
}

static void tell_command(struct app *app)
{
    struct seen seen;
    char *command = is_seen(app, &seen) ? seen_command(&seen) : NULL;
    app_say(app, command ? command : say(SAY_NO_COMMAND));
    free(command);
}

void app_other_key(struct app *app, uint32_t key)
{
    char name[32];
    enum action action = action_find(GROUP_ANY, key);
    if (action == ACTION_SAVE)
        save(app);
    else if (action == ACTION_COMMAND)
        tell_command(app);
    if (key == KEY_NONE || action != ACTION_NONE)
        return;
    key_label(key, name, sizeof name);
    char *message = say_with(SAY_NO_ACTION, name);
    app_say(app, message);
    free(message);
}

const struct theme *app_theme(const struct app *app)
{
    return app->theme;
}

void app_set_theme(struct app *app, const struct theme *theme)
{
    app->theme = theme;
}

bool app_switch_language(struct app *app)
{
    if (app->canvas->romanize)
        return false;
    say_set_language(say_language() == LANGUAGE_KO ? LANGUAGE_EN : LANGUAGE_KO);
    return true;
}

int app_gait(const struct app *app)
{
    return app->gait;
}

void app_set_gait(struct app *app, int gait)
{
    app->gait = gait;
}

const struct canvas *app_canvas(const struct app *app)
{
    return app->canvas;
}

const struct screen *app_top(const struct app *app)
{
    return app->depth ? app->stack[app->depth - 1].screen : NULL;
}

void app_set_writing(struct app *app, bool ascii, bool romanize)
{
    app->canvas->ascii = ascii;
    app->canvas->romanize = romanize;
    if (romanize)
        say_set_language(LANGUAGE_EN);
}

static const char *badge(const struct app *app)
{
    for (int i = app->depth - 1; i >= 0; i--)
        if (app->stack[i].screen->badge)
            return app->stack[i].screen->badge(app->stack[i].state);
    return NULL;
}

/* A line that is too long for the last row takes those above it, too. */
static void draw_message(struct app *app)
{
    struct canvas *c = app->canvas;
    if (!app->message)
        return;
    struct style style = theme_style(c, LOOK_GOOD);
    int rows = canvas_wrap_rows(c, c->columns, app->message);
    rows = rows > c->rows / 2 && c->rows > 1 ? c->rows / 2 : rows;
    struct area a = area_part(canvas_area(c), c->rows - rows, 0, rows, c->columns);
    canvas_fill(c, a, style);
    canvas_wrap(c, a, 0, style, app->message);
}

static void draw(struct app *app)
{
    struct canvas *c = app->canvas;
    c->theme = app->theme;
    c->badge = badge(app);
    canvas_clear(c, theme_style(c, LOOK_TEXT));
    int first = app->depth - 1;
    while (first > 0 && !app->stack[first].screen->covers)
        first--;
    for (int i = first; i < app->depth; i++) {
        c->cursor_visible = false;
        app->stack[i].screen->draw(app->stack[i].state, c, canvas_area(c));
    }
    draw_message(app);
}

/* The app itself knows two things: a new size, and Ctrl-C. The screen on top gets the
 * rest. */
static void act(struct app *app, const struct event *event)
{
    if (event->kind == EVENT_RESIZE)
        canvas_resize(app->canvas, event->rows, event->columns);
    if (event->kind == EVENT_KEY || event->kind == EVENT_TEXT)
        app_say(app, NULL);
    if (event->kind == EVENT_KEY && event->key == key_find("Ctrl-C"))
        app->quit = true;
    else
        act_at(app, app->depth - 1, event);
    for (; app->ending > 0 && app->depth > 0; app->ending--)
        end_top(app);
    app->ending = 0;
}

static int patience(const struct app *app)
{
    const struct layer *top = &app->stack[app->depth - 1];
    return top->screen->patience ? top->screen->patience(top->state) : -1;
}

static void run(struct app *app, const struct source *source)
{
    struct event event;
    while (app->depth > 0 && !app->quit) {
        draw(app);
        source->show(source->data, app->canvas);
        if (!source->next(source->data, patience(app), &event))
            return;
        act(app, &event);
    }
}

static bool next_of_terminal(void *data, int milliseconds, struct event *event)
{
    return terminal_event(data, milliseconds, event);
}

static void show_on_terminal(void *data, const struct canvas *c)
{
    terminal_show(data, c);
}

static void say_note(struct app *app, const char *note)
{
    char *message = note ? say_with(SAY_TERM_NEAREST, note) : NULL;
    if (message)
        app_say(app, message);
    free(message);
}

void app_run_terminal(struct app *app, struct terminal *t)
{
    const struct terminal_can *can = terminal_can(t);
    int rows, columns;
    terminal_size(t, &rows, &columns);
    canvas_resize(app->canvas, rows, columns);
    app->canvas->ascii |= !can->unicode;
    app->canvas->romanize |= !can->hangul;
    if (app->canvas->romanize)
        say_set_language(LANGUAGE_EN);
    if (can->colors == COLORS_MONO)
        app->theme = theme_get(THEME_MONO);
    say_note(app, terminal_note(t));
    struct source source = {next_of_terminal, show_on_terminal, t};
    run(app, &source);
}

struct player {
    const struct script *script;
    size_t at;
};

static bool next_of_script(void *data, int milliseconds, struct event *event)
{
    (void)milliseconds;
    struct player *player = data;
    if (player->at >= player->script->count)
        return false;
    *event = player->script->events[player->at++];
    return true;
}

static void show_nowhere(void *data, const struct canvas *c)
{
    (void)data;
    (void)c;
}

const struct canvas *app_run_script(struct app *app, const struct script *script,
                                    int rows, int columns)
{
    struct player player = {script, 0};
    struct source source = {next_of_script, show_nowhere, &player};
    canvas_resize(app->canvas, rows, columns);
    run(app, &source);
    return app->canvas;
}
