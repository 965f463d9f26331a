/* A chart of numbers that a test makes up. */
#ifndef EXAMPLE_CHART_H
#define EXAMPLE_CHART_H

#include "base/memory.h"
#include "base/random.h"
#include "chart/charts.h"

#include <math.h>

static char symbol[] = "S", id[] = "stage";
static const struct stage stage = {.name = id, .symbol = symbol};

struct example {
    struct tensor values;
    struct labels rows, columns;
    struct chart view;
};

/* Labels are letters a, b, c … and A, B, C …; the numbers are borrowed. */
static inline void make(struct example *x, double *numbers, long rows, long columns,
                        enum role_values values)
{
    *x = (struct example){
        .values = {
            .type = TENSOR_F64, .rank = 2, .size = {rows, columns}, .f64 = numbers}};
    for (long i = 0; i < rows; i++)
        labels_add(&x->rows,
                   (struct label){.text = mem_format("%c", (int)('a' + i % 26))});
    for (long i = 0; i < columns; i++)
        labels_add(&x->columns,
                   (struct label){.text = mem_format("%c", (int)('A' + i % 26))});
    x->view.sheet = (struct sheet){.ref = {REF_STAGE, 0},
                                   .stage = &stage,
                                   .rows = rows,
                                   .columns = columns,
                                   .row_axis = AXIS_QUERY,
                                   .column_axis = AXIS_KEY,
                                   .row_labels = &x->rows,
                                   .column_labels = &x->columns,
                                   .values = values,
                                   .symbol = symbol};
    x->view.values = &x->values;
    x->view.range = sheet_range(&x->view.sheet, &x->values);
}

/* The same with so many heads; 0 for none. */
static inline void make_heads(struct example *x, double *numbers, long heads, long rows,
                              long columns, enum role_values values)
{
    make(x, numbers, rows, columns, values);
    if (!heads)
        return;
    x->values.rank = 3;
    x->values.size[0] = heads;
    x->values.size[1] = rows;
    x->values.size[2] = columns;
    x->view.sheet.heads = heads;
    x->view.range = sheet_range(&x->view.sheet, &x->values);
}

static inline void unmake(struct example *x)
{
    labels_free(&x->rows);
    labels_free(&x->columns);
}

/* One number out of some is none. */
static inline double any_number(struct random *r, double scale)
{
    uint64_t kind = random_below(r, 24);
    return kind == 0   ? -(double)INFINITY
           : kind == 1 ? (double)NAN
           : kind == 2 ? (double)INFINITY
           : kind == 3 ? 0
                       : scale * random_normal(r);
}

#endif
