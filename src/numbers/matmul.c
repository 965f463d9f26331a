#include "numbers/matmul.h"

#include "numbers/product.h"

#include <cblas.h>
#include <string.h>

/* LAPACK, which OpenBLAS carries: all eigenvalues of a symmetric matrix (of whose columns
 * it reads one triangle) and its eigenvectors, in the place of the matrix. */
void dsyev_(const char *job, const char *triangle, const int *n, double *a,
            const int *stride, double *values, double *work, const int *room, int *status,
            size_t job_length, size_t triangle_length);

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

/* Rows of `out` begin every `ldc` numbers, those of `a` every `lda`. */
static void product(float *out, long ldc, const float *a, long lda, const float *b,
                    long m, long n, long k, CBLAS_TRANSPOSE transpose, float beta)
{
    if (!m || !n)
        return;
    if (!k) {
        for (long r = 0; r < m && beta == 0; r++)
            memset(out + r * ldc, 0, sizeof(float) * (size_t)n);
        return;
    }
    if (m > 1 && product_fits(m, n, k)) {
        bool turned = transpose == CblasTrans;
        product_small(out, ldc, (struct strided){a, lda, 1},
                (struct strided){b, turned ? 1 : n, turned ? k : 1}, m, n, k, beta != 0);
        return;
    }
    tell_threads();
    int ldb = (int)(transpose == CblasTrans ? k : n);
    if (m == 1 && transpose == CblasTrans) { /* a step of decoding: nothing to repack */
        cblas_sgemv(CblasRowMajor, CblasNoTrans, (int)n, (int)k, 1.0f, b, ldb, a, 1, beta,
                    out, 1);
        return;
    }
    cblas_sgemm(CblasRowMajor, CblasNoTrans, transpose, (int)m, (int)n, (int)k, 1.0f, a,
                (int)lda, b, ldb, beta, out, (int)ldc);
}

void matmul_transposed(float *out, long width, const float *a, const float *b, long m,
                       long n, long k, int add)
{
    product(out, width, a, k, b, m, n, k, CblasTrans, add ? 1.0f : 0.0f);
}

void matmul_affine(float *out, const float *x, const float *w, const float *bias, long m,
                   long n, long k)
{
    if (m > 1 && product_fits(m, n, k)) {
        product_small_on(out, n, (struct strided){x, k, 1}, (struct strided){w, 1, k},
                         bias, m, n, k);
        return;
    }
    for (long r = 0; r < m; r++)
        memcpy(out + r * n, bias, sizeof(float) * (size_t)n);
    product(out, n, x, k, w, m, n, k, CblasTrans, 1.0f);
}

void matmul(float *out, const float *a, long width, const float *b, long m, long n,
            long k)
{
    product(out, n, a, width, b, m, n, k, CblasNoTrans, 0.0f);
}

void matmul_outer(float *out, const float *a, const float *b, long m, long n, long k,
                  int add)
{
    if (product_fits(m, n, k)) {
        product_small(out, n, (struct strided){a, 1, m}, (struct strided){b, n, 1}, m, n,
                      k, add);
        return;
    }
    tell_threads();
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)m, (int)n, (int)k, 1.0f, a,
                (int)m, b, (int)n, add ? 1.0f : 0.0f, out, (int)n);
}

long matmul_eigen_room(long n)
{
    return 3 * n;
}

void matmul_eigenvectors(double *a, double *values, long n, double *room)
{
    int size = (int)n, work = (int)matmul_eigen_room(n), status;
    tell_threads();
    dsyev_("V", "U", &size, a, &size, values, room, &work, &status, 1, 1);
}

const char *matmul_kernel(void)
{
    return openblas_get_corename();
}

const char *matmul_library(void)
{
    return openblas_get_config();
}
