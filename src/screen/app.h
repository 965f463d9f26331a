/* The program on the screen: a stack of screens and one event loop, for the terminal and
 * for a key script alike.
 *
 * A screen is a static table of functions and a state. `draw` is pure: it paints the
 * state on the canvas and changes nothing. `act` changes the state and asks the app for
 * what goes beyond it: another screen on top, its own end, the end of all. A window such
 * as help or the editor is a screen on the stack; there are no nested loops.
 *
 *     struct app *app = app_new(theme);
 *     app_push(app, &walk_screen, walk_new(…));        // takes the state
 *     app_run_terminal(app, terminal);                 // or app_run_script
 *     app_free(app);
 */
#ifndef APP_H
#define APP_H

#include "screen/action.h"
#include "screen/canvas.h"
#include "screen/terminal.h"
#include "screen/theme.h"

struct app;

struct screen {
    const char *name;
    bool covers; /* nothing of the screens below is seen */
    void (*draw)(const void *state, struct canvas *c, struct area a);
    void (*act)(void *state, struct app *app, const struct event *event);
    /* Milliseconds until the screen wants an EVENT_TICK, or -1. May be NULL. */
    int (*patience)(const void *state);
    void (*free)(void *state);
    /* The what-ifs in force, NULL for none: told at every drawing by the topmost screen
     * that knows, carried by the canvas, and shown by every screen. May be NULL. */
    const char *(*badge)(const void *state);
};

/* `theme` is borrowed (they are static). Caller frees. */
struct app *app_new(const struct theme *theme);
void app_free(struct app *app);

/* Puts a screen on top; takes the state. */
void app_push(struct app *app, const struct screen *screen, void *state);
/* Ends the screen on top, and with the last one the program, at the end of the event. */
void app_pop(struct app *app);
void app_quit(struct app *app);

const struct theme *app_theme(const struct app *app);
void app_set_theme(struct app *app, const struct theme *theme);

/* Korean or English in turn; false when the terminal cannot draw Hangul. */
bool app_switch_language(struct app *app);

/* For a screen that acts: the screen below it gets the event. */
void app_pass(struct app *app, const struct event *event);

/* The canvas as it was last drawn, for what depends on the size of the screen. */
const struct canvas *app_canvas(const struct app *app);

/* The screen on top, for tests. */
const struct screen *app_top(const struct app *app);

/* Draws with ASCII symbols or without Hangul, and then in English, for terminals that
 * lack them. */
void app_set_writing(struct app *app, bool ascii, bool romanize);

/* Runs until the last screen ends. */
void app_run_terminal(struct app *app, struct terminal *t);

/* Plays a key script on a canvas of that size and returns the last frame. The canvas is
 * borrowed from the app. */
const struct canvas *app_run_script(struct app *app, const struct script *script,
                                    int rows, int columns);

#endif
