/* A compute line as stages of a plan: a thin skin over the ops (op.def). Every function
 * of a line is one op or two; the table is in compile.c. */
#ifndef COMPILE_H
#define COMPILE_H

#include "lesson/builder.h"

/* Adds the stages of an expression; the last one gets the id `name`, and NULL stands for
 * an inner one. */
int compile(struct compiler *c, const struct node *n, const char *name, struct made *out,
            struct error *e);

/* The op that makes one number of a matrix, "mean"; OP_COUNT when the name is none. */
enum op_id compile_reduction(const char *name);

/* The op of a function of one number, "sin"; OP_COUNT when the name is none. */
enum op_id compile_function(const char *name);

/* "curve" of "A.curve", where a run of the lesson's own is named before a function that
 * is about its model; other names as they stand. Points into `name`. */
const char *compile_plain_name(const char *name);

/* Whether a compute line knows a function of that name. */
bool compile_is_function(const char *name);

/* The names of all of them, separated by spaces. Caller frees. */
char *compile_functions(void);

#endif
