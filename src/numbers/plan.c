#include "numbers/plan.h"

#include "base/memory.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum role_values values;
} roles[ROLE_COUNT] = {
#define ROLE(ID, name, values) [ROLE_##ID] = {name, VALUES_##values},
#include "numbers/role.def"
#undef ROLE
};

static const char *const axis_names[AXIS_COUNT] = {
    "", "head", "query", "key", "token", "feature", "hidden", "vocabulary",
};

const char *role_name(enum role role)
{
    return roles[role].name;
}

enum role_values role_values(enum role role)
{
    return roles[role].values;
}

const char *axis_name(enum axis_name name)
{
    return axis_names[name];
}

struct stage_text {
    struct plan *plan;
    const char *id;
    char *formula;
};

struct plan *plan_new(const struct weights *weights)
{
    struct plan *p = mem_zero(1, sizeof *p);
    p->weights = weights;
    p->place = PLACE_NOWHERE;
    return p;
}

void plan_free(struct plan *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->count; i++)
        free(p->stages[i].text->formula);
    for (int i = 0; i < PACK_COUNT; i++)
        free(p->spans[i]);
    free(p->ids[0]);
    free(p->ids[1]);
    free(p->stages);
    free(p->parts);
    free(p->aliases);
    free(p->keeps);
    arena_free(&p->arena);
    free(p);
}

void plan_scope(struct plan *p, struct stage_place place)
{
    p->place = place;
}

const char *plan_text(struct plan *p, const char *text)
{
    return arena_string(&p->arena, text);
}

/* ---- feeds ---- */

static uint64_t mix(uint64_t hash, uint64_t x)
{
    hash = (hash ^ x) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

/* Takes the spans. */
static void set_pack(struct plan *p, enum pack_id id, struct segment *spans, long count)
{
    struct pack *pack = &p->packs[id];
    free(p->spans[id]);
    p->spans[id] = spans;
    *pack = (struct pack){.spans = spans, .count = count};
    for (long i = 0; i < count; i++) {
        long end = spans[i].start + spans[i].count;
        pack->rows = end > pack->rows ? end : pack->rows;
        pack->longest = spans[i].count > pack->longest ? spans[i].count : pack->longest;
        pack->hash = mix(mix(mix(pack->hash, (uint64_t)spans[i].start),
                             (uint64_t)spans[i].count),
                         (uint64_t)spans[i].first);
    }
}

static void set_side(struct plan *p, enum pack_id id, const struct feed_side *side)
{
    long count = side->spans ? side->count : 1;
    struct segment *spans = mem_alloc((size_t)count, sizeof *spans);
    for (long i = 0; i < count; i++)
        spans[i] = side->spans ? side->spans[i] : (struct segment){0, side->rows, 0};
    set_pack(p, id, spans, count);
    p->ids[id] = mem_resize(p->ids[id], (size_t)side->rows, sizeof **p->ids);
    memcpy(p->ids[id], side->ids, sizeof **p->ids * (size_t)side->rows);
}

/* All rows of the side that is written: those of earlier feeds come first. */
static void set_written(struct plan *p, const struct pack *rows)
{
    struct segment *spans = mem_alloc((size_t)rows->count, sizeof *spans);
    for (long i = 0; i < rows->count; i++) {
        struct segment s = rows->spans[i];
        spans[i] = p->goes_on ? (struct segment){0, s.first + s.count, 0} : s;
    }
    set_pack(p, PACK_WRITTEN, spans, rows->count);
}

static void set_memory(struct plan *p, const long *sources)
{
    long n = p->packs[PACK_TARGET].count;
    struct segment *spans = mem_alloc((size_t)n, sizeof *spans);
    for (long i = 0; i < n; i++)
        spans[i] = p->packs[PACK_SOURCE].spans[sources ? sources[i] : i];
    set_pack(p, PACK_MEMORY, spans, n);
    /* keys that no sentence asks for are rows of the axis all the same */
    p->packs[PACK_MEMORY].rows = p->packs[PACK_SOURCE].rows;
}

void plan_set_feed(struct plan *p, const struct feed *feed)
{
    bool two = feed->target.rows > 0;
    p->goes_on = feed->goes_on;
    set_side(p, PACK_SOURCE, &feed->source);
    if (two)
        set_side(p, PACK_TARGET, &feed->target);
    set_written(p, &p->packs[two ? PACK_TARGET : PACK_SOURCE]);
    if (two)
        set_memory(p, feed->sources);
}

const struct pack *plan_pack(const struct plan *p, enum pack_id id)
{
    return p->packs[id].spans ? &p->packs[id] : NULL;
}

/* ---- weights ---- */

static struct ref add_part(struct plan *p, struct part part)
{
    p->parts = mem_grow(p->parts, p->part_count, &p->part_capacity, sizeof *p->parts);
    p->parts[p->part_count] = part;
    return (struct ref){REF_WEIGHT, (int)p->part_count++};
}

struct ref plan_weight_at(struct plan *p, int index, const char *symbol)
{
    if (index < 0)
        return (struct ref){0};
    const struct weight *w = &p->weights->items[index];
    for (size_t i = 0; i < p->part_count; i++)
        if (p->parts[i].name == w->name && !strcmp(p->parts[i].symbol, symbol))
            return (struct ref){REF_WEIGHT, (int)i};
    return add_part(
        p, (struct part){.name = w->name, .symbol = symbol, .tensor = w->tensor});
}

struct ref plan_weight_if_any(struct plan *p, const char *name, const char *symbol)
{
    return plan_weight_at(p, weights_find(p->weights, name), symbol);
}

struct ref plan_weight(struct plan *p, const char *name, const char *symbol)
{
    struct ref r = plan_weight_if_any(p, name, symbol);
    if (r.kind == REF_NONE)
        error_set(&p->error, "the weight %s is missing; the model file must hold it",
                  name);
    return r;
}

struct ref plan_given(struct plan *p, const char *name, struct tensor tensor)
{
    name = plan_text(p, name);
    return add_part(p, (struct part){.name = name, .symbol = name, .tensor = tensor});
}

struct ref plan_rows(struct plan *p, struct ref weight, long first, long rows,
                     const char *symbol)
{
    if (weight.kind != REF_WEIGHT)
        return weight;
    struct part part = p->parts[weight.index];
    struct tensor *t = &part.tensor;
    if (t->size[0] < first + rows) {
        error_set(&p->error, "the weight %s has %ld rows; %ld are needed", part.name,
                  t->size[0], first + rows);
        return (struct ref){0};
    }
    long stride = tensor_count(t) / t->size[0];
    t->data = (char *)t->data + (size_t)(first * stride) * tensor_type_size(t->type);
    t->size[0] = rows;
    part.first += first;
    if (first)
        part.axes[0].own = NULL; /* it begins with the first row of the whole */
    part.symbol = symbol;
    return add_part(p, part);
}

/* ---- stages ---- */

const struct tensor *plan_shape(const struct plan *p, struct ref ref)
{
    if (ref.kind == REF_STAGE)
        return &p->stages[ref.index].shape;
    return ref.kind == REF_WEIGHT ? &p->parts[ref.index].tensor : NULL;
}

static const char *symbol_of(const struct plan *p, struct ref ref)
{
    if (ref.kind == REF_STAGE)
        return p->stages[ref.index].symbol;
    return ref.kind == REF_WEIGHT ? p->parts[ref.index].symbol : NULL;
}

static bool is_whole(double x, double off)
{
    return fabs(x) < 1e15 && fabs(x - round(x)) < off;
}

/* " · √32" or " / √8" for a factor that is a root of a whole number or one divided by
 * it, " · 0.3" for another. With `plain` whole numbers are no roots: " · 2", " / 3". */
static void add_factor(struct buffer *b, double c, bool plain)
{
    double up = c * c, down = 1 / up, share = 1 / c;
    if (!isfinite(c))
        buffer_addf(b, " · %s", isnan(c) ? "NaN" : c < 0 ? "-∞" : "∞");
    else if (plain && is_whole(c, 1e-12))
        buffer_addf(b, " · %.0f", c);
    else if (plain && c > 0 && is_whole(share, 1e-12 * share))
        buffer_addf(b, " / %.0f", share);
    else if (c > 0 && up >= 1 && is_whole(up, 1e-9))
        buffer_addf(b, " · √%.0f", round(up));
    else if (c > 0 && down > 1 && is_whole(down, 1e-9 * down))
        buffer_addf(b, " / √%.0f", round(down));
    else
        buffer_addf(b, " · %.6g", c);
}

/* What stands for $1 … and, for the result itself, $0; NULL where there is no input. */
static const char *symbol_at(const struct stage *s, char digit)
{
    return digit == '0' ? s->symbol : symbol_of(s->text->plan, s->in[digit - '1']);
}

/* Fills in the op's formula: $1 … by the symbols of the inputs, $0 by that of the result,
 * " · c" at the end by the factor, " / T" by the temperature; a "·$2" or " + $3" whose
 * input is absent is left out, and so is a temperature of 1. */
static char *make_formula(const struct stage *s)
{
    struct buffer b = {0};
    buffer_addf(&b, "%s = ", s->symbol);
    for (const char *f = op_get(s->op)->formula; *f; f++) {
        const char *gap = !strncmp(f, " + $", 4) ? f + 3 : NULL; /* the "$" */
        if (!strncmp(f, "·$", 3))
            gap = f + 2;
        if (gap && !symbol_at(s, gap[1])) {
            f = gap + 1;
        } else if (f[0] == '$') {
            buffer_add(&b, symbol_at(s, f[1]));
            f++;
        } else if (!strncmp(f, " / T", 4)) {
            if (s->params.number > 0 && s->params.number != 1)
                buffer_addf(&b, " / %.6g", s->params.number);
            f += 3;
        } else if (!strcmp(f, " · c")) {
            add_factor(&b, s->params.number,
                       s->role == ROLE_COMPUTED || s->role == ROLE_PROSE);
            break;
        } else {
            buffer_add_bytes(&b, f, 1);
        }
    }
    return buffer_take(&b);
}

/* A stage that no plan holds has a name only, as in tests of what draws one. */
const char *stage_formula(const struct stage *s)
{
    if (!s->text)
        return s->symbol;
    if (!s->text->formula)
        s->text->formula = make_formula(s);
    return s->text->formula;
}

const char *stage_id(const struct stage *s)
{
    if (!s->text)
        return s->name;
    if (!s->text->id) {
        struct buffer b = {0};
        place_add_id(&b, s->place, s->name);
        s->text->id = plan_text(s->text->plan, b.data);
        buffer_free(&b);
    }
    return s->text->id;
}

/* Of everything that decides the values of a stage. */
static uint64_t make_signature(const struct plan *p, const struct stage *s)
{
    const struct op_params *c = &s->params;
    uint64_t h = mix(0xcbf29ce484222325u, (uint64_t)s->op), bits;
    memcpy(&bits, &c->number, sizeof bits);
    h = mix(mix(h, bits), (uint64_t)c->integer);
    for (int i = 0; i < TENSOR_MAX_RANK; i++)
        h = mix(h, (uint64_t)s->shape.size[i]);
    long ids = s->shape.type == TENSOR_I32 ? s->shape.size[0] : c->size[0];
    for (long i = 0; c->ids && i < ids; i++)
        h = mix(h, (uint64_t)c->ids[i]);
    h = c->rows ? mix(h, c->rows->hash) : h;
    h = c->keys ? mix(h, c->keys->hash) : h;
    for (int i = 0; i < OP_MAX_INPUTS; i++) {
        h = mix(h, (uint64_t)s->in[i].kind);
        if (s->in[i].kind == REF_STAGE)
            h = mix(h, p->stages[s->in[i].index].signature);
        else if (s->in[i].kind == REF_WEIGHT)
            h = mix(h, (uint64_t)(uintptr_t)p->parts[s->in[i].index].tensor.data);
    }
    return h;
}

/* Tokens of the feed are read where the plan has them; heads, widths and the like become
 * its own copy. */
static void own_ids(struct plan *p, struct stage *s)
{
    struct op_params *c = &s->params;
    if (s->op == OP_TOKENS && c->rows)
        c->ids = p->ids[c->rows - p->packs];
    else if (c->ids)
        c->ids = arena_copy(&p->arena, c->ids, sizeof(int32_t) * (size_t)c->size[0]);
}

static int set_shape(const struct plan *p, const struct stage *s, struct tensor *shape,
                     struct error *e)
{
    struct op_call call = {.params = s->params, .out = shape};
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        call.in[i] = plan_shape(p, s->in[i]);
    return op_set_shape(s->op, &call, e);
}

struct ref plan_add(struct plan *p, struct stage spec)
{
    struct error e = {0};
    if (p->error.set)
        return (struct ref){0};
    spec.place = p->place;
    own_ids(p, &spec);
    if (set_shape(p, &spec, &spec.shape, &e) < 0) {
        struct buffer id = {0};
        place_add_id(&id, spec.place, spec.name);
        error_set(&p->error, "the stage %s cannot be built: %s", id.data, e.message);
        buffer_free(&id);
        return (struct ref){0};
    }
    spec.text = arena_zero(&p->arena, 1, sizeof *spec.text);
    spec.text->plan = p;
    spec.signature = make_signature(p, &spec);
    p->stages = mem_grow(p->stages, p->count, &p->capacity, sizeof *p->stages);
    p->stages[p->count] = spec;
    return (struct ref){REF_STAGE, (int)p->count++};
}

void plan_rename(struct plan *p, int stage, const struct stage *as)
{
    struct stage *s = &p->stages[stage];
    s->place = as->place;
    s->name = as->name;
    s->symbol = as->symbol;
    memcpy(s->axes, as->axes, sizeof s->axes);
    free(s->text->formula);
    s->text->formula = NULL;
    s->text->id = NULL;
}

int plan_feed(struct plan *p, const struct feed *feed, struct error *e)
{
    plan_set_feed(p, feed);
    for (size_t i = 0; i < p->count; i++) {
        struct stage *s = &p->stages[i];
        if (s->op == OP_TOKENS)
            own_ids(p, s);
        if (set_shape(p, s, &s->shape, e) < 0)
            return -1;
        s->signature = make_signature(p, s);
    }
    return 0;
}

/* ---- rows of earlier feeds ---- */

/* The earlier rows of a stage, until plan_keep_in says where they are. */
static struct ref earlier_rows(struct plan *p, const struct stage *s, long columns)
{
    struct tensor t = {.type = TENSOR_F32, .rank = 2, .size = {1, columns}};
    return add_part(p, (struct part){.name = s->name, .symbol = s->symbol, .tensor = t});
}

static void add_keep(struct plan *p, int stage, int part)
{
    p->keeps = mem_grow(p->keeps, p->keep_count, &p->keep_capacity, sizeof *p->keeps);
    p->keeps[p->keep_count++] = (struct keep){stage, part};
}

struct ref plan_keep(struct plan *p, const char *name, struct ref rows)
{
    if (!p->goes_on || rows.kind != REF_STAGE)
        return rows;
    const struct stage *new = &p->stages[rows.index];
    struct ref old = earlier_rows(p, new, new->shape.size[1]);
    struct stage spec = {.name = name, .symbol = new->symbol, .op = OP_APPEND,
                         .role = ROLE_EARLIER, .in = {old, rows},
                         .params.rows = plan_pack(p, pack_of_side(new->axes[0].side)),
                         .axes = {new->axes[0], new->axes[1]}};
    add_keep(p, rows.index, old.index);
    return plan_add(p, spec);
}

struct ref plan_add_carried(struct plan *p, const char *name, struct stage spec,
                            int start)
{
    const struct tensor *first = plan_shape(p, spec.in[start]);
    if (!p->goes_on || !first)
        return plan_add(p, spec);
    struct ref old = earlier_rows(p, &spec, first->size[1]);
    struct stage before = {.name = name, .symbol = spec.symbol, .op = OP_CARRY,
                           .role = ROLE_EARLIER, .in = {old, spec.in[start]},
                           .params = {.rows = spec.params.rows, .keys = spec.params.keys},
                           .axes = {spec.axes[0], spec.axes[1]}};
    spec.in[start] = plan_add(p, before);
    spec.params.keys = NULL;
    struct ref rows = plan_add(p, spec);
    if (rows.kind == REF_STAGE)
        add_keep(p, rows.index, old.index);
    return rows;
}

void plan_keep_in(struct plan *p, size_t index, void *memory, enum tensor_type type,
                  long room)
{
    struct tensor *t = &p->parts[p->keeps[index].part].tensor;
    t->data = memory;
    t->type = type;
    t->size[0] = room;
}

/* ---- rewriting ---- */

/* Checks a changed stage and fills in what follows from it. */
static int refit(struct plan *p, struct stage *s, struct error *e)
{
    struct tensor shape = s->shape;
    if (set_shape(p, s, &shape, e) < 0)
        return -1;
    if (memcmp(shape.size, s->shape.size, sizeof shape.size))
        return error_set(e, "the stage %s would change its shape", stage_id(s));
    free(s->text->formula);
    s->text->formula = NULL;
    return 0;
}

int plan_rewrite(struct plan *p,
                 bool (*change)(const struct plan *p, struct stage *s, void *data),
                 void *data, struct error *e)
{
    int result = 0;
    for (size_t i = 0; i < p->count && result == 0; i++) {
        struct stage *s = &p->stages[i];
        const int32_t *ids = s->params.ids;
        if (change(p, s, data)) {
            if (s->params.ids != ids)
                own_ids(p, s);
            result = refit(p, s, e);
        }
        s->signature = make_signature(p, s);
    }
    return result;
}

/* ---- names ---- */

void plan_alias(struct plan *p, const char *name, struct ref stage)
{
    if (stage.kind != REF_STAGE)
        return;
    p->aliases = mem_grow(p->aliases, p->alias_count, &p->alias_capacity,
                          sizeof *p->aliases);
    p->aliases[p->alias_count++] = (struct alias){p->place, name, stage.index};
}

static bool alias_is(const struct alias *a, const char *id)
{
    struct buffer b = {0};
    place_add_id(&b, a->place, a->name);
    bool same = !strcmp(b.data, id);
    buffer_free(&b);
    return same;
}

int plan_find(const struct plan *p, const char *id)
{
    for (size_t i = 0; i < p->count; i++)
        if (!strcmp(stage_id(&p->stages[i]), id))
            return (int)i;
    for (size_t i = 0; i < p->alias_count; i++)
        if (alias_is(&p->aliases[i], id))
            return p->aliases[i].stage;
    return -1;
}

int plan_find_role(const struct plan *p, enum role role)
{
    for (size_t i = p->count; i > 0; i--)
        if (p->stages[i - 1].role == role)
            return (int)i - 1;
    return -1;
}

char *plan_shape_text(const struct stage *s)
{
    struct buffer b = {0};
    for (int i = 0; i < s->shape.rank; i++)
        buffer_addf(&b, "%s%ld", i ? ", " : "[", s->shape.size[i]);
    buffer_add(&b, "]");
    return buffer_take(&b);
}
