#include "lesson/exams.h"

#include "base/memory.h"
#include "study/rewrite.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct entry {
    char *key; /* the what-ifs as whatifs_text gives them, "" for none */
    struct whatifs whatifs;
    struct model *twin; /* with random weights, while a what-if asks for them */
    struct run run;
    struct exam *exam;
    bool done, failed;
};

struct exams {
    struct model *model;
    long limit;
    struct entry **items; /* their addresses are lent to the exams */
    size_t count, capacity, next;
};

struct exams *exams_new(struct model *model, long limit)
{
    struct exams *x = mem_zero(1, sizeof *x);
    x->model = model_share(model);
    x->limit = limit;
    return x;
}

static void free_entry(struct entry *entry)
{
    exam_free(entry->exam);
    model_free(entry->twin);
    whatifs_free(&entry->whatifs);
    free(entry->key);
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
    for (size_t i = 0; i < x->count; i++)
        exam_limit(x->items[i]->exam, sentences);
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

static struct entry *find(const struct exams *x, const struct whatifs *list)
{
    for (size_t i = 0; i < x->count; i++)
        if (whatifs_equal(&x->items[i]->whatifs, list))
            return x->items[i];
    return NULL;
}

static struct entry *find_text(const struct exams *x, const char *whatifs)
{
    struct whatifs list;
    if (parse_list(whatifs, &list, NULL) < 0)
        return NULL;
    struct entry *found = find(x, &list);
    whatifs_free(&list);
    return found;
}

static int start(struct exams *x, const struct whatifs *list, struct error *e)
{
    if (whatifs_check(list, x->model, e) < 0)
        return -1;
    struct entry *entry = mem_zero(1, sizeof *entry);
    whatifs_copy(&entry->whatifs, list);
    entry->key = whatifs_text(list);
    const struct whatif *random = whatifs_find(list, WHATIF_RANDOM);
    if (random)
        entry->twin = model_random_twin(x->model, random->seed);
    entry->run = (struct run){entry->twin ? entry->twin : x->model, &entry->whatifs, {0}};
    entry->exam = exam_new(&entry->run, e);
    if (!entry->exam) {
        free_entry(entry);
        return -1;
    }
    if (x->limit > 0)
        exam_limit(entry->exam, x->limit);
    x->items = mem_grow(x->items, x->count, &x->capacity, sizeof *x->items);
    x->items[x->count++] = entry;
    return 0;
}

int exams_want(struct exams *x, const char *whatifs, struct error *e)
{
    struct whatifs list;
    if (parse_list(whatifs, &list, e) < 0)
        return -1;
    int status = find(x, &list) ? 0 : start(x, &list, e);
    whatifs_free(&list);
    return status;
}

const struct exam_score *exams_score(const struct exams *x, const char *whatifs,
                                     bool *done)
{
    const struct entry *entry = find_text(x, whatifs);
    *done = entry && entry->done;
    return entry && !entry->failed ? exam_score(entry->exam) : NULL;
}

long exams_size(const struct exams *x, const char *whatifs)
{
    const struct entry *entry = find_text(x, whatifs);
    return entry ? exam_size(entry->exam) : 0;
}

static struct entry *next_open(struct exams *x)
{
    for (size_t i = 0; i < x->count; i++) {
        struct entry *entry = x->items[x->next++ % x->count];
        if (!entry->done && !entry->failed)
            return entry;
    }
    return NULL;
}

bool exams_are_done(const struct exams *x)
{
    for (size_t i = 0; i < x->count; i++)
        if (!x->items[i]->done && !x->items[i]->failed)
            return false;
    return true;
}

static double milliseconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

bool exams_work(struct exams *x, int milliseconds)
{
    double end = milliseconds_now() + milliseconds;
    struct entry *entry;
    struct error ignored = {0};
    while ((entry = next_open(x)) != NULL) {
        int status = exam_step(entry->exam, &ignored);
        entry->failed = status < 0;
        entry->done = status == 0;
        if (milliseconds > 0 && milliseconds_now() >= end)
            break;
    }
    return entry != NULL;
}
