/* Moving about in a matrix by keys. */
#ifndef CURSOR_H
#define CURSOR_H

#include "base/say.h"
#include "chart/sheet.h"
#include "screen/action.h"

/* Where an action leads from a cell: one of GROUP_MOVE, maybe outside, a page being so
 * many rows and columns; or the next or previous head, around. Others lead nowhere. */
struct place cursor_move(const struct sheet *s, struct place at, enum action action,
                         long page_rows, long page_columns);

/* Turns to the next kind of range, and what that means to say to the person. */
enum say cursor_turn_range(const struct sheet *s, enum range_by *by);

/* The digits after a step of the zoom, within what there is. */
int cursor_zoom(int zoom, int by);

#endif
