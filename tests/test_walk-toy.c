/* A model of one stack, from its family alone: it is run, proved, exported, put under
 * what-ifs and walked through. Nothing outside of tests/toy_family.h knows it. */
#include "screen/screens.h"
#include "screen/walk.h"

#include "base/file.h"
#include "base/json.h"
#include "base/say.h"
#include "frames.h"
#include "study/exam.h"
#include "study/export.h"
#include "study/rewrite.h"
#include "toy_family.h"

static const int32_t text[] = {3, 1, 4, 1, 5};
#define TEXT 5

static struct session *open_session(const struct family *family, const char *whatifs)
{
    struct error e = {0};
    struct whatifs list = {0};
    struct model *m = model_random(family, "vocab_size=17,max_positions=24,seed=5", &e);
    if (!m)
        fail_msg("%s", e.message);
    struct session_options options = {.trace.engine = ENGINE_REFERENCE};
    struct session *s = session_new(m, &options);
    if (whatifs_add_all(&list, whatifs, NULL, &e) < 0 ||
        session_set_whatifs(s, &list, &e) < 0 || session_set_ids(s, text, TEXT, &e) < 0 ||
        session_run(s, &e) < 0)
        fail_msg("%s", e.message);
    whatifs_free(&list);
    return s;
}

/* The text, and what the model continues it with: each new token is the choice of the row
 * before it, which decoding with kept rows found as the whole pass does. */
static void it_continues_its_text(void **state)
{
    (void)state;
    static const char *const whatifs[] = {"", "no-mask", "no-position",
                                          "ablate@decoder.1.self_attn:2"};
    for (int i = 0; i < 4; i++) {
        struct session *s = open_session(&family_toy, whatifs[i]);
        assert_true(s->targets > 0 || i > 0); /* it may say eos at once */
        assert_int_equal(s->row_count, TEXT + s->targets);
        assert_memory_equal(s->rows, text, sizeof text);
        for (long row = TEXT - 1; i != 1 && row + 1 < s->row_count; row++)
            assert_int_equal(session_argmax(s, row), s->rows[row + 1]);
        bool fine;
        struct exhibit x = exhibit_of_session(s); exhibit_proof_all(&x, &fine, NULL);
        assert_true(fine);
        const struct labels *l = session_written_labels(s);
        assert_int_equal(l->count, s->row_count);
        assert_string_equal(l->items[0].text, "#3");
        assert_string_equal(l->items[0].next, "#1");
        session_free(s);
    }
}

static void a_model_may_answer_nothing(void **state)
{
    (void)state;
    struct family silent = family_toy;
    silent.answers = ANSWERS_NOTHING;
    struct session *s = open_session(&silent, "");
    assert_string_equal(s->prediction, "");
    assert_int_equal(s->row_count, TEXT);
    session_free(s);
}

static void whatifs_find_its_places(void **state)
{
    (void)state;
    struct session *s = open_session(&family_toy, "");
    struct places places = whatif_places(trace_plan(s->trace), false);
    char *all = places_text(&places);
    assert_string_equal(all, "decoder, decoder.0, decoder.0.self_attn, decoder.1, "
                             "decoder.1.self_attn");
    free(all);
    places_free(&places);
    struct whatifs list = {0};
    struct error e = {0};
    assert_int_equal(whatifs_add(&list, "no-ffn", &e), 0);
    assert_int_equal(session_set_whatifs(s, &list, &e), -1);
    assert_contains(e.message, "no such part");
    whatifs_free(&list);
    struct run run = s->run;
    e = (struct error){0};
    assert_null(exam_new(&run, &e));
    assert_true(e.set);
    session_free(s);
}

/* Kept rows and a copy that goes on by itself. */
static void a_decoder_is_copied(void **state)
{
    (void)state;
    struct session *s = open_session(&family_toy, "");
    struct error e = {0};
    struct decoder *a = decoder_new(&s->run, text, TEXT, &e);
    double kept[17];
    memcpy(kept, decoder_step(a, text[TEXT - 1], &e), sizeof kept);
    struct decoder *b = decoder_copy(a);
    assert_int_equal(decoder_rows(b), 1);
    const double *x = decoder_step(a, 7, &e), *y = decoder_step(b, 7, &e);
    for (int i = 0; i < 17; i++)
        assert_true(x[i] == y[i]);
    x = decoder_step(a, 2, &e);
    y = decoder_step(b, 9, &e);
    assert_memory_not_equal(x, y, sizeof kept);
    decoder_free(a);
    decoder_free(b);
    session_free(s);
}

static void its_trace_has_an_input(void **state)
{
    (void)state;
    char folder[] = "/tmp/stepformer-toy-XXXXXX";
    struct session *s = open_session(&family_toy, "");
    struct error e = {0};
    assert_non_null(mkdtemp(folder));
    assert_int_equal(export_trace(s, folder, &(struct export_options){0}, &e), 0);
    char *path = file_join(folder, "trace.json");
    struct json *j = json_read(path, 1 << 24, &e);
    assert_non_null(j);
    assert_null(json_get(j, "source"));
    assert_null(json_get(j, "target"));
    assert_int_equal(json_length(json_get(j, "input")), s->row_count);
    json_free(j);
    free(path);
    char *command = mem_format("rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
    free(command);
    session_free(s);
}

/* Every stage is drawn, opened and left again, in both languages; then the screens. */
static void it_is_walked(void **state)
{
    (void)state;
    static const char keys[] =
        "Enter Enter Down Enter Backspace Backspace Backspace Space*60 <  w Down*3 Space "
        "Esc 0 d Right*3 Esc a Esc j Esc ? Esc i Esc > Enter Enter";
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        say_set_language((enum language)language);
        struct app *app = app_new(theme_get(THEME_DARK), screen_table);
        struct walk *w = walk_new(exhibit_of_session(open_session(&family_toy, "")));
        struct script script = {0};
        struct error e = {0};
        walk_open(app, w);
        assert_int_equal(script_parse(keys, &script, &e), 0);
        app_run_script(app, &script, 24, 80);
        assert_ptr_not_equal(app_top(app), NULL);
        script_free(&script);
        walk_go(w, plan_find(trace_plan(w->shown.trace), "decoder.1.self_attn.weights"));
        walk_move_to(w, (struct place){1, 2, 1});
        w->focus = FOCUS_MATRIX;
        frame_compare_sizes("toy-family", app);
        app_free(app);
    }
    frame_done();
}

static void its_parts_are_named(void **state)
{
    (void)state;
    struct session *s = open_session(&family_toy, "");
    struct buffer out = {0};
    s->model->family->describe(s->model->config, &out);
    assert_string_equal(out.data, "2 layers, width 8, 2 heads\n");
    buffer_free(&out);
    long parameters = 17 * 8 + 24 * 8 + 2 * (3 * 8 * 8 + 8);
    assert_int_equal(model_parameters(s->model), parameters);
    assert_int_equal(s->model->kinds[0].row->labels, SIDE_SOURCE);
    assert_int_equal(s->model->kinds[2].component, TOY_ATTENTION);
    session_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_continues_its_text),
        cmocka_unit_test(a_model_may_answer_nothing),
        cmocka_unit_test(whatifs_find_its_places),
        cmocka_unit_test(a_decoder_is_copied),
        cmocka_unit_test(its_trace_has_an_input),
        cmocka_unit_test(it_is_walked),
        cmocka_unit_test(its_parts_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
