#include "screen/cell_view.h"

#include "base/memory.h"
#include "base/order.h"
#include "base/say.h"
#include "paint/theme.h"
#include "screen/guide.h"
#include "study/render.h"
#include "study/step_name.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct plan *plan_of(const struct cell_view *v)
{
    return trace_plan(v->shown->trace);
}

/* The pieces without the marks that the stage of the pieces has shown. Caller frees. */
static char *tokens_of(const struct cell_view *v, struct ref ref, long cell)
{
    const struct stage *s = &plan_of(v)->stages[ref.index];
    char *text = render_cell_tokens(plan_of(v), &v->shown->sets, ref.index, cell);
    size_t n = strlen(WORD_MARK);
    for (char *p = text; s->role != ROLE_TOKENS && (p = strstr(p, WORD_MARK));)
        if (p[n] && p[n] != ' ')
            memmove(p, p + n, strlen(p + n) + 1);
        else /* it stands alone: the whole piece */
            p += n;
    return text;
}

/* The cell that is opened. */
static long cell_of(const struct cell_view *v)
{
    return sheet_cell(&v->sheet, v->shown->at);
}

/* ---- drawing ---- */

bool cell_is_memory(const struct sheet *reader, const struct sheet *s)
{
    return reader->stage && s->stage &&
           reader->stage->place.block == BLOCK_CROSS_ATTENTION &&
           reader->stage->place.stack == STACK_DECODER &&
           s->stage->place.stack == STACK_ENCODER && !reader->stage->place.gradient;
}

const char *cell_symbol(const struct sheet *reader, const struct sheet *s)
{
    return cell_is_memory(reader, s) ? "memory" : s->symbol;
}

char *cell_name(const struct sheet *s, struct place at)
{
    if (s->heads)
        return mem_format("%s[%ld,%ld,%ld]", s->symbol, at.head + 1, at.row + 1,
                          at.column + 1);
    if (s->rows == 1 && s->part)
        return mem_format("%s[%ld]", s->symbol, s->first_row + at.column + 1);
    if (s->stage && s->stage->shape.rank == 1)
        return mem_format("%s[%ld]", s->symbol, at.row + 1);
    return mem_format("%s[%ld,%ld]", s->symbol, s->first_row + at.row + 1, at.column + 1);
}

/* "Q_h[2,3,1]", "max", or "" for a constant. Caller frees. */
static char *operand_name(const struct cell_view *v, const struct operand *o)
{
    if (o->from.kind == REF_NONE)
        return mem_string(o->step >= 0 ? step_name(&v->x->steps[o->step]) : "");
    struct sheet s = sheet_of(v->shown, o->from);
    s.symbol = cell_symbol(&v->sheet, &s);
    return cell_name(&s, sheet_place(&s, o->cell));
}

static int draw_number(struct canvas *c, struct area a, int column, struct style style,
                       double value, int digits)
{
    char text[RENDER_NUMBER];
    return canvas_text(c, a, 0, column, style, render_number(value, digits, text));
}

/* The running sum stands at the right end of a pane of so many columns, but not far from
 * the terms of a wide one. */
#define RUNNING_COLUMNS 50
#define RUNNING_END 79
#define RUNNING_WIDTH 11
#define TOKEN_WIDTH 8 /* room for the token of a term */

/* Names and numbers of the lines that are seen stand in columns. */
struct columns {
    int name[TERM_MAX_OPERANDS], number[TERM_MAX_OPERANDS], value;
    /* What is left out where there is little room: at first the names of the operands,
     * then the name of a step of one line, at last digits. */
    int cut;
    bool running; /* there is room for running sums */
};
enum { CUT_NAMES = 1, CUT_STEP, CUT_DIGITS };

static int number_width(const struct canvas *c, double value, int digits)
{
    char text[RENDER_NUMBER];
    return canvas_width(c, render_number(value, digits, text));
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static void widen(const struct cell_view *v, const struct canvas *c, const struct term *t,
                  struct columns *w)
{
    for (int i = 0; i < t->count; i++) {
        char *name = operand_name(v, &t->operand[i]);
        w->name[i] = larger(w->name[i], canvas_width(c, name));
        w->number[i] =
            larger(w->number[i], number_width(c, t->operand[i].value, v->digits));
        free(name);
    }
    w->value = larger(w->value, number_width(c, t->value, v->digits));
}

static int draw_operand(const struct cell_view *v, struct canvas *c, struct area a,
                        int column, const struct operand *o, int name_width, int width,
                        bool selected)
{
    char *name = name_width ? operand_name(v, o) : mem_string("");
    struct style number = theme_style(c, LOOK_NUMBER), quiet = theme_style(c, LOOK_DIM);
    if (selected)
        number = quiet = theme_style(c, v->focused ? LOOK_CURSOR : LOOK_CURSOR_QUIET);
    int end = column;
    if (*name) {
        canvas_text(c, a, 0, column, quiet, name);
        end = column + name_width + 1;
        for (int i = column + canvas_width(c, name); i < end; i++)
            canvas_text(c, a, 0, i, quiet, " ");
    }
    free(name);
    int pad = width - number_width(c, o->value, v->digits);
    for (int i = 0; i < pad; i++)
        canvas_text(c, a, 0, end++, number, " ");
    return draw_number(c, a, end, number, o->value, v->digits);
}

/* The term in the form of its step: "$a·$b" with the operands in their places. */
static int draw_term(const struct cell_view *v, struct canvas *c, struct area a,
                     int column, const struct step *s, const struct term *t,
                     const struct columns *w, bool selected)
{
    struct style plain = theme_style(c, LOOK_TEXT);
    for (const char *f = render_term_form(s, t); *f;) {
        if (*f != '$') {
            size_t n = strcspn(f, "$");
            char *text = mem_bytes(f, n);
            bool wide = strcmp(text, "·") == 0;
            column = canvas_text(c, a, 0, column, plain, wide ? " · " : text);
            free(text);
            f += n;
        } else if (f[1] == 'n') {
            column = canvas_textf(c, a, 0, column, plain, "%g", s->number);
            f += 2;
        } else {
            int i = f[1] - 'a';
            column = draw_operand(
                v, c, a, column, &t->operand[i], w->cut ? 0 : w->name[i],
                w->cut < CUT_DIGITS ? w->number[i] : 0, selected && i == v->operand);
            f += 2;
        }
    }
    return column;
}

static void draw_step_head(const struct cell_view *v, struct canvas *c, struct area a,
                           const struct step *s)
{
    struct style formula = theme_style(c, LOOK_FORMULA), dim = theme_style(c, LOOK_DIM);
    int end = canvas_text(c, a, 0, 0, dim, step_name(s));
    end = canvas_text(c, a, 0, end + 2, formula, s->formula);
    end = canvas_text(c, a, 0, end, dim, " = ");
    end = draw_number(c, a, end, theme_style(c, LOOK_RESULT), s->result, v->digits);
    char number[24];
    snprintf(number, sizeof number, "%ld", s->count);
    char *terms = say_with(s->kind != STEP_SHARE ? SAY_TERMS_BY_SIZE : SAY_TERMS, number);
    if (end + 2 + canvas_width(c, terms) > a.columns) {
        free(terms);
        terms = say_with(SAY_TERMS, number);
    }
    if (end + 2 + canvas_width(c, terms) <= a.columns)
        canvas_text(c, a, 0, end + 2, dim, terms);
    free(terms);
}

/* The token that a term stands for, where its first operand has tokens on its columns. */
static void draw_term_token(const struct cell_view *v, struct canvas *c, struct area a,
                            int column, const struct term *t)
{
    const struct operand *o = &t->operand[0];
    if (o->from.kind == REF_NONE)
        return;
    struct sheet s = sheet_of(v->shown, o->from);
    long at = sheet_place(&s, o->cell).column;
    if (!s.column_labels || at >= (long)s.column_labels->count)
        return;
    const char *token = label_without_mark(s.column_labels->items[at].text);
    if (column + 2 + canvas_width(c, token) <= a.columns)
        canvas_text(c, a, 0, column + 2, theme_style(c, LOOK_TOKEN), token);
}

/* Where the running sum begins. */
static int running_first(int columns)
{
    return (columns < RUNNING_END ? columns : RUNNING_END) - RUNNING_WIDTH - 1;
}

/* What the running sum leaves to the token. */
static struct area token_area(struct area a, const struct columns *w)
{
    if (w->running)
        a.columns = running_first(a.columns) - 1;
    return a;
}

/* What the lines down to this one add up to, at the right end where there is room. */
static void draw_running(const struct cell_view *v, struct canvas *c, struct area a,
                         const struct cell_line *line, const struct columns *w)
{
    char number[RENDER_NUMBER];
    if (!w->running)
        return;
    struct area field = area_part(a, 0, running_first(a.columns), 1, RUNNING_WIDTH);
    int end = canvas_text(c, field, 0, 0, theme_style(c, LOOK_DIM), "Σ");
    canvas_field(c, area_part(field, 0, end, 1, RUNNING_WIDTH - end), 0, ALIGN_RIGHT,
                 theme_style(c, LOOK_DIM),
                 render_number(line->running, v->digits, number));
}

static void draw_pointer(const struct cell_view *v, struct canvas *c, struct area a,
                         int column, const struct cell_line *line)
{
    if (line->index == v->line)
        canvas_text(c, a, 0, column, theme_style(c, LOOK_FOCUS), "▸");
}

/* "4 more: 0.0000"; of a choice only how many. */
static int draw_rest(const struct cell_view *v, struct canvas *c, struct area a,
                     const struct cell_line *line, const struct columns *w)
{
    char count[24], number[RENDER_NUMBER];
    bool selected = line->index == v->line;
    struct style style =
        theme_style(c, !selected    ? LOOK_DIM
                       : v->focused ? LOOK_CURSOR
                                    : LOOK_CURSOR_QUIET);
    snprintf(count, sizeof count, "%ld", line->left);
    char *text = say_with(SAY_TERMS_LEFT, count);
    draw_pointer(v, c, a, 0, line);
    int end = canvas_text(c, a, 0, 2, style, text);
    free(text);
    if (!cell_step_chooses(&v->x->steps[line->step]))
        end = canvas_textf(c, a, 0, end, style, ": %s",
                           render_number(line->value, v->digits, number));
    draw_running(v, c, a, line, w);
    return end;
}

/* Returns the column behind the result. */
static int draw_line(const struct cell_view *view, struct canvas *c, struct area a,
                     const struct cell_line *line, const struct columns *w)
{
    struct cell_view copy = *view;
    const struct cell_view *v = &copy;
    if (w->cut == CUT_DIGITS && copy.digits > 4)
        copy.digits = 4;
    const struct step *s = &v->x->steps[line->step];
    if (line->kind == CELL_HEAD) {
        draw_step_head(v, c, a, s);
        return 0;
    }
    if (line->kind == CELL_REST)
        return draw_rest(v, c, a, line, w);
    const struct term *t = &s->terms[line->term];
    struct style dim = theme_style(c, LOOK_DIM);
    bool selected = line->index == v->line, alone = s->count == 1;
    bool named = alone && w->cut < CUT_STEP;
    int column = named ? canvas_text(c, a, 0, 0, dim, step_name(s)) + 3 : 2;
    draw_pointer(v, c, a, column - 2, line);
    column = draw_term(v, c, a, column, s, t, w, selected);
    bool is_value = s->kind != STEP_NORM && s->kind != STEP_ENTROPY;
    if (t->count == 1 && !alone && is_value) { /* the operand is the value */
        draw_term_token(v, c, token_area(a, w), column, t);
        draw_running(v, c, a, line, w);
        return column;
    }
    column = canvas_text(c, a, 0, column, dim, " = ");
    double value = alone ? s->result : t->value;
    if (!alone)
        column += w->value - number_width(c, value, v->digits);
    column = draw_number(c, a, column, theme_style(c, alone ? LOOK_RESULT : LOOK_NUMBER),
                         value, v->digits);
    if (!alone) {
        draw_term_token(v, c, token_area(a, w), column, t);
        draw_running(v, c, a, line, w);
    }
    return column;
}

/* Widths for the lines that are seen, and what must be left out so that they fit. */
static void fit_lines(const struct cell_view *v, struct canvas *c, int columns,
                      const struct cell_line *lines, size_t count,
                      struct columns widths[EXPLAIN_MAX_STEPS])
{
    struct area nowhere = {0, 0, 0, columns};
    for (size_t i = 0; i < count; i++)
        if (lines[i].kind == CELL_TERM)
            widen(v, c, &v->x->steps[lines[i].step].terms[lines[i].term],
                  &widths[lines[i].step]);
    for (size_t i = 0; i < count; i++) {
        struct columns *w = &widths[lines[i].step];
        while (w->cut < CUT_DIGITS && draw_line(v, c, nowhere, &lines[i], w) > columns)
            w->cut++;
    }
    int room = running_first(columns) - TOKEN_WIDTH;
    for (size_t i = 0; i < count; i++)
        widths[lines[i].step].running = columns >= RUNNING_COLUMNS &&
                                        v->x->steps[lines[i].step].count > 1 &&
                                        cell_step_adds(&v->x->steps[lines[i].step]);
    for (size_t i = 0; i < count; i++) {
        struct columns *w = &widths[lines[i].step];
        w->running = w->running && draw_line(v, c, nowhere, &lines[i], w) <= room;
    }
}

/* The name of the cell, its tokens and its value, checked against the arithmetic. */
static void draw_heading(const struct cell_view *v, struct canvas *c, struct area a)
{
    char *name = cell_name(&v->sheet, v->shown->at);
    int end = canvas_text(c, a, 0, 0, theme_style(c, LOOK_FORMULA), name);
    end = canvas_text(c, a, 0, end, theme_style(c, LOOK_DIM), " = ");
    end = draw_number(c, a, end, theme_style(c, LOOK_RESULT), v->value, v->digits);
    free(name);
    if (v->x && v->x->count) {
        double result = v->x->steps[v->x->count - 1].result;
        bool fine =
            result == v->value || (isnan(result) && isnan(v->value)) ||
            fabs(result - v->value) <= explain_tolerance(v->x);
        end =
            canvas_text(c, a, 0, end + 1, theme_style(c, fine ? LOOK_GOOD : LOOK_WARNING),
                        fine ? "✓" : "≠");
    }
    if (v->sheet.stage) {
        char *tokens = tokens_of(v, v->sheet.ref, cell_of(v));
        canvas_text(c, a, 0, end + 2, theme_style(c, LOOK_TOKEN), tokens);
        free(tokens);
    }
}

/* Where the selected operand stands, by its full name. */
static void draw_detail(const struct cell_view *v, struct canvas *c, struct area a)
{
    const struct term *t = cell_term(v->x, v->open, v->line);
    int rest = cell_rest(v->x, v->open, v->line);
    if (rest >= 0) {
        char count[24];
        snprintf(count, sizeof count, "%ld", v->x->steps[rest].count);
        char *text = say_with(SAY_TERMS_OPEN, count);
        canvas_field(c, a, 0, ALIGN_LEFT, theme_style(c, LOOK_DIM), text);
        free(text);
        return;
    }
    if (!t || v->operand < 0 || v->operand >= t->count)
        return;
    const struct operand *o = &t->operand[v->operand];
    if (o->from.kind == REF_NONE)
        return;
    char *name = render_cell_name(plan_of(v), o->from, o->cell);
    bool given = sheet_of(v->shown, o->from).given;
    char *tokens = o->from.kind == REF_STAGE
                       ? tokens_of(v, o->from, o->cell)
                       : mem_string(say(given ? SAY_A_GIVEN : SAY_A_WEIGHT));
    char *text = mem_format("Enter → %s  %s", name, tokens);
    canvas_field(c, a, 0, ALIGN_LEFT, theme_style(c, LOOK_DIM), text);
    free(text);
    free(tokens);
    free(name);
}

static void draw_weight(const struct cell_view *v, struct canvas *c, struct area a)
{
    char *name = render_cell_name(plan_of(v), v->sheet.ref, cell_of(v));
    canvas_field(c, area_part(a, 0, 0, 1, a.columns), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_STAGE_ID), name);
    free(name);
    canvas_wrap(c, a, 1, theme_style(c, LOOK_TEXT),
                v->sheet.given ? say(SAY_GIVEN_TEXT) : guide_weight_text(say_language()));
}

static int line_rows(const struct cell_view *v)
{
    struct cell_lines l = cell_lines_of(v->x, v->open);
    int rows = (int)(l.count > 1000 ? 1000 : l.count);
    free(l.items);
    return rows;
}

int cell_rows_wanted(const struct cell_view *v)
{
    return v->x ? line_rows(v) + 2 : 4;
}

/* Which lines matter where not all can be seen, the least first: the selected one; what
 * the steps are and what they come to; what is near in the step of the selected one; of
 * other steps the largest terms. */
static double urgency(const struct cell_view *v, const struct cell_lines *l, size_t i,
                      size_t selected)
{
    const struct cell_line *line = &l->items[i];
    if (line->index == v->line)
        return 0;
    if (line->kind == CELL_HEAD || v->x->steps[line->step].count == 1)
        return 1;
    if (selected < l->count && line->step == l->items[selected].step)
        return 1 + fabs((double)i - (double)selected);
    size_t head = i;
    while (head > 0 && l->items[head].kind != CELL_HEAD)
        head--;
    double rank = line->kind == CELL_REST ? 1.5 : (double)(i - head);
    return (double)l->count + rank;
}

/* Terms that found no room, and stand right before the rest of their step, are part of
 * that rest. */
static bool joins_rest(struct cell_line *rest, const struct cell_line *hidden, long count)
{
    for (long i = 0; i < count; i++)
        if (hidden[i].kind != CELL_TERM || hidden[i].step != rest->step)
            return false;
    if (rest->kind != CELL_REST)
        return false;
    for (long i = 0; i < count; i++) {
        rest->left++;
        rest->value += hidden[i].value;
    }
    return true;
}

/* Leaves the lines that fit into so many rows. */
static void keep_urgent(const struct cell_view *v, struct cell_lines *l, long rows,
                        bool hides[])
{
    size_t selected = 0, kept = 0;
    while (selected < l->count && l->items[selected].index != v->line)
        selected++;
    double *urgent = mem_alloc(l->count, sizeof *urgent);
    long *order = mem_alloc((size_t)rows, sizeof *order);
    char *keep = mem_zero(l->count, 1);
    for (size_t i = 0; i < l->count; i++)
        urgent[i] = -urgency(v, l, i, selected);
    order_largest(urgent, (long)l->count, rows, order);
    for (long i = 0; i < rows; i++)
        keep[order[i]] = 1;
    for (size_t i = 0, hidden = 0; i < l->count; i++) {
        if (!keep[i]) {
            hidden++;
            continue;
        }
        struct cell_line line = l->items[i];
        if (hidden && !joins_rest(&line, &l->items[i - hidden], (long)hidden) && kept)
            hides[kept - 1] = true;
        l->items[kept++] = line;
        hidden = 0;
    }
    if (kept && !keep[l->count - 1])
        hides[kept - 1] = true;
    l->count = kept;
    free(keep);
    free(order);
    free(urgent);
}

static void draw_lines(const struct cell_view *v, struct canvas *c, struct area a)
{
    struct cell_lines l = cell_lines_of(v->x, v->open);
    bool *hides = mem_zero((size_t)a.rows, sizeof *hides); /* lines below it */
    if (l.count > (size_t)a.rows)
        keep_urgent(v, &l, a.rows, hides);
    struct columns widths[EXPLAIN_MAX_STEPS] = {0};
    fit_lines(v, c, a.columns - 1, l.items, l.count, widths);
    for (size_t i = 0; i < l.count; i++) {
        struct area row = area_part(a, (int)i, 0, 1, a.columns);
        draw_line(v, c, area_part(row, 0, 0, 1, a.columns - 1), &l.items[i],
                  &widths[l.items[i].step]);
        if (hides[i])
            canvas_text(c, row, 0, a.columns - 1, theme_style(c, LOOK_DIM), "⋮");
    }
    free(hides);
    free(l.items);
}

int cell_draw(const struct cell_view *v, struct canvas *c, struct area a)
{
    if (area_is_empty(a))
        return 0;
    draw_heading(v, c, area_part(a, 0, 0, 1, a.columns));
    if (!v->x) {
        draw_weight(v, c, area_part(a, 1, 0, a.rows - 1, a.columns));
        return a.rows;
    }
    bool detail = v->focused && a.rows >= 4;
    int lines = line_rows(v), room = a.rows - 1 - detail;
    struct area middle = area_part(a, 1, 0, lines < room ? lines : room, a.columns);
    if (!area_is_empty(middle))
        draw_lines(v, c, middle);
    if (detail)
        draw_detail(v, c, area_part(a, 1 + middle.rows, 0, 1, a.columns));
    return 1 + middle.rows + detail;
}
