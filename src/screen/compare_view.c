/* The same stage of two runs: before and after a what-if with their difference, or of two
 * sentences. Both runs of a what-if are fed the words of the intact model, so that rows
 * match; each one's own prediction stands beside it. Without a what-if it asks for a
 * second sentence. */
#include "base/memory.h"
#include "base/say.h"
#include "chart/matrix_cells.h"
#include "screen/app.h"
#include "screen/cursor.h"
#include "screen/guide.h"
#include "screen/panel.h"
#include "screen/walk_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BEFORE, AFTER, RUNS, DIFFERENCE = RUNS, PANES };

struct pane {
    struct exhibit shown; /* its session is owned; none for the difference */
    struct sheet sheet;
    struct tensor values; /* owned copy */
    struct colormap_range range;
};

struct compare {
    struct walk *walk;
    struct pane panes[PANES];
    bool ready, sentences; /* two runs are there; of two sentences */
    int stage, zoom;
    enum range_by range_by;
    struct place at;
    double most; /* of the difference */
    struct field field;
    bool typing;
    struct error error;
};

static const enum action bar[] = {ACTION_NEXT,      ACTION_PREVIOUS, ACTION_BACK,
                                  ACTION_HEAD_NEXT, ACTION_ZOOM_IN,  ACTION_EDIT,
                                  ACTION_RESTORE,   ACTION_LANGUAGE, ACTION_MAP};
static const enum action typing_bar[] = {ACTION_FIELD_ACCEPT, ACTION_FIELD_CANCEL,
                                         ACTION_FIELD_CLEAR};
#define GROUPS (GROUP_STEP | GROUP_MOVE | GROUP_OPEN | GROUP_LOOK | GROUP_PROGRAM)

/* ---- the two runs ---- */

static void drop_runs(struct compare *c)
{
    for (int i = 0; i < PANES; i++) {
        session_free(c->panes[i].shown.session);
        free(c->panes[i].values.data);
        c->panes[i] = (struct pane){0};
    }
    c->ready = false;
}

/* With a second sentence both runs are as the walk is; else intact and as it is. */
static int make_runs(struct compare *c, const char *second)
{
    const struct session *from = c->walk->session;
    const struct whatifs none = {0};
    struct session_change first = {.own_output = true}, other = {.own_output = true};
    c->error = (struct error){0};
    if (!second)
        first.whatifs = &none;
    struct session *a = session_fork(from, &first, &c->error);
    other.text = second;
    other.fed = second ? NULL : a;
    struct session *b = a ? session_fork(from, &other, &c->error) : NULL;
    if (!b) {
        session_free(a);
        return -1;
    }
    drop_runs(c);
    c->panes[BEFORE].shown = exhibit_of_session(a);
    c->panes[AFTER].shown = exhibit_of_session(b);
    c->sentences = second != NULL;
    c->ready = true;
    return 0;
}

/* ---- the matrices ---- */

/* Where the token of each row or column stands in the other run: the k-th of equal ones
 * is the k-th there. -1 when it is missing. */
static long match(const struct labels *a, const struct labels *b, long index)
{
    long k = 0;
    if (!a || !b || a == b || index >= (long)a->count)
        return index;
    for (long i = 0; i < index; i++)
        k += a->items[i].id == a->items[index].id;
    for (size_t i = 0; i < b->count; i++)
        if (b->items[i].id == a->items[index].id && k-- == 0)
            return (long)i;
    return -1;
}

static struct tensor empty_copy(const struct tensor *t)
{
    struct tensor copy = *t;
    copy.type = TENSOR_F64;
    copy.f64 = mem_alloc((size_t)tensor_count(t), sizeof(double));
    return copy;
}

/* The pane's own stage. */
static void take_values(struct compare *c, struct pane *p)
{
    struct exhibit *x = &p->shown;
    x->ref = (struct ref){REF_STAGE, c->stage};
    const struct tensor *t = trace_acquire(x->trace, c->stage);
    free(p->values.data);
    p->sheet = sheet_of(x, x->ref);
    p->values = empty_copy(t);
    for (long i = 0; i < tensor_count(t); i++)
        p->values.f64[i] = tensor_get(t, i);
    p->range = sheet_range(&p->sheet, &p->values);
    trace_release(x->trace, c->stage);
}

/* Puts the rows and columns of `b` in the order of `a`, token by token. */
static void align(const struct pane *a, struct pane *b)
{
    struct tensor t = empty_copy(&b->values);
    const struct sheet *s = &a->sheet;
    for (long i = 0; i < tensor_count(&t); i++) {
        struct place at = sheet_place(s, i);
        at.row = match(s->row_labels, b->sheet.row_labels, at.row);
        at.column = match(s->column_labels, b->sheet.column_labels, at.column);
        bool there = at.row >= 0 && at.column >= 0;
        t.f64[i] = there ? b->values.f64[sheet_cell(&b->sheet, at)] : NAN;
    }
    free(b->values.data);
    b->values = t;
    b->sheet.row_labels = s->row_labels;
    b->sheet.column_labels = s->column_labels;
}

static void subtract(struct compare *c)
{
    struct pane *a = &c->panes[BEFORE], *b = &c->panes[AFTER], *d = &c->panes[DIFFERENCE];
    free(d->values.data);
    d->sheet = a->sheet;
    d->sheet.values = VALUES_SIGNED;
    d->values = empty_copy(&a->values);
    c->most = 0;
    for (long i = 0; i < tensor_count(&a->values); i++) {
        double x = a->values.f64[i], y = b->values.f64[i], z = x == y ? 0 : y - x;
        d->values.f64[i] = z;
        if (isfinite(z))
            c->most = fmax(c->most, fabs(z));
    }
    double end = c->most > 0 ? c->most : 1;
    d->range = (struct colormap_range){-end, end, true};
}

static void look(struct compare *c, int stage)
{
    struct pane *a = &c->panes[BEFORE], *b = &c->panes[AFTER];
    if (!c->ready)
        return;
    int last = (int)trace_plan(a->shown.trace)->count - 1;
    c->stage = stage < 0 ? 0 : stage > last ? last : stage;
    take_values(c, a);
    take_values(c, b);
    a->range = b->range = colormap_range_join(a->range, b->range);
    c->at = sheet_clamp(&a->sheet, c->at);
    if (!c->sentences) {
        align(a, b);
        subtract(c);
    }
}

/* ---- drawing ---- */

static const char *pane_title(const struct compare *c, int pane)
{
    static const enum say parts[] = {SAY_COMPARE_BEFORE, SAY_COMPARE_AFTER,
                                     SAY_COMPARE_DIFFERENCE};
    static const enum say texts[] = {SAY_COMPARE_FIRST, SAY_COMPARE_SECOND};
    return say(c->sentences ? texts[pane] : parts[pane]);
}

#define RANGE_LEAST 36 /* columns beside the title of a pane */

/* Before and after have the same colours for the same numbers. */
static const struct tensor *beside(const struct compare *c, int pane)
{
    if (c->sentences || pane == DIFFERENCE)
        return NULL;
    return &c->panes[pane == BEFORE ? AFTER : BEFORE].values;
}

static void draw_pane(const struct compare *c, int pane, struct canvas *canvas,
                      struct area a)
{
    const struct pane *p = &c->panes[pane];
    canvas_hline(canvas, a, 0, theme_style(canvas, LOOK_BORDER));
    struct area rule = area_part(a, 0, 0, 1, a.columns);
    int end = canvas_textf(canvas, rule, 0, 1, theme_style(canvas, LOOK_TITLE), " %s ",
                           pane_title(c, pane));
    if (pane == DIFFERENCE) {
        char number[32];
        snprintf(number, sizeof number, " max |Δ| %.4g ", c->most);
        struct style dim = theme_style(canvas, LOOK_DIM);
        end = canvas_text(canvas, rule, 0, end + 1, dim, number);
    }
    struct area body = area_part(a, 1, 1, a.rows - 1, a.columns - 2);
    struct chart v = {.shown = &c->panes[BEFORE].shown,
                      .sheet = p->sheet,
                      .values = &p->values,
                      .range = p->range,
                      .range_by = c->range_by,
                      .beside = beside(c, pane),
                      .at = sheet_clamp(&p->sheet, c->at),
                      .zoom = c->zoom,
                      .focused = true,
                      .bare = body.rows < 8};
    if (v.bare && v.sheet.values != VALUES_IDS && a.columns - end >= RANGE_LEAST) {
        struct style plain = theme_style(canvas, LOOK_DIM);
        end = canvas_text(canvas, rule, 0, end + 1, plain, " ");
        struct area room = area_part(rule, 0, end, 1, a.columns - end);
        end += matrix_draw_range(&v, canvas, room);
        canvas_text(canvas, rule, 0, end, plain, " ");
    }
    matrix_draw(&v, canvas, body);
}

/* Beside each other where there is room, else one above the other. */
static void draw_panes(const struct compare *c, struct canvas *canvas, struct area a)
{
    int count = c->sentences ? RUNS : PANES;
    bool wide = a.columns >= 50 * count;
    for (int i = 0; i < count; i++) {
        int from = (wide ? a.columns : a.rows) * i / count;
        int to = (wide ? a.columns : a.rows) * (i + 1) / count;
        draw_pane(c, i, canvas,
                  wide ? area_part(a, 0, from, a.rows, to - from - 1)
                       : area_part(a, from, 0, to - from, a.columns));
    }
}

/* What each run is and what it says itself. */
static void draw_runs(const struct compare *c, struct canvas *canvas, struct area a)
{
    int left = 0;
    for (int i = 0; i < RUNS; i++) {
        int width = canvas_width(canvas, pane_title(c, i));
        left = width > left ? width : left;
    }
    const struct session *first = c->panes[BEFORE].shown.session;
    for (int i = 0; i < RUNS; i++) {
        const struct session *s = c->panes[i].shown.session;
        bool changed = i == AFTER && strcmp(first->prediction, s->prediction) != 0;
        struct area line = area_part(a, i, 0, 1, a.columns);
        char *text = mem_format("%s → %s", s->text ? s->text : "…", s->prediction);
        canvas_text(canvas, line, 0, 0, theme_style(canvas, LOOK_DIM), pane_title(c, i));
        canvas_field(canvas, area_part(line, 0, left + 2, 1, a.columns - left - 2), 0,
                     ALIGN_LEFT,
                     theme_style(canvas, changed && !c->sentences ? LOOK_WARNING
                                                                  : LOOK_TITLE),
                     text);
        free(text);
    }
}

static void draw_typing(const struct compare *c, struct canvas *canvas, struct area a)
{
    struct area in = panel_draw(canvas, a, say(SAY_COMPARE_TYPE), typing_bar,
                                sizeof typing_bar / sizeof *typing_bar);
    field_draw(&c->field, canvas, area_part(in, 1, 0, 1, in.columns));
    canvas_wrap(canvas, area_part(in, 3, 0, in.rows - 3, in.columns), 0,
                theme_style(canvas, c->error.set ? LOOK_WARNING : LOOK_DIM),
                c->error.set ? c->error.message : say(SAY_COMPARE_HINT));
}

static void compare_draw(const void *state, struct canvas *canvas, struct area a)
{
    const struct compare *c = state;
    if (c->typing) {
        draw_typing(c, canvas, a);
        return;
    }
    const struct sheet *sheet = &c->panes[BEFORE].sheet;
    struct buffer title = {0};
    if (a.columns >= 100)
        buffer_addf(&title, "%s · ", guide_name(sheet->stage, say_language()));
    buffer_add(&title, stage_id(sheet->stage));
    if (sheet->heads)
        buffer_addf(&title, " · head %ld / %ld", c->at.head + 1, sheet->heads);
    struct area in = panel_draw(canvas, a, title.data, bar, sizeof bar / sizeof *bar);
    buffer_free(&title);
    draw_runs(c, canvas, area_part(in, 0, 0, RUNS, in.columns));
    draw_panes(c, canvas, area_part(in, RUNS, 0, in.rows - RUNS, in.columns));
}

/* ---- keys ---- */

#define PAGE 8 /* rows and columns */

static void move(struct compare *c, enum action action)
{
    const struct sheet *s = &c->panes[BEFORE].sheet;
    c->at = sheet_clamp(s, cursor_move(s, c->at, action, PAGE, PAGE));
}

static void start_typing(struct compare *c, const char *text)
{
    const struct session *s = c->walk->session;
    field_set(&c->field, text ? text : s->text ? s->text : "", !text);
    c->error = (struct error){0};
    c->typing = true;
}

static void stop_typing(struct compare *c, struct app *app)
{
    c->typing = false;
    if (!c->ready)
        app_pop(app);
}

static void act_on_typing(struct compare *c, struct app *app, uint32_t key)
{
    enum action action = action_find(GROUP_FIELD, key);
    if (action == ACTION_FIELD_ACCEPT && make_runs(c, c->field.text) == 0) {
        c->typing = false;
        look(c, c->stage);
    } else if (action == ACTION_FIELD_CANCEL) {
        stop_typing(c, app);
    } else if (!field_act(&c->field, action) && !field_type(&c->field, key) &&
               action != ACTION_FIELD_ACCEPT) {
        app_other_key(app, key);
    }
}

/* False for what does nothing here. */
static bool step(struct compare *c, enum action action)
{
    switch (action) {
    case ACTION_NEXT_PART:
        look(c, stage_map_next_part(&c->walk->map, c->stage));
        break;
    case ACTION_PREVIOUS_PART:
        look(c, stage_map_previous_part(&c->walk->map, c->stage));
        break;
    case ACTION_FIRST:
    case ACTION_LAST:
        look(c, action == ACTION_FIRST ? 0 : stage_map_end(&c->walk->map, c->stage));
        break;
    case ACTION_NEXT:
    case ACTION_PREVIOUS:
        look(c, c->stage + (action == ACTION_NEXT ? 1 : -1));
        break;
    default:
        return false;
    }
    return true;
}

/* The walk goes on where the comparison was. */
static void leave(struct compare *c, struct app *app)
{
    walk_go(c->walk, c->stage);
    walk_move_to(c->walk, c->at);
    app_pop(app);
}

static void act_on_key(struct compare *c, struct app *app, const struct event *event)
{
    enum action action = action_find(GROUPS, event->key);
    switch (action) {
    case ACTION_BACK:
    case ACTION_COMPARE:
    case ACTION_QUIT:
        leave(c, app);
        break;
    case ACTION_RESTORE:
        leave(c, app);
        app_pass(app, event);
        break;
    case ACTION_MAP:
        walk_go(c->walk, c->stage);
        app_open_once(app, SCREEN_MAP,
                      &(struct subject){.has = NEED_RUN | NEED_MODEL, .walk = c->walk});
        break;
    case ACTION_EDIT:
        start_typing(c, NULL);
        break;
    case ACTION_ZOOM_IN:
    case ACTION_ZOOM_OUT:
        c->zoom = cursor_zoom(c->zoom, action == ACTION_ZOOM_IN ? 1 : -1);
        break;
    case ACTION_RANGE:
        app_say(app,
                say(cursor_turn_range(&c->panes[BEFORE].sheet, &c->range_by)));
        break;
    case ACTION_LANGUAGE:
    case ACTION_THEME:
    case ACTION_HELP:
        app_pass(app, event);
        break;
    case ACTION_HEAD_NEXT:
    case ACTION_HEAD_PREVIOUS:
        move(c, action);
        if (!c->panes[BEFORE].sheet.heads)
            app_say(app, say(SAY_NO_HEADS));
        break;
    default:
        if (action_group(action) == GROUP_MOVE)
            move(c, action);
        else if (!step(c, action))
            app_other_key(app, event->key);
    }
}

static void compare_act(void *state, struct app *app, const struct event *event)
{
    struct compare *c = state;
    if (event->kind == EVENT_TEXT && c->typing)
        field_insert(&c->field, event->text);
    else if (event->kind == EVENT_TEXT)
        start_typing(c, event->text);
    else if (event->kind == EVENT_KEY && c->typing)
        act_on_typing(c, app, event->key);
    else if (event->kind == EVENT_KEY)
        act_on_key(c, app, event);
}

static void compare_free(void *state)
{
    struct compare *c = state;
    drop_runs(c);
    field_free(&c->field);
    free(c);
}

static void *compare_new(struct app *app, const struct subject *on)
{
    struct walk *w = on->walk;
    struct compare *c = mem_zero(1, sizeof *c);
    (void)app;
    c->walk = w;
    c->stage = w->stage;
    c->zoom = w->zoom;
    c->range_by = w->range_by;
    c->at = w->shown.at;
    if (w->session->whatifs.count && make_runs(c, NULL) == 0)
        look(c, w->stage);
    else
        start_typing(c, NULL);
    return c;
}

const struct screen compare_screen = {
    .name = "compare",
    .covers = true,
    .open = compare_new,
    .draw = compare_draw,
    .act = compare_act,
    .free = compare_free,
};
