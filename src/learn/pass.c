#include "learn/pass.h"

#include "base/memory.h"

#include <stdlib.h>

/* Memory that stages which are not needed at the same time share. */
struct room {
    char *data;
    size_t bytes;
    int free_after; /* the last stage that needs what is in it */
};

struct pass {
    struct plan *plan;
    int *order; /* the stages that are computed, in order */
    size_t count;
    int *room_of; /* of each stage of the plan; -1 where it is not computed */
    struct room *rooms;
    size_t room_count, room_capacity;
    struct tensor *values; /* of each stage of the plan */
};

/* Vectors begin at whole registers. */
#define ALIGNMENT 64

/* ---- what is needed, and until when ---- */

/* The one at which a gradient begins needs the shape of its input alone. */
static bool reads(const struct stage *s, int input)
{
    return s->in[input].kind == REF_STAGE && s->op != OP_ONE_AT;
}

/* The last stage that reads each stage, the number of stages where it is wanted; -1 for
 * one that is not needed. */
static void find_last_uses(const struct plan *p, const int *wanted, size_t count,
                           int *last)
{
    int n = (int)p->count;
    for (int i = 0; i < n; i++)
        last[i] = -1;
    for (size_t i = 0; i < count; i++)
        last[wanted[i]] = n;
    for (int i = n - 1; i >= 0; i--)
        for (int k = 0; k < OP_MAX_INPUTS && last[i] >= 0; k++)
            if (reads(&p->stages[i], k) && last[p->stages[i].in[k].index] < i)
                last[p->stages[i].in[k].index] = i;
}

static size_t distance(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

/* A room that is free when the stage is computed, the one nearest in size. */
static int find_room(struct pass *p, int stage, size_t bytes)
{
    int best = -1;
    for (size_t i = 0; i < p->room_count; i++)
        if (p->rooms[i].free_after < stage &&
            (best < 0 || distance(p->rooms[i].bytes, bytes) <
                             distance(p->rooms[best].bytes, bytes)))
            best = (int)i;
    if (best >= 0)
        return best;
    p->rooms = mem_grow(p->rooms, p->room_count, &p->room_capacity, sizeof *p->rooms);
    p->rooms[p->room_count] = (struct room){0};
    return (int)p->room_count++;
}

static void give_rooms(struct pass *p, const int *last)
{
    for (int i = 0; i < (int)p->plan->count; i++) {
        p->room_of[i] = -1;
        if (last[i] < 0)
            continue;
        size_t bytes = tensor_bytes(&p->plan->stages[i].shape);
        int room = find_room(p, i, bytes);
        struct room *r = &p->rooms[room];
        r->free_after = last[i];
        r->bytes = bytes > r->bytes ? bytes : r->bytes;
        p->room_of[i] = room;
        p->order[p->count++] = i;
    }
    for (size_t i = 0; i < p->room_count; i++) /* nothing is there yet */
        p->rooms[i].bytes = 0;
}

struct pass *pass_new(struct plan *plan, const int *wanted, size_t count)
{
    struct pass *p = mem_zero(1, sizeof *p);
    size_t n = plan->count;
    int *last = mem_alloc(n, sizeof *last);
    p->plan = plan;
    p->order = mem_alloc(n, sizeof *p->order);
    p->room_of = mem_alloc(n, sizeof *p->room_of);
    p->values = mem_zero(n, sizeof *p->values);
    find_last_uses(plan, wanted, count, last);
    give_rooms(p, last);
    free(last);
    return p;
}

void pass_free(struct pass *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->room_count; i++)
        free(p->rooms[i].data);
    free(p->rooms);
    free(p->values);
    free(p->room_of);
    free(p->order);
    plan_free(p->plan);
    free(p);
}

/* ---- feeding ---- */

static bool reads_right(enum op_id op)
{
    return op == OP_LOSS || op == OP_LOSS_GRADIENT || op == OP_FUSED_LOSS ||
           op == OP_FUSED_LOSS_GRADIENT;
}

static void make_room(struct room *r, size_t bytes)
{
    if (bytes <= r->bytes)
        return;
    size_t more = bytes + bytes / 4; /* longer batches will come */
    more = (more + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    free(r->data);
    r->data = aligned_alloc(ALIGNMENT, more);
    if (!r->data)
        fatal("no memory for %zu bytes", more);
    r->bytes = more;
}

int pass_feed(struct pass *p, const struct feed *feed, const int32_t *right,
              struct error *e)
{
    long rows = feed->target.rows ? feed->target.rows : feed->source.rows;
    for (size_t i = 0; i < p->plan->count; i++) {
        struct stage *s = &p->plan->stages[i];
        if (reads_right(s->op)) {
            s->params.ids = right;
            s->params.size[0] = rows;
        }
    }
    if (plan_feed(p->plan, feed, e) < 0)
        return -1;
    for (size_t i = 0; i < p->count; i++) {
        int stage = p->order[i];
        make_room(&p->rooms[p->room_of[stage]],
                  tensor_bytes(&p->plan->stages[stage].shape));
    }
    for (size_t i = 0; i < p->count; i++) {
        int stage = p->order[i];
        p->values[stage] = p->plan->stages[stage].shape;
        p->values[stage].data = p->rooms[p->room_of[stage]].data;
    }
    return 0;
}

/* ---- computing ---- */

static const struct tensor *input(const struct pass *p, struct ref r)
{
    if (r.kind == REF_STAGE)
        return &p->values[r.index];
    return plan_shape(p->plan, r);
}

void pass_run(struct pass *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct stage *s = &p->plan->stages[p->order[i]];
        struct op_call call = {.params = s->params, .out = &p->values[p->order[i]]};
        for (int k = 0; k < OP_MAX_INPUTS; k++)
            call.in[k] = input(p, s->in[k]);
        op_get(s->op)->forward(&call);
    }
}

const struct tensor *pass_value(const struct pass *p, int stage)
{
    return &p->values[stage];
}

struct plan *pass_plan(struct pass *p)
{
    return p->plan;
}
