/* The table of screens: what each row says, which keys lead there, and what is needed. */
#include "screen/screens.h"

#include "base/memory.h"
#include "screen/home.h"
#include "screen/walk.h"

#include "models.h"

#include <string.h>

#define WALKING (GROUP_STEP | GROUP_MOVE | GROUP_OPEN | GROUP_LOOK | GROUP_PROGRAM)

/* The groups that a screen listens to beside those of the row's own action. */
static unsigned groups_beside(enum action action)
{
    enum action_group group = action_group(action);
    return group & WALKING ? WALKING : (unsigned)group;
}

static void every_row_has_a_screen_and_a_name_in_both_languages(void **state)
{
    (void)state;
    for (int i = 0; i < SCREEN_COUNT; i++) {
        const struct screen_row *row = &screen_table[i];
        assert_non_null(row->screen);
        assert_true(*row->screen->name);
        assert_non_null(row->screen->draw);
        assert_non_null(row->screen->act);
        assert_non_null(row->screen->free);
        const char *en = say_in(LANGUAGE_EN, row->name);
        const char *ko = say_in(LANGUAGE_KO, row->name);
        assert_true(*en && *ko);
        assert_string_not_equal(en, ko);
        for (int k = 0; k < i; k++) {
            assert_ptr_not_equal(row->screen, screen_table[k].screen);
            assert_string_not_equal(en, say_in(LANGUAGE_EN, screen_table[k].name));
            assert_string_not_equal(ko, say_in(LANGUAGE_KO, screen_table[k].name));
        }
        if (row->menu != SAY_COUNT)
            assert_true(*say_in(LANGUAGE_EN, row->menu) &&
                        *say_in(LANGUAGE_KO, row->menu));
    }
}

/* An action leads to one screen, and each of its keys means this action, wherever the
 * groups of the action are listened to. */
static void keys_lead_to_one_screen(void **state)
{
    (void)state;
    for (int i = 0; i < SCREEN_COUNT; i++)
        for (int k = 0; k < SCREEN_ACTIONS && screen_table[i].actions[k]; k++) {
            enum action action = screen_table[i].actions[k];
            assert_int_equal(screen_of_action(screen_table, action), i);
            char words[64];
            snprintf(words, sizeof words, "%s", action_keys(action));
            for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
                assert_int_equal(action_find(groups_beside(action), key_find(word)),
                                 action);
        }
    assert_int_equal(screen_of_action(screen_table, ACTION_NONE), SCREEN_COUNT);
    assert_int_equal(screen_of_action(screen_table, ACTION_ZOOM_IN), SCREEN_COUNT);
}

/* With all but one of its needs a screen is not opened, says why in both languages, and
 * the state is left to who brought it. */
static void needs_are_obeyed(void **state)
{
    (void)state;
    struct app *app = app_new(theme_get(THEME_MONO), screen_table);
    unsigned seen = 0;
    for (int i = 0; i < SCREEN_COUNT; i++)
        for (unsigned need = 1; need <= NEED_ALL; need <<= 1) {
            const struct screen_row *row = &screen_table[i];
            if (!(row->needs & need))
                continue;
            seen |= need;
            struct subject on = {.has = NEED_ALL & ~need};
            const char *en = app_open(app, (enum screen_id)i, &on);
            assert_true(en && *en);
            assert_null(app_top(app));
            say_set_language(LANGUAGE_KO);
            assert_string_not_equal(screen_missing(row, on.has), en);
            say_set_language(LANGUAGE_EN);
            assert_null(screen_missing(row, NEED_ALL));
            assert_null(screen_missing(row, row->needs));
        }
    assert_int_equal(seen, NEED_ALL);
    app_free(app);
}

/* ---- from the walk ---- */

static struct app *open_walk(struct walk **w, const char *stage)
{
    struct error e = {0};
    struct session_options options = {.trace = {.engine = ENGINE_REFERENCE}};
    struct session *s = session_new(shared_model(MODEL_DEFAULT), &options);
    assert_int_equal(session_set_text(s, "나는 학교에 간다", &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    struct app *app = app_new(theme_get(THEME_DARK), screen_table);
    *w = walk_new(exhibit_of_session(s));
    walk_go(*w, plan_find(trace_plan(s->trace), stage));
    (*w)->exam_limit = 1;
    walk_open(app, *w);
    return app;
}

static char *press(struct app *app, uint32_t key)
{
    struct event event = {.kind = EVENT_KEY, .key = key};
    struct script script = {&event, 1, 1};
    return canvas_dump(app_run_script(app, &script, 24, 80));
}

static uint32_t key_of(enum action action)
{
    char name[32];
    action_first_key(action, name, sizeof name);
    return key_find(name);
}

/* Every action of the walk that the table knows opens its row's screen and no other. */
static void the_walk_opens_every_screen_of_its_keys(void **state)
{
    (void)state;
    int opened = 0;
    for (int i = 0; i < SCREEN_COUNT; i++)
        for (int k = 0; k < SCREEN_ACTIONS && screen_table[i].actions[k]; k++) {
            enum action action = screen_table[i].actions[k];
            if (!(action_group(action) & WALKING))
                continue;
            struct walk *w;
            struct app *app = open_walk(&w, "encoder.0.self_attn.weights");
            free(press(app, key_of(action)));
            assert_ptr_equal(app_top(app), screen_table[i].screen);
            opened++;
            app_free(app);
        }
    assert_int_equal(opened, 10);
}

static void the_walk_says_what_is_missing(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_walk(&w, "encoder.0.norm1");
    char *frame = press(app, key_of(ACTION_HEADS));
    assert_ptr_equal(app_top(app), &walk_screen);
    assert_non_null(strstr(frame, say(SAY_NO_HEADS)));
    free(frame);
    app_free(app);
}

/* A key that means nothing there says so, on each screen of the walk. */
static void unknown_keys_say_so_on_every_screen(void **state)
{
    (void)state;
    static const enum action actions[] = {
        ACTION_NONE,    ACTION_HEADS, ACTION_HELP, ACTION_INFO,
        ACTION_WHATIFS, ACTION_WORDS, ACTION_EDIT, ACTION_JUMP, ACTION_COMPARE};
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        struct walk *w;
        struct app *app = open_walk(&w, "encoder.0.self_attn.weights");
        if (actions[i])
            free(press(app, key_of(actions[i])));
        const struct screen *top = app_top(app);
        char *frame = press(app, key_find("F9"));
        assert_ptr_equal(app_top(app), top);
        if (!strstr(frame, "The key F9 does nothing here"))
            fail_msg("%s says nothing:\n%s", top->name, frame);
        free(frame);
        app_free(app);
    }
}

/* The same when two runs stand side by side. */
static void the_comparison_says_so(void **state)
{
    (void)state;
    struct error e = {0};
    struct whatifs list = {0};
    struct walk *w;
    struct app *app = open_walk(&w, "encoder.0.norm1");
    assert_int_equal(whatifs_add(&list, "no-mask", &e), 0);
    assert_int_equal(walk_set_whatifs(w, &list, &e), 0);
    whatifs_free(&list);
    free(press(app, key_of(ACTION_COMPARE)));
    const char *const silent[] = {"z", "g", "j", "i"};
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++) {
        char *frame = press(app, key_find(silent[i]));
        assert_string_equal(app_top(app)->name, "compare");
        if (!strstr(frame, "does nothing here"))
            fail_msg("%s: nothing is said:\n%s", silent[i], frame);
        free(frame);
    }
    char *frame = press(app, key_find("]"));
    assert_non_null(strstr(frame, say(SAY_NO_HEADS)));
    free(frame);
    frame = press(app, key_find("Down"));
    assert_null(strstr(frame, "does nothing here"));
    free(frame);
    app_free(app);
}

int main(void)
{
    say_set_language(LANGUAGE_EN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_a_screen_and_a_name_in_both_languages),
        cmocka_unit_test(keys_lead_to_one_screen),
        cmocka_unit_test(needs_are_obeyed),
        cmocka_unit_test(the_walk_opens_every_screen_of_its_keys),
        cmocka_unit_test(the_walk_says_what_is_missing),
        cmocka_unit_test(unknown_keys_say_so_on_every_screen),
        cmocka_unit_test(the_comparison_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
