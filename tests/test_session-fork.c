/* A session with one thing changed: everything else is as it was, and the session that it
 * comes from is left alone. */
#include "study/session.h"

#include "base/memory.h"
#include "models.h"

#define TEXT "나는 학교에 간다"

static struct session *run_text(const char *text, const char *target, const char *whatif)
{
    struct error e = {0};
    struct whatifs list = {0};
    struct session_options options = {.decode.most = 5};
    struct session *s = session_new(open_model(MODEL_DEFAULT), &options);
    if (*whatif)
        assert_int_equal(whatifs_add(&list, whatif, &e), 0);
    assert_int_equal(session_set_text(s, text, &e), 0);
    assert_int_equal(session_set_target_text(s, target, &e), 0);
    assert_int_equal(session_set_whatifs(s, &list, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    whatifs_free(&list);
    return s;
}

static struct session *fork_of(const struct session *from, struct session_change change)
{
    struct error e = {0};
    struct session *s = session_fork(from, &change, &e);
    if (!s)
        fail_msg("%s", e.message);
    return s;
}

/* The same computation to the last bit. */
static void same_run(const struct session *a, const struct session *b)
{
    assert_int_equal(a->targets, b->targets);
    assert_memory_equal(a->target, b->target, sizeof *a->target * (size_t)a->targets);
    assert_int_equal(a->forced, b->forced);
    assert_string_equal(a->prediction, b->prediction);
    assert_true(whatifs_equal(&a->whatifs, &b->whatifs));
    assert_int_equal(a->options.decode.most, b->options.decode.most);
    int count = (int)trace_plan(a->trace)->count;
    assert_int_equal(count, trace_plan(b->trace)->count);
    for (int i = 0; i < count; i++)
        assert_true(trace_difference(a->trace, b->trace, i, NULL) == 0);
}

/* Forks, compares with a session made by hand, and frees all but `from`. */
static void check_fork(const struct session *from, struct session_change change,
                       struct session *want)
{
    struct session *s = fork_of(from, change);
    if (want->text)
        assert_string_equal(s->text, want->text);
    else
        assert_null(s->text);
    same_run(s, want);
    session_free(s);
    session_free(want);
}

static void nothing_named_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *target, *whatif;
    } cases[] = {{NULL, ""}, {"the dog", ""}, {"", ""}, {NULL, "no-ffn"},
                 {"the dog", "order=3,1,2"}, {"I go", "random-weights=3"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct session *s = run_text(TEXT, cases[i].target, cases[i].whatif);
        check_fork(s, (struct session_change){0},
                   run_text(TEXT, cases[i].target, cases[i].whatif));
        session_free(s);
    }
}

static void one_thing_changes(void **state)
{
    (void)state;
    const struct whatifs none = {0};
    struct whatifs list = {0};
    assert_int_equal(whatifs_add(&list, "no-mask", NULL), 0);
    struct session *s = run_text(TEXT, "the dog", "no-ffn");
    check_fork(s, (struct session_change){.text = "물을 마신다"},
               run_text("물을 마신다", "the dog", "no-ffn"));
    check_fork(s, (struct session_change){.own_output = true},
               run_text(TEXT, NULL, "no-ffn"));
    check_fork(s, (struct session_change){.whatifs = &none},
               run_text(TEXT, "the dog", ""));
    check_fork(s, (struct session_change){.whatifs = &list},
               run_text(TEXT, "the dog", "no-mask"));
    check_fork(s, (struct session_change){.whatifs = &none, .own_output = true},
               run_text(TEXT, NULL, ""));
    whatifs_free(&list);
    session_free(s);
}

/* The changed run reads the words of the intact one, whatever it would say itself. */
static void another_session_feeds_it(void **state)
{
    (void)state;
    struct whatifs list = {0};
    assert_int_equal(whatifs_add(&list, "no-ffn", NULL), 0);
    struct session *intact = run_text(TEXT, NULL, "");
    struct session *s =
        fork_of(intact, (struct session_change){.whatifs = &list, .fed = intact});
    assert_true(s->forced);
    assert_int_equal(s->targets, intact->targets);
    assert_memory_equal(s->target, intact->target,
                        sizeof *s->target * (size_t)s->targets);
    assert_string_not_equal(s->prediction, intact->prediction);
    char *said = session_intact_prediction(s, NULL);
    assert_string_equal(said, intact->prediction);
    free(said);
    whatifs_free(&list);
    session_free(s);
    session_free(intact);
}

static void ids_stay_ids(void **state)
{
    (void)state;
    struct error e = {0};
    const int32_t ids[] = {3, 4, 5};
    struct session *s = run_text(TEXT, NULL, ""), *t = run_text(TEXT, NULL, "");
    assert_int_equal(session_set_ids(s, ids, 3, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    assert_int_equal(session_set_ids(t, ids, 3, &e), 0);
    assert_int_equal(session_run(t, &e), 0);
    check_fork(s, (struct session_change){0}, t);
    session_free(s);
}

static void another_model(void **state)
{
    (void)state;
    struct session *s = run_text(TEXT, "the dog", "no-ffn");
    struct model *twin = model_random_twin(s->model, 5);
    struct session *t = fork_of(s, (struct session_change){.model = twin});
    assert_ptr_equal(t->model, twin);
    assert_string_equal(t->text, TEXT);
    assert_int_equal(t->whatifs.count, 1);
    assert_int_equal(t->targets, s->targets);
    assert_memory_equal(t->target, s->target, sizeof *t->target * (size_t)t->targets);
    int last = (int)trace_plan(s->trace)->count - 1;
    assert_true(trace_difference(s->trace, t->trace, last, NULL) > 0);
    session_free(t);
    model_free(twin);
    session_free(s);
}

/* Models that cut words into other pieces: a given target is the same text in both. */
static void a_target_goes_as_text_to_other_pieces(void **state)
{
    (void)state;
    struct session *s = run_text(TEXT, "the dog", "");
    struct error e = {0};
    struct tokenizer *bytes =
        tokenizer_open("tests/data/models/bytelevel/tokenizer.json", &e);
    assert_non_null(bytes);
    char *name = mem_format("random:d_model=8,nhead=2,dim_feedforward=8,vocab_size=%d,"
                            "num_encoder_layers=1,num_decoder_layers=1,seed=1",
                            tokenizer_size(bytes));
    struct model *other = open_model(name);
    other->source = other->target = bytes;
    struct session *t = fork_of(s, (struct session_change){.model = other});
    char *text =
        tokenizer_decode(bytes, t->target + 1, (size_t)(t->targets - 1), false);
    assert_string_equal(text, "the dog");
    session_free(t);
    free(text);
    free(name);
    model_free(other);
    session_free(s);
}

static void an_error_leaves_nothing(void **state)
{
    (void)state;
    struct session *s = run_text(TEXT, NULL, "order=3,1,2");
    struct model *bare = open_model("random:d_model=8,nhead=2,seed=1");
    const struct session_change cases[] = {
        {.text = " "}, {.text = "물을 마신다"}, {.model = bare}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        assert_null(session_fork(s, &cases[i], &e));
        assert_true(e.set);
    }
    assert_string_equal(s->text, TEXT);
    model_free(bare);
    session_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_named_changes_nothing),
        cmocka_unit_test(one_thing_changes),
        cmocka_unit_test(another_session_feeds_it),
        cmocka_unit_test(ids_stay_ids),
        cmocka_unit_test(another_model),
        cmocka_unit_test(a_target_goes_as_text_to_other_pieces),
        cmocka_unit_test(an_error_leaves_nothing),
    };
    return cmocka_run_group_tests_name("session-fork", tests, NULL, NULL);
}
