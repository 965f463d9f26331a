/* The operations of a forward pass: one table, op.def, one row an op.
 *
 * An op has a fast form (float32), a reference form (naive, double), a rule for the shape
 * of its result, a formula, and the cells that a result cell is made of (`sources`), from
 * which `explain` opens any number. */
#ifndef OP_H
#define OP_H

#include "base/error.h"
#include "numbers/call.h"

#include <stdbool.h>

enum op_id {
#define OP(ID, ...) OP_##ID,
#include "numbers/op.def"
#undef OP
    OP_COUNT
};

/* How a result cell is made. PRODUCT: a sum of products; ELEMENTWISE: of the same cell of
 * each input; ROW, COLUMN: of a whole row or column of the input; WHOLE: of all of it;
 * GATHER: one cell, moved; GIVEN: of constants. */
enum op_kind {
    OP_KIND_PRODUCT,
    OP_KIND_ELEMENTWISE,
    OP_KIND_ROW,
    OP_KIND_COLUMN,
    OP_KIND_WHOLE,
    OP_KIND_GATHER,
    OP_KIND_GIVEN
};

/* One part of a result cell: a cell of an input, or the product of two. */
struct op_source {
    int a, b;        /* input numbers; b is -1 when there is no second factor */
    long at_a, at_b; /* row-major indices in those inputs */
};

struct op {
    enum op_id id;
    const char *name;
    enum op_kind kind;
    int least_inputs, most_inputs;
    const char *formula; /* $1 $2 $3 stand for the symbols of the inputs */
    /* Sets rank and size of the result. Returns what is wrong, or NULL. */
    const char *(*shape)(const struct op_call *call);
    void (*forward)(const struct op_call *call);
    void (*reference)(const struct op_call *call);
    /* Writes up to `limit` sources of the result cell and returns how many there are.
     * With `limit` 0 nothing is written, only counted. */
    long (*sources)(const struct op_call *call, long cell, struct op_source *out,
                    long limit);
};

const struct op *op_get(enum op_id id); /* borrowed, static */

/* Checks the number of inputs and sets the shape of `call->out`; 0 or -1. */
int op_set_shape(enum op_id id, struct op_call *call, struct error *e);

#endif
