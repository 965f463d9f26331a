/* The screens of the walk at every width from 40 to 90 columns, in both languages, with
 * ambiguous characters one and two columns wide: no row is too long, and no Hangul
 * syllable is cut at an edge. */
#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"
#include "base/utf8.h"
#include "screen/screens.h"
#include "screen/walk.h"
#include "models.h"

static const char *const scripts[] = {
    "",
    "j text:encoder.0.self_attn.scores Enter Enter Down Right*2",
    "j text:decoder.1.cross_attn.weights Enter Enter Down Enter Down",
    "j text:encoder.0.norm1 Enter Enter Right*9",
    "> Enter Down",
    "j text:encoder.0.self_attn.weights Enter a Right",
    "g Right*4",
    "e text:'나는 √2×3 → 학교에 xyz'",
    "e Down*3",
    "j text:softmax",
    "? Down",
    "Right*3 i",
};

static struct app *open_app(void)
{
    struct error e = {0};
    struct session_options options = {0};
    struct session *s = session_new(shared_model(MODEL_DEFAULT), &options);
    assert_int_equal(session_set_text(s, "나는 학교에 간다", &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    struct app *app = app_new(theme_find("dark"), screen_table);
    walk_open(app, walk_new(exhibit_of_session(s)));
    return app;
}

/* Both columns of a wide character stand on the canvas, and each cell holds a text as wide
 * as it says. */
static void check_cells(const struct canvas *c)
{
    for (int row = 0; row < c->rows; row++)
        for (int i = 0; i < c->columns; i++) {
            const struct cell *cell = canvas_cell(c, row, i);
            bool right = i > 0 && canvas_cell(c, row, i - 1)->width == 2;
            assert_int_equal(cell->width == 0, right);
            assert_true(cell->width < 2 || i + 1 < c->columns);
            if (cell->width && text_width(cell->text) != cell->width)
                fail_msg("\"%s\" takes %d columns, its cell %d", cell->text,
                         text_width(cell->text), cell->width);
        }
}

static void check_rows(const struct canvas *c, const char *keys)
{
    char *frame = canvas_dump(c), *rest = NULL;
    for (char *row = strtok_r(frame, "\n", &rest); row; row = strtok_r(NULL, "\n", &rest)) {
        assert_true(utf8_is_valid(row, strlen(row)));
        assert_null(strstr(row, "\xef\xbf\xbd"));
        if (text_width(row) > c->columns)
            fail_msg("keys \"%s\", %d columns: a row takes %d: %s", keys, c->columns,
                     text_width(row), row);
    }
    free(frame);
}

static void check_widths(const char *keys, bool wide)
{
    struct script script, none = {0};
    struct app *app = open_app();
    assert_int_equal(script_parse(keys, &script, NULL), 0);
    app_set_writing(app, wide, false);
    app_run_script(app, &script, 24, 80);
    for (int columns = 40; columns <= 90; columns++) {
        const struct canvas *c = app_run_script(app, &none, 20 + columns % 7, columns);
        assert_int_equal(c->columns, columns);
        check_cells(c);
        check_rows(c, keys);
    }
    script_free(&script);
    app_free(app);
}

static void check_all(bool wide)
{
    text_set_ambiguous_wide(wide);
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        say_set_language((enum language)language);
        for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
            check_widths(scripts[i], wide);
    }
    say_set_language(LANGUAGE_EN);
    text_set_ambiguous_wide(false);
}

static void test_every_width(void **state)
{
    (void)state;
    check_all(false);
}

static void test_every_width_with_wide_ambiguous_characters(void **state)
{
    (void)state;
    check_all(true);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_width),
        cmocka_unit_test(test_every_width_with_wide_ambiguous_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
