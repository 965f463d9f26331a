/* The same stage of two runs: before and after a what-if with their difference, or of two
 * sentences. Both runs of a what-if are fed the words of the intact model, so that rows
 * match; where its order changed, tokens stand beside themselves. Logic without drawing.
 *
 *     struct pair p = {0};
 *     if (pair_make(&p, session, NULL, e) == 0)      // intact, and as the session is
 *         pair_look(&p, stage);
 *     … p.panes[PAIR_DIFFERENCE].values …
 *     pair_free(&p); */
#ifndef PAIR_H
#define PAIR_H

#include "chart/sheet.h"
#include "numbers/explain.h"

enum { PAIR_BEFORE, PAIR_AFTER, PAIR_RUNS, PAIR_DIFFERENCE = PAIR_RUNS, PAIR_PANES };

#define PAIR_LARGEST 256 /* differences that are listed */

struct pair_pane {
    struct exhibit shown; /* its session is owned; none for the difference */
    struct sheet sheet;
    struct tensor values; /* owned copy */
    struct colormap_range range;
};

struct pair {
    struct pair_pane panes[PAIR_PANES];
    bool ready, sentences; /* two runs are there; of two sentences */
    int stage;
    struct place at;
    double most; /* of the difference */
    struct place largest[PAIR_LARGEST]; /* differences of all heads, falling; none is 0 */
    long largest_count;
    struct explanation x[PAIR_RUNS]; /* of the cell, in each run that has it */
    bool has[PAIR_RUNS];
};

/* Two runs made from `from`: with a second sentence both as it is; else the intact model
 * and as it is. On an error the old ones stay. Nothing is looked at yet. */
int pair_make(struct pair *p, const struct session *from, const char *second,
              struct error *e);
void pair_free(struct pair *p);

/* At a stage (the nearest there is), and at a cell of it (clamped). */
void pair_look(struct pair *p, int stage);
void pair_move_to(struct pair *p, struct place at);

/* How many panes there are: no difference of two sentences. */
int pair_count(const struct pair *p);

/* The number of a pane at a cell; NaN where its run has no such cell. */
double pair_value(const struct pair *p, int pane, struct place at);

#endif
