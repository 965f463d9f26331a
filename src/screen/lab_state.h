/* The laboratory without its drawing: the what-ifs with the place and the value chosen
 * for each, the places of the model as a tree, the exams, the run before and after. */
#ifndef LAB_STATE_H
#define LAB_STATE_H

#include "base/say.h"
#include "screen/pair.h"
#include "screen/walk_state.h"
#include "study/exams.h"

/* A place of the model: everywhere, a stack, a layer, a sublayer, a head of one. */
struct lab_place {
    char *text;            /* as what-ifs write it; "" for everywhere */
    struct stage_place at; /* PLACE_NOWHERE for everywhere */
    long head;             /* from 1; 0 for none */
    int depth;             /* 0 for everywhere, 4 for a head */
};

struct lab {
    struct walk *walk;        /* borrowed */
    int row;                  /* the what-if selected */
    struct lab_place *places; /* in the order of the tree */
    long place_count;
    long place[WHATIF_COUNT]; /* the place and the value chosen for each row */
    long value[WHATIF_COUNT];
    char *fits[WHATIF_COUNT]; /* for each place: it fits the row; NULL: not asked */
    long tree;                /* the place under the cursor of the tree */
    bool in_tree;             /* which has the focus */
    struct pair pair;         /* the intact run, and as the walk is */
    struct exams *exams;      /* NULL: the model brings none */
    char *no_exam;            /* why there is none */
    char *message;
};

/* The walk is borrowed. Caller frees. */
struct lab *lab_new(struct walk *walk);
void lab_free(struct lab *l);

/* The name of a what-if, "no positions". */
const char *lab_name(int row, enum language language);
/* The value and the place chosen for a row: "T = 2 · encoder 0 · self-attention". Caller
 * frees. */
char *lab_choice(const struct lab *l, int row);
/* A place within its parent, "self-attention"; and in full. Callers free. */
char *lab_place_name(const struct lab *l, long place);
char *lab_place_words(const struct lab *l, long place);

/* Whether the selected row can have the place. */
bool lab_fits(const struct lab *l, long place);
/* How many what-ifs of the row are in force; whether just what is chosen there is. */
long lab_count_in_force(const struct lab *l, int row);
bool lab_is_on(const struct lab *l, int row);

/* The places that a tree of so many rows shows: all of them, all but the heads of other
 * blocks, or those whose parent holds the cursor. Returns how many; `out` has place_count
 * places. */
long lab_tree(const struct lab *l, long rows, long *out);

/* A place as what-ifs write it, in every row that can have it; the first of them is
 * selected. NULL and unknown ones do nothing. */
void lab_choose_place(struct lab *l, const char *place);
void lab_select_row(struct lab *l, int row);      /* around */
void lab_next_place(struct lab *l, int by);       /* the next one that fits */
void lab_move_in_tree(struct lab *l, long place); /* taken where it fits */
void lab_change_value(struct lab *l, int by);
void lab_toggle(struct lab *l);
void lab_restore(struct lab *l); /* the intact model */

struct exam_state lab_intact_exam(const struct lab *l);
/* Without a score when nothing is off. */
struct exam_state lab_changed_exam(const struct lab *l);

void lab_say(struct lab *l, const char *message); /* copies; NULL: none */

#endif
