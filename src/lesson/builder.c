#include "lesson/builder.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define CELLS_MOST (4L << 20)

void compiler_begin(struct compiler *c, enum engine engine)
{
    c->plan = plan_new(NULL);
    c->engine = engine;
    c->prose = false;
    c->written_count = 0;
    c->learned_count = 0;
}

void compiler_free(struct compiler *c)
{
    for (size_t i = 0; i < c->pin_count; i++)
        trace_release(c->pins[i].trace, c->pins[i].stage);
    for (size_t i = 0; i < c->memory_count; i++)
        free(c->memory[i]);
    for (size_t i = 0; i < c->label_count; i++) {
        labels_free(c->labels[i]);
        free(c->labels[i]);
    }
    free(c->written);
    free(c->learned);
    free(c->pins);
    free(c->memory);
    free(c->labels);
}

/* ---- matrices from outside ---- */

void *compiler_keep(struct compiler *c, void *memory)
{
    c->memory =
        mem_grow(c->memory, c->memory_count, &c->memory_capacity, sizeof *c->memory);
    return c->memory[c->memory_count++] = memory;
}

struct labels *compiler_labels(struct compiler *c)
{
    c->labels =
        mem_grow(c->labels, c->label_count, &c->label_capacity, sizeof *c->labels);
    return c->labels[c->label_count++] = mem_zero(1, sizeof(struct labels));
}

struct labels *compiler_texts(struct compiler *c, const char *const *texts)
{
    struct labels *l = compiler_labels(c);
    for (; *texts; texts++)
        labels_add(l, (struct label){.text = mem_string(*texts), .word = -1});
    return l;
}

struct labels *compiler_number_labels(struct compiler *c, const double *numbers,
                                      long count, int step)
{
    struct labels *l = compiler_labels(c);
    for (long i = 0; i < count; i++)
        labels_add(l, (struct label){.text = mem_format("%.10g", numbers[i * step]),
                                     .word = -1});
    return l;
}

void compiler_copy_label(struct labels *to, const struct label *from)
{
    labels_add(to, (struct label){.text = mem_string(from->text),
                                  .gloss = from->gloss ? mem_string(from->gloss) : NULL,
                                  .roman = from->roman ? mem_string(from->roman) : NULL,
                                  .classes =
                                      from->classes ? mem_string(from->classes) : NULL,
                                  .id = from->id,
                                  .word = from->word,
                                  .special = from->special,
                                  .unknown = from->unknown});
}

struct ref compiler_given(struct compiler *c, const char *name, struct tensor tensor,
                          const struct axis axes[TENSOR_MAX_RANK])
{
    /* the fast kernels read floats only */
    if (c->engine == ENGINE_FAST && tensor.type == TENSOR_F64) {
        long n = tensor_count(&tensor);
        float *copy = compiler_keep(c, mem_alloc((size_t)n, sizeof *copy));
        for (long i = 0; i < n; i++)
            copy[i] = (float)tensor.f64[i];
        tensor.type = TENSOR_F32;
        tensor.f32 = copy;
    }
    struct ref ref = plan_given(c->plan, name, tensor);
    memcpy(c->plan->parts[ref.index].axes, axes, sizeof(struct axis) * TENSOR_MAX_RANK);
    return ref;
}

struct ref compiler_matrix(struct compiler *c, const char *name, double *numbers,
                           long rows, long columns, struct axis row, struct axis column)
{
    struct tensor t = {.type = TENSOR_F64, .rank = 2, .size = {rows, columns}};
    struct axis axes[TENSOR_MAX_RANK] = {row, column};
    char *inner = name ? NULL : mem_format("%s.%d", c->statement, ++c->inner);
    t.f64 = compiler_keep(c, numbers);
    struct ref ref = compiler_given(c, name ? name : inner, t, axes);
    free(inner);
    return ref;
}

struct ref compiler_pin(struct compiler *c, const char *name, struct trace *trace,
                        int stage, const struct axis axes[TENSOR_MAX_RANK])
{
    c->pins = mem_grow(c->pins, c->pin_count, &c->pin_capacity, sizeof *c->pins);
    c->pins[c->pin_count++] = (struct pinned){trace, stage};
    return compiler_given(c, name, *trace_acquire(trace, stage), axes);
}

bool compiler_find_part(const struct compiler *c, const char *name, struct ref *ref)
{
    for (size_t i = 0; i < c->plan->part_count; i++)
        if (!strcmp(c->plan->parts[i].name, name)) {
            *ref = (struct ref){REF_WEIGHT, (int)i};
            return true;
        }
    return false;
}

/* ---- stages ---- */

const struct axis *compiler_axes(const struct compiler *c, struct ref ref)
{
    return ref.kind == REF_STAGE ? c->plan->stages[ref.index].axes
                                 : c->plan->parts[ref.index].axes;
}

const struct tensor *compiler_shape(const struct compiler *c, struct ref ref)
{
    return plan_shape(c->plan, ref);
}

/* The axis of the rows, and of the columns. */
struct axis compiler_row_axis(const struct compiler *c, struct ref ref)
{
    int rank = compiler_shape(c, ref)->rank;
    return rank > 1 ? compiler_axes(c, ref)[rank - 2] : (struct axis){0};
}

struct axis compiler_column_axis(const struct compiler *c, struct ref ref)
{
    return compiler_axes(c, ref)[compiler_shape(c, ref)->rank - 1];
}

/* An op says what it needs; what it was given is said here: "given 2 × 2 and 1 × 3". */
static int not_fitting(const struct compiler *c, const struct stage *spec,
                       const struct error *own, struct error *e)
{
    struct buffer b = {0};
    for (int i = 0; i < OP_MAX_INPUTS; i++) {
        const struct tensor *t = plan_shape(c->plan, spec->in[i]);
        for (int axis = 0; t && axis < t->rank; axis++)
            buffer_addf(&b, "%s%ld",
                        axis       ? " × "
                        : b.length ? " and "
                                   : "; given: ",
                        t->size[axis]);
    }
    error_set(e, "%s%s", own->message, b.data ? b.data : "");
    buffer_free(&b);
    return -1;
}

/* What the stage would be, before the plan holds it: a plan is computed as a whole. */
static int check_shape(const struct compiler *c, const struct stage *spec, const char *id,
                       struct error *e)
{
    struct tensor shape = {0};
    struct op_call call = {.params = spec->params, .out = &shape};
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        call.in[i] = plan_shape(c->plan, spec->in[i]);
    struct error own = {0};
    if (op_set_shape(spec->op, &call, &own) < 0)
        return not_fitting(c, spec, &own, e);
    if (tensor_count(&shape) > CELLS_MOST)
        return error_set(e, "%s would have more than 4 million cells; make it smaller",
                         id);
    return 0;
}

/* Adds a stage; `name` NULL: an inner one, "s.1". */
int compiler_add(struct compiler *c, const char *name, struct stage spec,
                 struct made *out, struct error *e)
{
    char *id = name ? mem_string(name) : mem_format("%s.%d", c->statement, ++c->inner);
    /* a name may be used again in a later scene */
    for (int again = 2; plan_find(c->plan, id) >= 0; again++) {
        free(id);
        id = mem_format("%s'%d", name ? name : c->statement, again);
    }
    spec.name = spec.symbol = plan_text(c->plan, id);
    spec.role = c->prose                   ? ROLE_PROSE
                : spec.op == OP_SOFTMAX ? ROLE_COMPUTED_SHARE
                                        : ROLE_COMPUTED;
    int status = check_shape(c, &spec, id, e);
    if (status == 0)
        *out = (struct made){.ref = plan_add(c->plan, spec)};
    free(id);
    return status;
}

struct stage compiler_cells(struct ref x, long first, int rank,
                            const int32_t size_and_step[])
{
    return (struct stage){
        .op = OP_CELLS,
        .in = {x},
        .params = {.integer = first, .ids = size_and_step, .size = {2l * rank, 0}}};
}

void stage_set_axes(struct stage *s, struct axis a, struct axis b, struct axis d)
{
    s->axes[0] = a;
    s->axes[1] = b;
    s->axes[2] = d;
}

/* The axes of a two-dimensional result, behind the heads if there are some. */
void compiler_set_plane(const struct compiler *c, struct stage *s, struct ref like,
                        struct axis row, struct axis column)
{
    if (compiler_shape(c, like)->rank == 3)
        stage_set_axes(s, (struct axis){AXIS_HEAD, SIDE_NONE, NULL}, row, column);
    else
        stage_set_axes(s, row, column, (struct axis){0});
}

static bool number_of(void *data, const char *name, double *number)
{
    struct compiler *c = data;
    char *text = mem_string(name);
    struct node n = {.kind = NODE_NAME, .text = text};
    struct made made = {0};
    bool found = c->look_up(c->data, &n, &made, &(struct error){0}) == 0;
    free(text);
    *number = made.number;
    return found && made.is_number;
}

struct slice_names compiler_names(struct compiler *c)
{
    return (struct slice_names){number_of, c};
}

void compiler_set_reduced(const struct compiler *c, struct stage *s)
{
    struct axis none = {AXIS_TOKEN, SIDE_NONE, NULL};
    struct axis number = {AXIS_FEATURE, SIDE_NONE, NULL};
    if (s->params.number == 1)
        stage_set_axes(s, none, compiler_column_axis(c, s->in[0]), (struct axis){0});
    else if (s->params.number == 2)
        stage_set_axes(s, compiler_row_axis(c, s->in[0]), number, (struct axis){0});
    else
        stage_set_axes(s, number, (struct axis){0}, (struct axis){0});
}
