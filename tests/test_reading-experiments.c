/* Worked examples of lessons 1 to 4, through the lesson engine: each scene of
 * tests/data/experiments computes its numbers, and its claims are checked. */
#include "lesson/reading.h"

#include "base/memory.h"
#include "study/session.h"

#include "support.h"

#include <glob.h>

static long check_scene(struct reading *r)
{
    const struct scene *s = reading_scene(r);
    for (size_t i = 0; i < s->claim_count; i++) {
        struct error e = {0};
        if (reading_check(r, &s->claims[i], &e) < 0)
            fail_msg("%s: %s", s->title, e.message);
    }
    assert_true(reading_is_resolved(r));
    return (long)s->claim_count;
}

static void check_file(const char *path, enum engine engine, long *claims, long *scenes)
{
    struct error e = {0};
    struct lesson *l = lesson_open(path, &e);
    if (!l)
        fail_msg("%s", e.message);
    struct model *m = model_open(MODEL_DEFAULT, &e);
    assert_non_null(m);
    struct session_options options = {.trace = {.engine = engine}};
    struct reading *r = reading_new(l, session_new(m, &options), &e);
    if (!r)
        fail_msg("%s", e.message);
    for (size_t i = 0; i < l->count; i++) {
        assert_int_equal(reading_go(r, (int)i, &e), 0);
        *claims += check_scene(r);
        (*scenes)++;
    }
    reading_free(r);
    lesson_free(l);
}

static void check_all(enum engine engine)
{
    glob_t files = {0};
    long claims = 0, scenes = 0;
    assert_int_equal(glob("tests/data/experiments/0[1-4]-*.md", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        check_file(files.gl_pathv[i], engine, &claims, &scenes);
    globfree(&files);
    assert_true(scenes >= 11 && claims >= 30);
}

static void every_experiment_holds(void **state)
{
    (void)state;
    check_all(ENGINE_FAST);
}

static void every_experiment_holds_naively(void **state)
{
    (void)state;
    check_all(ENGINE_REFERENCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_experiment_holds),
        cmocka_unit_test(every_experiment_holds_naively),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
