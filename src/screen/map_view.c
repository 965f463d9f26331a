#include "screen/map_view.h"

#include "base/memory.h"
#include "base/say.h"
#include "chart/blocks.h"
#include "paint/theme.h"
#include "screen/guide.h"
#include "screen/panel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const enum action bar[] = {
    ACTION_MAP_ENTER, ACTION_MAP_OFF, ACTION_MAP_IDEA, ACTION_MAP_CLOSE,
    ACTION_HELP,      ACTION_NEXT,    ACTION_EXAM,     ACTION_RESTORE,
    ACTION_SAVE,      ACTION_LANGUAGE};

static const struct plan *plan_of(const struct map *m)
{
    return trace_plan(m->walk->shown.trace);
}

/* ---- marks ---- */

enum map_mark map_mark_of(const struct map *m, const struct map_block *b)
{
    if (b->off)
        return MAP_OFF;
    return b->last <= m->walk->stage    ? MAP_DONE
           : b->first <= m->walk->stage ? MAP_HERE
                                        : MAP_TO_COME;
}

static const char *const signs[] = {
    [MAP_TO_COME] = "○", [MAP_HERE] = "■", [MAP_DONE] = "●", [MAP_OFF] = "×"};

static enum look look_of(enum map_mark mark)
{
    return mark == MAP_OFF    ? LOOK_BADGE
           : mark == MAP_HERE ? LOOK_FOCUS
           : mark == MAP_DONE ? LOOK_TRACK_DONE
                              : LOOK_TRACK_LATER;
}

/* Of a folded layer: off when something in it is, done when all of it is. */
static enum map_mark mark_of_layer(const struct map *m, int from, int to)
{
    enum map_mark first = map_mark_of(m, &m->model.blocks[from]);
    enum map_mark last = map_mark_of(m, &m->model.blocks[to]);
    for (int i = from; i <= to; i++)
        if (m->model.blocks[i].off)
            return MAP_OFF;
    return first == last ? first : MAP_HERE;
}

/* ---- a row ---- */

#define LEFT 3 /* columns of the marks before a text */

/* How rows are written, all of a map alike: as much as has room in every row. */
struct writing {
    bool brief, numbered;
    bool parts; /* a folded layer says what is in it */
};

/* What a row says, and the stages at its side. */
struct row {
    char *text, numbers[MAP_NUMBERS];
    enum map_mark mark;
    bool chosen, covered;
};

static struct row row_of_block(const struct map *m, int block, const struct writing *w)
{
    const struct map_block *b = &m->model.blocks[block];
    struct row row = {.text = mem_string(map_name(b, w->brief)),
                      .mark = map_mark_of(m, b),
                      .chosen = block == m->chosen,
                      .covered = m->covered && m->covered[block]};
    map_numbers(b, row.numbers, sizeof row.numbers);
    return row;
}

static struct row row_of_layer(const struct map *m, const struct map_line *line,
                               const struct writing *w)
{
    const struct map_block *blocks = m->model.blocks;
    struct map_block whole = blocks[line->from];
    struct row row = {.mark = mark_of_layer(m, line->from, line->block),
                      .chosen = m->chosen >= line->from && m->chosen <= line->block};
    struct buffer text = {0};
    char *layer = map_layer_name(&whole);
    buffer_add(&text, layer);
    for (int i = line->block; i >= line->from; i--) {
        if (w->parts)
            buffer_addf(&text, "%s%s", i < line->block ? " ◂ " : "  ",
                        map_name(&blocks[i], true));
        row.covered |= m->covered && m->covered[i];
    }
    free(layer);
    row.text = buffer_take(&text);
    whole.last = blocks[line->block].last;
    map_numbers(&whole, row.numbers, sizeof row.numbers);
    return row;
}

/* Columns at the right end: the numbers, and the mark of the lesson. */
static int side_of(const struct row *row, const struct writing *w,
                   const struct canvas *c)
{
    return (row->covered ? 2 : 0) +
           (w->numbered ? canvas_width(c, row->numbers) + 1 : 0);
}

static void draw_row(const struct row *row, const struct writing *w, struct canvas *c,
                     struct area a)
{
    bool on = row->chosen;
    struct style plain = theme_style(c, on ? LOOK_SELECTION : LOOK_TEXT);
    int side = side_of(row, w, c);
    canvas_fill(c, a, plain);
    canvas_text(c, a, 0, 0, plain, on ? "▸" : " ");
    canvas_text(c, a, 0, 1, on ? plain : theme_style(c, look_of(row->mark)),
                signs[row->mark]);
    canvas_field(c, area_part(a, 0, LEFT, 1, a.columns - LEFT - side), 0, ALIGN_LEFT,
                 plain, row->text);
    struct area end = area_part(a, 0, a.columns - side, 1, side);
    if (row->covered)
        canvas_text(c, end, 0, 1, on ? plain : theme_style(c, LOOK_FORMULA), "◆");
    if (w->numbered)
        canvas_text(c, end, 0, row->covered ? 3 : 1,
                    on ? plain : theme_style(c, LOOK_STAGE_ID), row->numbers);
}

static bool row_fits(const struct map *m, const struct map_line *line,
                     const struct writing *w, const struct canvas *c, int columns)
{
    struct row row = line->kind == MAP_LINE_FOLDED ? row_of_layer(m, line, w)
                                                   : row_of_block(m, line->block, w);
    bool fits = LEFT + canvas_width(c, row.text) + side_of(&row, w, c) <= columns;
    free(row.text);
    return fits;
}

/* Names come before numbers, and whole names before numbers beside short ones. */
static struct writing writing_of(const struct map *m, const struct map_layout *l,
                                 const struct canvas *c)
{
    static const struct writing ways[] = {{false, true, true},  {false, true, false},
                                          {false, false, true}, {false, false, false},
                                          {true, true, false},  {true, false, false}};
    size_t count = sizeof ways / sizeof *ways, way = 0;
    for (size_t i = 0; i < l->count && way < count - 1; i++) {
        const struct map_line *line = &l->lines[i];
        int columns = l->columns[line->column].columns - 2;
        while ((line->kind == MAP_LINE_BLOCK || line->kind == MAP_LINE_FOLDED) &&
               way < count - 1 && !row_fits(m, line, &ways[way], c, columns))
            way++;
    }
    return ways[way];
}

static void draw_block(const struct map *m, const struct map_line *line,
                       const struct writing *w, struct canvas *c, struct area a)
{
    const struct map_block *b = &m->model.blocks[line->block];
    struct row row = row_of_block(m, line->block, w);
    draw_row(&row, w, c, area_part(a, line->above, 0, 1, a.columns));
    free(row.text);
    enum say after = !b->residual    ? SAY_MAP_NORM
                     : b->norm_after ? SAY_MAP_ADD_NORM
                                     : SAY_MAP_ADD;
    struct style dim = theme_style(c, LOOK_DIM);
    struct area text = area_part(a, 0, LEFT, a.rows, a.columns - LEFT);
    if (line->above)
        canvas_text(c, text, 0, 0, dim, say(after));
    if (line->below)
        canvas_text(c, text, line->rows - 1, 0, dim, say(SAY_MAP_NORM));
}

/* ---- pieces ---- */

static const struct labels *labels_of(const struct map *m, int stage)
{
    return labels_of_axis(&m->walk->shown.sets, plan_of(m)->stages[stage].axes[0]);
}

/* The sentence's pieces at the bottom, the predicted ones on top. */
static void draw_pieces(const struct map *m, const struct map_line *line,
                        struct canvas *c, struct area a)
{
    bool answer = line->kind == MAP_LINE_ANSWER;
    const struct labels *l = labels_of(m, m->model.blocks[line->block].first);
    struct buffer out = {0};
    for (size_t i = 0; l && i < l->count; i++) {
        const char *text = answer ? l->items[i].next : l->items[i].text;
        if (text)
            buffer_addf(&out, "%s%s", out.length ? " " : "", label_without_mark(text));
    }
    canvas_field(c, area_part(a, 0, LEFT, 1, a.columns - LEFT - 1), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_TOKEN), out.data ? out.data : "");
    buffer_free(&out);
}

/* ---- thumbnails ---- */

/* A picture of every head, a line before each. */
static void draw_thumbs(const struct map *m, const struct map_block *b, struct canvas *c,
                        struct area a)
{
    struct area size =
        map_thumb_size(plan_of(m), b, blocks_are_halves(c), a.rows, a.columns);
    struct exhibit x = m->walk->shown;
    x.ref = (struct ref){REF_STAGE, b->picture};
    struct chart v = chart_of(&x);
    long heads = b->heads > 1 ? b->heads : 1;
    for (long head = 0; head < heads && size.rows; head++) {
        int column = (int)head * (size.columns + 1);
        v.at = (struct place){head, 0, 0};
        canvas_vline(c, area_part(a, 0, column, size.rows, 1), 0,
                     theme_style(c, LOOK_BORDER));
        blocks_draw(&v, c, area_part(a, 0, column + 1, size.rows, size.columns));
    }
    chart_release(&v);
}

/* ---- the lines of a column ---- */

/* "┌ encoder 0 ──┴── encoder.0 ┐" */
static void draw_edge(const struct map *m, const struct map_line *line, struct canvas *c,
                      struct area a)
{
    const struct map_block *b = &m->model.blocks[line->block];
    bool top = line->kind == MAP_LINE_TOP;
    struct style style = theme_style(c, LOOK_BORDER);
    canvas_hline(c, a, 0, style);
    canvas_text(c, a, 0, 0, style, top ? "┌" : "└");
    canvas_text(c, a, 0, a.columns - 1, style, top ? "┐" : "┘");
    canvas_text(c, a, 0, a.columns / 2, style, top ? "┴" : "▲");
    if (!top)
        return;
    char *layer = map_layer_name(b), *title = mem_format(" %s ", layer);
    struct stage_place place = {b->place.stack, b->place.layer, BLOCK_NONE, 0, false};
    char *id = place_text(place), *edge = mem_format(" %s ", id);
    int half = a.columns / 2 - 2;
    if (canvas_width(c, title) <= half)
        canvas_text(c, a, 0, 1, theme_style(c, LOOK_TITLE), title);
    if (say_language() == LANGUAGE_KO && canvas_width(c, edge) <= half)
        canvas_text(c, a, 0, a.columns - 1 - canvas_width(c, edge),
                    theme_style(c, LOOK_STAGE_ID), edge);
    free(layer);
    free(title);
    free(id);
    free(edge);
}

static void draw_line(const struct map *m, const struct map_line *line,
                      const struct writing *w, struct canvas *c, struct area column)
{
    struct row row;
    struct area a = area_part(column, line->row, 0, line->rows, column.columns);
    struct area in = area_part(a, 0, 1, a.rows, a.columns - 2);
    struct style border = theme_style(c, LOOK_BORDER);
    if (line->boxed) {
        canvas_vline(c, a, 0, border);
        canvas_vline(c, a, a.columns - 1, border);
    }
    switch (line->kind) {
    case MAP_LINE_PIECES:
    case MAP_LINE_ANSWER:
        draw_pieces(m, line, c, in);
        return;
    case MAP_LINE_TOP:
    case MAP_LINE_BOTTOM:
        draw_edge(m, line, c, a);
        return;
    case MAP_LINE_FOLDED:
        row = row_of_layer(m, line, w);
        draw_row(&row, w, c, in);
        free(row.text);
        return;
    default:
        draw_block(m, line, w, c, in);
    }
    int rows = line->rows - line->above - line->below - 1;
    if (rows > 0)
        draw_thumbs(m, &m->model.blocks[line->block], c,
                    area_part(in, line->above + 1, 1, rows, in.columns - 2));
}

/* ---- from the first stack to the second ---- */

/* The row where the first stack ends; -1 when it is not seen. */
static int memory_row(const struct map_layout *l)
{
    int row = 1000000;
    for (size_t i = 0; i < l->count; i++) {
        const struct map_line *line = &l->lines[i];
        bool whole = line->kind == MAP_LINE_BLOCK || line->kind == MAP_LINE_FOLDED;
        if (line->column == 0 && whole && line->row < row)
            row = line->row; /* of the last thing that happens there */
    }
    return row;
}

static int row_of_name(const struct map_line *line)
{
    return line->row + line->above;
}

static bool reads_memory(const struct map *m, const struct map_line *line)
{
    if (line->column != 1 ||
        (line->kind != MAP_LINE_BLOCK && line->kind != MAP_LINE_FOLDED))
        return false;
    for (int i = line->from; i <= line->block; i++)
        if (m->model.blocks[i].column == 1 && m->model.blocks[i].reads_other)
            return true;
    return false;
}

/* Up, down, left, right, as the bits 1, 2, 4, 8. */
static const char *corner(unsigned ways)
{
    static const char *const corners[16] = {
        [1] = "│",  [2] = "│",  [3] = "│",  [4] = "─",  [5] = "┘",  [6] = "┐",
        [7] = "┤",  [8] = "─",  [9] = "└",  [10] = "┌", [11] = "├", [12] = "─",
        [13] = "┴", [14] = "┬", [15] = "┼"};
    return corners[ways] ? corners[ways] : " ";
}

static void draw_memory(const struct map *m, const struct map_layout *l, struct canvas *c)
{
    struct style style = theme_style(c, LOOK_FORMULA);
    int from = memory_row(l), first = from, last = from;
    int middle = l->gap.columns >= 12 ? l->gap.columns - 5 : l->gap.columns / 2;
    for (size_t i = 0; i < l->count; i++)
        if (reads_memory(m, &l->lines[i])) {
            int row = row_of_name(&l->lines[i]);
            first = row < first ? row : first;
            last = row > last ? row : last;
        }
    for (int row = first > 0 ? first : 0; row <= last && row < l->gap.rows; row++) {
        bool out = row == from, in = false;
        for (size_t i = 0; i < l->count; i++)
            in |= row_of_name(&l->lines[i]) == row && reads_memory(m, &l->lines[i]);
        unsigned ways = (row > first ? 1u : 0) | (row < last ? 2u : 0) | (out ? 4u : 0) |
                        (in ? 8u : 0);
        for (int x = 0; x < l->gap.columns - 1; x++)
            if (x == middle || (x < middle ? out : in))
                canvas_text(c, l->gap, row, x, style, x == middle ? corner(ways) : "─");
        if (in)
            canvas_text(c, l->gap, row, l->gap.columns - 1, style, "▸");
    }
    const char *name = say(SAY_MAP_MEMORY);
    if (from >= 0 && from + 1 < l->gap.rows && canvas_width(c, name) + 1 < middle)
        canvas_text(c, l->gap, from + 1, 1, style, name);
}

/* ---- the whole ---- */

bool map_is_roomy(struct area a)
{
    return a.columns >= 120 && a.rows >= 24;
}

/* "Model map   2+2 layers, 4 heads   11/118" Caller frees. */
static char *heading(const struct map *m)
{
    const struct model_map *model = &m->model;
    int layers[2] = {0, 0};
    long heads = 0;
    for (size_t i = 0; i < model->count; i++) {
        const struct map_block *b = &model->blocks[i];
        if (b->place.layer >= layers[b->column])
            layers[b->column] = b->place.layer + 1;
        heads = b->heads > heads ? b->heads : heads;
    }
    char *count = model->columns == 2 ? mem_format("%d+%d", layers[0], layers[1])
                                      : mem_format("%d", layers[0]);
    char *said = say_with(SAY_MAP_LAYERS, count);
    char *number = mem_format("%ld", heads), *also = say_with(SAY_MAP_HEADS, number);
    char *text = mem_format("%s · %s%s%s · %d / %zu", say(SAY_MAP_TITLE), said,
                            heads > 1 ? ", " : "", heads > 1 ? also : "",
                            m->walk->stage + 1, plan_of(m)->count);
    free(count);
    free(said);
    free(number);
    free(also);
    return text;
}

static void draw_arrows(const struct map_layout *l, struct canvas *c, struct area a)
{
    struct style dim = theme_style(c, LOOK_DIM);
    if (l->above)
        canvas_text(c, a, 0, a.columns - 1, dim, "▲");
    if (l->below)
        canvas_text(c, a, a.rows - 1, a.columns - 1, dim, "▼");
}

/* What the marks mean, where the map leaves room for it above. */
static void draw_legend(const struct map *m, const struct map_layout *l, struct canvas *c,
                        struct area a)
{
    const char *text = say(m->covered ? SAY_MAP_LEGEND_LESSON : SAY_MAP_LEGEND);
    int top[2] = {a.rows, a.rows}, width = canvas_width(c, text);
    for (size_t i = 0; i < l->count; i++)
        if (l->lines[i].row < top[l->lines[i].column])
            top[l->lines[i].column] = l->lines[i].row;
    int room = top[1] > 1 ? a.columns : l->columns[0].columns;
    if (top[0] > 1 && width + 1 < room)
        canvas_text(c, a, 0, 1, theme_style(c, LOOK_DIM), text);
}

static void draw_map(const struct map *m, bool legend, struct canvas *c, struct area a)
{
    struct area in = area_part(a, 0, 0, a.rows, a.columns - 1);
    struct map_layout l =
        map_layout_of(&m->model, plan_of(m), m->chosen, blocks_are_halves(c), in);
    struct writing w = writing_of(m, &l, c);
    for (size_t i = 0; i < l.count; i++) {
        const struct map_line *line = &l.lines[i];
        if (line->row + line->rows > 0 && line->row < in.rows)
            draw_line(m, line, &w, c, l.columns[line->column]);
    }
    if (legend)
        draw_legend(m, &l, c, in);
    if (m->model.columns == 2)
        draw_memory(m, &l, c);
    draw_arrows(&l, c, a);
    map_layout_free(&l);
}

void map_draw(const struct map *m, struct canvas *c, struct area a)
{
    char *title = heading(m);
    struct area in = panel_draw(c, a, title, bar, sizeof bar / sizeof *bar);
    free(title);
    if (map_is_roomy(a)) {
        int about = a.columns * 36 / 100;
        about = about > 90 ? 90 : about;
        struct area right =
            area_part(in, 0, in.columns - about, in.rows, about);
        canvas_vline(c, area_part(in, 0, in.columns - about - 2, in.rows, 1), 0,
                     theme_style(c, LOOK_BORDER));
        map_draw_about(m, c, right);
        draw_map(m, false, c, area_part(in, 0, 0, in.rows, in.columns - about - 3));
        return;
    }
    int foot = in.rows >= 16 ? 3 + (in.columns < 76) : in.rows >= 12 ? 2 : 1;
    draw_map(m, true, c, area_part(in, 0, 0, in.rows - foot, in.columns));
    map_draw_foot(m, c, area_part(in, in.rows - foot, 0, foot, in.columns));
}
