#include "model/opened.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct opened_one {
    char *name;
    struct model *model;
    struct model *lender; /* of an untrained one: whose texts it reads; not a user */
};

static struct {
    struct opened_one *items;
    size_t count, capacity;
} opened;

/* ---- untrained ones ---- */

/* Adds "key=value" unless the settings have the key. */
static void add_setting(struct buffer *b, const char *key, long value)
{
    char *equals = mem_format("%s=", key);
    if (!strstr(b->data, equals))
        buffer_addf(b, "%s%s%ld", strchr(b->data, ':') ? "," : ":", equals, value);
    free(equals);
}

/* The settings with the vocabularies of a model, and its ids. Caller frees. */
static char *settings_for(const char *name, const struct model *first)
{
    const struct config *c = first->config;
    struct buffer b = {0};
    buffer_add(&b, name);
    if (!strstr(name, "vocab_size=")) {
        add_setting(&b, "src_vocab_size", c->src_vocab_size);
        add_setting(&b, "tgt_vocab_size", c->tgt_vocab_size);
    }
    add_setting(&b, "bos_token_id", c->bos_token_id);
    if (c->eos_token_id >= 0)
        add_setting(&b, "eos_token_id", c->eos_token_id);
    if (c->pad_token_id >= 0)
        add_setting(&b, "pad_token_id", c->pad_token_id);
    if (c->source_eos && !strstr(b.data, "source_eos="))
        buffer_add(&b, ",source_eos=true");
    return buffer_take(&b);
}

static int add_count(const struct weight_spec *spec, void *data)
{
    long *count = data;
    if (spec->row->need < WEIGHT_IF_IN_FILE)
        *count += spec->rows * (spec->columns ? spec->columns : 1);
    return 0;
}

/* A lesson comes from somewhere: before memory is taken. */
static int check_size(const char *settings, struct error *e)
{
    const struct family *f = family_of_random();
    settings += strcspn(settings, ":");
    struct config *c = config_parse_random(settings + (*settings == ':'), &f->config, e);
    long count = 0;
    if (!c)
        return -1;
    family_each_weight(f, c, add_count, &count);
    config_free(c);
    if (count > OPENED_RANDOM_MOST)
        return error_set(e, "an untrained model of these sizes has %ld numbers; beside "
                         "another model it has %ld at most: choose smaller ones",
                         count, OPENED_RANDOM_MOST);
    return 0;
}

static struct model *open_random(const char *name, struct model *first, struct error *e)
{
    bool lends = first->source && first->target;
    char *settings = lends ? settings_for(name, first) : mem_string(name);
    struct model *m = check_size(settings, e) == 0 ? model_open(settings, e) : NULL;
    free(settings);
    if (m && lends && model_lend_tokenizers(m, first, e) < 0) {
        model_free(m);
        return NULL;
    }
    if (m) { /* as it was asked for */
        free(m->name);
        m->name = mem_string(name);
    }
    return m;
}

/* ---- all of them ---- */

static struct model *open_new(const char *name, struct model *first, struct error *e)
{
    if (!strcmp(name, first->name) && first->folder)
        return model_share(first);
    return config_is_random(name) ? open_random(name, first, e) : model_open(name, e);
}

struct model *opened_get(const char *name, struct model *first, struct error *e)
{
    struct model *lender = config_is_random(name) ? first : NULL;
    for (size_t i = 0; i < opened.count; i++)
        if (!strcmp(opened.items[i].name, name) && opened.items[i].lender == lender)
            return model_share(opened.items[i].model);
    struct model *m = open_new(name, first, e);
    if (!m || m == first)
        return m;
    opened.items =
        mem_grow(opened.items, opened.count, &opened.capacity, sizeof *opened.items);
    opened.items[opened.count++] = (struct opened_one){mem_string(name), m, lender};
    return model_share(m);
}

void opened_close(void)
{
    for (size_t i = 0; i < opened.count; i++) {
        model_free(opened.items[i].model);
        free(opened.items[i].name);
    }
    free(opened.items);
    memset(&opened, 0, sizeof opened);
}
