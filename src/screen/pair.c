#include "screen/pair.h"

#include "base/memory.h"
#include "base/order.h"

#include <math.h>
#include <stdlib.h>

/* ---- the two runs ---- */

static void forget_cells(struct pair *p)
{
    for (int i = 0; i < PAIR_RUNS; i++) {
        if (p->has[i])
            explain_free(&p->x[i]);
        p->has[i] = false;
    }
}

void pair_free(struct pair *p)
{
    forget_cells(p);
    for (int i = 0; i < PAIR_PANES; i++) {
        session_free(p->panes[i].shown.session);
        free(p->panes[i].values.data);
    }
    *p = (struct pair){0};
}

int pair_make(struct pair *p, const struct session *from, const char *second,
              struct error *e)
{
    const struct whatifs none = {0};
    struct session_change first = {.own_output = true}, other = {.own_output = true};
    if (!second)
        first.whatifs = &none;
    struct session *a = session_fork(from, &first, e);
    other.text = second;
    other.fed = second ? NULL : a;
    struct session *b = a ? session_fork(from, &other, e) : NULL;
    if (!b) {
        session_free(a);
        return -1;
    }
    int stage = p->stage;
    struct place at = p->at;
    pair_free(p);
    p->stage = stage;
    p->at = at;
    p->panes[PAIR_BEFORE].shown = exhibit_of_session(a);
    p->panes[PAIR_AFTER].shown = exhibit_of_session(b);
    p->sentences = second != NULL;
    p->ready = true;
    return 0;
}

int pair_count(const struct pair *p)
{
    return p->sentences ? PAIR_RUNS : PAIR_PANES;
}

/* ---- the matrices ---- */

/* Where the token of each row or column stands in the other run: the k-th of equal ones
 * is the k-th there. -1 when it is missing. */
static long match(const struct labels *a, const struct labels *b, long index)
{
    long k = 0;
    if (!a || !b || a == b || index >= (long)a->count)
        return index;
    for (long i = 0; i < index; i++)
        k += a->items[i].id == a->items[index].id;
    for (size_t i = 0; i < b->count; i++)
        if (b->items[i].id == a->items[index].id && k-- == 0)
            return (long)i;
    return -1;
}

static struct tensor empty_copy(const struct tensor *t)
{
    struct tensor copy = *t;
    copy.type = TENSOR_F64;
    copy.f64 = mem_alloc((size_t)tensor_count(t), sizeof(double));
    return copy;
}

/* The pane's own stage. */
static void take_values(struct pair_pane *p, int stage)
{
    struct exhibit *x = &p->shown;
    x->ref = (struct ref){REF_STAGE, stage};
    const struct tensor *t = trace_acquire(x->trace, stage);
    free(p->values.data);
    p->sheet = sheet_of(x, x->ref);
    p->values = empty_copy(t);
    for (long i = 0; i < tensor_count(t); i++)
        p->values.f64[i] = tensor_get(t, i);
    p->range = sheet_range(&p->sheet, &p->values);
    trace_release(x->trace, stage);
}

/* The cell of `b`, in the order of its own run, that stands beside one of `a`. */
static struct place place_beside(const struct sheet *a, const struct sheet *b,
                                 struct place at)
{
    at.row = match(a->row_labels, b->row_labels, at.row);
    at.column = match(a->column_labels, b->column_labels, at.column);
    return at;
}

/* Puts the rows and columns of `b` in the order of `a`, token by token. */
static void align(const struct pair_pane *a, struct pair_pane *b)
{
    struct tensor t = empty_copy(&b->values);
    const struct sheet *s = &a->sheet;
    for (long i = 0; i < tensor_count(&t); i++) {
        struct place at = place_beside(s, &b->sheet, sheet_place(s, i));
        bool there = at.row >= 0 && at.column >= 0;
        t.f64[i] = there ? b->values.f64[sheet_cell(&b->sheet, at)] : NAN;
    }
    free(b->values.data);
    b->values = t;
    b->sheet.row_labels = s->row_labels;
    b->sheet.column_labels = s->column_labels;
}

/* The largest differences of all heads. */
static void list_largest(struct pair *p)
{
    const struct pair_pane *d = &p->panes[PAIR_DIFFERENCE];
    long n = tensor_count(&d->values), order[PAIR_LARGEST];
    long most = n < PAIR_LARGEST ? n : PAIR_LARGEST;
    double *size = mem_alloc((size_t)n, sizeof *size);
    for (long i = 0; i < n; i++)
        size[i] = isfinite(d->values.f64[i]) ? fabs(d->values.f64[i]) : 0;
    order_largest(size, n, most, order);
    p->largest_count = 0;
    for (long i = 0; i < most && size[order[i]] > 0; i++)
        p->largest[p->largest_count++] = sheet_place(&d->sheet, order[i]);
    free(size);
}

static void subtract(struct pair *p)
{
    struct pair_pane *a = &p->panes[PAIR_BEFORE], *b = &p->panes[PAIR_AFTER];
    struct pair_pane *d = &p->panes[PAIR_DIFFERENCE];
    free(d->values.data);
    d->sheet = a->sheet;
    d->sheet.values = VALUES_SIGNED;
    d->values = empty_copy(&a->values);
    p->most = 0;
    for (long i = 0; i < tensor_count(&a->values); i++) {
        double x = a->values.f64[i], y = b->values.f64[i], z = x == y ? 0 : y - x;
        d->values.f64[i] = z;
        if (isfinite(z))
            p->most = fmax(p->most, fabs(z));
    }
    double end = p->most > 0 ? p->most : 1;
    d->range = (struct colormap_range){-end, end, true};
    list_largest(p);
}

void pair_look(struct pair *p, int stage)
{
    struct pair_pane *a = &p->panes[PAIR_BEFORE], *b = &p->panes[PAIR_AFTER];
    if (!p->ready)
        return;
    int last = (int)trace_plan(a->shown.trace)->count - 1;
    p->stage = stage < 0 ? 0 : stage > last ? last : stage;
    take_values(a, p->stage);
    take_values(b, p->stage);
    a->range = b->range = colormap_range_join(a->range, b->range);
    if (!p->sentences) {
        align(a, b);
        subtract(p);
    }
    pair_move_to(p, p->at);
}

/* ---- the cell ---- */

/* Where the cell stands in the order of the run itself; false where it has none. */
static bool own_place(const struct pair *p, int run, struct place *at)
{
    const struct exhibit *x = &p->panes[run].shown;
    struct sheet own = sheet_of(x, x->ref);
    *at = p->sentences ? sheet_clamp(&own, *at)
                       : place_beside(&p->panes[PAIR_BEFORE].sheet, &own, *at);
    return at->row >= 0 && at->column >= 0;
}

void pair_move_to(struct pair *p, struct place at)
{
    p->at = sheet_clamp(&p->panes[PAIR_BEFORE].sheet, at);
    forget_cells(p);
    for (int i = 0; i < PAIR_RUNS; i++) {
        struct exhibit *x = &p->panes[i].shown;
        x->at = p->at;
        p->has[i] = own_place(p, i, &x->at);
        if (!p->has[i])
            continue;
        struct sheet own = sheet_of(x, x->ref);
        p->x[i] = explain_cell(x->trace, p->stage, sheet_cell(&own, x->at));
    }
}

double pair_value(const struct pair *p, int pane, struct place at)
{
    const struct pair_pane *q = &p->panes[pane];
    return q->values.f64[sheet_cell(&q->sheet, sheet_clamp(&q->sheet, at))];
}
