/* What lint says of faulty lessons: tests/data/lessons/faults.txt lists texts with the
 * place and the message of their first fault, word for word. */
#include "lesson/lint.h"

#include "base/file.h"
#include "base/memory.h"
#include "models.h"
#include "temporary.h"

#define FAULTS "tests/data/lessons/faults.txt"
#define FRONT                                                                            \
    "---\nid: a\npart: 3\ntitle: T\nminutes: 1\ntext: 나는 학교에 간다\n---\n\n## S\n\n"
#define BEGIN "\n=== "

/* The first fault of a file, "12:5: what is wrong". */
static void keep_first(void *data, const struct error *e)
{
    char **first = data;
    if (*first)
        return;
    const char *name = strrchr(e->file, '/');
    assert_non_null(name);
    assert_string_equal(name, "/x.md");
    *first = e->column ? mem_format("%ld:%ld: %s", e->line, e->column, e->message)
                       : mem_format("%ld: %s", e->line, e->message);
}

static void ignore_note(void *data, const char *file, const char *text)
{
    (void)data, (void)file, (void)text;
}

static char *fault_of(const char *text, const char *folder)
{
    char *first = NULL;
    struct error e = {0};
    struct model *model = shared_model(MODEL_FROZEN);
    char *path = mem_format("%s/x.md", folder);
    struct lint lint = {.fault = keep_first, .note = ignore_note, .data = &first};
    assert_int_equal(file_write(path, text, strlen(text), true, &e), 0);
    lesson_free(lint_file(&lint, model, path));
    assert_int_equal(lint.faults > 0, first != NULL);
    model_free(model);
    free(path);
    return first;
}

/* The whole message, or its beginning where it goes on with a list: "there are …". */
static bool is_as_listed(const char *found, const char *listed)
{
    size_t n = strlen(listed), end = strlen("…");
    bool goes_on = n > end && !strcmp(listed + n - end, "…");
    return found && (goes_on ? !strncmp(found, listed, n - end) : !strcmp(found, listed));
}

static void tells_every_fault(void **state)
{
    (void)state;
    size_t length;
    struct error e = {0};
    char *all = file_read(FAULTS, 1 << 20, &length, &e), folder[200];
    int count = 0, wrong = 0;
    assert_non_null(all);
    assert_true(temporary_folder(folder, sizeof folder));
    for (char *at = strstr(all, BEGIN), *next; at; at = next) {
        char *listed = at + strlen(BEGIN), *body = strchr(listed, '\n');
        next = strstr(body, BEGIN);
        *body++ = 0;
        if (next)
            *next = 0;
        if (*listed == '#')
            continue;
        bool whole = !strncmp(body, "---", 3);
        char *text = mem_format("%s%s", whole ? "" : FRONT, body);
        char *found = fault_of(text, folder);
        if (!is_as_listed(found, listed)) {
            print_error("listed: %s\nfound:  %s\n", listed, found ? found : "nothing");
            wrong++;
        }
        count++;
        free(found);
        free(text);
    }
    assert_true(count > 200);
    assert_int_equal(wrong, 0);
    free(all);
    remove_all(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tells_every_fault)};
    return cmocka_run_group_tests_name("lint-faults", tests, NULL, NULL);
}
