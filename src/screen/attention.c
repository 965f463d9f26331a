#include "screen/attention.h"

#include "base/memory.h"
#include "base/order.h"
#include "base/say.h"
#include "chart/overview.h"
#include "chart/tell.h"
#include "screen/cursor.h"
#include "study/words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOMENT 30 /* milliseconds */

bool attention_is_here(const struct walk *w)
{
    const struct sheet *s = &w->sheet;
    return s->stage && s->stage->role == ROLE_SOFTMAX && !s->stage->place.gradient &&
           s->row_labels && s->column_labels && s->rows == (long)s->row_labels->count &&
           s->columns == (long)s->column_labels->count;
}

bool attention_is_cross(const struct walk *w)
{
    return attention_is_here(w) && w->sheet.row_labels != w->sheet.column_labels;
}

/* Where both stand side by side, the lines alone are a picture of their own only between
 * two texts. */
void attention_turn(struct walk *w, bool beside)
{
    enum attention_pane next = (w->attention.pane + 1) % ATTENTION_PANES;
    if (next == ATTENTION_LINES && beside && !attention_is_cross(w))
        next = ATTENTION_HEADS;
    if (next == ATTENTION_HEADS && !w->sheet.heads)
        next = ATTENTION_MAP;
    w->attention.pane = next;
    w->focus = FOCUS_MATRIX;
}

/* ---- by word ---- */

static struct tensor regroup(const void *seen, const struct tensor *whole)
{
    const struct attention_seen *s = seen;
    return words_map(whole, s->groups[0], (long)s->rows.count, s->groups[1],
                     (long)s->columns.count);
}

/* "학교" for "▁학교", "eos" for "<eos>": there is little room, and what the marks tell has
 * been seen. Caller frees. */
static char *short_text(const char *text)
{
    const char *bare = label_without_mark(text);
    size_t n = strlen(bare);
    bool special = n > 2 && bare[0] == '<' && bare[n - 1] == '>';
    return special ? mem_bytes(bare + 1, n - 2) : mem_string(*bare ? bare : text);
}

/* The labels of a side as they are shown. */
static void shorten(const struct labels *from, struct labels *to)
{
    struct labels list = {0};
    for (size_t i = 0; i < from->count; i++) {
        struct label l = from->items[i];
        l.text = short_text(l.text);
        l.next = l.next ? short_text(l.next) : NULL;
        l.gloss = l.gloss ? mem_string(l.gloss) : NULL;
        l.roman = l.roman ? mem_string(l.roman) : NULL;
        l.classes = l.classes ? mem_string(l.classes) : NULL;
        labels_add(&list, l);
    }
    labels_free(to);
    *to = list;
}

void attention_see(const struct walk *w, const struct chart *chart,
                   struct attention_seen *out)
{
    *out = (struct attention_seen){.chart = *chart};
    struct chart *v = &out->chart;
    v->to_column = w->attention.columns;
    v->names = attention_names(w);
    const struct labels *rows = v->sheet.row_labels, *columns = v->sheet.column_labels;
    if (w->attention.words) {
        out->rows = words_labels(rows, &out->groups[0]);
        out->columns = words_labels(columns, &out->groups[1]);
        out->values = regroup(out, v->values);
        rows = &out->rows;
        columns = &out->columns;
    }
    shorten(rows, &out->rows);
    shorten(columns, &out->columns);
    v->sheet.row_labels = &out->rows;
    v->sheet.column_labels = &out->columns;
    if (!w->attention.words)
        return;
    v->sheet.rows = (long)out->rows.count;
    v->sheet.columns = (long)out->columns.count;
    v->values = &out->values;
    v->at.row = out->groups[0][v->at.row];
    v->at.column = out->groups[1][v->at.column];
    v->regroup = regroup;
    v->regroup_with = out;
}

void attention_seen_free(struct attention_seen *s)
{
    labels_free(&s->rows);
    labels_free(&s->columns);
    free(s->groups[0]);
    free(s->groups[1]);
    free(s->values.data);
    *s = (struct attention_seen){0};
}

struct chart attention_turned(const struct chart *v, struct tensor *values)
{
    struct chart t = *v;
    long rows = v->sheet.rows, columns = v->sheet.columns;
    *values = (struct tensor){.type = TENSOR_F64, .rank = 2, .size = {columns, rows}};
    values->f64 = mem_alloc((size_t)(rows * columns), sizeof(double));
    for (long r = 0; r < rows; r++)
        for (long c = 0; c < columns; c++)
            values->f64[c * rows + r] = chart_cell(v, r, c);
    t.values = values;
    t.sheet.heads = 0;
    t.sheet.rows = columns;
    t.sheet.columns = rows;
    t.sheet.row_labels = v->sheet.column_labels;
    t.sheet.column_labels = v->sheet.row_labels;
    t.sheet.row_axis = v->sheet.column_axis;
    t.sheet.column_axis = v->sheet.row_axis;
    t.at = (struct place){0, v->at.column, v->at.row};
    return t;
}

/* ---- moving ---- */

static long first_of(const long *groups, long group)
{
    long i = 0;
    while (groups[i] != group)
        i++;
    return i;
}

/* To the first piece of another word. */
static void move_by_word(struct walk *w, enum action action)
{
    struct chart whole = {.sheet = w->sheet, .values = w->values, .at = w->shown.at};
    struct attention_seen s;
    attention_see(w, &whole, &s);
    struct place from = s.chart.at;
    struct place to = sheet_clamp(&s.chart.sheet,
                                  cursor_move(&s.chart.sheet, from, action, 5, 5));
    struct place at = w->shown.at;
    if (to.row != from.row)
        at.row = first_of(s.groups[0], to.row);
    if (to.column != from.column)
        at.column = first_of(s.groups[1], to.column);
    attention_seen_free(&s);
    walk_move_to(w, at);
}

/* To the same attention of another layer, with head and row held. */
static void move_layer(struct walk *w, int by)
{
    int stage = overview_step(trace_plan(w->shown.trace), w->stage, by);
    if (stage >= 0)
        walk_go(w, stage);
}

static void move_head(struct walk *w, enum action action)
{
    long head = w->shown.at.head, last = w->sheet.heads - 1;
    if (action == ACTION_LEFT && head > 0)
        walk_set_head(w, head - 1);
    else if (action == ACTION_RIGHT && head < last)
        walk_set_head(w, head + 1);
    else if (action == ACTION_START || action == ACTION_END)
        walk_set_head(w, action == ACTION_START ? 0 : last);
    else if (action == ACTION_UP || action == ACTION_DOWN)
        move_layer(w, action == ACTION_UP ? -1 : 1);
}

bool attention_move(struct walk *w, enum action action)
{
    bool heads = w->attention.pane == ATTENTION_HEADS && w->sheet.heads;
    if (!attention_is_here(w) || !(heads || w->attention.words))
        return false;
    if (heads)
        move_head(w, action);
    else
        move_by_word(w, action);
    return true;
}

/* ---- in words ---- */

#define TOLD 3          /* rows that look at a column */
#define LEAST_TOLD 0.05 /* of them */

static void add_share(char out[24], double share)
{
    bool tiny = share > 0 && share < 0.0005;
    snprintf(out, 24, tiny ? "<0.1 %%" : "%.1f %%", share * 100);
}

/* A row of what is written is called by what it predicts, as in the lines. */
static const char *row_name(const struct chart *v, long row, bool cross)
{
    const struct label *l = &v->sheet.row_labels->items[row];
    return label_without_mark(cross && l->next ? l->next : l->text);
}

static char *column_sentence(const struct chart *v, bool cross)
{
    long rows = v->sheet.rows, order[TOLD];
    double *x = mem_alloc((size_t)rows, sizeof *x);
    for (long r = 0; r < rows; r++)
        x[r] = chart_cell(v, r, v->at.column);
    order_largest(x, rows, rows < TOLD ? rows : TOLD, order);
    struct buffer list = {0};
    for (long i = 0; i < TOLD && i < rows && x[order[i]] >= LEAST_TOLD; i++) {
        char share[24];
        add_share(share, x[order[i]]);
        buffer_addf(&list, "%s%s (%s)", i ? ", " : "", row_name(v, order[i], cross),
                    share);
    }
    free(x);
    const char *column =
        label_without_mark(v->sheet.column_labels->items[v->at.column].text);
    char *text = say_with(list.data ? SAY_ATTENTION_SEEN : SAY_ATTENTION_UNSEEN, column);
    char *all = mem_format("%s%s", text, list.data ? list.data : "");
    free(text);
    buffer_free(&list);
    return all;
}

static char *row_sentence(const struct chart *v)
{
    char share[24];
    add_share(share, chart_cell(v, v->at.row, v->at.column));
    const char *row = label_without_mark(v->sheet.row_labels->items[v->at.row].text);
    const char *column =
        label_without_mark(v->sheet.column_labels->items[v->at.column].text);
    const char *const values[] = {row, column, share};
    struct buffer b = {0};
    for (const char *s = say(SAY_CELL_TAKES); *s; s++)
        if (s[0] == '$')
            buffer_add(&b, values[*++s - '1']);
        else
            buffer_add_bytes(&b, s, 1);
    return buffer_take(&b);
}

char *attention_sentence(const struct walk *w)
{
    if (!attention_is_here(w) || !(w->attention.columns || w->attention.words))
        return NULL;
    struct chart whole = {.sheet = w->sheet, .values = w->values, .at = w->shown.at};
    struct attention_seen s;
    attention_see(w, &whole, &s);
    char *text = w->attention.columns ? column_sentence(&s.chart, attention_is_cross(w))
                                      : row_sentence(&s.chart);
    attention_seen_free(&s);
    return text;
}

/* "나: 학교 0.20 + 에 0.70 = 0.90"; returns the sum. */
static double tell_piece(const struct walk *w, const long *columns, long word, long row,
                         struct buffer *out)
{
    double sum = 0;
    int told = 0;
    buffer_addf(out, "%s: ", label_without_mark(w->sheet.row_labels->items[row].text));
    for (long c = 0; c < w->sheet.columns; c++) {
        if (columns[c] != word)
            continue;
        struct place at = {w->shown.at.head, row, c};
        double x = tensor_get(w->values, sheet_cell(&w->sheet, at));
        buffer_addf(out, "%s%s %.4f", told++ ? " + " : "",
                    label_without_mark(w->sheet.column_labels->items[c].text), x);
        sum += x;
    }
    if (told > 1)
        buffer_addf(out, " = %.4f", sum);
    buffer_add(out, "\n");
    return sum;
}

char *attention_words_text(const struct walk *w)
{
    struct chart whole = {.sheet = w->sheet, .values = w->values, .at = w->shown.at};
    struct attention_seen s;
    struct buffer out = {0}, sums = {0};
    attention_see(w, &whole, &s);
    const struct place at = s.chart.at;
    double all = 0;
    int rows = 0;
    buffer_addf(&out, "%s\n", say(SAY_ATTENTION_BY_WORD));
    for (long r = 0; r < w->sheet.rows; r++) {
        if (s.groups[0][r] != at.row)
            continue;
        double sum = tell_piece(w, s.groups[1], at.column, r, &out);
        buffer_addf(&sums, "%s%.4f", rows++ ? " + " : "", sum);
        all += sum;
    }
    if (rows > 1)
        buffer_addf(&out, "(%s) / %d = %.4f", sums.data, rows, all / rows);
    buffer_free(&sums);
    attention_seen_free(&s);
    return buffer_take(&out);
}

/* ---- names ---- */

void attention_begin(struct walk *w)
{
    struct attention_state *a = &w->attention;
    if (a->asked || !w->session || w->session->whatifs.count || !attention_is_here(w) ||
        !head_where(w->sheet.stage))
        return;
    a->asked = true;
    a->names = head_names_new(w->session->model, 0, NULL);
}

bool attention_is_counting(const struct walk *w)
{
    return w->attention.names && !head_names_done(w->attention.names) &&
           attention_is_here(w);
}

void attention_count(struct walk *w, bool all)
{
    head_names_work(w->attention.names, all ? 0 : MOMENT);
}

const struct head_names *attention_names(const struct walk *w)
{
    return w->session && !w->session->whatifs.count ? w->attention.names : NULL;
}

/* ---- rows ---- */

struct attention_row attention_row_of(const struct chart *v, long row)
{
    struct attention_row r = {.most = -INFINITY};
    for (long i = 0; i < v->sheet.columns; i++) {
        double x = chart_cell(v, row, i);
        r.mean += x / (double)v->sheet.columns;
        r.most = fmax(r.most, x);
        r.bits -= x > 0 ? x * log2(x) : 0;
    }
    return r;
}
