/* Expressions of the prose, of conditions and of claims, on a run.
 *
 * Names are looked up in the compute blocks, then among the stages (of the changed run,
 * or with "before.", "after." and "A." of that one), the weights ("weight:NAME"), and the
 * texts `text` and `prediction`. */
#ifndef EVALUATE_H
#define EVALUATE_H

#include "lesson/lesson_runs.h"
#include "lesson/slice.h"
#include "lesson/syntax.h"
#include "lesson/value.h"
#include "lesson/workbook.h"
#include "study/exams.h"
#include "study/session.h"

/* What exam(…) has, separated by spaces. */
#define EXAM_RESULTS "exact_match loss right sentences kind"

/* What expressions are evaluated in; all borrowed. */
struct scope {
    const char *file;   /* for messages */
    struct runs *runs;  /* "before." and "after." are one when nothing is off */
    struct workbook *book;
    struct exams *exams;
};

/* VALUE_NONE with an error (place and hint) when it cannot be resolved; a condition is a
 * number, 1 or 0. Free with value_free. */
struct value evaluate(const struct scope *s, const struct node *n, struct error *e);

/* A matrix by its name, where it stands. */
struct found {
    struct session *session; /* whose run it is of; for a compute block the changed one */
    struct trace *trace;
    struct ref ref;
    bool computed;
    const struct labels *labels[TENSOR_MAX_RANK];
    struct slice_names names; /* the numbers that its cells may be named by */
};
bool evaluate_find(const struct scope *s, const char *name, struct found *out,
                   struct error *e);

/* The cell of an index node in that matrix; ":" stands for the first. */
int evaluate_cell(const struct found *f, const struct node *index,
                  long at[TENSOR_MAX_RANK], struct error *e);

/* The same as a place of a picture; the first cell where there is no index. */
bool evaluate_place(const struct found *f, const struct node *index, struct place *place);

#endif
