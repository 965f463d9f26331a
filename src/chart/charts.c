#include "chart/charts.h"

#include "chart/page.h"
#include "paint/picture.h"

#include <stdlib.h>
#include <string.h>

#define CHART(name) extern const struct chart_kind name##_chart;
#include "chart/charts.def"
#undef CHART

static const struct chart_kind *const kinds[] = {
#define CHART(name) &name##_chart,
#include "chart/charts.def"
#undef CHART
};

#define KIND_COUNT (sizeof kinds / sizeof kinds[0])
#define ROWS_TOLD 20

const struct chart_kind *charts_find(const char *name)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

const struct chart_kind *charts_at(size_t index)
{
    return index < KIND_COUNT ? kinds[index] : NULL;
}

char *charts_names(void)
{
    struct buffer b = {0};
    for (size_t i = 0; i < KIND_COUNT; i++)
        buffer_addf(&b, "%s%s", i ? ", " : "", kinds[i]->name);
    return buffer_take(&b);
}

/* ---- the heading ---- */

/* "나는 학교에 간다 → I go to school": what is fed where that is not what the model says
 * itself. */
static char *title_of(const struct exhibit *x)
{
    const char *text = x->title ? x->title : x->session ? "ids" : "";
    if (!x->session)
        return mem_string(text);
    char *target = x->session->forced ? session_target_text(x->session)
                                      : mem_string(x->session->prediction);
    char *title = *target ? mem_format("%s → %s", text, target) : mem_string(text);
    free(target);
    return title;
}

struct chart_heading charts_heading(const struct chart_kind *kind,
                                    const struct chart *v)
{
    if (chart_is_of_exams(kind))
        return (struct chart_heading){.title = mem_string(say(SAY_LAB_EXAM))};
    if (!v->shown)
        return (struct chart_heading){0};
    bool matrix = v->shown->ref.kind != REF_NONE;
    char *subject = kind->subject ? kind->subject(v)
                    : matrix      ? exhibit_name(v->shown)
                                  : NULL;
    return (struct chart_heading){title_of(v->shown), subject, exhibit_badge(v->shown)};
}

void charts_heading_free(struct chart_heading *h)
{
    free(h->title);
    free(h->subtitle);
    free(h->badge);
}

/* ---- the file ---- */

/* "key: 나는, 학교에, 간다" */
static void add_axis(struct buffer *out, const char *title, const struct labels *l,
                     long count, bool next)
{
    if (!l)
        return;
    buffer_add(out, title);
    for (long i = 0; i < count && i < ROWS_TOLD; i++) {
        char *label = label_text(l, i, 0, next, false);
        buffer_addf(out, "%s%s", i ? ", " : *title ? ": " : "", label);
        free(label);
    }
    buffer_add(out, count > ROWS_TOLD ? ", …\n" : "\n");
}

/* The chart for those who do not see it. Caller frees. */
static char *describe(const struct chart_kind *kind, const struct chart *v,
                      const struct chart_page *page)
{
    struct buffer out = {0};
    if (page->heading.subtitle)
        buffer_addf(&out, "%s\n", page->heading.subtitle);
    if (v->values) {
        const struct sheet *s = &v->sheet;
        add_axis(&out, chart_row_title(v), s->row_labels, s->rows,
                 s->row_axis == AXIS_QUERY);
        add_axis(&out, chart_column_title(v), s->column_labels, s->columns, false);
    }
    kind->words(v, ROWS_TOLD, &out);
    return buffer_take(&out);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static int write_page(struct drawing *d, const struct chart_kind *kind,
                      const struct chart *v, const struct chart_page *page,
                      const char *path, bool replace, struct error *e)
{
    const struct exhibit *x = v->shown;
    const struct session *s = x ? x->session : NULL;
    const char *stage = v->values ? sheet_name(&v->sheet) : "";
    bool one = v->sheet.heads && !kind->subject;
    char *head = one ? mem_format("%ld", v->at.head + 1) : mem_string("");
    char *row = kind->one_row ? mem_format("%ld", v->at.row + 1) : mem_string("");
    char *whatifs = x ? exhibit_whatifs(x) : NULL;
    char *fed = s && s->forced ? session_target_text(s) : NULL;
    const struct png_text notes[] = {
        {"Software", "Stepformer"},
        {"Title", or_empty(page->heading.title)},
        {"stepformer:kind", kind->name},
        {"stepformer:model", x && x->model ? x->model->name : ""},
        {"stepformer:text", or_empty(x ? x->title : NULL)},
        {"stepformer:prediction", or_empty(s ? s->prediction : NULL)},
        {"stepformer:target", or_empty(fed)},
        {"stepformer:what-if", or_empty(whatifs)},
        {"stepformer:stage", stage},
        {"stepformer:row", row},
        {"stepformer:head", head},
    };
    char *words = describe(kind, v, page);
    struct picture_about about = {notes, sizeof notes / sizeof *notes, words};
    int result = picture_write(d, path, &about, replace, e);
    free(head);
    free(row);
    free(whatifs);
    free(fed);
    free(words);
    return result;
}

int charts_write(const struct chart_kind *kind, const struct chart *v,
                 const struct chart_page *page, const char *path, bool replace,
                 int *missing, struct error *e)
{
    struct chart_page p = *page;
    if (picture_form(path, &p.medium.form, e) < 0 || chart_check(kind, v, e) < 0)
        return -1;
    if (!(p.medium.scale > 0))
        p.medium.scale = CHART_SCALE;
    struct drawing *d = kind->page(v, &p, e);
    if (!d)
        return -1;
    if (missing)
        *missing = draw_missing_glyphs(d);
    return write_page(d, kind, v, &p, path, replace, e);
}
