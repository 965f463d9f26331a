#include "screen/compare_draw.h"

#include "base/bounds.h"
#include "base/memory.h"
#include "base/say.h"
#include "chart/heads.h"
#include "chart/matrix_cells.h"
#include "screen/cell_view.h"
#include "screen/panel.h"
#include "study/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static const char *pane_title(const struct compare_look *v, int pane)
{
    static const enum say parts[] = {SAY_COMPARE_BEFORE, SAY_COMPARE_AFTER,
                                     SAY_COMPARE_DIFFERENCE};
    static const enum say texts[] = {SAY_COMPARE_FIRST, SAY_COMPARE_SECOND};
    return say(v->pair->sentences ? texts[pane] : parts[pane]);
}

/* Before and after have the same colours for the same numbers. */
static const struct tensor *beside(const struct compare_look *v, int pane)
{
    if (v->pair->sentences || pane == PAIR_DIFFERENCE)
        return NULL;
    return &v->pair->panes[pane == PAIR_BEFORE ? PAIR_AFTER : PAIR_BEFORE].values;
}

static struct chart chart_of_pane(const struct compare_look *v, int pane)
{
    const struct pair_pane *p = &v->pair->panes[pane];
    return (struct chart){.shown = &v->pair->panes[PAIR_BEFORE].shown,
                          .sheet = p->sheet,
                          .values = &p->values,
                          .range = p->range,
                          .range_by = v->range_by,
                          .beside = beside(v, pane),
                          .at = sheet_clamp(&p->sheet, v->pair->at),
                          .zoom = v->zoom,
                          .focused = !v->listing,
                          .quiet = true};
}

/* ---- layout ---- */

#define BARE_ROWS 8 /* of a matrix: with fewer its range stands in the title */

/* The chart of a pane as it is drawn in an area below its title. Cells are as wide in
 * every pane, so that the same columns are seen. */
static struct chart fit_chart(const struct compare_look *v, const struct canvas *c,
                              int pane, bool unlabelled, struct area *a)
{
    *a = area_part(*a, 1, unlabelled ? 0 : 1, a->rows - 1, a->columns - 1);
    struct chart charts[PAIR_PANES];
    int widest = 0;
    for (int i = 0; i < pair_count(v->pair); i++) {
        charts[i] = chart_of_pane(v, i);
        charts[i].unlabelled = unlabelled;
        charts[i].tight = true;
        charts[i].bare = a->rows < BARE_ROWS;
        if (i != PAIR_AFTER || v->pair->sentences) /* that is as wide as the one before */
            widest = larger(widest, matrix_layout(&charts[i], c, *a).cell_width);
    }
    charts[pane].cell_least = v->pair->sentences ? 0 : widest;
    return charts[pane];
}

/* Side by side; the same with the labels of the first for all; in two rows; one above
 * the other. */
enum arrangement { ROW, ROW_SHARED, GRID, STACK, ARRANGEMENTS };

/* Columns of the labels of the rows, which the first of several panes has alone. */
static int label_columns(const struct compare_look *v, const struct canvas *c,
                         struct area a)
{
    struct chart chart = chart_of_pane(v, PAIR_BEFORE);
    return matrix_layout(&chart, c, a).label_width + 1;
}

static struct area pane_area(const struct compare_look *v, const struct canvas *c,
                             struct area a, enum arrangement how, int i, int count)
{
    int across = how == STACK ? 1 : how == GRID ? 2 : count;
    int down = (count + across - 1) / across;
    int top = a.rows * (i / across) / down, bottom = a.rows * (i / across + 1) / down;
    int labels = how == ROW_SHARED ? label_columns(v, c, a) : 0;
    int room = a.columns - labels;
    int left = room * (i % across) / across + (i % across ? labels : 0);
    int right = room * (i % across + 1) / across + labels;
    int gap = i % across < across - 1;
    return area_part(a, top, left, bottom - top, right - left - gap);
}

/* The cells of all panes that are seen in an arrangement, and the rows that the highest
 * pane takes. */
static long count_seen(const struct compare_look *v, const struct canvas *c,
                       struct area a, enum arrangement how,
                       const struct compare_layout *l, int *rows)
{
    long seen = 0;
    *rows = 0;
    for (int i = 0; i < l->count; i++) {
        if (i == 1 && l->count > 2) /* as the last one */
            continue;
        struct area pane = pane_area(v, c, a, how, i, l->count);
        bool unlabelled = how == ROW_SHARED && i > 0;
        struct chart chart = fit_chart(v, c, l->shown[i], unlabelled, &pane);
        struct matrix_layout m = matrix_layout(&chart, c, pane);
        if (pane.columns < 2 * m.cell_width)
            return -1;
        seen += m.rows * m.columns * (i == 2 ? 2 : 1);
        int wanted = 1 + m.head_rows + (int)m.rows * m.cell_rows + m.foot_rows;
        *rows = larger(*rows, wanted);
    }
    return seen;
}

/* Takes the arrangement in which most cells are seen; returns the rows it takes. */
static int arrange(const struct compare_look *v, const struct canvas *c, struct area a,
                   struct compare_layout *l, enum arrangement *best)
{
    long most = -1;
    int height = 0;
    *best = STACK;
    for (int how = ROW; how < ARRANGEMENTS; how++) {
        int rows;
        if ((how == GRID && l->count < 3) || (how == ROW_SHARED && v->pair->sentences))
            continue;
        long seen = count_seen(v, c, a, (enum arrangement)how, l, &rows);
        if (seen > most) {
            most = seen;
            *best = (enum arrangement)how;
            height = rows;
        }
    }
    int down = *best == STACK ? l->count : *best == GRID ? 2 : 1;
    height = least(height, a.rows / down) * down;
    for (int i = 0; i < l->count; i++)
        l->panes[i] = pane_area(v, c, area_part(a, 0, 0, height, a.columns), *best, i,
                                l->count);
    l->shared = *best == ROW_SHARED;
    return height;
}

/* Which panes are seen where not all are: each in turn, or two of them. */
static void choose_panes(const struct compare_look *v, int count,
                         struct compare_layout *l)
{
    int all = pair_count(v->pair), turn = v->turn % all;
    l->count = least(count, all);
    for (int i = 0; i < l->count; i++)
        l->shown[i] = i;
    if (l->count == 1)
        l->shown[0] = turn;
    if (l->count == 2 && all == 3) {
        l->shown[0] = turn == 1 ? PAIR_AFTER : PAIR_BEFORE;
        l->shown[1] = turn == 0 ? PAIR_AFTER : PAIR_DIFFERENCE;
    }
}

#define LARGE_COLUMNS 110 /* room for all panes and the opened cell */
#define LARGE_ROWS 30
#define CELL_ROWS 9 /* of the opened cell, kept free of the panes */
#define LIST_COLUMNS 64
#define LIST_LEAST 4
#define HEADS_LEAST 7

/* Rows that show all of the opened cell. */
static int cell_rows(const struct compare_look *v)
{
    int wanted = 3;
    for (int i = 0; i < PAIR_RUNS; i++) {
        struct cell_view x = {.x = v->pair->has[i] ? &v->pair->x[i] : NULL,
                              .sheet = v->pair->panes[i].sheet};
        wanted = larger(wanted, 3 + cell_rows_wanted(&x));
    }
    return wanted;
}

/* What is below the panes: the opened cell and all heads with the list beside them; where
 * there are no heads, the list is below the cell. */
static void share_rest(const struct compare_look *v, struct area rest,
                       struct compare_layout *l)
{
    bool listed = !area_is_empty(l->list) || v->pair->sentences;
    bool heads = v->pair->panes[PAIR_BEFORE].sheet.heads > 1;
    int columns = rest.columns, cell = rest.rows;
    if (heads && !listed && columns >= 2 * LIST_COLUMNS + 20) {
        columns -= LIST_COLUMNS;
        l->list = area_part(rest, 0, columns, rest.rows, LIST_COLUMNS);
        columns -= 2;
    }
    int least_below = heads ? HEADS_LEAST : LIST_LEAST;
    if ((heads || !listed) && rest.rows >= least(cell_rows(v), CELL_ROWS) + least_below) {
        cell = least(cell_rows(v), rest.rows - least_below);
        struct area below = area_part(rest, cell, 0, rest.rows - cell, columns);
        *(heads ? &l->heads : &l->list) = below;
    }
    l->cell = area_part(rest, 0, 0, cell, columns);
}

#define SIDE_LIST 48 /* columns of a list beside narrow matrices */

/* Where matrices one above the other leave room, the list stands beside them. */
static void list_beside(const struct compare_look *v, const struct canvas *c,
                        struct compare_layout *l, int rows)
{
    int widest = 0, columns = l->panes[0].columns;
    for (int i = 0; i < l->count; i++) {
        struct area pane = l->panes[i];
        struct chart chart = fit_chart(v, c, l->shown[i], false, &pane);
        struct matrix_layout m = matrix_layout(&chart, c, pane);
        widest = larger(widest, m.label_width + (int)m.columns * m.cell_width + 3);
    }
    if (columns - widest < SIDE_LIST)
        return;
    int left = larger(widest, columns - LIST_COLUMNS - 2);
    for (int i = 0; i < l->count; i++)
        l->panes[i].columns = left;
    l->list = l->panes[0];
    l->list.column += left + 1;
    l->list.columns = columns - left - 1;
    l->list.rows = rows;
}

struct compare_layout compare_layout(const struct compare_look *v, const struct canvas *c,
                                     struct area a)
{
    struct compare_layout l = {0};
    bool large = a.columns >= LARGE_COLUMNS && a.rows >= LARGE_ROWS;
    int runs = v->alone ? 0 : PAIR_RUNS;
    l.runs = area_part(a, 0, 0, runs, a.columns);
    struct area body = area_part(a, runs, 0, a.rows - runs, a.columns);
    if (!large && v->opened) {
        l.cell = body;
        return l;
    }
    choose_panes(v, large || body.rows >= 24 ? 3 : body.rows >= 18 ? 2 : 1, &l);
    enum arrangement how;
    struct area room = body;
    if (large)
        room.rows -= least(CELL_ROWS, cell_rows(v));
    int used = arrange(v, c, room, &l, &how);
    if (!large) {
        l.line = area_part(body, used, 1, v->pair->sentences ? 0 : 1, body.columns - 1);
        l.line = area_part(l.line, 0, 0, least(l.line.rows, body.rows - used),
                           l.line.columns);
        return l;
    }
    if (how == GRID && used / 2 >= LIST_LEAST)
        l.list = area_part(body, used / 2, body.columns / 2, used - used / 2,
                           body.columns - body.columns / 2);
    if (how == STACK && !v->pair->sentences)
        list_beside(v, c, &l, used);
    share_rest(v, area_part(body, used, 0, body.rows - used, body.columns), &l);
    return l;
}

/* ---- the matrices ---- */

#define RANGE_LEAST 36 /* columns beside the title of a pane */

/* A rule with a title; returns the column behind it. */
static int draw_rule(struct canvas *c, struct area a, const char *title, bool focused)
{
    canvas_hline(c, a, 0, theme_style(c, focused ? LOOK_FOCUS : LOOK_BORDER));
    struct area rule = area_part(a, 0, 0, 1, a.columns);
    return canvas_textf(c, rule, 0, 1, theme_style(c, focused ? LOOK_FOCUS : LOOK_TITLE),
                        " %s ", title);
}

static void draw_pane(const struct compare_look *v, int pane, bool unlabelled,
                      struct canvas *c, struct area a)
{
    int end = draw_rule(c, a, pane_title(v, pane), false);
    struct area rule = area_part(a, 0, 0, 1, a.columns), body = a;
    if (pane == PAIR_DIFFERENCE)
        end = canvas_textf(c, rule, 0, end + 1, theme_style(c, LOOK_DIM),
                           " max |Δ| %.4g ", v->pair->most);
    struct chart chart = fit_chart(v, c, pane, unlabelled, &body);
    bool ids = chart.sheet.values == VALUES_IDS;
    if (chart.bare && !ids && a.columns - end >= RANGE_LEAST) {
        struct style plain = theme_style(c, LOOK_DIM);
        end = canvas_text(c, rule, 0, end + 1, plain, " ");
        struct area room = area_part(rule, 0, end, 1, a.columns - end);
        end += matrix_draw_range(&chart, c, room);
        canvas_text(c, rule, 0, end, plain, " ");
    }
    matrix_draw(&chart, c, body);
}

/* What each run is and what it says itself. */
static void draw_runs(const struct compare_look *v, struct canvas *c, struct area a)
{
    int left = larger(canvas_width(c, pane_title(v, PAIR_BEFORE)),
                      canvas_width(c, pane_title(v, PAIR_AFTER)));
    const struct session *first = v->pair->panes[PAIR_BEFORE].shown.session;
    for (int i = 0; i < PAIR_RUNS; i++) {
        const struct session *s = v->pair->panes[i].shown.session;
        bool changed = i == PAIR_AFTER && strcmp(first->prediction, s->prediction) != 0;
        struct area line = area_part(a, i, 0, 1, a.columns);
        char *text = mem_format("%s → %s", s->text ? s->text : "…", s->prediction);
        canvas_text(c, line, 0, 0, theme_style(c, LOOK_DIM), pane_title(v, i));
        canvas_field(c, area_part(line, 0, left + 2, 1, a.columns - left - 2), 0,
                     ALIGN_LEFT,
                     theme_style(c, changed && !v->pair->sentences ? LOOK_WARNING
                                                                   : LOOK_TITLE),
                     text);
        free(text);
    }
}

/* ---- the opened cell ---- */

static int cell_digits(const struct sheet *s, double value)
{
    return s->values == VALUES_IDS           ? 0
           : s->values == VALUES_PROBABILITY ? 4
                                             : render_digits(value, 4);
}

static void draw_run_cell(const struct compare_look *v, int run, struct canvas *c,
                          struct area a)
{
    const struct pair_pane *p = &v->pair->panes[run];
    draw_rule(c, a, pane_title(v, run), false);
    struct area body = area_part(a, 1, 1, a.rows - 1, a.columns - 2);
    if (!v->pair->has[run]) {
        canvas_wrap(c, body, 0, theme_style(c, LOOK_DIM), say(SAY_COMPARE_NO_CELL));
        return;
    }
    const struct explanation *x = &v->pair->x[run];
    struct cell_view cell = {.shown = &p->shown,
                             .sheet = sheet_of(&p->shown, p->shown.ref),
                             .value = x->value,
                             .x = x,
                             .line = -2,
                             .digits = cell_digits(&p->sheet, x->value)};
    cell_draw(&cell, c, body);
}

/* "0.8312 − 0.9952 = -0.1640": after, before, and what is between them. */
static void draw_subtraction(const struct compare_look *v, struct canvas *c,
                             struct area a)
{
    const struct pair *p = v->pair;
    const struct sheet *s = &p->panes[PAIR_BEFORE].sheet;
    char after[RENDER_NUMBER], before[RENDER_NUMBER], difference[RENDER_NUMBER];
    double x = pair_value(p, PAIR_BEFORE, p->at), y = pair_value(p, PAIR_AFTER, p->at);
    double d = pair_value(p, PAIR_DIFFERENCE, p->at);
    render_number(x, cell_digits(s, x), before);
    render_number(y, cell_digits(s, y), after);
    render_number(d, s->values == VALUES_IDS ? 0 : render_digits(d, 4), difference);
    char *name = cell_name(s, p->at);
    canvas_field(c, a, 0, ALIGN_LEFT, theme_style(c, LOOK_STAGE_ID), name);
    int end = canvas_width(c, name) + 2;
    free(name);
    char *text = mem_format("%s − %s = ", after, before);
    end = canvas_text(c, a, 0, end, theme_style(c, LOOK_NUMBER), text);
    canvas_text(c, a, 0, end, theme_style(c, LOOK_RESULT), difference);
    free(text);
}

static void draw_cell(const struct compare_look *v, struct canvas *c, struct area a)
{
    struct area body = a, part[2];
    if (!v->pair->sentences) {
        draw_subtraction(v, c, area_part(a, 0, 1, 1, a.columns - 1));
        body = area_part(a, 1, 0, a.rows - 1, a.columns);
    }
    if (panel_split(body, 4, 34, part)) {
        for (int i = 0; i < PAIR_RUNS; i++)
            draw_run_cell(v, i, c, part[i]);
        return;
    }
    draw_run_cell(v, v->turn == PAIR_AFTER, c, body); /* one at a time */
}

/* ---- the largest differences ---- */

static char *place_words(const struct compare_look *v, struct place at)
{
    struct chart chart = chart_of_pane(v, PAIR_DIFFERENCE);
    char *row = chart_row_label(&chart, at.row);
    char *column = chart_column_label(&chart, at.column);
    char *text = chart.sheet.heads
                     ? mem_format("%ld: %s · %s", at.head + 1, row, column)
                     : mem_format("%s · %s", row, column);
    free(row);
    free(column);
    return text;
}

/* "2: ▁go → ▁to · 간   0.0012 → 0.9870   +0.9858" */
static void draw_difference(const struct compare_look *v, long i, struct canvas *c,
                            struct area line)
{
    const struct pair *p = v->pair;
    struct place at = p->largest[i];
    bool on = i == v->selected;
    char before[RENDER_NUMBER], after[RENDER_NUMBER], difference[RENDER_NUMBER];
    char numbers[4 * RENDER_NUMBER];
    double x = pair_value(p, PAIR_BEFORE, at), y = pair_value(p, PAIR_AFTER, at);
    double d = pair_value(p, PAIR_DIFFERENCE, at);
    bool ids = p->panes[PAIR_BEFORE].sheet.values == VALUES_IDS;
    int digits = ids ? 0 : render_digits(p->most, 3);
    snprintf(numbers, sizeof numbers, "%7s → %7s %8s",
             render_number(x, digits, before), render_number(y, digits, after),
             render_number(d, digits, difference));
    struct style style =
        theme_style(c, !on          ? LOOK_TEXT
                       : v->listing ? LOOK_SELECTION
                                    : LOOK_CURSOR_QUIET);
    canvas_fill(c, line, style);
    int width = least(canvas_width(c, numbers), line.columns);
    char *words = place_words(v, at);
    canvas_text(c, line, 0, 0, style, on ? "▸" : " ");
    canvas_field(c, area_part(line, 0, 2, 1, line.columns - width - 3), 0, ALIGN_LEFT,
                 style, words);
    canvas_field(c, area_part(line, 0, line.columns - width, 1, width), 0, ALIGN_RIGHT,
                 style, numbers);
    free(words);
}

/* Where the entries of the list stand: in columns one after the other. */
static struct area list_body(struct area list, int *across)
{
    struct area body = area_part(list, 1, 1, list.rows - 1, list.columns - 2);
    *across = larger(body.columns / LIST_COLUMNS, 1);
    return body;
}

long compare_listed(const struct compare_look *v, const struct compare_layout *l)
{
    int across;
    struct area body = list_body(l->list, &across);
    long room = area_is_empty(body) ? 0 : (long)body.rows * across;
    return room < v->pair->largest_count ? room : v->pair->largest_count;
}

static void draw_list(const struct compare_look *v, const struct compare_layout *l,
                      struct canvas *c)
{
    bool heads = v->pair->panes[PAIR_BEFORE].sheet.heads > 1;
    draw_rule(c, l->list, say(heads ? SAY_COMPARE_LARGEST_HEADS : SAY_COMPARE_LARGEST),
              v->listing);
    int across;
    struct area body = list_body(l->list, &across);
    long count = compare_listed(v, l), rows = (count + across - 1) / across;
    if (!count)
        canvas_wrap(c, body, 0, theme_style(c, LOOK_DIM), say(SAY_COMPARE_NOTHING));
    for (long i = 0; i < count; i++)
        draw_difference(v, i, c,
                        area_part(body, (int)(i % rows),
                                  body.columns * (int)(i / rows) / across, 1,
                                  body.columns / across - (across > 1)));
}

/* ---- all heads ---- */

#define HEADS_COLUMNS 36 /* of one of several side by side */
#define HEADS_ROWS 10    /* of one of several one above the other */

/* Of every run and of the difference; in less room of the last alone. */
static void draw_heads(const struct compare_look *v, struct canvas *c, struct area a)
{
    int count = pair_count(v->pair);
    bool high = count == PAIR_PANES && a.rows >= count * HEADS_ROWS;
    int parts = high || a.columns >= count * HEADS_COLUMNS ? count : 1;
    for (int i = 0; i < parts; i++) {
        int pane = count - parts + i, room = high ? a.rows : a.columns;
        int from = room * i / parts, to = room * (i + 1) / parts;
        int gap = i + 1 < parts;
        struct area part = high ? area_part(a, from, 0, to - from, a.columns)
                                : area_part(a, 0, from, a.rows, to - from - gap);
        struct chart chart = chart_of_pane(v, pane);
        char *title = say_with(SAY_COMPARE_HEADS, pane_title(v, pane));
        draw_rule(c, part, title, false);
        free(title);
        heads_chart.cells(&chart, c,
                          area_part(part, 1, 1, part.rows - 1, part.columns - 2));
    }
}

void compare_draw(const struct compare_look *v, const struct compare_layout *l,
                  struct canvas *c)
{
    if (!area_is_empty(l->runs))
        draw_runs(v, c, l->runs);
    for (int i = 0; i < l->count; i++)
        draw_pane(v, l->shown[i], l->shared && i > 0, c, l->panes[i]);
    if (!area_is_empty(l->line))
        draw_subtraction(v, c, l->line);
    if (!area_is_empty(l->cell))
        draw_cell(v, c, l->cell);
    if (!area_is_empty(l->list))
        draw_list(v, l, c);
    if (!area_is_empty(l->heads))
        draw_heads(v, c, l->heads);
}
