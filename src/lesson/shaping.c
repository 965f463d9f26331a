#include "lesson/shaping.h"

#include "base/memory.h"
#include "lesson/argument.h"
#include "lesson/operators.h"
#include "lesson/slice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct axis number_axis = {AXIS_FEATURE, SIDE_NONE, NULL};

/* ---- slices ---- */

/* An axis of which some places are taken, with their labels. */
static struct axis some_of(struct compiler *c, struct axis axis, long first, long count,
                           long size)
{
    const struct labels *from = labels_own(axis);
    if (!from || count == size)
        return axis;
    struct labels *to = compiler_labels(c);
    for (long i = first; i < first + count && i < (long)from->count; i++)
        compiler_copy_label(to, &from->items[i]);
    axis.own = to;
    return axis;
}

/* Whole heads, or whole rows that follow each other, have ops of their own. */
static bool by_an_op(const struct slice *s, const struct tensor *t, struct stage *stage)
{
    for (int i = 1; i < s->rank; i++)
        if (s->one[i] || s->count[i] != t->size[i])
            return false;
    if (t->rank == 3 && s->one[0])
        stage->op = OP_HEAD;
    else if (t->rank == 2)
        stage->op = OP_ROWS;
    else
        return false;
    stage->params = (struct op_params){.integer = s->first[0], .size = {s->count[0], 0}};
    return true;
}

/* The sizes and steps of OP_CELLS for a slice; a single head goes, as a single cell does.
 * Returns the rank. */
static int steps_of(struct compiler *c, const struct slice *s, const struct tensor *t,
                    const struct axis *axes, int32_t *steps, struct axis *kept,
                    long *first)
{
    long stride = tensor_count(t);
    int rank = 0;
    bool cell = slice_is_cell(s);
    *first = 0;
    for (int i = 0; i < t->rank; i++) {
        stride /= t->size[i];
        *first += s->first[i] * stride;
        if ((t->rank == 3 && i == 0 && s->one[0]) || (cell && i + 1 < t->rank))
            continue;
        steps[2 * rank] = (int32_t)s->count[i];
        steps[2 * rank + 1] = (int32_t)stride;
        kept[rank++] = cell ? number_axis
                            : some_of(c, axes[i], s->first[i], s->count[i],
                                      t->size[i]);
    }
    return rank;
}

int shaping_slice(struct compiler *c, const struct node *n, const char *name,
                  struct made *out, struct error *e)
{
    struct made x;
    struct slice some;
    if (argument_any(c, n, 0, &x, e) < 0)
        return -1;
    if (x.is_number)
        return error_set(e, "a number has no cells; leave the […] out");
    const struct tensor t = *compiler_shape(c, x.ref);
    struct axis axes[TENSOR_MAX_RANK], kept[TENSOR_MAX_RANK] = {{0}};
    const struct labels *labels[TENSOR_MAX_RANK];
    memcpy(axes, compiler_axes(c, x.ref), sizeof axes);
    for (int i = 0; i < TENSOR_MAX_RANK; i++)
        labels[i] = labels_own(axes[i]);
    if (slice_read(n, &t, labels, compiler_names(c), &some, e) < 0)
        return -1;
    int32_t steps[2 * TENSOR_MAX_RANK];
    long first;
    int rank = steps_of(c, &some, &t, axes, steps, kept, &first);
    struct stage s = {.in = {x.ref}};
    if (!by_an_op(&some, &t, &s))
        s = compiler_cells(x.ref, first, rank, steps);
    memcpy(s.axes, kept, sizeof kept);
    if (compiler_add(c, name, s, out, e) < 0)
        return -1;
    out->one = slice_is_cell(&some);
    return 0;
}

/* ---- literals ---- */

static struct ref given_literal(struct compiler *c, const struct node *n,
                                const char *name)
{
    size_t size = sizeof(double) * (size_t)(n->rows * n->columns);
    double *numbers = memcpy(mem_alloc(size, 1), n->cells, size);
    bool labelled = false;
    for (long i = 0; i < n->rows; i++)
        labelled = labelled || n->labels[i];
    struct labels *labels = labelled ? compiler_labels(c) : NULL;
    for (long i = 0; labelled && i < n->rows; i++)
        labels_add(labels,
                   (struct label){.text = mem_string(n->labels[i] ? n->labels[i] : ""),
                                  .word = -1});
    return compiler_matrix(c, name, numbers, n->rows, n->columns,
                           (struct axis){AXIS_TOKEN, SIDE_NONE, labels}, number_axis);
}

/* What is known already goes into the literal itself; what is computed is listed with its
 * place. Returns how many of these there are, or -1. */
static int literal_cells(struct compiler *c, const struct node *n, struct tensor *literal,
                         struct ref *cells, int32_t *places, struct error *e)
{
    int count = 0;
    for (int i = 0; i < n->count; i++) {
        struct made x;
        long at = n->children[i]->cell;
        if (argument_any(c, n, i, &x, e) < 0)
            return -1;
        if (!x.is_number && tensor_count(compiler_shape(c, x.ref)) != 1)
            return error_set(e, "a cell of a matrix is one number; put matrices together "
                                "by concat(a, b)");
        if (x.is_number) {
            literal->f64[at] = x.number;
            continue;
        }
        cells[count] = x.ref;
        places[count++] = (int32_t)at;
    }
    return count;
}

int shaping_matrix(struct compiler *c, const struct node *n, const char *name,
                   struct made *out, struct error *e)
{
    if (!n->count) {
        *out = (struct made){.ref = given_literal(c, n, name)};
        return 0;
    }
    struct node plain = *n; /* with what is known in its cells */
    struct tensor t = {.type = TENSOR_F64, .rank = 2, .size = {n->rows, n->columns}};
    size_t size = sizeof(double) * (size_t)(n->rows * n->columns);
    plain.cells = compiler_keep(c, memcpy(mem_alloc(size, 1), n->cells, size));
    t.f64 = plain.cells;
    struct ref *cells = mem_zero((size_t)n->count, sizeof *cells);
    int32_t *places = mem_zero((size_t)n->count, sizeof *places);
    int count = literal_cells(c, n, &t, cells, places, e), status = count < 0 ? -1 : 0;
    if (status == 0)
        *out = (struct made){.ref = given_literal(c, &plain, count ? NULL : name)};
    for (int i = 0; status == 0 && i < count; i += 2) {
        int here = count - i > 1 ? 2 : 1;
        struct stage s = {.op = OP_PUT,
                          .in = {out->ref, cells[i]},
                          .params = {.ids = places + i, .size = {here, 0}}};
        if (here > 1)
            s.in[2] = cells[i + 1];
        memcpy(s.axes, compiler_axes(c, out->ref), sizeof s.axes);
        status = compiler_add(c, i + here < count ? NULL : name, s, out, e);
    }
    free(cells);
    free(places);
    return status;
}

/* ---- concat, broadcast ---- */

/* The labels of rows below each other: of each matrix those it has, or numbers. */
static struct axis joined(struct compiler *c, const struct ref *list, int count, int axis)
{
    struct axis all = compiler_axes(c, list[0])[axis];
    bool labelled = false;
    for (int i = 0; i < count; i++)
        labelled = labelled || labels_own(compiler_axes(c, list[i])[axis]);
    all.own = NULL;
    if (!labelled)
        return all;
    struct labels *to = compiler_labels(c);
    for (int i = 0; i < count; i++) {
        const struct labels *from = labels_own(compiler_axes(c, list[i])[axis]);
        for (long k = 0; k < compiler_shape(c, list[i])->size[axis]; k++) {
            struct label number = {.text = NULL, .word = -1};
            if (from && k < (long)from->count) {
                compiler_copy_label(to, &from->items[k]);
                continue;
            }
            number.text = mem_format("%ld", k + 1);
            labels_add(to, number);
        }
    }
    all.own = to;
    return all;
}

/* Up to four at a time; the result goes on as the first of the next. */
static int concat_all(struct compiler *c, struct ref *list, int count, int across,
                      const char *name, struct made *out, struct error *e)
{
    int done = 1;
    struct ref so_far = list[0];
    while (done < count || count == 1) {
        struct ref part[OP_MAX_INPUTS] = {so_far};
        int n = 1;
        while (n < OP_MAX_INPUTS && done < count)
            part[n++] = list[done++];
        struct stage s = {.op = OP_CONCAT, .params.integer = across};
        memcpy(s.in, part, sizeof *part * (size_t)n);
        memcpy(s.axes, compiler_axes(c, so_far), sizeof s.axes);
        s.axes[across] = joined(c, part, n, across);
        if (compiler_add(c, done < count ? NULL : name, s, out, e) < 0)
            return -1;
        so_far = out->ref;
        if (count == 1)
            break;
    }
    return 0;
}

/* concat(a, b, …) below each other, concat(a, b, axis=2) beside each other. */
static int make_concat(struct compiler *c, const struct node *n, const char *name,
                       struct made *out, struct error *e)
{
    struct ref list[NODE_CHILDREN];
    long axis = 1;
    int count = argument_plain(n), key = argument_keyed(n, "axis");
    if (argument_check(n, 1, NODE_CHILDREN, "axis", NULL, e) < 0 ||
        (key >= 0 && argument_whole(c, n, key, &axis, e) < 0))
        return -1;
    if (axis != 1 && axis != 2)
        return error_set(e, "concat: axis=1 puts rows below each other, axis=2 columns "
                            "beside each other; there is no other axis");
    for (int i = 0; i < count; i++) {
        if (argument_matrix(c, n, i, &list[i], e) < 0)
            return -1;
        if (compiler_shape(c, list[i])->rank != 2)
            return error_set(e, "concat: argument %d must be a matrix with rows and "
                                "columns; one head is x[1,:,:]", i + 1);
    }
    return concat_all(c, list, count, (int)axis - 1, name, out, e);
}

/* broadcast(row, n): n times the same row. */
static int make_broadcast(struct compiler *c, const struct node *n, const char *name,
                          struct made *out, struct error *e)
{
    struct ref x;
    long rows;
    if (argument_check(n, 2, 2, NULL, NULL, e) < 0 ||
        argument_matrix(c, n, 0, &x, e) < 0 || argument_whole(c, n, 1, &rows, e) < 0)
        return -1;
    const struct tensor *t = compiler_shape(c, x);
    if (tensor_count(t) != tensor_columns(t) || rows < 1)
        return error_set(e, "broadcast: write broadcast(row, n) with one row, such as "
                            "x[1,:], and an n from 1");
    int32_t steps[] = {(int32_t)rows, 0, (int32_t)tensor_columns(t), 1};
    struct stage s = compiler_cells(x, 0, 2, steps);
    stage_set_axes(&s, (struct axis){AXIS_TOKEN, SIDE_NONE, NULL},
                   compiler_column_axis(c, x), (struct axis){0});
    return compiler_add(c, name, s, out, e);
}

/* ---- conditions ---- */

/* where(condition, a, b): cell by cell a where it holds, else b. */
static int make_where(struct compiler *c, const struct node *n, const char *name,
                      struct made *out, struct error *e)
{
    struct made x[3];
    struct stage s = {.op = OP_WHERE};
    if (argument_check(n, 3, 3, NULL, NULL, e) < 0)
        return -1;
    for (int i = 0; i < 3; i++)
        if (argument_any(c, n, i, &x[i], e) < 0)
            return -1;
    if (x[0].is_number)
        return error_set(e, "where: its first argument must be a condition on a matrix, "
                            "such as x > 0");
    for (int i = 0; i < 3; i++)
        if (operator_fit(c, x[i], x[0], &s.in[i], e) < 0)
            return -1;
    memcpy(s.axes, compiler_axes(c, x[0].ref), sizeof s.axes);
    return compiler_add(c, name, s, out, e);
}

/* count_where(condition): in how many cells it holds; with an axis, of each column or
 * row. */
static int make_count_where(struct compiler *c, const struct node *n, const char *name,
                            struct made *out, struct error *e)
{
    struct stage s = {.op = OP_SUM};
    int axis = argument_keyed(n, "axis");
    if (argument_check(n, 1, 1, "axis", NULL, e) < 0 ||
        argument_matrix(c, n, 0, &s.in[0], e) < 0 ||
        (axis >= 0 && argument_number(c, n, axis, &s.params.number, e) < 0))
        return -1;
    compiler_set_reduced(c, &s);
    if (compiler_add(c, name, s, out, e) < 0)
        return -1;
    out->one = s.params.number == 0;
    return 0;
}

/* ---- range, word_class ---- */

#define RANGE_MOST 100000

/* range(first, last): the whole numbers from one to the other, both of them, as a row
 * with these labels. */
static int make_range(struct compiler *c, const struct node *n, const char *name,
                      struct made *out, struct error *e)
{
    long first, last;
    if (argument_check(n, 2, 2, NULL, NULL, e) < 0 ||
        argument_whole(c, n, 0, &first, e) < 0 || argument_whole(c, n, 1, &last, e) < 0)
        return -1;
    if (last < first || last - first >= RANGE_MOST)
        return error_set(e, "range: write range(first, last), at most %d numbers",
                         RANGE_MOST);
    double *numbers = mem_alloc((size_t)(last - first + 1), sizeof *numbers);
    for (long i = first; i <= last; i++)
        numbers[i - first] = (double)i;
    long count = last - first + 1;
    struct axis row = {AXIS_TOKEN, SIDE_NONE, NULL}, column = number_axis;
    column.own = compiler_number_labels(c, numbers, count, 1);
    *out = (struct made){.ref = compiler_matrix(c, name, numbers, 1, count, row, column)};
    return 0;
}

static int unknown_class(struct compiler *c, const char *word_class, struct error *e)
{
    char *names = lexicon_names(session_lexicon(c->session), SIDE_SOURCE);
    error_set(e, "word_class: the lexicon has no class '%.40s'; there are %s", word_class,
              *names ? names : "none");
    free(names);
    return -1;
}

/* word_class(x, 'noun'): for each row of x, whose labels are pieces, 1 where the piece is
 * of that class by the model's lexicon, else 0; a column. */
static int make_word_class(struct compiler *c, const struct node *n, const char *name,
                           struct made *out, struct error *e)
{
    struct ref x;
    if (argument_check(n, 2, 2, NULL, NULL, e) < 0 || argument_matrix(c, n, 0, &x, e) < 0)
        return -1;
    const char *word_class = argument_text(c, n, 1, e);
    struct axis row = compiler_row_axis(c, x);
    const struct labels *pieces = labels_own(row);
    const struct tensor *t = compiler_shape(c, x);
    if (!word_class)
        return -1;
    if (!lexicon_has(session_lexicon(c->session), word_class))
        return unknown_class(c, word_class, e);
    if (t->rank < 2 || !pieces)
        return error_set(e, "word_class: the rows of its matrix are pieces of a text, or "
                            "of a vocabulary");
    long rows = t->size[t->rank - 2];
    double *numbers = mem_zero((size_t)rows, sizeof *numbers);
    for (long i = 0; i < rows && i < (long)pieces->count; i++)
        numbers[i] = lexicon_is(pieces->items[i].classes, word_class);
    *out = (struct made){
        .ref = compiler_matrix(c, name, numbers, rows, 1, row, number_axis)};
    return 0;
}

/* ---- rotate, power, diagonal ---- */

/* rotate(x): every row by its place; rotate(x, by): all rows by one. */
static int make_rotate(struct compiler *c, const struct node *n, const char *name,
                       struct made *out, struct error *e)
{
    struct stage s = {.op = OP_ROTATE};
    int base = argument_keyed(n, "base");
    bool one = argument_plain(n) > 1;
    s.params.size[0] = !one;
    if (argument_check(n, 1, 2, "base", NULL, e) < 0 ||
        argument_matrix(c, n, 0, &s.in[0], e) < 0 ||
        (one && argument_whole(c, n, 1, &s.params.integer, e) < 0) ||
        (base >= 0 && argument_number(c, n, base, &s.params.number, e) < 0))
        return -1;
    memcpy(s.axes, compiler_axes(c, s.in[0]), sizeof s.axes);
    return compiler_add(c, name, s, out, e);
}

/* b^x is exp(x·log b). */
static int raise_number(struct compiler *c, double b, struct made x, const char *name,
                        struct made *out, struct error *e)
{
    struct stage s = {.op = OP_SCALE, .in = {x.ref}, .params.number = log(b)};
    if (!(b > 0))
        return error_set(e, "power: a number that is raised to a matrix must be above 0");
    memcpy(s.axes, compiler_axes(c, x.ref), sizeof s.axes);
    if (compiler_add(c, NULL, s, out, e) < 0)
        return -1;
    s.op = OP_EXP;
    s.in[0] = out->ref;
    s.params.number = 0;
    return compiler_add(c, name, s, out, e);
}

/* power(x, 3) of every cell, or power(10000, x). */
static int make_power(struct compiler *c, const struct node *n, const char *name,
                      struct made *out, struct error *e)
{
    struct made x, p;
    if (argument_check(n, 2, 2, NULL, NULL, e) < 0 || argument_any(c, n, 0, &x, e) < 0 ||
        argument_any(c, n, 1, &p, e) < 0)
        return -1;
    if (x.is_number && p.is_number) {
        *out = (struct made){.is_number = true, .number = pow(x.number, p.number)};
        return 0;
    }
    if (x.is_number)
        return raise_number(c, x.number, p, name, out, e);
    if (!p.is_number)
        return error_set(e, "power: one of the two must be a number: power(x, 3) or "
                            "power(10000, x)");
    struct stage s = {.op = OP_POWER, .in = {x.ref}, .params.number = p.number};
    memcpy(s.axes, compiler_axes(c, x.ref), sizeof s.axes);
    if (compiler_add(c, name, s, out, e) < 0)
        return -1;
    out->one = x.one;
    return 0;
}

/* diagonal(x, k): k columns to the right of the diagonal; negative, below it. */
static int make_diagonal(struct compiler *c, const struct node *n, const char *name,
                         struct made *out, struct error *e)
{
    struct ref x;
    long k = 0;
    if (argument_check(n, 1, 2, NULL, NULL, e) < 0 ||
        argument_matrix(c, n, 0, &x, e) < 0 ||
        (n->count > 1 && argument_whole(c, n, 1, &k, e) < 0))
        return -1;
    return operator_diagonal(c, x, k, name, out, e);
}

/* ---- the table ---- */

static const struct {
    const char *name;
    shaping_make *make;
} functions[] = {
    {"concat", make_concat},           {"broadcast", make_broadcast},
    {"where", make_where},             {"count_where", make_count_where},
    {"rotate", make_rotate},           {"power", make_power},
    {"diagonal", make_diagonal},       {"range", make_range},
    {"word_class", make_word_class},
};

const char *const shaping_functions =
    "concat broadcast where count_where rotate power diagonal range word_class";

shaping_make *shaping_find(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (!strcmp(functions[i].name, name))
            return functions[i].make;
    return NULL;
}
