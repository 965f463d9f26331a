/* What a lesson file holds: scenes with their blocks, questions, compute lines and
 * claims. lesson.h reads them. */
#ifndef SCENE_H
#define SCENE_H

#include "chart/chart.h"
#include "lesson/markdown.h"
#include "lesson/syntax.h"

#include <stdbool.h>

enum block_kind {
    BLOCK_PARAGRAPH,
    BLOCK_ITEM,
    BLOCK_QUOTE,
    BLOCK_CODE,
    BLOCK_PREDICT, /* scene->predicts[index] is asked or told here */
    BLOCK_PICTURE, /* the stage fence, or a compute fence, stands here */
};

struct block {
    enum block_kind kind;
    int level;          /* of an item: its depth, from 1 */
    const char *marker; /* of an item: "•", "2.", or "" */
    struct prose prose;
    size_t index;
    long line;
};

/* A value of the prose, parsed. */
struct lesson_value {
    const struct span *span;   /* borrowed from the prose */
    const struct predict *of;  /* the question that it stands in, or NULL */
    struct node *node;       /* NULL for a fact */
    char *fact, *source;     /* of a fact */
    char format[16];         /* "" for none */
};

struct choice {
    struct prose text, feedback; /* feedback may be empty */
    struct node *condition;
    char *condition_text;
};

/* In one scene. */
#define QUESTIONS_MOST 8

/* A mistake that the author foresaw, with what to say to it. */
struct fill_wrong {
    struct node *node;
    char *source;
    struct prose reply;
    size_t step; /* where it went off, from 1; 0 for a calculation without steps */
    long line;
};

enum fill_show {
    FILL_BLANK, /* the calculation is the learner's */
    FILL_LAST,  /* all steps but the result of the last one are shown */
    FILL_WHOLE, /* all is told, nothing is asked */
};

/* A calculation whose result the learner types. */
struct fill {
    enum fill_show show;
    struct node *answer;
    char format[16];
    char *source;
    struct prose *steps; /* the last one ends before its result */
    size_t step_count, step_capacity;
    struct fill_wrong *wrongs;
    size_t wrong_count, wrong_capacity;
};

/* A question: with choices (fences predict and recall), or with a number to type (fence
 * fill). */
struct predict {
    struct prose question;
    struct choice *choices;
    size_t count, capacity;
    struct fill *fill;     /* NULL: it has choices */
    long part, scene;      /* of a recall: the scene it comes from, from 1; else 0 */
    char *text;            /* of a recall: its sentence; else NULL */
    long line;
};

/* One of the expressions whose values a chart shows, with its name. */
struct shown_cell {
    char *label;
    struct node *node;
    long column; /* where it stands */
};

/* The stage fence. */
struct staging {
    struct node *focus; /* a name, maybe with a cell; NULL: the last name computed */
    const struct chart_kind *view; /* never NULL */
    char *whatifs; /* NULL for none */
    char *text;    /* NULL: the sentence of the lesson */
    long whatifs_line, text_line; /* where they stand */
    bool pinned;   /* no other sentence takes the place of that text */
    bool export;
    struct shown_cell *cells; /* what is shown in the place of a matrix; NULL: nothing */
    size_t cell_count, cell_capacity;
    long cells_line;
    unsigned log; /* CHART_LOG_… */
    char *classes; /* that points are told apart by, as a chart wants them; or NULL */
    struct staging *beside; /* a second picture of the scene; NULL for none */
    long line;
};

/* What a line of a run fence can say. */
enum run_key { RUN_TEXT, RUN_TARGET, RUN_WHATIF, RUN_MODEL, RUN_KEYS };

/* One line of a run fence. */
struct run_line {
    char *name;
    char *value[RUN_KEYS]; /* NULL: that of the lesson */
    long line, column;
    long value_column[RUN_KEYS];
};

/* One line of a compute fence. */
struct statement {
    char *name;
    struct node *node;
    char *source; /* the line as it stands */
    long line;
};

/* One line of an assert fence. */
struct claim {
    struct node *node;
    char *source;
    long line;
};

struct scene {
    char *title;
    long line;
    struct block *blocks;
    size_t block_count, block_capacity;
    struct predict *predicts;
    size_t predict_count, predict_capacity;
    struct run_line *runs;
    size_t run_count, run_capacity;
    struct statement *statements;
    size_t statement_count, statement_capacity;
    struct claim *claims;
    size_t claim_count, claim_capacity;
    struct lesson_value *values;
    size_t value_count, value_capacity;
    struct staging *staging; /* NULL for none */
    char *notes;             /* NULL for none */
    char *fences; /* the kinds of its fences in order: "compute stage predict" */
};

struct lesson {
    char *file; /* for messages */
    char *id, *title, *text;
    long part, minutes;
    struct scene *scenes;
    size_t count, capacity;
};

/* How many answers can be told apart: the choices; of a number to type the right one (the
 * first), each foreseen mistake and any other; none where nothing is asked. */
size_t predict_answers(const struct predict *p);
/* Everything that a question says, in order: its question, choices and what is said of
 * them, steps and replies; and everything that it computes, the answer before the
 * mistakes. NULL beyond the last. */
const struct prose *predict_prose(const struct predict *p, size_t index);
const struct node *predict_node(const struct predict *p, size_t index);

/* The value of a span of the scene. Never NULL. */
const struct lesson_value *scene_value(const struct scene *s, const struct span *span);

void scene_free(struct scene *s);

#endif
