/* Where the walk is: a stage, a cell of its matrix, and the number opened there. This is
 * the logic without the drawing; every function leaves the walk in a state that can be
 * drawn, and the cursor never leaves its matrix. */
#ifndef WALK_STATE_H
#define WALK_STATE_H

#include "chart/chart.h"
#include "numbers/explain.h"
#include "screen/gait.h"

#include <stdbool.h>

/* A matrix that the one looked at is made of. */
struct walk_input {
    struct sheet sheet;
    const struct tensor *values; /* pinned like those of the walk */
    struct colormap_range range;
};

enum walk_focus { FOCUS_STAGE, FOCUS_MATRIX, FOCUS_CELL, FOCUS_COUNT };

/* How the weights of an attention are looked at (screen/attention.h). */
enum attention_pane { ATTENTION_MAP, ATTENTION_LINES, ATTENTION_HEADS, ATTENTION_PANES };

struct attention_state {
    enum attention_pane pane;
    bool columns; /* who looks at the column is asked, not what the row looks at */
    bool words;   /* pieces are put together */
    bool asked;   /* for the names of heads */
    struct head_names *names; /* owned; NULL: not asked for, or there are none */
};

/* One step of the way down from a number to what it is made of. */
struct walk_step {
    struct ref ref;
    struct place at;
    long line;
    int operand;
    unsigned open;
};

/* Meaning and romanisation of the pieces: by the language, a line of them in English;
 * all, in the labels, too; none. */
enum walk_gloss { GLOSS_BY_LANGUAGE, GLOSS_ALL, GLOSS_NONE };

struct walk {
    struct session *session; /* owned; NULL on a worked example */
    struct exhibit shown;    /* of the session; says what is looked at, and where */
    struct stage_map map;
    enum gait gait;

    int stage; /* the stage looked at, or the one we came from to a weight */
    struct sheet sheet;
    const struct tensor *values; /* pinned while it is looked at */
    struct colormap_range range;

    struct walk_input inputs[OP_MAX_INPUTS + 1]; /* a recurrence is one of its own */
    int input_count;

    struct explanation x; /* of the cell; empty for a weight */
    bool explained;
    long line; /* the selected line and operand; the steps whose rest is opened */
    int operand;
    unsigned open;
    struct walk_step *path; /* how we came here, from the first number on */
    size_t depth, path_capacity;

    enum walk_focus focus;
    int zoom;
    enum range_by range_by;
    enum walk_gloss gloss;
    int autoplay; /* milliseconds a stage, 0 when never asked for */
    bool playing;
    bool guest; /* on top of a lesson or the home screen: going out leads back there */
    enum walk_focus way_out; /* a guest goes out from where it came in */

    double proof_here;  /* of the stage looked at, where the proof has come to it */
    struct proof proof; /* of the whole pass; while it is going on, time is asked for */
    bool proving;

    struct attention_state attention;
    long exam_limit; /* sentences of an exam; 0 for all */

    char *badge; /* the what-ifs in force as text, NULL for none */
    char *message; /* one line for the person, until the next key; NULL for none */
    bool warning;
};

/* A walk over what is shown, from its stage and cell on (or the first stage). Takes the
 * session; a worked example is borrowed. Caller frees. */
struct walk *walk_new(struct exhibit shown);
void walk_free(struct walk *w);

/* Another sentence: runs the model on it. On an error the old one stays. */
int walk_set_text(struct walk *w, const char *text, struct error *e);
int walk_set_ids(struct walk *w, const int32_t *ids, long count, struct error *e);

/* Other what-ifs (copied): computes again; the stage stays. On an error the old ones. */
int walk_set_whatifs(struct walk *w, const struct whatifs *list, struct error *e);

/* From a stage to its gradient, for which the run is traced anew the first time, or back
 * from a gradient to its stage. -1 with an error where there is none. */
int walk_turn_gradient(struct walk *w, struct error *e);

/* Enters a stage at the cell of the held row that matters (screen/winner.h), and forgets
 * the path. */
void walk_go(struct walk *w, int stage);
void walk_next(struct walk *w, int by);  /* stages forward or back; stops at the ends */
void walk_step(struct walk *w, int by); /* the same by the gait */
void walk_next_part(struct walk *w, int direction);
bool walk_is_last(const struct walk *w);

void walk_move_to(struct walk *w, struct place at); /* clamped */
/* The same, but in another row of a vocabulary to the token that wins there. */
void walk_move_row(struct walk *w, struct place at);
/* Wraps around. A cursor on the cell that wins goes to the one that wins there. */
void walk_set_head(struct walk *w, long head);

/* In the opened number: the next term, the next operand. */
void walk_select_line(struct walk *w, long line);
void walk_select_operand(struct walk *w, int direction);

/* The cell of an input that the selected term reads, or that some term reads. */
struct place walk_input_place(const struct walk *w, int input);

/* Into the selected operand, or to all terms where a rest is selected; false when the
 * operand is a constant. Back out, to the same line and operand: false at the top. */
bool walk_descend(struct walk *w);
bool walk_return(struct walk *w);

/* One step in: to the matrix, to the cell, into the selected operand; false where nothing
 * can be opened. One step out: false where it leads out of the walk. */
bool walk_enter(struct walk *w);
bool walk_leave(struct walk *w);
void walk_turn_focus(struct walk *w, int by); /* to the next pane, or the one before */

/* Goes on with the proof for a moment, or to the end. */
void walk_prove(struct walk *w, bool all);

void walk_say(struct walk *w, bool warning, const char *message); /* copies; NULL: none */

#endif
