#include "screen/panel.h"

#include "base/memory.h"
#include "base/utf8.h"

#include "support.h"

static struct field type(const char *keys)
{
    struct script script;
    struct field f = {0};
    field_set(&f, "", false);
    assert_int_equal(script_parse(keys, &script, NULL), 0);
    for (size_t i = 0; i < script.count; i++) {
        const struct event *event = &script.events[i];
        enum action action = action_find(GROUP_FIELD, event->key);
        if (event->kind == EVENT_TEXT)
            field_insert(&f, event->text);
        else if (!field_act(&f, action))
            field_type(&f, event->key);
    }
    script_free(&script);
    return f;
}

static void assert_typed(const char *keys, const char *text)
{
    struct field f = type(keys);
    assert_string_equal(f.text, text);
    assert_true(f.cursor <= strlen(f.text));
    field_free(&f);
}

static void test_typing_and_erasing_go_by_clusters(void **state)
{
    (void)state;
    assert_typed("나 는 Space 간 다", "나는 간다");
    assert_typed("나 는 Backspace", "나");
    assert_typed("text:'가나다' Left Left Backspace", "나다");
    assert_typed("text:'가나다' Home Delete", "나다");
    assert_typed("text:'가나다' Home Right 라", "가라나다");
    assert_typed("text:'e\xcc\x81x' Left Backspace", "x"); /* e with its accent is one */
    assert_typed("text:'가나' Ctrl-U 다", "다");
    assert_typed("Backspace Delete Left Right End Home", "");
}

static void test_text_is_composed_and_cleaned(void **state)
{
    (void)state;
    assert_typed("text:'\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab'", "한"); /* three jamo */
    assert_typed("ᄒ ᅡ ᆫ", "한");
    struct field f = type("text:'a\033[2Jb'");
    assert_null(strchr(f.text, '\033'));
    field_free(&f);
}

static void test_a_fresh_text_is_replaced_by_typing(void **state)
{
    (void)state;
    struct field f = {0};
    field_set(&f, "나는 간다", true);
    field_insert(&f, "안녕");
    assert_string_equal(f.text, "안녕");
    field_set(&f, "나는 간다", true);
    field_act(&f, ACTION_FIELD_ERASE); /* a key that edits keeps the text */
    assert_string_equal(f.text, "나는 간");
    field_free(&f);
}

static void put(struct field *f, const char *text)
{
    const char *end = text + strlen(text);
    uint32_t code;
    for (size_t n; (n = utf8_decode(text, end, &code)) > 0; text += n)
        assert_true(field_type(f, code));
}

/* A cluster that is typed comes code point by code point, and goes as a whole. */
static void test_clusters_are_typed_and_erased(void **state)
{
    (void)state;
    static const char *const clusters[] = {"👨‍👩‍👧‍👦", "👩‍❤️‍💋‍👨", "🇰🇷", "👍🏽", "1️⃣", "x\xcc\x9f\xcc\x84", "나"};
    for (size_t i = 0; i < sizeof clusters / sizeof *clusters; i++) {
        struct field f = {0};
        field_set(&f, "ab", false);
        field_act(&f, ACTION_FIELD_LEFT);
        put(&f, clusters[i]);
        char *whole = mem_format("a%sb", clusters[i]);
        assert_string_equal(f.text, whole);
        assert_int_equal(f.cursor, 1 + strlen(clusters[i]));
        field_act(&f, ACTION_FIELD_LEFT);
        assert_int_equal(f.cursor, 1);
        field_act(&f, ACTION_FIELD_DELETE);
        assert_string_equal(f.text, "ab");
        put(&f, clusters[i]);
        assert_string_equal(f.text, whole);
        field_act(&f, ACTION_FIELD_ERASE);
        assert_string_equal(f.text, "ab");
        free(whole);
        field_free(&f);
    }
}

/* While a joiner waits, nothing is shown that a terminal could join. */
static void test_a_joiner_waits(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 20);
    struct field f = {0};
    field_set(&f, "ab", false);
    field_act(&f, ACTION_FIELD_LEFT);
    put(&f, "👨\xe2\x80\x8d");
    field_draw(&f, c, canvas_area(c));
    assert_string_equal(canvas_cell(c, 0, 1)->text, "👨");
    assert_string_equal(canvas_cell(c, 0, 3)->text, "b");
    assert_int_equal(c->cursor_column, 3);
    field_free(&f);
    canvas_free(c);
}

/* The cursor is always seen, and the field never paints beside its area. */
static void test_a_long_text_scrolls(void **state)
{
    (void)state;
    struct field f = type("text:'가나다라마바사아자차카타파하' Left Left");
    struct canvas *c = canvas_new(1, 14);
    field_draw(&f, c, area_part(canvas_area(c), 0, 2, 1, 10));
    assert_true(c->cursor_visible);
    assert_true(c->cursor_column >= 2 && c->cursor_column < 12);
    assert_string_equal(canvas_cell(c, 0, 1)->text, " ");
    assert_string_equal(canvas_cell(c, 0, 12)->text, " ");
    canvas_free(c);
    field_free(&f);
}

static void test_the_bar_leaves_out_what_does_not_fit(void **state)
{
    (void)state;
    const enum action actions[] = {ACTION_NEXT, ACTION_HELP, ACTION_QUIT};
    say_set_language(LANGUAGE_EN);
    struct canvas *c = canvas_new(1, 20);
    key_bar_draw(actions, 3, c, canvas_area(c));
    char *frame = canvas_dump(c);
    assert_string_equal(frame, " Space next  ? help\n");
    free(frame);
    canvas_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clusters_are_typed_and_erased),
        cmocka_unit_test(test_a_joiner_waits),
        cmocka_unit_test(test_typing_and_erasing_go_by_clusters),
        cmocka_unit_test(test_text_is_composed_and_cleaned),
        cmocka_unit_test(test_a_fresh_text_is_replaced_by_typing),
        cmocka_unit_test(test_a_long_text_scrolls),
        cmocka_unit_test(test_the_bar_leaves_out_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
