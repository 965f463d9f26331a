/* The characters that terminals build pictures from (box drawing U+2500 to U+257F, block
 * elements U+2580 to U+259F) as plain shapes that fill their cell, so that lines of
 * neighbouring cells meet without a gap, whatever the font. */
#ifndef BOX_H
#define BOX_H

#include <stdbool.h>
#include <stdint.h>

/* A filled rectangle, an arc or a straight stroke, in the units of the cell's size. */
enum box_form { BOX_FILL, BOX_STROKE, BOX_ARC };

struct box_part {
    enum box_form form;
    /* FILL: the corners. STROKE: the ends. ARC: a quarter turn from the middle of one
     * side of the cell, (x0, y0), to that of another, (x1, y1). */
    double x0, y0, x1, y1;
    double width;    /* of a stroke or an arc */
    double coverage; /* 0 … 1; the shades ░ ▒ ▓ are below 1 */
};

#define BOX_MAX_PARTS 12

/* The parts of `code` in a cell of this size, whose thin lines have the width `line`.
 * Returns their number; 0 when the code is none of these characters. */
int box_parts(uint32_t code, double width, double height, double line,
              struct box_part parts[BOX_MAX_PARTS]);

#endif
