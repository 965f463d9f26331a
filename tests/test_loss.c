/* The gradients of the loss against PyTorch's autograd (tests/reference/gradients.py): every
 * stage on the loss's path and every weight, by both engines; and what ids they have. */
#include "study/loss.h"

#include "base/memory.h"
#include "golden.h"
#include "study/rewrite.h"

static const char *const passes[][2] = {
    {"tests/data/models/post", "gradients-post"},
    {"tests/data/models/pre", "gradients-pre"},
    {"tests/data/models/deep", "gradients-deep"},
    {"tests/data/models/nobias", "gradients-nobias"},
    {"tests/data/models/one", "gradients-one"},
    {"tests/data/models/rnn-plain", "gradients-rnn-plain"},
    {"tests/data/models/rnn-wide", "gradients-rnn-wide"},
    {"tests/data/models/rnn-attention", "gradients-rnn-attention"},
    {"tests/data/models/rnn-deep", "gradients-rnn-deep"},
    {"tests/data/models/rnn-one", "gradients-rnn-one"},
    {"ko-en", "gradients-embedded"},
};
#define PASSES (sizeof passes / sizeof *passes)

struct pass {
    struct model *model;
    struct safetensors *golden;
    struct trace *fast, *slow;
};

static struct plan *plan_of(const struct pass *p, struct error *e)
{
    int32_t source[200], target[201], eos = p->model->config->eos_token_id;
    long sources = read_ids(safetensors_metadata(p->golden, "src_ids"), source, 200);
    target[0] = p->model->config->bos_token_id;
    long n = 1 + read_ids(safetensors_metadata(p->golden, "tgt_ids"), target + 1, 199);
    struct plan *plan = model_plan(p->model, source, sources, target, n, e);
    target[n] = eos;
    if (!plan || loss_add(plan, target + 1, n, e) < 0 ||
        plan_backward(plan, loss_stage(plan), 0, e) < 0)
        fail_msg("%s", e->message);
    return plan;
}

static void open_pass(size_t i, struct pass *p)
{
    struct error e = {0};
    char *path = mem_format("tests/data/golden/%s.safetensors", passes[i][1]);
    p->model = model_open(passes[i][0], &e);
    p->golden = p->model ? safetensors_open(path, &e) : NULL;
    if (!p->golden)
        fail_msg("%s", e.message);
    free(path);
    for (int engine = 0; engine < 2; engine++) {
        struct trace_options options = {.engine =
                                            engine ? ENGINE_REFERENCE : ENGINE_FAST};
        *(engine ? &p->slow : &p->fast) = trace_new(plan_of(p, &e), &options, NULL);
    }
}

static void close_pass(struct pass *p)
{
    trace_free(p->fast);
    trace_free(p->slow);
    safetensors_free(p->golden);
    model_free(p->model);
}

/* The stage that has the gradient of a tensor of the golden file. */
static int gradient_stage(const struct plan *p, const char *name)
{
    if (!strcmp(name, "loss"))
        return loss_stage(p);
    if (!strncmp(name, "weight.", 7))
        return plan_weight_gradient(p, name + 7);
    return plan_gradient(p, plan_find(p, name));
}

/* The largest of all gradients: what is 0 but for rounding is compared with it. */
static double largest(const struct pass *p)
{
    double most = 0;
    for (size_t k = 0; k < p->golden->weights.count; k++)
        if (strcmp(p->golden->weights.items[k].name, "loss") != 0)
            most = fmax(most,
                        tensor_max_magnitude(&p->golden->weights.items[k].tensor));
    return most;
}

static void check(const char *pass, struct trace *t, const struct weight *w, double share,
                  double floor)
{
    int stage = gradient_stage(trace_plan(t), w->name);
    if (stage < 0)
        fail_msg("%s: %s has no gradient", pass, w->name);
    const struct tensor *mine = trace_acquire(t, stage);
    double most = tensor_max_magnitude(&w->tensor);
    assert_int_equal(tensor_count(mine), tensor_count(&w->tensor));
    double difference = tensor_max_difference(mine, &w->tensor);
    if (!(difference <= fmax(share * most, floor)))
        fail_msg("%s: the gradient of %s differs by %.3g, its largest is %.3g", pass,
                 w->name, difference, most);
    trace_release(t, stage);
}

static void gradients_equal_pytorch(void **state)
{
    (void)state;
    for (size_t i = 0; i < PASSES; i++) {
        struct pass p;
        open_pass(i, &p);
        for (size_t k = 0; k < p.golden->weights.count; k++) {
            const struct weight *w = &p.golden->weights.items[k];
            check(passes[i][1], p.slow, w, 1e-6, 1e-12 * largest(&p));
            check(passes[i][1], p.fast, w, 1e-3, 1e-6 * largest(&p));
        }
        close_pass(&p);
    }
}

/* What PyTorch has a gradient for is all that has one here, and no id stands twice. */
static void exactly_these_have_gradients(void **state)
{
    (void)state;
    for (size_t i = 0; i < PASSES; i++) {
        struct pass p;
        open_pass(i, &p);
        const struct plan *plan = trace_plan(p.fast);
        size_t found = 0;
        for (size_t k = 0; k < plan->count; k++) {
            assert_int_equal(plan_find(plan, stage_id(&plan->stages[k])), (int)k);
            const char *name = plan->stages[k].name;
            int of = plan_gradient_of(plan, (int)k);
            bool given = of >= 0 && plan->stages[of].op == OP_SINUSOID;
            bool loss = of >= 0 && of >= loss_stage(plan) - 1; /* and what it is made of */
            bool weight = !strncmp(name, "weight.", 7) &&
                          weights_find(&p.model->weights, name + 7) >= 0;
            found += (of >= 0 && !given && !loss) || weight;
        }
        assert_int_equal(found + 1, p.golden->weights.count);
        close_pass(&p);
    }
}

/* Opened like any other number, and proved by the other engine. */
static void gradients_are_opened_and_proved(void **state)
{
    (void)state;
    for (size_t i = 1; i < 5; i++) {
        struct pass p;
        open_pass(i, &p);
        const struct plan *plan = trace_plan(p.fast);
        for (int k = 0; k < (int)plan->count; k++) {
            long cells = tensor_count(&plan->stages[k].shape);
            for (long cell = 0; cell < cells; cell += 1 + cells / 9)
                check_cell(passes[i][1], p.slow, k, cell);
            const struct tensor *a = trace_acquire(p.fast, k), *b = trace_acquire(p.slow, k);
            double limit = 1e-3 * tensor_max_magnitude(b);
            if (plan->stages[k].role == ROLE_GRADIENT &&
                !(tensor_max_difference(a, b) <= fmax(limit, 1e-6 * largest(&p))))
                fail_msg("%s: %s differs between the engines by %g", passes[i][1],
                         stage_id(&plan->stages[k]), tensor_max_difference(a, b));
            trace_release(p.fast, k);
            trace_release(p.slow, k);
        }
        close_pass(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_equal_pytorch),
        cmocka_unit_test(exactly_these_have_gradients),
        cmocka_unit_test(gradients_are_opened_and_proved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
