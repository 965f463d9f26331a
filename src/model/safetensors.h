/* Weight files in the safetensors format
 * (https://github.com/huggingface/safetensors, "Format"): 8 bytes header length
 * (little-endian), a JSON header, then the data of all tensors without gaps.
 *
 * The file is mapped and checked fully when it is opened; afterwards every tensor lies
 * inside the file and has the size it claims.
 *
 *     struct safetensors *s = safetensors_open("model.safetensors", e);
 *     int i = weights_find(&s->weights, "generator.weight");
 *     safetensors_free(s);       // the weights end here
 *
 * F32 tensors are views into the map where the alignment allows it; F16 and BF16 become
 * F32 copies, I64 becomes I32. Rank 0 is read as one row of one value. A file that
 * shrinks while it is mapped ends the program (SIGBUS), as with any mapped file. */
#ifndef SAFETENSORS_H
#define SAFETENSORS_H

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "numbers/tensor.h"

struct safetensors {
    struct weights weights; /* in the order of the data; read only */
    struct json *header;
    struct file_map map;    /* empty when opened from memory */
    char *name;             /* of the file, for errors */
    void **copies;          /* converted tensors */
    size_t copy_count, copy_capacity;
};

/* Opens and checks a file. Errors name the file, the tensor and what to do. Caller frees
 * with safetensors_free. */
struct safetensors *safetensors_open(const char *path, struct error *e);

/* The same for `size` bytes in memory, which must outlive the result; `name` stands in
 * errors. */
struct safetensors *safetensors_from_memory(const unsigned char *data, size_t size,
                                            const char *name, struct error *e);

/* The value of a key of `__metadata__`, or NULL. Borrowed. */
const char *safetensors_metadata(const struct safetensors *s, const char *key);

/* -1 when a weight is NaN or infinite; the error names the tensor and the place (counted
 * from 1). Reads every value. */
int safetensors_check_finite(const struct safetensors *s, struct error *e);

void safetensors_free(struct safetensors *s); /* NULL is fine */

#endif
