/* Matrix products by BLAS (only matmul.c knows it). All matrices are row-major and
 * contiguous unless a stride is given; outputs come first; nothing is allocated. */
#ifndef MATMUL_H
#define MATMUL_H

/* Threads BLAS may use; 1 (the default here) gives the same bits on every run. */
void matmul_set_threads(int threads);

/* The kernels that BLAS chose for this processor, "SkylakeX", and the library with its
 * version and how it was built. Borrowed. */
const char *matmul_kernel(void);
const char *matmul_library(void);

/* out[m,n] = a[m,k] · b[n,k]ᵀ, or + out when `add` is 1. The rows of `out` begin every
 * `width` numbers. */
void matmul_transposed(float *out, long width, const float *a, const float *b, long m,
                       long n, long k, int add);

/* out[m,n] = x[m,k] · w[n,k]ᵀ + bias[n] */
void matmul_affine(float *out, const float *x, const float *w, const float *bias, long m,
                   long n, long k);

/* out[m,n] = a[m,k] · b[k,n]. The rows of `a` begin every `width` numbers. */
void matmul(float *out, const float *a, long width, const float *b, long m, long n,
            long k);

/* out[m,n] = a[k,m]ᵀ · b[k,n], or + out when `add` is 1. */
void matmul_outer(float *out, const float *a, const float *b, long m, long n, long k,
                  int add);

/* Replaces the symmetric matrix a[n,n] of finite numbers by its eigenvectors, one a row,
 * the eigenvalues in `values`[n], rising. `room` has matmul_eigen_room(n) places. */
void matmul_eigenvectors(double *a, double *values, long n, double *room);
long matmul_eigen_room(long n);

#endif
