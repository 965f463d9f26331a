/* Lines from rows to columns, drawn with the characters of boxes: every column that is
 * reached has an upright of its own, into which the lines of its rows lead. */
#ifndef WIRES_H
#define WIRES_H

#include "paint/canvas.h"

#include <stdbool.h>

#define WIRES_MOST 64 /* rows that are seen, and links of the lit one */

/* What leads out of a row: a line to a place on the other side or, where no line can be
 * laid, a text. */
struct wire {
    int from, to; /* rows of the area; `to` < 0: the text alone is shown */
    double weight;
    bool lit;
    char text[64], number[16]; /* "→ 학교", and "0.97" where there is room for both */
};

/* Lays the lines out: those that cannot be drawn without running into others, or that
 * have no room, lose their `to`; the lit ones last. Then draws them. Each row that is not
 * lit has one line at most. */
void wires_draw(struct wire *wires, int count, struct canvas *c, struct area a);

#endif
