#include "screen/cell_state.h"

#include "base/memory.h"

#include <stdlib.h>

static void add_line(struct cell_lines *l, struct cell_line line)
{
    l->items = mem_grow(l->items, l->count, &l->capacity, sizeof *l->items);
    l->items[l->count++] = line;
}

bool cell_step_by_size(const struct step *s)
{
    return s->count > CELL_NATURAL;
}

static void add_step_lines(struct cell_lines *l, const struct explanation *x, int step,
                           long *index)
{
    const struct step *s = &x->steps[step];
    long *order = mem_alloc((size_t)s->count, sizeof *order);
    for (long i = 0; i < s->count; i++)
        order[i] = i;
    if (cell_step_by_size(s))
        explain_order(s, order);
    if (s->count > 1)
        add_line(l, (struct cell_line){step, -1, -1});
    for (long i = 0; i < s->count; i++)
        add_line(l, (struct cell_line){step, order[i], (*index)++});
    free(order);
}

struct cell_lines cell_lines_of(const struct explanation *x)
{
    struct cell_lines l = {0};
    long index = 0;
    for (int i = 0; i < x->count; i++)
        add_step_lines(&l, x, i, &index);
    return l;
}

long cell_terms(const struct explanation *x)
{
    long count = 0;
    for (int i = 0; i < x->count; i++)
        count += x->steps[i].count;
    return count;
}

const struct term *cell_term(const struct explanation *x, long line)
{
    const struct term *found = NULL;
    struct cell_lines l = cell_lines_of(x);
    for (size_t i = 0; i < l.count; i++)
        if (l.items[i].index == line)
            found = &x->steps[l.items[i].step].terms[l.items[i].term];
    free(l.items);
    return found;
}

static bool can_open(const struct operand *o)
{
    return o->from.kind != REF_NONE || o->step >= 0;
}

int cell_operand(const struct explanation *x, long line, int operand, int step)
{
    const struct term *t = cell_term(x, line);
    if (!t)
        return -1;
    if (step == 0) {
        for (int i = 0; i < t->count; i++)
            if (can_open(&t->operand[i]))
                return i;
        return -1;
    }
    for (int i = operand + step; i >= 0 && i < t->count; i += step)
        if (can_open(&t->operand[i]))
            return i;
    return operand;
}

long cell_step_line(const struct explanation *x, int step)
{
    long line = 0;
    for (int i = 0; i < step; i++)
        line += x->steps[i].count;
    return line;
}
