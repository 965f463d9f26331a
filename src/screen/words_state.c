#include "screen/words_state.h"

#include "base/memory.h"
#include "base/order.h"
#include "study/decoder.h"

#include <stdlib.h>
#include <string.h>

static const double temperatures[] = {0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10};
#define TEMPERATURES (int)(sizeof temperatures / sizeof *temperatures)
#define TEMPERATURE_ONE 4

long words_vocabulary(const struct words *v)
{
    const struct session *s = v->walk->session;
    return model_vocabulary(s->run.model, session_writes(s));
}

double words_temperature(const struct words *v)
{
    return temperatures[v->heat];
}

bool words_are_plain(const struct words *v)
{
    return v->heat == TEMPERATURE_ONE;
}

char *words_label(const struct words *v, long id)
{
    return session_label(v->walk->session, session_writes(v->walk->session), id);
}

/* ---- generating ---- */

static void forget(struct words *v)
{
    for (long i = 0; i < v->count; i++)
        free(v->steps[i].logits);
    v->count = 0;
}

static struct word_step *add_step(struct words *v, const double *logits)
{
    size_t n = (size_t)words_vocabulary(v);
    v->steps = mem_grow(v->steps, (size_t)v->count, &v->capacity, sizeof *v->steps);
    struct word_step *s = &v->steps[v->count++];
    s->logits = mem_alloc(n, sizeof *s->logits);
    memcpy(s->logits, logits, n * sizeof *logits);
    s->token = s->own = (int32_t)decode_best(logits, (long)n);
    return s;
}

static void decode(struct words *v, struct decoder *d, const int32_t *chosen, long kept)
{
    const struct session *s = v->walk->session;
    const struct config *c = s->run.model->config;
    long limit = decode_limit(s->run.model, s->sources);
    int32_t token = decode_first(s->run.model, s->source, s->sources);
    while (v->count < limit) {
        const double *logits = decoder_step(d, token, &v->error);
        if (!logits)
            return;
        struct word_step *step = add_step(v, logits);
        if (v->count <= kept)
            step->token = chosen[v->count - 1];
        token = step->token;
        if (config_ends(c, token))
            return;
    }
}

/* A pass over the words as they are, to look at what each step looks at. */
static void run_again(struct words *v)
{
    const struct session *from = v->walk->session;
    struct error ignored = {0};
    session_free(v->run);
    v->run = NULL;
    if (session_writes(from) != SIDE_TARGET || !v->count)
        return;
    long n = v->count - (config_ends(from->model->config, v->steps[v->count - 1].token));
    int32_t *ids = mem_alloc((size_t)n + 1, sizeof *ids);
    for (long i = 0; i < n; i++)
        ids[i] = v->steps[i].token;
    struct session *run = session_fork(from, &(struct session_change){0}, &ignored);
    if (run && session_set_target_ids(run, ids, n, &ignored) == 0 &&
        session_run(run, &ignored) == 0)
        v->run = run;
    else
        session_free(run);
    free(ids);
}

/* Keeps the tokens of the first `kept` steps and goes on greedily from there. */
static void generate(struct words *v, long kept)
{
    const struct session *s = v->walk->session;
    int32_t *chosen = mem_alloc((size_t)kept + 1, sizeof *chosen);
    for (long i = 0; i < kept; i++)
        chosen[i] = v->steps[i].token;
    forget(v);
    v->error = (struct error){0};
    struct decoder *d = decoder_new(&s->run, s->source, s->sources, &v->error);
    if (d)
        decode(v, d, chosen, kept);
    decoder_free(d);
    free(chosen);
    run_again(v);
}

/* ---- what is looked at ---- */

long words_largest(const struct words *v, long step, long most, long *order)
{
    long n = words_vocabulary(v), listed = most < WORDS_MOST ? most : WORDS_MOST;
    listed = listed < n ? listed : n;
    order_largest(v->steps[step].logits, n, listed, order);
    return listed;
}

double *words_distribution(const struct words *v, long step)
{
    long n = words_vocabulary(v);
    struct decode_options options = {.temperature = words_temperature(v)};
    double *p = mem_alloc((size_t)n, sizeof *p);
    decode_distribution(v->steps[step].logits, n, &options, p);
    return p;
}

void words_go(struct words *v, long step, long listed)
{
    long order[WORDS_MOST];
    v->at = step >= v->count ? v->count - 1 : step;
    v->at = v->at < 0 ? 0 : v->at;
    v->selected = 0;
    long shown = v->count ? words_largest(v, v->at, listed, order) : 0;
    for (long i = 0; i < shown; i++)
        if (order[i] == v->steps[v->at].token)
            v->selected = i;
}

void words_select(struct words *v, long to, long listed)
{
    long n = words_vocabulary(v), shown = n < listed ? n : listed;
    v->selected = to < 0 ? 0 : to >= shown ? shown - 1 : to;
}

void words_warm(struct words *v, int by)
{
    int to = v->heat + by;
    v->heat = to < 0 ? 0 : to >= TEMPERATURES ? TEMPERATURES - 1 : to;
}

void words_take_selected(struct words *v, long listed)
{
    long order[WORDS_MOST];
    words_largest(v, v->at, WORDS_MOST, order);
    v->steps[v->at].token = (int32_t)order[v->selected];
    generate(v, v->at + 1);
    words_go(v, v->at, listed);
}

void words_take_own(struct words *v, long listed)
{
    generate(v, 0);
    words_go(v, v->at, listed);
}

int words_attention(const struct words *v, int most, int *stages)
{
    const struct plan *p = v->run ? trace_plan(v->run->trace) : NULL;
    int n = 0;
    for (size_t i = 0; p && i < p->count && n < most; i++) {
        const struct stage *s = &p->stages[i];
        bool over = s->place.block == BLOCK_CROSS_ATTENTION ||
                    s->place.block == BLOCK_ATTENTION;
        if (s->role == ROLE_SOFTMAX && over && !s->place.gradient)
            stages[n++] = (int)i;
    }
    return n;
}

struct words *words_new(struct walk *walk)
{
    struct words *v = mem_zero(1, sizeof *v);
    v->walk = walk;
    v->heat = TEMPERATURE_ONE;
    generate(v, 0);
    words_go(v, 0, WORDS_MOST);
    return v;
}

void words_free(struct words *v)
{
    forget(v);
    session_free(v->run);
    free(v->steps);
    free(v);
}
