#include "screen/home.h"

#include "base/memory.h"
#include "paint/theme.h"
#include "screen/help.h"
#include "screen/panel.h"

#include <stdlib.h>

#define LEAST_ROWS 12
#define LEAST_COLUMNS 40
#define WIDEST 90 /* columns of the block in the middle */
#define DOTS 6
#define GAP 2 /* columns between two columns of the list */

struct home {
    struct home_item *items;
    size_t count;
    size_t selected; /* from `count` on: the menu */
    bool arrived;    /* from the end of a lesson, and no other key since */
    struct home_calls calls;
    const struct screen_row *screens;
    enum screen_id menu[SCREEN_COUNT];
    size_t menu_count;
};

static const enum action bar[] = {ACTION_HOME_OPEN, ACTION_DOWN,     ACTION_HOME_ANEW,
                                  ACTION_HELP,      ACTION_LANGUAGE, ACTION_QUIT,
                                  ACTION_MAP,       ACTION_THEME,    ACTION_HOME_WALK};

/* ---- what an item says ---- */

static bool is_finished(const struct home_item *x)
{
    return x->started && x->furthest + 1 >= x->scenes;
}

/* Where Enter opens it: where it was left, but not at its end. */
static int resume_scene(const struct home_item *x)
{
    return x->started && x->scene > 0 && x->scene + 1 < x->scenes ? x->scene : 0;
}

static const char *title_of(const struct home_item *x)
{
    enum language l = say_language();
    if (!x->title[l])
        l = l == LANGUAGE_KO ? LANGUAGE_EN : LANGUAGE_KO;
    return x->title[l] ? x->title[l] : x->id;
}

/* "7", or nothing for a lesson without a number. Caller frees all four. */
static char *number_text(const struct home_item *x)
{
    return x->part > 0 ? mem_format("%ld", x->part) : mem_string("");
}

static char *minutes_text(const struct home_item *x)
{
    if (x->problem || x->minutes <= 0)
        return mem_string("");
    char *number = mem_format("%ld", x->minutes);
    char *text = say_with(SAY_HOME_MINUTES, number);
    free(number);
    return text;
}

/* The scenes read and all of them. */
static char *scenes_text(const struct home_item *x)
{
    long read = !x->started ? 0 : is_finished(x) ? x->scenes : x->furthest + 1L;
    return x->problem ? mem_string("") : mem_format("%ld/%ld", read, x->scenes);
}

static char *questions_text(const struct home_item *x)
{
    if (x->problem || !x->started || x->asked <= 0)
        return mem_string("");
    char *numbers = mem_format("%d/%d", x->right, x->asked);
    char *text = say_with(SAY_HOME_QUESTIONS, numbers);
    free(numbers);
    return text;
}

/* ---- the columns of the list ---- */

struct columns {
    int number, title, minutes, dots, scenes, questions; /* 0: left out */
};

/* Makes a column as wide as one more text of it; frees the text. */
static void widen(int *column, const struct canvas *c, char *text)
{
    int width = canvas_width(c, text);
    *column = width > *column ? width : *column;
    free(text);
}

static int with_gap(int column)
{
    return column ? column + GAP : 0;
}

static int room_for_title(const struct columns *k, int width)
{
    return width - GAP - with_gap(k->number) - with_gap(k->minutes) - with_gap(k->dots) -
           with_gap(k->scenes) - with_gap(k->questions);
}

/* What there is no room for beside the titles is left out. */
static struct columns find_columns(const struct home *h, const struct canvas *c,
                                   int width)
{
    struct columns k = {.dots = DOTS * canvas_width(c, "●")};
    for (size_t i = 0; i < h->count; i++) {
        const struct home_item *x = &h->items[i];
        widen(&k.number, c, number_text(x));
        widen(&k.title, c, mem_string(title_of(x)));
        widen(&k.minutes, c, minutes_text(x));
        widen(&k.scenes, c, mem_format("%ld/%ld", x->scenes, x->scenes));
        widen(&k.questions, c, questions_text(x));
    }
    if (k.title > room_for_title(&k, width))
        k.questions = 0;
    if (k.title > room_for_title(&k, width))
        k.dots = 0;
    k.title = room_for_title(&k, width);
    return k;
}

/* ---- drawing a line ---- */

/* Paints text at the right end of the line and takes that end away; frees the text. */
static void put_right(struct canvas *c, struct area *line, int width, struct style style,
                      char *text)
{
    if (width)
        canvas_field(c, area_part(*line, 0, line->columns - width, 1, width), 0,
                     ALIGN_RIGHT, style, text);
    line->columns -= with_gap(width);
    free(text);
}

/* Full ones for what was read: the last one only at the end. */
static char *dots_text(const struct home_item *x)
{
    struct buffer b = {0};
    long full = 0;
    if (is_finished(x))
        full = DOTS;
    else if (x->started)
        full = DOTS * (x->furthest + 1L) / x->scenes;
    if (x->started && full == 0)
        full = 1;
    for (long i = 0; i < DOTS && !x->problem; i++)
        buffer_add(&b, i < full ? "●" : "○");
    return buffer_take(&b);
}

static void draw_marker(struct canvas *c, struct area line, bool selected)
{
    if (selected) {
        canvas_fill(c, line, theme_style(c, LOOK_SELECTION));
        canvas_text(c, line, 0, 0, theme_style(c, LOOK_SELECTION), "▸");
    }
}

/* "▸ 5  Self-attention   18 min  ●●○○○○  3/12  quiz 2/3" */
static void draw_item(const struct home *h, size_t i, const struct columns *k,
                      struct canvas *c, struct area line)
{
    const struct home_item *x = &h->items[i];
    bool on = i == h->selected;
    struct style title = theme_style(c, on           ? LOOK_SELECTION
                                        : x->problem ? LOOK_WARNING
                                                     : LOOK_TEXT);
    struct style dim = theme_style(c, on ? LOOK_SELECTION : LOOK_DIM);
    struct style dots = theme_style(c, on               ? LOOK_SELECTION
                                       : is_finished(x) ? LOOK_GOOD
                                       : x->started     ? LOOK_TRACK_DONE
                                                        : LOOK_TRACK_LATER);
    draw_marker(c, line, on);
    put_right(c, &line, k->questions, dim, questions_text(x));
    put_right(c, &line, k->scenes, x->started ? title : dim, scenes_text(x));
    put_right(c, &line, k->dots, dots, dots_text(x));
    put_right(c, &line, k->minutes, dim, minutes_text(x));
    char *number = number_text(x);
    if (k->number)
        canvas_field(c, area_part(line, 0, GAP, 1, k->number), 0, ALIGN_RIGHT,
                     on ? title : theme_style(c, LOOK_STAGE_ID), number);
    canvas_field(c, area_part(line, 0, GAP + with_gap(k->number), 1, k->title), 0,
                 ALIGN_LEFT, title, title_of(x));
    free(number);
}

static void draw_menu(const struct home *h, int indent, struct canvas *c, struct area a)
{
    for (size_t i = 0; i < h->menu_count; i++) {
        struct area line = area_part(a, (int)i, 0, 1, a.columns);
        bool on = h->selected == h->count + i;
        draw_marker(c, line, on);
        canvas_text(c, line, 0, indent, theme_style(c, on ? LOOK_SELECTION : LOOK_TEXT),
                    say(h->screens[h->menu[i]].name));
    }
}

/* ---- about what is selected ---- */

/* "sentence  나는 학교에 간다" in that row; returns the next row. */
static int draw_named(struct canvas *c, struct area a, int row, enum say name,
                      enum look look, const char *text)
{
    int end = canvas_text(c, a, row, GAP, theme_style(c, LOOK_DIM), say(name)) + GAP;
    canvas_field(c, area_part(a, row, end, 1, a.columns - end), 0, ALIGN_LEFT,
                 theme_style(c, look), text);
    return row + 1;
}

/* What Enter does. Caller frees. */
static char *hint_text(const struct home_item *x)
{
    int scene = resume_scene(x);
    if (scene == 0)
        return mem_string(say(is_finished(x) ? SAY_HOME_FINISHED : SAY_HOME_START));
    char *number = mem_format("%d", scene + 1);
    char *text = say_with(SAY_HOME_RESUME, number);
    free(number);
    return text;
}

static void draw_about(const struct home *h, struct canvas *c, struct area a)
{
    struct area in = area_part(a, 0, GAP, a.rows, a.columns - GAP);
    struct style dim = theme_style(c, LOOK_DIM);
    int row = 0;
    if (h->selected >= h->count) {
        if (h->menu_count)
            canvas_wrap(c, in, 0, dim,
                        say(h->screens[h->menu[h->selected - h->count]].menu));
        return;
    }
    const struct home_item *x = &h->items[h->selected];
    if (x->problem) {
        canvas_wrap(c, in, 0, theme_style(c, LOOK_WARNING), x->problem);
        return;
    }
    if (x->text)
        row = draw_named(c, a, row, SAY_HOME_SENTENCE, LOOK_TOKEN, x->text);
    if (x->folder)
        row = draw_named(c, a, row, SAY_HOME_FOLDER, LOOK_STAGE_ID, x->folder);
    if (!x->title[say_language()])
        canvas_field(c, in, row++, ALIGN_LEFT, dim, say(SAY_HOME_OTHER_LANGUAGE));
    char *hint = hint_text(x);
    if (row < a.rows)
        canvas_field(c, in, row, ALIGN_LEFT, dim, hint);
    free(hint);
}

/* ---- the whole ---- */

/* Rows of the screen from top to bottom; `step` rows for each lesson. */
struct layout {
    struct area head, list, menu, about;
    int step;
    long first, seen; /* the lessons that are shown */
};

static struct layout find_layout(const struct home *h, struct area a)
{
    int menu = (int)h->menu_count, about = a.rows < 16 ? 2 : 3;
    int rest = 2 + 1 + menu + 1 + about; /* head, menu, line */
    int rows = a.rows - 1,
        count = h->count ? (int)h->count : 2; /* or why there is none */
    struct layout l = {.step = rest + 2 * count <= rows * 2 / 3 ? 2 : 1};
    l.seen = count * l.step + rest <= rows ? count : rows - rest;
    int used = rest + (int)l.seen * l.step, top = (rows - used) / 3;
    int width = a.columns - 2 < WIDEST ? a.columns - 2 : WIDEST;
    a = area_part(a, top, (a.columns - width) / 2, used, width);
    l.head = area_part(a, 0, 0, 2, width);
    l.list = area_part(a, 2, 0, (int)l.seen * l.step, width);
    l.menu = area_part(a, 2 + l.list.rows + (l.step == 1), 0, menu, width);
    l.about = area_part(a, used - about - 1, 0, about + 1, width);
    size_t on = h->selected < h->count ? h->selected : h->count ? h->count - 1 : 0;
    l.first = scroll_first((long)on, l.seen, count);
    return l;
}

static void draw_head(struct canvas *c, struct area a)
{
    int end = canvas_text(c, a, 0, 0, theme_style(c, LOOK_TITLE), "Stepformer");
    canvas_field(c, area_part(a, 0, end + GAP, 1, a.columns - end - GAP), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_FORMULA), say(SAY_HOME_PURPOSE));
    canvas_hline(c, a, 1, theme_style(c, LOOK_FOCUS));
}

/* Where there are more lessons than are shown, an arrow stands in the margin. */
static void draw_list(const struct home *h, const struct layout *l,
                      const struct columns *k, struct canvas *c)
{
    struct style dim = theme_style(c, LOOK_DIM);
    struct area margin = area_part(l->list, 0, 0, l->list.rows, l->list.columns);
    if (h->count == 0)
        canvas_wrap(c, area_part(l->list, 0, GAP, l->list.rows, l->list.columns - GAP), 0,
                    dim, say(SAY_LESSONS_NONE));
    for (long i = 0; i < l->seen && l->first + i < (long)h->count; i++)
        draw_item(h, (size_t)(l->first + i), k, c,
                  area_part(l->list, (int)i * l->step, 0, 1, l->list.columns));
    if (l->first > 0 && (long)h->selected != l->first)
        canvas_text(c, margin, 0, 0, dim, "▲");
    if (l->first + l->seen < (long)h->count &&
        (long)h->selected != l->first + l->seen - 1)
        canvas_text(c, margin, margin.rows - 1, 0, dim, "▼");
}

static void draw_home(const struct home *h, struct canvas *c, struct area a)
{
    struct layout l = find_layout(h, a);
    struct columns k = find_columns(h, c, l.list.columns);
    draw_head(c, l.head);
    draw_list(h, &l, &k, c);
    draw_menu(h, GAP + with_gap(k.number), c, l.menu);
    canvas_hline(c, l.about, 0, theme_style(c, LOOK_BORDER));
    draw_about(h, c, area_part(l.about, 1, 0, l.about.rows - 1, l.about.columns));
    key_bar_draw(bar, sizeof bar / sizeof *bar, c,
                 area_part(a, a.rows - 1, 0, 1, a.columns));
}

static void refresh(const struct home *h, struct home_item *items)
{
    if (h->calls.refresh && h->count)
        h->calls.refresh(h->calls.data, items, h->count);
}

/* A lesson that just ended left no event here: so the numbers that are drawn are fresh
 * ones, in a copy. */
static void home_draw(const void *state, struct canvas *c, struct area a)
{
    struct home h = *(const struct home *)state;
    canvas_fill(c, a, theme_style(c, LOOK_TEXT));
    if (a.rows < LEAST_ROWS || a.columns < LEAST_COLUMNS) {
        canvas_wrap(c, a, 0, theme_style(c, LOOK_TEXT), say(SAY_TOO_SMALL));
        return;
    }
    struct home_item *items = mem_alloc(h.count + 1, sizeof *items);
    for (size_t i = 0; i < h.count; i++)
        items[i] = h.items[i];
    refresh(&h, items);
    h.items = items;
    draw_home(&h, c, a);
    free(items);
}

/* ---- keys ---- */

static void open_screen(const struct home *h, struct app *app, enum screen_id id)
{
    const char *why = screen_missing(&h->screens[id], h->calls.has);
    if (why)
        app_say(app, why);
    else
        h->calls.open_screen(h->calls.data, app, id);
}

static void open_selected(const struct home *h, struct app *app, bool anew)
{
    if (h->selected >= h->count) {
        if (h->menu_count)
            open_screen(h, app, h->menu[h->selected - h->count]);
        return;
    }
    const struct home_item *x = &h->items[h->selected];
    if (!x->problem)
        h->calls.open_lesson(h->calls.data, app, h->selected, anew ? 0 : resume_scene(x));
}

/* Whether the key leads to a screen of the menu. */
static bool act_on_menu(const struct home *h, struct app *app, enum action action)
{
    enum screen_id id = screen_of_action(h->screens, action);
    if (id == SCREEN_COUNT || h->screens[id].menu == SAY_COUNT)
        return false;
    open_screen(h, app, id);
    return true;
}

static void act_on_program(enum action action, struct app *app, uint32_t key)
{
    if (action == ACTION_LANGUAGE && !app_switch_language(app))
        app_say(app, say(SAY_NO_HANGUL));
    else if (action == ACTION_LANGUAGE)
        return;
    else if (action == ACTION_THEME)
        app_set_theme(app, theme_next(app_theme(app)));
    else if (action == ACTION_HELP)
        help_open(app, NEED_ALL);
    else if (action == ACTION_QUIT)
        app_quit(app);
    else
        app_other_key(app, key);
}

static size_t last(const struct home *h)
{
    size_t lines = h->count + h->menu_count;
    return lines ? lines - 1 : 0;
}

/* The keys that walk through a lesson. */
static bool is_walking(uint32_t key)
{
    enum action action = action_find(GROUP_LESSON, key);
    return action == ACTION_SCENE_NEXT || action == ACTION_SCENE_BACK;
}

static void act_on_key(struct home *h, struct app *app, uint32_t key)
{
    enum action action = action_find(GROUP_HOME, key);
    if (action == ACTION_NONE)
        action = action_find(GROUP_MOVE | GROUP_OPEN | GROUP_PROGRAM, key);
    if (h->arrived && is_walking(key)) {
        app_say(app, say(SAY_HOME_ENDED));
        return;
    }
    h->arrived = false;
    switch (action) {
    case ACTION_BACK:
        app_say(app, say(SAY_PRESS_QUIT));
        break;
    case ACTION_UP:
        h->selected -= h->selected > 0;
        break;
    case ACTION_DOWN:
        h->selected += h->selected < last(h);
        break;
    case ACTION_START:
        h->selected = 0;
        break;
    case ACTION_END:
        h->selected = last(h);
        break;
    case ACTION_HOME_OPEN:
    case ACTION_HOME_ANEW:
        open_selected(h, app, action == ACTION_HOME_ANEW);
        break;
    default:
        if (!act_on_menu(h, app, action))
            act_on_program(action, app, key);
    }
}

static void home_act(void *state, struct app *app, const struct event *event)
{
    struct home *h = state;
    refresh(h, h->items);
    if (event->kind == EVENT_KEY)
        act_on_key(h, app, event->key);
}

static void free_item(struct home_item *x)
{
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        free(x->title[i]);
    free(x->id);
    free(x->text);
    free(x->folder);
    free(x->problem);
}

static void home_free(void *state)
{
    struct home *h = state;
    for (size_t i = 0; i < h->count; i++)
        free_item(&h->items[i]);
    free(h->items);
    if (h->calls.release)
        h->calls.release(h->calls.data);
    free(h);
}

const struct screen home_screen = {
    .name = "home",
    .covers = true,
    .draw = home_draw,
    .act = home_act,
    .free = home_free,
};

static size_t first_choice(const struct home *h)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->items[i].started && !is_finished(&h->items[i]))
            return i;
    for (size_t i = 0; i < h->count; i++)
        if (!h->items[i].started && !h->items[i].problem)
            return i;
    return 0;
}

/* What the menu offers: the screens with a text for it that can be opened from here. */
static void find_menu(struct home *h)
{
    for (int id = 0; id < SCREEN_COUNT; id++)
        if (h->screens[id].menu != SAY_COUNT &&
            !screen_missing(&h->screens[id], h->calls.has))
            h->menu[h->menu_count++] = (enum screen_id)id;
}

void home_ended(struct home *h, struct app *app, size_t item)
{
    size_t next = item + 1;
    while (next < h->count && h->items[next].problem)
        next++;
    refresh(h, h->items);
    h->selected = next < h->count ? next : first_choice(h);
    h->arrived = true;
    app_say(app, say(SAY_HOME_ENDED));
}

struct home *home_open(struct app *app, struct home_item *items, size_t count,
                       struct home_calls calls)
{
    struct home *h = mem_zero(1, sizeof *h);
    h->items = items;
    h->count = count;
    h->calls = calls;
    h->screens = app_screens(app);
    find_menu(h);
    refresh(h, h->items);
    h->selected = first_choice(h);
    app_open(app, SCREEN_HOME, &(struct subject){.state = h});
    return h;
}
