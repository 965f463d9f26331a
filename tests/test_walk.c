/* The walk from keys to golden frames.
 * They use the reference engine, so digits are the same everywhere; only the differences
 * between the two engines are not, and are blotted out. */
#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "screen/screens.h"
#include "screen/walk.h"
#include "study/loss.h"

#include "frames.h"
#include "models.h"

static const char *model = MODEL_DEFAULT;

static struct session *open_session(const char *text)
{
    struct error e = {0};
    struct session_options options = {.trace = {.engine = ENGINE_REFERENCE}};
    struct session *s = session_new(shared_model(model), &options);
    assert_int_equal(session_set_text(s, text, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    return s;
}

static struct app *open_app(const char *theme, struct walk **walk)
{
    struct app *app = app_new(theme_find(theme), screen_table);
    *walk = walk_new(exhibit_of_session(open_session("나는 학교에 간다")));
    (*walk)->exam_limit = 20;
    walk_open(app, *walk);
    return app;
}

/* Plays keys on a walk of its own. Caller frees the app, which has the canvas. */
static struct app *play_app(const char *keys, int rows, int columns, const char *theme,
                            bool ascii)
{
    struct script script;
    struct error e = {0};
    if (script_parse(keys, &script, &e) < 0)
        fail_msg("%s", e.message);
    struct walk *w;
    struct app *app = open_app(theme, &w);
    app_set_writing(app, ascii, ascii);
    app_run_script(app, &script, rows, columns);
    script_free(&script);
    return app;
}

static char *play(const char *keys, int rows, int columns)
{
    struct app *app = play_app(keys, rows, columns, "dark", false);
    char *text = frame_text(app_canvas(app));
    app_free(app);
    return text;
}

/* ---- golden frames ---- */

/* On the frozen model, but for the first: it shows what the embedded one answers. */
static const struct frame {
    const char *name, *keys;
} frames[] = {
    {"start", ""},
    {"scores", "j text:encoder.0.self_attn.scores Enter Enter Down Right*2"},
    {"masked", "j text:decoder.0.self_attn.masked Enter ] Enter Down Right"},
    {"cross", "j text:decoder.1.cross_attn.weights Enter Enter Down Enter Down"},
    {"norm", "j text:encoder.0.norm1 Enter Enter Right*9 Enter Down*3"},
    {"path", "j text:encoder.1.ffn.hidden Enter Enter Enter Enter Enter Down Enter"},
    {"weight", "j text:encoder.0.self_attn.q Enter Enter Enter Right Enter"},
    {"prediction", "> Enter Down"},
    {"weights", "j text:encoder.1.self_attn.weights Enter Enter Down wait:exam"},
    {"weights-heads", "j text:encoder.0.self_attn.weights Enter Enter wait:exam v Right Down"},
    {"weights-words", "j text:encoder.1.self_attn.weights Enter Enter M F"},
    {"bridge", "j text:decoder.1.cross_attn.weights Enter Enter Down v F Right*4"},
    {"heads", "j text:encoder.0.self_attn.weights Enter a Right wait:exam"},
    {"gloss", "g Right*4"},
    {"zoom-out", "Right*20 Enter -"},
    {"zoom-in", "Right*20 Enter + + Right*3"},
    {"editor", "e text:'나는 우주선을 xyz'"},
    {"examples", "e Down*3"},
    {"new-sentence", "> e text:'고양이가 개를 쫓는다' Enter"},
    {"unknown", "e text:'나는 xyz' Enter"},
    {"jump", "j text:softmax"},
    {"help", "? Down"},
    {"about", "Right*3 i"},
    {"no-heads", "]"},
    {"lab", "w Down*2"},
    {"lab-off", "w Down Space wait:exam"},
    {"lab-place", "w Down*9 Right*8 Space Down*2 + Space wait:exam"},
    {"off", "j text:decoder.1.ffn.output Enter w Down*6 Space Esc"},
    {"off-help", "w Down*4 Space Esc ?"},
    {"compare", "j text:cross_attn.weights Enter w Down*3 Space Esc c Down Right"},
    {"compare-hidden", "j text:encoder.0.ffn.hidden Enter w Down*8 Space Esc c Space"},
    {"compare-typing", "c text:'고양이가 개를 쫓는다'"},
    {"sentences", "j text:encoder.0.self_attn.weights Enter c text:'개가 고양이를 쫓는다' Enter"},
    {"words", "d Right*2"},
    {"words-changed", "d Right Down Enter Right + + Down"},
};

static void compare_all(enum language language)
{
    say_set_language(language);
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        model = i ? MODEL_FROZEN : MODEL_DEFAULT;
        struct app *app = play_app(frames[i].keys, 24, 80, "dark", false);
        frame_compare_sizes(frames[i].name, app);
        app_free(app);
    }
    model = MODEL_DEFAULT;
    say_set_language(LANGUAGE_EN);
    frame_done();
}

static void test_frames_in_english(void **state)
{
    (void)state;
    compare_all(LANGUAGE_EN);
}

static void test_frames_in_korean(void **state)
{
    (void)state;
    compare_all(LANGUAGE_KO);
}

static void test_frames_without_hangul_or_colours(void **state)
{
    (void)state;
    const char *keys = "j text:decoder.0.cross_attn.weights Enter Enter Down";
    model = MODEL_FROZEN;
    struct app *app = play_app(keys, 24, 80, "mono", true);
    char *ascii = frame_text(app_canvas(app));
    for (const char *s = ascii; *s; s++)
        assert_true((unsigned char)*s < 0x80);
    assert_non_null(strstr(ascii, "naneun hakgyoe ganda"));
    free(ascii);
    frame_properties("ascii-80x24", app_canvas(app));
    frame_compare("ascii-80x24", app_canvas(app));
    app_free(app);
    app = play_app("j text:decoder.0.cross_attn.weights Enter Enter - Down", 24, 80,
                   "mono", false);
    frame_properties("mono-80x24", app_canvas(app));
    frame_compare("mono-80x24", app_canvas(app));
    app_free(app);
    model = MODEL_DEFAULT;
    frame_done();
}

/* ---- what keys do ---- */

static void press(struct app *app, const char *keys)
{
    struct script script;
    assert_int_equal(script_parse(keys, &script, NULL), 0);
    app_run_script(app, &script, 24, 80);
    script_free(&script);
}

static const char *shown_id(const struct walk *w)
{
    return w->sheet.stage ? stage_id(w->sheet.stage) : w->sheet.part->name;
}

static void test_forward_and_back_through_all_stages(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app("dark", &w);
    int count = (int)trace_plan(w->session->trace)->count;
    for (int i = 0; i < count; i++) {
        assert_int_equal(w->stage, i);
        press(app, i % 2 ? "Space" : "Right");
    }
    assert_int_equal(w->stage, count - 1);
    assert_non_null(w->message);
    for (int i = count - 1; i >= 0; i--) {
        assert_int_equal(w->stage, i);
        press(app, i % 2 ? "p" : "PgUp");
    }
    assert_int_equal(w->stage, 0);
    press(app, ">");
    assert_string_equal(shown_id(w), "probabilities");
    press(app, "< N");
    assert_string_equal(shown_id(w), "encoder.0.self_attn.q");
    press(app, "Space Space P");
    assert_string_equal(shown_id(w), "encoder.0.self_attn.q");
    press(app, "P");
    assert_string_equal(shown_id(w), "src.tokens");
    app_free(app);
}

/* To the gradient of a stage at the same cell, into its operands, and back. */
static void test_gradients_are_a_key_away(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app("dark", &w);
    size_t stages = trace_plan(w->session->trace)->count;
    press(app, "j text:encoder.0.self_attn.weights Enter Enter ] Down Home Right D");
    assert_string_equal(shown_id(w), "grad.encoder.0.self_attn.weights");
    assert_true(trace_plan(w->session->trace)->count > 3 * stages);
    assert_true(w->shown.at.head == 1 && w->shown.at.row == 1 && w->shown.at.column == 1);
    assert_true(!w->proving && !w->proof.failed);
    assert_true(w->explained && w->x.count > 0);
    assert_true(walk_descend(w)); /* an operand: the gradient behind, or V */
    assert_true(walk_return(w));
    press(app, "D");
    assert_string_equal(shown_id(w), "encoder.0.self_attn.weights");
    assert_true(w->shown.at.head == 1 && w->shown.at.row == 1 && w->shown.at.column == 1);
    press(app, "< D"); /* ids have none, and it says so */
    assert_string_equal(shown_id(w), "src.tokens");
    assert_contains(w->message, "src.tokens");
    press(app, "w Space Esc"); /* a what-if keeps the gradients behind the pass */
    assert_int_equal(w->session->whatifs.count, 1);
    assert_true(loss_stage(trace_plan(w->session->trace)) > 0);
    app_free(app);
}

static void test_heads_are_chosen(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app("dark", &w);
    press(app, "j text:encoder.0.self_attn.weights Enter ] ]");
    assert_int_equal(w->shown.at.head, 2);
    press(app, "[ [ [");
    assert_int_equal(w->shown.at.head, w->sheet.heads - 1);
    press(app, "a Left Enter");
    assert_int_equal(w->shown.at.head, w->sheet.heads - 2);
    press(app, "Space"); /* stays with the head while there are heads */
    assert_int_equal(w->shown.at.head, w->sheet.heads - 2);
    app_free(app);
}

/* From the probability of a word down to a weight, and all the way back. */
/* From the matrix to each head, each row, and round; where there are no heads, to rows.
 * All heads side by side have the same key, and the range stays. */
static void test_one_key_turns_the_range(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *range;
    } cases[] = {
        {"", "(matrix)"},
        {"R", "(head)"},
        {"R R", "(row)"},
        {"R R R", "(matrix)"},
        {"R R n", "(row)"},
        {"a R", "(head)"},
        {"a R R Esc", "(row)"},
        {"j text:encoder.0.residual1 Enter R", "(row)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *keys = mem_format("j text:encoder.0.self_attn.scores Enter %s",
                                cases[i].keys);
        char *frame = play(keys, 40, 120);
        assert_contains(frame, cases[i].range);
        free(frame);
        free(keys);
    }
    char *frame = play("R", 40, 120);
    assert_contains(frame, say(SAY_RANGE_OF_IDS));
    free(frame);
}

static void test_a_number_opens_down_to_a_weight(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app("dark", &w);
    press(app, "> Enter Enter");
    assert_int_equal(w->focus, FOCUS_CELL);
    size_t depth = 0;
    for (; w->sheet.stage && depth < 60; depth++) {
        assert_true(w->explained);
        walk_select_line(w, 0);
        walk_select_operand(w, 1); /* the weight of a product, where there is one */
        press(app, "Enter");
        if (!w->sheet.stage)
            break;
        assert_int_equal(w->focus, FOCUS_CELL);
    }
    assert_null(w->sheet.stage);
    assert_non_null(w->sheet.part);
    press(app, "Enter");
    assert_non_null(w->message);
    while (w->depth > 0)
        press(app, "Backspace");
    assert_string_equal(shown_id(w), "probabilities");
    press(app, "Backspace Backspace");
    assert_int_equal(w->focus, FOCUS_STAGE);
    app_free(app);
}

static void test_a_new_sentence_is_translated(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app("dark", &w);
    press(app,
          "j text:encoder.0.self_attn.weights Enter e text:'개가 고양이를 쫓는다' Enter");
    assert_string_equal(w->session->text, "개가 고양이를 쫓는다");
    assert_string_equal(shown_id(w), "encoder.0.self_attn.weights");
    assert_int_equal(w->sheet.columns, w->session->sources);
    press(app, "e Ctrl-U Enter"); /* nothing typed: the editor stays, the sentence too */
    assert_string_equal(app_top(app)->name, "editor");
    press(app, "Esc");
    assert_string_equal(w->session->text, "개가 고양이를 쫓는다");
    press(app, "e End Backspace*3 text:'쫓았다' Enter");
    assert_string_equal(w->session->text, "개가 고양이를 쫓았다");
    app_free(app);
}

static void test_the_language_changes_on_one_key(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    char *frame = play("l", 24, 80);
    assert_non_null(strstr(frame, "문장을 모델이 아는 조각"));
    free(frame);
    frame = play("", 24, 80);
    assert_int_equal(say_language(), LANGUAGE_KO);
    free(frame);
    frame = play("l", 24, 80);
    assert_non_null(strstr(frame, "The sentence is cut into pieces"));
    free(frame);
    say_set_language(LANGUAGE_EN);
}

static void test_autoplay_goes_on_by_itself(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app("dark", &w);
    press(app, "A");
    assert_true(w->playing);
    struct event tick = {.kind = EVENT_TICK};
    struct script one = {&tick, 1, 1};
    app_run_script(app, &one, 24, 80);
    assert_int_equal(w->stage, 1);
    press(app, "p"); /* any key stops it */
    assert_false(w->playing);
    app_free(app);
}

/* ---- parts switched off ---- */

static const char *const screens[] = {"",  "a", "?", "i", "e", "j",
                                      "w", "c", "d", "x", "m"};

static void test_the_badge_stands_on_every_screen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
        char *keys = mem_format("j text:encoder.0.self_attn.weights Enter w Down*3 Space "
                                "Esc %s",
                                screens[i]);
        char *frame = play(keys, 20, 60);
        if (!strstr(frame, "what-if: no-mask"))
            fail_msg("no badge after %s:\n%s", keys, frame);
        free(frame);
        free(keys);
    }
    char *frame = play("", 20, 60);
    assert_null(strstr(frame, "what-if:"));
    free(frame);
}

/* From each screen the key 0 brings the intact model back, to the last digit. */
static void test_restoring_brings_the_same_frame_back(void **state)
{
    (void)state;
    static const char *const ways[] = {"0", "w 0 Esc", "d 0 Esc", "? 0 Esc", "a 0 Esc",
                                       "c 0"};
    const char *to = "j text:encoder.1.self_attn.weights Enter ] Enter Down Right";
    char *before_keys = mem_format("%s Tab Tab Tab", to);
    char *before = play(before_keys, 24, 80);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char *keys = mem_format("%s w Down*5 Space Esc %s Tab Tab Tab", to, ways[i]);
        char *after = play(keys, 24, 80);
        assert_string_equal(after, before);
        free(after);
        free(keys);
    }
    free(before);
    free(before_keys);
}

static void test_a_part_that_is_off_changes_the_prediction(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app("dark", &w);
    char *intact = mem_string(w->session->prediction);
    press(app, "w Down Space");
    assert_int_equal(w->session->whatifs.count, 1);
    assert_string_not_equal(w->session->prediction, intact);
    press(app, "Space Esc");
    assert_int_equal(w->session->whatifs.count, 0);
    assert_string_equal(w->session->prediction, intact);
    free(intact);
    app_free(app);
}

/* What a number does to the prediction is told of the run that is looked at, which stays
 * as it is; of what has no effect it is said. */
static void test_effect_of_a_number(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app("dark", &w);
    size_t stages = trace_plan(w->session->trace)->count;
    press(app, "j text:encoder.1.self_attn.weights Enter Enter ] Down Home Right E");
    char *frame = canvas_dump(app_canvas(app));
    assert_contains(frame, "encoder.1.self_attn.weights[2,2,2]");
    assert_contains(frame, "gradient");
    free(frame);
    press(app, "Esc");
    assert_int_equal(trace_plan(w->session->trace)->count, stages);
    assert_string_equal(shown_id(w), "encoder.1.self_attn.weights");
    press(app, "< E");
    assert_string_equal(w->message, say(SAY_EFFECT_NONE));
    press(app, "j text:encoder.1.self_attn.weights Enter D E");
    assert_string_equal(w->message, say(SAY_EFFECT_NONE));
    app_free(app);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_in_english),
        cmocka_unit_test(test_frames_in_korean),
        cmocka_unit_test(test_frames_without_hangul_or_colours),
        cmocka_unit_test(test_forward_and_back_through_all_stages),
        cmocka_unit_test(test_gradients_are_a_key_away),
        cmocka_unit_test(test_heads_are_chosen),
        cmocka_unit_test(test_one_key_turns_the_range),
        cmocka_unit_test(test_a_number_opens_down_to_a_weight),
        cmocka_unit_test(test_a_new_sentence_is_translated),
        cmocka_unit_test(test_the_language_changes_on_one_key),
        cmocka_unit_test(test_autoplay_goes_on_by_itself),
        cmocka_unit_test(test_the_badge_stands_on_every_screen),
        cmocka_unit_test(test_restoring_brings_the_same_frame_back),
        cmocka_unit_test(test_a_part_that_is_off_changes_the_prediction),
        cmocka_unit_test(test_effect_of_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
