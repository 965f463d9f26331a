#include "screen/attention_view.h"

#include "base/bounds.h"
#include "base/memory.h"
#include "base/say.h"
#include "chart/bridge.h"
#include "chart/links_cells.h"
#include "chart/matrix_cells.h"
#include "chart/overview.h"
#include "paint/theme.h"

#include <stdio.h>
#include <stdlib.h>

#define LINES_LEAST 20
#define LINES_GOOD 30
#define LINES_MOST 56
#define CELL_LEAST 40  /* columns of an opened number beside */
#define STAT 5         /* columns of one of what is said of a row */
#define STATS (3 * STAT)

/* ---- how they share the room ---- */

/* The columns that the map takes with narrow cells; more than there are where not all of
 * its columns fit. */
static int map_columns(const struct chart *v, const struct canvas *c, int columns,
                       bool tight)
{
    struct chart m = *v;
    m.tight = tight;
    if (columns < 12)
        return columns + 1;
    struct matrix_layout l = matrix_layout(&m, c, (struct area){0, 0, 20, columns});
    return l.columns < m.sheet.columns
               ? columns + 1
               : l.label_width + (int)m.sheet.columns * l.cell_width;
}

/* The fewest columns in which all of the map is seen; more than `most` where none are
 * enough. */
static int least_columns(const struct chart *v, const struct canvas *c, int most)
{
    int columns = 12;
    while (columns <= most && map_columns(v, c, columns, true) > columns)
        columns++;
    return columns;
}

struct split {
    bool beside, tight;
    int map, stats, lines; /* columns; `stats` behind the map, 0 for none */
};

static struct split split_of(const struct chart *v, const struct canvas *c, int columns,
                             bool wide)
{
    struct split s = {.map = columns};
    int room = columns - LINES_LEAST - 1, narrow = least_columns(v, c, columns);
    s.beside = narrow <= room;
    s.stats = wide && narrow + STATS <= (s.beside ? room : columns) ? STATS : 0;
    if (!s.beside) {
        s.map = columns - s.stats;
        s.tight = map_columns(v, c, s.map, false) > s.map;
        return s;
    }
    int left = columns - 1 - s.stats, wide_map = left - LINES_GOOD;
    s.tight = map_columns(v, c, wide_map, false) > wide_map;
    s.lines = between(left / 3, LINES_GOOD, LINES_MOST);
    s.map = left - s.lines;
    if (s.tight) {
        int better = map_columns(v, c, wide_map, true);
        s.map = better <= wide_map ? better : narrow;
        s.lines = between(left - s.map, LINES_LEAST, LINES_MOST);
    } else if (map_columns(v, c, s.map, false) > s.map) {
        s.map = map_columns(v, c, wide_map, false);
        s.lines = between(left - s.map, LINES_GOOD, LINES_MOST);
    }
    return s;
}

bool attention_is_beside(const struct walk *w, const struct chart *v,
                         const struct canvas *c, int columns)
{
    struct attention_seen seen;
    attention_see(w, v, &seen);
    bool beside = split_of(&seen.chart, c, columns, false).beside;
    attention_seen_free(&seen);
    return beside;
}

int attention_rows(const struct walk *w, const struct chart *v)
{
    struct attention_seen seen;
    attention_see(w, v, &seen);
    int rows = matrix_rows(&seen.chart), lines = links_rows(&seen.chart);
    rows = rows < lines ? lines : rows; /* there may be more columns than rows */
    if (w->attention.pane == ATTENTION_LINES && rows < BRIDGE_LEAST_ROWS + 3)
        rows = BRIDGE_LEAST_ROWS + 3;
    attention_seen_free(&seen);
    return rows;
}

int attention_columns(const struct walk *w, const struct chart *v, const struct canvas *c,
                      int columns)
{
    struct attention_seen seen;
    attention_see(w, v, &seen);
    int most = columns - CELL_LEAST - 1, least = columns * 11 / 20;
    int map = least_columns(&seen.chart, c, most);
    int wanted = map + STATS + 1 + LINES_LEAST + 2; /* a column on each side */
    attention_seen_free(&seen);
    return between(wanted, least, most > least ? most : least);
}

int attention_heads_rows(const struct chart *v)
{
    return v->sheet.heads ? overview_rows(v) + 2 : 0;
}

/* ---- what is said of rows ---- */

static void draw_stat(struct canvas *c, struct area a, int row, int column,
                      struct style style, const char *text)
{
    canvas_field(c, area_part(a, row, column * STAT, 1, STAT), 0, ALIGN_RIGHT, style,
                 text);
}

static void draw_stats(const struct chart *v, struct canvas *c, struct area map,
                       struct area a)
{
    struct matrix_layout l = matrix_layout(v, c, map);
    struct style axis = theme_style(c, LOOK_AXIS);
    static const enum say titles[] = {SAY_ATTENTION_MEAN, SAY_ATTENTION_MOST,
                                      SAY_ATTENTION_BITS};
    for (int i = 0; i < 3; i++)
        draw_stat(c, a, l.head_rows - 1, i, axis, say(titles[i]));
    for (long i = 0; i < l.rows; i++) {
        struct attention_row r = attention_row_of(v, l.first_row + i);
        const double numbers[] = {r.mean, r.most, r.bits};
        bool on = l.first_row + i == v->at.row;
        for (int k = 0; k < 3; k++) {
            char text[RENDER_NUMBER];
            draw_stat(c, a, l.head_rows + (int)i * l.cell_rows, k,
                      theme_style(c, on ? LOOK_RESULT : LOOK_DIM),
                      render_number(numbers[k], 2, text));
        }
    }
}

/* ---- the pictures ---- */

/* Between two texts a bridge, where that has room; else lines from side to side. */
static void draw_lines(const struct walk *w, const struct chart *v, struct canvas *c,
                       struct area a)
{
    if (attention_is_cross(w) && w->sheet.stage->place.block == BLOCK_CROSS_ATTENTION &&
        a.rows >= BRIDGE_LEAST_ROWS && bridge_columns(v, c) <= a.columns) {
        bridge_chart.cells(v, c, a);
        return;
    }
    struct tensor turned = {0};
    struct chart lines = v->to_column ? attention_turned(v, &turned) : *v;
    links_draw(&lines, c, a);
    free(turned.data);
}

static void draw_map(const struct chart *v, const struct split *s, struct canvas *c,
                     struct area a)
{
    struct chart m = *v;
    m.tight = s->tight;
    struct area map = area_part(a, 0, 0, a.rows, s->map);
    matrix_draw(&m, c, map);
    if (s->stats)
        draw_stats(&m, c, map, area_part(a, 0, s->map, a.rows, s->stats));
}

static void draw_overview(const struct chart *v, struct canvas *c, struct area a)
{
    struct chart heads = *v;
    heads.held = true;
    overview_chart.cells(&heads, c, area_part(a, 0, 1, a.rows, a.columns - 1));
}

void attention_draw(const struct walk *w, const struct chart *v, bool wide,
                    bool heads_apart, struct canvas *c, struct area a)
{
    struct attention_seen seen;
    attention_see(w, v, &seen);
    enum attention_pane pane = w->attention.pane;
    struct split s = split_of(&seen.chart, c, a.columns, wide);
    if (pane == ATTENTION_HEADS && (heads_apart || !v->sheet.heads))
        pane = ATTENTION_MAP;
    if (pane == ATTENTION_LINES && s.beside && !attention_is_cross(w))
        pane = ATTENTION_MAP;
    if (pane == ATTENTION_HEADS) {
        draw_overview(&seen.chart, c, a);
    } else if (pane == ATTENTION_LINES) {
        draw_lines(w, &seen.chart, c, a);
    } else {
        draw_map(&seen.chart, &s, c, a);
        if (s.beside)
            draw_lines(w, &seen.chart, c,
                       area_part(a, 0, a.columns - s.lines, a.rows, s.lines));
    }
    attention_seen_free(&seen);
}

void attention_draw_heads(const struct walk *w, const struct chart *v, struct canvas *c,
                          struct area a)
{
    if (a.rows < 4)
        return;
    struct attention_seen seen;
    bool on = w->attention.pane == ATTENTION_HEADS && w->focus == FOCUS_MATRIX;
    attention_see(w, v, &seen);
    canvas_hline(c, a, 0, theme_style(c, on ? LOOK_FOCUS : LOOK_BORDER));
    canvas_textf(c, a, 0, 1, theme_style(c, on ? LOOK_FOCUS : LOOK_DIM), " %s ",
                 say(SAY_ATTENTION_HEADS));
    draw_overview(&seen.chart, c, area_part(a, 1, 1, a.rows - 1, a.columns - 2));
    attention_seen_free(&seen);
}

/* ---- the rest ---- */

/* What the head that is looked at is named after. */
static void draw_name(const struct walk *w, struct canvas *c, struct area a)
{
    struct chart v = {.sheet = w->sheet, .names = attention_names(w)};
    const char *name = chart_head_name(&v, w->shown.at.head);
    if (name && canvas_width(c, name) + 2 <= a.columns)
        canvas_textf(c, a, 0, 0, theme_style(c, LOOK_RESULT), " %s ", name);
}

void attention_draw_tabs(const struct walk *w, struct canvas *c, struct area a, int from)
{
    static const enum say names[ATTENTION_PANES] = {
        SAY_ATTENTION_MAP, SAY_ATTENTION_LINES, SAY_ATTENTION_HEADS};
    int width = 4, panes = w->sheet.heads ? ATTENTION_PANES : ATTENTION_HEADS;
    const char *words = w->attention.words ? say(SAY_ATTENTION_WORDS) : "";
    for (int i = 0; i < panes; i++)
        width += canvas_width(c, say(names[i])) + 2;
    width += *words ? canvas_width(c, words) + 3 : 0;
    int column = a.columns - width - 1;
    if (column <= from)
        return;
    draw_name(w, c, area_part(a, 0, from, 1, column - from - 1));
    if (*words) {
        canvas_textf(c, a, 0, column, theme_style(c, LOOK_RESULT), " %s ", words);
        column += canvas_width(c, words) + 3;
    }
    column = canvas_text(c, a, 0, column, theme_style(c, LOOK_AXIS), " v ");
    for (int i = 0; i < panes; i++) {
        bool on = i == (int)w->attention.pane;
        column = canvas_textf(c, a, 0, column,
                              theme_style(c, on ? LOOK_TAB_ON : LOOK_TAB), "%s%s%s",
                              on ? "[" : " ", say(names[i]), on ? "]" : " ");
    }
}

void attention_draw_words(const struct walk *w, struct canvas *c, struct area a)
{
    char *text = attention_words_text(w);
    canvas_wrap(c, a, 0, theme_style(c, LOOK_TEXT), text);
    free(text);
}
