/* Decoding of untrained models: it ends, its limits hold, and each token is the one that
 * the model gives the largest logit. */
#include "study/decode.h"

#include "base/memory.h"
#include "models.h"
#include "support.h"
#include "toy_family.h"

#include <math.h>

static const int32_t source[] = {5, 9, 12, 2};
#define SOURCES 4

static const struct whatifs none;

static long decode_by(const struct model *m, const struct decode_options *options,
                      int32_t **ids)
{
    struct error e = {0};
    struct run run = {m, &none, {0}};
    long n = -1;
    if (decode_target(&run, source, SOURCES, options, ids, &n, &e) < 0)
        fail_msg("%s", e.message);
    return n;
}

static long decode(const struct model *m, long sources, long most, int32_t **ids)
{
    assert_int_equal(sources, SOURCES);
    return decode_by(m, &(struct decode_options){.most = most}, ids);
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
    struct run run = {m, &none, {0}};
    struct decode_options options = {0};
    assert_int_equal(decode_target(&run, wrong, 1, &options, &ids, &n, &e), -1);
    assert_null(ids);
    assert_contains(e.message, "token id 40 of the source");
    assert_contains(e.message, "0 to 39");
    e = (struct error){0};
    assert_int_equal(decode_target(&run, source, 0, &options, &ids, &n, &e), -1);
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

/* ---- beam search ---- */

/* Σ log p of an output under the model, with eos when it ended, over the divisor. */
static double beam_score(const struct model *m, const int32_t *ids, long n, double a)
{
    struct error e = {0};
    struct run run = {m, &none, {0}};
    struct decoder *d = decoder_new(&run, source, SOURCES, &e);
    long size = m->config->tgt_vocab_size, length = 0;
    bool ended = n < decode_limit(m, SOURCES);
    double score = 0;
    for (long i = 0; i < n + ended; i++, length++) {
        const double *x = decoder_step(d, i ? ids[i - 1] : m->config->bos_token_id, &e);
        double sum = 0;
        for (long k = 0; k < size; k++)
            sum += exp(x[k]);
        score += x[i < n ? ids[i] : m->config->eos_token_id] - log(sum);
    }
    decoder_free(d);
    return score / pow((5 + (double)length) / 6, a);
}

static void a_wide_beam_is_not_worse_than_greedy(void **state)
{
    (void)state;
    double gained = 0;
    for (int seed = 0; seed < 12; seed++) {
        char *name = mem_format("random:d_model=16,nhead=2,vocab_size=14,seed=%d", seed);
        struct model *m = open_model(name);
        int32_t *greedy, *beam;
        struct decode_options wide = {.beam = 8, .length_penalty = 0.6};
        long n = decode(m, SOURCES, 0, &greedy), k = decode_by(m, &wide, &beam);
        double a = beam_score(m, greedy, n, 0.6), b = beam_score(m, beam, k, 0.6);
        gained += b - a;
        if (b < a - 0.5)
            fail_msg("seed %d: the beam scores %g, greedy %g", seed, b, a);
        free(greedy);
        free(beam);
        model_free(m);
        free(name);
    }
    assert_true(gained > 0);
}

/* ---- beam search against all outputs there are ---- */

#define PIECES 6
#define MOST 3

/* An output of a small model: at most MOST tokens, the eos that ends it among them. */
struct output {
    int32_t ids[MOST];
    long count, length; /* tokens before eos; tokens that were chosen */
    double chance;      /* Σ log p */
};

struct outputs {
    struct output items[PIECES * PIECES * PIECES];
    long count;
};

/* Adds every output that begins as `begin` does. */
static void add_outputs(const struct decoder *d, int32_t last, int32_t eos,
                        struct output begin, struct outputs *out)
{
    struct error e = {0};
    struct decoder *here = decoder_copy(d);
    const double *x = decoder_step(here, last, &e);
    double sum = 0;
    assert_non_null(x);
    for (long i = 0; i < PIECES; i++)
        sum += exp(x[i]);
    for (int32_t token = 0; token < PIECES; token++) {
        struct output o = begin;
        o.chance += x[token] - log(sum);
        o.length++;
        if (token != eos)
            o.ids[o.count++] = token;
        if (token == eos || o.length == MOST)
            out->items[out->count++] = o;
        else
            add_outputs(here, token, eos, o, out);
    }
    decoder_free(here);
}

/* The output with the best Σ log p / ((c + length) / 6)^a. */
static const struct output *best_output(const struct outputs *all, double c, double a)
{
    const struct output *best = &all->items[0];
    double most = -INFINITY;
    for (long i = 0; i < all->count; i++) {
        double length = (double)all->items[i].length;
        double score = all->items[i].chance / pow((c + length) / 6, a);
        if (score > most) {
            most = score;
            best = &all->items[i];
        }
    }
    return best;
}

/* A beam that holds all beginnings finds the best of all outputs, eos counted in their
 * length. `*telling` counts the outputs that another divisor would have chosen. */
static void check_beam(const struct model *m, const struct outputs *all, double a,
                       long *telling)
{
    struct decode_options wide = {.most = MOST, .beam = PIECES * PIECES * PIECES,
                                  .length_penalty = a};
    const struct output *best = best_output(all, 5, a);
    int32_t *ids;
    long n = decode_by(m, &wide, &ids);
    assert_int_equal(n, best->count);
    assert_memory_equal(ids, best->ids, sizeof *ids * (size_t)n);
    *telling += best_output(all, 4, a) != best || best_output(all, 6, a) != best;
    free(ids);
}

static void a_beam_of_all_beginnings_finds_the_best_output(void **state)
{
    (void)state;
    struct error e = {0};
    long telling = 0;
    for (int seed = 0; seed < 40; seed++) {
        char *name = mem_format("random:d_model=8,nhead=2,dim_feedforward=8,seed=%d,"
                                "src_vocab_size=13,tgt_vocab_size=%d", seed, PIECES);
        struct model *m = open_model(name);
        struct run run = {m, &none, {0}};
        struct outputs all = {0};
        struct decoder *d = decoder_new(&run, source, SOURCES, &e);
        add_outputs(d, m->config->bos_token_id, m->config->eos_token_id,
                    (struct output){0}, &all);
        for (double a = 0; a <= 4; a += 0.5)
            check_beam(m, &all, a, &telling);
        decoder_free(d);
        model_free(m);
        free(name);
    }
    assert_true(telling > 10);
}

/* What fills all positions of a model of one stack leaves no room for another token. */
static void nothing_continues_a_full_text(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = model_random(&family_toy, "max_positions=5,vocab_size=20", &e);
    assert_non_null(m);
    for (long most = 0; most < 2; most++)
        for (int beam = 1; beam < 4; beam++) {
            struct run run = {m, &none, {0}};
            struct decode_options options = {.most = most, .beam = beam};
            static const int32_t text[] = {5, 9, 12, 2, 7};
            for (long n = 4; n <= 5; n++) {
                int32_t *ids;
                long count;
                if (decode_target(&run, text, n, &options, &ids, &count, &e) < 0)
                    fail_msg("%s", e.message);
                assert_true(count <= 5 - n);
                free(ids);
            }
        }
    model_free(m);
}

/* ---- sampling ---- */

static void distributions_keep_what_they_say(void **state)
{
    (void)state;
    const double x[] = {2, 1, 0, -1, -INFINITY};
    double p[5], sum = 0;
    decode_distribution(x, 5, &(struct decode_options){0}, p);
    for (int i = 0; i < 5; i++)
        sum += p[i];
    assert_near(sum, 1, 1e-12);
    assert_near(p[0] / p[1], exp(1), 1e-12);
    assert_true(p[4] == 0);
    decode_distribution(x, 5, &(struct decode_options){.temperature = 0.5}, p);
    assert_near(p[0] / p[1], exp(2), 1e-9);
    decode_distribution(x, 5, &(struct decode_options){.top_k = 2}, p);
    assert_near(p[0] + p[1], 1, 1e-12);
    assert_near(p[0] / p[1], exp(1), 1e-12);
    assert_true(p[2] == 0 && p[3] == 0);
    /* 0.644 alone is below 0.7, with 0.237 it is above */
    decode_distribution(x, 5, &(struct decode_options){.top_p = 0.7}, p);
    assert_true(p[1] > 0 && p[2] == 0);
    decode_distribution(x, 5, &(struct decode_options){.top_p = 0.6}, p);
    assert_true(p[0] == 1 && p[1] == 0);
}

static void a_seed_draws_the_same_again(void **state)
{
    (void)state;
    struct model *m = open_model("random:d_model=16,nhead=2,vocab_size=40,seed=3");
    int32_t *a, *b, *c;
    struct decode_options options = {.sample = true, .seed = 7};
    long n = decode_by(m, &options, &a), k = decode_by(m, &options, &b);
    assert_int_equal(n, k);
    assert_memory_equal(a, b, sizeof *a * (size_t)n);
    options.seed = 8;
    long j = decode_by(m, &options, &c);
    assert_true(j != n || memcmp(a, c, sizeof *a * (size_t)n));
    free(a);
    free(b);
    free(c);
    options = (struct decode_options){.sample = true, .top_k = 1};
    n = decode_by(m, &options, &a);
    k = decode(m, SOURCES, 0, &b);
    assert_int_equal(n, k);
    assert_memory_equal(a, b, sizeof *a * (size_t)n);
    free(a);
    free(b);
    model_free(m);
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
        cmocka_unit_test(a_wide_beam_is_not_worse_than_greedy),
        cmocka_unit_test(a_beam_of_all_beginnings_finds_the_best_output),
        cmocka_unit_test(nothing_continues_a_full_text),
        cmocka_unit_test(distributions_keep_what_they_say),
        cmocka_unit_test(a_seed_draws_the_same_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
