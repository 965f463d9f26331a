#include "learn/crew.h"

#include "base/memory.h"
#include "learn/fuse.h"
#include "learn/pass.h"
#include "learn/penalty.h"
#include "numbers/gradient.h"
#include "study/loss.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A pass, and where in it what is wanted stands. */
struct route {
    struct pass *pass; /* NULL before the first use */
    int loss;          /* the stage that begins … */
    long loss_cell;    /* … or holds here the loss */
    int *gradients;    /* of each weight: a stage, or -1 */
};

struct worker {
    struct crew *crew;
    int number;
    struct route plain, pressed; /* without and with penalties */
    const struct packed *work;   /* NULL: none this time */
    struct error error;
    pthread_t thread;
};

struct crew {
    struct model *model;
    const struct recipe *recipe;
    struct worker *workers;
    int count;
    long parameters;
    float *gradient;
    double loss;
    long step; /* of the batch in hand */
    struct pass *maps; /* attention weights */
    struct map_list map_list;
    /* how the workers beside the first are told */
    pthread_mutex_t lock;
    pthread_cond_t begin, end;
    long round; /* of work; -1: go home */
    int busy;
};

/* ---- plans ---- */

/* The fused plan of a share, ending in its loss. */
static struct plan *make_plan(const struct crew *c, const struct packed *share,
                              bool keep_maps, struct error *e)
{
    struct fuse_options options = {.longest = c->model->config->max_positions,
                                   .keep_maps = keep_maps,
                                   .dropout = c->recipe->dropout,
                                   .smoothing = c->recipe->smoothing};
    struct plan *whole = model_plan_feed(c->model, &share->feed, e);
    if (!whole)
        return NULL;
    struct plan *p = fuse_plan(whole, &share->feed, share->right, &options, e);
    plan_free(whole);
    return p;
}

/* Where the loss is found: by its gradient, where that gives it for nothing. */
static void find_loss(struct route *r, const struct plan *p)
{
    r->loss = loss_stage(p);
    r->loss_cell = 0;
    for (size_t i = 0; i < p->count; i++)
        if (p->stages[i].op == OP_FUSED_LOSS_GRADIENT) {
            const struct tensor *w = plan_shape(p, p->stages[i].in[2]);
            r->loss = (int)i;
            r->loss_cell = tensor_count(w);
        }
}

static int make_route(struct crew *c, struct route *r, const struct packed *share,
                      bool pressed, struct error *e)
{
    size_t weights = c->model->weights.count, wanted = 0;
    struct plan *p = make_plan(c, share, pressed, e);
    if (!p)
        return -1;
    int loss = loss_stage(p);
    if (pressed)
        loss = penalty_add(p, c->recipe->apart, loss);
    if (plan_backward(p, loss, 0, e) < 0) {
        plan_free(p);
        return -1;
    }
    int *list = mem_alloc(weights + 1, sizeof *list);
    r->gradients = mem_alloc(weights, sizeof *r->gradients);
    for (size_t i = 0; i < weights; i++) {
        r->gradients[i] = plan_weight_gradient(p, c->model->weights.items[i].name);
        if (r->gradients[i] >= 0)
            list[wanted++] = r->gradients[i];
    }
    find_loss(r, p);
    list[wanted++] = r->loss;
    r->pass = pass_new(p, list, wanted);
    free(list);
    return 0;
}

/* ---- one worker ---- */

/* A number for what is drawn by chance: another for each step and worker. */
static long chance(const struct crew *c, const struct worker *w)
{
    uint64_t x = (uint64_t)c->recipe->seed * 0x9e3779b97f4a7c15u + (uint64_t)c->step;
    x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9u + (uint64_t)w->number;
    return (long)((x ^ x >> 32) & 0x7fffffff);
}

/* What changes from step to step: see penalty.h and OP_DROPOUT. */
static void set_step(const struct worker *w, struct plan *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->stages[i].op == OP_DROPOUT)
            p->stages[i].params.integer = chance(w->crew, w);
    penalty_set(p, recipe_penalty(w->crew->recipe, w->crew->step));
}

static int do_share(struct worker *w, struct error *e)
{
    struct crew *c = w->crew;
    bool pressed = recipe_penalty(c->recipe, c->step) > 0;
    struct route *r = pressed ? &w->pressed : &w->plain;
    if (!r->pass && make_route(c, r, w->work, pressed, e) < 0)
        return -1;
    set_step(w, pass_plan(r->pass));
    if (pass_feed(r->pass, &w->work->feed, w->work->right, e) < 0)
        return -1;
    pass_run(r->pass);
    return 0;
}

static void *stand_by(void *data)
{
    struct worker *w = data;
    struct crew *c = w->crew;
    long done = 0;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        while (c->round == done)
            pthread_cond_wait(&c->begin, &c->lock);
        if (c->round < 0)
            break;
        done = c->round;
        pthread_mutex_unlock(&c->lock);
        if (w->work)
            do_share(w, &w->error);
        pthread_mutex_lock(&c->lock);
        if (--c->busy == 0)
            pthread_cond_signal(&c->end);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* ---- all of them ---- */

struct crew *crew_new(struct model *m, const struct recipe *r, int workers)
{
    struct crew *c = mem_zero(1, sizeof *c);
    c->model = m;
    c->recipe = r;
    c->count = workers;
    c->parameters = model_parameters(m);
    c->gradient = mem_alloc((size_t)c->parameters, sizeof *c->gradient);
    c->workers = mem_zero((size_t)workers, sizeof *c->workers);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->begin, NULL);
    pthread_cond_init(&c->end, NULL);
    for (int i = 0; i < workers; i++) {
        c->workers[i] = (struct worker){.crew = c, .number = i};
        if (i && pthread_create(&c->workers[i].thread, NULL, stand_by, &c->workers[i]))
            fatal("no thread can be started: give --threads 1");
    }
    return c;
}

static void free_route(struct route *r)
{
    pass_free(r->pass);
    free(r->gradients);
}

void crew_free(struct crew *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->round = -1;
    pthread_cond_broadcast(&c->begin);
    pthread_mutex_unlock(&c->lock);
    for (int i = 1; i < c->count; i++)
        pthread_join(c->workers[i].thread, NULL);
    for (int i = 0; i < c->count; i++) {
        free_route(&c->workers[i].plain);
        free_route(&c->workers[i].pressed);
    }
    pass_free(c->maps);
    map_list_free(&c->map_list);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->begin);
    pthread_cond_destroy(&c->end);
    free(c->workers);
    free(c->gradient);
    free(c);
}

static void share_out(struct crew *c, const struct packed *shares, int count)
{
    for (int i = 0; i < c->count; i++)
        c->workers[i].work = i < count ? &shares[i] : NULL;
    if (c->count == 1)
        return;
    pthread_mutex_lock(&c->lock);
    c->busy = c->count - 1;
    c->round++;
    pthread_cond_broadcast(&c->begin);
    pthread_mutex_unlock(&c->lock);
}

static void wait_for_all(struct crew *c)
{
    if (c->count == 1)
        return;
    pthread_mutex_lock(&c->lock);
    while (c->busy)
        pthread_cond_wait(&c->end, &c->lock);
    pthread_mutex_unlock(&c->lock);
}

/* Adds the gradients of a share, whose loss is a mean over `part` of the rows. */
static void add_gradients(struct crew *c, const struct route *r, float part, bool first)
{
    float *out = c->gradient;
    for (size_t i = 0; i < c->model->weights.count; i++) {
        long n = tensor_count(&c->model->weights.items[i].tensor);
        const float *g = r->gradients[i] < 0
                             ? NULL
                             : pass_value(r->pass, r->gradients[i])->f32;
        if (first)
            for (long k = 0; k < n; k++)
                out[k] = g ? g[k] * part : 0;
        else if (g)
            for (long k = 0; k < n; k++)
                out[k] += g[k] * part;
        out += n;
    }
}

int crew_work(struct crew *c, const struct packed *shares, int count, long step,
              struct error *e)
{
    long rows = 0;
    c->step = step;
    share_out(c, shares, count);
    do_share(&c->workers[0], &c->workers[0].error);
    wait_for_all(c);
    for (int i = 0; i < count; i++) {
        if (c->workers[i].error.set)
            return error_set(e, "%s", c->workers[i].error.message);
        rows += shares[i].rows;
    }
    bool pressed = recipe_penalty(c->recipe, step) > 0;
    c->loss = 0;
    for (int i = 0; i < count; i++) {
        const struct route *r = pressed ? &c->workers[i].pressed : &c->workers[i].plain;
        double part = (double)shares[i].rows / (double)rows;
        c->loss += part * (double)pass_value(r->pass, r->loss)->f32[r->loss_cell];
        add_gradients(c, r, (float)part, i == 0);
    }
    return 0;
}

double crew_loss(const struct crew *c)
{
    return c->loss;
}

const float *crew_gradient(const struct crew *c)
{
    return c->gradient;
}

/* ---- the entropy of attention ---- */

int crew_entropy(struct crew *c, const struct packed *shares, int count, double *bits,
                 struct error *e)
{
    double sum = 0, parts = 0;
    *bits = NAN;
    if (!c->maps) {
        struct plan *p = make_plan(c, shares, true, e);
        if (!p)
            return -1;
        c->map_list = map_list_of(p);
        c->maps = pass_new(p, c->map_list.stages, c->map_list.count);
    }
    for (int i = 0; i < count && c->map_list.count; i++) {
        if (pass_feed(c->maps, &shares[i].feed, shares[i].right, e) < 0)
            return -1;
        pass_run(c->maps);
        sum += map_list_entropy(&c->map_list, c->maps) * (double)shares[i].rows;
        parts += (double)shares[i].rows;
    }
    if (parts > 0)
        *bits = sum / parts / log(2);
    return 0;
}
