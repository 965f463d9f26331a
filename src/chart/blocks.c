#include "chart/blocks.h"

#include "base/bounds.h"

#include <math.h>

bool blocks_are_halves(const struct canvas *c)
{
    return !c->ascii && c->theme && !theme_is_mono(c->theme);
}

/* The places into which the matrix is put. */
struct raster {
    const struct chart *chart;
    long rows, columns;
    struct colormap_range range[2]; /* of the row that is drawn, and of the one below */
};

/* Of the numbers that share a place the one furthest from zero; what is not finite only
 * where nothing else is. NaN below the last row. */
static double raster_value(const struct raster *r, long y, long x)
{
    const struct sheet *s = &r->chart->sheet;
    double found = NAN;
    if (y >= r->rows)
        return NAN;
    long bottom = ((y + 1) * s->rows + r->rows - 1) / r->rows;
    long right = ((x + 1) * s->columns + r->columns - 1) / r->columns;
    for (long row = y * s->rows / r->rows; row < bottom; row++)
        for (long column = x * s->columns / r->columns; column < right; column++) {
            double value = chart_cell(r->chart, row, column);
            bool more = isfinite(value) && !(fabs(value) <= fabs(found));
            if (more || (isnan(found) && !isnan(value)))
                found = value;
        }
    return found;
}

static void draw_half(const struct raster *r, struct canvas *c, struct area a, long y,
                      long x)
{
    struct style style = theme_heat(c, r->range[1], raster_value(r, 2 * y + 1, x));
    style.fg = theme_heat(c, r->range[0], raster_value(r, 2 * y, x)).bg;
    style.attributes = 0;
    if (2 * y + 1 >= r->rows) /* no number */
        style.bg = theme_style(c, LOOK_TEXT).bg;
    canvas_text(c, a, (int)y, (int)x, style, "▀");
}

static void draw_letter(const struct raster *r, struct canvas *c, struct area a, long y,
                        long x)
{
    static const char letters[] = ".:-=+*#%@";
    double value = raster_value(r, y, x), place = colormap_place(r->range[0], value);
    double part = r->range[0].diverging ? fabs(2 * place - 1) : place;
    char text[2] = " ";
    if (isfinite(value))
        text[0] = letters[(int)fmin(8, part * 9)];
    canvas_text(c, a, (int)y, (int)x, theme_style(c, LOOK_NUMBER), text);
}

void blocks_draw(const struct chart *v, struct canvas *c, struct area a)
{
    bool halves = blocks_are_halves(c);
    long rows = a.rows * (halves ? 2L : 1L);
    long high = v->sheet.rows, wide = v->sheet.columns;
    if (area_is_empty(a) || high < 1 || wide < 1)
        return;
    long times = least(rows / high, a.columns / wide);
    struct raster r = {v, least(rows, high), least(a.columns, wide)};
    if (times > 1) {
        r.rows = times * high;
        r.columns = times * wide;
    }
    r.range[0] = r.range[1] = chart_range(v, v->at.row);
    for (long y = 0; y < (halves ? (r.rows + 1) / 2 : r.rows); y++) {
        for (int k = 0; k < 2 && v->range_by == RANGE_BY_ROW; k++)
            r.range[k] =
                chart_range(v, least(halves ? 2 * y + k : y, r.rows - 1) * high / r.rows);
        for (long x = 0; x < r.columns; x++)
            (halves ? draw_half : draw_letter)(&r, c, a, y, x);
    }
}
