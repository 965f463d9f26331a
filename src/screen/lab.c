/* The laboratory: the what-ifs as a list to switch on and off, the prediction before and
 * after, and the exam running in small slices while keys still answer. */
#include "base/memory.h"
#include "base/say.h"
#include "screen/app.h"
#include "screen/panel.h"
#include "screen/walk_state.h"
#include "screen/walk_top.h"
#include "study/exams.h"
#include "study/rewrite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICE 8 /* milliseconds of exam between two looks at the keys */

struct lab {
    struct walk *walk;
    int row;                  /* the what-if selected */
    char **places;            /* every place of the model; [0] is "" for everywhere */
    long place_count;
    long place[WHATIF_COUNT]; /* the place and the value chosen for each row */
    long value[WHATIF_COUNT];
    char *intact; /* what the intact model says */
    struct exams *exams; /* NULL: the model brings none */
    char *no_exam; /* why there is none */
    char *message;
};

static const enum action bar[] = {ACTION_LAB_TOGGLE, ACTION_LAB_PLACE_NEXT,
                                  ACTION_LAB_MORE,   ACTION_RESTORE,
                                  ACTION_LAB_CLOSE,  ACTION_MAP};

/* ---- what a row means ---- */

static const double temperatures[] = {0.1, 0.25, 0.5, 0.75, 1.5, 2, 4, 10};
#define TEMPERATURES (long)(sizeof temperatures / sizeof *temperatures)

static long count_words(const char *text)
{
    long n = text && *text ? 1 : 0;
    for (const char *s = text ? text : ""; *s; s++)
        n += *s == ' ';
    return n;
}

/* The k-th order of n words (from 1, the one as typed being number 0), lexicographic. */
static char *order_text(long n, long k)
{
    struct buffer b = {0};
    long left[64], total = 1;
    n = n > 8 ? 8 : n; /* a longer text is not offered, see order_fits */
    for (long i = 0; i < n; i++) {
        left[i] = i + 1;
        total *= i + 1;
    }
    k = ((k % total) + total) % total;
    for (long i = n; i > 0; i--) {
        total /= i;
        long at = k / total;
        k %= total;
        buffer_addf(&b, "%s%ld", b.length ? "," : "", left[at]);
        memmove(left + at, left + at + 1, (size_t)(i - at - 1) * sizeof *left);
    }
    return buffer_take(&b);
}

/* "softmax-temperature=2@encoder" of a row as it is chosen now. Caller frees. */
static char *row_text(const struct lab *l, int row)
{
    enum whatif_id id = (enum whatif_id)row;
    struct buffer b = {0};
    buffer_add(&b, whatif_name(id));
    if (id == WHATIF_TEMPERATURE)
        buffer_addf(&b, "=%g", temperatures[l->value[row]]);
    else if (id == WHATIF_RANDOM)
        buffer_addf(&b, "=%ld", l->value[row]);
    else if (id == WHATIF_ORDER) {
        char *order = order_text(count_words(l->walk->session->text), l->value[row]);
        buffer_addf(&b, "=%s", order);
        free(order);
    }
    if (*l->places[l->place[row]])
        buffer_addf(&b, "@%s", l->places[l->place[row]]);
    return buffer_take(&b);
}

/* The index in the session's list of what the row stands for: the same name and place. */
static long in_force(const struct lab *l, int row)
{
    const struct whatifs *list = &l->walk->session->whatifs;
    const char *place = l->places[l->place[row]];
    for (size_t i = 0; i < list->count; i++) {
        const struct whatif *w = &list->items[i];
        char *at = w->head ? mem_format("%s:%ld", w->place, w->head)
                           : mem_string(w->place ? w->place : "");
        bool same = w->id == (enum whatif_id)row && !strcmp(at, place);
        free(at);
        if (same)
            return (long)i;
    }
    return -1;
}

static long count_in_force(const struct lab *l, int row)
{
    long n = 0;
    for (size_t i = 0; i < l->walk->session->whatifs.count; i++)
        n += l->walk->session->whatifs.items[i].id == (enum whatif_id)row;
    return n;
}

/* Can the row have this place? */
static bool place_fits(const struct lab *l, int row, long place)
{
    struct whatifs one = {0};
    struct error e = {0};
    char *text = mem_format("%s%s%s%s", whatif_name((enum whatif_id)row),
                            row == WHATIF_TEMPERATURE ? "=2" : "",
                            *l->places[place] ? "@" : "", l->places[place]);
    bool fits = row == WHATIF_RANDOM || row == WHATIF_ORDER
                    ? place == 0
                    : whatifs_add(&one, text, &e) == 0 &&
                          whatifs_check(&one, l->walk->session->model, &e) == 0;
    whatifs_free(&one);
    free(text);
    return fits;
}

static void next_place(struct lab *l, int by)
{
    long n = l->place_count, at = l->place[l->row];
    for (long i = 0; i < n; i++) {
        at = (at + by + n) % n;
        if (place_fits(l, l->row, at))
            break;
    }
    l->place[l->row] = at;
}

/* ---- the exam and the session ---- */

static void say_message(struct lab *l, const char *message)
{
    free(l->message);
    l->message = message ? mem_string(message) : NULL;
}

/* The intact model's, and the one under the what-ifs in force. */
static void start_exams(struct lab *l)
{
    const struct session *s = l->walk->session;
    struct whatifs none = {0};
    struct error e = {0};
    if (!l->exams)
        l->exams = exams_new(s->model, &s->options.trace, l->walk->exam_limit);
    exams_pause(l->exams);
    if (exams_want_list(l->exams, &none, &e) < 0) {
        exams_free(l->exams);
        l->exams = NULL;
    } else if (s->whatifs.count) {
        exams_want_list(l->exams, &s->whatifs, &e);
    }
    if (e.set && s->whatifs.count && !l->message)
        say_message(l, e.message);
}

static struct exam_state intact_exam(const struct lab *l)
{
    return exams_state(l->exams, &(struct whatifs){0});
}

/* Without a score when nothing is off. */
static struct exam_state changed_exam(const struct lab *l)
{
    const struct whatifs *list = &l->walk->session->whatifs;
    return list->count ? exams_state(l->exams, list) : (struct exam_state){0};
}

/* Takes the list; the exam under it begins anew. */
static void set_whatifs(struct lab *l, struct whatifs *list)
{
    struct error e = {0};
    say_message(l, NULL);
    if (walk_set_whatifs(l->walk, list, &e) < 0)
        say_message(l, e.message);
    whatifs_free(list);
    start_exams(l);
}

/* Replaces the row's what-if at its place by how it is chosen now; takes it out with
 * `on` false. */
static void apply_row(struct lab *l, bool on)
{
    struct whatifs list;
    struct error e = {0};
    whatifs_copy(&list, &l->walk->session->whatifs);
    long at = in_force(l, l->row);
    if (at >= 0)
        whatifs_remove(&list, (size_t)at);
    char *text = row_text(l, l->row);
    if (on && whatifs_add(&list, text, &e) < 0) {
        say_message(l, e.message);
        whatifs_free(&list);
    } else {
        set_whatifs(l, &list);
    }
    free(text);
}

static void change_value(struct lab *l, int by)
{
    long *v = &l->value[l->row];
    if (!whatif_needs_value((enum whatif_id)l->row))
        return;
    bool on = in_force(l, l->row) >= 0;
    *v += by;
    if (l->row == WHATIF_TEMPERATURE)
        *v = *v < 0 ? 0 : *v >= TEMPERATURES ? TEMPERATURES - 1 : *v;
    else if (*v < 1)
        *v = 1;
    if (on)
        apply_row(l, true);
}

/* ---- drawing ---- */

static void draw_predictions(const struct lab *l, struct canvas *c, struct area a)
{
    const struct session *s = l->walk->session;
    bool same = !strcmp(l->intact, s->prediction);
    const char *heads[] = {say(SAY_LAB_INTACT), say(SAY_LAB_NOW)};
    const char *texts[] = {l->intact, s->prediction};
    int left = canvas_width(c, heads[0]);
    left = canvas_width(c, heads[1]) > left ? canvas_width(c, heads[1]) : left;
    for (int i = 0; i < 2; i++) {
        canvas_field(c, area_part(a, i, 0, 1, left), 0, ALIGN_LEFT,
                     theme_style(c, LOOK_DIM), heads[i]);
        canvas_field(c, area_part(a, i, left + 2, 1, a.columns - left - 2), 0, ALIGN_LEFT,
                     theme_style(c, i == 0 ? LOOK_TITLE
                                    : same ? LOOK_GOOD
                                           : LOOK_WARNING),
                     texts[i]);
    }
}

static void draw_row(const struct lab *l, struct canvas *c, struct area line, int row)
{
    bool selected = row == l->row;
    struct style style = theme_style(c, selected ? LOOK_SELECTION : LOOK_TEXT);
    long n = count_in_force(l, row);
    canvas_fill(c, line, style);
    canvas_text(c, line, 0, 0, n && !selected ? theme_style(c, LOOK_BADGE) : style,
                n ? "[x]" : "[ ]");
    char *text = row_text(l, row);
    bool wide = line.columns >= 100;
    int name = wide ? 46 : line.columns - 4;
    canvas_field(c, area_part(line, 0, 4, 1, name), 0, ALIGN_LEFT, style, text);
    if (wide)
        canvas_field(c, area_part(line, 0, 5 + name, 1, line.columns - 5 - name), 0,
                     ALIGN_LEFT, selected ? style : theme_style(c, LOOK_DIM),
                     whatif_help((enum whatif_id)row, (int)say_language()));
    free(text);
}

/* One score as a bar: "intact  ██████░░  0.9975". */
static void draw_bar(struct canvas *c, struct area a, const char *name,
                     const struct exam_score *s, enum look look)
{
    char number[32];
    snprintf(number, sizeof number, " %.4f", s->exact_match);
    canvas_field(c, area_part(a, 0, 0, 1, 14), 0, ALIGN_LEFT, theme_style(c, LOOK_DIM),
                 name);
    int room = a.columns - 14 - 8;
    room = room > 50 ? 50 : room < 0 ? 0 : room;
    int full = (int)(room * s->exact_match + 0.5);
    for (int i = 0; i < room; i++)
        canvas_text(c, a, 0, 14 + i, theme_style(c, i < full ? look : LOOK_BORDER),
                    i < full ? "█" : "·");
    canvas_text(c, a, 0, 14 + room, theme_style(c, LOOK_RESULT), number);
}

/* The score of each kind of sentence, as many as there is room for. */
#define KIND_BAR 7
static void draw_kinds(const struct exam_score *s, struct canvas *c, struct area a)
{
    int width = 26, across = a.columns / width;
    for (size_t i = 0; i < s->kind_count && across > 0; i++) {
        const struct exam_kind *k = &s->kinds[i];
        int row = (int)i / across;
        if (row >= a.rows)
            return;
        double share = (double)k->right / (double)k->sentences;
        struct area cell = area_part(a, row, (int)i % across * width, 1, width - 1);
        canvas_field(c, area_part(cell, 0, 0, 1, 11), 0, ALIGN_LEFT,
                     theme_style(c, LOOK_DIM), k->name);
        enum look look = share < 0.9 ? LOOK_WARNING : LOOK_GOOD;
        int end = canvas_textf(c, cell, 0, 12, theme_style(c, look), "%.2f ", share);
        for (int x = 0; x < KIND_BAR; x++) {
            bool full = x < (int)(KIND_BAR * share + 0.5);
            canvas_text(c, cell, 0, end + x, theme_style(c, full ? look : LOOK_BORDER),
                        full ? "█" : "·");
        }
    }
}

static void draw_exam(const struct lab *l, struct canvas *c, struct area a)
{
    const struct exam_score *intact = l->exams ? intact_exam(l).score : NULL;
    if (!intact) {
        canvas_wrap(c, a, 0, theme_style(c, LOOK_DIM), l->no_exam ? l->no_exam : "");
        return;
    }
    const struct exam_score *now = changed_exam(l).score;
    struct style title = theme_style(c, LOOK_TITLE), dim = theme_style(c, LOOK_DIM);
    int end = canvas_text(c, a, 0, 0, title, say(SAY_LAB_EXAM));
    canvas_textf(c, a, 0, end + 2, dim, "%ld / %ld", (now ? now : intact)->sentences,
                 intact_exam(l).size);
    draw_bar(c, area_part(a, 1, 0, 1, a.columns), say(SAY_LAB_INTACT), intact, LOOK_GOOD);
    if (now)
        draw_bar(c, area_part(a, 2, 0, 1, a.columns), say(SAY_LAB_NOW), now,
                 LOOK_WARNING);
    draw_kinds(now ? now : intact, c,
               area_part(a, now ? 3 : 2, 0, a.rows - (now ? 3 : 2), a.columns));
}

static void lab_draw(const void *state, struct canvas *c, struct area a)
{
    const struct lab *l = state;
    struct area in = panel_draw(c, a, say(SAY_LAB_TITLE), bar, sizeof bar / sizeof *bar);
    walk_draw_badge(l->walk, c, a);
    draw_predictions(l, c, area_part(in, 0, 0, 2, in.columns));
    bool help = in.columns < 100;
    int exam = in.rows >= 26   ? 7
               : in.rows >= 20 ? 5
                               : 3,
        rest = in.rows - 3 - exam - help - 1;
    int rows = rest < WHATIF_COUNT ? rest : WHATIF_COUNT;
    long first = scroll_first(l->row, rows, WHATIF_COUNT);
    for (int i = 0; i < rows; i++)
        draw_row(l, c, area_part(in, 3 + i, 0, 1, in.columns), (int)first + i);
    int at = 3 + rows;
    if (help) {
        canvas_field(c, area_part(in, at++, 0, 1, in.columns), 0, ALIGN_LEFT,
                     theme_style(c, LOOK_FORMULA),
                     l->message
                         ? l->message
                         : whatif_help((enum whatif_id)l->row, (int)say_language()));
    } else if (l->message) {
        canvas_field(c, area_part(in, at, 0, 1, in.columns), 0, ALIGN_LEFT,
                     theme_style(c, LOOK_WARNING), l->message);
    }
    at++;
    draw_exam(l, c, area_part(in, at, 0, in.rows - at, in.columns));
}

/* ---- keys ---- */

static void act_on_key(struct lab *l, struct app *app, uint32_t key)
{
    struct whatifs none = {0};
    enum action action = action_find(GROUP_LAB, key);
    if (action == ACTION_NONE)
        action = action_find(GROUP_MOVE | GROUP_PROGRAM, key);
    switch (action) {
    case ACTION_UP:
    case ACTION_DOWN:
        l->row = (l->row + (action == ACTION_UP ? WHATIF_COUNT - 1 : 1)) % WHATIF_COUNT;
        break;
    case ACTION_LAB_PLACE_NEXT:
    case ACTION_LAB_PLACE_BACK:
        next_place(l, action == ACTION_LAB_PLACE_NEXT ? 1 : -1);
        break;
    case ACTION_LAB_MORE:
    case ACTION_LAB_LESS:
        change_value(l, action == ACTION_LAB_MORE ? 1 : -1);
        break;
    case ACTION_LAB_TOGGLE:
        apply_row(l, in_force(l, l->row) < 0);
        break;
    case ACTION_RESTORE:
        set_whatifs(l, &none);
        break;
    case ACTION_MAP:
        app_open_once(app, SCREEN_MAP,
                      &(struct subject){.has = NEED_RUN | NEED_MODEL, .walk = l->walk});
        break;
    case ACTION_LANGUAGE:
        app_switch_language(app);
        break;
    case ACTION_LAB_CLOSE:
    case ACTION_WHATIFS:
    case ACTION_EXAM:
    case ACTION_QUIT:
        app_pop(app);
        break;
    default:
        app_other_key(app, key);
    }
}

static void lab_act(void *state, struct app *app, const struct event *event)
{
    struct lab *l = state;
    if (event->kind == EVENT_KEY)
        act_on_key(l, app, event->key);
    else if (event->kind == EVENT_TICK && l->exams)
        exams_work(l->exams, SLICE);
    else if (event->kind == EVENT_WAIT && l->exams && !strcmp(event->text, "exam"))
        exams_work(l->exams, 0);
    const struct error *e = l->exams ? changed_exam(l).error : NULL;
    if (!e && l->exams)
        e = intact_exam(l).error;
    if (e)
        say_message(l, e->message);
}

static int lab_patience(const void *state)
{
    const struct lab *l = state;
    return l->exams && !exams_are_done(l->exams) ? 0 : -1;
}

static void lab_free(void *state)
{
    struct lab *l = state;
    exams_free(l->exams);
    for (long i = 0; i < l->place_count; i++)
        free(l->places[i]);
    free(l->places);
    free(l->intact);
    free(l->no_exam);
    free(l->message);
    free(l);
}

/* ---- opening ---- */

static void add_place(struct lab *l, char *place)
{
    l->places = mem_resize(l->places, (size_t)l->place_count + 1, sizeof *l->places);
    l->places[l->place_count++] = place;
}

/* Everywhere, then every stack, layer and block, then every head. */
static void find_places(struct lab *l)
{
    const struct plan *p = trace_plan(l->walk->session->trace);
    add_place(l, mem_string(""));
    for (int with_heads = 0; with_heads < 2; with_heads++) {
        struct places list = whatif_places(p, with_heads);
        for (size_t i = 0; i < list.count; i++) {
            char *at = place_text(list.items[i]);
            for (long h = 0; h < (with_heads ? plan_heads(p) : 1); h++)
                add_place(l, with_heads ? mem_format("%s:%ld", at, h + 1)
                                        : mem_string(at));
            free(at);
        }
        places_free(&list);
    }
}

/* What the intact model says to the same source; "" when it cannot. */
static char *intact_prediction(const struct session *s)
{
    struct error ignored = {0};
    char *text = s->whatifs.count ? session_intact_prediction(s, &ignored)
                                  : mem_string(s->prediction);
    return text ? text : mem_string("");
}

/* The place that it is opened for, in every row that can have it; the first of them is
 * selected. */
static void choose_place(struct lab *l, const char *place)
{
    bool found = false;
    for (long k = 0; place && *place && k < l->place_count; k++)
        for (int row = 0; row < WHATIF_COUNT && !strcmp(l->places[k], place); row++)
            if (place_fits(l, row, k)) {
                l->place[row] = k;
                l->row = found ? l->row : row;
                found = true;
            }
}

static void *lab_new(struct app *app, const struct subject *on)
{
    struct lab *l = mem_zero(1, sizeof *l);
    (void)app;
    l->walk = on->walk;
    find_places(l);
    l->intact = intact_prediction(l->walk->session);
    for (int i = 0; i < WHATIF_COUNT; i++) {
        l->value[i] = i == WHATIF_TEMPERATURE ? TEMPERATURES - 3 : 1;
        for (long k = 0; !place_fits(l, i, l->place[i]) && k < l->place_count; k++)
            l->place[i] = (l->place[i] + 1) % l->place_count;
    }
    choose_place(l, on->text);
    start_exams(l);
    return l;
}

const struct screen lab_screen = {
    .name = "lab",
    .covers = true,
    .open = lab_new,
    .draw = lab_draw,
    .act = lab_act,
    .patience = lab_patience,
    .free = lab_free,
};
