/* The smaller and the larger of two numbers, and a number kept within bounds. */
#ifndef BOUNDS_H
#define BOUNDS_H

static inline long least(long a, long b)
{
    return a < b ? a : b;
}

static inline long most(long a, long b)
{
    return a > b ? a : b;
}

/* x, or the bound that it is beyond; the lower one where they cross. */
static inline long between(long x, long low, long high)
{
    return x < low ? low : x > high ? high : x;
}

#endif
