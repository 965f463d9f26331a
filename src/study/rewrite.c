#include "study/rewrite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One what-if at work on one stage. `heads` is room for the list of heads of its params.
 */
struct change {
    const struct whatif *w;
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
    (void)c;
    if (s->role != ROLE_FFN_OUTPUT)
        return false;
    struct op_params size = {.size = {s->shape.size[0], s->shape.size[1]}};
    return become(s, OP_ZERO, (struct ref){0}, size);
}

/* Adds the head (all heads without one) to the heads of the stage's params. */
static void name_heads(struct change *c, struct stage *s)
{
    long n = s->params.ids ? s->params.size[0] : 0, heads = s->shape.size[0];
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
    return c->w->head <= s->shape.size[0];
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

/* The layer prefix of an id, "encoder.0.", as its length; 0 when it has none. */
static size_t layer_prefix(const char *id)
{
    const char *dot = strchr(id, '.');
    if (!dot || dot[1] < '0' || dot[1] > '9')
        return 0;
    const char *second = strchr(dot + 1, '.');
    return second ? (size_t)(second + 1 - id) : 0;
}

/* The length of the block in an id: "self_attn" of "encoder.0.self_attn.q"; 0 for none.
 */
static size_t block_length(const char *id, size_t prefix)
{
    const char *dot = prefix ? strchr(id + prefix, '.') : NULL;
    return dot ? (size_t)(dot - id) - prefix : 0;
}

/* The number of a block among those of its layer, from 1, in the order of the plan. */
static int block_number(const struct plan *p, const char *place, size_t prefix)
{
    char last[64] = "";
    int number = 0;
    for (size_t i = 0; i < p->count; i++) {
        const char *id = p->stages[i].id;
        size_t n = strncmp(id, place, prefix) ? 0 : block_length(id, prefix);
        if (!n || n >= sizeof last || (!strncmp(last, id + prefix, n) && !last[n]))
            continue;
        number++;
        memcpy(last, id + prefix, n);
        last[n] = 0;
        if (!strcmp(last, place + prefix))
            return number;
    }
    return 0;
}

static bool in_block(const struct plan *p, const char *id, const char *place,
                     size_t prefix)
{
    size_t n = strlen(place);
    if (!strncmp(id, place, n) && id[n] == '.')
        return true;
    int number = block_number(p, place, prefix);
    char residual[32], norm[32];
    snprintf(residual, sizeof residual, "residual%d", number);
    snprintf(norm, sizeof norm, "norm%d", number);
    return number && !strncmp(id, place, prefix) &&
           (!strcmp(id + prefix, residual) || !strcmp(id + prefix, norm));
}

static bool in_place(const struct plan *p, const char *id, const char *place)
{
    if (!place)
        return true;
    size_t n = strlen(place), prefix = layer_prefix(place);
    if (prefix)
        return in_block(p, id, place, prefix);
    if (!strncmp(id, place, n) && id[n] == '.')
        return true;
    return (!strcmp(place, "encoder") && !strncmp(id, "src.", 4)) ||
           (!strcmp(place, "decoder") && !strncmp(id, "tgt.", 4));
}

/* Whether it is one of whatif_places. */
static bool is_place(const struct plan *p, const char *place)
{
    size_t n = strlen(place);
    for (size_t i = 0; i < p->count; i++) {
        const char *id = p->stages[i].id;
        if (layer_prefix(id) && !strncmp(id, place, n) && id[n] == '.')
            return true;
    }
    return false;
}

/* Adds a place to the list unless it stands there already. */
static void add_place(struct buffer *b, const char *place, size_t length)
{
    char *name = mem_format(", %.*s,", (int)length, place);
    char *have = mem_format(", %s,", b->data ? b->data : "");
    if (!strstr(have, name))
        buffer_addf(b, "%s%.*s", b->length ? ", " : "", (int)length, place);
    free(name);
    free(have);
}

char *whatif_places(const struct plan *p, bool heads)
{
    struct buffer b = {0};
    for (size_t i = 0; i < p->count; i++) {
        const char *id = p->stages[i].id;
        size_t prefix = layer_prefix(id), block = block_length(id, prefix);
        if (!prefix)
            continue;
        if (!heads) {
            add_place(&b, id, strcspn(id, "."));
            add_place(&b, id, prefix - 1);
        }
        if (block && (!heads || p->stages[i].role == ROLE_CONTEXT))
            add_place(&b, id, prefix + block);
    }
    return buffer_take(&b);
}

/* ---- applying ---- */

static bool change_stage(const struct plan *p, struct stage *s, void *data)
{
    struct change *c = data;
    if (!in_place(p, s->id, c->w->place) || !changes[c->w->id](c, s))
        return false;
    c->changed++;
    return true;
}

/* The heads of the model; 0 when it has none. */
static long heads_of(const struct plan *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->stages[i].role == ROLE_CONTEXT)
            return p->stages[i].shape.size[0];
    return 0;
}

static int nothing_changed(const struct whatif *w, const struct plan *p, struct error *e)
{
    char *text = whatif_text(w), *places = whatif_places(p, w->head > 0);
    if (w->head)
        error_set(e, "what-if %s: it changes nothing there; heads are 1 to %ld, places "
                  "are: %s", text, heads_of(p), places);
    else if (w->place)
        error_set(e, "what-if %s: it changes nothing there; places are: %s", text,
                  places);
    else
        error_set(e, "what-if %s: this model has no such part", text);
    free(text);
    free(places);
    return -1;
}

static int apply(const struct whatif *w, struct plan *p, bool partly, struct error *e)
{
    struct change c = {.w = w};
    if (!partly && w->place && !is_place(p, w->place))
        return nothing_changed(w, p, e);
    int result = plan_rewrite(p, change_stage, &c, e);
    free(c.heads);
    if (result == 0 && !partly && !c.changed && changes[w->id] != change_none)
        return nothing_changed(w, p, e);
    return result;
}

static int apply_all(const struct whatifs *list, struct plan *p, bool partly,
                     struct error *e)
{
    /* the longest place comes last, so that it holds */
    for (size_t length = 0, done = 0; done < list->count; length++)
        for (size_t i = 0; i < list->count; i++) {
            const char *place = list->items[i].place;
            if ((place ? strlen(place) : 0) != length)
                continue;
            if (apply(&list->items[i], p, partly, e) < 0)
                return -1;
            done++;
        }
    return 0;
}

int whatifs_apply(const struct whatifs *list, struct plan *p, struct error *e)
{
    return apply_all(list, p, false, e);
}

int whatifs_apply_partly(const struct whatifs *list, struct plan *p, struct error *e)
{
    return apply_all(list, p, true, e);
}

int whatifs_check(const struct whatifs *list, const struct model *m, struct error *e)
{
    int32_t eos = m->config->eos_token_id, bos = m->config->bos_token_id;
    struct plan *p = model_plan(m, &eos, 1, &bos, 1, e);
    int result = p ? whatifs_apply(list, p, e) : -1;
    plan_free(p);
    return result;
}
