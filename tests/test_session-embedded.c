/* The embedded model against PyTorch (tests/reference/embedded.py): five whole passes
 * stage by stage, the ids and translations of many sentences; and that a run depends on
 * its text alone. */
#include "golden.h"

#include "base/file.h"
#include "study/decode.h"
#include "study/session.h"

#define PASSES 5

static void open_pass(int number, struct golden *g)
{
    char name[32];
    snprintf(name, sizeof name, "embedded-%d", number);
    open_golden_of(MODEL_DEFAULT, name, g);
}

static struct session *open_session(void)
{
    struct error e = {0};
    struct model *m = model_open(MODEL_DEFAULT, &e);
    if (!m)
        fail_msg("%s: %s", e.file, e.message);
    return session_new(m, &(struct session_options){0});
}

static void run(struct session *s, const char *text)
{
    struct error e = {0};
    if (session_set_text(s, text, &e) < 0 || session_run(s, &e) < 0)
        fail_msg("%s: %s", text, e.message);
}

static void every_stage_equals_pytorch(void **state)
{
    (void)state;
    for (int i = 1; i <= PASSES; i++) {
        struct golden g;
        open_pass(i, &g);
        check_order(MODEL_DEFAULT, &g);
        check_values(MODEL_DEFAULT, &g, g.fast);
        check_values(MODEL_DEFAULT, &g, g.slow);
        check_engines(MODEL_DEFAULT, g.fast, g.slow);
        close_golden(&g);
    }
}

static void every_cell_is_explained(void **state)
{
    (void)state;
    struct golden g;
    open_pass(1, &g);
    check_explanations(MODEL_DEFAULT, g.fast);
    close_golden(&g);
}

/* From the text alone: the same ids and the same translation. */
static void passes_from_their_text(void **state)
{
    (void)state;
    struct session *s = open_session();
    for (int i = 1; i <= PASSES; i++) {
        struct golden g;
        int32_t ids[200];
        open_pass(i, &g);
        run(s, safetensors_metadata(g.values, "text"));
        assert_string_equal(s->prediction, safetensors_metadata(g.values, "prediction"));
        long n = read_ids(safetensors_metadata(g.values, "src_ids"), ids, 200);
        assert_int_equal(s->sources, n);
        assert_memory_equal(s->source, ids, sizeof *ids * (size_t)n);
        n = read_ids(safetensors_metadata(g.values, "tgt_ids"), ids, 200);
        assert_int_equal(s->targets, n + 1);
        assert_memory_equal(s->target + 1, ids, sizeof *ids * (size_t)n);
        close_golden(&g);
    }
    session_free(s);
}

/* ---- tokens.tsv ---- */

/* Undoes the escapes \\ \t \n \r, in place. */
static void unescape(char *s)
{
    char *to = s;
    for (; *s; s++) {
        if (*s == '\\') {
            s++;
            *to++ = *s == 't' ? '\t' : *s == 'n' ? '\n' : *s == 'r' ? '\r' : *s;
        } else {
            *to++ = *s;
        }
    }
    *to = 0;
}

/* One line: side, text, pieces, ids, prediction. */
static void check_line(const struct model *m, char **cell)
{
    const struct tokenizer *t = strcmp(cell[0], "source") ? m->target : m->source;
    struct tokens tokens = {0};
    struct error e = {0};
    int32_t ids[300];
    unescape(cell[1]);
    unescape(cell[4]);
    if (tokenizer_encode(t, cell[1], &tokens, &e) < 0)
        fail_msg("%s: %s", cell[1], e.message);
    long n = read_ids(cell[3], ids, 299);
    bool same = n == (long)tokens.count;
    for (long i = 0; same && i < n; i++)
        same = tokens.ids[i] == ids[i];
    if (!same)
        fail_msg("\"%s\" is not %s", cell[1], cell[3]);
    tokens_free(&tokens);
    if (!*cell[4])
        return;
    ids[n++] = m->config->eos_token_id;
    int32_t *out;
    long count;
    static const struct whatifs none;
    struct run run = {m, &none, {0}};
    struct decode_options greedy = {0};
    assert_int_equal(decode_target(&run, ids, n, &greedy, &out, &count, &e), 0);
    /* without special tokens, as the golden text has it */
    char *text = tokenizer_decode(m->target, out, (size_t)count, true);
    if (strcmp(text, cell[4]))
        fail_msg("%s: \"%s\" instead of \"%s\"", cell[1], text, cell[4]);
    free(text);
    free(out);
}

static void ids_and_translations_equal(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = model_open(MODEL_DEFAULT, &e);
    char *file = file_read("tests/data/golden/tokens.tsv", 10000000, NULL, &e);
    if (!m || !file)
        fail_msg("%s: %s", e.file, e.message);
    long lines = 0, predictions = 0;
    for (char *line = strchr(file, '\n') + 1, *next; *line; line = next) {
        char *cell[5] = {line};
        next = strchr(line, '\n') + 1;
        next[-1] = 0;
        for (int i = 1; i < 5; i++) {
            cell[i] = strchr(cell[i - 1], '\t');
            assert_non_null(cell[i]);
            *cell[i]++ = 0;
        }
        predictions += *cell[4] != 0;
        check_line(m, cell);
        lines++;
    }
    assert_true(lines > 100 && predictions > 20);
    free(file);
    model_free(m);
}

/* ---- what every lesson can rely on ---- */

static void the_lesson_sentences(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"나는 학교에 간다", "I go to school"},
        {"학교에 나는 간다", "I go to school"},
        {"개가 고양이를 쫓는다", "the dog chases the cat"},
        {"고양이가 개를 쫓는다", "the cat chases the dog"},
        {"나는 어제 친구를 만났다", "I met a friend yesterday"},
        {"어제 나는 친구를 만났다", "I met a friend yesterday"},
        {"친구를 나는 어제 만났다", "I met a friend yesterday"},
        {"배를 먹었다", "I ate a pear"},
        {"눈이 온다", "it snows"},
    };
    static const char *const holds[][2] = {
        {"나는 어제 친구와 함께 영화관에서 정말 재미있는 액션 영화를 봤다", "action movie"},
        {"배를 탔다", "ship"},   {"눈이 아프다", "eye"},
        {"차를 마신다", "tea"}, {"차를 운전한다", "car"},
    };
    struct session *s = open_session();
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        run(s, pairs[i][0]);
        if (strcmp(s->prediction, pairs[i][1]))
            fail_msg("%s: \"%s\" instead of \"%s\"", pairs[i][0], s->prediction,
                     pairs[i][1]);
    }
    for (size_t i = 0; i < sizeof holds / sizeof *holds; i++) {
        run(s, holds[i][0]);
        if (!strstr(s->prediction, holds[i][1]))
            fail_msg("%s: \"%s\" without \"%s\"", holds[i][0], s->prediction,
                     holds[i][1]);
    }
    session_free(s);
}

/* ---- a run depends on its text alone ---- */

/* Bit by bit, every stage. */
static void assert_same_trace(struct trace *a, struct trace *b)
{
    assert_int_equal(trace_plan(a)->count, trace_plan(b)->count);
    for (int i = 0; i < (int)trace_plan(a)->count; i++) {
        const struct tensor *x = trace_acquire(a, i), *y = trace_acquire(b, i);
        assert_int_equal(tensor_bytes(x), tensor_bytes(y));
        if (memcmp(x->data, y->data, tensor_bytes(x)))
            fail_msg("%s differs", stage_id(&trace_plan(a)->stages[i]));
        trace_release(a, i);
        trace_release(b, i);
    }
}

static void the_same_text_gives_the_same_bits(void **state)
{
    (void)state;
    for (int engine = 0; engine < 2; engine++) {
        struct session *a = open_session(), *b = open_session();
        a->options.trace.engine = engine ? ENGINE_REFERENCE : ENGINE_FAST;
        b->options.trace.engine = a->options.trace.engine;
        run(a, "나는 어제 친구를 만났다");
        run(b, "나는 어제 친구를 만났다");
        assert_same_trace(a->trace, b->trace);
        session_free(a);
        session_free(b);
    }
}

static void history_changes_nothing(void **state)
{
    (void)state;
    static const char *const others[] = {"고양이가 개를 쫓는다", "눈이 온다",
                                         "나는 어제 친구와 함께 영화관에서 영화를 봤다"};
    struct session *s = open_session(), *fresh = open_session();
    const char *text = "나는 학교에 간다";
    run(fresh, text);
    for (int i = 0; i < 3; i++) {
        run(s, text);
        trace_compute_all(s->trace);
        run(s, others[i]);
        trace_compute_all(s->trace);
        run(s, text);
        assert_string_equal(s->prediction, fresh->prediction);
        assert_same_trace(s->trace, fresh->trace);
        /* a given target, and back */
        struct error e = {0};
        assert_int_equal(session_set_target_text(s, "the dog", &e), 0);
        assert_int_equal(session_run(s, &e), 0);
        assert_int_equal(session_set_target_text(s, NULL, &e), 0);
        assert_int_equal(session_run(s, &e), 0);
        assert_same_trace(s->trace, fresh->trace);
    }
    session_free(s);
    session_free(fresh);
}

/* A small budget drops and recomputes, to the same bits. */
static void a_small_budget_changes_nothing(void **state)
{
    (void)state;
    struct session *small = open_session(), *large = open_session();
    small->options.trace.budget = 20000;
    run(small, "개가 고양이를 쫓는다");
    run(large, "개가 고양이를 쫓는다");
    assert_string_equal(small->prediction, large->prediction);
    assert_same_trace(small->trace, large->trace);
    assert_true(trace_bytes(small->trace) <= 20000);
    session_free(small);
    session_free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stage_equals_pytorch),
        cmocka_unit_test(every_cell_is_explained),
        cmocka_unit_test(passes_from_their_text),
        cmocka_unit_test(ids_and_translations_equal),
        cmocka_unit_test(the_lesson_sentences),
        cmocka_unit_test(the_same_text_gives_the_same_bits),
        cmocka_unit_test(history_changes_nothing),
        cmocka_unit_test(a_small_budget_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
