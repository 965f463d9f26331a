#include "screen/map_layout.h"

#include "base/bounds.h"
#include "base/memory.h"

#include <stdlib.h>

#define THUMB_LEAST 2 /* rows */
#define THUMB_MOST 4  /* times as large as a cell for each number */

/* ---- thumbnails ---- */

struct area map_thumb_size(const struct plan *p, const struct map_block *b, bool halves,
                           int rows, int columns)
{
    struct area none = {0};
    if (b->picture < 0)
        return none;
    const struct tensor *t = &p->stages[b->picture].shape;
    long heads = b->heads > 1 ? b->heads : 1;
    long down = t->size[t->rank - 2], across = t->size[t->rank - 1];
    int high = halves ? 2 : 1;
    int wide = between(columns / heads - 1, 0, 1000);
    int room_rows = rows * high;
    if (wide < 3 || rows < THUMB_LEAST || down < 1 || across < 1)
        return none;
    int times = between(wide / across, 0, between(room_rows / down, 0, THUMB_MOST));
    struct area size = {0, 0, (int)(down * times + high - 1) / high,
                        (int)across * times};
    if (times == 0)
        size = (struct area){0, 0, between((down + high - 1) / high, 1, rows),
                             between(across, 1, wide)};
    return size;
}

/* ---- lines ---- */

/* Blocks of one layer and column follow each other. */
static bool same_layer(const struct map_block *a, const struct map_block *b)
{
    return a->column == b->column && a->place.layer >= 0 &&
           a->place.layer == b->place.layer && a->place.stack == b->place.stack;
}

static void add_line(struct map_layout *l, struct map_line line)
{
    line.rows = line.rows ? line.rows : 1;
    l->lines = mem_grow(l->lines, l->count, &l->capacity, sizeof *l->lines);
    l->lines[l->count++] = line;
}

static int last_of_layer(const struct model_map *m, int block)
{
    int last = block;
    for (int i = block; i < (int)m->count; i++)
        if (same_layer(&m->blocks[i], &m->blocks[block]))
            last = i;
    return last;
}

static void add_layer(struct map_layout *l, const struct model_map *m, int first,
                      bool open)
{
    int column = m->blocks[first].column, last = last_of_layer(m, first);
    struct map_line line = {MAP_LINE_FOLDED, column, last, first};
    if (!open) {
        add_line(l, line);
        return;
    }
    line.kind = MAP_LINE_BOTTOM;
    add_line(l, line);
    for (int i = first; i <= last; i++)
        if (same_layer(&m->blocks[i], &m->blocks[first]))
            add_line(l, (struct map_line){MAP_LINE_BLOCK, column, i, i, true});
    line.kind = MAP_LINE_TOP;
    add_line(l, line);
}

/* Which layers are open: all, or one of each column. */
struct opened {
    bool all, column[2];
    int layer;
};

static bool is_open(const struct opened *o, const struct map_block *b)
{
    return o->all || (o->column[b->column] && b->place.layer == o->layer);
}

/* A column from the bottom up. */
static void add_column(struct map_layout *l, const struct model_map *m, int column,
                       const struct opened *o)
{
    int seen = -1; /* the last block of the layer that was added */
    for (int i = 0; i < (int)m->count; i++) {
        const struct map_block *b = &m->blocks[i];
        if (b->column != column || i <= seen)
            continue;
        if (b->kind == MAP_INPUT)
            add_line(l, (struct map_line){MAP_LINE_PIECES, column, i, i});
        if (b->place.layer < 0) {
            add_line(l, (struct map_line){MAP_LINE_BLOCK, column, i, i});
            continue;
        }
        add_layer(l, m, i, is_open(o, b));
        seen = last_of_layer(m, i);
    }
}

static int column_rows(const struct map_layout *l, int column)
{
    int rows = 0;
    for (size_t i = 0; i < l->count; i++)
        rows += l->lines[i].column == column ? l->lines[i].rows : 0;
    return rows;
}

static int rows_of(const struct map_layout *l)
{
    int a = column_rows(l, 0), b = column_rows(l, 1);
    return a > b ? a : b;
}

static int try(struct map_layout *l, const struct model_map *m, const struct opened *o)
{
    l->count = 0;
    for (int column = 0; column < m->columns; column++)
        add_column(l, m, column, o);
    return rows_of(l);
}

/* The layer of a block, or that which is the nearest to it in its column; -1 for none. */
static int nearest_layer(const struct model_map *m, int chosen)
{
    const struct map_block *b = &m->blocks[chosen];
    int layer = b->place.layer;
    for (int i = 0; i < (int)m->count && b->place.layer < 0; i++)
        if (m->blocks[i].column == b->column && m->blocks[i].place.layer >= 0 &&
            (layer < 0 || i < chosen))
            layer = m->blocks[i].place.layer;
    return layer;
}

/* As many layers open as there is room for; that of the chosen block at any rate. */
static void unfold(struct map_layout *l, const struct model_map *m, int chosen, int rows)
{
    const struct map_block *b = &m->blocks[chosen];
    struct opened all = {.all = true}, none = {.layer = nearest_layer(m, chosen)};
    struct opened both = none, one = none;
    both.column[0] = both.column[1] = one.column[b->column] = true;
    if (try(l, m, &all) > rows && try(l, m, &both) > rows && try(l, m, &one) > rows &&
        b->place.layer < 0)
        try(l, m, &none);
}

/* ---- room that is left ---- */

/* A block that has pictures: weights of attention, or else another matrix. */
static bool is_pictured(const struct model_map *m, const struct map_line *line,
                        int column, bool attention)
{
    const struct map_block *b = &m->blocks[line->block];
    return line->column == column && line->kind == MAP_LINE_BLOCK && b->picture >= 0 &&
           (b->weights >= 0) == attention;
}

/* Rows of residual and norm around the names of a column's blocks. */
static int rows_around(const struct map_layout *l, const struct model_map *m, int column)
{
    int n = 0;
    for (size_t i = 0; i < l->count; i++) {
        const struct map_block *b = &m->blocks[l->lines[i].block];
        if (l->lines[i].column == column && l->lines[i].kind == MAP_LINE_BLOCK)
            n += (b->residual || b->norm_after) + b->norm_before;
    }
    return n;
}

/* Residual and norm as rows of their own, where all of them have room. */
static void add_around(struct map_layout *l, const struct model_map *m, int rows)
{
    for (int column = 0; column < m->columns; column++)
        if (column_rows(l, column) + rows_around(l, m, column) > rows)
            return;
    for (size_t i = 0; i < l->count; i++) {
        struct map_line *line = &l->lines[i];
        const struct map_block *b = &m->blocks[line->block];
        if (line->kind != MAP_LINE_BLOCK)
            continue;
        line->above = b->residual || b->norm_after;
        line->below = b->norm_before;
        line->rows += line->above + line->below;
    }
}

/* The rows that each picture of a column may take. */
static int picture_rows(const struct map_layout *l, const struct model_map *m, int column,
                        bool attention, int rows)
{
    int blocks = 0;
    for (size_t i = 0; i < l->count; i++)
        blocks += is_pictured(m, &l->lines[i], column, attention);
    return blocks ? (rows - column_rows(l, column)) / blocks : THUMB_LEAST;
}

/* Pictures under the names of blocks, where all of them have room. */
static void add_pictures(struct map_layout *l, const struct model_map *m,
                         const struct plan *p, bool attention, bool halves, int rows)
{
    int room[2] = {0, 0};
    for (int column = 0; column < m->columns; column++) {
        room[column] = picture_rows(l, m, column, attention, rows);
        if (room[column] < THUMB_LEAST)
            return;
    }
    for (size_t i = 0; i < l->count; i++) {
        struct map_line *line = &l->lines[i];
        int columns = l->columns[line->column].columns - 4; /* the edges, a margin */
        if (is_pictured(m, line, line->column, attention))
            line->rows += map_thumb_size(p, &m->blocks[line->block], halves,
                                         room[line->column], columns).rows;
    }
}

/* What the prediction is, above it. */
static void add_answer(struct map_layout *l, const struct model_map *m)
{
    for (size_t i = 0; i < l->count; i++) {
        struct map_line line = l->lines[i];
        if (line.kind != MAP_LINE_BLOCK || m->blocks[line.block].kind != MAP_OUTPUT)
            continue;
        line.kind = MAP_LINE_ANSWER;
        add_line(l, line);
        for (size_t k = l->count - 1; k > i + 1; k--)
            l->lines[k] = l->lines[k - 1];
        l->lines[i + 1] = line;
        return;
    }
}

/* From the bottom of each column up, then moved so that the chosen block is seen. */
static void place_lines(struct map_layout *l, const struct model_map *m, int chosen,
                        int rows)
{
    int end[2] = {rows > l->rows ? rows : l->rows, rows > l->rows ? rows : l->rows};
    for (size_t i = 0; i < l->count; i++) {
        struct map_line *line = &l->lines[i];
        end[line->column] -= line->rows;
        line->row = end[line->column];
    }
    const struct map_line *at = map_layout_line(l, m, chosen);
    long first = at ? scroll_first(at->row, rows, l->rows > rows ? l->rows : rows) : 0;
    for (size_t i = 0; i < l->count; i++)
        l->lines[i].row -= (int)first;
    l->above = first > 0;
    l->below = l->rows > rows + first;
}

static void share_columns(struct map_layout *l, const struct model_map *m, struct area a)
{
    int gap = m->columns == 1 ? 0 : a.columns >= 110  ? 14
              : a.columns >= 76 ? 8
              : a.columns >= 56 ? 5
                                : 4;
    int width = (a.columns - gap) / m->columns;
    l->columns[0] = area_part(a, 0, 0, a.rows, width);
    l->gap = area_part(a, 0, width, a.rows, gap);
    l->columns[1] = area_part(a, 0, width + gap, a.rows, width);
}

struct map_layout map_layout_of(const struct model_map *m, const struct plan *p,
                                int chosen, bool halves, struct area a)
{
    struct map_layout l = {0};
    share_columns(&l, m, a);
    unfold(&l, m, chosen, a.rows);
    if (rows_of(&l) < a.rows)
        add_answer(&l, m);
    add_around(&l, m, a.rows);
    add_pictures(&l, m, p, true, halves, a.rows);
    add_pictures(&l, m, p, false, halves, a.rows);
    l.rows = rows_of(&l);
    place_lines(&l, m, chosen, a.rows);
    return l;
}

void map_layout_free(struct map_layout *l)
{
    free(l->lines);
    *l = (struct map_layout){0};
}

const struct map_line *map_layout_line(const struct map_layout *l,
                                       const struct model_map *m, int block)
{
    const struct map_line *found = NULL;
    for (size_t i = 0; i < l->count; i++) {
        const struct map_line *line = &l->lines[i];
        if (line->kind == MAP_LINE_BLOCK && line->block == block)
            return line;
        if (line->kind == MAP_LINE_FOLDED && line->from <= block &&
            same_layer(&m->blocks[line->from], &m->blocks[block]))
            found = line;
    }
    return found;
}
