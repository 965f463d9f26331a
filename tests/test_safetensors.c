#include "model/safetensors.h"

#include "base/file.h"
#include "base/memory.h"
#include "support.h"

#include <dirent.h>
#include <math.h>

#define BAD "tests/data/bad"
#define GOOD "tests/data/models/one/model.safetensors"

/* A file of a header and data, in memory that is exactly as long, so that the address
 * sanitizer sees a step beyond it. Caller frees. */
static unsigned char *packed(const char *header, const void *data, size_t length,
                             size_t *size)
{
    size_t n = strlen(header);
    unsigned char *bytes = mem_zero(8 + n + length, 1);
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)n >> 8 * i);
    memcpy(bytes + 8, header, n);
    if (length)
        memcpy(bytes + 8 + n, data, length);
    *size = 8 + n + length;
    return bytes;
}

static struct safetensors *must_open(const unsigned char *bytes, size_t size)
{
    struct error e = {0};
    struct safetensors *s = safetensors_from_memory(bytes, size, "test", &e);
    if (!s)
        error_print(&e);
    assert_non_null(s);
    return s;
}

static void test_bad_files(void **state)
{
    (void)state;
    DIR *folder = opendir(BAD);
    assert_non_null(folder);
    int files = 0;
    for (struct dirent *d; (d = readdir(folder));) {
        if (strncmp(d->d_name, "safetensors-", 12) != 0 || strstr(d->d_name, ".error"))
            continue;
        char *path = file_join(BAD, d->d_name), *wish = mem_format("%s.error", path);
        struct error e = {0};
        char *part = file_read(wish, 1000, NULL, &e);
        assert_non_null(part);
        part[strcspn(part, "\n")] = 0;
        struct safetensors *s = safetensors_open(path, &e);
        if (s)
            fail_msg("%s was opened", path);
        assert_string_equal(e.file, path);
        if (!strstr(e.message, part))
            fail_msg("%s: \"%s\" is not in: %s", d->d_name, part, e.message);
        assert_null(strchr(e.message, '\n'));
        assert_null(strchr(e.message, '\x1b'));
        free(part);
        free(path);
        free(wish);
        files++;
    }
    closedir(folder);
    assert_true(files >= 40);
}

static void test_truncation(void **state)
{
    (void)state;
    struct error e = {0};
    size_t size;
    char *whole = file_read(GOOD, 1 << 20, &size, &e);
    assert_non_null(whole);
    for (size_t n = 0; n < size; n++) {
        unsigned char *cut = (unsigned char *)mem_bytes(whole, n);
        struct error own = {0};
        assert_null(safetensors_from_memory(cut, n, "cut", &own));
        assert_true(own.set);
        free(cut);
    }
    free(whole);
}

/* Every single byte of the header changed: an error or a result, never a crash. */
static void test_damage(void **state)
{
    (void)state;
    struct error e = {0};
    size_t size;
    char *whole = file_read(GOOD, 1 << 20, &size, &e);
    assert_non_null(whole);
    for (size_t n = 0; n < size && n < 3000; n++)
        for (int flip = 1; flip < 256; flip *= 4) {
            whole[n] ^= (char)flip;
            safetensors_free(safetensors_from_memory((unsigned char *)whole, size, "x",
                                                     NULL));
            whole[n] ^= (char)flip;
        }
    free(whole);
}

static void test_good_file(void **state)
{
    (void)state;
    struct error e = {0};
    struct safetensors *s = safetensors_open(GOOD, &e);
    assert_non_null(s);
    int i = weights_find(&s->weights, "src_embedding.weight");
    assert_true(i >= 0);
    const struct tensor *t = &s->weights.items[i].tensor;
    assert_int_equal(t->type, TENSOR_F32);
    assert_int_equal(t->rank, 2);
    assert_int_equal(t->size[1], 10);
    assert_int_equal(safetensors_check_finite(s, &e), 0);
    safetensors_free(s);
    safetensors_free(NULL);
}

static void test_order_and_metadata(void **state)
{
    (void)state;
    float data[] = {1, 2, 3};
    size_t size;
    unsigned char *bytes = packed(
        "{\"__metadata__\":{\"format\":\"pt\"},"
        "\"late\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]},"
        "\"none\":{\"dtype\":\"F32\",\"shape\":[0,5],\"data_offsets\":[8,8]},"
        "\"early\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]}}   ",
        data, sizeof data, &size);
    struct safetensors *s = must_open(bytes, size);
    assert_int_equal(s->weights.count, 3);
    assert_string_equal(s->weights.items[0].name, "early");
    assert_string_equal(s->weights.items[1].name, "none");
    assert_string_equal(s->weights.items[2].name, "late");
    assert_int_equal(tensor_count(&s->weights.items[1].tensor), 0);
    assert_int_equal(s->weights.items[2].tensor.rank, 1);
    assert_true(s->weights.items[2].tensor.f32[0] == 3);
    assert_string_equal(safetensors_metadata(s, "format"), "pt");
    assert_null(safetensors_metadata(s, "other"));
    assert_int_equal(safetensors_check_finite(s, NULL), 0);
    safetensors_free(s);
    free(bytes);
}

/* Masks of some models have dimensions of 1 in front: more than three in all. */
static void test_leading_ones(void **state)
{
    (void)state;
    float data[] = {1, 2, 3, 4};
    size_t size;
    unsigned char *bytes = packed(
        "{\"m\":{\"dtype\":\"F32\",\"shape\":[1,1,1,2,2],\"data_offsets\":[0,16]}}", data,
        sizeof data, &size);
    struct safetensors *s = must_open(bytes, size);
    const struct tensor *t = &s->weights.items[0].tensor;
    assert_int_equal(t->rank, 3);
    assert_true(t->size[0] == 1 && t->size[1] == 2 && t->size[2] == 2);
    safetensors_free(s);
    free(bytes);
}

static void test_no_tensors(void **state)
{
    (void)state;
    size_t size;
    unsigned char *bytes = packed("{}", NULL, 0, &size);
    struct safetensors *s = must_open(bytes, size);
    assert_int_equal(s->weights.count, 0);
    assert_null(safetensors_metadata(s, "format"));
    safetensors_free(s);
    free(bytes);
}

static void test_halves(void **state)
{
    (void)state;
    /* 1, -2, the largest, the smallest subnormal, infinity; values of IEEE 754. */
    uint16_t f16[] = {0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x8000};
    size_t size;
    unsigned char *bytes = packed(
        "{\"h\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,12]}}", f16,
        sizeof f16, &size);
    struct safetensors *s = must_open(bytes, size);
    const float *x = s->weights.items[0].tensor.f32;
    assert_true(x[0] == 1 && x[1] == -2 && x[2] == 65504);
    assert_true(x[3] == 0x1p-24f && isinf(x[4]) && x[5] == 0 && signbit(x[5]));
    struct error e = {0};
    assert_int_equal(safetensors_check_finite(s, &e), -1);
    assert_contains(e.message, "tensor \"h\": row 1, column 5 is infinite");
    safetensors_free(s);
    free(bytes);
    uint16_t b16[] = {0x3f80, 0xc040, 0x7fc0};
    bytes = packed("{\"b\":{\"dtype\":\"BF16\",\"shape\":[3,1],\"data_offsets\":[0,6]}}",
                   b16, sizeof b16, &size);
    s = must_open(bytes, size);
    x = s->weights.items[0].tensor.f32;
    assert_true(x[0] == 1 && x[1] == -3 && isnan(x[2]));
    e = (struct error){0};
    assert_int_equal(safetensors_check_finite(s, &e), -1);
    assert_contains(e.message, "row 3, column 1 is not a number");
    safetensors_free(s);
    free(bytes);
}

static void test_integers(void **state)
{
    (void)state;
    struct { int32_t small[2]; int64_t large[2]; } data =
        {{7, -8}, {INT32_MAX, INT32_MIN}};
    size_t size;
    unsigned char *bytes = packed(
        "{\"i\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[0,8]},"
        "\"l\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[8,24]}}", &data,
        sizeof data, &size);
    struct safetensors *s = must_open(bytes, size);
    assert_int_equal(s->weights.items[0].tensor.type, TENSOR_I32);
    assert_int_equal(s->weights.items[0].tensor.i32[1], -8);
    assert_int_equal(s->weights.items[1].tensor.i32[0], INT32_MAX);
    assert_int_equal(s->weights.items[1].tensor.i32[1], INT32_MIN);
    safetensors_free(s);
    free(bytes);
}

/* Headers of every length mod 4: data that is not aligned is copied. */
static void test_alignment(void **state)
{
    (void)state;
    float data[] = {0.25f, -4};
    for (int pad = 0; pad < 4; pad++) {
        char *header = mem_format("{\"w\":{\"dtype\":\"F32\",\"shape\":[2],"
                                  "\"data_offsets\":[0,8]}}%*s", pad, "");
        size_t size;
        unsigned char *bytes = packed(header, data, sizeof data, &size);
        struct safetensors *s = must_open(bytes, size);
        const float *x = s->weights.items[0].tensor.f32;
        assert_int_equal((uintptr_t)x % 4, 0);
        assert_true(x[0] == 0.25f && x[1] == -4);
        safetensors_free(s);
        free(bytes);
        free(header);
    }
}

static void test_missing_file(void **state)
{
    (void)state;
    struct error e = {0};
    assert_null(safetensors_open("tests/data/no-such-file", &e));
    assert_contains(e.message, "cannot be opened");
    e = (struct error){0};
    assert_null(safetensors_open("tests/data", &e));
    assert_contains(e.message, "not a regular file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_files), cmocka_unit_test(test_truncation),
        cmocka_unit_test(test_damage), cmocka_unit_test(test_good_file),
        cmocka_unit_test(test_order_and_metadata), cmocka_unit_test(test_no_tensors),
        cmocka_unit_test(test_leading_ones),
        cmocka_unit_test(test_halves), cmocka_unit_test(test_integers),
        cmocka_unit_test(test_alignment), cmocka_unit_test(test_missing_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
