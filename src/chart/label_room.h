/* Where labels may stand in a picture: what is drawn takes room, and a label that finds
 * its room taken goes elsewhere. */
#ifndef LABEL_ROOM_H
#define LABEL_ROOM_H

#include "paint/draw.h"

/* A byte for each point of a box. */
struct label_room {
    struct draw_box box;
    int columns, rows;
    unsigned char *taken; /* owned */
};

struct label_room label_room_new(struct draw_box box); /* all of it is free */
void label_room_free(struct label_room *r);

/* Whether the box lies inside and nothing of it is taken. */
bool label_room_is_free(const struct label_room *r, struct draw_box b);

/* Takes what of a box lies inside; of a square around a point; and along a line. */
void label_room_take(struct label_room *r, struct draw_box b);
void label_room_take_around(struct label_room *r, double x, double y, double radius);
void label_room_take_line(struct label_room *r, const double from[2], const double to[2]);

#endif
