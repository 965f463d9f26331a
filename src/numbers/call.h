/* What an op is called with: inputs, constants, and the result to fill. */
#ifndef CALL_H
#define CALL_H

#include "numbers/tensor.h"

#define OP_MAX_INPUTS 3

/* The few constants an op may need; which one it reads stands in its op.def row. */
struct op_params {
    double number;      /* a factor or an epsilon */
    long integer;       /* a number of heads, or a first position */
    long size[2];       /* rows and columns of a result that no input determines */
    const int32_t *ids; /* given token ids, `size[0]` of them; borrowed */
};

struct op_call {
    const struct tensor *in[OP_MAX_INPUTS]; /* NULL for an input that is absent */
    struct op_params params;
    struct tensor *out; /* shape and memory set, except for the shape rule */
};

#endif
