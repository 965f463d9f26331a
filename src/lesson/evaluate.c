#include "lesson/evaluate.h"

#include "base/memory.h"
#include "base/text.h"
#include "lesson/compile.h"
#include "lesson/prose.h"
#include "study/address.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct value fail(const struct scope *s, const struct node *n, struct error *e)
{
    error_at(e, s->file, n->line, n->column);
    return value_none();
}

/* ---- names ---- */

static void take_labels(struct found *f, const struct axis *axes,
                        const struct label_sets *sets)
{
    for (int i = 0; i < TENSOR_MAX_RANK; i++)
        f->labels[i] = labels_of_axis(sets, axes[i]);
}

static bool find_computed(const struct scope *s, const char *name, struct found *f,
                          struct error *e)
{
    const struct workbook_name *own = workbook_find(s->book, name);
    if (own && own->error.set) {
        if (e && !e->set)
            *e = own->error;
        return false;
    }
    if (own)
        f->ref = own->ref;
    else if (strncmp(name, "weight:", 7) != 0 || !workbook_part(s->book, name, &f->ref))
        return false;
    f->session = s->after;
    f->trace = workbook_trace(s->book);
    f->computed = true;
    if (f->ref.kind == REF_NONE)
        return false;
    const struct plan *p = trace_plan(f->trace);
    struct label_sets sets = session_label_sets(s->after);
    take_labels(f,
                f->ref.kind == REF_STAGE ? p->stages[f->ref.index].axes
                                         : p->parts[f->ref.index].axes,
                &sets);
    return true;
}

static bool find_stage(const struct scope *s, const char *name, struct found *f)
{
    bool before = !strncmp(name, "before.", 7), after = !strncmp(name, "after.", 6);
    f->session = before ? s->before : s->after;
    f->trace = f->session->trace;
    int stage = plan_find(trace_plan(f->trace), name + (before ? 7 : after ? 6 : 0));
    if (stage < 0)
        return false;
    f->ref = (struct ref){REF_STAGE, stage};
    struct label_sets sets = session_label_sets(f->session);
    take_labels(f, trace_plan(f->trace)->stages[stage].axes, &sets);
    return true;
}

bool evaluate_find(const struct scope *s, const char *name, struct found *f,
                   struct error *e)
{
    *f = (struct found){0};
    struct error own = {0};
    if (find_computed(s, name, f, &own) || (!own.set && find_stage(s, name, f)))
        return true;
    if (own.set && e && !e->set)
        *e = own;
    error_set(e,
              "%.80s: there is no such name, stage or weight here; \"stepformer stages "
              "TEXT\" lists the stages",
              name);
    return false;
}

static int read_cell(const struct tensor *shape, const struct labels *const labels[],
                     const struct node *index, long at[TENSOR_MAX_RANK], struct error *e)
{
    if (index->part_count != shape->rank)
        return error_set(e, "the cell of this matrix has %d part%s, not %d",
                         shape->rank, text_plural(shape->rank), index->part_count);
    for (int i = 0; i < shape->rank; i++) {
        at[i] = -1;
        if (strcmp(index->parts[i], ":") &&
            address_parse_part(index->parts[i], labels[i], shape->size[i], &at[i], e) < 0)
            return -1;
    }
    return 0;
}

int evaluate_cell(const struct found *f, const struct node *index,
                  long at[TENSOR_MAX_RANK], struct error *e)
{
    return read_cell(plan_shape(trace_plan(f->trace), f->ref), f->labels, index, at, e);
}

static struct value slice(const struct found *f, const long at[])
{
    const struct tensor *t = trace_acquire_ref(f->trace, f->ref);
    struct value v = value_slice(t, f->labels, at);
    trace_release_ref(f->trace, f->ref);
    return v;
}

/* A weight that no compute block reads: straight from the model. */
static bool find_weight(const struct scope *s, const char *name, const struct tensor **t,
                        const struct labels *labels[TENSOR_MAX_RANK])
{
    if (strncmp(name, "weight:", 7) != 0)
        return false;
    const struct weights *w = &s->after->run.model->weights;
    int i = weights_find(w, name + 7);
    if (i < 0)
        return false;
    *t = &w->items[i].tensor;
    memset(labels, 0, sizeof *labels * TENSOR_MAX_RANK);
    labels[0] = workbook_weight_labels(s->book, name + 7);
    return true;
}

static struct value text_name(const struct scope *s, const char *name)
{
    const struct session *from = !strncmp(name, "before.", 7) ? s->before : s->after;
    const char *plain = strrchr(name, '.') ? strrchr(name, '.') + 1 : name;
    bool prefixed = !strncmp(name, "before.", 7) || !strncmp(name, "after.", 6);
    if (plain != name && !prefixed)
        return value_none();
    if (!strcmp(plain, "text"))
        return value_text(from->text ? from->text : "");
    if (!strcmp(plain, "prediction"))
        return value_text(from->prediction ? from->prediction : "");
    return value_none();
}

/* A name with or without a cell. */
static struct value name_value(const struct scope *s, const struct node *name,
                               const struct node *index, struct error *e)
{
    long at[TENSOR_MAX_RANK] = {-1, -1, -1};
    const struct workbook_name *own = workbook_find(s->book, name->text);
    if (own && own->is_number && !index)
        return value_number(own->number);
    struct value text = index ? value_none() : text_name(s, name->text);
    if (text.kind != VALUE_NONE)
        return text;
    const struct tensor *weight;
    const struct labels *labels[TENSOR_MAX_RANK];
    if (find_weight(s, name->text, &weight, labels)) {
        if (index && read_cell(weight, labels, index, at, e) < 0)
            return fail(s, index, e);
        return value_slice(weight, labels, at);
    }
    struct found f;
    if (!evaluate_find(s, name->text, &f, e) ||
        (index && evaluate_cell(&f, index, at, e) < 0))
        return fail(s, index ? index : name, e);
    if (own && own->one)
        at[0] = 0;
    return slice(&f, at);
}

/* ---- exams ---- */

static struct value exam_value(const struct scope *s, const struct node *n,
                               struct error *e)
{
    bool done;
    if (exams_want(s->exams, n->parts[0], e) < 0)
        return fail(s, n, e);
    const struct exam_score *score = exams_score(s->exams, n->parts[0], &done);
    if (!score) {
        error_set(e, "the exam of %s could not be held", n->parts[0]);
        return fail(s, n, e);
    }
    if (strcmp(n->text, "sentences") == 0)
        return value_number((double)exams_size(s->exams, n->parts[0]));
    if (!done)
        return (struct value){.kind = VALUE_PENDING};
    if (!strcmp(n->text, "exact_match"))
        return value_number(score->exact_match);
    if (!strcmp(n->text, "loss"))
        return value_number(score->loss);
    if (!strcmp(n->text, "right"))
        return value_number((double)score->right);
    error_set(e, "an exam has exact_match, loss, right and sentences");
    return fail(s, n, e);
}

/* ---- comparing ---- */

static struct value truth(bool is)
{
    return value_number(is ? 1 : 0);
}

static double tolerance_of(const struct node *n, double right)
{
    if (n->tolerance >= 0)
        return n->relative ? n->tolerance * fabs(right) : n->tolerance;
    if (n->sign != OPERATOR_NEAR)
        return 1e-6 * fmax(1, fabs(right));
    const struct node *r = n->children[1];
    while (r->kind == NODE_NEGATE)
        r = r->children[0];
    return 0.5 * pow(10, -r->decimals) * (1 + 1e-9);
}

static bool near(const struct node *n, double a, double b)
{
    return a == b || fabs(a - b) <= tolerance_of(n, b);
}

/* Matrices are equal or near when every cell is; a row may be compared with a matrix of
 * one row. */
static int compare_tensors(const struct node *n, const struct value *a,
                           const struct value *b, struct error *e)
{
    long count = tensor_count(&a->tensor);
    if (count != tensor_count(&b->tensor))
        return error_set(e, "the left side has %ld number%s, the right side %ld",
                         count, text_plural(count), tensor_count(&b->tensor));
    for (long i = 0; i < count; i++)
        if (!near(n, a->tensor.f64[i], b->tensor.f64[i]))
            return 0;
    return 1;
}

static int compare(const struct node *n, const struct value *a, const struct value *b,
                   struct error *e)
{
    enum node_operator o = n->sign;
    bool equality = o == OPERATOR_EQUAL || o == OPERATOR_DIFFERENT || o == OPERATOR_NEAR;
    if (a->kind != b->kind)
        return error_set(e, "both sides must be numbers, texts or matrices");
    int equal;
    if (a->kind == VALUE_TEXT)
        equal = !strcmp(a->text, b->text);
    else if (a->kind == VALUE_TENSOR)
        equal = compare_tensors(n, a, b, e);
    else
        equal = near(n, a->number, b->number);
    if (equal < 0 || equality)
        return equal < 0 ? -1 : o == OPERATOR_DIFFERENT ? !equal : equal;
    if (a->kind != VALUE_NUMBER)
        return error_set(e, "< and > compare numbers");
    return o == OPERATOR_LESS         ? a->number < b->number
           : o == OPERATOR_LESS_EQUAL ? a->number <= b->number
           : o == OPERATOR_GREATER    ? a->number > b->number
                                      : a->number >= b->number;
}

/* ---- the tree ---- */

static struct value matrix_value(const struct node *n)
{
    struct tensor t = {.type = TENSOR_F64, .rank = 2, .size = {n->rows, n->columns}};
    t.f64 = n->cells;
    return value_slice(&t, (const struct labels *const[TENSOR_MAX_RANK]){NULL},
                       (long[TENSOR_MAX_RANK]){-1, -1, -1});
}

/* A function that is a stage of the workbook. */
static struct value stage_value(const struct scope *s, const struct workbook_value *v,
                                struct error *e)
{
    struct trace *t = workbook_trace(s->book);
    if (v->error.set) {
        if (e && !e->set)
            *e = v->error;
        return value_none();
    }
    const struct tensor *x = trace_acquire_ref(t, v->ref);
    struct value value =
        v->one ? value_number(tensor_get(x, 0))
               : value_slice(x, (const struct labels *const[TENSOR_MAX_RANK]){NULL},
                             (long[TENSOR_MAX_RANK]){-1, -1, -1});
    trace_release_ref(t, v->ref);
    return value;
}

static struct value call_value(const struct scope *s, const struct node *n,
                               struct error *e)
{
    const struct workbook_value *stage = workbook_value(s->book, n);
    if (stage)
        return stage_value(s, stage, e);
    if (!value_is_function(n->text)) {
        error_set(e, "%s: there is no such function; there are %s %s", n->text,
                  PROSE_FUNCTIONS, value_functions);
        return fail(s, n, e);
    }
    if (compile_check_keys(n, NULL, NULL, e) < 0)
        return fail(s, n, e);
    struct value args[2] = {value_none(), value_none()}, v = value_none();
    bool pending = false, missing = false;
    if (n->count < 1 || n->count > 2) {
        error_set(e, "%s: one or two arguments are needed", n->text);
        return fail(s, n, e);
    }
    for (int i = 0; i < n->count && !missing; i++) {
        args[i] = evaluate(s, n->children[i], e);
        pending = pending || args[i].kind == VALUE_PENDING;
        missing = args[i].kind == VALUE_NONE;
    }
    if (!missing)
        v = pending ? (struct value){.kind = VALUE_PENDING}
                    : value_function(n->text, args, n->count, e);
    value_free(&args[0]);
    value_free(&args[1]);
    return v.kind == VALUE_NONE ? fail(s, n, e) : v;
}

static struct value logic_value(const struct scope *s, const struct node *n,
                                struct error *e)
{
    struct value a = evaluate(s, n->children[0], e);
    if (a.kind != VALUE_NUMBER)
        return a;
    if (n->kind == NODE_NOT)
        return truth(a.number == 0);
    bool decided = n->sign == OPERATOR_AND ? a.number == 0 : a.number != 0;
    return decided ? a : evaluate(s, n->children[1], e);
}

static struct value two_sided(const struct scope *s, const struct node *n,
                              struct error *e)
{
    static const char signs[] = "+-*/";
    struct value a = evaluate(s, n->children[0], e), v = a;
    if (a.kind == VALUE_NONE || a.kind == VALUE_PENDING)
        return a;
    struct value b = evaluate(s, n->children[1], e);
    if (b.kind == VALUE_NONE || b.kind == VALUE_PENDING) {
        value_free(&a);
        return b;
    }
    if (n->kind == NODE_COMPARE) {
        int is = compare(n, &a, &b, e);
        v = is < 0 ? fail(s, n, e) : truth(is);
    } else {
        v = value_arithmetic(signs[n->sign], &a, &b, e);
        if (v.kind == VALUE_NONE)
            fail(s, n, e);
    }
    value_free(&a);
    value_free(&b);
    return v;
}

struct value evaluate(const struct scope *s, const struct node *n, struct error *e)
{
    struct value v;
    switch (n->kind) {
    case NODE_NUMBER:
        return value_number(n->number);
    case NODE_TEXT:
        return value_text(n->text);
    case NODE_NAME:
        return name_value(s, n, NULL, e);
    case NODE_INDEX:
        if (n->children[0]->kind == NODE_NAME)
            return name_value(s, n->children[0], n, e);
        error_set(e, "a cell follows a name: NAME[row,column]");
        return fail(s, n, e);
    case NODE_EXAM:
        return exam_value(s, n, e);
    case NODE_CALL:
        return call_value(s, n, e);
    case NODE_MATRIX:
        return matrix_value(n);
    case NODE_NEGATE: {
        struct value zero = value_number(0), x = evaluate(s, n->children[0], e);
        if (x.kind == VALUE_NONE || x.kind == VALUE_PENDING)
            return x;
        v = value_arithmetic('-', &zero, &x, e);
        value_free(&x);
        return v.kind == VALUE_NONE ? fail(s, n, e) : v;
    }
    case NODE_NOT:
        return logic_value(s, n, e);
    default:
        if (n->kind == NODE_BINARY && n->sign >= OPERATOR_AND)
            return logic_value(s, n, e);
        return two_sided(s, n, e);
    }
}

bool evaluate_place(const struct found *f, const struct node *index,
                       struct place *place)
{
    long at[TENSOR_MAX_RANK] = {0};
    const struct tensor *shape = plan_shape(trace_plan(f->trace), f->ref);
    if (index && evaluate_cell(f, index, at, NULL) < 0)
        return false;
    for (int i = 0; i < TENSOR_MAX_RANK; i++)
        at[i] = at[i] < 0 ? 0 : at[i];
    bool ids = shape->rank == 1 && f->ref.kind == REF_STAGE;
    place->head = shape->rank == 3 ? at[0] : 0;
    place->row = shape->rank > 1 ? at[shape->rank - 2] : ids ? at[0] : 0;
    place->column = ids ? 0 : at[shape->rank - 1];
    return true;
}
