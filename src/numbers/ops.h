/* The table of the ops (op.def). */
#ifndef OPS_H
#define OPS_H

#include "numbers/op.h"

const struct op *op_get(enum op_id id); /* borrowed, static */

/* Checks the number of inputs and sets the shape of `call->out`; 0 or -1. */
int op_set_shape(enum op_id id, struct op_call *call, struct error *e);

#endif
