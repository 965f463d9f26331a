#include "lesson/compile.h"

#include "base/memory.h"
#include "base/text.h"
#include "lesson/operators.h"
#include "study/address.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS_MOST 5e7 /* of one line: a quarter of a second */

static const struct axis number_axis = {AXIS_FEATURE, SIDE_NONE, NULL};

/* ---- literals ---- */

static int make_matrix(struct compiler *c, const struct node *n, const char *name,
                       struct made *out)
{
    struct tensor t = {.type = TENSOR_F64, .rank = 2, .size = {n->rows, n->columns}};
    t.f64 = n->cells; /* the lesson outlives the book */
    bool labelled = false;
    for (long i = 0; i < n->rows; i++)
        labelled = labelled || n->labels[i];
    struct labels *labels = labelled ? compiler_labels(c) : NULL;
    for (long i = 0; labelled && i < n->rows; i++)
        labels_add(labels,
                   (struct label){.text = mem_string(n->labels[i] ? n->labels[i] : ""),
                                  .word = -1});
    struct axis axes[TENSOR_MAX_RANK] = {{AXIS_TOKEN, SIDE_NONE, labels}, number_axis};
    char *inner = name ? NULL : mem_format("%s.%d", c->statement, ++c->inner);
    *out = (struct made){.ref = compiler_given(c, name ? name : inner, t, axes)};
    free(inner);
    return 0;
}

/* ---- the functions ---- */

/* What a call names: an op by its form, or another word for one. */
struct function {
    const char *name;
    enum op_id op;
    struct op_form form;
};

/* The dot products of rows are a linear layer without a bias. */
static const struct function dot = {
    "dot", OP_LINEAR, {.arguments = "mm", .axes = AXES_ROWS_ROWS}};

/* The function of that name; false when there is none. */
static bool find_function(const char *name, struct function *out)
{
    *out = dot;
    bool found = !strcmp(name, dot.name);
    for (int i = 0; i < OP_COUNT && !found; i++) {
        const struct op *op = op_get((enum op_id)i);
        *out = (struct function){op->name, (enum op_id)i, op->form};
        found = op->form.arguments && !strcmp(name, op->name);
    }
    return found;
}

static const char others[] =
    "diagonal pick pca sinusoid random random_dots slider sqrt rows columns";

enum op_id compile_reduction(const char *name)
{
    struct function f;
    return find_function(name, &f) && f.form.axes == AXES_ONE ? f.op : OP_COUNT;
}

static void set_result_axes(const struct compiler *c, const struct function *f,
                            struct stage *s)
{
    struct ref a = s->in[0], b = s->in[1];
    switch (f->form.axes) {
    case AXES_ROWS_ROWS:
        compiler_set_plane(c, s, a, compiler_row_axis(c, a), compiler_row_axis(c, b));
        break;
    case AXES_ROWS_COLUMNS:
        compiler_set_plane(c, s, a, compiler_row_axis(c, a), compiler_column_axis(c, b));
        break;
    case AXES_PLANE:
        stage_set_axes(s, (struct axis){AXIS_HEAD, SIDE_NONE, NULL},
                       compiler_row_axis(c, a), number_axis);
        break;
    case AXES_MERGED:
    case AXES_HEAD:
        stage_set_axes(s, compiler_row_axis(c, a),
                       f->form.axes == AXES_HEAD ? compiler_column_axis(c, a)
                                                 : number_axis,
                       (struct axis){0});
        break;
    case AXES_ONE:
        stage_set_axes(s, number_axis, (struct axis){0}, (struct axis){0});
        break;
    default:
        memcpy(s->axes, compiler_axes(c, a), sizeof s->axes);
    }
}

static int inner(struct compiler *c, const struct node *n, struct made *out,
                 struct error *e)
{
    return compile(c, n, NULL, out, e);
}

/* Compiles child `i`, which must be a matrix, or a number. */
static int matrix_argument(struct compiler *c, const struct node *n, int i,
                           struct ref *ref, struct error *e)
{
    struct made made;
    if (inner(c, n->children[i], &made, e) < 0)
        return -1;
    if (made.is_number)
        return error_set(e, "%s: argument %d must be a matrix, not a number", n->text,
                         i + 1);
    *ref = made.ref;
    return 0;
}

static int number_argument(struct compiler *c, const struct node *n, int i, double *x,
                           struct error *e)
{
    struct made made;
    if (inner(c, n->children[i], &made, e) < 0)
        return -1;
    if (!made.is_number)
        return error_set(e, "%s: argument %d must be a number", n->text, i + 1);
    *x = made.number;
    return 0;
}

#define WHOLE_MOST 1e9

static int whole_argument(struct compiler *c, const struct node *n, int i, long *x,
                          struct error *e)
{
    double number;
    if (number_argument(c, n, i, &number, e) < 0)
        return -1;
    if (!(fabs(number) < WHOLE_MOST) || number != floor(number))
        return error_set(e, "%s: argument %d must be a whole number below %.0f",
                         n->text, i + 1, WHOLE_MOST);
    *x = (long)number;
    return 0;
}

/* The argument named `key`, or -1. Unknown keys are refused by compile_check_keys. */
static int keyed(const struct node *n, const char *key)
{
    for (int i = 0; i < n->count; i++)
        if (n->keys[i] && !strcmp(n->keys[i], key))
            return i;
    return -1;
}

int compile_check_keys(const struct node *n, const char *one, const char *two,
                       struct error *e)
{
    for (int i = 0; i < n->count; i++)
        if (n->keys[i] && (!one || strcmp(n->keys[i], one)) &&
            (!two || strcmp(n->keys[i], two)))
            return error_set(e, "%s: there is no argument %.30s%s%s", n->text, n->keys[i],
                             one ? "; there is " : "", one ? one : "");
    return 0;
}

static int plain_arguments(const struct node *n)
{
    int count = 0;
    while (count < n->count && !n->keys[count])
        count++;
    return count;
}

static int wrong_number(const char *name, int given, int least, int most,
                        struct error *e)
{
    if (least == most)
        return error_set(e, "%s: it takes %d argument%s, not %d", name, most,
                         text_plural(most), given);
    return error_set(e, "%s: it takes %d to %d arguments, not %d", name, least, most,
                     given);
}

static int make_function(struct compiler *c, const struct function *f,
                         const struct node *n, const char *name, struct made *out,
                         struct error *e)
{
    struct stage s = {.op = f->op, .params.number = f->form.standard};
    int given = plain_arguments(n), most = (int)strlen(f->form.arguments), least = 0;
    while (least < most && f->form.arguments[least] != 'M')
        least++;
    if (given < least || given > most)
        return wrong_number(n->text, given, least, most, e);
    if (compile_check_keys(n, f->form.number, NULL, e) < 0)
        return -1;
    for (int i = 0; i < given; i++) {
        int status = f->form.arguments[i] == 'n'
                         ? whole_argument(c, n, i, &s.params.integer, e)
                         : matrix_argument(c, n, i, &s.in[i], e);
        if (status < 0)
            return -1;
    }
    s.params.integer -= f->form.from_one;
    int key = f->form.number ? keyed(n, f->form.number) : -1;
    if (key >= 0 && number_argument(c, n, key, &s.params.number, e) < 0)
        return -1;
    if (key >= 0 && !(s.params.number > 0))
        return error_set(e, "%s: %s must be more than 0", n->text, f->form.number);
    if (f->op == OP_LINEAR && compiler_shape(c, s.in[0])->rank == 3)
        s.op = OP_SCORES;
    set_result_axes(c, f, &s);
    if (compiler_add(c, name, s, out, e) < 0)
        return -1;
    out->one = f->form.axes == AXES_ONE;
    return 0;
}

/* ---- functions of their own ---- */

/* The label of a row that was picked, with its gloss. */
static void add_row_label(struct labels *to, const struct labels *from, long index)
{
    const struct label *l =
        from && index < (long)from->count ? &from->items[index] : NULL;
    labels_add(to, (struct label){
                       .text = l ? mem_string(l->text) : mem_format("%ld", index + 1),
                       .gloss = l && l->gloss ? mem_string(l->gloss) : NULL,
                       .roman = l && l->roman ? mem_string(l->roman) : NULL,
                       .id = (int32_t)index,
                       .word = -1});
}

/* pick(x, 'a', 2, …): ids, then the rows. */
static int make_pick(struct compiler *c, const struct node *n, const char *name,
                     struct made *out, struct error *e)
{
    struct ref x;
    struct made ids;
    if (n->count < 2)
        return error_set(e, "pick: write pick(matrix, 'row', 2, …)");
    if (matrix_argument(c, n, 0, &x, e) < 0)
        return -1;
    if (compiler_shape(c, x)->rank != 2)
        return error_set(e, "pick: its first argument has rows and columns");
    struct axis row = compiler_row_axis(c, x);
    const struct labels *from = labels_own(row);
    struct labels *to = compiler_labels(c);
    int32_t rows[NODE_CHILDREN];
    for (int i = 1; i < n->count; i++) {
        const struct node *child = n->children[i];
        char *part = child->kind == NODE_TEXT ? mem_format("'%s'", child->text)
                                              : mem_format("%ld", (long)child->number);
        long index = 0;
        int status = child->kind != NODE_TEXT && child->kind != NODE_NUMBER
                         ? error_set(e, "pick: rows are named by 'label' or number")
                         : address_parse_part(part, from, compiler_shape(c, x)->size[0],
                                              &index, e);
        free(part);
        if (status < 0)
            return -1;
        rows[i - 1] = (int32_t)index;
        add_row_label(to, from, index);
    }
    row.own = to;
    struct stage list = {.op = OP_TOKENS,
                         .params = {.ids = rows, .size = {n->count - 1, 0}}};
    list.axes[0] = row;
    if (compiler_add(c, NULL, list, &ids, e) < 0)
        return -1;
    struct stage s = {.op = OP_GATHER, .in = {ids.ref, x}};
    stage_set_axes(&s, row, compiler_column_axis(c, x), (struct axis){0});
    return compiler_add(c, name, s, out, e);
}

/* pca(x): the centred rows on the two principal axes. */
static int make_pca(struct compiler *c, const struct node *n, const char *name,
                    struct made *out, struct error *e)
{
    struct ref x;
    struct made centred, axes;
    if (n->count != 1)
        return error_set(e, "pca: write pca(matrix)");
    if (matrix_argument(c, n, 0, &x, e) < 0)
        return -1;
    struct stage s = {.op = OP_CENTER, .in = {x}};
    stage_set_axes(&s, compiler_row_axis(c, x), compiler_column_axis(c, x),
                   (struct axis){0});
    if (compiler_add(c, NULL, s, &centred, e) < 0)
        return -1;
    struct stage direction = {.op = OP_PCA_AXES, .in = {x}};
    stage_set_axes(&direction, number_axis, compiler_column_axis(c, x), (struct axis){0});
    if (compiler_add(c, NULL, direction, &axes, e) < 0)
        return -1;
    struct stage plane = {.op = OP_LINEAR, .in = {centred.ref, axes.ref}};
    stage_set_axes(&plane, compiler_row_axis(c, x), number_axis, (struct axis){0});
    return compiler_add(c, name, plane, out, e);
}

/* sinusoid(rows, columns) and random(rows, columns, seed=1) */
static int make_sized(struct compiler *c, const struct node *n, const char *name,
                      struct made *out, struct error *e)
{
    bool random = !strcmp(n->text, "random");
    struct stage s = {.op = random ? OP_RANDOM : OP_SINUSOID, .params.integer = random};
    int seed = random ? keyed(n, "seed") : -1;
    if (plain_arguments(n) != 2 ||
        compile_check_keys(n, random ? "seed" : NULL, NULL, e) < 0)
        return error_set(e, "%s: write %s(rows, columns%s)", n->text, n->text,
                         random ? ", seed=1" : "");
    if (whole_argument(c, n, 0, &s.params.size[0], e) < 0 ||
        whole_argument(c, n, 1, &s.params.size[1], e) < 0 ||
        (seed >= 0 && whole_argument(c, n, seed, &s.params.integer, e) < 0))
        return -1;
    stage_set_axes(&s, (struct axis){AXIS_TOKEN, SIDE_NONE, NULL}, number_axis,
                   (struct axis){0});
    return compiler_add(c, name, s, out, e);
}

static int make_diagonal(struct compiler *c, const struct node *n, const char *name,
                         struct made *out, struct error *e)
{
    struct ref x;
    if (n->count != 1)
        return error_set(e, "diagonal: write diagonal(matrix)");
    if (matrix_argument(c, n, 0, &x, e) < 0)
        return -1;
    return operator_diagonal(c, x, name, out, e);
}

static struct labels *texts(struct compiler *c, const char *a, const char *b)
{
    struct labels *l = compiler_labels(c);
    labels_add(l, (struct label){.text = mem_string(a), .word = -1});
    labels_add(l, (struct label){.text = mem_string(b), .word = -1});
    return l;
}

/* random_dots([64, 128], pairs=20000, seed=1) */
static int make_random_dots(struct compiler *c, const struct node *n, const char *name,
                            struct made *out, struct error *e)
{
    int32_t widths[NODE_CHILDREN];
    struct stage s = {.op = OP_RANDOM_DOTS, .params = {.number = 1, .integer = 20000}};
    if (plain_arguments(n) != 1 || n->children[0]->kind != NODE_MATRIX ||
        n->children[0]->rows != 1 || compile_check_keys(n, "pairs", "seed", e) < 0)
        return error_set(
            e, "random_dots: write random_dots([64, 128], pairs=20000, seed=1)");
    const struct node *list = n->children[0];
    struct labels *labels = compiler_labels(c);
    for (long i = 0; i < list->columns; i++) {
        double d = list->cells[i];
        widths[i] = d >= 1 && d <= 65536 ? (int32_t)d : 0;
        labels_add(labels,
                   (struct label){.text = mem_format("d=%d", widths[i]), .word = -1});
    }
    s.params.ids = widths;
    s.params.size[0] = list->columns;
    int pairs = keyed(n, "pairs"), seed = keyed(n, "seed");
    if ((pairs >= 0 && whole_argument(c, n, pairs, &s.params.integer, e) < 0) ||
        (seed >= 0 && number_argument(c, n, seed, &s.params.number, e) < 0))
        return -1;
    double draws = 0;
    for (long i = 0; i < list->columns; i++)
        draws += (double)widths[i] * (double)s.params.integer;
    if (draws > DRAWS_MOST)
        return error_set(e, "random_dots: %.0f numbers would be drawn; at most %.0f are",
                         draws, DRAWS_MOST);
    stage_set_axes(&s, (struct axis){AXIS_TOKEN, SIDE_NONE, labels},
                   (struct axis){AXIS_FEATURE, SIDE_NONE, texts(c, "q·k", "q·k/√d")},
                   (struct axis){0});
    return compiler_add(c, name, s, out, e);
}

/* Functions of numbers that are known before anything is computed. */
static int make_number(struct compiler *c, const struct node *n, struct made *out,
                       struct error *e)
{
    *out = (struct made){.is_number = true};
    if (n->count != 1)
        return error_set(e, "%s: one argument is needed", n->text);
    if (!strcmp(n->text, "sqrt")) {
        if (number_argument(c, n, 0, &out->number, e) < 0)
            return -1;
        out->number = sqrt(out->number);
        return 0;
    }
    struct ref x;
    if (matrix_argument(c, n, 0, &x, e) < 0)
        return -1;
    const struct tensor *t = compiler_shape(c, x);
    out->number = (double)(!strcmp(n->text, "columns") ? tensor_columns(t)
                           : t->rank > 1               ? t->size[t->rank - 2]
                                                       : 1);
    return 0;
}

static int unknown_function(const struct node *n, struct error *e)
{
    struct buffer b = {0};
    buffer_addf(&b, "%s ", dot.name);
    for (int i = 0; i < OP_COUNT; i++)
        if (op_get((enum op_id)i)->form.arguments)
            buffer_addf(&b, "%s ", op_get((enum op_id)i)->name);
    error_set(e, "%.40s: there is no such function in compute blocks; there are %s%s",
              n->text, b.data, others);
    buffer_free(&b);
    return -1;
}

static int make_call(struct compiler *c, const struct node *n, const char *name,
                     struct made *out, struct error *e)
{
    static const struct {
        const char *name;
        int (*make)(struct compiler *c, const struct node *n, const char *name,
                    struct made *out, struct error *e);
    } own[] = {{"diagonal", make_diagonal},
               {"pick", make_pick},
               {"pca", make_pca},
               {"sinusoid", make_sized},
               {"random", make_sized},
               {"random_dots", make_random_dots}};
    struct function f;
    if (find_function(n->text, &f))
        return make_function(c, &f, n, name, out, e);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (!strcmp(n->text, own[i].name))
            return own[i].make(c, n, name, out, e);
    if (!strcmp(n->text, "sqrt") || !strcmp(n->text, "rows") ||
        !strcmp(n->text, "columns"))
        return make_number(c, n, out, e);
    if (!strcmp(n->text, "slider"))
        return error_set(e, "a slider stands alone on its line: T = slider(0.25, 4, 1)");
    return unknown_function(n, e);
}

/* ---- operators and slices ---- */

static int make_binary(struct compiler *c, const struct node *n, const char *name,
                       struct made *out, struct error *e)
{
    struct made a, b;
    if (inner(c, n->children[0], &a, e) < 0 || inner(c, n->children[1], &b, e) < 0)
        return -1;
    return operator_add_stages(c, n->sign, a, b, name, out, e);
}

/* x[2,:,:] is one head, x['나',:] one row. */
static int make_slice(struct compiler *c, const struct node *n, const char *name,
                      struct made *out, struct error *e)
{
    struct made x;
    long index = 0;
    if (inner(c, n->children[0], &x, e) < 0)
        return -1;
    const struct tensor *t = x.is_number ? NULL : compiler_shape(c, x.ref);
    bool rest = n->part_count > 1;
    for (int i = 1; i < n->part_count; i++)
        rest = rest && !strcmp(n->parts[i], ":");
    if (!t || !rest || t->rank != n->part_count || t->rank < 2)
        return error_set(e,
                         "a compute line takes a head x[1,:,:] or a row x[1,:]; rows by "
                         "name: pick(x, 'label')");
    struct axis first = compiler_axes(c, x.ref)[0];
    if (address_parse_part(n->parts[0], labels_own(first), t->size[0], &index, e) < 0)
        return -1;
    struct stage s = {.op = t->rank == 3 ? OP_HEAD : OP_ROWS,
                      .in = {x.ref},
                      .params = {.integer = index, .size = {1, 0}}};
    if (t->rank == 3) {
        stage_set_axes(&s, compiler_row_axis(c, x.ref), compiler_column_axis(c, x.ref),
                       (struct axis){0});
    } else {
        if (labels_own(first) && index < (long)labels_own(first)->count) {
            struct labels *one = compiler_labels(c);
            labels_add(one, (struct label){
                                .text = mem_string(labels_own(first)->items[index].text),
                                .word = -1});
            first.own = one;
        }
        stage_set_axes(&s, first, compiler_column_axis(c, x.ref), (struct axis){0});
    }
    return compiler_add(c, name, s, out, e);
}

static int make_negative(struct compiler *c, const struct node *n, const char *name,
                         struct made *out, struct error *e)
{
    struct made x;
    if (inner(c, n->children[0], &x, e) < 0)
        return -1;
    return operator_negate(c, x, name, out, e);
}

int compile(struct compiler *c, const struct node *n, const char *name, struct made *out,
            struct error *e)
{
    if (name) {
        c->statement = name;
        c->inner = 0;
    }
    int status;
    switch (n->kind) {
    case NODE_NUMBER:
        *out = (struct made){.is_number = true, .number = n->number};
        return 0;
    case NODE_NAME:
        status = c->look_up(c->data, n, out, e);
        break;
    case NODE_MATRIX:
        return make_matrix(c, n, name, out);
    case NODE_CALL:
        status = make_call(c, n, name, out, e);
        break;
    case NODE_BINARY:
        status = make_binary(c, n, name, out, e);
        break;
    case NODE_INDEX:
        status = make_slice(c, n, name, out, e);
        break;
    case NODE_NEGATE:
        status = make_negative(c, n, name, out, e);
        break;
    default:
        status = error_set(e, "this does not stand in a compute line");
    }
    return status;
}
