/* The experiments that the lessons promise: each row of tests/data/lessons-experiments.tsv
 * names one, its scene, and what must stand there in Korean and in English. That it holds
 * is for lint. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

#include "support.h"

#include <glob.h>

#define TABLE "tests/data/lessons-experiments.tsv"
#define LARGEST (1 << 20)

/* How many experiments each part has. */
static const long promised[] = {0, 6, 8, 8, 8, 10, 9, 10, 9};
#define PARTS 8
#define MOST 10

static char *read_whole(const char *path)
{
    struct error e = {0};
    char *data = file_read(path, LARGEST, NULL, &e);
    if (!data)
        fail_msg("%s", e.message);
    return data;
}

/* One lesson, in one language. Caller frees. */
static char *lesson_text(long part, const char *language)
{
    char *pattern = mem_format("lessons/%02ld-*/%s.md", part, language);
    glob_t files = {0};
    if (glob(pattern, 0, NULL, &files))
        fail_msg("there is no %s", pattern);
    char *text = read_whole(files.gl_pathv[0]);
    globfree(&files);
    free(pattern);
    return text;
}

/* Cuts the scene out of a lesson's text; NULL where there are not so many. */
static char *scene_text(char *text, long scene)
{
    char *at = text;
    for (; scene > 0 && at; scene--) {
        at = strstr(at, "\n## ");
        at = at ? at + 1 : NULL;
    }
    char *end = at ? strstr(at, "\n## ") : NULL;
    if (end)
        *end = '\0';
    return at;
}

static void check_row(const char *row, long part, long scene, const char *wanted)
{
    static const char *const languages[] = {"ko", "en"};
    for (size_t i = 0; i < 2; i++) {
        char *text = lesson_text(part, languages[i]);
        const char *found = scene_text(text, scene);
        if (!found || !strstr(found, wanted))
            fail_msg("%s.md does not hold \"%s\"", languages[i], row);
        free(text);
    }
}

static void every_row_stands_in_its_scene(void **state)
{
    (void)state;
    bool held[PARTS + 1][MOST + 1] = {{false}};
    bool told[PARTS + 1] = {false};
    char *table = read_whole(TABLE), *rest = NULL;
    for (char *row = strtok_r(table, "\n", &rest); row; row = strtok_r(NULL, "\n", &rest)) {
        long part, number, of, scene;
        int used = 0;
        if (*row == '#')
            continue;
        if (sscanf(row, "%ld.%ld\t%ld/%ld\t%n", &part, &number, &of, &scene, &used) != 4 ||
            !used || !row[used])
            fail_msg("%s: not a row: %s", TABLE, row);
        assert_int_equal(part, of);
        assert_in_range(part, 1, PARTS);
        assert_in_range(number, 1, promised[part]);
        check_row(row, part, scene, row + used);
        held[part][number] = told[part] = true;
    }
    for (long part = 1; part <= PARTS; part++)
        for (long k = 1; told[part] && k <= promised[part]; k++)
            if (!held[part][k])
                fail_msg("no scene holds experiment %ld.%ld", part, k);
    assert_true(told[2]);
    free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_stands_in_its_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
