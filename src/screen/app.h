/* The program on the screen: a stack of screens and one event loop, for the terminal and
 * for a key script alike.
 *
 * A screen is a static table of functions and a state. `draw` is pure: it paints the
 * state on the canvas and changes nothing. `act` changes the state and asks the app for
 * what goes beyond it: another screen on top, its own end, the end of all. A window such
 * as help or the editor is a screen on the stack; there are no nested loops.
 *
 *     struct app *app = app_new(theme, screen_table);       // the table of screens.def
 *     app_open(app, SCREEN_WALK, &(struct subject){.has = NEED_RUN, .state = walk});
 *     app_run_terminal(app, terminal);                 // or app_run_script
 *     app_free(app);
 */
#ifndef APP_H
#define APP_H

#include "paint/canvas.h"
#include "paint/theme.h"
#include "screen/action.h"
#include "screen/terminal.h"

struct app;
struct editor_use;
struct seen;
struct walk;

enum screen_id {
#define SCREEN(id, ...) SCREEN_##id,
#include "screen/screens.def"
#undef SCREEN
    SCREEN_COUNT
};

/* What must be there before a screen can be opened. */
enum screen_need {
    NEED_NOTHING = 0,
    NEED_MODEL = 1,  /* a session that can run again: a worked example has none */
    NEED_RUN = 2,    /* numbers to look at: the model's or those of a worked example */
    NEED_HEADS = 4,  /* a stage with heads */
    NEED_LESSON = 8, /* a lesson that can be read */
};
#define NEED_ALL (NEED_MODEL | NEED_RUN | NEED_HEADS | NEED_LESSON)

/* What a screen is opened on; each reads what it needs. Borrowed, but for `state`. */
struct subject {
    unsigned has;                 /* NEED_… that are there */
    struct walk *walk;            /* for what lies on a walk */
    const struct editor_use *use; /* for the editor; NULL: for the walk */
    const char *title, *text;     /* to read; what was typed already; what it is about */
    bool beneath; /* the screen below was opened for this one and ends with it */
    void *state;                  /* taken by a screen without `open` */
};

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
    /* The chart that is seen, for saving it and for the command that makes it; false
     * where none is. May be NULL: the screen is saved as it stands. */
    bool (*seen)(const void *state, struct seen *out);
    /* The state of a new one. NULL: the subject brings it. */
    void *(*open)(struct app *app, const struct subject *on);
};

#define SCREEN(id, variable, ...) extern const struct screen variable##_screen;
#include "screen/screens.def"
#undef SCREEN

#define SCREEN_ACTIONS 4

/* A row of screens.def. */
struct screen_row {
    const struct screen *screen;
    unsigned needs;
    enum say name, menu;
    enum action actions[SCREEN_ACTIONS]; /* ACTION_NONE behind the last */
};

/* Both are borrowed (they are static); the table has SCREEN_COUNT rows. Caller frees. */
struct app *app_new(const struct theme *theme, const struct screen_row *screens);
void app_free(struct app *app);

/* The table, and the screen that an action leads to; SCREEN_COUNT for none. */
const struct screen_row *app_screens(const struct app *app);
enum screen_id screen_of_action(const struct screen_row *screens, enum action action);

/* Why a screen cannot be opened with what is there, in the language of the program; NULL
 * when it can. */
const char *screen_missing(const struct screen_row *row, unsigned has);

/* Opens a screen on top. Where something is missing nothing happens but that the reason
 * is returned (borrowed), to be said; the state is not taken then. */
const char *app_open(struct app *app, enum screen_id id, const struct subject *on);

/* The same, or back to it where it is open below. */
const char *app_open_once(struct app *app, enum screen_id id, const struct subject *on);

/* A line for the person in the place of the key bar, until the next key (copied). The
 * walk and the lesson have a line of their own. */
void app_say(struct app *app, const char *message);

/* A key that the screen which acts has no use for: one of GROUP_ANY, or a line that says
 * that it does nothing. */
void app_other_key(struct app *app, uint32_t key);

/* Puts a screen on top that is no row of the table; takes the state. */
void app_push(struct app *app, const struct screen *screen, void *state);
/* Ends the screen on top, and with the last one the program, at the end of the event. */
void app_pop(struct app *app);
/* Back to a screen that is open below: those above it end with the event. False, and
 * nothing happens, where it is not. */
bool app_return(struct app *app, enum screen_id id);
void app_quit(struct app *app);

const struct theme *app_theme(const struct app *app);
void app_set_theme(struct app *app, const struct theme *theme);

/* Korean or English in turn; false when the terminal cannot draw Hangul. */
bool app_switch_language(struct app *app);

/* How steps go in a walk (enum gait), kept for the next one. */
int app_gait(const struct app *app);
void app_set_gait(struct app *app, int gait);

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
