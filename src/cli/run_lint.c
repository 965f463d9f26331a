#include "cli/runs.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"
#include "cli/common.h"
#include "lesson/glossary.h"
#include "lesson/lint.h"
#include "study/exam_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_fault(void *data, const struct error *e)
{
    char line[1024];
    (void)data;
    error_line(e, line, sizeof line);
    printf("%s\n", line);
}

static void print_note(void *data, const char *file, const char *text)
{
    (void)data;
    char *safe = text_sanitize(file);
    printf("%s: note: %s\n", safe, text);
    free(safe);
}

static void print_count(long n, const char *what, const char *end)
{
    printf("%ld %s%s%s", n, what, n == 1 ? "" : "s", end);
}

/* The folder of a file, for finding its other language. Caller frees. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? mem_bytes(path, (size_t)(slash - path)) : mem_string(".");
}

struct checked {
    struct lesson *lesson;
    char *folder;
};

/* Checks one file, and compares it with an earlier one of its folder. */
static void check_file(struct lint *l, struct model *model, const char *path,
                       struct checked *list, int count)
{
    struct checked *c = &list[count];
    c->folder = folder_of(path);
    c->lesson = lint_file(l, model, path);
    for (int i = 0; i < count && c->lesson; i++)
        if (list[i].lesson && !strcmp(list[i].folder, c->folder))
            lint_pair(l, list[i].lesson, c->lesson);
}

/* The words of the lessons, which stand in a folder beside them. */
static bool is_glossary(const char *folder)
{
    size_t n = strlen(folder);
    while (n && folder[n - 1] == '/')
        n--;
    return n >= 8 && !strncmp(folder + n - 8, "glossary", 8) &&
           (n == 8 || folder[n - 9] == '/');
}

static void check_glossary(struct lint *l, const char *path)
{
    struct error e = {0};
    struct glossary *g = glossary_open(path, &e);
    if (!g) {
        l->fault(l->data, &e);
        l->faults++;
    }
    glossary_free(g);
}

/* A folder stands for the languages in it. */
static int check_argument(struct lint *l, struct model *model, const char *path,
                          struct checked *list, int count)
{
    static const char *const names[] = {"ko.md", "en.md"};
    if (!file_is_folder(path)) {
        check_file(l, model, path, list, count);
        return count + 1;
    }
    int before = count;
    for (int i = 0; i < 2; i++) {
        char *file = file_join(path, names[i]);
        if (file_exists(file) && is_glossary(path))
            check_glossary(l, file);
        else if (file_exists(file))
            check_file(l, model, file, list, count++);
        free(file);
    }
    if (count == before && !is_glossary(path)) {
        struct error e = {0};
        error_set(&e, "neither ko.md nor en.md is here");
        error_at(&e, path, 0, 0);
        l->fault(l->data, &e);
        l->faults++;
    }
    return count;
}

int run_lint(const struct options *o, struct error *e)
{
    struct model *model = cli_model(o, e);
    if (!model)
        return CLI_FAILED;
    cli_keep_exams(o, true);
    struct lint l = {.fault = print_fault, .note = print_note};
    struct checked *list = mem_zero(2 * (size_t)o->count + 1, sizeof *list);
    int count = 0;
    for (int i = 0; i < o->count; i++)
        count = check_argument(&l, model, o->arguments[i], list, count);
    for (int i = 0; i < count; i++) {
        lesson_free(list[i].lesson);
        free(list[i].folder);
    }
    free(list);
    model_free(model);
    exam_cache_stop();
    print_count(l.scenes, "scene", ", ");
    print_count(l.values, "value", ", ");
    print_count(l.questions, "question", ", ");
    print_count(l.claims, "claim", ": ");
    if (l.faults == 0) {
        printf("ok\n");
        return CLI_OK;
    }
    print_count(l.faults, "fault", "\n");
    error_set(e, "lint: %ld %s found", l.faults,
              l.faults == 1 ? "fault was" : "faults were");
    return CLI_FAILED;
}
