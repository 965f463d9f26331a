#include "base/utf8.h"

#include "support.h"

static uint32_t first_code(const char *s, size_t *taken)
{
    uint32_t code;
    *taken = utf8_decode(s, s + strlen(s), &code);
    return code;
}

static void test_decode(void **state)
{
    (void)state;
    static const struct { const char *bytes; uint32_t code; size_t taken;
    } cases[] = {
        {"", 0xfffd, 0},
        {"a", 'a', 1},
        {"\xc2\xa2", 0xa2, 2},
        {"\xeb\x82\x98", 0xb098, 3},
        {"\xf0\x9f\x98\x80", 0x1f600, 4},
        {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
        /* invalid: lone continuation, overlong, surrogate, beyond U+10FFFF, cut short */
        {"\x80", 0xfffd, 1},
        {"\xff", 0xfffd, 1},
        {"\xc0\x80", 0xfffd, 1},
        {"\xe0\x80\x80", 0xfffd, 1},
        {"\xed\xa0\x80", 0xfffd, 1},
        {"\xf4\x90\x80\x80", 0xfffd, 1},
        {"\xe2\x82", 0xfffd, 2},
        {"\xe2z", 0xfffd, 1},
        {"\xf0\x9f\x98", 0xfffd, 3},
        {"\xef\xbf\xbd", 0xfffd, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t taken;
        assert_int_equal(first_code(cases[i].bytes, &taken), cases[i].code);
        assert_int_equal(taken, cases[i].taken);
    }
    assert_true(utf8_is_valid("\xef\xbf\xbd나", 6));
    assert_false(utf8_is_valid("a\xff", 2));
    assert_false(utf8_is_valid("\xe2\x82", 2));
}

static void test_encode_all(void **state)
{
    (void)state;
    char bytes[4];
    uint32_t back;
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        size_t n = utf8_encode(code, bytes);
        assert_int_equal(utf8_decode(bytes, bytes + n, &back), n);
        bool surrogate = code >= 0xd800 && code <= 0xdfff;
        assert_int_equal(back, surrogate ? 0xfffd : code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_encode_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
