/* The arguments of a function in a compute line. */
#ifndef ARGUMENT_H
#define ARGUMENT_H

#include "lesson/builder.h"

/* Compiles argument `i`: anything; a matrix; a number; a whole number. -1 with an error
 * that names the function. */
int argument_any(struct compiler *c, const struct node *n, int i, struct made *out,
                 struct error *e);
int argument_matrix(struct compiler *c, const struct node *n, int i, struct ref *ref,
                    struct error *e);
int argument_number(struct compiler *c, const struct node *n, int i, double *x,
                    struct error *e);
int argument_whole(struct compiler *c, const struct node *n, int i, long *x,
                   struct error *e);

/* A text: one in quotes, or the name `text` for the sentence of the run, `prediction` for
 * what it says, A.text and A.prediction for those of a run of the lesson's own. Borrowed;
 * NULL with an error. */
const char *argument_text(struct compiler *c, const struct node *n, int i,
                          struct error *e);

/* The argument named `key`, or -1; how many stand before the named ones. */
int argument_keyed(const struct node *n, const char *key);
int argument_plain(const struct node *n);

/* Refuses another number of plain arguments, and other keys than `one` and `two`, each of
 * which may be NULL. */
int argument_check(const struct node *n, int least, int most, const char *one,
                   const char *two, struct error *e);
int argument_check_keys(const struct node *n, const char *one, const char *two,
                        struct error *e);

#endif
