#include "paint/canvas.h"

#include "base/bounds.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Our own symbols and what stands for them where only ASCII can be drawn. */
static const struct symbol {
    const char *text, *ascii;
} symbols[] = {
    {"√", "sqrt"}, {"×", "x"},     {"·", "."},    {"→", "->"},    {"←", "<-"},
    {"↑", "^"},    {"↓", "v"},     {"↔", "<->"},  {"…", "..."},   {"Σ", "sum"},
    {"Δ", "d"},    {"−", "-"},     {"–", "-"},    {"—", "-"},     {"█", "#"},
    {"▓", "#"},    {"▒", "+"},     {"░", "."},    {"▁", "_"},     {"▸", ">"},
    {"▾", "v"},    {"◂", "<"},     {"●", "*"},    {"○", "o"},     {"■", "#"},
    {"□", "."},    {"▲", "^"},     {"▼", "v"},    {"✓", "ok"},    {"≤", "<="},
    {"≥", ">="},   {"≈", "~"},     {"∞", "inf"},  {"∈", "in"},    {"μ", "mean"},
    {"σ", "std"},  {"γ", "gamma"}, {"β", "beta"}, {"ε", "eps"},   {"ᵀ", "^T"},
    {"²", "^2"},   {"⁻", "^-"},    {"ₖ", "_k"},   {"α", "alpha"}, {"π", "pi"},
    {"‖", "||"},   {"“", "\""},    {"”", "\""},   {"‘", "'"},     {"’", "'"},
    {"⊙", "*"},    {"⋮", ":"},     {"⋯", "..."},  {"°", "deg"},   {"─", "-"},
    {"│", "|"},    {"┌", "+"},     {"┐", "+"},    {"└", "+"},     {"┘", "+"},
    {"├", "+"},    {"┤", "+"},     {"┬", "+"},    {"┴", "+"},     {"┼", "+"},
    {"━", "="},    {"┃", "|"},     {"═", "="},    {"║", "|"},     {"▌", "|"},
    {"▐", "|"},    {"▏", "|"},    {"◆", "+"},
};

static const char *symbol_ascii(const char *cluster, size_t length)
{
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        if (strlen(symbols[i].text) == length &&
            memcmp(symbols[i].text, cluster, length) == 0)
            return symbols[i].ascii;
    return NULL;
}

static bool is_plain(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p < 0x20 || *p > 0x7e)
            return false;
    return true;
}

/* Our symbols in ASCII; other characters stay, or with `all` become question marks. */
static char *to_ascii(const char *text, bool all)
{
    struct buffer b = {0};
    int width;
    for (size_t n; (n = text_cluster(text, &width)) > 0; text += n) {
        const char *ascii = symbol_ascii(text, n);
        if (ascii)
            buffer_add(&b, ascii);
        else if (!all)
            buffer_add_bytes(&b, text, n);
        else if ((unsigned char)*text < 0x80)
            buffer_add_bytes(&b, text, 1);
        else if (width > 0)
            buffer_add(&b, "?");
    }
    return buffer_take(&b);
}

/* The text as this canvas shows it. Caller frees. */
static char *prepare(const struct canvas *c, const char *text)
{
    char *clean = text_sanitize(text);
    if (c->romanize && text_has_hangul(clean)) {
        char *latin = text_romanize(clean);
        free(clean);
        clean = latin;
    }
    if (c->ascii) {
        char *ascii = to_ascii(clean, c->romanize);
        free(clean);
        clean = ascii;
    }
    return clean;
}

struct canvas *canvas_new(int rows, int columns)
{
    struct canvas *c = mem_zero(1, sizeof *c);
    canvas_resize(c, rows, columns);
    return c;
}

void canvas_free(struct canvas *c)
{
    if (!c)
        return;
    free(c->cells);
    free(c);
}

void canvas_resize(struct canvas *c, int rows, int columns)
{
    c->rows = rows > 0 ? rows : 1;
    c->columns = columns > 0 ? columns : 1;
    c->cells =
        mem_resize(c->cells, (size_t)c->rows * (size_t)c->columns, sizeof *c->cells);
    canvas_clear(c, (struct style){COLOR_DEFAULT, COLOR_DEFAULT, 0});
}

void canvas_clear(struct canvas *c, struct style style)
{
    struct cell blank = {.text = " ", .width = 1, .style = style};
    size_t count = (size_t)c->rows * (size_t)c->columns;
    for (size_t i = 0; i < count; i++)
        c->cells[i] = blank;
    c->cursor_visible = false;
    c->texts = 0;
}

struct area canvas_area(const struct canvas *c)
{
    return (struct area){0, 0, c->rows, c->columns};
}

const struct cell *canvas_cell(const struct canvas *c, int row, int column)
{
    return &c->cells[(size_t)row * (size_t)c->columns + (size_t)column];
}

static struct cell *cell_at(struct canvas *c, int row, int column)
{
    return &c->cells[(size_t)row * (size_t)c->columns + (size_t)column];
}

struct area area_part(struct area a, int row, int column, int rows, int columns)
{
    int top = most(row, 0), left = most(column, 0);
    int bottom = least(row + rows, a.rows), right = least(column + columns, a.columns);
    return (struct area){a.row + top, a.column + left, most(bottom - top, 0),
                         most(right - left, 0)};
}

struct area area_take(struct area *a, int rows)
{
    struct area top = area_part(*a, 0, 0, rows, a->columns);
    *a = area_part(*a, top.rows, 0, a->rows - top.rows, a->columns);
    return top;
}

struct area area_inset(struct area a, int rows, int columns)
{
    return area_part(a, rows, columns, a.rows - 2 * rows, a.columns - 2 * columns);
}

bool area_is_empty(struct area a)
{
    return a.rows <= 0 || a.columns <= 0;
}

/* The part of the area that lies on the canvas. */
static struct area visible(const struct canvas *c, struct area a)
{
    int top = most(a.row, 0), left = most(a.column, 0);
    int bottom = least(a.row + a.rows, c->rows);
    int right = least(a.column + a.columns, c->columns);
    return (struct area){top, left, most(bottom - top, 0), most(right - left, 0)};
}

static void set_space(struct cell *cell)
{
    memcpy(cell->text, " ", 2);
    cell->width = 1;
    cell->cut = cell->start = cell->end = false;
    cell->painted = 0;
}

/* What stands here now is painted over: the other half of a wide glyph becomes a space.
 */
static void release(struct canvas *c, int row, int column)
{
    struct cell *cell = cell_at(c, row, column);
    if (cell->width == 0 && column > 0)
        set_space(cell - 1);
    if (cell->width == 2 && column + 1 < c->columns)
        set_space(cell + 1);
    set_space(cell);
}

static void put_space(struct canvas *c, int row, int column, struct style style)
{
    release(c, row, column);
    cell_at(c, row, column)->style = style;
}

#define JOINER "\xe2\x80\x8d"

/* The bytes of a cluster that a cell takes: all of them, but for joiners at its end. 0
 * when they do not fit: the beginning of a cluster is another character. */
static size_t cell_fit(const char *cluster, size_t length)
{
    const size_t joiner = strlen(JOINER);
    while (length > joiner && memcmp(cluster + length - joiner, JOINER, joiner) == 0)
        length -= joiner;
    if (length >= CELL_BYTES)
        return 0;
    const char *s = cluster, *end = cluster + length;
    uint32_t code;
    int points = 0;
    for (size_t n; (n = utf8_decode(s, end, &code)) > 0; s += n)
        points++;
    return points <= CELL_POINTS ? length : 0;
}

#define LEAST_MARKED 6 /* columns of an area whose texts end with an ellipsis */

/* Writes the cluster into a cell of spaces, or one replacement for all of it. */
static void set_cluster(struct canvas *c, struct cell *cell, const char *cluster,
                        size_t length, int width)
{
    size_t fits = cell_fit(cluster, length);
    if (!fits) {
        cluster = c->ascii ? "?" : "\xef\xbf\xbd";
        fits = strlen(cluster);
        width = 1;
    }
    memcpy(cell->text, cluster, fits);
    cell->text[fits] = 0;
    cell->width = (unsigned char)width;
    cell->painted = c->texts;
    if (width == 2) {
        cell[1].text[0] = 0;
        cell[1].width = 0;
        cell[1].painted = c->texts;
    }
}

/* A mark without a width of its own is added to the cell before it. */
static void join(struct canvas *c, int row, int column, const char *mark, size_t length)
{
    struct cell *cell = cell_at(c, row, column);
    if (cell->width == 0 && column > 0)
        cell--, column--;
    struct buffer both = {0};
    int width = cell->width;
    buffer_add(&both, cell->text);
    buffer_add_bytes(&both, mark, length);
    release(c, row, column);
    set_cluster(c, cell, both.data, both.length, width);
    buffer_free(&both);
}

static void put_glyph(struct canvas *c, int row, int column, struct style style,
                      const char *cluster, size_t length, int width)
{
    put_space(c, row, column, style);
    if (width == 2)
        put_space(c, row, column + 1, style);
    set_cluster(c, cell_at(c, row, column), cluster, length, width);
}

/* The end of a row of text that did not fit: an ellipsis, but where it would take the
 * place of all that can be seen. */
static void mark_cut(struct canvas *c, struct area v, int row, struct style style)
{
    int last = v.column + v.columns - 1;
    const char *mark = c->ascii ? "~" : "…";
    if (v.columns < LEAST_MARKED)
        cell_at(c, row, last)->cut = true;
    else
        put_glyph(c, row, last, style, mark, strlen(mark), 1);
    cell_at(c, row, last)->end = true;
}

/* One cluster at an absolute place, clipped to `v`. */
static void place(struct canvas *c, struct area v, int row, int column,
                  struct style style, const char *cluster, size_t length, int width)
{
    int left = v.column, right = v.column + v.columns;
    if (width == 0) {
        if (column - 1 >= left && column - 1 < right)
            join(c, row, column - 1, cluster, length);
    } else if (column >= left && column + width <= right) {
        put_glyph(c, row, column, style, cluster, length, width);
    } else {
        for (int i = 0; i < width; i++)
            if (column + i >= left && column + i < right)
                put_space(c, row, column + i, style);
        if (column + width > right && *cluster != ' ')
            mark_cut(c, v, row, style);
    }
}

/* What of a text is painted. */
enum part { PART_START = 1, PART_END = 2, PART_ALL = 3 };

/* Notes where a text starts and ends, from the columns of its ends that are not blank. */
static void note_edges(struct canvas *c, struct area v, int row, int first, int last,
                       enum part part)
{
    int right = v.column + v.columns;
    if (part & PART_START && first >= v.column && first < right)
        cell_at(c, row, first)->start = true;
    if (part & PART_END && last >= v.column && last < right)
        cell_at(c, row, last)->end = true;
}

/* Text that is prepared already. */
static int put_text(struct canvas *c, struct area a, int row, int column,
                    struct style style, const char *text, size_t length, enum part part)
{
    struct area v = visible(c, a);
    int y = a.row + row, first = -1, last = -1, width;
    bool shown = y >= v.row && y < v.row + v.rows && v.columns > 0;
    const char *end = text + length;
    c->texts += part & PART_START;
    for (size_t n; text < end && (n = text_cluster(text, &width)) > 0; text += n) {
        int x = a.column + column;
        if (shown)
            place(c, v, y, x, style, text, n, width);
        if (*text != ' ' && width > 0) {
            first = first < v.column ? x : first;
            last = x;
        }
        column += width;
    }
    if (shown)
        note_edges(c, v, y, first, last, part);
    return column;
}

long scroll_first(long at, long seen, long count)
{
    long first = at - seen / 2;
    if (first > count - seen)
        first = count - seen;
    return first < 0 ? 0 : first;
}

static const char *ellipsis(const struct canvas *c, struct area a)
{
    return c->ascii ? (a.columns > 12 ? "..." : "~") : "…";
}

/* The column of an ellipsis at the end of the area. */
static int ellipsis_column(const struct canvas *c, struct area a)
{
    return most(a.columns - text_width(ellipsis(c, a)), 0);
}

/* The ellipsis behind what was painted of a text, or over its end for want of room. */
static void put_ellipsis(struct canvas *c, struct area a, int row, int column,
                         struct style style)
{
    const char *dots = ellipsis(c, a);
    column = least(column, ellipsis_column(c, a));
    put_text(c, a, row, column, style, dots, strlen(dots), PART_END);
}

int canvas_width(const struct canvas *c, const char *text)
{
    if (is_plain(text))
        return (int)strlen(text);
    char *ready = prepare(c, text);
    int width = text_width(ready);
    free(ready);
    return width;
}

int canvas_text(struct canvas *c, struct area a, int row, int column, struct style style,
                const char *text)
{
    if (is_plain(text))
        return put_text(c, a, row, column, style, text, strlen(text), PART_ALL);
    char *ready = prepare(c, text);
    column = put_text(c, a, row, column, style, ready, strlen(ready), PART_ALL);
    free(ready);
    return column;
}

int canvas_textf(struct canvas *c, struct area a, int row, int column, struct style style,
                 const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t size = (size_t)vsnprintf(NULL, 0, format, args) + 1;
    char *text = mem_alloc(size, 1);
    vsnprintf(text, size, format, again);
    va_end(again);
    va_end(args);
    column = canvas_text(c, a, row, column, style, text);
    free(text);
    return column;
}

void canvas_field(struct canvas *c, struct area a, int row, enum align align,
                  struct style style, const char *text)
{
    canvas_fill(c, area_part(a, row, 0, 1, a.columns), style);
    char *ready = prepare(c, text);
    int width = text_width(ready);
    if (width <= a.columns) {
        int spare = a.columns - width;
        int column = align == ALIGN_RIGHT ? spare : align == ALIGN_CENTER ? spare / 2 : 0;
        put_text(c, a, row, column, style, ready, strlen(ready), PART_ALL);
    } else {
        size_t fits = text_fit(ready, ellipsis_column(c, a));
        int column = put_text(c, a, row, 0, style, ready, fits, PART_START);
        put_ellipsis(c, a, row, column, style);
    }
    free(ready);
}

/* A space that carries a mark is a letter like others. */
static bool is_gap(const char *s)
{
    int width;
    return *s == ' ' && text_cluster(s, &width) == 1;
}

/* The bytes of `text` that stand on one row, and how many to skip to the next row. */
static size_t wrap_row(const char *text, int columns, size_t *skip)
{
    size_t line = strcspn(text, "\n");
    size_t fits = text_fit(text, columns);
    if (fits >= line) {
        *skip = line + (text[line] == '\n');
        return line;
    }
    size_t cut = fits;
    if (!is_gap(text + fits))
        while (cut > 0 && !is_gap(text + cut - 1))
            cut--;
    if (cut == 0) { /* one long word; at least one cluster, or we would never end */
        int width;
        cut = fits ? fits : text_cluster(text, &width);
    }
    size_t next = cut;
    while (is_gap(text + next))
        next++;
    *skip = next;
    while (cut > 0 && is_gap(text + cut - 1))
        cut--;
    return cut;
}

/* One of the rows; behind the last one of the area no `more` will be seen. */
static void put_row(struct canvas *c, struct area a, int row, struct style style,
                    const char *text, size_t length, bool more)
{
    bool cut = more && row == a.rows - 1;
    enum part part = cut ? PART_START : PART_ALL;
    int end = put_text(c, a, row, 0, style, text, length, part);
    if (cut)
        put_ellipsis(c, a, row, end, style);
}

/* text_sanitize turns newlines into spaces, so the lines are prepared one by one. */
static int wrap(struct canvas *paint, const struct canvas *c, struct area a, int row,
                struct style style, const char *text)
{
    int first = row;
    for (;;) {
        size_t length = strcspn(text, "\n");
        char *line = mem_bytes(text, length);
        char *ready = prepare(c, line);
        const char *s = ready;
        do {
            size_t skip, n = wrap_row(s, most(a.columns, 1), &skip);
            bool more = s[skip] || text[length + strspn(text + length, "\n ")];
            if (paint)
                put_row(paint, a, row, style, s, n, more);
            row++;
            s += skip;
        } while (*s);
        free(ready);
        free(line);
        if (!text[length])
            return row - first;
        text += length + 1;
    }
}

int canvas_wrap(struct canvas *c, struct area a, int row, struct style style,
                const char *text)
{
    return wrap(c, c, a, row, style, text);
}

int canvas_wrap_rows(const struct canvas *c, int columns, const char *text)
{
    struct style none = {0};
    return wrap(NULL, c, (struct area){0, 0, 1, columns}, 0, none, text);
}

void canvas_fill(struct canvas *c, struct area a, struct style style)
{
    struct area v = visible(c, a);
    for (int row = v.row; row < v.row + v.rows; row++)
        for (int column = v.column; column < v.column + v.columns; column++)
            put_space(c, row, column, style);
}

void canvas_hline(struct canvas *c, struct area a, int row, struct style style)
{
    for (int column = 0; column < a.columns; column++)
        canvas_text(c, a, row, column, style, "─");
}

void canvas_vline(struct canvas *c, struct area a, int column, struct style style)
{
    for (int row = 0; row < a.rows; row++)
        canvas_text(c, a, row, column, style, "│");
}

void canvas_box(struct canvas *c, struct area a, struct style style, const char *title)
{
    if (a.rows < 2 || a.columns < 2)
        return;
    struct area top = area_part(a, 0, 1, 1, a.columns - 2);
    struct area side = area_part(a, 1, 0, a.rows - 2, a.columns);
    canvas_hline(c, top, 0, style);
    canvas_hline(c, area_part(a, a.rows - 1, 1, 1, a.columns - 2), 0, style);
    canvas_vline(c, side, 0, style);
    canvas_vline(c, side, a.columns - 1, style);
    canvas_text(c, a, 0, 0, style, "┌");
    canvas_text(c, a, 0, a.columns - 1, style, "┐");
    canvas_text(c, a, a.rows - 1, 0, style, "└");
    canvas_text(c, a, a.rows - 1, a.columns - 1, style, "┘");
    if (title && a.columns > 6) {
        int width = least(canvas_width(c, title) + 2, a.columns - 4);
        canvas_field(c, area_part(a, 0, 2, 1, width), 0, ALIGN_CENTER, style, title);
    }
}

void canvas_cursor(struct canvas *c, struct area a, int row, int column)
{
    struct area v = visible(c, a);
    int y = a.row + row, x = a.column + column;
    c->cursor_visible =
        y >= v.row && y < v.row + v.rows && x >= v.column && x < v.column + v.columns;
    c->cursor_row = y;
    c->cursor_column = x;
}

char *canvas_dump(const struct canvas *c)
{
    struct buffer b = {0};
    for (int row = 0; row < c->rows; row++) {
        size_t end = b.length;
        for (int column = 0; column < c->columns; column++) {
            const struct cell *cell = canvas_cell(c, row, column);
            buffer_add(&b, cell->text);
            if (strcmp(cell->text, " ") != 0)
                end = b.length;
        }
        if (b.data) {
            b.length = end;
            b.data[end] = 0;
        }
        buffer_add(&b, "\n");
    }
    return buffer_take(&b);
}
