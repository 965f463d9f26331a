#include "model/weight_names.h"

#include <stdio.h>
#include <string.h>

/* By the name in a layer, or in the model: several short names share the rows evenly. A
 * weight that is not here has its whole name only. */
static const struct {
    const char *name, *short_names;
} table[] = {
    {"src_embedding.weight", "src_embedding"},
    {"tgt_embedding.weight", "tgt_embedding"},
    {"shared_embedding.weight", "shared_embedding"},
    {"src_position.weight", "src_position"},
    {"tgt_position.weight", "tgt_position"},
    {"self_attn.in_proj_weight", "self_attn.W_Q self_attn.W_K self_attn.W_V"},
    {"self_attn.in_proj_bias", "self_attn.b_Q self_attn.b_K self_attn.b_V"},
    {"self_attn.out_proj.weight", "self_attn.W_O"},
    {"self_attn.out_proj.bias", "self_attn.b_O"},
    {"multihead_attn.in_proj_weight", "cross_attn.W_Q cross_attn.W_K cross_attn.W_V"},
    {"multihead_attn.in_proj_bias", "cross_attn.b_Q cross_attn.b_K cross_attn.b_V"},
    {"multihead_attn.out_proj.weight", "cross_attn.W_O"},
    {"multihead_attn.out_proj.bias", "cross_attn.b_O"},
    {"linear1.weight", "ffn.W_1"},
    {"linear1.bias", "ffn.b_1"},
    {"linear2.weight", "ffn.W_2"},
    {"linear2.bias", "ffn.b_2"},
    {"norm1.weight", "norm1.gamma"},
    {"norm1.bias", "norm1.beta"},
    {"norm2.weight", "norm2.gamma"},
    {"norm2.bias", "norm2.beta"},
    {"norm3.weight", "norm3.gamma"},
    {"norm3.bias", "norm3.beta"},
    {"encoder.norm.weight", "encoder.norm.gamma"},
    {"encoder.norm.bias", "encoder.norm.beta"},
    {"decoder.norm.weight", "decoder.norm.gamma"},
    {"decoder.norm.bias", "decoder.norm.beta"},
    {"generator.weight", "generator.W"},
    {"generator.bias", "generator.b"},
};

static const char *short_names_of(const struct weight_row *row)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(table[i].name, row->name))
            return table[i].short_names;
    return NULL;
}

/* "encoder.0." of "encoder.layers.0.linear1.weight"; the length of what it stands for. */
static size_t place_of(const char *name, char *out, size_t size)
{
    const char *layers = strstr(name, ".layers.");
    *out = 0;
    if (!layers)
        return 0;
    const char *number = layers + strlen(".layers.");
    const char *end = strchr(number, '.');
    if (!end)
        return 0;
    snprintf(out, size, "%.*s.%.*s.", (int)(layers - name), name, (int)(end - number),
             number);
    return (size_t)(end + 1 - name);
}

static size_t words_in(const char *list)
{
    size_t n = *list != 0;
    for (; *list; list++)
        n += *list == ' ';
    return n;
}

/* The view of short name number `k` of `count`: as many rows each. */
static struct weight_view view_of(const struct model *m, size_t index, size_t k,
                                  size_t count)
{
    struct weight_view v = {.index = index,
                            .name = m->weights.items[index].name,
                            .tensor = m->weights.items[index].tensor};
    const char *word = short_names_of(m->kinds[index].row);
    if (!word)
        return v;
    for (size_t i = 0; i < k; i++)
        word = strchr(word, ' ') + 1;
    place_of(v.name, v.short_name, sizeof v.short_name);
    size_t length = strlen(v.short_name);
    snprintf(v.short_name + length, sizeof v.short_name - length, "%.*s",
             (int)strcspn(word, " "), word);
    long rows = v.tensor.size[0] / (long)count;
    long across = v.tensor.rank > 1 ? v.tensor.size[1] : 1;
    v.first = (long)k * rows;
    v.tensor.size[0] = rows;
    v.tensor.f32 += v.first * across; /* weights are floats */
    return v;
}

int weight_names_each(const struct model *m,
                      int (*each)(const struct weight_view *view, void *data), void *data)
{
    int status = 0;
    for (size_t i = 0; i < m->weights.count && !status; i++) {
        const char *names = short_names_of(m->kinds[i].row);
        size_t count = names ? words_in(names) : 1;
        for (size_t k = 0; k < count && !status; k++) {
            struct weight_view v = view_of(m, i, k, count);
            status = each(&v, data);
        }
    }
    return status;
}

struct search {
    const char *name;
    struct weight_view *out;
};

static int compare(const struct weight_view *view, void *data)
{
    const struct search *s = data;
    if (strcmp(view->short_name, s->name) != 0)
        return 0;
    *s->out = *view;
    return 1;
}

bool weight_names_find(const struct model *m, const char *name, struct weight_view *out)
{
    int whole = weights_find(&m->weights, name);
    if (whole >= 0) {
        *out = (struct weight_view){.index = (size_t)whole,
                                    .name = m->weights.items[whole].name,
                                    .tensor = m->weights.items[whole].tensor};
        return true;
    }
    struct search s = {name, out};
    return *name && weight_names_each(m, compare, &s) != 0;
}

struct count {
    const struct model *model;
    const char *name;
    long numbers;
    bool found;
};

static bool is_within(const char *name, const char *place)
{
    size_t n = strlen(place);
    return !strncmp(name, place, n) && (name[n] == 0 || name[n] == '.');
}

static int add(const struct weight_view *view, void *data)
{
    struct count *c = data;
    int component = c->model->kinds[view->index].component;
    if (c->name && strcmp(c->name, c->model->family->components[component]) != 0 &&
        !is_within(view->short_name, c->name) && !is_within(view->name, c->name))
        return 0;
    c->numbers += tensor_count(&view->tensor);
    c->found = true;
    return 0;
}

long weight_names_count(const struct model *m, const char *name)
{
    struct count c = {.model = m, .name = name};
    weight_names_each(m, add, &c);
    return c.found ? c.numbers : -1;
}
