/* What an op is called with: inputs, constants, and the result to fill. */
#ifndef CALL_H
#define CALL_H

#include "numbers/tensor.h"

#include <stdbool.h>

#define OP_MAX_INPUTS 3

/* The few constants an op may need; which one it reads stands in its op.def row. */
struct op_params {
    double number;      /* a factor, an epsilon or a temperature */
    long integer;       /* a number of heads, or a first position */
    long size[2];       /* rows and columns of a result that no input determines */
    const int32_t *ids; /* token ids, or heads; `size[0]` of them; borrowed */
};

struct op_call {
    const struct tensor *in[OP_MAX_INPUTS]; /* NULL for an input that is absent */
    struct op_params params;
    struct tensor *out; /* shape and memory set, except for the shape rule */
};

/* Whether `ids` names head h; without ids every head is meant. */
static inline bool call_names_head(const struct op_call *c, long h)
{
    if (!c->params.ids)
        return true;
    for (long i = 0; i < c->params.size[0]; i++)
        if (c->params.ids[i] == h)
            return true;
    return false;
}

/* The temperature of a softmax; 0 stands for 1, the plain one. */
static inline double call_temperature(const struct op_call *c)
{
    return c->params.number > 0 ? c->params.number : 1;
}

#endif
