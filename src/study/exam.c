#include "study/exam.h"

#include "base/memory.h"
#include "study/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct exam {
    const struct run *run;
    struct table table;
    long next, limit;
    double loss;  /* summed */
    long tokens;  /* that the loss is summed over */
    struct exam_kind *kinds;
    size_t capacity;
    struct exam_score score;
};

static int check_run(const struct run *run, struct error *e)
{
    if (whatifs_find(run->whatifs, WHATIF_ORDER))
        return error_set(e, "the what-if order is for one text; the exam has many, with "
                         "other numbers of words");
    if (run->model->source && run->model->target)
        return 0;
    return error_set(e, "the model %s has no tokenizers; the exam needs them",
                     run->model->name);
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
    free(path);
    if (result < 0) {
        free(x);
        return NULL;
    }
    x->limit = (long)x->table.rows;
    return x;
}

void exam_free(struct exam *x)
{
    if (!x)
        return;
    table_free(&x->table);
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

/* ---- one sentence ---- */

/* -log softmax(logits)[token], in double. */
static double cross_entropy(const double *logits, long n, long token)
{
    double most = logits[decode_best(logits, n)], sum = 0;
    for (long i = 0; i < n; i++)
        sum += exp(logits[i] - most);
    return most + log(sum) - logits[token];
}

/* Encodes one side and adds eos where `eos` says so. Caller frees. */
static int32_t *encode(const struct tokenizer *t, const char *text, bool eos, int eos_id,
                       long *count, struct error *e)
{
    struct tokens tokens = {0};
    if (tokenizer_encode(t, text, &tokens, e) < 0)
        return NULL;
    int32_t *ids = mem_alloc(tokens.count + 1, sizeof *ids);
    for (size_t i = 0; i < tokens.count; i++)
        ids[i] = tokens.ids[i];
    *count = (long)tokens.count;
    if (eos)
        ids[(*count)++] = eos_id;
    tokens_free(&tokens);
    return ids;
}

/* With the right tokens given, adds up the loss of each next one, and tells whether each
 * was the model's own choice. As long as it was, greedy decoding would have gone the same
 * way, so this decides the exact match too. */
static int follow(struct exam *x, struct decoder *d, const int32_t *target, long n,
                  bool *right, struct error *e)
{
    const struct config *c = x->run->model->config;
    *right = true;
    for (long i = 0; i < n; i++) {
        int32_t given = i ? target[i - 1] : c->bos_token_id;
        const double *logits = decoder_step(d, given, e);
        if (!logits)
            return -1;
        x->loss += cross_entropy(logits, c->tgt_vocab_size, target[i]);
        x->tokens++;
        if (decode_best(logits, c->tgt_vocab_size) != target[i])
            *right = false;
    }
    return 0;
}

/* The loss of a whole pass, where earlier rows see later tokens: not what decoding step
 * by step gives, so it is computed on its own. `before` is what `follow` had. */
static int whole_loss(struct exam *x, const int32_t *source, long sources,
                      const int32_t *target, long n, double before, struct error *e)
{
    const struct config *c = x->run->model->config;
    int32_t *rows = mem_alloc((size_t)n, sizeof *rows);
    rows[0] = c->bos_token_id;
    memcpy(rows + 1, target, sizeof *rows * (size_t)(n - 1));
    struct plan *p = run_plan(x->run, source, sources, rows, n, e);
    free(rows);
    if (!p)
        return -1;
    struct trace *t = trace_new(p, &x->run->options, NULL);
    int stage = plan_find(p, "logits");
    const struct tensor *logits = trace_acquire(t, stage);
    double *row = mem_alloc((size_t)c->tgt_vocab_size, sizeof *row);
    x->loss = before;
    for (long i = 0; i < n; i++) {
        for (long k = 0; k < c->tgt_vocab_size; k++)
            row[k] = tensor_get(logits, i * c->tgt_vocab_size + k);
        x->loss += cross_entropy(row, c->tgt_vocab_size, target[i]);
    }
    free(row);
    trace_release(t, stage);
    trace_free(t);
    return 0;
}

static int do_sentence(struct exam *x, const int32_t *source, long sources,
                       const int32_t *target, long n, bool *right, struct error *e)
{
    double before = x->loss;
    struct decoder *d = decoder_new(x->run, source, sources, e);
    int result = d ? follow(x, d, target, n, right, e) : -1;
    decoder_free(d);
    if (result == 0 && whatifs_unmask(x->run->whatifs))
        result = whole_loss(x, source, sources, target, n, before, e);
    return result;
}

static struct exam_kind *kind_of(struct exam *x, const char *name)
{
    for (size_t i = 0; i < x->score.kind_count; i++)
        if (!strcmp(x->kinds[i].name, name))
            return &x->kinds[i];
    x->kinds = mem_grow(x->kinds, x->score.kind_count, &x->capacity, sizeof *x->kinds);
    struct exam_kind *kind = &x->kinds[x->score.kind_count++];
    *kind = (struct exam_kind){.name = name};
    return kind;
}

static void count_sentence(struct exam *x, bool right)
{
    struct exam_kind *kind = kind_of(x, table_cell(&x->table, (size_t)x->next, 2));
    kind->sentences++;
    kind->right += right;
    x->score.kinds = x->kinds;
    x->score.sentences++;
    x->score.right += right;
    x->score.exact_match = (double)x->score.right / (double)x->score.sentences;
    x->score.loss = x->loss / (double)x->tokens;
    x->next++;
}

int exam_step(struct exam *x, struct error *e)
{
    if (x->next >= x->limit)
        return 0;
    const struct model *m = x->run->model;
    const char *text = table_cell(&x->table, (size_t)x->next, 0);
    long sources = 0, n = 0;
    int eos = m->config->eos_token_id;
    int32_t *source = encode(m->source, text, m->config->source_eos,
                             eos, &sources, e);
    int32_t *target =
        encode(m->target, table_cell(&x->table, (size_t)x->next, 1), true, eos, &n, e);
    bool right = false;
    int result =
        source && target ? do_sentence(x, source, sources, target, n, &right, e) : -1;
    free(source);
    free(target);
    if (result < 0)
        return -1;
    count_sentence(x, right);
    return 1;
}
