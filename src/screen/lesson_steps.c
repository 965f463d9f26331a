#include "screen/lesson_steps.h"

#include "base/memory.h"

#include <stdlib.h>

/* ---- the steps ---- */

static struct lesson_step *add_step(struct way *w, size_t first)
{
    w->steps = mem_grow(w->steps, w->count, &w->capacity, sizeof *w->steps);
    struct lesson_step *s = &w->steps[w->count++];
    *s = (struct lesson_step){.picture = STEP_NONE,
                       .answers = STEP_NONE,
                       .asks = STEP_NONE,
                       .first = first,
                       .last = first};
    return s;
}

/* The step that text goes on in: the last one, unless that is over. */
static struct lesson_step *open_step(struct way *w, size_t block)
{
    struct lesson_step *last = w->count ? &w->steps[w->count - 1] : NULL;
    if (last && last->picture == STEP_NONE && last->asks == STEP_NONE)
        return last;
    return add_step(w, block);
}

static void add_pictures(struct way *w, size_t block)
{
    int before = 0;
    for (size_t i = 0; i < w->count; i++)
        before += w->steps[i].picture != STEP_NONE;
    for (int i = 0; i < w->pictures || i < 1; i++) {
        struct lesson_step *s = add_step(w, block);
        s->picture = before + i;
        s->last = block + 1;
    }
}

static void add_question(struct way *w, size_t block, int question)
{
    struct lesson_step *s = open_step(w, block);
    s->asks = question;
    s->last = block + 1;
    s = add_step(w, block);
    s->answers = question;
    s->last = block + 1;
}

void way_of_scene(struct way *w, const struct scene *scene)
{
    w->count = 0;
    for (size_t i = 0; i < scene->block_count; i++) {
        const struct block *b = &scene->blocks[i];
        if (b->kind == BLOCK_PICTURE)
            add_pictures(w, i);
        else if (b->kind == BLOCK_PREDICT)
            add_question(w, i, (int)b->index);
        else
            open_step(w, i)->last = i + 1;
    }
    for (size_t i = 0; i < w->more; i++)
        add_question(w, scene->block_count + i, (int)(scene->predict_count + i));
    if (w->count == 0)
        add_step(w, 0);
}

void way_free(struct way *w)
{
    free(w->steps);
    *w = (struct way){0};
}

/* A step that answers begins where its question does; where that does not fit on the page
 * with its answer, as near to it as it may. */
void way_measure(struct way *w, const int *rows)
{
    for (size_t i = 0; i < w->count; i++) {
        struct lesson_step *s = &w->steps[i];
        s->begin = rows[s->first];
        s->end = rows[s->last];
        if (s->answers != STEP_NONE && rows[s->first + 1] - w->page > s->begin)
            s->begin = rows[s->first + 1] - w->page;
    }
    if (w->steps[0].picture == STEP_NONE)
        w->steps[0].begin = 0;
}

/* ---- the stops of a step ---- */

/* A stop: what is seen, and the rows that it is there for. */
struct stop {
    struct lesson_place at;
    int begin, end;
};

/* Beside the text only the first picture has room: this one must be turned to. */
static bool is_turned_to(const struct way *w, size_t step)
{
    return !w->apart && !w->together && w->steps[step].picture > 0;
}

/* Beside the text a picture is always seen: then it divides nothing, and the text around
 * it is one step, the first one of it. */
static size_t leader(const struct way *w, size_t step)
{
    while (!w->apart && step > 0 && w->steps[step].answers == STEP_NONE &&
           !is_turned_to(w, step) && !is_turned_to(w, step - 1))
        step--;
    return step;
}

/* The step with all that it leads. */
static struct lesson_step whole(const struct way *w, size_t step)
{
    struct lesson_step x = w->steps[step];
    for (size_t i = step + 1; i < w->count && leader(w, i) == leader(w, step); i++) {
        const struct lesson_step *next = &w->steps[i];
        if (x.picture == STEP_NONE && next->picture != STEP_NONE)
            continue;
        x.picture = next->picture;
        x.asks = next->asks;
        x.last = next->last;
        x.end = next->end;
    }
    return x;
}

static int pages_of(const struct way *w, const struct lesson_step *s)
{
    int rows = s->end - s->begin;
    return rows <= w->page ? 1 : 1 + (rows - 2) / (w->page - 1);
}

/* A page keeps the last row of the one before it; the last page is full. */
static struct stop stop_of(const struct way *w, size_t step, int page)
{
    const struct lesson_step s = whole(w, step);
    int pages = pages_of(w, &s), top = s.begin + page * (w->page - 1);
    if (page == pages - 1)
        top = s.end - w->page;
    struct stop x = {{step, s.picture != STEP_NONE, top > 0 ? top : 0}, s.begin, s.end};
    if (pages > 1) {
        x.begin = x.at.top;
        x.end = x.at.top + w->page;
    }
    return x;
}

bool way_stops_at(const struct way *w, size_t step)
{
    const struct lesson_step *s = &w->steps[step];
    bool other = s->picture > 0 && step > 0 && s[-1].picture != STEP_NONE &&
                 s[-1].first == s->first; /* in the same place as the one before */
    return leader(w, step) == step && !(w->together && other);
}

/* The last step that can be seen: the one that asks what is open. */
static size_t last_step(const struct way *w)
{
    for (size_t i = 0; i < w->count && w->open != STEP_NONE; i++)
        if (w->steps[i].asks == w->open)
            return i;
    return w->count - 1;
}

/* Whether the stop shows what is not seen at this place, in this direction. */
static bool is_new(const struct way *w, const struct stop *x,
                   const struct lesson_place *from, int direction)
{
    if (x->at.picture)
        return (w->apart || is_turned_to(w, x->at.step)) && x->at.step != from->step;
    if (w->apart && from->picture)
        return true;
    return direction > 0 ? x->end > from->top + w->page : x->begin < from->top;
}

static struct lesson_place shown(const struct way *w, const struct stop *x,
                                 const struct lesson_place *from)
{
    struct lesson_place to = x->at;
    if (to.picture)
        to.top = from->top; /* the text stays where it is */
    to.picture = to.picture && (w->apart || is_turned_to(w, to.step));
    return to;
}

/* ---- the moves ---- */

/* Steps and pages from the place on, in one direction. */
static bool find_stop(const struct way *w, const struct lesson_place *from, int direction,
                      struct stop *found)
{
    size_t end = last_step(w), step = from->step < end ? from->step : end;
    for (step = leader(w, step);; step += (size_t)direction) {
        const struct lesson_step s = whole(w, step);
        int pages = pages_of(w, &s);
        for (int i = 0; i < pages && way_stops_at(w, step); i++) {
            *found = stop_of(w, step, direction > 0 ? i : pages - 1 - i);
            bool same = w->apart && step == from->step && from->picture;
            if (!same && is_new(w, found, from, direction))
                return true;
        }
        if (direction > 0 ? step == end : step == 0)
            return false;
    }
}

/* The other pane was looked at, from this step. */
static bool is_astray(const struct way *w, const struct lesson_place *from)
{
    return w->apart && from->picture != (w->steps[from->step].picture != STEP_NONE);
}

struct move way_go(const struct way *w, const struct lesson_place *from, int direction)
{
    struct lesson_place here = *from;
    struct stop x;
    here.step = here.step < w->count ? here.step : w->count - 1;
    if (is_astray(w, &here)) {
        here.picture = !here.picture;
        return (struct move){MOVE_SHOW, here};
    }
    if (find_stop(w, &here, direction, &x))
        return (struct move){MOVE_SHOW, shown(w, &x, &here)};
    if (direction > 0 && w->open != STEP_NONE)
        return (struct move){MOVE_ANSWER, way_first(w, way_answer(w, w->open))};
    return (struct move){MOVE_SCENE, here};
}

struct lesson_place way_first(const struct way *w, size_t step)
{
    const struct lesson_place none = {0};
    struct stop x = stop_of(w, step, 0);
    return shown(w, &x, &none);
}

struct lesson_place way_last(const struct way *w)
{
    const struct lesson_place none = {0};
    size_t step = leader(w, last_step(w));
    while (step > 0 && !way_stops_at(w, step))
        step--;
    const struct lesson_step s = whole(w, step);
    struct stop x = stop_of(w, step, pages_of(w, &s) - 1);
    return shown(w, &x, &none);
}

size_t way_answer(const struct way *w, int question)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->steps[i].answers == question)
            return i;
    return w->count - 1;
}

enum stop_kind way_kind(const struct way *w, const struct lesson_place *at)
{
    size_t step = leader(w, at->step < w->count ? at->step : w->count - 1);
    const struct lesson_step s = whole(w, step);
    if (at->picture && (w->apart || is_turned_to(w, at->step)))
        return STOP_PICTURE;
    if (s.asks != STEP_NONE && at->top + w->page >= s.end)
        return STOP_QUESTION;
    if (s.answers != STEP_NONE && at->top <= s.begin)
        return STOP_ANSWER;
    return step == 0 && at->top <= s.begin ? STOP_TEXT : STOP_MORE;
}
