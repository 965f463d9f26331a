#include "study/gloss.h"

#include "base/file.h"
#include "base/memory.h"
#include "support.h"
#include "tablefile.h"

#include <stdio.h>
#include <unistd.h>

static struct gloss *open_text(const char *text, struct error *e)
{
    assert_int_equal(file_write(path, text, strlen(text), true, NULL), 0);
    return gloss_open(path, e);
}

static void pieces_are_found_in_any_order(void **state)
{
    (void)state;
    struct gloss *g = open_text("piece\tgloss\troman\n▁학교\tschool\thakgyo\n▁나\tI\tna\n"
                                "에\tto\te\n▁간\tgo\tgan\n", NULL);
    assert_non_null(g);
    assert_string_equal(gloss_english(g, "▁나"), "I");
    assert_string_equal(gloss_roman(g, "▁나"), "na");
    assert_string_equal(gloss_english(g, "▁학교"), "school");
    assert_string_equal(gloss_roman(g, "▁간"), "gan");
    assert_null(gloss_english(g, "나"));
    assert_null(gloss_roman(g, ""));
    gloss_free(g);
}

/* An empty cell is no gloss. */
static void empty_cells_are_none(void **state)
{
    (void)state;
    struct gloss *g = open_text("p\tg\tr\n는\t\tneun\n다\t(ending)\t\n", NULL);
    assert_null(gloss_english(g, "는"));
    assert_string_equal(gloss_roman(g, "는"), "neun");
    assert_null(gloss_roman(g, "다"));
    gloss_free(g);
}

static void a_model_without_glosses(void **state)
{
    (void)state;
    struct error e = {0};
    struct gloss *g = gloss_open(NULL, &e);
    assert_non_null(g);
    assert_false(e.set);
    assert_null(gloss_english(g, "▁나"));
    gloss_free(g);
    g = open_text("p\tg\tr\n", &e);
    assert_null(gloss_roman(g, "▁나"));
    gloss_free(g);
    gloss_free(NULL);
}

static void a_faulty_file_is_an_error(void **state)
{
    (void)state;
    struct error e = {0};
    assert_null(open_text("p\tg\tr\n나\tI\n", &e));
    assert_int_equal(e.line, 2);
    assert_contains(e.message, "3, separated by tabs");
    e = (struct error){0};
    assert_null(gloss_open("/nonexistent/gloss.tsv", &e));
    assert_true(e.set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_found_in_any_order),
        cmocka_unit_test(empty_cells_are_none),
        cmocka_unit_test(a_model_without_glosses),
        cmocka_unit_test(a_faulty_file_is_an_error),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
