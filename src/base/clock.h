/* The time that passes, for work in slices. */
#ifndef CLOCK_H
#define CLOCK_H

/* Milliseconds since some moment; never goes back. */
double clock_now(void);

#endif
