#include "cli/runs.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"
#include "cli/common.h"
#include "model/shipped.h"
#include "model/weight_names.h"
#include "study/exam_cache.h"
#include "study/head_names.h"

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
    printf("%-46s %-28s %*s%s   %s\n", v->name, v->short_name,
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

/* ---- --head-names ---- */

/* "  head 4  particle → noun     0.73 (640 / 877)"; of a mixed one what held most. */
static void print_head(const struct head_name *name, long head)
{
    const char *most = head_pattern_text(name->most, say_language());
    const char *text = head_pattern_text(name->pattern, say_language());
    int pad = 20 - text_width(text);
    printf("  %s %ld  %s%*s", say(SAY_HEAD), head + 1, text, pad, "");
    if (name->count.rows)
        printf("%.2f (%ld / %ld)", name->share, name->count.hits, name->count.rows);
    if (name->count.rows && name->pattern == HEAD_MIXED)
        printf("  %s", most);
    printf("\n");
}

static struct json *counts_json(const struct head_names *n, const char *stage, long head)
{
    struct json *j = json_new_object();
    for (int p = HEAD_MIXED + 1; p < HEAD_PATTERNS; p++) {
        enum head_pattern pattern = (enum head_pattern)p;
        struct head_count c = head_names_count(n, stage, head, pattern);
        struct json *one = json_new_object();
        if (c.rows) {
            json_add_integer(one, "rows", c.rows);
            json_add_integer(one, "hits", c.hits);
            json_add(j, head_pattern_key(pattern), one);
        } else {
            json_free(one);
        }
    }
    return j;
}

static struct json *head_json(const struct head_names *n, const char *stage, long head)
{
    struct head_name name;
    struct json *j = json_new_object();
    head_names_find(n, stage, head, &name);
    json_add_text(j, "stage", stage);
    json_add_integer(j, "head", head + 1);
    json_add_text(j, "name", head_pattern_key(name.pattern));
    json_add_text(j, "text", head_pattern_text(name.pattern, say_language()));
    json_add_number(j, "share", name.share);
    json_add(j, "patterns", counts_json(n, stage, head));
    return j;
}

static void print_head_names_json(const struct head_names *n)
{
    struct json *j = json_new_object(), *list = json_new_array();
    json_add_integer(j, "sentences", head_names_sentences(n));
    for (size_t i = 0; i < head_names_stages(n); i++)
        for (long h = 0; h < head_names_heads(n, i); h++)
            json_append(list, head_json(n, head_names_stage(n, i), h));
    json_add(j, "heads", list);
    char *text = json_print(j, true);
    fputs(text, stdout);
    free(text);
    json_free(j);
}

static void print_head_names_table(const struct head_names *n)
{
    char count[24];
    snprintf(count, sizeof count, "%ld", head_names_sentences(n));
    char *about = say_with(SAY_HEAD_NAMES_ABOUT, count);
    printf("%s\n", about);
    free(about);
    for (size_t i = 0; i < head_names_stages(n); i++) {
        const char *stage = head_names_stage(n, i);
        printf("\n%s\n", stage);
        for (long h = 0; h < head_names_heads(n, i); h++) {
            struct head_name name;
            head_names_find(n, stage, h, &name);
            print_head(&name, h);
        }
    }
}

static int print_head_names(const struct options *o, struct model *m, struct error *e)
{
    long first = 0;
    if (option_integer(o, OPTION_FIRST, 1, 1000000, &first, e) < 0)
        return -1;
    cli_keep_exams(o, true);
    struct head_names *n = head_names_new(m, first, e);
    if (n)
        head_names_work(n, 0);
    if (n && !head_names_stages(n)) {
        error_set(e, "model --head-names: this model has no attention heads to name");
        head_names_free(n);
        n = NULL;
    }
    if (n && option_is_set(o, OPTION_JSON))
        print_head_names_json(n);
    else if (n)
        print_head_names_table(n);
    head_names_free(n);
    exam_cache_stop();
    return n ? 0 : -1;
}

/* One list at a time; --first counts the sentences of --head-names. */
static int check_parts(const struct options *o, struct error *e)
{
    int lists = option_is_set(o, OPTION_MODELS) + option_is_set(o, OPTION_WEIGHTS) +
                option_is_set(o, OPTION_HEAD_NAMES);
    if (lists > 1)
        return error_usage(e, "model: give one of --models, --weights, --head-names");
    if (option_is_set(o, OPTION_FIRST) && !option_is_set(o, OPTION_HEAD_NAMES))
        return error_usage(e, "model: --first goes with --head-names");
    return 0;
}

int run_model(const struct options *o, struct error *e)
{
    if (check_parts(o, e) < 0)
        return CLI_USAGE;
    if (option_is_set(o, OPTION_MODELS)) {
        print_models(o);
        return CLI_OK;
    }
    struct model *m = cli_model(o, e);
    if (!m)
        return CLI_FAILED;
    int status = 0;
    if (option_is_set(o, OPTION_WEIGHTS))
        print_weights(m, option_is_set(o, OPTION_JSON));
    else if (option_is_set(o, OPTION_HEAD_NAMES))
        status = print_head_names(o, m, e);
    else if (option_is_set(o, OPTION_JSON))
        print_json(m);
    else
        print_table(m);
    model_free(m);
    return status < 0 ? CLI_FAILED : CLI_OK;
}
