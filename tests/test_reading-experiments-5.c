/* The experiments of lessons 5 to 8: every one of them has a scene in tests/data/experiments
 * whose claims hold and whose pictures open, by both engines. */
#include "lesson/reading.h"

#include "model/opened.h"

#include "models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    int part, count;
    const char *file;
} parts[] = {
    {5, 10, "tests/data/experiments/05-self-attention.md"},
    {6, 9, "tests/data/experiments/06-multi-head-attention.md"},
    {7, 10, "tests/data/experiments/07-tokens.md"},
    {8, 9, "tests/data/experiments/08-whole-machine.md"},
};

static struct reading *open_part(size_t i, enum engine engine, struct lesson **lesson)
{
    struct error e = {0};
    struct session_options options = {.trace.engine = engine};
    struct reading *r = NULL;
    *lesson = lesson_open(parts[i].file, &e);
    if (*lesson)
        r = reading_new(*lesson, session_new(shared_model(MODEL_DEFAULT), &options), &e);
    if (!r)
        fail_msg("%s:%ld:%ld: %s", parts[i].file, e.line, e.column, e.message);
    return r;
}

static void close_part(struct reading *r, struct lesson *l)
{
    reading_free(r);
    lesson_free(l);
    opened_close();
}

/* "6.5 Parameters" is of 6.5, and "6.5" alone of none. */
static bool is_of(const struct scene *s, int part, int number)
{
    char begin[16];
    snprintf(begin, sizeof begin, "%d.%d ", part, number);
    return !strncmp(s->title, begin, strlen(begin)) && s->title[strlen(begin)];
}

static void every_experiment_has_one_scene(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct error e = {0};
        struct lesson *l = lesson_open(parts[i].file, &e);
        if (!l)
            fail_msg("%s:%ld: %s", parts[i].file, e.line, e.message);
        for (int n = 1; n <= parts[i].count; n++) {
            int found = 0;
            for (size_t k = 0; k < l->count; k++)
                found += is_of(&l->scenes[k], parts[i].part, n);
            if (found != 1)
                fail_msg("experiment %d.%d has %d scenes", parts[i].part, n, found);
        }
        lesson_free(l);
    }
}

static void check_pictures(struct reading *r)
{
    struct picture p;
    const struct scene *s = reading_scene(r);
    assert_non_null(s->staging);
    for (size_t i = 0; i < (s->staging->beside ? 2 : 1); i++)
        if (!reading_picture_at(r, i, &p))
            fail_msg("%s: no picture %zu", s->title, i + 1);
}

static void check_scene(struct reading *r)
{
    const struct scene *s = reading_scene(r);
    struct error e = {0};
    if (reading_resolve(r, &e) < 0)
        fail_msg("%s: line %ld: %s", s->title, e.line, e.message);
    reading_work(r, 0);
    if (!s->claim_count)
        fail_msg("%s: nothing is claimed", s->title);
    for (size_t i = 0; i < s->claim_count; i++)
        if (reading_check(r, &s->claims[i], &e) < 0)
            fail_msg("%s: line %ld: %s", s->title, e.line, e.message);
    check_pictures(r);
}

/* Of exams only the first sentences, so many that the claims can be told. */
static void check_all(enum engine engine, long sentences)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct lesson *l;
        struct error e = {0};
        struct reading *r = open_part(i, engine, &l);
        exams_limit(reading_exams(r), sentences);
        for (size_t k = 0; k < l->count; k++) {
            if (reading_go(r, (int)k, &e) < 0)
                fail_msg("%s: %s", l->scenes[k].title, e.message);
            check_scene(r);
        }
        close_part(r, l);
    }
}

static void every_claim_holds(void **state)
{
    (void)state;
    check_all(ENGINE_FAST, 320);
}

static void every_claim_holds_naively(void **state)
{
    (void)state;
    check_all(ENGINE_REFERENCE, 32);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_experiment_has_one_scene),
        cmocka_unit_test(every_claim_holds),
        cmocka_unit_test(every_claim_holds_naively),
    };
    return cmocka_run_group_tests_name("experiments of 5 to 8", tests, NULL, NULL);
}
