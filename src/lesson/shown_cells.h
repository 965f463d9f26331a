/* The expressions of a stage fence as a matrix that a chart can show: of bars one row, a
 * number each; of lines a row each. What cannot be resolved on the sentence at hand, or
 * is not known yet, is NaN, and is shown as `missing`. */
#ifndef SHOWN_CELLS_H
#define SHOWN_CELLS_H

#include "chart/chart.h"
#include "lesson/evaluate.h"

struct shown_cells {
    struct tensor values; /* F64, owned */
    struct labels names;  /* owned: of the bars or lines */
    const struct labels *places; /* of the numbers of a line; borrowed, NULL: numbers */
    bool lines;
    bool pending; /* an exam still runs */
};

/* Caller frees with shown_cells_free (NULL is fine). */
struct shown_cells *shown_cells_new(const struct scope *s, const struct staging *st);
void shown_cells_free(struct shown_cells *c);

/* Whether all of them can be resolved; the error has its place. */
int shown_cells_check(const struct scope *s, const struct staging *st, struct error *e);

struct sheet shown_cells_sheet(const struct shown_cells *c);

/* "…" while an exam runs, else "–". */
const char *shown_cells_missing(const struct shown_cells *c);

/* The chart of it; nothing is to be released. Both are borrowed. */
struct chart shown_cells_chart(const struct shown_cells *c, const struct exhibit *shown);

#endif
