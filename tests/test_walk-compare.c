/* Two runs side by side: what stands beside what, and what their difference is. */
#include "base/memory.h"
#include "base/say.h"
#include "keys.h"
#include "models.h"
#include "screen/screens.h"
#include "screen/walk.h"

#include <math.h>

#define TEXT "나는 학교에 간다"

/* The walk of TEXT under a what-if, with the comparison open at a stage. */
static struct app *open_at(const char *whatif, const char *stage, struct walk **walk)
{
    struct error e = {0};
    struct session_options options = {.trace = {.engine = ENGINE_REFERENCE}};
    struct session *s = session_new(shared_model("ko-en"), &options);
    struct whatifs list = {0};
    assert_int_equal(whatifs_add(&list, whatif, &e), 0);
    assert_int_equal(session_set_text(s, TEXT, &e), 0);
    assert_int_equal(session_set_whatifs(s, &list, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    whatifs_free(&list);
    struct app *app = app_new(theme_find("dark"), screen_table);
    *walk = walk_new(exhibit_of_session(s));
    walk_open(app, *walk);
    char *keys = mem_format("j text:%s Enter c", stage);
    press(app, keys, 60, 200);
    free(keys);
    return app;
}

/* What is seen after the keys holds the text, or does not. */
static void shows(struct app *app, const char *keys, const char *text, bool wanted)
{
    char *frame = canvas_dump(press(app, keys, 60, 200));
    if ((strstr(frame, text) != NULL) != wanted)
        fail_msg("\"%s\" is %s:\n%s", text, wanted ? "not seen" : "seen", frame);
    free(frame);
}

/* A token has the same embedding wherever it stands; with its position it has not. */
static void rows_stand_beside_those_of_the_same_token(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_at("order=3,1,2", "src.embedding", &w);
    shows(app, "", "max |Δ| 0 ", true);
    app_free(app);
    app = open_at("order=3,1,2", "src.input", &w);
    shows(app, "", "max |Δ| 0 ", false);
    app_free(app);
}

static double first_cell(struct session *s, const char *id)
{
    int stage = plan_find(trace_plan(s->trace), id);
    double x = tensor_get(trace_acquire(s->trace, stage), 0);
    trace_release(s->trace, stage);
    return x;
}

/* src.input loses the position of row 1, which is 0 in the first column, and 1 in the
 * second: after - before is -1 there. */
static void the_difference_is_after_less_before(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_at("no-position", "src.input", &w);
    assert_near(first_cell(w->session, "src.position"), 0, 1e-12);
    shows(app, "Right", "= -1.0000", true);
    shows(app, "Left", "= 0.0000", true);
    app_free(app);
}

/* Both have the range of the larger values, so that a colour is the same number. */
static void both_runs_have_one_range(void **state)
{
    (void)state;
    static const char *const keys[] = {"", "R", "R"}, *const names[] = {"matrix", "head",
                                                                        "row"};
    struct walk *w;
    struct app *app = open_at("no-position", "encoder.1.self_attn.scores", &w);
    for (int i = 0; i < 3; i++) {
        char *frame = canvas_dump(press(app, keys[i], 60, 200));
        char ends[3][32] = {"", "", ""}, *name = mem_format("(%s)", names[i]);
        int n = 0;
        for (const char *at = frame; n < 3 && (at = strstr(at, name)); at++, n++) {
            const char *from = at - 1;
            while (from > frame && from[-1] != ' ')
                from--;
            snprintf(ends[n], sizeof ends[n], "%.*s", (int)(at - from), from);
        }
        assert_int_equal(n, 3);
        assert_string_equal(ends[0], ends[1]);
        assert_string_not_equal(ends[0], ends[2]);
        free(name);
        free(frame);
    }
    app_free(app);
}

static const char *seen_at(struct app *app, const char *keys, int rows, int columns,
                           char **frame)
{
    free(*frame);
    *frame = canvas_dump(press(app, keys, rows, columns));
    return *frame;
}

/* One matrix on a small screen and a key to the next, two on a plain one, all of them
 * where there is more room, then with both opened cells and the list. */
static void more_is_seen_on_a_larger_screen(void **state)
{
    (void)state;
    struct walk *w;
    char *frame = NULL;
    struct app *app = open_at("no-mask", "decoder.1.self_attn.weights", &w);
    const char *before = say(SAY_COMPARE_BEFORE), *after = "─ after ─",
               *difference = say(SAY_COMPARE_DIFFERENCE);
    assert_null(strstr(seen_at(app, "", 20, 60, &frame), after));
    assert_null(strstr(frame, difference));
    assert_contains(seen_at(app, "b", 20, 60, &frame), after);
    assert_contains(seen_at(app, "b", 20, 60, &frame), difference);
    assert_null(strstr(frame, after));
    assert_contains(seen_at(app, "b", 24, 80, &frame), after);
    assert_null(strstr(frame, difference));
    assert_contains(seen_at(app, "b", 24, 80, &frame), difference);
    assert_contains(seen_at(app, "", 36, 120, &frame), before);
    assert_contains(frame, after);
    assert_contains(frame, difference);
    assert_contains(frame, "quotient");
    assert_contains(seen_at(app, "", 60, 200, &frame), say(SAY_COMPARE_LARGEST));
    free(frame);
    app_free(app);
}

/* Enter in the list goes to the cell; in a small one it opens the cell in both runs. */
static void enter_goes_to_the_difference(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_at("no-mask", "decoder.1.self_attn.weights", &w);
    press(app, "Tab Down Enter", 60, 200);
    char *frame = canvas_dump(press(app, "", 60, 200));
    char *row = strstr(frame, "▸ "), *end = row ? strstr(row, "\n") : NULL;
    assert_non_null(end);
    while (end > row && end[-1] != ' ')
        end--;
    double listed = atof(end);
    char *opened = strstr(frame, " − ");
    assert_non_null(opened);
    assert_near(atof(strstr(opened, "= ") + 2), listed, 6e-4);
    free(frame);
    frame = canvas_dump(press(app, "Enter", 24, 80));
    assert_contains(frame, "quotient");
    assert_null(strstr(frame, say(SAY_COMPARE_DIFFERENCE)));
    free(frame);
    frame = canvas_dump(press(app, "Esc", 24, 80));
    assert_null(strstr(frame, "quotient"));
    assert_string_equal(app_top(app)->name, "compare");
    free(frame);
    app_free(app);
}

int main(void)
{
    say_set_language(LANGUAGE_EN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_stand_beside_those_of_the_same_token),
        cmocka_unit_test(the_difference_is_after_less_before),
        cmocka_unit_test(both_runs_have_one_range),
        cmocka_unit_test(more_is_seen_on_a_larger_screen),
        cmocka_unit_test(enter_goes_to_the_difference),
    };
    return cmocka_run_group_tests_name("walk-compare", tests, NULL, NULL);
}
