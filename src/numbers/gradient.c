#include "numbers/gradient.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What has come back to one stage or part so far. */
struct sum {
    struct ref *items;
    size_t count, capacity;
};

struct passing {
    struct plan *plan;
    size_t forward; /* stages that were there before */
    struct sum *stages, *parts;
    int at;       /* the stage whose op goes back now */
    size_t inner; /* how many stages it has added */
};

static void add_to(struct sum *s, struct ref r)
{
    s->items = mem_grow(s->items, s->count, &s->capacity, sizeof *s->items);
    s->items[s->count++] = r;
}

/* ---- stages ---- */

/* A stage of the gradient; its result has the axes of `like` where that is given. */
static struct ref add_stage(struct plan *p, struct stage_place at, const char *name,
                            const struct stage *like, struct stage spec)
{
    at.gradient = true;
    plan_scope(p, at);
    spec.name = name;
    spec.role = ROLE_GRADIENT;
    if (like)
        memcpy(spec.axes, like->axes, sizeof spec.axes);
    return plan_add(p, spec);
}

static const char *symbol_of(struct plan *p, const char *symbol)
{
    char *text = mem_format("∂%s", symbol);
    const char *kept = plan_text(p, text);
    free(text);
    return kept;
}

#define INNER ':' /* stands in the names of stages in between, and in no other */

/* "norm1:2": a name for a stage beside the one called `name` at a place. The number of
 * the sublayer goes into the name, since it no longer ends the id. */
static const char *beside(struct plan *p, struct stage_place *at, const char *name,
                          const char *word, size_t number)
{
    char digits[16] = "";
    if (!at->block && at->sublayer)
        snprintf(digits, sizeof digits, "%d", at->sublayer);
    at->sublayer = at->block ? at->sublayer : 0;
    char *text = mem_format("%s%s%c%s%zu", name, digits, INNER, word, number);
    const char *kept = plan_text(p, text);
    free(text);
    return kept;
}

/* A stage that the op of the stage in hand needs: called after it and numbered. */
static struct ref add_inner(struct backward *b, enum op_id op, struct ref x, struct ref y,
                            struct ref z, struct op_params params)
{
    struct passing *g = b->data;
    struct plan *p = g->plan;
    struct stage s = p->stages[g->at]; /* a copy: adding moves the stages */
    const char *name = beside(p, &s.place, s.name, "", ++g->inner);
    return add_stage(p, s.place, name, NULL,
                     (struct stage){.symbol = symbol_of(p, s.symbol),
                                    .op = op,
                                    .in = {x, y, z},
                                    .params = params});
}

static void take(struct backward *b, int input, struct ref gradient)
{
    struct passing *g = b->data;
    struct ref in = b->in[input];
    if (gradient.kind == REF_NONE)
        return;
    if (in.kind == REF_STAGE)
        add_to(&g->stages[in.index], gradient);
    else if (in.kind == REF_WEIGHT)
        add_to(&g->parts[in.index], gradient);
}

/* What came back, added up, under the name of what it is the gradient of. A single stage
 * that an op added for this takes the name itself. `like` (may be NULL) has the axes. */
static struct ref finish(struct plan *p, const struct sum *s, struct stage as,
                         const struct stage *like)
{
    struct ref first = s->items[0];
    struct stage own = {.symbol = as.symbol, .op = OP_COPY, .in = {first}};
    as.place.gradient = true;
    if (like)
        memcpy(as.axes, like->axes, sizeof as.axes);
    if (s->count == 1 && strchr(p->stages[first.index].name, INNER)) {
        plan_rename(p, first.index, &as);
        return first;
    }
    for (size_t i = 1; i < s->count; i++) {
        struct ref sum = own.in[0];
        struct stage_place before = as.place;
        if (i > 1) { /* the sum so far, under a name of its own */
            const char *part = beside(p, &before, as.name, "sum", i);
            sum = add_stage(p, before, part, like, own);
        }
        own.op = OP_ADD;
        own.in[0] = sum;
        own.in[1] = s->items[i];
    }
    return add_stage(p, as.place, as.name, like, own);
}

/* ---- one stage ---- */

static void go_back(struct passing *g, int stage, struct ref grad)
{
    struct plan *p = g->plan;
    struct stage s = p->stages[stage];
    struct op_call call = {.params = s.params, .out = &s.shape};
    struct tensor shapes[OP_MAX_INPUTS];
    struct backward b = {.out = {REF_STAGE, stage},
                         .grad = grad,
                         .call = &call,
                         .data = g,
                         .add = add_inner,
                         .give = take};
    for (int i = 0; i < OP_MAX_INPUTS; i++) {
        const struct tensor *t = plan_shape(p, s.in[i]);
        b.in[i] = s.in[i];
        if (t) {
            shapes[i] = *t;
            call.in[i] = &shapes[i];
        }
    }
    g->at = stage;
    g->inner = 0;
    if (op_get(s.op)->backward)
        op_get(s.op)->backward(&b);
}

static void go_back_all(struct passing *g, int from)
{
    struct plan *p = g->plan;
    for (int i = from; i >= 0; i--) {
        const struct stage *s = &p->stages[i];
        if (!g->stages[i].count || s->shape.type == TENSOR_I32)
            continue;
        struct stage like = *s;
        const char *symbol = symbol_of(p, like.symbol);
        struct stage as = {.place = like.place, .name = like.name, .symbol = symbol};
        struct ref grad = finish(p, &g->stages[i], as, &like);
        go_back(g, i, grad);
    }
}

/* ---- weights ---- */

/* The gradient of some rows of a weight as one of the whole. */
static struct ref whole(struct plan *p, const struct part *part, const char *name,
                        int number, struct ref r)
{
    int index = weights_find(p->weights, part->name);
    long rows =
        index < 0 ? part->tensor.size[0] : p->weights->items[index].tensor.size[0];
    if (rows == part->tensor.size[0])
        return r;
    struct op_params at = {.integer = part->first, .size = {rows, 0}};
    struct stage_place nowhere = PLACE_NOWHERE;
    const char *text = beside(p, &nowhere, name, "", (size_t)number);
    return add_stage(p, nowhere, text, NULL,
                     (struct stage){.symbol = symbol_of(p, part->symbol),
                                    .op = OP_PLACE_ROWS,
                                    .in = {r},
                                    .params = at});
}

/* All uses of the weight that part number `first` shows; it is the first of them. */
static void finish_weight(struct passing *g, size_t first, size_t count)
{
    struct plan *p = g->plan;
    struct sum all = {0};
    struct part part = p->parts[first];
    char *text = mem_format("weight.%s", part.name);
    const char *name = plan_text(p, text);
    free(text);
    for (size_t i = first; i < count; i++) {
        struct part other = p->parts[i];
        for (size_t k = 0; other.name == part.name && k < g->parts[i].count; k++)
            add_to(&all,
                   whole(p, &other, name, (int)all.count + 1, g->parts[i].items[k]));
    }
    struct stage as = {.place = PLACE_NOWHERE, .name = name,
                       .symbol = symbol_of(p, part.symbol)};
    finish(p, &all, as, NULL);
    free(all.items);
}

/* Matrices from outside are no weights. */
static void finish_weights(struct passing *g, size_t count)
{
    struct plan *p = g->plan;
    for (size_t i = 0; i < count; i++) {
        bool again = !p->weights || weights_find(p->weights, p->parts[i].name) < 0;
        for (size_t k = 0; k < i; k++)
            again = again || (p->parts[k].name == p->parts[i].name && g->parts[k].count);
        if (!again && g->parts[i].count)
            finish_weight(g, i, count);
    }
}

/* ---- the interface ---- */

int plan_backward(struct plan *p, int stage, long cell, struct error *e)
{
    size_t parts = p->part_count;
    struct passing g = {.plan = p, .forward = p->count};
    g.stages = mem_zero(p->count, sizeof *g.stages);
    g.parts = mem_zero(parts ? parts : 1, sizeof *g.parts);
    struct stage from = p->stages[stage];
    struct ref one = add_stage(p, from.place, plan_text(p, "one"), &from,
                               (struct stage){.symbol = "1",
                                              .op = OP_ONE_AT,
                                              .in = {{REF_STAGE, stage}},
                                              .params.integer = cell});
    add_to(&g.stages[stage], one);
    go_back_all(&g, stage);
    finish_weights(&g, parts);
    for (size_t i = 0; i < g.forward; i++)
        free(g.stages[i].items);
    for (size_t i = 0; i < parts; i++)
        free(g.parts[i].items);
    free(g.stages);
    free(g.parts);
    plan_scope(p, PLACE_NOWHERE);
    return p->error.set ? error_set(e, "%s", p->error.message) : 0;
}

static int find(const struct plan *p, struct stage_place place, const char *name)
{
    for (size_t i = 0; i < p->count; i++)
        if (place_equal(p->stages[i].place, place) && !strcmp(p->stages[i].name, name))
            return (int)i;
    return -1;
}

int plan_gradient(const struct plan *p, int stage)
{
    struct stage_place place = p->stages[stage].place;
    place.gradient = true;
    return find(p, place, p->stages[stage].name);
}

int plan_gradient_of(const struct plan *p, int gradient)
{
    struct stage_place place = p->stages[gradient].place;
    if (!place.gradient)
        return -1;
    place.gradient = false;
    return find(p, place, p->stages[gradient].name);
}

int plan_weight_gradient(const struct plan *p, const char *weight)
{
    struct stage_place place = PLACE_NOWHERE;
    char *name = mem_format("weight.%s", weight);
    place.gradient = true;
    int stage = find(p, place, name);
    free(name);
    return stage;
}
