#include "lesson/shown_cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PLACES_MOST 100000 /* of all lines together */

static char symbol[] = "";

/* How many numbers a value is as a line; 0 for none. */
static long length_of(const struct value *v)
{
    return v->kind == VALUE_TENSOR   ? tensor_count(&v->tensor)
           : v->kind == VALUE_NUMBER ? 1
                                     : 0;
}

static double number_at(const struct value *v, long i)
{
    return v->kind == VALUE_NUMBER && i == 0        ? v->number
           : v->kind == VALUE_TENSOR && i < length_of(v) ? tensor_get(&v->tensor, i)
                                                    : NAN;
}

/* What fits the chart: a number; of lines a row, or a column, too. */
static bool is_fit(const struct value *v, bool lines)
{
    long count = length_of(v);
    if (v->kind == VALUE_NUMBER)
        return true;
    return v->kind == VALUE_TENSOR &&
           (lines ? tensor_columns(&v->tensor) == count || v->tensor.rank == 1
                  : count == 1);
}

/* The labels along a line. */
static const struct labels *places_of(const struct value *v)
{
    return v->kind == VALUE_TENSOR ? v->labels[v->tensor.rank - 1] : NULL;
}

static void fill(struct shown_cells *c, struct value *values, long count, long columns)
{
    c->values.f64 = mem_alloc((size_t)(count * columns), sizeof(double));
    for (long i = 0; i < count; i++)
        for (long k = 0; k < columns; k++)
            c->values.f64[i * columns + k] = number_at(&values[i], k);
}

struct shown_cells *shown_cells_new(const struct scope *s, const struct staging *st)
{
    struct shown_cells *c = mem_zero(1, sizeof *c);
    long count = (long)st->cell_count, columns = 1;
    struct value *values = mem_zero(st->cell_count, sizeof *values);
    c->lines = !strcmp(st->view->name, "lines");
    for (long i = 0; i < count; i++) {
        values[i] = evaluate(s, st->cells[i].node, NULL);
        c->pending = c->pending || values[i].kind == VALUE_PENDING;
        if (!is_fit(&values[i], c->lines) ||
            length_of(&values[i]) > PLACES_MOST / count) {
            value_free(&values[i]);
            values[i] = value_none();
        }
        long length = length_of(&values[i]);
        if (length > columns || (length == columns && !c->places))
            c->places = places_of(&values[i]);
        columns = length > columns ? length : columns;
        labels_add(&c->names, (struct label){.text = mem_string(st->cells[i].label),
                                             .word = -1});
    }
    c->values = (struct tensor){.type = TENSOR_F64, .rank = 2, .size = {1, count}};
    if (c->lines) {
        c->values.size[0] = count;
        c->values.size[1] = columns;
    }
    fill(c, values, count, columns);
    for (long i = 0; i < count; i++)
        value_free(&values[i]);
    free(values);
    return c;
}

void shown_cells_free(struct shown_cells *c)
{
    if (!c)
        return;
    free(c->values.f64);
    labels_free(&c->names);
    free(c);
}

int shown_cells_check(const struct scope *s, const struct staging *st, struct error *e)
{
    bool lines = !strcmp(st->view->name, "lines");
    for (size_t i = 0; i < st->cell_count; i++) {
        const struct node *n = st->cells[i].node;
        struct value v = evaluate(s, n, e);
        bool missing = v.kind == VALUE_NONE, pending = v.kind == VALUE_PENDING;
        bool fit = pending || is_fit(&v, lines);
        value_free(&v);
        if (!missing && !fit)
            error_set(e, "%s: %.60s is %s", st->view->name, st->cells[i].label,
                      lines ? "no row of numbers; write such as x[1,:]"
                            : "no single number; write such as x[1,2]");
        if (missing || !fit)
            return error_at(e, s->file, n->line, n->column);
    }
    return 0;
}

struct sheet shown_cells_sheet(const struct shown_cells *c)
{
    struct sheet s = {.values = VALUES_SIGNED, .symbol = symbol};
    s.rows = c->values.size[0];
    s.columns = c->values.size[1];
    s.row_labels = c->lines ? &c->names : NULL;
    s.column_labels = c->lines ? c->places : &c->names;
    return s;
}

const char *shown_cells_missing(const struct shown_cells *c)
{
    return c->pending ? "…" : "–";
}

struct chart shown_cells_chart(const struct shown_cells *c, const struct exhibit *shown)
{
    struct chart v = {.shown = shown,
                      .sheet = shown_cells_sheet(c),
                      .values = &c->values,
                      .zoom = CHART_ZOOM_PLAIN,
                      .missing = shown_cells_missing(c)};
    v.range = sheet_range(&v.sheet, v.values);
    return v;
}
