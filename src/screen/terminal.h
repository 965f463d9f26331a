/* The terminal: the only module that knows ncurses.
 *
 *     struct terminal *t = terminal_open(&options, &e);
 *     terminal_show(t, canvas);
 *     while (terminal_event(t, 500, &event)) …
 *     terminal_close(t);
 *
 * Whatever ends the program (a signal, fatal, a crash) restores the terminal first. There
 * is one terminal at a time. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include "base/error.h"
#include "paint/canvas.h"
#include "screen/action.h"

#include <stdbool.h>

enum terminal_colors { COLORS_MONO, COLORS_8, COLORS_256, COLORS_DIRECT };

struct terminal_can {
    enum terminal_colors colors;
    bool unicode; /* our own symbols and lines can be drawn */
    bool hangul;
};

struct terminal;

/* Switches a locale that is not UTF-8 to C.UTF-8. For every command that measures or
 * shows text; terminal_open calls it. */
void terminal_set_locale(void);

/* Opens the terminal that standard output leads to; keys come from standard input or,
 * when that is not a terminal, from the controlling terminal. Without a terminal that can
 * place its cursor: NULL and an error that says what to use instead. A terminal type that
 * the system does not know is taken as the nearest one that it knows, with a line on
 * standard error. Caller closes with terminal_close. */
struct terminal *terminal_open(struct error *e);
void terminal_close(struct terminal *t); /* NULL is fine */

const struct terminal_can *terminal_can(const struct terminal *t);

/* "TERM=xterm-new -> xterm-256color" when the type was not known, else NULL; borrowed.
 * The first screen says it, by SAY_TERM_NEAREST. */
const char *terminal_note(const struct terminal *t);

void terminal_size(const struct terminal *t, int *rows, int *columns);

/* Puts the canvas on the screen. */
void terminal_show(struct terminal *t, const struct canvas *c);

/* Waits for the next event, at most `milliseconds` (below 0: as long as it takes). After
 * that time the event is EVENT_TICK. false when the terminal is gone. The event's text is
 * borrowed until the next call. */
bool terminal_event(struct terminal *t, int milliseconds, struct event *event);

#endif
