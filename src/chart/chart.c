#include "chart/chart.h"

#include <math.h>
#include <string.h>

struct chart chart_of(const struct exhibit *x)
{
    struct chart v = {.shown = x, .at = x->at, .zoom = CHART_ZOOM_PLAIN};
    v.sheet = sheet_of(x, x->ref);
    v.values = trace_acquire_ref(x->trace, x->ref);
    v.range = sheet_range(&v.sheet, v.values);
    return v;
}

void chart_release(const struct chart *v)
{
    trace_release_ref(v->shown->trace, v->shown->ref);
}

/* ---- needs ---- */

static bool is_attention(const struct sheet *s)
{
    return s->values == VALUES_PROBABILITY && s->row_labels && s->column_labels &&
           s->column_axis == AXIS_KEY;
}

int chart_check(const struct chart_kind *kind, const struct chart *v, struct error *e)
{
    const struct sheet *s = &v->sheet;
    const struct {
        unsigned need;
        bool there;
        const char *what;
    } list[] = {
        {CHART_NEEDS_EXAMS, v->exam_count > 0, "exams"},
        {CHART_NEEDS_MATRIX, v->values != NULL, "a matrix"},
        {CHART_NEEDS_HEADS, s->heads > 0, "a stage with heads"},
        {CHART_NEEDS_ATTENTION, is_attention(s),
         "attention weights (from tokens to tokens)"},
        {CHART_NEEDS_PLANE, s->columns <= 2, "a matrix with one or two columns"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if ((kind->needs & list[i].need) && !list[i].there)
            return error_set(e, "the chart %s needs %s%s%s%s", kind->name, list[i].what,
                             v->values ? "; " : "",
                             v->values ? sheet_name(s) : "",
                             v->values ? " is none" : "");
    return 0;
}

/* ---- what the kinds share ---- */

const char *chart_number(const struct chart *v, double x, int digits,
                         char out[RENDER_NUMBER])
{
    return isnan(x) && v->missing ? v->missing : render_number(x, digits, out);
}

int chart_digits(const struct chart *v, int plain)
{
    bool whole = v->missing != NULL;
    double size = 0;
    for (long i = 0; v->missing && i < tensor_count(v->values); i++) {
        double x = tensor_get(v->values, i);
        whole = whole && (!isfinite(x) || x == floor(x));
        size = isfinite(x) ? fmax(size, fabs(x)) : size;
    }
    return whole || (v->missing && size >= 10000) ? 0
           : v->missing && size >= 100            ? 1
                                                  : plain;
}

double chart_cell(const struct chart *v, long row, long column)
{
    struct place at = {v->at.head, row, column};
    return tensor_get(v->values, sheet_cell(&v->sheet, at));
}

const char *chart_range_title(const struct chart *v)
{
    switch (sheet_range_by(&v->sheet, v->range_by)) {
    case RANGE_BY_HEAD:
        return say(SAY_FIGURE_BY_HEAD);
    case RANGE_BY_ROW:
        return say(SAY_FIGURE_BY_ROW);
    default:
        return NULL;
    }
}

struct colormap_range chart_range(const struct chart *v, long row)
{
    struct place at = {v->at.head, row, 0};
    struct colormap_range range =
        sheet_range_at(&v->sheet, v->values, v->range, v->range_by, at);
    if (!v->beside)
        return range;
    return colormap_range_join(
        range, sheet_range_at(&v->sheet, v->beside, v->range, v->range_by, at));
}

char *chart_row_label(const struct chart *v, long row)
{
    return label_text(v->sheet.row_labels, row, v->sheet.first_row, true, v->gloss);
}

char *chart_column_label(const struct chart *v, long column)
{
    return label_text(v->sheet.column_labels, column, 0, false, v->gloss);
}

/* Weights have no axes of their own: rows and columns, as they stand in the file. */
const char *chart_row_title(const struct chart *v)
{
    return v->sheet.part && v->sheet.rows > 1 ? say(SAY_AXIS_ROW)
                                              : label_axis(v->sheet.row_axis);
}

char *chart_short_title(const char *title)
{
    const char *space = strchr(title, ' ');
    return space ? mem_bytes(title, (size_t)(space - title)) : mem_string(title);
}

const char *chart_column_title(const struct chart *v)
{
    return v->sheet.part ? say(SAY_AXIS_COLUMN) : label_axis(v->sheet.column_axis);
}

struct style chart_lit(const struct canvas *c, const struct chart *v, bool on,
                       enum look other)
{
    return theme_style(c, !on ? other : v->focused ? LOOK_CURSOR : LOOK_CURSOR_QUIET);
}

const char *chart_head_name(const struct chart *v, long head)
{
    struct head_name name;
    if (!v->sheet.stage ||
        !head_names_find(v->names, stage_id(v->sheet.stage), head, &name))
        return NULL;
    return head_pattern_text(name.pattern, say_language());
}
