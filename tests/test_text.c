#include "base/text.h"

#include "support.h"

static void test_width(void **state)
{
    (void)state;
    static const struct { const char *text; int narrow, wide;
    } cases[] = {
        {"", 0, 0},
        {"abc", 3, 3},
        {"나는", 4, 4},
        {"▁나", 3, 4},
        {"√×→█", 4, 8},
        {"e\xcc\x81", 1, 1},                /* e and a combining acute */
        {"\xe1\x84\x82\xe1\x85\xa1", 2, 2}, /* ㄴ and ㅏ, conjoining */
        {"👩‍👩‍👧", 2, 2},
        {"🇰🇷", 2, 2},
        {"❤️", 2, 2},
        {"😀a", 3, 3},
        {"\xff", 1, 2},
        {"a\nb", 2, 2},
        {"漢字", 4, 4},
        {"ｱ", 1, 1},
        {"\xf0\x9f\xab\xa0", 2, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        text_set_ambiguous_wide(false);
        if (text_width(cases[i].text) != cases[i].narrow)
            fail_msg("case %zu: %d", i, text_width(cases[i].text));
        text_set_ambiguous_wide(true);
        if (text_width(cases[i].text) != cases[i].wide)
            fail_msg("case %zu, wide: %d", i, text_width(cases[i].text));
    }
    text_set_ambiguous_wide(false);
}

static void test_cluster(void **state)
{
    (void)state;
    int width;
    assert_int_equal(text_cluster("", &width), 0);
    assert_int_equal(width, 0);
    assert_int_equal(text_cluster("e\xcc\x81x", &width), 3);
    assert_int_equal(width, 1);
    assert_int_equal(text_cluster("👩‍👩‍👧x", &width), strlen("👩‍👩‍👧"));
    assert_int_equal(width, 2);
    assert_int_equal(text_cluster("🇰🇷🇯🇵", &width), 8);
    /* One character with more marks than the look-ahead window is still one cluster. */
    char many[402] = "a";
    for (int i = 0; i < 200; i++)
        memcpy(many + 1 + 2 * i, "\xcc\x81", 3);
    assert_int_equal(text_cluster(many, &width), 401);
    assert_int_equal(width, 1);
}

static void test_fit(void **state)
{
    (void)state;
    assert_int_equal(text_fit("나는", 3), 3);
    assert_int_equal(text_fit("나는", 4), 6);
    assert_int_equal(text_fit("나는", 1), 0);
    assert_int_equal(text_fit("나는", 0), 0);
    assert_int_equal(text_fit("abc", 100), 3);
    assert_int_equal(text_fit("ae\xcc\x81", 2), 4);
}

/* Calls one of the functions that return a new text. */
static void assert_gives(char *made, const char *wish)
{
    assert_string_equal(made, wish);
    free(made);
}

static void test_normalize(void **state)
{
    (void)state;
    assert_gives(text_normalize("\xe1\x84\x82\xe1\x85\xa1"), "나");
    assert_gives(text_normalize("e\xcc\x81"), "é");
    assert_gives(text_normalize("a\xff" "b\xe2\x82"), "a\xef\xbf\xbd" "b\xef\xbf\xbd");
    assert_gives(text_normalize("①"), "①");
    assert_gives(text_normalize_to("①", TEXT_NFKC), "1");
    assert_gives(text_normalize_to("나", TEXT_NFD), "\xe1\x84\x82\xe1\x85\xa1");
    assert_gives(text_normalize_to("ﬁé", TEXT_NFKD), "fie\xcc\x81");
    assert_gives(text_normalize(""), "");
    assert_gives(text_repair("\xe2\x82" "x\x80"), "\xef\xbf\xbdx\xef\xbf\xbd");
}

static void test_sanitize(void **state)
{
    (void)state;
#define R "\xef\xbf\xbd"
    assert_gives(text_sanitize("a\tb\nc"), "a b c");
    assert_gives(text_sanitize("\x1b[31m\x07\x7f"), R "[31m" R R);
    assert_gives(text_sanitize("\xc2\x9b" "31m"), R "31m");         /* C1: CSI */
    assert_gives(text_sanitize("\xe2\x80\xae" "abc"), R "abc");     /* right-to-left */
    assert_gives(text_sanitize("\xe2\x81\xa6\xef\xbb\xbf\xc2\xad"), R R R);
    assert_gives(text_sanitize("\xff\xc3"), R R);
    assert_gives(text_sanitize("👩‍👧"), "👩‍👧");                     /* the joiner stays */
    assert_gives(text_sanitize("\xe2\x80\x8d"), R);
    assert_gives(text_sanitize("나는 √"), "나는 √");
    assert_gives(text_sanitize("❤\xef\xb8\x8f"), "❤\xef\xb8\x8f");
    assert_gives(text_sanitize("\xef\xb8\x8f" "a"), R "a"); /* nothing to select */
#define T(last) "\xf3\xa0\x81" last
#define ENGLAND "🏴" T("\xa7") T("\xa2") T("\xa5") T("\xae") T("\xa7") T("\xbf")
    assert_gives(text_sanitize("a" ENGLAND "b"), "a" ENGLAND "b");
    assert_gives(text_sanitize("🏴" T("\xa7") "b"), "🏴" R "b"); /* no end */
    assert_gives(text_sanitize("🏴" T("\xbf")), "🏴" R);         /* no name */
    assert_gives(text_sanitize("a" T("\xa7") T("\xbf")), "a" R R); /* no flag */
    assert_gives(text_sanitize("🏴"), "🏴");
#undef ENGLAND
#undef T
#undef R
}

static void test_romanize(void **state)
{
    (void)state;
    assert_gives(text_romanize("나는 간다"), "naneun ganda");
    assert_gives(text_romanize("한국"), "hanguk");
    assert_gives(text_romanize("꽃 값 닭 여덟 히읗"), "kkot gap dak yeodeol hieut");
    assert_gives(text_romanize("봐요 의 쌀"), "bwayo ui ssal");
    assert_gives(text_romanize("▁ㅋㅋ ㅠ!"), "▁kk yu!");
    assert_gives(text_romanize("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"), "han");
    assert_true(text_has_hangul("ab가"));
    assert_true(text_has_hangul("ㅋ"));
    assert_false(text_has_hangul("ab漢字"));
}

static void test_space(void **state)
{
    (void)state;
    long spaces = 0;
    for (uint32_t code = 0; code <= 0x10ffff; code++)
        spaces += text_is_space(code);
    assert_int_equal(spaces, 25); /* PropList.txt, White_Space */
    assert_true(text_is_space(0x85) && text_is_space(0x3000) && text_is_space('\v'));
    assert_false(text_is_space(0x1f) || text_is_space(0x200b) || text_is_space(0));
    assert_int_equal(text_space("\u3000a"), 3);
    assert_int_equal(text_space("a "), 0);
    assert_int_equal(text_space(""), 0);
    const char *s = "나\u00a0x";
    assert_int_equal(text_space_before(s, s + 5), 2);
    assert_int_equal(text_space_before(s + 4, s + 5), 0);
    assert_int_equal(text_space_before(s, s + 3), 0);
    assert_int_equal(text_space_before(s, s), 0);
    assert_gives(text_tidy("\u3000 나는\t\n\u00a0 간다\u2028"), "나는 간다");
    assert_gives(text_tidy(" \r\n"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_width), cmocka_unit_test(test_cluster),
        cmocka_unit_test(test_fit), cmocka_unit_test(test_normalize),
        cmocka_unit_test(test_sanitize), cmocka_unit_test(test_romanize),
        cmocka_unit_test(test_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
