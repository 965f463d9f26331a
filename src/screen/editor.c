#include "screen/editor.h"

#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"
#include "model/tokenizer.h"
#include "screen/app.h"
#include "screen/panel.h"
#include "screen/walk_state.h"
#include "study/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct editor {
    struct editor_use use;
    struct field field;
    struct tokens tokens; /* of the text as it stands */
    struct table examples;
    long selected; /* example, -1 for none */
    struct error error;
};

static const enum action bar[] = {ACTION_FIELD_ACCEPT, ACTION_FIELD_CANCEL,
                                  ACTION_FIELD_DOWN, ACTION_FIELD_CLEAR};

static const struct tokenizer *tokenizer_of(const struct editor *d)
{
    return d->use.model->source;
}

static void tokenize(struct editor *d)
{
    tokens_free(&d->tokens);
    d->tokens = (struct tokens){0};
    if (tokenizer_of(d))
        tokenizer_encode(tokenizer_of(d), d->field.text, &d->tokens, NULL);
}

/* ---- drawing ---- */

static bool is_unknown(const struct editor *d, size_t i)
{
    return d->tokens.ids[i] == tokenizer_unk(tokenizer_of(d));
}

/* The piece, or the characters that are not known. Caller frees. */
static char *piece(const struct editor *d, size_t i)
{
    const struct token_place *p = &d->tokens.places[i];
    if (is_unknown(d, i))
        return mem_bytes(d->tokens.text + p->begin, p->end - p->begin);
    return tokenizer_label(tokenizer_of(d), d->tokens.ids[i]);
}

/* The pieces one after the other; returns the rows they took. */
static int draw_pieces(const struct editor *d, struct canvas *c, struct area a)
{
    int row = 0, column = 0;
    for (size_t i = 0; i < d->tokens.count && row < a.rows; i++) {
        char *text = piece(d, i);
        int width = canvas_width(c, text) + 1;
        if (column + width > a.columns && column > 0) {
            row++;
            column = 0;
        }
        column = canvas_text(c, a, row, column,
                             theme_style(c, is_unknown(d, i) ? LOOK_UNKNOWN : LOOK_TOKEN),
                             text);
        column = canvas_text(c, a, row, column, theme_style(c, LOOK_BORDER), " ");
        free(text);
    }
    return row + 1;
}

static long count_unknown(const struct editor *d)
{
    long n = 0;
    for (size_t i = 0; i < d->tokens.count; i++)
        n += is_unknown(d, i);
    return n;
}

/* The unknown characters, each once. Caller frees. */
static char *unknown_characters(const struct editor *d)
{
    struct buffer b = {0};
    for (size_t i = 0; i < d->tokens.count; i++) {
        char *text = is_unknown(d, i) ? piece(d, i) : NULL;
        if (text && !(b.data && strstr(b.data, text)))
            buffer_addf(&b, "%s%s", b.length ? " " : "", text);
        free(text);
    }
    return buffer_take(&b);
}

/* What is to be said about the text: an error, unknown characters, or the hint. */
static int draw_comment(const struct editor *d, struct canvas *c, struct area a)
{
    if (d->error.set)
        return canvas_wrap(c, a, 0, theme_style(c, LOOK_WARNING), d->error.message);
    if (!tokenizer_of(d))
        return canvas_wrap(c, a, 0, theme_style(c, LOOK_DIM), say(SAY_EDIT_IDS));
    if (count_unknown(d) > 0) {
        char *characters = unknown_characters(d);
        char *text = say_with(SAY_EDIT_UNKNOWN, characters);
        int rows = canvas_wrap(c, a, 0, theme_style(c, LOOK_WARNING), text);
        free(text);
        free(characters);
        return rows;
    }
    return canvas_wrap(c, a, 0, theme_style(c, LOOK_DIM), say(SAY_EDIT_HINT));
}

static void draw_examples(const struct editor *d, struct canvas *c, struct area a)
{
    if (a.rows < 2 || d->examples.rows == 0)
        return;
    canvas_text(c, a, 0, 0, theme_style(c, LOOK_TITLE), say(SAY_EDIT_EXAMPLES));
    struct area list = area_part(a, 1, 0, a.rows - 1, a.columns);
    long first = scroll_first(d->selected < 0 ? 0 : d->selected, list.rows,
                              (long)d->examples.rows);
    int half = list.columns / 2;
    for (long i = first; i < (long)d->examples.rows && i - first < list.rows; i++) {
        bool on = i == d->selected;
        struct area line = area_part(list, (int)(i - first), 0, 1, list.columns);
        const char *source = table_cell(&d->examples, (size_t)i, 0);
        const char *target = table_cell(&d->examples, (size_t)i, 1);
        int width = canvas_width(c, source) + 2;
        int left = width > half ? (width < list.columns ? width : list.columns) : half;
        canvas_field(c, area_part(line, 0, 0, 1, left), 0, ALIGN_LEFT,
                     theme_style(c, on ? LOOK_SELECTION : LOOK_TEXT), source);
        canvas_field(c, area_part(line, 0, left, 1, list.columns - left), 0, ALIGN_LEFT,
                     theme_style(c, on ? LOOK_SELECTION : LOOK_DIM), target);
    }
}

static void editor_draw(const void *state, struct canvas *c, struct area a)
{
    const struct editor *d = state;
    struct area inner =
        panel_draw(c, a, say(SAY_EDIT_TITLE), bar, sizeof bar / sizeof *bar);
    field_draw(&d->field, c, area_part(inner, 1, 0, 1, inner.columns));
    int row = 3;
    if (d->tokens.count) {
        char number[32];
        snprintf(number, sizeof number, "%zu", d->tokens.count);
        char *title = say_with(SAY_EDIT_PIECES, number);
        canvas_text(c, inner, row++, 0, theme_style(c, LOOK_TITLE), title);
        free(title);
        row += draw_pieces(d, c, area_part(inner, row, 0, 4, inner.columns)) + 1;
    }
    row +=
        draw_comment(d, c, area_part(inner, row, 0, inner.rows - row, inner.columns)) + 1;
    draw_examples(d, c, area_part(inner, row, 0, inner.rows - row, inner.columns));
}

/* ---- acting ---- */

static void changed(struct editor *d)
{
    d->error = (struct error){0};
    tokenize(d);
}

static void select_example(struct editor *d, long by)
{
    long count = (long)d->examples.rows, to = d->selected + by;
    if (count == 0)
        return;
    d->selected = to < 0 ? 0 : to >= count ? count - 1 : to;
    field_set(&d->field, table_cell(&d->examples, (size_t)d->selected, 0), true);
    changed(d);
}

static void accept(struct editor *d, struct app *app)
{
    if (d->field.text[strspn(d->field.text, " ")] == 0) {
        error_set(&d->error, "%s", say(SAY_EDIT_EMPTY));
        return;
    }
    if (d->use.take(d->use.data, d->field.text, &d->error) == 0)
        app_pop(app);
}

static void editor_act(void *state, struct app *app, const struct event *event)
{
    struct editor *d = state;
    if (event->kind == EVENT_TEXT) {
        field_insert(&d->field, event->text);
        changed(d);
    }
    if (event->kind != EVENT_KEY)
        return;
    enum action action = action_find(GROUP_FIELD, event->key);
    switch (action) {
    case ACTION_FIELD_ACCEPT:
        accept(d, app);
        return;
    case ACTION_FIELD_CANCEL:
        app_pop(app);
        return;
    case ACTION_FIELD_UP:
    case ACTION_FIELD_DOWN:
        select_example(d, action == ACTION_FIELD_UP ? -1 : 1);
        return;
    case ACTION_FIELD_PAGE_UP:
    case ACTION_FIELD_PAGE_DOWN:
        select_example(d, action == ACTION_FIELD_PAGE_UP ? -10 : 10);
        return;
    default:
        if (field_act(&d->field, action) || field_type(&d->field, event->key))
            changed(d);
        else
            app_other_key(app, event->key);
    }
}

static void editor_free(void *state)
{
    struct editor *d = state;
    field_free(&d->field);
    tokens_free(&d->tokens);
    table_free(&d->examples);
    free(d);
}

static void read_examples(struct editor *d)
{
    char *path = model_file(d->use.model, "examples.tsv");
    struct error ignored = {0};
    if (path && table_read(path, 3, &d->examples, &ignored) < 0)
        d->examples = (struct table){0};
    free(path);
}

/* ---- for the walk ---- */

/* "5, 3 9" as ids, for a model without a tokenizer. Caller frees; NULL with an error. */
static int32_t *parse_ids(const char *text, long *count, struct error *e)
{
    int32_t *ids = mem_alloc(strlen(text) / 2 + 1, sizeof *ids);
    *count = 0;
    for (const char *s = text + strspn(text, ", "); *s; s += strspn(s, ", ")) {
        char *end;
        long id = strtol(s, &end, 10);
        if (end == s || id < 0 || id > INT32_MAX) {
            error_set(e, "%s", say(SAY_EDIT_IDS));
            free(ids);
            return NULL;
        }
        ids[(*count)++] = (int32_t)id;
        s = end;
    }
    return ids;
}

static int take_for_walk(void *data, const char *text, struct error *e)
{
    struct walk *w = data;
    if (w->session->model->source)
        return walk_set_text(w, text, e);
    long count;
    int32_t *ids = parse_ids(text, &count, e);
    int status = ids ? walk_set_ids(w, ids, count, e) : -1;
    free(ids);
    return status;
}

static void *editor_new(struct app *app, const struct subject *on)
{
    struct walk *w = on->walk;
    struct editor *d = mem_zero(1, sizeof *d);
    (void)app;
    d->use = on->use ? *on->use
                     : (struct editor_use){w->session->model, w->session->text,
                                           take_for_walk, w};
    d->selected = -1;
    field_set(&d->field, d->use.old ? d->use.old : "", true);
    if (on->text)
        field_insert(&d->field, on->text);
    read_examples(d);
    tokenize(d);
    return d;
}

const struct screen editor_screen = {
    .name = "editor",
    .covers = true,
    .open = editor_new,
    .draw = editor_draw,
    .act = editor_act,
    .free = editor_free,
};
