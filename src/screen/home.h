/* The home screen: the lessons with how far the learner came in each, and below them the
 * screens that have a text for the menu in screens.def: the free walk.
 *
 * It knows neither lessons nor models: whoever opens it fills the items and says what
 * opening one means.
 *
 *     struct home_item *items = mem_zero(n, sizeof *items);   // and fill them
 *     home_open(app, items, n, (struct home_calls){open_lesson, open_screen, refresh,
 *                                                  release, data, NEED_RUN});
 */
#ifndef HOME_H
#define HOME_H

#include "base/say.h"
#include "screen/app.h"

#include <stdbool.h>
#include <stddef.h>

/* One lesson. All texts belong to the item and are freed with the screen. */
struct home_item {
    char *id;
    char *title[LANGUAGE_COUNT]; /* NULL: not in this language */
    char *text;                  /* its sentence; may be NULL */
    long part, minutes, scenes;
    char *folder;  /* of a teacher's own lesson; NULL: the program's */
    char *problem; /* why it cannot be read; NULL: it can */
    int scene, furthest; /* from 0 */
    int asked, right;    /* questions answered, and answered right */
    bool started;        /* the four numbers above hold */
};

struct home;

struct home_calls {
    /* The lesson chosen, at a scene from 0: puts its screen on the app. */
    void (*open_lesson)(void *data, struct app *app, size_t item, int scene);
    /* A screen of the menu. */
    void (*open_screen)(void *data, struct app *app, enum screen_id id);
    /* Sets scene, furthest, asked, right and started anew, nothing else; called before
     * every drawing and every event. May be NULL. */
    void (*refresh)(void *data, struct home_item *items, size_t count);
    void (*release)(void *data); /* when the screen ends; may be NULL */
    void *data;
    unsigned has; /* NEED_… that whoever opens them can bring; the rest is not offered */
};

/* Puts the home screen on the app, on the first lesson that is underway, else on the
 * first one not begun. Takes the array and the items (`items` may be NULL when `count` is
 * 0). Returns its state, borrowed, until the screen ends. */
struct home *home_open(struct app *app, struct home_item *items, size_t count,
                       struct home_calls calls);

/* A lesson was read to its end: the next one that can be opened is chosen. Whoever walked
 * there by one key may press it once more: until another key only Enter opens it. */
void home_ended(struct home *h, struct app *app, size_t item);

#endif
