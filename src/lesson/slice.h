/* Some heads, rows and columns of a matrix: what the parts of X[2:4,:] name. */
#ifndef SLICE_H
#define SLICE_H

#include "base/error.h"
#include "lesson/node.h"
#include "numbers/tensor.h"
#include "study/labels.h"

/* On each axis `count` places from `first` on, from 0; `one`: a single place was named,
 * so that the axis may go. */
struct slice {
    int rank;
    long first[TENSOR_MAX_RANK], count[TENSOR_MAX_RANK];
    bool one[TENSOR_MAX_RANK];
};

/* All of it. */
struct slice slice_whole(const struct tensor *shape);

/* The numbers that parts may name; false: there is none of that name. */
struct slice_names {
    bool (*number)(void *data, const char *name, double *number);
    void *data;
};

/* Reads the parts of an index node. A part is a place as of a cell (address.h), the name
 * of a number, or FIRST:LAST with both of them in it, each of which may be left out. */
int slice_read(const struct node *index, const struct tensor *shape,
               const struct labels *const labels[], struct slice_names names,
               struct slice *out, struct error *e);

bool slice_is_whole(const struct slice *s, const struct tensor *shape);
bool slice_is_cell(const struct slice *s); /* a single one on every axis */

#endif
