#include "cli/runs.h"

#include "base/say.h"
#include "base/text.h"
#include "cli/common.h"
#include "lesson/lesson.h"
#include "lesson/shelf.h"

#include <stdio.h>
#include <stdlib.h>

static void print_folder(const char *folder)
{
    char *safe = text_sanitize(folder);
    printf("%-24s %s\n", "", safe);
    free(safe);
}

static void print_lesson(const struct shelf_lesson *item)
{
    struct error e = {0};
    const char *path = shelf_file(item, say_language());
    struct lesson *l = lesson_open(path, &e);
    if (l) {
        char *minutes = mem_format("%ld", l->minutes);
        char *scenes = mem_format("%zu", l->count);
        char *a = say_with(SAY_LESSONS_MINUTES, minutes);
        char *b = say_with(SAY_LESSONS_SCENES, scenes);
        printf("%-24s %s (%s, %s)\n", item->id, l->title, a, b);
        free(a);
        free(b);
        free(minutes);
        free(scenes);
    } else {
        char line[1024];
        error_line(&e, line, sizeof line);
        printf("%-24s %s\n", item->id, line);
    }
    if (item->own)
        print_folder(item->folder);
    lesson_free(l);
}

int run_lessons(const struct options *o, struct error *e)
{
    struct shelf shelf;
    if (shelf_open(&shelf, option_text(o, OPTION_LESSONS, NULL), e) < 0)
        return CLI_FAILED;
    for (size_t i = 0; i < shelf.count; i++)
        print_lesson(&shelf.items[i]);
    if (!shelf.count)
        printf("%s\n", say(SAY_LESSONS_NONE));
    shelf_free(&shelf);
    return CLI_OK;
}
