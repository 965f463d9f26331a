#include "screen/help.h"

#include "base/memory.h"
#include "screen/panel.h"

#include <stdlib.h>

static const enum action bar[] = {ACTION_BACK, ACTION_DOWN, ACTION_LANGUAGE};
#define BAR_COUNT (sizeof bar / sizeof *bar)
#define GROUPS (GROUP_MOVE | GROUP_OPEN | GROUP_PROGRAM)

/* A page that scrolls. `write` paints it from `row` on and returns the rows it takes. */
struct page {
    int (*write)(const struct page *p, struct canvas *c, struct area a, int row);
    char *title, *text; /* NULL on the help page: it is made of the tables */
    const struct screen_row *screens;
    unsigned has; /* for the screens that the help page offers */
    int scroll;
};

static int write_text(const struct page *p, struct canvas *c, struct area a, int row)
{
    return canvas_wrap(c, a, row, theme_style(c, LOOK_TEXT), p->text);
}

#define KEYS_COLUMNS 20

/* The screen of this key and why it is not offered. NULL when it is, or when the key
 * leads to none. Caller frees. */
static char *missing(const struct page *p, enum action action)
{
    enum screen_id id = screen_of_action(p->screens, action);
    const char *why =
        id == SCREEN_COUNT ? NULL : screen_missing(&p->screens[id], p->has);
    return why ? mem_format("%s · %s", say(p->screens[id].name), why) : NULL;
}

static int write_action(const struct page *p, enum action action, struct canvas *c,
                        struct area a, int row)
{
    char *why = missing(p, action);
    int keys = a.columns < 60 ? KEYS_COLUMNS - 4 : KEYS_COLUMNS;
    struct area left = area_part(a, 0, 0, a.rows, keys - 1);
    struct area right = area_part(a, 0, keys, a.rows, a.columns - keys);
    canvas_text(c, left, row, 1, theme_style(c, LOOK_STAGE_ID), action_keys(action));
    int rows = canvas_wrap(c, right, row, theme_style(c, why ? LOOK_DIM : LOOK_TEXT),
                           why ? why : action_help(action, say_language()));
    free(why);
    return rows;
}

static int write_group(const struct page *p, enum action_group group, struct canvas *c,
                       struct area a, int row)
{
    int first = row;
    canvas_text(c, a, row++, 0, theme_style(c, LOOK_TITLE),
                action_group_title(group, say_language()));
    for (int i = 1; i < ACTION_COUNT; i++)
        if (action_group((enum action)i) == group)
            row += write_action(p, (enum action)i, c, a, row);
    return row + 1 - first;
}

static const enum action_group groups[] = {
    GROUP_STEP, GROUP_OPEN,  GROUP_LOOK, GROUP_PROGRAM, GROUP_MOVE, GROUP_FIELD,
    GROUP_LAB,  GROUP_WORDS, GROUP_LESSON, GROUP_HOME,
    GROUP_MAP,  GROUP_ANY};
#define GROUP_COUNT (int)(sizeof groups / sizeof *groups)
#define HELP_COLUMNS 58 /* of one of several columns of groups */
#define FAR_BELOW 10000 /* a row at which nothing is painted */

/* How high the highest column is, when a column is full at so many rows. */
static int pack(const int *heights, int limit, int across, int *column)
{
    int highest = 0, row = 0, at = 0;
    for (int i = 0; i < GROUP_COUNT; i++) {
        if (row > 0 && row + heights[i] > limit && at < across - 1) {
            at++;
            row = 0;
        }
        column[i] = at;
        row += heights[i];
        highest = row > highest ? row : highest;
    }
    return highest;
}

/* As many columns of groups as have room, as even as they can be. */
static int write_help(const struct page *p, struct canvas *c, struct area a, int row)
{
    int across = a.columns / HELP_COLUMNS, heights[GROUP_COUNT], column[GROUP_COUNT];
    across = across < 1 ? 1 : across;
    int width = a.columns / across, most = 0, limit = 0;
    for (int i = 0; i < GROUP_COUNT; i++) {
        struct area one = area_part(a, 0, 0, a.rows, width - 1);
        heights[i] = write_group(p, groups[i], c, one, FAR_BELOW);
        most += heights[i];
    }
    while (pack(heights, limit, across, column) > limit && limit < most)
        limit++;
    int at = row;
    for (int i = 0; i < GROUP_COUNT; i++) {
        at = i && column[i] != column[i - 1] ? row : at;
        struct area one = area_part(a, 0, column[i] * width, a.rows, width - 1);
        at += write_group(p, groups[i], c, one, at);
    }
    return pack(heights, limit, across, column);
}

static const char *title_of(const struct page *p)
{
    return p->title ? p->title : say(SAY_HELP_TITLE);
}

/* The last column is the arrows'. */
static struct area without_arrows(struct area inner)
{
    return area_part(inner, 0, 0, inner.rows, inner.columns - 1);
}

static void page_draw(const void *state, struct canvas *c, struct area a)
{
    const struct page *p = state;
    struct area inner = panel_draw(c, a, title_of(p), bar, BAR_COUNT);
    int most = p->write(p, c, without_arrows(inner), FAR_BELOW) - inner.rows;
    int from = p->scroll < most ? p->scroll : most < 0 ? 0 : most;
    p->write(p, c, without_arrows(inner), -from);
    panel_draw_arrows(c, inner, from > 0, from < most);
}

/* How far the page can be scrolled: painted on a canvas of the same size, aside. */
static int furthest(const struct page *p, const struct canvas *seen)
{
    struct canvas *c = canvas_new(seen->rows, seen->columns);
    c->ascii = seen->ascii;
    c->romanize = seen->romanize;
    struct area inner = area_inset(canvas_area(c), 1, 1);
    int rows = p->write(p, c, without_arrows(inner), 0);
    canvas_free(c);
    return rows > inner.rows ? rows - inner.rows : 0;
}

static void scroll(struct page *p, struct app *app, int by)
{
    int most = furthest(p, app_canvas(app));
    p->scroll += by;
    p->scroll = p->scroll < 0 ? 0 : p->scroll > most ? most : p->scroll;
}

static void page_act(void *state, struct app *app, const struct event *event)
{
    struct page *p = state;
    int page = app_canvas(app)->rows - 3;
    if (event->kind == EVENT_RESIZE)
        scroll(p, app, 0);
    if (event->kind != EVENT_KEY)
        return;
    if (event->key == KEY_SPACE || event->key == key_find("PgDn"))
        scroll(p, app, page);
    else if (event->key == key_find("PgUp"))
        scroll(p, app, -page);
    else
        switch (action_find(GROUPS, event->key)) {
        case ACTION_UP:
            scroll(p, app, -1);
            break;
        case ACTION_DOWN:
            scroll(p, app, 1);
            break;
        case ACTION_LANGUAGE:
            app_switch_language(app);
            scroll(p, app, 0);
            break;
        case ACTION_BACK:
        case ACTION_OPEN:
        case ACTION_HELP:
        case ACTION_QUIT:
            app_pop(app);
            break;
        case ACTION_RESTORE:
            app_pass(app, event);
            break;
        default:
            app_other_key(app, event->key);
        }
}

static void page_free(void *state)
{
    struct page *p = state;
    free(p->title);
    free(p->text);
    free(p);
}

static void *help_new(struct app *app, const struct subject *on)
{
    struct page *p = mem_zero(1, sizeof *p);
    p->write = write_help;
    p->screens = app_screens(app);
    p->has = on->has;
    return p;
}

static void *reader_new(struct app *app, const struct subject *on)
{
    struct page *p = mem_zero(1, sizeof *p);
    (void)app;
    p->write = write_text;
    p->title = mem_string(on->title);
    p->text = mem_string(on->text);
    return p;
}

const struct screen help_screen = {
    .name = "page",
    .covers = true,
    .open = help_new,
    .draw = page_draw,
    .act = page_act,
    .free = page_free,
};

const struct screen reader_screen = {
    .name = "page",
    .covers = true,
    .open = reader_new,
    .draw = page_draw,
    .act = page_act,
    .free = page_free,
};

void help_open(struct app *app, unsigned has)
{
    app_open(app, SCREEN_HELP, &(struct subject){.has = has});
}

void reader_open(struct app *app, const char *title, const char *text)
{
    app_open(app, SCREEN_READER, &(struct subject){.title = title, .text = text});
}
