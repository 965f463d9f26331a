/* Packed files: what gzip wrote comes back, and what is damaged or grows too large does
 * not. */
#include "base/gzip.h"

#include "base/file.h"
#include "base/memory.h"
#include "support.h"
#include "temporary.h"

#include <stdint.h>
#include <zlib.h>

static char folder[100];

static int make_folder(void **state)
{
    (void)state;
    return temporary_folder(folder, sizeof folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    remove_all(folder);
    return 0;
}

/* What gzip makes of the bytes; caller frees. */
static unsigned char *pack(const void *data, size_t size, int level, size_t *packed)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, MAX_WBITS + 16, 8, 0), Z_OK);
    size_t room = size + size / 500 + 1024;
    unsigned char *out = mem_alloc(room, 1);
    z.next_in = (unsigned char *)data;
    z.avail_in = (uInt)size;
    z.next_out = out;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    *packed = z.total_out;
    deflateEnd(&z);
    return out;
}

static void comes_back(const void *data, size_t size, int level)
{
    size_t packed, length = 1;
    unsigned char *p = pack(data, size, level, &packed);
    struct error e = {0};
    char *text = gzip_unpack(p, packed, size, &length, &e);
    if (!text)
        fail_msg("%zu bytes, level %d: %s", size, level, e.message);
    assert_int_equal(length, size);
    assert_memory_equal(text, data, size);
    assert_int_equal(text[size], 0);
    free(text);
    if (size) { /* one byte less is not enough */
        assert_null(gzip_unpack(p, packed, size - 1, NULL, &e));
        assert_contains(e.message, "unpacks to more than the");
    }
    free(p);
}

static void what_was_packed_comes_back(void **state)
{
    (void)state;
    enum { LARGE = 300001 };
    char *large = mem_alloc(LARGE, 1);
    uint32_t x = 1;
    for (int i = 0; i < LARGE; i++) {
        x = x * 1664525u + 1013904223u;
        large[i] = (char)(x >> 24);
    }
    for (int level = 0; level <= 9; level += 3) {
        comes_back("", 0, level);
        comes_back("a\0b", 3, level);
        comes_back("나는 학교에 간다", strlen("나는 학교에 간다"), level);
        comes_back(large, 65536, level);
        comes_back(large, LARGE, level); /* larger than a block, and hardly smaller */
    }
    free(large);
}

static void fails(const void *data, size_t size, size_t limit, const char *part)
{
    struct error e = {0};
    size_t length = 77;
    char *text = gzip_unpack(data, size, limit, &length, &e);
    if (text)
        fail_msg("%zu bytes were taken", size);
    assert_true(e.set);
    assert_contains(e.message, part);
}

static void what_is_no_gzip(void **state)
{
    (void)state;
    fails("", 0, 100, "ends in the middle");
    fails("\x1f", 1, 100, "ends in the middle");
    fails("source\ttarget\n", 14, 100, "was not packed by gzip");
    fails("\x78\x9c\x03\x00\x00\x00\x00\x01", 8, 100, "was not packed by gzip");
}

static void cut_and_changed(void **state)
{
    (void)state;
    const char *text = "나는 학교에 간다\tI go to school\n나는 간다\tI go\n";
    size_t packed;
    unsigned char *p = pack(text, strlen(text), 9, &packed);
    for (size_t n = 0; n < packed; n++)
        fails(p, n, 1000, "ends in the middle");
    for (size_t n = packed - 8; n < packed; n++) { /* the sum and the length */
        p[n] ^= 1;
        fails(p, packed, 1000, "is damaged");
        p[n] ^= 1;
    }
    free(p);
}

static void parts_are_joined(void **state)
{
    (void)state;
    size_t a, b, length;
    unsigned char *first = pack("one ", 4, 9, &a), *second = pack("two", 3, 9, &b);
    unsigned char *both = mem_alloc(a + b + 1, 1);
    memcpy(both, first, a);
    memcpy(both + a, second, b);
    struct error e = {0};
    char *text = gzip_unpack(both, a + b, 7, &length, &e);
    assert_non_null(text);
    assert_string_equal(text, "one two");
    assert_int_equal(length, 7);
    free(text);
    fails(both, a + b, 6, "unpacks to more than the 6 bytes");
    fails(both, a + b - 1, 7, "ends in the middle");
    both[a + b] = 'x';
    fails(both, a + b + 1, 100, "");
    free(both);
    free(first);
    free(second);
}

/* A thousand times as large as it looks: refused after the limit, not after the end. */
static void a_bomb(void **state)
{
    (void)state;
    size_t size = (size_t)64 << 20, packed;
    char *zeros = mem_zero(size, 1);
    unsigned char *p = pack(zeros, size, 9, &packed);
    free(zeros);
    assert_true(packed < size / 900);
    fails(p, packed, 100000, "unpacks to more than the 100000 bytes");
    free(p);
}

static void from_a_file(void **state)
{
    (void)state;
    struct error e = {0};
    char *path = file_join(folder, "pairs.tsv.gz");
    size_t packed, length;
    unsigned char *p = pack("나\tI\n", 6, 9, &packed);
    assert_int_equal(file_write(path, p, packed, false, &e), 0);
    char *text = gzip_read(path, 6, &length, &e);
    assert_non_null(text);
    assert_string_equal(text, "나\tI\n");
    assert_int_equal(length, 6);
    free(text);
    assert_null(gzip_read(path, 5, NULL, &e));
    assert_string_equal(e.file, path);
    assert_contains(e.message, "unpacks to more than the 5 bytes");
    e = (struct error){0};
    assert_int_equal(file_write(path, p, packed - 1, true, &e), 0);
    assert_null(gzip_read(path, 6, NULL, &e));
    assert_string_equal(e.file, path);
    e = (struct error){0};
    char *large = mem_zero(2000, 1); /* not even read */
    assert_int_equal(file_write(path, large, 2000, true, &e), 0);
    assert_null(gzip_read(path, 6, NULL, &e));
    assert_contains(e.message, "is larger than the");
    e = (struct error){0};
    assert_null(gzip_read("/nowhere", 6, NULL, &e));
    assert_contains(e.message, "cannot be opened");
    free(large);
    free(p);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_packed_comes_back),
        cmocka_unit_test(what_is_no_gzip),
        cmocka_unit_test(cut_and_changed),
        cmocka_unit_test(parts_are_joined),
        cmocka_unit_test(a_bomb),
        cmocka_unit_test(from_a_file),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
