#include "cli/runs.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"
#include "cli/common.h"
#include "model/shipped.h"
#include "model/weight_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long count(const struct model *m, int component)
{
    long n = 0;
    for (size_t i = 0; i < m->weights.count; i++)
        if (m->kinds[i].component == component)
            n += tensor_count(&m->weights.items[i].tensor);
    return n;
}

static void print_table(const struct model *m)
{
    const struct config *c = m->config;
    long all = model_parameters(m);
    char *name = text_sanitize(m->name);
    struct buffer description = {0};
    m->family->describe(c, &description);
    printf("%s   %s, %s", name, c->model_type, description.data);
    buffer_free(&description);
    free(name);
    if (m->family->two_sides)
        printf("vocabularies: source %d, target %d\n\n", c->src_vocab_size,
               c->tgt_vocab_size);
    else
        printf("vocabulary: %d\n\n", c->src_vocab_size);
    for (int i = 0; i < m->family->component_count; i++) {
        long n = count(m, i);
        if (n)
            printf("%-24s %10ld  %5.1f %%\n", m->family->components[i], n,
                   100 * (double)n / (double)all);
    }
    printf("%-24s %10ld\n", "parameters", all);
    if (m->beside) {
        char *beside = text_sanitize(m->beside);
        printf("\n%s %s\n", say(SAY_CLI_MODEL_BESIDE), beside);
        free(beside);
    }
}

static void print_json(const struct model *m)
{
    struct json *j = json_new_object(), *parts = json_new_object();
    json_add_text(j, "name", m->name);
    json_add_text(j, "family", m->family->config.model_type);
    json_add(j, "config",
             m->config->json ? json_clone(m->config->json) : json_new_object());
    json_add_integer(j, "parameters", model_parameters(m));
    for (int i = 0; i < m->family->component_count; i++)
        json_add_integer(parts, m->family->components[i], count(m, i));
    json_add(j, "components", parts);
    char *text = json_print(j, true);
    fputs(text, stdout);
    free(text);
    json_free(j);
}

/* ---- --models ---- */

static struct json *shipped_json(const struct shipped_model *list, size_t count)
{
    struct json *all = json_new_array();
    for (size_t i = 0; i < count; i++) {
        struct json *j = json_new_object(), *steps = json_new_array();
        for (size_t k = 0; k < list[i].step_count; k++)
            json_append(steps, json_new_integer(list[i].steps[k]));
        json_add_text(j, "name", list[i].name);
        json_add(j, "checkpoints", steps);
        json_append(all, j);
    }
    return all;
}

/* A name a line, as --model takes it. */
static void print_models(const struct options *o)
{
    struct shipped_model *list;
    size_t count = shipped_list(&list);
    if (option_is_set(o, OPTION_JSON)) {
        struct json *j = shipped_json(list, count);
        char *text = json_print(j, true);
        fputs(text, stdout);
        free(text);
        json_free(j);
    }
    for (size_t i = 0; i < count && !option_is_set(o, OPTION_JSON); i++) {
        printf("%s\n", list[i].name);
        for (size_t k = 0; k < list[i].step_count; k++)
            printf("%s@%ld\n", list[i].name, list[i].steps[k]);
    }
    shipped_free(list, count);
}

/* ---- the weights ---- */

static char *shape_text(const struct tensor *t)
{
    return t->rank > 1 ? mem_format("%ld × %ld", t->size[0], t->size[1])
                       : mem_format("%ld", t->size[0]);
}

static int print_weight(const struct weight_view *v, void *data)
{
    const struct model *m = data;
    char *shape = shape_text(&v->tensor);
    printf("%-44s %-28s %*s%s   %s\n", v->name, v->short_name,
           12 - text_width(shape), "", shape,
           m->family->components[m->kinds[v->index].component]);
    free(shape);
    return 0;
}

struct weight_list {
    const struct model *model;
    struct json *items;
};

static int add_weight(const struct weight_view *v, void *data)
{
    struct weight_list *l = data;
    struct json *j = json_new_object(), *shape = json_new_array();
    json_add_text(j, "name", v->name);
    if (*v->short_name)
        json_add_text(j, "short_name", v->short_name);
    for (int i = 0; i < v->tensor.rank; i++)
        json_append(shape, json_new_integer(v->tensor.size[i]));
    json_add(j, "shape", shape);
    json_add_integer(j, "first_row", v->first + 1);
    json_add_text(j, "component",
                  l->model->family->components[l->model->kinds[v->index].component]);
    json_append(l->items, j);
    return 0;
}

static void print_weights(struct model *m, bool as_json)
{
    if (!as_json) {
        weight_names_each(m, print_weight, m);
        return;
    }
    struct weight_list l = {m, json_new_array()};
    struct json *j = json_new_object();
    weight_names_each(m, add_weight, &l);
    json_add(j, "weights", l.items);
    char *text = json_print(j, true);
    fputs(text, stdout);
    free(text);
    json_free(j);
}

int run_model(const struct options *o, struct error *e)
{
    if (option_is_set(o, OPTION_MODELS)) {
        print_models(o);
        return CLI_OK;
    }
    struct model *m = cli_model(o, e);
    if (!m)
        return CLI_FAILED;
    if (option_is_set(o, OPTION_WEIGHTS))
        print_weights(m, option_is_set(o, OPTION_JSON));
    else if (option_is_set(o, OPTION_JSON))
        print_json(m);
    else
        print_table(m);
    model_free(m);
    return CLI_OK;
}
