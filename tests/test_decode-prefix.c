/* A beginning that is given, and what ends an output: in greedy decoding, beam search and
 * sampling, for models of two sides and of one stack, with and without what-ifs. */
#include "study/decode.h"

#include "base/memory.h"
#include "models.h"
#include "support.h"
#include "toy_family.h"

#include <math.h>

static const int32_t source[] = {5, 9, 12, 2};
#define SOURCES 4
#define PIECES 17

#define TWO_SIDES "random:d_model=12,nhead=3,dim_feedforward=20,vocab_size=17,seed=5"

static struct model *one_stack(const char *settings)
{
    struct error e = {0};
    struct model *m = model_random(&family_toy, settings, &e);
    if (!m)
        fail_msg("%s", e.message);
    return m;
}

static struct decode_outputs decode_of(const struct model *m, const char *whatif,
                                       const int32_t *ids, long n,
                                       const struct decode_options *options)
{
    struct error e = {0};
    struct whatifs list = {0};
    if (*whatif && whatifs_add(&list, whatif, &e) < 0)
        fail_msg("%s", e.message);
    struct run run = {m, &list, {0}};
    struct decode_outputs out;
    if (decode_outputs(&run, ids, n, options, &out, &e) < 0)
        fail_msg("%s", e.message);
    whatifs_free(&list);
    return out;
}

static struct decode_outputs decode(const struct model *m,
                                    const struct decode_options *options)
{
    return decode_of(m, "", source, SOURCES, options);
}

/* Greedy decoding, in the four ways there are to ask for it. */
static const struct decode_options greedy[] = {
    {.most = 7},
    {.most = 7, .beam = 1},
    {.most = 7, .beam = 1, .best = 1, .length_power = 1},
    {.most = 7, .sample = true, .top_k = 1, .temperature = 3},
};
#define GREEDY (sizeof greedy / sizeof *greedy)

static void same_ids(const struct decode_output *a, const struct decode_output *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->end, b->end);
    assert_memory_equal(a->ids, b->ids, sizeof *a->ids * (size_t)a->count);
}

/* ---- a beginning ---- */

/* What would have been chosen anyway is given: the rest stays. */
static void check_own_beginnings(const struct model *m, const char *whatif)
{
    struct decode_outputs own = decode_of(m, whatif, source, SOURCES, &greedy[0]);
    for (long n = 0; n <= own.items[0].count; n++)
        for (size_t i = 0; i < GREEDY; i++) {
            struct decode_options options = greedy[i];
            options.prefix = (struct token_list){own.items[0].ids, n};
            struct decode_outputs out = decode_of(m, whatif, source, SOURCES, &options);
            assert_int_equal(out.count, 1);
            if (n < 7) /* else there is no room to see whether eos follows */
                same_ids(&out.items[0], &own.items[0]);
            decode_outputs_free(&out);
        }
    decode_outputs_free(&own);
}

static void its_own_beginning_changes_nothing(void **state)
{
    (void)state;
    static const char *const whatifs[] = {"", "no-mask", "no-position", "no-ffn",
                                          "uniform-attention"};
    struct model *two = open_model(TWO_SIDES);
    struct model *one = one_stack("max_positions=20,vocab_size=17,seed=4");
    for (size_t i = 0; i < sizeof whatifs / sizeof *whatifs; i++)
        check_own_beginnings(two, whatifs[i]);
    for (size_t i = 0; i < 3; i++)
        check_own_beginnings(one, whatifs[i]);
    model_free(two);
    model_free(one);
}

/* For a model of one stack a beginning of the output is more of the text. */
static void a_prefix_is_more_text_for_one_stack(void **state)
{
    (void)state;
    static const struct decode_options ways[] = {
        {0},
        {.beam = 4, .best = 4, .length_penalty = 0.6},
        {.beam = 3, .best = 2, .length_power = 1},
        {.sample = true, .temperature = 2, .top_k = 9, .seed = 3},
        {.sample = true, .top_p = 0.8, .seed = 5},
    };
    struct model *m = one_stack("max_positions=20,vocab_size=17,seed=8");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        for (long n = 1; n < SOURCES; n++) {
            struct decode_options whole = ways[i], split = ways[i];
            whole.most = 6;
            split.most = 6 + SOURCES - n;
            split.prefix = (struct token_list){source + n, SOURCES - n};
            split.ends = whole.ends = (struct token_list){(const int32_t[]){3}, 1};
            struct decode_outputs a = decode(m, &whole);
            struct decode_outputs b = decode_of(m, "", source, n, &split);
            assert_int_equal(a.count, b.count);
            for (long k = 0; k < a.count; k++) {
                assert_memory_equal(b.items[k].ids, source + n,
                                    sizeof *source * (size_t)(SOURCES - n));
                assert_near(a.items[k].score, b.items[k].score, 1e-4);
                assert_near(a.items[k].scaled, b.items[k].scaled, 1e-4);
                b.items[k].count -= SOURCES - n;
                memmove(b.items[k].ids, b.items[k].ids + SOURCES - n,
                        sizeof *source * (size_t)b.items[k].count);
                same_ids(&a.items[k], &b.items[k]);
            }
            decode_outputs_free(&a);
            decode_outputs_free(&b);
        }
    model_free(m);
}

/* A prefix may be longer than what a text of that length is allowed without one. */
static void a_long_prefix_has_room(void **state)
{
    (void)state;
    int32_t prefix[60];
    for (int i = 0; i < 60; i++)
        prefix[i] = 3 + i % 9;
    struct model *m = open_model(TWO_SIDES);
    for (int beam = 0; beam < 3; beam++) {
        struct decode_options options = {.beam = beam, .prefix = {prefix, 60}};
        struct decode_outputs out = decode(m, &options);
        assert_true(out.items[0].count >= 60);
        assert_true(out.items[0].count <= 60 + decode_limit(m, SOURCES));
        assert_memory_equal(out.items[0].ids, prefix, sizeof prefix);
        decode_outputs_free(&out);
    }
    model_free(m);
}

/* A prefix that fills all positions, or all of `most`, is the whole output. */
static void a_prefix_may_be_everything(void **state)
{
    (void)state;
    static const int32_t prefix[] = {5, 6, 7, 8, 9};
    struct model *small[] = {open_model(TWO_SIDES ",max_positions=6"),
                             one_stack("max_positions=9,vocab_size=17"),
                             open_model(TWO_SIDES)};
    for (int k = 0; k < 3; k++) {
        for (size_t i = 0; i < GREEDY; i++) {
            struct decode_options options = greedy[i];
            options.most = k == 2 ? 5 : 0;
            options.prefix = (struct token_list){prefix, 5};
            struct decode_outputs out = decode(small[k], &options);
            assert_int_equal(out.count, 1);
            assert_int_equal(out.items[0].count, 5);
            assert_int_equal(out.items[0].end, -1);
            assert_memory_equal(out.items[0].ids, prefix, sizeof prefix);
            assert_true(out.items[0].score == 0 && out.items[0].scaled == 0);
            decode_outputs_free(&out);
        }
        model_free(small[k]);
    }
}

static void wrong_prefixes_are_errors(void **state)
{
    (void)state;
    static const struct {
        int32_t ids[7];
        long count, most;
        const char *part;
    } cases[] = {
        {{5, 17}, 2, 0, "token id 17 of the prefix"},
        {{-1}, 1, 0, "token id -1 of the prefix"},
        {{5, 6, 2}, 3, 0, "token 3 of the prefix is 2, which ends the output"},
        {{2, 5}, 2, 0, "token 1 of the prefix is 2, which ends the output"},
        {{5, 5, 5, 5, 5, 5}, 6, 0, "at most 5"},
        {{5, 5, 5}, 3, 2, "the output may have 2"},
    };
    struct model *two = open_model(TWO_SIDES ",max_positions=6");
    struct model *one = one_stack("max_positions=9,vocab_size=17");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int k = 0; k < 2; k++) {
            struct error e = {0};
            static const struct whatifs none;
            struct run run = {k ? one : two, &none, {0}};
            struct decode_options options = {.most = cases[i].most,
                                             .prefix = {cases[i].ids, cases[i].count}};
            struct decode_outputs out;
            assert_int_equal(decode_outputs(&run, source, SOURCES, &options, &out, &e), -1);
            assert_contains(e.message, cases[i].part);
            assert_null(out.items);
        }
    model_free(two);
    model_free(one);
}

/* ---- the end ---- */

/* Each of several tokens ends an output, and none of them is in one. */
static void any_of_the_ends_ends(void **state)
{
    (void)state;
    struct model *m = open_model(TWO_SIDES);
    struct decode_options endless = {.most = 12, .ends = {(const int32_t[]){16}, 1}};
    struct decode_options ways[] = {{.most = 12},
                                    {.most = 12, .beam = 1},
                                    {.most = 12, .beam = 5, .best = 5},
                                    {.most = 12, .sample = true, .seed = 2}};
    struct decode_outputs all = decode(m, &endless);
    int32_t ends[] = {16, all.items[0].ids[0], 3};
    for (int i = 0; i < 4; i++) {
        ways[i].ends = (struct token_list){ends, 3};
        struct decode_outputs out = decode(m, &ways[i]);
        for (long k = 0; k < out.count; k++) {
            const struct decode_output *o = &out.items[k];
            assert_true(o->end < 0 ? o->count == 12
                                   : token_list_has(&ways[i].ends, o->end));
            for (long n = 0; n < o->count; n++)
                assert_false(token_list_has(&ways[i].ends, o->ids[n]));
        }
        if (i < 2) { /* the first token of the greedy output ends it now */
            assert_int_equal(out.items[0].count, 0);
            assert_int_equal(out.items[0].end, ends[1]);
        }
        decode_outputs_free(&out);
    }
    decode_outputs_free(&all);
    model_free(m);
}

static void without_eos_only_the_limit_ends(void **state)
{
    (void)state;
    struct model *models[] = {open_model(TWO_SIDES),
                              one_stack("max_positions=20,vocab_size=17")};
    for (int k = 0; k < 2; k++) {
        models[k]->config->eos_token_id = -1;
        models[k]->config->end_count = 0;
        assert_int_equal(decode_ends(models[k]).count, 0);
        for (int beam = 0; beam < 3; beam++) {
            struct decode_outputs out =
                decode(models[k], &(struct decode_options){.beam = beam});
            assert_int_equal(out.items[0].count, decode_limit(models[k], SOURCES));
            assert_int_equal(out.items[0].end, -1);
            decode_outputs_free(&out);
        }
        model_free(models[k]);
    }
}

/* A text of one stack needs no bos; an output of two sides begins with it. */
static void without_bos_a_text_goes_on(void **state)
{
    (void)state;
    struct error e = {0};
    static const struct whatifs none;
    struct model *m = one_stack("max_positions=20,vocab_size=17");
    struct decode_outputs out = decode(m, &(struct decode_options){0}), bare;
    m->config->bos_token_id = -1;
    bare = decode(m, &(struct decode_options){0});
    same_ids(&out.items[0], &bare.items[0]);
    decode_outputs_free(&out);
    decode_outputs_free(&bare);
    model_free(m);
    m = open_model(TWO_SIDES);
    m->config->bos_token_id = -1;
    struct run run = {m, &none, {0}};
    assert_int_equal(decode_outputs(&run, source, SOURCES, &(struct decode_options){0},
                                    &out, &e), -1);
    assert_contains(e.message, "no token to begin");
    model_free(m);
}

/* ---- what is drawn ---- */

/* A token that is drawn has a probability after all cuts, behind a prefix too. */
static void nothing_that_was_cut_is_drawn(void **state)
{
    (void)state;
    static const int32_t prefix[] = {4, 7};
    struct error e = {0};
    static const struct whatifs none;
    struct model *m = open_model(TWO_SIDES);
    struct run run = {m, &none, {0}};
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct decode_options options = {.sample = true, .temperature = 2, .top_k = 6,
                                         .top_p = 0.7, .seed = seed,
                                         .prefix = {prefix, (long)(seed % 3)}};
        struct decode_outputs out = decode(m, &options);
        const struct decode_output *o = &out.items[0];
        struct decoder *d = decoder_new_for(&run, source, SOURCES, o->count, &e);
        for (long i = 0; i < o->count; i++) {
            double p[PIECES];
            const double *x = decoder_step(
                d, i ? o->ids[i - 1] : decode_first(m, source, SOURCES), &e);
            assert_non_null(x);
            decode_distribution(x, PIECES, &options, p);
            assert_true(i < options.prefix.count || p[o->ids[i]] > 0);
        }
        decoder_free(d);
        decode_outputs_free(&out);
    }
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_own_beginning_changes_nothing),
        cmocka_unit_test(a_prefix_is_more_text_for_one_stack),
        cmocka_unit_test(a_long_prefix_has_room),
        cmocka_unit_test(a_prefix_may_be_everything),
        cmocka_unit_test(wrong_prefixes_are_errors),
        cmocka_unit_test(any_of_the_ends_ends),
        cmocka_unit_test(without_eos_only_the_limit_ends),
        cmocka_unit_test(without_bos_a_text_goes_on),
        cmocka_unit_test(nothing_that_was_cut_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
