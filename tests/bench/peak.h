/* What the processor and its BLAS can do, measured. */
#ifndef PEAK_H
#define PEAK_H

/* A product [m,k] · [n,k]ᵀ. */
struct product {
    long m, n, k;
};

/* Floating-point operations a second of the best product of the best of the shapes, one
 * thread each in so many processes side by side, added up; NaN when one of them fails. */
double peak_rate(const struct product *shapes, int count, int processes);

/* Bytes written a second by one thread. */
double peak_bandwidth(void);

#endif
