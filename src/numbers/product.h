/* Matrix products of our own, for small matrices on processors with AVX-512: BLAS packs
 * both sides of every product, and where it does not know the processor it falls back to
 * kernels that are four times slower. The same bits on every run. */
#ifndef PRODUCT_H
#define PRODUCT_H

#include <stdbool.h>

/* A matrix in memory: cell [r, c] stands at r·row + c·column. */
struct strided {
    const float *at;
    long row, column;
};

/* Whether this product is one for product_small. */
bool product_fits(long m, long n, long k);

/* out[m,n] = a[m,k] · b[k,n], or + out when `add` is set. The rows of `out` begin every
 * `width` numbers. */
void product_small(float *out, long width, struct strided a, struct strided b, long m,
                   long n, long k, bool add);

/* out = a · b + `row`, to every row. */
void product_small_on(float *out, long width, struct strided a, struct strided b,
                      const float *row, long m, long n, long k);

#endif
