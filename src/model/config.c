#include "model/config.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE 4000000
#define RANDOM "random:"

/* The keys of every family; offsets are in struct config. */
static const struct config_field common[] = {
#define AT(member) offsetof(struct config, member)
    {"max_positions", CONFIG_INTEGER, AT(max_positions), true, 1, CONFIG_MAX_POSITIONS,
     NULL, 0, "128"},
    {"src_vocab_size", CONFIG_INTEGER, AT(src_vocab_size), true, 1, CONFIG_MAX_VOCABULARY,
     NULL, 0, NULL},
    {"tgt_vocab_size", CONFIG_INTEGER, AT(tgt_vocab_size), true, 1, CONFIG_MAX_VOCABULARY,
     NULL, 0, NULL},
    {"bos_token_id", CONFIG_INTEGER, AT(bos_token_id), false, 0,
     CONFIG_MAX_VOCABULARY - 1, NULL, -1, "1"},
    {"eos_token_id", CONFIG_INTEGER, AT(eos_token_id), false, 0,
     CONFIG_MAX_VOCABULARY - 1, NULL, -1, "2"},
    {"pad_token_id", CONFIG_INTEGER, AT(pad_token_id), false, 0,
     CONFIG_MAX_VOCABULARY - 1, NULL, -1, "0"},
    {"source_eos", CONFIG_BOOLEAN, AT(source_eos), false, 0, 0, NULL, true, NULL},
#undef AT
};

#define COMMON (sizeof common / sizeof *common)

/* ---- values ---- */

static int read_integer(const struct json *j, const struct config_field *f, void *member,
                        struct error *e)
{
    long value = 0;
    if (json_need_integer(j, f->key, (long)f->least, (long)f->most, &value, e) < 0)
        return -1;
    *(int *)member = (int)value;
    return 0;
}

static int read_boolean(const struct json *j, const struct config_field *f, void *member,
                        struct error *e)
{
    const struct json *value = json_get(j, f->key);
    if (json_boolean(value, member))
        return 0;
    return error_set(e, "key \"%s\" is %s: write true or false", f->key,
                     json_kind(value));
}

static int read_choice(const struct json *j, const struct config_field *f, void *member,
                       struct error *e)
{
    const char *text = json_text(json_get(j, f->key));
    for (int i = 0; text && f->choices[i]; i++)
        if (strcmp(text, f->choices[i]) == 0) {
            *(int *)member = i;
            return 0;
        }
    char *safe = text_sanitize(text ? text : json_kind(json_get(j, f->key)));
    error_set(e, "key \"%s\" is %s: write \"%s\" or \"%s\"", f->key, safe,
              f->choices[0], f->choices[1]);
    free(safe);
    return -1;
}

static int read_number(const struct json *j, const struct config_field *f, void *member,
                       struct error *e)
{
    const struct json *value = json_get(j, f->key);
    double *out = member;
    if (!json_number(value, out))
        return error_set(e, "key \"%s\" is %s: write a number such as %g", f->key,
                         json_kind(value), f->value);
    if (!(*out > f->least && *out <= f->most))
        return error_set(e, "key \"%s\" is %g: write a number above %g and at most %g, "
                         "such as %g", f->key, *out, f->least, f->most, f->value);
    return 0;
}

static void set_default(const struct config_field *f, void *member)
{
    if (f->kind == CONFIG_BOOLEAN)
        *(bool *)member = f->value != 0;
    else if (f->kind == CONFIG_NUMBER)
        *(double *)member = f->value;
    else
        *(int *)member = (int)f->value;
}

static int read_field(const struct json *j, const struct config_field *f, void *object,
                      struct error *e)
{
    static int (*const readers[])(const struct json *, const struct config_field *,
                                  void *, struct error *) = {
        [CONFIG_INTEGER] = read_integer,
        [CONFIG_BOOLEAN] = read_boolean,
        [CONFIG_CHOICE] = read_choice,
        [CONFIG_NUMBER] = read_number,
    };
    void *member = (char *)object + f->offset;
    /* An optional key that is null counts as left out, as Hugging Face writes it. */
    if (!f->required && json_is_null(json_get(j, f->key))) {
        set_default(f, member);
        return 0;
    }
    return readers[f->kind](j, f, member, e);
}

/* `vocab_size` stands for both sizes; beside one of them it must agree. */
static int read_vocabulary(const struct json *j, const struct config_field *f,
                           void *object, struct error *e)
{
    int *member = (int *)((char *)object + f->offset);
    const struct json *own = json_get(j, f->key);
    if (!json_get(j, "vocab_size")) {
        if (!own)
            return error_set(e,
                             "key \"%s\" is missing: add it, or \"vocab_size\" for one "
                             "vocabulary on both sides",
                             f->key);
        return read_integer(j, f, member, e);
    }
    long both = 0;
    if (json_need_integer(j, "vocab_size", (long)f->least, (long)f->most, &both, e) < 0)
        return -1;
    *member = (int)both;
    if (!own)
        return 0;
    if (read_integer(j, f, member, e) < 0)
        return -1;
    if (*member != both)
        return error_set(
            e,
            "key \"vocab_size\" is %ld but \"%s\" is %d: keep \"vocab_size\" "
            "for one size, or the two others for two",
            both, f->key, *member);
    return 0;
}

/* ---- where a text begins and ends ---- */

static int read_ends(struct config *c, const struct config_field *f, struct error *e)
{
    const struct json *list = json_get(c->json, f->key);
    size_t n = json_length(list);
    c->eos_token_id = -1;
    if (json_is_null(list))
        return 0;
    if (!json_is_array(list)) {
        c->end_count = 1;
        if (read_integer(c->json, f, &c->eos_token_id, e) < 0)
            return -1;
        c->ends[0] = c->eos_token_id;
        return 0;
    }
    for (size_t i = 0; i < n && n <= CONFIG_MAX_ENDS; i++) {
        long id = -1;
        if (!json_long(json_item(list, i), &id) || id < 0 || id > (long)f->most)
            break;
        c->ends[c->end_count++] = (int)id;
    }
    if (n == 0 || c->end_count != (int)n)
        return error_set(e, "key \"%s\" is a list: write 1 to %d integers from 0 to %ld",
                         f->key, CONFIG_MAX_ENDS, (long)f->most);
    c->eos_token_id = c->ends[0];
    return 0;
}

/* decoder_start_token_id, bos, or a guess. */
static int choose_start(struct config *c, struct error *e)
{
    static const struct config_field start = {.key = "decoder_start_token_id",
                                              .most = CONFIG_MAX_VOCABULARY - 1};
    const struct json *own = json_get(c->json, start.key);
    if (!json_is_null(own) && read_integer(c->json, &start, &c->bos_token_id, e) < 0)
        return -1;
    c->has_start = c->bos_token_id >= 0;
    if (!c->has_start)
        c->bos_token_id = c->eos_token_id >= 0   ? c->eos_token_id
                          : c->pad_token_id >= 0 ? c->pad_token_id
                                                 : 0;
    c->source_eos = c->source_eos && c->eos_token_id >= 0;
    return 0;
}

bool config_ends(const struct config *c, int id)
{
    for (int i = 0; i < c->end_count; i++)
        if (c->ends[i] == id)
            return true;
    return false;
}

/* ---- what must fit together ---- */

static int check_id(const struct config *c, const char *key, long id, struct error *e)
{
    bool source = c->src_vocab_size < c->tgt_vocab_size;
    int size = source ? c->src_vocab_size : c->tgt_vocab_size;
    if (id < size)
        return 0;
    return error_set(e,
                     "key \"%s\" is %ld, outside the %s vocabulary of %d: write an id "
                     "from 0 to %d",
                     key, id, source ? "source" : "target", size, size - 1);
}

static int check_weight_name(const char *key, const struct json *value, void *data)
{
    const char *text = json_text(value);
    if ((text && *text) || json_is_null(value))
        return 0;
    char *safe = text_sanitize(key);
    error_set(data,
              "key \"names\": \"%.100s\" is %s: write the name of the weight in the "
              "file",
              safe, text ? "empty" : json_kind(value));
    free(safe);
    return -1;
}

static int check_names(const struct json *names, struct error *e)
{
    if (json_is_null(names))
        return 0;
    if (!json_is_object(names))
        return error_set(e,
                         "key \"names\" is %s: write an object such as {\"src_embedding."
                         "weight\": \"emb.weight\"}",
                         json_kind(names));
    return json_each(names, check_weight_name, e);
}

/* Who ties the output says so, or leaves it to the file. */
static int check_tie(const struct json *j, struct error *e)
{
    const struct json *tie = json_get(j, "tie_word_embeddings");
    bool value;
    if (json_is_null(tie) || json_boolean(tie, &value))
        return 0;
    return error_set(e, "key \"tie_word_embeddings\" is %s: write true or false",
                     json_kind(tie));
}

static bool is_vocabulary(const struct config_field *f)
{
    return f->offset == offsetof(struct config, src_vocab_size) ||
           f->offset == offsetof(struct config, tgt_vocab_size);
}

static int read_common(struct config *c, const struct config_field *f, struct error *e)
{
    if (f->offset == offsetof(struct config, eos_token_id))
        return read_ends(c, f, e);
    return is_vocabulary(f) ? read_vocabulary(c->json, f, c, e)
                            : read_field(c->json, f, c, e);
}

static int check_ids(const struct config *c, struct error *e)
{
    long start = -1;
    json_long(json_get(c->json, "decoder_start_token_id"), &start);
    if (check_id(c, "bos_token_id", c->bos_token_id, e) < 0 ||
        check_id(c, "decoder_start_token_id", start, e) < 0 ||
        check_id(c, "pad_token_id", c->pad_token_id, e) < 0)
        return -1;
    for (int i = 0; i < c->end_count; i++)
        if (check_id(c, "eos_token_id", c->ends[i], e) < 0)
            return -1;
    return 0;
}

static int read_keys(struct config *c, const struct config_schema *schema,
                     struct error *e)
{
    c->own = mem_zero(1, schema->size);
    c->schema = schema;
    for (size_t i = 0; i < schema->count; i++)
        if (read_field(c->json, &schema->fields[i], c->own, e) < 0)
            return -1;
    for (size_t i = 0; i < COMMON; i++)
        if (read_common(c, &common[i], e) < 0)
            return -1;
    if (schema->check && schema->check(c, e) < 0)
        return -1;
    return check_ids(c, e) < 0 ? -1 : choose_start(c, e);
}

static int read_config(struct config *c, config_find *find, struct error *e)
{
    const char *type = NULL;
    if (!json_is_object(c->json))
        return error_set(
            e,
            "is %s instead of an object: write {\"model_type\": \"transformer"
            "\", ...}",
            json_kind(c->json));
    if (json_need_text(c->json, "model_type", &type, e) < 0)
        return -1;
    c->model_type = mem_string(type);
    if (check_names(json_get(c->json, "names"), e) < 0 || check_tie(c->json, e) < 0)
        return -1;
    const struct config_schema *schema = find(type, e);
    return schema ? read_keys(c, schema, e) : -1;
}

/* Takes the JSON, which is NULL when it could not be read. */
static struct config *from_json(struct json *json, const char *name, config_find *find,
                                struct error *e)
{
    if (!json)
        return NULL;
    struct config *c = mem_zero(1, sizeof *c);
    c->json = json;
    if (read_config(c, find, e) == 0)
        return c;
    error_at(e, name, 0, 0);
    config_free(c);
    return NULL;
}

/* ---- untrained models ---- */

/* Keys that are no fields. */
static const char *const extra[] = {"vocab_size", "seed"};

#define EXTRA (sizeof extra / sizeof *extra)

static bool is_key(const struct config_schema *schema, const char *key)
{
    bool known = false;
    for (size_t i = 0; i < schema->count; i++)
        known = known || !strcmp(schema->fields[i].key, key);
    for (size_t i = 0; i < COMMON; i++)
        known = known || !strcmp(common[i].key, key);
    for (size_t i = 0; i < EXTRA; i++)
        known = known || !strcmp(extra[i], key);
    return known;
}

/* The text as the JSON value it looks like: true, false, an integer, a number, a text. */
static struct json *guess_value(const char *text)
{
    char *end;
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return json_new_boolean(*text == 't');
    errno = 0;
    long integer = strtol(text, &end, 10);
    if (*text && !*end && errno == 0)
        return json_new_integer(integer);
    double number = strtod(text, &end);
    return *text && !*end ? json_new_number(number) : json_new_text(text);
}

static void add_keys(struct buffer *b, const struct config_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_addf(b, "%s%s", b->length ? ", " : "", fields[i].key);
}

static int unknown_key(const struct config_schema *schema, const char *key,
                       struct error *e)
{
    struct buffer known = {0};
    add_keys(&known, schema->fields, schema->count);
    add_keys(&known, common, COMMON);
    for (size_t i = 0; i < EXTRA; i++)
        buffer_addf(&known, ", %s", extra[i]);
    char *safe = text_sanitize(key);
    error_set(e, "\"%.60s\" is not a key: use %s", safe, known.data);
    free(safe);
    buffer_free(&known);
    return -1;
}

/* Adds "key=value" to the object. */
static int add_setting(struct json *j, const struct config_schema *schema, char *setting,
                       struct error *e)
{
    char *equals = strchr(setting, '=');
    if (!equals || equals == setting || !equals[1]) {
        char *safe = text_sanitize(setting);
        error_set(e, "\"%.60s\" is not a setting: write key=value, such as d_model=128",
                  safe);
        free(safe);
        return -1;
    }
    *equals = 0;
    if (!is_key(schema, setting))
        return unknown_key(schema, setting, e);
    if (json_get(j, setting))
        return error_set(e, "key \"%s\" stands twice: leave one out", setting);
    json_add(j, setting, guess_value(equals + 1));
    return 0;
}

static int add_settings(struct json *j, const struct config_schema *schema,
                        char *settings, struct error *e)
{
    for (char *next; settings && *settings; settings = next) {
        next = strchr(settings, ',');
        if (next)
            *next++ = 0;
        if (add_setting(j, schema, settings, e) < 0)
            return -1;
    }
    return 0;
}

static void add_random(struct json *j, const struct config_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].random && !json_get(j, fields[i].key))
            json_add(j, fields[i].key, guess_value(fields[i].random));
}

static void add_defaults(struct json *j, const struct config_schema *schema)
{
    add_random(j, schema->fields, schema->count);
    add_random(j, common, COMMON);
    if (schema->complete)
        schema->complete(j);
    if (!json_get(j, "vocab_size") && !json_get(j, "src_vocab_size") &&
        !json_get(j, "tgt_vocab_size"))
        json_add_integer(j, "vocab_size", 100);
    if (!json_get(j, "seed"))
        json_add_integer(j, "seed", 1);
}

bool config_is_random(const char *model)
{
    return strcmp(model, "random") == 0 || strncmp(model, RANDOM, strlen(RANDOM)) == 0;
}

struct config *config_parse_random(const char *text, const struct config_schema *schema,
                                   struct error *e)
{
    char *settings = mem_string(text);
    struct json *j = json_new_object();
    struct config *c = NULL;
    long seed = 0;
    json_add_text(j, "model_type", schema->model_type);
    int status = add_settings(j, schema, settings, e);
    free(settings);
    if (status == 0) {
        add_defaults(j, schema);
        status = json_need_integer(j, "seed", 0, LONG_MAX, &seed, e);
    }
    if (status == 0) {
        c = mem_zero(1, sizeof *c);
        *c = (struct config){.model_type = mem_string(schema->model_type), .json = j,
                             .is_random = true, .seed = (uint64_t)seed};
        j = NULL;
        status = read_keys(c, schema, e);
    }
    json_free(j);
    if (status < 0) {
        config_free(c);
        c = NULL;
        error_at(e, "random", 0, 0);
    }
    return c;
}

/* ---- the interface ---- */

struct config *config_open(const char *path, config_find *find, struct error *e)
{
    return from_json(json_read(path, MAX_FILE, e), path, find, e);
}

struct config *config_parse(const char *text, size_t length, const char *name,
                            config_find *find, struct error *e)
{
    return from_json(json_parse(text, length, name, e), name, find, e);
}

double config_own(const struct config *c, const char *key)
{
    for (size_t i = 0; i < c->schema->count; i++) {
        const struct config_field *f = &c->schema->fields[i];
        const void *member = (const char *)c->own + f->offset;
        if (strcmp(f->key, key) != 0)
            continue;
        if (f->kind == CONFIG_NUMBER)
            return *(const double *)member;
        return f->kind == CONFIG_BOOLEAN ? *(const bool *)member : *(const int *)member;
    }
    return NAN;
}

const char *config_name(const struct config *c, const char *name)
{
    const char *other = json_text(json_get(json_get(c->json, "names"), name));
    return other ? other : name;
}

bool config_lacks(const struct config *c, const char *name)
{
    const struct json *other = json_get(json_get(c->json, "names"), name);
    return other && json_is_null(other);
}

void config_free(struct config *c)
{
    if (!c)
        return;
    json_free(c->json);
    free(c->model_type);
    free(c->own);
    free(c);
}
