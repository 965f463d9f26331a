#include "study/exam_cache.h"

#include "base/build.h"
#include "base/file.h"
#include "base/folders.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "numbers/matmul.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FORMAT 1 /* of the key and of the files */
#define KEY_LENGTH (sizeof((struct exam_key *)0)->text - 1)
#define LARGEST_ENTRY ((size_t)64 << 10)
#define LARGEST_PART ((size_t)256 << 20) /* of the files that a key is made of */
#define MOST_SENTENCES 100000000
#define MOST_KINDS 256
#define LONGEST_NAME 200

struct entry {
    struct exam_key key;
    struct exam_score *score; /* NULL for a text */
    char *text;               /* NULL for a score */
};

static struct {
    bool on;
    char *folder; /* NULL: memory only */
    struct entry *items;
    size_t count, capacity;
} cache;

void exam_cache_start(const char *folder)
{
    exam_cache_stop();
    cache.on = true;
    cache.folder = folder ? mem_string(folder) : NULL;
}

void exam_cache_stop(void)
{
    for (size_t i = 0; i < cache.count; i++) {
        free(cache.items[i].score);
        free(cache.items[i].text);
    }
    free(cache.items);
    free(cache.folder);
    memset(&cache, 0, sizeof cache);
}

char *exam_cache_folder(void)
{
    const char *off = getenv("STEPFORMER_NO_CACHE");
    return off && *off ? NULL : folders_cache("exams");
}

/* ---- the key ---- */

static void hash_weights(struct hash *h, const struct weights *w)
{
    hash_number(h, w->count);
    for (size_t i = 0; i < w->count; i++) {
        const struct tensor *t = &w->items[i].tensor;
        hash_text(h, w->items[i].name);
        hash_number(h, (uint64_t)t->type);
        hash_number(h, (uint64_t)t->rank);
        for (int k = 0; k < t->rank; k++)
            hash_number(h, (uint64_t)t->size[k]);
        hash_sized(h, t->data, tensor_bytes(t));
    }
}

/* The content of a file of the model's folder; that there is none counts as well. */
static bool hash_file(struct hash *h, const struct model *m, const char *name)
{
    char *path = model_file(m, name);
    size_t length = 0;
    char *text = path ? file_read(path, LARGEST_PART, &length, NULL) : NULL;
    bool known = !path || text;
    hash_number(h, text != NULL);
    if (text)
        hash_sized(h, text, length);
    free(text);
    free(path);
    return known;
}

static bool hash_model(struct hash *h, const struct model *m)
{
    static const char *const files[] = {"tokenizer.json", "source_tokenizer.json",
                                        "target_tokenizer.json", "exam.tsv"};
    if (!m->folder || !m->config->json)
        return false;
    char *config = json_print(m->config->json, false);
    hash_text(h, m->config->model_type);
    hash_text(h, config);
    free(config);
    hash_weights(h, &m->weights);
    bool known = true;
    for (size_t i = 0; known && i < sizeof files / sizeof *files; i++)
        known = hash_file(h, m, files[i]);
    return known;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void hash_whatifs(struct hash *h, const struct whatifs *list)
{
    char **texts = mem_alloc(list->count + 1, sizeof *texts);
    for (size_t i = 0; i < list->count; i++)
        texts[i] = whatif_text(&list->items[i]);
    qsort(texts, list->count, sizeof *texts, compare_texts);
    hash_number(h, list->count);
    for (size_t i = 0; i < list->count; i++) {
        hash_text(h, texts[i]);
        free(texts[i]);
    }
    free(texts);
}

bool exam_cache_key(const struct run *run, long limit, struct exam_key *key)
{
    struct hash h;
    hash_begin(&h);
    hash_text(&h, "stepformer exam");
    hash_number(&h, FORMAT);
    if (!cache.on || !build_identify(&h) || !hash_model(&h, run->model))
        return false;
    hash_text(&h, matmul_kernel()); /* a home may be shared by machines */
    hash_number(&h, (uint64_t)run->options.engine);
    hash_number(&h, limit > 0 ? (uint64_t)limit : 0);
    hash_whatifs(&h, run->whatifs);
    unsigned char out[HASH_SIZE];
    hash_end(&h, out);
    for (size_t i = 0; i < HASH_SIZE; i++)
        snprintf(key->text + 2 * i, 3, "%02x", out[i]);
    return true;
}

/* ---- a score by itself ---- */

struct exam_score *exam_score_copy(const struct exam_score *score)
{
    size_t kinds = score->kind_count * sizeof *score->kinds, names = 0;
    for (size_t i = 0; i < score->kind_count; i++)
        names += strlen(score->kinds[i].name) + 1;
    struct exam_score *copy = mem_alloc(1, sizeof *copy + kinds + names);
    struct exam_kind *kind = (struct exam_kind *)(copy + 1);
    char *name = (char *)(kind + score->kind_count);
    *copy = *score;
    copy->kinds = kind;
    for (size_t i = 0; i < score->kind_count; i++, kind++) {
        size_t size = strlen(score->kinds[i].name) + 1;
        *kind = score->kinds[i];
        kind->name = memcpy(name, score->kinds[i].name, size);
        name += size;
    }
    return copy;
}

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static bool same_scores(const struct exam_score *a, const struct exam_score *b)
{
    bool same = a->sentences == b->sentences && a->right == b->right &&
                bits_of(a->exact_match) == bits_of(b->exact_match) &&
                bits_of(a->loss) == bits_of(b->loss) && a->kind_count == b->kind_count;
    for (size_t i = 0; same && i < a->kind_count; i++)
        same = a->kinds[i].sentences == b->kinds[i].sentences &&
               a->kinds[i].right == b->kinds[i].right &&
               !strcmp(a->kinds[i].name, b->kinds[i].name);
    return same;
}

/* ---- an entry as text ---- */

/* A double as its 64 bits: infinite, NaN or finite, and in every locale. */
static void add_double(struct json *object, const char *key, double x)
{
    char text[17];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)bits_of(x));
    json_add_text(object, key, text);
}

static bool read_double(const struct json *object, const char *key, double *out)
{
    const char *text = json_text(json_get(object, key));
    if (!text || strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
        return false;
    uint64_t bits = strtoull(text, NULL, 16);
    memcpy(out, &bits, sizeof bits);
    return true;
}

char *exam_cache_write(const struct exam_key *key, const struct exam_score *score)
{
    struct json *j = json_new_object(), *kinds = json_new_array();
    json_add_integer(j, "format", FORMAT);
    json_add_text(j, "key", key->text);
    json_add_integer(j, "sentences", score->sentences);
    json_add_integer(j, "right", score->right);
    add_double(j, "exact_match", score->exact_match);
    add_double(j, "loss", score->loss);
    for (size_t i = 0; i < score->kind_count; i++) {
        struct json *kind = json_new_object();
        json_add_text(kind, "name", score->kinds[i].name);
        json_add_integer(kind, "sentences", score->kinds[i].sentences);
        json_add_integer(kind, "right", score->kinds[i].right);
        json_append(kinds, kind);
    }
    json_add(j, "kinds", kinds);
    char *text = json_print(j, true);
    json_free(j);
    return text;
}

static bool read_counts(const struct json *object, long *sentences, long *right)
{
    return json_long(json_get(object, "sentences"), sentences) &&
           json_long(json_get(object, "right"), right) && *sentences > 0 &&
           *sentences <= MOST_SENTENCES && *right >= 0 && *right <= *sentences;
}

/* Names come on the screen: they must be safe, as those of an exam are. */
static bool is_name(const char *name)
{
    if (!name || strlen(name) > LONGEST_NAME)
        return false;
    char *safe = text_sanitize(name);
    bool same = !strcmp(safe, name);
    free(safe);
    return same;
}

static bool read_kind(const struct json *object, const struct exam_kind *before,
                      size_t count, struct exam_kind *out)
{
    out->name = json_text(json_get(object, "name"));
    if (!is_name(out->name) || !read_counts(object, &out->sentences, &out->right))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!strcmp(before[i].name, out->name))
            return false;
    return true;
}

/* Each sentence is of one kind. */
static bool read_kinds(const struct json *list, struct exam_kind kinds[MOST_KINDS],
                       struct exam_score *score)
{
    long sentences = 0, right = 0;
    score->kinds = kinds;
    score->kind_count = json_length(list);
    if (!json_is_array(list) || score->kind_count > MOST_KINDS)
        return false;
    for (size_t i = 0; i < score->kind_count; i++) {
        if (!read_kind(json_item(list, i), kinds, i, &kinds[i]))
            return false;
        sentences += kinds[i].sentences;
        right += kinds[i].right;
    }
    return sentences == score->sentences && right == score->right;
}

static bool read_score(const struct exam_key *key, const struct json *j,
                       struct exam_kind kinds[MOST_KINDS], struct exam_score *score)
{
    long format;
    const char *text = json_text(json_get(j, "key"));
    return json_is_object(j) && json_long(json_get(j, "format"), &format) &&
           format == FORMAT && text && !strcmp(text, key->text) &&
           read_counts(j, &score->sentences, &score->right) &&
           read_double(j, "exact_match", &score->exact_match) &&
           score->exact_match == (double)score->right / (double)score->sentences &&
           read_double(j, "loss", &score->loss) && !(score->loss < 0) &&
           read_kinds(json_get(j, "kinds"), kinds, score);
}

struct exam_score *exam_cache_read(const struct exam_key *key, const char *text,
                                   size_t length)
{
    struct exam_kind kinds[MOST_KINDS];
    struct exam_score score, *copy = NULL;
    struct json *j =
        length <= LARGEST_ENTRY ? json_parse(text, length, "entry", NULL) : NULL;
    if (j && read_score(key, j, kinds, &score))
        copy = exam_score_copy(&score);
    json_free(j);
    return copy;
}

/* ---- the folder ---- */

static char *path_of(const struct exam_key *key)
{
    return mem_format("%s/%s.json", cache.folder, key->text);
}

static char *read_text(const struct exam_key *key, size_t *length)
{
    char *path = path_of(key);
    char *text = file_read(path, LARGEST_ENTRY, length, NULL);
    free(path);
    return text;
}

static void touch(const struct exam_key *key)
{
    char *path = path_of(key);
    utimensat(AT_FDCWD, path, NULL, 0);
    free(path);
}

/* Reading one is using it: its time tells when it was used last. */
static struct exam_score *read_entry(const struct exam_key *key)
{
    size_t length;
    char *text = read_text(key, &length);
    struct exam_score *score = text ? exam_cache_read(key, text, length) : NULL;
    if (score)
        touch(key);
    free(text);
    return score;
}

/* KEY.json, or with more behind it: what a program that was ended left half-written. */
static bool is_entry(const char *name, bool *whole)
{
    bool ours = strlen(name) >= KEY_LENGTH + 5 &&
                strspn(name, "0123456789abcdef") == KEY_LENGTH &&
                !strncmp(name + KEY_LENGTH, ".json", 5);
    *whole = ours && !name[KEY_LENGTH + 5];
    return ours && (*whole || name[KEY_LENGTH + 5] == '.');
}

struct aged {
    char *path;
    time_t used;
};

static int compare_ages(const void *a, const void *b)
{
    time_t x = ((const struct aged *)a)->used, y = ((const struct aged *)b)->used;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* Takes the path. */
static void age_entry(struct aged *list, size_t *count, char *path, bool whole)
{
    double day = 24.0 * 60 * 60, most = whole ? EXAM_CACHE_DAYS * day : day;
    struct stat s;
    if (lstat(path, &s) < 0 || !S_ISREG(s.st_mode)) {
        free(path);
    } else if (difftime(time(NULL), s.st_mtime) > most) {
        unlink(path);
        free(path);
    } else if (whole) {
        list[(*count)++] = (struct aged){path, s.st_mtime};
    } else {
        free(path);
    }
}

static void remove_old(void)
{
    char **names;
    size_t count, kept = 0;
    if (file_list(cache.folder, &names, &count, NULL) < 0)
        return;
    struct aged *list = mem_alloc(count + 1, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        bool whole;
        if (is_entry(names[i], &whole))
            age_entry(list, &kept, file_join(cache.folder, names[i]), whole);
        free(names[i]);
    }
    free(names);
    qsort(list, kept, sizeof *list, compare_ages);
    for (size_t i = 0; i < kept; i++) {
        if (i >= EXAM_CACHE_MOST)
            unlink(list[i].path);
        free(list[i].path);
    }
    free(list);
}

/* That a disk is full must not stop an exam. */
static void write_text(const struct exam_key *key, const char *text)
{
    char *path = path_of(key);
    if (folders_make_above(path, NULL) == 0 &&
        file_write_private(path, text, strlen(text), NULL) == 0)
        remove_old();
    free(path);
}

/* What would not come back the same is not written. */
static void write_entry(const struct exam_key *key, const struct exam_score *score)
{
    char *text = exam_cache_write(key, score);
    struct exam_score *back = exam_cache_read(key, text, strlen(text));
    if (back && same_scores(back, score))
        write_text(key, text);
    free(back);
    free(text);
}

/* ---- finding and keeping ---- */

static const struct entry *find_in_memory(const struct exam_key *key)
{
    for (size_t i = 0; i < cache.count; i++)
        if (!strcmp(cache.items[i].key.text, key->text))
            return &cache.items[i];
    return NULL;
}

/* Takes the score or the text. */
static void remember(const struct exam_key *key, struct exam_score *score, char *text)
{
    cache.items =
        mem_grow(cache.items, cache.count, &cache.capacity, sizeof *cache.items);
    cache.items[cache.count++] = (struct entry){*key, score, text};
}

struct exam_score *exam_cache_find(const struct exam_key *key)
{
    if (!cache.on)
        return NULL;
    const struct entry *known = find_in_memory(key);
    if (known)
        return known->score ? exam_score_copy(known->score) : NULL;
    struct exam_score *read = cache.folder ? read_entry(key) : NULL;
    if (read)
        remember(key, exam_score_copy(read), NULL);
    return read;
}

void exam_cache_keep(const struct exam_key *key, const struct exam_score *score)
{
    if (!cache.on || find_in_memory(key))
        return;
    remember(key, exam_score_copy(score), NULL);
    if (cache.folder)
        write_entry(key, score);
}

char *exam_cache_find_text(const struct exam_key *key)
{
    size_t length;
    const struct entry *known = cache.on ? find_in_memory(key) : NULL;
    if (known)
        return known->text ? mem_string(known->text) : NULL;
    char *text = cache.on && cache.folder ? read_text(key, &length) : NULL;
    if (text)
        touch(key);
    return text;
}

/* What was found broken in the folder is written anew. */
void exam_cache_keep_text(const struct exam_key *key, const char *text)
{
    if (!cache.on || find_in_memory(key) || strlen(text) > LARGEST_ENTRY)
        return;
    remember(key, NULL, mem_string(text));
    if (cache.folder)
        write_text(key, text);
}
