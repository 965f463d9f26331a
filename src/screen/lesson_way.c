#include "screen/lesson_way.h"

#include "base/memory.h"
#include "paint/theme.h"
#include "screen/lesson_view.h"
#include "screen/panel.h"

#include <stdlib.h>

#define HELP_ROOM 10 /* columns for the key that names all others */

/* ---- where one is ---- */

static struct way way_here(const struct lesson_state *s, const struct canvas *c,
                           struct area a, int *rows_of_text)
{
    struct lesson_rows r = lesson_rows_of(s, c, a, -1, -1);
    int *rows = lesson_block_rows(s, c, a);
    struct way w = lesson_steps(s);
    w.page = r.seen > 2 ? r.seen : 2;
    w.apart = s->p.there && !lesson_is_wide(a);
    w.together = lesson_pictures_fit(s, c, a);
    w.open = lesson_open_question(s);
    way_measure(&w, rows);
    *rows_of_text = r.rows;
    free(rows);
    return w;
}

static struct lesson_place place_here(const struct lesson_state *s, const struct way *w,
                                      int rows)
{
    int top = s->scroll > rows - w->page ? rows - w->page : s->scroll;
    return (struct lesson_place){s->step, s->focus == LESSON_FOCUS_PICTURE,
                                 top > 0 ? top : 0};
}

static void take_place(struct lesson_state *s, const struct way *w,
                       const struct lesson_place *to)
{
    s->step = to->step;
    s->scroll = to->top;
    if (to->picture && w->steps[to->step].picture != s->at)
        lesson_turn_picture(s);
    if (w->apart)
        s->focus = to->picture ? LESSON_FOCUS_PICTURE : LESSON_FOCUS_TEXT;
}

/* ---- moves ---- */

/* What was hidden behind the question has rows now. */
static void pass_by(struct lesson_state *s, const struct canvas *c, struct area a)
{
    int question = lesson_open_question(s), rows;
    lesson_answer(s, ANSWER_SHOWN);
    s->focus = LESSON_FOCUS_TEXT;
    struct way w = way_here(s, c, a, &rows);
    struct lesson_place to = way_first(&w, way_answer(&w, question));
    take_place(s, &w, &to);
    way_free(&w);
}

bool lesson_way_go(struct lesson_state *s, const struct canvas *c, struct area a,
                   int direction)
{
    int rows;
    struct way w = way_here(s, c, a, &rows);
    struct lesson_place here = place_here(s, &w, rows);
    struct move m = way_go(&w, &here, direction);
    if (m.kind == MOVE_SHOW)
        take_place(s, &w, &m.to);
    way_free(&w);
    if (m.kind == MOVE_ANSWER)
        pass_by(s, c, a);
    return m.kind != MOVE_SCENE;
}

void lesson_way_to_end(struct lesson_state *s, const struct canvas *c, struct area a)
{
    int rows;
    struct way w = way_here(s, c, a, &rows);
    struct lesson_place to = way_last(&w);
    take_place(s, &w, &to);
    way_free(&w);
}

void lesson_way_answered(struct lesson_state *s, int question)
{
    struct way w = lesson_steps(s);
    s->step = way_answer(&w, question);
    way_free(&w);
}

void lesson_way_pictured(struct lesson_state *s)
{
    struct way w = lesson_steps(s);
    for (size_t i = 0; i < w.count; i++)
        if (w.steps[i].picture == s->at)
            s->step = i;
    way_free(&w);
}

void lesson_way_ask(struct lesson_state *s, int question)
{
    struct way w = lesson_steps(s);
    for (size_t i = 0; i < w.count; i++)
        if (w.steps[i].asks == question)
            s->step = i;
    way_free(&w);
}

void lesson_way_turn(struct lesson_state *s, const struct canvas *c, struct area a)
{
    int rows;
    struct way w = way_here(s, c, a, &rows);
    struct lesson_place here = place_here(s, &w, rows);
    struct move next = way_go(&w, &here, 1);
    bool picture = s->focus == LESSON_FOCUS_PICTURE; /* where both panes are seen */
    if (w.apart)
        picture = here.picture;
    bool comes = w.apart && !picture && next.kind == MOVE_SHOW && next.to.picture;
    if (comes)
        take_place(s, &w, &next.to);
    else if (w.apart && picture && s->step > 0 && w.steps[s->step].picture != STEP_NONE)
        s->step--;
    if (!comes)
        s->focus = picture ? LESSON_FOCUS_TEXT : LESSON_FOCUS_PICTURE;
    way_free(&w);
}

/* ---- the bar ---- */

static const enum say stop_names[] = {
    [STOP_TEXT] = SAY_STOP_TEXT,         [STOP_MORE] = SAY_STOP_MORE,
    [STOP_QUESTION] = SAY_STOP_QUESTION, [STOP_ANSWER] = SAY_STOP_ANSWER,
    [STOP_PICTURE] = SAY_STOP_PICTURE,
};

/* What a press does, as a word; moves the place on. Behind an open question no rows are
 * known yet. */
static const char *next_name(const struct lesson_state *s, const struct way *w,
                             struct lesson_place *at, bool *last)
{
    struct move m = way_go(w, at, 1);
    size_t before = at->step;
    int scene = reading_scene_number(s->reading) + 1;
    *last = m.kind != MOVE_SHOW;
    *at = m.to;
    if (m.kind == MOVE_SCENE && scene == (int)reading_lesson(s->reading)->count)
        return say(s->ended ? SAY_STOP_HOME : SAY_STOP_END);
    if (m.kind == MOVE_SCENE)
        return say(SAY_STOP_SCENE);
    enum stop_kind kind = way_kind(w, &m.to);
    if (m.kind == MOVE_SHOW && kind == STOP_ANSWER && m.to.step == before)
        kind = STOP_MORE; /* it was given by hand */
    return say(m.kind == MOVE_ANSWER ? SAY_STOP_ANSWER : stop_names[kind]);
}

/* "picture ▸ question …", or only the next where there is little room. Caller frees. */
static char *coming(const struct lesson_state *s, const struct way *w,
                    const struct lesson_place *here, bool both)
{
    struct lesson_place at = *here;
    bool last, end;
    const char *first = next_name(s, w, &at, &last);
    if (last || !both)
        return mem_string(first);
    const char *second = next_name(s, w, &at, &end);
    return mem_format("%s ▸ %s%s", first, second, end ? "" : " …");
}

/* "●●○": a dot for every step, filled up to the one that is seen. */
static char *dots(const struct way *w, const struct lesson_place *here)
{
    struct buffer b = {0};
    for (size_t i = 0; i < w->count; i++)
        if (way_stops_at(w, i))
            buffer_add(&b, i <= here->step ? "●" : "○");
    return buffer_take(&b);
}

/* The keys that do something here, the most useful first. */
struct bar {
    enum action actions[20];
    size_t count;
};

static void bar_add(struct bar *b, bool wanted, enum action action)
{
    if (wanted)
        b->actions[b->count++] = action;
}

static void bar_of_picture(const struct lesson_state *s, struct bar *b)
{
    const struct picture *p = &s->p.picture;
    bool seen = lesson_shows_picture(s) && s->p.values;
    bar_add(b, seen && reading_sliders(s->reading), ACTION_LESSON_MORE);
    bar_add(b, seen && !lesson_shows_exam(s) && s->p.sheet.heads, ACTION_HEAD_NEXT);
    bar_add(b, seen && !lesson_shows_exam(s) && s->p.has_before, ACTION_LESSON_BEFORE);
    bar_add(b, lesson_shows_picture(s) && s->beside.there, ACTION_LESSON_PICTURE);
    bar_add(b, seen && p->export, ACTION_SAVE);
    bar_add(b, reading_is_own(s->reading), ACTION_LESSON_OWN);
}

static struct bar bar_of(const struct lesson_state *s)
{
    struct bar b = {0};
    bool picture = s->focus == LESSON_FOCUS_PICTURE;
    bool asked = !picture && lesson_open_question(s) >= 0;
    bar_add(&b, asked && !lesson_wants_number(s), ACTION_CHOICE_TAKE);
    bar_add(&b, asked && lesson_wants_number(s), ACTION_LESSON_OPEN);
    bar_add(&b, picture && s->p.values && !s->p.picture.cells, ACTION_LESSON_OPEN);
    bar_add(&b, lesson_shows_picture(s), ACTION_PANE_OTHER);
    bar_of_picture(s, &b);
    bar_add(&b, true, ACTION_LESSON_WALK);
    bar_add(&b, true, ACTION_HELP);
    bar_add(&b, true, ACTION_LESSON_EDIT);
    bar_add(&b, true, ACTION_SCENE_BACK);
    bar_add(&b, true, ACTION_LESSON_LEAVE);
    bar_add(&b, true, ACTION_LANGUAGE);
    bar_add(&b, true, ACTION_MAP);
    return b;
}

/* Where one is and what the next press does: as much as there is room for. Returns the
 * columns taken. */
static int draw_way(const struct lesson_state *s, struct canvas *c, struct area row,
                    const struct way *w, const struct lesson_place *here)
{
    struct style text = theme_style(c, LOOK_BAR);
    char key[32], *where = dots(w, here), *both = coming(s, w, here, true),
                  *next = coming(s, w, here, false);
    action_first_key(ACTION_SCENE_NEXT, key, sizeof key);
    int room = row.columns - HELP_ROOM - canvas_width(c, key) - 3;
    bool places = canvas_width(c, where) + 1 + canvas_width(c, next) <= room;
    room -= places ? canvas_width(c, where) + 1 : 0;
    int end = places ? canvas_text(c, row, 0, 1, text, where) + 1 : 1;
    end = canvas_text(c, row, 0, end, theme_style(c, LOOK_BAR_KEY), key) + 1;
    end = canvas_text(c, row, 0, end, text, canvas_width(c, both) <= room ? both : next);
    free(where);
    free(both);
    free(next);
    return end + 1;
}

/* " ●○ Space picture ▸ question …", and the other keys behind it. */
void lesson_bar_draw(const struct lesson_state *s, struct canvas *c, struct area a)
{
    int rows;
    if (!lesson_fits(a))
        return;
    struct way w = way_here(s, c, a, &rows);
    struct lesson_place here = place_here(s, &w, rows);
    struct area row = area_part(a, a.rows - 1, 0, 1, a.columns);
    struct bar b = bar_of(s);
    canvas_fill(c, row, theme_style(c, LOOK_BAR));
    int end = draw_way(s, c, row, &w, &here);
    key_bar_draw(b.actions, b.count, c, area_part(row, 0, end, 1, a.columns - end));
    way_free(&w);
}
