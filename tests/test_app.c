#include "base/memory.h"
#include "screen/app.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A screen that shows what it was sent, and one that opens on top of it. */
struct page {
    char seen[64];
    int *freed;
};

static void page_draw(const void *state, struct canvas *c, struct area a)
{
    const struct page *p = state;
    canvas_text(c, a, 0, 0, theme_style(c, LOOK_TEXT), p->seen);
    canvas_textf(c, a, 1, 0, theme_style(c, LOOK_TEXT), "%dx%d", a.columns, a.rows);
    canvas_cursor(c, a, 0, 1);
}

static void window_draw(const void *state, struct canvas *c, struct area a)
{
    (void)state;
    canvas_box(c, area_part(a, 0, 4, 3, 6), theme_style(c, LOOK_BORDER), NULL);
}

static void page_free(void *state)
{
    struct page *p = state;
    ++*p->freed;
    free(p);
}

static void page_act(void *state, struct app *app, const struct event *event);

static const struct screen page = {"page", true, page_draw, page_act, NULL, page_free};
static const struct screen window = {"window", false, window_draw,
                                     page_act, NULL,  page_free};

/* Two screens that know what is in force, told by what they have seen. */
static const char *page_badge(const void *state)
{
    const struct page *p = state;
    return p->seen[0] ? p->seen : NULL;
}

static const struct screen knowing = {"knowing", true,      page_draw, page_act,
                                      NULL,      page_free, page_badge};

static struct page *page_new(int *freed)
{
    struct page *p = mem_zero(1, sizeof *p);
    p->freed = freed;
    return p;
}

static void page_act(void *state, struct app *app, const struct event *event)
{
    struct page *p = state;
    if (event->kind == EVENT_TEXT)
        strncat(p->seen, event->text, sizeof p->seen - strlen(p->seen) - 1);
    else if (event->kind == EVENT_KEY && event->key == 'w')
        app_push(app, &window, page_new(p->freed));
    else if (event->kind == EVENT_KEY && event->key == KEY_ESCAPE)
        app_pop(app);
    else if (event->kind == EVENT_KEY)
        strcat(p->seen, "k");
}

static void assert_frame(const char *keys, const char *expected, int freed_before_end)
{
    int freed = 0;
    struct script script;
    assert_int_equal(script_parse(keys, &script, NULL), 0);
    struct app *app = app_new(theme_get(THEME_MONO), NULL);
    app_push(app, &page, page_new(&freed));
    char *frame = canvas_dump(app_run_script(app, &script, 3, 12));
    assert_string_equal(frame, expected);
    assert_int_equal(freed, freed_before_end);
    free(frame);
    app_free(app);
    script_free(&script);
    assert_true(freed >= 1);
}

static void test_events_reach_the_screen(void **state)
{
    (void)state;
    assert_frame("", "\n12x3\n\n", 0);
    assert_frame("x text:나 x", "k나k\n12x3\n\n", 0);
    assert_frame("size:6x2", "\n6x2\n", 0);
}

static void test_a_window_lies_on_top_and_takes_the_keys(void **state)
{
    (void)state;
    assert_frame("x w x x", "k   ┌────┐\n12x3│    │\n    └────┘\n", 0);
    assert_frame("x w x Esc x", "kk\n12x3\n\n", 1);
}

static void test_the_last_screen_ends_the_program(void **state)
{
    (void)state;
    assert_frame("x Esc x x", "k\n12x3\n\n", 1);
    assert_frame("x w Esc Esc x", "k\n12x3\n\n", 2);
    assert_frame("x Ctrl-C x", "k\n12x3\n\n", 0);
}

/* The topmost screen that can tell is asked, whatever lies on it; its NULL counts. */
static void test_the_badge_is_that_of_the_topmost_screen_that_knows(void **state)
{
    (void)state;
    int freed = 0;
    struct script script = {0};
    struct app *app = app_new(theme_get(THEME_MONO), NULL);
    struct page *lower = page_new(&freed), *upper = page_new(&freed);
    app_push(app, &page, page_new(&freed));
    assert_null(app_run_script(app, &script, 3, 12)->badge);
    app_push(app, &knowing, lower);
    assert_null(app_run_script(app, &script, 3, 12)->badge);
    strcpy(lower->seen, "no-mask");
    app_push(app, &page, page_new(&freed));
    assert_string_equal(app_run_script(app, &script, 3, 12)->badge, "no-mask");
    app_push(app, &knowing, upper);
    assert_null(app_run_script(app, &script, 3, 12)->badge);
    strcpy(upper->seen, "no-ffn");
    assert_string_equal(app_run_script(app, &script, 3, 12)->badge, "no-ffn");
    struct event escape = {.kind = EVENT_KEY, .key = KEY_ESCAPE};
    struct script leave = {&escape, 1, 1};
    assert_string_equal(app_run_script(app, &leave, 3, 12)->badge, "no-mask");
    app_free(app);
    assert_int_equal(freed, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_reach_the_screen),
        cmocka_unit_test(test_a_window_lies_on_top_and_takes_the_keys),
        cmocka_unit_test(test_the_last_screen_ends_the_program),
        cmocka_unit_test(test_the_badge_is_that_of_the_topmost_screen_that_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
