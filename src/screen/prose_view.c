#include "screen/prose_view.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct glyph {
    char text[CELL_BYTES];
    int width;
    enum look look;
};

struct row {
    size_t first, count; /* glyphs */
    int indent;
    char marker[CELL_BYTES];
    enum look look;
    bool cut;
};

struct prose_view {
    const struct canvas *canvas;
    int columns;
    struct glyph *glyphs;
    size_t count, capacity, begin; /* `begin`: of the paragraph being written */
    struct row *rows;
    size_t row_count, row_capacity;
};

struct prose_view *prose_view_new(const struct canvas *c, int columns)
{
    struct prose_view *v = mem_zero(1, sizeof *v);
    v->canvas = c;
    v->columns = columns < 4 ? 4 : columns;
    return v;
}

void prose_view_free(struct prose_view *v)
{
    free(v->glyphs);
    free(v->rows);
    free(v);
}

void prose_view_add(struct prose_view *v, enum look look, const char *text)
{
    int width;
    for (size_t n; (n = text_cluster(text, &width)) > 0; text += n) {
        v->glyphs = mem_grow(v->glyphs, v->count, &v->capacity, sizeof *v->glyphs);
        struct glyph *g = &v->glyphs[v->count++];
        bool fits = n < CELL_BYTES;
        snprintf(g->text, sizeof g->text, "%.*s", fits ? (int)n : 3,
                 fits ? text : "\xef\xbf\xbd");
        g->look = look;
        g->width = *text == '\n' ? 0 : canvas_width(v->canvas, g->text);
    }
}

static void add_row(struct prose_view *v, size_t first, size_t end,
                    const struct prose_shape *s, bool first_row, bool cut)
{
    v->rows = mem_grow(v->rows, v->row_count, &v->row_capacity, sizeof *v->rows);
    struct row *r = &v->rows[v->row_count++];
    *r = (struct row){first, end - first, s->indent, "", s->look, cut};
    if (s->marker && (first_row || s->bar))
        strncat(r->marker, s->marker, CELL_BYTES - 1);
}

static bool is_space(const struct glyph *g)
{
    return g->text[0] == ' ' && !g->text[1];
}

static bool is_newline(const struct glyph *g)
{
    return g->text[0] == '\n';
}

/* Where the row that begins at `first` ends: at a newline, else behind the last word that
 * fits, else in the middle of a word that is too long alone. */
static size_t row_end(const struct prose_view *v, size_t first, int room)
{
    int width = 0;
    size_t space = 0;
    for (size_t i = first; i < v->count; i++) {
        if (is_newline(&v->glyphs[i]))
            return i;
        width += v->glyphs[i].width;
        if (is_space(&v->glyphs[i]))
            space = i;
        if (width > room && !is_space(&v->glyphs[i]))
            return space > first ? space : i > first ? i : i + 1;
    }
    return v->count;
}

/* A verbatim row goes to its newline, and is cut where the room ends. */
static size_t verbatim_end(const struct prose_view *v, size_t first, int room, bool *cut,
                           size_t *next)
{
    int width = 0;
    size_t end = first, i = first;
    for (; i < v->count && !is_newline(&v->glyphs[i]); i++) {
        width += v->glyphs[i].width;
        if (width <= room)
            end = i + 1;
    }
    *cut = end < i;
    if (*cut && end > first) /* room for the "…" */
        end--;
    *next = i;
    return end;
}

void prose_view_end(struct prose_view *v, const struct prose_shape *s)
{
    int room = v->columns - s->indent;
    room = room < 4 ? 4 : room;
    if (s->gap && v->row_count)
        add_row(v, v->begin, v->begin, &(struct prose_shape){0}, false, false);
    size_t at = v->begin;
    bool first = true;
    while (at < v->count) {
        bool cut = false;
        size_t next = at, end;
        if (s->verbatim)
            end = verbatim_end(v, at, room, &cut, &next);
        else
            next = end = row_end(v, at, room);
        add_row(v, at, end, s, first, cut);
        first = false;
        at = next;
        if (at < v->count && (is_newline(&v->glyphs[at]) || is_space(&v->glyphs[at])))
            at++;
    }
    v->begin = v->count;
}

int prose_view_rows(const struct prose_view *v)
{
    return (int)v->row_count;
}

static void draw_row(const struct prose_view *v, const struct row *r, struct canvas *c,
                     struct area a, int row)
{
    int column = r->indent;
    if (*r->marker)
        canvas_text(c, a, row, r->indent - canvas_width(c, r->marker) - 1,
                    theme_style(c, r->look), r->marker);
    for (size_t i = r->first; i < r->first + r->count; i++) {
        const struct glyph *g = &v->glyphs[i];
        canvas_text(c, a, row, column, theme_style(c, g->look), g->text);
        column += g->width;
    }
    if (r->cut)
        canvas_text(c, a, row, column, theme_style(c, LOOK_DIM), "…");
}

void prose_view_draw(const struct prose_view *v, struct canvas *c, struct area a,
                     int first)
{
    for (int row = 0; row < a.rows; row++)
        if (first + row >= 0 && first + row < (int)v->row_count)
            draw_row(v, &v->rows[first + row], c, a, row);
}
