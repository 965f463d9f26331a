#include "study/exhibit.h"

#include "base/memory.h"
#include "base/say.h"

#include <math.h>
#include <stdlib.h>

static struct trace *reference_of(void *session)
{
    return session_reference(session);
}

struct exhibit exhibit_of_session(struct session *s)
{
    return (struct exhibit){.session = s,
                            .model = s->model,
                            .whatifs = &s->whatifs,
                            .title = s->text,
                            .trace = s->trace,
                            .reference = reference_of,
                            .maker = s,
                            .sets = session_label_sets(s)};
}

struct exhibit exhibit_of_stage(struct session *s, int stage)
{
    struct exhibit x = exhibit_of_session(s);
    x.ref = (struct ref){REF_STAGE, stage};
    return x;
}

double exhibit_proof(const struct exhibit *x, double *limit)
{
    if (limit)
        *limit = 0;
    if (x->ref.kind != REF_STAGE)
        return 0;
    struct trace *other = x->reference(x->maker);
    bool fast = trace_engine(x->trace) == ENGINE_FAST;
    return trace_difference(fast ? x->trace : other, fast ? other : x->trace,
                            x->ref.index, limit);
}

/* How far beyond its tolerance, a NaN farther than anything. */
static double excess(double difference, double limit)
{
    return isnan(difference) ? INFINITY : difference / limit;
}

double exhibit_proof_all(const struct exhibit *x, bool *fine, int *worst)
{
    struct exhibit each = *x;
    double most = 0, farthest = 1, failing = 0;
    int stage = -1;
    for (size_t i = 0; i < trace_plan(x->trace)->count; i++) {
        double limit;
        each.ref = (struct ref){REF_STAGE, (int)i};
        double difference = exhibit_proof(&each, &limit);
        most = fmax(most, difference);
        if (difference <= limit || excess(difference, limit) <= farthest)
            continue;
        farthest = excess(difference, limit);
        failing = difference;
        stage = (int)i;
    }
    *fine = stage < 0;
    if (worst)
        *worst = stage;
    return *fine ? most : failing;
}

char *exhibit_whatifs(const struct exhibit *x)
{
    return x->whatifs && x->whatifs->count ? whatifs_text(x->whatifs) : NULL;
}

char *exhibit_badge(const struct exhibit *x)
{
    char *list = exhibit_whatifs(x);
    char *badge = list ? say_with(SAY_WHATIF_BADGE, list) : NULL;
    free(list);
    return badge;
}

char *exhibit_name(const struct exhibit *x)
{
    const struct plan *p = trace_plan(x->trace);
    const char *name = x->ref.kind == REF_STAGE ? stage_id(&p->stages[x->ref.index])
                                                : p->parts[x->ref.index].symbol;
    return plan_shape(p, x->ref)->rank == 3
               ? mem_format("%s, head %ld", name, x->at.head + 1)
               : mem_string(name);
}
