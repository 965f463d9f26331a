#include "numbers/opening.h"

#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

struct operand opening_input(const struct opening *o, int input, long cell)
{
    struct ref own = {REF_STAGE, o->x->stage};
    return (struct operand){.value = call_get(&o->call, input, cell),
                            .from = input == OP_OWN_RESULT ? own : o->in[input],
                            .cell = cell,
                            .step = -1};
}

struct operand opening_constant(double value)
{
    return (struct operand){.value = value, .step = -1};
}

struct operand opening_result(const struct opening *o, int step)
{
    return (struct operand){.value = o->x->steps[step].result, .step = step};
}

struct step *opening_step(struct opening *o, enum step_kind kind, const char *name,
                          const char *formula, long terms)
{
    struct step *s = &o->x->steps[o->x->count++];
    *s = (struct step){kind,  name, formula, mem_zero((size_t)terms, sizeof(struct term)),
                       terms, 0,    0,       NULL};
    return s;
}

void term_set(struct term *t, double value, int count, struct operand a, struct operand b)
{
    t->value = value;
    t->count = count;
    t->operand[0] = a;
    t->operand[1] = b;
}

long opening_sources(const struct opening *o, struct op_source **out)
{
    long n = o->sources(&o->call, o->x->cell, NULL, 0);
    *out = mem_alloc((size_t)n, sizeof **out);
    return o->sources(&o->call, o->x->cell, *out, n);
}

struct step *opening_single(struct opening *o, enum step_kind kind, const char *name,
                            const char *formula)
{
    struct op_source *list;
    long n = opening_sources(o, &list);
    struct step *s = opening_step(o, kind, name, formula, 1);
    struct operand a =
        n ? opening_input(o, list[0].a, list[0].at_a) : opening_constant(NAN);
    term_set(s->terms, a.value, 1, a, opening_constant(0));
    free(list);
    return s;
}

struct step *opening_sum(struct opening *o, const struct op_source *list, long n)
{
    struct step *s = opening_step(o, STEP_SUM, "sum", "Σ a·b", n);
    for (long i = 0; i < n; i++) {
        struct operand a = opening_input(o, list[i].a, list[i].at_a);
        bool pair = list[i].b >= 0;
        struct operand b =
            pair ? opening_input(o, list[i].b, list[i].at_b) : opening_constant(1);
        term_set(&s->terms[i], a.value * b.value, pair ? 2 : 1, a, b);
        s->result += s->terms[i].value;
    }
    return s;
}

struct step *opening_mean(struct opening *o, const struct op_source *list, long n)
{
    struct step *mean = opening_step(o, STEP_MEAN, "mean", "μ = Σ a / n", n);
    for (long i = 0; i < n; i++) {
        struct operand a = opening_input(o, list[i].a, list[i].at_a);
        term_set(&mean->terms[i], a.value, 1, a, opening_constant(0));
        mean->result += a.value / (double)n;
    }
    return mean;
}

void opening_moments(struct opening *o, const struct op_source *list, long n)
{
    const struct step *mean = opening_mean(o, list, n);
    struct operand mu = opening_result(o, 0);
    struct step *variance =
        opening_step(o, STEP_VARIANCE, "variance", "σ² = Σ (a - μ)² / n", n);
    for (long i = 0; i < n; i++) {
        struct operand a = mean->terms[i].operand[0];
        double square = (a.value - mu.value) * (a.value - mu.value);
        term_set(&variance->terms[i], square, 2, a, mu);
        variance->result += square / (double)n;
    }
}

void opening_norm(struct opening *o, const char *name, int input, long first, long step,
                  long n)
{
    struct step *s =
        opening_step(o, STEP_NORM, name, input == 0 ? "√Σ a²" : "√Σ b²", n);
    for (long i = 0; i < n; i++) {
        struct operand a = opening_input(o, input, first + i * step);
        term_set(&s->terms[i], a.value * a.value, 1, a, opening_constant(0));
        s->result += s->terms[i].value;
    }
    s->result = sqrt(s->result);
}

void opening_slope(struct opening *o, const char *name, double (*slope)(double), long g)
{
    struct operand x = opening_input(o, 0, o->x->cell), back = opening_input(o, 1, g);
    struct step *at = opening_step(o, STEP_COPY, name, "a", 1);
    at->result = x.value;
    term_set(at->terms, x.value, 1, x, opening_constant(0));
    double there = slope(x.value);
    struct step *product = opening_step(o, STEP_SUM, "gradient", "g·slope", 1);
    product->result = back.value * there;
    term_set(product->terms, product->result, 2, back, opening_constant(there));
}

/* a - b, as the sum of a and b·(-1). */
void opening_difference(struct opening *o, const char *formula, struct operand a,
                        struct operand b)
{
    struct step *s = opening_step(o, STEP_SUM, "difference", formula, 2);
    term_set(&s->terms[0], a.value, 1, a, opening_constant(0));
    term_set(&s->terms[1], -b.value, 2, b, opening_constant(-1));
    s->result = a.value - b.value;
}
