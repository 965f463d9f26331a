#include "model/matching.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PREFIXES 16
#define LISTED 8 /* of the tensors that nothing reads */

struct matching {
    const struct family *family;
    const struct config *config;
    struct store *store;
    char *prefix[2]; /* before the names of the layers, of encoder and decoder */
    bool *taken;     /* by slot */
    matching_take *take;
    void *data;
    struct error *e;
};

/* "[20, 16]". Caller frees. */
static char *shape_text(const struct tensor *t)
{
    struct buffer b = {0};
    buffer_add(&b, "[");
    for (int i = 0; i < t->rank; i++)
        buffer_addf(&b, "%s%ld", i ? ", " : "", t->size[i]);
    buffer_add(&b, "]");
    return buffer_take(&b);
}

/* ---- prefixes ---- */

/* What stands before our name of a weight in its name in a file: "model." before
 * "encoder.layers.0.linear1.weight"; -1 when it is another name. */
static long prefix_length(const char *in_file, const char *ours)
{
    size_t n = strlen(in_file), k = strlen(ours);
    if (n < k || strcmp(in_file + n - k, ours) != 0)
        return -1;
    return n == k || in_file[n - k - 1] == '.' ? (long)(n - k) : -1;
}

/* Whose layer a weight belongs to: 0 encoder, 1 decoder, -1 neither. */
static int stack_of_layer(const struct weight_spec *spec)
{
    if (spec->row->where == IN_MODEL)
        return -1;
    return strncmp(spec->name, "decoder.", 8) == 0;
}

struct search {
    struct matching *m;
    int stack;
    char *found[MAX_PREFIXES];
    long fits[MAX_PREFIXES]; /* how many names are there with each of them */
    int count;
};

static void add_prefix(struct search *s, const char *name, size_t length)
{
    for (int i = 0; i < s->count; i++)
        if (strlen(s->found[i]) == length && strncmp(s->found[i], name, length) == 0)
            return;
    if (s->count < MAX_PREFIXES)
        s->found[s->count++] = mem_bytes(name, length);
}

/* All prefixes of the first weight that the file has. */
static int look_for_prefixes(const struct weight_spec *spec, void *data)
{
    struct search *s = data;
    if (stack_of_layer(spec) != s->stack || spec->row->need != WEIGHT_REQUIRED)
        return 0;
    for (size_t i = 0; i < store_count(s->m->store); i++) {
        const char *name = store_name(s->m->store, i);
        long n = prefix_length(name, config_name(s->m->config, spec->name));
        if (n >= 0)
            add_prefix(s, name, (size_t)n);
    }
    return s->count > 0;
}

static long find_with(const struct matching *m, const char *prefix, size_t length,
                      const char *name)
{
    char *whole = mem_format("%.*s%s", (int)length, prefix, name);
    long i = store_find(m->store, whole);
    free(whole);
    return i;
}

static int count_fits(const struct weight_spec *spec, void *data)
{
    struct search *s = data;
    const char *name = config_name(s->m->config, spec->name);
    for (int i = 0; i < s->count && stack_of_layer(spec) == s->stack; i++)
        s->fits[i] += find_with(s->m, s->found[i], strlen(s->found[i]), name) >= 0;
    return 0;
}

static int several(const struct search *s, int a, int b)
{
    char *one = text_short(s->found[a]), *other = text_short(s->found[b]);
    error_set(s->m->e, "holds the layers of several models, %s… and %s…: save the "
              "state_dict of one of them", *one ? one : "(no prefix)", other);
    free(one);
    free(other);
    return -1;
}

/* The prefix with which most names of a stack's layers are in the file. */
static int choose_prefix(struct search *s, char **out)
{
    int best = 0, equal = -1;
    for (int i = 1; i < s->count; i++) {
        if (s->fits[i] > s->fits[best]) {
            best = i;
            equal = -1;
        } else if (s->fits[i] == s->fits[best]) {
            equal = i;
        }
    }
    if (equal >= 0 && *s->found[equal] && *s->found[best])
        return several(s, best, equal);
    if (equal >= 0 && !*s->found[equal]) /* our very names */
        best = equal;
    *out = mem_string(s->count ? s->found[best] : "");
    return 0;
}

static int find_prefix(struct matching *m, int stack)
{
    struct search s = {.m = m, .stack = stack};
    family_each_weight(m->family, m->config, look_for_prefixes, &s);
    family_each_weight(m->family, m->config, count_fits, &s);
    int result = choose_prefix(&s, &m->prefix[stack]);
    for (int i = 0; i < s.count; i++)
        free(s.found[i]);
    return result;
}

/* ---- finding ---- */

/* With the prefix of the layers, and with every shorter one: "a.b.", "a.", "". */
static long find_at_levels(const struct matching *m, const char *prefix, const char *name)
{
    size_t length = strlen(prefix);
    long i = find_with(m, prefix, length, name);
    while (i < 0 && length > 0) {
        length--;
        while (length > 0 && prefix[length - 1] != '.')
            length--;
        i = find_with(m, prefix, length, name);
    }
    return i;
}

/* The one name that ends with ours, under whatever prefix; -1 for none or several. */
static long find_ending(const struct matching *m, const char *name)
{
    long found = -1;
    for (size_t i = 0; i < store_count(m->store); i++) {
        if (prefix_length(store_name(m->store, i), name) < 0)
            continue;
        if (found >= 0)
            return -1;
        found = (long)i;
    }
    return found;
}

/* The tensor of a weight, by `name`: ours, or what "names" says. */
static long find_named(const struct matching *m, const struct weight_spec *spec,
                       const char *name)
{
    int stack = stack_of_layer(spec);
    long i = strcmp(name, spec->name) ? store_find(m->store, name) : -1;
    if (i >= 0)
        return i;
    if (stack >= 0)
        return find_with(m, m->prefix[stack], strlen(m->prefix[stack]), name);
    for (int k = 0; k < 2 && i < 0; k++)
        i = find_at_levels(m, m->prefix[k], name);
    return i < 0 ? find_ending(m, name) : i;
}

/* ---- taking ---- */

/* The sizes that say something: those of 1 drop out, as in positions [1, L, d]. */
static int plain_sizes(const long *size, int rank, long out[TENSOR_MAX_RANK])
{
    int n = 0;
    for (int i = 0; i < rank; i++)
        if (size[i] != 1)
            out[n++] = size[i];
    return n;
}

static bool has_shape(const struct tensor *t, long rows, long columns)
{
    long have[TENSOR_MAX_RANK], want[TENSOR_MAX_RANK], size[2] = {rows, columns};
    int n = plain_sizes(t->size, t->rank, have);
    int k = plain_sizes(size, columns ? 2 : 1, want);
    return t->rank && n == k && memcmp(have, want, sizeof *have * (size_t)n) == 0;
}

static int wrong_shape(const struct matching *m, const char *name, const struct tensor *t,
                       long rows, long columns)
{
    char *have = shape_text(t);
    struct tensor wish = {.rank = columns ? 2 : 1, .size = {rows, columns}};
    char *want = shape_text(&wish), *safe = text_short(name);
    error_set(m->e, "the weight %s has shape %s; config.json asks for %s", safe, have,
              want);
    free(have);
    free(want);
    free(safe);
    return -1;
}

/* Takes tensor `i` of the file as a weight of these sizes. */
static int take_tensor(struct matching *m, long i, const char *name, long rows,
                       long columns, struct tensor *out)
{
    struct tensor shape = store_shape(m->store, (size_t)i);
    if (shape.rank && shape.type != TENSOR_F32)
        return error_set(m->e, "the weight %s is not F32, F16 or BF16", name);
    if (shape.rank && !has_shape(&shape, rows, columns))
        return wrong_shape(m, name, &shape, rows, columns);
    if (store_take(m->store, (size_t)i, out, m->e) < 0)
        return -1;
    out->rank = columns ? 2 : 1;
    out->size[0] = rows;
    out->size[1] = columns;
    return 0;
}

/* ---- q, k and v on their own ---- */

/* "in_proj_weight" becomes "q_proj_weight", as in torch.nn.MultiheadAttention with keys
 * of another width, or "q_proj.weight". NULL for another name. Caller frees. */
static char *part_name(const char *name, char part, char dot)
{
    const char *in = strstr(name, "in_proj_");
    if (!in)
        return NULL;
    return mem_format("%.*s%c_proj%c%s", (int)(in - name), name, part, dot,
                      in + strlen("in_proj_"));
}

static long find_part(const struct matching *m, const struct weight_spec *spec, char part)
{
    long i = -1;
    for (int k = 0; k < 2 && i < 0; k++) {
        char *name = part_name(spec->name, part, k ? '.' : '_');
        i = name ? find_named(m, spec, name) : -1;
        free(name);
    }
    return i;
}

/* The three parts below one another. 1 when they were taken, 0 when there are none. */
static int take_parts(struct matching *m, const struct weight_spec *spec,
                      struct tensor *out)
{
    long at[3], rows = spec->rows / 3, width = spec->columns ? spec->columns : 1;
    for (int i = 0; i < 3; i++)
        at[i] = find_part(m, spec, "qkv"[i]);
    if (at[0] < 0 && at[1] < 0 && at[2] < 0)
        return 0;
    *out = (struct tensor){TENSOR_F32, spec->columns ? 2 : 1,
                           {spec->rows, spec->columns}, {NULL}};
    out->f32 = store_memory(m->store, (size_t)(spec->rows * width));
    for (int i = 0; i < 3; i++) {
        struct tensor part;
        if (at[i] < 0)
            return error_set(m->e, "the weight %s is missing: of its parts q_proj, "
                             "k_proj and v_proj the file holds some only", spec->name);
        if (take_tensor(m, at[i], store_name(m->store, (size_t)at[i]), rows,
                        spec->columns, &part) < 0)
            return -1;
        memcpy(out->f32 + i * rows * width, part.f32, (size_t)(rows * width) * 4);
    }
    return 1;
}

static int match(const struct weight_spec *spec, void *data)
{
    struct matching *m = data;
    struct tensor t;
    const char *name = config_name(m->config, spec->name);
    long i = find_named(m, spec, name);
    int parts = i < 0 ? take_parts(m, spec, &t) : 0;
    if (parts < 0 || (i >= 0 && take_tensor(m, i, spec->name, spec->rows, spec->columns,
                                            &t) < 0))
        return -1;
    if (i < 0 && !parts)
        return spec->row->need == WEIGHT_REQUIRED
                   ? error_set(m->e,
                               "the weight %s is missing; the model file must hold it, "
                               "or \"names\" in config.json say what it is called there",
                               spec->name)
                   : 0;
    m->taken[spec->slot] = true;
    m->take(spec, t, m->data);
    return 0;
}

/* ---- nothing is guessed in silence ---- */

struct naming {
    struct matching *m;
    const char *ours;
    const struct json *theirs;
};

/* Does "names" speak of this weight, and is it there? */
static int check_name(const struct weight_spec *spec, void *data)
{
    struct naming *n = data;
    struct matching *m = n->m;
    if (strcmp(spec->name, n->ours) != 0)
        return 0;
    const char *text = json_text(n->theirs);
    if (!text || find_named(m, spec, text) >= 0)
        return 1;
    char *theirs = text_short(text);
    error_set(m->e, "\"names\" in config.json calls %s \"%s\", which is missing from the "
              "file: correct the entry", spec->name, theirs);
    free(theirs);
    return -1;
}

static int check_entry(const char *ours, const struct json *theirs, void *data)
{
    struct matching *m = data;
    struct naming n = {m, ours, theirs};
    int found = family_each_weight(m->family, m->config, check_name, &n);
    if (found)
        return found < 0 ? -1 : 0;
    char *safe = text_short(ours);
    error_set(m->e, "\"names\" in config.json speaks of \"%s\", which is no weight of "
              "this model: write our name of the weight first, such as "
              "\"src_embedding.weight\"", safe);
    free(safe);
    return -1;
}

/* The last part of a name, and the one before it: parts end at dots and underscores. */
static const char *last_part(const char *name, const char *end)
{
    while (end > name && end[-1] != '.' && end[-1] != '_')
        end--;
    return end;
}

static bool same_part(const char *a, const char *a_end, const char *b, const char *b_end)
{
    return a_end - a == b_end - b && strncmp(a, b, (size_t)(a_end - a)) == 0;
}

/* Could the missing vector be this one? A bias of the output by its size and ".bias"; a
 * norm by "norm.weight", whatever stands before. */
static bool looks_like(const struct weight_spec *spec, const char *name)
{
    const char *a_end = spec->name + strlen(spec->name), *b_end = name + strlen(name);
    const char *a = last_part(spec->name, a_end), *b = last_part(name, b_end);
    if (!same_part(a, a_end, b, b_end))
        return false;
    if (spec->row->labels != SIDE_NONE)
        return true;
    a_end = a > spec->name ? a - 1 : a;
    b_end = b > name ? b - 1 : b;
    return same_part(last_part(spec->name, a_end), a_end, last_part(name, b_end), b_end);
}

/* A tensor that nothing reads and that the weight may be, or -1. */
static long unread_like(const struct matching *m, const struct weight_spec *spec)
{
    for (size_t i = 0; i < store_count(m->store); i++) {
        struct tensor t = store_shape(m->store, i);
        if (t.type != TENSOR_F32 || store_is_used(m->store, i))
            continue;
        if (spec->columns ? has_shape(&t, spec->rows, spec->columns) ||
                                has_shape(&t, spec->columns, spec->rows)
                          : has_shape(&t, spec->rows, 0) &&
                                looks_like(spec, store_name(m->store, i)))
            return (long)i;
    }
    return -1;
}

static int say_unread(const struct matching *m, const struct weight_spec *spec, long i)
{
    struct tensor t = store_shape(m->store, (size_t)i);
    char *name = text_short(store_name(m->store, (size_t)i)), *shape = shape_text(&t);
    bool turned = spec->columns && !has_shape(&t, spec->rows, spec->columns);
    bool tied = spec->row->need == WEIGHT_OR_TIED;
    error_set(m->e,
              "the weight %s is missing, and nothing reads %s %s, which may be it%s: "
              "write \"names\": {\"%s\": \"%s\"} in config.json, or %s",
              spec->name, name, shape, turned ? " (transposed)" : "", spec->name, name,
              tied ? "\"tie_word_embeddings\": true when the output is the embedding's"
                   : "null for its name when the model has none");
    free(name);
    free(shape);
    return -1;
}

/* A weight that a file may leave out: is it really left out? */
static int check_left_out(const struct weight_spec *spec, void *data)
{
    struct matching *m = data;
    enum weight_need need = spec->row->need;
    bool tied = false;
    const struct json *says = json_get(m->config->json, "tie_word_embeddings");
    if (m->taken[spec->slot] || spec->row->where != IN_MODEL ||
        (need != WEIGHT_OR_TIED && (need != WEIGHT_IF_IN_FILE || spec->columns)) ||
        config_lacks(m->config, spec->name))
        return 0;
    bool said = need == WEIGHT_OR_TIED && json_boolean(says, &tied);
    if (tied)
        return 0;
    long i = unread_like(m, spec);
    if (i >= 0)
        return say_unread(m, spec, i);
    if (said)
        return error_set(m->e,
                         "the weight %s is missing, and \"tie_word_embeddings\" in "
                         "config.json is false: save the weight, or write true",
                         spec->name);
    return 0;
}

/* ---- the interface ---- */

static int match_all(struct matching *m)
{
    const struct json *names = json_get(m->config->json, "names");
    if (find_prefix(m, 0) < 0 || find_prefix(m, 1) < 0)
        return -1;
    if (json_each(names, check_entry, m) < 0 ||
        family_each_weight(m->family, m->config, match, m) < 0)
        return -1;
    return family_each_weight(m->family, m->config, check_left_out, m);
}

int matching_weights(const struct family *f, const struct config *c, struct store *s,
                     matching_take *take, void *data, struct error *e)
{
    struct matching m = {.family = f, .config = c, .store = s, .take = take, .data = data,
                         .e = e};
    m.taken = mem_zero((size_t)family_slots(f, c) + 1, sizeof *m.taken);
    int result = match_all(&m);
    free(m.prefix[0]);
    free(m.prefix[1]);
    free(m.taken);
    return result;
}

char *matching_unread(const struct store *s)
{
    struct buffer b = {0};
    size_t n = 0;
    for (size_t i = 0; i < store_count(s); i++) {
        if (store_is_used(s, i) || n++ >= LISTED)
            continue;
        char *name = text_short(store_name(s, i));
        buffer_addf(&b, "%s%s", b.length ? ", " : "", name);
        free(name);
    }
    if (n > LISTED)
        buffer_addf(&b, ", … (+%zu)", n - LISTED);
    return n ? buffer_take(&b) : NULL;
}
