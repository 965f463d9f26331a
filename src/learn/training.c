#include "learn/training.h"

#include "base/clock.h"
#include "base/memory.h"
#include "learn/adam.h"
#include "learn/crew.h"
#include "learn/folder.h"
#include "learn/journal.h"
#include "study/exam.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXAM_EVERY 250
#define EXAM_SENTENCES 500 /* of the exam, during the training */
#define KEPT 0.98          /* of the smoothed loss, each step */

struct training {
    struct learning l; /* the model and what is saved of it */
    struct supply *supply;
    struct crew *crew;
    struct journal journal;
    int threads;
    double begin; /* of this run */
    long first, tokens, rows;
    double match;
    const char *line;
};

/* ---- opening ---- */

static int start(struct training *t, const struct pairs *p, struct error *e)
{
    const struct recipe *r = &t->l.recipe;
    t->supply = supply_new(p, t->l.model, r->batch, (uint64_t)r->seed, e);
    if (!t->supply)
        return -1;
    t->crew = crew_new(t->l.model, r, t->threads);
    t->match = NAN;
    t->first = t->l.step;
    return 0;
}

/* The model, or NULL after a failure. */
static struct training *opened(struct training *t, struct pairs *p, int status)
{
    pairs_free(p);
    t->begin = clock_now();
    if (status == 0)
        return t;
    training_free(t);
    return NULL;
}

struct training *training_new(const struct training_setup *s, struct error *e)
{
    struct training *t = mem_zero(1, sizeof *t);
    struct pairs p = {0};
    t->threads = s->threads;
    int status = recipe_check(&s->recipe, e);
    if (status == 0)
        status = folder_check_new(s->folder, s->force, e);
    if (status == 0)
        status = pairs_read(s->pairs, &p, e);
    if (status == 0 && !s->exam)
        status = pairs_hold_out(&p, TRAINING_HELD, e);
    if (status == 0)
        status = folder_plan(&t->l, s, &p, e);
    if (status == 0)
        status = start(t, &p, e);
    if (status == 0)
        status = folder_begin(&t->l, s, &p, e);
    if (status == 0)
        status = journal_open(&t->journal, s->folder, -1, e);
    return opened(t, &p, status);
}

struct training *training_resume(const char *folder, const char *pairs, int threads,
                                 struct error *e)
{
    struct training *t = mem_zero(1, sizeof *t);
    struct pairs p = {0};
    t->threads = threads;
    int status = folder_resume(&t->l, folder, pairs, &p, e);
    if (status == 0)
        status = start(t, &p, e);
    if (status == 0)
        status = journal_open(&t->journal, folder, t->l.step - 1, e);
    return opened(t, &p, status);
}

void training_free(struct training *t)
{
    if (!t)
        return;
    crew_free(t->crew);
    supply_free(t->supply);
    journal_free(&t->journal);
    learning_free(&t->l);
    free(t);
}

long training_sentences(const struct training *t)
{
    return supply_sentences(t->supply);
}

/* ---- the exam ---- */

static int hold_exam(struct training *t, struct journal_row *row, struct error *e)
{
    struct whatifs none = {0};
    struct run run = {t->l.model, &none, {0}};
    struct exam *x = exam_new(&run, e);
    int more = x ? 1 : -1;
    if (x)
        exam_limit(x, EXAM_SENTENCES);
    while (more > 0)
        more = exam_step(x, e);
    if (more == 0) {
        row->held_loss = exam_score(x)->loss;
        row->held_match = t->match = exam_score(x)->exact_match;
    }
    exam_free(x);
    return more;
}

/* ---- steps ---- */

static double seconds(const struct training *t)
{
    return t->l.seconds + (clock_now() - t->begin) / 1000;
}

/* The row of a step, where one is due. */
static int record(struct training *t, const struct packed *shares, int count,
                  struct error *e)
{
    long step = t->l.step;
    bool last = step == t->l.recipe.steps;
    bool exam = last || step % EXAM_EVERY == 0 || step == 100 || step == 400;
    struct journal_row row = {step, t->l.loss, NAN, NAN, NAN, seconds(t)};
    if (!exam && step % JOURNAL_EVERY)
        return 0;
    if (crew_entropy(t->crew, shares, count, &row.entropy, e) < 0 ||
        (exam && hold_exam(t, &row, e) < 0))
        return -1;
    journal_add(&t->journal, &row, &t->line);
    return journal_write(&t->journal, e);
}

static void update(struct training *t)
{
    const struct recipe *r = &t->l.recipe;
    const float *g = crew_gradient(t->crew);
    double scale = adam_clip(g, t->l.parameters, RECIPE_CLIP);
    struct adam a = {recipe_rate(r, t->l.step), RECIPE_BETA1, RECIPE_BETA2,
                     RECIPE_EPSILON, RECIPE_DECAY, t->l.step + 1};
    adam_step(&a, t->l.weights, t->l.first, t->l.second, g, scale, t->l.parameters);
}

static int check_loss(const struct training *t, double loss, struct error *e)
{
    if (isfinite(loss))
        return 0;
    return error_set(e, "the loss is not a number any more at step %ld: give --rate less "
                     "than %g; %s has the model of step %ld",
                     t->l.step, t->l.recipe.rate, t->l.folder, t->l.saved);
}

/* Saved before the step, so that step-0000 is the model before training. */
static int save_if_due(struct training *t, struct error *e)
{
    if (t->l.step % t->l.recipe.save_every && t->l.step != t->l.recipe.steps)
        return 0;
    return t->l.saved == t->l.step ? 0 : training_save(t, e);
}

int training_step(struct training *t, struct error *e)
{
    struct packed shares[SUPPLY_SHARES];
    const struct recipe *r = &t->l.recipe;
    t->line = NULL;
    int count = supply_batch(t->supply, t->l.step, t->threads, shares);
    if (t->l.step < r->steps) {
        if (crew_work(t->crew, shares, count, t->l.step, e) < 0)
            return -1;
        double loss = crew_loss(t->crew);
        if (check_loss(t, loss, e) < 0)
            return -1;
        t->l.loss = t->l.step ? KEPT * t->l.loss + (1 - KEPT) * loss : loss;
    }
    if (save_if_due(t, e) < 0 || record(t, shares, count, e) < 0)
        return -1;
    if (t->l.step == r->steps)
        return folder_finish(&t->l, e);
    update(t);
    t->rows = 0;
    for (int i = 0; i < count; i++)
        t->rows += shares[i].feed.source.rows + shares[i].rows;
    t->tokens += t->rows;
    t->l.step++;
    return 1;
}

int training_save(struct training *t, struct error *e)
{
    double before = t->l.seconds;
    t->l.seconds = seconds(t);
    int status = folder_save(&t->l, e);
    t->l.seconds = before;
    return status < 0 ? -1 : journal_write(&t->journal, e);
}

struct training_state training_state(const struct training *t)
{
    double passed = (clock_now() - t->begin) / 1000;
    long done = t->l.step - t->first, left = t->l.recipe.steps - t->l.step;
    return (struct training_state){
        .step = t->l.step,
        .steps = t->l.recipe.steps,
        .loss = t->l.loss,
        .rate = recipe_rate(&t->l.recipe, t->l.step),
        .rows = t->rows,
        .tokens = passed > 0 ? (double)t->tokens / passed : 0,
        .seconds = passed,
        .left = done ? passed / (double)done * (double)left : 0,
        .line = t->line,
        .match = t->match,
    };
}
