#include "screen/picture_file.h"

#include "base/file.h"
#include "chart/page.h"

#include <stdlib.h>

#define NAMES_MOST 100

/* "encoder.1.self_attn.weights-head2.png", with "-links" for a chart that is not the
 * plain matrix, or with "-2" … when that is taken. Caller frees. */
static char *free_name(const struct chart_kind *kind, const struct chart *v)
{
    const struct sheet *s = &v->sheet;
    const char *id = !v->values ? "stepformer" : s->stage ? stage_id(s->stage)
                                                         : s->symbol;
    char *chart = kind == charts_at(0) ? mem_string("") : mem_format("-%s", kind->name);
    char *head = v->values && s->heads ? mem_format("-head%ld", v->at.head + 1)
                                       : mem_string("");
    char *name = NULL;
    for (int i = 1; i <= NAMES_MOST; i++) {
        char *again = i > 1 ? mem_format("-%d", i) : mem_string("");
        free(name);
        name = mem_format("%s%s%s%s.png", id, chart, head, again);
        free(again);
        if (!file_exists(name))
            break;
    }
    free(chart);
    free(head);
    return name;
}

char *picture_file_save(const struct chart_kind *kind, const struct chart *v,
                        struct error *e)
{
    struct chart_heading heading = charts_heading(v);
    struct chart_page page = {
        .heading = {heading.title, heading.subtitle, heading.badge},
        .value_title = chart_range_title(v)};
    char *name = free_name(kind, v);
    int status = charts_write(kind, v, &page, name, false, NULL, e);
    char *path = status < 0 ? NULL : file_full_path(name);
    free(name);
    charts_heading_free(&heading);
    return path;
}
