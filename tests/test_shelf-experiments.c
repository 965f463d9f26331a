/* Every experiment of a lesson has its scene. tests/data/lessons-experiments.tsv says
 * which: experiment, LESSON/SCENE, and what that scene computes or tells, as it stands in
 * its source, in both languages. */
#include "base/file.h"
#include "base/memory.h"

#include "support.h"

#include <stdlib.h>
#include <string.h>

#define TABLE "tests/data/lessons-experiments.tsv"

static char *file_text(const char *path)
{
    struct error e = {0};
    char *text = file_read(path, (size_t)1 << 20, NULL, &e);
    if (!text)
        fail_msg("%s", e.message);
    return text;
}

/* The lines of one scene in its file; fails where there is none. Caller frees. */
static char *scene_source(const char *path, long number)
{
    char *text = file_text(path), *at = text;
    for (long i = 0; i < number; i++) {
        char *next = strstr(at, "\n## ");
        if (!next)
            fail_msg("%s has no scene %ld", path, number);
        at = next + 4;
    }
    char *end = strstr(at, "\n## ");
    char *scene = mem_bytes(at, end ? (size_t)(end - at) : strlen(at));
    free(text);
    return scene;
}

/* "1.1\t01-why-transformer/2\tencoder.0.hidden" */
static void check_row(char *row)
{
    char *place = strchr(row, '\t'), *slash = place ? strchr(place, '/') : NULL;
    char *part = slash ? strchr(slash, '\t') : NULL;
    if (!part)
        fail_msg("%s: \"%s\" is no row", TABLE, row);
    *place++ = *slash++ = *part++ = 0;
    static const char *const languages[] = {"ko", "en"};
    for (int i = 0; i < 2; i++) {
        char *path = mem_format("lessons/%s/%s.md", place, languages[i]);
        char *scene = scene_source(path, strtol(slash, NULL, 10));
        if (!strstr(scene, part))
            fail_msg("experiment %s: \"%s\" does not stand in scene %s of %s", row, part,
                     slash, path);
        free(scene);
        free(path);
    }
}

static void every_experiment_has_its_scene(void **state)
{
    (void)state;
    char *table = file_text(TABLE), *rest = NULL;
    int rows = 0;
    for (char *row = strtok_r(table, "\n", &rest); row; row = strtok_r(NULL, "\n", &rest)) {
        check_row(row);
        rows++;
    }
    assert_true(rows > 0);
    free(table);
}

/* How many experiments the parts have; those of a lesson that is there are all told. */
static void no_experiment_is_left_out(void **state)
{
    (void)state;
    static const struct {
        int part, count;
    } parts[] = {{1, 6}};
    char *table = file_text(TABLE);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (int k = 1; k <= parts[i].count; k++) {
            char *row = mem_format("%s%d.%d\t", i || k > 1 ? "\n" : "", parts[i].part, k);
            if (!strstr(table, row))
                fail_msg("%s: experiment %d.%d has no scene", TABLE, parts[i].part, k);
            free(row);
        }
    free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_experiment_has_its_scene),
        cmocka_unit_test(no_experiment_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
