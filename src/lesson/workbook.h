/* The compute blocks of a lesson as one trace: every line becomes stages of a plan, with
 * the ops of the model (op.def). What a line reads of the model comes in as a given
 * matrix.
 *
 * What the prose, the questions and the claims of the last scene make of matrices by
 * functions become stages, too, behind those of the lines.
 *
 * A line that does not fit the sentence at hand (no such piece) leaves its name without a
 * value; the lines that need it follow. */
#ifndef WORKBOOK_H
#define WORKBOOK_H

#include "lesson/lesson_runs.h"
#include "study/session.h"

struct slider {
    char *name;
    double least, most, start, value;
    size_t scene; /* where it stands, from 0 */
};

struct sliders {
    struct slider *items;
    size_t count, capacity;
};

/* Matrices that hang on nothing but their line, random ones for example, as the books of
 * a lesson have computed them. All zero at first; free with constants_free. */
struct constants {
    struct trace *by_engine[2]; /* fast and reference */
};

void constants_free(struct constants *k);

struct workbook_name {
    char *name;
    size_t scene;   /* where it was made, from 0 */
    struct ref ref; /* REF_NONE: a number, or nothing */
    double number;  /* of a number */
    bool is_number;
    bool one;           /* a matrix of a single cell that stands for a number */
    struct error error; /* why there is no value */
};

/* A function in an expression of the last scene (prose.h). */
struct workbook_value {
    const struct node *node;
    struct ref ref; /* REF_NONE: a number */
    bool is_number;
    double number;
    bool one;
    struct error error; /* why there is no value */
};

struct workbook;

/* Computes the blocks of the scenes that the runs speak of, and the values of the last of
 * them; those of its claims where they are to be checked. Sliders keep their values by
 * name and new ones are added. Constants are taken from there, and left there when the
 * book is freed. All is borrowed; the runs must stay as they are. */
struct workbook *workbook_new(struct runs *runs, struct sliders *sliders,
                              struct constants *constants, bool claims);
void workbook_free(struct workbook *b);

const struct workbook_name *workbook_find(const struct workbook *b, const char *name);
/* The last name of a scene that has a matrix, or NULL. */
const struct workbook_name *workbook_last(const struct workbook *b, size_t scene);

/* The stage of a function; NULL when the node is none. */
const struct workbook_value *workbook_value(const struct workbook *b,
                                            const struct node *n);

/* The functions of the last scene that have a stage, each stage once: the index-th, from
 * 0; NULL beyond the last. */
const struct workbook_value *workbook_nth_value(const struct workbook *b, size_t index);

/* A matrix of the model, or a weight that a stage fence shows, as part of the plan. */
bool workbook_part(const struct workbook *b, const char *name, struct ref *ref);

struct trace *workbook_trace(const struct workbook *b); /* borrowed */
/* The other engine on the same inputs. */
struct trace *workbook_reference(struct workbook *b);

void sliders_free(struct sliders *s);

#endif
