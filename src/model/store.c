#include "model/store.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/safetensors.h"

#include <stdlib.h>
#include <string.h>

#define WHOLE "model.safetensors"
#define INDEX "model.safetensors.index.json"
#define MISSING "cannot be opened: there is no such file"
#define MAX_INDEX 200000000
#define MAX_SHARDS 4096

/* One name. Other names of the same tensor share its file and place. */
struct item {
    const char *name; /* borrowed from the file's header */
    int file;
    size_t place; /* in the file */
};

struct store {
    char *path; /* for errors */
    struct safetensors **files;
    bool **used; /* of each file's tensors */
    size_t file_count, file_capacity;
    struct item *items;
    size_t count, capacity;
    float **memory;
    size_t memory_count, memory_capacity;
};

/* ---- names ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct item *)a)->name, ((const struct item *)b)->name);
}

/* The index of a name among the first `count` items, or -1. */
static long find(const struct store *s, const char *name, size_t count)
{
    struct item key = {.name = name};
    const struct item *found =
        count ? bsearch(&key, s->items, count, sizeof key, by_name) : NULL;
    return found ? (long)(found - s->items) : -1;
}

static void add_item(struct store *s, const char *name, int file, size_t place)
{
    s->items = mem_grow(s->items, s->count, &s->capacity, sizeof *s->items);
    s->items[s->count++] = (struct item){name, file, place};
}

static void sort(struct store *s)
{
    if (s->count)
        qsort(s->items, s->count, sizeof *s->items, by_name);
}

static int check_unique(const struct store *s, struct error *e)
{
    for (size_t i = 1; i < s->count; i++) {
        if (strcmp(s->items[i - 1].name, s->items[i].name) != 0)
            continue;
        char *safe = text_sanitize(s->items[i].name);
        error_set(e, "the tensor %.100s stands in %.80s and in %.80s: keep one", safe,
                  s->files[s->items[i - 1].file]->name, s->files[s->items[i].file]->name);
        free(safe);
        return -1;
    }
    return 0;
}

struct naming {
    struct store *s;
    size_t sorted;
};

static int add_alias(const char *name, const struct json *other, void *data)
{
    struct naming *n = data;
    const char *target = json_text(other);
    long i = target ? find(n->s, target, n->sorted) : -1;
    if (i >= 0 && find(n->s, name, n->sorted) < 0)
        add_item(n->s, name, n->s->items[i].file, n->s->items[i].place);
    return 0;
}

/* Sorts the names of all files and adds their other names. */
static int name_all(struct store *s, struct error *e)
{
    sort(s);
    if (check_unique(s, e) < 0)
        return -1;
    struct naming n = {s, s->count};
    for (size_t i = 0; i < s->file_count; i++)
        safetensors_each_alias(s->files[i], add_alias, &n);
    sort(s);
    return 0;
}

/* ---- files ---- */

static int add_file(struct store *s, const char *path, struct error *e)
{
    struct safetensors *f = safetensors_index(path, e);
    if (!f)
        return -1;
    size_t capacity = s->file_capacity;
    s->used = mem_grow(s->used, s->file_count, &capacity, sizeof *s->used);
    s->files =
        mem_grow(s->files, s->file_count, &s->file_capacity, sizeof *s->files);
    s->used[s->file_count] = mem_zero(f->count + 1, sizeof **s->used);
    s->files[s->file_count++] = f;
    for (size_t i = 0; i < f->count; i++)
        add_item(s, safetensors_name(f, i), (int)s->file_count - 1, i);
    return 0;
}

/* ---- shards ---- */

struct shards {
    const char *names[MAX_SHARDS]; /* borrowed from the index */
    size_t count;
    struct error *e;
};

/* A weight of "weight_map": the file that holds it. */
static int add_shard(const char *weight, const struct json *value, void *data)
{
    struct shards *s = data;
    const char *name = json_text(value);
    (void)weight;
    for (size_t i = s->count; name && i-- > 0;)
        if (!strcmp(s->names[i], name))
            return 0;
    if (!name || !*name || strchr(name, '/') || *name == '.')
        return error_set(s->e, "\"weight_map\" must name files of this folder for the "
                         "weights: save the model again");
    if (s->count == MAX_SHARDS)
        return error_set(s->e, "names more than %d files: save the model in fewer",
                         MAX_SHARDS);
    s->names[s->count++] = name;
    return 0;
}

static int open_shards(struct store *s, const char *folder, struct error *e)
{
    struct json *j = json_read(s->path, MAX_INDEX, e);
    struct shards *list = mem_zero(1, sizeof *list);
    int result = j ? 0 : -1;
    list->e = e;
    if (j && !json_is_object(json_get(j, "weight_map")))
        result = error_set(e, "\"weight_map\" is %s instead of an object: save the model "
                           "again", json_kind(json_get(j, "weight_map")));
    if (result == 0)
        result = json_each(json_get(j, "weight_map"), add_shard, list);
    for (size_t i = 0; i < list->count && result == 0; i++) {
        char *path = file_join(folder, list->names[i]);
        result = add_file(s, path, e);
        free(path);
    }
    free(list);
    json_free(j);
    return result;
}

/* ---- what else a folder may hold ---- */

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), k = strlen(end);
    return n > k && strcmp(name + n - k, end) == 0;
}

static bool is_pickle(const char *name)
{
    static const char *const ends[] = {".bin", ".pt", ".pth", ".ckpt"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(name, ends[i]))
            return true;
    return false;
}

static int no_weights(const char *pickle, const char *other, struct error *e)
{
    if (other)
        return error_set(e, MISSING ", but %.80s: rename it to " WHOLE, other);
    if (!pickle)
        return error_set(e, MISSING "; a model folder holds its weights in " WHOLE
                         " (the README shows how PyTorch writes it)");
    /* A name of several parts stands for all of them. */
    const char *part = strstr(pickle, "-0000");
    int length = part ? (int)(part - pickle) : (int)strlen(pickle);
    bool cut = length > 56;
    return error_set(
        e,
        MISSING ", but %.60s, a pickle; convert it there: python3 -c "
        "\"import glob, torch; from safetensors.torch import save_file; d = {}; "
        "[d.update(x.get('state_dict', x)) for x in (torch.load(f, 'cpu') for f in "
        "glob.glob('%.*s%s'))]; save_file({k: v.clone().contiguous() for k, v in "
        "d.items() if torch.is_tensor(v)}, '" WHOLE "')\"",
        pickle, cut ? 56 : length, pickle, part || cut ? "*" : "");
}

/* No weights: says what stands there instead. Always -1. */
static int say_what_is_there(const char *folder, const char *path, struct error *e)
{
    char **names;
    size_t count;
    if (file_list(folder, &names, &count, e) < 0)
        return -1;
    char *pickle = NULL, *other = NULL;
    for (size_t i = 0; i < count; i++) {
        char *safe = text_sanitize(names[i]);
        char **which = is_pickle(names[i]) ? &pickle
                       : ends_with(names[i], ".safetensors") && strcmp(names[i], WHOLE)
                           ? &other
                           : NULL;
        if (which && !*which)
            *which = safe;
        else
            free(safe);
        free(names[i]);
    }
    no_weights(pickle, other, e);
    free(names);
    free(pickle);
    free(other);
    return error_at(e, path, 0, 0);
}

/* ---- the interface ---- */

static int open_all(struct store *s, const char *folder, struct error *e)
{
    s->path = file_join(folder, WHOLE);
    if (file_exists(s->path))
        return add_file(s, s->path, e);
    char *index = file_join(folder, INDEX);
    if (!file_exists(index)) {
        free(index);
        return say_what_is_there(folder, s->path, e);
    }
    free(s->path);
    s->path = index;
    return open_shards(s, folder, e);
}

/* Takes the store. */
static struct store *finish_open(struct store *s, int status, struct error *e)
{
    if (status == 0 && name_all(s, e) == 0)
        return s;
    error_at(e, s->path, 0, 0);
    store_free(s);
    return NULL;
}

struct store *store_open(const char *folder, struct error *e)
{
    struct store *s = mem_zero(1, sizeof *s);
    int status = open_all(s, folder, e);
    return finish_open(s, status, e);
}

struct store *store_open_file(const char *path, struct error *e)
{
    struct store *s = mem_zero(1, sizeof *s);
    s->path = mem_string(path);
    int status = add_file(s, path, e);
    return finish_open(s, status, e);
}

const char *store_path(const struct store *s)
{
    return s->path;
}

size_t store_count(const struct store *s)
{
    return s->count;
}

const char *store_name(const struct store *s, size_t i)
{
    return s->items[i].name;
}

long store_find(const struct store *s, const char *name)
{
    return find(s, name, s->count);
}

struct tensor store_shape(const struct store *s, size_t i)
{
    return safetensors_shape(s->files[s->items[i].file], s->items[i].place);
}

int store_take(struct store *s, size_t i, struct tensor *out, struct error *e)
{
    const struct item *item = &s->items[i];
    s->used[item->file][item->place] = true;
    return safetensors_take(s->files[item->file], item->place, out, e);
}

bool store_is_used(const struct store *s, size_t i)
{
    return s->used[s->items[i].file][s->items[i].place];
}

float *store_memory(struct store *s, size_t count)
{
    s->memory = mem_grow(s->memory, s->memory_count, &s->memory_capacity,
                         sizeof *s->memory);
    return s->memory[s->memory_count++] = mem_alloc(count, sizeof(float));
}

void store_free(struct store *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->file_count; i++) {
        safetensors_free(s->files[i]);
        free(s->used[i]);
    }
    for (size_t i = 0; i < s->memory_count; i++)
        free(s->memory[i]);
    free(s->files);
    free(s->used);
    free(s->items);
    free(s->memory);
    free(s->path);
    free(s);
}
