#include "chart/dots.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>

struct dots dots_new(struct area a)
{
    size_t cells = (size_t)a.rows * (size_t)a.columns;
    return (struct dots){a, mem_zero(cells, 1), mem_zero(cells, sizeof(struct style)),
                         mem_zero(cells, 1)};
}

void dots_free(struct dots *d)
{
    free(d->on);
    free(d->styles);
    free(d->letters);
}

void dots_point(struct dots *d, double x, double y, struct style s, char letter)
{
    static const unsigned char bits[4][2] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};
    if (!(x >= 0 && y >= 0 && x < 2 * d->area.columns && y < 4 * d->area.rows))
        return;
    int column = (int)x, row = (int)y, i = row / 4 * d->area.columns + column / 2;
    d->on[i] |= bits[row % 4][column % 2];
    d->styles[i] = s;
    d->letters[i] = letter;
}

void dots_line(struct dots *d, double x0, double y0, double x1, double y1, struct style s,
               char letter)
{
    double length = fmax(fabs(x1 - x0), fabs(y1 - y0));
    int steps = (int)fmin(20000, ceil(length));
    for (int i = 0; i <= steps; i++) {
        double t = steps ? (double)i / steps : 0;
        dots_point(d, round(x0 + t * (x1 - x0)), round(y0 + t * (y1 - y0)), s,
                   letter);
    }
}

void dots_draw(const struct dots *d, struct canvas *c)
{
    for (int i = 0; i < d->area.rows * d->area.columns; i++) {
        char text[5] = {d->letters[i]};
        if (!d->on[i])
            continue;
        if (!c->ascii)
            utf8_encode(0x2800u + d->on[i], text);
        canvas_text(c, d->area, i / d->area.columns, i % d->area.columns, d->styles[i],
                    text);
    }
}
