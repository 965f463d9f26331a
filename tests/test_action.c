#include "screen/action.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const enum action_group groups[] = {GROUP_STEP, GROUP_MOVE,    GROUP_OPEN,
                                           GROUP_LOOK, GROUP_PROGRAM, GROUP_FIELD};
#define WALKING (GROUP_STEP | GROUP_MOVE | GROUP_OPEN | GROUP_LOOK | GROUP_PROGRAM)

/* Every key of the table has a name that exists, and finds its own row: on the walk no
 * key means two things. */
static void test_every_key_leads_to_its_action(void **state)
{
    (void)state;
    for (int i = 1; i < ACTION_COUNT; i++) {
        enum action_group group = action_group((enum action)i);
        unsigned mask = group & WALKING ? WALKING : group;
        char words[64];
        snprintf(words, sizeof words, "%s", action_keys((enum action)i));
        for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) {
            uint32_t key = key_find(word);
            if (key == KEY_NONE)
                fail_msg("'%s' is not a key", word);
            char name[32];
            key_label(key, name, sizeof name);
            assert_string_equal(name, word);
            assert_int_equal(action_find(mask, key), i);
        }
    }
}

static void test_every_action_says_what_it_does(void **state)
{
    (void)state;
    for (int i = 1; i < ACTION_COUNT; i++)
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            assert_true(*action_short((enum action)i, (enum language)language));
            assert_true(*action_help((enum action)i, (enum language)language));
        }
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        assert_true(*action_group_title(groups[i], LANGUAGE_KO));
    char *block = action_markdown(LANGUAGE_EN);
    assert_non_null(strstr(block, "`Space PgDn n`: next stage"));
    free(block);
}

static void test_unknown_keys_do_nothing(void **state)
{
    (void)state;
    assert_int_equal(action_find(WALKING, key_find("가")), ACTION_NONE);
    assert_int_equal(action_find(0, key_find("q")), ACTION_NONE);
    assert_int_equal(action_find(WALKING, KEY_NONE), ACTION_NONE);
}

static void test_a_script_becomes_events(void **state)
{
    (void)state;
    struct script s;
    struct error e = {0};
    assert_int_equal(script_parse(" Right Enter*2 text:'나는 \\'간다\\'' size:60x20 ? "
                                  "wait:exam text:go text:\"a b\" *",
                                  &s, &e),
                     0);
    assert_int_equal(s.count, 10);
    assert_int_equal(s.events[0].key, key_find("Right"));
    assert_int_equal(s.events[1].key, KEY_RETURN);
    assert_int_equal(s.events[2].key, KEY_RETURN);
    assert_int_equal(s.events[3].kind, EVENT_TEXT);
    assert_string_equal(s.events[3].text, "나는 '간다'");
    assert_int_equal(s.events[4].kind, EVENT_RESIZE);
    assert_int_equal(s.events[4].columns, 60);
    assert_int_equal(s.events[4].rows, 20);
    assert_int_equal(s.events[5].key, '?');
    assert_int_equal(s.events[6].kind, EVENT_WAIT);
    assert_string_equal(s.events[6].text, "exam");
    assert_string_equal(s.events[7].text, "go");
    assert_string_equal(s.events[8].text, "a b");
    assert_int_equal(s.events[9].key, '*');
    script_free(&s);
}

static void test_an_empty_script_is_fine(void **state)
{
    (void)state;
    struct script s;
    assert_int_equal(script_parse("  ", &s, NULL), 0);
    assert_int_equal(s.count, 0);
    script_free(&s);
}

static void assert_bad(const char *text, const char *message)
{
    struct script s;
    struct error e = {0};
    assert_int_equal(script_parse(text, &s, &e), -1);
    if (!strstr(e.message, message))
        fail_msg("'%s' is not in: %s", message, e.message);
}

static void test_script_errors_name_the_word_and_what_is_valid(void **state)
{
    (void)state;
    assert_bad("Right Rigth", "word 2, 'Rigth', is not a key");
    assert_bad("Rigth", "PgDn");
    assert_bad("Right*10001", "at most 10000");
    assert_bad("size:1001x5", "from 1 to 1000");
    assert_bad("Rigth", "text:'…'");
    assert_bad("text:'나는", "word 1: the quote ' is not closed");
    assert_bad("size:60", "80x24");
    assert_bad("size:0x5", "80x24");
    assert_bad("wait:tea", "wait:exam");
    assert_bad("Ctrl-1", "Ctrl-A");
    assert_bad("F13", "F12");
}

static void test_sizes(void **state)
{
    (void)state;
    int rows, columns;
    assert_int_equal(size_parse("300x80", &rows, &columns, NULL), 0);
    assert_int_equal(rows, 80);
    assert_int_equal(columns, 300);
    const char *bad[] = {"",     "x",       "80x",    "x24", "80x24x",
                         "-1x2", "80 x 24", "9999x9", "1x+2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(size_parse(bad[i], &rows, &columns, NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_key_leads_to_its_action),
        cmocka_unit_test(test_every_action_says_what_it_does),
        cmocka_unit_test(test_unknown_keys_do_nothing),
        cmocka_unit_test(test_a_script_becomes_events),
        cmocka_unit_test(test_an_empty_script_is_fine),
        cmocka_unit_test(test_script_errors_name_the_word_and_what_is_valid),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
