/* The npy format, version 1.0
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): little-endian
 * float32 (double values are rounded to it), ids as int32, C order. */
#ifndef NPY_H
#define NPY_H

#include "base/memory.h"
#include "numbers/tensor.h"

/* Appends the whole file of one tensor. */
void npy_write(const struct tensor *t, struct buffer *out);

/* Appends the tensor as comma-separated values: one line a row, nine significant digits;
 * matrices of a rank-3 tensor are separated by an empty line. */
void csv_write(const struct tensor *t, struct buffer *out);

#endif
