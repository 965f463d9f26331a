#include "base/random.h"

#include "support.h"

#include <math.h>

/* The first numbers of xoshiro256** seeded by splitmix64, from a second implementation
 * (Python, arbitrary-precision integers). */
static void test_known_values(void **state)
{
    (void)state;
    static const struct { uint64_t seed, values[3]; } cases[] = {
        {0, {0x99ec5f36cb75f2b4, 0xbf6e1f784956452a, 0x1a5f849d4933e6e0}},
        {1, {0xb3f2af6d0fc710c5, 0x853b559647364cea, 0x92f89756082a4514}},
        {42, {0x15780b2e0c2ec716, 0x6104d9866d113a7e, 0xae17533239e499a1}},
    };
    for (size_t i = 0; i < 3; i++) {
        struct random r = random_seed(cases[i].seed);
        for (int k = 0; k < 3; k++)
            assert_true(random_next(&r) == cases[i].values[k]);
    }
}

static void test_uniform(void **state)
{
    (void)state;
    struct random r = random_seed(7);
    double sum = 0, least = 1, most = 0;
    for (int i = 0; i < 100000; i++) {
        double x = random_uniform(&r);
        assert_true(x >= 0 && x < 1);
        sum += x;
        least = fmin(least, x);
        most = fmax(most, x);
    }
    assert_near(sum / 100000, 0.5, 0.005);
    assert_true(least < 0.001 && most > 0.999);
}

static void test_below(void **state)
{
    (void)state;
    struct random r = random_seed(3);
    int counts[6] = {0};
    for (int i = 0; i < 60000; i++) {
        uint64_t x = random_below(&r, 6);
        assert_true(x < 6);
        counts[x]++;
    }
    for (int i = 0; i < 6; i++)
        assert_near(counts[i], 10000, 500);
    for (int i = 0; i < 100; i++)
        assert_true(random_below(&r, 1) == 0);
    /* A limit just over half the range, where a plain remainder would be lopsided. */
    int low = 0;
    uint64_t limit = UINT64_C(3) << 62;
    for (int i = 0; i < 30000; i++)
        low += random_below(&r, limit) < (UINT64_C(1) << 62);
    assert_near(low, 10000, 500);
}

static void test_normal(void **state)
{
    (void)state;
    struct random r = random_seed(5);
    double sum = 0, squares = 0;
    for (int i = 0; i < 100000; i++) {
        double x = random_normal(&r);
        assert_true(isfinite(x));
        sum += x;
        squares += x * x;
    }
    assert_near(sum / 100000, 0, 0.02);
    assert_near(squares / 100000, 1, 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_values), cmocka_unit_test(test_uniform),
        cmocka_unit_test(test_below), cmocka_unit_test(test_normal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
