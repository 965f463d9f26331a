#include "lesson/evaluate.h"

#include "base/memory.h"
#include "base/text.h"
#include "lesson/argument.h"
#include "lesson/prose.h"
#include "model/weight_names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct value fail(const struct scope *s, const struct node *n, struct error *e)
{
    error_at(e, s->file, n->line, n->column);
    return value_none();
}

/* ---- names ---- */

static bool number_of(void *data, const char *name, double *number)
{
    const struct workbook_name *own = workbook_find(data, name);
    *number = own ? own->number : 0;
    return own && own->is_number;
}

static struct slice_names names_of(const struct scope *s)
{
    return (struct slice_names){number_of, s->book};
}

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
    else if (!strstr(name, "weight:") || !workbook_part(s->book, name, &f->ref))
        return false;
    f->session = s->runs->after;
    f->trace = workbook_trace(s->book);
    f->computed = true;
    if (f->ref.kind == REF_NONE)
        return false;
    const struct plan *p = trace_plan(f->trace);
    struct label_sets sets = session_label_sets(s->runs->after);
    take_labels(f,
                f->ref.kind == REF_STAGE ? p->stages[f->ref.index].axes
                                         : p->parts[f->ref.index].axes,
                &sets);
    return true;
}

static bool find_stage(const struct scope *s, const char *name, struct found *f,
                       struct error *e)
{
    const char *id;
    f->session = runs_of_name(s->runs, name, &id, e);
    if (!f->session)
        return false;
    f->trace = f->session->trace;
    int stage = plan_find(trace_plan(f->trace), id);
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
    *f = (struct found){.names = names_of(s)};
    struct error own = {0};
    if (find_computed(s, name, f, &own) || (!own.set && find_stage(s, name, f, &own)))
        return true;
    if (own.set && e && !e->set)
        *e = own;
    error_set(e,
              "%.80s: there is no such name, stage or weight here; \"stepformer stages "
              "TEXT\" lists the stages, \"stepformer model --weights\" the weights",
              name);
    return false;
}

static int read_slice(const struct found *f, const struct node *index,
                      struct slice *out, struct error *e)
{
    const struct tensor *shape = plan_shape(trace_plan(f->trace), f->ref);
    return slice_read(index, shape, f->labels, f->names, out, e);
}

int evaluate_cell(const struct found *f, const struct node *index,
                  long at[TENSOR_MAX_RANK], struct error *e)
{
    struct slice s;
    if (read_slice(f, index, &s, e) < 0)
        return -1;
    for (int i = 0; i < s.rank; i++)
        at[i] = s.one[i] ? s.first[i] : -1;
    return 0;
}

static struct value slice(const struct found *f, const struct slice *some)
{
    const struct tensor *t = trace_acquire_ref(f->trace, f->ref);
    struct value v = value_slice(t, f->labels, some);
    trace_release_ref(f->trace, f->ref);
    return v;
}

/* A weight that no compute block reads: straight from the model. */
static bool find_weight(const struct scope *s, const char *name, struct tensor *t,
                        const struct labels *labels[TENSOR_MAX_RANK])
{
    const char *id;
    struct weight_view view;
    struct session *from = runs_of_name(s->runs, name, &id, NULL);
    if (!from || strncmp(id, "weight:", 7) != 0 ||
        !weight_names_find(from->run.model, id + 7, &view))
        return false;
    *t = view.tensor;
    memset(labels, 0, sizeof *labels * TENSOR_MAX_RANK);
    labels[0] = runs_weight_labels(from, id + 7);
    return true;
}

static struct value text_name(const struct scope *s, const char *name)
{
    const char *what;
    const struct session *from = runs_of_name(s->runs, name, &what, NULL);
    if (!from)
        return value_none();
    if (!strcmp(what, "text"))
        return value_text(from->text ? from->text : "");
    if (!strcmp(what, "prediction"))
        return value_text(from->prediction ? from->prediction : "");
    return value_none();
}

/* A name with or without a cell. */
static struct value name_value(const struct scope *s, const struct node *name,
                               const struct node *index, struct error *e)
{
    struct slice some;
    const struct workbook_name *own = workbook_find(s->book, name->text);
    if (own && own->is_number && !index)
        return value_number(own->number);
    struct value text = text_name(s, name->text);
    if (text.kind != VALUE_NONE && index) {
        value_free(&text);
        error_set(e, "%.80s is a text; it has no cells, leave the […] out", name->text);
        return fail(s, index, e);
    }
    if (text.kind != VALUE_NONE)
        return text;
    struct tensor weight;
    const struct labels *labels[TENSOR_MAX_RANK];
    if (find_weight(s, name->text, &weight, labels)) {
        some = slice_whole(&weight);
        if (index && slice_read(index, &weight, labels, names_of(s), &some, e) < 0)
            return fail(s, index, e);
        return value_slice(&weight, labels, &some);
    }
    struct found f;
    if (!evaluate_find(s, name->text, &f, e))
        return fail(s, index ? index : name, e);
    some = slice_whole(plan_shape(trace_plan(f.trace), f.ref));
    if (index && read_slice(&f, index, &some, e) < 0)
        return fail(s, index, e);
    for (int i = 0; own && own->one && i < some.rank; i++)
        some.one[i] = true;
    return slice(&f, &some);
}

/* ---- exams ---- */

/* exam(…).kind('roles'): the exact matches among the sentences of one kind. */
static struct value kind_value(const struct scope *s, const struct node *n,
                               const struct exam_score *score, struct error *e)
{
    struct buffer names = {0};
    for (size_t i = 0; i < score->kind_count; i++) {
        const struct exam_kind *k = &score->kinds[i];
        if (!strcmp(k->name, n->parts[2])) {
            buffer_free(&names);
            return value_number((double)k->right / (double)k->sentences);
        }
        buffer_addf(&names, "%s%s", i ? ", " : "", k->name);
    }
    error_set(e, "the exam has no kind '%.40s'; there are %s", n->parts[2],
              names.data ? names.data : "none");
    buffer_free(&names);
    return fail(s, n, e);
}

static struct value score_value(const struct scope *s, const struct node *n,
                                const struct exam_state *state, struct error *e)
{
    const struct exam_score *score = state->score;
    if (strcmp(n->text, "sentences") == 0)
        return value_number((double)state->size);
    if (!state->done)
        return (struct value){.kind = VALUE_PENDING};
    if (!strcmp(n->text, "exact_match"))
        return value_number(score->exact_match);
    if (!strcmp(n->text, "loss"))
        return value_number(score->loss);
    if (!strcmp(n->text, "right"))
        return value_number((double)score->right);
    if (!strcmp(n->text, "kind"))
        return kind_value(s, n, score, e);
    error_set(e, "an exam has no such result; there are " EXAM_RESULTS "('NAME')");
    return fail(s, n, e);
}

static struct value exam_value(const struct scope *s, const struct node *n,
                               struct error *e)
{
    struct model *model;
    struct whatifs list;
    if (runs_exam(s->runs, n, &model, &list, e) < 0)
        return fail(s, n, e);
    int status = exams_want_of(s->exams, model, &list, e);
    struct exam_state state = exams_state_of(s->exams, model, &list);
    whatifs_free(&list);
    model_free(model);
    if (status == 0 && state.score)
        return score_value(s, n, &state, e);
    error_set(e, "the exam of %s could not be held with this model; take another",
              n->parts[0]);
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
        return error_set(
            e, "the left side has %ld number%s, the right side %ld; compare as many",
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
        return error_set(e,
                         "the sides must be of one kind: two numbers, two texts or two "
                         "matrices; a cell of a matrix is x[1,2]");
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
        return error_set(
            e, "< and > compare numbers, no matrices; a cell is x[1,2], or take max(x)");
    return o == OPERATOR_LESS         ? a->number < b->number
           : o == OPERATOR_LESS_EQUAL ? a->number <= b->number
           : o == OPERATOR_GREATER    ? a->number > b->number
                                      : a->number >= b->number;
}

/* ---- the tree ---- */

/* A literal; its expressions are filled in. */
static struct value matrix_value(const struct scope *s, const struct node *n,
                                 struct error *e)
{
    struct tensor t = {.type = TENSOR_F64, .rank = 2, .size = {n->rows, n->columns}};
    struct slice whole = slice_whole(&t);
    t.f64 = n->cells;
    struct value v =
        value_slice(&t, (const struct labels *const[TENSOR_MAX_RANK]){NULL}, &whole);
    for (int i = 0; i < n->count; i++) {
        struct value x = evaluate(s, n->children[i], e);
        v.tensor.f64[n->children[i]->cell] = x.number;
        if (x.kind == VALUE_NUMBER)
            continue;
        value_free(&v);
        if (x.kind == VALUE_NONE || x.kind == VALUE_PENDING)
            return x;
        value_free(&x);
        error_set(e, "what stands in a matrix must be a number");
        return fail(s, n->children[i], e);
    }
    return v;
}

/* A function that is a stage of the workbook, or known to it. */
static struct value stage_value(const struct scope *s, const struct node *n,
                                const struct workbook_value *v, struct error *e)
{
    struct trace *t = workbook_trace(s->book);
    if (v->error.set) {
        if (e && !e->set)
            *e = v->error;
        return value_none();
    }
    if (v->is_number)
        return value_number(v->number);
    const struct plan *p = trace_plan(t);
    const struct axis *axes = v->ref.kind == REF_STAGE ? p->stages[v->ref.index].axes
                                                       : p->parts[v->ref.index].axes;
    const struct labels *labels[TENSOR_MAX_RANK];
    for (int i = 0; i < TENSOR_MAX_RANK; i++)
        labels[i] = labels_own(axes[i]);
    const struct tensor *x = trace_acquire_ref(t, v->ref);
    struct slice whole = slice_whole(x);
    struct value value = v->one ? value_number(tensor_get(x, 0))
                                : value_slice(x, labels, &whole);
    trace_release_ref(t, v->ref);
    value.listed = prose_is_list(n);
    return value;
}

static struct value call_value(const struct scope *s, const struct node *n,
                               struct error *e)
{
    const struct workbook_value *stage = workbook_value(s->book, n);
    if (stage)
        return stage_value(s, n, stage, e);
    if (!value_is_function(n->text)) {
        error_set(
            e,
            "%.40s: there is no such function; \"stepformer help lesson-words\" lists "
            "them all",
            n->text);
        return fail(s, n, e);
    }
    if (argument_check_keys(n, NULL, NULL, e) < 0)
        return fail(s, n, e);
    struct value args[2] = {value_none(), value_none()}, v = value_none();
    bool pending = false, missing = false;
    if (n->count < 1 || n->count > 2) {
        error_set(e, "%s: one or two arguments must be given", n->text);
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

/* A part of what a function gives: merges(text)[1,2]. */
static struct value part_value(const struct scope *s, const struct node *n,
                               struct error *e)
{
    struct value whole = evaluate(s, n->children[0], e);
    if (whole.kind == VALUE_NONE || whole.kind == VALUE_PENDING)
        return whole;
    struct slice some;
    struct value v = value_none();
    if (whole.kind != VALUE_TENSOR)
        error_set(
            e,
            "[…] stands behind the name of a matrix; give this one a name in a compute "
            "block");
    else if (slice_read(n, &whole.tensor, whole.labels, names_of(s), &some, e) == 0)
        v = value_slice(&whole.tensor, whole.labels, &some);
    value_free(&whole);
    return v.kind == VALUE_NONE ? fail(s, n, e) : v;
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
        return part_value(s, n, e);
    case NODE_EXAM:
        return exam_value(s, n, e);
    case NODE_CALL:
        return call_value(s, n, e);
    case NODE_MATRIX:
        return matrix_value(s, n, e);
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
