/* Of each product a tile of rows and columns stays in registers while the sum runs. This
 * file may fuse a product with a sum, as BLAS does, so its last bits differ between
 * processors, as those of BLAS do. */
#include "numbers/product.h"

#include "numbers/wide.h"

#define ROWS 8               /* of a tile */
#define COLUMNS (2 * LANES)  /* of a tile */
#define DEPTH 256            /* terms of a sum before it is put down */
#define MOST (1L << 27)      /* multiplications; beyond that BLAS's blocking pays */

typedef float lanes __attribute__((vector_size(sizeof(float) * LANES), aligned(4),
                                   may_alias));

bool product_fits(long m, long n, long k)
{
#if defined(__x86_64__) && defined(__GNUC__)
    return m * n * k <= MOST && n <= MOST / DEPTH && __builtin_cpu_supports("avx512f");
#else
    (void)m, (void)n, (void)k;
    return false;
#endif
}

/* One tile of the result; b's rows are `ldb` apart and its columns stand together. */
static inline __attribute__((always_inline)) void
tile(int rows, float *out, long width, struct strided a, const float *b, long ldb, long k,
     bool add)
{
    lanes sum[ROWS][2];
    for (int r = 0; r < rows; r++)
        for (int j = 0; j < 2; j++)
            sum[r][j] = add ? *(const lanes *)(out + r * width + j * LANES) : (lanes){0};
    for (long i = 0; i < k; i++) {
        lanes left = *(const lanes *)(b + i * ldb);
        lanes right = *(const lanes *)(b + i * ldb + LANES);
        for (int r = 0; r < rows; r++) {
            float x = a.at[r * a.row + i * a.column];
            sum[r][0] += x * left;
            sum[r][1] += x * right;
        }
    }
    for (int r = 0; r < rows; r++)
        for (int j = 0; j < 2; j++)
            *(lanes *)(out + r * width + j * LANES) = sum[r][j];
}

/* All rows of a panel of columns. */
WIDE static void panel(float *out, long width, struct strided a, const float *b, long ldb,
                       long m, long k, bool add)
{
    long r = 0;
    for (; r + ROWS <= m; r += ROWS, a.at += ROWS * a.row, out += ROWS * width)
        tile(ROWS, out, width, a, b, ldb, k, add);
    for (; r + 2 <= m; r += 2, a.at += 2 * a.row, out += 2 * width)
        tile(2, out, width, a, b, ldb, k, add);
    if (r < m)
        tile(1, out, width, a, b, ldb, k, add);
}

/* The rows of a panel with fewer columns than a tile, through a tile of full width. */
static void narrow_panel(float *out, long width, struct strided a, const float *b,
                         long m, long n, long k, bool add)
{
    float room[ROWS * COLUMNS];
    for (long r = 0; r < m; r += ROWS) {
        long rows = m - r < ROWS ? m - r : ROWS;
        for (long i = 0; add && i < rows; i++)
            memcpy(room + i * COLUMNS, out + (r + i) * width, sizeof(float) * (size_t)n);
        struct strided part = {a.at + r * a.row, a.row, a.column};
        panel(room, COLUMNS, part, b, COLUMNS, rows, k, add);
        for (long i = 0; i < rows; i++)
            memcpy(out + (r + i) * width, room + i * COLUMNS, sizeof(float) * (size_t)n);
    }
}

/* Columns of b side by side, the rest 0. */
static void pack(float *out, struct strided b, long n, long k)
{
    for (long j = 0; j < n; j++)
        for (long i = 0; i < k; i++)
            out[i * COLUMNS + j] = b.at[i * b.row + j * b.column];
    for (long i = 0; i < k && n < COLUMNS; i++)
        memset(out + i * COLUMNS + n, 0, sizeof(float) * (size_t)(COLUMNS - n));
}

static void add_terms(float *out, long width, struct strided a, struct strided b, long m,
                      long n, long k, bool add)
{
    float packed[DEPTH * COLUMNS];
    for (long j = 0; j < n; j += COLUMNS, b.at += COLUMNS * b.column) {
        long columns = n - j < COLUMNS ? n - j : COLUMNS;
        bool ready = b.column == 1 && columns == COLUMNS;
        if (!ready)
            pack(packed, b, columns, k);
        if (columns == COLUMNS)
            panel(out + j, width, a, ready ? b.at : packed, ready ? b.row : COLUMNS, m, k,
                  add);
        else
            narrow_panel(out + j, width, a, packed, m, columns, k, add);
    }
}

void product_small(float *out, long width, struct strided a, struct strided b, long m,
                   long n, long k, bool add)
{
    for (long i = 0; i < k || i == 0; i += DEPTH) {
        long terms = k - i < DEPTH ? k - i : DEPTH;
        struct strided left = {a.at + i * a.column, a.row, a.column};
        struct strided right = {b.at + i * b.row, b.row, b.column};
        add_terms(out, width, left, right, m, n, terms, add || i > 0);
    }
}
