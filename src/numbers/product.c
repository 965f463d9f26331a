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

/* One tile of the result; b's rows are `ldb` apart and its columns stand together. The
 * sums begin at `start`, whose rows are `step` apart, or at 0. */
static inline __attribute__((always_inline)) void
tile(int rows, float *out, long width, struct strided a, const float *b, long ldb, long k,
     const float *start, long step)
{
    lanes sum[ROWS][2];
    for (int r = 0; r < rows; r++)
        for (int j = 0; j < 2; j++)
            sum[r][j] =
                start ? *(const lanes *)(start + r * step + j * LANES) : (lanes){0};
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

/* What a sum begins at: a cell of the result, of one row for all, or 0. */
struct start {
    const float *at; /* NULL: 0 */
    long step;       /* from row to row; 0: one for all */
};

/* All rows of a panel of columns. */
WIDE static void panel(float *out, long width, struct strided a, const float *b, long ldb,
                       long m, long k, struct start s)
{
#define TILES(rows)                                                                      \
    for (; r + (rows) <= m; r += (rows))                                                 \
        tile((rows), out + r * width, width,                                             \
             (struct strided){a.at + r * a.row, a.row, a.column}, b, ldb, k,             \
             s.at ? s.at + r * s.step : NULL, s.step);
    long r = 0;
    TILES(ROWS)
    TILES(4)
    TILES(2)
    TILES(1)
#undef TILES
}

/* The rows of a panel with fewer columns than a tile, through a tile of full width. */
static void narrow_panel(float *out, long width, struct strided a, const float *b,
                         long m, long n, long k, struct start s)
{
    float room[ROWS * COLUMNS];
    size_t bytes = sizeof(float) * (size_t)n;
    for (long r = 0; r < m; r += ROWS) {
        long rows = m - r < ROWS ? m - r : ROWS;
        for (long i = 0; s.at && i < rows; i++)
            memcpy(room + i * COLUMNS, s.at + (r + i) * s.step, bytes);
        struct strided part = {a.at + r * a.row, a.row, a.column};
        struct start own = {s.at ? room : NULL, COLUMNS};
        panel(room, COLUMNS, part, b, COLUMNS, rows, k, own);
        for (long i = 0; i < rows; i++)
            memcpy(out + (r + i) * width, room + i * COLUMNS, bytes);
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
                      long n, long k, struct start s)
{
    float packed[DEPTH * COLUMNS];
    for (long j = 0; j < n; j += COLUMNS, b.at += COLUMNS * b.column) {
        long columns = n - j < COLUMNS ? n - j : COLUMNS;
        bool ready = b.column == 1 && columns == COLUMNS;
        struct start here = {s.at ? s.at + j : NULL, s.step};
        if (!ready)
            pack(packed, b, columns, k);
        if (columns == COLUMNS)
            panel(out + j, width, a, ready ? b.at : packed, ready ? b.row : COLUMNS, m, k,
                  here);
        else
            narrow_panel(out + j, width, a, packed, m, columns, k, here);
    }
}

static void multiply(float *out, long width, struct strided a, struct strided b, long m,
                     long n, long k, struct start s)
{
    for (long i = 0; i < k || i == 0; i += DEPTH) {
        long terms = k - i < DEPTH ? k - i : DEPTH;
        struct strided left = {a.at + i * a.column, a.row, a.column};
        struct strided right = {b.at + i * b.row, b.row, b.column};
        add_terms(out, width, left, right, m, n, terms,
                  i ? (struct start){out, width} : s);
    }
}

void product_small(float *out, long width, struct strided a, struct strided b, long m,
                   long n, long k, bool add)
{
    multiply(out, width, a, b, m, n, k, (struct start){add ? out : NULL, width});
}

void product_small_on(float *out, long width, struct strided a, struct strided b,
                      const float *row, long m, long n, long k)
{
    multiply(out, width, a, b, m, n, k, (struct start){row, 0});
}
