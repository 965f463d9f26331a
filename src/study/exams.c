#include "study/exams.h"

#include "base/clock.h"
#include "base/memory.h"
#include "study/exam_cache.h"
#include "study/rewrite.h"
#include "study/run.h"

#include <stdlib.h>

struct entry {
    struct model *model; /* shared */
    struct whatifs whatifs;
    struct model *twin; /* with random weights, while a what-if asks for them */
    struct run run;
    struct exam *exam;        /* NULL once it is done */
    struct exam_score *score; /* of the whole exam, owned; NULL before */
    struct exam_key key;
    bool has_key, wanted;
    struct error error;
};

struct exams {
    struct model *model;
    struct trace_options options;
    long limit;
    struct entry **items; /* their addresses are lent to the exams */
    size_t count, capacity;
};

struct exams *exams_new(struct model *model, const struct trace_options *options,
                        long limit)
{
    struct exams *x = mem_zero(1, sizeof *x);
    x->model = model_share(model);
    x->options = *options;
    x->limit = limit;
    return x;
}

static void free_entry(struct entry *entry)
{
    exam_free(entry->exam);
    model_free(entry->twin);
    model_free(entry->model);
    whatifs_free(&entry->whatifs);
    free(entry->score);
    free(entry);
}

void exams_free(struct exams *x)
{
    if (!x)
        return;
    for (size_t i = 0; i < x->count; i++)
        free_entry(x->items[i]);
    free(x->items);
    model_free(x->model);
    free(x);
}

void exams_limit(struct exams *x, long sentences)
{
    x->limit = sentences;
    for (size_t i = 0; i < x->count; i++) {
        x->items[i]->has_key = false; /* it is of another number of sentences */
        if (x->items[i]->exam)
            exam_limit(x->items[i]->exam, sentences);
    }
}

static struct entry *find(const struct exams *x, const struct model *model,
                          const struct whatifs *list)
{
    for (size_t i = 0; i < x->count; i++)
        if (x->items[i]->model == model && whatifs_equal(&x->items[i]->whatifs, list))
            return x->items[i];
    return NULL;
}

/* ---- beginning and ending one ---- */

/* Nothing more is to be computed. */
static void finish(struct entry *entry, struct exam_score *score)
{
    entry->score = score;
    exam_free(entry->exam);
    model_free(entry->twin);
    entry->exam = NULL;
    entry->twin = NULL;
}

/* Opens the exam, or has its score at once. */
static int begin(const struct exams *x, struct entry *entry, struct error *e)
{
    entry->run = run_under(entry->model, &entry->whatifs, &x->options, &entry->twin);
    entry->has_key = exam_cache_key(&entry->run, x->limit, &entry->key);
    struct exam_score *known = entry->has_key ? exam_cache_find(&entry->key) : NULL;
    if (known) {
        finish(entry, known);
        return 0;
    }
    entry->exam = exam_new(&entry->run, e);
    if (entry->exam && x->limit > 0)
        exam_limit(entry->exam, x->limit);
    return entry->exam ? 0 : -1;
}

static struct entry *add(struct exams *x, struct model *model,
                         const struct whatifs *list, struct error *e)
{
    if (whatifs_check(list, model, e) < 0)
        return NULL;
    struct entry *entry = mem_zero(1, sizeof *entry);
    entry->model = model_share(model);
    whatifs_copy(&entry->whatifs, list);
    if (begin(x, entry, e) < 0) {
        free_entry(entry);
        return NULL;
    }
    x->items = mem_grow(x->items, x->count, &x->capacity, sizeof *x->items);
    return x->items[x->count++] = entry;
}

int exams_want_of(struct exams *x, struct model *model, const struct whatifs *list,
                  struct error *e)
{
    struct entry *entry = find(x, model, list);
    if (!entry)
        entry = add(x, model, list, e);
    if (entry)
        entry->wanted = true;
    return entry ? 0 : -1;
}

int exams_want_list(struct exams *x, const struct whatifs *list, struct error *e)
{
    return exams_want_of(x, x->model, list, e);
}

void exams_pause(struct exams *x)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->count; i++) {
        struct entry *entry = x->items[i];
        bool keep = entry->score || (!entry->whatifs.count && !entry->error.set &&
                                     entry->model == x->model);
        entry->wanted = false;
        if (keep)
            x->items[kept++] = entry;
        else
            free_entry(entry);
    }
    x->count = kept;
}

/* ---- how far they are ---- */

static struct exam_state state_of(const struct entry *entry)
{
    if (!entry)
        return (struct exam_state){0};
    if (entry->score)
        return (struct exam_state){entry->score, entry->score->sentences, true, NULL};
    bool failed = entry->error.set;
    return (struct exam_state){failed ? NULL : exam_score(entry->exam),
                               exam_size(entry->exam), false,
                               failed ? &entry->error : NULL};
}

struct exam_state exams_state(const struct exams *x, const struct whatifs *list)
{
    return exams_state_of(x, x->model, list);
}

struct exam_state exams_state_of(const struct exams *x, const struct model *model,
                                 const struct whatifs *list)
{
    return state_of(find(x, model, list));
}

/* "no-scale no-mask" as a list; "" and "intact" as an empty one. */
static int parse_list(const char *text, struct whatifs *list, struct error *e)
{
    *list = (struct whatifs){0};
    int status = whatifs_add_all(list, text, "intact", e);
    if (status < 0)
        whatifs_free(list);
    return status;
}

int exams_want(struct exams *x, const char *whatifs, struct error *e)
{
    struct whatifs list;
    if (parse_list(whatifs, &list, e) < 0)
        return -1;
    int status = exams_want_list(x, &list, e);
    whatifs_free(&list);
    return status;
}

static struct exam_state state_of_text(const struct exams *x, const char *whatifs)
{
    struct whatifs list;
    if (parse_list(whatifs, &list, NULL) < 0)
        return (struct exam_state){0};
    struct exam_state state = exams_state(x, &list);
    whatifs_free(&list);
    return state;
}

const struct exam_score *exams_score(const struct exams *x, const char *whatifs,
                                     bool *done)
{
    struct exam_state state = state_of_text(x, whatifs);
    *done = state.done;
    return state.score;
}

long exams_size(const struct exams *x, const char *whatifs)
{
    return state_of_text(x, whatifs).size;
}

/* ---- working ---- */

/* The furthest behind of those to work on, the first of equals; NULL for none. */
static struct entry *next_open(const struct exams *x)
{
    struct entry *next = NULL;
    long least = 0;
    for (size_t i = 0; i < x->count; i++) {
        struct entry *entry = x->items[i];
        if (!entry->wanted || entry->score || entry->error.set)
            continue;
        long done = exam_score(entry->exam)->sentences;
        if (!next || done < least) {
            next = entry;
            least = done;
        }
    }
    return next;
}

bool exams_are_done(const struct exams *x)
{
    return !next_open(x);
}

static void step(struct entry *entry)
{
    int status = exam_step(entry->exam, &entry->error);
    const struct exam_score *score = exam_score(entry->exam);
    bool whole = score->sentences >= exam_size(entry->exam);
    if (status < 0)
        error_set(&entry->error, "the exam could not be held");
    if (status < 0 || (status > 0 && !whole))
        return;
    if (entry->has_key && whole)
        exam_cache_keep(&entry->key, score);
    finish(entry, exam_score_copy(score));
}

bool exams_work(struct exams *x, int milliseconds)
{
    double end = clock_now() + milliseconds;
    struct entry *entry;
    while ((entry = next_open(x)) != NULL) {
        step(entry);
        if (milliseconds > 0 && clock_now() >= end)
            break;
    }
    return !exams_are_done(x);
}
