#include "model/shipped.h"

#include "base/data.h"
#include "base/file.h"
#include "base/memory.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The names in a folder, sorted; none where it cannot be read. */
static size_t list_names(const char *folder, char ***names)
{
    size_t count = 0;
    if (!file_is_folder(folder) || file_list(folder, names, &count, NULL) < 0)
        *names = NULL;
    return *names ? count : 0;
}

static void free_names(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

static int by_number(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

/* "step-0400.safetensors" */
static bool read_step(const char *name, long *step)
{
    int end = 0;
    return sscanf(name, "step-%ld.safetensors%n", step, &end) == 1 && end && !name[end] &&
           *step >= 0;
}

static void find_steps(struct shipped_model *m, const char *folder)
{
    char **names, *path = file_join(folder, "checkpoints");
    size_t count = list_names(path, &names);
    m->steps = mem_alloc(count + 1, sizeof *m->steps);
    for (size_t i = 0; i < count; i++)
        m->step_count += read_step(names[i], &m->steps[m->step_count]);
    qsort(m->steps, m->step_count, sizeof *m->steps, by_number);
    free_names(names, count);
    free(path);
}

static bool has_config(const char *folder)
{
    char *path = file_join(folder, "config.json");
    bool has = file_exists(path);
    free(path);
    return has;
}

size_t shipped_list(struct shipped_model **out)
{
    char *models = data_path("models"), **names = NULL;
    size_t count = models ? list_names(models, &names) : 0, n = 0;
    *out = mem_alloc(count + 1, sizeof **out);
    for (size_t i = 0; i < count; i++) {
        char *folder = file_join(models, names[i]);
        if (has_config(folder)) {
            (*out)[n] = (struct shipped_model){.name = mem_string(names[i])};
            find_steps(&(*out)[n++], folder);
        }
        free(folder);
    }
    free_names(names, count);
    free(models);
    return n;
}

void shipped_free(struct shipped_model *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(list[i].name);
        free(list[i].steps);
    }
    free(list);
}

char *shipped_text(const char *between)
{
    struct shipped_model *list;
    size_t count = shipped_list(&list);
    struct buffer b = {0};
    buffer_add(&b, "");
    for (size_t i = 0; i < count; i++) {
        const struct shipped_model *m = &list[i];
        buffer_addf(&b, "%s%s", i ? between : "", m->name);
        for (size_t k = 0; k < m->step_count; k++)
            buffer_addf(&b, "%s%s@%ld", between, m->name, m->steps[k]);
    }
    shipped_free(list, count);
    return buffer_take(&b);
}
