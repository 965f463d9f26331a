#include "study/exhibit.h"

#include "base/memory.h"
#include "base/say.h"
#include "numbers/ops.h"

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

/* About as many products as the naive form of the stage computes. */
static double work_of(const struct stage *s, const struct plan *p)
{
    bool sums = op_get(s->op)->kind == OP_KIND_PRODUCT && s->in[0].kind != REF_NONE;
    long each = sums ? tensor_columns(plan_shape(p, s->in[0])) : 8;
    return (double)tensor_count(&s->shape) * (double)each;
}

bool proof_go_on(struct proof *p, const struct exhibit *x, double products)
{
    const struct plan *plan = trace_plan(x->trace);
    struct exhibit each = *x;
    double done = 0;
    while (p->next < (int)plan->count) {
        double limit;
        done += work_of(&plan->stages[p->next], plan);
        each.ref = (struct ref){REF_STAGE, p->next};
        double difference = exhibit_proof(&each, &limit);
        p->most = fmax(p->most, difference);
        if (!(difference <= limit) &&
            (!p->failed || excess(difference, limit) > p->farthest_)) {
            p->failed = true;
            p->farthest_ = excess(difference, limit);
            p->failing = difference;
            p->worst = p->next;
        }
        p->next++;
        if (done >= products)
            break;
    }
    return p->next < (int)plan->count;
}

double proof_difference(const struct proof *p)
{
    return p->failed ? p->failing : p->most;
}

double exhibit_proof_all(const struct exhibit *x, bool *fine, int *worst)
{
    struct proof p = {0};
    proof_go_on(&p, x, INFINITY);
    *fine = !p.failed;
    if (worst)
        *worst = p.failed ? p.worst : -1;
    return proof_difference(&p);
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
