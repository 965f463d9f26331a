#include "model/model.h"

#include "base/data.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- weights: names and shapes are checked against the family's list ---- */

/* The text before "encoder." or "decoder." that all layer weights have in common. */
static char *common_prefix(const struct weights *w)
{
    for (size_t i = 0; i < w->count; i++) {
        const char *name = w->items[i].name;
        const char *at = strstr(name, "encoder.layers.");
        if (!at)
            at = strstr(name, "decoder.layers.");
        if (at && (at == name || at[-1] == '.'))
            return mem_bytes(name, (size_t)(at - name));
    }
    return mem_string("");
}

struct matching {
    struct model *m;
    const char *prefix;
    bool *used;
    struct error *e;
};

static int wrong_shape(const struct weight_spec *spec, const struct tensor *t,
                       struct error *e)
{
    struct buffer have = {0};
    for (int i = 0; i < t->rank; i++)
        buffer_addf(&have, "%s%ld", i ? ", " : "", t->size[i]);
    if (spec->columns)
        error_set(e, "the weight %s has shape [%s]; config.json asks for [%ld, %ld]",
                  spec->name, have.data, spec->rows, spec->columns);
    else
        error_set(e, "the weight %s has shape [%s]; config.json asks for [%ld]",
                  spec->name, have.data, spec->rows);
    buffer_free(&have);
    return -1;
}

static bool fits(const struct weight_spec *spec, const struct tensor *t)
{
    if (!spec->columns)
        return t->rank == 1 && t->size[0] == spec->rows;
    return t->rank == 2 && t->size[0] == spec->rows && t->size[1] == spec->columns;
}

static int match_weight(const struct weight_spec *spec, void *data)
{
    struct matching *a = data;
    const char *mapped = config_name(a->m->config, spec->name);
    int index = weights_find(&a->m->file->weights, mapped);
    if (index < 0) {
        char *prefixed = mem_format("%s%s", a->prefix, mapped);
        index = weights_find(&a->m->file->weights, prefixed);
        free(prefixed);
    }
    if (index < 0)
        return spec->required
                   ? error_set(a->e,
                               "the weight %s is missing; the model file must hold it, "
                               "or \"names\" in config.json say what it is called there",
                               spec->name)
                   : 0;
    const struct tensor *t = &a->m->file->weights.items[index].tensor;
    if (t->type != TENSOR_F32)
        return error_set(a->e, "the weight %s is not F32, F16 or BF16", spec->name);
    if (!fits(spec, t))
        return wrong_shape(spec, t, a->e);
    a->used[index] = true;
    weights_add(&a->m->weights, spec->name, *t);
    return 0;
}

static char *list_ignored(const struct safetensors *file, const bool *used)
{
    struct buffer b = {0};
    for (size_t i = 0; i < file->weights.count; i++) {
        if (used[i])
            continue;
        char *name = text_sanitize(file->weights.items[i].name);
        buffer_addf(&b, "%s%s", b.length ? ", " : "", name);
        free(name);
    }
    return b.length ? buffer_take(&b) : NULL;
}

/* An embedding for each side, own or shared, and learned positions where the config says
 * so: these are required, but which name holds them is the model's choice. */
static int check_choices(const struct model *m, struct error *e)
{
    static const char *const sides[] = {"src", "tgt"};
    bool shared = weights_find(&m->weights, "shared_embedding.weight") >= 0;
    if (shared && m->config->src_vocab_size != m->config->tgt_vocab_size)
        return error_set(e, "shared_embedding.weight needs src_vocab_size and "
                         "tgt_vocab_size to be equal");
    for (int i = 0; i < 2; i++) {
        char name[40];
        snprintf(name, sizeof name, "%s_embedding.weight", sides[i]);
        if (!shared && weights_find(&m->weights, name) < 0)
            return error_set(e,
                             "the weight %s is missing; the model file must hold it or "
                             "shared_embedding.weight",
                             name);
        snprintf(name, sizeof name, "%s_position.weight", sides[i]);
        if (m->config->position == CONFIG_LEARNED && weights_find(&m->weights, name) < 0)
            return error_set(e, "the weight %s is missing; \"position\": \"learned\" in "
                             "config.json needs it", name);
    }
    return 0;
}

static int load_weights(struct model *m, struct error *e)
{
    char *path = file_join(m->folder, "model.safetensors");
    int result = -1;
    m->file = safetensors_open(path, e);
    if (m->file && safetensors_check_finite(m->file, e) == 0) {
        char *prefix = common_prefix(&m->file->weights);
        struct matching a = {m, prefix, mem_zero(m->file->weights.count, 1), e};
        result = m->family->weights(m->config, match_weight, &a);
        if (result == 0)
            result = check_choices(m, e);
        m->ignored = list_ignored(m->file, a.used);
        free(a.used);
        free(prefix);
    }
    if (result < 0)
        error_at(e, path, 0, 0);
    free(path);
    return result;
}

/* ---- tokenizers ---- */

static int check_vocabulary(const struct tokenizer *t, int size, const char *path,
                            struct error *e)
{
    if (tokenizer_size(t) <= size)
        return 0;
    error_set(e, "has ids up to %d; the vocabulary size in config.json is %d",
              tokenizer_size(t) - 1, size);
    return error_at(e, path, 0, 0);
}

static int load_tokenizer(const struct model *m, const char *name, int vocabulary,
                          struct tokenizer **out, struct error *e)
{
    char *path = file_join(m->folder, name);
    int result = 0;
    if (file_exists(path)) {
        *out = tokenizer_open(path, e);
        result = *out ? check_vocabulary(*out, vocabulary, path, e) : -1;
    }
    free(path);
    return result;
}

static int load_tokenizers(struct model *m, struct error *e)
{
    const struct config *c = m->config;
    if (load_tokenizer(m, "tokenizer.json", c->src_vocab_size, &m->source, e) < 0)
        return -1;
    if (m->source) {
        m->target = m->source;
        return 0;
    }
    int source = c->src_vocab_size;
    if (load_tokenizer(m, "source_tokenizer.json", source, &m->source, e) < 0 ||
        load_tokenizer(m, "target_tokenizer.json", c->tgt_vocab_size, &m->target, e) < 0)
        return -1;
    return 0;
}

/* ---- random models ---- */

struct filling {
    struct model *m;
    struct random random;
    size_t used;
    bool counting;
};

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), k = strlen(end);
    return n >= k && !strcmp(s + n - k, end);
}

/* Xavier uniform for matrices, N(0, 1/d) for embeddings, gamma 1, other vectors 0. */
static void fill_values(struct random *random, const struct config *c, const char *name,
                        const struct tensor *t)
{
    bool table = strstr(name, "embedding") || strstr(name, "position");
    bool gamma = strstr(name, "norm") && ends_with(name, ".weight");
    double limit = sqrt(6.0 / (double)(t->size[0] + t->size[1]));
    for (long i = 0; i < tensor_count(t); i++) {
        if (table)
            t->f32[i] = (float)(random_normal(random) / sqrt((double)c->d_model));
        else if (t->rank == 2)
            t->f32[i] = (float)(limit * (2 * random_uniform(random) - 1));
        else
            t->f32[i] = gamma ? 1 : 0;
    }
}

static int fill_weight(const struct weight_spec *spec, void *data)
{
    struct filling *f = data;
    const struct config *c = f->m->config;
    bool position = strstr(spec->name, "position") != NULL;
    if (!strcmp(spec->name, "shared_embedding.weight") ||
        strstr(spec->name, "generator") || !strcmp(spec->name, "encoder.norm.weight") ||
        !strcmp(spec->name, "encoder.norm.bias") ||
        !strcmp(spec->name, "decoder.norm.weight") ||
        !strcmp(spec->name, "decoder.norm.bias") ||
        (position && c->position != CONFIG_LEARNED))
        return 0;
    long columns = spec->columns ? spec->columns : 1, count = spec->rows * columns;
    float *x = f->m->random ? f->m->random + f->used : NULL;
    f->used += (size_t)count;
    if (f->counting)
        return 0;
    struct tensor t = {.type = TENSOR_F32, .rank = spec->columns ? 2 : 1,
                       .size = {spec->rows, spec->columns}, .f32 = x};
    fill_values(&f->random, c, spec->name, &t);
    weights_add(&f->m->weights, spec->name, t);
    return 0;
}

/* 4 GiB; the sizes of a folder's model are bounded by its file. */
#define RANDOM_MOST ((size_t)1 << 30)

static int fill_random(struct model *m, struct error *e)
{
    struct filling f = {m, random_seed(m->config->seed), 0, true};
    m->family->weights(m->config, fill_weight, &f);
    if (f.used > RANDOM_MOST)
        return error_set(e,
                         "an untrained model of these sizes has %zu numbers, more than "
                         "%zu; choose smaller ones",
                         f.used, RANDOM_MOST);
    m->random = mem_alloc(f.used, sizeof(float));
    f.used = 0;
    f.counting = false;
    return m->family->weights(m->config, fill_weight, &f);
}

struct model *model_random_twin(struct model *m, unsigned long seed)
{
    struct model *twin = mem_zero(1, sizeof *twin);
    *twin = (struct model){.name = mem_string(m->name), .config = m->config,
                           .family = m->family, .twin_of = model_share(m),
                           .source = m->source, .target = m->target};
    twin->folder = m->folder ? mem_string(m->folder) : NULL;
    twin->random = mem_alloc((size_t)model_parameters(m), sizeof(float));
    struct random random = random_seed(seed);
    float *x = twin->random;
    for (size_t i = 0; i < m->weights.count; i++) {
        struct tensor t = m->weights.items[i].tensor;
        t.f32 = x;
        x += tensor_count(&t);
        fill_values(&random, m->config, m->weights.items[i].name, &t);
        weights_add(&twin->weights, m->weights.items[i].name, t);
    }
    return twin;
}

/* ---- opening ---- */

static int open_random(struct model *m, const char *name, struct error *e)
{
    m->config = config_parse_random(name, e);
    if (!m->config)
        return -1;
    m->family = family_find(m->config->model_type, e);
    return m->family ? fill_random(m, e) : -1;
}

/* A name without a slash that is a model of the data folder, else a path. */
static char *find_folder(const char *name, struct error *e)
{
    char *relative = mem_format("models/%s", name);
    char *path = strchr(name, '/') ? NULL : data_path(relative);
    free(relative);
    if (path)
        return path;
    if (file_is_folder(name))
        return mem_string(name);
    error_set(e, "model %s: there is no such folder, and no model of that name; --model "
              "takes a folder with config.json and model.safetensors, %s, or random:…",
              name, MODEL_DEFAULT);
    return NULL;
}

static int open_folder(struct model *m, const char *name, struct error *e)
{
    m->folder = find_folder(name, e);
    if (!m->folder)
        return -1;
    char *path = file_join(m->folder, "config.json");
    m->config = config_open(path, e);
    m->family = m->config ? family_find(m->config->model_type, e) : NULL;
    error_at(e, path, 0, 0);
    free(path);
    if (!m->family)
        return -1;
    return load_weights(m, e) < 0 ? -1 : load_tokenizers(m, e);
}

struct model *model_open(const char *name, struct error *e)
{
    struct model *m = mem_zero(1, sizeof *m);
    m->name = mem_string(name);
    int result =
        config_is_random(name) ? open_random(m, name, e) : open_folder(m, name, e);
    if (result == 0)
        return m;
    model_free(m);
    return NULL;
}

struct model *model_share(struct model *m)
{
    m->users++;
    return m;
}

void model_free(struct model *m)
{
    if (!m || m->users-- > 0)
        return;
    if (!m->twin_of) {
        if (m->target != m->source)
            tokenizer_free(m->target);
        tokenizer_free(m->source);
        config_free(m->config);
    }
    model_free(m->twin_of);
    weights_free(&m->weights);
    safetensors_free(m->file);
    free(m->random);
    free(m->ignored);
    free(m->folder);
    free(m->name);
    free(m);
}

struct plan *model_plan(const struct model *m, const int32_t *source, long sources,
                        const int32_t *target, long targets, struct error *e)
{
    return m->family->plan(m->config, &m->weights, source, sources, target, targets, e);
}

char *model_file(const struct model *m, const char *name)
{
    char *path = m->folder ? file_join(m->folder, name) : NULL;
    if (path && !file_exists(path)) {
        free(path);
        path = NULL;
    }
    return path;
}

long model_parameters(const struct model *m)
{
    long n = 0;
    for (size_t i = 0; i < m->weights.count; i++)
        n += tensor_count(&m->weights.items[i].tensor);
    return n;
}
