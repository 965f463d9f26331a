#include "chart/bar.h"

#include "paint/theme.h"

#include <math.h>

/* A cell of which the left `eighths` are filled; the right ones with `reverse`. */
static void draw_eighths(int eighths, bool right, struct style s, struct canvas *c,
                         struct area a, int column)
{
    static const char *const blocks[] = {"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
    if (right && eighths < 8) {
        s.attributes ^= ATTRIBUTE_REVERSE;
        eighths = 8 - eighths;
    }
    canvas_text(c, a, 0, column, s, blocks[eighths - 1]);
}

void bar_draw(double lo, double hi, double value, struct canvas *c, struct area a)
{
    double unit = (a.columns - 1) / (hi - lo);
    int zero = (int)lround(-lo * unit), step = value < 0 ? -1 : 1;
    double full = isfinite(value) ? fmin(fabs(value) * unit, a.columns) : 0;
    int length = (int)lround(8 * full);
    struct style s = theme_style(c, value < 0 ? LOOK_WARNING : LOOK_FORMULA);
    if (c->ascii) /* whole cells */
        length = (length + 4) / 8 * 8;
    if (step < 0 || !length)
        canvas_text(c, a, 0, zero, theme_style(c, LOOK_BORDER), "▏");
    int column = step < 0 ? zero - 1 : zero;
    for (; length > 0; length -= 8, column += step)
        draw_eighths(length < 8 ? length : 8, step < 0, s, c, a, column);
}
