/* Decoding of untrained models: it ends, its limits hold, and each token is the one that the
 * model gives the largest logit. */
#include "study/decode.h"

#include "base/memory.h"
#include "support.h"

#include <math.h>

static const int32_t source[] = {5, 9, 12, 2};
#define SOURCES 4

static struct model *open_model(const char *name)
{
    struct error e = {0};
    struct model *m = model_open(name, &e);
    if (!m)
        fail_msg("%s: %s", name, e.message);
    return m;
}

static long decode(const struct model *m, long sources, long most, int32_t **ids)
{
    struct error e = {0};
    long n = -1;
    if (decode_greedy(m, source, sources, most, &(struct trace_options){0}, ids, &n, &e) < 0)
        fail_msg("%s", e.message);
    return n;
}

static void the_limit_is_the_smaller_one(void **state)
{
    (void)state;
    struct model *m = open_model("random:max_positions=20");
    assert_int_equal(decode_limit(m, 1), 12);
    assert_int_equal(decode_limit(m, 5), 20);
    assert_int_equal(decode_limit(m, 20), 20);
    model_free(m);
}

/* Untrained models rarely say eos: they run into the limit, and not beyond it. */
static void broken_models_end(void **state)
{
    (void)state;
    static const int seeds = 25;
    long at_limit = 0;
    for (int seed = 0; seed < seeds; seed++) {
        char *name = mem_format("random:d_model=16,nhead=2,vocab_size=40,seed=%d", seed);
        struct model *m = open_model(name);
        int32_t *ids;
        long n = decode(m, SOURCES, 0, &ids);
        assert_true(n >= 0 && n <= decode_limit(m, SOURCES));
        at_limit += n == decode_limit(m, SOURCES);
        for (long i = 0; i < n; i++)
            assert_true(ids[i] >= 0 && ids[i] < 40 && ids[i] != m->config->eos_token_id);
        free(ids);
        model_free(m);
        free(name);
    }
    assert_true(at_limit > 0);
}

/* Bos and the output must fit the positions of the model. */
static void output_fits_the_positions(void **state)
{
    (void)state;
    for (int positions = 4; positions < 9; positions++)
        for (int seed = 0; seed < 8; seed++) {
            char *name = mem_format("random:d_model=16,nhead=2,vocab_size=40,seed=%d,"
                                    "position=learned,max_positions=%d", seed, positions);
            struct model *m = open_model(name);
            struct error e = {0};
            int32_t *ids, *target;
            long n = decode(m, SOURCES, 0, &ids);
            assert_true(n + 1 <= positions);
            target = mem_alloc((size_t)n + 1, sizeof *target);
            target[0] = m->config->bos_token_id;
            memcpy(target + 1, ids, sizeof *ids * (size_t)n);
            struct plan *p = model_plan(m, source, SOURCES, target, n + 1, &e);
            assert_non_null(p);
            plan_free(p);
            free(target);
            free(ids);
            model_free(m);
            free(name);
        }
}

static void at_most_as_many_as_asked(void **state)
{
    (void)state;
    struct model *m = open_model("random:d_model=16,nhead=2,vocab_size=40,seed=3");
    int32_t *all, *some;
    long n = decode(m, SOURCES, 0, &all);
    for (long most = 1; most < 6; most++) {
        long k = decode(m, SOURCES, most, &some);
        assert_int_equal(k, n < most ? n : most);
        assert_memory_equal(some, all, sizeof *all * (size_t)k);
        free(some);
    }
    long k = decode(m, SOURCES, 1000000, &some); /* asking for more changes no limit */
    assert_int_equal(k, n);
    free(some);
    free(all);
    model_free(m);
}

/* One whole pass over the output: each row's argmax is the token that was taken. */
static void each_token_has_the_largest_logit(void **state)
{
    (void)state;
    for (int seed = 0; seed < 10; seed++) {
        char *name = mem_format("random:d_model=16,nhead=2,vocab_size=40,seed=%d", seed);
        struct model *m = open_model(name);
        struct error e = {0};
        int32_t *ids, target[64];
        long n = decode(m, SOURCES, 0, &ids);
        target[0] = m->config->bos_token_id;
        memcpy(target + 1, ids, sizeof *ids * (size_t)n);
        struct plan *p = model_plan(m, source, SOURCES, target, n + 1, &e);
        struct trace *t = trace_new(p, &(struct trace_options){0}, NULL);
        const struct tensor *logits = trace_acquire(t, plan_find(p, "logits"));
        for (long i = 0; i < n; i++)
            assert_int_equal(decode_argmax(logits, i), ids[i]);
        if (n < decode_limit(m, SOURCES))
            assert_int_equal(decode_argmax(logits, n), m->config->eos_token_id);
        trace_release(t, plan_find(p, "logits"));
        trace_free(t);
        free(ids);
        model_free(m);
        free(name);
    }
}

static void wrong_source_is_an_error(void **state)
{
    (void)state;
    struct model *m = open_model("random:d_model=16,nhead=2,vocab_size=40");
    int32_t wrong[] = {40}, *ids = NULL;
    long n;
    struct error e = {0};
    struct trace_options options = {0};
    assert_int_equal(decode_greedy(m, wrong, 1, 0, &options, &ids, &n, &e), -1);
    assert_null(ids);
    assert_contains(e.message, "token id 40 of the source");
    assert_contains(e.message, "0 to 39");
    e = (struct error){0};
    assert_int_equal(decode_greedy(m, source, 0, 0, &options, &ids, &n, &e), -1);
    assert_contains(e.message, "empty");
    model_free(m);
}

static void argmax_takes_the_first_of_equals(void **state)
{
    (void)state;
    float x[] = {1, 3, 3, -INFINITY, -INFINITY, -INFINITY};
    struct tensor t = {.type = TENSOR_F32, .rank = 2, .size = {2, 3}, .f32 = x};
    assert_int_equal(decode_argmax(&t, 0), 1);
    assert_int_equal(decode_argmax(&t, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limit_is_the_smaller_one),
        cmocka_unit_test(broken_models_end),
        cmocka_unit_test(output_fits_the_positions),
        cmocka_unit_test(at_most_as_many_as_asked),
        cmocka_unit_test(each_token_has_the_largest_logit),
        cmocka_unit_test(wrong_source_is_an_error),
        cmocka_unit_test(argmax_takes_the_first_of_equals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
