/* The fast kernels: plain functions on float32 arrays, outputs first, then inputs, then
 * sizes. They allocate nothing and print nothing. Shapes stand in brackets. */
#ifndef KERNELS_H
#define KERNELS_H

#include <stdint.h>

/* out[n,d] = table[ids[n],d]; NaN for an id that the table of `rows` rows does not have.
 */
void kernel_gather(float *out, const float *table, const int32_t *ids, long n, long d,
                   long rows);

/* The sinusoids of "Attention Is All You Need", section 3.5, interleaved:
 * out[r,2i] = sin(p / 10000^(2i/d)), out[r,2i+1] = cos(the same), p = first + r.
 * Computed in double and rounded. */
void kernel_sinusoid(float *out, long first, long n, long d);

/* out[n] = c · x[n]; the product is taken in float, as PyTorch does. */
void kernel_scale(float *out, const float *x, double c, long n);

void kernel_add(float *out, const float *x, const float *y, long n);
void kernel_subtract(float *out, const float *x, const float *y, long n);
void kernel_multiply(float *out, const float *x, const float *y, long n);

/* out[n,m] = x[n,k] · w[m,k]ᵀ + bias[m]; bias may be NULL. */
void kernel_linear(float *out, const float *x, const float *w, const float *bias, long n,
                   long m, long k);

/* out[heads,n,d/heads] from x[n,d]: head h takes columns h·d/heads onward. */
void kernel_split_heads(float *out, const float *x, long n, long d, long heads);

/* The inverse: out[n,heads·k] from x[heads,n,k]. */
void kernel_merge_heads(float *out, const float *x, long n, long k, long heads);

/* out[m,n] = q[m,k] · keys[n,k]ᵀ, in rows of `width` columns; -inf in those beyond n. */
void kernel_scores(float *out, const float *q, const float *keys, long m, long n, long k,
                   long width);

/* out[m,n] = a[m,k] · v[k,n]; the rows of a begin every `width` numbers. */
void kernel_mix(float *out, const float *a, const float *v, long m, long n, long k,
                long width);

/* Causal mask: out[q,k] = x[q,k] where k <= first + q, else -inf. */
void kernel_mask(float *out, const float *x, long queries, long keys, long first);

/* log Σ exp(x), shifted by the largest; the sum in double. */
double kernel_log_sum_exp(const float *x, long n);

/* The index of the largest number, the first of equals (a NaN is passed over). */
long kernel_largest(const float *x, long n);

/* Each row of out[rows,n] = softmax of the row of x / temperature, shifted by its
 * maximum. */
void kernel_softmax(float *out, const float *x, long rows, long n, double temperature);

/* Each row: 1 / (number of entries that are not -inf) where x is not -inf, else 0. */
void kernel_uniform(float *out, const float *x, long rows, long n);

/* Each row: (x - mean) / sqrt(variance + eps) · gamma + beta; the variance divides by d.
 * gamma and beta may be NULL. */
void kernel_layer_norm(float *out, const float *x, const float *gamma, const float *beta,
                       long rows, long d, double eps);

/* Each row divided by its sum. */
void kernel_share(float *out, const float *x, long rows, long n);

/* out[n,m] = a·b / (|a|·|b|) for the rows of a[n,k] and b[m,k]; NaN for a row of zeros.
 */
void kernel_cosine(float *out, const float *a, const float *b, long n, long m, long k);

/* out[n,d] = x[n,d] minus the mean of each column. */
void kernel_center(float *out, const float *x, long n, long d);

/* out[2,d]: the first two principal directions of the rows of x[n,d], of length 1 and
 * with a positive largest component (the first of several that are equal, up to 1e-6);
 * zeros where there is no more variance. Of directions with the same variance, any may
 * come. `room` has kernel_pca_room(n, d) places, all 0. */
void kernel_pca_axes(float *out, const float *x, long n, long d, double *room);
long kernel_pca_room(long n, long d);

/* Independent numbers of mean 0 and variance 1, with the normal distribution. */
void kernel_random(float *out, uint64_t seed, long n);

/* An experiment: for each of `count` widths d, `pairs` pairs of random vectors q and k of
 * d components with mean 0 and variance 1. out[count,2]: the standard deviation of q·k
 * over the pairs, and of q·k / √d. Nothing is kept but sums. */
void kernel_random_dots(float *out, const int32_t *widths, long count, long pairs,
                        uint64_t seed);

void kernel_relu(float *out, const float *x, long n);

/* x · Φ(x) with the exact error function, and the tanh form of Hendrycks and Gimpel. */
void kernel_gelu(float *out, const float *x, long n);
void kernel_gelu_tanh(float *out, const float *x, long n);

#endif
