/* How the picture of a scene takes the room that a large screen has: the opened number
 * beside the matrix rather than below it, more digits, and all heads where rows are
 * left. And what a matrix needs of the room that it shares with the text. */
#ifndef LESSON_ROOM_H
#define LESSON_ROOM_H

#include "chart/chart.h"
#include "paint/canvas.h"

/* Columns that a text is read well in. */
#define ROOM_TEXT_MOST 71
#define ROOM_TEXT_LEAST 36

/* Columns that show all of the matrix at its zoom. */
int room_for_matrix(const struct chart *v, const struct canvas *c);

/* More digits than plain ones, where all columns fit with them in a wide pane. */
int room_zoom(const struct chart *v, const struct canvas *c, int columns);

struct picture_room {
    struct area chart, opened, heads; /* the last two may be empty */
    int zoom;
};

/* `opened`: the rows that the opened number wants; 0 where there is none. `zoom` is the
 * one that room_zoom found, or the learner's. */
struct picture_room room_of_picture(const struct chart_kind *view, const struct chart *v,
                                    int opened, int zoom, const struct canvas *c,
                                    struct area a);

/* The columns of the text beside a picture that needs so many: those of the usual share,
 * but for a text that scrolls what the picture does without (down to a share of its own),
 * and for a picture out of sight what a text without scrolling leaves. `rows` tells how
 * many rows the text has in so many columns. */
int room_for_text(int columns, int seen, int need,
                  int (*rows)(const void *data, int columns), const void *data);

#endif
