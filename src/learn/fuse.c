#include "learn/fuse.h"

#include "base/memory.h"
#include "study/loss.h"

#include <stdlib.h>
#include <string.h>

struct fusing {
    const struct plan *old;
    struct plan *new;
    const struct fuse_options *options;
    struct ref *now; /* of each old stage: the new one */
    int *uses;       /* of each old stage: how many stages read it */
};

/* ---- reading the old plan ---- */

/* The stage of an input, when its op is the one given and nothing else reads it. */
static const struct stage *only(const struct fusing *f, struct ref r, enum op_id op)
{
    if (r.kind != REF_STAGE || f->uses[r.index] != 1)
        return NULL;
    const struct stage *s = &f->old->stages[r.index];
    return s->op == op ? s : NULL;
}

static const struct pack *same_pack(const struct fusing *f, const struct pack *pack)
{
    return pack ? &f->new->packs[pack - f->old->packs] : NULL;
}

/* The same weight, or rows of it, in the new plan. */
static struct ref same_part(struct fusing *f, struct ref r, long rows)
{
    const struct part *part = &f->old->parts[r.index];
    int index = weights_find(f->old->weights, part->name);
    struct ref all = plan_weight_at(f->new, index, part->symbol);
    if (f->new->weights->items[index].tensor.size[0] == rows)
        return all;
    return plan_rows(f->new, all, part->first, rows, part->symbol);
}

static struct ref same_input(struct fusing *f, struct ref r)
{
    if (r.kind == REF_STAGE)
        return f->now[r.index];
    if (r.kind == REF_WEIGHT)
        return same_part(f, r, f->old->parts[r.index].tensor.size[0]);
    return r;
}

/* ---- writing the new one ---- */

static struct ref add(struct fusing *f, const struct stage *like, struct stage spec)
{
    plan_scope(f->new, like->place);
    spec.name = plan_text(f->new, like->name);
    spec.symbol = like->symbol;
    spec.role = like->role;
    memcpy(spec.axes, like->axes, sizeof spec.axes);
    return plan_add(f->new, spec);
}

static struct ref copy_stage(struct fusing *f, const struct stage *s)
{
    struct stage spec = {.op = s->op, .params = s->params};
    spec.params.rows = same_pack(f, s->params.rows);
    spec.params.keys = same_pack(f, s->params.keys);
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        spec.in[i] = same_input(f, s->in[i]);
    return add(f, s, spec);
}

/* ---- attention ---- */

/* What MERGE_HEADS is at the end of. */
struct attention {
    int q, k, v; /* the linear stages */
    double scale;
    bool causal;
    const struct stage *scores, *split;
};

static const struct stage *head_split(const struct fusing *f, struct ref r, int *linear)
{
    const struct stage *split = only(f, r, OP_SPLIT_HEADS);
    if (!split || !only(f, split->in[0], OP_LINEAR))
        return NULL;
    *linear = split->in[0].index;
    return split;
}

/* What the fused ops take (numbers/op_fused_*.c). */
#define MOST_KEYS 512
#define MOST_WIDTH 64
#define MOST_WORDS (1L << 17)

/* SPLIT_HEADS of linear stages, SCORES, maybe SCALE, maybe MASK, SOFTMAX, MIX. */
static bool find_attention(const struct fusing *f, const struct stage *merge,
                           struct attention *a)
{
    *a = (struct attention){.scale = 1};
    const struct stage *mix = only(f, merge->in[0], OP_MIX);
    const struct stage *s = mix && !mix->params.ids ? only(f, mix->in[0], OP_SOFTMAX)
                                                    : NULL;
    if (!s || s->params.number != 0 || !head_split(f, mix->in[1], &a->v))
        return false;
    const struct stage *mask = only(f, s->in[0], OP_MASK);
    a->causal = mask != NULL;
    struct ref below = mask ? mask->in[0] : s->in[0];
    const struct stage *scale = only(f, below, OP_SCALE);
    a->scale = scale ? scale->params.number : 1;
    a->scores = only(f, scale ? scale->in[0] : below, OP_SCORES);
    if (!a->scores)
        return false;
    a->split = head_split(f, a->scores->in[0], &a->q);
    return a->split && head_split(f, a->scores->in[1], &a->k) &&
           f->options->longest <= MOST_KEYS && a->split->shape.size[2] <= MOST_WIDTH;
}

/* Whether linear stage b reads what a reads, with the rows of the weights after a's. */
static bool follows(const struct fusing *f, int a, int b)
{
    const struct stage *x = &f->old->stages[a], *y = &f->old->stages[b];
    if (!ref_is(x->in[0], y->in[0]))
        return false;
    for (int i = 1; i < 3; i++) {
        if (x->in[i].kind != y->in[i].kind)
            return false;
        if (x->in[i].kind == REF_NONE)
            continue;
        if (x->in[i].kind != REF_WEIGHT)
            return false;
        const struct part *p = &f->old->parts[x->in[i].index];
        const struct part *q = &f->old->parts[y->in[i].index];
        if (p->name != q->name || q->first != p->first + p->tensor.size[0])
            return false;
    }
    return true;
}

/* `count` linear stages that follow each other as one. */
static struct ref join_linear(struct fusing *f, int first, int count)
{
    const struct stage *s = &f->old->stages[first];
    struct stage spec = {.op = OP_LINEAR, .in = {f->now[s->in[0].index]}};
    for (int i = 1; i < 3; i++)
        if (s->in[i].kind == REF_WEIGHT)
            spec.in[i] = same_part(
                f, s->in[i], count * f->old->parts[s->in[i].index].tensor.size[0]);
    return add(f, s, spec);
}

/* Penalties are on attention to the source: what the decoder thinks of itself is free. */
static bool is_kept(const struct fusing *f, const struct stage *merge)
{
    struct stage_place at = merge->place;
    bool own = at.stack == STACK_DECODER && at.block == BLOCK_SELF_ATTENTION;
    return f->options->keep_maps && !(own && plan_pack(f->old, PACK_TARGET));
}

static bool fuse_attention(struct fusing *f, const struct stage *merge, struct ref *out)
{
    struct attention a;
    struct ref q, kv = {0};
    if (is_kept(f, merge) || !find_attention(f, merge, &a) || !follows(f, a.k, a.v))
        return false;
    if (follows(f, a.q, a.k)) {
        q = join_linear(f, a.q, 3);
    } else {
        q = f->now[a.q].kind ? f->now[a.q] : join_linear(f, a.q, 1);
        kv = join_linear(f, a.k, 2);
    }
    struct op_params params = {.integer = a.split->params.integer,
                               .number = a.scale,
                               .size = {a.causal, 0},
                               .rows = same_pack(f, a.scores->params.rows),
                               .keys = same_pack(f, a.scores->params.keys)};
    *out = add(f, merge,
               (struct stage){.op = OP_FUSED_ATTENTION, .in = {q, kv}, .params = params});
    return true;
}

/* ---- the rest ---- */

/* The sinusoids of every position that a sentence can have, once. */
static struct ref sinusoid_table(struct fusing *f, const struct stage *s)
{
    long rows = f->options->longest, d = s->shape.size[1];
    struct tensor t = {.type = TENSOR_F32, .rank = 2, .size = {rows, d}};
    t.f32 = arena_zero(&f->new->arena, (size_t)(rows * d), sizeof(float));
    struct op_call call = {.params = {.size = {rows, d}}, .out = &t};
    op_get(OP_SINUSOID)->forward(&call);
    return plan_given(f->new, "sinusoids", t);
}

static struct ref fuse_stage(struct fusing *f, const struct stage *s)
{
    struct ref out;
    if (s->op == OP_MERGE_HEADS && fuse_attention(f, s, &out))
        return out;
    if (s->op == OP_SINUSOID && s->params.rows) {
        struct op_params rows = {.rows = same_pack(f, s->params.rows)};
        return add(f, s, (struct stage){.op = OP_ROWS, .in = {sinusoid_table(f, s)},
                                        .params = rows});
    }
    if (s->op == OP_LAYER_NORM) {
        struct stage spec = {.op = OP_FUSED_NORM, .params = s->params};
        for (int i = 0; i < OP_MAX_INPUTS; i++)
            spec.in[i] = same_input(f, s->in[i]);
        return add(f, s, spec);
    }
    return copy_stage(f, s);
}

/* After what enters a stack and what a sublayer gives (5.4). */
static struct ref drop_out(struct fusing *f, const struct stage *s, struct ref x)
{
    bool here = s->role == ROLE_INPUT || s->role == ROLE_OUTPUT ||
                s->role == ROLE_FFN_OUTPUT;
    if (f->options->dropout == 0 || !here)
        return x;
    struct stage like = *s;
    char *name = mem_format("%s_dropped", s->name);
    like.name = name;
    x = add(f, &like,
            (struct stage){.op = OP_DROPOUT,
                           .in = {x},
                           .params = {.number = f->options->dropout,
                                      .size = {(long)f->new->count, 0}}});
    free(name);
    return x;
}

/* The logits and their loss: at one go where they have no bias. */
static int add_loss(struct fusing *f, int logits, const int32_t *right, long rows,
                    struct error *e)
{
    const struct stage *s = &f->old->stages[logits];
    struct op_params params = {.ids = right, .size = {rows, 0},
                               .number = f->options->smoothing};
    if (s->op != OP_LINEAR || s->in[2].kind != REF_NONE || s->in[1].kind != REF_WEIGHT ||
        s->shape.size[1] > MOST_WORDS) {
        f->now[logits] = copy_stage(f, s);
        return loss_add_smoothed(f->new, right, rows, f->options->smoothing, e);
    }
    struct ref loss = plan_add(
        f->new, (struct stage){.name = "loss",
                               .symbol = "loss",
                               .op = OP_FUSED_LOSS,
                               .role = ROLE_LOSS,
                               .in = {f->now[s->in[0].index], same_input(f, s->in[1])},
                               .params = params});
    return loss.index;
}

static void count_uses(struct fusing *f)
{
    for (size_t i = 0; i < f->old->count; i++)
        for (int k = 0; k < OP_MAX_INPUTS; k++)
            if (f->old->stages[i].in[k].kind == REF_STAGE)
                f->uses[f->old->stages[i].in[k].index]++;
}

/* Stages that become a part of a later one: they are passed over. */
static bool waits(const struct fusing *f, int stage)
{
    struct attention a;
    for (size_t i = (size_t)stage; i < f->old->count; i++) {
        const struct stage *merge = &f->old->stages[i];
        if (merge->op != OP_MERGE_HEADS)
            continue;
        return !is_kept(f, merge) && find_attention(f, merge, &a) &&
               follows(f, a.k, a.v) && (stage >= a.k || stage == a.q) && stage < (int)i;
    }
    return false;
}

struct plan *fuse_plan(const struct plan *p, const struct feed *feed,
                       const int32_t *right, const struct fuse_options *options,
                       struct error *e)
{
    int logits = plan_find_role(p, ROLE_LOGITS);
    long rows = feed->target.rows ? feed->target.rows : feed->source.rows;
    struct fusing f = {.old = p, .new = plan_new(p->weights), .options = options,
                       .now = mem_zero(p->count, sizeof *f.now),
                       .uses = mem_zero(p->count, sizeof *f.uses)};
    int result = logits < 0 ? error_set(e, "this model gives no logits; training needs "
                                        "them")
                            : 0;
    plan_set_feed(f.new, feed);
    count_uses(&f);
    for (int i = 0; i < logits; i++)
        if (!waits(&f, i))
            f.now[i] = drop_out(&f, &p->stages[i], fuse_stage(&f, &p->stages[i]));
    plan_scope(f.new, PLACE_NOWHERE);
    if (result == 0)
        result = add_loss(&f, logits, right, rows, e);
    if (result >= 0 && f.new->error.set)
        result = error_set(e, "%s", f.new->error.message);
    free(f.now);
    free(f.uses);
    if (result >= 0)
        return f.new;
    plan_free(f.new);
    return NULL;
}
