/* What a tokenizer.json may hold besides: texts that grow, tokens around a text, merges as
 * older files write them. */
#include "model/tokenizer.h"

#include "base/memory.h"
#include "support.h"

#define MODEL "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"ab\":2},"

/* The limit holds while the text grows, not only afterwards; when ids become text, too. */
static void test_growing_piece(void **state)
{
    (void)state;
    char *content = mem_zero(100001, 1);
    memset(content, 'b', 100000);
    char *step = mem_format("{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},"
                            "\"content\":\"%s\"}", content);
    char *json = mem_format("{\"normalizer\":%s,\"decoder\":%s," MODEL
                            "\"merges\":[]}}", step, step);
    struct error e = {0};
    struct tokenizer *t = tokenizer_parse(json, strlen(json), "grow", &e);
    assert_non_null(t);
    char text[60001] = "";
    memset(text, 'a', 60000);
    struct tokens tokens;
    assert_int_equal(tokenizer_encode(t, text, &tokens, &e), -1);
    assert_contains(e.message, "the normalizer makes more than");
    int *ids = mem_zero(60000, sizeof *ids);
    char *back = tokenizer_decode(t, ids, 60000, false);
    assert_true(strlen(back) < 5000000);
    free(back);
    free(ids);
    free(json);
    free(step);
    free(content);
    tokenizer_free(t);
}

/* ---- what stands around a text, and older merges ---- */

static void check_wrapped(const char *rules, const char *wish)
{
    char *json = mem_format("{\"post_processor\":%s,\"model\":{\"type\":\"BPE\","
                            "\"vocab\":{\"a\":0,\"<s>\":1,\"</s>\":2},\"merges\":[]}}",
                            rules);
    struct error e = {0};
    struct tokenizer *t = tokenizer_parse(json, strlen(json), "wrap", &e);
    if (!t)
        fail_msg("%s", e.message);
    struct tokens tokens;
    assert_int_equal(tokenizer_encode(t, "aa", &tokens, &e), 0);
    tokenizer_wrap(t, &tokens);
    struct buffer b = {0};
    for (size_t i = 0; i < tokens.count; i++) {
        buffer_addf(&b, "%d ", tokens.ids[i]);
        assert_true(tokens.places[i].end <= strlen(tokens.text));
    }
    assert_string_equal(b.data, wish);
    buffer_free(&b);
    tokens_free(&tokens);
    tokenizer_free(t);
    free(json);
}

#define TEMPLATE \
    "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<s>\"}}," \
    "{\"Sequence\":{\"id\":\"A\"}},{\"SpecialToken\":{\"id\":\"</s>\"}}]," \
    "\"special_tokens\":{\"<s>\":{\"ids\":[1]},\"</s>\":{\"ids\":[2,2]}}}"

static void test_wrapping(void **state)
{
    (void)state;
    check_wrapped("null", "0 0 ");
    check_wrapped(TEMPLATE, "1 0 0 2 2 ");
    check_wrapped("{\"type\":\"RobertaProcessing\",\"cls\":[\"<s>\",1],\"sep\":"
                  "[\"</s>\",2],\"trim_offsets\":true}",
                  "1 0 0 2 ");
    check_wrapped("{\"type\":\"Sequence\",\"processors\":[{\"type\":\"ByteLevel\"},"
                  TEMPLATE "]}",
                  "1 0 0 2 2 ");
}

/* "a b" of older files, where pieces hold spaces: the vocabulary says which one parts. */
static void test_merges_with_spaces(void **state)
{
    (void)state;
    const char *json = "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\" \":1,\"b\":2,"
                       "\"a \":3,\" b\":4,\"a  b\":5},"
                       "\"merges\":[\"a  \",\"  b\",\"a   b\"]}}";
    struct error e = {0};
    struct tokenizer *t = tokenizer_parse(json, strlen(json), "spaces", &e);
    if (!t)
        fail_msg("%s", e.message);
    struct tokens tokens;
    assert_int_equal(tokenizer_encode(t, "a  b", &tokens, &e), 0);
    assert_int_equal(tokens.count, 1);
    assert_int_equal(tokens.ids[0], 5);
    tokens_free(&tokens);
    tokenizer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growing_piece),
        cmocka_unit_test(test_wrapping),
        cmocka_unit_test(test_merges_with_spaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
