#include "chart/sheet.h"

#include <math.h>
#include <string.h>

static void set_axes(struct sheet *s, const struct label_sets *sets,
                     const struct axis *axes, int rank)
{
    s->row_axis = axes[rank > 1 ? rank - 2 : 0].name;
    s->row_labels = labels_of_axis(sets, axes[rank > 1 ? rank - 2 : 0]);
    if (rank > 1) {
        s->column_axis = axes[rank - 1].name;
        s->column_labels = labels_of_axis(sets, axes[rank - 1]);
    }
}

/* A plan without a model reads numbers of a lesson and stages of a run; a weight among
 * them keeps its full name. */
static bool is_given(const struct plan *p, const struct part *part)
{
    return !p->weights && strncmp(part->name, "weight:", 7) != 0;
}

struct sheet sheet_of(const struct exhibit *x, struct ref ref)
{
    const struct plan *p = trace_plan(x->trace);
    struct sheet s = {.ref = ref, .values = VALUES_SIGNED};
    const struct tensor *shape;
    if (ref.kind == REF_STAGE) {
        s.stage = &p->stages[ref.index];
        s.symbol = s.stage->symbol;
        s.values = role_values(s.stage->role);
        shape = &s.stage->shape;
        set_axes(&s, &x->sets, s.stage->axes, shape->rank);
    } else {
        s.part = &p->parts[ref.index];
        s.symbol = s.part->symbol;
        s.first_row = s.part->first;
        s.given = is_given(p, s.part);
        shape = &s.part->tensor;
        set_axes(&s, &x->sets, s.part->axes, shape->rank);
        if (shape->rank == 1) { /* it lies in a row */
            s.column_axis = s.row_axis;
            s.column_labels = s.row_labels;
            s.row_axis = AXIS_NONE;
            s.row_labels = NULL;
        }
    }
    s.heads = shape->rank == 3 ? shape->size[0] : 0;
    s.columns = tensor_columns(shape);
    s.rows = shape->rank > 1 ? shape->size[shape->rank - 2] : 1;
    if (shape->rank == 1 && s.stage) {
        s.rows = s.columns;
        s.columns = 1;
    }
    return s;
}

const char *sheet_name(const struct sheet *s)
{
    return s->stage ? stage_id(s->stage) : s->symbol;
}

long sheet_cell(const struct sheet *s, struct place at)
{
    return (at.head * s->rows + at.row) * s->columns + at.column;
}

struct place sheet_place(const struct sheet *s, long cell)
{
    return (struct place){cell / s->columns / s->rows, cell / s->columns % s->rows,
                          cell % s->columns};
}

static long between(long x, long count)
{
    return x < 0 || count < 1 ? 0 : x >= count ? count - 1 : x;
}

struct place sheet_clamp(const struct sheet *s, struct place at)
{
    return (struct place){between(at.head, s->heads), between(at.row, s->rows),
                          between(at.column, s->columns)};
}

/* The ends of the finite values from the cell `first` on; 0 and 0 when there are none. */
static void find_ends(const struct tensor *values, long first, long count, double *least,
                      double *most)
{
    *least = INFINITY;
    *most = -INFINITY;
    for (long i = first; i < first + count; i++) {
        double x = tensor_get(values, i);
        if (isfinite(x)) {
            *least = fmin(*least, x);
            *most = fmax(*most, x);
        }
    }
    if (*least > *most)
        *least = *most = 0;
}

struct colormap_range sheet_range(const struct sheet *s, const struct tensor *values)
{
    double least, most;
    if (s->values == VALUES_IDS)
        return (struct colormap_range){0, 0, false};
    if (s->values == VALUES_PROBABILITY)
        return (struct colormap_range){0, 1, false};
    find_ends(values, 0, tensor_count(values), &least, &most);
    return colormap_range_of(least, most);
}

enum range_by sheet_range_by(const struct sheet *s, enum range_by wanted)
{
    return wanted == RANGE_BY_HEAD && !s->heads ? RANGE_BY_MATRIX : wanted;
}

enum range_by sheet_range_next(const struct sheet *s, enum range_by by)
{
    enum range_by next = (sheet_range_by(s, by) + 1) % RANGE_BY_COUNT;
    return next == RANGE_BY_HEAD && !s->heads ? RANGE_BY_ROW : next;
}

struct colormap_range sheet_range_at(const struct sheet *s, const struct tensor *values,
                                     struct colormap_range whole, enum range_by by,
                                     struct place at)
{
    double least, most;
    by = sheet_range_by(s, by);
    if (by == RANGE_BY_MATRIX || s->values == VALUES_IDS)
        return whole;
    at.column = 0;
    if (by == RANGE_BY_HEAD)
        at.row = 0;
    find_ends(values, sheet_cell(s, at), (by == RANGE_BY_HEAD ? s->rows : 1) * s->columns,
              &least, &most);
    double end = whole.diverging ? fmax(-least, most) : most;
    return (struct colormap_range){whole.diverging ? -end : 0, end, whole.diverging};
}
