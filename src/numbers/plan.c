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

struct plan *plan_new(const struct weights *weights)
{
    struct plan *p = mem_zero(1, sizeof *p);
    p->weights = weights;
    return p;
}

void plan_free(struct plan *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->count; i++) {
        free(p->stages[i].id);
        free(p->stages[i].symbol);
        free(p->stages[i].formula);
        free((void *)p->stages[i].params.ids);
    }
    for (size_t i = 0; i < p->part_count; i++) {
        free(p->parts[i].name);
        free(p->parts[i].symbol);
    }
    for (size_t i = 0; i < p->alias_count; i++)
        free(p->aliases[i].name);
    free(p->stages);
    free(p->parts);
    free(p->aliases);
    free(p);
}

void plan_scope(struct plan *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(p->scope, sizeof p->scope, format, args);
    va_end(args);
}

static char *scoped(const struct plan *p, const char *name)
{
    return mem_format("%s%s%s", p->scope, *p->scope ? "." : "", name);
}

/* ---- weights ---- */

static struct ref add_part(struct plan *p, struct part part)
{
    p->parts = mem_grow(p->parts, p->part_count, &p->part_capacity, sizeof *p->parts);
    part.name = mem_string(part.name);
    part.symbol = mem_string(part.symbol);
    p->parts[p->part_count] = part;
    return (struct ref){REF_WEIGHT, (int)p->part_count++};
}

struct ref plan_weight_if_any(struct plan *p, const char *name, const char *symbol)
{
    int index = weights_find(p->weights, name);
    if (index < 0)
        return (struct ref){0};
    for (size_t i = 0; i < p->part_count; i++)
        if (!strcmp(p->parts[i].name, name) && !strcmp(p->parts[i].symbol, symbol))
            return (struct ref){REF_WEIGHT, (int)i};
    return add_part(p, (struct part){.name = (char *)name,
                                     .symbol = (char *)symbol,
                                     .tensor = p->weights->items[index].tensor});
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
    return add_part(
        p, (struct part){.name = (char *)name, .symbol = (char *)name, .tensor = tensor});
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
        part.axes[0].labels = NULL; /* they begin with the first row of the whole */
    part.symbol = (char *)symbol;
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

/* " · √32" or " / √8" for a factor that is a root of a whole number or one divided by
 * it, " · 0.3" for another. */
static void add_factor(struct buffer *b, double c)
{
    double up = c * c, down = 1 / up;
    if (c > 0 && up >= 1 && fabs(up - round(up)) < 1e-9)
        buffer_addf(b, " · √%.0f", round(up));
    else if (c > 0 && down > 1 && fabs(down - round(down)) < 1e-9 * down)
        buffer_addf(b, " / √%.0f", round(down));
    else
        buffer_addf(b, " · %.6g", c);
}

/* Fills in the op's formula: $1 … by the symbols of the inputs, " · c" at the end by the
 * factor, " / T" by the temperature; a "·$2" or " + $3" whose input is absent is left
 * out, and so is a temperature of 1. */
static char *make_formula(const struct plan *p, const struct stage *s)
{
    struct buffer b = {0};
    buffer_addf(&b, "%s = ", s->symbol);
    for (const char *f = op_get(s->op)->formula; *f; f++) {
        const char *gap = !strncmp(f, " + $", 4) ? f + 3 : NULL; /* the "$" */
        if (!strncmp(f, "·$", 3))
            gap = f + 2;
        if (gap && !symbol_of(p, s->in[gap[1] - '1'])) {
            f = gap + 1;
        } else if (f[0] == '$') {
            buffer_add(&b, symbol_of(p, s->in[f[1] - '1']));
            f++;
        } else if (!strncmp(f, " / T", 4)) {
            if (s->params.number > 0 && s->params.number != 1)
                buffer_addf(&b, " / %.6g", s->params.number);
            f += 3;
        } else if (!strcmp(f, " · c")) {
            add_factor(&b, s->params.number);
            break;
        } else {
            buffer_add_bytes(&b, f, 1);
        }
    }
    return buffer_take(&b);
}

/* FNV-1a over everything that decides the values of a stage. */
static uint64_t mix_bytes(uint64_t hash, const void *data, size_t n)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

static uint64_t make_signature(const struct plan *p, const struct stage *s)
{
    uint64_t h = 0xcbf29ce484222325u;
    h = mix_bytes(h, &s->op, sizeof s->op);
    h = mix_bytes(h, &s->params.number, sizeof s->params.number);
    h = mix_bytes(h, &s->params.integer, sizeof s->params.integer);
    h = mix_bytes(h, s->shape.size, sizeof s->shape.size);
    if (s->params.ids)
        h = mix_bytes(h, s->params.ids, sizeof(int32_t) * (size_t)s->params.size[0]);
    for (int i = 0; i < OP_MAX_INPUTS; i++) {
        h = mix_bytes(h, &s->in[i].kind, sizeof s->in[i].kind);
        if (s->in[i].kind == REF_STAGE)
            h = mix_bytes(h, &p->stages[s->in[i].index].signature, sizeof h);
        else if (s->in[i].kind == REF_WEIGHT)
            h = mix_bytes(h, &p->parts[s->in[i].index].tensor.data, sizeof(void *));
    }
    return h;
}

static const int32_t *copy_ids(const struct op_params *params)
{
    if (!params->ids)
        return NULL;
    size_t bytes = sizeof(int32_t) * (size_t)params->size[0];
    return memcpy(mem_alloc(1, bytes), params->ids, bytes);
}

struct ref plan_add(struct plan *p, struct stage spec)
{
    struct op_call call = {.params = spec.params, .out = &spec.shape};
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        call.in[i] = plan_shape(p, spec.in[i]);
    if (p->error.set)
        return (struct ref){0};
    spec.id = scoped(p, spec.id);
    struct error e = {0};
    if (op_set_shape(spec.op, &call, &e) < 0) {
        error_set(&p->error, "the stage %s cannot be built: %s", spec.id, e.message);
        free(spec.id);
        return (struct ref){0};
    }
    spec.symbol = mem_string(spec.symbol);
    spec.formula = make_formula(p, &spec);
    spec.params.ids = copy_ids(&spec.params);
    spec.signature = make_signature(p, &spec);
    p->stages = mem_grow(p->stages, p->count, &p->capacity, sizeof *p->stages);
    p->stages[p->count] = spec;
    return (struct ref){REF_STAGE, (int)p->count++};
}

/* Checks a changed stage and fills in what follows from it. */
static int refit(struct plan *p, struct stage *s, struct error *e)
{
    struct tensor shape = s->shape;
    struct op_call call = {.params = s->params, .out = &shape};
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        call.in[i] = plan_shape(p, s->in[i]);
    if (op_set_shape(s->op, &call, e) < 0)
        return -1;
    if (memcmp(shape.size, s->shape.size, sizeof shape.size))
        return error_set(e, "the stage %s would change its shape", s->id);
    free(s->formula);
    s->formula = make_formula(p, s);
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
            if (s->params.ids != ids) {
                s->params.ids = copy_ids(&s->params);
                free((void *)ids);
            }
            result = refit(p, s, e);
        }
        s->signature = make_signature(p, s);
    }
    return result;
}

void plan_alias(struct plan *p, const char *name, struct ref stage)
{
    if (stage.kind != REF_STAGE)
        return;
    p->aliases = mem_grow(p->aliases, p->alias_count, &p->alias_capacity,
                          sizeof *p->aliases);
    p->aliases[p->alias_count++] = (struct alias){scoped(p, name), stage.index};
}

int plan_find(const struct plan *p, const char *id)
{
    for (size_t i = 0; i < p->count; i++)
        if (!strcmp(p->stages[i].id, id))
            return (int)i;
    for (size_t i = 0; i < p->alias_count; i++)
        if (!strcmp(p->aliases[i].name, id))
            return p->aliases[i].stage;
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
