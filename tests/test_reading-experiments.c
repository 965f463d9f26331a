/* Worked examples of lessons 1 to 4, through the lesson engine: each scene of
 * tests/data/experiments computes its numbers, and its claims are checked. */
#include "lesson/reading.h"

#include "base/memory.h"
#include "study/exams.h"
#include "study/session.h"

#include "support.h"

#include <glob.h>

/* Enough to tell a model that can from one that cannot. */
#define EXAM_SENTENCES 120

/* What the lessons must hold, one scene each at least; its title begins so. */
static const char *const experiments[] = {
    "1.1", "1.2", "1.3", "1.4", "1.5", "1.6",                 /* why */
    "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8",   /* positions */
    "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8",   /* feed-forward */
    "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.8",   /* residual and norm */
};
#define EXPERIMENTS (sizeof experiments / sizeof *experiments)

/* Which of them a title is of; EXPERIMENTS for none. */
static size_t experiment_of(const char *title)
{
    size_t i = 0;
    for (; i < EXPERIMENTS; i++) {
        size_t n = strlen(experiments[i]);
        if (!strncmp(title, experiments[i], n) && title[n] == ' ')
            break;
    }
    return i;
}

static void check_pictures(struct reading *r)
{
    const struct scene *s = reading_scene(r);
    struct picture p;
    size_t index = 0;
    for (const struct staging *st = s->staging; st; st = st->beside, index++)
        if (!reading_picture_at(r, index, &p))
            fail_msg("%s: picture %zu does not open", s->title, index + 1);
    if (experiment_of(s->title) < EXPERIMENTS && !index)
        fail_msg("%s: it shows no picture", s->title);
}

static long check_scene(struct reading *r)
{
    const struct scene *s = reading_scene(r);
    struct error e = {0};
    reading_work(r, 0);
    if (reading_resolve(r, &e) < 0)
        fail_msg("%s: line %ld: %s", s->title, e.line, e.message);
    for (size_t i = 0; i < s->claim_count; i++)
        if (reading_check(r, &s->claims[i], &e) < 0)
            fail_msg("%s: line %ld: %s", s->title, e.line, e.message);
    check_pictures(r);
    assert_true(reading_is_resolved(r));
    return (long)s->claim_count;
}

/* What was seen over all files. */
struct seen {
    long claims, scenes;
    bool of[EXPERIMENTS + 1];
};

static void check_file(const char *path, enum engine engine, struct seen *seen)
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
    exams_limit(reading_exams(r), EXAM_SENTENCES);
    for (size_t i = 0; i < l->count; i++) {
        assert_int_equal(reading_go(r, (int)i, &e), 0);
        seen->claims += check_scene(r);
        seen->scenes++;
        seen->of[experiment_of(l->scenes[i].title)] = true;
    }
    reading_free(r);
    lesson_free(l);
}

static void check_all(enum engine engine)
{
    glob_t files = {0};
    struct seen seen = {0};
    assert_int_equal(glob("tests/data/experiments/0[1-4]-*.md", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        check_file(files.gl_pathv[i], engine, &seen);
    globfree(&files);
    assert_true(seen.scenes >= 18 && seen.claims >= 60);
    for (size_t i = 0; i < EXPERIMENTS; i++)
        if (!seen.of[i])
            fail_msg("no scene of tests/data/experiments is experiment %s",
                     experiments[i]);
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
