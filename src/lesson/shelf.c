#include "lesson/shelf.h"

#include "base/data.h"
#include "base/file.h"
#include "base/folders.h"
#include "base/memory.h"
#include "lesson/lesson.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[LANGUAGE_COUNT] = {
    [LANGUAGE_EN] = "en.md", [LANGUAGE_KO] = "ko.md"};

static struct shelf_lesson *find_id(const struct shelf *s, const char *id)
{
    for (size_t i = 0; i < s->count; i++)
        if (!strcmp(s->items[i].id, id))
            return &s->items[i];
    return NULL;
}

static void free_lesson(struct shelf_lesson *l)
{
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        free(l->file[i]);
    free(l->folder);
    free(l->id);
}

static void add_lesson(struct shelf *s, const char *dir, const char *id, bool own)
{
    struct shelf_lesson l = {.own = own};
    if (!lesson_is_id(id) || find_id(s, id) || !strcmp(id, "glossary"))
        return; /* the words of all lessons stand beside them (glossary.h) */
    l.folder = file_join(dir, id);
    l.id = mem_string(id);
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        l.file[i] = file_join(l.folder, names[i]);
        if (!file_exists(l.file[i])) {
            free(l.file[i]);
            l.file[i] = NULL;
        }
    }
    if (!l.file[LANGUAGE_KO] && !l.file[LANGUAGE_EN]) {
        free_lesson(&l);
        return;
    }
    s->items = mem_grow(s->items, s->count, &s->capacity, sizeof *s->items);
    s->items[s->count++] = l;
}

static int add_folder(struct shelf *s, const char *dir, bool own, struct error *e)
{
    char **list;
    size_t count;
    if (file_list(dir, &list, &count, e) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        add_lesson(s, dir, list[i], own);
        free(list[i]);
    }
    free(list);
    return 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct shelf_lesson *)a)->id,
                  ((const struct shelf_lesson *)b)->id);
}

int shelf_open(struct shelf *s, const char *dir, struct error *e)
{
    struct error ignored = {0};
    char *personal = folders_data("lessons"), *own = data_path_beside("lessons");
    *s = (struct shelf){0};
    int status = 0;
    if (dir && !file_is_folder(dir))
        status = error_set(e,
                           "--lessons %.200s: there is no such folder; it holds folders "
                           "such as 20-my-lesson with ko.md and en.md",
                           dir);
    else if (dir)
        status = add_folder(s, dir, true, e);
    if (personal)
        add_folder(s, personal, true, &ignored);
    if (own)
        add_folder(s, own, false, &ignored);
    free(personal);
    free(own);
    if (s->count)
        qsort(s->items, s->count, sizeof *s->items, compare);
    if (status < 0)
        shelf_free(s);
    return status;
}

void shelf_free(struct shelf *s)
{
    for (size_t i = 0; i < s->count; i++)
        free_lesson(&s->items[i]);
    free(s->items);
    *s = (struct shelf){0};
}

const struct shelf_lesson *shelf_find(const struct shelf *s, const char *name)
{
    const struct shelf_lesson *exact = find_id(s, name);
    size_t digits = strspn(name, "0123456789");
    if (exact || digits == 0 || name[digits])
        return exact;
    for (size_t i = 0; i < s->count; i++) {
        char *end;
        long part = strtol(s->items[i].id, &end, 10);
        if (end != s->items[i].id && *end == '-' && part == strtol(name, NULL, 10))
            return &s->items[i];
    }
    return NULL;
}

const char *shelf_file(const struct shelf_lesson *l, enum language language)
{
    if (l->file[language])
        return l->file[language];
    return l->file[language == LANGUAGE_KO ? LANGUAGE_EN : LANGUAGE_KO];
}
