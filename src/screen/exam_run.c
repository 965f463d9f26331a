#include "screen/exam_run.h"

#include "base/memory.h"

#include <stdlib.h>
#include <time.h>

struct exam_run {
    struct whatifs none;
    struct run plain; /* the intact model */
    struct exam *intact, *changed;
    bool done;
    struct error error;
};

struct exam_run *exam_run_new(struct session *s, long limit, struct error *e)
{
    struct exam_run *r = mem_zero(1, sizeof *r);
    r->plain = (struct run){s->model, &r->none, s->run.options};
    r->intact = exam_new(&r->plain, e);
    if (r->intact && s->whatifs.count)
        r->changed = exam_new(&s->run, e);
    if (!r->intact || (s->whatifs.count && !r->changed)) {
        exam_run_free(r);
        return NULL;
    }
    if (limit) {
        exam_limit(r->intact, limit);
        if (r->changed)
            exam_limit(r->changed, limit);
    }
    return r;
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

bool exam_run_slice(struct exam_run *r, int milliseconds)
{
    long end = milliseconds ? milliseconds_now() + milliseconds : 0;
    while (!r->done && !r->error.set) {
        int more = exam_step(r->intact, &r->error);
        if (more >= 0 && r->changed)
            more |= exam_step(r->changed, &r->error);
        r->done = more <= 0;
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
