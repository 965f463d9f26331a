#include "screen/picture_file.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "figure/figure.h"
#include "screen/matrix_view.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MOST 100

/* Labels as the figure wants them; NULL for an axis of numbers. Free with free_texts. */
static char **texts_of(const struct labels *l, long count)
{
    if (!l)
        return NULL;
    char **texts = mem_zero((size_t)count, sizeof *texts);
    for (long i = 0; i < count; i++)
        texts[i] = matrix_label(l, i, 0, true, false);
    return texts;
}

static void free_texts(char **texts, long count)
{
    for (long i = 0; texts && i < count; i++)
        free(texts[i]);
    free(texts);
}

/* "encoder.1.self_attn.weights-head2.png", or with "-2" … when that is taken. */
static char *free_name(const struct sheet *s, long head)
{
    const char *id = s->stage ? stage_id(s->stage) : s->symbol;
    char *part = s->heads ? mem_format("-head%ld", head + 1) : mem_string("");
    char *name = NULL;
    for (int i = 1; i <= NAMES_MOST; i++) {
        char *again = i > 1 ? mem_format("-%d", i) : mem_string("");
        free(name);
        name = mem_format("%s%s%s.png", id, part, again);
        free(again);
        if (!file_exists(name))
            break;
    }
    free(part);
    return name;
}

static int write(const struct heatmap *map, const struct exhibit *x, const char *stage,
                 const char *path, struct error *e)
{
    char *whatifs = exhibit_whatifs(x);
    const struct png_text notes[] = {
        {"Software", "Stepformer"},
        {"Title", map->heading.title},
        {"stepformer:model", x->model ? x->model->name : ""},
        {"stepformer:text", map->heading.title},
        {"stepformer:what-if", whatifs ? whatifs : ""},
        {"stepformer:stage", stage},
    };
    struct figure_request r = {map, 1, 0, notes, sizeof notes / sizeof *notes, false};
    int status = figure_write(figure_find("heatmap"), &r, path, NULL, e);
    free(whatifs);
    return status;
}

static char *save(const struct exhibit *x, const struct sheet *s,
                  const struct tensor *values, const char *text, struct error *e)
{
    long head = x->at.head;
    char **rows = texts_of(s->row_labels, s->rows);
    char **columns = texts_of(s->column_labels, s->columns);
    char *badge = exhibit_badge(x);
    struct colormap_range probability = {0, 1, false};
    const char *id = s->stage ? stage_id(s->stage) : s->symbol;
    char *subtitle = exhibit_name(x);
    struct heatmap map = {
        .values = {values, s->heads ? head * s->rows * s->columns : 0, s->rows,
                   s->columns},
        .row = {label_axis(s->row_axis), (const char *const *)rows, NULL},
        .column = {label_axis(s->column_axis), (const char *const *)columns, NULL},
        .heading = {.title = text, .subtitle = subtitle, .badge = badge},
        .range = s->values == VALUES_PROBABILITY ? &probability : NULL};
    char *path = free_name(s, head);
    if (write(&map, x, id, path, e) < 0) {
        free(path);
        path = NULL;
    }
    free_texts(rows, s->rows);
    free_texts(columns, s->columns);
    free(subtitle);
    free(badge);
    return path;
}

char *picture_file_save(const struct exhibit *x, const char *text, struct error *e)
{
    struct sheet s = sheet_of(x, x->ref);
    const struct tensor *values = trace_acquire_ref(x->trace, x->ref);
    char *path = save(x, &s, values, text, e);
    trace_release_ref(x->trace, x->ref);
    return path;
}
