/* Sessions on the embedded model and on untrained ones. What the numbers are is checked
 * in test_session-embedded.c; here how a session behaves. */
#include "study/session.h"

#include "base/memory.h"
#include "study/decode.h"
#include "support.h"

#include <math.h>

static struct session *open_session(const char *model)
{
    struct error e = {0};
    struct model *m = model_open(model, &e);
    if (!m)
        fail_msg("%s: %s: %s", model, e.file, e.message);
    return session_new(m, &(struct session_options){0});
}

static void run(struct session *s, const char *text)
{
    struct error e = {0};
    if (session_set_text(s, text, &e) < 0 || session_run(s, &e) < 0)
        fail_msg("%s: %s", text, e.message);
}

static void run_ids(struct session *s, const int32_t *ids, long n)
{
    struct error e = {0};
    if (session_set_ids(s, ids, n, &e) < 0 || session_run(s, &e) < 0)
        fail_msg("%s", e.message);
}

static int32_t piece_id(const struct tokenizer *t, const char *piece)
{
    int id = tokenizer_id(t, piece);
    if (id < 0)
        fail_msg("the vocabulary has no %s", piece);
    return id;
}

static void a_text_becomes_source_rows(void **state)
{
    (void)state;
    struct session *s = open_session(MODEL_DEFAULT);
    run(s, "나는 학교에 간다");
    assert_string_equal(s->text, "나는 학교에 간다");
    assert_int_equal(s->source[s->sources - 1], s->model->config->eos_token_id);
    assert_int_equal(s->source_labels.count, s->sources);
    assert_string_equal(s->source_labels.items[0].text, "▁나");
    assert_string_equal(s->source_labels.items[s->sources - 1].text, "<eos>");
    assert_int_equal(s->source_labels.items[s->sources - 1].word, -1);
    static const char *const words[] = {"나는", "학교에", "간다"};
    assert_int_equal(labels_word_count(&s->source_labels), 3);
    for (int i = 0; i < 3; i++) {
        char *word = labels_word(&s->source_labels, i);
        assert_string_equal(word, words[i]);
        free(word);
    }
    session_free(s);
}

/* Rows of the decoder: bos first, each with the token that follows, eos last. */
static void decoder_rows_carry_what_follows(void **state)
{
    (void)state;
    struct session *s = open_session(MODEL_DEFAULT);
    run(s, "나는 학교에 간다");
    assert_string_equal(s->prediction, "I go to school");
    const struct labels *l = &s->target_labels;
    assert_int_equal(l->count, s->targets);
    assert_int_equal(s->target[0], s->model->config->bos_token_id);
    assert_string_equal(l->items[0].text, "<bos>");
    assert_int_equal(l->items[0].word, -1);
    assert_string_equal(l->items[l->count - 1].next, "<eos>");
    for (size_t i = 0; i + 1 < l->count; i++)
        assert_string_equal(l->items[i].next, l->items[i + 1].text);
    /* the output is its own best guess at every row, eos included */
    for (long row = 0; row < s->targets; row++)
        assert_int_equal(session_argmax(s, row), row + 1 < s->targets
                                                     ? s->target[row + 1]
                                                     : s->model->config->eos_token_id);
    session_free(s);
}

static void ids_are_taken_as_given(void **state)
{
    (void)state;
    struct session *s = open_session(MODEL_DEFAULT), *t = open_session(MODEL_DEFAULT);
    run(s, "나는 학교에 간다");
    run_ids(t, s->source, s->sources);
    assert_null(t->text);
    assert_int_equal(t->sources, s->sources);
    assert_string_equal(t->prediction, s->prediction);
    for (long i = 0; i < s->sources; i++) {
        assert_string_equal(t->source_labels.items[i].text,
                            s->source_labels.items[i].text);
        assert_int_equal(t->source_labels.items[i].word, s->source_labels.items[i].word);
    }
    run_ids(t, s->source, 1); /* no eos is added */
    assert_int_equal(t->sources, 1);
    session_free(s);
    session_free(t);
}

/* A sequence that begins without a word-start mark still has a first word. */
static void words_of_given_ids(void **state)
{
    (void)state;
    struct session *s = open_session(MODEL_DEFAULT);
    const struct tokenizer *t = s->model->source;
    int32_t eos = s->model->config->eos_token_id;
    int32_t ids[] = {piece_id(t, "는"), piece_id(t, "▁나"), piece_id(t, "는"), eos,
                     piece_id(t, "다")};
    static const int words[] = {0, 1, 1, -1, 2};
    run_ids(s, ids, 5);
    for (int i = 0; i < 5; i++)
        assert_int_equal(s->source_labels.items[i].word, words[i]);
    session_free(s);
}

/* Without a tokenizer, labels are ids and no token belongs to a word. */
static void a_model_without_tokenizer(void **state)
{
    (void)state;
    struct session *s = open_session("tests/data/models/post");
    struct error e = {0};
    assert_int_equal(session_set_text(s, "나는 간다", &e), -1);
    assert_contains(e.message, "has no tokenizer");
    assert_contains(e.message, "--ids");
    e = (struct error){0};
    assert_int_equal(session_set_target_text(s, "I go", &e), -1);
    assert_contains(e.message, "--target-ids");
    int32_t ids[] = {3, 4, 5};
    run_ids(s, ids, 3);
    assert_string_equal(s->source_labels.items[1].text, "#4");
    assert_int_equal(s->source_labels.items[1].word, -1);
    assert_int_equal(labels_word_count(&s->source_labels), 0);
    assert_string_equal(session_label_sets(s).vocabulary->items[7].text, "#7");
    session_free(s);
}

static void a_given_target_is_kept(void **state)
{
    (void)state;
    struct session *s = open_session(MODEL_DEFAULT);
    struct error e = {0};
    assert_int_equal(session_set_target_text(s, "I go home", &e), 0);
    run(s, "나는 학교에 간다");
    assert_true(s->forced);
    assert_string_equal(s->prediction, "I go to school"); /* the model's own, beside it */
    assert_int_equal(s->targets, 4);
    assert_string_equal(s->target_labels.items[3].text, "▁home");
    run(s, "눈이 온다"); /* stays for the next text, until it is taken away */
    assert_int_equal(s->targets, 4);
    assert_int_equal(session_set_target_text(s, NULL, &e), 0);
    run(s, "나는 학교에 간다");
    assert_false(s->forced);
    assert_int_equal(s->targets, 5);
    session_free(s);
}

static void an_empty_target_is_bos_alone(void **state)
{
    (void)state;
    struct session *s = open_session(MODEL_DEFAULT);
    struct error e = {0};
    assert_int_equal(session_set_target_text(s, "  ", &e), 0);
    run(s, "나는 학교에 간다");
    assert_int_equal(s->targets, 1);
    assert_string_equal(s->target_labels.items[0].next, "<eos>");
    session_free(s);
}

static void refuses(int result, struct error *e, const char *part, const char *other)
{
    assert_int_equal(result, -1);
    assert_contains(e->message, part);
    assert_contains(e->message, other);
    *e = (struct error){0};
}

static void what_a_session_refuses(void **state)
{
    (void)state;
    struct session *s = open_session(MODEL_DEFAULT);
    struct error e = {0};
    int most = s->model->config->src_vocab_size;
    int32_t ids[1000] = {0}, negative[] = {-1}, beyond[] = {most};
    refuses(session_run(s, &e), &e, "no text", "type a sentence");
    refuses(session_set_text(s, "", &e), &e, "empty", "type a sentence");
    refuses(session_set_text(s, " \t\n  ", &e), &e, "empty", "type a sentence");
    refuses(session_set_ids(s, ids, 0, &e), &e, "no source ids", "at least one");
    refuses(session_set_ids(s, negative, 1, &e), &e, "token id -1", "ids are 0 to");
    refuses(session_set_ids(s, beyond, 1, &e), &e, "not in the vocabulary",
            "ids are 0 to");
    refuses(session_set_ids(s, ids, 1000, &e), &e, "1000 tokens", "shorten it");
    refuses(session_set_target_ids(s, beyond, 1, &e), &e, "not in the vocabulary",
            "0 to");
    refuses(session_set_target_ids(s, ids, 1000, &e), &e, "1001 tokens", "shorten it");
    struct buffer b = {0};
    for (int i = 0; i < 1000; i++)
        buffer_add(&b, "나는 ");
    refuses(session_set_text(s, b.data, &e), &e, "tokens; this model takes at most",
            "shorten");
    for (int i = 0; i < 10000; i++)
        buffer_add(&b, "나는 ");
    refuses(session_set_text(s, b.data, &e), &e, "bytes", "");
    buffer_free(&b);
    session_free(s);
}

/* An error leaves everything as it was. */
static void an_error_keeps_the_old_run(void **state)
{
    (void)state;
    struct session *s = open_session(MODEL_DEFAULT);
    int32_t beyond[] = {1 << 30};
    run(s, "나는 학교에 간다");
    struct trace *trace = s->trace;
    assert_int_equal(session_set_text(s, " ", NULL), -1);
    assert_int_equal(session_set_ids(s, beyond, 1, NULL), -1);
    assert_int_equal(session_set_target_ids(s, beyond, 1, NULL), -1);
    assert_ptr_equal(s->trace, trace);
    assert_string_equal(s->text, "나는 학교에 간다");
    assert_string_equal(s->source_labels.items[0].text, "▁나");
    assert_false(s->forced);
    struct error e = {0};
    assert_int_equal(session_run(s, &e), 0);
    assert_string_equal(s->prediction, "I go to school");
    session_free(s);
}

static void text_is_normalised(void **state)
{
    (void)state;
    struct session *s = open_session(MODEL_DEFAULT);
    run(s, "  나는\t학교에 \n간다 ");
    assert_string_equal(s->text, "나는 학교에 간다");
    run(s,
        "\xe1\x84\x82\xe1\x85\xa1\xe1\x84\x82\xe1\x85\xb3\xe1\x86\xab 학교에 간다"); /* NFD
                                                                                      */
    assert_string_equal(s->text, "나는 학교에 간다");
    assert_string_equal(s->prediction, "I go to school");
    session_free(s);
}

static void labels_have_glosses(void **state)
{
    (void)state;
    struct session *s = open_session(MODEL_DEFAULT);
    run(s, "나는 학교에 간다");
    assert_contains(s->source_labels.items[0].gloss, "I");
    assert_string_equal(s->source_labels.items[0].roman, "na");
    assert_null(s->target_labels.items[1].gloss);
    session_free(s);
}

static void rows_of_every_attention_map_sum_to_one(void **state)
{
    (void)state;
    struct session *s = open_session(MODEL_DEFAULT);
    run(s, "나는 어제 친구를 만났다");
    int maps = 0;
    for (int i = 0; i < (int)trace_plan(s->trace)->count; i++) {
        if (role_values(trace_plan(s->trace)->stages[i].role) != VALUES_PROBABILITY)
            continue;
        const struct tensor *t = trace_acquire(s->trace, i);
        long n = tensor_columns(t);
        for (long row = 0; row < tensor_rows(t); row++) {
            double sum = 0;
            for (long k = 0; k < n; k++)
                sum += tensor_get(t, row * n + k);
            assert_near(sum, 1, 1e-5);
        }
        trace_release(s->trace, i);
        maps++;
    }
    const struct config *c = s->model->config;
    long layers = (long)config_own(c, "num_encoder_layers") +
                  2 * (long)config_own(c, "num_decoder_layers");
    assert_int_equal(maps, layers + 1);
    session_free(s);
}

static void max_tokens_shorten_the_output(void **state)
{
    (void)state;
    struct session *s = open_session(MODEL_DEFAULT);
    s->options.decode.most = 2;
    run(s, "나는 학교에 간다");
    assert_string_equal(s->prediction, "I go");
    assert_int_equal(s->targets, 3);
    session_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_becomes_source_rows),
        cmocka_unit_test(decoder_rows_carry_what_follows),
        cmocka_unit_test(ids_are_taken_as_given),
        cmocka_unit_test(words_of_given_ids),
        cmocka_unit_test(a_model_without_tokenizer),
        cmocka_unit_test(a_given_target_is_kept),
        cmocka_unit_test(an_empty_target_is_bos_alone),
        cmocka_unit_test(what_a_session_refuses),
        cmocka_unit_test(an_error_keeps_the_old_run),
        cmocka_unit_test(text_is_normalised),
        cmocka_unit_test(labels_have_glosses),
        cmocka_unit_test(rows_of_every_attention_map_sum_to_one),
        cmocka_unit_test(max_tokens_shorten_the_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
