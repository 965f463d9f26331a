#include "paint/box.h"

#include <math.h>

/* The weight of the four arms of U+2500 … U+257F as "up right down left": 0 none, 1
 * light, 2 heavy, 3 double. Dashes, arcs and diagonals have none and are drawn apart. */
static const char arms[] =
    "0101 0202 1010 2020 0000 0000 0000 0000 0000 0000 0000 0000 0110 0210 0120 0220 "
    "0011 0012 0021 0022 1100 1200 2100 2200 1001 1002 2001 2002 1110 1210 2110 1120 "
    "2120 2210 1220 2220 1011 1012 2011 1021 2021 2012 1022 2022 0111 0112 0211 0212 "
    "0121 0122 0221 0222 1101 1102 1201 1202 2101 2102 2201 2202 1111 1112 1211 1212 "
    "2111 1121 2121 2112 2211 1122 1221 2212 1222 2122 2221 2222 0000 0000 0000 0000 "
    "0303 3030 0310 0130 0330 0013 0031 0033 1300 3100 3300 1003 3001 3003 1310 3130 "
    "3330 1013 3031 3033 0313 0131 0333 1303 3101 3303 1313 3131 3333 0000 0000 0000 "
    "0000 0000 0000 0000 0001 1000 0100 0010 0002 2000 0200 0020 0201 1020 0102 2010 ";

struct box {
    double width, height, line;
    struct box_part *parts;
    int count;
};

static void add(struct box *b, struct box_part part)
{
    if (b->count < BOX_MAX_PARTS)
        b->parts[b->count++] = part;
}

static void add_fill(struct box *b, double x0, double y0, double x1, double y1)
{
    add(b, (struct box_part){BOX_FILL, x0, y0, x1, y1, 0, 1});
}

/* Half of the thickness of an arm: a double one is two lines with a gap between. */
static double half(const struct box *b, char weight)
{
    double lines = weight == '1' ? 1 : weight == '2' ? 2 : weight == '3' ? 3 : 0;
    return lines * b->line / 2;
}

/* A bar across the cell's middle line, from `from` to `to` along the axis. */
static void add_bar(struct box *b, bool vertical, double from, double to, double offset,
                    double thickness)
{
    double middle = (vertical ? b->width : b->height) / 2 + offset;
    double lo = middle - thickness / 2, hi = middle + thickness / 2;
    if (vertical)
        add_fill(b, lo, from, hi, to);
    else
        add_fill(b, from, lo, to, hi);
}

/* How far a line of a double arm reaches beyond the middle. `side` is the arm across on
 * the line's own side, `across` the one on the other side, `ahead` the arm opposite. */
static double double_reach(const struct box *b, char side, char across, char ahead)
{
    double l = b->line;
    if (side == '3')
        return -l / 2; /* the inner corner */
    if (ahead != '0')
        return 0; /* runs through */
    if (across == '3')
        return 3 * l / 2; /* the outer corner */
    return side != '0' || across != '0' ? l / 2 : 0;
}

/* One arm. `low` and `high` are the arms across it, at the smaller and the larger
 * coordinate of the other axis; `ahead` is the arm opposite. */
static void add_arm(struct box *b, bool vertical, bool first, char weight, char low,
                    char high, char ahead)
{
    if (weight == '0')
        return;
    double length = vertical ? b->height : b->width, middle = length / 2;
    double l = b->line;
    if (weight != '3') {
        /* A single arm reaches under the arms across it, and stops at the near line of
         * a double one that runs through. */
        double reach = fmax(half(b, low), half(b, high));
        if (low == '3' && high == '3')
            reach = ahead == '0' ? -l / 2 : l / 2;
        double end = first ? middle + reach : middle - reach;
        double thickness = 2 * half(b, weight);
        add_bar(b, vertical, first ? 0 : end, first ? end : length, 0, thickness);
        return;
    }
    for (int s = -1; s <= 1; s += 2) {
        double reach = s < 0 ? double_reach(b, low, high, ahead)
                             : double_reach(b, high, low, ahead);
        double end = first ? middle + reach : middle - reach;
        add_bar(b, vertical, first ? 0 : end, first ? end : length, s * l, l);
    }
}

/* ┄ to ┋ and ╌ to ╏: `count` dashes with even gaps. */
static void add_dashes(struct box *b, bool vertical, int count, double thickness)
{
    double step = (vertical ? b->height : b->width) / count;
    for (int i = 0; i < count; i++)
        add_bar(b, vertical, (i + 0.2) * step, (i + 0.8) * step, 0, thickness);
}

static void add_stroke(struct box *b, enum box_form form, double x0, double y0, double x1,
                       double y1)
{
    add(b, (struct box_part){form, x0, y0, x1, y1, b->line, 1});
}

/* ╭ ╮ ╯ ╰: from the middle of the lower or upper side to that of the right or left. */
static void add_arc(struct box *b, bool down, bool right)
{
    add_stroke(b, BOX_ARC, b->width / 2, down ? b->height : 0, right ? b->width : 0,
               b->height / 2);
}

static void add_diagonals(struct box *b, bool rising, bool falling)
{
    if (rising)
        add_stroke(b, BOX_STROKE, 0, b->height, b->width, 0);
    if (falling)
        add_stroke(b, BOX_STROKE, 0, 0, b->width, b->height);
}

static void add_lines(struct box *b, uint32_t code)
{
    const char *a = arms + 5 * (code - 0x2500);
    if (code >= 0x2504 && code <= 0x250b)
        add_dashes(b, (code >> 1) & 1, code < 0x2508 ? 3 : 4, b->line * (1 + (code & 1)));
    else if (code >= 0x254c && code <= 0x254f)
        add_dashes(b, code >= 0x254e, 2, b->line * (1 + (code & 1)));
    else if (code >= 0x256d && code <= 0x2570)
        add_arc(b, code <= 0x256e, code == 0x256d || code == 0x2570);
    else if (code >= 0x2571 && code <= 0x2573)
        add_diagonals(b, code != 0x2572, code != 0x2571);
    else {
        add_arm(b, true, true, a[0], a[3], a[1], a[2]);
        add_arm(b, true, false, a[2], a[3], a[1], a[0]);
        add_arm(b, false, true, a[3], a[0], a[2], a[1]);
        add_arm(b, false, false, a[1], a[0], a[2], a[3]);
    }
}

/* ▖ to ▟: which quarters are filled, as bits: 1 upper left, 2 upper right, 4 lower left,
 * 8 lower right. */
static const unsigned char quarters[] = {4, 8, 1, 13, 9, 7, 11, 2, 6, 14};

static void add_quarters(struct box *b, unsigned bits)
{
    for (int i = 0; i < 4; i++)
        if (bits >> i & 1) {
            double x = i & 1 ? b->width / 2 : 0, y = i & 2 ? b->height / 2 : 0;
            add_fill(b, x, y, x + b->width / 2, y + b->height / 2);
        }
}

static void add_block(struct box *b, uint32_t code)
{
    double w = b->width, h = b->height;
    if (code == 0x2580)
        add_fill(b, 0, 0, w, h / 2);
    else if (code <= 0x2588)
        add_fill(b, 0, h - h * (code - 0x2580) / 8, w, h);
    else if (code <= 0x258f)
        add_fill(b, 0, 0, w * (0x2590 - code) / 8, h);
    else if (code == 0x2590)
        add_fill(b, w / 2, 0, w, h);
    else if (code <= 0x2593)
        add(b, (struct box_part){BOX_FILL, 0, 0, w, h, 0, (code - 0x2590) / 4.0});
    else if (code == 0x2594)
        add_fill(b, 0, 0, w, h / 8);
    else if (code == 0x2595)
        add_fill(b, w - w / 8, 0, w, h);
    else
        add_quarters(b, quarters[code - 0x2596]);
}

int box_parts(uint32_t code, double width, double height, double line,
              struct box_part parts[BOX_MAX_PARTS])
{
    struct box b = {width, height, line, parts, 0};
    if (code >= 0x2500 && code <= 0x257f)
        add_lines(&b, code);
    else if (code >= 0x2580 && code <= 0x259f)
        add_block(&b, code);
    return b.count;
}
