#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "paint/canvas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct style plain = {0xffffff, 0x000000, 0};
static const struct style other = {0x00ff00, 0x0000ff, ATTRIBUTE_BOLD};

static void assert_dump(const struct canvas *c, const char *expected)
{
    char *frame = canvas_dump(c);
    assert_string_equal(frame, expected);
    free(frame);
}

static void test_text_lands_where_it_was_put(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(3, 12);
    int end = canvas_text(c, canvas_area(c), 1, 2, plain, "나는 go");
    assert_int_equal(end, 9);
    assert_dump(c, "\n  나는 go\n\n");
    assert_int_equal(canvas_cell(c, 1, 2)->width, 2);
    assert_int_equal(canvas_cell(c, 1, 3)->width, 0);
    canvas_free(c);
}

static void test_wide_glyph_is_not_cut_at_the_last_column(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 5);
    canvas_text(c, canvas_area(c), 0, 0, plain, "가나다");
    assert_dump(c, "가나\n");
    assert_int_equal(canvas_cell(c, 0, 4)->width, 1);
    canvas_free(c);
}

static void test_wide_glyph_is_not_cut_at_the_first_column(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 8);
    canvas_text(c, area_part(canvas_area(c), 0, 3, 1, 5), 0, -1, plain, "가나");
    assert_dump(c, "    나\n");
    canvas_free(c);
}

static void test_text_without_room_ends_with_an_ellipsis(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 12);
    struct area a = area_part(canvas_area(c), 0, 2, 1, 6);
    canvas_text(c, a, 0, 0, plain, "0.1234");
    assert_dump(c, "  0.1234\n");
    canvas_text(c, a, 0, 0, plain, "0.12345");
    assert_dump(c, "  0.123…\n");
    assert_false(canvas_cell(c, 0, 7)->cut);
    canvas_text(c, a, 0, 0, plain, "가나다라"); /* no half of a glyph is left */
    assert_dump(c, "  가나 …\n");
    canvas_free(c);
}

static void test_text_without_room_leaves_a_note(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 12);
    struct area a = area_part(canvas_area(c), 0, 2, 1, 5);
    canvas_text(c, a, 0, 0, plain, "abcde ");
    canvas_field(c, a, 0, ALIGN_LEFT, plain, "abcdefg");
    assert_false(canvas_cell(c, 0, 6)->cut);
    canvas_text(c, a, 0, 0, plain, "가나다");
    assert_dump(c, "  가나\n");
    assert_true(canvas_cell(c, 0, 6)->cut);
    assert_false(canvas_cell(c, 0, 5)->cut);
    canvas_text(c, a, 0, 4, plain, "x"); /* and what is painted over it takes it away */
    assert_false(canvas_cell(c, 0, 6)->cut);
    canvas_text(c, a, 0, 9, plain, "far");
    assert_true(canvas_cell(c, 0, 6)->cut);
    canvas_clear(c, plain);
    assert_false(canvas_cell(c, 0, 6)->cut);
    canvas_free(c);
}

static void test_painting_over_half_a_glyph_removes_the_other_half(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 6);
    canvas_text(c, canvas_area(c), 0, 0, plain, "가나다");
    canvas_text(c, canvas_area(c), 0, 1, other, "x");
    assert_dump(c, " x나다\n");
    canvas_text(c, canvas_area(c), 0, 4, other, "y");
    assert_dump(c, " x나y\n");
    canvas_text(c, canvas_area(c), 0, 3, other, "마");
    assert_dump(c, " x 마\n");
    canvas_free(c);
}

static void test_marks_join_the_cell_before(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 6);
    canvas_text(c, canvas_area(c), 0, 0, plain, "e\xcc\x81x");
    assert_string_equal(canvas_cell(c, 0, 0)->text, "e\xcc\x81");
    assert_string_equal(canvas_cell(c, 0, 1)->text, "x");
    canvas_text(c, canvas_area(c), 0, 2, plain, "\xcc\x81"); /* alone: joins the x */
    assert_string_equal(canvas_cell(c, 0, 1)->text, "x\xcc\x81");
    char many[64] = "a";
    for (int i = 0; i < 30; i++)
        strcat(many, "\xcc\x81");
    canvas_text(c, canvas_area(c), 0, 0, plain, many);
    assert_true(strlen(canvas_cell(c, 0, 0)->text) < CELL_BYTES);
    canvas_free(c);
}

#define FAMILY_OF_FOUR "👨‍👩‍👧‍👦"
#define KISS "👩‍❤️‍💋‍👨"
#define ENGLAND "🏴\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5\xf3\xa0\x81\xae\xf3\xa0\x81\xa7\xf3\xa0\x81\xbf"
#define JOINER "\xe2\x80\x8d"

/* A cluster is in its cell as a whole, or one replacement stands for it. */
static void test_clusters_are_whole_or_replaced(void **state)
{
    (void)state;
    static const struct {
        const char *text, *row;
    } cases[] = {
        {"👨‍👩‍👧x", "👨‍👩‍👧x"},
        {"🇰🇷🇯🇵x", "🇰🇷🇯🇵x"},
        {"👍🏽1️⃣❤️x", "👍🏽1️⃣❤️x"},
        {FAMILY_OF_FOUR "x", "\xef\xbf\xbd x"},
        {KISS KISS "x", "\xef\xbf\xbd \xef\xbf\xbd x"},
        {ENGLAND "x", "\xef\xbf\xbd x"},
        {"e\xcc\x81\xcc\x82\xcc\x83\xcc\x84x", "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84x"},
        {"e\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85x", "\xef\xbf\xbdx"},
        {"a" JOINER "b", "ab"}, /* nothing that a terminal could join */
        {"👨" JOINER "bx", "👨bx"},
        {"👨" JOINER, "👨\xef\xbf\xbd"},
        {"\xef\xb8\x8fx", "\xef\xbf\xbdx"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct canvas *c = canvas_new(1, 12);
        int end = canvas_text(c, canvas_area(c), 0, 1, plain, cases[i].text);
        assert_int_equal(end, 1 + canvas_width(c, cases[i].text));
        char *row = mem_format(" %s\n", cases[i].row);
        assert_dump(c, row);
        free(row);
        canvas_free(c);
    }
}

static void test_a_cell_that_marks_overfill_is_replaced(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 6);
    canvas_text(c, canvas_area(c), 0, 0, plain, "가x");
    for (int i = 0; i < 4; i++)
        canvas_text(c, canvas_area(c), 0, 2, plain, "\xcc\x81");
    assert_int_equal(canvas_cell(c, 0, 0)->width, 2);
    canvas_text(c, canvas_area(c), 0, 2, plain, "\xcc\x81");
    assert_dump(c, "\xef\xbf\xbd x\n");
    c->ascii = true;
    canvas_text(c, canvas_area(c), 0, 3, plain, KISS);
    assert_dump(c, "\xef\xbf\xbd x?\n");
    canvas_free(c);
}

/* Fields and wraps are cut between clusters, a space with a mark being one. */
static void test_cuts_keep_clusters(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(3, 6);
    canvas_field(c, canvas_area(c), 0, ALIGN_LEFT, plain, "abc👨‍👩‍👧👨‍👩‍👧");
    canvas_field(c, canvas_area(c), 1, ALIGN_LEFT, plain, "abcd🇰🇷🇯🇵");
    canvas_field(c, canvas_area(c), 2, ALIGN_LEFT, plain, "ab" KISS "e\xcc\x81xyz");
    assert_dump(c, "abc👨‍👩‍👧…\nabcd…\nab\xef\xbf\xbd e\xcc\x81…\n");
    canvas_clear(c, plain);
    assert_int_equal(canvas_wrap(c, canvas_area(c), 0, plain, "abcd👨‍👩‍👧👨‍👩‍👧"), 2);
    assert_dump(c, "abcd👨‍👩‍👧\n👨‍👩‍👧\n\n");
    canvas_clear(c, plain);
    canvas_wrap(c, canvas_area(c), 0, plain, "abc \xcc\x81" "de fg");
    assert_dump(c, "abc \xcc\x81" "de\nfg\n\n");
    canvas_free(c);
}

static void test_a_long_formatted_text_is_not_cut(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 700);
    char text[601] = "";
    for (int i = 0; i < 200; i++)
        strcat(text, "가");
    assert_int_equal(canvas_textf(c, canvas_area(c), 0, 0, plain, "%s%d", text, 7), 401);
    canvas_free(c);
}

static void test_control_bytes_never_pass(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 20);
    canvas_text(c, canvas_area(c), 0, 0, plain,
                "a\033[31mb\x7f\xc2\x9b\xff\xe2\x80\xae.");
    for (int i = 0; i < 20; i++)
        for (const char *s = canvas_cell(c, 0, i)->text; *s; s++)
            assert_true((unsigned char)*s >= 0x20 && *s != 0x7f);
    char *frame = canvas_dump(c);
    assert_null(strstr(frame, "\xc2\x9b"));
    assert_null(strstr(frame, "\xe2\x80\xae"));
    free(frame);
    canvas_free(c);
}

static void test_field_aligns_and_cuts_with_an_ellipsis(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(4, 9);
    struct area a = canvas_area(c);
    canvas_field(c, a, 0, ALIGN_RIGHT, plain, "학교");
    canvas_field(c, a, 1, ALIGN_CENTER, plain, "학교");
    canvas_field(c, a, 2, ALIGN_LEFT, plain, "나는 학교에");
    canvas_field(c, a, 3, ALIGN_LEFT, plain, "exactly_9");
    assert_dump(c, "     학교\n  학교\n나는 학…\nexactly_9\n");
    canvas_free(c);
}

static void test_wrap_breaks_at_spaces_else_at_clusters(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(6, 10);
    int rows = canvas_wrap(c, canvas_area(c), 0, plain,
                           "나는 학교에 간다 verylongenglishword\nx");
    assert_dump(c, "나는\n학교에\n간다\nverylongen\nglishword\nx\n");
    assert_int_equal(rows, 6);
    assert_int_equal(canvas_wrap_rows(c, 10, "나는 학교에"), 2);
    assert_int_equal(canvas_wrap_rows(c, 1, "가나"), 2);
    assert_int_equal(canvas_wrap_rows(c, 10, ""), 1);
    canvas_free(c);
}

static void test_wrap_says_that_rows_are_left_out(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(2, 10);
    canvas_wrap(c, canvas_area(c), 0, plain, "나는 학교에 간다");
    assert_dump(c, "나는\n학교에…\n");
    canvas_clear(c, plain);
    canvas_wrap(c, canvas_area(c), 0, plain, "one word more\nthan rows");
    assert_dump(c, "one word\nmore…\n");
    canvas_clear(c, plain);
    canvas_wrap(c, canvas_area(c), 1, plain, "exactly_10 x");
    assert_dump(c, "\nexactly_1…\n");
    canvas_wrap(c, canvas_area(c), 1, plain, "exactly_10\n \n");
    assert_dump(c, "\nexactly_10\n");
    canvas_free(c);
}

/* The texts of the frame have numbers, and their cells know where they start and end. */
static void test_cells_know_their_text(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 12);
    canvas_text(c, canvas_area(c), 0, 1, plain, " go");
    canvas_field(c, area_part(canvas_area(c), 0, 6, 1, 4), 0, ALIGN_LEFT, plain, "학교에");
    const struct cell *cell = canvas_cell(c, 0, 0);
    for (int x = 0; x < 12; x++) {
        assert_int_equal(cell[x].painted, x >= 6 && x < 9 ? 2 : x >= 1 && x < 4);
        assert_int_equal(cell[x].start, x == 2 || x == 6);
        assert_int_equal(cell[x].end, x == 3 || x == 8); /* the ellipsis */
    }
    canvas_text(c, canvas_area(c), 0, 3, other, "x");
    assert_false(cell[2].end);
    assert_int_equal(cell[3].painted, 3);
    canvas_free(c);
}

static void test_box_and_lines(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(3, 12);
    canvas_box(c, canvas_area(c), plain, "행렬");
    assert_dump(c, "┌─ 행렬 ───┐\n│          │\n└──────────┘\n");
    c->ascii = true;
    canvas_box(c, canvas_area(c), plain, "Q");
    assert_dump(c, "+- Q ------+\n|          |\n+----------+\n");
    canvas_free(c);
}

static void test_ascii_mode_writes_everything_in_ascii(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 40);
    c->ascii = c->romanize = true;
    canvas_text(c, canvas_area(c), 0, 0, plain, "Σ Q×K → √d … 나는 漢");
    char *frame = canvas_dump(c);
    for (const char *s = frame; *s; s++)
        assert_true((unsigned char)*s < 0x80);
    assert_non_null(strstr(frame, "sum QxK -> sqrtd ... naneun"));
    assert_int_equal(canvas_width(c, "√"), 4);
    free(frame);
    canvas_free(c);
}

static void test_areas_never_turn_negative(void **state)
{
    (void)state;
    struct area a = {2, 3, 5, 7};
    assert_true(area_is_empty(area_inset(a, 3, 0)));
    assert_true(area_is_empty(area_part(a, 9, 0, 2, 2)));
    struct area part = area_part(a, 1, 2, 99, 99);
    assert_int_equal(part.row, 3);
    assert_int_equal(part.column, 5);
    assert_int_equal(part.rows, 4);
    assert_int_equal(part.columns, 5);
}

/* ---- property: whatever is painted, nothing changes outside the area, every wide glyph
 * has its right half, and every cell is printable. ---- */

static void random_text(struct random *r, char *out, size_t size)
{
    static const char *const parts[] = {"a",
                                        " ",
                                        "나는",
                                        "학교",
                                        "\xcc\x81",
                                        "√",
                                        "漢",
                                        "\033[2J",
                                        "\xff",
                                        "🙂",
                                        "—",
                                        "\xe1\x84\x80\xe1\x85\xa1",
                                        "\t",
                                        "word",
                                        "\xe2\x80\x8d",
                                        "👨‍👩‍👧",
                                        KISS,
                                        "🇰🇷",
                                        "\xef\xb8\x8f",
                                        "\n",
                                        "…"};
    out[0] = 0;
    for (uint64_t n = random_below(r, 14); n > 0; n--) {
        const char *part = parts[random_below(r, sizeof parts / sizeof *parts)];
        if (strlen(out) + strlen(part) + 1 < size)
            strcat(out, part);
    }
}

static void check_row(const struct canvas *c, int row)
{
    for (int i = 0; i < c->columns; i++) {
        const struct cell *cell = canvas_cell(c, row, i);
        if (cell->width == 2) {
            assert_true(i + 1 < c->columns);
            assert_int_equal(canvas_cell(c, row, i + 1)->width, 0);
        } else if (cell->width == 0) {
            assert_true(i > 0);
            assert_int_equal(canvas_cell(c, row, i - 1)->width, 2);
            assert_string_equal(cell->text, "");
        }
        assert_true(cell->width == 0 || cell->text[0]);
        for (const char *s = cell->text; *s; s++)
            assert_true((unsigned char)*s >= 0x20 && *s != 0x7f);
        const char *joiner = strstr(cell->text, JOINER);
        assert_true(!joiner || joiner[strlen(JOINER)]);
    }
}

static int any(struct random *r, int from, int to)
{
    return from + (int)random_below(r, (uint64_t)(to - from + 1));
}

static void paint_anything(struct random *r, struct canvas *c, struct area a)
{
    char text[256];
    random_text(r, text, sizeof text);
    int row = any(r, -3, 9), column = any(r, -9, 25);
    switch (random_below(r, 6)) {
    case 0:
        canvas_field(c, a, row, (enum align)random_below(r, 3), other, text);
        break;
    case 1:
        canvas_wrap(c, a, row, other, text);
        break;
    case 2:
        canvas_box(c, a, other, text);
        break;
    case 3:
        canvas_fill(c, a, other);
        break;
    case 4:
        canvas_cursor(c, a, row, column);
        break;
    default:
        canvas_text(c, a, row, column, other, text);
    }
}

static void test_nothing_is_painted_outside_the_area(void **state)
{
    (void)state;
    struct random r = random_seed(7);
    for (int round = 0; round < 3000; round++) {
        struct canvas *c = canvas_new(any(&r, 1, 8), any(&r, 1, 24));
        canvas_clear(c, plain);
        struct area a = {any(&r, -2, 8), any(&r, -4, 24), any(&r, 0, 9), any(&r, 0, 24)};
        c->ascii = random_below(&r, 4) == 0;
        c->romanize = random_below(&r, 4) == 0;
        paint_anything(&r, c, a);
        for (int row = 0; row < c->rows; row++) {
            check_row(c, row);
            for (int i = 0; i < c->columns; i++) {
                bool inside = row >= a.row && row < a.row + a.rows && i >= a.column &&
                              i < a.column + a.columns;
                const struct cell *cell = canvas_cell(c, row, i);
                if (!inside)
                    assert_int_equal(cell->style.fg, plain.fg);
                if (!inside)
                    assert_string_equal(cell->text, " ");
            }
        }
        if (c->cursor_visible)
            assert_true(c->cursor_row < c->rows && c->cursor_column < c->columns);
        canvas_free(c);
    }
}

static void test_the_window_keeps_the_selection_in_sight(void **state)
{
    (void)state;
    for (long count = 1; count < 30; count++)
        for (long seen = 1; seen < 12; seen++)
            for (long at = 0; at < count; at++) {
                long first = scroll_first(at, seen, count);
                assert_true(first >= 0 && at >= first && at < first + seen);
                assert_true(first == 0 || first + seen <= count);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_window_keeps_the_selection_in_sight),
        cmocka_unit_test(test_text_lands_where_it_was_put),
        cmocka_unit_test(test_wide_glyph_is_not_cut_at_the_last_column),
        cmocka_unit_test(test_wide_glyph_is_not_cut_at_the_first_column),
        cmocka_unit_test(test_text_without_room_ends_with_an_ellipsis),
        cmocka_unit_test(test_text_without_room_leaves_a_note),
        cmocka_unit_test(test_painting_over_half_a_glyph_removes_the_other_half),
        cmocka_unit_test(test_marks_join_the_cell_before),
        cmocka_unit_test(test_clusters_are_whole_or_replaced),
        cmocka_unit_test(test_a_cell_that_marks_overfill_is_replaced),
        cmocka_unit_test(test_cuts_keep_clusters),
        cmocka_unit_test(test_a_long_formatted_text_is_not_cut),
        cmocka_unit_test(test_control_bytes_never_pass),
        cmocka_unit_test(test_field_aligns_and_cuts_with_an_ellipsis),
        cmocka_unit_test(test_wrap_breaks_at_spaces_else_at_clusters),
        cmocka_unit_test(test_wrap_says_that_rows_are_left_out),
        cmocka_unit_test(test_cells_know_their_text),
        cmocka_unit_test(test_box_and_lines),
        cmocka_unit_test(test_ascii_mode_writes_everything_in_ascii),
        cmocka_unit_test(test_areas_never_turn_negative),
        cmocka_unit_test(test_nothing_is_painted_outside_the_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
