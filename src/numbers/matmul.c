#include "numbers/matmul.h"

#include <cblas.h>
#include <string.h>

static int chosen_threads = 1;
static int set_threads; /* what BLAS was told last; 0 before the first product */

void matmul_set_threads(int threads)
{
    chosen_threads = threads < 1 ? 1 : threads;
}

/* BLAS starts with every core; it is told at the first product, not at start-up. */
static void tell_threads(void)
{
    if (set_threads != chosen_threads) {
        openblas_set_num_threads(chosen_threads);
        set_threads = chosen_threads;
    }
}

static void product(float *out, const float *a, const float *b, long m, long n, long k,
                    CBLAS_TRANSPOSE transpose, float beta)
{
    if (!m || !n)
        return;
    if (!k) {
        if (beta == 0)
            memset(out, 0, sizeof(float) * (size_t)(m * n));
        return;
    }
    tell_threads();
    int ldb = (int)(transpose == CblasTrans ? k : n);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, transpose, (int)m, (int)n, (int)k, 1.0f, a,
                (int)k, b, ldb, beta, out, (int)n);
}

void matmul_transposed(float *out, const float *a, const float *b, long m, long n, long k,
                       int add)
{
    product(out, a, b, m, n, k, CblasTrans, add ? 1.0f : 0.0f);
}

void matmul(float *out, const float *a, const float *b, long m, long n, long k)
{
    product(out, a, b, m, n, k, CblasNoTrans, 0.0f);
}

const char *matmul_kernel(void)
{
    return openblas_get_corename();
}

const char *matmul_library(void)
{
    return openblas_get_config();
}
