#include "screen/exam_run.h"

#include "base/memory.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

struct exam_run {
    struct whatifs none;
    struct run plain; /* the intact model */
    struct exam *intact, *changed;
    long limit;
    bool done;
    struct error error;
};

struct exam_run *exam_run_new(struct session *s, long limit, struct error *e)
{
    struct exam_run *r = mem_zero(1, sizeof *r);
    r->plain = (struct run){s->model, &r->none, s->run.options};
    r->limit = limit;
    r->intact = exam_new(&r->plain, e);
    if (!r->intact || exam_run_restart(r, s, e) < 0) {
        exam_run_free(r);
        return NULL;
    }
    if (limit)
        exam_limit(r->intact, limit);
    return r;
}

void exam_run_stop(struct exam_run *r)
{
    exam_free(r->changed);
    r->changed = NULL;
    r->done = true;
}

int exam_run_restart(struct exam_run *r, struct session *s, struct error *e)
{
    exam_run_stop(r);
    r->error = (struct error){0};
    if (s->whatifs.count && !(r->changed = exam_new(&s->run, e)))
        return -1;
    if (r->changed && r->limit)
        exam_limit(r->changed, r->limit);
    r->done = false;
    return 0;
}

void exam_run_free(struct exam_run *r)
{
    if (!r)
        return;
    exam_free(r->intact);
    exam_free(r->changed);
    free(r);
}

static long milliseconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One sentence of both; the intact model may have done it before. */
static int step(struct exam_run *r)
{
    int more = r->changed ? exam_step(r->changed, &r->error) : 1;
    long done = r->changed ? exam_score(r->changed)->sentences : LONG_MAX;
    if (more > 0 && exam_score(r->intact)->sentences < done) {
        int other = exam_step(r->intact, &r->error);
        more = other < 0 || !r->changed ? other : more;
    }
    return more;
}

bool exam_run_slice(struct exam_run *r, int milliseconds)
{
    long end = milliseconds ? milliseconds_now() + milliseconds : 0;
    while (!r->done && !r->error.set) {
        r->done = step(r) <= 0;
        if (end && milliseconds_now() >= end)
            break;
    }
    return !exam_run_is_done(r);
}

bool exam_run_is_done(const struct exam_run *r)
{
    return r->done || r->error.set;
}

const struct error *exam_run_error(const struct exam_run *r)
{
    return r->error.set ? &r->error : NULL;
}

long exam_run_size(const struct exam_run *r)
{
    return exam_size(r->intact);
}

const struct exam_score *exam_run_intact(const struct exam_run *r)
{
    return exam_score(r->intact);
}

const struct exam_score *exam_run_changed(const struct exam_run *r)
{
    return r->changed ? exam_score(r->changed) : NULL;
}
