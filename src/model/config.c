#include "model/config.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE 4000000
#define RANDOM "random:"

enum kind { INTEGER, BOOLEAN, CHOICE };

/* One row a key: how it is read, where it goes and what is allowed. The order is that of
 * the errors. A new key is a row here, a member of the struct and a line in config.h. */
static const struct field {
    const char *key;
    enum kind kind;
    size_t offset;
    bool required;
    long least, most;          /* INTEGER */
    const char *const *choices; /* CHOICE, ended by NULL; the member is the index */
    int value;                 /* the default */
    const char *random;        /* what an untrained model has; NULL: the default */
} fields[] = {
#define AT(member) offsetof(struct config, member)
    {"d_model", INTEGER, AT(d_model), true, 1, CONFIG_MAX_WIDTH, NULL, 0, "64"},
    {"nhead", INTEGER, AT(nhead), true, 1, CONFIG_MAX_WIDTH, NULL, 0, "4"},
    {"num_encoder_layers", INTEGER, AT(num_encoder_layers), true, 1, CONFIG_MAX_LAYERS,
     NULL, 0, "2"},
    {"num_decoder_layers", INTEGER, AT(num_decoder_layers), true, 1, CONFIG_MAX_LAYERS,
     NULL, 0, "2"},
    {"dim_feedforward", INTEGER, AT(dim_feedforward), true, 1, CONFIG_MAX_HIDDEN, NULL, 0,
     NULL},
    {"activation", CHOICE, AT(activation), false, 0, 0,
     (const char *const[]){"relu", "gelu", NULL}, CONFIG_RELU, NULL},
    {"norm_first", BOOLEAN, AT(norm_first), false, 0, 0, NULL, false, NULL},
    {"scale_embedding", BOOLEAN, AT(scale_embedding), false, 0, 0, NULL, true, NULL},
    {"position", CHOICE, AT(position), false, 0, 0,
     (const char *const[]){"sinusoidal", "learned", NULL}, CONFIG_SINUSOIDAL, NULL},
    {"max_positions", INTEGER, AT(max_positions), true, 1, CONFIG_MAX_POSITIONS, NULL, 0,
     "128"},
    {"src_vocab_size", INTEGER, AT(src_vocab_size), true, 1, CONFIG_MAX_VOCABULARY, NULL,
     0, NULL},
    {"tgt_vocab_size", INTEGER, AT(tgt_vocab_size), true, 1, CONFIG_MAX_VOCABULARY, NULL,
     0, NULL},
    {"bos_token_id", INTEGER, AT(bos_token_id), true, 0, CONFIG_MAX_VOCABULARY - 1, NULL,
     0, "1"},
    {"eos_token_id", INTEGER, AT(eos_token_id), true, 0, CONFIG_MAX_VOCABULARY - 1, NULL,
     0, "2"},
    {"pad_token_id", INTEGER, AT(pad_token_id), false, 0, CONFIG_MAX_VOCABULARY - 1, NULL,
     -1, "0"},
    {"source_eos", BOOLEAN, AT(source_eos), false, 0, 0, NULL, true, NULL},
#undef AT
};

#define FIELDS (sizeof fields / sizeof *fields)

/* ---- values ---- */

static int read_integer(const struct json *j, const struct field *f, void *member,
                        struct error *e)
{
    long value = 0;
    if (json_need_integer(j, f->key, f->least, f->most, &value, e) < 0)
        return -1;
    *(int *)member = (int)value;
    return 0;
}

static int read_boolean(const struct json *j, const struct field *f, void *member,
                        struct error *e)
{
    const struct json *value = json_get(j, f->key);
    if (json_boolean(value, member))
        return 0;
    return error_set(e, "key \"%s\" is %s: write true or false", f->key,
                     json_kind(value));
}

static int read_choice(const struct json *j, const struct field *f, void *member,
                       struct error *e)
{
    const char *text = json_text(json_get(j, f->key));
    for (int i = 0; text && f->choices[i]; i++)
        if (strcmp(text, f->choices[i]) == 0) {
            *(int *)member = i;
            return 0;
        }
    char *safe = text_sanitize(text ? text : json_kind(json_get(j, f->key)));
    error_set(e, "key \"%s\" is %s: write \"%s\" or \"%s\"", f->key, safe, f->choices[0],
              f->choices[1]);
    free(safe);
    return -1;
}

_Static_assert(sizeof(enum config_activation) == sizeof(int) &&
               sizeof(enum config_position) == sizeof(int), "enums are read as int");

static int read_field(const struct json *j, const struct field *f, struct config *c,
                      struct error *e)
{
    void *member = (char *)c + f->offset;
    /* An optional key that is null counts as left out, as Hugging Face writes it. */
    if (!f->required && json_is_null(json_get(j, f->key))) {
        if (f->kind == BOOLEAN)
            *(bool *)member = f->value;
        else
            *(int *)member = f->value;
        return 0;
    }
    switch (f->kind) {
    case INTEGER:
        return read_integer(j, f, member, e);
    case BOOLEAN:
        return read_boolean(j, f, member, e);
    default:
        return read_choice(j, f, member, e);
    }
}

static int read_epsilon(const struct json *j, double *out, struct error *e)
{
    const struct json *value = json_get(j, "layer_norm_eps");
    *out = 1e-5;
    if (json_is_null(value))
        return 0;
    if (!json_number(value, out))
        return error_set(e, "key \"layer_norm_eps\" is %s: write a number such as 1e-5",
                         json_kind(value));
    if (!(*out > 0 && *out <= 1))
        return error_set(e, "key \"layer_norm_eps\" is %g: write a number above 0 and at "
                         "most 1, such as 1e-5", *out);
    return 0;
}

/* `vocab_size` stands for both sizes; beside one of them it must agree. */
static int read_vocabulary(const struct json *j, const struct field *f, struct config *c,
                           struct error *e)
{
    int *member = (int *)((char *)c + f->offset);
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
    if (json_need_integer(j, "vocab_size", f->least, f->most, &both, e) < 0)
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

/* ---- what must fit together ---- */

static int check_heads(const struct config *c, struct error *e)
{
    if (c->d_model % c->nhead == 0)
        return 0;
    return error_set(e,
                     "key \"nhead\" is %d, which does not divide \"d_model\" %d: choose "
                     "a number of heads that does",
                     c->nhead, c->d_model);
}

static int check_id(const struct config *c, const char *key, int id, struct error *e)
{
    bool source = c->src_vocab_size < c->tgt_vocab_size;
    int size = source ? c->src_vocab_size : c->tgt_vocab_size;
    if (id < size)
        return 0;
    return error_set(e,
                     "key \"%s\" is %d, outside the %s vocabulary of %d: write an id "
                     "from 0 to %d",
                     key, id, source ? "source" : "target", size, size - 1);
}

static int check_weight_name(const char *key, const struct json *value, void *data)
{
    const char *text = json_text(value);
    if (text && *text)
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

static bool is_vocabulary(const struct field *f)
{
    return f->offset == offsetof(struct config, src_vocab_size) ||
           f->offset == offsetof(struct config, tgt_vocab_size);
}

static int read_transformer(struct config *c, struct error *e)
{
    for (size_t i = 0; i < FIELDS; i++)
        if ((is_vocabulary(&fields[i]) ? read_vocabulary
                                       : read_field)(c->json, &fields[i], c, e) < 0)
            return -1;
    if (read_epsilon(c->json, &c->layer_norm_eps, e) < 0 || check_heads(c, e) < 0 ||
        check_id(c, "bos_token_id", c->bos_token_id, e) < 0 ||
        check_id(c, "eos_token_id", c->eos_token_id, e) < 0 ||
        check_id(c, "pad_token_id", c->pad_token_id, e) < 0)
        return -1;
    return 0;
}

static int read_config(struct config *c, struct error *e)
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
    if (check_names(json_get(c->json, "names"), e) < 0)
        return -1;
    return strcmp(type, "transformer") == 0 ? read_transformer(c, e) : 0;
}

/* Takes the JSON, which is NULL when it could not be read. */
static struct config *from_json(struct json *json, const char *name, struct error *e)
{
    if (!json)
        return NULL;
    struct config *c = mem_zero(1, sizeof *c);
    c->json = json;
    if (read_config(c, e) == 0)
        return c;
    error_at(e, name, 0, 0);
    config_free(c);
    return NULL;
}

/* ---- untrained models ---- */

static const struct field *find_field(const char *key)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].key, key) == 0)
            return &fields[i];
    return NULL;
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

static int unknown_key(const char *key, struct error *e)
{
    struct buffer known = {0};
    for (size_t i = 0; i < FIELDS; i++)
        buffer_addf(&known, "%s, ", fields[i].key);
    char *safe = text_sanitize(key);
    error_set(e, "\"%.60s\" is not a key: use %slayer_norm_eps, vocab_size, seed", safe,
              known.data);
    free(safe);
    buffer_free(&known);
    return -1;
}

/* Adds "key=value" to the object. */
static int add_setting(struct json *j, char *setting, struct error *e)
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
    if (!find_field(setting) && strcmp(setting, "layer_norm_eps") != 0 &&
        strcmp(setting, "vocab_size") != 0 && strcmp(setting, "seed") != 0)
        return unknown_key(setting, e);
    if (json_get(j, setting))
        return error_set(e, "key \"%s\" stands twice: leave one out", setting);
    json_add(j, setting, guess_value(equals + 1));
    return 0;
}

static int add_settings(struct json *j, char *settings, struct error *e)
{
    for (char *next; settings && *settings; settings = next) {
        next = strchr(settings, ',');
        if (next)
            *next++ = 0;
        if (add_setting(j, settings, e) < 0)
            return -1;
    }
    return 0;
}

static void add_defaults(struct json *j)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (fields[i].random && !json_get(j, fields[i].key))
            json_add(j, fields[i].key, guess_value(fields[i].random));
    long width = 0;
    if (!json_get(j, "dim_feedforward") && json_long(json_get(j, "d_model"), &width))
        json_add_integer(j, "dim_feedforward", width > 0 && width <= CONFIG_MAX_WIDTH ?
                         4 * width : 1);
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

struct config *config_parse_random(const char *model, struct error *e)
{
    const char *rest = model + strlen("random");
    char *settings = mem_string(*rest == ':' ? rest + 1 : rest);
    struct json *j = json_new_object();
    struct config *c = NULL;
    long seed = 0;
    json_add_text(j, "model_type", "transformer");
    if (add_settings(j, settings, e) < 0)
        goto end;
    add_defaults(j);
    if (json_need_integer(j, "seed", 0, LONG_MAX, &seed, e) < 0)
        goto end;
    c = from_json(j, "random", e);
    j = NULL;
    if (c) {
        c->is_random = true;
        c->seed = (uint64_t)seed;
    }
end:
    json_free(j);
    free(settings);
    error_at(e, "random", 0, 0);
    return c;
}

/* ---- the interface ---- */

struct config *config_open(const char *path, struct error *e)
{
    return from_json(json_read(path, MAX_FILE, e), path, e);
}

struct config *config_parse(const char *text, size_t length, const char *name,
                            struct error *e)
{
    return from_json(json_parse(text, length, name, e), name, e);
}

const char *config_name(const struct config *c, const char *name)
{
    const char *other = json_text(json_get(json_get(c->json, "names"), name));
    return other ? other : name;
}

void config_free(struct config *c)
{
    if (!c)
        return;
    json_free(c->json);
    free(c->model_type);
    free(c);
}
