#include "screen/cell_words.h"

#include "base/memory.h"
#include "base/say.h"
#include "study/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text with the values in the places of $1, $2 … Caller frees. */
static char *fill(enum say text, const char *const values[])
{
    struct buffer b = {0};
    for (const char *s = say(text); *s; s++)
        if (s[0] == '$')
            buffer_add(&b, values[*++s - '1']);
        else
            buffer_add_bytes(&b, s, 1);
    return buffer_take(&b);
}

static const char *bare(const struct labels *l, long index, char number[24])
{
    snprintf(number, 24, "%ld", index + 1);
    bool labelled = l && index < (long)l->count;
    return labelled ? label_without_mark(l->items[index].text) : number;
}

/* What stands on the row and on the column, and two more values. */
static char *of_pair(const struct cell_view *v, enum say text, const char *third,
                     const char *fourth)
{
    char row[24], column[24];
    const struct place *at = &v->shown->at;
    const char *const values[] = {bare(v->sheet.row_labels, at->row, row),
                                  bare(v->sheet.column_labels, at->column, column), third,
                                  fourth};
    return fill(text, values);
}

static char *of_two(enum say text, const char *first, const char *second)
{
    const char *const values[] = {first, second};
    return fill(text, values);
}

static char *of_share(const struct cell_view *v, enum say text)
{
    char share[32];
    if (isnan(v->value))
        return NULL;
    bool tiny = v->value > 0 && v->value < 0.0005;
    snprintf(share, sizeof share, tiny ? "<0.1 %%" : "%.1f %%", v->value * 100);
    return of_pair(v, text, share, "");
}

/* How many of the row are larger. */
static char *of_rank(const struct cell_view *v)
{
    char rank[24], count[24];
    const struct tensor *t = trace_acquire_ref(v->shown->trace, v->sheet.ref);
    struct place first = {v->shown->at.head, v->shown->at.row, 0};
    long larger = 0, start = sheet_cell(&v->sheet, first);
    for (long i = 0; i < v->sheet.columns; i++)
        larger += tensor_get(t, start + i) > v->value;
    trace_release_ref(v->shown->trace, v->sheet.ref);
    snprintf(rank, sizeof rank, "%ld", larger + 1);
    snprintf(count, sizeof count, "%ld", v->sheet.columns);
    return of_pair(v, SAY_CELL_RANK, rank, count);
}

static const struct step *step_of(const struct cell_view *v, enum step_kind kind)
{
    for (int i = 0; i < v->x->count; i++)
        if (v->x->steps[i].kind == kind)
            return &v->x->steps[i];
    return NULL;
}

static char *of_products(const struct cell_view *v, const struct step *s)
{
    char count[24], largest[RENDER_NUMBER];
    long first, products = 0;
    for (long i = 0; i < s->count; i++)
        products += s->terms[i].count > 1;
    explain_largest(s, 1, &first);
    snprintf(count, sizeof count, "%ld", products);
    render_number(s->terms[first].value, 2, largest);
    return v->sheet.stage->role == ROLE_SCORES
               ? of_pair(v, SAY_CELL_MEETS, count, largest)
               : of_two(SAY_CELL_SUM, count, largest);
}

static char *of_residual(const struct step *s)
{
    char in[RENDER_NUMBER], added[RENDER_NUMBER];
    return of_two(SAY_CELL_RESIDUAL, render_number(s->terms[0].value, 2, in),
                  render_number(s->terms[1].value, 2, added));
}

static char *of_norm(const struct step *s)
{
    char far[RENDER_NUMBER];
    return of_two(s->result < 0 ? SAY_CELL_BELOW : SAY_CELL_ABOVE,
                  render_number(fabs(s->result), 1, far), "");
}

/* By what its steps are. */
static char *of_steps(const struct cell_view *v)
{
    const struct step *s;
    if ((s = step_of(v, STEP_NORMALISE)))
        return of_norm(s);
    if ((s = step_of(v, STEP_RELU))) {
        bool cut = s->terms[0].operand[0].value < 0;
        return of_two(cut ? SAY_CELL_CUT : SAY_CELL_STAYS, "", "");
    }
    if ((s = step_of(v, STEP_MASK)))
        return of_pair(v, s->number != 0 ? SAY_CELL_SEES : SAY_CELL_HIDDEN, "", "");
    s = step_of(v, STEP_SUM);
    return s && s->count > 1 && s->terms[0].count > 1 ? of_products(v, s) : NULL;
}

char *cell_sentence(const struct cell_view *v)
{
    if (!v->sheet.stage || !v->x || v->x->count == 0)
        return NULL;
    const struct step *last = &v->x->steps[v->x->count - 1];
    switch (v->sheet.stage->role) {
    case ROLE_SOFTMAX:
        return of_share(v, SAY_CELL_TAKES);
    case ROLE_PROBABILITIES:
        return of_share(v, SAY_CELL_EXPECTS);
    case ROLE_LOGITS:
        return of_rank(v);
    case ROLE_RESIDUAL:
        return last->count == 2 ? of_residual(last) : NULL;
    case ROLE_GRADIENT:
        return NULL;
    default:
        return of_steps(v);
    }
}
