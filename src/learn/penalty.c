#include "learn/penalty.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

/* A model of one stack has its own attention to the source in its only stack. */
static bool is_meant(const struct plan *p, const struct stage *s, bool *cross)
{
    bool own = s->place.block == BLOCK_SELF_ATTENTION;
    bool two = plan_pack(p, PACK_TARGET) != NULL;
    *cross = s->place.block == BLOCK_CROSS_ATTENTION || s->place.block == BLOCK_ATTENTION;
    return s->role == ROLE_SOFTMAX && !s->place.gradient &&
           (*cross || (own && !(two && s->place.stack == STACK_DECODER)));
}

struct map_list map_list_of(const struct plan *p)
{
    struct map_list l = {0};
    l.stages = mem_alloc(p->count, sizeof *l.stages);
    l.cross = mem_alloc(p->count, sizeof *l.cross);
    for (size_t i = 0; i < p->count; i++)
        if (is_meant(p, &p->stages[i], &l.cross[l.count]))
            l.stages[l.count++] = (int)i;
    return l;
}

void map_list_free(struct map_list *l)
{
    free(l->stages);
    free(l->cross);
    *l = (struct map_list){0};
}

static double mean_entropy(const struct tensor *t)
{
    double sum = 0;
    for (long i = 0; i < tensor_count(t); i++)
        if (t->f32[i] > 0)
            sum -= (double)t->f32[i] * log((double)t->f32[i]);
    return sum / (double)tensor_rows(t);
}

double map_list_entropy(const struct map_list *l, const struct pass *p)
{
    double sum[2] = {0};
    long count[2] = {0};
    for (size_t i = 0; i < l->count; i++) {
        sum[l->cross[i]] += mean_entropy(pass_value(p, l->stages[i]));
        count[l->cross[i]]++;
    }
    if (!count[0] || !count[1])
        return (sum[0] + sum[1]) / (double)(count[0] + count[1]);
    return (sum[0] / (double)count[0] + sum[1] / (double)count[1]) / 2;
}

/* ---- as stages ---- */

#define CHANGES 1 /* marks the factor that changes from step to step */

static struct ref add(struct plan *p, const char *name, size_t number, enum op_id op,
                      struct ref x, struct ref y, struct op_params params)
{
    char *text = mem_format("%s%zu", name, number);
    struct ref r = plan_add(p, (struct stage){.name = plan_text(p, text),
                                              .symbol = "H",
                                              .op = op,
                                              .role = ROLE_COMPUTED,
                                              .in = {x, y},
                                              .params = params});
    free(text);
    return r;
}

/* sum + factor · op(map); sum may be none. */
static struct ref add_term(struct plan *p, size_t number, enum op_id op, int map,
                           double factor, struct ref sum)
{
    struct ref none = {0}, stage = {REF_STAGE, map};
    bool entropy = op == OP_MAP_ENTROPY;
    struct op_params no_params = {0}, scale = {.number = factor};
    struct ref x = add(p, entropy ? "entropy" : "overlap", number, op, stage, none,
                       no_params);
    x = add(p, entropy ? "entropy_share" : "overlap_share", number, OP_SCALE, x, none,
            scale);
    return sum.kind ? add(p, entropy ? "penalty_sum" : "overlap_sum", number, OP_ADD, sum,
                          x, no_params)
                    : x;
}

int penalty_add(struct plan *p, double apart, int loss)
{
    struct map_list l = map_list_of(p);
    struct ref sum = {0}, none = {0}, from = {REF_STAGE, loss};
    double count[2] = {0};
    plan_scope(p, PLACE_NOWHERE);
    for (size_t i = 0; i < l.count; i++)
        count[l.cross[i]]++;
    for (size_t i = 0; i < l.count; i++)
        sum = add_term(p, i, OP_MAP_ENTROPY, l.stages[i], 1 / count[l.cross[i]], sum);
    for (size_t i = 0; i < l.count && apart != 0; i++)
        if (!l.cross[i] && call_heads(&p->stages[l.stages[i]].shape) > 1)
            sum = add_term(p, i, OP_MAP_OVERLAP, l.stages[i], apart / count[0], sum);
    map_list_free(&l);
    if (!sum.kind)
        return loss;
    struct op_params changes = {.integer = CHANGES};
    sum = add(p, "penalty", 0, OP_SCALE, sum, none, changes);
    return add(p, "pressed_loss", 0, OP_ADD, from, sum, (struct op_params){0}).index;
}

void penalty_set(struct plan *p, double weight)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->stages[i].op == OP_SCALE && p->stages[i].params.integer == CHANGES)
            p->stages[i].params.number = weight;
}
