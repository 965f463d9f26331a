/* F16 as it is written: every half comes back, and what lies between goes to the nearer. */
#include "learn/saved.h"

#include "model/safetensors.h"
#include "support.h"
#include "temporary.h"

#include <math.h>

static double value_of(unsigned bits)
{
    int exponent = (int)(bits >> 10 & 31);
    double fraction = bits & 1023;
    double size = exponent ? ldexp(fraction + 1024, exponent - 25) : ldexp(fraction, -24);
    return bits >> 15 ? -size : size;
}

static void every_half_is_itself(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 0x10000; bits++)
        if ((bits & 0x7c00) != 0x7c00)
            assert_int_equal(saved_half((float)value_of(bits)), bits);
}

/* Between two halves: the nearer one, and the even one from the middle. */
static void what_lies_between_is_rounded(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 0x7bff; bits++) {
        double a = value_of(bits), b = value_of(bits + 1);
        float middle = (float)((a + b) / 2);
        assert_int_equal(saved_half(middle), bits + bits % 2);
        assert_int_equal(saved_half(-middle), 0x8000 | (bits + bits % 2));
        assert_int_equal(saved_half(nextafterf(middle, 0)), bits);
        assert_int_equal(saved_half(nextafterf(middle, INFINITY)), bits + 1);
    }
}

static void beyond_is_infinity(void **state)
{
    (void)state;
    assert_int_equal(saved_half(nextafterf(65520, 0)), 0x7bff);
    assert_int_equal(saved_half(65520), 0x7c00);
    assert_int_equal(saved_half(-3e38f), 0xfc00);
    assert_int_equal(saved_half(INFINITY), 0x7c00);
    assert_int_equal(saved_half(NAN) & 0x7e00, 0x7e00);
    assert_int_equal(saved_half(1e-30f), 0);
}

static char top[100];

static int begin(void **state)
{
    (void)state;
    return temporary_folder(top, sizeof top) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    remove_all(top);
    return 0;
}

static void a_file_of_halves_is_read(void **state)
{
    (void)state;
    float x[6] = {1, -0.37f, 12.05f, 0, 3e-7f, 65504};
    struct weights w = {0};
    struct error e = {0};
    char *path = file_join(top, "x.safetensors");
    weights_add(&w, "x", (struct tensor){.type = TENSOR_F32, .rank = 2, .size = {2, 3},
                                         .f32 = x});
    assert_int_equal(saved_write(path, &w, NULL, true, &e), 0);
    struct safetensors *s = safetensors_open(path, &e);
    assert_non_null(s);
    const struct tensor *t = &s->weights.items[0].tensor;
    assert_int_equal(tensor_count(t), 6);
    for (int i = 0; i < 6; i++)
        assert_true(t->f32[i] == (float)value_of(saved_half(x[i])));
    safetensors_free(s);
    x[2] = 1e6f;
    assert_int_equal(saved_write(path, &w, NULL, true, &e), -1);
    assert_contains(e.message, "--precision f32");
    weights_free(&w);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_half_is_itself),
        cmocka_unit_test(what_lies_between_is_rounded),
        cmocka_unit_test(beyond_is_infinity),
        cmocka_unit_test_setup_teardown(a_file_of_halves_is_read, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
