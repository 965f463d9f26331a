/* The list of stages, filtered by what is typed, to choose one from. */
#include "base/memory.h"
#include "base/say.h"
#include "screen/app.h"
#include "screen/guide.h"
#include "screen/panel.h"
#include "screen/walk_state.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct jump {
    struct walk *walk;
    struct field filter;
    int *found; /* stages that match, in order */
    long count, selected;
};

static const enum action bar[] = {ACTION_FIELD_ACCEPT, ACTION_FIELD_CANCEL,
                                  ACTION_FIELD_CLEAR};

static const struct plan *plan_of(const struct jump *j)
{
    return trace_plan(j->walk->shown.trace);
}

/* Like strstr, but capital letters of ASCII are as good as small ones. */
static bool holds(const char *text, const char *part)
{
    size_t n = strlen(part);
    for (; *text; text++) {
        size_t i = 0;
        while (i < n && text[i] &&
               tolower((unsigned char)text[i]) == tolower((unsigned char)part[i]))
            i++;
        if (i == n)
            return true;
    }
    return n == 0;
}

/* All that a stage is called, in both languages. Caller frees. */
static char *names_of(const struct jump *j, int stage)
{
    const struct stage *s = &plan_of(j)->stages[stage];
    const struct stage_map *map = &j->walk->map;
    struct buffer b = {0};
    buffer_add(&b, stage_id(s));
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        char *part = stage_part_title(&map->parts[stage_map_part(map, stage)],
                                      (enum language)language);
        const char *brief = guide_short_name(s, (enum language)language);
        buffer_addf(&b, " %s %s %s", part, guide_name(s, (enum language)language),
                    brief ? brief : "");
        free(part);
    }
    return buffer_take(&b);
}

/* Whether the word stands there; a number only as a whole one, so that 1 is not 12. */
static bool holds_word(const char *names, const char *word)
{
    size_t n = strlen(word);
    if (strspn(word, "0123456789") != n)
        return holds(names, word);
    for (const char *at = names; (at = strstr(at, word)) != NULL; at++)
        if ((at == names || !isalnum((unsigned char)at[-1])) &&
            !isdigit((unsigned char)at[n]))
            return true;
    return false;
}

/* Every word of the filter, in any order. */
static bool matches(const struct jump *j, int stage)
{
    char *names = names_of(j, stage), *words = mem_string(j->filter.text), *rest = NULL;
    bool all = true;
    for (char *word = strtok_r(words, " ", &rest); word && all;
         word = strtok_r(NULL, " ", &rest))
        all = holds_word(names, word);
    free(words);
    free(names);
    return all;
}

/* Keeps the selection on the same stage where it still matches. */
static void filter(struct jump *j, int stage)
{
    const struct plan *p = plan_of(j);
    j->count = 0;
    j->selected = 0;
    for (size_t i = 0; i < p->count; i++) {
        if (!matches(j, (int)i))
            continue;
        if ((int)i <= stage)
            j->selected = j->count;
        j->found[j->count++] = (int)i;
    }
}

#define LIST_COLUMNS 66  /* of one of several columns of stages */
#define PART_COLUMNS 112 /* with the part of the model behind the id */

static void draw_stage(const struct jump *j, struct canvas *c, struct area line, long i)
{
    int stage = j->found[i];
    const struct stage *s = &plan_of(j)->stages[stage];
    bool on = i == j->selected;
    enum look text = on ? LOOK_SELECTION : LOOK_TEXT;
    canvas_fill(c, line, theme_style(c, text));
    char number[24];
    snprintf(number, sizeof number, "%d", stage + 1);
    canvas_field(c, area_part(line, 0, 0, 1, 4), 0, ALIGN_RIGHT,
                 theme_style(c, on ? text : LOOK_DIM), number);
    int name = line.columns >= 90 ? 42 : line.columns - 6 - 29;
    canvas_field(c, area_part(line, 0, 6, 1, name - 1), 0, ALIGN_LEFT,
                 theme_style(c, text), guide_name(s, say_language()));
    bool wide = line.columns >= PART_COLUMNS;
    struct area rest = area_part(line, 0, 6 + name, 1, line.columns - 6 - name);
    canvas_field(c, area_part(rest, 0, 0, 1, wide ? 36 : rest.columns), 0, ALIGN_LEFT,
                 theme_style(c, on ? text : LOOK_STAGE_ID), stage_id(s));
    if (!wide)
        return;
    const struct stage_map *map = &j->walk->map;
    const struct stage_part *in = &map->parts[stage_map_part(map, stage)];
    char *part = stage_part_title(in, say_language());
    canvas_field(c, area_part(rest, 0, 37, 1, rest.columns - 37), 0, ALIGN_LEFT,
                 theme_style(c, on ? text : LOOK_DIM), part);
    free(part);
}

/* As many columns as have room, one after the other. */
static void draw_list(const struct jump *j, struct canvas *c, struct area list)
{
    int across = list.columns / LIST_COLUMNS;
    across = across < 1 ? 1 : across;
    long seen = (long)list.rows * across;
    long first = scroll_first(j->selected, seen, j->count);
    bool above = first > 0, below = j->count - first > seen;
    int width = (list.columns - (above || below)) / across;
    for (long i = first; i < j->count && i - first < seen; i++)
        draw_stage(j, c,
                   area_part(list, (int)((i - first) % list.rows),
                             width * (int)((i - first) / list.rows), 1,
                             width - (across > 1)),
                   i);
    panel_draw_arrows(c, list, above, below);
}

static void jump_draw(const void *state, struct canvas *c, struct area a)
{
    const struct jump *j = state;
    struct area inner =
        panel_draw(c, a, say(SAY_JUMP_TITLE), bar, sizeof bar / sizeof *bar);
    int end = canvas_text(c, inner, 0, 0, theme_style(c, LOOK_DIM), say(SAY_JUMP_FILTER));
    field_draw(&j->filter, c, area_part(inner, 0, end + 1, 1, inner.columns - end - 1));
    struct area list = area_part(inner, 2, 0, inner.rows - 2, inner.columns);
    if (j->count == 0)
        canvas_text(c, list, 0, 0, theme_style(c, LOOK_WARNING), say(SAY_JUMP_NONE));
    else
        draw_list(j, c, list);
}

static void select_by(struct jump *j, long by)
{
    long to = j->selected + by;
    j->selected = to < 0 || j->count == 0 ? 0 : to >= j->count ? j->count - 1 : to;
}

static void take(struct jump *j, struct app *app)
{
    if (j->count == 0)
        return;
    walk_go(j->walk, j->found[j->selected]);
    app_pop(app);
}

static void jump_act(void *state, struct app *app, const struct event *event)
{
    struct jump *j = state;
    int stage = j->count ? j->found[j->selected] : 0;
    int page = app_canvas(app)->rows - 5;
    if (event->kind == EVENT_TEXT) {
        field_insert(&j->filter, event->text);
        filter(j, stage);
    }
    if (event->kind != EVENT_KEY)
        return;
    enum action action = action_find(GROUP_FIELD, event->key);
    switch (action) {
    case ACTION_FIELD_ACCEPT:
        take(j, app);
        return;
    case ACTION_FIELD_CANCEL:
        app_pop(app);
        return;
    case ACTION_FIELD_UP:
    case ACTION_FIELD_DOWN:
        select_by(j, action == ACTION_FIELD_UP ? -1 : 1);
        return;
    case ACTION_FIELD_PAGE_UP:
    case ACTION_FIELD_PAGE_DOWN:
        select_by(j, action == ACTION_FIELD_PAGE_UP ? -page : page);
        return;
    default:
        if (field_act(&j->filter, action) || field_type(&j->filter, event->key))
            filter(j, stage);
        else
            app_other_key(app, event->key);
    }
}

static void jump_free(void *state)
{
    struct jump *j = state;
    field_free(&j->filter);
    free(j->found);
    free(j);
}

static void *jump_new(struct app *app, const struct subject *on)
{
    struct jump *j = mem_zero(1, sizeof *j);
    (void)app;
    j->walk = on->walk;
    j->found = mem_alloc(plan_of(j)->count, sizeof *j->found);
    field_set(&j->filter, "", false);
    filter(j, on->walk->stage);
    return j;
}

const struct screen jump_screen = {
    .name = "jump",
    .covers = true,
    .open = jump_new,
    .draw = jump_draw,
    .act = jump_act,
    .free = jump_free,
};
