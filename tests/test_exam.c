/* The exam on the embedded model: it passes intact and fails with parts off; its matches
 * are what greedy decoding by hand gives, its loss what a full pass gives. */
#include "study/exam.h"

#include "base/memory.h"
#include "study/table.h"
#include "models.h"
#include "support.h"

#include <limits.h>
#include <math.h>

/* A run of the embedded model, and the exam's sentences read here again. */
struct room {
    struct model *model;
    struct whatifs whatifs;
    struct run run;
    struct table table;
};

static void enter(struct room *r, const char *whatif)
{
    struct error e = {0};
    *r = (struct room){.model = open_model(MODEL_DEFAULT)};
    if (whatif && whatifs_add(&r->whatifs, whatif, &e) < 0)
        fail_msg("%s", e.message);
    r->run = (struct run){r->model, &r->whatifs, {0}};
    char *path = model_file(r->model, "exam.tsv");
    assert_non_null(path);
    assert_int_equal(table_read(path, 3, &r->table, &e), 0);
    free(path);
}

static void leave(struct room *r)
{
    table_free(&r->table);
    whatifs_free(&r->whatifs);
    model_free(r->model);
}

static struct exam *open_exam(struct room *r, long sentences)
{
    struct error e = {0};
    struct exam *x = exam_new(&r->run, &e);
    if (!x)
        fail_msg("%s", e.message);
    exam_limit(x, sentences);
    return x;
}

static void step(struct exam *x)
{
    struct error e = {0};
    if (exam_step(x, &e) != 1)
        fail_msg("no step: %s", e.message);
}

/* ---- scores ---- */

static void check_kinds(const struct exam_score *score)
{
    long sentences = 0, right = 0;
    for (size_t i = 0; i < score->kind_count; i++) {
        assert_true(score->kinds[i].right <= score->kinds[i].sentences);
        sentences += score->kinds[i].sentences;
        right += score->kinds[i].right;
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(score->kinds[i].name, score->kinds[k].name);
    }
    assert_int_equal(sentences, score->sentences);
    assert_int_equal(right, score->right);
}

static void the_model_passes(void **state)
{
    (void)state;
    struct room r;
    enter(&r, NULL);
    struct exam *x = open_exam(&r, LONG_MAX);
    assert_int_equal(exam_size(x), r.table.rows);
    assert_true(exam_size(x) >= 1000);
    exam_limit(x, 100);
    assert_int_equal(exam_size(x), 100);
    exam_limit(x, 200); /* a limit only takes away */
    assert_int_equal(exam_size(x), 100);
    const struct exam_score *score = exam_score(x);
    assert_int_equal(score->sentences, 0);
    assert_true(score->exact_match == 0);
    struct error e = {0};
    for (long i = 0; i < 100; i++) {
        assert_int_equal(exam_step(x, &e), 1);
        score = exam_score(x);
        assert_int_equal(score->sentences, i + 1);
        assert_true(score->exact_match == (double)score->right / (double)(i + 1));
        check_kinds(score);
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(exam_step(x, &e), 0);
    assert_int_equal(exam_score(x)->sentences, 100);
    assert_false(e.set);
    assert_true(exam_score(x)->exact_match >= 0.95);
    assert_true(exam_score(x)->loss > 0 && exam_score(x)->loss < 0.1);
    assert_true(exam_score(x)->kind_count > 1);
    exam_free(x);
    leave(&r);
}

static void without_the_ffn_it_fails(void **state)
{
    (void)state;
    struct room r;
    enter(&r, "no-ffn");
    struct exam *x = open_exam(&r, 100);
    for (long i = 0; i < 100; i++)
        step(x);
    assert_true(exam_score(x)->loss > 1);
    assert_true(exam_score(x)->exact_match < 0.5);
    check_kinds(exam_score(x));
    exam_free(x);
    leave(&r);
}

/* ---- one sentence, by hand ---- */

/* The ids of one cell of the exam, with eos; caller frees. */
static int32_t *ids_of(const struct room *r, size_t row, int column, long *count)
{
    struct tokens tokens = {0};
    struct error e = {0};
    const struct tokenizer *t = column ? r->model->target : r->model->source;
    const char *text = table_cell(&r->table, row, (size_t)column);
    if (tokenizer_encode(t, text, &tokens, &e) < 0)
        fail_msg("%s", e.message);
    int32_t *ids = mem_alloc(tokens.count + 1, sizeof *ids);
    for (size_t i = 0; i < tokens.count; i++)
        ids[i] = tokens.ids[i];
    *count = (long)tokens.count;
    if (column || r->model->config->source_eos)
        ids[(*count)++] = r->model->config->eos_token_id;
    tokens_free(&tokens);
    return ids;
}

/* Greedy decoding to eos or the limit: whether it gives the target and no other. */
static bool greedy_is_right(const struct room *r, size_t row)
{
    const struct config *c = r->model->config;
    long sources, targets, n = 0;
    int32_t *source = ids_of(r, row, 0, &sources), *target = ids_of(r, row, 1, &targets);
    int32_t *out = mem_alloc((size_t)decode_limit(r->model, sources) + 1, sizeof *out);
    struct error e = {0};
    struct decoder *d = decoder_new(&r->run, source, sources, &e);
    assert_non_null(d);
    for (int32_t token = c->bos_token_id; n < decode_limit(r->model, sources);) {
        const double *logits = decoder_step(d, token, &e);
        assert_non_null(logits);
        token = (int32_t)decode_best(logits, c->tgt_vocab_size);
        out[n++] = token;
        if (token == c->eos_token_id)
            break;
    }
    bool right = n == targets && !memcmp(out, target, sizeof *out * (size_t)n);
    decoder_free(d);
    free(source);
    free(target);
    free(out);
    return right;
}

static void matches_are_those_of_greedy_decoding(void **state)
{
    (void)state;
    static const char *const whatifs[] = {NULL, "no-position@encoder", "no-mask",
                                          "ablate@decoder.0.cross_attn:1"};
    for (size_t i = 0; i < sizeof whatifs / sizeof *whatifs; i++) {
        struct room r;
        enter(&r, whatifs[i]);
        struct exam *x = open_exam(&r, 50);
        long right = 0;
        for (size_t row = 0; row < 50; row++) {
            step(x);
            right += greedy_is_right(&r, row);
            assert_int_equal(exam_score(x)->right, right);
        }
        exam_free(x);
        leave(&r);
    }
}

/* -log p of the right tokens of one full pass, summed; `*tokens` grows. */
static double loss_of(const struct room *r, size_t row, long *tokens)
{
    const struct config *c = r->model->config;
    long sources, targets;
    int32_t *source = ids_of(r, row, 0, &sources), *target = ids_of(r, row, 1, &targets);
    int32_t *given = mem_alloc((size_t)targets, sizeof *given);
    given[0] = c->bos_token_id;
    memcpy(given + 1, target, sizeof *given * (size_t)(targets - 1));
    struct error e = {0};
    struct plan *p = run_plan(&r->run, source, sources, given, targets, &e);
    assert_non_null(p);
    struct trace_options slow = {.engine = ENGINE_REFERENCE};
    struct trace *t = trace_new(p, &slow, NULL);
    const struct tensor *probabilities =
        trace_acquire(t, plan_find(p, "probabilities"));
    double loss = 0;
    for (long i = 0; i < targets; i++)
        loss -= log(tensor_get(probabilities, i * c->tgt_vocab_size + target[i]));
    *tokens += targets;
    trace_free(t);
    free(source);
    free(target);
    free(given);
    return loss;
}

static void the_loss_is_that_of_full_passes(void **state)
{
    (void)state;
    static const char *const whatifs[] = {NULL, "no-position@encoder", "no-mask",
                                          "no-residual@decoder.0"};
    for (size_t i = 0; i < sizeof whatifs / sizeof *whatifs; i++) {
        struct room r;
        enter(&r, whatifs[i]);
        struct exam *x = open_exam(&r, 10);
        double loss = 0;
        long tokens = 0;
        for (size_t row = 0; row < 10; row++) {
            step(x);
            loss += loss_of(&r, row, &tokens);
            double mean = loss / (double)tokens;
            assert_near(exam_score(x)->loss, mean, 2e-5 * fmax(1, mean));
        }
        exam_free(x);
        leave(&r);
    }
}

static void both_engines_agree(void **state)
{
    (void)state;
    struct room r;
    enter(&r, "no-position");
    struct exam *fast = open_exam(&r, 20);
    struct run slow_run = r.run;
    slow_run.options.engine = ENGINE_REFERENCE;
    struct error e = {0};
    struct exam *slow = exam_new(&slow_run, &e);
    for (int i = 0; i < 20; i++) {
        step(fast);
        step(slow);
        assert_near(exam_score(fast)->loss, exam_score(slow)->loss, 1e-4);
    }
    exam_free(fast);
    exam_free(slow);
    leave(&r);
}

/* ---- errors ---- */

static void a_model_without_an_exam(void **state)
{
    (void)state;
    static const char *const names[] = {
        "tests/data/models/post",
        "random:d_model=8,nhead=2,num_encoder_layers=1,num_decoder_layers=1,"
        "dim_feedforward=8,seed=1"};
    for (int i = 0; i < 2; i++) {
        struct model *m = open_model(names[i]);
        struct whatifs none = {0};
        struct run run = {m, &none, {0}};
        struct error e = {0};
        assert_null(exam_new(&run, &e));
        assert_contains(e.message, "brings no exam (exam.tsv)");
        assert_contains(e.message, m->name);
        model_free(m);
    }
    exam_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_model_passes),
        cmocka_unit_test(without_the_ffn_it_fails),
        cmocka_unit_test(matches_are_those_of_greedy_decoding),
        cmocka_unit_test(the_loss_is_that_of_full_passes),
        cmocka_unit_test(both_engines_agree),
        cmocka_unit_test(a_model_without_an_exam),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
