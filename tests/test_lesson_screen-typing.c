/* Numbers typed in a lesson, questions that come back, and the answer beside the picture. */
#include "base/memory.h"
#include "frames.h"
#include "keys.h"
#include "models.h"
#include "screen/lesson_screen.h"
#include "screen/screens.h"

#define FRONT                                                                            \
    "---\nid: 01-a\npart: 1\ntitle: T\nminutes: 5\ntext: 나는 학교에 간다\n---\n\n"
#define SUM                                                                              \
    "```fill\n? Three times two plus four | 3 * 2 + 4:.1\n= times: {{3 * 2}}\n= plus\n"  \
    "wrong 1 = 3 * 6 : First times, then plus.\n```\n\n"

static const char body[] =
    "## One\n\n" SUM "```compute\ns = [[10]]\n```\n\nBehind it.\n\n## Two\n\nb\n\n"
    "## Three\n\nText of three.\n\n## Four\n\nd\n\n## Five\n\ne\n";

static int asked, right;
static char *missed;

static void save(void *data, const struct lesson_progress *p)
{
    (void)data;
    asked += p->asked;
    right += p->right;
    free(missed);
    missed = mem_string(p->missed);
}

static int forget(void **state)
{
    (void)state;
    free(missed);
    missed = NULL;
    return 0;
}

static struct app *open_lesson(const char *text, struct lesson_state **s)
{
    struct error e = {0};
    struct session_options options = {.trace.engine = ENGINE_REFERENCE};
    char *whole = mem_format("%s%s", FRONT, text);
    struct lesson *in[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = lesson_parse(whole, "x.md", &e)};
    free(whole);
    struct reading *r =
        in[LANGUAGE_EN] ? reading_new(in[LANGUAGE_EN],
                                      session_new(shared_model("ko-en"), &options), &e)
                        : NULL;
    if (!r)
        fail_msg("%s", e.message);
    say_set_language(LANGUAGE_EN);
    struct app *app = app_new(theme_find("dark"), screen_table);
    *s = lesson_state_new(r, in);
    (*s)->saved = save;
    asked = right = 0;
    lesson_screen_open(app, *s, 0);
    return app;
}

static bool is_shown(struct app *app, const char *keys, const char *text)
{
    char *frame = canvas_dump(press(app, keys, 24, 80));
    bool found = strstr(frame, text);
    free(frame);
    return found;
}

#define SHOWS(keys, text) assert_true(is_shown(app, keys, text))
#define HIDES(keys, text) assert_false(is_shown(app, keys, text))

static void a_number_is_typed_and_judged(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(body, &s);
    SHOWS("", "Type the number, then Enter");
    HIDES("", "times: 6");
    HIDES("", "Behind it.");
    SHOWS("- 1 . 5", "= -1.5▁");
    SHOWS("Backspace*3", "= -▁");
    SHOWS("Enter", "Type a number first");
    SHOWS("", "Type the number");
    HIDES("Backspace 1 0 Enter", "Not so");
    SHOWS("", "✓ your answer 10 · result 10.0");
    SHOWS("", "Right.");
    SHOWS("", "Behind it.");
    SHOWS("", "your answer ✓ 10"); /* beside the picture */
    SHOWS("", "times: 6");
    assert_int_equal(asked, 1);
    assert_int_equal(right, 1);
    assert_string_equal(missed, "");
    app_free(app);
}

/* By the one key it is told like any other question, and so is one that comes back; from
 * a pane away the first digit leads to it. */
static void one_key_passes_by(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(body, &s);
    SHOWS("Space", "result 10.0");
    SHOWS("", "Behind it.");
    assert_int_equal(asked, 0);
    app_free(app);
    app = open_lesson(body, &s);
    press(app, "9 Enter > >", 24, 80);
    while (lesson_open_question(s) < 0 && !s->message)
        press(app, "Space", 20, 60);
    assert_int_equal(lesson_open_question(s), (int)reading_scene(s->reading)->predict_count);
    char *frame = canvas_dump(press(app, "", 20, 60));
    assert_non_null(strstr(frame, "You had this wrong"));
    free(frame);
    int scene = reading_scene_number(s->reading);
    press(app, "Space", 20, 60);
    assert_int_equal(reading_scene_number(s->reading), scene); /* its answer */
    assert_int_equal(lesson_open_question(s), -1);
    app_free(app);
}

static void a_mistake_is_named(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(body, &s);
    SHOWS("1 8 Enter", "✗ your answer 18 · result 10.0");
    SHOWS("", "Not so. It went off in step 1.");
    SHOWS("", "First times, then plus.");
    SHOWS("", "✗1 times: 6");
    SHOWS("", "your answer ✗ 18");
    assert_int_equal(asked, 1);
    assert_int_equal(right, 0);
    app_free(app);
}

static void it_comes_back_two_scenes_later(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(body, &s);
    press(app, "9 Enter", 24, 80);
    assert_string_equal(missed, "0.0@2");
    HIDES(">", "You had this wrong");
    SHOWS(">", "Text of three.");
    SHOWS("", "You had this wrong in scene 1");
    SHOWS("8 Enter", "Not so.");
    assert_string_equal(missed, "0.0@4");
    assert_int_equal(asked, 1); /* is counted once */
    HIDES(">", "You had this wrong");
    SHOWS("> 1 0 Enter", "✓ your answer 10");
    assert_string_equal(missed, "");
    SHOWS("< < ", "✗ your answer 8"); /* what was answered there stays */
    app_free(app);
}

static void it_follows_and_is_kept(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(body, &s);
    lesson_set_missed(s, "0.0@2 9.9@9 nonsense");
    SHOWS("> > > >", "You had this wrong in scene 1"); /* its scene was jumped over */
    SHOWS("s", "result 10.0");
    app_free(app);
    app = open_lesson(body, &s);
    lesson_set_missed(s, "0.0@2");
    press(app, "1 0 Enter", 24, 80); /* right now, where it was first asked */
    assert_string_equal(missed, "");
    HIDES("> >", "You had this wrong");
    app_free(app);
}

static void a_worked_one_is_told(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app =
        open_lesson("## S\n\n```fill\nshow: whole\n? Q | 10\n= a\n```\n\n"
                    "```fill\nshow: last\n? P | 11\n= b: {{1}}\n= c\n```\n\nEnd.\n",
                    &s);
    SHOWS("", "1 a = 10");
    SHOWS("", "1 b: 1");
    SHOWS("4", "2 c = 4▁");
    HIDES("", "End.");
    SHOWS("s", "2 c = 11");
    SHOWS("", "End.");
    assert_int_equal(asked, 0);
    app_free(app);
}

/* A calculation half done, a known mistake, and a question that comes back. */
static void frames(void **state)
{
    (void)state;
    static const struct {
        const char *name, *keys;
    } list[] = {{"lesson-typing", "1 0 ."},
                {"lesson-mistake", "1 8 Enter"},
                {"lesson-again", "9 Enter > > 5"}};
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
            struct lesson_state *s;
            struct app *app = open_lesson(body, &s);
            say_set_language((enum language)language);
            press(app, list[i].keys, 24, 80);
            frame_compare_sizes(list[i].name, app);
            app_free(app);
        }
    frame_done();
}

static void the_glossary_opens(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson("## S\n\na\n", &s);
    SHOWS("G", "attention");
    HIDES("Esc", "attention");
    app_free(app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_typed_and_judged),
        cmocka_unit_test(one_key_passes_by),
        cmocka_unit_test(a_mistake_is_named),
        cmocka_unit_test(it_comes_back_two_scenes_later),
        cmocka_unit_test(it_follows_and_is_kept),
        cmocka_unit_test(a_worked_one_is_told),
        cmocka_unit_test(frames),
        cmocka_unit_test(the_glossary_opens),
    };
    return cmocka_run_group_tests(tests, NULL, forget);
}
