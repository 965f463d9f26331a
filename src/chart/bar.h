/* One bar in a row of cells. */
#ifndef BAR_H
#define BAR_H

#include "paint/canvas.h"

/* The area's row stands for lo … hi, the bar goes from zero to the value; a negative one
 * goes to the left of the axis. */
void bar_draw(double lo, double hi, double value, struct canvas *c, struct area a);

#endif
