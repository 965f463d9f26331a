#define _DEFAULT_SOURCE /* madvise */
#include "numbers/trace.h"

#include "base/memory.h"

#include <assert.h>
#include <float.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>

/* A value may be shared by several traces; it lives as long as one of them holds it. */
struct value {
    int holders;
    size_t room; /* bytes of its memory, at least those of the tensor */
    double slack; /* of the reference: what softmaxes add to the tolerance, see below */
    struct tensor tensor;
};

struct slot {
    struct value *value; /* NULL while it is not computed or was dropped */
    struct value *spare; /* of an earlier feed; its memory waits to be used again */
    int pins;
    unsigned long last_use;
};

struct trace {
    struct plan *plan;
    struct slot *slots; /* one for each stage */
    enum engine engine;
    size_t budget, bytes;
    unsigned long clock;
    long computed;
};

static void value_release(struct value *v)
{
    if (v && --v->holders == 0) {
        free(v->tensor.data);
        free(v);
    }
}

/* Where to look for a signature: a table of stages of the old trace, by signature. */
struct index {
    int *stages; /* -1: nothing there */
    size_t mask;
};

static struct index index_new(const struct trace *old)
{
    struct index x = {.mask = 15};
    while (x.mask < 2 * old->plan->count)
        x.mask = 2 * x.mask + 1;
    x.stages = mem_alloc(x.mask + 1, sizeof *x.stages);
    for (size_t i = 0; i <= x.mask; i++)
        x.stages[i] = -1;
    for (size_t i = 0; i < old->plan->count; i++) {
        size_t at = old->plan->stages[i].signature & x.mask;
        while (x.stages[at] >= 0)
            at = (at + 1) & x.mask;
        x.stages[at] = (int)i;
    }
    return x;
}

static struct value *index_find(const struct index *x, const struct trace *old,
                                uint64_t signature)
{
    for (size_t at = signature & x->mask; x->stages[at] >= 0; at = (at + 1) & x->mask) {
        int i = x->stages[at];
        if (old->slots[i].value && old->plan->stages[i].signature == signature)
            return old->slots[i].value;
    }
    return NULL;
}

static void share_values(struct trace *t, const struct trace *old)
{
    struct index x = index_new(old);
    for (size_t i = 0; i < t->plan->count; i++) {
        struct value *v = index_find(&x, old, t->plan->stages[i].signature);
        if (!v)
            continue;
        v->holders++;
        t->slots[i].value = v;
        t->bytes += tensor_bytes(&v->tensor);
    }
    free(x.stages);
}

struct trace *trace_new(struct plan *plan, const struct trace_options *options,
                        struct trace *old)
{
    struct trace *t = mem_zero(1, sizeof *t);
    t->plan = plan;
    t->slots = mem_zero(plan->count, sizeof *t->slots);
    t->engine = options->engine;
    t->budget = options->budget ? options->budget : TRACE_DEFAULT_BUDGET;
    if (old && old->engine == t->engine)
        share_values(t, old);
    return t;
}

void trace_free(struct trace *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->plan->count; i++) {
        value_release(t->slots[i].value);
        value_release(t->slots[i].spare);
    }
    free(t->slots);
    plan_free(t->plan);
    free(t);
}

const struct plan *trace_plan(const struct trace *t)
{
    return t->plan;
}

enum engine trace_engine(const struct trace *t)
{
    return t->engine;
}

bool trace_has(const struct trace *t, int stage)
{
    return t->slots[stage].value != NULL;
}

size_t trace_bytes(const struct trace *t)
{
    return t->bytes;
}

long trace_computed(const struct trace *t)
{
    return t->computed;
}

int trace_pins(const struct trace *t, int stage)
{
    return t->slots[stage].pins;
}

static void drop(struct trace *t, struct slot *s)
{
    t->bytes -= tensor_bytes(&s->value->tensor);
    value_release(s->value);
    s->value = NULL;
}

/* Drops unpinned values, the longest unused first, until `more` bytes fit the budget. */
static void make_room(struct trace *t, size_t more)
{
    while (t->bytes + more > t->budget) {
        struct slot *oldest = NULL;
        for (size_t i = 0; i < t->plan->count; i++) {
            struct slot *s = &t->slots[i];
            if (s->value && !s->pins && (!oldest || s->last_use < oldest->last_use))
                oldest = s;
        }
        if (!oldest)
            return; /* everything is pinned: the budget gives way */
        drop(t, oldest);
    }
}

#define HUGE_PAGE ((size_t)2 << 20)

/* A page is cleared when it is first touched, and for large values that took longer than
 * many kernels. So once values are large, freed ones are kept for the next (the numbers
 * are the most that glibc takes, and the default budget) … */
static void keep_freed_memory(void)
{
#ifdef __GLIBC__
    static bool told;
    if (!told) {
        mallopt(M_MMAP_THRESHOLD, 32 << 20);
        mallopt(M_TRIM_THRESHOLD, 1 << 30);
    }
    told = true;
#endif
}

/* … and new ones lie on huge pages, of which 512 times fewer are needed. */
static void *value_memory(size_t bytes)
{
#ifdef MADV_HUGEPAGE
    void *p;
    if (bytes >= HUGE_PAGE) {
        keep_freed_memory();
        if (posix_memalign(&p, HUGE_PAGE, bytes) == 0) {
            madvise(p, (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
            return p;
        }
    }
#endif
    return mem_alloc(bytes, 1);
}

/* A value for the slot, in the memory of its spare where that is large enough. */
static struct value *value_new(const struct trace *t, struct slot *slot,
                               const struct tensor *shape)
{
    struct tensor tensor = *shape;
    if (t->engine == ENGINE_REFERENCE && shape->type == TENSOR_F32)
        tensor.type = TENSOR_F64;
    struct value *v = slot->spare;
    slot->spare = NULL;
    if (v && v->room < tensor_bytes(&tensor)) {
        value_release(v);
        v = NULL;
    }
    if (!v) {
        v = mem_alloc(1, sizeof *v);
        v->holders = 1;
        v->room = tensor_bytes(&tensor);
        v->tensor.data = value_memory(v->room);
    }
    tensor.data = v->tensor.data;
    v->tensor = tensor;
    return v;
}

/* A softmax makes an error of its scores, which rounding gives a part of their size, an
 * error of its results, however small these are; what is computed from them inherits it.
 * The inputs are pinned. */
static double find_slack(const struct trace *t, const struct stage *s,
                         const struct op_call *call)
{
    double slack = 0;
    if (t->engine != ENGINE_REFERENCE)
        return 0;
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        if (s->in[i].kind == REF_STAGE)
            slack = fmax(slack, t->slots[s->in[i].index].value->slack);
    if (s->op == OP_SOFTMAX)
        slack = fmax(slack, 4 * FLT_EPSILON * tensor_max_magnitude(call->in[0]));
    return slack;
}

static void compute(struct trace *t, int stage)
{
    const struct stage *s = &t->plan->stages[stage];
    struct op_call call = {.params = s->params};
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        call.in[i] = trace_acquire_ref(t, s->in[i]);
    struct value *v = value_new(t, &t->slots[stage], &s->shape);
    make_room(t, tensor_bytes(&v->tensor));
    call.out = &v->tensor;
    const struct op *op = op_get(s->op);
    if (t->engine == ENGINE_REFERENCE)
        op->naive(&call);
    else
        op->forward(&call);
    v->slack = find_slack(t, s, &call);
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        trace_release_ref(t, s->in[i]);
    t->slots[stage].value = v;
    t->bytes += tensor_bytes(&v->tensor);
    t->computed++;
}

/* A value that the feed changed: nobody else may hold it if its memory is to be used
 * again. */
static void retire(struct trace *t, struct slot *s)
{
    if (!s->value)
        return;
    assert(!s->pins);
    t->bytes -= tensor_bytes(&s->value->tensor);
    if (s->value->holders == 1 && !s->spare)
        s->spare = s->value;
    else
        value_release(s->value);
    s->value = NULL;
}

int trace_feed(struct trace *t, const struct feed *feed, struct error *e)
{
    size_t n = t->plan->count;
    uint64_t *before = mem_alloc(n, sizeof *before);
    for (size_t i = 0; i < n; i++)
        before[i] = t->plan->stages[i].signature;
    int result = plan_feed(t->plan, feed, e);
    for (size_t i = 0; i < n; i++)
        if (t->plan->stages[i].signature != before[i])
            retire(t, &t->slots[i]);
    free(before);
    return result;
}

void trace_keep_in(struct trace *t, size_t keep, void *memory, long room)
{
    enum tensor_type type = t->engine == ENGINE_FAST ? TENSOR_F32 : TENSOR_F64;
    plan_keep_in(t->plan, keep, memory, type, room);
}

const struct tensor *trace_acquire(struct trace *t, int stage)
{
    struct slot *s = &t->slots[stage];
    if (!s->value)
        compute(t, stage);
    s->pins++;
    s->last_use = ++t->clock;
    return &s->value->tensor;
}

void trace_release(struct trace *t, int stage)
{
    assert(t->slots[stage].pins > 0);
    t->slots[stage].pins--;
    if (t->bytes > t->budget)
        make_room(t, 0);
}

const struct tensor *trace_acquire_ref(struct trace *t, struct ref ref)
{
    if (ref.kind == REF_STAGE)
        return trace_acquire(t, ref.index);
    return plan_shape(t->plan, ref);
}

void trace_release_ref(struct trace *t, struct ref ref)
{
    if (ref.kind == REF_STAGE)
        trace_release(t, ref.index);
}

void trace_compute_all(struct trace *t)
{
    for (int i = 0; i < (int)t->plan->count; i++) {
        trace_acquire(t, i);
        trace_release(t, i);
    }
}

double trace_difference(struct trace *a, struct trace *b, int stage, double *limit)
{
    const struct tensor *x = trace_acquire(a, stage), *y = trace_acquire(b, stage);
    double difference = tensor_max_difference(x, y);
    if (limit)
        *limit = (2e-5 + b->slots[stage].value->slack) * fmax(1, tensor_max_magnitude(y));
    trace_release(a, stage);
    trace_release(b, stage);
    return difference;
}
