#include "numbers/npy.h"

#include "support.h"

#include <math.h>

/* A small reader of npy 1.0, by the description of the format. */
struct npy {
    char header[512];
    const unsigned char *data;
    size_t bytes;
};

static struct npy read_npy(const struct buffer *b)
{
    struct npy n = {.data = NULL};
    const unsigned char *p = (const unsigned char *)b->data;
    assert_true(b->length >= 10);
    assert_memory_equal(p, "\x93NUMPY\x01\x00", 8);
    size_t length = p[8] | (size_t)p[9] << 8;
    assert_int_equal((10 + length) % 64, 0);
    assert_true(length < sizeof n.header && 10 + length <= b->length);
    memcpy(n.header, p + 10, length);
    assert_int_equal(n.header[length - 1], '\n');
    n.data = p + 10 + length;
    n.bytes = b->length - 10 - length;
    return n;
}

static uint32_t little_endian(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static float float_at(const struct npy *n, size_t i)
{
    float f;
    uint32_t bits = little_endian(n->data + 4 * i);
    memcpy(&f, &bits, 4);
    return f;
}

static struct tensor of(enum tensor_type type, int rank, long a, long b, long c,
                        void *data)
{
    struct tensor t = {.type = type, .rank = rank, .size = {a, b, c}};
    t.data = data;
    return t;
}

static void floats_come_back(void **state)
{
    (void)state;
    float x[] = {0, -0.0f, 1.5f, -INFINITY, INFINITY, 1e-45f, 3.4e38f, 0.1f};
    struct tensor t = of(TENSOR_F32, 3, 2, 2, 2, x);
    struct buffer b = {0};
    npy_write(&t, &b);
    struct npy n = read_npy(&b);
    assert_contains(n.header, "'descr': '<f4'");
    assert_contains(n.header, "'fortran_order': False");
    assert_contains(n.header, "'shape': (2, 2, 2,)");
    assert_int_equal(n.bytes, 32);
    for (size_t i = 0; i < 8; i++) {
        float back = float_at(&n, i);
        assert_memory_equal(&back, &x[i], 4);
    }
    buffer_free(&b);
}

static void a_nan_stays_one(void **state)
{
    (void)state;
    float x[] = {NAN};
    struct tensor t = of(TENSOR_F32, 1, 1, 0, 0, x);
    struct buffer b = {0};
    npy_write(&t, &b);
    struct npy n = read_npy(&b);
    assert_true(isnan(float_at(&n, 0)));
    assert_contains(n.header, "'shape': (1,)");
    buffer_free(&b);
}

static void doubles_are_rounded_to_floats(void **state)
{
    (void)state;
    double x[] = {0.1, 1e-300, -2.5, 1e300, -INFINITY, 16777217};
    struct tensor t = of(TENSOR_F64, 2, 2, 3, 0, x);
    struct buffer b = {0};
    npy_write(&t, &b);
    struct npy n = read_npy(&b);
    assert_contains(n.header, "'descr': '<f4'");
    assert_contains(n.header, "'shape': (2, 3,)");
    assert_true(float_at(&n, 0) == 0.1f);
    assert_true(float_at(&n, 1) == 0);
    assert_true(float_at(&n, 2) == -2.5f);
    assert_true(isinf(float_at(&n, 3)));
    assert_true(float_at(&n, 4) == -INFINITY);
    assert_true(float_at(&n, 5) == 16777216);
    buffer_free(&b);
}

static void ids_are_whole_numbers(void **state)
{
    (void)state;
    int32_t x[] = {0, 1693, -1, INT32_MAX, INT32_MIN, 16777217};
    struct tensor t = of(TENSOR_I32, 1, 6, 0, 0, x);
    struct buffer b = {0};
    npy_write(&t, &b);
    struct npy n = read_npy(&b);
    assert_contains(n.header, "'descr': '<i4'");
    assert_int_equal(n.bytes, 24);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal((int32_t)little_endian(n.data + 4 * i), x[i]);
    buffer_free(&b);
}

/* Any shape keeps the data on a multiple of 64 bytes; writing appends. */
static void the_header_is_padded(void **state)
{
    (void)state;
    float x[1] = {0};
    for (long size = 1; size < 1000000000; size *= 7) {
        struct tensor t = of(TENSOR_F32, 3, 0, size, size, x);
        struct buffer b = {0};
        npy_write(&t, &b);
        assert_int_equal(read_npy(&b).bytes, 0);
        buffer_free(&b);
    }
    struct tensor t = of(TENSOR_F32, 1, 1, 0, 0, x);
    struct buffer b = {0};
    buffer_add(&b, "before");
    npy_write(&t, &b);
    assert_memory_equal(b.data, "before\x93NUMPY", 12);
    buffer_free(&b);
}

static void check_csv(const struct tensor *t, const char *wish)
{
    struct buffer b = {0};
    csv_write(t, &b);
    assert_string_equal(b.data, wish);
    buffer_free(&b);
}

static void csv_has_a_line_for_each_row(void **state)
{
    (void)state;
    float x[] = {1, -0.5f, 0.1f, INFINITY, -INFINITY, 1e20f, 7, 8};
    int32_t ids[] = {5, 3};
    struct tensor matrix = of(TENSOR_F32, 2, 2, 3, 0, x),
                  vector = of(TENSOR_I32, 1, 2, 0, 0, ids);
    struct tensor heads = of(TENSOR_F32, 3, 2, 2, 2, x);
    check_csv(&matrix, "1,-0.5,0.100000001\ninf,-inf,1.00000002e+20\n");
    check_csv(&vector, "5,3\n");
    check_csv(&heads, "1,-0.5\n0.100000001,inf\n\n-inf,1.00000002e+20\n7,8\n");
}

/* Nine digits give back every float. */
static void csv_is_exact(void **state)
{
    (void)state;
    for (uint32_t bits = 0x00000001; bits < 0x7f800000; bits += 0x00123457) {
        float x, back;
        memcpy(&x, &bits, 4);
        struct tensor t = of(TENSOR_F32, 1, 1, 0, 0, &x);
        struct buffer b = {0};
        csv_write(&t, &b);
        back = (float)strtod(b.data, NULL);
        assert_memory_equal(&back, &x, 4);
        buffer_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floats_come_back),
        cmocka_unit_test(a_nan_stays_one),
        cmocka_unit_test(doubles_are_rounded_to_floats),
        cmocka_unit_test(ids_are_whole_numbers),
        cmocka_unit_test(the_header_is_padded),
        cmocka_unit_test(csv_has_a_line_for_each_row),
        cmocka_unit_test(csv_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
