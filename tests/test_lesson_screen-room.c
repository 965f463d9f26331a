/* Large screens: no pane of a lesson scrolls beside an empty one. */
#include "base/memory.h"
#include "keys.h"
#include "models.h"
#include "screen/lesson_room.h"
#include "screen/lesson_screen.h"
#include "screen/lesson_view.h"
#include "screen/screens.h"

#include <string.h>

#define FRONT                                                                            \
    "---\nid: 01-a\npart: 1\ntitle: T\nminutes: 5\ntext: 나는 학교에 간다\n---\n\n"

static struct app *app_of(struct lesson *in[LANGUAGE_COUNT], struct lesson_state **s)
{
    struct error e = {0};
    struct session_options options = {.trace.engine = ENGINE_FAST};
    struct reading *r = reading_new(in[say_language()],
                                    session_new(shared_model("ko-en"), &options), &e);
    if (!r)
        fail_msg("%s", e.message);
    exams_limit(reading_exams(r), 20);
    *s = lesson_state_new(r, in);
    struct app *app = app_new(theme_find("dark"), screen_table);
    lesson_screen_open(app, *s, 0);
    return app;
}

static struct app *open_shipped(struct lesson_state **s)
{
    struct error e = {0};
    struct lesson *in[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = lesson_open("lessons/05-self-attention/en.md", &e),
        [LANGUAGE_KO] = lesson_open("lessons/05-self-attention/ko.md", &e),
    };
    if (e.set)
        fail_msg("%s", e.message);
    return app_of(in, s);
}

/* One scene with so many sentences and the stage. */
static struct app *open_made(int sentences, const char *stage, const char *text,
                             struct lesson_state **s)
{
    struct error e = {0};
    struct buffer b = {0};
    buffer_add(&b, FRONT "## S\n\n");
    for (int i = 0; i < sentences; i++)
        buffer_add(&b, "Words of a text that goes on and on, for it has to be long.\n\n");
    buffer_addf(&b, "```stage\ntext: %s\nfocus: %s\n```\n", text, stage);
    struct lesson *in[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = lesson_parse(b.data, "x.md", &e)};
    if (e.set)
        fail_msg("%s", e.message);
    buffer_free(&b);
    say_set_language(LANGUAGE_EN);
    return app_of(in, s);
}

/* The line between the panes; the columns of the text are those before it. */
static int line_of(const struct canvas *c)
{
    int i = 0;
    while (i < c->columns && strcmp(canvas_cell(c, 2, i)->text, "│"))
        i++;
    return i;
}

static void shows(const struct canvas *c, const char *text, bool wanted)
{
    char *frame = canvas_dump(c);
    if ((strstr(frame, text) != NULL) != wanted)
        fail_msg("\"%s\" is %s seen:\n%s", text, wanted ? "not" : "", frame);
    free(frame);
}

static void see_scene(struct lesson_state *s, const struct canvas *c)
{
    struct lesson_rows r = lesson_rows_of(s, c, canvas_area(c), -1, -1);
    bool matrix = s->p.picture.view->scrolls && s->p.values;
    bool heads = matrix && s->p.sheet.heads > 1;
    assert_in_range(line_of(c), ROOM_TEXT_LEAST, ROOM_TEXT_MOST);
    assert_in_range(r.rows, 1, r.seen);
    shows(c, "▼", false); /* the number that is opened is there to its last row */
    if (matrix && c->rows >= 60)
        shows(c, say(SAY_SCREEN_HEADS), heads);
}

static void test_nothing_scrolls(void **state)
{
    (void)state;
    static const int sizes[][2] = {{36, 120}, {60, 200}, {80, 300}};
    for (int l = 0; l < LANGUAGE_COUNT; l++) {
        struct lesson_state *s;
        say_set_language((enum language)l);
        struct app *app = open_shipped(&s);
        for (int i = 0; i < (int)reading_lesson(s->reading)->count; i++) {
            lesson_go(s, i);
            while (lesson_open_question(s) >= 0)
                lesson_answer(s, ANSWER_SHOWN);
            for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
                see_scene(s, press(app, "", sizes[k][0], sizes[k][1]));
        }
        app_free(app);
    }
    say_set_language(LANGUAGE_EN);
}

#define WEIGHTS "encoder.1.self_attn.weights[2,3,2]"

/* The text takes what the matrix does without, and only when it scrolls. */
static void test_a_long_text_gets_room(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_made(9, WEIGHTS, "나는 학교에 간다", &s);
    int usual = line_of(press(app, "", 36, 120));
    app_free(app);
    app = open_made(12, WEIGHTS, "나는 학교에 간다", &s);
    const struct canvas *c = press(app, "", 36, 120);
    assert_int_equal(usual, 55);
    assert_in_range(line_of(c), usual + 4, ROOM_TEXT_MOST);
    assert_true(c->columns - 1 - line_of(c) >= 58); /* seven columns and their labels */
    app_free(app);
}

/* And the matrix what a short text does without. */
static void test_a_broad_matrix_gets_room(void **state)
{
    (void)state;
    struct lesson_state *s;
    static const char text[] = "나는 학교에 간다 나는 학교에 간다";
    struct app *app = open_made(3, WEIGHTS, text, &s);
    const struct canvas *c = press(app, "", 36, 120);
    assert_in_range(s->p.sheet.columns, 10, 14);
    assert_in_range(line_of(c), ROOM_TEXT_LEAST, 54);
    app_free(app);
    app = open_made(16, WEIGHTS, text, &s); /* but not what a long one needs */
    assert_int_equal(line_of(press(app, "", 36, 120)), 55);
    app_free(app);
}

/* Low and broad: the opened number stands beside the matrix. */
static void test_the_opened_number_stands_beside(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_made(3, WEIGHTS, "나는 학교에 간다", &s);
    shows(press(app, "", 30, 190), "▼", false);
    shows(press(app, "", 30, 190), "quotient", true);
    shows(press(app, "", 20, 120), "▼", true); /* there is no room for it here */
    app_free(app);
}

/* Digits as there is room; the keys go on from what is seen. */
static void test_digits_fill_the_room(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_made(3, WEIGHTS, "나는 학교에 간다", &s);
    static const struct {
        const char *key;
        int rows, columns, zoom;
    } steps[] = {
        {"", 24, 80, CHART_ZOOM_PLAIN},   {"", 60, 200, CHART_ZOOM_PLAIN + 1},
        {"-", 60, 200, CHART_ZOOM_PLAIN}, {"+", 60, 200, CHART_ZOOM_PLAIN + 1},
        {"", 24, 80, CHART_ZOOM_PLAIN + 1}, /* chosen: it stays */
    };
    /* far from the number that is opened, which has as many digits anyway */
    long first = sheet_cell(&s->p.sheet, (struct place){.head = 1});
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const struct canvas *c = press(app, steps[i].key, steps[i].rows, steps[i].columns);
        char *cell = mem_format(" %.4f", tensor_get(s->p.values, first));
        assert_int_equal(lesson_zoom(s, c, canvas_area(c)), steps[i].zoom);
        if (steps[i].zoom > CHART_ZOOM_PLAIN)
            shows(c, cell, true);
        free(cell);
    }
    app_free(app);
}

/* A second picture is on the way where both have no room: in one pane, and beside the
 * text; where both are seen it takes no press. */
static void test_two_pictures_on_the_way(void **state)
{
    (void)state;
    static const char second[] = "encoder.0.self_attn.scores[1,1,1]\n```\n\n"
                                 "```stage\nfocus: encoder.1.self_attn.weights[2,3,2]";
    static const struct {
        int rows, columns, presses;
    } sizes[] = {{20, 60, 3}, {24, 80, 2}, {60, 200, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct lesson_state *s;
        struct app *app = open_made(1, second, "나는 학교에 간다", &s);
        int presses = 0;
        const struct canvas *c = press(app, "", sizes[i].rows, sizes[i].columns);
        bool scores = false, weights = false;
        for (; !s->message && presses < 9; presses++) {
            char *frame = canvas_dump(c);
            scores = scores || strstr(frame, "─ encoder.0.self_attn.scores");
            weights = weights || strstr(frame, "─ encoder.1.self_attn.weights");
            free(frame);
            c = press(app, "Space", sizes[i].rows, sizes[i].columns);
        }
        assert_true(scores);
        assert_true(weights);
        assert_int_equal(presses, sizes[i].presses);
        app_free(app);
    }
}

/* ---- the split ---- */

static int area_of(const void *data, int columns)
{
    return (*(const int *)data + columns - 1) / columns;
}

/* Whatever text and matrix: no pane scrolls while the other has room for both. */
static void test_splits(void **state)
{
    (void)state;
    for (int columns = 76; columns <= 300; columns += 7)
        for (int need = 10; need < 200; need += 9)
            for (int text = 100; text < 8000; text += 311) {
                int seen = 30, at = room_for_text(columns, seen, need, area_of, &text);
                int left = columns - 1 - at;
                assert_in_range(at, ROOM_TEXT_LEAST, ROOM_TEXT_MOST);
                if (area_of(&text, at) > seen && at < ROOM_TEXT_MOST)
                    assert_true(left <= need || left <= 43 || at == columns * 46 / 100);
                if (area_of(&text, at) > seen && left > 60 && at < ROOM_TEXT_MOST)
                    assert_true(left <= need || at > columns * 46 / 100);
                if (left < need && at > ROOM_TEXT_LEAST && area_of(&text, at - 1) <= seen)
                    assert_true(area_of(&text, columns - 1 - need > ROOM_TEXT_LEAST
                                                   ? columns - 1 - need
                                                   : ROOM_TEXT_LEAST) > seen);
            }
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_scrolls),
        cmocka_unit_test(test_a_long_text_gets_room),
        cmocka_unit_test(test_a_broad_matrix_gets_room),
        cmocka_unit_test(test_the_opened_number_stands_beside),
        cmocka_unit_test(test_digits_fill_the_room),
        cmocka_unit_test(test_two_pictures_on_the_way),
        cmocka_unit_test(test_splits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
