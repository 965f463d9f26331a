#include "numbers/tensor.h"

#include "support.h"

#include <math.h>

static struct tensor of(enum tensor_type type, int rank, long a, long b, long c,
                        void *data)
{
    struct tensor t = {.type = type, .rank = rank, .size = {a, b, c}};
    t.data = data;
    return t;
}

static void counts_rows_and_bytes(void **state)
{
    (void)state;
    struct tensor vector = of(TENSOR_F32, 1, 5, 0, 0, NULL);
    struct tensor matrix = of(TENSOR_F64, 2, 3, 4, 0, NULL);
    struct tensor heads = of(TENSOR_I32, 3, 2, 3, 4, NULL);
    assert_int_equal(tensor_count(&vector), 5);
    assert_int_equal(tensor_rows(&vector), 1);
    assert_int_equal(tensor_columns(&vector), 5);
    assert_int_equal(tensor_bytes(&vector), 20);
    assert_int_equal(tensor_count(&matrix), 12);
    assert_int_equal(tensor_rows(&matrix), 3);
    assert_int_equal(tensor_columns(&matrix), 4);
    assert_int_equal(tensor_bytes(&matrix), 96);
    assert_int_equal(tensor_count(&heads), 24);
    assert_int_equal(tensor_rows(&heads), 6);
    assert_int_equal(tensor_bytes(&heads), 96);
}

static void an_empty_tensor_has_nothing(void **state)
{
    (void)state;
    struct tensor empty = of(TENSOR_F32, 2, 0, 4, 0, NULL);
    assert_int_equal(tensor_count(&empty), 0);
    assert_int_equal(tensor_bytes(&empty), 0);
    assert_true(tensor_max_magnitude(&empty) == 0);
    assert_true(tensor_max_difference(&empty, &empty) == 0);
}

static void one_element_of_any_type(void **state)
{
    (void)state;
    float f[] = {0.5f, -2};
    double d[] = {0.1, 1e300};
    int32_t i[] = {7, INT32_MIN};
    struct tensor a = of(TENSOR_F32, 1, 2, 0, 0, f), b = of(TENSOR_F64, 1, 2, 0, 0, d);
    struct tensor c = of(TENSOR_I32, 1, 2, 0, 0, i);
    assert_true(tensor_get(&a, 1) == -2);
    assert_true(tensor_get(&b, 0) == 0.1);
    assert_true(tensor_get(&b, 1) == 1e300);
    assert_true(tensor_get(&c, 1) == INT32_MIN);
}

static double difference(float x, double y)
{
    float a[] = {1, x};
    double b[] = {1, y};
    struct tensor s = of(TENSOR_F32, 1, 2, 0, 0, a), t = of(TENSOR_F64, 1, 2, 0, 0, b);
    double one = tensor_max_difference(&s, &t), other = tensor_max_difference(&t, &s);
    assert_true(one == other || (isnan(one) && isnan(other)));
    return one;
}

static void differences(void **state)
{
    (void)state;
    assert_true(difference(2, 2) == 0);
    assert_true(difference(2, 2.25) == 0.25);
    assert_true(difference(-2, 2) == 4);
    assert_true(difference(INFINITY, INFINITY) == 0);
    assert_true(difference(-INFINITY, -INFINITY) == 0);
    assert_true(difference(INFINITY, -INFINITY) == INFINITY);
    assert_true(difference(5, -INFINITY) == INFINITY);
    assert_true(difference(NAN, NAN) == 0);
    assert_true(isnan(difference(NAN, 1)));
    assert_true(isnan(difference(1, NAN)));
}

/* A NaN is not hidden by an infinite difference that stands before or behind it. */
static void a_nan_wins(void **state)
{
    (void)state;
    float a[] = {INFINITY, NAN, INFINITY}, b[] = {0, 0, 0};
    struct tensor s = of(TENSOR_F32, 1, 3, 0, 0, a), t = of(TENSOR_F32, 1, 3, 0, 0, b);
    assert_true(isnan(tensor_max_difference(&s, &t)));
}

static void magnitude_is_of_finite_numbers(void **state)
{
    (void)state;
    float a[] = {-3, INFINITY, NAN, 2, -INFINITY};
    struct tensor t = of(TENSOR_F32, 1, 5, 0, 0, a);
    assert_true(tensor_max_magnitude(&t) == 3);
    t.size[0] = 0;
    assert_true(tensor_max_magnitude(&t) == 0);
}

static void weights_are_found_by_name(void **state)
{
    (void)state;
    struct weights w = {0};
    char name[32];
    float number = 1;
    for (int i = 0; i < 100; i++) { /* grows several times, and owns its names */
        snprintf(name, sizeof name, "layer.%d", i);
        weights_add(&w, name, of(TENSOR_F32, 1, i + 1, 0, 0, &number));
    }
    assert_int_equal(w.count, 100);
    assert_int_equal(weights_find(&w, "layer.0"), 0);
    assert_int_equal(weights_find(&w, "layer.99"), 99);
    assert_int_equal(w.items[99].tensor.size[0], 100);
    assert_int_equal(weights_find(&w, "layer.100"), -1);
    assert_int_equal(weights_find(&w, "layer.1x"), -1);
    assert_int_equal(weights_find(&w, ""), -1);
    weights_free(&w);
    assert_int_equal(w.count, 0);
    assert_int_equal(weights_find(&w, "layer.0"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_rows_and_bytes),
        cmocka_unit_test(an_empty_tensor_has_nothing),
        cmocka_unit_test(one_element_of_any_type),
        cmocka_unit_test(differences),
        cmocka_unit_test(a_nan_wins),
        cmocka_unit_test(magnitude_is_of_finite_numbers),
        cmocka_unit_test(weights_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
