/* A recurrent layer against torch.nn.RNN (tests/reference/ops.py): all states, and the
 * gradients of the sum of the last one, through time; both engines. */
#include "model/safetensors.h"

#include "base/memory.h"
#include "numbers/explain.h"
#include "numbers/gradient.h"

#include "golden.h"

#define GOLDEN "tests/data/golden/ops.safetensors"

struct layer {
    const struct safetensors *file;
    int number;
    struct plan *plan;
};

static char *name_of(const struct layer *l, const char *part)
{
    return mem_format("rnn.%d.%s", l->number, part);
}

static struct ref weight(const struct layer *l, const char *part)
{
    char *name = name_of(l, part);
    struct ref ref = plan_weight_if_any(l->plan, name, part);
    free(name);
    return ref;
}

static struct ref add(const struct layer *l, const char *id, enum op_id op, struct ref a,
                      struct ref b, struct ref c, struct ref d, struct op_params params)
{
    return plan_add(l->plan, (struct stage){.name = id, .symbol = id, .op = op,
                                            .role = ROLE_STATE, .in = {a, b, c, d},
                                            .params = params});
}

/* a = x·W_ihᵀ + b_ih, the states h, and the sum of the last of them. */
static struct trace *open_layer(struct layer *l, enum engine engine)
{
    static float ones[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct error e = {0};
    struct ref no = {0};
    struct op_params none = {0};
    struct plan *p = l->plan = plan_new(&l->file->weights);
    struct ref a = add(l, "a", OP_LINEAR, weight(l, "x"), weight(l, "w_ih"),
                       weight(l, "b_ih"), no, none);
    struct ref h = add(l, "h", OP_RNN, a, weight(l, "w_hh"), weight(l, "b_hh"),
                       weight(l, "h_0"), none);
    const struct tensor *states = plan_shape(p, h);
    long rows = states->size[0], d = states->size[1];
    struct ref last = add(l, "last", OP_ROWS, h, no, no, no,
                          (struct op_params){.integer = rows - 1, .size = {1, 0}});
    struct tensor one = {.type = TENSOR_F32, .rank = 2, .size = {1, d}, .f32 = ones};
    struct ref sum = add(l, "sum", OP_LINEAR, last, plan_given(p, "ones", one), no, no,
                         none);
    assert_true(d <= (long)(sizeof ones / sizeof *ones));
    if (p->error.set || plan_backward(p, sum.index, 0, &e) < 0)
        fail_msg("%s%s", p->error.message, e.message);
    return trace_new(p, &(struct trace_options){.engine = engine}, NULL);
}

/* The values of a stage against those of the file. */
static void check(const struct layer *l, struct trace *t, int stage, const char *part,
                  double tolerance)
{
    char *name = name_of(l, part);
    int found = weights_find(&l->file->weights, name);
    if (stage < 0 || found < 0)
        fail_msg("%s is missing", name);
    const struct tensor *right = &l->file->weights.items[found].tensor;
    const struct tensor *mine = trace_acquire(t, stage);
    double difference = tensor_max_difference(mine, right);
    if (!(difference <= tolerance * fmax(1, tensor_max_magnitude(right))))
        fail_msg("%s: differs by %g from PyTorch", name, difference);
    trace_release(t, stage);
    free(name);
}

static void check_gradients(const struct layer *l, struct trace *t, double tolerance)
{
    static const char *const parts[] = {"x", "w_ih", "w_hh", "b_ih", "b_hh", "h_0"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char *name = name_of(l, parts[i]), *grad = mem_format("grad.%s", parts[i]);
        if (weights_find(&l->file->weights, name) >= 0)
            check(l, t, plan_weight_gradient(l->plan, name), grad, tolerance);
        free(name);
        free(grad);
    }
}

static bool has_case(const struct safetensors *f, int number)
{
    struct layer l = {f, number, NULL};
    char *name = name_of(&l, "x");
    bool has = weights_find(&f->weights, name) >= 0;
    free(name);
    return has;
}

static void a_layer_equals_pytorch(void **state)
{
    (void)state;
    struct error e = {0};
    struct safetensors *f = safetensors_open(GOLDEN, &e);
    if (!f)
        fail_msg("%s", e.message);
    int cases = 0;
    for (; has_case(f, cases + 1); cases++)
        for (int engine = 0; engine < 2; engine++) {
            struct layer l = {f, cases + 1, NULL};
            struct trace *t = open_layer(&l, engine ? ENGINE_REFERENCE : ENGINE_FAST);
            check(&l, t, plan_find(l.plan, "h"), "h", engine ? 2e-7 : 2e-6);
            check_gradients(&l, t, engine ? 2e-7 : 2e-5);
            check_explanations("rnn", t);
            trace_free(t);
        }
    assert_int_equal(cases, 4);
    safetensors_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_layer_equals_pytorch)};
    return cmocka_run_group_tests_name("safetensors-rnn", tests, NULL, NULL);
}
