/* What an expression of a lesson stands for: a number, a text, or a matrix of its own
 * with the labels of its axes. */
#ifndef VALUE_H
#define VALUE_H

#include "base/error.h"
#include "lesson/slice.h"
#include "numbers/tensor.h"
#include "study/labels.h"

#include <stdbool.h>

enum value_kind {
    VALUE_NONE,    /* it cannot be resolved here; the error says why */
    VALUE_PENDING, /* an exam that still runs */
    VALUE_NUMBER,
    VALUE_TEXT,
    VALUE_TENSOR,
};

struct value {
    enum value_kind kind;
    double number;
    char *text;                                   /* owned */
    struct tensor tensor;                         /* F64, owned; of rank 1 at least */
    const struct labels *labels[TENSOR_MAX_RANK]; /* borrowed; NULL: numbers */
    long first[TENSOR_MAX_RANK]; /* the label of the first place of each axis */
    bool listed; /* a list of labels, of rows or of its only row: printed as such */
};

void value_free(struct value *v);

struct value value_number(double x);
struct value value_text(const char *text); /* copies */
struct value value_none(void);

/* Some of a tensor as a value; an axis of which one place was named goes. With no axis
 * left it is a number. */
struct value value_slice(const struct tensor *t, const struct labels *const labels[],
                         const struct slice *some);

/* The functions that do no arithmetic on matrices (those are ops: prose.h): which number
 * is the largest, how large a matrix is, and arithmetic on one number. Their names,
 * separated by spaces. */
extern const char *const value_functions;
bool value_is_function(const char *name);

/* One of them, of one value and maybe a number. VALUE_NONE with an error. */
struct value value_function(const char *name, const struct value *args, int count,
                            struct error *e);

/* Arithmetic; a matrix goes cell by cell with a matrix of its shape or with a number.
 * `sign` is + - * or /. */
struct value value_arithmetic(char sign, const struct value *a, const struct value *b,
                              struct error *e);

/* How a value stands in prose: `format` is "", ".3", "%", ".1%" or ",". Caller frees. */
char *value_print(const struct value *v, const char *format);

#endif
