/* Exams in slices of time: in turn, kept by their what-ifs, and what the cache knows is
 * not held again. */
#include "study/exams.h"

#include "base/clock.h"
#include "base/memory.h"
#include "models.h"
#include "study/exam_cache.h"
#include "study/rewrite.h"
#include "study/run.h"
#include "scores.h"
#include "support.h"

#include <math.h>

#define FEW 40
#define MANY 200 /* of which one step does only a part */

static struct model *model;

static int open_embedded(void **state)
{
    (void)state;
    model = open_model(MODEL_DEFAULT);
    return 0;
}

static int close_embedded(void **state)
{
    (void)state;
    model_free(model);
    return 0;
}

static int no_cache(void **state)
{
    (void)state;
    exam_cache_stop();
    return 0;
}

static struct exams *new_exams(long limit)
{
    return exams_new(model, &(struct trace_options){0}, limit);
}

static void want(struct exams *x, const char *whatifs)
{
    struct error e = {0};
    if (exams_want(x, whatifs, &e) < 0)
        fail_msg("%s: %s", whatifs, e.message);
}

static const struct exam_score *score_of(const struct exams *x, const char *whatifs,
                                         bool is_done)
{
    bool done;
    const struct exam_score *score = exams_score(x, whatifs, &done);
    assert_non_null(score);
    assert_int_equal(done, is_done);
    return score;
}

/* The whole exam by hand. Caller frees with free(). */
static struct exam_score *held(const char *whatifs, long limit)
{
    struct error e = {0};
    struct whatifs list = {0};
    struct model *twin;
    assert_int_equal(whatifs_add_all(&list, whatifs, NULL, &e), 0);
    struct run run = run_under(model, &list, &(struct trace_options){0}, &twin);
    struct exam *x = exam_new(&run, &e);
    assert_non_null(x);
    exam_limit(x, limit);
    while (exam_step(x, &e) > 0)
        ;
    assert_false(e.set);
    struct exam_score *score = exam_score_copy(exam_score(x));
    exam_free(x);
    model_free(twin);
    whatifs_free(&list);
    return score;
}

static void they_are_those_held_by_hand(void **state)
{
    (void)state;
    static const char *const lists[] = {"", "no-scale", "no-mask no-ffn",
                                        "random-weights=3", "softmax-temperature=2@encoder"};
    struct exams *x = new_exams(FEW);
    assert_true(exams_are_done(x));
    assert_false(exams_work(x, 0));
    for (int i = 0; i < 5; i++)
        want(x, lists[i]);
    assert_false(exams_are_done(x));
    assert_false(exams_work(x, 0));
    assert_true(exams_are_done(x));
    for (int i = 0; i < 5; i++) {
        struct exam_score *score = held(lists[i], FEW);
        are_equal(score_of(x, lists[i], true), score);
        assert_int_equal(exams_size(x, lists[i]), FEW);
        free(score);
    }
    are_equal(score_of(x, "intact", true), score_of(x, "", true));
    are_equal(score_of(x, "no-ffn, no-mask", true), score_of(x, "no-mask no-ffn", true));
    exams_free(x);
}

static void they_take_turns(void **state)
{
    (void)state;
    struct exams *x = new_exams(MANY);
    want(x, "intact");
    exams_work(x, 1);
    long first = score_of(x, "intact", false)->sentences; /* one step or more */
    assert_in_range(first, 1, MANY - 1);
    want(x, "no-ffn");
    while (exams_work(x, 1)) {
        bool done;
        long a = exams_score(x, "intact", &done)->sentences;
        long b = exams_score(x, "no-ffn", &done)->sentences;
        if (b < first) /* it has to catch up */
            assert_int_equal(a, first);
        else
            assert_true(labs(a - b) <= first);
    }
    score_of(x, "intact", true);
    score_of(x, "no-ffn", true);
    exams_free(x);
}

static void slices_end_in_time(void **state)
{
    (void)state;
    struct exams *x = new_exams(0);
    want(x, "intact");
    want(x, "no-scale");
    double start = clock_now();
    assert_true(exams_work(x, 20));
    double took = clock_now() - start;
    assert_true(took >= 20);
    assert_true(took < 2000); /* the whole would take longer under the sanitizers alone */
    assert_true(exams_size(x, "intact") >= 1000);
    exams_free(x);
}

static void pausing_keeps_the_intact_one_and_what_is_done(void **state)
{
    (void)state;
    struct exams *x = new_exams(MANY);
    bool done;
    want(x, "no-ffn");
    exams_work(x, 0);
    want(x, "intact");
    want(x, "no-scale");
    exams_work(x, 1);
    exams_work(x, 1);
    long came = score_of(x, "intact", false)->sentences;
    assert_true(came > 0);
    exams_pause(x);
    assert_true(exams_are_done(x));
    assert_int_equal(score_of(x, "intact", false)->sentences, came);
    score_of(x, "no-ffn", true);
    assert_null(exams_score(x, "no-scale", &done));
    assert_int_equal(exams_size(x, "no-scale"), 0);
    want(x, "no-scale");
    exams_work(x, 0); /* only what is wanted again */
    score_of(x, "no-scale", true);
    assert_int_equal(score_of(x, "intact", false)->sentences, came);
    want(x, "");
    exams_work(x, 0);
    struct exam_score *intact = held("", MANY);
    are_equal(score_of(x, "intact", true), intact);
    free(intact);
    exams_free(x);
}

static void wrong_lists_are_errors(void **state)
{
    (void)state;
    static const char *const lists[][2] = {
        {"no-foo", "no-foo"},
        {"no-scale no-scale", "no-scale"},
        {"ablate@encoder.9.self_attn:1", "encoder.9"},
    };
    struct exams *x = new_exams(FEW);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct error e = {0};
        bool done;
        assert_int_equal(exams_want(x, lists[i][0], &e), -1);
        assert_contains(e.message, lists[i][1]);
        assert_null(exams_score(x, lists[i][0], &done));
        assert_false(done);
        assert_int_equal(exams_size(x, lists[i][0]), 0);
    }
    struct whatifs order = {0};
    struct error e = {0};
    assert_int_equal(whatifs_add(&order, "order=2,1", &e), 0);
    assert_int_equal(exams_want_list(x, &order, &e), -1);
    assert_contains(e.message, "is for one text");
    assert_null(exams_state(x, &order).score);
    whatifs_free(&order);
    assert_true(exams_are_done(x));
    exams_free(x);
    struct model *none = open_model("tests/data/models/post");
    e = (struct error){0};
    x = exams_new(none, &(struct trace_options){0}, 0);
    assert_int_equal(exams_want(x, "", &e), -1);
    assert_contains(e.message, "brings no exam");
    exams_free(x);
    model_free(none);
    exams_free(NULL);
}

/* ---- with the cache ---- */

static void what_was_held_is_done_at_once(void **state)
{
    (void)state;
    exam_cache_start(NULL);
    struct exams *x = new_exams(FEW), *y = new_exams(FEW), *z = new_exams(FEW - 1);
    want(x, "no-scale");
    want(x, "random-weights=3");
    exams_work(x, 0);
    want(y, "no-scale");
    want(y, "random-weights=3");
    assert_true(exams_are_done(y));
    are_equal(score_of(x, "no-scale", true), score_of(y, "no-scale", true));
    are_equal(score_of(x, "random-weights=3", true),
              score_of(y, "random-weights=3", true));
    assert_int_equal(exams_size(y, "no-scale"), FEW);
    want(y, "random-weights=4"); /* other weights */
    assert_false(exams_are_done(y));
    want(z, "no-scale"); /* other sentences */
    assert_false(exams_are_done(z));
    exams_free(x);
    exams_free(y);
    exams_free(z);
}

static void half_an_exam_is_not_kept(void **state)
{
    (void)state;
    exam_cache_start(NULL);
    struct exams *x = new_exams(MANY), *y = new_exams(MANY);
    want(x, "no-scale");
    exams_work(x, 1);
    assert_false(exams_are_done(x));
    exams_pause(x);
    exams_free(x);
    want(y, "no-scale");
    assert_int_equal(score_of(y, "no-scale", false)->sentences, 0);
    exams_free(y);
}

static void it_must_have_been_started(void **state)
{
    (void)state;
    struct exams *x = new_exams(FEW), *y = new_exams(FEW);
    want(x, "");
    exams_work(x, 0);
    want(y, "");
    assert_false(exams_are_done(y));
    exams_free(x);
    exams_free(y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(they_are_those_held_by_hand, no_cache),
        cmocka_unit_test_setup(they_take_turns, no_cache),
        cmocka_unit_test_setup(slices_end_in_time, no_cache),
        cmocka_unit_test_setup(pausing_keeps_the_intact_one_and_what_is_done, no_cache),
        cmocka_unit_test_setup(wrong_lists_are_errors, no_cache),
        cmocka_unit_test_setup(what_was_held_is_done_at_once, no_cache),
        cmocka_unit_test_setup(half_an_exam_is_not_kept, no_cache),
        cmocka_unit_test_setup(it_must_have_been_started, no_cache),
    };
    int status = cmocka_run_group_tests(tests, open_embedded, close_embedded);
    exam_cache_stop();
    return status;
}
