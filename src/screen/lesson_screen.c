#include "screen/lesson_screen.h"

#include "base/memory.h"
#include "lesson/glossary.h"
#include "screen/cursor.h"
#include "screen/editor.h"
#include "screen/help.h"
#include "screen/lesson_map.h"
#include "screen/lesson_view.h"
#include "screen/lesson_way.h"
#include "screen/seen.h"
#include "screen/walk.h"

#include <stdlib.h>
#include <string.h>

#define SLICE 30 /* milliseconds of exam between two looks at the keyboard */

static void draw(const void *state, struct canvas *c, struct area a)
{
    lesson_bar_draw(state, c, a); /* a long message takes its row */
    lesson_draw(state, c, a);
}

/* ---- through the text ---- */

static struct lesson_rows rows_of(const struct lesson_state *s, const struct app *app,
                                  int question, int choice)
{
    const struct canvas *c = app_canvas(app);
    return lesson_rows_of(s, c, canvas_area(c), question, choice);
}

static void scroll_to(struct lesson_state *s, const struct lesson_rows *r, int first)
{
    s->scroll = first > r->rows - r->seen ? r->rows - r->seen : first;
    s->scroll = s->scroll < 0 ? 0 : s->scroll;
}

/* Scrolls as little as it needs to show these rows, the last ones at any rate. */
static void show_rows(struct lesson_state *s, const struct lesson_rows *r, int first,
                      int end)
{
    int scroll = first < s->scroll ? first : s->scroll;
    scroll_to(s, r, end - r->seen > scroll ? end - r->seen : scroll);
}

static bool text_is_seen(const struct lesson_state *s, const struct app *app)
{
    return s->focus == LESSON_FOCUS_TEXT || lesson_is_wide(canvas_area(app_canvas(app)));
}

/* Behind the last scene: whoever opened the lesson knows what comes then. */
static void end(struct lesson_state *s, struct app *app)
{
    if (!s->ended) {
        lesson_say(s, false, say(SAY_LESSON_END));
        return;
    }
    s->ended(s->data);
    app_pop(app);
}

/* One press of the key that walks through everything. */
static void walk_on(struct lesson_state *s, struct app *app, int direction)
{
    const struct canvas *c = app_canvas(app);
    int scene = reading_scene_number(s->reading);
    int last = (int)reading_lesson(s->reading)->count - 1;
    if (lesson_way_go(s, c, canvas_area(c), direction))
        return;
    if (direction > 0 && scene == last) {
        end(s, app);
    } else if (direction < 0 && scene == 0) {
        lesson_say(s, false, say(SAY_LESSON_START));
    } else {
        lesson_go(s, scene + direction);
        if (direction < 0)
            lesson_way_to_end(s, c, canvas_area(c));
    }
}

static void go(struct lesson_state *s, int by)
{
    int to = reading_scene_number(s->reading) + by;
    if (to < 0 || to >= (int)reading_lesson(s->reading)->count)
        lesson_say(s, false, say(to < 0 ? SAY_LESSON_START : SAY_LESSON_END));
    else
        lesson_go(s, to);
}

/* ---- questions ---- */

static int count_choices(const struct lesson_state *s, int question)
{
    return (int)lesson_asked(s, (size_t)question).p->count;
}

static bool is_seen(const struct lesson_state *s, const struct lesson_rows *r)
{
    return r->choice > s->scroll && r->choice <= s->scroll + r->seen &&
           r->choice <= r->rows;
}

/* Whether the learner sees the choice; if not, now the question is shown. */
static bool sees_choice(struct lesson_state *s, struct app *app, int choice)
{
    int question = lesson_open_question(s);
    struct lesson_rows r = rows_of(s, app, question, choice);
    if (text_is_seen(s, app) && is_seen(s, &r))
        return true;
    s->focus = LESSON_FOCUS_TEXT;
    lesson_way_ask(s, question);
    r = rows_of(s, app, question, choice);
    show_rows(s, &r, r.question, r.end);
    if (!is_seen(s, &r))
        show_rows(s, &r, r.choice - 1, r.choice);
    return false;
}

/* After an answer the pane shows what is said of it. */
static void answer(struct lesson_state *s, struct app *app, int choice)
{
    int question = lesson_open_question(s);
    if (question < 0 || choice >= count_choices(s, question))
        return;
    if (choice >= 0 && !sees_choice(s, app, choice)) {
        lesson_say(s, false, say(SAY_LESSON_ASK));
        return;
    }
    lesson_answer(s, choice);
    lesson_way_answered(s, question);
    struct lesson_rows r = rows_of(s, app, question, -1);
    show_rows(s, &r, r.question, r.end);
}

/* A key of a number that is typed: it is judged at once on Enter. False for other keys,
 * and where none is asked for. */
static bool type_number(struct lesson_state *s, struct app *app, uint32_t key)
{
    bool enter = key == key_find("Enter"), back = key == key_find("Backspace");
    bool part = key < 128 && (strchr("-.", (int)key) || (key >= '0' && key <= '9'));
    int question = lesson_open_question(s);
    if (!lesson_wants_number(s) || s->focus != LESSON_FOCUS_TEXT || !key ||
        !(enter || back || part))
        return false;
    if (enter && sees_choice(s, app, 0) && !lesson_answer_number(s))
        lesson_say(s, false, say(SAY_FILL_EMPTY));
    else if (back && !lesson_type(s, 0))
        return false;
    else if (part)
        lesson_type(s, (char)key);
    if (lesson_open_question(s) == question)
        lesson_way_ask(s, question);
    else
        lesson_way_answered(s, question);
    struct lesson_rows r = rows_of(s, app, question, 0);
    show_rows(s, &r, r.question, r.end);
    return true;
}

/* The choice of a question on show, else the rows of the text. */
static void move_choice(struct lesson_state *s, struct app *app, int by)
{
    int question = lesson_open_question(s);
    struct lesson_rows r = rows_of(s, app, question, (int)s->choice);
    if (question < 0 || !is_seen(s, &r)) {
        scroll_to(s, &r, s->scroll + by);
        return;
    }
    long count = count_choices(s, question);
    if (count == 0) { /* a number is typed */
        scroll_to(s, &r, s->scroll + by);
        return;
    }
    s->choice = (s->choice + by + count) % count;
    r = rows_of(s, app, question, (int)s->choice);
    show_rows(s, &r, r.choice - 1, r.choice);
}

/* ---- the picture ---- */

#define PAGE 8 /* rows and columns */

static void move_cell(struct lesson_state *s, enum action action)
{
    const struct lesson_picture *p = &s->p;
    lesson_move_to(s, cursor_move(&p->sheet, p->picture.shown.at, action, PAGE, PAGE));
}

static void move(struct lesson_state *s, struct app *app, enum action action)
{
    if (s->focus == LESSON_FOCUS_PICTURE)
        move_cell(s, action);
    else if (action == ACTION_UP || action == ACTION_DOWN)
        move_choice(s, app, action == ACTION_UP ? -1 : 1);
    else if (action == ACTION_LEFT || action == ACTION_RIGHT)
        go(s, action == ACTION_LEFT ? -1 : 1);
}

static void other_pane(struct lesson_state *s, struct app *app)
{
    const struct canvas *c = app_canvas(app);
    if (!s->p.there)
        lesson_say(s, false, say(SAY_LESSON_NO_PICTURE));
    else if (!lesson_shows_picture(s))
        lesson_say(s, false, say(SAY_LESSON_ANSWER_FIRST));
    else
        lesson_way_turn(s, c, canvas_area(c));
}

/* Opens the walk on the picture's run, at its stage and cell. */
static void open_walk(struct lesson_state *s, struct app *app)
{
    struct error e = {0};
    struct exhibit x;
    const struct exhibit *from = s->p.picture.cells ? NULL : &s->p.picture.shown;
    if (reading_free_walk(s->reading, from, &x, &e) < 0) {
        lesson_say(s, true, e.message);
        return;
    }
    if (!lesson_shows_picture(s))
        x.ref = (struct ref){REF_NONE, 0};
    struct walk *w = walk_new(x);
    if (x.ref.kind == REF_STAGE)
        w->focus = FOCUS_MATRIX;
    walk_open_guest(app, w);
}

static void enter(struct lesson_state *s, struct app *app)
{
    if (s->focus == LESSON_FOCUS_PICTURE)
        open_walk(s, app);
    else if (lesson_open_question(s) >= 0)
        answer(s, app, (int)s->choice);
    else
        other_pane(s, app);
}

/* The slider, or the digits. */
static void adjust(struct lesson_state *s, struct app *app, int by)
{
    const struct canvas *c = app_canvas(app);
    if (reading_sliders(s->reading) > 0)
        lesson_slide(s, by);
    else
        s->zoom = cursor_zoom(lesson_zoom(s, c, canvas_area(c)), by);
}

static void turn_range(struct lesson_state *s)
{
    if (s->p.values)
        lesson_say(s, false, say(cursor_turn_range(&s->p.sheet, &s->range_by)));
    else
        lesson_say(s, false, say(SAY_LESSON_NO_PICTURE));
}

static void turn_head(struct lesson_state *s, enum action action)
{
    if (s->p.values && s->p.sheet.heads)
        move_cell(s, action);
    else
        lesson_say(s, false, say(SAY_NO_HEADS));
}

/* ---- the rest ---- */

static int take_text(void *data, const char *text, struct error *e)
{
    struct lesson_state *s = data;
    (void)e;
    lesson_set_text(s, text);
    return 0;
}

static void edit(struct lesson_state *s, struct app *app, const char *text)
{
    const struct editor_use use = {reading_model(s->reading), reading_text(s->reading),
                                   take_text, s};
    app_open(app, SCREEN_EDITOR,
             &(struct subject){.has = NEED_MODEL, .use = &use, .text = text});
}

static void leave(struct lesson_state *s, struct app *app)
{
    const struct canvas *c = app_canvas(app);
    if (s->focus == LESSON_FOCUS_PICTURE)
        lesson_way_turn(s, c, canvas_area(c));
    else
        app_pop(app);
}

static void before_after(struct lesson_state *s)
{
    if (s->p.picture.whatifs && lesson_shows_exam(s))
        lesson_say(s, false, say(SAY_LESSON_BOTH));
    else if (s->p.has_before)
        lesson_show_before(s, !s->before);
    else if (s->p.picture.whatifs && s->p.values)
        lesson_say(s, false, say(SAY_LESSON_NO_BEFORE));
    else
        lesson_say(s, false, say(SAY_LESSON_NO_WHATIF));
}

/* In a window for one pane it is seen at once. */
static void turn_picture(struct lesson_state *s)
{
    if (!s->beside.there)
        lesson_say(s, false, say(SAY_LESSON_ONE_PICTURE));
    else if (!lesson_shows_picture(s))
        lesson_say(s, false, say(SAY_LESSON_ANSWER_FIRST));
    else if (lesson_turn_picture(s)) {
        s->focus = LESSON_FOCUS_PICTURE;
        lesson_way_pictured(s);
    }
}

static void own_sentence(struct lesson_state *s)
{
    if (reading_is_own(s->reading))
        lesson_set_text(s, NULL);
    else
        lesson_say(s, false, say(SAY_LESSON_OWN_ALREADY));
}

static void tell_of_exam(struct lesson_state *s)
{
    bool done = exams_are_done(reading_exams(s->reading));
    lesson_say(s, false,
               say(!lesson_shows_exam(s) ? SAY_LESSON_NO_EXAM
                   : done                         ? SAY_LESSON_EXAM_DONE
                                                  : SAY_LESSON_EXAM_RUNS));
}

static void open_glossary(struct lesson_state *s, struct app *app)
{
    struct error e = {0};
    char *text = glossary_text(say_language(), &e);
    if (text)
        reader_open(app, say(SAY_LESSON_GLOSSARY), text);
    else
        lesson_say(s, true, e.message);
    free(text);
}

static void act_in_lesson(struct lesson_state *s, struct app *app, enum action action,
                          uint32_t key)
{
    switch (action) {
    case ACTION_SCENE_NEXT:
    case ACTION_SCENE_BACK:
        walk_on(s, app, action == ACTION_SCENE_NEXT ? 1 : -1);
        break;
    case ACTION_SCENE_RIGHT:
    case ACTION_SCENE_LEFT:
        go(s, action == ACTION_SCENE_RIGHT ? 1 : -1);
        break;
    case ACTION_CHOICE_TAKE:
        answer(s, app, (int)key - '1');
        break;
    case ACTION_CHOICE_SHOW:
        answer(s, app, ANSWER_SHOWN);
        break;
    case ACTION_PANE_OTHER:
        other_pane(s, app);
        break;
    case ACTION_LESSON_OPEN:
        enter(s, app);
        break;
    case ACTION_LESSON_WALK:
        open_walk(s, app);
        break;
    case ACTION_LESSON_MORE:
    case ACTION_LESSON_LESS:
        adjust(s, app, action == ACTION_LESSON_MORE ? 1 : -1);
        break;
    case ACTION_LESSON_BEFORE:
        before_after(s);
        break;
    case ACTION_LESSON_PICTURE:
        turn_picture(s);
        break;
    case ACTION_LESSON_EDIT:
        edit(s, app, NULL);
        break;
    case ACTION_LESSON_OWN:
        own_sentence(s);
        break;
    case ACTION_LESSON_EXAM:
        tell_of_exam(s);
        break;
    case ACTION_LESSON_GLOSSARY:
        open_glossary(s, app);
        break;
    default:
        leave(s, app);
    }
}

/* Keys that mean the same everywhere; false for the others. */
static bool act_in_program(struct lesson_state *s, struct app *app, uint32_t key)
{
    enum action action = action_find(GROUP_LOOK | GROUP_PROGRAM, key);
    switch (action) {
    case ACTION_HEAD_NEXT:
    case ACTION_HEAD_PREVIOUS:
        turn_head(s, action);
        return true;
    case ACTION_RANGE:
        turn_range(s);
        return true;
    case ACTION_GLOSS:
        s->gloss = !s->gloss;
        return true;
    case ACTION_LANGUAGE:
        if (!app_switch_language(app))
            lesson_say(s, false, say(SAY_NO_HANGUL));
        return true;
    case ACTION_THEME:
        app_set_theme(app, theme_next(app_theme(app)));
        return true;
    case ACTION_MAP:
        lesson_open_map(s, app);
        return true;
    case ACTION_HELP:
        help_open(app, NEED_ALL);
        return true;
    case ACTION_QUIT:
        app_quit(app);
        return true;
    default:
        return false;
    }
}

static void act_on_key(struct lesson_state *s, struct app *app, uint32_t key)
{
    lesson_say(s, false, NULL);
    if (type_number(s, app, key))
        return;
    enum action action = action_find(GROUP_LESSON, key);
    if (action != ACTION_NONE) {
        act_in_lesson(s, app, action, key);
        return;
    }
    action = action_find(GROUP_MOVE, key);
    if (action != ACTION_NONE) {
        move(s, app, action);
        return;
    }
    if (!act_in_program(s, app, key))
        app_other_key(app, key);
}

static void act(void *state, struct app *app, const struct event *event)
{
    struct lesson_state *s = state;
    if (event->kind == EVENT_KEY)
        act_on_key(s, app, event->key);
    else if (event->kind == EVENT_TEXT)
        edit(s, app, event->text);
    else if (event->kind == EVENT_TICK)
        lesson_work(s, SLICE);
    else if (event->kind == EVENT_WAIT)
        lesson_work(s, 0);
    lesson_follow_language(s);
}

/* While an exam runs the keyboard is only looked at. Another screen may have changed the
 * language. */
static int patience(const void *state)
{
    const struct lesson_state *s = state;
    bool idle =
        exams_are_done(reading_exams(s->reading)) && s->language == say_language();
    return idle ? -1 : 0;
}

static const char *badge(const void *state)
{
    const struct lesson_state *s = state;
    return s->before ? NULL : s->p.picture.whatifs;
}

static void release(void *state)
{
    lesson_state_free(state);
}

static bool seen(const void *state, struct seen *out)
{
    const struct lesson_state *s = state;
    if (!lesson_shows_picture(s))
        return false;
    out->kind = s->p.picture.view;
    out->chart = lesson_chart(s, out->exams);
    if (chart_is_of_exams(out->kind)) { /* of many sentences, no matrix */
        out->chart.sheet = (struct sheet){0};
        out->chart.values = NULL;
    }
    return true;
}

const struct screen lesson_screen = {
    .name = "lesson",
    .covers = true,
    .draw = draw,
    .act = act,
    .patience = patience,
    .free = release,
    .badge = badge,
    .seen = seen,
};

void lesson_screen_open(struct app *app, struct lesson_state *s, int scene)
{
    if (scene > 0)
        lesson_go(s, scene);
    app_open(app, SCREEN_LESSON, &(struct subject){.has = NEED_LESSON, .state = s});
}
