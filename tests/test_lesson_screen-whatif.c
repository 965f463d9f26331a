/* A lesson under a what-if: what is shown, what its proof line says, and what the free
 * walk opens are one and the same run, after the what-if and before it. */
#include "base/memory.h"
#include "base/say.h"
#include "keys.h"
#include "models.h"
#include "screen/lesson_screen.h"
#include "screen/screens.h"

#include <math.h>

#define TEXT "나는 학교에 간다"
#define STAGE "decoder.1.cross_attn.weights"

static const char source[] =
    "---\nid: 01-a\npart: 1\ntitle: T\nminutes: 5\ntext: " TEXT "\n---\n\n"
    "## S\n\nA picture.\n\n```stage\nfocus: " STAGE "[1,2,1]\nwhat-if: no-ffn\n```\n";

static struct session *new_session(enum engine engine)
{
    struct session_options options = {.trace.engine = engine};
    return session_new(open_model("ko-en"), &options);
}

/* The fast engine, so that there is a difference to prove. */
static struct app *open_lesson(struct lesson_state **s)
{
    struct error e = {0};
    struct lesson *in[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = lesson_parse(source, "x.md", &e)};
    struct reading *r =
        in[LANGUAGE_EN] ? reading_new(in[LANGUAGE_EN], new_session(ENGINE_FAST), &e)
                        : NULL;
    if (!r)
        fail_msg("%ld:%ld %s", e.line, e.column, e.message);
    say_set_language(LANGUAGE_EN);
    struct app *app = app_new(theme_find("dark"), screen_table);
    *s = lesson_state_new(r, in);
    lesson_screen_open(app, *s, 0);
    return app;
}

/* What is seen after the keys. Caller frees. */
static char *seen_after(struct app *app, const char *keys)
{
    return canvas_dump(press(app, keys, 40, 120));
}

static void shows(struct app *app, const char *keys, const char *text)
{
    char *frame = seen_after(app, keys);
    if (!strstr(frame, text))
        fail_msg("\"%s\" is not seen after %s:\n%s", text, keys, frame);
    free(frame);
}

/* ---- what should be seen, from runs made here ---- */

struct known {
    double value, difference; /* of the cell; of its stage */
};

/* The run of one engine: intact, or fed the words of `fed` under no-ffn. */
static struct session *run(enum engine engine, const struct session *fed)
{
    struct error e = {0};
    struct session *s = new_session(engine);
    struct whatifs list = {0};
    assert_int_equal(session_set_text(s, TEXT, &e), 0);
    if (fed) {
        assert_int_equal(whatifs_add(&list, "no-ffn", &e), 0);
        assert_int_equal(session_set_whatifs(s, &list, &e), 0);
        assert_int_equal(
            session_set_target_ids(s, fed->target + 1, fed->targets - 1, &e), 0);
    }
    whatifs_free(&list);
    assert_int_equal(session_run(s, &e), 0);
    return s;
}

static struct known known_of(struct session *fast, struct session *naive)
{
    int stage = plan_find(trace_plan(fast->trace), STAGE);
    const struct tensor *t = trace_acquire(fast->trace, stage);
    struct known x = {.value = tensor_get(t, t->size[2])};
    trace_release(fast->trace, stage);
    x.difference = trace_difference(fast->trace, naive->trace, stage, NULL);
    return x;
}

static void find_known(struct known *before, struct known *after)
{
    struct session *fast = run(ENGINE_FAST, NULL), *naive = run(ENGINE_REFERENCE, NULL);
    struct session *fast2 = run(ENGINE_FAST, fast), *naive2 = run(ENGINE_REFERENCE, fast);
    *before = known_of(fast, naive);
    *after = known_of(fast2, naive2);
    session_free(fast);
    session_free(naive);
    session_free(fast2);
    session_free(naive2);
}

static void shows_proof(struct app *app, const char *keys, double difference)
{
    char *text = mem_format("this stage max |Δ| %.1e", difference);
    shows(app, keys, text);
    free(text);
}

static void shows_value(struct app *app, const char *keys, double value)
{
    char *text = mem_format("A[1,2,1] = %.4f", value);
    shows(app, keys, text);
    free(text);
}

/* ---- tests ---- */

static void the_proof_is_of_the_run_that_is_shown(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct known before, after;
    find_known(&before, &after);
    assert_true(fabs(before.difference - after.difference) > 1e-9);
    struct app *app = open_lesson(&s);
    shows_proof(app, "", after.difference);
    assert_int_equal(s->p.picture.shown.whatifs->count, 1); /* what a saved one says */
    shows_proof(app, "b", before.difference);
    assert_int_equal(s->p.picture.shown.whatifs->count, 0);
    shows_proof(app, "b", after.difference);
    assert_int_equal(s->p.picture.shown.whatifs->count, 1);
    app_free(app);
}

static void the_walk_opens_the_number_that_is_shown(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct known before, after;
    find_known(&before, &after);
    struct app *app = open_lesson(&s);
    shows_value(app, "", after.value);
    shows_value(app, "Tab Enter", after.value);
    assert_string_equal(app_top(app)->name, "walk");
    shows(app, "", "what-if: no-ffn");
    shows_value(app, "Esc", after.value);
    assert_string_equal(app_top(app)->name, "lesson");
    app_free(app);
}

static void the_walk_opens_the_number_before(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct known before, after;
    find_known(&before, &after);
    struct app *app = open_lesson(&s);
    shows_value(app, "b", before.value);
    shows_value(app, "Tab Enter", before.value);
    assert_string_equal(app_top(app)->name, "walk");
    app_free(app);
}

/* The badge says that a part is off; the picture before is of the intact model. */
static void the_badge_goes_before_the_what_if(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(&s);
    shows(app, "", "what-if: no-ffn");
    char *frame = seen_after(app, "b");
    if (strstr(frame, "what-if: no-ffn"))
        fail_msg("the badge stands on the intact run:\n%s", frame);
    free(frame);
    shows(app, "b", "what-if: no-ffn");
    app_free(app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_proof_is_of_the_run_that_is_shown),
        cmocka_unit_test(the_walk_opens_the_number_that_is_shown),
        cmocka_unit_test(the_walk_opens_the_number_before),
        cmocka_unit_test(the_badge_goes_before_the_what_if),
    };
    return cmocka_run_group_tests_name("lesson_screen-whatif", tests, NULL, NULL);
}
