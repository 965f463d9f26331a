/* How far back a state reaches: against PyTorch's autograd (tests/reference/rnn.py), and
 * against differences of the states themselves. */
#include "study/influence.h"

#include "base/memory.h"
#include "golden.h"

#define MOST 64

struct case_of {
    struct model *model;
    struct safetensors *golden;
    int32_t source[MOST], target[MOST];
    long sources, targets;
    struct feed feed;
};

static const char *const names[] = {"rnn-plain", "rnn-wide", "rnn-attention", "rnn-deep",
                                    "rnn-one"};
#define NAMES (sizeof names / sizeof *names)

static void open_case(const char *name, struct case_of *c)
{
    struct error e = {0};
    char *model = mem_format("tests/data/models/%s", name);
    char *file = mem_format("tests/data/golden/influence-%s.safetensors", name);
    c->model = model_open(model, &e);
    c->golden = c->model ? safetensors_open(file, &e) : NULL;
    if (!c->golden)
        fail_msg("%s", e.message);
    c->sources = read_ids(safetensors_metadata(c->golden, "src_ids"), c->source, MOST);
    c->target[0] = c->model->config->bos_token_id;
    c->targets =
        1 + read_ids(safetensors_metadata(c->golden, "tgt_ids"), c->target + 1, MOST - 1);
    c->feed = (struct feed){.source = {.ids = c->source, .rows = c->sources},
                            .target = {.ids = c->target, .rows = c->targets}};
    free(model);
    free(file);
}

static void close_case(struct case_of *c)
{
    safetensors_free(c->golden);
    model_free(c->model);
}

static void get_norms(const struct case_of *c, enum engine engine, const char *stage,
                      double *norms)
{
    struct whatifs none = {0};
    struct run run = {c->model, &none, {.engine = engine}};
    struct error e = {0};
    if (influence_through_time(&run, &c->feed, stage, norms, &e) < 0)
        fail_msg("%s", e.message);
}

/* ---- PyTorch ---- */

static void norms_equal_those_of_pytorch(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        struct case_of c;
        open_case(names[i], &c);
        assert_true(c.golden->weights.count >= 2);
        for (size_t k = 0; k < c.golden->weights.count; k++) {
            const struct weight *right = &c.golden->weights.items[k];
            for (int engine = 0; engine < 2; engine++) {
                double norms[MOST];
                get_norms(&c, engine ? ENGINE_REFERENCE : ENGINE_FAST, right->name,
                          norms);
                for (long row = 0; row < right->tensor.size[0]; row++) {
                    double x = tensor_get(&right->tensor, row);
                    if (!(fabs(norms[row] - x) <= (engine ? 1e-6 : 1e-4) * x))
                        fail_msg("%s, %s, row %ld: %g, PyTorch says %g", names[i],
                                 right->name, row, norms[row], x);
                }
            }
        }
        close_case(&c);
    }
}

/* ---- differences ---- */

/* The last state that follows from `h`, the state of a row, with the rows of a behind it. */
static void go_on(const struct tensor *a, const struct tensor *w, const struct tensor *b,
                  long row, double *h)
{
    long n = a->size[0], d = a->size[1];
    double out[MOST * MOST];
    struct tensor rows = {.type = TENSOR_F64, .rank = 2, .size = {n - row - 1, d},
                          .f64 = a->f64 + (row + 1) * d};
    struct tensor start = {.type = TENSOR_F64, .rank = 2, .size = {1, d}, .f64 = h};
    struct tensor states = rows;
    states.f64 = out;
    struct op_call call = {.in = {&rows, w, b, &start}, .out = &states};
    op_get(OP_RNN)->naive(&call);
    memcpy(h, out + (n - row - 2) * d, sizeof *h * (size_t)d);
}

/* √Σ of the squares of (h_T(h_t + step) - h_T(h_t - step)) / 2·step. */
static double measured(struct trace *t, int stage, long row)
{
    const double step = 1e-5;
    const struct stage *s = &trace_plan(t)->stages[stage];
    const struct tensor *h = trace_acquire(t, stage);
    const struct tensor *a = trace_acquire_ref(t, s->in[0]);
    const struct tensor *w = plan_shape(trace_plan(t), s->in[1]);
    const struct tensor *b = plan_shape(trace_plan(t), s->in[2]);
    double squares = 0;
    long d = h->size[1];
    for (long i = 0; i < d; i++) {
        double up[MOST], down[MOST];
        memcpy(up, h->f64 + row * d, sizeof *up * (size_t)d);
        memcpy(down, up, sizeof *up * (size_t)d);
        up[i] += step;
        down[i] -= step;
        go_on(a, w, b, row, up);
        go_on(a, w, b, row, down);
        for (long k = 0; k < d; k++)
            squares += pow((up[k] - down[k]) / (2 * step), 2);
    }
    trace_release_ref(t, s->in[0]);
    trace_release(t, stage);
    return sqrt(squares);
}

static void norms_equal_what_is_measured(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        struct case_of c;
        struct error e = {0};
        open_case(names[i], &c);
        struct plan *p = model_plan_feed(c.model, &c.feed, &e);
        assert_non_null(p);
        struct trace *t = trace_new(
            p, &(struct trace_options){.engine = ENGINE_REFERENCE}, NULL);
        for (int stage = 0; stage < (int)p->count; stage++) {
            double norms[MOST];
            long n = p->stages[stage].shape.size[0], d = p->stages[stage].shape.size[1];
            if (p->stages[stage].role != ROLE_STATE)
                continue;
            get_norms(&c, ENGINE_REFERENCE, stage_id(&p->stages[stage]), norms);
            for (long row = 0; row + 1 < n; row++) {
                double x = measured(t, stage, row);
                assert_true(x > 0 && fabs(norms[row] - x) <= 1e-6 * fmax(1, x));
            }
            assert_near(norms[n - 1], sqrt((double)d), 1e-12);
        }
        trace_free(t);
        close_case(&c);
    }
}

/* ---- errors ---- */

static void what_is_no_state_is_said(void **state)
{
    (void)state;
    struct case_of c;
    struct whatifs none = {0};
    double norms[MOST];
    open_case("rnn-attention", &c);
    struct run run = {c.model, &none, {0}};
    struct error e = {0};
    assert_int_equal(influence_through_time(&run, &c.feed, "logits", norms, &e), -1);
    assert_string_equal(e.message,
                        "logits: it has no states that are handed on from row to row");
    e = (struct error){0};
    assert_int_equal(influence_through_time(&run, &c.feed, "encoder.7.hidden", norms, &e),
                     -1);
    assert_contains(e.message, "this pass has no such stage");
    close_case(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(norms_equal_those_of_pytorch),
        cmocka_unit_test(norms_equal_what_is_measured),
        cmocka_unit_test(what_is_no_state_is_said),
    };
    return cmocka_run_group_tests_name("influence", tests, NULL, NULL);
}
