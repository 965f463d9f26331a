/* How two runs are laid out and drawn: one matrix at a time on a small screen, two on a
 * plain one; where there is more room all of them with the cell opened in both runs, then
 * the largest differences as a list, and all heads. */
#ifndef COMPARE_DRAW_H
#define COMPARE_DRAW_H

#include "paint/canvas.h"
#include "screen/pair.h"

struct compare_look {
    const struct pair *pair; /* borrowed */
    int turn;                /* which panes are seen where not all of them are */
    int zoom;
    enum range_by range_by;
    bool opened;   /* the cell instead of the matrices, where not both have room */
    bool listing;  /* the list of differences has the focus */
    long selected; /* of the list */
    bool alone;    /* the sentences are told elsewhere */
};

struct compare_layout {
    struct area runs;              /* the two sentences with their predictions */
    struct area panes[PAIR_PANES]; /* those that are seen, from the left and from above */
    int shown[PAIR_PANES], count;  /* which ones, and how many */
    struct area line, cell, list, heads; /* empty where there is none; the line: of the
                                          * cell, where that is not opened */
    bool shared;                   /* the labels of the first pane stand for all */
};

struct compare_layout compare_layout(const struct compare_look *v, const struct canvas *c,
                                     struct area a);
/* How many of the largest differences have room in the list. */
long compare_listed(const struct compare_look *v, const struct compare_layout *l);
void compare_draw(const struct compare_look *v, const struct compare_layout *l,
                  struct canvas *c);

#endif
