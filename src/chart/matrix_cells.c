#include "chart/matrix_cells.h"

#include "base/bounds.h"
#include "base/memory.h"
#include "base/say.h"
#include "study/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- labels ---- */

static char *column_label(const struct chart *v, long column)
{
    return label_text(v->sheet.column_labels, column, 0, false, false);
}

/* The widest of the first rows or columns: enough for any sentence, and quick for a
 * vocabulary. */
static int widest(const struct chart *v, const struct canvas *c, long count,
                  char *(*label)(const struct chart *, long))
{
    int width = 0;
    for (long i = 0; i < count && i < 200; i++) {
        char *text = label(v, i);
        width = most(width, canvas_width(c, text));
        free(text);
    }
    return width;
}

/* ---- numbers ---- */

static int digits_of(int zoom)
{
    return zoom <= CHART_ZOOM_PLAIN ? 2 : 2 * zoom;
}

/* A matrix of which nothing could be seen in so many decimals has exponents. */
static int matrix_digits(const struct chart *v, int digits)
{
    return render_digits(fmax(fabs(v->range.lo), fabs(v->range.hi)), digits);
}

static void number_text(const struct chart *v, double value,
                        char out[RENDER_NUMBER])
{
    if (v->sheet.values == VALUES_IDS)
        snprintf(out, RENDER_NUMBER, "%.0f", value);
    else
        render_number(value, matrix_digits(v, digits_of(v->zoom)), out);
}

/* What is less than half of the last decimal says nothing but that. */
static bool is_quiet(const struct chart *v, double value)
{
    int digits = matrix_digits(v, digits_of(v->zoom));
    return v->quiet && v->sheet.values != VALUES_IDS && digits > 0 &&
           fabs(value) < 0.5 * pow(10, -digits);
}

#define LONGEST 9999999.0 /* numbers above have an exponent, and are shorter */

static int number_width(const struct chart *v)
{
    char low[RENDER_NUMBER], high[RENDER_NUMBER];
    if (v->sheet.values == VALUES_IDS)
        return 6;
    number_text(v, v->range.lo, low);
    number_text(v, v->range.hi, high);
    int width = most((int)strlen(low), (int)strlen(high));
    if (fmax(fabs(v->range.lo), fabs(v->range.hi)) < LONGEST)
        return width;
    number_text(v, v->range.lo < 0 ? -LONGEST : LONGEST, low);
    return most(width, (int)strlen(low));
}

/* Colours alone, where there are colours; in the monochrome scheme a sign and tenths. */
static bool is_blocks(const struct chart *v)
{
    return v->zoom == 0 && v->sheet.values != VALUES_IDS;
}

/* ---- layout ---- */

/* Cells take the room that their labels want, when all of them fit then. */
static int cell_width(const struct chart *v, const struct canvas *c, int room)
{
    long columns = v->sheet.columns;
    if (is_blocks(v)) /* at most as wide as three rows are high */
        return v->wide ? most(2, (int)fmin(6, room / columns)) : 2;
    int width = number_width(v) + 2;
    if (v->sheet.column_labels && columns < 200) {
        int wanted = least(widest(v, c, columns, column_label) + 2, 14);
        if (wanted * columns > room)
            wanted = least(wanted, 8); /* it scrolls anyway: show what labels say */
        width = most(width, wanted);
    }
    if (c->theme && theme_is_spacious(c->theme) && (width + 2) * columns <= room)
        width += 2;
    if (v->tight && width * columns > room)
        width = number_width(v) + 1;
    return most(width, v->cell_least);
}

static int label_width(const struct chart *v, const struct canvas *c, int columns)
{
    if (v->unlabelled)
        return 0;
    int title = v->tight ? 0 : canvas_width(c, chart_row_title(v)) + 3;
    int width = most(widest(v, c, v->sheet.rows, chart_row_label), title);
    int limit = most(v->bare ? columns / 2 : columns / 3, 8);
    return least(width, limit) + 1;
}

static long clamp_seen(long seen, long count)
{
    return seen < 1 ? 1 : seen > count ? count : seen;
}

struct matrix_layout matrix_layout(const struct chart *v, const struct canvas *c,
                                   struct area a)
{
    struct matrix_layout l = {.cell_rows = 1};
    bool titled = !v->bare && *chart_column_title(v);
    l.head_rows = a.rows >= 4 && titled ? 2 : a.rows >= 2 ? 1 : 0;
    bool room_below = a.rows >= 5 || a.rows > l.head_rows + v->sheet.rows;
    l.foot_rows = room_below && !v->bare ? 1 : 0;
    l.label_width = label_width(v, c, a.columns);
    int room = most(a.columns - l.label_width, 0);
    l.cell_width = cell_width(v, c, room);
    l.columns = clamp_seen(room / l.cell_width, v->sheet.columns);
    int height = a.rows - l.head_rows - l.foot_rows;
    if (c->theme && theme_is_spacious(c->theme) && 2 * v->sheet.rows <= height)
        l.cell_rows = 2;
    l.rows = clamp_seen(height / l.cell_rows, v->sheet.rows);
    l.first_row = scroll_first(v->at.row, l.rows, v->sheet.rows);
    l.first_column = scroll_first(v->at.column, l.columns, v->sheet.columns);
    return l;
}

int matrix_rows(const struct chart *v)
{
    return v->sheet.rows > 1000 ? 1000 : (int)v->sheet.rows + 3;
}

/* ---- drawing ---- */

static const char *arrow(bool there, const char *sign)
{
    return there ? sign : " ";
}

/* "token ↓ ▲▼": what the rows are, and where there are more. In little room without the
 * first arrow, then with less of the title. */
static void draw_corner(const struct chart *v, struct canvas *c, struct area a,
                        bool up, bool down)
{
    struct style axis = theme_style(c, LOOK_AXIS), dim = theme_style(c, LOOK_DIM);
    const char *title = chart_row_title(v);
    int used = canvas_width(c, title);
    if (*title && used + (up || down ? 5 : 2) <= a.columns) {
        canvas_text(c, a, 0, 0, axis, title);
        canvas_text(c, a, 0, used + 1, dim, "↓");
        if (up || down)
            canvas_textf(c, a, 0, used + 3, dim, "%s%s", arrow(up, "▲"),
                         arrow(down, "▼"));
        return;
    }
    int tail = up + down, room = a.columns - tail - (tail > 0);
    struct area left = area_part(a, 0, 0, 1, room);
    char *shown = used > room ? chart_short_title(title) : mem_string(title);
    if (tail && canvas_width(c, shown) == room + 1)
        left.columns++; /* rather no space before the sign than a cut word */
    canvas_field(c, left, 0, ALIGN_LEFT, axis, shown);
    free(shown);
    canvas_textf(c, a, 0, a.columns - tail, dim, "%s%s", up ? "▲" : "",
                 down ? "▼" : "");
}

static void draw_axes(const struct chart *v, const struct matrix_layout *l,
                      struct canvas *c, struct area a)
{
    struct style axis = theme_style(c, LOOK_AXIS), dim = theme_style(c, LOOK_DIM);
    const struct sheet *s = &v->sheet;
    bool up = l->first_row > 0, down = l->first_row + l->rows < s->rows;
    bool left = l->first_column > 0, right = l->first_column + l->columns < s->columns;
    int row = l->head_rows - 1;
    struct area corner = area_part(a, row, 0, 1, l->label_width);
    if (!v->unlabelled)
        draw_corner(v, c, corner, up, down);
    if (l->head_rows < 2)
        return;
    struct area top = area_part(a, 0, l->label_width, 1, a.columns - l->label_width);
    int end = canvas_text(c, top, 0, 1, axis, chart_column_title(v));
    end = canvas_text(c, top, 0, end + 1, dim, "→");
    if (left || right)
        canvas_textf(c, top, 0, end + 2, dim, "%s %ld-%ld / %ld %s", arrow(left, "◂"),
                     l->first_column + 1, l->first_column + l->columns, s->columns,
                     arrow(right, "▸"));
}

/* With colours alone there is room for two columns of text: the first letter of a token,
 * every fifth number. */
static void draw_narrow_label(const struct chart *v, struct canvas *c,
                              struct area cell, long column, struct style style)
{
    char *text = column_label(v, column);
    bool number = strspn(text, "0123456789") == strlen(text);
    if (v->sheet.column_labels && number && (int)strlen(text) > cell.columns)
        canvas_textf(c, cell, 0, 0, style, "%.*s%s", cell.columns - 1, text,
                     c->ascii ? "~" : "…");
    else if (v->sheet.column_labels)
        canvas_text(c, cell, 0, 0, style, label_without_mark(text));
    else if (column == 0 || (column + 1) % 5 == 0 || column == v->at.column)
        canvas_text(c, cell, 0, 0, style,
                    strlen(text) > 2 ? text + strlen(text) - 2 : text);
    free(text);
}

static void draw_column_labels(const struct chart *v, const struct matrix_layout *l,
                               struct canvas *c, struct area a)
{
    if (l->head_rows < 1)
        return;
    for (long i = 0; i < l->columns; i++) {
        long column = l->first_column + i;
        struct style style =
            theme_style(c, column == v->at.column ? LOOK_TOKEN_ON : LOOK_TOKEN);
        struct area cell =
            area_part(a, l->head_rows - 1, l->label_width + (int)i * l->cell_width, 1,
                      l->cell_width);
        if (is_blocks(v)) {
            draw_narrow_label(v, c, cell, column, style);
            continue;
        }
        char *text = column_label(v, column);
        bool narrow = l->cell_width == number_width(v) + 1;
        struct area inner = area_part(cell, 0, 1, 1, l->cell_width - (narrow ? 1 : 2));
        if (column == v->at.column)
            canvas_fill(c, cell, style);
        canvas_field(c, inner, 0, ALIGN_RIGHT, style, text);
        free(text);
    }
}

static void draw_row_label(const struct chart *v, const struct matrix_layout *l,
                           struct canvas *c, struct area line, long row)
{
    bool on = row == v->at.row;
    char *text = chart_row_label(v, row);
    struct style style = theme_style(c, on ? LOOK_TOKEN_ON : LOOK_TOKEN);
    enum align align = v->sheet.row_labels ? ALIGN_LEFT : ALIGN_RIGHT;
    canvas_field(c, area_part(line, 0, 0, 1, l->label_width - 1), 0, align, style, text);
    free(text);
}

/* A sign and the tenths of the range, for screens without colours. */
static void block_text(struct colormap_range range, double value, char out[3])
{
    double place = colormap_place(range, value);
    double part = range.diverging ? fabs(2 * place - 1) : place;
    int tenths = least((int)(part * 10), 9);
    out[0] = range.diverging && place < 0.5 ? '-' : ' ';
    out[1] = (char)('0' + tenths);
    out[2] = 0;
}

static void draw_hatch(struct canvas *c, struct area cell, struct style style)
{
    for (int row = 0; row < cell.rows; row++)
        for (int column = 0; column < cell.columns; column++)
            canvas_text(c, cell, row, column, style, c->ascii ? "/" : "░");
}

static void draw_block(struct canvas *c, struct area cell, struct colormap_range range,
                       struct style style, double value, bool on)
{
    char text[4] = "";
    if (!isfinite(value))
        draw_hatch(c, cell, style);
    if (c->theme && !theme_is_mono(c->theme))
        snprintf(text, sizeof text, "%s", on ? "[]" : "");
    else if (isfinite(value))
        block_text(range, value, text);
    canvas_text(c, cell, (cell.rows - 1) / 2, 0, style, text);
}

/* What is not finite is hatched, so that its colour alone does not tell it. */
static void draw_cell(const struct chart *v, struct canvas *c, struct area cell,
                      struct colormap_range range, double value, bool on)
{
    bool ids = v->sheet.values == VALUES_IDS;
    struct style style = ids ? theme_style(c, LOOK_NUMBER) : theme_heat(c, range, value);
    if (on && v->focused)
        style = theme_style(c, LOOK_CURSOR);
    canvas_fill(c, cell, style);
    if (is_blocks(v)) {
        draw_block(c, cell, range, style, value, on);
        return;
    }
    int row = (cell.rows - 1) / 2;
    char text[RENDER_NUMBER] = "·";
    if (!is_quiet(v, value))
        number_text(v, value, text);
    if (on)
        style.attributes |= ATTRIBUTE_BOLD;
    bool narrow = cell.columns == number_width(v) + 1; /* without room for brackets */
    if (on && narrow && !v->focused)
        style = theme_style(c, LOOK_CURSOR_QUIET);
    int end = cell.columns - !narrow;
    canvas_field(c, area_part(cell, row, 0, 1, end), 0, ALIGN_RIGHT, style, text);
    if (!isfinite(value)) {
        int room = end - 1 - canvas_width(c, text);
        draw_hatch(c, area_part(cell, row, 1, 1, room > 1 ? room - 1 : room), style);
    }
    if (on && !narrow) {
        canvas_text(c, cell, row, 0, style, "[");
        canvas_text(c, cell, row, cell.columns - 1, style, "]");
    }
}

static void draw_row(const struct chart *v, const struct matrix_layout *l,
                     struct canvas *c, struct area line, struct colormap_range range,
                     long row)
{
    if (!v->unlabelled)
        draw_row_label(v, l, c,
                       area_part(line, (l->cell_rows - 1) / 2, 0, 1, line.columns), row);
    for (long i = 0; i < l->columns; i++) {
        struct place at = {v->at.head, row, l->first_column + i};
        struct area cell = area_part(line, 0, l->label_width + (int)i * l->cell_width,
                                     l->cell_rows, l->cell_width);
        bool on = row == v->at.row && at.column == v->at.column;
        draw_cell(v, c, cell, range, tensor_get(v->values, sheet_cell(&v->sheet, at)),
                  on);
    }
}

int matrix_draw_range(const struct chart *v, struct canvas *c, struct area a)
{
    static const enum say names[RANGE_BY_COUNT] = {SAY_RANGE_MATRIX, SAY_RANGE_HEAD,
                                                   SAY_RANGE_ROW};
    struct colormap_range range = chart_range(v, v->at.row);
    struct style dim = theme_style(c, LOOK_DIM);
    char low[RENDER_NUMBER], high[RENDER_NUMBER];
    render_number(range.lo, matrix_digits(v, 2), low);
    render_number(range.hi, matrix_digits(v, 2), high);
    int end = canvas_textf(c, a, 0, 0, dim, "%s %s ", say(SAY_RANGE), low);
    int bar = c->theme && !theme_is_mono(c->theme) ? least(20, a.columns / 4) : 0;
    for (int i = 0; i < bar; i++) {
        double part = bar > 1 ? (double)i / (bar - 1) : 0;
        double value = range.lo + part * (range.hi - range.lo);
        canvas_text(c, a, 0, end++, theme_heat(c, range, value), " ");
    }
    if (!bar)
        end = canvas_text(c, a, 0, end, dim, "…");
    return canvas_textf(c, a, 0, end, dim, " %s (%s)", high,
                        say(names[sheet_range_by(&v->sheet, v->range_by)]));
}

static bool sees_quiet(const struct chart *v, const struct matrix_layout *l)
{
    for (long i = 0; v->quiet && !is_blocks(v) && i < l->rows; i++)
        for (long k = 0; k < l->columns; k++) {
            struct place at = {v->at.head, l->first_row + i, l->first_column + k};
            if (is_quiet(v, tensor_get(v->values, sheet_cell(&v->sheet, at))))
                return true;
        }
    return false;
}

/* "· under .005", where there is room. Returns the column behind it. */
static int draw_quiet_legend(const struct chart *v, struct canvas *c, struct area a,
                             int column)
{
    char number[RENDER_NUMBER];
    int digits = matrix_digits(v, digits_of(v->zoom));
    render_number(0.5 * pow(10, -digits), digits + 1, number);
    char *text = say_with(SAY_QUIET, number + 1);
    if (column + 2 + canvas_width(c, text) <= a.columns)
        column = canvas_text(c, a, 0, column + 2, theme_style(c, LOOK_DIM), text);
    free(text);
    return column;
}

/* The colour bar, and how much of the matrix is seen. */
static void draw_legend(const struct chart *v, const struct matrix_layout *l,
                        struct canvas *c, struct area a)
{
    struct style dim = theme_style(c, LOOK_DIM);
    const struct sheet *s = &v->sheet;
    int end = s->values != VALUES_IDS ? matrix_draw_range(v, c, a) : 0;
    if (sees_quiet(v, l))
        end = draw_quiet_legend(v, c, a, end);
    char seen[96];
    if (l->rows < s->rows)
        snprintf(seen, sizeof seen, "%s %ld-%ld / %ld", say(SAY_ROWS), l->first_row + 1,
                 l->first_row + l->rows, s->rows);
    else
        snprintf(seen, sizeof seen, "%ld × %ld", s->rows, s->columns);
    if (end + 2 + canvas_width(c, seen) <= a.columns)
        canvas_field(c, area_part(a, 0, end + 2, 1, a.columns - end - 2), 0, ALIGN_RIGHT,
                     dim, seen);
}

void matrix_draw(const struct chart *v, struct canvas *c, struct area a)
{
    if (area_is_empty(a))
        return;
    struct matrix_layout l = matrix_layout(v, c, a);
    draw_axes(v, &l, c, a);
    draw_column_labels(v, &l, c, a);
    struct colormap_range range = chart_range(v, v->at.row);
    for (long i = 0; i < l.rows; i++) {
        int top = l.head_rows + (int)i * l.cell_rows;
        long row = l.first_row + i;
        if (v->range_by == RANGE_BY_ROW)
            range = chart_range(v, row);
        draw_row(v, &l, c, area_part(a, top, 0, l.cell_rows, a.columns), range, row);
    }
    int bottom = l.head_rows + (int)l.rows * l.cell_rows;
    if (l.foot_rows)
        draw_legend(v, &l, c, area_part(a, bottom, 0, 1, a.columns));
}
