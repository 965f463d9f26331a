/* The reference path: every op once more, naive and in double precision. It reads any
 * tensor type element by element and writes F64, shares no code with the kernels, and is
 * written to be checked by eye against the formula, not to be fast. One function for each
 * row of op.def; TOKENS writes I32. */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "numbers/call.h"

#define OP(ID, name, kind, least, most, formula, shape, forward, reference, ...) \
    void reference_##reference(const struct op_call *c);
#include "numbers/op.def"
#undef OP

#endif
