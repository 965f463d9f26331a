#include "lesson/measured.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "lesson/argument.h"
#include "lesson/outputs.h"
#include "lesson/slice.h"
#include "model/weight_names.h"
#include "numbers/gradient.h"
#include "study/influence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct axis number_axis = {AXIS_FEATURE, SIDE_NONE, NULL};

/* Two columns; their rows are called after the first number. Takes the numbers. */
static struct ref pairs(struct compiler *c, const char *name, double *numbers, long rows,
                        const char *one, const char *two)
{
    struct axis each = {AXIS_TOKEN, SIDE_NONE,
                        compiler_number_labels(c, numbers, rows, 2)};
    struct axis both = {AXIS_FEATURE, SIDE_NONE,
                        compiler_texts(c, (const char *const[]){one, two, NULL})};
    return compiler_matrix(c, name, numbers, rows, 2, each, both);
}

/* ---- parameters('encoder self-attention') ---- */

static int make_parameters(struct compiler *c, const struct node *n, const char *name,
                           struct made *out, struct error *e)
{
    (void)name;
    const struct model *m = c->session->model;
    if (argument_check(n, 0, 1, NULL, NULL, e) < 0)
        return -1;
    const char *of = n->count ? argument_text(c, n, 0, e) : NULL;
    if (n->count && !of)
        return -1;
    long count = weight_names_count(m, of);
    if (count < 0)
        return error_set(e,
                         "parameters: there is no component or place '%.60s'; "
                         "\"stepformer model --weights\" lists them",
                         of);
    *out = (struct made){.is_number = true, .number = (double)count};
    return 0;
}

/* ---- curve('train_loss'), curve('train_loss', 400) ---- */

/* The column of a header line, "step\ttrain_loss"; -1 for none. */
static int find_column(const char *header, const char *name)
{
    int column = 0;
    size_t length = strlen(name);
    for (const char *s = header;; column++) {
        size_t n = strcspn(s, "\t\r\n");
        if (n == length && !strncmp(s, name, n))
            return column;
        if (s[n] != '\t')
            return -1;
        s += n + 1;
    }
}

/* The number in a column of a line; false when the cell is empty. */
static bool cell_of(const char *line, int column, double *x)
{
    for (; column > 0; column--) {
        line += strcspn(line, "\t\n");
        if (*line != '\t')
            return false;
        line++;
    }
    char *end;
    *x = strtod(line, &end);
    return end != line && (*end == '\t' || *end == '\n' || *end == '\r' || !*end);
}

/* Steps and values, two numbers each. NULL with an error; caller frees. */
static double *read_curve(const char *text, const char *column, size_t *count,
                          struct error *e)
{
    int at = find_column(text, column);
    double *numbers = NULL, x[2];
    size_t capacity = 0;
    *count = 0;
    for (const char *line = strchr(text, '\n'); at >= 0 && line && line[1];
         line = strchr(line + 1, '\n'))
        if (cell_of(line + 1, 0, &x[0]) && cell_of(line + 1, at, &x[1])) {
            numbers = mem_grow(numbers, *count + 1, &capacity, sizeof *numbers);
            numbers[(*count)++] = x[0];
            numbers[(*count)++] = x[1];
        }
    if (!numbers)
        error_set(e, "curve: no column '%.40s' is recorded; loss.tsv begins with: %.*s",
                  column, (int)strcspn(text, "\r\n"), text);
    return numbers;
}

#define CURVE_MOST (1L << 22) /* bytes of loss.tsv */

static int make_curve(struct compiler *c, const struct node *n, const char *name,
                      struct made *out, struct error *e)
{
    double step = 0;
    if (argument_check(n, 1, 2, NULL, NULL, e) < 0 ||
        (n->count > 1 && argument_number(c, n, 1, &step, e) < 0))
        return -1;
    const char *column = argument_text(c, n, 0, e);
    char *path = column ? model_file(c->session->model, "loss.tsv") : NULL;
    size_t length, count = 0;
    char *text = path ? file_read(path, CURVE_MOST, &length, e) : NULL;
    if (column && !path)
        error_set(e, "curve: the model brings no loss.tsv: its training is not recorded; "
                     "take a model that was trained by this program");
    double *numbers = text ? read_curve(text, column, &count, e) : NULL;
    free(path);
    free(text);
    if (!numbers)
        return -1;
    if (n->count == 1) {
        *out = (struct made){
            .ref = pairs(c, name, numbers, (long)count / 2, "step", column)};
        return 0;
    }
    size_t i = 0;
    while (i < count && numbers[i] != step)
        i += 2;
    bool found = i < count;
    if (found)
        *out = (struct made){.is_number = true, .number = numbers[i + 1]};
    free(numbers);
    return found ? 0
                 : error_set(e,
                             "curve: nothing is recorded for step %g; leave the step "
                             "out to see all",
                             step);
}

/* ---- time(n): milliseconds of a pass over n tokens, measured now ---- */

#define PASSES 3

/* The fastest of some passes over n tokens of each side. */
static int measure(const struct session *s, long n, double *milliseconds, struct error *e)
{
    const struct model *m = s->run.model;
    int32_t *ids = mem_zero((size_t)n, sizeof *ids);
    *milliseconds = INFINITY;
    int status = 0;
    for (int i = 0; i < PASSES && status == 0; i++) {
        double begin = clock_now();
        struct plan *p = model_plan(m, ids, n, ids, m->family->two_sides ? n : 0, e);
        status = p ? 0 : -1;
        if (!p)
            break;
        struct trace_options options = {.engine = ENGINE_FAST};
        struct trace *t = trace_new(p, &options, NULL);
        int last = plan_find_role(trace_plan(t), ROLE_LOGITS);
        if (last < 0)
            last = (int)trace_plan(t)->count - 1;
        trace_acquire(t, last);
        trace_release(t, last);
        trace_free(t);
        *milliseconds = fmin(*milliseconds, clock_now() - begin);
    }
    free(ids);
    return status;
}

static int make_time(struct compiler *c, const struct node *n, const char *name,
                     struct made *out, struct error *e)
{
    if (argument_check(n, 1, 1, NULL, NULL, e) < 0)
        return -1;
    const struct node *list = n->children[0];
    bool many = list->kind == NODE_MATRIX && list->rows == 1 && !list->count;
    double one = 0;
    if (!many && argument_number(c, n, 0, &one, e) < 0)
        return -1;
    long count = many ? list->columns : 1;
    double *numbers = mem_zero((size_t)(2 * count), sizeof *numbers);
    int status = 0;
    for (long i = 0; i < count && status == 0; i++) {
        double tokens = many ? list->cells[i] : one;
        numbers[2 * i] = tokens;
        if (!(tokens >= 1 && tokens <= 4096 && tokens == floor(tokens)))
            status = error_set(e, "time: give it 1 to 4096 tokens, or a list of such "
                                  "numbers: time([8, 16, 32])");
        else
            status = measure(c->session, (long)tokens, &numbers[2 * i + 1], e);
    }
    if (status == 0 && many) {
        *out = (struct made){.ref = pairs(c, name, numbers, count, "tokens", "ms")};
        return 0;
    }
    *out = (struct made){.is_number = true, .number = numbers[1]};
    free(numbers);
    return status;
}

/* ---- jacobian_norm(B[r,:], A) ---- */

/* A stage of a run, maybe with a part. */
struct place {
    struct session *session;
    const char *id;
    int stage;
    struct slice some;
    struct axis row;
};

static int read_place(struct compiler *c, const struct node *n, struct place *out,
                      struct error *e)
{
    const struct node *name = n->kind == NODE_INDEX ? n->children[0] : n;
    if (name->kind != NODE_NAME)
        return error_set(e, "the name of a stage must be given, maybe with its rows, "
                            "such as src.embedding[1,:]");
    out->session = c->find_run(c->data, name->text, &out->id, e);
    if (!out->session)
        return -1;
    const struct plan *p = trace_plan(out->session->trace);
    out->stage = plan_find(p, out->id);
    if (out->stage < 0)
        return error_set(e, "%s: this run has no such stage; \"stepformer stages TEXT\" "
                            "lists them", name->text);
    const struct stage *stage = &p->stages[out->stage];
    struct label_sets sets = session_label_sets(out->session);
    const struct labels *labels[TENSOR_MAX_RANK];
    if (stage->shape.rank != 2)
        return error_set(e, "%s has heads; take a stage of rows and columns", name->text);
    for (int i = 0; i < TENSOR_MAX_RANK; i++)
        labels[i] = labels_of_axis(&sets, stage->axes[i]);
    out->row = stage->axes[0];
    out->row.own = labels[0];
    out->some = slice_whole(&stage->shape);
    return n->kind == NODE_INDEX ? slice_read(n, &stage->shape, labels, compiler_names(c),
                                              &out->some, e)
                                 : 0;
}

/* For every row of A the derivatives of row r of B by it, in a row each. NULL with an
 * error; caller frees. */
static double *derivatives(struct session *s, const struct place *b,
                           const struct place *a, long *columns, struct error *e)
{
    const struct plan *p = trace_plan(s->trace);
    long width = p->stages[b->stage].shape.size[1], many = b->some.count[1];
    long rows = a->some.count[0], d = p->stages[a->stage].shape.size[1];
    double *all = mem_zero((size_t)(rows * many * d), sizeof *all);
    *columns = many * d;
    struct session *fork = session_fork(s, &(struct session_change){0}, e);
    int status = fork ? 0 : -1;
    for (long j = 0; j < many && status == 0; j++) {
        long cell = b->some.first[0] * width + b->some.first[1] + j;
        status = session_add_gradients_of(fork, b->stage, cell, e);
        int g = status < 0 ? -1 : plan_gradient(trace_plan(fork->trace), a->stage);
        if (g < 0)
            continue; /* it does not hang on A: 0 */
        const struct tensor *t = trace_acquire(fork->trace, g);
        for (long r = 0; r < rows; r++)
            for (long k = 0; k < d; k++)
                all[(r * many + j) * d + k] =
                    tensor_get(t, (a->some.first[0] + r) * d + k);
        trace_release(fork->trace, g);
    }
    session_free(fork);
    if (status == 0)
        return all;
    free(all);
    return NULL;
}

/* √ of the sums of the squares of each row, as a row: with ops, so that it opens. */
static int add_norms(struct compiler *c, struct ref x, long columns, struct axis rows,
                     const char *name, struct made *out, struct error *e)
{
    struct made square;
    double *ones = mem_alloc((size_t)columns, sizeof *ones);
    for (long i = 0; i < columns; i++)
        ones[i] = 1;
    struct ref one =
        compiler_matrix(c, NULL, ones, 1, columns,
                        (struct axis){AXIS_TOKEN, SIDE_NONE, NULL}, number_axis);
    struct stage s = {.op = OP_MULTIPLY, .in = {x, x}, .axes = {rows, number_axis}};
    if (compiler_add(c, NULL, s, &square, e) < 0)
        return -1;
    struct stage sum = {.op = OP_LINEAR, .in = {one, square.ref}};
    stage_set_axes(&sum, (struct axis){AXIS_TOKEN, SIDE_NONE, NULL}, rows,
                   (struct axis){0});
    if (compiler_add(c, NULL, sum, out, e) < 0)
        return -1;
    struct stage root = {.op = OP_SQRT, .in = {out->ref}};
    memcpy(root.axes, sum.axes, sizeof root.axes);
    return compiler_add(c, name, root, out, e);
}

#define DERIVATIVES_MOST (1L << 20)

static int make_jacobian_norm(struct compiler *c, const struct node *n, const char *name,
                              struct made *out, struct error *e)
{
    struct place b, a;
    if (argument_check(n, 2, 2, NULL, NULL, e) < 0 ||
        read_place(c, n->children[0], &b, e) < 0 ||
        read_place(c, n->children[1], &a, e) < 0)
        return -1;
    if (b.session != a.session)
        return error_set(e, "jacobian_norm: both must be stages of one run");
    if (!b.some.one[0])
        return error_set(e, "jacobian_norm: its first argument must be one row: B[2,:]");
    const struct plan *p = trace_plan(a.session->trace);
    long d = p->stages[a.stage].shape.size[1], columns;
    if (a.some.count[0] * b.some.count[1] * d > DERIVATIVES_MOST)
        return error_set(e, "jacobian_norm: that would be more than a million "
                            "derivatives; take one row of A: A[1,:]");
    double *all = derivatives(a.session, &b, &a, &columns, e);
    if (!all)
        return -1;
    struct axis rows = a.row;
    if (a.some.count[0] != p->stages[a.stage].shape.size[0])
        rows.own = NULL;
    struct ref x =
        compiler_matrix(c, NULL, all, a.some.count[0], columns, rows, number_axis);
    if (add_norms(c, x, columns, rows, name, out, e) < 0)
        return -1;
    out->one = a.some.one[0];
    return 0;
}

/* ---- influence(STATES) ---- */

/* A row: how much the last state hangs on each, by study/influence.h. */
static int make_influence(struct compiler *c, const struct node *n, const char *name,
                          struct made *out, struct error *e)
{
    struct place states;
    if (argument_check(n, 1, 1, NULL, NULL, e) < 0 ||
        read_place(c, n->children[0], &states, e) < 0)
        return -1;
    const struct session *s = states.session;
    struct feed feed = {.source = {.ids = s->source, .rows = s->sources}};
    if (s->model->family->two_sides)
        feed.target = (struct feed_side){.ids = s->target, .rows = s->targets};
    long rows = trace_plan(s->trace)->stages[states.stage].shape.size[0];
    double *norms = mem_alloc((size_t)rows, sizeof *norms);
    if (influence_through_time(&s->run, &feed, states.id, norms, e) < 0) {
        free(norms);
        return -1;
    }
    struct axis one = {AXIS_TOKEN, SIDE_NONE, NULL};
    *out =
        (struct made){.ref = compiler_matrix(c, name, norms, 1, rows, one, states.row)};
    return 0;
}

/* ---- the table ---- */

static const struct {
    const char *name;
    measured_make *make;
} functions[] = {{"parameters", make_parameters},
                 {"curve", make_curve},
                 {"time", make_time},
                 {"jacobian_norm", make_jacobian_norm},
                 {"influence", make_influence},
                 {"beam", outputs_beam},
                 {"sample", outputs_sample}};

const char *const measured_functions =
    "parameters curve time jacobian_norm influence beam sample";

bool measured_of_model(const char *name)
{
    return !strcmp(name, "parameters") || !strcmp(name, "curve") || !strcmp(name, "time");
}

measured_make *measured_find(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (!strcmp(functions[i].name, name))
            return functions[i].make;
    return NULL;
}
