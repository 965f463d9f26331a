#include "base/memory.h"

#include "support.h"

#include <sys/wait.h>
#include <unistd.h>

static void test_strings(void **state)
{
    (void)state;
    char *s = mem_bytes("abc", 2);
    assert_string_equal(s, "ab");
    free(s);
    s = mem_bytes(NULL, 0);
    assert_string_equal(s, "");
    free(s);
    s = mem_copy("abc", 4, 1);
    assert_string_equal(s, "abc");
    free(s);
    s = mem_format("%s-%05d", "x", 42);
    assert_string_equal(s, "x-00042");
    free(s);
    s = mem_format("%2000s", "end");
    assert_int_equal(strlen(s), 2000);
    free(s);
}

static void test_blocks(void **state)
{
    (void)state;
    unsigned char *zero = mem_zero(100, 3);
    for (int i = 0; i < 300; i++)
        assert_int_equal(zero[i], 0);
    free(zero);
    void *none = mem_alloc(0, 8);
    assert_non_null(none);
    none = mem_resize(none, 10, 8);
    memset(none, 1, 80);
    free(none);
}

static void test_grow(void **state)
{
    (void)state;
    int *items = NULL;
    size_t capacity = 0;
    for (size_t i = 0; i < 1000; i++) {
        items = mem_grow(items, i, &capacity, sizeof *items);
        assert_true(capacity > i);
        items[i] = (int)i;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    free(items);
}

static void test_buffer(void **state)
{
    (void)state;
    struct buffer b = {0};
    buffer_add(&b, "");
    assert_string_equal(b.data, "");
    for (int i = 0; i < 500; i++) {
        buffer_add(&b, "ab");
        buffer_add_bytes(&b, "c\0d", 3);
        buffer_addf(&b, "%d", 7);
    }
    assert_int_equal(b.length, 3000);
    assert_int_equal(b.data[b.length], 0);
    assert_memory_equal(b.data + 2994, "abc\0d7", 6);
    char *s = buffer_take(&b);
    assert_null(b.data);
    assert_int_equal(b.length, 0);
    free(s);
    s = buffer_take(&b);
    assert_string_equal(s, "");
    free(s);
    buffer_add(&b, "x");
    buffer_free(&b);
    assert_null(b.data);
}

/* A product that overflows ends the program instead of giving a small block. */
static void test_overflow(void **state)
{
    (void)state;
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(STDERR_FILENO);
        free(mem_alloc(SIZE_MAX / 4 + 2, 4));
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings), cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_grow), cmocka_unit_test(test_buffer),
        cmocka_unit_test(test_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
