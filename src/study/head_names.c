#include "study/head_names.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/memory.h"
#include "study/exam_cache.h"
#include "study/session.h"
#include "study/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT 1 /* of what is kept */
#define LARGEST_LEXICON ((size_t)16 << 20)
#define MOST_HEADS 4096

/* The counts of an attention: of every head, of every pattern. */
struct attention {
    char *id;
    long heads;
    struct head_count *counts;
};

struct head_names {
    struct session *session; /* NULL once all is counted */
    struct head_lexicon *lexicon;
    struct table exam;
    long done, limit;
    struct attention *items;
    size_t count, capacity;
    struct exam_key key;
    bool has_key, whole; /* whole: all was counted; false as well after a failure */
};

/* ---- keeping ---- */

static void hash_file(struct hash *h, const struct model *m, const char *name)
{
    char *path = model_file(m, name);
    size_t length = 0;
    char *text = path ? file_read(path, LARGEST_LEXICON, &length, NULL) : NULL;
    hash_number(h, text != NULL);
    if (text)
        hash_sized(h, text, length);
    free(text);
    free(path);
}

/* What a score depends on, and what is known about words. */
static bool make_key(const struct head_names *n, struct exam_key *key)
{
    struct exam_key exam;
    struct hash h;
    unsigned char out[HASH_SIZE];
    if (!exam_cache_key(&n->session->run, n->limit, &exam))
        return false;
    hash_begin(&h);
    hash_text(&h, "stepformer heads");
    hash_number(&h, FORMAT);
    hash_text(&h, exam.text);
    hash_file(&h, n->session->model, "lexicon.tsv");
    hash_file(&h, n->session->model, "exam_links.tsv");
    hash_end(&h, out);
    for (size_t i = 0; i < HASH_SIZE; i++)
        snprintf(key->text + 2 * i, 3, "%02x", out[i]);
    return true;
}

static struct json *attention_json(const struct attention *a)
{
    struct json *j = json_new_object(), *numbers = json_new_array();
    json_add_text(j, "id", a->id);
    json_add_integer(j, "heads", a->heads);
    for (long i = 0; i < a->heads * HEAD_PATTERNS; i++) {
        json_append(numbers, json_new_integer(a->counts[i].rows));
        json_append(numbers, json_new_integer(a->counts[i].hits));
    }
    json_add(j, "counts", numbers);
    return j;
}

static void keep(const struct head_names *n)
{
    struct json *j = json_new_object(), *list = json_new_array();
    json_add_integer(j, "format", FORMAT);
    json_add_text(j, "key", n->key.text);
    json_add_integer(j, "sentences", n->done);
    for (size_t i = 0; i < n->count; i++)
        json_append(list, attention_json(&n->items[i]));
    json_add(j, "attentions", list);
    char *text = json_print(j, false);
    exam_cache_keep_text(&n->key, text);
    free(text);
    json_free(j);
}

static struct attention *add(struct head_names *n, const char *id, long heads)
{
    n->items = mem_grow(n->items, n->count, &n->capacity, sizeof *n->items);
    struct attention *a = &n->items[n->count++];
    *a = (struct attention){
        mem_string(id), heads,
        mem_zero((size_t)heads * HEAD_PATTERNS, sizeof *a->counts)};
    return a;
}

static bool read_attention(struct head_names *n, const struct json *j)
{
    long heads, rows, hits;
    const char *id = json_text(json_get(j, "id"));
    const struct json *numbers = json_get(j, "counts");
    if (!id || !json_long(json_get(j, "heads"), &heads) || heads < 1 ||
        heads > MOST_HEADS ||
        json_length(numbers) != 2 * (size_t)heads * HEAD_PATTERNS)
        return false;
    struct attention *a = add(n, id, heads);
    for (size_t i = 0; i < (size_t)heads * HEAD_PATTERNS; i++) {
        if (!json_long(json_item(numbers, 2 * i), &rows) ||
            !json_long(json_item(numbers, 2 * i + 1), &hits) || hits < 0 || hits > rows)
            return false;
        a->counts[i] = (struct head_count){rows, hits};
    }
    return true;
}

static void forget(struct head_names *n)
{
    for (size_t i = 0; i < n->count; i++) {
        free(n->items[i].id);
        free(n->items[i].counts);
    }
    n->count = 0;
    n->done = 0;
}

static bool read_all(struct head_names *n, const struct json *j)
{
    long format;
    const char *key = json_text(json_get(j, "key"));
    const struct json *list = json_get(j, "attentions");
    if (!json_long(json_get(j, "format"), &format) || format != FORMAT || !key ||
        strcmp(key, n->key.text) != 0 || !json_is_array(list) ||
        !json_long(json_get(j, "sentences"), &n->done) || n->done != n->limit)
        return false;
    for (size_t i = 0; i < json_length(list); i++)
        if (!read_attention(n, json_item(list, i)))
            return false;
    return true;
}

/* ---- the beginning and the end ---- */

/* Nothing more is to be computed. */
static void finish(struct head_names *n, bool whole)
{
    session_free(n->session);
    head_lexicon_free(n->lexicon);
    table_free(&n->exam);
    n->session = NULL;
    n->lexicon = NULL;
    n->exam = (struct table){0};
    n->whole = whole;
}

static void find_kept(struct head_names *n)
{
    n->has_key = make_key(n, &n->key);
    char *text = n->has_key ? exam_cache_find_text(&n->key) : NULL;
    struct json *j = text ? json_parse(text, strlen(text), "heads", NULL) : NULL;
    if (j && read_all(n, j))
        finish(n, true);
    else
        forget(n);
    json_free(j);
    free(text);
}

static int open_tables(struct head_names *n, struct error *e)
{
    const struct model *m = n->session->model;
    char *path = model_file(m, "exam.tsv");
    int status = -1;
    if (!path)
        error_set(e, "the model %s brings no exam (exam.tsv), from whose sentences the "
                  "names of heads are counted", m->name);
    else if (!m->source || !m->target)
        error_set(e, "the model %s has no two tokenizers, with which the names of heads "
                  "are counted", m->name);
    else
        status = table_read(path, 3, &n->exam, e);
    free(path);
    n->lexicon = status == 0 ? head_lexicon_open(m, e) : NULL;
    return n->lexicon ? 0 : -1;
}

struct head_names *head_names_new(struct model *model, long sentences, struct error *e)
{
    struct head_names *n = mem_zero(1, sizeof *n);
    n->session = session_new(model_share(model), &(struct session_options){0});
    if (open_tables(n, e) < 0) {
        head_names_free(n);
        return NULL;
    }
    long all = (long)n->exam.rows, limit = sentences > 0 ? sentences : HEAD_SENTENCES;
    n->limit = limit < all ? limit : all;
    find_kept(n);
    return n;
}

void head_names_free(struct head_names *n)
{
    if (!n)
        return;
    finish(n, false);
    forget(n);
    free(n->items);
    free(n);
}

/* ---- counting ---- */

static struct attention *find(const struct head_names *n, const char *id)
{
    for (size_t i = 0; n && i < n->count; i++)
        if (!strcmp(n->items[i].id, id))
            return &n->items[i];
    return NULL;
}

/* The column of the largest weight in a row; -1 where none is a number. */
static long strongest(const struct tensor *t, long first)
{
    long best = -1;
    for (long i = 0; i < tensor_columns(t); i++) {
        double x = tensor_get(t, first + i);
        if (x > (best < 0 ? -1 : tensor_get(t, first + best)))
            best = i;
    }
    return best;
}

/* One row of all heads for one pattern. */
static void count_row(const struct head_map *m, enum head_pattern p, long row,
                      const struct tensor *t, struct attention *a)
{
    long rows = t->size[1], columns = t->size[2];
    if (!head_pattern_can(m, p, row))
        return;
    for (long head = 0; head < a->heads; head++) {
        struct head_count *c = &a->counts[head * HEAD_PATTERNS + p];
        long column = strongest(t, (head * rows + row) * columns);
        c->rows++;
        c->hits += column >= 0 && head_pattern_holds(m, p, row, column);
    }
}

static void count_stage(struct head_names *n, int stage)
{
    struct trace *trace = n->session->trace;
    const struct stage *s = &trace_plan(trace)->stages[stage];
    struct label_sets sets = session_label_sets(n->session);
    struct head_map m = {head_where(s), labels_of_axis(&sets, s->axes[1]),
                         labels_of_axis(&sets, s->axes[2]), n->lexicon, n->done};
    const struct tensor *t = m.where ? trace_acquire(trace, stage) : NULL;
    if (!t)
        return;
    bool fits = m.rows && m.columns && (long)m.rows->count == t->size[1] &&
                (long)m.columns->count == t->size[2];
    struct attention *a = find(n, stage_id(s));
    if (fits && !a)
        a = add(n, stage_id(s), t->size[0]);
    for (int p = HEAD_MIXED + 1; fits && p < HEAD_PATTERNS; p++)
        for (long row = 0; row < t->size[1]; row++)
            if (head_pattern_is_in(n->lexicon, (enum head_pattern)p, m.where))
                count_row(&m, (enum head_pattern)p, row, t, a);
    trace_release(trace, stage);
}

/* The next sentence with its first answer; -1 when it cannot be read. */
static int count_sentence(struct head_names *n)
{
    struct session *s = n->session;
    const char *answers = table_cell(&n->exam, (size_t)n->done, 1);
    const char *end = strstr(answers, " || ");
    char *answer = mem_bytes(answers, end ? (size_t)(end - answers) : strlen(answers));
    int status = session_set_text(s, table_cell(&n->exam, (size_t)n->done, 0), NULL);
    if (status == 0)
        status = session_set_target_text(s, answer, NULL);
    if (status == 0)
        status = session_run(s, NULL);
    free(answer);
    for (size_t i = 0; status == 0 && i < trace_plan(s->trace)->count; i++)
        count_stage(n, (int)i);
    n->done++;
    return status;
}

bool head_names_work(struct head_names *n, int milliseconds)
{
    double end = clock_now() + milliseconds;
    while (n->session) {
        int status = n->done < n->limit ? count_sentence(n) : 0;
        if (status < 0) {
            forget(n);
            finish(n, false);
        } else if (n->done >= n->limit) {
            if (n->has_key)
                keep(n);
            finish(n, true);
        }
        if (milliseconds > 0 && clock_now() >= end)
            break;
    }
    return n->session != NULL;
}

bool head_names_done(const struct head_names *n)
{
    return !n->session;
}

long head_names_sentences(const struct head_names *n)
{
    return n->done;
}

/* ---- what was found ---- */

size_t head_names_stages(const struct head_names *n)
{
    return n->count;
}

const char *head_names_stage(const struct head_names *n, size_t index)
{
    return n->items[index].id;
}

long head_names_heads(const struct head_names *n, size_t index)
{
    return n->items[index].heads;
}

struct head_count head_names_count(const struct head_names *n, const char *stage,
                                   long head, enum head_pattern pattern)
{
    const struct attention *a = find(n, stage);
    return a && head >= 0 && head < a->heads ? a->counts[head * HEAD_PATTERNS + pattern]
                                             : (struct head_count){0, 0};
}

bool head_names_find(const struct head_names *n, const char *stage, long head,
                     struct head_name *out)
{
    const struct attention *a = n && n->whole ? find(n, stage) : NULL;
    *out = (struct head_name){.pattern = HEAD_MIXED};
    if (!a || head < 0 || head >= a->heads)
        return false;
    for (int p = HEAD_MIXED + 1; p < HEAD_PATTERNS; p++) {
        struct head_count c = a->counts[head * HEAD_PATTERNS + p];
        double share = c.rows ? (double)c.hits / (double)c.rows : 0;
        if (c.rows < HEAD_LEAST_ROWS || share <= out->share)
            continue;
        out->most = (enum head_pattern)p;
        out->share = share;
        out->count = c;
    }
    if (out->most != HEAD_MIXED && out->share >= head_pattern_share(out->most))
        out->pattern = out->most;
    return true;
}
