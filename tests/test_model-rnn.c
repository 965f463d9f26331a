/* Recurrent models: sizes of all kinds by both engines and explained to the last cell, and
 * what is said at the door to a folder that does not fit. */
#include "golden.h"
#include "models.h"
#include "temporary.h"

#include "base/random.h"

/* ---- sizes ---- */

static void ids_of(struct random *r, int32_t *ids, long n, int vocabulary)
{
    for (long i = 0; i < n; i++)
        ids[i] = (int32_t)random_below(r, (uint64_t)vocabulary);
}

static void every_size_is_computed_twice(void **state)
{
    (void)state;
    struct random r = random_seed(21);
    for (int i = 0; i < 24; i++) {
        int d = 1 + (int)random_below(&r, 20), layers = 1 + i % 3;
        long n = 1 + (long)random_below(&r, 6), k = 1 + (long)random_below(&r, 6);
        int32_t source[6], target[6];
        struct error e = {0};
        char *name = mem_format("random:model_type=rnn,d_model=%d,num_encoder_layers=%d,"
                                "num_decoder_layers=%d,attention=%s,vocab_size=17,"
                                "seed=%d", d, layers, layers, i % 2 ? "true" : "false",
                                i);
        struct model *m = open_model(name);
        ids_of(&r, source, n, 17);
        ids_of(&r, target, k, 17);
        struct trace *t[2];
        for (int engine = 0; engine < 2; engine++) {
            struct plan *p = model_plan(m, source, n, target, k, &e);
            assert_non_null(p);
            t[engine] = trace_new(
                p, &(struct trace_options){.engine = engine ? ENGINE_REFERENCE
                                                            : ENGINE_FAST}, NULL);
        }
        check_engines(name, t[0], t[1]);
        check_explanations(name, t[0]);
        const struct plan *p = trace_plan(t[0]);
        assert_int_equal(plan_find(p, "decoder.attn.weights") >= 0, i % 2);
        assert_int_equal(p->stages[plan_find(p, "encoder.output")].shape.size[0], n);
        assert_int_equal(plan_find(p, "decoder.output"),
                         i % 2 ? plan_find(p, "decoder.attn.output")
                               : plan_find_role(p, ROLE_STATE));
        trace_free(t[0]);
        trace_free(t[1]);
        model_free(m);
        free(name);
    }
}

/* ---- the door ---- */

/* Gives the output of a model another name, in the header of its file. */
static void hide_generator(char *bytes, size_t n)
{
    static const char name[] = "\"generator.weight\"";
    for (size_t i = 0; i + sizeof name < n; i++)
        if (!memcmp(bytes + i, name, sizeof name - 1))
            bytes[i + 1] = 'G';
}

/* Opens the model of a folder with another config.json; where that ties the output, the
 * file has none. */
static struct model *open_with(const char *folder, const char *weights,
                               const char *config, struct error *e)
{
    char *from = mem_format("tests/data/models/%s/model.safetensors", weights);
    char *to = file_join(folder, "model.safetensors"), *bytes;
    char *path = file_join(folder, "config.json");
    size_t n;
    bytes = file_read(from, 1 << 20, &n, e);
    if (bytes && strstr(config, "tie_word"))
        hide_generator(bytes, n);
    if (!bytes || file_write(to, bytes, n, true, e) < 0 ||
        file_write(path, config, strlen(config), true, e) < 0)
        fail_msg("%s", e->message);
    struct model *m = model_open(folder, e);
    free(from);
    free(to);
    free(path);
    free(bytes);
    return m;
}

#define REST                                                                        \
    "\"max_positions\":32,\"src_vocab_size\":23,\"tgt_vocab_size\":29,"              \
    "\"bos_token_id\":1,\"eos_token_id\":2}"
#define LAYERS(N, M) "\"num_encoder_layers\":" #N ",\"num_decoder_layers\":" #M ","
#define START "{\"model_type\":\"rnn\","

static void what_does_not_fit_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *weights, *config, *said; /* NULL: it opens */
    } cases[] = {
        {"rnn-plain", START "\"d_model\":8," LAYERS(1, 1) REST, NULL},
        {"rnn-plain", START "\"d_model\":8,\"hidden_size\":8," LAYERS(1, 1) REST, NULL},
        {"rnn-plain", START LAYERS(1, 1) REST, "key \"d_model\""},
        {"rnn-plain", START "\"d_model\":8," LAYERS(1, 2) REST,
         "are 1 and 2: each layer of the decoder starts from"},
        {"rnn-plain", START "\"d_model\":8," LAYERS(0, 0) REST,
         "key \"num_encoder_layers\""},
        {"rnn-plain", START "\"d_model\":8,\"hidden_size\":0," LAYERS(1, 1) REST,
         "key \"hidden_size\" is 0"},
        {"rnn-plain", START "\"d_model\":8,\"nonlinearity\":\"relu\"," LAYERS(1, 1) REST,
         "key \"nonlinearity\""},
        {"rnn-plain", START "\"d_model\":8,\"attention\":1," LAYERS(1, 1) REST,
         "key \"attention\""},
        {"rnn-plain", START "\"d_model\":8,\"attention\":true," LAYERS(1, 1) REST,
         "the weight decoder.attn.weight is missing"},
        {"rnn-plain", START "\"d_model\":8," LAYERS(2, 2) REST,
         "the weight encoder.rnn.weight_ih_l1 is missing"},
        {"rnn-plain", START "\"d_model\":8,\"hidden_size\":9," LAYERS(1, 1) REST,
         "weight_ih_l0 has shape [8, 8]; config.json asks for [9, 8]"},
        {"rnn-wide", START "\"d_model\":5,\"hidden_size\":9," LAYERS(2, 2) REST, NULL},
        {"rnn-wide", START "\"d_model\":5,\"hidden_size\":9,\"tie_word_embeddings\""
                           ":true," LAYERS(2, 2) REST,
         "the weight generator.weight [29, 9] is missing; the target's embedding"},
        {"rnn-attention", START "\"d_model\":10,\"attention\":true," LAYERS(1, 1) REST,
         NULL},
    };
    char folder[300];
    assert_true(temporary_folder(folder, sizeof folder));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        struct model *m = open_with(folder, cases[i].weights, cases[i].config, &e);
        if (cases[i].said ? m || !strstr(e.message, cases[i].said) : !m)
            fail_msg("%s: %s", cases[i].config, m ? "it opens" : e.message);
        if (cases[i].said) { /* one line, which names the file */
            assert_null(strchr(e.message, '\n'));
            assert_true(strncmp(e.file, folder, strlen(folder)) == 0);
        }
        model_free(m);
    }
    remove_all(folder);
}

static void untrained_ones_say_what_they_need(void **state)
{
    (void)state;
    struct error e = {0};
    assert_null(model_open("random:model_type=rnn,d_model=8,hidden_size=9", &e));
    assert_contains(e.message, "\"hidden_size\" is 9 and \"d_model\" 8");
    e = (struct error){0};
    assert_null(model_open("random:d_model=8,model_type=rnn,nhead=2", &e));
    assert_contains(e.message, "\"nhead\" is not a key");
    e = (struct error){0};
    assert_null(model_open("random:model_type=lstm", &e));
    assert_contains(e.message, "\"lstm\" is not known");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_is_computed_twice),
        cmocka_unit_test(what_does_not_fit_is_said),
        cmocka_unit_test(untrained_ones_say_what_they_need),
    };
    return cmocka_run_group_tests_name("model-rnn", tests, NULL, NULL);
}
