#include "screen/walk.h"

#include "base/memory.h"
#include "base/say.h"
#include "chart/matrix_cells.h"
#include "screen/attention.h"
#include "screen/cursor.h"
#include "screen/guide.h"
#include "screen/help.h"
#include "screen/seen.h"
#include "screen/walk_view.h"
#include "study/effect_text.h"

#include <stdlib.h>

#define GROUPS (GROUP_STEP | GROUP_MOVE | GROUP_OPEN | GROUP_LOOK | GROUP_PROGRAM)
#define DEFAULT_AUTOPLAY 3000

static void draw(const void *state, struct canvas *c, struct area a)
{
    walk_draw(state, c, a);
}

/* ---- moving ---- */

static void move_stage(struct walk *w, enum action action)
{
    if (action == ACTION_LEFT)
        walk_next(w, -1);
    else if (action == ACTION_RIGHT)
        walk_next(w, 1);
    else if (action == ACTION_DOWN)
        w->focus = FOCUS_MATRIX;
}

/* Pages go by what is seen, less one, so that the eye finds its place again. */
static void move_cursor(struct walk *w, struct app *app, enum action action)
{
    const struct canvas *c = app_canvas(app);
    struct matrix_layout l = walk_matrix_layout(w, c, canvas_area(c));
    long rows = l.rows > 1 ? l.rows - 1 : 1, columns = l.columns > 1 ? l.columns - 1 : 1;
    struct place at = cursor_move(&w->sheet, w->shown.at, action, rows, columns);
    walk_move_row(w, at);
}

static void move_operand(struct walk *w, enum action action)
{
    switch (action) {
    case ACTION_UP:
        walk_select_line(w, w->line - 1);
        break;
    case ACTION_DOWN:
        walk_select_line(w, w->line + 1);
        break;
    case ACTION_LEFT:
        walk_select_operand(w, -1);
        break;
    case ACTION_RIGHT:
        walk_select_operand(w, 1);
        break;
    case ACTION_START:
    case ACTION_PAGE_UP:
        walk_select_line(w, action == ACTION_START ? 0 : w->line - 10);
        break;
    case ACTION_END:
    case ACTION_PAGE_DOWN:
        walk_select_line(w, w->line + (action == ACTION_END ? 1000000 : 10));
        break;
    default:
        break;
    }
}

static void move(struct walk *w, struct app *app, enum action action)
{
    if (w->focus == FOCUS_STAGE)
        move_stage(w, action);
    else if (w->focus == FOCUS_MATRIX && !attention_move(w, action))
        move_cursor(w, app, action);
    else if (w->focus == FOCUS_MATRIX)
        return;
    else
        move_operand(w, action);
}

/* ---- stages ---- */

static void turn_gait(struct walk *w, struct app *app)
{
    w->gait = w->gait == GAIT_STAGES ? GAIT_CHAPTERS : GAIT_STAGES;
    app_set_gait(app, (int)w->gait);
    walk_say(w, false, say(w->gait == GAIT_STAGES ? SAY_GAIT_STAGES : SAY_GAIT_CHAPTERS));
}

static void step(struct walk *w, enum action action)
{
    int before = w->stage;
    switch (action) {
    case ACTION_NEXT:
        walk_step(w, 1);
        break;
    case ACTION_PREVIOUS:
        walk_step(w, -1);
        break;
    case ACTION_NEXT_PART:
        walk_next_part(w, 1);
        break;
    case ACTION_PREVIOUS_PART:
        walk_next_part(w, -1);
        break;
    case ACTION_FIRST:
        walk_go(w, 0);
        break;
    default:
        walk_go(w, stage_map_end(&w->map, before));
    }
    if (action == ACTION_NEXT && before == w->stage)
        walk_say(w, false, say(SAY_AT_END));
    else if (action == ACTION_PREVIOUS && before == w->stage)
        walk_say(w, false, say(SAY_AT_START));
}

/* ---- opening ---- */

/* From the thumbnails to the map of the head, from words to their pieces. */
static bool open_picture(struct walk *w)
{
    struct attention_state *a = &w->attention;
    if (!attention_is_here(w) || w->focus != FOCUS_MATRIX)
        return false;
    if (a->pane == ATTENTION_HEADS && w->sheet.heads) {
        a->pane = ATTENTION_MAP;
        return true;
    }
    a->words = false;
    return false;
}

static void open_deeper(struct walk *w)
{
    if (open_picture(w))
        return;
    if (!walk_enter(w))
        walk_say(w, false,
                 say(w->sheet.stage   ? SAY_NOT_OPEN
                     : w->sheet.given ? SAY_IS_GIVEN
                                      : SAY_IS_WEIGHT));
}

static void back(struct walk *w, struct app *app)
{
    if (walk_leave(w))
        return;
    if (w->guest)
        app_pop(app);
    else
        walk_say(w, false, say(SAY_PRESS_QUIT));
}

static void open_close(struct walk *w, struct app *app, enum action action)
{
    if (action == ACTION_OPEN)
        open_deeper(w);
    else if (action == ACTION_BACK)
        back(w, app);
    else
        walk_turn_focus(w, action == ACTION_FOCUS ? 1 : -1);
}

/* ---- other screens ---- */

static unsigned has(const struct walk *w)
{
    return NEED_RUN | (w->session ? NEED_MODEL : 0) | (w->sheet.heads ? NEED_HEADS : 0);
}

static void open_screen(struct walk *w, struct app *app, enum screen_id id,
                        const char *text)
{
    const struct subject on = {.has = has(w), .walk = w, .text = text};
    const char *why = app_open(app, id, &on);
    if (why)
        walk_say(w, false, why);
}

/* ---- looking ---- */

static void about_stage(struct walk *w, struct app *app)
{
    const struct stage *s = w->sheet.stage;
    enum language language = say_language();
    char *text = mem_format("%s\n\n%s\n%s", walk_text(w),
                            s ? stage_formula(s) : w->sheet.part->symbol,
                            s ? stage_id(s) : w->sheet.part->name);
    reader_open(app, s ? guide_name(s, language) : w->sheet.part->symbol, text);
    free(text);
}

/* In a run of its own: gradients make the trace anew. */
static int write_effect(const struct walk *w, struct buffer *out, struct error *e)
{
    enum { TOP = 8 };
    struct session *s = session_fork(w->session, &(struct session_change){0}, e);
    int stage = s ? plan_find(trace_plan(s->trace), stage_id(w->sheet.stage)) : -1;
    long cell = sheet_cell(&w->sheet, w->shown.at);
    long row = stage < 0 ? 0 : effect_row(s, &trace_plan(s->trace)->stages[stage], cell);
    struct effect_of of;
    int status = stage < 0 ? -1 : effect_begin(s, row, -1, &of, e);
    if (status == 0) {
        effect_tell(s, &of, stage, cell, out);
        buffer_add(out, "\n");
        effect_tell_top(s, stage, TOP, out);
    }
    session_free(s);
    return status;
}

static void tell_effect(struct walk *w, struct app *app)
{
    const struct stage *s = w->sheet.stage;
    struct error e = {0};
    struct buffer out = {0};
    if (!s || s->place.gradient || w->sheet.values == VALUES_IDS)
        walk_say(w, false, say(SAY_EFFECT_NONE));
    else if (write_effect(w, &out, &e) < 0)
        walk_say(w, true, e.message);
    else
        reader_open(app, say(SAY_EFFECT_TITLE), out.data);
    buffer_free(&out);
}

static void turn_gradient(struct walk *w)
{
    struct error e = {0};
    if (walk_turn_gradient(w, &e) < 0)
        walk_say(w, true, e.message);
}

static void look_at_weights(struct walk *w, const struct app *app, enum action action)
{
    const struct canvas *c = app_canvas(app);
    if (!attention_is_here(w))
        walk_say(w, false, say(SAY_ATTENTION_ONLY));
    else if (action == ACTION_VIEW)
        attention_turn(w, walk_stands_beside(w, c, canvas_area(c)));
    else if (action == ACTION_FLIP)
        w->attention.columns = !w->attention.columns;
    else
        w->attention.words = !w->attention.words;
}

static void look(struct walk *w, struct app *app, enum action action)
{
    switch (action) {
    case ACTION_HEAD_NEXT:
    case ACTION_HEAD_PREVIOUS:
        walk_set_head(w, w->shown.at.head + (action == ACTION_HEAD_NEXT ? 1 : -1));
        if (!w->sheet.heads)
            walk_say(w, false, say(SAY_NO_HEADS));
        break;
    case ACTION_ZOOM_IN:
    case ACTION_ZOOM_OUT:
        w->zoom = cursor_zoom(w->zoom, action == ACTION_ZOOM_IN ? 1 : -1);
        break;
    case ACTION_RANGE:
        walk_say(w, false, say(cursor_turn_range(&w->sheet, &w->range_by)));
        break;
    case ACTION_GLOSS:
        w->gloss = w->gloss == GLOSS_ALL ? GLOSS_NONE : GLOSS_ALL;
        break;
    case ACTION_EFFECT:
        tell_effect(w, app);
        break;
    case ACTION_VIEW:
    case ACTION_FLIP:
    case ACTION_MERGE:
        look_at_weights(w, app, action);
        break;
    default:
        turn_gradient(w);
    }
}

/* ---- the program ---- */

static void toggle_autoplay(struct walk *w)
{
    if (!w->autoplay)
        w->autoplay = DEFAULT_AUTOPLAY;
    w->playing = !w->playing && !walk_is_last(w);
}

static void restore(struct walk *w)
{
    struct whatifs none = {0};
    struct error e = {0};
    bool intact = w->session->whatifs.count == 0;
    if (!intact && walk_set_whatifs(w, &none, &e) < 0)
        walk_say(w, true, e.message);
    else
        walk_say(w, false, say(intact ? SAY_LAB_INTACT_ALREADY : SAY_LAB_RESTORED));
}

/* A worked example has no model behind it. What a screen needs says its row. */
static bool needs_model(enum action action)
{
    return action == ACTION_RESTORE || action == ACTION_GRADIENT ||
           action == ACTION_EFFECT;
}

static void program(struct walk *w, struct app *app, enum action action)
{
    switch (action) {
    case ACTION_RESTORE:
        restore(w);
        break;
    case ACTION_LANGUAGE:
        if (!app_switch_language(app))
            walk_say(w, false, say(SAY_NO_HANGUL));
        break;
    case ACTION_THEME:
        app_set_theme(app, theme_next(app_theme(app)));
        break;
    case ACTION_AUTOPLAY:
        toggle_autoplay(w);
        break;
    default:
        app_quit(app);
    }
}

/* The help page speaks of all stages: some of them have heads. */
static void lead_to(struct walk *w, struct app *app, enum screen_id id)
{
    if (id == SCREEN_READER)
        about_stage(w, app);
    else if (id == SCREEN_HELP)
        help_open(app, has(w) | NEED_HEADS);
    else
        open_screen(w, app, id, NULL);
}

static void act_on_key(struct walk *w, struct app *app, uint32_t key)
{
    enum action action = action_find(GROUPS, key);
    walk_say(w, false, NULL);
    if (action == ACTION_NONE) {
        app_other_key(app, key);
        return;
    }
    if (!w->session && needs_model(action)) {
        walk_say(w, false, say(SAY_WORKED_ONLY));
        return;
    }
    if (action != ACTION_AUTOPLAY)
        w->playing = false;
    enum screen_id screen = screen_of_action(app_screens(app), action);
    if (screen != SCREEN_COUNT) {
        lead_to(w, app, screen);
        return;
    }
    switch (action_group(action)) {
    case GROUP_STEP:
        if (action == ACTION_GAIT)
            turn_gait(w, app);
        else
            step(w, action);
        break;
    case GROUP_MOVE:
        move(w, app, action);
        break;
    case GROUP_OPEN:
        open_close(w, app, action);
        break;
    case GROUP_LOOK:
        look(w, app, action);
        break;
    default:
        program(w, app, action);
    }
}

/* What is done while nobody presses a key. */
static void work(struct walk *w, bool all)
{
    if (w->proving)
        walk_prove(w, all);
    if (attention_is_counting(w) && (all || !w->proving))
        attention_count(w, all);
}

static void act(void *state, struct app *app, const struct event *event)
{
    struct walk *w = state;
    if (event->kind == EVENT_KEY)
        act_on_key(w, app, event->key);
    else if (event->kind == EVENT_TEXT)
        open_screen(w, app, SCREEN_EDITOR, event->text);
    else if (event->kind == EVENT_TICK && w->playing) {
        int before = w->stage;
        walk_step(w, 1);
        w->playing = w->stage != before && !walk_is_last(w);
    } else if (event->kind == EVENT_TICK || event->kind == EVENT_WAIT) {
        work(w, event->kind == EVENT_WAIT);
    }
    attention_begin(w);
}

static int patience(const void *state)
{
    const struct walk *w = state;
    bool works = w->proving || attention_is_counting(w);
    return w->playing ? w->autoplay : works ? 0 : -1;
}

static void free_walk(void *state)
{
    walk_free(state);
}

static const char *badge(const void *state)
{
    return ((const struct walk *)state)->badge;
}

/* The chart that is seen, by name. */
static const char *picture_of(const struct walk *w)
{
    bool weights = attention_is_here(w);
    if (weights && w->attention.pane == ATTENTION_LINES)
        return attention_is_cross(w) ? "bridge" : "links";
    if (weights && w->attention.pane == ATTENTION_HEADS && w->sheet.heads)
        return "overview";
    return w->zoom == CHART_ZOOM_LEAST ? "heatmap" : "matrix";
}

static bool seen(const void *state, struct seen *out)
{
    const struct walk *w = state;
    out->kind = charts_find(picture_of(w));
    out->chart = walk_chart(w);
    out->opened = w->focus == FOCUS_CELL;
    return true;
}

const struct screen walk_screen = {
    .name = "walk",
    .covers = true,
    .draw = draw,
    .act = act,
    .patience = patience,
    .free = free_walk,
    .badge = badge,
    .seen = seen,
};

void walk_open(struct app *app, struct walk *w)
{
    w->gait = (enum gait)app_gait(app);
    app_open(app, SCREEN_WALK, &(struct subject){.has = has(w), .state = w});
}

void walk_open_guest(struct app *app, struct walk *w)
{
    w->guest = true;
    w->way_out = w->focus;
    walk_open(app, w);
}
