/* The exam on the embedded model: it passes intact and fails with parts off; its matches
 * are what greedy decoding by hand gives, its loss what a full pass gives. */
#include "study/exam.h"

#include "base/memory.h"
#include "study/table.h"
#include "models.h"
#include "support.h"

#include <limits.h>
#include <math.h>
#include <unistd.h>

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

static void finish(struct exam *x)
{
    while (exam_score(x)->sentences < exam_size(x))
        step(x);
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
    for (long done = 0; done < 100; done = score->sentences) {
        assert_int_equal(exam_step(x, &e), 1);
        score = exam_score(x);
        assert_true(score->sentences > done);
        assert_true(score->exact_match ==
                    (double)score->right / (double)score->sentences);
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
    finish(x);
    assert_true(exam_score(x)->loss > 1);
    assert_true(exam_score(x)->exact_match < 0.5);
    check_kinds(exam_score(x));
    exam_free(x);
    leave(&r);
}

/* ---- one sentence, by hand ---- */

/* The ids of a text of the source (0) or target side (1), with eos; caller frees. */
static int32_t *ids_of_text(const struct room *r, const char *text, int column,
                            long *count)
{
    struct tokens tokens = {0};
    struct error e = {0};
    const struct tokenizer *t = column ? r->model->target : r->model->source;
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

/* The n-th answer (from 0) to a sentence, NULL after the last; caller frees. */
static char *answer_of(const struct room *r, size_t row, int n)
{
    const char *at = table_cell(&r->table, row, 1), *end = strstr(at, " || ");
    for (; n && end; n--, end = strstr(at, " || "))
        at = end + 4;
    return n ? NULL : mem_bytes(at, end ? (size_t)(end - at) : strlen(at));
}

/* Those of the source, or of the first answer. */
static int32_t *ids_of(const struct room *r, size_t row, int column, long *count)
{
    char *answer = answer_of(r, row, 0);
    const char *text = column ? answer : table_cell(&r->table, row, 0);
    int32_t *ids = ids_of_text(r, text, column, count);
    free(answer);
    return ids;
}

/* Whether these ids are one of the answers. */
static bool is_an_answer(const struct room *r, size_t row, const int32_t *ids, long n)
{
    bool found = false;
    char *answer;
    for (int i = 0; !found && (answer = answer_of(r, row, i)); i++) {
        long count;
        int32_t *right = ids_of_text(r, answer, 1, &count);
        found = n == count && !memcmp(ids, right, sizeof *ids * (size_t)n);
        free(right);
        free(answer);
    }
    return found;
}

/* Whether the two largest logits are nearer than two engines may differ. */
static bool is_a_tie(const double *logits, long n)
{
    long best = decode_best(logits, n);
    double second = -INFINITY, most = 0;
    for (long i = 0; i < n; i++) {
        second = i != best && logits[i] > second ? logits[i] : second;
        most = fmax(most, fabs(logits[i]));
    }
    return logits[best] - second <= 2e-5 * fmax(1, most);
}

/* Greedy decoding to eos or the limit: whether it gives one of the answers and no other
 * text, and whether a tie stood on its way. */
static bool greedy_is_right(const struct room *r, size_t row, bool *tie)
{
    const struct config *c = r->model->config;
    long sources, n = 0;
    int32_t *source = ids_of(r, row, 0, &sources);
    int32_t *out = mem_alloc((size_t)decode_limit(r->model, sources) + 1, sizeof *out);
    struct error e = {0};
    struct decoder *d = decoder_new(&r->run, source, sources, &e);
    assert_non_null(d);
    *tie = false;
    for (int32_t token = c->bos_token_id; n < decode_limit(r->model, sources);) {
        const double *logits = decoder_step(d, token, &e);
        assert_non_null(logits);
        token = (int32_t)decode_best(logits, c->tgt_vocab_size);
        *tie = *tie || is_a_tie(logits, c->tgt_vocab_size);
        out[n++] = token;
        if (token == c->eos_token_id)
            break;
    }
    bool right = is_an_answer(r, row, out, n);
    decoder_free(d);
    free(source);
    free(out);
    return right;
}

/* -log p of the right tokens of one full pass of one sentence, summed; `*tokens` grows. */
static double loss_of(const struct room *r, enum engine engine, size_t row, long *tokens)
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
    struct trace_options options = {.engine = engine};
    struct trace *t = trace_new(p, &options, NULL);
    const struct tensor *logits = trace_acquire(t, plan_find(p, "logits"));
    double loss = 0;
    for (long i = 0; i < targets; i++) {
        double sum = 0, most = -INFINITY;
        for (long k = 0; k < c->tgt_vocab_size; k++)
            most = fmax(most, tensor_get(logits, i * c->tgt_vocab_size + k));
        for (long k = 0; k < c->tgt_vocab_size; k++)
            sum += exp(tensor_get(logits, i * c->tgt_vocab_size + k) - most);
        loss += most + log(sum) - tensor_get(logits, i * c->tgt_vocab_size + target[i]);
    }
    *tokens += targets;
    trace_free(t);
    free(source);
    free(target);
    free(given);
    return loss;
}

#define TRIED 40

/* Packed and one at a time: the same matches but for ties, and the same loss. */
static long compare_with_single(const char *whatif, double (*losses)[2])
{
    struct room r;
    enter(&r, whatif);
    struct exam *x = open_exam(&r, TRIED);
    long ties = 0, tokens = 0, again = 0;
    double loss = 0, slow = 0;
    finish(x);
    for (size_t row = 0; row < TRIED; row++) {
        bool tie, right = greedy_is_right(&r, row, &tie);
        if (exam_verdict(x, (long)row) != right && !tie)
            fail_msg("%s, sentence %zu: packed %d, alone %d", whatif ? whatif : "intact",
                     row + 1, exam_verdict(x, (long)row), right);
        ties += tie;
        loss += loss_of(&r, ENGINE_FAST, row, &tokens);
        slow += row < 5 ? loss_of(&r, ENGINE_REFERENCE, row, &again) : 0;
    }
    (*losses)[0] = exam_score(x)->loss;
    (*losses)[1] = loss / (double)tokens;
    exam_free(x);
    x = open_exam(&r, 5);
    finish(x);
    double mean = slow / (double)again;
    assert_near(exam_score(x)->loss, mean, 2e-5 * fmax(1, mean));
    exam_free(x);
    leave(&r);
    return ties;
}

/* Under every what-if of the table: at its place or with a value where it needs one. */
static void sentences_packed_and_alone(void **state)
{
    (void)state;
    static const char *const more[] = {
        "no-mask@decoder.1", "no-position@encoder", "ablate@decoder.0.cross_attn:1",
        "no-residual@decoder.0", "uniform-attention@encoder.1.self_attn:2"};
    long ties = 0;
    int count = WHATIF_COUNT + (int)(sizeof more / sizeof *more);
    for (int i = -1; i < count; i++) {
        if (i == WHATIF_ORDER || i == WHATIF_RANDOM)
            continue; /* of one text; other weights, not another plan */
        char *name = i < 0                ? NULL
                     : i >= WHATIF_COUNT  ? mem_string(more[i - WHATIF_COUNT])
                     : i == WHATIF_ABLATE ? mem_string("ablate@encoder.1.self_attn")
                                          : mem_format("%s%s", whatif_name(i),
                                                       whatif_needs_value(i) ? "=2" : "");
        double losses[2];
        ties += compare_with_single(name, &losses);
        /* without norms the rounding of numbers above 10,000 decides who attends to whom;
         * over the whole exam it evens out, over so few sentences less */
        double limit = i == WHATIF_NO_NORM ? 4e-6 : 1e-6;
        if (!(fabs(losses[0] - losses[1]) <= limit * fmax(1, losses[1])))
            fail_msg("%s: loss %.9g packed, %.9g alone", name ? name : "intact",
                     losses[0], losses[1]);
        free(name);
    }
    print_message("%ld places with two logits as good as equal\n", ties);
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
    exam_limit(slow, 20);
    finish(fast);
    finish(slow);
    assert_int_equal(exam_score(fast)->right, exam_score(slow)->right);
    assert_near(exam_score(fast)->loss, exam_score(slow)->loss, 1e-4);
    exam_free(fast);
    exam_free(slow);
    leave(&r);
}

/* ---- several answers ---- */

/* A folder with the embedded model and an exam of its own. */
static char *folder_with_exam(const char *exam)
{
    static const char *const files[] = {"config.json", "model.safetensors",
                                        "source_tokenizer.json", "target_tokenizer.json"};
    char name[] = "/tmp/stepformer-exam-XXXXXX";
    assert_non_null(mkdtemp(name));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *from = mem_format("assets/models/ko-en/%s", files[i]);
        char *whole = realpath(from, NULL), *to = mem_format("%s/%s", name, files[i]);
        assert_int_equal(symlink(whole, to), 0);
        free(from);
        free(whole);
        free(to);
    }
    char *path = mem_format("%s/exam.tsv", name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(exam, f);
    fclose(f);
    free(path);
    return mem_string(name);
}

static void remove_folder(char *folder)
{
    char *command = mem_format("rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(folder);
}

/* The loss is that of the first answer, whichever matches. */
static void one_of_several_answers_counts(void **state)
{
    (void)state;
    char *folder = folder_with_exam("source\ttarget\tkind\n"
                                    "나는 학교에 간다\tI go to school\ta\n"
                                    "나는 학교에 간다\tI see a dog || I go to school\tb\n"
                                    "나는 학교에 간다\tI go to school || I see a dog\tc\n"
                                    "나는 학교에 간다\tI see a dog || I go\td\n");
    struct model *m = open_model(folder);
    struct whatifs none = {0};
    struct run run = {m, &none, {0}};
    struct error e = {0};
    struct exam *x = exam_new(&run, &e);
    assert_non_null(x);
    finish(x);
    const int right[] = {1, 1, 1, 0};
    for (long i = 0; i < 4; i++)
        assert_int_equal(exam_verdict(x, i), right[i]);
    assert_int_equal(exam_score(x)->right, 3);
    assert_true(exam_score(x)->loss > 1);
    exam_free(x);
    x = exam_new(&run, &e);
    exam_limit(x, 1);
    finish(x);
    assert_true(exam_score(x)->loss < 0.1);
    assert_int_equal(exam_verdict(x, 0), 1);
    exam_free(x);
    model_free(m);
    remove_folder(folder);
}

/* The loss of an exam of one line. */
static double loss_of_line(const char *line)
{
    char *text = mem_format("source\ttarget\tkind\n%s\ta\n", line);
    char *folder = folder_with_exam(text);
    struct model *m = open_model(folder);
    struct whatifs none = {0};
    struct run run = {m, &none, {0}};
    struct error e = {0};
    struct exam *x = exam_new(&run, &e);
    assert_non_null(x);
    finish(x);
    double loss = exam_score(x)->loss;
    exam_free(x);
    model_free(m);
    remove_folder(folder);
    free(text);
    return loss;
}

static void further_answers_leave_the_loss_as_it_is(void **state)
{
    (void)state;
    double alone = loss_of_line("나는 학교에 간다\tI go to school");
    double both = loss_of_line("나는 학교에 간다\tI go to school || I see a dog");
    double turned = loss_of_line("나는 학교에 간다\tI see a dog || I go to school");
    assert_near(both, alone, 1e-5);
    assert_true(turned > alone + 1);
}

/* ---- errors ---- */

/* The exam of three lines, of which the second has these answers, is refused there. */
static void refuses(const char *answers, const char *part)
{
    char *text = mem_format("source\ttarget\tkind\n나는 간다\tI go\ta\n"
                            "나는 간다\t%s\tb\n나는 간다\tI go || he goes\ta\n", answers);
    char *folder = folder_with_exam(text), *path = mem_format("%s/exam.tsv", folder);
    struct model *m = open_model(folder);
    struct whatifs none = {0};
    struct run run = {m, &none, {0}};
    struct error e = {0};
    if (exam_new(&run, &e))
        fail_msg("\"%s\" was taken", answers);
    assert_string_equal(e.file, path);
    assert_int_equal(e.line, 3);
    assert_contains(e.message, part);
    model_free(m);
    remove_folder(folder);
    free(path);
    free(text);
}

static void answers_badly_written(void **state)
{
    (void)state;
    refuses("", "answer 1 is empty");
    refuses("I go || ", "answer 2 is empty");
    refuses(" || I go", "answer 1 is empty");
    refuses("I go ||  || he goes", "answer 2 is empty");
    refuses(" I go", "answer 1 begins or ends with a space");
    refuses("I go ", "answer 1 begins or ends with a space");
    refuses("I go ||  he goes", "answer 2 begins or ends with a space");
    refuses("I go  || he goes", "answer 1 begins or ends with a space");
    refuses(" ", "answer 1 begins or ends with a space");
    refuses("I go || he goes||she goes", "answer 2 holds \"||\"");
    refuses("I go ||he goes", "answer 1 holds \"||\"");
    refuses("I go ||", "answer 1 holds \"||\"");
    refuses("||", "answer 1 holds \"||\"");
}

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
        cmocka_unit_test(sentences_packed_and_alone),
        cmocka_unit_test(one_of_several_answers_counts),
        cmocka_unit_test(further_answers_leave_the_loss_as_it_is),
        cmocka_unit_test(answers_badly_written),
        cmocka_unit_test(both_engines_agree),
        cmocka_unit_test(a_model_without_an_exam),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
