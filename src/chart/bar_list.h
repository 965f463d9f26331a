/* A list of horizontal bars on a page: labels left, numbers right, one scale. */
#ifndef BAR_LIST_H
#define BAR_LIST_H

#include "chart/plot.h"

/* One line. Texts are owned by the list, and may be NULL. */
struct bar_line {
    char *rank;   /* before the label */
    char *label;  /* a line that has only this is a text across */
    char *gloss;  /* a lighter one beside the label */
    char *number; /* right; NULL: no bar */
    char *note;   /* lighter, after the number */
    double value; /* not finite: no bar */
    int ink;      /* of a value that is not negative; the next one of a negative one */
    bool thin;    /* one of several bars that share the label of the first */
    int span;     /* lines that share this label; 0: this one alone */
    bool bold;    /* the label */
};

struct bar_list {
    struct bar_line *lines;
    size_t count, capacity;
    double line;       /* the height of a line; 0: the plain one */
    double lo, hi;     /* the scale, with 0 in it or not */
    const char *unit;  /* behind the ticks: "%" or "" */
    const char *title; /* below the ticks; NULL for none */
};

void bar_list_add(struct bar_list *l, struct bar_line line); /* takes the texts */
void bar_list_free(struct bar_list *l);

/* On a new page; caller frees. NULL and an error when its width leaves no room. */
struct drawing *bar_list_draw(const struct bar_list *l, const struct chart_page *page,
                              struct error *e);

#endif
