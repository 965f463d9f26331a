#define _DEFAULT_SOURCE /* RLIMIT_AS, readlink */
#include "numbers/matmul.h"

#include "base/error.h"
#include "base/memory.h"
#include "numbers/product.h"

#include <cblas.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

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

/* ---- little memory ----
 *
 * OpenBLAS makes a thread for every core, and memory for each, before main runs; where a
 * limit leaves too little of it (ulimit -v) it asks again for ever. Its environment can
 * tell it to begin with one, but that must be set before its library is initialised, and
 * so the program starts itself again with the variable, before any library runs. */
#ifdef __linux__

#define ONE_THREAD "OPENBLAS_NUM_THREADS=1"

static bool is_limited(int what)
{
    struct rlimit limit;
    return getrlimit(what, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

/* The C library is not set up yet: no malloc, no environ. */
__attribute__((no_sanitize("address", "undefined"))) static void
begin_with_one_thread(int argc, char **argv, char **variables)
{
    char *more[512] = {(char *)ONE_THREAD}, path[4096];
    size_t n = 0;
    (void)argc;
    if (!is_limited(RLIMIT_AS) && !is_limited(RLIMIT_DATA))
        return;
    for (; variables[n] && n < sizeof more / sizeof *more - 2; n++) {
        if (!strcmp(variables[n], ONE_THREAD))
            return;
        more[n + 1] = variables[n];
    }
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (variables[n] || length <= 0)
        return;
    path[length] = 0;
    execve(path, argv, more);
}

__attribute__((section(".preinit_array"), used)) static void (*const before_libraries)(
    int, char **, char **) = begin_with_one_thread;

#endif

/* Each thread in a product takes this much, once, and waits for ever where there is not
 * as much: it is asked for before. */
#define THREAD_ROOM ((size_t)128 << 20)

/* It is told how many are wanted at the first product, not at start-up. */
static void tell_threads(void)
{
    if (set_threads != chosen_threads) {
        if (chosen_threads > set_threads)
            mem_need_room(THREAD_ROOM * (size_t)(chosen_threads - set_threads),
                          "matrix products");
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
