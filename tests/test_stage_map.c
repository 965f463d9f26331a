#include "base/say.h"
#include "model/model.h"
#include "numbers/gradient.h"
#include "screen/stage_map.h"
#include "paint/theme.h"
#include "support.h"

static struct plan *plan_of(const char *name, struct model **m)
{
    char path[64];
    struct error e = {0};
    snprintf(path, sizeof path, "tests/data/models/%s", name);
    *m = model_open(path, &e);
    if (!*m)
        fail_msg("%s", e.message);
    const int32_t source[] = {3, 4, 5}, target[] = {1, 4};
    struct plan *p = model_plan(*m, source, 3, target, 2, &e);
    if (!p)
        fail_msg("%s", e.message);
    return p;
}

/* A sublayer owns its residual and its norm, in both wirings. */
static void check_model(const char *name)
{
    struct model *m;
    struct plan *p = plan_of(name, &m);
    struct stage_map map = stage_map_of(p);
    int next = 0;
    for (size_t i = 0; i < map.count; i++) {
        const struct stage_part *part = &map.parts[i];
        assert_int_equal(part->first, next);
        next += part->count;
        for (size_t k = 0; k < i; k++) /* no part comes twice */
            assert_false(map.parts[k].kind == part->kind &&
                         place_equal(map.parts[k].place, part->place));
        for (int s = part->first; s < next; s++)
            assert_int_equal(stage_map_part(&map, s), i);
    }
    assert_int_equal(next, p->count);
    int attention = stage_map_part(&map, plan_find(p, "decoder.0.cross_attn.q"));
    assert_int_equal(stage_map_part(&map, plan_find(p, "decoder.0.residual2")),
                     attention);
    assert_int_equal(stage_map_part(&map, plan_find(p, "decoder.0.norm2")), attention);
    stage_map_free(&map);
    plan_free(p);
    model_free(m);
}

static void test_parts_of_both_wirings(void **state)
{
    (void)state;
    check_model("post");
    check_model("pre");
    check_model("deep");
}

/* The strip of some stage has the word. */
static void assert_in_korean(const struct stage_map *map, const struct plan *p,
                             const char *word)
{
    bool found = false;
    say_set_language(LANGUAGE_KO);
    for (int i = 0; i < (int)p->count && !found; i++) {
        struct canvas *c = canvas_new(STAGE_MAP_ROWS, 80);
        c->theme = theme_get(THEME_DARK);
        stage_map_draw(map, p, i, false, c, canvas_area(c));
        char *text = canvas_dump(c);
        found = strstr(text, word) != NULL;
        free(text);
        canvas_free(c);
    }
    say_set_language(LANGUAGE_EN);
    assert_true(found);
}

/* A recurrent model: its layers, and the attention behind them. */
static void test_recurrent_layers_have_a_name(void **state)
{
    (void)state;
    static const char *const titles[] = {
        "source", "encoder 0 · recurrent", "encoder 1 · recurrent", "target",
        "decoder 0 · recurrent", "decoder 1 · recurrent", "decoder · cross-attention",
        "prediction",
    };
    struct error e = {0};
    struct model *m = model_open("tests/data/models/rnn-deep", &e);
    assert_non_null(m);
    struct plan *p = model_shortest_plan(m, &e);
    struct stage_map map = stage_map_of(p);
    assert_int_equal(map.count, sizeof titles / sizeof *titles);
    for (size_t i = 0; i < map.count; i++) {
        char *title = stage_part_title(&map.parts[i], LANGUAGE_EN);
        assert_string_equal(title, titles[i]);
        free(title);
    }
    assert_in_korean(&map, p, "들여옴"); /* and not by its id, "incoming" */
    assert_in_korean(&map, p, "상태");
    stage_map_free(&map);
    plan_free(p);
    model_free(m);
}

static void test_parts_are_stepped_through(void **state)
{
    (void)state;
    struct model *m;
    struct plan *p = plan_of("post", &m);
    struct stage_map map = stage_map_of(p);
    int stage = 0, seen = 1;
    for (int next; (next = stage_map_next_part(&map, stage)) != stage; stage = next)
        seen++;
    assert_int_equal(seen, map.count);
    assert_int_equal(stage, map.parts[map.count - 1].first);
    assert_int_equal(stage_map_previous_part(&map, stage + 1), stage);
    for (int next; (next = stage_map_previous_part(&map, stage)) != stage; stage = next)
        seen--;
    assert_int_equal(stage, 0);
    assert_int_equal(seen, 1);
    stage_map_free(&map);
    plan_free(p);
    model_free(m);
}

/* The current part and the current stage are always seen, at every width. */
/* Gradients stand behind the prediction; the way to their end leads by it. */
static void test_the_end_is_the_prediction(void **state)
{
    (void)state;
    struct model *m;
    struct error e = {0};
    struct plan *p = plan_of("post", &m);
    int prediction = (int)p->count - 1;
    struct stage_map map = stage_map_of(p);
    assert_int_equal(stage_map_end(&map, 0), prediction);
    assert_int_equal(stage_map_end(&map, prediction), prediction);
    stage_map_free(&map);
    assert_int_equal(plan_backward(p, prediction, 0, &e), 0);
    map = stage_map_of(p);
    assert_int_equal(stage_map_end(&map, 3), prediction);
    assert_int_equal(stage_map_end(&map, prediction), p->count - 1);
    assert_int_equal(stage_map_end(&map, prediction + 1), prediction);
    stage_map_free(&map);
    plan_free(p);
    model_free(m);
}

/* The block at hand stands there by its name, and no code stands for one. */
static void check_names(const struct stage_part *part, const char *frame)
{
    static const char *const names[BLOCK_COUNT] = {
        [BLOCK_SELF_ATTENTION] = "self-attention",
        [BLOCK_CROSS_ATTENTION] = "cross-attention",
        [BLOCK_FFN] = "feed-forward"};
    const char *name = names[part->place.block];
    if (name && part->kind == PART_LAYER)
        assert_contains(frame, name);
    assert_null(strstr(frame, " SA "));
    assert_null(strstr(frame, " FF "));
}

/* Names within a part differ, so that each says which stage is meant. */
static void test_names_of_a_part_differ(void **state)
{
    (void)state;
    struct model *m;
    struct plan *p = plan_of("post", &m);
    struct stage_map map = stage_map_of(p);
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        say_set_language((enum language)language);
        for (int a = 0; a < (int)p->count; a++)
            for (int b = 0; b < a; b++) {
                char *x = stage_map_name(&map, p, a), *y = stage_map_name(&map, p, b);
                if (stage_map_part(&map, a) == stage_map_part(&map, b))
                    assert_string_not_equal(x, y);
                free(x);
                free(y);
            }
    }
    say_set_language(LANGUAGE_EN);
    stage_map_free(&map);
    plan_free(p);
    model_free(m);
}

static void test_the_current_stage_is_always_seen(void **state)
{
    (void)state;
    struct model *m;
    struct plan *p = plan_of("deep", &m);
    struct stage_map map = stage_map_of(p);
    say_set_language(LANGUAGE_EN);
    for (int columns = 40; columns < 260; columns += 7) {
        struct canvas *c = canvas_new(STAGE_MAP_ROWS, columns);
        for (int stage = 0; stage < (int)p->count; stage++) {
            canvas_clear(c, (struct style){0});
            stage_map_draw(&map, p, stage, false, c, canvas_area(c));
            char *frame = canvas_dump(c), now[64];
            char *name = stage_map_name(&map, p, stage);
            snprintf(now, sizeof now, "[%s]", name);
            assert_contains(frame, now);
            check_names(&map.parts[stage_map_part(&map, stage)], frame);
            free(name);
            free(frame);
        }
        canvas_free(c);
    }
    stage_map_free(&map);
    plan_free(p);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_of_both_wirings),
        cmocka_unit_test(test_recurrent_layers_have_a_name),
        cmocka_unit_test(test_parts_are_stepped_through),
        cmocka_unit_test(test_the_end_is_the_prediction),
        cmocka_unit_test(test_names_of_a_part_differ),
        cmocka_unit_test(test_the_current_stage_is_always_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
