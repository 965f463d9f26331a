/* Room for labels: what was taken is not free, and nothing outside is. */
#include "chart/label_room.h"

#include "base/random.h"
#include "support.h"

static void test_taken_once(void **state)
{
    (void)state;
    struct label_room r = label_room_new((struct draw_box){10, 20, 100, 50});
    struct draw_box b = {30, 40, 20, 10};
    assert_true(label_room_is_free(&r, b));
    label_room_take(&r, b);
    assert_false(label_room_is_free(&r, b));
    assert_true(label_room_is_free(&r, (struct draw_box){50, 40, 20, 10}));
    assert_true(label_room_is_free(&r, (struct draw_box){30, 50, 20, 10}));
    assert_false(label_room_is_free(&r, (struct draw_box){49, 49, 20, 10}));
    assert_false(label_room_is_free(&r, (struct draw_box){9, 30, 5, 5}));
    assert_false(label_room_is_free(&r, (struct draw_box){106, 30, 5, 5}));
    label_room_take_line(&r, (double[]){10, 20}, (double[]){110, 70});
    assert_false(label_room_is_free(&r, (struct draw_box){80, 50, 10, 10}));
    assert_true(label_room_is_free(&r, (struct draw_box){80, 25, 10, 10}));
    label_room_free(&r);
}

/* Boxes that found room never lie over each other, wherever they were tried. */
static void test_boxes_stay_apart(void **state)
{
    (void)state;
    struct random r = random_seed(4);
    struct label_room room = label_room_new((struct draw_box){5.5, 7.25, 200, 150});
    struct draw_box found[200];
    int n = 0;
    for (int i = 0; i < 4000 && n < 200; i++) {
        struct draw_box b = {300 * random_uniform(&r) - 50, 250 * random_uniform(&r) - 50,
                             1 + 30 * random_uniform(&r), 1 + 12 * random_uniform(&r)};
        if (!label_room_is_free(&room, b)) {
            label_room_take_around(&room, b.x, b.y, i % 400 ? 0 : 2);
            continue;
        }
        for (int k = 0; k < n; k++)
            assert_true(b.x >= found[k].x + found[k].width || found[k].x >= b.x + b.width ||
                        b.y >= found[k].y + found[k].height ||
                        found[k].y >= b.y + b.height);
        found[n++] = b;
        label_room_take(&room, b);
    }
    assert_true(n > 20);
    label_room_free(&room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken_once),
        cmocka_unit_test(test_boxes_stay_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
