/* What the key of an exam is made of: each part of it makes another key, and nothing else
 * does. */
#include "study/exam_cache.h"

#include "base/file.h"
#include "base/memory.h"
#include "models.h"
#include "study/run.h"
#include "support.h"
#include "temporary.h"

#include <sys/stat.h>

#define EMBEDDED "assets/models/ko-en"

static char top[100];
static char *own_model; /* top/model, a copy of the embedded one */

static void copy_file(const char *name)
{
    struct error e = {0};
    char *from = file_join(EMBEDDED, name), *to = file_join(own_model, name);
    size_t length;
    char *text = file_read(from, 16 << 20, &length, &e);
    if (!text || file_write(to, text, length, true, &e) < 0)
        fail_msg("%s: %s", name, e.message);
    free(text);
    free(from);
    free(to);
}

static const char *const parts[] = {"config.json", "model.safetensors", "exam.tsv",
                                    "source_tokenizer.json", "target_tokenizer.json"};
#define PARTS (sizeof parts / sizeof *parts)

static int make_model(void **state)
{
    (void)state;
    if (!temporary_folder(top, sizeof top))
        return -1;
    own_model = file_join(top, "model");
    if (mkdir(own_model, 0700) < 0)
        return -1;
    for (size_t i = 0; i < PARTS; i++)
        copy_file(parts[i]);
    return 0;
}

static int remove_model(void **state)
{
    (void)state;
    exam_cache_stop();
    remove_all(top);
    free(own_model);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    exam_cache_start(NULL);
    return 0;
}

static struct exam_key key_of(const char *model, const char *whatifs, enum engine engine,
                              long limit)
{
    struct error e = {0};
    struct whatifs list = {0};
    struct model *m = open_model(model), *twin;
    assert_int_equal(whatifs_add_all(&list, whatifs, NULL, &e), 0);
    struct run run = run_under(m, &list, &(struct trace_options){.engine = engine}, &twin);
    struct exam_key k;
    memset(&k, 'x', sizeof k);
    if (!exam_cache_key(&run, limit, &k))
        fail_msg("%s has no key", model);
    assert_int_equal(strlen(k.text), 64);
    assert_int_equal(strspn(k.text, "0123456789abcdef"), 64);
    model_free(twin);
    model_free(m);
    whatifs_free(&list);
    return k;
}

static void all_differ(const struct exam_key *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(list[i].text, list[k].text))
                fail_msg("the keys %zu and %zu are the same", k, i);
}

static void what_is_asked_for_makes_the_key(void **state)
{
    (void)state;
    struct exam_key list[] = {
        key_of(own_model, "", ENGINE_FAST, 0),
        key_of(own_model, "", ENGINE_REFERENCE, 0),
        key_of(own_model, "", ENGINE_FAST, 20),
        key_of(own_model, "", ENGINE_FAST, 21),
        key_of(own_model, "no-scale", ENGINE_FAST, 0),
        key_of(own_model, "no-scale@encoder", ENGINE_FAST, 0),
        key_of(own_model, "no-scale no-mask", ENGINE_FAST, 0),
        key_of(own_model, "softmax-temperature=2", ENGINE_FAST, 0),
        key_of(own_model, "softmax-temperature=2.0000001", ENGINE_FAST, 0),
        key_of(own_model, "random-weights=1", ENGINE_FAST, 0),
        key_of(own_model, "random-weights=2", ENGINE_FAST, 0),
    };
    all_differ(list, sizeof list / sizeof *list);
    struct exam_key again = key_of(own_model, "no-mask no-scale", ENGINE_FAST, 0);
    assert_string_equal(again.text, list[6].text); /* the order is irrelevant */
    again = key_of(MODEL_DEFAULT, "", ENGINE_FAST, 0);
    assert_string_equal(again.text, list[0].text); /* and so is the folder */
}

/* One byte of each file of the model; restored afterwards. */
static void every_file_makes_the_key(void **state)
{
    (void)state;
    static const char *const from[] = {"1e-5", NULL, "\t", "}", "}"};
    static const char *const to[] = {"2e-5", NULL, "!\t", "} ", "} "};
    struct exam_key list[PARTS + 1];
    list[PARTS] = key_of(own_model, "", ENGINE_FAST, 0);
    for (size_t i = 0; i < PARTS; i++) {
        char *path = file_join(own_model, parts[i]), *made;
        size_t length;
        char *text = file_read(path, 16 << 20, &length, NULL);
        assert_non_null(text);
        if (!from[i]) { /* the last digits of the last weight */
            text[length - 4] ^= 1;
            made = text;
        } else {
            char *at = text; /* the last place */
            for (char *s; (s = strstr(at + (at != text), from[i])); at = s)
                ;
            if (at == text)
                fail_msg("%s has no %s", parts[i], from[i]);
            made = mem_format("%.*s%s%s", (int)(at - text), text, to[i],
                              at + strlen(from[i]));
            length = strlen(made);
            free(text);
        }
        assert_int_equal(file_write(path, made, length, true, NULL), 0);
        list[i] = key_of(own_model, "", ENGINE_FAST, 0);
        copy_file(parts[i]);
        free(made);
        free(path);
    }
    all_differ(list, PARTS + 1);
    struct exam_key again = key_of(own_model, "", ENGINE_FAST, 0);
    assert_string_equal(again.text, list[PARTS].text);
}

/* Whoever adds a right answer to a sentence changes what counts as a match. */
static void a_further_answer_makes_the_key(void **state)
{
    (void)state;
    static const char *const answers[] = {"I go", "I go || he goes", "he goes || I go",
                                          "I go || he goes || she goes"};
    struct exam_key list[4];
    char *path = file_join(own_model, "exam.tsv");
    for (size_t i = 0; i < 4; i++) {
        char *text =
            mem_format("source\ttarget\tkind\n간다\t%s\tambiguous\n", answers[i]);
        assert_int_equal(file_write(path, text, strlen(text), true, NULL), 0);
        list[i] = key_of(own_model, "", ENGINE_FAST, 0);
        free(text);
    }
    copy_file("exam.tsv");
    free(path);
    all_differ(list, 4);
}

static void what_cannot_be_known_has_no_key(void **state)
{
    (void)state;
    struct whatifs none = {0};
    struct exam_key k;
    struct model *m = open_model(own_model);
    struct run run = {m, &none, {0}};
    assert_true(exam_cache_key(&run, 0, &k));
    file_fail_after(1);
    assert_false(exam_cache_key(&run, 0, &k));
    file_fail_after(-1);
    exam_cache_stop();
    assert_false(exam_cache_key(&run, 0, &k));
    exam_cache_start(NULL);
    assert_true(exam_cache_key(&run, 0, &k));
    model_free(m);
    m = open_model("random:d_model=8,nhead=2,num_encoder_layers=1,num_decoder_layers=1,"
                   "dim_feedforward=8,seed=1");
    run.model = m;
    assert_false(exam_cache_key(&run, 0, &k));
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_asked_for_makes_the_key, begin),
        cmocka_unit_test_setup(every_file_makes_the_key, begin),
        cmocka_unit_test_setup(a_further_answer_makes_the_key, begin),
        cmocka_unit_test_setup(what_cannot_be_known_has_no_key, begin),
    };
    return cmocka_run_group_tests(tests, make_model, remove_model);
}
