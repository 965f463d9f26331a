/* Training from pairs to a folder: it learns, it goes on where it stopped, it takes no
 * more memory with every step, and it says what is wrong with what it is given. */
#include "learn/training.h"

#include "base/memory.h"
#include "learn/pairs.h"
#include "learn/pieces.h"
#include "models.h"
#include "study/exam.h"
#include "temporary.h"

#include <math.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* The sanitizers look at how numbers are read; learning takes its time. */
#ifdef __SANITIZE_ADDRESS__
#define PART 10
#define SHAPE "d_model=8,nhead=2,num_encoder_layers=1,num_decoder_layers=1"
#else
#define PART 1
#define SHAPE "num_encoder_layers=1,num_decoder_layers=1"
#endif

static char folder[300];

static char *path_of(const char *name)
{
    return file_join(folder, name);
}

static char *write_file(const char *name, const char *text, size_t length)
{
    char *path = path_of(name);
    if (file_write(path, text, length, true, NULL) < 0)
        fail_msg("%s cannot be written", path);
    return path;
}

/* A little language: the verb goes from the end to the middle. */
static char *make_pairs(const char *name)
{
    static const char *const who[][2] = {{"나는", "I"}, {"너는", "you"}, {"그는", "he"},
                                         {"우리는", "we"}, {"아이는", "the child"},
                                         {"친구는", "a friend"}, {"새는", "the bird"}};
    static const char *const what[][2] = {{"밥을", "rice"}, {"물을", "water"},
                                          {"책을", "a book"}, {"개를", "a dog"},
                                          {"차를", "tea"}, {"꽃을", "a flower"},
                                          {"집을", "a house"}, {"배를", "a ship"}};
    static const char *const does[][2] = {{"봤다", "saw"}, {"샀다", "bought"},
                                          {"찾았다", "found"}, {"원했다", "wanted"},
                                          {"줬다", "gave"},
                                          {"그렸다", "drew"}, {"팔았다", "sold"}};
    struct buffer b = {0};
    for (int i = 0; i < 7; i++)
        for (int k = 0; k < 8; k++)
            for (int j = 0; j < 7; j++)
                buffer_addf(&b, "%s %s %s\t%s %s %s\n", who[i][0], what[k][0], does[j][0],
                            who[i][1], does[j][1], what[k][1]);
    char *path = write_file(name, b.data, b.length);
    buffer_free(&b);
    return path;
}

static struct training_setup small_setup(const char *pairs, const char *out)
{
    struct training_setup s = {.pairs = pairs, .folder = out, .threads = 1,
                               .config = SHAPE, .recipe = recipe_default()};
    s.pieces = 120;
    s.recipe.steps = 500 / PART;
    s.recipe.warmup = 40 / PART;
    s.recipe.batch = 32;
    s.recipe.rate = 8e-3;
    s.recipe.save_every = 100 / PART;
    return s;
}

static void go(struct training *t, long steps)
{
    struct error e = {0};
    int more = 1;
    for (long i = 0; more > 0 && (steps < 0 || i < steps); i++)
        more = training_step(t, &e);
    if (more < 0)
        fail_msg("%s", e.message);
}

static struct training *begin(const struct training_setup *s)
{
    struct error e = {0};
    struct training *t = training_new(s, &e);
    if (!t)
        fail_msg("%s: %s", e.file, e.message);
    return t;
}

static void train_all(const struct training_setup *s)
{
    struct training *t = begin(s);
    go(t, -1);
    training_free(t);
}

static void assert_same_file(const char *a, const char *b, const char *name)
{
    char *x = file_join(a, name), *y = file_join(b, name);
    size_t n, m;
    char *one = file_read(x, 1 << 24, &n, NULL), *other = file_read(y, 1 << 24, &m, NULL);
    assert_non_null(one);
    assert_non_null(other);
    if (n != m || memcmp(one, other, n))
        fail_msg("%s and %s differ", x, y);
    free(one);
    free(other);
    free(x);
    free(y);
}

static double score_of(const char *name)
{
    struct model *m = open_model(name);
    struct whatifs none = {0};
    struct run run = {m, &none, {0}};
    struct error e = {0};
    struct exam *x = exam_new(&run, &e);
    if (!x)
        fail_msg("%s", e.message);
    while (exam_step(x, &e) > 0)
        ;
    double match = exam_score(x)->exact_match;
    exam_free(x);
    model_free(m);
    return match;
}

/* ---- it learns ---- */

static void a_little_language_is_learned(void **state)
{
    (void)state;
    char *pairs = make_pairs("pairs.tsv"), *out = path_of("learned");
    struct training_setup s = small_setup(pairs, out);
    s.recipe.round = 2;
    train_all(&s);
    assert_true(score_of(out) >= (PART == 1 ? 0.9 : 0));
    char *before = mem_format("%s@0", out), *middle = mem_format("%s@%d", out, 100 / PART);
    assert_true(score_of(before) <= 0.1);
    score_of(middle);
    struct model *m = open_model(out); /* all weights have two decimals */
    for (size_t i = 0; i < m->weights.count; i++)
        for (long k = 0; k < tensor_count(&m->weights.items[i].tensor); k++) {
            double x = (double)m->weights.items[i].tensor.f32[k] * 100;
            assert_near(x, rint(x), 1e-4);
        }
    model_free(m);
    free(before);
    free(middle);
    free(pairs);
    free(out);
}

/* Recurrent models learn it, too; what --rnn stands for. */
static void recurrent_models_learn_it(void **state)
{
    (void)state;
    static const char *const configs[] = {"model_type=rnn,attention=true,d_model=32",
                                          "d_model=32,model_type=rnn"};
    static const double least[] = {0.8, 0.5};
    char *pairs = make_pairs("pairs.tsv");
    for (int i = 0; i < 2; i++) {
        char *out = path_of(i ? "plain" : "attentive");
        struct training_setup s = small_setup(pairs, out);
        s.config = configs[i];
        s.recipe.rate = 4e-3;
        s.recipe.steps = 1500 / PART;
        train_all(&s);
        double score = score_of(out); /* the folder opens */
        if (PART == 1 && !(score >= least[i]))
            fail_msg("%s: %g of the exam", configs[i], score);
        free(out);
    }
    free(pairs);
}

/* ---- the same again ---- */

static void the_same_seed_gives_the_same_bits(void **state)
{
    (void)state;
    char *pairs = make_pairs("pairs.tsv"), *a = path_of("a"), *b = path_of("b");
    struct training_setup s = small_setup(pairs, a);
    s.recipe.steps = 60;
    s.recipe.warmup = 20;
    s.recipe.dropout = 0.1;
    train_all(&s);
    s.folder = b;
    train_all(&s);
    assert_same_file(a, b, "model.safetensors");
    assert_same_file(a, b, "loss.tsv");
    free(pairs);
    free(a);
    free(b);
}

static void an_interrupted_training_goes_on(void **state)
{
    (void)state;
    char *pairs = make_pairs("pairs.tsv"), *a = path_of("whole"), *b = path_of("parts");
    struct training_setup s = small_setup(pairs, a);
    struct error e = {0};
    s.recipe.steps = 130;
    s.recipe.save_every = 100;
    s.recipe.entropy = 0.01;
    s.recipe.penalty_from = 40;
    s.recipe.penalty_full = 80;
    train_all(&s);
    s.folder = b;
    struct training *t = begin(&s);
    go(t, 57);
    assert_int_equal(training_save(t, &e), 0);
    go(t, 20); /* lost */
    training_free(t);
    t = training_resume(b, NULL, 1, &e);
    if (!t)
        fail_msg("%s", e.message);
    assert_int_equal(training_state(t).step, 57);
    go(t, -1);
    training_free(t);
    assert_same_file(a, b, "model.safetensors");
    assert_same_file(a, b, "loss.tsv");
    free(pairs);
    free(a);
    free(b);
}

static double loss_after(struct training_setup *s, int threads, const char *name)
{
    char *out = path_of(name);
    s->folder = out;
    s->threads = threads;
    struct training *t = begin(s);
    go(t, 30 / PART);
    double loss = training_state(t).loss;
    training_free(t);
    free(out);
    return loss;
}

static void two_threads_come_to_the_same(void **state)
{
    (void)state;
    char *pairs = make_pairs("pairs.tsv");
    struct training_setup s = small_setup(pairs, NULL);
    double one = loss_after(&s, 1, "one"), two = loss_after(&s, 2, "two");
    assert_near(one, two, 1e-3);
    assert_true(loss_after(&s, 2, "again") == two);
    free(pairs);
}

/* ---- memory ---- */

static void steps_take_no_more_memory(void **state)
{
    (void)state;
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
    char *pairs = make_pairs("pairs.tsv"), *out = path_of("memory");
    struct training_setup s = small_setup(pairs, out);
    s.recipe.steps = 1000;
    s.recipe.save_every = 1000;
    s.config = "d_model=8,nhead=2,num_encoder_layers=1,num_decoder_layers=1";
    struct training *t = begin(&s);
    go(t, 600); /* the longest batch was met */
    size_t before = mallinfo2().uordblks;
    go(t, 399);
    assert_in_range(mallinfo2().uordblks, 0, before + 65536);
    training_free(t);
    free(pairs);
    free(out);
#endif
}

/* ---- what is wrong ---- */

static void refuse(const char *text, const char *part, long line)
{
    struct error e = {0};
    char *pairs = write_file("bad.tsv", text, strlen(text)), *out = path_of("refused");
    struct training_setup s = small_setup(pairs, out);
    struct training *t = training_new(&s, &e);
    if (t)
        fail_msg("\"%s\" was taken", text);
    assert_contains(e.message, part);
    assert_int_equal(e.line, line);
    assert_contains(e.file, "bad.tsv");
    assert_false(file_exists(out)); /* nothing was written */
    free(pairs);
    free(out);
}

static void bad_pairs_are_refused_by_line(void **state)
{
    (void)state;
    refuse("", "holds no pairs", 0);
    refuse("source\ttarget\n", "holds no pairs", 0);
    refuse("가\ta\n나\n", "no tab", 2);
    refuse("가\ta\n\tb\n", "source is empty", 2);
    refuse("가\ta\n\n나\t\n", "target is empty", 3);
    refuse("가\ta\n나\tb\tk\tmore\n", "more than three", 2);
    refuse("가\ta\n나\t\xff\n", "not UTF-8", 2);
    refuse("가\ta\n나\tb\x07\n", "control character", 2);
    refuse("가\ta\n가\tb\n", "one source only", 0);
    struct buffer b = {0};
    buffer_add(&b, "가\ta\n나\tb\n다");
    for (int i = 0; i < 70; i++)
        buffer_addf(&b, " %d", i % 10);
    buffer_add(&b, "\tc\n라\td\n");
    refuse(b.data, "at most 64", 3);
    buffer_free(&b);
}

static void what_cannot_be_is_said(void **state)
{
    (void)state;
    char *pairs = make_pairs("pairs.tsv"), *out = path_of("there");
    struct training_setup s = small_setup(pairs, out);
    struct error e = {0}, twice = {0}, config = {0}, none = {0};
    s.recipe.steps = 30;
    s.recipe.warmup = 5;
    s.recipe.rate = 1e30;
    struct training *t = begin(&s);
    int more = 1;
    while ((more = training_step(t, &e)) > 0)
        ;
    assert_int_equal(more, -1);
    assert_contains(e.message, "give --rate less");
    training_free(t);
    model_free(open_model(out)); /* it holds the model as it was */
    assert_null(training_new(&s, &twice));
    assert_contains(twice.message, "--resume");
    s.folder = "elsewhere";
    s.config = "d_model=30,nhead=4";
    assert_null(training_new(&s, &config));
    assert_contains(config.message, "nhead");
    assert_false(file_exists("elsewhere"));
    assert_null(training_resume(folder, NULL, 1, &none));
    free(pairs);
    free(out);
}

/* What another training left is gone, but nothing before all that is read was read. */
static void a_folder_is_begun_anew(void **state)
{
    (void)state;
    char *pairs = make_pairs("pairs.tsv"), *out = path_of("anew"), *old;
    struct training_setup s = small_setup(pairs, out);
    struct error e = {0};
    s.recipe.steps = 4;
    s.recipe.warmup = 1;
    s.recipe.save_every = 2;
    train_all(&s);
    s.force = true;
    s.tokenizers = "nowhere";
    assert_null(training_new(&s, &e));
    model_free(open_model(out)); /* still there */
    s.tokenizers = out;
    s.recipe.save_every = 3;
    train_all(&s);
    old = mem_format("%s/checkpoints/step-0002.safetensors", out);
    assert_false(file_exists(old));
    model_free(open_model(out));
    free(old);
    free(pairs);
    free(out);
}

/* ---- exams and pieces ---- */

static void the_held_out_are_the_exam(void **state)
{
    (void)state;
    const char *text = "source\ttarget\tkind\n가 나\ta\tx\n다\tb\tx\n가 나\tc\n가 나\ta\n";
    struct pairs p;
    struct error e = {0};
    assert_int_equal(pairs_parse(text, strlen(text), "pairs", &p, &e), 0);
    assert_int_equal(p.count, 4);
    assert_int_equal(p.items[2].line, 4);
    for (size_t i = 0; i < p.count; i++)
        p.items[i].held = i != 1;
    char *exam = pairs_exam(&p);
    assert_string_equal(exam, "source\ttarget\tkind\n가 나\ta || c\tx\n");
    free(exam);
    assert_int_equal(pairs_hold_out(&p, 0.02, &e), 0);
    assert_true(p.items[0].held != p.items[1].held);
    assert_true(p.items[0].held == p.items[2].held);
    pairs_free(&p);
}

static void particles_become_pieces(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "학교는 집은 개는 새는 나는 너는 그는", "학교를 집을 개를 새를 나를 너를 그를",
        "학교에 집에 개에 새에 나에 너에 그에", "학교는? 학교를? 학교에?"};
    struct error e = {0};
    char *text = pieces_learn(texts, 4, 200);
    struct tokenizer *t = tokenizer_parse(text, strlen(text), "learned", &e);
    if (!t)
        fail_msg("%s", e.message);
    assert_true(tokenizer_id(t, "▁학교") > 0);
    assert_true(tokenizer_id(t, "▁학교는") < 0);
    assert_true(tokenizer_id(t, "는?") < 0);
    assert_int_equal(tokenizer_id(t, "<eos>"), PIECES_EOS);
    struct tokens tokens = {0};
    assert_int_equal(tokenizer_encode(t, "학교를", &tokens, &e), 0);
    assert_int_equal(tokens.count, 2);
    tokens_free(&tokens);
    tokenizer_free(t);
    free(text);
}

static int make_folder(void **state)
{
    (void)state;
    return temporary_folder(folder, sizeof folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    remove_all(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_little_language_is_learned),
        cmocka_unit_test(recurrent_models_learn_it),
        cmocka_unit_test(the_same_seed_gives_the_same_bits),
        cmocka_unit_test(an_interrupted_training_goes_on),
        cmocka_unit_test(two_threads_come_to_the_same),
        cmocka_unit_test(steps_take_no_more_memory),
        cmocka_unit_test(bad_pairs_are_refused_by_line),
        cmocka_unit_test(what_cannot_be_is_said),
        cmocka_unit_test(a_folder_is_begun_anew),
        cmocka_unit_test(the_held_out_are_the_exam),
        cmocka_unit_test(particles_become_pieces),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
