/* The program from its first screen on: what leads where, and what is kept on the way. */
#include "screen/program.h"

#include "base/memory.h"
#include "base/say.h"

#include "models.h"

#include <string.h>

/* Whoever knows model and sentence; counts how often it is asked. */
struct maker {
    int lessons, asked, unasked;
    bool fails;
    const char *sentence; /* to read lessons on; NULL: their own */
};

static struct maker made;

static struct session *new_session(void)
{
    struct session_options options = {.trace = {.engine = ENGINE_REFERENCE}};
    return session_new(shared_model(MODEL_DEFAULT), &options);
}

static struct session *lesson_session(const void *data, char **text, struct error *e)
{
    const struct maker *m = data;
    (void)e;
    made.lessons++;
    *text = m->sentence ? mem_string(m->sentence) : NULL;
    return new_session();
}

static struct session *walk_session(const void *data, bool asked, struct error *e)
{
    const struct maker *m = data;
    made.asked += asked;
    made.unasked += !asked;
    if (m->fails) {
        error_set(e, "the weights are gone");
        return NULL;
    }
    struct session *s = new_session();
    assert_int_equal(session_set_text(s, "물을 마신다", e), 0);
    assert_int_equal(session_run(s, e), 0);
    return s;
}

static struct program_settings settings_of(const struct maker *m, bool home,
                                           const char *name)
{
    made = (struct maker){0};
    return (struct program_settings){.theme = theme_get(THEME_MONO),
                                     .lessons = "lessons",
                                     .home = home,
                                     .name = name,
                                     .source = {lesson_session, walk_session, m}};
}

/* The last frame after these keys; it is to hold `expected`. */
static void shows(const struct program_settings *settings, const char *keys,
                  const char *expected)
{
    struct error e = {0};
    struct script script;
    struct program *p = program_new(settings, &e);
    if (!p)
        fail_msg("%s", e.message);
    assert_int_equal(script_parse(keys, &script, &e), 0);
    char *frame = canvas_dump(program_play(p, &script, 24, 80));
    if (!strstr(frame, expected))
        fail_msg("no \"%s\" after %s in\n%s", expected, keys, frame);
    free(frame);
    script_free(&script);
    program_free(p);
}

static void from_home_to_lessons_and_walk_and_back(void **state)
{
    (void)state;
    struct maker m = {0};
    struct program_settings home = settings_of(&m, true, NULL);
    shows(&home, "", say(SAY_HOME_PURPOSE));
    assert_int_equal(made.lessons + made.asked + made.unasked, 0);
    shows(&home, "f", "물을 마신다");
    shows(&home, "End Enter Esc", say(SAY_HOME_PURPOSE));
    assert_int_equal(made.unasked, 2);
    assert_int_equal(made.asked, 0);
    shows(&home, "Enter", "1/12");
    shows(&home, "Enter Tab Enter Esc Esc Esc", say(SAY_HOME_PURPOSE));
    assert_int_equal(made.lessons, 2);
}

/* The map from home and from a lesson, and what it goes back to; a lesson's has marks of
 * its own, and the walk behind it leads back to the lesson, too. */
static void the_map_leads_back_to_where_it_was_opened(void **state)
{
    (void)state;
    struct maker m = {0};
    struct program_settings home = settings_of(&m, true, NULL);
    shows(&home, "m", say(SAY_MAP_LEGEND));
    shows(&home, "m Esc", say(SAY_HOME_PURPOSE));
    shows(&home, "End Enter", say(SAY_MAP_LEGEND));
    shows(&home, "m Enter", "물을 마신다");
    shows(&home, "m Enter Esc", say(SAY_HOME_PURPOSE));
    shows(&home, "Enter m", say(SAY_MAP_LEGEND_LESSON));
    shows(&home, "Enter m", "◆ 98-111"); /* the last cross-attention, in lesson one */
    shows(&home, "Enter m Esc", "1/12");
    shows(&home, "Enter m Enter m Esc*2", "1/12");
}

/* What a lesson tells on the way is seen at home, and taken up there. */
static void progress_is_kept(void **state)
{
    (void)state;
    struct maker m = {0};
    struct program_settings home = settings_of(&m, true, NULL);
    shows(&home, "Enter > Esc", "2/12");
    shows(&home, "Enter > 2 > Esc", "3/12");
    shows(&home, "Enter > 2 > Esc Enter", "3/12");
    shows(&home, "Enter > 2 > Esc r", "1/12");
}

static void play(struct program *p, const char *keys, const char *expected)
{
    struct error e = {0};
    struct script script;
    assert_int_equal(script_parse(keys, &script, &e), 0);
    char *frame = canvas_dump(program_play(p, &script, 24, 80));
    if (!strstr(frame, expected))
        fail_msg("no \"%s\" after %s in\n%s", expected, keys, frame);
    free(frame);
    script_free(&script);
}

/* One key leads through the lesson and home, where only Enter opens one again. */
static void the_end_of_a_lesson_leads_home(void **state)
{
    (void)state;
    struct maker m = {0};
    struct error e = {0};
    struct program_settings home = settings_of(&m, true, NULL);
    struct program *p = program_new(&home, &e);
    assert_non_null(p);
    play(p, "Enter >*11", "12/12");
    play(p, "Space*9", say(SAY_HOME_ENDED));
    play(p, "PgDn Space", say(SAY_HOME_ENDED));
    play(p, "Down Up", "12/12"); /* what was read */
    assert_int_equal(made.lessons, 1);
    play(p, "Enter", "1/12  What you will learn");
    assert_int_equal(made.lessons, 2);
    program_free(p);
}

static void what_cannot_be_opened_says_why(void **state)
{
    (void)state;
    struct maker m = {.fails = true};
    struct error e = {0};
    struct program_settings home = settings_of(&m, true, NULL);
    shows(&home, "f", "the weights are gone");
    shows(&home, "f", say(SAY_CANNOT_OPEN));
    shows(&home, "f Esc", say(SAY_HOME_PURPOSE));
    struct program_settings walk = settings_of(&m, false, NULL);
    assert_null(program_new(&walk, &e));
    assert_string_equal(e.message, "the weights are gone");
}

static void begins_where_it_is_told(void **state)
{
    (void)state;
    struct maker m = {0}, other = {.sentence = "물을 마신다"};
    struct program_settings walk = settings_of(&m, false, "물을 마신다");
    shows(&walk, "Esc", say(SAY_PRESS_QUIT)); /* a walk that is nobody's guest */
    assert_int_equal(made.asked, 1);
    walk.playing = true;
    shows(&walk, "", "▸ 1 / ");
    struct program_settings lesson = settings_of(&m, false, "5");
    shows(&lesson, "", "1/12");
    struct program_settings on_other = settings_of(&other, false, "05-self-attention");
    shows(&on_other, "", "물을 마신다");
    assert_int_equal(made.asked, 0);
}

static void prints_the_same_as_text(void **state)
{
    (void)state;
    struct maker m = {0};
    struct error e = {0};
    struct buffer out = {0};
    struct program_settings lesson = settings_of(&m, false, "5");
    assert_int_equal(program_print(&lesson, &out, &e), 0);
    assert_non_null(strstr(out.data, "The mathematics of self-attention"));
    buffer_free(&out);
    struct program_settings walk = settings_of(&m, false, NULL);
    assert_int_equal(program_print(&walk, &out, &e), 0);
    assert_non_null(strstr(out.data, "encoder.0.self_attn.q"));
    buffer_free(&out);
    walk.lessons = "no/such/folder";
    assert_int_equal(program_print(&walk, &out, &e), -1);
    assert_true(e.set);
    buffer_free(&out);
}

int main(void)
{
    say_set_language(LANGUAGE_EN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_home_to_lessons_and_walk_and_back),
        cmocka_unit_test(the_map_leads_back_to_where_it_was_opened),
        cmocka_unit_test(progress_is_kept),
        cmocka_unit_test(the_end_of_a_lesson_leads_home),
        cmocka_unit_test(what_cannot_be_opened_says_why),
        cmocka_unit_test(begins_where_it_is_told),
        cmocka_unit_test(prints_the_same_as_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
