#include "lesson/compile.h"

#include "base/memory.h"
#include "lesson/argument.h"
#include "lesson/measured.h"
#include "lesson/operators.h"
#include "lesson/shaping.h"
#include "lesson/texts.h"
#include "study/address.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS_MOST 5e7 /* of one line: a quarter of a second */

static const struct axis number_axis = {AXIS_FEATURE, SIDE_NONE, NULL};

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
    "pick pca sinusoid random random_dots slider rows columns count";

/* Those that are about a model can say of which run's: A.curve('train_loss'). */
const char *compile_plain_name(const char *name)
{
    const char *end = strrchr(name, '.');
    bool of_run = end && (measured_of_model(end + 1) || texts_of_model(end + 1));
    return of_run ? end + 1 : name;
}

bool compile_is_function(const char *name)
{
    struct function f;
    name = compile_plain_name(name);
    static const char *const own[] = {"pick", "pca", "sinusoid", "random", "random_dots"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (!strcmp(name, own[i]))
            return true;
    return find_function(name, &f) || shaping_find(name) || texts_find(name) ||
           measured_find(name);
}

enum op_id compile_function(const char *name)
{
    struct function f;
    return op_is_function(name) && find_function(name, &f) ? f.op : OP_COUNT;
}

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
    case AXES_TURNED:
        stage_set_axes(s, compiler_column_axis(c, a), compiler_row_axis(c, a),
                       (struct axis){0});
        break;
    case AXES_ONE:
        compiler_set_reduced(c, s);
        break;
    default:
        memcpy(s->axes, compiler_axes(c, a), sizeof s->axes);
    }
}

/* sqrt(x): of a number a number, of a single cell a single cell. */
static int make_of_one(struct compiler *c, const struct function *f,
                       const struct node *n, const char *name, struct made *out,
                       struct error *e)
{
    struct made x;
    if (argument_any(c, n, 0, &x, e) < 0)
        return -1;
    if (x.is_number) {
        *out = (struct made){.is_number = true, .number = op_function(n->text, x.number)};
        return 0;
    }
    struct stage s = {.op = f->op, .in = {x.ref}};
    memcpy(s.axes, compiler_axes(c, x.ref), sizeof s.axes);
    if (compiler_add(c, name, s, out, e) < 0)
        return -1;
    out->one = x.one;
    return 0;
}

static int make_function(struct compiler *c, const struct function *f,
                         const struct node *n, const char *name, struct made *out,
                         struct error *e)
{
    struct stage s = {.op = f->op, .params.number = f->form.standard};
    int given = argument_plain(n), most = (int)strlen(f->form.arguments), least = 0;
    while (least < most && f->form.arguments[least] != 'M')
        least++;
    if (argument_check(n, least, most, f->form.number, NULL, e) < 0)
        return -1;
    if (op_is_function(n->text))
        return make_of_one(c, f, n, name, out, e);
    for (int i = 0; i < given; i++) {
        int status = f->form.arguments[i] == 'n'
                         ? argument_whole(c, n, i, &s.params.integer, e)
                         : argument_matrix(c, n, i, &s.in[i], e);
        if (status < 0)
            return -1;
    }
    s.params.integer -= f->form.from_one;
    int key = f->form.number ? argument_keyed(n, f->form.number) : -1;
    if (key >= 0 && argument_number(c, n, key, &s.params.number, e) < 0)
        return -1;
    if (key >= 0 && !(s.params.number > 0))
        return error_set(e, "%s: %s must be more than 0", n->text, f->form.number);
    if (f->op == OP_LINEAR && compiler_shape(c, s.in[0])->rank == 3)
        s.op = OP_SCORES;
    set_result_axes(c, f, &s);
    if (compiler_add(c, name, s, out, e) < 0)
        return -1;
    out->one = f->form.axes == AXES_ONE && s.params.number == 0;
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
                       .classes = l && l->classes ? mem_string(l->classes) : NULL,
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
    if (argument_matrix(c, n, 0, &x, e) < 0)
        return -1;
    if (compiler_shape(c, x)->rank != 2)
        return error_set(
            e, "pick: its first argument must have rows and columns; one head is "
               "x[1,:,:]");
    struct axis row = compiler_row_axis(c, x);
    const struct labels *from = labels_own(row);
    struct labels *to = compiler_labels(c);
    int32_t rows[NODE_CHILDREN];
    for (int i = 1; i < n->count; i++) {
        const struct node *child = n->children[i];
        char *part = child->kind == NODE_TEXT ? mem_format("'%s'", child->text)
                                              : mem_format("%ld", (long)child->number);
        long index = 0;
        int status =
            child->kind != NODE_TEXT && child->kind != NODE_NUMBER
                ? error_set(e, "pick: rows are named by 'label' or number, such as "
                               "pick(x, '나', 2)")
                : address_parse_part(part, from, compiler_shape(c, x)->size[0], &index,
                                     e);
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
    if (argument_matrix(c, n, 0, &x, e) < 0)
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
    int seed = random ? argument_keyed(n, "seed") : -1;
    if (argument_plain(n) != 2 ||
        argument_check_keys(n, random ? "seed" : NULL, NULL, e) < 0)
        return error_set(e, "%s: write %s(rows, columns%s)", n->text, n->text,
                         random ? ", seed=1" : "");
    if (argument_whole(c, n, 0, &s.params.size[0], e) < 0 ||
        argument_whole(c, n, 1, &s.params.size[1], e) < 0 ||
        (seed >= 0 && argument_whole(c, n, seed, &s.params.integer, e) < 0))
        return -1;
    stage_set_axes(&s, (struct axis){AXIS_TOKEN, SIDE_NONE, NULL}, number_axis,
                   (struct axis){0});
    return compiler_add(c, name, s, out, e);
}

/* random_dots([64, 128], pairs=20000, seed=1) */
static int make_random_dots(struct compiler *c, const struct node *n, const char *name,
                            struct made *out, struct error *e)
{
    int32_t widths[NODE_CHILDREN];
    struct stage s = {.op = OP_RANDOM_DOTS, .params = {.number = 1, .integer = 20000}};
    if (argument_plain(n) != 1 || n->children[0]->kind != NODE_MATRIX ||
        n->children[0]->rows != 1 || n->children[0]->count ||
        n->children[0]->columns > NODE_CHILDREN ||
        argument_check_keys(n, "pairs", "seed", e) < 0)
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
    int pairs = argument_keyed(n, "pairs"), seed = argument_keyed(n, "seed");
    if ((pairs >= 0 && argument_whole(c, n, pairs, &s.params.integer, e) < 0) ||
        (seed >= 0 && argument_number(c, n, seed, &s.params.number, e) < 0))
        return -1;
    double draws = 0;
    for (long i = 0; i < list->columns; i++)
        draws += (double)widths[i] * (double)s.params.integer;
    if (draws > DRAWS_MOST)
        return error_set(
            e,
            "random_dots: %.0f numbers would be drawn; at most %.0f are, lower "
            "pairs=",
            draws, DRAWS_MOST);
    static const char *const columns[] = {"q·k", "q·k/√d", NULL};
    stage_set_axes(&s, (struct axis){AXIS_TOKEN, SIDE_NONE, labels},
                   (struct axis){AXIS_FEATURE, SIDE_NONE, compiler_texts(c, columns)},
                   (struct axis){0});
    return compiler_add(c, name, s, out, e);
}

/* Functions of numbers that are known before anything is computed. */
static int make_number(struct compiler *c, const struct node *n, struct made *out,
                       struct error *e)
{
    *out = (struct made){.is_number = true};
    if (n->count != 1)
        return error_set(e, "%s: it takes one argument, a matrix", n->text);
    struct ref x;
    if (argument_matrix(c, n, 0, &x, e) < 0)
        return -1;
    const struct tensor *t = compiler_shape(c, x);
    out->number = (double)(!strcmp(n->text, "count")     ? tensor_count(t)
                           : !strcmp(n->text, "columns") ? tensor_columns(t)
                           : t->rank > 1                 ? t->size[t->rank - 2]
                                                         : 1);
    return 0;
}

char *compile_functions(void)
{
    struct buffer b = {0};
    buffer_addf(&b, "%s ", dot.name);
    for (int i = 0; i < OP_COUNT; i++)
        if (op_get((enum op_id)i)->form.arguments)
            buffer_addf(&b, "%s ", op_get((enum op_id)i)->name);
    buffer_addf(&b, "%s %s %s %s", others, shaping_functions, texts_functions,
                measured_functions);
    return buffer_take(&b);
}

static int unknown_function(const struct node *n, struct error *e)
{
    char *names = compile_functions();
    error_set(e, "%.40s: there is no such function in compute blocks; there are %s",
              n->text, names);
    free(names);
    return -1;
}

/* A.curve('train_loss'): as curve(…), but of that run. */
static int make_of_run(struct compiler *c, const struct node *n, const char *name,
                       struct made *out, struct error *e)
{
    struct session *own = c->session;
    const char *plain;
    struct session *s = c->find_run(c->data, n->text, &plain, e);
    if (!s)
        return -1;
    if (plain != compile_plain_name(n->text))
        return unknown_function(n, e);
    c->session = s;
    int status = measured_find(plain) ? measured_find(plain)(c, n, name, out, e)
                                      : texts_find(plain)(c, n, name, out, e);
    c->session = own;
    return status;
}

static int make_call(struct compiler *c, const struct node *n, const char *name,
                     struct made *out, struct error *e)
{
    static const struct {
        const char *name;
        int (*make)(struct compiler *c, const struct node *n, const char *name,
                    struct made *out, struct error *e);
    } own[] = {{"pick", make_pick},
               {"pca", make_pca},
               {"sinusoid", make_sized},
               {"random", make_sized},
               {"random_dots", make_random_dots}};
    struct function f;
    if (compile_plain_name(n->text) != n->text)
        return make_of_run(c, n, name, out, e);
    if (find_function(n->text, &f))
        return make_function(c, &f, n, name, out, e);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (!strcmp(n->text, own[i].name))
            return own[i].make(c, n, name, out, e);
    if (shaping_find(n->text))
        return shaping_find(n->text)(c, n, name, out, e);
    if (texts_find(n->text))
        return texts_find(n->text)(c, n, name, out, e);
    if (measured_find(n->text))
        return measured_find(n->text)(c, n, name, out, e);
    if (!strcmp(n->text, "rows") || !strcmp(n->text, "columns") ||
        !strcmp(n->text, "count"))
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
    if (argument_any(c, n, 0, &a, e) < 0 || argument_any(c, n, 1, &b, e) < 0)
        return -1;
    return operator_add_stages(c, n->sign, a, b, name, out, e);
}

static int make_not(struct compiler *c, const struct node *n, const char *name,
                    struct made *out, struct error *e)
{
    struct made x;
    if (argument_any(c, n, 0, &x, e) < 0)
        return -1;
    return operator_not(c, x, name, out, e);
}

static int make_negative(struct compiler *c, const struct node *n, const char *name,
                         struct made *out, struct error *e)
{
    struct made x;
    if (argument_any(c, n, 0, &x, e) < 0)
        return -1;
    return operator_negate(c, x, name, out, e);
}

/* What stands in the prose, but not here. */
static int misplaced(const struct node *n, struct error *e)
{
    if (n->kind == NODE_TEXT)
        return error_set(e, "a text in quotes stands in a compute line only as an "
                            "argument, such as bytes('나')");
    if (n->kind == NODE_EXAM)
        return error_set(e, "exam(…) stands in the prose, in questions, charts and "
                            "claims, not in a compute line");
    return error_set(e, "this does not stand in a compute line");
}

int compile(struct compiler *c, const struct node *n, const char *name, struct made *out,
            struct error *e)
{
    if (name) {
        c->statement = name;
        c->inner = 0;
    }
    c->compile = compile;
    int status;
    switch (n->kind) {
    case NODE_NUMBER:
        *out = (struct made){.is_number = true, .number = n->number};
        return 0;
    case NODE_NAME:
        status = c->look_up(c->data, n, out, e);
        break;
    case NODE_MATRIX:
        status = shaping_matrix(c, n, name, out, e);
        break;
    case NODE_CALL:
        status = make_call(c, n, name, out, e);
        break;
    case NODE_BINARY:
    case NODE_COMPARE:
        status = make_binary(c, n, name, out, e);
        break;
    case NODE_INDEX:
        status = shaping_slice(c, n, name, out, e);
        break;
    case NODE_NEGATE:
        status = make_negative(c, n, name, out, e);
        break;
    case NODE_NOT:
        status = make_not(c, n, name, out, e);
        break;
    default:
        status = misplaced(n, e);
    }
    return status;
}
