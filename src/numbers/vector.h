/* What many ops do with a row of floats. Sums are in double and in lanes: the same bits
 * on every processor. */
#ifndef VECTOR_H
#define VECTOR_H

/* The largest number, and the index of it, the first of equals (a NaN is passed over;
 * -inf and 0 when there is nothing else). */
float vector_largest(const float *x, long n);
long vector_largest_at(const float *x, long n);

/* Σ (x - from)^power, power 1 or 2. */
double vector_sum(const float *x, double from, int power, long n);

/* Σ x·y */
double vector_dot(const float *x, const float *y, long n);

/* out = exp((x - most) · cold), within 1e-7 of itself. */
void vector_exponentials(float *out, const float *x, float most, float cold, long n);

/* log Σ exp(x), shifted by the largest. */
double vector_log_sum_exp(const float *x, long n);

#endif
