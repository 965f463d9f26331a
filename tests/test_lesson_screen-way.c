/* One key walks through a lesson: lesson 5 as it is shipped, to its end and back, on small
 * and large screens and in both languages. */
#include "base/memory.h"
#include "keys.h"
#include "models.h"
#include "screen/lesson_screen.h"
#include "screen/lesson_view.h"
#include "screen/screens.h"

#include <string.h>

#define LESSON "lessons/05-self-attention/"
#define SCENES 100
#define PRESSES 2000
#define ROWS 1000

static struct lesson *open_file(const char *path)
{
    struct error e = {0};
    struct lesson *l = lesson_open(path, &e);
    if (!l)
        fail_msg("%s:%ld:%ld %s", e.file, e.line, e.column, e.message);
    return l;
}

static int asked;

static void save(void *data, const struct lesson_progress *p)
{
    (void)data;
    asked += p->asked;
}

static struct app *open_lesson(enum language language, struct lesson_state **s)
{
    struct error e = {0};
    say_set_language(language);
    struct session_options options = {.trace.engine = ENGINE_FAST};
    struct lesson *in[LANGUAGE_COUNT] = {[LANGUAGE_EN] = open_file(LESSON "en.md"),
                                         [LANGUAGE_KO] = open_file(LESSON "ko.md")};
    struct reading *r =
        reading_new(in[language], session_new(shared_model("ko-en"), &options), &e);
    if (!r)
        fail_msg("%s", e.message);
    exams_limit(reading_exams(r), 20);
    *s = lesson_state_new(r, in);
    (*s)->saved = save;
    asked = 0;
    struct app *app = app_new(theme_find("dark"), screen_table);
    lesson_screen_open(app, *s, 0);
    return app;
}

/* ---- what was seen on the way ---- */

struct sights {
    bool scenes[SCENES], pictures[SCENES], questions[SCENES];
    bool rows[SCENES][ROWS];
    int total[SCENES]; /* of those rows, as it is in the end */
    int presses;
};

static bool row_holds(const struct canvas *c, int row, const char *text)
{
    struct buffer b = {0};
    for (int i = 0; i < c->columns; i++)
        buffer_add(&b, canvas_cell(c, row, i)->text);
    bool found = b.data && strstr(b.data, text);
    buffer_free(&b);
    return found;
}

/* The first row of the picture: its stage, the beginning of which may be cut, or that it
 * is an exam. */
static bool shows_picture(const struct lesson_state *s, const struct canvas *c)
{
    const struct lesson_picture *p = &s->p;
    if (!lesson_shows_picture(s))
        return false;
    const char *name = lesson_shows_exam(s) ? say(SAY_LESSON_EXAM)
                       : p->sheet.stage     ? stage_id(p->sheet.stage)
                                            : p->sheet.part->name;
    const char *end = strrchr(name, '.');
    char *title = mem_format("%s ─", end ? end + 1 : name);
    char *with_head = mem_format("%s  ", end ? end + 1 : name);
    bool seen = row_holds(c, 2, title) || row_holds(c, 2, with_head);
    free(title);
    free(with_head);
    return seen;
}

static void see(const struct lesson_state *s, const struct canvas *c, struct sights *x)
{
    int scene = reading_scene_number(s->reading);
    bool wide = lesson_is_wide(canvas_area(c)), picture = s->focus == LESSON_FOCUS_PICTURE;
    int *blocks = lesson_block_rows(s, c, canvas_area(c));
    struct lesson_rows r = lesson_rows_of(s, c, canvas_area(c), -1, -1);
    x->scenes[scene] = true;
    x->total[scene] = blocks[reading_scene(s->reading)->block_count];
    x->pictures[scene] = x->pictures[scene] || shows_picture(s, c);
    x->questions[scene] = x->questions[scene] || lesson_open_question(s) >= 0;
    for (int i = s->scroll; i < s->scroll + r.seen && i < r.rows; i++)
        x->rows[scene][i] = x->rows[scene][i] || wide || !picture;
    free(blocks);
}

/* All of the text and the picture was seen. */
static void check_scene(const struct sights *x, int scene, const struct canvas *c)
{
    if (!x->pictures[scene])
        fail_msg("scene %d, %dx%d: its picture is never seen", scene + 1, c->columns,
                 c->rows);
    for (int i = 0; i < x->total[scene]; i++)
        if (!x->rows[scene][i])
            fail_msg("scene %d, %dx%d: row %d of %d is never seen", scene + 1, c->columns,
                     c->rows, i, x->total[scene]);
}

/* As many presses as there are pages in both directions, and a few stops of a scene. */
static int presses_most(const struct sights *x, const struct canvas *c)
{
    int most = 0;
    for (int i = 0; i < SCENES && x->scenes[i]; i++)
        most += 5 + x->total[i] / (c->rows - 6);
    return most;
}

static void walk_one_way(struct app *app, struct lesson_state *s, const char *key,
                         int direction, int rows, int columns, struct sights *x)
{
    *x = (struct sights){0};
    const struct canvas *c = press(app, "", rows, columns);
    while (!s->message && x->presses < PRESSES) {
        int scene = reading_scene_number(s->reading);
        see(s, c, x);
        c = press(app, key, rows, columns);
        x->presses++;
        if (reading_scene_number(s->reading) == scene && !s->message)
            continue;
        check_scene(x, scene, c);
        if (!s->message)
            assert_int_equal(reading_scene_number(s->reading), scene + direction);
    }
    assert_string_equal(s->message,
                        say(direction > 0 ? SAY_LESSON_END : SAY_LESSON_START));
    for (size_t i = 0; i < reading_lesson(s->reading)->count; i++)
        assert_true(x->scenes[i]);
    assert_in_range(x->presses, 1, presses_most(x, c));
}

static void walk(enum language language, int rows, int columns, const char *forward,
                 const char *back)
{
    struct lesson_state *s;
    struct sights *x = mem_zero(1, sizeof *x);
    struct app *app = open_lesson(language, &s);
    const struct lesson *l = reading_lesson(s->reading);
    walk_one_way(app, s, forward, 1, rows, columns, x);
    for (size_t i = 0; i < l->count; i++)
        assert_true(x->questions[i] == (l->scenes[i].predict_count > 0));
    assert_int_equal(asked, 0); /* who passes by did not try */
    lesson_say(s, false, NULL);
    walk_one_way(app, s, back, -1, rows, columns, x);
    for (size_t i = 0; i < l->count; i++)
        assert_false(x->questions[i]);
    free(x);
    app_free(app);
    say_set_language(LANGUAGE_EN);
}

static void test_small_screen(void **state)
{
    (void)state;
    walk(LANGUAGE_EN, 20, 60, "Space", "PgUp");
    walk(LANGUAGE_KO, 20, 60, "PgDn", "p");
}

static void test_every_size(void **state)
{
    (void)state;
    static const struct {
        int rows, columns;
    } sizes[] = {{12, 40}, {18, 76}, {17, 90}, {24, 80}, {36, 120}, {60, 200}, {80, 300}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        walk(i % 2 ? LANGUAGE_EN : LANGUAGE_KO, sizes[i].rows, sizes[i].columns, "PgDn",
             "PgUp");
}

/* The other pane is a key away, and the one key knows the way back from it. */
static void test_tab_on_the_way(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(LANGUAGE_EN, &s);
    char *frame = canvas_dump(press(app, "> > > 1", 24, 80));
    assert_non_null(strstr(frame, "Space read on")); /* the answer is seen */
    free(frame);
    press(app, "< < 2", 20, 60); /* the answer */
    press(app, "Tab", 20, 60); /* as good as the press */
    assert_int_equal(s->focus, LESSON_FOCUS_PICTURE);
    press(app, "Tab", 20, 60);
    assert_int_equal(s->focus, LESSON_FOCUS_TEXT);
    press(app, "Space", 20, 60);
    assert_int_equal(s->focus, LESSON_FOCUS_PICTURE);
    press(app, "Esc", 20, 60);
    assert_int_equal(s->focus, LESSON_FOCUS_TEXT);
    press(app, "Space*2", 20, 60); /* the rest */
    assert_int_equal(s->focus, LESSON_FOCUS_TEXT);
    assert_int_equal(reading_scene_number(s->reading), 1);
    press(app, "Tab Space", 20, 60); /* looked at again */
    assert_int_equal(s->focus, LESSON_FOCUS_TEXT);
    press(app, "Space", 20, 60);
    assert_int_equal(reading_scene_number(s->reading), 2);
    press(app, "p", 24, 80); /* and the size may change on the way */
    assert_int_equal(reading_scene_number(s->reading), 1);
    press(app, "Space", 20, 60);
    assert_int_equal(reading_scene_number(s->reading), 1);
    assert_int_equal(s->focus, LESSON_FOCUS_PICTURE);
    app_free(app);
}

/* What is said at the end is longer than the row: it takes that of the keys too. */
static void test_a_long_message_is_seen(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(LANGUAGE_EN, &s);
    press(app, ">*11 Space*40", 12, 40);
    char *frame = canvas_dump(press(app, "", 12, 40));
    assert_string_equal(s->message, say(SAY_LESSON_END));
    assert_non_null(strstr(frame, "This is the end of the lesson."));
    assert_non_null(strstr(frame, "leaves it."));
    free(frame);
    app_free(app);
}

/* The question stands behind the picture: a number leads to it before it answers. */
static void test_answers_from_afar(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(LANGUAGE_EN, &s);
    lesson_go(s, 7);
    assert_true(lesson_open_question(s) >= 0);
    char *before = canvas_dump(press(app, "", 20, 60));
    char *after = canvas_dump(press(app, "1", 20, 60));
    char *last = canvas_dump(press(app, "1", 20, 60));
    assert_null(strstr(before, "What if T is very large?"));
    assert_non_null(strstr(after, "What if T is very large?"));
    assert_null(strstr(after, "Right."));
    assert_non_null(strstr(last, "Right."));
    free(before);
    free(after);
    free(last);
    app_free(app);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_screen),
        cmocka_unit_test(test_every_size),
        cmocka_unit_test(test_tab_on_the_way),
        cmocka_unit_test(test_a_long_message_is_seen),
        cmocka_unit_test(test_answers_from_afar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
