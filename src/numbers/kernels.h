/* The fast kernels: plain functions on float32 arrays, outputs first, then inputs, then
 * sizes. They allocate nothing and print nothing. Shapes stand in brackets. */
#ifndef KERNELS_H
#define KERNELS_H

#include <stdint.h>

/* out[n,d] = table[ids[n],d] */
void kernel_gather(float *out, const float *table, const int32_t *ids, long n, long d);

/* The sinusoids of "Attention Is All You Need", section 3.5, interleaved:
 * out[r,2i] = sin(p / 10000^(2i/d)), out[r,2i+1] = cos(the same), p = first + r.
 * Computed in double and rounded. */
void kernel_sinusoid(float *out, long first, long n, long d);

/* out[n] = c · x[n]; the product is taken in float, as PyTorch does. */
void kernel_scale(float *out, const float *x, double c, long n);

void kernel_add(float *out, const float *x, const float *y, long n);

/* out[n,m] = x[n,k] · w[m,k]ᵀ + bias[m]; bias may be NULL. */
void kernel_linear(float *out, const float *x, const float *w, const float *bias, long n,
                   long m, long k);

/* out[heads,n,d/heads] from x[n,d]: head h takes columns h·d/heads onward. */
void kernel_split_heads(float *out, const float *x, long n, long d, long heads);

/* The inverse: out[n,heads·k] from x[heads,n,k]. */
void kernel_merge_heads(float *out, const float *x, long n, long k, long heads);

/* Causal mask: out[h,q,k] = x[h,q,k] where k <= first + q, else -inf. */
void kernel_mask(float *out, const float *x, long heads, long queries, long keys,
                 long first);

/* Each row of out[rows,n] = softmax of the row of x / temperature, shifted by its
 * maximum. */
void kernel_softmax(float *out, const float *x, long rows, long n, double temperature);

/* Each row: 1 / (number of entries that are not -inf) where x is not -inf, else 0. */
void kernel_uniform(float *out, const float *x, long rows, long n);

/* Each row: (x - mean) / sqrt(variance + eps) · gamma + beta; the variance divides by d.
 * gamma and beta may be NULL. */
void kernel_layer_norm(float *out, const float *x, const float *gamma, const float *beta,
                       long rows, long d, double eps);

void kernel_relu(float *out, const float *x, long n);

/* x · Φ(x) with the exact error function, and the tanh form of Hendrycks and Gimpel. */
void kernel_gelu(float *out, const float *x, long n);
void kernel_gelu_tanh(float *out, const float *x, long n);

#endif
