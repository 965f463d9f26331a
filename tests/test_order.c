#include "base/order.h"

#include "support.h"

#include <math.h>

static void largest_are_in_order(void **state)
{
    (void)state;
    const double x[] = {1, 5, 3, 5, -2, 4};
    const long expected[] = {1, 3, 5, 2, 0, 4};
    for (long most = 0; most <= 6; most++) {
        long order[6];
        order_largest(x, 6, most, order);
        assert_memory_equal(order, expected, sizeof *order * (size_t)most);
    }
}

static void nan_comes_last(void **state)
{
    (void)state;
    const double x[] = {NAN, -INFINITY, 2, NAN, INFINITY};
    const long expected[] = {4, 2, 1, 0, 3};
    long order[5];
    order_largest(x, 5, 5, order);
    assert_memory_equal(order, expected, sizeof expected);
}

/* Asked for more than there are, it gives all and writes no further. */
static void there_may_be_fewer(void **state)
{
    (void)state;
    const double x[] = {1, 5, 3};
    const long expected[] = {1, 2, 0, -7};
    const long wanted[] = {4, 33, 2000};
    for (int i = 0; i < 3; i++) {
        long order[4] = {-7, -7, -7, -7};
        order_largest(x, 3, wanted[i], order);
        assert_memory_equal(order, expected, sizeof expected);
    }
}

/* Few are picked while reading, many are sorted: both ways agree. */
static void few_and_many_agree(void **state)
{
    (void)state;
    double x[200];
    long few[32], many[200];
    for (int i = 0; i < 200; i++)
        x[i] = i % 7 == 3 ? NAN : (double)(i * 37 % 50);
    order_largest(x, 200, 32, few);
    order_largest(x, 200, 200, many);
    assert_memory_equal(few, many, sizeof few);
    for (int i = 1; i < 200; i++) {
        double before = x[many[i - 1]], after = x[many[i]];
        bool tie = before == after || (isnan(before) && isnan(after));
        assert_true(tie ? many[i - 1] < many[i] : isnan(after) || before > after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(largest_are_in_order),
        cmocka_unit_test(nan_comes_last),
        cmocka_unit_test(there_may_be_fewer),
        cmocka_unit_test(few_and_many_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
