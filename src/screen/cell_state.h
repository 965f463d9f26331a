/* The terms of an opened number as lines to go up and down, and their operands to go
 * left, right and into: what can be selected, without the drawing. Of every step the
 * largest terms come first, and the rest is one line until it is opened. A line that can
 * be selected, a term or a rest, has its number, counted from 0 over all steps. */
#ifndef CELL_STATE_H
#define CELL_STATE_H

#include "numbers/explain.h"

#include <stdbool.h>
#include <stddef.h>

/* Terms of a step that are seen while its rest is folded: of the only list of terms, of
 * one of several, of a largest or smallest. */
enum { CELL_TOP_ALONE = 8, CELL_TOP = 3, CELL_TOP_CHOICE = 1 };

enum cell_line_kind { CELL_HEAD, CELL_TERM, CELL_REST };

struct cell_line {
    enum cell_line_kind kind;
    int step;
    long term;      /* CELL_TERM: in the step */
    long index;     /* the number of the line; -1 for the head */
    long left;      /* CELL_REST: how many terms it stands for */
    double value;   /* what the line adds */
    double running; /* that and what the lines of the step before it add */
};

/* All of them from top to bottom; free `items`. `open` has a bit for every step whose
 * rest is opened, 1 << step. */
struct cell_lines {
    struct cell_line *items;
    size_t count, capacity;
};
struct cell_lines cell_lines_of(const struct explanation *x, unsigned open);

/* Whether the terms are added up, so that a running sum means something. */
bool cell_step_adds(const struct step *s);
/* Whether the step takes one of its terms. */
bool cell_step_chooses(const struct step *s);

/* How many lines can be selected; the term of one, NULL for a rest and where there is no
 * such line; the step of a rest, -1 for everything else. */
long cell_count(const struct explanation *x, unsigned open);
const struct term *cell_term(const struct explanation *x, unsigned open, long line);
int cell_rest(const struct explanation *x, unsigned open, long line);

/* The line to begin with: where the number of this very cell enters a softmax or a norm,
 * else the first, which is the largest. */
long cell_first_line(const struct explanation *x, unsigned open);

/* The nearest operand of the term that can be opened, searched from `operand` in the
 * direction `step` (1 or -1, 0: any); -1 when there is none. */
int cell_operand(const struct term *t, int operand, int step);

/* The first line of the step whose result an operand is. */
long cell_step_line(const struct explanation *x, unsigned open, int step);

#endif
