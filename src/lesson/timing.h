/* What hangs on a clock: nothing may be claimed of it, nor asked. */
#ifndef TIMING_H
#define TIMING_H

#include "lesson/scene.h"

/* Whether an expression is made of time(…), by itself or by a name of a compute block. */
bool timing_is_in(const struct lesson *l, const struct node *n);

#endif
