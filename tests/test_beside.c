/* Which folder a file of a model comes from. */
#include "model/beside.h"

#include "base/memory.h"
#include "support.h"
#include "temporary.h"

#include <sys/stat.h>

static char top[100];

static char *path_of(const char *name)
{
    return file_join(top, name);
}

static void make_folder(const char *name)
{
    char *path = path_of(name);
    assert_int_equal(mkdir(path, 0700), 0);
    free(path);
}

static void write_text(const char *name, const char *text)
{
    char *path = path_of(name);
    assert_int_equal(file_write(path, text, strlen(text), true, NULL), 0);
    free(path);
}

static int begin(void **state)
{
    (void)state;
    return temporary_folder(top, sizeof top) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    remove_all(top);
    return 0;
}

/* What beside_find says of {"beside":VALUE} in the folder `own`. */
static int find(const char *value, char **out, struct error *e)
{
    char *text = mem_format("{\"beside\":%s}", value), *folder = path_of("own");
    struct json *j = json_parse(text, strlen(text), "test", NULL);
    assert_non_null(j);
    int status = beside_find(folder, j, out, e);
    json_free(j);
    free(folder);
    free(text);
    return status;
}

static void a_plain_name_is_found(void **state)
{
    (void)state;
    char *out, *wish = path_of("other");
    make_folder("own");
    make_folder("other");
    assert_int_equal(find("\"other\"", &out, NULL), 0);
    assert_string_equal(out, wish);
    free(out);
    assert_int_equal(find("null", &out, NULL), 0);
    assert_null(out);
    free(wish);
}

static void other_names_are_errors(void **state)
{
    (void)state;
    static const char *const values[][2] = {
        {"\"../other\"", "without a slash"}, {"\"/other\"", "without a slash"},
        {"\".\"", "plain name"},             {"\"..\"", "plain name"},
        {"\"other.x\"", "or dot"},           {"\"\"", "is empty"},
        {"\"oth\\u001ber\"", "plain name"},  {"\"other@4\"", "plain name"},
        {"7", "plain name"},                 {"[\"other\"]", "plain name"},
        {"\"own\"", "this folder itself"},   {"\"nowhere\"", "no folder of that name"},
        {"\"file\"", "no folder of that name"},
    };
    make_folder("own");
    make_folder("other");
    make_folder("other@4");
    make_folder("other.x");
    write_text("file", "x");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct error e = {0};
        char *out = top;
        assert_int_equal(find(values[i][0], &out, &e), -1);
        assert_null(out);
        assert_contains(e.message, values[i][1]);
    }
}

/* The name of the folder that a file is found in; "" for none. */
static const char *found(const char *name)
{
    static char where[20];
    char *own = path_of("own"), *other = path_of("other");
    char *path = beside_file(own, other, name);
    snprintf(where, sizeof where, "%s",
             !path                               ? ""
             : !strncmp(path, own, strlen(own)) ? "own"
                                                 : "other");
    free(path);
    free(own);
    free(other);
    return where;
}

static void what_is_lacking_is_taken(void **state)
{
    (void)state;
    static const char *const files[] = {"exam.tsv", "config.json", "model.safetensors",
                                        "train.log", "loss.tsv", "tokenizer.json"};
    make_folder("own");
    make_folder("other");
    assert_string_equal(found("exam.tsv"), "");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *name = mem_format("other/%s", files[i]);
        write_text(name, "x");
        free(name);
    }
    assert_string_equal(found("exam.tsv"), "other");
    assert_string_equal(found("tokenizer.json"), "other");
    assert_string_equal(found("config.json"), "");
    assert_string_equal(found("model.safetensors"), "");
    assert_string_equal(found("train.log"), "");
    assert_string_equal(found("loss.tsv"), "");
    write_text("own/exam.tsv", "x");
    assert_string_equal(found("exam.tsv"), "own");
}

static void tokenizers_are_one_set(void **state)
{
    (void)state;
    make_folder("own");
    make_folder("other");
    write_text("other/tokenizer.json", "x");
    write_text("own/source_tokenizer.json", "x");
    assert_string_equal(found("tokenizer.json"), "");
    assert_string_equal(found("source_tokenizer.json"), "own");
}

static void nothing_comes_from_a_third(void **state)
{
    (void)state;
    make_folder("own");
    make_folder("other");
    make_folder("third");
    write_text("other/config.json", "{\"beside\":\"third\"}");
    write_text("third/exam.tsv", "x");
    assert_string_equal(found("exam.tsv"), "");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_plain_name_is_found),    TEST(other_names_are_errors),
        TEST(what_is_lacking_is_taken), TEST(tokenizers_are_one_set),
        TEST(nothing_comes_from_a_third),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
