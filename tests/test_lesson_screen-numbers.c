/* A number of the text, opened in the free walk from the picture of its blocks: every
 * share that an entropy is made of, and the row that they stand in. */
#include "base/say.h"
#include "frames.h"
#include "keys.h"
#include "models.h"
#include "screen/lesson_screen.h"
#include "screen/screens.h"

static const char source[] =
    "---\nid: 01-a\npart: 1\ntitle: T\nminutes: 5\ntext: 나는 학교에 간다\n---\n\n"
    "## S\n\n```compute\ns = [[\"하나\", 2, 1, 1]]\np = share(s)\n```\n\n"
    "The entropy is {{entropy(p[1,:])}} bits.\n";

/* The app after the keys, in the reference engine. Caller frees. */
static struct app *app_after(const char *keys)
{
    struct error e = {0};
    struct session_options options = {.trace.engine = ENGINE_REFERENCE};
    struct lesson *in[LANGUAGE_COUNT] = {NULL};
    in[say_language()] = lesson_parse(source, "x.md", &e);
    struct reading *r =
        reading_new(in[say_language()],
                    session_new(shared_model("ko-en"), &options), &e);
    if (!r)
        fail_msg("%s", e.message);
    struct app *app = app_new(theme_find("dark"), screen_table);
    lesson_screen_open(app, lesson_state_new(r, in), 0);
    press(app, keys, 24, 80);
    return app;
}

/* Its screen as text. Caller frees. */
static char *frame_after(const char *keys)
{
    struct app *app = app_after(keys);
    char *frame = frame_text(app_canvas(app));
    app_free(app);
    return frame;
}

#define TO_ENTROPY "f j text:'entropy' Enter "

static void an_entropy_opens(void **state)
{
    (void)state;
    char *frame = frame_after("");
    assert_contains(frame, "1.50 bits");
    free(frame);
    for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
        say_set_language(l);
        struct app *app = app_after(TO_ENTROPY "Enter");
        frame_compare_sizes("number-entropy", app);
        app_free(app);
    }
    frame_done();
    say_set_language(LANGUAGE_EN);
}

/* From the number to the row of the text, and on to the share in the blocks. */
static void its_shares_open_in_turn(void **state)
{
    (void)state;
    char *frame = frame_after(TO_ENTROPY "Enter Enter");
    assert_contains(frame, "p[1,:] = cells of p");
    free(frame);
    frame = frame_after(TO_ENTROPY "Enter Enter Enter");
    assert_contains(frame, "p = s / Σ s");
    free(frame);
}

static void the_range_of_the_picture_turns(void **state)
{
    (void)state;
    char *frame = frame_after("Tab");
    assert_contains(frame, "(matrix)");
    free(frame);
    frame = frame_after("Tab R");
    assert_contains(frame, "(row)");
    assert_contains(frame, say(SAY_RANGE_OF_ROW));
    free(frame);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entropy_opens),
        cmocka_unit_test(its_shares_open_in_turn),
        cmocka_unit_test(the_range_of_the_picture_turns),
    };
    return cmocka_run_group_tests_name("lesson_screen-numbers", tests, NULL, NULL);
}
