#include "model/model.h"

#include "base/data.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "model/beside.h"
#include "model/matching.h"
#include "model/shipped.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- weights ---- */

/* Adds a weight under our name, and where the family finds it. */
static void add_weight(struct model *m, const struct weight_spec *spec, struct tensor t)
{
    size_t n = m->weights.count;
    weights_add(&m->weights, spec->name, t);
    m->weights.slots[spec->slot] = (int)n;
    m->kinds = mem_resize(m->kinds, n + 1, sizeof *m->kinds);
    m->kinds[n] = (struct weight_kind){spec->row, spec->component};
}

/* No weight yet: all slots are empty. */
static void open_slots(struct model *m)
{
    int n = family_slots(m->family, m->config);
    m->weights.slots = mem_alloc((size_t)n, sizeof *m->weights.slots);
    for (int i = 0; i < n; i++)
        m->weights.slots[i] = -1;
}

static void take_weight(const struct weight_spec *spec, struct tensor t, void *data)
{
    add_weight(data, spec, t);
}

/* The file of a checkpoint of the model's training; NULL for the model itself. Caller
 * frees. */
static char *checkpoint_path(const struct model *m, long step)
{
    if (step < 0)
        return NULL;
    char *name = mem_format("checkpoints/step-%04ld.safetensors", step);
    char *path = file_join(m->folder, name);
    free(name);
    return path;
}

/* -1 with an error that names the step, when the model has no checkpoint of it. */
static int check_step(const char *path, long step, struct error *e)
{
    if (!path || file_exists(path))
        return 0;
    error_set(e, "there is no checkpoint of step %ld; the files there are those that "
                 "--model NAME@STEP opens", step);
    return error_at(e, path, 0, 0);
}

static int load_weights(struct model *m, long step, struct error *e)
{
    char *path = checkpoint_path(m, step);
    if (check_step(path, step, e) < 0) {
        free(path);
        return -1;
    }
    m->store = path ? store_open_file(path, e) : store_open(m->folder, e);
    free(path);
    if (!m->store)
        return -1;
    open_slots(m);
    int result = matching_weights(m->family, m->config, m->store, take_weight, m, e);
    if (result == 0 && m->family->check_weights)
        result = m->family->check_weights(m->config, &m->weights, e);
    m->ignored = matching_unread(m->store);
    return result < 0 ? error_at(e, store_path(m->store), 0, 0) : 0;
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
    char *path = model_file(m, name);
    int result = 0;
    if (path) {
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

/* Normal numbers, from each row taken away what is along the rows before (Gram and
 * Schmidt): a rotation, whose powers neither grow nor fade (Saxe et al. 2014). */
static void fill_turn(struct random *random, const struct tensor *t)
{
    long n = t->size[1];
    for (long r = 0; r < t->size[0]; r++) {
        float *row = t->f32 + r * n;
        double length = 0;
        for (long i = 0; i < n; i++)
            row[i] = (float)random_normal(random);
        for (long k = 0; k < r; k++) {
            const float *other = t->f32 + k * n;
            double along = 0;
            for (long i = 0; i < n; i++)
                along += (double)row[i] * (double)other[i];
            for (long i = 0; i < n; i++)
                row[i] -= (float)along * other[i];
        }
        for (long i = 0; i < n; i++)
            length += (double)row[i] * (double)row[i];
        for (long i = 0; i < n; i++)
            row[i] = (float)((double)row[i] / sqrt(length));
    }
}

/* Xavier uniform, a rotation, N(0, 1/columns), ones or zeros: as its row says. */
static void fill_values(struct random *random, enum weight_start start,
                        const struct tensor *t)
{
    if (start == START_TURN) {
        fill_turn(random, t);
        return;
    }
    double limit = sqrt(6.0 / (double)(t->size[0] + t->size[1]));
    double deviation = sqrt((double)tensor_columns(t));
    for (long i = 0; i < tensor_count(t); i++) {
        if (start == START_TABLE)
            t->f32[i] = (float)(random_normal(random) / deviation);
        else if (start == START_XAVIER)
            t->f32[i] = (float)(limit * (2 * random_uniform(random) - 1));
        else
            t->f32[i] = start == START_ONE;
    }
}

static int fill_weight(const struct weight_spec *spec, void *data)
{
    struct filling *f = data;
    if (spec->row->need >= WEIGHT_IF_IN_FILE)
        return 0;
    long columns = spec->columns ? spec->columns : 1, count = spec->rows * columns;
    float *x = f->m->random ? f->m->random + f->used : NULL;
    f->used += (size_t)count;
    if (f->counting)
        return 0;
    struct tensor t = {.type = TENSOR_F32, .rank = spec->columns ? 2 : 1,
                       .size = {spec->rows, spec->columns}, .f32 = x};
    fill_values(&f->random, spec->row->start, &t);
    add_weight(f->m, spec, t);
    return 0;
}

/* 4 GiB; the sizes of a folder's model are bounded by its file. */
#define RANDOM_MOST ((size_t)1 << 30)

static int fill_random(struct model *m, struct error *e)
{
    struct filling f = {m, random_seed(m->config->seed), 0, true};
    family_each_weight(m->family, m->config, fill_weight, &f);
    if (f.used > RANDOM_MOST)
        return error_set(e,
                         "an untrained model of these sizes has %zu numbers, more than "
                         "%zu; choose smaller ones",
                         f.used, RANDOM_MOST);
    m->random = mem_alloc(f.used, sizeof(float));
    f.used = 0;
    f.counting = false;
    open_slots(m);
    return family_each_weight(m->family, m->config, fill_weight, &f);
}

struct model *model_random_twin(struct model *m, unsigned long seed)
{
    struct model *twin = mem_zero(1, sizeof *twin);
    *twin = (struct model){.name = mem_string(m->name), .config = m->config,
                           .family = m->family, .twin_of = model_share(m),
                           .source = m->source, .target = m->target};
    twin->folder = m->folder ? mem_string(m->folder) : NULL;
    twin->beside = m->beside ? mem_string(m->beside) : NULL;
    twin->kinds = m->kinds;
    size_t slots = (size_t)family_slots(m->family, m->config) * sizeof(int);
    twin->weights.slots = memcpy(mem_alloc(slots, 1), m->weights.slots, slots);
    twin->random = mem_alloc((size_t)model_parameters(m), sizeof(float));
    struct random random = random_seed(seed);
    float *x = twin->random;
    for (size_t i = 0; i < m->weights.count; i++) {
        struct tensor t = m->weights.items[i].tensor;
        t.f32 = x;
        x += tensor_count(&t);
        fill_values(&random, m->kinds[i].row->start, &t);
        weights_add(&twin->weights, m->weights.items[i].name, t);
    }
    return twin;
}

/* ---- opening ---- */

static int open_random(struct model *m, const struct family *family,
                       const char *settings, struct error *e)
{
    m->family = family;
    m->config = config_parse_random(settings, &family->config, e);
    return m->config ? fill_random(m, e) : -1;
}

static struct model *model_new(const char *name)
{
    struct model *m = mem_zero(1, sizeof *m);
    m->name = mem_string(name);
    return m;
}

/* The model, or NULL after a failure. */
static struct model *finished(struct model *m, int status)
{
    if (status == 0)
        return m;
    model_free(m);
    return NULL;
}

struct model *model_random(const struct family *family, const char *settings,
                           struct error *e)
{
    struct model *m = model_new("random");
    return finished(m, open_random(m, family, settings, e));
}

/* A name without a slash or dot before it that is a model of the data folder, else a
 * path. */
static char *find_folder(const char *name, struct error *e)
{
    char *relative = mem_format("models/%s", name);
    char *path = strchr(name, '/') || *name == '.' ? NULL : data_path(relative);
    free(relative);
    if (path)
        return path;
    if (file_is_folder(name))
        return mem_string(name);
    char *list = shipped_text(", ");
    error_set(e, "model %s: there is no such folder, and no model of that name; --model "
              "takes a folder with config.json and model.safetensors, random:…, or %s",
              name, *list ? list : MODEL_DEFAULT);
    free(list);
    return NULL;
}

/* "DIR@400": the step behind the last @, which is cut off; -1 where there is none, or
 * where a folder has that name. */
static long cut_step(char *name)
{
    char *at = strrchr(name, '@'), *end;
    if (!at || !at[1] || file_is_folder(name))
        return -1;
    long step = strtol(at + 1, &end, 10);
    if (*end || at[1] < '0' || at[1] > '9')
        return -1;
    *at = 0;
    return step;
}

static int open_folder(struct model *m, const char *name, struct error *e)
{
    char *folder = mem_string(name);
    long step = cut_step(folder);
    m->folder = find_folder(folder, e);
    free(folder);
    if (!m->folder)
        return -1;
    char *path = file_join(m->folder, "config.json");
    m->config = config_open(path, family_schema, e);
    m->family = m->config ? family_find(m->config->model_type, e) : NULL;
    int status = m->family ? beside_find(m->folder, m->config->json, &m->beside, e) : -1;
    error_at(e, path, 0, 0);
    free(path);
    if (status < 0)
        return -1;
    return load_weights(m, step, e) < 0 ? -1 : load_tokenizers(m, e);
}

struct model *model_open(const char *name, struct error *e)
{
    struct model *m = model_new(name);
    if (!config_is_random(name))
        return finished(m, open_folder(m, name, e));
    const char *given = name + strlen("random");
    char *settings = mem_string(given + (*given == ':'));
    const struct family *family = family_cut(settings, e);
    int status = family ? open_random(m, family, settings, e)
                        : error_at(e, "random", 0, 0);
    free(settings);
    return finished(m, status);
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
    if (!m->twin_of && !m->lender) {
        if (m->target != m->source)
            tokenizer_free(m->target);
        tokenizer_free(m->source);
    }
    if (!m->twin_of) {
        config_free(m->config);
        free(m->kinds);
    }
    model_free(m->twin_of);
    model_free(m->lender);
    weights_free(&m->weights);
    store_free(m->store);
    free(m->random);
    free(m->ignored);
    free(m->beside);
    free(m->folder);
    free(m->name);
    free(m);
}

int model_lend_tokenizers(struct model *m, struct model *from, struct error *e)
{
    int source = tokenizer_size(from->source), target = tokenizer_size(from->target);
    if (m->config->src_vocab_size < source || m->config->tgt_vocab_size < target)
        return error_set(e, "its vocabularies hold %d and %d pieces, those of %s %d and "
                         "%d: leave vocab_size out",
                         m->config->src_vocab_size, m->config->tgt_vocab_size, from->name,
                         source, target);
    m->lender = model_share(from);
    m->source = from->source;
    m->target = from->target;
    return 0;
}

/* ---- passes ---- */

int model_vocabulary(const struct model *m, enum side side)
{
    return side == SIDE_TARGET ? m->config->tgt_vocab_size : m->config->src_vocab_size;
}

static int check_side(const struct model *m, enum side side, const struct feed_side *f,
                      struct error *e)
{
    const char *name = !m->family->two_sides    ? "text"
                       : side == SIDE_TARGET ? "target"
                                             : "source";
    struct segment whole = {0, f->rows, 0};
    long most = m->config->max_positions, vocabulary = model_vocabulary(m, side);
    if (f->rows < 1)
        return error_set(e, "the %s is empty; give at least one token", name);
    for (long i = 0; i < (f->spans ? f->count : 1); i++) {
        const struct segment *s = f->spans ? &f->spans[i] : &whole;
        if (s->first + s->count > most)
            return error_set(e, "the %s has %ld tokens; this model takes at most %ld",
                             name, s->first + s->count, most);
    }
    for (long i = 0; i < f->rows; i++)
        if (f->ids[i] < 0 || f->ids[i] >= vocabulary)
            return error_set(e,
                             "token id %ld of the %s is not in the vocabulary; ids are 0 "
                             "to %ld",
                             (long)f->ids[i], name, vocabulary - 1);
    return 0;
}

int model_check_feed(const struct model *m, const struct feed *feed, struct error *e)
{
    if (check_side(m, SIDE_SOURCE, &feed->source, e) < 0)
        return -1;
    return m->family->two_sides ? check_side(m, SIDE_TARGET, &feed->target, e) : 0;
}

int model_encode_source(const struct model *m, const char *text, struct tokens *out,
                        struct error *e)
{
    const struct config *c = m->config;
    if (tokenizer_encode(m->source, text, out, e) < 0)
        return -1;
    tokenizer_wrap(m->source, out);
    size_t n = out->count, length = strlen(out->text);
    if (!c->source_eos || (n && config_ends(c, out->ids[n - 1])))
        return 0;
    out->ids = mem_resize(out->ids, n + 1, sizeof *out->ids);
    out->places = mem_resize(out->places, n + 1, sizeof *out->places);
    out->ids[n] = c->eos_token_id;
    out->places[n] =
        (struct token_place){length, length, out->words ? out->words - 1 : 0};
    out->count = out->capacity = n + 1;
    return 0;
}

struct plan *model_plan_feed(const struct model *m, const struct feed *feed,
                             struct error *e)
{
    if (model_check_feed(m, feed, e) < 0)
        return NULL;
    struct plan *p = plan_new(&m->weights);
    plan_set_feed(p, feed);
    m->family->plan(p, m->config);
    if (!p->error.set)
        return p;
    error_set(e, "%s", p->error.message);
    plan_free(p);
    return NULL;
}

struct plan *model_plan(const struct model *m, const int32_t *source, long sources,
                        const int32_t *target, long targets, struct error *e)
{
    struct feed feed = {.source = {.ids = source, .rows = sources}};
    if (m->family->two_sides)
        feed.target = (struct feed_side){.ids = target, .rows = targets};
    return model_plan_feed(m, &feed, e);
}

struct plan *model_shortest_plan(const struct model *m, struct error *e)
{
    int32_t one = m->config->bos_token_id; /* there always is one */
    return model_plan(m, &one, 1, &one, 1, e);
}

char *model_file(const struct model *m, const char *name)
{
    return m->folder ? beside_file(m->folder, m->beside, name) : NULL;
}

long model_parameters(const struct model *m)
{
    long n = 0;
    for (size_t i = 0; i < m->weights.count; i++)
        n += tensor_count(&m->weights.items[i].tensor);
    return n;
}
