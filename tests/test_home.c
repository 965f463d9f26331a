/* The home screen with items that are made up: golden frames, and what its keys do. */
#include "keys.h"
#include "screen/home.h"
#include "screen/screens.h"

#include "base/memory.h"
#include "frames.h"
#include "support.h"

#define LESSONS 7

/* What was asked of the one who opened the screen. */
struct seen {
    int lessons, walks, released, refreshed;
    size_t item;
    int scene;
    int read[LESSONS]; /* scenes read since, for refresh */
};

static const struct lesson {
    const char *id, *ko, *en, *text, *folder, *problem;
    long part, minutes, scenes;
    int scene, furthest, asked, right;
    bool started;
} lessons[LESSONS] = {
    {"01-tokens", "낱말이 조각이 되기까지", "From words to pieces", "나는 학교에 간다", NULL,
     NULL, 1, 12, 8, 7, 7, 2, 2, true},
    {"05-self-attention", "셀프 어텐션의 수학", "The mathematics of self-attention",
     "나는 학교에 간다", NULL, NULL, 5, 18, 12, 2, 2, 3, 2, true},
    {"06-heads", "머리가 여럿인 까닭", "Why there are several heads", "고양이가 개를 쫓는다", NULL,
     NULL, 6, 15, 10, 0, 0, 0, 0, true},
    {"07-positions", "자리", "Positions", "개가 고양이를 쫓는다", NULL, NULL, 7, 9, 7, 0, 0, 0, 0,
     false},
    {"12-training", NULL, "How it was trained", "나는 학교에 간다", NULL, NULL, 12, 20, 9, 0, 0,
     0, 0, false},
    {"20-my-lesson", "우리 반 문장으로 하는 실험", "An experiment with our own sentences",
     "우리는 점심을 먹는다", "/home/teacher/lessons/20-my-lesson", NULL, 20, 10, 4, 0, 0, 0, 0,
     false},
    {"21-broken", NULL, NULL, NULL, "/home/teacher/lessons/21-broken",
     "/home/teacher/lessons/21-broken/ko.md:14:3: the fence 'stag' is not known; the "
     "fences are stage, compute, predict, assert and notes",
     0, 0, 0, 0, 0, 0, 0, false},
};

static char *copy(const char *s)
{
    return s ? mem_string(s) : NULL;
}

static struct home_item item_of(const struct lesson *l)
{
    return (struct home_item){.id = copy(l->id),
                              .title = {[LANGUAGE_EN] = copy(l->en),
                                        [LANGUAGE_KO] = copy(l->ko)},
                              .text = copy(l->text),
                              .folder = copy(l->folder),
                              .problem = copy(l->problem),
                              .part = l->part,
                              .minutes = l->minutes,
                              .scenes = l->scenes,
                              .scene = l->scene,
                              .furthest = l->furthest,
                              .asked = l->asked,
                              .right = l->right,
                              .started = l->started};
}

/* ---- the other side of the calls ---- */

static void open_lesson(void *data, struct app *app, size_t item, int scene)
{
    struct seen *s = data;
    (void)app;
    s->lessons++;
    s->item = item;
    s->scene = scene;
}

static void open_screen(void *data, struct app *app, enum screen_id id)
{
    struct seen *s = data;
    (void)app;
    s->walks += id == SCREEN_WALK;
}

static void refresh(void *data, struct home_item *items, size_t count)
{
    struct seen *s = data;
    s->refreshed++;
    for (size_t i = 0; i < count; i++)
        if (s->read[i]) {
            items[i].started = true;
            items[i].scene = items[i].furthest = s->read[i] - 1;
        }
}

static void release(void *data)
{
    struct seen *s = data;
    s->released++;
}

static struct home *home; /* of open_home */

static struct app *open_home(struct seen *seen, size_t count)
{
    struct home_item *items = mem_zero(count + 1, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = item_of(&lessons[i]);
    struct app *app = app_new(theme_find("dark"), screen_table);
    home = home_open(app, items, count,
                     (struct home_calls){open_lesson, open_screen, refresh, release, seen,
                                         NEED_RUN});
    return app;
}

/* ---- frames ---- */

static void compare(const char *name, size_t count, const char *keys)
{
    struct seen seen = {0};
    struct app *app = open_home(&seen, count);
    press(app, keys, 24, 80);
    frame_compare_sizes(name, app);
    app_free(app);
    assert_int_equal(seen.released, 1);
}

static void test_frames(void **state)
{
    (void)state;
    for (int l = 0; l < LANGUAGE_COUNT; l++) {
        say_set_language((enum language)l);
        compare("home", LESSONS, "");
        compare("home-own", LESSONS, "Down*4");
        compare("home-broken", LESSONS, "Down*5");
        compare("home-walk", LESSONS, "End");
        compare("home-none", 0, "");
    }
    say_set_language(LANGUAGE_EN);
    frame_done();
}

static void test_ascii(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct app *app = open_home(&seen, LESSONS);
    app_set_writing(app, true, true);
    char *frame = canvas_dump(press(app, "l", 24, 80)); /* and stays in English */
    for (const char *s = frame; *s; s++)
        assert_true((unsigned char)*s < 0x80);
    assert_contains(frame, "naneun hakgyoe ganda");
    app_free(app);
    free(frame);
}

/* No size breaks it; below 40x12 it says so. */
static void test_sizes(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct app *app = open_home(&seen, LESSONS);
    for (int rows = 1; rows < 40; rows++)
        for (int columns = 1; columns < 130; columns += 3)
            for (int end = 0; end < 2; end++) {
                const struct canvas *c =
                    press(app, end ? "End Up" : "Home", rows, columns);
                char *frame = canvas_dump(c);
                bool fits = rows >= 12 && columns >= 40;
                if (fits != (strstr(frame, "Stepformer") != NULL))
                    fail_msg("%dx%d shows\n%s", columns, rows, frame);
                if (fits)
                    assert_contains(frame, "▸");
                free(frame);
            }
    app_free(app);
}

/* ---- keys ---- */

static void test_opening(void **state)
{
    (void)state;
    struct seen s = {0};
    struct app *app = open_home(&s, LESSONS);
    press(app, "Enter", 24, 80); /* the first that is underway, where it was left */
    assert_int_equal(s.lessons, 1);
    assert_int_equal(s.item, 1);
    assert_int_equal(s.scene, 2);
    press(app, "r", 24, 80);
    assert_int_equal(s.lessons, 2);
    assert_int_equal(s.scene, 0);
    press(app, "Up*9 Space", 24, 80); /* one that is finished starts anew */
    assert_int_equal(s.item, 0);
    assert_int_equal(s.scene, 0);
    press(app, "Down*3 Enter", 24, 80); /* one not begun */
    assert_int_equal(s.item, 3);
    assert_int_equal(s.lessons, 4);
    press(app, "End Up Enter r", 24, 80); /* one that cannot be read */
    assert_int_equal(s.lessons, 4);
    press(app, "Down*9 Enter", 24, 80);
    assert_int_equal(s.walks, 1);
    press(app, "Home f r", 24, 80);
    assert_int_equal(s.walks, 2);
    assert_int_equal(s.lessons, 5);
    assert_true(s.refreshed > 0);
    app_free(app);
    assert_int_equal(s.released, 1);
}

static void test_program_keys(void **state)
{
    (void)state;
    struct seen s = {0};
    struct app *app = open_home(&s, LESSONS);
    char *frame = canvas_dump(press(app, "l", 24, 80));
    assert_contains(frame, "셀프 어텐션의 수학");
    free(frame);
    press(app, "l", 24, 80);
    assert_int_equal(say_language(), LANGUAGE_EN);
    press(app, "t", 24, 80);
    assert_ptr_equal(app_theme(app), theme_next(theme_find("dark")));
    press(app, "?", 24, 80);
    assert_string_equal(app_top(app)->name, "page");
    press(app, "Esc Esc x text:'abc' size:70x30 z", 24, 80); /* nothing happens */
    assert_string_equal(app_top(app)->name, "home");
    press(app, "q Enter", 24, 80);
    assert_int_equal(s.lessons, 0);
    app_free(app);
}

/* What a lesson left behind is seen without a key. */
static void test_progress_is_fresh(void **state)
{
    (void)state;
    struct seen s = {0};
    struct app *app = open_home(&s, LESSONS);
    char *frame = canvas_dump(press(app, "", 24, 80));
    assert_contains(frame, "●○○○○○   3/12");
    assert_contains(frame, "goes on at scene 3");
    free(frame);
    s.read[1] = 6;
    frame = canvas_dump(press(app, "", 24, 80));
    assert_contains(frame, "●●●○○○   6/12");
    assert_contains(frame, "goes on at scene 6");
    free(frame);
    press(app, "Enter", 24, 80);
    assert_int_equal(s.scene, 5);
    s.read[1] = 12;
    frame = canvas_dump(press(app, "", 24, 80));
    assert_contains(frame, "●●●●●●  12/12");
    assert_contains(frame, "to the end");
    free(frame);
    press(app, "Enter", 24, 80);
    assert_int_equal(s.scene, 0);
    app_free(app);
}

static void test_no_calls_that_may_be_missing(void **state)
{
    (void)state;
    struct seen s = {0};
    struct app *app = app_new(theme_find("mono"), screen_table);
    home_open(app, NULL, 0,
              (struct home_calls){.open_lesson = open_lesson,
                                  .open_screen = open_screen,
                                  .data = &s,
                                  .has = NEED_RUN});
    press(app, "Up Down Home End r", 24, 80);
    assert_int_equal(s.walks, 1);
    assert_int_equal(s.lessons, 0);
    app_free(app);
}

/* Where no walk can be brought, the menu does not offer it, and its key says why. */
static void test_what_is_missing_is_not_offered(void **state)
{
    (void)state;
    struct seen s = {0};
    for (size_t count = 0; count < 2; count++) {
        struct home_item *items = mem_zero(count + 1, sizeof *items);
        for (size_t i = 0; i < count; i++)
            items[i] = item_of(&lessons[i]);
        struct app *app = app_new(theme_find("dark"), screen_table);
        home_open(app, items, count,
                  (struct home_calls){.open_lesson = open_lesson,
                                      .open_screen = open_screen,
                                      .data = &s});
        char *frame = canvas_dump(press(app, "End Down Up", 24, 80));
        assert_null(strstr(frame, say(SAY_HOME_WALK)));
        free(frame);
        frame = canvas_dump(press(app, "f", 24, 80));
        assert_contains(frame, say(SAY_NEEDS_RUN));
        free(frame);
        press(app, "End Enter", 24, 80);
        assert_int_equal(s.walks, 0);
        assert_int_equal(s.lessons, count);
        app_free(app);
    }
}

/* A key that does nothing says so, until the next one. */
static void test_unknown_keys_say_so(void **state)
{
    (void)state;
    struct seen s = {0};
    struct app *app = open_home(&s, LESSONS);
    char *frame = canvas_dump(press(app, "z", 24, 80));
    assert_contains(frame, "The key z does nothing here");
    free(frame);
    frame = canvas_dump(press(app, "Esc", 24, 80));
    assert_contains(frame, say(SAY_PRESS_QUIT));
    free(frame);
    frame = canvas_dump(press(app, "Down", 24, 80));
    assert_null(strstr(frame, "does nothing"));
    assert_null(strstr(frame, say(SAY_PRESS_QUIT)));
    free(frame);
    app_free(app);
}

/* From the end of a lesson the next one is chosen, and the key that led there opens
 * nothing, until another one was pressed. */
static void test_the_end_of_a_lesson_leads_to_the_next(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct app *app = open_home(&seen, LESSONS);
    home_ended(home, app, 1);
    char *frame = canvas_dump(press(app, "", 24, 80));
    assert_non_null(strstr(frame, say(SAY_HOME_ENDED)));
    assert_non_null(strstr(frame, "▸  6  Why there are several heads"));
    free(frame);
    press(app, "Space PgDn PgUp Space n", 24, 80);
    assert_int_equal(seen.lessons, 0);
    press(app, "Enter", 24, 80);
    assert_int_equal(seen.lessons, 1);
    assert_int_equal(seen.item, 2);
    home_ended(home, app, 1);
    press(app, "Down Space", 24, 80);
    assert_int_equal(seen.lessons, 2);
    assert_int_equal(seen.item, 3);
    home_ended(home, app, 5); /* behind it only one that cannot be read */
    press(app, "Enter", 24, 80);
    assert_int_equal(seen.item, 1); /* the one that is underway */
    app_free(app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_opening),
        cmocka_unit_test(test_program_keys),
        cmocka_unit_test(test_progress_is_fresh),
        cmocka_unit_test(test_no_calls_that_may_be_missing),
        cmocka_unit_test(test_what_is_missing_is_not_offered),
        cmocka_unit_test(test_unknown_keys_say_so),
        cmocka_unit_test(test_the_end_of_a_lesson_leads_to_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
