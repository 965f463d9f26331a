#include "base/say.h"

#include "base/text.h"
#include "base/utf8.h"
#include "support.h"

/* The conversions of a format, "%ld %s" as "ld s ", to compare two of them. */
static void directions(const char *format, char *out, size_t size)
{
    size_t n = 0;
    out[0] = 0;
    for (const char *p = format; (p = strchr(p, '%')); p++) {
        p++;
        if (*p == '%')
            continue;
        p += strspn(p, "-+ #0123456789.");
        while (*p == '*' && n + 3 < size)
            out[n++] = *p++;
        size_t length = strspn(p, "hlzjt") + 1;
        assert_true(n + length + 2 < size);
        memcpy(out + n, p, length);
        n += length;
        out[n++] = ' ';
        out[n] = 0;
    }
}

static void test_table(void **state)
{
    (void)state;
    for (int i = 0; i < SAY_COUNT; i++) {
        const char *en = say_in(LANGUAGE_EN, (enum say)i);
        const char *ko = say_in(LANGUAGE_KO, (enum say)i);
        assert_non_null(en);
        assert_non_null(ko);
        assert_true(*en && *ko);
        assert_true(utf8_is_valid(ko, strlen(ko)));
        assert_false(text_has_hangul(en));
        if (strstr(ko, "토큰") || strstr(ko, "자기 어텐션")) /* 조각, 셀프 어텐션 */
            fail_msg("\"%s\" has a term that the glossary calls otherwise", ko);
        char a[100], b[100];
        directions(en, a, sizeof a);
        directions(ko, b, sizeof b);
        if (strcmp(a, b) != 0)
            fail_msg("\"%s\" and \"%s\" take different values", en, ko);
    }
}

static void test_language(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_KO);
    assert_int_equal(say_language(), LANGUAGE_KO);
    assert_string_equal(say(SAY_AXIS_KEY), say_in(LANGUAGE_KO, SAY_AXIS_KEY));
    say_set_language(LANGUAGE_EN);
    assert_string_equal(say(SAY_AXIS_KEY), "key");
}

static enum language language_for(const char *all, const char *messages, const char *lang)
{
    const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *const values[] = {all, messages, lang};
    for (int i = 0; i < 3; i++)
        if (values[i])
            setenv(names[i], values[i], 1);
        else
            unsetenv(names[i]);
    return say_language_of_environment();
}

static void says(const char *value, const char *wish)
{
    char *text = say_with(SAY_LESSONS_SCENES, value);
    assert_string_equal(text, wish);
    free(text);
}

static void test_plural(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    says("1", "1 scene");
    says("12", "12 scenes");
    says("0", "0 scenes");
}

static void test_environment(void **state)
{
    (void)state;
    assert_int_equal(language_for(NULL, NULL, NULL), LANGUAGE_EN);
    assert_int_equal(language_for(NULL, NULL, "ko_KR.UTF-8"), LANGUAGE_KO);
    assert_int_equal(language_for(NULL, "ko", "en_US"), LANGUAGE_KO);
    assert_int_equal(language_for("C", "ko_KR", "ko_KR"), LANGUAGE_EN);
    assert_int_equal(language_for("", "", "ko_KR"), LANGUAGE_KO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table), cmocka_unit_test(test_language),
        cmocka_unit_test(test_plural), cmocka_unit_test(test_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
