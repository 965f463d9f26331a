/* Pictures of a scene on the screen: charts of expressions, and two of them. */
#include "base/say.h"
#include "frames.h"
#include "keys.h"
#include "models.h"
#include "screen/lesson_screen.h"
#include "screen/screens.h"

static const char source[] =
    "---\nid: 01-a\npart: 1\ntitle: T\nminutes: 5\ntext: 나는 학교에 간다\n---\n\n"
    "## A\n\nSome text.\n\n```compute\nn = [[1, 2, 4, 8, 16]]\na = 8 * n\nb = n * n\n```\n\n"
    "```stage\nbars: 학교에 간다 = 12, half = 1 / 2, less = -4, 없음 = src.input['개',1]\n"
    "```\n\n```stage\nlines: 8·x = a, x·x = b\nlog: y\n```\n\n"
    "## B\n\nText.\n\n```stage\nfocus: b\nview: histogram\n```\n";

static struct app *app_after(const char *keys, int rows, int columns)
{
    struct error e = {0};
    struct session_options options = {.trace.engine = ENGINE_REFERENCE};
    struct lesson *in[LANGUAGE_COUNT] = {NULL};
    in[say_language()] = lesson_parse(source, "x.md", &e);
    struct reading *r =
        in[say_language()] ? reading_new(in[say_language()],
                                         session_new(shared_model("ko-en"), &options), &e)
                           : NULL;
    if (!r)
        fail_msg("%s", e.message);
    struct app *app = app_new(theme_find("dark"), screen_table);
    lesson_screen_open(app, lesson_state_new(r, in), 0);
    press(app, keys, rows, columns);
    return app;
}

static char *frame_after(const char *keys, int rows, int columns)
{
    struct app *app = app_after(keys, rows, columns);
    char *frame = frame_text(app_canvas(app));
    app_free(app);
    return frame;
}

/* In a large window both are seen, in a small one the key leads from one to the other. */
static void both_can_be_reached(void **state)
{
    (void)state;
    static const int sizes[][2] = {{30, 100}, {30, 200}, {80, 300}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *frame = frame_after("", sizes[i][0], sizes[i][1]);
        assert_contains(frame, "12.000");
        assert_contains(frame, "× a·b: x = 4, y = 64.000"); /* the fourth of 1 2 4 8 */
        free(frame);
    }
    static const int small[][2] = {{24, 80}, {20, 60}, {12, 40}};
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        char *frame = frame_after("Tab", small[i][0], small[i][1]);
        assert_contains(frame, "12.000");
        assert_contains(frame, "1/2");
        free(frame);
        frame = frame_after("v", small[i][0], small[i][1]);
        assert_contains(frame, "2/2");
        assert_contains(frame, "lines");
        free(frame);
        frame = frame_after("v v", small[i][0], small[i][1]);
        assert_contains(frame, "12.000");
        free(frame);
    }
}

static void one_picture_says_so(void **state)
{
    (void)state;
    char *frame = frame_after("> v", 24, 80);
    assert_contains(frame, say(SAY_LESSON_ONE_PICTURE));
    free(frame);
}

/* What cannot be computed here is a dash. */
static void a_missing_value_is_a_dash(void **state)
{
    (void)state;
    char *frame = frame_after("", 24, 80);
    const char *row = strstr(frame, "없음");
    assert_non_null(row);
    char *line = mem_bytes(row, strcspn(row, "\n"));
    assert_contains(line, "–");
    if (strstr(line, "█"))
        fail_msg("a bar: %s", line);
    free(line);
    free(frame);
}

static void frames_of_pictures(void **state)
{
    (void)state;
    static const struct {
        const char *name, *keys;
    } frames[] = {{"picture-bars", "Tab"}, {"picture-lines", "v"},
                  {"picture-histogram", "> Tab"}};
    for (enum language l = 0; l < LANGUAGE_COUNT; l++)
        for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
            say_set_language(l);
            struct app *app = app_after(frames[i].keys, 24, 80);
            frame_compare_sizes(frames[i].name, app);
            app_free(app);
        }
    frame_done();
    say_set_language(LANGUAGE_EN);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    say_set_language(LANGUAGE_EN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_can_be_reached),
        cmocka_unit_test(one_picture_says_so),
        cmocka_unit_test(a_missing_value_is_a_dash),
        cmocka_unit_test(frames_of_pictures),
    };
    return cmocka_run_group_tests_name("lesson pictures", tests, NULL, NULL);
}
