#include "chart/links_cells.h"

#include "base/bounds.h"
#include "base/memory.h"
#include "chart/tell.h"
#include "chart/wires.h"
#include "study/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS 6         /* columns of the lit row's numbers */
#define LEAST_NUMBERED 34 /* columns that leave room for them */

/* How the chart lies in an area: rows of both sides that are seen, and the columns of
 * labels, lines, labels and numbers. */
struct layout {
    long first[2], seen[2];
    int labels[2], wires, numbers;
    bool foot;
};

static char *label_of(const struct chart *v, int side, long i)
{
    return side ? chart_column_label(v, i) : chart_row_label(v, i);
}

/* ---- layout ---- */

static int widest(const struct chart *v, const struct canvas *c, const struct layout *l,
                  int side)
{
    char *title = chart_short_title(side ? chart_column_title(v) : chart_row_title(v));
    bool scrolls = l->seen[side] < (side ? v->sheet.columns : v->sheet.rows);
    int most = canvas_width(c, title) + (scrolls ? 3 : 0); /* " ▲▼" */
    free(title);
    for (long i = l->first[side]; i < l->first[side] + l->seen[side]; i++) {
        char *label = label_of(v, side, i);
        int width = canvas_width(c, label);
        most = width > most ? width : most;
        free(label);
    }
    return most;
}

/* Both sides scroll: rows around the lit one, columns around its strongest link. */
static struct layout layout_of(const struct chart *v, const struct canvas *c,
                               struct area a)
{
    struct layout l = {.foot = a.rows >= 4};
    long rows = least(a.rows - 1 - l.foot, WIRES_MOST);
    long strongest = tell_strongest_column(v, v->at.row);
    long counts[2] = {v->sheet.rows, v->sheet.columns};
    long at[2] = {v->at.row, strongest < 0 ? v->at.column : strongest};
    for (int side = 0; side < 2; side++) {
        l.seen[side] = least(rows, counts[side]);
        l.first[side] = scroll_first(at[side], l.seen[side], counts[side]);
        l.labels[side] = least(widest(v, c, &l, side), a.columns / (side ? 4 : 3));
    }
    l.numbers = a.columns >= LEAST_NUMBERED ? NUMBERS : 0;
    l.wires = a.columns - l.labels[0] - l.labels[1] - 3 - l.numbers;
    if (l.wires > 48) /* longer lines are harder to follow */
        l.wires = 48;
    return l;
}

/* ---- lines ---- */

static bool is_drawn(double weight)
{
    return weight >= LINKS_LEAST_CELLS; /* not NaN */
}

static void add_wire(const struct chart *v, const struct layout *l, struct wire *wires,
                     int *count, long row, long column)
{
    double weight = chart_cell(v, row, column);
    long to = column - l->first[1];
    bool seen = to >= 0 && to < l->seen[1];
    if (!is_drawn(weight) || *count >= 2 * WIRES_MOST)
        return;
    struct wire *w = &wires[(*count)++];
    *w = (struct wire){.from = (int)(row - l->first[0]),
                       .to = seen ? (int)to : -1,
                       .weight = weight,
                       .lit = row == v->at.row};
    char number[RENDER_NUMBER];
    char *label = tell_label(v->sheet.column_labels, column, false);
    snprintf(w->text, sizeof w->text, "→ %.48s", label);
    snprintf(w->number, sizeof w->number, "%.15s", render_number(weight, 2, number));
    free(label);
}

/* All links of the lit row, of each other row the strongest. */
static int find_wires(const struct chart *v, const struct layout *l, struct wire *wires)
{
    int count = 0;
    for (long i = 0; i < v->sheet.columns && count < WIRES_MOST; i++)
        add_wire(v, l, wires, &count, v->at.row, i);
    for (long row = l->first[0]; row < l->first[0] + l->seen[0]; row++) {
        long column = row == v->at.row ? -1 : tell_strongest_column(v, row);
        if (column >= 0)
            add_wire(v, l, wires, &count, row, column);
    }
    return count;
}

/* ---- drawing ---- */

/* "query ▲▼", where there are more; over the lines there is room, too. */
static void draw_title(const struct chart *v, const struct layout *l, int side,
                       struct canvas *c, struct area a)
{
    bool up = l->first[side] > 0;
    bool down = l->first[side] + l->seen[side] <
                (side ? v->sheet.columns : v->sheet.rows);
    const char *whole = side ? chart_column_title(v) : chart_row_title(v);
    char *title = canvas_width(c, whole) + 3 > a.columns ? chart_short_title(whole)
                                                         : mem_string(whole);
    int end = canvas_text(c, a, 0, 0, theme_style(c, LOOK_AXIS), title);
    free(title);
    if (up || down)
        canvas_textf(c, a, 0, end + 1, theme_style(c, LOOK_DIM), "%s%s", up ? "▲" : "",
                     down ? "▼" : "");
}

static void draw_query(const struct chart *v, const struct layout *l, long i,
                       struct canvas *c, struct area a)
{
    long row = l->first[0] + i;
    bool on = row == v->at.row;
    char *label = chart_row_label(v, row);
    if (on)
        canvas_text(c, a, (int)i + 1, 0, theme_style(c, LOOK_FOCUS), "▸");
    canvas_field(c, area_part(a, (int)i + 1, 1, 1, l->labels[0]), 0, ALIGN_LEFT,
                 chart_lit(c, v, on, LOOK_TOKEN), label);
    free(label);
}

static void draw_key(const struct chart *v, const struct layout *l, long i,
                     struct canvas *c, struct area a)
{
    long column = l->first[1] + i;
    double weight = chart_cell(v, v->at.row, column);
    char *label = chart_column_label(v, column), number[RENDER_NUMBER];
    canvas_field(c, area_part(a, 0, 0, 1, l->labels[1]), 0, ALIGN_LEFT,
                 theme_style(c, is_drawn(weight) ? LOOK_FOCUS : LOOK_TOKEN), label);
    free(label);
    if (l->numbers && is_drawn(weight))
        canvas_field(c, area_part(a, 0, l->labels[1], 1, NUMBERS), 0, ALIGN_RIGHT,
                     theme_style(c, LOOK_NUMBER), render_number(weight, 2, number));
}

void links_legend_draw(struct canvas *c, struct area a)
{
    static const enum say forms[] = {SAY_CHART_LINKS_CELLS_LONG, SAY_CHART_LINKS_CELLS,
                                     SAY_CHART_LINKS_CELLS_SHORT};
    struct buffer text = {0};
    for (int i = 0; i < 3; i++) {
        buffer_free(&text);
        tell_link(&text, say(forms[i]), "", LINKS_LEAST_CELLS);
        if (canvas_width(c, text.data) <= a.columns)
            break;
    }
    canvas_text(c, area_part(a, 0, 0, 1, a.columns), 0, 0, theme_style(c, LOOK_DIM),
                text.data);
    buffer_free(&text);
}

void links_draw(const struct chart *v, struct canvas *c, struct area a)
{
    struct wire wires[2 * WIRES_MOST];
    if (area_is_empty(a) || a.rows < 2 || a.columns < 8)
        return;
    struct layout l = layout_of(v, c, a);
    int lines = 2 + l.labels[0], keys = lines + (l.wires > 0 ? l.wires : 0) + 1;
    int rows = a.rows - 1 - l.foot;
    draw_title(v, &l, 0, c, area_part(a, 0, 1, 1, keys - 2));
    draw_title(v, &l, 1, c, area_part(a, 0, keys, 1, a.columns));
    for (long i = 0; i < l.seen[0]; i++)
        draw_query(v, &l, i, c, a);
    for (long i = 0; i < l.seen[1]; i++)
        draw_key(v, &l, i, c, area_part(a, (int)i + 1, keys, 1, a.columns));
    int count = find_wires(v, &l, wires);
    wires_draw(wires, count, c, area_part(a, 1, lines, rows, l.wires));
    if (l.foot)
        links_legend_draw(c, area_part(a, a.rows - 1, 0, 1, a.columns));
}

int links_rows(const struct chart *v)
{
    long more = v->sheet.rows > v->sheet.columns ? v->sheet.rows : v->sheet.columns;
    return least(more, WIRES_MOST) + 2;
}
