/* Tensors: contiguous, row-major, rank 1 to 3; and the table of named weights. */
#ifndef TENSOR_H
#define TENSOR_H

#include <stddef.h>
#include <stdint.h>

#define TENSOR_MAX_RANK 3

/* F32 holds weights and fast values, F64 the values of the reference path, I32 ids. */
enum tensor_type { TENSOR_F32, TENSOR_F64, TENSOR_I32 };

struct tensor {
    enum tensor_type type;
    int rank;
    long size[TENSOR_MAX_RANK]; /* outermost first */
    union {
        void *data;
        float *f32;
        double *f64;
        int32_t *i32;
    };
};

size_t tensor_type_size(enum tensor_type type);
long tensor_count(const struct tensor *t);
size_t tensor_bytes(const struct tensor *t);

/* One element by its row-major index, whatever the type. */
static inline double tensor_get(const struct tensor *t, long index)
{
    switch (t->type) {
    case TENSOR_F32:
        return (double)t->f32[index];
    case TENSOR_F64:
        return t->f64[index];
    default:
        return t->i32[index];
    }
}

/* The last dimension, and the number of rows of that length. A vector is one row. */
static inline long tensor_columns(const struct tensor *t)
{
    return t->size[t->rank - 1];
}
long tensor_rows(const struct tensor *t);

/* max |a-b| over two tensors of the same shape, the figure of every comparison with the
 * reference: equal infinities (and two NaN) count 0, a NaN on one side gives NaN. */
double tensor_max_difference(const struct tensor *a, const struct tensor *b);

/* The largest finite |x|, 0 for none. */
double tensor_max_magnitude(const struct tensor *t);

/* Named weights. The table borrows the memory that `tensor.data` points at (a mapped file
 * or a converted copy, owned by whoever filled the table) and owns the names. */
struct weight {
    char *name;
    struct tensor tensor; /* F32 (or I32) */
};

struct weights {
    struct weight *items;
    size_t count, capacity;
    int *slots; /* owned; where a model family finds each of its weights, or NULL */
};

/* The index of the weight in a slot, -1 when the model has none. */
static inline int weights_slot(const struct weights *w, int slot)
{
    return w->slots[slot];
}

void weights_add(struct weights *w, const char *name, struct tensor tensor);
/* The index of a name, or -1. */
int weights_find(const struct weights *w, const char *name);
void weights_free(struct weights *w);

#endif
