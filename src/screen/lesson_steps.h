/* The way through a scene by one key: what is seen after a press, and after the one that
 * goes back. It knows neither screens nor lessons being read, only the blocks of a scene
 * in their order and how many rows they take.
 *
 *     struct way w = {.page = 15, .apart = true, .open = -1};
 *     way_of_scene(&w, scene);
 *     way_measure(&w, rows);
 *     struct move m = way_go(&w, &place, 1);
 *     way_free(&w);
 *
 * A step is a picture, or the text between two pictures or questions: a question is
 * asked at the end of a step, and the next one begins with its answer. A step that is
 * taller than the page is several stops. Blocks of other kinds become text, so a new kind
 * of question or a second picture needs nothing here. */
#ifndef LESSON_STEPS_H
#define LESSON_STEPS_H

#include "lesson/scene.h"

#include <stdbool.h>
#include <stddef.h>

#define STEP_NONE (-1)

struct lesson_step {
    int picture;       /* which of the scene, from 0; STEP_NONE: it is text */
    int answers, asks; /* the questions that it begins and ends with, or STEP_NONE */
    size_t first, last; /* its blocks, from first up to last, which is not its own */
    int begin, end;    /* its rows in the text, likewise */
};

struct way {
    struct lesson_step *steps; /* owned */
    size_t count, capacity;
    int page;      /* rows of the text that are seen at once, two at least */
    bool apart;    /* there is one pane: text or a picture */
    int open;      /* the question that hides what follows it, or STEP_NONE */
    int pictures;  /* that stand where the scene has its picture; 0 is as good as one */
    bool together; /* where they are seen, they are seen at once */
    size_t more;   /* questions that are asked behind all blocks */
};

/* What is seen. The learner may have left the stops: scrolled, or looked at the other
 * pane. */
struct lesson_place {
    size_t step;
    bool picture; /* it is the picture's turn: it has the pane, where there is only one */
    int top;      /* the first row of the text that is seen */
};

enum move_kind {
    MOVE_SHOW,   /* to `to` */
    MOVE_ANSWER, /* the open question is passed by: it must be answered, then `to` is
                  * the step of its answer (whose rows change) */
    MOVE_SCENE,  /* there is no more here */
};

struct move {
    enum move_kind kind;
    struct lesson_place to;
};

/* Finds the steps, one at least. `pictures` and `more` must be set. */
void way_of_scene(struct way *w, const struct scene *scene);
void way_free(struct way *w);

/* The rows of every step. `rows` holds the row at which each block begins, then each
 * question behind them, and one more: their number. */
void way_measure(struct way *w, const int *rows);

/* One press: forward (direction 1) or back (-1). Each move brings something new; as
 * often as there are stops of all steps, and then MOVE_SCENE. */
struct move way_go(const struct way *w, const struct lesson_place *from, int direction);

/* The first stop of a step, and the last one of the way as far as it is open. */
struct lesson_place way_first(const struct way *w, size_t step);
struct lesson_place way_last(const struct way *w);

/* The step that begins with the answer of a question; the last one where none does. */
size_t way_answer(const struct way *w, int question);

/* False for what has no stop of its own, since it is seen beside the step before. */
bool way_stops_at(const struct way *w, size_t step);

/* What a place is called. */
enum stop_kind {
    STOP_TEXT,     /* the beginning */
    STOP_MORE,     /* its next page, or what follows a picture or an answer */
    STOP_QUESTION, /* the end of a step that asks */
    STOP_ANSWER,
    STOP_PICTURE,
};
enum stop_kind way_kind(const struct way *w, const struct lesson_place *at);

#endif
