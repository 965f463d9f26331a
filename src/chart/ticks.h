/* Ticks of an axis: neat steps, and numbers as they stand beside a tick. */
#ifndef TICKS_H
#define TICKS_H

#include <stddef.h>

/* The step of 1, 2 or 5 times a power of ten that gives about `count` steps. */
double ticks_step(double length, double count);

/* A number as short as it can be said with `digits` significant digits, after `mark`. */
void ticks_write(char *out, size_t size, const char *mark, double value, int digits);

#endif
