/* Products of our own against sums in double, for sizes around those of tiles and panels,
 * and both matrices turned or not. */
#include "numbers/product.h"

#include "base/memory.h"
#include "base/random.h"
#include "support.h"

#include <math.h>

static float *filled(long n, uint64_t seed)
{
    struct random r = random_seed(seed);
    float *x = mem_alloc((size_t)n, sizeof *x);
    for (long i = 0; i < n; i++)
        x[i] = (float)random_normal(&r);
    return x;
}

/* `begin` (may be NULL) is what a cell of the result begins at. */
static void check(const float *out, long width, struct strided a, struct strided b,
                  const float *begin, long step, long m, long n, long k)
{
    for (long r = 0; r < m; r++)
        for (long c = 0; c < n; c++) {
            double sum = begin ? (double)begin[r * step + c] : 0, size = fabs(sum);
            for (long i = 0; i < k; i++) {
                double x = (double)a.at[r * a.row + i * a.column] *
                           (double)b.at[i * b.row + c * b.column];
                sum += x;
                size += fabs(x);
            }
            assert_near((double)out[r * width + c], sum, 1e-6 * (1 + size));
        }
}

static void check_sizes(long m, long n, long k, bool turn_a, bool turn_b)
{
    long width = n + 3;
    float *x = filled(m * k, 1), *y = filled(n * k, 2), *out = filled(m * width, 3);
    float *before = mem_copy(out, (size_t)(m * width), sizeof *out), *row = filled(n, 4);
    struct strided a = {x, turn_a ? 1 : k, turn_a ? m : 1};
    struct strided b = {y, turn_b ? 1 : n, turn_b ? k : 1};
    product_small(out, width, a, b, m, n, k, true);
    check(out, width, a, b, before, width, m, n, k);
    product_small(out, width, a, b, m, n, k, false);
    check(out, width, a, b, NULL, 0, m, n, k);
    product_small_on(out, width, a, b, row, m, n, k);
    check(out, width, a, b, row, 0, m, n, k);
    for (long r = 0; r < m; r++) /* nothing between the rows was touched */
        for (long c = n; c < width; c++)
            assert_true(out[r * width + c] == before[r * width + c]);
    free(x);
    free(y);
    free(out);
    free(before);
    free(row);
}

static void every_size_equals_the_sums(void **state)
{
    (void)state;
    static const long sizes[] = {1, 2, 7, 8, 9, 31, 32, 33, 70};
    for (int i = 0; i < 9; i++)
        for (int j = 0; j < 9; j++)
            for (int turned = 0; turned < 4; turned++)
                check_sizes(sizes[i], sizes[j], sizes[(i + j) % 9], turned & 1,
                            turned & 2);
    check_sizes(5, 40, 300, false, true); /* more terms than are added at one time */
    check_sizes(40, 5, 513, true, false);
}

static void sums_of_nothing_are_nothing(void **state)
{
    (void)state;
    float out[6] = {1, 2, 3, 4, 5, 6}, none[1] = {0};
    product_small(out, 3, (struct strided){none, 0, 1}, (struct strided){none, 3, 1}, 2, 3,
                  0, false);
    for (int i = 0; i < 6; i++)
        assert_true(out[i] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_equals_the_sums),
        cmocka_unit_test(sums_of_nothing_are_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
