/* The decoder of keys: bytes and what they are. Every case is decoded whole, byte by byte,
 * and in two pieces cut at every place; the keys are the same. */
#include "screen/keyboard.h"

#include "base/random.h"

#include "support.h"

static void add_event(struct buffer *out, const struct event *event)
{
    char name[32] = "";
    if (event->kind == EVENT_KEY)
        key_label(event->key, name, sizeof name);
    if (out->length)
        buffer_add(out, " ");
    if (event->kind == EVENT_KEY)
        buffer_add(out, name);
    else
        buffer_addf(out, "[%s]", event->text);
}

static void take_all(struct keyboard *k, bool paused, struct buffer *out)
{
    struct event event;
    while (keyboard_take(k, paused, &event))
        add_event(out, &event);
}

/* The events of the bytes, in pieces of which the first has `first` bytes and each other
 * one `step`; then nothing more comes. Caller frees. */
static char *decode(struct keyboard *k, const char *bytes, size_t length, size_t first,
                    size_t step)
{
    struct buffer out = {0};
    for (size_t at = 0, n; at < length; at += n) {
        n = at ? step : first;
        n = n < length - at ? n : length - at;
        keyboard_put(k, bytes + at, n);
        take_all(k, false, &out);
    }
    take_all(k, true, &out);
    assert_int_equal(keyboard_patience(k), -1);
    return buffer_take(&out);
}

static void check(struct keyboard *k, const char *bytes, const char *expected)
{
    size_t length = strlen(bytes);
    for (size_t first = 1; first <= length; first++)
        for (size_t step = 1; step <= length; step += length) {
            char *got = decode(k, bytes, length, first, step);
            if (strcmp(got, expected) != 0)
                fail_msg("\"%s\" gives \"%s\", not \"%s\"", bytes, got, expected);
            free(got);
        }
}

struct bytes_case {
    const char *bytes, *events;
};

static void check_cases(const struct bytes_case *cases, size_t count)
{
    struct keyboard k = {0};
    for (size_t i = 0; i < count; i++) {
        check(&k, cases[i].bytes, cases[i].events);
        /* And what is typed around it stays what it is. */
        char *bytes = mem_format("a%s가", cases[i].bytes);
        char *events = mem_format("a %s%s가", cases[i].events, *cases[i].events ? " " : "");
        if (cases[i].bytes[strlen(cases[i].bytes) - 1] != '\033')
            check(&k, bytes, events);
        free(bytes);
        free(events);
    }
    keyboard_free(&k);
}

#define CHECK_CASES(cases) check_cases(cases, sizeof cases / sizeof *(cases))

static void test_characters(void **state)
{
    (void)state;
    static const struct bytes_case cases[] = {
        {"q", "q"},
        {"가나", "가 나"},
        {"é√🙂", "é √ 🙂"},
        {"\r\n\t \x7f\b", "Enter Enter Tab Space Backspace Backspace"},
        {"\x03\x15", "Ctrl-C Ctrl-U"},
        {"\x1c\x1d\x1e\x1f", ""},
    };
    CHECK_CASES(cases);
}

static void test_bytes_that_are_no_text(void **state)
{
    (void)state;
    struct keyboard k = {0};
    check(&k, "\x80q\xff", "q");
    check(&k, "\xe3\x81q", "q");
    check(&k, "q\xea\xb0", "q");
    check(&k, "\xc2\x9b" "A", "A"); /* a control sequence of eight bits */
    char *got = decode(&k, "a\0b", 3, 1, 1);
    assert_string_equal(got, "a b");
    free(got);
    keyboard_free(&k);
}

static void test_cursor_keys_in_every_form(void **state)
{
    (void)state;
    static const struct bytes_case cases[] = {
        {"\033[A\033[B\033[C\033[D", "Up Down Right Left"},
        {"\033OA\033OB\033OC\033OD", "Up Down Right Left"},
        {"\033[H\033[F\033OH\033OF", "Home End Home End"},
        {"\033[1~\033[4~\033[7~\033[8~", "Home End Home End"},
        {"\033[2~\033[3~\033[5~\033[6~", "Insert Delete PgUp PgDn"},
        {"\033[Z", "Shift-Tab"},
        {"\033OP\033OS\033[P\033[11~\033[[A", "F1 F4 F1 F1 F1"},
        {"\033[15~\033[17~\033[21~\033[23~\033[24~\033[[E", "F5 F6 F10 F11 F12 F5"},
        {"\033OM\033Op\033Oy\033Ok\033Om\033OX", "Enter 0 9 + - ="}, /* the keypad */
    };
    CHECK_CASES(cases);
}

static void test_modified_keys(void **state)
{
    (void)state;
    static const struct bytes_case cases[] = {
        {"\033[1;2A\033[1;2B\033[1;2C\033[1;2D", "Shift-Up Shift-Down Shift-Right Shift-Left"},
        {"\033[1;5C\033[1;3C\033[1;6C\033[1;9D", "Right Right Right Left"},
        {"\033[1;5H\033[1;2F\033[5;5~\033[3;2~", "Home End PgUp Delete"},
        {"\033[1;129A\033[1;66A", "Up Shift-Up"}, /* with Num Lock, with Caps Lock */
        {"\033O5C\033O2A\033[5C", "Right Shift-Up Right"},
        {"\033[a\033[d\033Oa\033Od", "Shift-Up Shift-Left Up Left"}, /* rxvt */
        {"\033[5$\033[5^\033[5@\033[3$", "PgUp PgUp PgUp Delete"},
        {"\033\033[A\033\033OC\033\033[5~", "Up Right PgUp"}, /* Alt as an escape */
        {"\033[1;2P\033[1;5Q\033[1;2R", "F1 F2 F3"},
        {"\033[97u\033[97;2u\033[99;5u\033[97;3u", "a A Ctrl-C"},
        {"\033[13u\033[27u\033[9;2u\033[127u", "Enter Esc Shift-Tab Backspace"},
        {"\033[27;5;99~\033[27;2;13~", "Ctrl-C Enter"},
        {"\033[1;1:1A\033[1;1:3A\033[97;1:3u", "Up"}, /* pressed, and let go */
        {"\033[44032u", "가"},
        {"\033[55959u\033[133u\033[57400ua", "a"}, /* half a pair, a control, a lock */
    };
    CHECK_CASES(cases);
}

static void test_an_escape_alone_is_esc(void **state)
{
    (void)state;
    struct keyboard k = {0};
    struct event event;
    check(&k, "\033", "Esc");
    check(&k, "\033\033", "Esc Esc");
    check(&k, "\033\033\033[B", "Esc Down");
    keyboard_put(&k, "\033", 1);
    assert_false(keyboard_take(&k, false, &event));
    int lone = keyboard_patience(&k);
    assert_true(lone >= 20 && lone <= 100);
    keyboard_put(&k, "[", 1);
    assert_false(keyboard_take(&k, false, &event));
    assert_true(keyboard_patience(&k) > lone);
    keyboard_put(&k, "A", 1);
    assert_true(keyboard_take(&k, false, &event));
    assert_int_equal(event.key, key_find("Up"));
    assert_int_equal(keyboard_patience(&k), -1);
    keyboard_free(&k);
}

static void test_what_has_no_meaning_does_nothing(void **state)
{
    (void)state;
    static const struct bytes_case cases[] = {
        {"\033b", ""},
        {"\033가\033é", ""},
        {"\033\x7f\033\r\033 ", ""},
        {"\033]q", "q"}, /* Alt-], and then a q */
        {"\033Pq", "q"},
        {"\033_q", "q"},
        {"\033[25~\033[99~\033[X\033[1;2;3;4;5x", ""},
        {"\033[?62;1;4c\033[>0;10;1c\033[0n\033[24;80t\033[?2026;2$y", ""},
        {"\033[24;80R\033[1;80R\033[2;1R", ""}, /* where the cursor is */
        {"\033[[Z\033Oz\033[?1A", ""},
        {"\033[I\033[O", ""}, /* the focus */
        {"\033[<0;10;20M\033[<0;10;20m\033[32;10;20M", ""}, /* the mouse */
        {"\033[M !!\033[M\x60\xff\xfe", ""},
        {"\033]11;rgb:0000/0000/0000\033\\\033]0;q\007", ""},
        {"\033P1+r544e\033\\\033P>|xterm(370)\033\\\033_Gi=1;OK\033\\", ""},
    };
    CHECK_CASES(cases);
}

static void test_what_is_cut_short_ends(void **state)
{
    (void)state;
    static const struct bytes_case cases[] = {
        {"\033[1;5\x03", "Ctrl-C"},
        {"\033[\r", "Enter"},
        {"\033O\r", "Enter"},
        {"\033[1;\033[A", "Up"},
        {"\033[M!\r", "Enter"},
        {"\033]11;rgb:\r", "Enter"},
        {"\033]11;rgb:\033[A", "Up"},
        {"\033P1$r\x03", "Ctrl-C"},
    };
    CHECK_CASES(cases);
    struct keyboard k = {0};
    static const char *const cut[] = {"\033[", "\033O", "\033[1;5", "\033[M!", "\033[[",
                                      "\033]", "\033P", "\033]11;rgb", "\033]11;\033"};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        check(&k, cut[i], i + 1 < sizeof cut / sizeof *cut ? "" : "Esc");
        check(&k, "q", "q");
    }
    keyboard_free(&k);
}

static void test_a_paste_is_one_text(void **state)
{
    (void)state;
    static const struct bytes_case cases[] = {
        {"\033[200~나는 간다\nq\033[201~", "[나는 간다\nq]"},
        {"\033[200~\033[A\033[20\033[201~\033[A", "[\033[A\033[20] Up"},
        {"\033[200~\033[201~", ""},
        {"\033[201~", ""},
        {"\033[200~a\xff\033[201~", "[a\xef\xbf\xbd]"},
    };
    CHECK_CASES(cases);
    struct keyboard k = {0};
    check(&k, "\033[200~never ends\033[201", "[never ends\033[201]");
    check(&k, "q", "q");
    struct buffer large = {0};
    for (int i = 0; i < 40000; i++)
        buffer_add(&large, "가");
    struct event event;
    keyboard_put(&k, "\033[200~", 6);
    keyboard_put(&k, large.data, large.length);
    keyboard_put(&k, "\033[201~", 6);
    assert_true(keyboard_take(&k, false, &event));
    assert_true(strlen(event.text) > 60000 && strlen(event.text) <= 65536 + 3);
    assert_false(keyboard_take(&k, false, &event));
    buffer_free(&large);
    keyboard_free(&k);
}

static void test_what_the_description_says_counts_last(void **state)
{
    (void)state;
    struct keyboard k = {0};
    keyboard_learn(&k, "\033A", "Up"); /* the VT52 */
    keyboard_learn(&k, "\033[M", "F1"); /* the console of FreeBSD */
    keyboard_learn(&k, "\033[214z", "Home"); /* Sun */
    keyboard_learn(&k, "\033[C", "Left");
    keyboard_learn(&k, "\b", "Left");
    keyboard_learn(&k, "\033[25~", "no such key");
    check(&k, "\033A", "Up");
    check(&k, "\033[M", "F1");
    check(&k, "\033[214z", "Home");
    check(&k, "\033[C", "Right");
    check(&k, "\b", "Backspace");
    check(&k, "\033[25~", "");
    for (int i = 0; i < 100; i++)
        keyboard_learn(&k, "\033B", "Down");
    check(&k, "\033A", "Up");
    keyboard_free(&k);
}

/* Whatever comes: nothing is left behind, and what follows is understood. */
static void test_any_bytes(void **state)
{
    (void)state;
    static const char pool[] = "\033\033\033[[O]P_M~$;:0123456789ABCHZazu<?! \r\x03\x7f\\\007"
                               "\xea\xb0\x80\xff";
    struct random r = random_seed(11);
    struct keyboard k = {0};
    for (int round = 0; round < 20000; round++) {
        char bytes[24];
        size_t n = 1 + random_below(&r, sizeof bytes);
        for (size_t i = 0; i < n; i++)
            bytes[i] = pool[random_below(&r, sizeof pool - 1)];
        char *whole = decode(&k, bytes, n, n, n);
        char *pieces = decode(&k, bytes, n, 1 + random_below(&r, n), 1 + random_below(&r, n));
        assert_string_equal(pieces, whole);
        check(&k, "q", "q");
        free(whole);
        free(pieces);
    }
    keyboard_free(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_cursor_keys_in_every_form),
        cmocka_unit_test(test_modified_keys),
        cmocka_unit_test(test_an_escape_alone_is_esc),
        cmocka_unit_test(test_what_has_no_meaning_does_nothing),
        cmocka_unit_test(test_what_is_cut_short_ends),
        cmocka_unit_test(test_a_paste_is_one_text),
        cmocka_unit_test(test_what_the_description_says_counts_last),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
