/* Rates and penalties over the steps, and recipes as text. */
#include "learn/recipe.h"

#include "support.h"

static struct recipe some_recipe(void)
{
    struct recipe r = recipe_default();
    r.steps = 1000;
    r.warmup = 100;
    r.rate = 0.01;
    r.entropy = 0.5;
    r.penalty_from = 200;
    r.penalty_full = 300;
    return r;
}

static void the_rate_rises_and_falls(void **state)
{
    (void)state;
    struct recipe r = some_recipe();
    assert_near(recipe_rate(&r, 0), 0.0001, 1e-12);
    assert_near(recipe_rate(&r, 49), 0.005, 1e-12);
    assert_near(recipe_rate(&r, 99), 0.01, 1e-12);
    assert_near(recipe_rate(&r, 100), 0.01, 1e-12);
    assert_near(recipe_rate(&r, 550), 0.01 * 0.505, 1e-12); /* half way down */
    assert_near(recipe_rate(&r, 1000), 0.0001, 1e-12);
    r.warmup = 0;
    assert_near(recipe_rate(&r, 0), 0.01, 1e-12);
}

static void the_penalty_grows_between_its_steps(void **state)
{
    (void)state;
    struct recipe r = some_recipe();
    assert_true(recipe_penalty(&r, 199) == 0);
    assert_true(recipe_penalty(&r, 200) == 0);
    assert_near(recipe_penalty(&r, 250), 0.25, 1e-12);
    assert_near(recipe_penalty(&r, 300), 0.5, 1e-12);
    assert_near(recipe_penalty(&r, 999), 0.5, 1e-12);
    r.penalty_from = r.penalty_full = 200; /* at once */
    assert_true(recipe_penalty(&r, 199) == 0);
    assert_near(recipe_penalty(&r, 200), 0.5, 1e-12);
    r.entropy = 0;
    assert_true(recipe_penalty(&r, 999) == 0);
}

static void a_recipe_is_read_back(void **state)
{
    (void)state;
    struct recipe r = some_recipe(), back;
    struct error e = {0};
    r.smoothing = 0.1;
    r.seed = 77;
    char *text = recipe_text(&r), *again;
    assert_int_equal(recipe_parse(text, &back, &e), 0);
    again = recipe_text(&back);
    assert_string_equal(text, again);
    assert_true(back.smoothing == 0.1 && back.seed == 77 && back.round == -1);
    free(text);
    free(again);
    assert_int_equal(recipe_parse("steps=5", &back, &e), -1);
    assert_contains(e.message, "does not say");
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct recipe r = some_recipe(), late = r;
    struct error e = {0}, other = {0};
    r.warmup = 1000;
    assert_int_equal(recipe_check(&r, &e), -1);
    assert_contains(e.message, "--warmup");
    late.penalty_from = 400;
    assert_int_equal(recipe_check(&late, &other), -1);
    assert_contains(other.message, "--penalty-full");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rate_rises_and_falls),
        cmocka_unit_test(the_penalty_grows_between_its_steps),
        cmocka_unit_test(a_recipe_is_read_back),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
