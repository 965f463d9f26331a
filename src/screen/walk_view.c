#include "screen/walk_view.h"

#include "base/bounds.h"
#include "base/memory.h"
#include "base/say.h"
#include "chart/matrix_cells.h"
#include "paint/theme.h"
#include "screen/attention_view.h"
#include "screen/cell_view.h"
#include "screen/cell_words.h"
#include "screen/guide.h"
#include "screen/meet_view.h"
#include "screen/panel.h"
#include "screen/walk_top.h"
#include "study/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDE_COLUMNS 120
#define ROOMY_ROWS 15 /* of the body: room for matrix and opened number together */
#define MATRIX_LEAST 5
#define CELL_LEAST 3
#define BESIDE_LEAST 58 /* columns of an opened number beside a matrix that fits then, */
#define BESIDE_GOOD 64  /* and beside one that scrolls anyway */
#define INPUT_LEAST 6

static const struct plan *plan_of(const struct walk *w)
{
    return trace_plan(w->shown.trace);
}

struct chart walk_chart(const struct walk *w)
{
    return (struct chart){.shown = &w->shown,
                          .sheet = w->sheet,
                          .values = w->values,
                          .range = w->range,
                          .range_by = w->range_by,
                          .at = w->shown.at,
                          .zoom = w->zoom,
                          .focused = w->focus == FOCUS_MATRIX,
                          .gloss = w->gloss == GLOSS_ALL,
                          .names = attention_names(w),
                          .to_column = w->attention.columns && attention_is_here(w),
                          .quiet = true};
}

static struct cell_view cell_of(const struct walk *w)
{
    double value = tensor_get(w->values, sheet_cell(&w->sheet, w->shown.at));
    int digits = w->sheet.values == VALUES_IDS ? 0 : w->zoom < 2 ? 4 : 6;
    if (w->sheet.values != VALUES_PROBABILITY) /* a share of 0.0000 says enough */
        digits = render_digits(value, digits);
    return (struct cell_view){&w->shown, w->sheet,
                              value,     w->explained ? &w->x : NULL,
                              w->line,   w->operand,
                              digits,    w->focus == FOCUS_CELL,
                              w->open};
}

/* ---- layout ---- */

struct layout {
    struct area header, map, gloss, title, text, formula, ranking, matrix, inputs, heads,
        cell, proof, bar;
    bool wide; /* the opened number stands beside the matrix */
};

static struct area row_of(struct area a, int row)
{
    return area_part(a, row, 0, 1, a.columns);
}

const char *walk_text(const struct walk *w)
{
    if (w->sheet.given)
        return say(SAY_GIVEN_TEXT);
    return w->sheet.stage ? guide_text(w->sheet.stage, say_language())
                          : guide_weight_text(say_language());
}

/* How many rows of explanation the focus leaves. */
static int text_rows(const struct walk *w, const struct canvas *c, struct area body)
{
    int full = canvas_wrap_rows(c, body.columns - 1, walk_text(w));
    if (w->focus == FOCUS_STAGE)
        return least(full, most(body.rows - MATRIX_LEAST - 3, 1));
    return body.rows >= 2 * ROOMY_ROWS ? full : 0;
}

/* Rows of the matrix, or of the picture of an attention. */
static int wanted_rows(const struct walk *w, const struct chart *m)
{
    return attention_is_here(w) ? attention_rows(w, m) : matrix_rows(m);
}

/* Whether thumbnails of heads have all of a screen that is not wide. */
static bool all_is_heads(const struct walk *w)
{
    return attention_is_here(w) && w->sheet.heads && w->focus != FOCUS_CELL &&
           w->attention.pane == ATTENTION_HEADS;
}

/* Shares rows between the matrix and the opened number, each under a title row. */
static void share(const struct walk *w, struct area body, struct layout *l)
{
    struct chart m = walk_chart(w);
    struct cell_view x = cell_of(w);
    int rows = body.rows, wanted = wanted_rows(w, &m) + 1, matrix = wanted;
    bool roomy = rows >= ROOMY_ROWS;
    if (all_is_heads(w)) {
        l->matrix = body;
        return;
    }
    if (w->focus == FOCUS_CELL) {
        int cell = cell_rows_wanted(&x) + 1;
        cell = roomy ? least(cell, rows - MATRIX_LEAST - 1) : rows;
        matrix = rows - cell;
        cell = roomy ? cell : rows;
        l->matrix = area_take(&body, roomy ? least(matrix, wanted) : 0);
        l->cell = body;
        return;
    }
    if (roomy)
        matrix = least(matrix, rows - CELL_LEAST - 1);
    matrix = least(matrix, rows);
    l->matrix = area_take(&body, rows - matrix >= CELL_LEAST ? matrix : rows);
    l->cell = body;
}

/* The matrix, what it is made of where there is room for all three, and the heads of all
 * layers, which grow. */
static void share_heads(int wanted, int heads, struct area body, struct layout *l)
{
    l->matrix = area_take(&body, wanted);
    if (body.rows - heads >= wanted)
        l->inputs = area_take(&body, wanted);
    l->heads = body;
}

/* Beside the opened number, the matrix takes what it wants and leaves the rest to the
 * matrices it is made of. */
static void share_wide(const struct walk *w, const struct canvas *c, struct area body,
                       struct layout *l)
{
    struct chart m = walk_chart(w);
    int wanted = wanted_rows(w, &m) + 1;
    int heads = attention_is_here(w) ? attention_heads_rows(&m) : 0;
    if (c->theme && theme_is_spacious(c->theme))
        wanted += least((int)m.sheet.rows, body.rows);
    if (heads && wanted + heads <= body.rows) {
        share_heads(wanted, heads, body, l);
        return;
    }
    if (body.rows - wanted < INPUT_LEAST)
        wanted = body.rows;
    l->matrix = area_take(&body, wanted);
    l->inputs = body;
}

static bool has_ranking(const struct walk *w)
{
    return w->sheet.column_axis == AXIS_VOCABULARY;
}

/* The matrix takes what an opened number beside it leaves: its columns scroll as little
 * as they can. */
static int left_columns(const struct walk *w, const struct canvas *c, int columns)
{
    struct chart m = walk_chart(w);
    if (attention_is_here(w))
        return attention_columns(w, &m, c, columns);
    int least_left = columns * 11 / 20, rest = most(columns - BESIDE_LEAST, least_left);
    struct matrix_layout l = matrix_layout(&m, c, (struct area){0, 0, 20, rest - 2});
    long wanted = l.label_width + m.sheet.columns * l.cell_width + 2;
    if (wanted > rest)
        return most(columns - BESIDE_GOOD, least_left);
    return most((int)wanted, least_left);
}

static struct layout layout_of(const struct walk *w, const struct canvas *c,
                               struct area a)
{
    struct layout l = {.wide = a.columns >= WIDE_COLUMNS};
    l.bar = row_of(a, a.rows - 1);
    l.proof = row_of(a, a.rows - 2);
    struct area body = area_part(a, 0, 0, a.rows - 2, a.columns);
    l.header = area_take(&body, 1);
    l.map = area_take(&body, STAGE_MAP_ROWS);
    if (l.wide) {
        int left = left_columns(w, c, a.columns);
        l.cell = area_part(body, 0, left + 1, body.rows, a.columns - left - 1);
        body = area_part(body, 0, 0, body.rows, left);
    }
    if (walk_has_gloss(w))
        l.gloss = area_take(&body, 1);
    l.title = area_take(&body, 1);
    l.text = area_take(&body, l.wide ? canvas_wrap_rows(c, body.columns - 2, walk_text(w))
                                : text_rows(w, c, body));
    l.formula = area_take(&body, 1);
    if (has_ranking(w))
        l.ranking = area_take(&body, 1);
    if (l.wide)
        share_wide(w, c, body, &l);
    else
        share(w, body, &l);
    return l;
}

struct matrix_layout walk_matrix_layout(const struct walk *w, const struct canvas *c,
                                        struct area a)
{
    struct layout l = layout_of(w, c, a);
    struct chart m = walk_chart(w);
    return matrix_layout(&m, c,
                         area_part(l.matrix, 1, 0, l.matrix.rows - 1, l.matrix.columns));
}

bool walk_stands_beside(const struct walk *w, const struct canvas *c, struct area a)
{
    struct layout l = layout_of(w, c, a);
    struct chart m = walk_chart(w);
    return attention_is_beside(w, &m, c, l.title.columns - 2);
}

/* ---- the panes ---- */

static void draw_rule(struct canvas *c, struct area a, bool focused)
{
    canvas_hline(c, a, 0, theme_style(c, focused ? LOOK_FOCUS : LOOK_BORDER));
}

static int draw_head_tabs(const struct walk *w, struct canvas *c, struct area a,
                          int column)
{
    char number[32];
    column = canvas_textf(c, a, 0, column, theme_style(c, LOOK_AXIS), " %s ",
                          label_axis(AXIS_HEAD));
    for (long i = 0; i < w->sheet.heads; i++) {
        bool on = i == w->shown.at.head;
        long far = i > w->shown.at.head ? i - w->shown.at.head : w->shown.at.head - i;
        if (w->sheet.heads > 12 && far > 4)
            continue;
        snprintf(number, sizeof number, on ? "[%ld]" : " %ld ", i + 1);
        column = canvas_text(c, a, 0, column, theme_style(c, on ? LOOK_TAB_ON : LOOK_TAB),
                             number);
    }
    return canvas_textf(c, a, 0, column, theme_style(c, LOOK_DIM), " / %ld ",
                        w->sheet.heads);
}

static void draw_matrix_pane(const struct walk *w, const struct layout *l,
                             struct canvas *c, struct area a)
{
    if (a.rows < 2)
        return;
    bool focused = w->focus == FOCUS_MATRIX;
    struct area rule = row_of(a, 0);
    draw_rule(c, rule, focused);
    int end =
        canvas_textf(c, rule, 0, 1, theme_style(c, focused ? LOOK_FOCUS : LOOK_TITLE),
                     " %s %s ", say(SAY_MATRIX), w->sheet.symbol);
    if (w->sheet.heads)
        end = draw_head_tabs(w, c, rule, end + 1);
    struct chart m = walk_chart(w);
    struct area inner = area_part(a, 1, 1, a.rows - 1, a.columns - 2);
    if (attention_is_here(w)) {
        attention_draw_tabs(w, c, rule, end);
        attention_draw(w, &m, l->wide, l->heads.rows > 0, c, inner);
    } else {
        matrix_draw(&m, c, inner);
    }
}

static struct chart input_chart(const struct walk *w, int input)
{
    const struct walk_input *in = &w->inputs[input];
    return (struct chart){.shown = &w->shown,
                          .sheet = in->sheet,
                          .values = in->values,
                          .range = in->range,
                          .range_by = w->range_by,
                          .at = walk_input_place(w, input),
                          .zoom = w->zoom,
                          .focused = w->focus == FOCUS_CELL,
                          .quiet = true};
}

static void draw_input(const struct walk *w, int input, struct canvas *c, struct area a)
{
    const struct walk_input *in = &w->inputs[input];
    struct area rule = row_of(a, 0);
    draw_rule(c, rule, false);
    int end = canvas_textf(c, rule, 0, 1, theme_style(c, LOOK_DIM), " %s %s ",
                           say(in->sheet.part && !in->sheet.given ? SAY_MADE_OF_WEIGHT
                                                                  : SAY_MADE_OF),
                           in->sheet.symbol);
    if (cell_is_memory(&w->sheet, &in->sheet))
        end = canvas_textf(c, rule, 0, end, theme_style(c, LOOK_TITLE), "= %s ",
                           say(SAY_MEMORY));
    const char *id = in->sheet.part ? in->sheet.part->name : stage_id(in->sheet.stage);
    if (end + 3 + canvas_width(c, id) <= rule.columns)
        canvas_textf(c, rule, 0, end + 1, theme_style(c, LOOK_STAGE_ID), " %s ", id);
    struct chart m = input_chart(w, input);
    matrix_draw(&m, c, area_part(a, 1, 1, a.rows - 1, a.columns - 2));
}

static int input_rows(const struct walk *w, int input)
{
    struct chart m = {.sheet = w->inputs[input].sheet};
    return matrix_rows(&m) + 1;
}

/* The left or right half of an area. */
static struct area half_of(struct area a, int side)
{
    int half = a.columns / 2;
    return area_part(a, 0, side * half, a.rows, half);
}

/* Whether the first two stand side by side with all of their columns. */
static bool fit_beside(const struct walk *w, const struct canvas *c, struct area a)
{
    for (int i = 0; i < 2; i++) {
        if (i >= w->input_count)
            return false;
        struct chart m = input_chart(w, i);
        struct area inner = area_part(half_of(a, i), 1, 1, a.rows - 1, a.columns / 2 - 2);
        if (matrix_layout(&m, c, inner).columns < m.sheet.columns)
            return false;
    }
    return true;
}

/* The matrices that this one is made of, two beside each other where they fit and the
 * others one under the other, with the cell lit that the selected term reads. */
static void draw_inputs(const struct walk *w, struct canvas *c, struct area a)
{
    int first = 0;
    if (a.rows >= INPUT_LEAST && fit_beside(w, c, a)) {
        int wanted = most(input_rows(w, 0), input_rows(w, 1));
        struct area pair = area_take(&a, least(wanted, a.rows));
        for (; first < 2; first++)
            draw_input(w, first, c, half_of(pair, first));
    }
    for (int i = first; i < w->input_count && a.rows >= INPUT_LEAST; i++) {
        int left = w->input_count - 1 - i;
        int room = a.rows - (left > 0 ? INPUT_LEAST : 0);
        int rows = least(input_rows(w, i), room < INPUT_LEAST ? a.rows : room);
        draw_input(w, i, c, area_take(&a, rows));
    }
}

/* "A[2,3,1] › S'[2,3,1] › Q_h[2,3,5]": how we came down to this number. */
static char *path_text(const struct walk *w)
{
    struct buffer b = {0};
    for (size_t i = 0; i < w->depth; i++) {
        struct sheet s = sheet_of(&w->shown, w->path[i].ref);
        char *name = cell_name(&s, w->path[i].at);
        buffer_addf(&b, "%s › ", name);
        free(name);
    }
    char *name = cell_name(&w->sheet, w->shown.at);
    buffer_add(&b, name);
    free(name);
    return buffer_take(&b);
}

/* The end of a text that is too long is what matters here. */
static const char *tail(const struct canvas *c, const char *text, int columns)
{
    while (*text && canvas_width(c, text) > columns) {
        const char *next = strstr(text, "› ");
        if (!next)
            break;
        text = next + strlen("› ");
    }
    return text;
}

/* What the number says, and how we came to it where there is room for that. */
static void draw_cell_rule(const struct walk *w, const struct cell_view *x,
                           struct canvas *c, struct area rule)
{
    bool focused = w->focus == FOCUS_CELL;
    struct style style = theme_style(c, focused ? LOOK_FOCUS : LOOK_TITLE);
    char *sentence = attention_sentence(w);
    if (!sentence)
        sentence = cell_sentence(x);
    char *title = mem_format(" %s ", sentence ? sentence : say(SAY_OPENED));
    int end = least(1 + canvas_width(c, title), rule.columns);
    canvas_field(c, area_part(rule, 0, 1, 1, end - 1), 0, ALIGN_LEFT, style, title);
    if (w->depth > 0) {
        char *path = path_text(w);
        int room = rule.columns - end - 3;
        char *last = mem_format(" %s ", tail(c, path, room));
        if (canvas_width(c, last) <= room + 2)
            canvas_text(c, rule, 0, rule.columns - canvas_width(c, last) - 1,
                        theme_style(c, LOOK_STAGE_ID), last);
        free(last);
        free(path);
    }
    free(title);
    free(sentence);
}

static void draw_cell_pane(const struct walk *w, struct canvas *c, struct area a)
{
    if (a.rows < 2)
        return;
    struct area rule = row_of(a, 0);
    draw_rule(c, rule, w->focus == FOCUS_CELL);
    struct cell_view x = cell_of(w);
    draw_cell_rule(w, &x, c, rule);
    struct area inner = area_part(a, 1, 1, a.rows - 1, a.columns - 2);
    if (attention_is_here(w) && w->attention.words) {
        attention_draw_words(w, c, inner);
        return;
    }
    int used = cell_draw(&x, c, inner) + 1;
    meet_draw(&x, c, area_part(inner, used, 0, inner.rows - used, inner.columns));
}

/* ---- the rows below ---- */

/* A message stands until the next key; a long one covers the key bar, too. */
static void draw_message(const struct walk *w, struct canvas *c, const struct layout *l)
{
    struct style style = theme_style(c, w->warning ? LOOK_WARNING : LOOK_GOOD);
    struct area a = l->proof;
    if (canvas_width(c, w->message) > a.columns)
        a.rows = 2;
    canvas_fill(c, a, style);
    canvas_wrap(c, a, 0, style, w->message);
}

/* "whole pass 2.0e-05", or how far the proof is. Caller frees. */
static char *proof_of_all(const struct walk *w)
{
    char number[48];
    if (w->proving)
        snprintf(number, sizeof number, "%d / %zu …", w->proof.next, plan_of(w)->count);
    else
        snprintf(number, sizeof number, "%.1e", proof_difference(&w->proof));
    return say_with(SAY_PROOF_ALL, number);
}

static void draw_proof(const struct walk *w, struct canvas *c, struct area a)
{
    char number[48];
    bool fine = !w->proof.failed, here = w->sheet.stage && w->stage < w->proof.next;
    struct style dim = theme_style(c, LOOK_DIM);
    struct style mark = theme_style(c, fine ? LOOK_GOOD : LOOK_WARNING);
    int end = canvas_text(c, a, 0, 0, mark, !fine ? "≠ " : w->proving ? "… " : "✓ ");
    end = canvas_text(c, a, 0, end, dim, say(SAY_PROOF));
    if (here) {
        snprintf(number, sizeof number, "%.1e", w->proof_here);
        char *text = say_with(SAY_PROOF_HERE, number);
        end = canvas_text(c, a, 0, end, dim, text);
        free(text);
    }
    char *all = proof_of_all(w);
    if (end + 2 + canvas_width(c, all) <= a.columns) {
        end = canvas_text(c, a, 0, end, dim, here ? " · " : " ");
        canvas_text(c, a, 0, end, dim, all);
    }
    free(all);
}

/* The most useful first: what does not fit is left out. The sentence stands last on the
 * stages of a guest and on matrices, because a worked example has none. */
static void draw_bar(const struct walk *w, struct canvas *c, struct area a)
{
    static const enum action stage[] = {
        ACTION_NEXT, ACTION_PREVIOUS, ACTION_OPEN, ACTION_EDIT,
        ACTION_HELP, ACTION_MAP,      ACTION_QUIT, ACTION_JUMP,
        ACTION_LANGUAGE, ACTION_INFO, ACTION_GAIT, ACTION_GLOSS};
    static const enum action guest[] = {ACTION_NEXT, ACTION_PREVIOUS, ACTION_OPEN,
                                        ACTION_BACK, ACTION_HELP,     ACTION_MAP,
                                        ACTION_QUIT, ACTION_JUMP,     ACTION_LANGUAGE,
                                        ACTION_INFO, ACTION_GAIT,     ACTION_EDIT};
    static const enum action matrix[] = {
        ACTION_OPEN, ACTION_BACK,  ACTION_NEXT, ACTION_ZOOM_IN,  ACTION_HELP,
        ACTION_MAP,  ACTION_QUIT,  ACTION_GLOSS, ACTION_JUMP,     ACTION_LANGUAGE,
        ACTION_EDIT};
    static const enum action heads[] = {ACTION_OPEN,      ACTION_BACK,  ACTION_NEXT,
                                        ACTION_HEAD_NEXT, ACTION_HEADS, ACTION_HELP,
                                        ACTION_MAP,       ACTION_QUIT,  ACTION_GLOSS,
                                        ACTION_ZOOM_IN,   ACTION_LANGUAGE, ACTION_EDIT};
    static const enum action cell[] = {ACTION_OPEN, ACTION_BACK,    ACTION_DOWN,
                                       ACTION_NEXT, ACTION_HELP,    ACTION_MAP,
                                       ACTION_QUIT, ACTION_JUMP,    ACTION_LANGUAGE};
    static const enum action weights[] = {
        ACTION_OPEN, ACTION_BACK,  ACTION_VIEW, ACTION_HEAD_NEXT, ACTION_FLIP,
        ACTION_NEXT, ACTION_MERGE, ACTION_HELP, ACTION_MAP,       ACTION_QUIT,
        ACTION_HEADS, ACTION_GLOSS, ACTION_LANGUAGE, ACTION_EDIT};
    size_t sentence = !w->session; /* left out */
#define BAR(list, less) key_bar_draw(list, sizeof list / sizeof *list - (less), c, a)
    if (w->focus == FOCUS_STAGE && w->guest)
        BAR(guest, sentence);
    else if (w->focus == FOCUS_STAGE)
        BAR(stage, 0);
    else if (w->focus == FOCUS_CELL)
        BAR(cell, 0);
    else if (attention_is_here(w))
        BAR(weights, sentence);
    else if (w->sheet.heads)
        BAR(heads, sentence);
    else
        BAR(matrix, sentence);
#undef BAR
}

#define LEAST_ROWS 12
#define LEAST_COLUMNS 40

void walk_draw(const struct walk *w, struct canvas *c, struct area a)
{
    if (a.rows < LEAST_ROWS || a.columns < LEAST_COLUMNS) {
        canvas_wrap(c, a, 0, theme_style(c, LOOK_TEXT), say(SAY_TOO_SMALL));
        return;
    }
    struct layout l = layout_of(w, c, a);
    walk_draw_header(w, c, l.header);
    stage_map_draw(&w->map, plan_of(w), w->stage, w->focus == FOCUS_STAGE, c, l.map);
    gait_draw(w->gait, &w->map, plan_of(w), w->stage, c, l.map);
    if (walk_has_gloss(w))
        walk_draw_gloss(w, c, l.gloss);
    walk_draw_title(w, c, l.title);
    canvas_wrap(c, area_part(l.text, 0, 2, l.text.rows, l.text.columns - 2), 0,
                theme_style(c, LOOK_TEXT), walk_text(w));
    walk_draw_formula(w, c, l.formula);
    if (has_ranking(w))
        walk_draw_ranking(w, c, l.ranking);
    draw_matrix_pane(w, &l, c, l.matrix);
    draw_inputs(w, c, l.inputs);
    if (l.heads.rows > 0) {
        struct chart m = walk_chart(w);
        attention_draw_heads(w, &m, c, l.heads);
    }
    if (l.wide)
        canvas_vline(c, area_part(a, l.cell.row - a.row, 0, l.cell.rows, a.columns),
                     l.cell.column - a.column - 1, theme_style(c, LOOK_BORDER));
    draw_cell_pane(w, c, l.cell);
    draw_bar(w, c, l.bar);
    if (w->message)
        draw_message(w, c, &l);
    else
        draw_proof(w, c, l.proof);
}
