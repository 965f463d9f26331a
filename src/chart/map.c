#include "chart/map.h"

#include <stdlib.h>

/* Where some label has a meaning all have one, maybe empty. */
static bool has_glosses(const struct labels *l)
{
    for (size_t i = 0; l && i < l->count; i++)
        if (l->items[i].gloss)
            return true;
    return false;
}

static void set_axis(const struct chart *v, int side, struct map_texts *texts,
                     struct heatmap_axis *axis)
{
    const struct labels *l = side ? v->sheet.column_labels : v->sheet.row_labels;
    long count = side ? v->sheet.columns : v->sheet.rows;
    texts->counts[side] = count;
    /* rows that ask are told by what they predict, too */
    bool next = side == 0 && v->sheet.row_axis == AXIS_QUERY;
    axis->title = side ? chart_column_title(v) : chart_row_title(v);
    if (!l)
        return;
    texts->labels[side] = mem_zero((size_t)count, sizeof(char *));
    for (long i = 0; i < count; i++)
        texts->labels[side][i] = label_text(l, i, 0, next, false);
    axis->labels = (const char *const *)texts->labels[side];
    if (!v->gloss || !has_glosses(l))
        return;
    texts->glosses[side] = mem_zero((size_t)count, sizeof(char *));
    for (long i = 0; i < count && i < (long)l->count; i++)
        if (l->items[i].gloss)
            texts->glosses[side][i] = mem_string(l->items[i].gloss);
    axis->glosses = (const char *const *)texts->glosses[side];
}

static void free_texts(char **texts, long count)
{
    for (long i = 0; texts && i < count; i++)
        free(texts[i]);
    free(texts);
}

void map_texts_free(struct map_texts *t)
{
    for (int side = 0; side < 2; side++) {
        free_texts(t->labels[side], t->counts[side]);
        free_texts(t->glosses[side], t->counts[side]);
    }
}

/* NULL: the values of the head decide. */
static const struct colormap_range *range_of(const struct chart *v,
                                             const struct chart_page *p)
{
    if (p->range || sheet_range_by(&v->sheet, v->range_by) != RANGE_BY_MATRIX)
        return p->range;
    return v->sheet.values == VALUES_PROBABILITY ? &v->range : NULL;
}

struct heatmap map_of(const struct chart *v, const struct chart_page *p,
                      struct map_texts *texts)
{
    const struct sheet *s = &v->sheet;
    long first = s->heads ? v->at.head * s->rows * s->columns : 0;
    struct heatmap h = {.values = {v->values, first, s->rows, s->columns},
                        .heading = p->heading,
                        .value_title = chart_range_title(v),
                        .map = p->map,
                        .range = range_of(v, p),
                        .by_row = v->range_by == RANGE_BY_ROW,
                        .print_values = p->print_values,
                        .digits = p->digits,
                        .theme = p->theme,
                        .width = p->width};
    *texts = (struct map_texts){0};
    set_axis(v, 0, texts, &h.row);
    set_axis(v, 1, texts, &h.column);
    return h;
}

struct drawing *map_page(const struct chart *v, const struct chart_page *p,
                         struct error *e)
{
    struct map_texts texts;
    struct heatmap h = map_of(v, p, &texts);
    struct drawing *d = heatmap_draw(&h, p->medium, e);
    map_texts_free(&texts);
    return d;
}
