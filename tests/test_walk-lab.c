/* The laboratory: places are chosen from a tree, and the effect stands beside it. */
#include "base/memory.h"
#include "base/say.h"
#include "keys.h"
#include "models.h"
#include "screen/lab_state.h"
#include "screen/screens.h"
#include "screen/walk.h"

static struct app *open_lab(struct walk **walk)
{
    struct error e = {0};
    struct session *s =
        session_new(shared_model(MODEL_DEFAULT), &(struct session_options){0});
    assert_int_equal(session_set_text(s, "나는 학교에 간다", &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    struct app *app = app_new(theme_find("dark"), screen_table);
    *walk = walk_new(exhibit_of_session(s));
    (*walk)->exam_limit = 5;
    walk_open(app, *walk);
    press(app, "w", 24, 80);
    return app;
}

static void in_force(const struct walk *w, const char *wanted)
{
    char *text = whatifs_text(&w->session->whatifs);
    assert_string_equal(text, wanted);
    free(text);
}

/* The same place by the tree at every size, and by Left and Right. */
static void a_place_is_chosen_from_the_tree(void **state)
{
    (void)state;
    static const int sizes[][2] = {{20, 60}, {24, 80}, {36, 120}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct walk *w;
        struct app *app = open_lab(&w);
        press(app, "Down*6 Tab Down*2 Space", sizes[i][0], sizes[i][1]);
        in_force(w, "no-ffn@encoder.0");
        press(app, "Space Up Space", sizes[i][0], sizes[i][1]);
        in_force(w, "no-ffn@encoder");
        app_free(app);
    }
    struct walk *w;
    struct app *app = open_lab(&w);
    press(app, "Down*6 Right*2 Space", 24, 80);
    in_force(w, "no-ffn@encoder.0");
    app_free(app);
}

/* Where a what-if finds nothing, nothing happens but that it is said. */
static void a_place_that_does_not_fit_is_not_taken(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_lab(&w);
    press(app, "Up Tab Down Space", 24, 80); /* another order of the words: nowhere */
    in_force(w, "");
    char *frame = canvas_dump(app_canvas(app));
    assert_contains(frame, say(SAY_LAB_NOT_HERE));
    free(frame);
    app_free(app);
}

/* Every place once, each below what holds it, and all of them in a tree with room. */
static void the_tree_has_every_place(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_lab(&w);
    struct lab *l = lab_new(w);
    long *shown = mem_alloc((size_t)l->place_count, sizeof *shown);
    assert_int_equal(lab_tree(l, l->place_count, shown), l->place_count);
    for (long i = 1; i < l->place_count; i++) {
        assert_true(l->places[i].depth <= l->places[i - 1].depth + 1);
        char *words = lab_place_words(l, i);
        assert_null(strstr(words, "_"));
        assert_null(strstr(words, "."));
        free(words);
    }
    long few = lab_tree(l, 5, shown);
    assert_true(few < l->place_count && few > 1);
    lab_move_in_tree(l, l->place_count - 1);
    long more = lab_tree(l, 5, shown), seen = 0;
    for (long i = 0; i < more; i++)
        seen += shown[i] == l->tree;
    assert_true(more > few && seen == 1);
    free(shown);
    lab_free(l);
    app_free(app);
}

/* With room the map of the place stands there before and after, and it follows. */
static void the_effect_is_beside_the_list(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_lab(&w);
    char *frame = canvas_dump(press(app, "Down Space", 36, 120));
    assert_contains(frame, say(SAY_COMPARE_BEFORE));
    assert_contains(frame, " after ");
    free(frame);
    frame = canvas_dump(press(app, "", 60, 200));
    assert_contains(frame, say(SAY_COMPARE_DIFFERENCE));
    assert_contains(frame, w->session->prediction);
    assert_null(strstr(frame, "max |Δ| 0 "));
    free(frame);
    frame = canvas_dump(press(app, "Space", 60, 200));
    assert_contains(frame, "max |Δ| 0 ");
    free(frame);
    app_free(app);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    say_set_language(LANGUAGE_EN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_is_chosen_from_the_tree),
        cmocka_unit_test(a_place_that_does_not_fit_is_not_taken),
        cmocka_unit_test(the_tree_has_every_place),
        cmocka_unit_test(the_effect_is_beside_the_list),
    };
    return cmocka_run_group_tests_name("walk-lab", tests, NULL, NULL);
}
