#include "learn/recipe.h"

#include "base/memory.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct recipe recipe_default(void)
{
    return (struct recipe){.steps = 3000, .batch = 128, .warmup = 400, .rate = 4e-3,
                           .apart = 1, .penalty_from = -1, .penalty_full = -1,
                           .save_every = 200, .seed = 1, .round = -1};
}

double recipe_rate(const struct recipe *r, long step)
{
    if (step < r->warmup)
        return r->rate * (double)(step + 1) / (double)r->warmup;
    double part = (double)(step - r->warmup) / (double)(r->steps - r->warmup);
    return r->rate * (0.01 + 0.99 * 0.5 * (1 + cos(acos(-1) * part)));
}

double recipe_penalty(const struct recipe *r, long step)
{
    if (r->entropy == 0 || step < r->penalty_from)
        return 0;
    if (step >= r->penalty_full)
        return r->entropy;
    return r->entropy * (double)(step - r->penalty_from) /
           (double)(r->penalty_full - r->penalty_from);
}

int recipe_check(const struct recipe *r, struct error *e)
{
    if (r->warmup >= r->steps)
        return error_set(e, "a warm-up of %ld steps does not end within %ld steps: give "
                         "--warmup less, or --steps more", r->warmup, r->steps);
    if (r->entropy != 0 && r->penalty_from > r->penalty_full)
        return error_set(e, "the penalty is full at step %ld, before it begins at %ld: "
                         "give --penalty-full more", r->penalty_full, r->penalty_from);
    return 0;
}

/* ---- as text ---- */

static const struct {
    const char *name;
    size_t at;
    bool whole;
} fields[] = {
#define AT(name) #name, offsetof(struct recipe, name)
    {AT(steps), true},        {AT(batch), true},        {AT(warmup), true},
    {AT(rate), false},        {AT(dropout), false},     {AT(smoothing), false},
    {AT(entropy), false},     {AT(apart), false},       {AT(penalty_from), true},
    {AT(penalty_full), true}, {AT(save_every), true},   {AT(seed), true},
    {AT(round), true},        {AT(half), true},
#undef AT
};

#define FIELDS (sizeof fields / sizeof *fields)

char *recipe_text(const struct recipe *r)
{
    struct buffer b = {0};
    for (size_t i = 0; i < FIELDS; i++) {
        const char *at = (const char *)r + fields[i].at;
        buffer_addf(&b, "%s%s=", i ? " " : "", fields[i].name);
        if (fields[i].whole)
            buffer_addf(&b, "%ld", *(const long *)(const void *)at);
        else
            buffer_addf(&b, "%.17g", *(const double *)(const void *)at);
    }
    return buffer_take(&b);
}

/* Trainings that were begun before there was a choice have F32. */
static bool may_lack(size_t i)
{
    return fields[i].at == offsetof(struct recipe, half);
}

static int parse_field(size_t i, const char *text, struct recipe *r, struct error *e)
{
    char *name = mem_format("%s=", fields[i].name), *end;
    const char *found = strstr(text, name);
    while (found && found != text && found[-1] != ' ')
        found = strstr(found + 1, name);
    if (!found && may_lack(i)) {
        free(name);
        return 0;
    }
    const char *value = found ? found + strlen(name) : "";
    free(name);
    double x = strtod(value, &end);
    if (end == value || (*end && *end != ' ') || !isfinite(x) || fabs(x) > 1e15)
        return error_set(e, "does not say %s", fields[i].name);
    void *at = (char *)r + fields[i].at;
    if (fields[i].whole)
        *(long *)at = (long)x;
    else
        *(double *)at = x;
    return 0;
}

int recipe_parse(const char *text, struct recipe *r, struct error *e)
{
    *r = recipe_default();
    for (size_t i = 0; i < FIELDS; i++)
        if (parse_field(i, text, r, e) < 0)
            return -1;
    if (r->batch < 1 || r->steps < 1 || r->warmup < 0 || r->save_every < 1 ||
        r->half < 0 || r->half > 1)
        return error_set(e, "holds a recipe that no training has");
    return recipe_check(r, e);
}
