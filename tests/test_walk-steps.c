/* Word by word: with room all steps and what each looks at, of the words taken. */
#include "base/memory.h"
#include "base/say.h"
#include "keys.h"
#include "models.h"
#include "screen/screens.h"
#include "screen/walk.h"
#include "screen/words_state.h"

static struct walk *new_walk(void)
{
    struct error e = {0};
    struct session_options options = {.trace = {.engine = ENGINE_REFERENCE}};
    struct session *s = session_new(shared_model(MODEL_DEFAULT), &options);
    assert_int_equal(session_set_text(s, "나는 학교에 간다", &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    return walk_new(exhibit_of_session(s));
}

/* The pass over the words has a row for each step, also when others were taken; its
 * logits are those of the decoder. */
static void each_step_has_a_row_of_the_pass(void **state)
{
    (void)state;
    struct walk *w = new_walk();
    struct words *v = words_new(w);
    for (int round = 0; round < 2; round++) {
        int stages[8], n = words_attention(v, 8, stages);
        assert_true(n > 0 && v->run);
        const struct plan *p = trace_plan(v->run->trace);
        for (int i = 0; i < n; i++)
            assert_int_equal(p->stages[stages[i]].shape.size[1], v->count);
        int logits = plan_find(p, "logits");
        const struct tensor *t = trace_acquire(v->run->trace, logits);
        long vocabulary = words_vocabulary(v);
        for (long step = 0; step < v->count; step++)
            for (long id = 0; id < vocabulary; id += 7)
                assert_near(tensor_get(t, step * vocabulary + id),
                            v->steps[step].logits[id], 1e-6);
        trace_release(v->run->trace, logits);
        words_go(v, 1, 8);
        words_select(v, 1, 8);
        words_take_selected(v, 8);
        assert_true(v->steps[1].token != v->steps[1].own);
    }
    words_free(v);
    walk_free(w);
}

static long count_of(const char *frame, const char *text)
{
    long n = 0;
    for (const char *at = frame; (at = strstr(at, text)) != NULL; at++)
        n++;
    return n;
}

/* More candidates and all steps on a larger screen; in little room the mean of heads. */
static void more_is_seen_on_a_larger_screen(void **state)
{
    (void)state;
    struct app *app = app_new(theme_find("dark"), screen_table);
    walk_open(app, new_walk());
    char *small = canvas_dump(press(app, "d Right", 20, 60));
    assert_null(strstr(small, say(SAY_WORDS_STEPS)));
    char *plain = canvas_dump(press(app, "", 24, 80));
    assert_contains(plain, say(SAY_WORDS_MEAN));
    char *large = canvas_dump(press(app, "", 36, 120));
    assert_contains(large, say(SAY_WORDS_STEPS));
    assert_contains(large, say(SAY_WORDS_LOOKS));
    assert_null(strstr(large, say(SAY_WORDS_MEAN)));
    assert_true(count_of(large, "·····") > count_of(plain, "·····") ||
                count_of(large, "e-") > count_of(plain, "e-"));
    press(app, "Down*12", 36, 120); /* as far as the list is long here */
    char *low = canvas_dump(press(app, "", 24, 80));
    assert_contains(low, say(SAY_WORDS_MEAN));
    free(low);
    free(small);
    free(plain);
    free(large);
    app_free(app);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    say_set_language(LANGUAGE_EN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_step_has_a_row_of_the_pass),
        cmocka_unit_test(more_is_seen_on_a_larger_screen),
    };
    return cmocka_run_group_tests_name("walk-steps", tests, NULL, NULL);
}
