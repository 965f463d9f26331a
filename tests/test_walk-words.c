/* The walk speaks of stages by their names: the list of stages, what inputs are called,
 * what meets in a product. */
#include "base/memory.h"
#include "base/say.h"
#include "screen/screens.h"
#include "screen/walk.h"
#include "study/render.h"

#include "keys.h"
#include "models.h"

static struct app *open_app(struct walk **walk)
{
    struct error e = {0};
    struct session_options options = {.trace = {.engine = ENGINE_REFERENCE}};
    struct session *s = session_new(shared_model(MODEL_DEFAULT), &options);
    assert_int_equal(session_set_text(s, "나는 학교에 간다", &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    struct app *app = app_new(theme_find("dark"), screen_table);
    *walk = walk_new(exhibit_of_session(s));
    walk_open(app, *walk);
    return app;
}

static char *play(const char *keys, int rows, int columns)
{
    struct walk *w;
    struct app *app = open_app(&w);
    char *text = canvas_dump(press(app, keys, rows, columns));
    app_free(app);
    return text;
}

static const char *shown_id(const struct walk *w)
{
    return w->sheet.stage ? stage_id(w->sheet.stage) : w->sheet.part->name;
}

/* Words of the filter in any order, in either language; a number is a whole one. */
static void test_a_stage_is_found_by_words_in_any_order(void **state)
{
    (void)state;
    static const struct {
        const char *filter, *id;
    } cases[] = {
        {"encoder 0 softmax", "encoder.0.self_attn.weights"},
        {"softmax 0 encoder", "encoder.0.self_attn.weights"},
        {"가중치 1 인코더", "encoder.1.self_attn.weights"},
        {"교차 디코더 1 가중치", "decoder.1.cross_attn.weights"},
        {"cross-attention KEYS decoder 0 split", "decoder.0.cross_attn.k_heads"},
        {"decoder 1 feed-forward residual", "decoder.1.residual3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct walk *w;
        struct app *app = open_app(&w);
        char *keys = mem_format("j text:'%s' Enter", cases[i].filter);
        press(app, keys, 24, 80);
        assert_string_equal(shown_id(w), cases[i].id);
        free(keys);
        app_free(app);
    }
    struct walk *w;
    struct app *app = open_app(&w);
    press(app, "j text:'encoder 2' Enter", 24, 80); /* no such layer: the list stays */
    assert_string_equal(app_top(app)->name, "jump");
    app_free(app);
}

/* What the decoder reads of the encoder is called memory; the numbers of a table of the
 * vocabulary stand beside their pieces. */
static void test_inputs_are_called_what_they_are(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    char *frame = play("j text:decoder.0.cross_attn.k Enter Enter Enter", 36, 120);
    assert_contains(frame, "K = memory·W_K");
    assert_contains(frame, say(SAY_MEMORY));
    free(frame);
    frame = play("j text:decoder.0.cross_attn.q Enter Enter Enter", 36, 120);
    assert_null(strstr(frame, "memory"));
    free(frame);
    struct walk *w;
    struct app *app = open_app(&w);
    press(app, "j text:src.embedding Enter Down Enter Enter Enter", 24, 80);
    assert_null(w->sheet.stage);
    assert_non_null(w->sheet.row_labels);
    assert_int_equal(w->sheet.row_labels->count, w->sheet.rows);
    assert_string_equal(w->sheet.row_labels->items[w->shown.at.row].text,
                        w->session->source_labels.items[0].text);
    app_free(app);
    app = open_app(&w);
    press(app, "> p Enter", 24, 80);
    assert_string_equal(shown_id(w), "logits");
    assert_ptr_equal(w->inputs[1].sheet.row_labels, w->shown.sets.vocabulary);
    app_free(app);
}

/* The row and the column that meet stand below the terms where there is room, and their
 * running sum ends in the number. */
static void test_what_meets_is_seen_with_its_running_sum(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    struct walk *w;
    struct app *app = open_app(&w);
    press(app, "j text:encoder.0.self_attn.scores Enter Enter Down Enter", 24, 80);
    struct script none = {0};
    static const int sizes[][2] = {{36, 120}, {40, 150}, {60, 200}, {80, 300}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char number[RENDER_NUMBER], query[32];
        const struct canvas *c = app_run_script(app, &none, sizes[i][0], sizes[i][1]);
        char *text = canvas_dump(c);
        snprintf(query, sizeof query, "Q_h %s",
                 label_without_mark(w->session->source_labels.items[1].text));
        assert_contains(text, query);
        char *sum = strstr(text, "product ");
        assert_non_null(sum);
        double value = tensor_get(w->values, sheet_cell(&w->sheet, w->shown.at));
        assert_contains(sum, render_number(value, 2, number));
        free(text);
    }
    app_free(app);
}

/* Both operands are seen with all of their columns, side by side where they fit. */
static void test_operands_stand_side_by_side(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    char *frame = play("j text:encoder.0.self_attn.scores Enter Enter Enter", 80, 300);
    char *left = strstr(frame, "made of Q_h"), *right = strstr(frame, "made of K_h");
    assert_true(left && right && left < right);
    assert_true(strcspn(left, "\n") > (size_t)(right - left));
    free(frame);
    frame = play("j text:encoder.0.self_attn.scores Enter Enter Enter", 60, 120);
    left = strstr(frame, "made of Q_h");
    right = strstr(frame, "made of K_h");
    assert_true(left && right && strcspn(left, "\n") < (size_t)(right - left));
    free(frame);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stage_is_found_by_words_in_any_order),
        cmocka_unit_test(test_inputs_are_called_what_they_are),
        cmocka_unit_test(test_operands_stand_side_by_side),
        cmocka_unit_test(test_what_meets_is_seen_with_its_running_sum),
    };
    return cmocka_run_group_tests_name("walk-words", tests, NULL, NULL);
}
