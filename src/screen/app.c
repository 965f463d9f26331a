#include "screen/app.h"

#include "base/memory.h"
#include "base/say.h"

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
};

/* Where events come from and frames go to. */
struct source {
    bool (*next)(void *data, int milliseconds, struct event *event);
    void (*show)(void *data, const struct canvas *c);
    void *data;
};

struct app *app_new(const struct theme *theme)
{
    struct app *app = mem_zero(1, sizeof *app);
    app->theme = theme;
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
    free(app);
}

void app_push(struct app *app, const struct screen *screen, void *state)
{
    assert(app->depth < MAX_DEPTH);
    app->stack[app->depth++] = (struct layer){screen, state};
}

void app_pop(struct app *app)
{
    app->ending++;
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
}

/* The app itself knows two things: a new size, and Ctrl-C. The screen on top gets the
 * rest. */
static void act(struct app *app, const struct event *event)
{
    if (event->kind == EVENT_RESIZE)
        canvas_resize(app->canvas, event->rows, event->columns);
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
