/* Rich text, wrapped: what is laid out is what is drawn, in every width and from every
 * row on. */
#include "screen/prose_view.h"

#include "base/memory.h"
#include "base/random.h"
#include "support.h"

static char *frame_of(const struct prose_view *v, struct canvas *c, int first)
{
    canvas_clear(c, (struct style){0});
    prose_view_draw(v, c, canvas_area(c), first);
    return canvas_dump(c);
}

static void assert_frame(const struct prose_view *v, struct canvas *c, int first,
                         const char *want)
{
    char *frame = frame_of(v, c, first);
    assert_string_equal(frame, want);
    free(frame);
}

static void test_runs_join_into_words(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(4, 20);
    struct prose_view *v = prose_view_new(c, 20);
    prose_view_add(v, LOOK_TEXT, "학교는 ");
    prose_view_add(v, LOOK_RESULT, "0.83");
    prose_view_add(v, LOOK_TEXT, ", 그리고 식당은 ");
    prose_view_add(v, LOOK_RESULT, "0.72");
    prose_view_add(v, LOOK_TEXT, "예요.");
    prose_view_end(v, &(struct prose_shape){.indent = 1});
    assert_int_equal(prose_view_rows(v), 2);
    assert_frame(v, c, 0, " 학교는 0.83, 그리고\n 식당은 0.72예요.\n\n\n");
    assert_frame(v, c, 1, " 식당은 0.72예요.\n\n\n\n");
    canvas_free(c);
    prose_view_free(v);
}

static void test_every_run_keeps_its_look(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 20);
    c->theme = theme_get(THEME_DARK);
    struct prose_view *v = prose_view_new(c, 20);
    prose_view_add(v, LOOK_TITLE, "ab");
    prose_view_add(v, LOOK_FORMULA, "cd");
    prose_view_end(v, &(struct prose_shape){0});
    prose_view_draw(v, c, canvas_area(c), 0);
    assert_int_equal(canvas_cell(c, 0, 1)->style.fg, theme_style(c, LOOK_TITLE).fg);
    assert_int_equal(canvas_cell(c, 0, 2)->style.fg, theme_style(c, LOOK_FORMULA).fg);
    canvas_free(c);
    prose_view_free(v);
}

static void test_items_hang_and_quotes_have_a_bar(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(8, 16);
    struct prose_view *v = prose_view_new(c, 16);
    prose_view_add(v, LOOK_TEXT, "one two three four");
    prose_view_end(v, &(struct prose_shape){.marker = "•", .indent = 3, .gap = true});
    prose_view_add(v, LOOK_TEXT, "five six seven eight");
    prose_view_end(
        v, &(struct prose_shape){.marker = "▏", .bar = true, .indent = 3, .gap = true});
    assert_frame(v, c, 0,
                 " • one two three\n"
                 "   four\n"
                 "\n"
                 " ▏ five six\n"
                 " ▏ seven eight\n"
                 "\n\n\n");
    canvas_free(c);
    prose_view_free(v);
}

static void test_code_stands_as_it_is(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(4, 10);
    struct prose_view *v = prose_view_new(c, 10);
    prose_view_add(v, LOOK_FORMULA, "Q  =  XW\n\n  a long line\n");
    prose_view_end(v, &(struct prose_shape){.indent = 1, .verbatim = true});
    assert_int_equal(prose_view_rows(v), 3);
    assert_frame(v, c, 0, " Q  =  XW\n\n   a long…\n\n");
    canvas_free(c);
    prose_view_free(v);
}

static void test_a_long_word_is_broken(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(3, 6);
    struct prose_view *v = prose_view_new(c, 6);
    prose_view_add(v, LOOK_TEXT, "a 가나다라마\nb");
    prose_view_end(v, &(struct prose_shape){0});
    assert_frame(v, c, 0, "a\n가나다\n라마\n");
    assert_int_equal(prose_view_rows(v), 4);
    canvas_free(c);
    prose_view_free(v);
}

/* All letters arrive, in their order, whatever the width; no row is wider. */
static void check_text(const char *text, int columns, int indent)
{
    struct canvas *c = canvas_new(120, columns + 2);
    struct prose_view *v = prose_view_new(c, columns);
    prose_view_add(v, LOOK_TEXT, text);
    prose_view_end(v, &(struct prose_shape){.indent = indent});
    assert_in_range(prose_view_rows(v), 1, 120);
    char *frame = frame_of(v, c, 0);
    const char *at = frame;
    for (const char *s = text; *s; s++) {
        if (*s == ' ')
            continue;
        while (*at == ' ' || *at == '\n')
            at++;
        assert_int_equal(*at, *s);
        at++;
    }
    for (int row = 0; row < c->rows; row++)
        assert_string_equal(canvas_cell(c, row, columns)->text, " ");
    free(frame);
    canvas_free(c);
    prose_view_free(v);
}

static void test_nothing_is_lost_in_any_width(void **state)
{
    (void)state;
    static const char *const words[] = {"나",        "학교에", "간다.", "a",
                                        "attention", "0.83",   "(key)", "임베딩이에요",
                                        "√d",        "▁학교"};
    struct random r = random_seed(3);
    for (int round = 0; round < 1500; round++) {
        struct buffer text = {0};
        for (int i = 1 + (int)random_below(&r, 20); i > 0; i--) {
            buffer_add(&text, words[random_below(&r, 10)]);
            buffer_add(&text, i > 1 && random_below(&r, 4) ? " " : "");
        }
        check_text(text.data, 8 + (int)random_below(&r, 60), (int)random_below(&r, 5));
        buffer_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs_join_into_words),
        cmocka_unit_test(test_every_run_keeps_its_look),
        cmocka_unit_test(test_items_hang_and_quotes_have_a_bar),
        cmocka_unit_test(test_code_stands_as_it_is),
        cmocka_unit_test(test_a_long_word_is_broken),
        cmocka_unit_test(test_nothing_is_lost_in_any_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
