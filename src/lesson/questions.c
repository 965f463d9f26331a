#include "lesson/questions.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum truth question_choice(const struct scope *s, const struct predict *p, size_t choice)
{
    struct value v = evaluate(s, p->choices[choice].condition, NULL);
    enum truth truth = v.kind == VALUE_PENDING   ? TRUTH_PENDING
                       : v.kind != VALUE_NUMBER ? TRUTH_UNKNOWN
                       : v.number != 0          ? TRUTH_TRUE
                                                : TRUTH_FALSE;
    value_free(&v);
    return truth;
}

/* ---- numbers to type ---- */

bool question_read(const char *typed, double *out)
{
    char *end;
    if (!strpbrk(typed, "0123456789") || strspn(typed, "-.0123456789") != strlen(typed))
        return false;
    *out = strtod(typed, &end);
    return !*end;
}

/* 0, or CHOICE_NONE or CHOICE_PENDING. */
static int number_of(const struct scope *s, const struct node *n, double *out,
                     struct error *e)
{
    struct value v = evaluate(s, n, e);
    int status = v.kind == VALUE_PENDING                          ? CHOICE_PENDING
                 : v.kind != VALUE_NUMBER || !isfinite(v.number) ? CHOICE_NONE
                                                                 : 0;
    *out = v.number;
    value_free(&v);
    return status;
}

/* How many of the shown units make one, and how many decimals are shown. */
static double units(const char *format, double *half)
{
    bool percent = *format && format[strlen(format) - 1] == '%';
    int decimals = format[0] == '.'          ? format[1] - '0'
                   : percent || *format == ',' ? 0
                                               : 2;
    *half = 0.5 * pow(10, -decimals);
    return percent ? 100 : 1;
}

/* A hair more than half a unit: 0.125 may be typed as 0.12 and as 0.13. */
static bool is_near(const char *format, double typed, double x)
{
    double half, per = units(format, &half);
    return fabs(typed - per * x) <= half * (1 + 1e-6) + 1e-9 * fabs(per * x);
}

int question_judge(const struct scope *s, const struct predict *p, double typed)
{
    const struct fill *f = p->fill;
    double x;
    int status = number_of(s, f->answer, &x, NULL);
    if (status < 0 || is_near(f->format, typed, x))
        return status;
    for (size_t i = 0; i < f->wrong_count; i++)
        if (number_of(s, f->wrongs[i].node, &x, NULL) == 0 &&
            is_near(f->format, typed, x))
            return (int)i + 1;
    return (int)f->wrong_count + 1;
}

char *question_result(const struct scope *s, const struct predict *p)
{
    struct value v = evaluate(s, p->fill->answer, NULL);
    char *text = value_print(&v, p->fill->format);
    value_free(&v);
    return text;
}

/* ---- which answer is right ---- */

int question_right(const struct scope *s, const struct predict *p)
{
    int right = CHOICE_NONE;
    bool pending = false;
    double ignored;
    if (p->fill && p->fill->show == FILL_WHOLE)
        return CHOICE_NONE;
    if (p->fill)
        return number_of(s, p->fill->answer, &ignored, NULL);
    for (size_t i = 0; i < p->count; i++) {
        enum truth truth = question_choice(s, p, i);
        if (truth == TRUTH_UNKNOWN || (truth == TRUTH_TRUE && right >= 0))
            return CHOICE_NONE;
        if (truth == TRUTH_TRUE)
            right = (int)i;
        pending = pending || truth == TRUTH_PENDING;
    }
    return pending ? CHOICE_PENDING : right;
}

/* ---- for lint ---- */

static int resolve_number(const struct scope *s, const struct node *n, double *out,
                          struct error *e)
{
    if (number_of(s, n, out, e) == 0)
        return 0;
    error_set(e, "this is no single number, which could be typed: take a cell, such as "
                 "x[1,2], or sum(x)");
    return error_at(e, s->file, n->line, n->column);
}

static int resolve_fill(const struct scope *s, const struct fill *f, struct error *e)
{
    double right, wrong;
    if (resolve_number(s, f->answer, &right, e) < 0)
        return -1;
    double half, per = units(f->format, &half);
    for (size_t i = 0; i < f->wrong_count; i++) {
        const struct fill_wrong *w = &f->wrongs[i];
        if (resolve_number(s, w->node, &wrong, e) < 0)
            return -1;
        if (fabs(per * (wrong - right)) > 2 * half)
            continue;
        error_set(e,
                  "the mistake \"%.80s\" comes to the right answer; take other numbers, "
                  "or leave it out",
                  w->source);
        return error_at(e, s->file, w->line, 1);
    }
    return 0;
}

int question_resolve(const struct scope *s, const struct predict *p, struct error *e)
{
    long right = 0;
    char which[40] = ""; /* their numbers: there are six choices at most */
    if (p->fill)
        return resolve_fill(s, p->fill, e);
    for (size_t k = 0; k < p->count; k++) {
        struct value v = evaluate(s, p->choices[k].condition, e);
        bool known = v.kind == VALUE_NUMBER;
        if (known && v.number != 0)
            snprintf(which + strlen(which), sizeof which - strlen(which), "%s%zu",
                     right++ ? ", " : ": ", k + 1);
        value_free(&v);
        if (!known) {
            error_set(
                e, "the condition \"%.100s\" is none: compare two values, such as a == b",
                p->choices[k].condition_text);
            return error_at(e, s->file, p->choices[k].condition->line,
                            p->choices[k].condition->column);
        }
    }
    if (right == 1)
        return 0;
    error_set(e, "of the choices of this question %ld hold%s; exactly one must", right,
              which);
    return error_at(e, s->file, p->line, 1);
}
