#include "study/rewrite.h"

#include <stdlib.h>
#include <string.h>

/* One what-if at work on one stage. `heads` is room for the list of heads of its params.
 */
struct change {
    const struct whatif *w;
    struct stage_place place; /* where it acts */
    const struct plan *plan;
    int32_t *heads;
    long changed;
};

/* ---- the rewrites, one function for a row of the table ---- */

static bool become(struct stage *s, enum op_id op, struct ref in, struct op_params params)
{
    s->op = op;
    s->in[0] = in;
    for (int i = 1; i < OP_MAX_INPUTS; i++)
        s->in[i] = (struct ref){0};
    s->params = params;
    s->off = true;
    return true;
}

static bool become_copy(struct stage *s, enum role role, int input)
{
    if (s->role != role)
        return false;
    return become(s, OP_COPY, s->in[s->op == OP_COPY ? 0 : input], (struct op_params){0});
}

static bool change_no_position(struct change *c, struct stage *s)
{
    (void)c;
    return become_copy(s, ROLE_INPUT, 0);
}

static bool change_no_embedding_scale(struct change *c, struct stage *s)
{
    (void)c;
    return become_copy(s, ROLE_EMBEDDING_SCALE, 0);
}

static bool change_no_scale(struct change *c, struct stage *s)
{
    (void)c;
    return become_copy(s, ROLE_SCORE_SCALE, 0);
}

static bool change_no_mask(struct change *c, struct stage *s)
{
    (void)c;
    return become_copy(s, ROLE_MASK, 0);
}

/* A residual adds the sublayer's output (its second input) to the sublayer's input. */
static bool change_no_residual(struct change *c, struct stage *s)
{
    (void)c;
    return become_copy(s, ROLE_RESIDUAL, 1);
}

static bool change_no_norm(struct change *c, struct stage *s)
{
    (void)c;
    return become_copy(s, ROLE_NORM, 0);
}

static bool change_linear_ffn(struct change *c, struct stage *s)
{
    (void)c;
    return become_copy(s, ROLE_ACTIVATION, 0);
}

static bool change_same_qkv(struct change *c, struct stage *s)
{
    (void)c;
    return become_copy(s, ROLE_QUERY, 0) || become_copy(s, ROLE_KEY, 0) ||
           become_copy(s, ROLE_VALUE, 0);
}

static bool change_no_ffn(struct change *c, struct stage *s)
{
    if (s->role != ROLE_FFN_OUTPUT)
        return false;
    struct op_params size = {.size = {s->shape.size[0], s->shape.size[1]}};
    size.rows = plan_pack(c->plan, pack_of_side(s->axes[0].side));
    return become(s, OP_ZERO, (struct ref){0}, size);
}

/* Adds the head (all heads without one) to the heads of the stage's params. */
static void name_heads(struct change *c, struct stage *s)
{
    long n = s->params.ids ? s->params.size[0] : 0, heads = call_heads(&s->shape);
    c->heads = mem_resize(c->heads, (size_t)(n + heads), sizeof *c->heads);
    for (long i = 0; i < n; i++)
        c->heads[i] = s->params.ids[i];
    for (long h = 0; h < heads; h++) {
        struct op_call named = {.params = {.ids = c->heads, .size = {n, 0}}};
        if ((!c->w->head || c->w->head == h + 1) && !call_names_head(&named, h))
            c->heads[n++] = (int32_t)h;
    }
    s->params.ids = c->heads;
    s->params.size[0] = n;
    s->off = true;
}

static bool head_exists(const struct change *c, const struct stage *s)
{
    return c->w->head <= call_heads(&s->shape);
}

static bool change_ablate(struct change *c, struct stage *s)
{
    if (s->role != ROLE_CONTEXT || !head_exists(c, s))
        return false;
    name_heads(c, s);
    return true;
}

static bool change_uniform(struct change *c, struct stage *s)
{
    if (s->role != ROLE_SOFTMAX || !head_exists(c, s))
        return false;
    s->op = OP_UNIFORM;
    name_heads(c, s);
    return true;
}

static bool change_temperature(struct change *c, struct stage *s)
{
    if (s->role != ROLE_SOFTMAX)
        return false;
    s->params.number = c->w->number;
    s->off = true;
    return true;
}

static bool change_none(struct change *c, struct stage *s)
{
    (void)c, (void)s;
    return false;
}

static bool (*const changes[WHATIF_COUNT])(struct change *, struct stage *) = {
#define WHATIF(NAME, name, value, place, change, en, ko) \
    [WHATIF_##NAME] = change_##change,
#include "study/whatif.def"
#undef WHATIF
};

/* ---- places ---- */

static bool is_layer_stage(const struct stage *s)
{
    return s->place.stack && !block_is_input(s->place.block) &&
           (s->place.layer >= 0 || s->place.block);
}

static void add_place(struct places *l, struct stage_place place)
{
    for (size_t i = 0; i < l->count; i++)
        if (place_equal(l->items[i], place))
            return;
    l->items = mem_grow(l->items, l->count, &l->capacity, sizeof *l->items);
    l->items[l->count++] = place;
}

struct places whatif_places(const struct plan *p, bool heads)
{
    struct places l = {0};
    for (size_t i = 0; i < p->count; i++) {
        const struct stage *s = &p->stages[i];
        struct stage_place at = s->place;
        if (!is_layer_stage(s))
            continue;
        if (!heads)
            add_place(&l, (struct stage_place){at.stack, -1, BLOCK_NONE, 0});
        if (!heads && at.layer >= 0)
            add_place(&l, (struct stage_place){at.stack, at.layer, BLOCK_NONE, 0});
        if (at.block && (!heads || s->role == ROLE_CONTEXT))
            add_place(&l, at);
    }
    return l;
}

void places_free(struct places *l)
{
    free(l->items);
    *l = (struct places){0};
}

char *places_text(const struct places *l)
{
    struct buffer b = {0};
    for (size_t i = 0; i < l->count; i++) {
        char *one = place_text(l->items[i]);
        buffer_addf(&b, "%s%s", i ? ", " : "", one);
        free(one);
    }
    return buffer_take(&b);
}

/* The place of the plan that a text names, its sublayer known; false when it has none. */
static bool find_place(const struct plan *p, const char *text, struct stage_place *out)
{
    struct places l = whatif_places(p, false);
    bool found = false;
    if (place_parse(text, out))
        for (size_t i = 0; i < l.count && !found; i++) {
            struct stage_place at = l.items[i];
            at.sublayer = 0;
            found = place_equal(at, *out);
            if (found)
                *out = l.items[i];
        }
    places_free(&l);
    return found;
}

/* ---- applying ---- */

static bool change_stage(const struct plan *p, struct stage *s, void *data)
{
    struct change *c = data;
    c->plan = p;
    if (!place_holds(c->place, s->place) || !changes[c->w->id](c, s))
        return false;
    c->changed++;
    return true;
}

long plan_heads(const struct plan *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->stages[i].role == ROLE_CONTEXT)
            return call_heads(&p->stages[i].shape);
    return 0;
}

static int nothing_changed(const struct whatif *w, const struct plan *p, struct error *e)
{
    struct places list = whatif_places(p, w->head > 0);
    char *text = whatif_text(w), *places = places_text(&list);
    if (w->head)
        error_set(e, "what-if %s: it changes nothing there; heads are 1 to %ld, places "
                  "are: %s", text, plan_heads(p), places);
    else if (w->place)
        error_set(e, "what-if %s: it changes nothing there; places are: %s", text,
                  places);
    else
        error_set(e, "what-if %s: this model has no such part", text);
    free(text);
    free(places);
    places_free(&list);
    return -1;
}

static int apply(const struct whatif *w, struct plan *p, struct error *e)
{
    struct change c = {.w = w, .place = PLACE_NOWHERE};
    if (w->place && !find_place(p, w->place, &c.place))
        return nothing_changed(w, p, e);
    int result = plan_rewrite(p, change_stage, &c, e);
    free(c.heads);
    if (result == 0 && !c.changed && changes[w->id] != change_none)
        return nothing_changed(w, p, e);
    return result;
}

int whatifs_apply(const struct whatifs *list, struct plan *p, struct error *e)
{
    /* the longest place comes last, so that it holds */
    for (size_t length = 0, done = 0; done < list->count; length++)
        for (size_t i = 0; i < list->count; i++) {
            const char *place = list->items[i].place;
            if ((place ? strlen(place) : 0) != length)
                continue;
            if (apply(&list->items[i], p, e) < 0)
                return -1;
            done++;
        }
    return 0;
}

int whatifs_check(const struct whatifs *list, const struct model *m, struct error *e)
{
    struct plan *p = model_shortest_plan(m, e);
    int result = p ? whatifs_apply(list, p, e) : -1;
    plan_free(p);
    return result;
}
