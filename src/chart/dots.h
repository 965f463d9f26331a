/* Curves in the terminal: dots of braille, 2 × 4 to a cell, or where there is ASCII alone
 * one letter a cell. */
#ifndef DOTS_H
#define DOTS_H

#include "paint/canvas.h"

struct dots {
    struct area area;
    unsigned char *on; /* owned: the dots of every cell */
    struct style *styles;
    char *letters; /* of whose curve a cell is */
};

struct dots dots_new(struct area a);
void dots_free(struct dots *d);

/* A dot, and a line of them, from the upper left corner, in dots; those outside of the
 * area are left out. */
void dots_point(struct dots *d, double x, double y, struct style s, char letter);
void dots_line(struct dots *d, double x0, double y0, double x1, double y1, struct style s,
               char letter);

/* Paints every cell that has a dot. */
void dots_draw(const struct dots *d, struct canvas *c);

#endif
