#define _DEFAULT_SOURCE /* realpath */
#include "learn/folder.h"

#include "base/file.h"
#include "base/memory.h"
#include "learn/pieces.h"
#include "learn/saved.h"
#include "model/safetensors.h"
#include "study/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_BYTES ((size_t)256 << 20)
#define CHECKPOINTS "checkpoints"

void learning_free(struct learning *l)
{
    model_free(l->model);
    free(l->folder);
    free(l->pairs);
    free(l->weights);
    free(l->first);
    free(l->second);
    free(l->tokenizers[0]);
    free(l->tokenizers[1]);
    *l = (struct learning){0};
}

/* ---- files of the folder ---- */

static int write_text(const struct learning *l, const char *name, const char *text,
                      struct error *e)
{
    char *path = file_join(l->folder, name);
    int status = file_write(path, text, strlen(text), true, e);
    free(path);
    return status;
}

static void free_names(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

int folder_check_new(const char *path, bool force, struct error *e)
{
    char **names;
    size_t count;
    if (!file_exists(path))
        return 0;
    if (!file_is_folder(path))
        return error_set(e, "%s is a file: give --out a folder", path);
    if (file_list(path, &names, &count, e) < 0)
        return -1;
    free_names(names, count);
    if (!count || force)
        return 0;
    return error_set(e, "the folder %s exists: give --resume to go on with it, or "
                     "--force to begin anew in it", path);
}

/* What an earlier training left that this one need not write again. */
static void remove_old(const struct learning *l)
{
    static const char *const names[] = {
        "tokenizer.json", "source_tokenizer.json", "target_tokenizer.json",
        "model.safetensors", "state.safetensors", "loss.tsv", "train.log",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = file_join(l->folder, names[i]);
        unlink(path);
        free(path);
    }
}

/* Checkpoints of an earlier training are none of this one. */
static int make_checkpoints(const struct learning *l, struct error *e)
{
    char **names, *folder = file_join(l->folder, CHECKPOINTS);
    size_t count;
    int status = file_make_folder(folder, e);
    if (status == 0)
        status = file_list(folder, &names, &count, e);
    if (status == 0) {
        for (size_t i = 0; i < count; i++) {
            char *path = file_join(folder, names[i]);
            if (!strncmp(names[i], "step-", 5))
                unlink(path);
            free(path);
        }
        free_names(names, count);
    }
    free(folder);
    return status;
}

/* ---- tokenizers ---- */

static char *read_tokenizer(const char *folder, const char *name, struct error *e)
{
    char *path = file_join(folder, name), *text = NULL;
    if (file_exists(path))
        text = file_read(path, MOST_BYTES, NULL, e);
    free(path);
    return text;
}

/* Those of a folder: tokenizer.json for both sides, or one for each. */
static int take_tokenizers(struct learning *l, const char *folder, struct error *e)
{
    l->tokenizers[0] = read_tokenizer(folder, "tokenizer.json", e);
    if (l->tokenizers[0] || (e && e->set))
        return l->tokenizers[0] ? 0 : -1;
    l->tokenizers[0] = read_tokenizer(folder, "source_tokenizer.json", e);
    l->tokenizers[1] = read_tokenizer(folder, "target_tokenizer.json", e);
    if (l->tokenizers[0] && l->tokenizers[1])
        return 0;
    return error_set(e, "the folder %s has no tokenizer.json, nor source_tokenizer.json "
                     "and target_tokenizer.json; --tokenizers needs them", folder);
}

/* Held-out texts teach no pieces. */
static void learn_tokenizers(struct learning *l, const struct pairs *p, long pieces)
{
    const char **texts = mem_alloc(p->count, sizeof *texts);
    for (int side = 0; side < 2; side++) {
        size_t n = 0;
        for (size_t i = 0; i < p->count; i++)
            if (!p->items[i].held)
                texts[n++] = side ? p->items[i].target : p->items[i].source;
        l->tokenizers[side] = pieces_learn(texts, n, pieces);
    }
    free(texts);
}

static struct tokenizer *parse_tokenizer(const struct learning *l, int side,
                                         struct error *e)
{
    static const char *const names[] = {"source_tokenizer.json",
                                        "target_tokenizer.json"};
    const char *text = l->tokenizers[side];
    return tokenizer_parse(text, strlen(text), l->tokenizers[1] ? names[side]
                                                                : "tokenizer.json", e);
}

/* ---- the model ---- */

/* The id of a special token under one of its usual names, the same on both sides. */
static int special_id(const struct tokenizer *const t[2], const char *name,
                      const char *other)
{
    int id[2];
    for (int side = 0; side < 2; side++) {
        id[side] = tokenizer_id(t[side], name);
        if (id[side] < 0)
            id[side] = tokenizer_id(t[side], other);
    }
    return id[0] == id[1] ? id[0] : -1;
}

static bool has_key(const char *settings, const char *key)
{
    size_t n = strlen(key);
    for (const char *s = settings; s; s = strchr(s, ',')) {
        s += *s == ',';
        if (!strncmp(s, key, n) && s[n] == '=')
            return true;
    }
    return false;
}

static void add_setting(struct buffer *b, const char *own, const char *key, long value)
{
    if (!has_key(own, key))
        buffer_addf(b, "%s%s=%ld", b->length ? "," : "", key, value);
}

/* The settings of the embedded shape, which another family has not, where the own ones do
 * not differ. */
static char *settings_for(const struct training_setup *s, const struct family *f,
                          const char *own, const struct tokenizer *const t[2],
                          const int ids[3])
{
    static const struct {
        const char *key;
        long value;
    } shape[] = {{"d_model", 32}, {"nhead", 4}, {"num_encoder_layers", 2},
                 {"num_decoder_layers", 2}};
    struct buffer b = {0};
    buffer_add(&b, own);
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        if (f == family_of_random())
            add_setting(&b, own, shape[i].key, shape[i].value);
    add_setting(&b, own, "max_positions", 64);
    if (!has_key(own, "vocab_size")) {
        add_setting(&b, own, "src_vocab_size", tokenizer_size(t[0]));
        add_setting(&b, own, "tgt_vocab_size", tokenizer_size(t[1]));
    }
    add_setting(&b, own, "pad_token_id", ids[0]);
    add_setting(&b, own, "bos_token_id", ids[1]);
    add_setting(&b, own, "eos_token_id", ids[2]);
    add_setting(&b, own, "seed", s->recipe.seed);
    return buffer_take(&b);
}

static int make_untrained(struct learning *l, const struct training_setup *s,
                          const struct tokenizer *const t[2], const int ids[3],
                          struct error *e)
{
    char *own = mem_string(s->config ? s->config : "");
    const struct family *f = family_cut(own, e);
    if (f) {
        char *settings = settings_for(s, f, own, t, ids);
        l->model = model_random(f, settings, e);
        free(settings);
    }
    free(own);
    return l->model ? 0 : -1;
}

static int check_vocabularies(const struct model *m, struct error *e)
{
    const struct config *c = m->config;
    if (tokenizer_size(m->source) > c->src_vocab_size ||
        tokenizer_size(m->target) > c->tgt_vocab_size)
        return error_set(e, "the tokenizers have %d and %d pieces, more than the "
                         "vocabularies of --config: leave their sizes out",
                         tokenizer_size(m->source), tokenizer_size(m->target));
    return 0;
}

/* Takes the tokenizers. */
static int make_model(struct learning *l, const struct training_setup *s,
                      struct tokenizer *t[2], struct error *e)
{
    const struct tokenizer *const both[2] = {t[0], t[1]};
    const int ids[3] = {special_id(both, "<pad>", "[PAD]"),
                        special_id(both, "<bos>", "<s>"),
                        special_id(both, "<eos>", "</s>")};
    int status = 0;
    if (ids[1] < 0 || ids[2] < 0)
        status = error_set(e, "the tokenizers have no <bos> and <eos> with the same ids "
                           "on both sides; a model needs them to begin and to end");
    if (status == 0)
        status = make_untrained(l, s, both, ids, e);
    if (status < 0) {
        if (t[1] != t[0])
            tokenizer_free(t[1]);
        tokenizer_free(t[0]);
        return -1;
    }
    l->model->source = t[0];
    l->model->target = t[1];
    free(l->model->name);
    l->model->name = mem_string(s->folder);
    l->model->folder = mem_string(s->folder);
    return check_vocabularies(l->model, e);
}

/* Gives the weights of the model memory of our own. */
static void take_weights(struct learning *l)
{
    size_t n = (size_t)model_parameters(l->model);
    float *at = l->weights = mem_alloc(n, sizeof *l->weights);
    l->parameters = (long)n;
    l->first = mem_zero(n, sizeof *l->first);
    l->second = mem_zero(n, sizeof *l->second);
    for (size_t i = 0; i < l->model->weights.count; i++) {
        struct tensor *t = &l->model->weights.items[i].tensor;
        memcpy(at, t->f32, tensor_bytes(t));
        t->f32 = at;
        at += tensor_count(t);
    }
}

static int check_family(const struct model *m, struct error *e)
{
    if (m->family->answers == ANSWERS_TRANSLATION && m->family->two_sides)
        return 0;
    return error_set(e, "a model of the family %s does not translate; training is from "
                     "pairs", m->config->model_type);
}

int folder_plan(struct learning *l, const struct training_setup *s, const struct pairs *p,
                struct error *e)
{
    struct tokenizer *t[2] = {NULL, NULL};
    char *path = realpath(s->pairs, NULL);
    l->folder = mem_string(s->folder);
    l->pairs = mem_string(path ? path : s->pairs);
    free(path);
    l->recipe = s->recipe;
    l->fingerprint = p->fingerprint;
    l->held = s->exam ? 0 : TRAINING_HELD;
    l->saved = -1;
    if (!s->tokenizers)
        learn_tokenizers(l, p, s->pieces);
    else if (take_tokenizers(l, s->tokenizers, e) < 0)
        return -1;
    t[0] = parse_tokenizer(l, 0, e);
    t[1] = t[0] && l->tokenizers[1] ? parse_tokenizer(l, 1, e) : t[0];
    if (!t[0] || !t[1]) {
        tokenizer_free(t[0]);
        return -1;
    }
    if (make_model(l, s, t, e) < 0 || check_family(l->model, e) < 0)
        return -1;
    take_weights(l);
    return 0;
}

/* ---- beginning ---- */

static int copy_key(const char *key, const struct json *value, void *out)
{
    if (strcmp(key, "seed") && strcmp(key, "vocab_size"))
        json_add(out, key, json_clone(value));
    return 0;
}

/* Defaults are written out, for readers that have others. */
static void add_default(struct json *j, const struct config *c,
                        const struct config_field *f)
{
    double value = config_own(c, f->key);
    if (json_get(j, f->key))
        return;
    if (f->kind == CONFIG_INTEGER)
        json_add_integer(j, f->key, (long)value);
    else if (f->kind == CONFIG_BOOLEAN)
        json_add_boolean(j, f->key, value != 0);
    else if (f->kind == CONFIG_CHOICE)
        json_add_text(j, f->key, f->choices[(int)value]);
    else
        json_add_number(j, f->key, value);
}

/* What an untrained model has besides is left out. */
static char *config_text(const struct config *c)
{
    struct json *j = json_new_object();
    json_each(c->json, copy_key, j);
    for (size_t i = 0; i < c->schema->count; i++)
        add_default(j, c, &c->schema->fields[i]);
    if (!json_get(j, "src_vocab_size"))
        json_add_integer(j, "src_vocab_size", c->src_vocab_size);
    if (!json_get(j, "tgt_vocab_size"))
        json_add_integer(j, "tgt_vocab_size", c->tgt_vocab_size);
    char *text = json_print(j, true);
    json_free(j);
    return text;
}

/* The exam that was given, if it is one. Caller frees. */
static char *read_exam(const char *path, struct error *e)
{
    struct table t;
    if (table_read(path, 3, &t, e) < 0)
        return NULL;
    bool empty = !t.rows;
    table_free(&t);
    if (!empty)
        return file_read(path, MOST_BYTES, NULL, e);
    error_set(e, "holds no sentences");
    error_at(e, path, 0, 0);
    return NULL;
}

int folder_begin(struct learning *l, const struct training_setup *s,
                 const struct pairs *p, struct error *e)
{
    char *exam = s->exam ? read_exam(s->exam, e) : pairs_exam(p);
    char *config = config_text(l->model->config);
    int status = exam ? file_make_folder(l->folder, e) : -1;
    if (status == 0)
        remove_old(l);
    if (status == 0)
        status = make_checkpoints(l, e);
    if (status == 0)
        status = write_text(l, l->tokenizers[1] ? "source_tokenizer.json"
                                                : "tokenizer.json", l->tokenizers[0], e);
    if (status == 0 && l->tokenizers[1])
        status = write_text(l, "target_tokenizer.json", l->tokenizers[1], e);
    if (status == 0)
        status = write_text(l, "exam.tsv", exam, e);
    if (status == 0)
        status = write_text(l, "config.json", config, e);
    free(exam);
    free(config);
    return status;
}

/* ---- saving ---- */

/* The state, which has texts, keeps every bit. */
static int write_weights(const struct learning *l, const char *name,
                         const struct weights *w, const char *const *texts,
                         struct error *e)
{
    char *path = file_join(l->folder, name);
    int status = saved_write(path, w, texts, l->recipe.half && !texts, e);
    free(path);
    return status;
}

/* The weights under names with a prefix, in other memory. */
static void add_copies(struct weights *out, const struct learning *l, const char *prefix,
                       float *at)
{
    for (size_t i = 0; i < l->model->weights.count; i++) {
        struct tensor t = l->model->weights.items[i].tensor;
        char *name = mem_format("%s%s", prefix, l->model->weights.items[i].name);
        t.f32 = at;
        at += tensor_count(&t);
        weights_add(out, name, t);
        free(name);
    }
}

static int write_state(const struct learning *l, struct error *e)
{
    struct weights all = {0};
    char *numbers = mem_format("%ld %.17g %.17g %.17g %llx", l->step, l->loss, l->seconds,
                               l->held, (unsigned long long)l->fingerprint);
    char *recipe = recipe_text(&l->recipe);
    const char *const texts[] = {"stepformer", "training 1", "numbers", numbers,
                                 "recipe", recipe, "pairs", l->pairs, NULL};
    add_copies(&all, l, "weight.", l->weights);
    add_copies(&all, l, "first.", l->first);
    add_copies(&all, l, "second.", l->second);
    int status = write_weights(l, "state.safetensors", &all, texts, e);
    weights_free(&all);
    free(numbers);
    free(recipe);
    return status;
}

int folder_save(struct learning *l, struct error *e)
{
    char *name = mem_format(CHECKPOINTS "/step-%04ld.safetensors", l->step);
    int status = write_weights(l, name, &l->model->weights, NULL, e);
    free(name);
    if (status == 0)
        status = write_weights(l, "model.safetensors", &l->model->weights, NULL, e);
    if (status == 0)
        status = write_state(l, e);
    if (status == 0)
        l->saved = l->step;
    return status;
}

int folder_finish(struct learning *l, struct error *e)
{
    if (l->recipe.round < 0)
        return 0;
    double power = pow(10, (double)l->recipe.round);
    float *rounded = mem_alloc((size_t)l->parameters, sizeof *rounded);
    for (long i = 0; i < l->parameters; i++)
        rounded[i] = (float)(rint((double)l->weights[i] * power) / power + 0.0);
    struct weights w = {0};
    add_copies(&w, l, "", rounded);
    int status = write_weights(l, "model.safetensors", &w, NULL, e);
    weights_free(&w);
    free(rounded);
    return status;
}

/* ---- going on ---- */

static int fill(const struct learning *l, const struct safetensors *s, const char *prefix,
                float *at, struct error *e)
{
    for (size_t i = 0; i < l->model->weights.count; i++) {
        const struct tensor *t = &l->model->weights.items[i].tensor;
        char *name = mem_format("%s%s", prefix, l->model->weights.items[i].name);
        int index = weights_find(&s->weights, name);
        const struct tensor *f = index < 0 ? NULL : &s->weights.items[index].tensor;
        bool fits = f && f->type == TENSOR_F32 && tensor_count(f) == tensor_count(t);
        if (fits)
            memcpy(at, f->f32, tensor_bytes(t));
        else
            error_set(e, "has no %s of the model's size", name);
        free(name);
        if (!fits)
            return -1;
        at += tensor_count(t);
    }
    return 0;
}

static int read_numbers(struct learning *l, const struct safetensors *s, struct error *e)
{
    const char *numbers = safetensors_metadata(s, "numbers");
    const char *recipe = safetensors_metadata(s, "recipe");
    const char *pairs = safetensors_metadata(s, "pairs");
    unsigned long long fingerprint;
    if (!numbers || !recipe || !pairs)
        return error_set(e, "is no state of a training");
    char *end = NULL;
    l->step = strtol(numbers, &end, 10);
    l->loss = strtod(end, &end);
    l->seconds = strtod(end, &end);
    l->held = strtod(end, &end);
    fingerprint = strtoull(end, &end, 16);
    l->fingerprint = fingerprint;
    l->pairs = mem_string(pairs);
    if (recipe_parse(recipe, &l->recipe, e) < 0)
        return -1;
    if (*end || l->step < 0 || l->step > l->recipe.steps || !(l->held >= 0) ||
        !(l->held < 1))
        return error_set(e, "holds numbers that no training has");
    return 0;
}

static int read_state(struct learning *l, struct error *e)
{
    char *path = file_join(l->folder, "state.safetensors");
    struct safetensors *s = NULL;
    int status = 0;
    if (!file_exists(path))
        status = error_set(e, "%s has no state.safetensors to go on from", l->folder);
    else if (!(s = safetensors_open(path, e)))
        status = -1;
    if (s && ((status = read_numbers(l, s, e)) < 0 ||
              (status = fill(l, s, "weight.", l->weights, e)) < 0 ||
              (status = fill(l, s, "first.", l->first, e)) < 0 ||
              (status = fill(l, s, "second.", l->second, e)) < 0))
        error_at(e, path, 0, 0);
    safetensors_free(s);
    free(path);
    return status;
}

static int read_pairs(struct learning *l, const char *path, struct pairs *p,
                      struct error *e)
{
    if (!path && !file_exists(l->pairs))
        return error_set(e, "the pairs are not at %s any more: say where, by --pairs",
                         l->pairs);
    if (pairs_read(path ? path : l->pairs, p, e) < 0)
        return -1;
    if (p->fingerprint != l->fingerprint) {
        error_set(e, "is not the file that the training began with: give that, or begin "
                  "anew in another folder");
        return error_at(e, p->name, 0, 0);
    }
    return l->held > 0 ? pairs_hold_out(p, l->held, e) : 0;
}

int folder_resume(struct learning *l, const char *folder, const char *pairs,
                  struct pairs *p, struct error *e)
{
    if (!file_is_folder(folder))
        return error_set(e, "there is no folder %s to go on with", folder);
    char *path = strchr(folder, '/') ? mem_string(folder) : file_join(".", folder);
    l->folder = mem_string(folder);
    l->model = model_open(path, e);
    free(path);
    if (!l->model || check_family(l->model, e) < 0)
        return -1;
    if (!l->model->source || !l->model->target)
        return error_set(e, "the folder %s has no tokenizers", folder);
    take_weights(l);
    if (read_state(l, e) < 0)
        return -1;
    l->saved = l->step;
    return read_pairs(l, pairs, p, e);
}
