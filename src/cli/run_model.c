#include "cli/runs.h"

#include "base/json.h"
#include "base/text.h"
#include "cli/common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Components and the weights that belong to them: the first row whose text stands in the
 * name counts. */
static const struct {
    const char *name, *part;
} components[] = {
    {"embeddings", "embedding"},
    {"learned positions", "position"},
    {"encoder self-attention", "encoder.layers.*self_attn"},
    {"encoder feed-forward", "encoder.layers.*linear"},
    {"encoder layer norms", "encoder.*norm"},
    {"decoder self-attention", "decoder.layers.*self_attn"},
    {"cross-attention", "decoder.layers.*multihead_attn"},
    {"decoder feed-forward", "decoder.layers.*linear"},
    {"decoder layer norms", "decoder.*norm"},
    {"generator", "generator"},
};

#define COMPONENTS (int)(sizeof components / sizeof *components)

/* "a*b": the name begins with a (or holds it, without a star) and holds b after it. */
static bool belongs(const char *name, const char *part)
{
    const char *star = strchr(part, '*');
    if (!star)
        return strstr(name, part) != NULL;
    size_t n = (size_t)(star - part);
    return !strncmp(name, part, n) && strstr(name + n, star + 1);
}

static long count(const struct model *m, int component)
{
    long n = 0;
    for (size_t i = 0; i < m->weights.count; i++) {
        const char *name = m->weights.items[i].name;
        int first = 0;
        while (first < COMPONENTS && !belongs(name, components[first].part))
            first++;
        if (first == component)
            n += tensor_count(&m->weights.items[i].tensor);
    }
    return n;
}

static void print_table(const struct model *m)
{
    const struct config *c = m->config;
    long all = model_parameters(m);
    char *name = text_sanitize(m->name);
    printf("%s   %s, %d + %d layers, d_model %d, %d heads (d_k %d), d_ff %d\n", name,
           c->model_type, c->num_encoder_layers, c->num_decoder_layers, c->d_model,
           c->nhead, c->d_model / c->nhead, c->dim_feedforward);
    free(name);
    printf("%s, %s, %s positions (at most %d), %s\n",
           c->norm_first ? "pre-norm" : "post-norm",
           c->activation == CONFIG_GELU ? "gelu" : "relu",
           c->position == CONFIG_LEARNED ? "learned" : "sinusoidal", c->max_positions,
           c->scale_embedding ? "embeddings times √d_model" : "embeddings not scaled");
    printf("vocabularies: source %d, target %d\n\n", c->src_vocab_size,
           c->tgt_vocab_size);
    for (int i = 0; i < COMPONENTS; i++) {
        long n = count(m, i);
        if (n)
            printf("%-24s %10ld  %5.1f %%\n", components[i].name, n,
                   100 * (double)n / (double)all);
    }
    printf("%-24s %10ld\n", "parameters", all);
}

static void print_json(const struct model *m)
{
    struct json *j = json_new_object(), *parts = json_new_object();
    json_add_text(j, "name", m->name);
    json_add_text(j, "family", m->family->name);
    json_add(j, "config",
             m->config->json ? json_clone(m->config->json) : json_new_object());
    json_add_integer(j, "parameters", model_parameters(m));
    for (int i = 0; i < COMPONENTS; i++)
        json_add_integer(parts, components[i].name, count(m, i));
    json_add(j, "components", parts);
    char *text = json_print(j, true);
    fputs(text, stdout);
    free(text);
    json_free(j);
}

int run_model(const struct options *o, struct error *e)
{
    struct model *m = cli_model(o, e);
    if (!m)
        return CLI_FAILED;
    if (option_is_set(o, OPTION_JSON))
        print_json(m);
    else
        print_table(m);
    model_free(m);
    return CLI_OK;
}
