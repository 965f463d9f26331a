#include "paint/theme.h"
#include "screen/screenshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/test_screenshot_XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(path) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(path);
}

static size_t read_whole(const char *name, unsigned char *out, size_t size)
{
    FILE *f = fopen(name, "rb");
    assert_non_null(f);
    size_t n = fread(out, 1, size, f);
    fclose(f);
    return n;
}

static struct canvas *example(void)
{
    struct canvas *c = canvas_new(4, 20);
    c->theme = theme_get(THEME_DARK);
    canvas_clear(c, theme_style(c, LOOK_TEXT));
    canvas_box(c, canvas_area(c), theme_style(c, LOOK_BORDER), "행렬");
    canvas_text(c, canvas_area(c), 1, 2, theme_style(c, LOOK_CURSOR), "나는 0.57");
    canvas_cursor(c, canvas_area(c), 2, 2);
    return c;
}

/* 20 x 4 cells of 6 x 14 points with 6 points around, two pixels a point. */
static void test_the_picture_has_the_size_of_the_cells(void **state)
{
    (void)state;
    struct canvas *c = example();
    char name[64];
    snprintf(name, sizeof name, "%s/a.png", path);
    struct error e = {0};
    assert_int_equal(screenshot_write(c, name, false, &e), 0);
    unsigned char data[64];
    assert_true(read_whole(name, data, sizeof data) == sizeof data);
    assert_int_equal(data[18] << 8 | data[19], 2 * (20 * 6 + 12));
    assert_int_equal(data[22] << 8 | data[23], 2 * (4 * 14 + 12));
    assert_int_equal(screenshot_write(c, name, false, &e), -1);
    assert_int_equal(screenshot_write(c, name, true, NULL), 0);
    remove(name);
    canvas_free(c);
}

static void test_the_same_canvas_gives_the_same_bytes(void **state)
{
    (void)state;
    static unsigned char first[65536], second[65536];
    struct canvas *c = example();
    char name[64];
    snprintf(name, sizeof name, "%s/b.png", path);
    assert_int_equal(screenshot_write(c, name, true, NULL), 0);
    size_t n = read_whole(name, first, sizeof first);
    assert_int_equal(screenshot_write(c, name, true, NULL), 0);
    assert_int_equal(read_whole(name, second, sizeof second), n);
    assert_memory_equal(first, second, n);
    remove(name);
    canvas_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_picture_has_the_size_of_the_cells),
        cmocka_unit_test(test_the_same_canvas_gives_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
