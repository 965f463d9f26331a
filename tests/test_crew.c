/* Training steps: gradients of a packed batch against the plain pass in double, and ten
 * steps of AdamW against PyTorch's, for every model of odd sizes and every option. */
#include "learn/crew.h"

#include "base/memory.h"
#include "learn/adam.h"
#include "learn/fuse.h"
#include "learn/pass.h"
#include "learn/penalty.h"
#include "model/safetensors.h"
#include "models.h"
#include "numbers/gradient.h"
#include "numbers/trace.h"
#include "study/loss.h"

#include <math.h>

#define MOST 64

/* A batch of sentences as supply_batch packs them, split in two where it is asked for. */
struct batch {
    int32_t source[MOST], fed[MOST], right[MOST];
    struct segment sources[8], targets[8];
    struct packed packed;
};

static void add_sentence(struct batch *b, const int32_t *source, long sources,
                         const int32_t *target, long targets, const struct config *c)
{
    struct feed_side *s = &b->packed.feed.source, *t = &b->packed.feed.target;
    b->sources[s->count++] = (struct segment){s->rows, sources, 0};
    b->targets[t->count++] = (struct segment){t->rows, targets + 1, 0};
    memcpy(b->source + s->rows, source, sizeof *source * (size_t)sources);
    memcpy(b->right + t->rows, target, sizeof *target * (size_t)targets);
    memcpy(b->fed + t->rows + 1, target, sizeof *target * (size_t)targets);
    b->fed[t->rows] = c->bos_token_id;
    b->right[t->rows + targets] = c->eos_token_id;
    s->rows += sources;
    t->rows += targets + 1;
    s->ids = b->source;
    s->spans = b->sources;
    t->ids = b->fed;
    t->spans = b->targets;
    b->packed.right = b->right;
    b->packed.rows = t->rows;
}

static const char *read_ids(const char *s, int32_t *ids, long *count)
{
    char *end;
    for (*count = 0; *s >= '0' && *s <= '9'; s = *end == ',' ? end + 1 : end)
        ids[(*count)++] = (int32_t)strtol(s, &end, 10);
    return s;
}

/* "5,2:7,3;…/…": sentences of a batch, batches. In `shares` parts, every shares-th. */
static void read_batch(const char *text, int number, int shares, struct batch *out,
                       const struct config *c)
{
    for (; number; number--)
        text = strchr(text, '/') + 1;
    memset(out, 0, sizeof *out * (size_t)shares);
    for (int i = 0; *text && *text != '/'; i++) {
        int32_t source[MOST], target[MOST];
        long sources, targets;
        text = read_ids(text, source, &sources);
        text = read_ids(text + 1, target, &targets);
        text += *text == ';';
        add_sentence(&out[i % shares], source, sources, target, targets, c);
    }
}

/* ---- the model's weights in memory of our own ---- */

struct own {
    struct model *model;
    long count;
    float *w, *m, *v;
};

static struct own take(const char *name)
{
    struct own o = {.model = open_model(name)};
    o.count = model_parameters(o.model);
    o.w = mem_alloc((size_t)o.count, sizeof *o.w);
    o.m = mem_zero((size_t)o.count, sizeof *o.m);
    o.v = mem_zero((size_t)o.count, sizeof *o.v);
    float *at = o.w;
    for (size_t i = 0; i < o.model->weights.count; i++) {
        struct tensor *t = &o.model->weights.items[i].tensor;
        memcpy(at, t->f32, tensor_bytes(t));
        t->f32 = at;
        at += tensor_count(t);
    }
    return o;
}

static void give_back(struct own *o)
{
    model_free(o->model);
    free(o->w);
    free(o->m);
    free(o->v);
}

/* ---- gradients ---- */

/* The loss by the stages of the pass that is shown, in double, penalties too. */
static struct trace *plain_pass(const struct model *m, const struct packed *b,
                                const struct recipe *r, double penalty)
{
    struct error e = {0};
    struct plan *p = model_plan_feed(m, &b->feed, &e);
    int loss = p ? loss_add_smoothed(p, b->right, b->rows, r->smoothing, &e) : -1;
    if (loss >= 0 && penalty > 0) {
        loss = penalty_add(p, r->apart, loss);
        penalty_set(p, penalty);
    }
    if (loss < 0 || plan_backward(p, loss, 0, &e) < 0)
        fail_msg("%s", e.message);
    penalty_set(p, penalty);
    return trace_new(p, &(struct trace_options){.engine = ENGINE_REFERENCE}, NULL);
}

static void compare_gradients(const struct own *o, struct trace *t, const float *mine,
                              const char *name)
{
    for (size_t i = 0; i < o->model->weights.count; i++) {
        const struct weight *w = &o->model->weights.items[i];
        int stage = plan_weight_gradient(trace_plan(t), w->name);
        const struct tensor *g = trace_acquire(t, stage);
        double limit = 1e-4 * fmax(tensor_max_magnitude(g), 1e-3);
        for (long k = 0; k < tensor_count(g); k++)
            if (!(fabs((double)mine[k] - tensor_get(g, k)) <= limit))
                fail_msg("%s: %s[%ld] is %g, in double %g", name, w->name, k,
                         (double)mine[k], tensor_get(g, k));
        mine += tensor_count(g);
        trace_release(t, stage);
    }
}

static void check_gradients(const char *name, const struct recipe *r, int workers)
{
    static const char *const text = "3,4,5,6,2:7,3,4,5;9,2:4;3,10,5,2:8,8,3/";
    char *path = mem_format("tests/data/models/%s", name);
    struct own o = take(path);
    struct batch whole, parts[2];
    struct packed shares[2];
    struct error e = {0};
    read_batch(text, 0, 1, &whole, o.model->config);
    read_batch(text, 0, workers, parts, o.model->config);
    for (int i = 0; i < workers; i++)
        shares[i] = parts[i].packed;
    struct crew *c = crew_new(o.model, r, workers);
    struct trace *t = plain_pass(o.model, &whole.packed, r, recipe_penalty(r, 5));
    for (int again = 0; again < 2; again++)
        if (crew_work(c, shares, workers, 5, &e) < 0)
            fail_msg("%s: %s", name, e.message);
    compare_gradients(&o, t, crew_gradient(c), name);
    int loss = plan_find(trace_plan(t), "loss");
    assert_near(crew_loss(c), tensor_get(trace_acquire(t, loss), 0), 1e-5);
    trace_release(t, loss);
    trace_free(t);
    crew_free(c);
    give_back(&o);
    free(path);
}

static const char *const models[] = {"post", "pre", "deep", "nobias", "one",
                                     "rnn-plain", "rnn-wide", "rnn-attention"};
#define MODELS (sizeof models / sizeof *models)

static void gradients_equal_those_of_the_plain_pass(void **state)
{
    (void)state;
    struct recipe plain = recipe_default(), smooth = plain, pressed = plain;
    smooth.smoothing = 0.1;
    pressed.entropy = 0.2;
    pressed.penalty_from = 0;
    pressed.penalty_full = 10;
    for (size_t i = 0; i < MODELS; i++) {
        check_gradients(models[i], &plain, 1);
        check_gradients(models[i], &plain, 2);
        check_gradients(models[i], &smooth, 1);
        check_gradients(models[i], &pressed, 1);
    }
}

/* ---- ten steps ---- */

/* The key's bias moves nothing: what gradient it has is rounding. */
static bool is_key_bias(const struct model *m, size_t weight, long at)
{
    const struct weight *w = &m->weights.items[weight];
    long d = (long)config_own(m->config, "d_model");
    return strstr(w->name, "in_proj_bias") && at >= d && at < 2 * d;
}

static void compare_weights(const struct own *o, const struct safetensors *golden,
                            const char *name)
{
    for (size_t i = 0; i < o->model->weights.count; i++) {
        const struct weight *w = &o->model->weights.items[i];
        int index = weights_find(&golden->weights, w->name);
        assert_true(index >= 0);
        const struct tensor *right = &golden->weights.items[index].tensor;
        for (long k = 0; k < tensor_count(&w->tensor); k++)
            if (!is_key_bias(o->model, i, k) &&
                !(fabs((double)w->tensor.f32[k] - tensor_get(right, k)) <= 2e-5))
                fail_msg("%s: %s[%ld] is %g, by PyTorch %g", name, w->name, k,
                         (double)w->tensor.f32[k], tensor_get(right, k));
    }
}

static void do_steps(struct own *o, struct crew *c, const struct safetensors *golden,
                     int workers, const char *name)
{
    int index = weights_find(&golden->weights, "losses");
    const struct tensor *losses = &golden->weights.items[index].tensor;
    const char *text = safetensors_metadata(golden, "batches");
    for (long step = 0; step < tensor_count(losses); step++) {
        struct batch parts[2];
        struct packed shares[2];
        struct error e = {0};
        read_batch(text, step % 2, workers, parts, o->model->config);
        for (int i = 0; i < workers; i++)
            shares[i] = parts[i].packed;
        if (crew_work(c, shares, workers, 100, &e) < 0)
            fail_msg("%s: %s", name, e.message);
        assert_near(crew_loss(c), tensor_get(losses, step), 2e-5);
        struct adam a = {strtod(safetensors_metadata(golden, "rate"), NULL), RECIPE_BETA1,
                         RECIPE_BETA2, RECIPE_EPSILON, RECIPE_DECAY, step + 1};
        double scale = adam_clip(crew_gradient(c), o->count, RECIPE_CLIP);
        adam_step(&a, o->w, o->m, o->v, crew_gradient(c), scale, o->count);
    }
}

static void check_steps(const char *name, int workers)
{
    char *path = mem_format("tests/data/models/%s", name), *file;
    struct own o = take(path);
    struct error e = {0};
    file = mem_format("tests/data/golden/training-%s.safetensors", name);
    struct safetensors *golden = safetensors_open(file, &e);
    if (!golden)
        fail_msg("%s", e.message);
    struct recipe r = recipe_default();
    r.smoothing = strtod(safetensors_metadata(golden, "smoothing"), NULL);
    r.entropy = strtod(safetensors_metadata(golden, "entropy"), NULL);
    r.apart = strtod(safetensors_metadata(golden, "apart"), NULL);
    r.penalty_from = r.penalty_full = 0;
    struct crew *c = crew_new(o.model, &r, workers);
    do_steps(&o, c, golden, workers, name);
    compare_weights(&o, golden, name);
    crew_free(c);
    safetensors_free(golden);
    give_back(&o);
    free(file);
    free(path);
}

static void ten_steps_equal_those_of_pytorch(void **state)
{
    (void)state;
    static const char *const names[] = {"pre",      "nobias",        "deep",    "one",
                                        "rnn-wide", "rnn-attention", "rnn-deep"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_steps(names[i], 1);
    check_steps("pre", 2);
    check_steps("nobias", 2);
    check_steps("rnn-attention", 2);
}

/* ---- what steps leave behind ---- */

/* What is left out follows from seed, step and worker: the same again, another in another
 * step; and about as much as was asked for stays in. */
static void dropout_follows_from_the_seed(void **state)
{
    (void)state;
    struct own o = take("tests/data/models/deep");
    struct recipe r = recipe_default();
    struct batch b;
    struct error e = {0};
    double losses[3];
    r.dropout = 0.5;
    read_batch("3,4,5,6,2:7,3,4,5;9,2:4/", 0, 1, &b, o.model->config);
    for (int i = 0; i < 3; i++) {
        struct crew *c = crew_new(o.model, &r, 1);
        assert_int_equal(crew_work(c, &b.packed, 1, i / 2, &e), 0);
        losses[i] = crew_loss(c);
        crew_free(c);
    }
    assert_true(losses[0] == losses[1]);
    assert_true(losses[0] != losses[2]);
    give_back(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_equal_those_of_the_plain_pass),
        cmocka_unit_test(ten_steps_equal_those_of_pytorch),
        cmocka_unit_test(dropout_follows_from_the_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
