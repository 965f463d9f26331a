#include "study/exam.h"

#include "base/memory.h"
#include "numbers/vector.h"
#include "study/decoder.h"
#include "study/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATOR " || "
/* Sentences that stand near each other in the file are done in the order of their length,
 * so that those of one pass are about as long. */
#define WINDOW 256

struct exam {
    const struct run *run;
    struct table table;
    long limit, done;
    long *order;        /* of the sentences; NULL before the first step */
    signed char *verdicts;
    struct trace *trace; /* fed again and again; NULL before the first step */
    int logits;          /* its stage */
    double loss;         /* summed */
    long tokens;         /* that the loss is summed over */
    struct exam_kind *all_kinds, *kinds; /* in the order of the file; those met */
    size_t all_count, capacity;
    struct exam_score score;
};

static int check_run(const struct run *run, struct error *e)
{
    if (whatifs_find(run->whatifs, WHATIF_ORDER))
        return error_set(e, "the what-if order is for one text; the exam has many, with "
                         "other numbers of words");
    if (run->model->family->answers != ANSWERS_TRANSLATION)
        return error_set(e, "the model %s does not translate; the exam is of "
                         "translations", run->model->name);
    if (run->model->config->eos_token_id < 0)
        return error_set(e, "the model %s names no eos_token_id in config.json; the exam "
                         "asks whether a translation ends", run->model->name);
    if (run->model->source && run->model->target)
        return 0;
    return error_set(e, "the model %s has no tokenizers; the exam needs them",
                     run->model->name);
}

/* The next of the answers of a cell, which `*at` is moved past: its beginning and length;
 * NULL after the last. */
static const char *next_answer(const char **at, size_t *length)
{
    const char *begin = *at, *end = begin ? strstr(begin, SEPARATOR) : NULL;
    if (!begin)
        return NULL;
    *length = end ? (size_t)(end - begin) : strlen(begin);
    *at = end ? end + strlen(SEPARATOR) : NULL;
    return begin;
}

/* What is not written as it should be would be an answer that nothing can match, or one
 * that matches another sentence than is meant. */
static int check_answer(const char *text, size_t length, long number, struct error *e)
{
    if (!length)
        return error_set(e, "answer %ld is empty; write words between each two \"%s\"",
                         number, SEPARATOR);
    if (text[0] == ' ' || text[length - 1] == ' ')
        return error_set(e, "answer %ld begins or ends with a space; separate answers by "
                         "\"%s\" and nothing more", number, SEPARATOR);
    for (size_t i = 0; i + 1 < length; i++)
        if (text[i] == '|' && text[i + 1] == '|')
            return error_set(e, "answer %ld holds \"||\" without a space on both sides; "
                             "separate answers by \"%s\"", number, SEPARATOR);
    return 0;
}

static int check_answers(const struct table *t, const char *path, struct error *e)
{
    for (size_t row = 0; row < t->rows; row++) {
        const char *at = table_cell(t, row, 1), *text;
        size_t length;
        for (long n = 1; (text = next_answer(&at, &length)); n++)
            if (check_answer(text, length, n, e) < 0)
                return error_at(e, path, (long)row + 2, 0); /* after the header */
    }
    return 0;
}

struct exam *exam_new(const struct run *run, struct error *e)
{
    char *path = model_file(run->model, "exam.tsv");
    if (!path)
        error_set(e, "the model %s brings no exam (exam.tsv)", run->model->name);
    if (!path || check_run(run, e) < 0) {
        free(path);
        return NULL;
    }
    struct exam *x = mem_zero(1, sizeof *x);
    x->run = run;
    int result = table_read(path, 3, &x->table, e);
    if (result == 0)
        result = check_answers(&x->table, path, e);
    free(path);
    if (result < 0) {
        exam_free(x);
        return NULL;
    }
    x->limit = (long)x->table.rows;
    return x;
}

void exam_free(struct exam *x)
{
    if (!x)
        return;
    trace_free(x->trace);
    table_free(&x->table);
    free(x->order);
    free(x->verdicts);
    free(x->all_kinds);
    free(x->kinds);
    free(x);
}

long exam_size(const struct exam *x)
{
    return x->limit;
}

void exam_limit(struct exam *x, long sentences)
{
    if (sentences < x->limit)
        x->limit = sentences;
}

const struct exam_score *exam_score(const struct exam *x)
{
    return &x->score;
}

int exam_verdict(const struct exam *x, long sentence)
{
    return x->verdicts ? x->verdicts[sentence] : -1;
}

/* ---- the order of the sentences ---- */

static struct exam_kind *kind_of(struct exam *x, long sentence)
{
    const char *name = table_cell(&x->table, (size_t)sentence, 2);
    for (size_t i = 0; i < x->all_count; i++)
        if (!strcmp(x->all_kinds[i].name, name))
            return &x->all_kinds[i];
    x->all_kinds = mem_grow(x->all_kinds, x->all_count, &x->capacity,
                            sizeof *x->all_kinds);
    struct exam_kind *kind = &x->all_kinds[x->all_count++];
    *kind = (struct exam_kind){.name = name};
    return kind;
}

struct sized {
    long sentence;
    size_t length;
};

static int by_length(const void *a, const void *b)
{
    const struct sized *x = a, *y = b;
    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    return (x->sentence > y->sentence) - (x->sentence < y->sentence);
}

static void set_order(struct exam *x)
{
    struct sized window[WINDOW];
    x->order = mem_alloc((size_t)x->limit, sizeof *x->order);
    x->verdicts = mem_alloc((size_t)x->limit, 1);
    memset(x->verdicts, -1, (size_t)x->limit);
    for (long first = 0; first < x->limit; first += WINDOW) {
        long n = x->limit - first < WINDOW ? x->limit - first : WINDOW;
        for (long i = 0; i < n; i++) {
            const char *text = table_cell(&x->table, (size_t)(first + i), 0);
            window[i] = (struct sized){first + i, strlen(text)};
            kind_of(x, first + i);
        }
        qsort(window, (size_t)n, sizeof *window, by_length);
        for (long i = 0; i < n; i++)
            x->order[first + i] = window[i].sentence;
    }
    x->kinds = mem_zero(x->all_count, sizeof *x->kinds);
}

/* ---- what is fed: sentences, and their answers or beginnings of them ---- */

struct ids {
    int32_t *items;
    size_t count, capacity;
};

struct spans {
    struct segment *items;
    size_t count, capacity;
};

/* One answer to one sentence of the batch. */
struct answer {
    long source;       /* the sentence's number in the batch */
    long begin, count; /* its tokens with eos, in `right` of the batch */
    bool first;        /* the canonical one, of which the loss is */
};

struct batch {
    struct ids source, right, fed;
    struct spans sources, targets;
    struct answer *answers;
    size_t answer_count, answer_capacity;
    long *of; /* of each target the number of its source */
    size_t of_count, of_capacity;
};

static void batch_free(struct batch *b)
{
    free(b->source.items);
    free(b->right.items);
    free(b->fed.items);
    free(b->sources.items);
    free(b->targets.items);
    free(b->answers);
    free(b->of);
}

static void add_id(struct ids *l, int32_t id)
{
    l->items = mem_grow(l->items, l->count, &l->capacity, sizeof *l->items);
    l->items[l->count++] = id;
}

static void add_span(struct spans *l, size_t start, size_t end)
{
    l->items = mem_grow(l->items, l->count, &l->capacity, sizeof *l->items);
    l->items[l->count++] = (struct segment){(long)start, (long)(end - start), 0};
}

/* Appends the ids of a text, as the model reads it or is to write it. */
static int encode(const struct model *m, enum side side, const char *text,
                  struct ids *out, struct error *e)
{
    struct tokens tokens = {0};
    int status = side == SIDE_SOURCE ? model_encode_source(m, text, &tokens, e)
                                     : tokenizer_encode(m->target, text, &tokens, e);
    if (status < 0)
        return -1;
    for (size_t i = 0; i < tokens.count; i++)
        add_id(out, tokens.ids[i]);
    if (side == SIDE_TARGET)
        add_id(out, m->config->eos_token_id);
    tokens_free(&tokens);
    return 0;
}

static int add_answer(struct exam *x, struct batch *b, const char *text, bool first,
                      struct error *e)
{
    size_t begin = b->right.count;
    if (encode(x->run->model, SIDE_TARGET, text, &b->right, e) < 0)
        return -1;
    b->answers = mem_grow(b->answers, b->answer_count, &b->answer_capacity,
                          sizeof *b->answers);
    b->answers[b->answer_count++] = (struct answer){
        (long)b->sources.count - 1, (long)begin, (long)(b->right.count - begin), first};
    return 0;
}

static int add_answers(struct exam *x, struct batch *b, const char *cell,
                       struct error *e)
{
    bool first = true;
    size_t length;
    for (const char *text; (text = next_answer(&cell, &length)); first = false) {
        char *one = mem_bytes(text, length);
        int status = add_answer(x, b, one, first, e);
        free(one);
        if (status < 0)
            return -1;
    }
    return 0;
}

static int add_sentence(struct exam *x, struct batch *b, long sentence, struct error *e)
{
    size_t begin = b->source.count;
    const struct model *m = x->run->model;
    const char *text = table_cell(&x->table, (size_t)sentence, 0);
    if (encode(m, SIDE_SOURCE, text, &b->source, e) < 0)
        return -1;
    add_span(&b->sources, begin, b->source.count);
    return add_answers(x, b, table_cell(&x->table, (size_t)sentence, 1), e);
}

/* Feeds bos and the first rows-1 tokens of an answer as a target. */
static void add_target(const struct exam *x, struct batch *b, const struct answer *a,
                       long rows)
{
    size_t begin = b->fed.count;
    add_id(&b->fed, x->run->model->config->bos_token_id);
    for (long i = 0; i + 1 < rows; i++)
        add_id(&b->fed, b->right.items[a->begin + i]);
    add_span(&b->targets, begin, b->fed.count);
    b->of = mem_grow(b->of, b->of_count, &b->of_capacity, sizeof *b->of);
    b->of[b->of_count++] = a->source;
}

static void clear_targets(struct batch *b)
{
    b->fed.count = b->targets.count = b->of_count = 0;
}

/* The logits of what was fed, pinned until trace_release. NULL with an error. */
static const struct tensor *run_batch(struct exam *x, const struct batch *b,
                                      struct error *e)
{
    struct feed feed = {
        .source = {b->source.items, b->sources.items, (long)b->source.count,
                   (long)b->sources.count},
        .target = {b->fed.items, b->targets.items, (long)b->fed.count,
                   (long)b->targets.count},
        .sources = b->of};
    if (x->trace) {
        if (model_check_feed(x->run->model, &feed, e) < 0 ||
            trace_feed(x->trace, &feed, e) < 0)
            return NULL;
    } else {
        struct plan *p = run_plan_feed(x->run, &feed, e);
        if (!p)
            return NULL;
        x->trace = trace_new(p, &x->run->options, NULL);
        x->logits = plan_find_role(p, ROLE_LOGITS);
    }
    return trace_acquire(x->trace, x->logits);
}

/* ---- what comes out ---- */

/* The largest logit is the token's, or both end a text. */
static bool agrees(const struct config *c, long best, long token)
{
    return best == token || (config_ends(c, (int)best) && config_ends(c, (int)token));
}

/* -log softmax(row)[token], and whether the token is the largest of the row. */
static double cross_entropy(const struct exam *x, const struct tensor *logits, long row,
                            long token, bool *largest)
{
    const struct config *c = x->run->model->config;
    long n = tensor_columns(logits);
    if (logits->type == TENSOR_F32) {
        const float *y = logits->f32 + row * n;
        *largest = agrees(c, vector_largest_at(y, n), token);
        return vector_log_sum_exp(y, n) - (double)y[token];
    }
    const double *y = logits->f64 + row * n;
    *largest = agrees(c, decode_best(y, n), token);
    return decode_log_sum(y, n) - y[token];
}

/* All rows of all answers at once: the loss, and whether each row chooses rightly, as it
 * decides unless rows see later ones. */
static int do_answers(struct exam *x, struct batch *b, bool *right, struct error *e)
{
    clear_targets(b);
    for (size_t i = 0; i < b->answer_count; i++)
        add_target(x, b, &b->answers[i], b->answers[i].count);
    const struct tensor *logits = run_batch(x, b, e);
    if (!logits)
        return -1;
    for (size_t i = 0; i < b->answer_count; i++) {
        const struct answer *a = &b->answers[i];
        right[i] = true;
        for (long k = 0; k < a->count; k++) {
            bool largest;
            double loss = cross_entropy(x, logits, b->targets.items[i].start + k,
                                        b->right.items[a->begin + k], &largest);
            right[i] = right[i] && largest;
            x->loss += a->first ? loss : 0;
            x->tokens += a->first;
        }
    }
    trace_release(x->trace, x->logits);
    if (isfinite(x->loss))
        return 0;
    return decoder_not_finite(e);
}

/* Where earlier rows see later tokens, decoding computes all rows again for each token:
 * every beginning of an answer is a target of its own, and its last row decides. */
static int do_beginnings(struct exam *x, struct batch *b, bool *right, struct error *e)
{
    clear_targets(b);
    for (size_t i = 0; i < b->answer_count; i++)
        for (long rows = 1; rows <= b->answers[i].count; rows++)
            add_target(x, b, &b->answers[i], rows);
    const struct tensor *logits = run_batch(x, b, e);
    if (!logits)
        return -1;
    const struct segment *target = b->targets.items;
    for (size_t i = 0; i < b->answer_count; i++) {
        right[i] = true;
        for (long k = 0; k < b->answers[i].count; k++, target++) {
            bool largest;
            cross_entropy(x, logits, target->start + target->count - 1,
                          b->right.items[b->answers[i].begin + k], &largest);
            right[i] = right[i] && largest;
        }
    }
    trace_release(x->trace, x->logits);
    return 0;
}

static void count_sentence(struct exam *x, long sentence, bool right)
{
    struct exam_kind *kind = kind_of(x, sentence);
    kind->sentences++;
    kind->right += right;
    x->verdicts[sentence] = right;
    x->score.sentences++;
    x->score.right += right;
}

static void count_batch(struct exam *x, const struct batch *b, const bool *right)
{
    for (size_t i = 0, k = 0; i < b->sources.count; i++) {
        bool any = false;
        long limit = decode_limit(x->run->model, b->sources.items[i].count);
        for (; k < b->answer_count && b->answers[k].source == (long)i; k++)
            any = any || (right[k] && b->answers[k].count <= limit);
        count_sentence(x, x->order[x->done++], any);
    }
    x->score.kind_count = 0;
    for (size_t i = 0; i < x->all_count; i++)
        if (x->all_kinds[i].sentences)
            x->kinds[x->score.kind_count++] = x->all_kinds[i];
    x->score.kinds = x->kinds;
    x->score.exact_match = (double)x->score.right / (double)x->score.sentences;
    x->score.loss = x->loss / (double)x->tokens;
}

int exam_step(struct exam *x, struct error *e)
{
    struct batch b = {0};
    int status = 0;
    if (x->done >= x->limit)
        return 0;
    if (!x->order)
        set_order(x);
    for (long i = x->done; i < x->limit && i < x->done + EXAM_BATCH && status == 0; i++)
        status = add_sentence(x, &b, x->order[i], e);
    bool *right = mem_zero(b.answer_count, sizeof *right);
    if (status == 0)
        status = do_answers(x, &b, right, e);
    if (status == 0 && run_unmasked(x->run))
        status = do_beginnings(x, &b, right, e);
    if (status == 0)
        count_batch(x, &b, right);
    free(right);
    batch_free(&b);
    return status < 0 ? -1 : 1;
}
