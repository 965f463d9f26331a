/* Folders as people save them: other prefixes, other names, shards, parts on their own,
 * tensors that nobody reads. Each is made from one sound folder. */
#include "base/json.h"
#include "base/memory.h"
#include "model/model.h"
#include "support.h"
#include "temporary.h"

#define SOUND "tests/data/models/one"

/* ---- making folders ---- */

struct maker {
    struct json *header;
    const char *prefix, *layers; /* before other names; before those of layers */
    const char *from, *to;       /* a name that becomes another; `to` NULL: it goes */
};

/* What a tensor's value is but for its name; the data stays where it is. */
static int rename_one(const char *name, const struct json *value, void *data)
{
    struct maker *k = data;
    bool layer = strstr(name, ".layers.") != NULL;
    if (!strcmp(name, "__metadata__"))
        return 0;
    if (k->from && !strcmp(name, k->from))
        name = k->to;
    char *whole = mem_format("%s%s", layer ? k->layers : k->prefix, name);
    json_add(k->header, whole, json_clone(value));
    free(whole);
    return 0;
}

static void write_file(const char *folder, const char *name, const void *data, size_t n)
{
    struct error e = {0};
    char *path = file_join(folder, name);
    if (file_write(path, data, n, true, &e) < 0)
        fail_msg("%s: %s", path, e.message);
    free(path);
}

static void write_weights(const char *folder, const char *name, const struct json *header,
                          const char *data, size_t length)
{
    char *text = json_print(header, false);
    uint64_t n = strlen(text);
    struct buffer b = {0};
    for (int i = 0; i < 8; i++)
        buffer_add_bytes(&b, &(char){(char)(n >> 8 * i)}, 1);
    buffer_add(&b, text);
    buffer_add_bytes(&b, data, length);
    write_file(folder, name, b.data, b.length);
    buffer_free(&b);
    free(text);
}

/* The bytes of the sound file, its header and its data. */
struct sound {
    char *bytes, *data;
    size_t length;
    struct json *header;
};

static struct sound read_sound(void)
{
    struct sound s = {0};
    size_t size;
    uint64_t n;
    s.bytes = file_read(SOUND "/model.safetensors", 1 << 20, &size, NULL);
    assert_non_null(s.bytes);
    memcpy(&n, s.bytes, sizeof n);
    s.header = json_parse(s.bytes + 8, n, "sound", NULL);
    s.data = s.bytes + 8 + n;
    s.length = size - 8 - n;
    return s;
}

static void free_sound(struct sound *s)
{
    json_free(s->header);
    free(s->bytes);
}

static struct json *tensor_json(const char *dtype, long a, long b, size_t begin,
                                size_t end)
{
    struct json *j = json_new_object(), *shape = json_new_array(),
                *at = json_new_array();
    json_add_text(j, "dtype", dtype);
    if (a)
        json_append(shape, json_new_integer(a));
    if (b)
        json_append(shape, json_new_integer(b));
    json_append(at, json_new_integer((long)begin));
    json_append(at, json_new_integer((long)end));
    json_add(j, "shape", shape);
    json_add(j, "data_offsets", at);
    return j;
}

/* One case: what the names become, what config.json says besides, one more tensor. */
struct folder {
    const char *prefix, *layers, *from, *to;
    const char *config; /* "\"names\":{…}" */
    const char *extra, *dtype;
    long rows, columns, bytes;
    const char *alias, *of;
};

static void write_config(const char *folder, const char *more)
{
    char *text = file_read(SOUND "/config.json", 100000, NULL, NULL);
    assert_non_null(text);
    char *whole = mem_format("{%s%s%s", more ? more : "", more ? "," : "", text + 1);
    write_file(folder, "config.json", whole, strlen(whole));
    free(whole);
    free(text);
}

static void make(const char *folder, const struct folder *f)
{
    struct sound s = read_sound();
    struct maker k = {json_new_object(), f->prefix ? f->prefix : "",
                      f->layers ? f->layers : "", f->from, f->to};
    json_each(s.header, rename_one, &k);
    char *data = mem_zero(s.length + (size_t)f->bytes, 1);
    memcpy(data, s.data, s.length);
    if (f->extra)
        json_add(k.header, f->extra,
                 tensor_json(f->dtype, f->rows, f->columns, s.length,
                             s.length + (size_t)f->bytes));
    if (f->alias) {
        struct json *meta = json_new_object();
        json_add_text(meta, f->alias, f->of);
        json_add(k.header, "__metadata__", meta);
    }
    write_weights(folder, "model.safetensors", k.header, data,
                  s.length + (size_t)f->bytes);
    write_config(folder, f->config);
    json_free(k.header);
    free(data);
    free_sound(&s);
}

static char place[200];

static int enter(void **state)
{
    (void)state;
    return temporary_folder(place, sizeof place) ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    remove_all(place);
    return 0;
}

/* The same numbers as in the sound folder. */
static void assert_same(const struct model *m)
{
    struct model *sound = model_open(SOUND, NULL);
    assert_non_null(sound);
    assert_int_equal(m->weights.count, sound->weights.count);
    for (size_t i = 0; i < m->weights.count; i++) {
        const struct weight *a = &m->weights.items[i], *b = &sound->weights.items[i];
        assert_string_equal(a->name, b->name);
        assert_int_equal(tensor_count(&a->tensor), tensor_count(&b->tensor));
        assert_memory_equal(a->tensor.f32, b->tensor.f32, tensor_bytes(&a->tensor));
    }
    model_free(sound);
}

static struct model *must_open(const struct folder *f)
{
    struct error e = {0};
    make(place, f);
    struct model *m = model_open(place, &e);
    if (!m)
        fail_msg("%s", e.message);
    return m;
}

static void must_fail(const struct folder *f, const char *why)
{
    struct error e = {0};
    make(place, f);
    struct model *m = model_open(place, &e);
    if (m)
        fail_msg("the model was opened, not refused with: %s", why);
    assert_contains(e.message, why);
    assert_non_null(strstr(e.file, "model.safetensors"));
    assert_true(strlen(e.message) < sizeof e.message - 1);
}

/* ---- the cases ---- */

static void test_prefixes(void **state)
{
    (void)state;
    static const char *const levels[][2] = {
        {"", ""}, {"module.", "module."}, {"model.", "model.transformer."},
        {"_orig_mod.module.", "_orig_mod.module.transformer."}, {"", "transformer."},
        {"net.head.", "net.body.transformer."},
    };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        struct model *m =
            must_open(&(struct folder){.prefix = levels[i][0], .layers = levels[i][1]});
        assert_same(m);
        assert_null(m->ignored);
        model_free(m);
    }
}

static void test_two_models_in_one_file(void **state)
{
    (void)state;
    struct sound s = read_sound();
    struct maker k = {json_new_object(), "a.", "a.", NULL, NULL};
    json_each(s.header, rename_one, &k);
    /* the second one has the same names and no data */
    json_add(k.header, "b.encoder.layers.0.linear1.weight",
             tensor_json("F32", 0, 0, s.length, s.length + 4));
    char *data = mem_zero(s.length + 4, 1);
    memcpy(data, s.data, s.length);
    write_weights(place, "model.safetensors", k.header, data, s.length + 4);
    write_config(place, NULL);
    struct model *m = model_open(place, NULL);
    assert_non_null(m); /* more names fit a. */
    assert_same(m);
    model_free(m);
    json_free(k.header);
    free(data);
    free_sound(&s);
}

static void test_names(void **state)
{
    (void)state;
    struct folder f = {.from = "src_embedding.weight", .to = "emb.weight",
                       .config = "\"names\":{\"src_embedding.weight\":\"emb.weight\"}"};
    struct model *m = must_open(&f);
    assert_same(m);
    model_free(m);
    f.prefix = f.layers = "module.";
    m = must_open(&f);
    assert_same(m);
    model_free(m);
    f.config = "\"names\":{\"src_embedding.weight\":\"embed.weight\"}";
    must_fail(&f, "calls src_embedding.weight \"embed.weight\", which is missing");
    f.config = "\"names\":{\"source.weight\":\"emb.weight\"}";
    must_fail(&f, "speaks of \"source.weight\", which is no weight");
}

static void test_output_of_another_name(void **state)
{
    (void)state;
    struct folder f = {.from = "generator.weight", .to = "fc_out.weight"};
    must_fail(&f, "generator.weight is missing, and nothing reads fc_out.weight [13, 1");
    f.config = "\"names\":{\"generator.weight\":\"fc_out.weight\"}";
    struct model *m = must_open(&f);
    assert_same(m);
    model_free(m);
    f.config = "\"tie_word_embeddings\":true";
    m = must_open(&f);
    assert_int_equal(weights_find(&m->weights, "generator.weight"), -1);
    assert_string_equal(m->ignored, "fc_out.weight");
    model_free(m);
    f.from = "generator.bias";
    f.to = "fc_out.bias";
    f.config = NULL;
    must_fail(&f, "generator.bias is missing, and nothing reads fc_out.bias [13]");
    f.config = "\"names\":{\"generator.bias\":null}";
    m = must_open(&f);
    assert_int_equal(weights_find(&m->weights, "generator.bias"), -1);
    model_free(m);
    f.config = "\"tie_word_embeddings\":1";
    struct error e = {0};
    make(place, &f);
    assert_null(model_open(place, &e));
    assert_contains(e.message, "\"tie_word_embeddings\" is an integer");
}

static void test_unread_tensors(void **state)
{
    (void)state;
    static const struct folder cases[] = {
        {.extra = "steps", .dtype = "I64", .bytes = 8},
        {.extra = "freqs", .dtype = "C64", .rows = 2, .columns = 2, .bytes = 32},
        {.extra = "scale", .dtype = "F8_E4M3", .rows = 4, .bytes = 4},
        {.extra = "state", .dtype = "U32", .rows = 4, .bytes = 16},
        {.extra = "pos_encoder.pe", .dtype = "F32", .rows = 64, .columns = 10,
         .bytes = 2560},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model *m = must_open(&cases[i]);
        assert_same(m);
        assert_string_equal(m->ignored, cases[i].extra);
        model_free(m);
    }
}

/* Tensors that share memory are written once, with their other names as metadata. */
static void test_aliases(void **state)
{
    (void)state;
    struct folder f = {.from = "src_embedding.weight", .to = "enc.embed.weight",
                       .alias = "src_embedding.weight", .of = "enc.embed.weight"};
    struct model *m = must_open(&f);
    assert_same(m);
    assert_null(m->ignored);
    model_free(m);
}

static void test_shards(void **state)
{
    (void)state;
    struct sound s = read_sound();
    struct json *index = json_new_object(), *map = json_new_object();
    struct json *empty = json_new_object();
    struct maker k = {map, "", "", NULL, NULL};
    json_each(s.header, rename_one, &k); /* any value: it is replaced below */
    json_free(map);
    map = json_new_object();
    json_add_text(map, "src_embedding.weight", "model-1.safetensors");
    json_add_text(map, "tgt_embedding.weight", "model-2.safetensors");
    json_add(index, "weight_map", map);
    char *text = json_print(index, false);
    write_file(place, "model.safetensors.index.json", text, strlen(text));
    write_weights(place, "model-1.safetensors", s.header, s.data, s.length);
    write_weights(place, "model-2.safetensors", empty, "", 0);
    write_config(place, NULL);
    char *whole = file_join(place, "model.safetensors");
    unlink(whole);
    struct error e = {0};
    struct model *m = model_open(place, &e);
    if (!m)
        fail_msg("%s", e.message);
    assert_same(m);
    model_free(m);
    write_weights(place, "model-2.safetensors", s.header, s.data, s.length);
    assert_null(model_open(place, &e));
    assert_contains(e.message, "stands in ");
    json_free(index);
    json_free(empty);
    free(whole);
    free(text);
    free_sound(&s);
    remove_all(place);
    assert_true(temporary_folder(place, sizeof place));
}

static void fails_with(const char *why)
{
    struct error e = {0};
    assert_null(model_open(place, &e));
    assert_contains(e.message, why);
}

static void test_no_weights(void **state)
{
    (void)state;
    write_config(place, NULL);
    fails_with("there is no such file; a model folder holds");
    write_file(place, "best.ckpt", "x", 1);
    fails_with("glob.glob('best.ckpt')");
    write_file(place, "other.safetensors", "x", 1);
    fails_with("but other.safetensors: rename it");
    static const char lfs[] = "version https://git-lfs.github.com/spec/v1\noid sha256:0";
    write_file(place, "model.safetensors", lfs, strlen(lfs));
    fails_with("Git LFS pointer");
}

/* ---- q, k and v on their own; sizes of 1 ---- */

static const struct json *entry(const struct sound *s, const char *name)
{
    const struct json *j = json_get(s->header, name);
    assert_non_null(j);
    return j;
}

static int copy_others(const char *name, const struct json *value, void *data)
{
    struct maker *k = data;
    if (strcmp(name, k->from))
        json_add(k->header, name, json_clone(value));
    return 0;
}

static void test_parts(void **state)
{
    (void)state;
    static const char *const forms[] = {"q_proj_weight", "q_proj.weight"};
    for (int form = 0; form < 2; form++) {
        struct sound s = read_sound();
        const char *whole = "encoder.layers.0.self_attn.in_proj_weight";
        struct maker k = {.header = json_new_object(), .from = whole};
        json_each(s.header, copy_others, &k);
        long begin, end;
        json_long(json_item(json_get(entry(&s, whole), "data_offsets"), 0), &begin);
        json_long(json_item(json_get(entry(&s, whole), "data_offsets"), 1), &end);
        size_t part = (size_t)(end - begin) / 3;
        for (int i = 0; i < 3; i++) {
            char name[80];
            snprintf(name, sizeof name, "encoder.layers.0.self_attn.%s", forms[form]);
            name[strlen("encoder.layers.0.self_attn.")] = "qkv"[i];
            json_add(k.header, name,
                     tensor_json("F32", 10, 10, (size_t)begin + part * (size_t)i,
                                 (size_t)begin + part * (size_t)(i + 1)));
        }
        write_weights(place, "model.safetensors", k.header, s.data, s.length);
        write_config(place, NULL);
        struct error e = {0};
        struct model *m = model_open(place, &e);
        if (!m)
            fail_msg("%s", e.message);
        assert_same(m);
        model_free(m);
        json_free(k.header);
        free_sound(&s);
    }
}

static void test_sizes_of_one(void **state)
{
    (void)state;
    struct sound s = read_sound();
    const char *name = "tgt_embedding.weight";
    struct maker k = {.header = json_new_object(), .from = name};
    json_each(s.header, copy_others, &k);
    for (int i = 0; i < 2; i++) {
        struct json *j = json_clone(entry(&s, name)), *shape = json_new_array();
        long sizes[2][3] = {{1, 13, 10}, {13, 1, 10}};
        for (int n = 0; n < 3; n++)
            json_append(shape, json_new_integer(sizes[i][n]));
        json_add(j, "shape", shape);
        json_add(k.header, name, j);
        write_weights(place, "model.safetensors", k.header, s.data, s.length);
        write_config(place, NULL);
        struct error e = {0};
        struct model *m = model_open(place, &e);
        if (!m)
            fail_msg("%s", e.message);
        assert_same(m);
        model_free(m);
    }
    json_free(k.header);
    free_sound(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_two_models_in_one_file),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_output_of_another_name),
        cmocka_unit_test(test_unread_tensors),
        cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_sizes_of_one),
        cmocka_unit_test(test_shards),
        cmocka_unit_test(test_no_weights),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
