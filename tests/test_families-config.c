#include "model/families.h"

#include "base/memory.h"
#include "support.h"

/* A key of the family's own; choices are counted from 0 as config.json names them. */
#define OWN(key) config_own(c, #key)

/* A whole config but for one key, which has `value` or is left out for NULL. */
static char *config_with(const char *key, const char *value)
{
    static const char *const base[][2] = {
        {"model_type", "\"transformer\""}, {"d_model", "12"}, {"nhead", "3"},
        {"num_encoder_layers", "2"}, {"num_decoder_layers", "1"},
        {"dim_feedforward", "24"}, {"max_positions", "50"}, {"src_vocab_size", "30"},
        {"tgt_vocab_size", "20"}, {"bos_token_id", "1"}, {"eos_token_id", "2"},
    };
    struct buffer b = {0};
    bool known = false;
    buffer_add(&b, "{\"extra\": [1]");
    for (size_t i = 0; i < sizeof base / sizeof *base; i++) {
        bool own = strcmp(base[i][0], key) == 0;
        known |= own;
        if (!own || value)
            buffer_addf(&b, ", \"%s\": %s", base[i][0], own ? value : base[i][1]);
    }
    if (!known && value)
        buffer_addf(&b, ", \"%s\": %s", key, value);
    buffer_add(&b, "}");
    return buffer_take(&b);
}

static struct config *parse_with(const char *key, const char *value, struct error *e)
{
    char *text = config_with(key, value);
    struct config *c = config_parse(text, strlen(text), "config.json", family_schema, e);
    free(text);
    return c;
}

static void test_defaults(void **state)
{
    (void)state;
    struct error e = {0};
    struct config *c = parse_with("none", NULL, &e);
    assert_non_null(c);
    assert_string_equal(c->model_type, "transformer");
    assert_int_equal(OWN(d_model), 12);
    assert_int_equal(OWN(nhead), 3);
    assert_int_equal(OWN(num_encoder_layers), 2);
    assert_int_equal(OWN(num_decoder_layers), 1);
    assert_int_equal(OWN(dim_feedforward), 24);
    assert_int_equal(c->max_positions, 50);
    assert_int_equal(c->src_vocab_size, 30);
    assert_int_equal(c->tgt_vocab_size, 20);
    assert_int_equal(c->bos_token_id, 1);
    assert_int_equal(c->eos_token_id, 2);
    assert_int_equal(c->pad_token_id, -1);
    assert_int_equal(OWN(activation), 0);
    assert_int_equal(OWN(position), 0);
    assert_false(OWN(norm_first));
    assert_true(OWN(scale_embedding) && c->source_eos && !c->is_random);
    assert_true(OWN(layer_norm_eps) == 1e-5);
    assert_true(json_is_array(json_get(c->json, "extra")));
    assert_string_equal(config_name(c, "generator.weight"), "generator.weight");
    config_free(c);
    config_free(NULL);
}

static void test_values(void **state)
{
    (void)state;
    struct config *c = parse_with("activation", "\"gelu\"", NULL);
    assert_int_equal(OWN(activation), 1);
    config_free(c);
    c = parse_with("position", "\"learned\"", NULL);
    assert_int_equal(OWN(position), 1);
    config_free(c);
    c = parse_with("norm_first", "true", NULL);
    assert_true(OWN(norm_first));
    config_free(c);
    c = parse_with("source_eos", "false", NULL);
    assert_false(c->source_eos);
    config_free(c);
    c = parse_with("layer_norm_eps", "0.001", NULL);
    assert_true(OWN(layer_norm_eps) == 0.001);
    config_free(c);
    c = parse_with("pad_token_id", "null", NULL);
    assert_int_equal(c->pad_token_id, -1);
    config_free(c);
    c = parse_with("names", "{\"src_embedding.weight\": \"emb.weight\"}", NULL);
    assert_string_equal(config_name(c, "src_embedding.weight"), "emb.weight");
    assert_string_equal(config_name(c, "generator.bias"), "generator.bias");
    config_free(c);
}

/* Several ends; a start of the decoder's own; neither, which is said. */
static void test_begin_and_end(void **state)
{
    (void)state;
    struct config *c = parse_with("eos_token_id", "[2, 7]", NULL);
    assert_int_equal(c->eos_token_id, 2);
    assert_true(config_ends(c, 2) && config_ends(c, 7));
    assert_false(config_ends(c, 1) || config_ends(c, -1));
    config_free(c);
    c = parse_with("decoder_start_token_id", "5", NULL);
    assert_true(c->bos_token_id == 5 && c->has_start);
    config_free(c);
    c = parse_with("bos_token_id", NULL, NULL);
    assert_true(c->bos_token_id == 2 && !c->has_start);
    config_free(c);
    c = parse_with("eos_token_id", "null", NULL);
    assert_true(c->eos_token_id == -1 && c->has_start);
    assert_false(config_ends(c, -1) || c->source_eos);
    config_free(c);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct { const char *key, *value, *part;
    } cases[] = {
        {"model_type", "\"gpt2\"", "\"gpt2\" is not known; it can be: transformer, rnn"},
        {"model_type", NULL, "\"model_type\" is missing"},
        {"model_type", "5", "\"model_type\" is an integer"},
        {"d_model", NULL, "\"d_model\" is missing"},
        {"d_model", "\"12\"", "\"d_model\" is a text"},
        {"d_model", "12.0", "\"d_model\" is a real number"},
        {"d_model", "0", "\"d_model\" is 0: write an integer from 1"},
        {"d_model", "null", "\"d_model\" is null"},
        {"d_model", "1000000000000", "\"d_model\" is 1000000000000"},
        {"nhead", "5", "\"nhead\" is 5, which does not divide \"d_model\" 12"},
        {"nhead", NULL, "\"nhead\" is missing"},
        {"nhead", "-3", "\"nhead\" is -3"},
        {"num_encoder_layers", "0", "\"num_encoder_layers\" is 0"},
        {"num_encoder_layers", NULL, "\"num_encoder_layers\" is missing"},
        {"num_decoder_layers", "300", "\"num_decoder_layers\" is 300"},
        {"num_decoder_layers", NULL, "\"num_decoder_layers\" is missing"},
        {"dim_feedforward", "[]", "\"dim_feedforward\" is an array"},
        {"dim_feedforward", NULL, "\"dim_feedforward\" is missing"},
        {"max_positions", "0", "\"max_positions\" is 0"},
        {"max_positions", NULL, "\"max_positions\" is missing"},
        {"activation", "\"swish\"",
         "\"activation\" is swish: write \"relu\" or \"gelu\""},
        {"activation", "1", "\"activation\" is an integer"},
        {"position", "\"rotary\"", "\"position\" is rotary"},
        {"norm_first", "1", "\"norm_first\" is an integer: write true or false"},
        {"scale_embedding", "\"yes\"", "\"scale_embedding\" is a text"},
        {"source_eos", "0", "\"source_eos\" is an integer"},
        {"layer_norm_eps", "0", "\"layer_norm_eps\" is 0"},
        {"layer_norm_eps", "2", "\"layer_norm_eps\" is 2"},
        {"layer_norm_eps", "true", "\"layer_norm_eps\" is true"},
        {"src_vocab_size", NULL,
         "\"src_vocab_size\" is missing: add it, or \"vocab_size\""},
        {"tgt_vocab_size", "2000000", "\"tgt_vocab_size\" is 2000000"},
        {"vocab_size", "30", "\"vocab_size\" is 30 but \"tgt_vocab_size\" is 20"},
        {"vocab_size", "\"x\"", "\"vocab_size\" is a text"},
        {"bos_token_id", "[1]", "\"bos_token_id\" is an array"},
        {"bos_token_id", "20",
         "\"bos_token_id\" is 20, outside the target vocabulary of 20"},
        {"eos_token_id", "-1", "\"eos_token_id\" is -1"},
        {"eos_token_id", "25", "\"eos_token_id\" is 25, outside"},
        {"eos_token_id", "[]", "\"eos_token_id\" is a list: write 1 to 16 integers"},
        {"eos_token_id", "[2, 25]", "\"eos_token_id\" is 25, outside"},
        {"eos_token_id", "[2, true]", "\"eos_token_id\" is a list"},
        {"decoder_start_token_id", "20", "\"decoder_start_token_id\" is 20, outside"},
        {"decoder_start_token_id", "\"\"", "\"decoder_start_token_id\" is a text"},
        {"pad_token_id", "20", "\"pad_token_id\" is 20, outside"},
        {"pad_token_id", "false", "\"pad_token_id\" is false"},
        {"names", "[]", "\"names\" is an array"},
        {"names", "{\"a\": 1}", "\"a\" is an integer"},
        {"names", "{\"a\": \"\"}", "\"a\" is empty"},
        {"activation", "\"\\u001b[31m\"", "\"activation\" is \xef\xbf\xbd[31m"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        struct config *c = parse_with(cases[i].key, cases[i].value, &e);
        if (c)
            fail_msg("accepted: %s = %s", cases[i].key, cases[i].value);
        assert_contains(e.message, cases[i].part);
        assert_string_equal(e.file, "config.json");
    }
}

static void test_not_an_object(void **state)
{
    (void)state;
    struct error e = {0};
    assert_null(config_parse("[]", 2, "c", family_schema, &e));
    assert_contains(e.message, "an array instead of an object");
    e = (struct error){0};
    assert_null(config_parse("{\"a\"", 4, "c", family_schema, &e));
    assert_contains(e.message, "not valid JSON");
    e = (struct error){0};
    assert_null(config_open("tests/data/no-such-file", family_schema, &e));
    assert_contains(e.message, "cannot be opened");
}

static void test_files(void **state)
{
    (void)state;
    static const char *const names[] = {"post", "pre",      "one", "nobias",
                                        "long", "prefixed", "deep"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct error e = {0};
        char *path = mem_format("tests/data/models/%s/config.json", names[i]);
        struct config *c = config_open(path, family_schema, &e);
        if (!c)
            fail_msg("%s: %s", path, e.message);
        long width = 0;
        assert_true(json_long(json_get(c->json, "d_model"), &width));
        assert_int_equal(OWN(d_model), width);
        assert_int_equal(c->pad_token_id, 0);
        config_free(c);
        free(path);
    }
}

static void test_random(void **state)
{
    (void)state;
    struct error e = {0};
    assert_true(config_is_random("random") && config_is_random("random:d_model=8"));
    assert_false(config_is_random("randomly") || config_is_random("ko-en"));
    struct config *c = config_parse_random("", family_schema("transformer", &e), &e);
    assert_non_null(c);
    assert_true(c->is_random && c->seed == 1 && OWN(d_model) == 64 && OWN(nhead) == 4);
    assert_true(OWN(dim_feedforward) == 256 && c->src_vocab_size == 100);
    config_free(c);
    c = config_parse_random("d_model=128,nhead=8,norm_first=true,activation=gelu,"
                            "vocab_size=50,layer_norm_eps=1e-6,seed=9",
                            family_schema("transformer", &e), &e);
    assert_non_null(c);
    assert_true(c->seed == 9 && OWN(d_model) == 128 && OWN(nhead) == 8 && OWN(norm_first));
    assert_true(OWN(activation) == 1 && OWN(dim_feedforward) == 512);
    assert_true(c->tgt_vocab_size == 50 && OWN(layer_norm_eps) == 1e-6);
    config_free(c);
}

static void test_random_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"width=8", "\"width\" is not a key: use d_model, nhead"},
        {"d_model", "\"d_model\" is not a setting"},
        {"d_model=", "not a setting"},
        {"=5", "not a setting"},
        {",", "not a setting"},
        {"d_model=8,d_model=8", "stands twice"},
        {"d_model=x", "\"d_model\" is a text"},
        {"nhead=5", "does not divide"},
        {"d_model=99999999999999999999", "\"d_model\" is a real"},
        {"seed=-1", "\"seed\" is -1"},
        {"vocab_size=2", "\"eos_token_id\" is 2"},
        {"src_vocab_size=9", "\"tgt_vocab_size\" is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        if (config_parse_random(cases[i][0], family_schema("transformer", &e), &e))
            fail_msg("accepted: %s", cases[i][0]);
        assert_contains(e.message, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults), cmocka_unit_test(test_values),
        cmocka_unit_test(test_begin_and_end), cmocka_unit_test(test_refused), cmocka_unit_test(test_not_an_object),
        cmocka_unit_test(test_files), cmocka_unit_test(test_random),
        cmocka_unit_test(test_random_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
