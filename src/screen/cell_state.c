#include "screen/cell_state.h"

#include "base/memory.h"

#include <stdlib.h>

bool cell_step_adds(const struct step *s)
{
    return s->kind == STEP_SUM || s->kind == STEP_SUM_EXP;
}

bool cell_step_chooses(const struct step *s)
{
    return s->kind == STEP_MAX || s->kind == STEP_MIN;
}

static bool is_open(unsigned open, int step)
{
    return open >> step & 1;
}

/* Whether no other step has terms to choose from. */
static bool is_alone(const struct explanation *x, int step)
{
    for (int i = 0; i < x->count; i++)
        if (i != step && x->steps[i].count > 1)
            return false;
    return true;
}

/* How many terms of the step are seen. A rest of one term would save no line. */
static long seen(const struct explanation *x, unsigned open, int step)
{
    const struct step *s = &x->steps[step];
    long top = cell_step_chooses(s)  ? CELL_TOP_CHOICE
               : is_alone(x, step) ? CELL_TOP_ALONE
                                   : CELL_TOP;
    return is_open(open, step) || s->count <= top + 1 ? s->count : top;
}

/* The lines of a step that can be selected. */
static long selectable(const struct explanation *x, unsigned open, int step)
{
    long shown = seen(x, open, step);
    return shown + (shown < x->steps[step].count);
}

static void add_line(struct cell_lines *l, struct cell_line line)
{
    l->items = mem_grow(l->items, l->count, &l->capacity, sizeof *l->items);
    l->items[l->count++] = line;
}

static double sum_of(const struct step *s)
{
    double sum = 0;
    for (long i = 0; i < s->count; i++)
        sum += s->terms[i].value;
    return sum;
}

/* What is left is summed by itself: as a difference it would be rounding alone. */
static double sum_of_rest(const struct step *s, const long *order, long shown)
{
    double sum = 0;
    char *is_shown = mem_zero((size_t)s->count, 1);
    for (long i = 0; i < shown; i++)
        is_shown[order[i]] = 1;
    for (long i = 0; i < s->count; i++)
        if (!is_shown[i])
            sum += s->terms[i].value;
    free(is_shown);
    return sum;
}

static void add_step_lines(struct cell_lines *l, const struct explanation *x,
                           unsigned open, int step, long *index)
{
    const struct step *s = &x->steps[step];
    long shown = seen(x, open, step), left = s->count - shown;
    long *order = mem_alloc((size_t)shown, sizeof *order);
    double running = 0;
    explain_largest(s, shown, order);
    if (s->count > 1)
        add_line(l, (struct cell_line){CELL_HEAD, step, -1, -1, 0, s->result, 0});
    for (long i = 0; i < shown; i++) {
        double value = s->terms[order[i]].value;
        running += value;
        add_line(l, (struct cell_line){CELL_TERM, step, order[i], (*index)++, 0, value,
                                       running});
    }
    if (left > 0)
        add_line(l, (struct cell_line){CELL_REST, step, -1, (*index)++, left,
                                       sum_of_rest(s, order, shown), sum_of(s)});
    free(order);
}

struct cell_lines cell_lines_of(const struct explanation *x, unsigned open)
{
    struct cell_lines l = {0};
    long index = 0;
    for (int i = 0; i < x->count; i++)
        add_step_lines(&l, x, open, i, &index);
    return l;
}

long cell_count(const struct explanation *x, unsigned open)
{
    return cell_step_line(x, open, x->count);
}

long cell_step_line(const struct explanation *x, unsigned open, int step)
{
    long line = 0;
    for (int i = 0; i < step; i++)
        line += selectable(x, open, i);
    return line;
}

/* The step of a line, and `*line` within it; -1 where there is no such line. */
static int step_of(const struct explanation *x, unsigned open, long *line)
{
    for (int i = 0; i < x->count && *line >= 0; i++) {
        long count = selectable(x, open, i);
        if (*line < count)
            return i;
        *line -= count;
    }
    return -1;
}

const struct term *cell_term(const struct explanation *x, unsigned open, long line)
{
    int step = step_of(x, open, &line);
    if (step < 0 || line >= seen(x, open, step))
        return NULL;
    const struct step *s = &x->steps[step];
    long *order = mem_alloc((size_t)line + 1, sizeof *order);
    explain_largest(s, line + 1, order);
    const struct term *found = &s->terms[order[line]];
    free(order);
    return found;
}

int cell_rest(const struct explanation *x, unsigned open, long line)
{
    int step = step_of(x, open, &line);
    return step >= 0 && line >= seen(x, open, step) ? step : -1;
}

long cell_first_line(const struct explanation *x, unsigned open)
{
    for (int i = 0; i < x->count; i++)
        if (x->steps[i].kind == STEP_EXP || x->steps[i].kind == STEP_NORMALISE)
            return cell_step_line(x, open, i);
    return 0;
}

static bool can_open(const struct operand *o)
{
    return o->from.kind != REF_NONE || o->step >= 0;
}

int cell_operand(const struct term *t, int operand, int step)
{
    if (!t)
        return -1;
    for (int i = step ? operand + step : 0; i >= 0 && i < t->count; i += step ? step : 1)
        if (can_open(&t->operand[i]))
            return i;
    return step ? operand : -1;
}
