#include "lesson/prose.h"

#include "base/memory.h"
#include "base/text.h"
#include "lesson/argument.h"
#include "lesson/compile.h"
#include "lesson/operators.h"
#include "lesson/slice.h"
#include "lesson/texts.h"
#include "lesson/value.h"
#include "study/address.h"

#include <stdlib.h>
#include <string.h>

/* The functions that are of the prose's own making; others are those of compute lines. */
static bool is_own(const struct node *n)
{
    return compile_reduction(n->text) != OP_COUNT || !strcmp(n->text, "cosine") ||
           !strcmp(n->text, "dot");
}

bool prose_is_stage(const struct node *n)
{
    return n->kind == NODE_CALL && (is_own(n) || (compile_is_function(n->text) &&
                                                  !value_is_function(n->text)));
}

bool prose_is_list(const struct node *n)
{
    return n->kind == NODE_CALL && texts_find(compile_plain_name(n->text));
}

static int expression(struct compiler *c, const struct node *n, const char *file,
                      struct made *out, struct error *e);

/* ---- cells ---- */

/* The cells that an index leaves, as a matrix: a row or a column lies in a row. */
static struct stage sliced(const struct compiler *c, struct ref x,
                           const struct slice *some, int32_t steps[2 * TENSOR_MAX_RANK])
{
    const struct tensor *t = compiler_shape(c, x);
    const struct axis *axes = compiler_axes(c, x);
    struct axis kept[TENSOR_MAX_RANK + 1] = {{0}};
    long stride = tensor_count(t), first = 0;
    int rank = 1; /* behind an axis of size 1, which goes where it is not needed */
    steps[0] = 1;
    steps[1] = 0;
    for (int i = 0; i < t->rank; i++) {
        stride /= t->size[i];
        first += some->first[i] * stride;
        if (some->one[i])
            continue;
        steps[2 * rank] = (int32_t)some->count[i];
        steps[2 * rank + 1] = (int32_t)stride;
        kept[rank] = axes[i];
        if (some->first[i]) /* its labels begin elsewhere */
            kept[rank].own = NULL;
        rank++;
    }
    int skipped = rank > 2;
    if (rank == 1)
        kept[0].name = AXIS_FEATURE;
    struct stage s = compiler_cells(x, first, rank - skipped, steps + 2 * skipped);
    memcpy(s.axes, kept + skipped, sizeof *kept * (size_t)(rank - skipped));
    return s;
}

static int indexed(struct compiler *c, const struct node *n, const char *file,
                   const char *id, struct made *out, struct error *e)
{
    int32_t steps[2 * TENSOR_MAX_RANK + 2];
    struct made x;
    struct slice some;
    const struct labels *labels[TENSOR_MAX_RANK];
    if (expression(c, n->children[0], file, &x, e) < 0)
        return -1;
    if (x.is_number)
        return error_set(e, "%s is a number; it has no cells, leave the […] out",
                         n->children[0]->text ? n->children[0]->text : "this");
    for (int i = 0; i < TENSOR_MAX_RANK; i++)
        labels[i] = labels_own(compiler_axes(c, x.ref)[i]);
    if (slice_read(n, compiler_shape(c, x.ref), labels, compiler_names(c), &some, e) < 0)
        return -1;
    *out = x;
    if (!slice_is_whole(&some, compiler_shape(c, x.ref)) &&
        compiler_add(c, id, sliced(c, x.ref, &some, steps), out, e) < 0)
        return -1;
    out->one = slice_is_cell(&some);
    return 0;
}

/* ---- functions ---- */

/* All numbers of a matrix in one row. */
static int in_a_row(struct compiler *c, struct ref x, struct ref *row, struct error *e)
{
    const struct tensor *t = compiler_shape(c, x);
    long n = tensor_count(t);
    struct made made;
    *row = x;
    if (t->rank == 2 && t->size[0] == 1)
        return 0;
    struct stage s = compiler_cells(x, 0, 2, (int32_t[]){1, 0, (int32_t)n, 1});
    s.axes[1] = t->rank == 1 ? compiler_axes(c, x)[0] : (struct axis){AXIS_FEATURE};
    if (compiler_add(c, NULL, s, &made, e) < 0)
        return -1;
    *row = made.ref;
    return 0;
}

/* cosine and dot: of two rows, or of all numbers of two matrices. */
static int of_two(struct compiler *c, const struct node *n, struct ref x, struct ref y,
                  const char *id, struct made *out, struct error *e)
{
    struct stage s = {.op = !strcmp(n->text, "dot") ? OP_LINEAR : OP_COSINE};
    long count = tensor_count(compiler_shape(c, x));
    if (count != tensor_count(compiler_shape(c, y)))
        return error_set(e, "%s: two rows of one length must be given", n->text);
    if (in_a_row(c, x, &s.in[0], e) < 0 || in_a_row(c, y, &s.in[1], e) < 0)
        return -1;
    stage_set_axes(&s, (struct axis){AXIS_TOKEN}, (struct axis){AXIS_TOKEN},
                   (struct axis){0});
    if (compiler_add(c, id, s, out, e) < 0)
        return -1;
    out->one = true;
    return 0;
}

static int of_one(struct compiler *c, const struct node *n, struct ref x, const char *id,
                  struct made *out, struct error *e)
{
    struct stage s = {.op = compile_reduction(n->text), .in = {x}};
    s.axes[0].name = AXIS_FEATURE;
    if (compiler_add(c, id, s, out, e) < 0)
        return -1;
    out->one = true;
    return 0;
}

static int function(struct compiler *c, const struct node *n, const char *file,
                    const char *id, struct made *out, struct error *e)
{
    if (!is_own(n) || argument_keyed(n, "axis") >= 0) /* as in a compute line */
        return compile(c, n, id, out, e);
    bool two = !strcmp(n->text, "cosine") || !strcmp(n->text, "dot");
    struct made args[2];
    if (argument_check_keys(n, two ? NULL : "axis", NULL, e) < 0)
        return -1;
    if (n->count != 1 + two)
        return error_set(e, "%s: %s must be given", n->text,
                         two ? "two values" : "one value");
    for (int i = 0; i < n->count; i++)
        if (expression(c, n->children[i], file, &args[i], e) < 0)
            return -1;
    for (int i = 0; i < n->count; i++)
        if (args[i].is_number || args[i].one)
            return error_set(e, "%s: %s must be given", n->text,
                             two ? "two rows of one length" : "a matrix or a row of one");
    return two ? of_two(c, n, args[0].ref, args[1].ref, id, out, e)
               : of_one(c, n, args[0].ref, id, out, e);
}

/* What is known before anything is computed: rows(x), sqrt(2). */
static int constant(struct compiler *c, const struct node *n, const char *file,
                    struct made *out, struct error *e)
{
    struct value args[2] = {{0}};
    if (argument_check_keys(n, NULL, NULL, e) < 0)
        return -1;
    bool known = n->count >= 1 && n->count <= 2 && value_is_function(n->text);
    for (int i = 0; known && i < n->count; i++) {
        struct made made;
        if (expression(c, n->children[i], file, &made, e) < 0)
            return -1;
        args[i] = value_number(made.number);
        if (!made.is_number && !made.one) {
            args[i].kind = VALUE_TENSOR; /* of which the size is asked, not the numbers */
            args[i].tensor = *compiler_shape(c, made.ref);
        }
        known = made.is_number || strstr("rows columns count", n->text) != NULL;
    }
    if (!known)
        return error_set(e,
                         "%s does not stand within a function of the prose; give it a "
                         "name in a compute block",
                         n->text);
    struct value v = value_function(n->text, args, n->count, e);
    *out = (struct made){.is_number = true, .number = v.number};
    return v.kind == VALUE_NUMBER ? 0 : -1;
}

/* ---- the tree ---- */

static int operation(struct compiler *c, const struct node *n, const char *file,
                     const char *id, struct made *out, struct error *e)
{
    struct made a, b;
    if (expression(c, n->children[0], file, &a, e) < 0 ||
        (n->count > 1 && expression(c, n->children[1], file, &b, e) < 0))
        return -1;
    return n->kind == NODE_NEGATE ? operator_negate(c, a, id, out, e)
           : n->kind == NODE_NOT ? operator_not(c, a, id, out, e)
                                 : operator_add_stages(c, n->sign, a, b, id, out, e);
}

/* Of a matrix an op, as in a compute line; of numbers what is known. */
static int other(struct compiler *c, const struct node *n, const char *file,
                 const char *id, struct made *out, struct error *e)
{
    struct made x;
    if (op_is_function(n->text) && n->count == 1) {
        if (expression(c, n->children[0], file, &x, e) < 0)
            return -1;
        if (!x.is_number) {
            struct stage s = {.in = {x.ref}};
            s.op = compile_function(n->text);
            memcpy(s.axes, compiler_axes(c, x.ref), sizeof s.axes);
            if (compiler_add(c, id, s, out, e) < 0)
                return -1;
            out->one = x.one;
            return 0;
        }
    }
    return constant(c, n, file, out, e);
}

static int of_kind(struct compiler *c, const struct node *n, const char *file,
                   const char *id, struct made *out, struct error *e)
{
    switch (n->kind) {
    case NODE_NUMBER:
    case NODE_NAME:
    case NODE_MATRIX:
        return compile(c, n, id, out, e);
    case NODE_INDEX:
        return indexed(c, n, file, id, out, e);
    case NODE_CALL:
        return prose_is_stage(n) ? function(c, n, file, id, out, e)
                                 : other(c, n, file, id, out, e);
    case NODE_NEGATE:
    case NODE_NOT:
    case NODE_BINARY:
    case NODE_COMPARE:
        return operation(c, n, file, id, out, e);
    default:
        return error_set(
            e,
            "%.60s does not stand within a function, which takes matrices and "
            "numbers",
            id);
    }
}

static const struct made *find_written(const struct compiler *c, const char *text)
{
    for (size_t i = 0; i < c->written_count; i++)
        if (!strcmp(c->written[i].text, text))
            return &c->written[i].made;
    return NULL;
}

static int make(struct compiler *c, const struct node *n, const char *file,
                const char *id, struct made *out, struct error *e)
{
    const char *outer = c->statement;
    int inner = c->inner;
    c->statement = id;
    c->inner = 0;
    int status = of_kind(c, n, file, id, out, e);
    c->statement = outer;
    c->inner = inner;
    if (status < 0)
        return error_at(e, file, n->line, n->column);
    c->written = mem_grow(c->written, c->written_count, &c->written_capacity,
                          sizeof *c->written);
    c->written[c->written_count++] = (struct written){id, *out};
    return 0;
}

/* What is written twice is made once. */
static int expression(struct compiler *c, const struct node *n, const char *file,
                      struct made *out, struct error *e)
{
    char *text = node_text(n);
    const struct made *there = find_written(c, text);
    int status = 0;
    if (there)
        *out = *there;
    else
        status = make(c, n, file, plan_text(c->plan, text), out, e);
    free(text);
    return status;
}

int prose_compile(struct compiler *c, const struct node *n, const char *file,
                  struct made *out, struct error *e)
{
    c->prose = true;
    int status = expression(c, n, file, out, e);
    c->prose = false;
    return status;
}
