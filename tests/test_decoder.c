/* Decoding step by step equals the full pass: every row of logits, on both engines, with
 * and without what-ifs; copies go on by themselves; it ends where the contract says. */
#include "study/decoder.h"

#include "base/memory.h"
#include "study/rewrite.h"
#include "models.h"
#include "support.h"

#include <math.h>

#define SMALL                                                                       \
    "d_model=12,nhead=3,dim_feedforward=20,num_encoder_layers=2,num_decoder_layers=2," \
    "vocab_size=17,seed=5"

static const char *const models[] = {
    "tests/data/models/post", "tests/data/models/pre",  "tests/data/models/one",
    "tests/data/models/nobias", "tests/data/models/deep", "random:" SMALL,
};
#define MODELS (sizeof models / sizeof *models)

/* Whatever a model of `models` can have; what it has not is left out. */
static const char *const whatifs_of[] = {
    "", "no-position", "no-position@decoder", "no-embedding-scale", "no-scale", "no-mask",
    "no-mask@decoder.1", "no-residual", "no-residual@decoder.0.ffn", "no-norm",
    "no-norm@decoder.0", "no-ffn", "linear-ffn", "same-qkv",
    "same-qkv@decoder.0.cross_attn", "same-qkv@decoder.0.self_attn",
    "uniform-attention", "uniform-attention@decoder.1.cross_attn:2",
    "uniform-attention@decoder.0.self_attn:1", "ablate@encoder.0.self_attn:1",
    "ablate@decoder.1.cross_attn", "ablate@decoder.0.self_attn:2",
    "softmax-temperature=0.5", "softmax-temperature=3@decoder",
    "no-residual@decoder.1 no-norm@encoder ablate@decoder.0.cross_attn:1",
    "no-mask uniform-attention softmax-temperature=2",
};
#define WHATIFS (sizeof whatifs_of / sizeof *whatifs_of)

/* The same for recurrent models, whose state goes on from step to step. */
static const char *const recurrent[] = {
    "tests/data/models/rnn-plain", "tests/data/models/rnn-wide",
    "tests/data/models/rnn-attention", "tests/data/models/rnn-deep",
    "random:model_type=rnn,attention=true,d_model=9,vocab_size=17,seed=3",
};
static const char *const recurrent_whatifs[] = {
    "", "uniform-attention", "ablate@decoder.attn", "softmax-temperature=0.3@decoder",
    "uniform-attention@decoder.attn:1 softmax-temperature=2",
};
#define RECURRENT_WHATIFS (sizeof recurrent_whatifs / sizeof *recurrent_whatifs)

static struct whatifs parse(const char *text)
{
    struct whatifs list = {0};
    struct error e = {0};
    char *copy = mem_string(text), *rest = NULL;
    for (char *one = strtok_r(copy, " ", &rest); one; one = strtok_r(NULL, " ", &rest))
        if (whatifs_add(&list, one, &e) < 0)
            fail_msg("%s", e.message);
    free(copy);
    return list;
}

static struct decoder *open_decoder(const struct run *run, const int32_t *source, long n)
{
    struct error e = {0};
    struct decoder *d = decoder_new(run, source, n, &e);
    if (!d)
        fail_msg("%s", e.message);
    return d;
}

static const double *step(struct decoder *d, int32_t token)
{
    struct error e = {0};
    const double *logits = decoder_step(d, token, &e);
    if (!logits)
        fail_msg("%s", e.message);
    return logits;
}

/* The logits of the last row of a full pass over `n` target rows. */
static struct trace *full_pass(const struct run *run, const int32_t *source, long sources,
                               const int32_t *target, long n)
{
    struct error e = {0};
    struct plan *p = run_plan(run, source, sources, target, n, &e);
    if (!p)
        fail_msg("%s", e.message);
    return trace_new(p, &run->options, NULL);
}

static void check_row(const char *what, struct trace *full, long row, const double *mine)
{
    int stage = plan_find(trace_plan(full), "logits");
    const struct tensor *logits = trace_acquire(full, stage);
    long n = tensor_columns(logits);
    double limit = 2e-5 * fmax(1, tensor_max_magnitude(logits));
    for (long i = 0; i < n; i++)
        if (!(fabs(tensor_get(logits, row * n + i) - mine[i]) <= limit))
            fail_msg("%s, row %ld: %g, the full pass has %g", what, row, mine[i],
                     tensor_get(logits, row * n + i));
    trace_release(full, stage);
}

/* ---- the full pass ---- */

static const int32_t source[] = {3, 9, 4, 4, 7, 2}, target[] = {1, 5, 3, 10, 8, 5, 6};
#define SOURCES 6
#define TARGETS 7

/* With the mask, row i of the full pass is what step i gives; without, each step is the
 * last row of the pass so far. */
static void check_steps(const char *what, const struct run *run)
{
    bool masked = !whatifs_unmask(run->whatifs);
    struct decoder *d = open_decoder(run, source, SOURCES);
    struct trace *full =
        masked ? full_pass(run, source, SOURCES, target, TARGETS) : NULL;
    for (long i = 0; i < TARGETS; i++) {
        const double *logits = step(d, target[i]);
        if (!masked)
            full = full_pass(run, source, SOURCES, target, i + 1);
        check_row(what, full, i, logits);
        assert_int_equal(decoder_rows(d), i + 1);
        if (!masked)
            trace_free(full);
    }
    if (masked)
        trace_free(full);
    decoder_free(d);
}

/* Checks those of the what-ifs that the model has; returns how many. */
static long check_model(const struct model *m, const char *const *whatifs, size_t count)
{
    long checked = 0;
    for (size_t i = 0; i < count; i++) {
        struct whatifs list = parse(whatifs[i]);
        struct error none = {0};
        bool has = whatifs_check(&list, m, &none) == 0;
        for (int engine = 0; engine < 2 && has; engine++) {
            struct run run = {m, &list, {.engine = engine ? ENGINE_REFERENCE
                                                          : ENGINE_FAST}};
            char *what = mem_format("%s, %s, engine %d", m->name, whatifs[i], engine);
            check_steps(what, &run);
            free(what);
        }
        checked += has;
        whatifs_free(&list);
    }
    return checked;
}

static void steps_equal_the_full_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        struct model *m = open_model(models[i]);
        bool two_layers = config_own(m->config, "num_decoder_layers") > 1;
        long checked = check_model(m, whatifs_of, WHATIFS);
        assert_true(checked >= (two_layers ? (long)WHATIFS - 1 : 14));
        model_free(m);
    }
    for (size_t i = 0; i < sizeof recurrent / sizeof *recurrent; i++) {
        struct model *m = open_model(recurrent[i]);
        bool attention = config_own(m->config, "attention") != 0;
        assert_int_equal(check_model(m, recurrent_whatifs, RECURRENT_WHATIFS),
                         attention ? RECURRENT_WHATIFS : 1);
        model_free(m);
    }
}

/* ---- copies ---- */

static void keep(double *to, const double *logits, const struct model *m)
{
    memcpy(to, logits, sizeof *to * (size_t)m->config->tgt_vocab_size);
}

static void check_copies(const char *name, const char *const *texts, int count)
{
    static const int32_t other[] = {1, 5, 3, 4, 9, 9, 3};
    struct model *m = open_model(name);
    double *row = mem_alloc((size_t)m->config->tgt_vocab_size, sizeof *row);
    for (int k = 0; k < 4 * count; k++) {
        struct whatifs list = parse(texts[k / 4]);
        struct run run = {m, &list, {.engine = k % 2 ? ENGINE_REFERENCE : ENGINE_FAST}};
        bool masked = !whatifs_unmask(&list);
        struct decoder *a = open_decoder(&run, source, SOURCES);
        for (long i = 0; i < 3; i++)
            step(a, target[i]);
        struct decoder *b = decoder_copy(a);
        assert_int_equal(decoder_rows(b), 3);
        for (long i = 3; i < TARGETS; i++) {
            keep(row, step(a, target[i]), m);
            step(b, other[i]);
            struct trace *full = full_pass(&run, source, SOURCES, target, i + 1);
            check_row("the first", full, i, row);
            trace_free(full);
        }
        bool first = k % 4 < 2;
        decoder_free(first ? a : b);
        struct decoder *left = first ? b : a, *third = decoder_copy(left);
        const int32_t *ids = first ? other : target;
        int32_t all[TARGETS + 1];
        memcpy(all, ids, sizeof *all * TARGETS);
        all[TARGETS] = 11;
        decoder_free(masked ? NULL : left);
        struct trace *full = full_pass(&run, source, SOURCES, all, TARGETS + 1);
        check_row("the copy of the copy", full, TARGETS, step(third, 11));
        trace_free(full);
        decoder_free(third);
        decoder_free(masked ? left : NULL);
        whatifs_free(&list);
    }
    free(row);
    model_free(m);
}

/* A copy made after a few steps goes another way; both are as if they were alone, also
 * when one of them ends first. */
static void a_copy_goes_on_by_itself(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "no-mask",
                                        "same-qkv uniform-attention@encoder"};
    check_copies("tests/data/models/post", texts, 3);
    check_copies("tests/data/models/rnn-wide", texts, 1);
    check_copies("tests/data/models/rnn-attention", texts, 1);
}

/* ---- ends and errors ---- */

static void as_many_rows_as_the_limit_allows(void **state)
{
    (void)state;
    static const struct {
        const char *model;
        long sources, rows;
    } cases[] = {
        {"tests/data/models/post", 3, 17},      /* 2·3 + 10, and bos */
        {"tests/data/models/pre", 6, 20},       /* it has 20 positions */
        {"random:max_positions=12," SMALL, 2, 12},
        {"random:max_positions=100," SMALL, 2, 15},
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        struct model *m = open_model(cases[i / 2].model);
        struct whatifs list = parse(i % 2 ? "no-mask" : "");
        struct run run = {m, &list, {0}};
        struct decoder *d = open_decoder(&run, source, cases[i / 2].sources);
        for (long k = 0; k < cases[i / 2].rows; k++)
            step(d, 1 + (int32_t)k % 3);
        struct error e = {0};
        assert_null(decoder_step(d, 3, &e));
        assert_contains(e.message, "longer than the");
        assert_int_equal(decoder_rows(d), cases[i / 2].rows);
        struct decoder *copy = decoder_copy(d);
        assert_null(decoder_step(copy, 3, &e));
        decoder_free(copy);
        decoder_free(d);
        whatifs_free(&list);
        model_free(m);
    }
}

/* A wrong token is an error, and then the next right one counts as if nothing was. */
static void a_wrong_token(void **state)
{
    (void)state;
    struct model *m = open_model("tests/data/models/post");
    for (int k = 0; k < 2; k++) {
        struct whatifs list = parse(k ? "no-mask" : "");
        struct run run = {m, &list, {0}};
        struct decoder *d = open_decoder(&run, source, SOURCES);
        step(d, target[0]);
        static const int32_t wrong[] = {-1, 41, 1000000};
        for (int i = 0; i < 3; i++) {
            struct error e = {0};
            assert_null(decoder_step(d, wrong[i], &e));
            assert_contains(e.message, "is not in the vocabulary");
        }
        assert_int_equal(decoder_rows(d), 1);
        struct trace *full = full_pass(&run, source, SOURCES, target, 2);
        check_row("after a wrong token", full, 1, step(d, target[1]));
        trace_free(full);
        decoder_free(d);
        whatifs_free(&list);
    }
    model_free(m);
}

static void a_wrong_source(void **state)
{
    (void)state;
    struct model *m = open_model("tests/data/models/pre");
    static const int32_t wrong[] = {3, 31};
    int32_t many[21];
    for (int i = 0; i < 21; i++)
        many[i] = 3;
    for (int k = 0; k < 2; k++) {
        struct whatifs list = parse(k ? "no-mask" : "");
        struct run run = {m, &list, {0}};
        struct error a = {0}, b = {0}, c = {0};
        assert_null(decoder_new(&run, wrong, 2, &a));
        assert_contains(a.message, "is not in the vocabulary");
        assert_null(decoder_new(&run, many, 21, &b));
        assert_contains(b.message, "at most 20");
        assert_null(decoder_new(&run, many, 0, &c));
        assert_contains(c.message, "empty");
        whatifs_free(&list);
    }
    model_free(m);
    decoder_free(NULL);
}

static void the_first_of_equals_is_best(void **state)
{
    (void)state;
    double x[] = {-3, 2, 7, 7, -INFINITY};
    assert_int_equal(decode_best(x, 5), 2);
    assert_int_equal(decode_best(x, 1), 0);
    assert_int_equal(decode_best(x + 4, 1), 0);
    double odd[] = {NAN, -INFINITY, 2, NAN, 3};
    assert_int_equal(decode_best(odd, 5), 4);
    assert_int_equal(decode_best(odd, 2), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_equal_the_full_pass),
        cmocka_unit_test(a_copy_goes_on_by_itself),
        cmocka_unit_test(as_many_rows_as_the_limit_allows),
        cmocka_unit_test(a_wrong_token),
        cmocka_unit_test(a_wrong_source),
        cmocka_unit_test(the_first_of_equals_is_best),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
