#include "screen/words_draw.h"

#include "base/bounds.h"
#include "base/memory.h"
#include "base/say.h"
#include "chart/heads.h"
#include "chart/tell.h"
#include "paint/theme.h"
#include "screen/panel.h"
#include "study/decoder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGE_COLUMNS 110 /* all steps and what they look at beside the candidates */
#define LARGE_ROWS 30
#define PLAIN_LISTED 8

/* ---- the words and the candidates ---- */

static bool is_changed(const struct word_step *s)
{
    return s->token != s->own;
}

/* The words one after the other; those after the step are dim. Returns the rows. */
static int draw_words(const struct words *v, struct canvas *c, struct area a)
{
    int row = 0, column = 0;
    for (long i = 0; i < v->count; i++) {
        const struct word_step *s = &v->steps[i];
        char *piece = words_label(v, s->token);
        char *text = mem_format(" %s%s ", is_changed(s) ? "*" : "", piece);
        int width = canvas_width(c, text);
        if (column + width > a.columns && column > 0) {
            row++;
            column = 0;
        }
        enum look look = i == v->at      ? LOOK_TOKEN_ON
                         : is_changed(s) ? LOOK_WARNING
                         : i < v->at     ? LOOK_TOKEN
                                         : LOOK_DIM;
        column = canvas_text(c, a, row, column, theme_style(c, look), text);
        free(text);
        free(piece);
    }
    return row + 1 < a.rows ? row + 1 : a.rows;
}

static void draw_bar(struct canvas *c, struct area a, double share, enum look look)
{
    int full = (int)(a.columns * share + 0.5);
    for (int i = 0; i < a.columns; i++)
        canvas_text(c, a, 0, i, theme_style(c, i < full ? look : LOOK_BORDER),
                    i < full ? "█" : "·");
}

/* "▸ ● ▁school   0.9731  ████" */
static void draw_choice(const struct words *v, struct canvas *c, struct area line,
                        long index, long id, double p)
{
    const struct word_step *s = &v->steps[v->at];
    bool on = index == v->selected, taken = id == s->token;
    struct style style = theme_style(c, on      ? LOOK_SELECTION
                                        : taken ? LOOK_RESULT
                                                : LOOK_TEXT);
    char number[16];
    snprintf(number, sizeof number, p >= 0.00005 || p == 0 ? "%.4f" : "%.0e", p);
    char *piece = words_label(v, id);
    int name = line.columns >= 100 ? 24 : 16;
    canvas_fill(c, area_part(line, 0, 0, 1, name + 12), style);
    canvas_text(c, line, 0, 0, style, on ? "▸" : " ");
    canvas_text(c, line, 0, 2, style, taken ? "●" : id == s->own ? "○" : " ");
    canvas_field(c, area_part(line, 0, 4, 1, name), 0, ALIGN_LEFT, style, piece);
    canvas_text(c, line, 0, name + 5, style, number);
    draw_bar(c, area_part(line, 0, name + 13, 1, line.columns - name - 13), p,
             taken ? LOOK_GOOD : LOOK_STAGE_ID);
    free(piece);
}

static void draw_step_title(const struct words *v, struct canvas *c, struct area a)
{
    char number[48], heat[32];
    snprintf(number, sizeof number, "%ld / %ld", v->at + 1, v->count);
    snprintf(heat, sizeof heat, "T = %g", words_temperature(v));
    char *step = say_with(SAY_WORDS_STEP, number);
    const struct session *s = v->walk->session;
    char *before = words_label(v, v->at ? v->steps[v->at - 1].token
                                  : decode_first(s->model, s->source, s->sources));
    char *after = say_with(SAY_WORDS_AFTER, before);
    int end = canvas_text(c, a, 0, 0, theme_style(c, LOOK_TITLE), step);
    end = canvas_text(c, a, 0, end + 2, theme_style(c, LOOK_DIM), after);
    if (end + 2 + (int)strlen(heat) <= a.columns)
        canvas_field(c, area_part(a, 0, end + 2, 1, a.columns - end - 2), 0, ALIGN_RIGHT,
                     theme_style(c, words_are_plain(v) ? LOOK_DIM : LOOK_FOCUS),
                     heat);
    free(step);
    free(before);
    free(after);
}

/* The full distribution, of which the largest are shown and the rest is summed up. */
static int draw_distribution(const struct words *v, struct canvas *c, struct area a,
                             long listed)
{
    long order[WORDS_MOST], shown = words_largest(v, v->at, listed, order);
    double *p = words_distribution(v, v->at), left = 1;
    int row = 0;
    for (long i = 0; i < shown && row < a.rows; i++) {
        draw_choice(v, c, area_part(a, row++, 0, 1, a.columns), i, order[i], p[order[i]]);
        left -= p[order[i]];
    }
    free(p);
    char number[64];
    snprintf(number, sizeof number, "%ld: %.4f", words_vocabulary(v) - shown,
             left > 0 ? left : 0);
    char *rest = say_with(SAY_WORDS_REST, number);
    canvas_text(c, a, row++, 4, theme_style(c, LOOK_DIM), rest);
    free(rest);
    return row;
}

/* ---- all steps ---- */

#define STEP_COLUMNS 22 /* of a candidate with its probability */

/* "3  ▁to        ▁to 1.0000   ▁every 4e-06 …": the token taken, and the largest. */
static void draw_step(const struct words *v, long step, struct canvas *c,
                      struct area line)
{
    const struct word_step *s = &v->steps[step];
    bool on = step == v->at;
    struct style style = theme_style(c, on ? LOOK_SELECTION : LOOK_TEXT);
    struct style dim = on ? style : theme_style(c, LOOK_DIM);
    canvas_fill(c, line, style);
    canvas_textf(c, line, 0, 0, dim, "%2ld", step + 1);
    char *taken = words_label(v, s->token);
    char *text = mem_format("%s%s", is_changed(s) ? "*" : "", taken);
    canvas_field(c, area_part(line, 0, 4, 1, 13), 0, ALIGN_LEFT,
                 on              ? style
                 : is_changed(s) ? theme_style(c, LOOK_WARNING)
                                 : theme_style(c, LOOK_TOKEN),
                 text);
    free(text);
    free(taken);
    long order[WORDS_MOST];
    int room = (line.columns - 18) / STEP_COLUMNS;
    long shown = words_largest(v, step, room, order);
    double *p = words_distribution(v, step);
    for (long i = 0; i < shown; i++) {
        struct area cell =
            area_part(line, 0, 18 + (int)i * STEP_COLUMNS, 1, STEP_COLUMNS - 1);
        char *piece = words_label(v, order[i]), number[16];
        double x = p[order[i]];
        snprintf(number, sizeof number, x >= 0.00005 || x == 0 ? "%.4f" : "%.0e", x);
        canvas_field(c, area_part(cell, 0, 0, 1, 13), 0, ALIGN_LEFT, style, piece);
        canvas_field(c, area_part(cell, 0, 14, 1, 7), 0, ALIGN_RIGHT,
                     order[i] == s->token && !on ? theme_style(c, LOOK_RESULT) : dim,
                     number);
        free(piece);
    }
    free(p);
}

static int draw_rule(struct canvas *c, struct area a, const char *title)
{
    canvas_hline(c, a, 0, theme_style(c, LOOK_BORDER));
    canvas_textf(c, area_part(a, 0, 0, 1, a.columns), 0, 1, theme_style(c, LOOK_TITLE),
                 " %s ", title);
    return 1;
}

static int draw_steps(const struct words *v, struct canvas *c, struct area a)
{
    draw_rule(c, a, say(SAY_WORDS_STEPS));
    struct area body = area_part(a, 1, 0, a.rows - 1, a.columns - 1);
    long first = scroll_first(v->at, body.rows, v->count);
    for (long i = first; i < v->count && i - first < body.rows; i++)
        draw_step(v, i, c, area_part(body, (int)(i - first), 0, 1, body.columns));
    panel_draw_arrows(c, area_part(a, 1, 0, a.rows - 1, a.columns), first > 0,
                      v->count - first > body.rows);
    return least((int)v->count, body.rows) + 1;
}

/* ---- what the step looks at ---- */

#define LAYERS_MOST 32
#define SIDE_COLUMNS 20 /* "decoder 1 · head 2" */

/* The mean of the heads from `first` to before `end`. */
static double mean_weight(const struct sheet *s, const struct tensor *t, long row,
                          long column, long first, long end)
{
    double sum = 0;
    for (long h = first; h < end; h++)
        sum += tensor_get(t, sheet_cell(s, (struct place){h, row, column}));
    return sum / (double)(end - first);
}

static void draw_weights(const struct sheet *s, const struct tensor *t, long row,
                         long first, long end, struct canvas *c, struct area line,
                         int width)
{
    struct colormap_range range = {0, 1, false};
    for (long k = 0; k < s->columns && (k + 1) * width <= line.columns; k++) {
        double x = mean_weight(s, t, row, k, first, end);
        struct area cell = area_part(line, 0, (int)k * width, 1, width);
        struct style style = theme_heat(c, range, x);
        char number[16];
        snprintf(number, sizeof number, "%.2f ", x);
        canvas_fill(c, cell, style);
        canvas_field(c, cell, 0, ALIGN_RIGHT, style, x < 0.005 ? "· " : number);
    }
}

/* Columns of a cell: the widest token, where all fit then. */
static int cell_columns(const struct sheet *s, const struct canvas *c, int room)
{
    int width = 6;
    for (long k = 0; s->column_labels && k < s->columns; k++) {
        char *text = label_text(s->column_labels, k, 0, false, false);
        int own = canvas_width(c, text) + 2;
        width = own > width ? own : width;
        free(text);
    }
    return width * s->columns <= room ? width : 6;
}

static void draw_sources(const struct sheet *s, struct canvas *c, struct area line,
                         int width)
{
    for (long k = 0; k < s->columns && (k + 1) * width <= line.columns; k++) {
        char *text = label_text(s->column_labels, k, 0, false, false);
        canvas_field(c, area_part(line, 0, (int)k * width, 1, width - 1), 0, ALIGN_RIGHT,
                     theme_style(c, LOOK_TOKEN), text);
        free(text);
    }
    if (s->columns * width > line.columns)
        canvas_text(c, line, 0, line.columns - 1, theme_style(c, LOOK_DIM), "…");
}

static char *head_name(const struct sheet *s, long first, long end)
{
    if (!s->heads)
        return mem_string(say(SAY_MAP_DECODER));
    char *layer = mem_format("%s %d", say(SAY_MAP_DECODER), s->stage->place.layer);
    char *name = end - first > 1 ? mem_format("%s · %s", layer, say(SAY_WORDS_MEAN))
                                 : mem_format("%s · %s %ld", layer, say(SAY_RANGE_HEAD),
                                              first + 1);
    free(layer);
    return name;
}

/* One layer: a row for each head or, in little room, their mean. Returns the rows. */
static int draw_layer(const struct words *v, int stage, struct canvas *c, struct area a,
                      bool labels)
{
    struct exhibit x = exhibit_of_stage(v->run, stage);
    struct sheet s = sheet_of(&x, x.ref);
    const struct tensor *t = trace_acquire(x.trace, stage);
    int width = cell_columns(&s, c, a.columns - SIDE_COLUMNS), row = 0;
    struct area cells = area_part(a, 0, SIDE_COLUMNS, a.rows, a.columns - SIDE_COLUMNS);
    if (labels)
        draw_sources(&s, c, area_part(cells, row++, 0, 1, cells.columns), width);
    long heads = s.heads ? s.heads : 1, by = heads > a.rows - row ? heads : 1;
    for (long h = 0; h < heads && row < a.rows; h += by) {
        char *name = head_name(&s, h, h + by);
        canvas_field(c, area_part(a, row, 0, 1, SIDE_COLUMNS - 1), 0, ALIGN_LEFT,
                     theme_style(c, LOOK_TAB), name);
        free(name);
        draw_weights(&s, t, v->at, h, h + by, c,
                     area_part(cells, row++, 0, 1, cells.columns), width);
    }
    trace_release(x.trace, stage);
    return row;
}

#define MAPS_LEAST 8  /* rows for the maps of all steps */
#define MAPS_ROOMY 24 /* of one layer, where several have room */

/* All heads of the last layer at all steps, the row of this one held. */
static void draw_maps(const struct words *v, int stage, struct canvas *c, struct area a)
{
    struct exhibit x = exhibit_of_stage(v->run, stage);
    x.at = (struct place){0, v->at, 0};
    struct chart chart = chart_of(&x);
    chart.at.column = tell_strongest_column(&chart, v->at);
    chart.at.head = -1; /* none is lit more than the others */
    chart.quiet = true;
    char *number = mem_format("%d", chart.sheet.stage->place.layer);
    char *title = say_with(SAY_WORDS_MAPS, number);
    draw_rule(c, a, title);
    heads_chart.cells(&chart, c, area_part(a, 1, 1, a.rows - 1, a.columns - 1));
    chart_release(&chart);
    free(title);
    free(number);
}

/* Of the last layers that have room, one above the other. */
static void draw_last_maps(const struct words *v, const int *stages, int count,
                           struct canvas *c, struct area a)
{
    int layers = a.rows / MAPS_ROOMY;
    layers = layers < 1 ? 1 : least(layers, count);
    for (int i = 0; i < layers; i++) {
        int from = a.rows * i / layers, to = a.rows * (i + 1) / layers;
        draw_maps(v, stages[count - layers + i], c,
                  area_part(a, from, 0, to - from, a.columns));
    }
}

/* The last layers that have room; below them, at all steps. */
static void draw_attention(const struct words *v, struct canvas *c, struct area a)
{
    int stages[LAYERS_MOST], n = words_attention(v, LAYERS_MOST, stages);
    if (!n || a.rows < 3)
        return;
    struct exhibit x = exhibit_of_stage(v->run, stages[0]);
    struct sheet s = sheet_of(&x, x.ref);
    int heads = s.heads ? (int)s.heads : 1, row = draw_rule(c, a, say(SAY_WORDS_LOOKS));
    int layers = least(n, (a.rows - 2) / heads);
    layers = layers < 1 ? 1 : layers;
    for (int i = n - layers; i < n; i++)
        row += draw_layer(v, stages[i], c,
                          area_part(a, row, 1, a.rows - row, a.columns - 1),
                          i == n - layers);
    struct area maps = area_part(a, row + 1, 0, a.rows - row - 1, a.columns);
    if (s.heads > 1 && maps.rows >= MAPS_LEAST)
        draw_last_maps(v, stages, n, c, maps);
}

/* ---- all of it ---- */

/* The words, the step and its candidates; returns the rows. */
static int draw_candidates(const struct words *v, struct canvas *c, struct area a,
                           long listed)
{
    bool roomy = a.rows >= 18;
    int row = roomy;
    row += draw_words(v, c, area_part(a, row, 0, roomy ? 3 : 2, a.columns)) + 1;
    draw_step_title(v, c, area_part(a, row, 0, 1, a.columns));
    row += 1 + roomy;
    row += draw_distribution(v, c, area_part(a, row, 0, a.rows - row, a.columns), listed);
    return row + roomy;
}

static bool is_large(struct area a)
{
    return a.columns >= LARGE_COLUMNS && a.rows >= LARGE_ROWS;
}

/* The part of the area with the candidates. */
static struct area candidates_area(struct area a)
{
    int columns = is_large(a) ? (a.columns >= 180 ? 80 : 52) : a.columns;
    return area_part(a, 1, 0, a.rows - 1, columns);
}

long words_listed(struct area a)
{
    struct area in = candidates_area(a);
    return is_large(a) ? least(in.rows - 12, WORDS_MOST) : PLAIN_LISTED;
}

void words_draw(const struct words *v, struct canvas *c, struct area a)
{
    const struct session *s = v->walk->session;
    canvas_field(c, area_part(a, 0, 0, 1, a.columns), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_TITLE), s->text ? s->text : "-");
    if (v->count == 0) {
        canvas_wrap(c, a, 2, theme_style(c, LOOK_WARNING), v->error.message);
        return;
    }
    struct area left = candidates_area(a);
    int row = draw_candidates(v, c, left, words_listed(a));
    canvas_wrap(c, area_part(left, row, 0, left.rows - row, left.columns), 0,
                theme_style(c, LOOK_DIM), say(SAY_WORDS_HINT));
    row += canvas_wrap_rows(c, left.columns, say(SAY_WORDS_HINT)) + 1;
    struct area rest = area_part(left, row, 0, left.rows - row, left.columns);
    if (is_large(a)) {
        int from = left.columns + 2;
        rest = area_part(a, 2, from, a.rows - 2, a.columns - from);
        struct area upper = area_part(rest, 0, 0, rest.rows * 3 / 5, rest.columns);
        int steps = draw_steps(v, c, upper) + 1;
        rest = area_part(rest, steps, 0, rest.rows - steps, rest.columns);
    }
    draw_attention(v, c, rest);
}
