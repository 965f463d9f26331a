/* Weight files in the safetensors format
 * (https://github.com/huggingface/safetensors, "Format"): 8 bytes header length
 * (little-endian), a JSON header, then the data of all tensors without gaps.
 *
 * The file is mapped, and its header is checked fully when it is opened; afterwards every
 * tensor lies inside the file and has the size it claims. The values are another matter:
 * a model reads some of the tensors, and what the others hold must cost nothing.
 *
 *     struct safetensors *s = safetensors_index("model.safetensors", e);
 *     for (size_t i = 0; i < s->count; i++)
 *         if (is_wanted(safetensors_name(s, i)))
 *             safetensors_take(s, i, &tensor, e);
 *     safetensors_free(s);       // the tensors end here
 *
 * F32 tensors are views into the map where the alignment allows it; F16, BF16 and F64
 * become F32 copies, other integers I32. Rank 0 is read as one row of one value. A file
 * that shrinks while it is mapped ends the program (SIGBUS), as with any mapped file. */
#ifndef SAFETENSORS_H
#define SAFETENSORS_H

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "numbers/tensor.h"

struct safetensors {
    size_t count;           /* of the tensors, in the order of their data */
    struct entry *entries;  /* what the header says of each; private */
    const unsigned char *data; /* of the first */
    struct weights weights; /* all of them, after safetensors_open; read only */
    struct json *metadata;  /* `__metadata__`, or NULL */
    struct arena names;
    struct file_map map;    /* empty when opened from memory */
    char *name;             /* of the file, for errors */
    void **copies;          /* converted tensors */
    size_t copy_count, copy_capacity;
};

/* Opens a file and checks its header; no tensor is taken. Errors name the file, the
 * tensor and what to do. Caller frees with safetensors_free. */
struct safetensors *safetensors_index(const char *path, struct error *e);

/* The name of tensor `i`; its type and sizes without data, rank 0 when it cannot be read.
 * The name is borrowed. */
const char *safetensors_name(const struct safetensors *s, size_t i);
struct tensor safetensors_shape(const struct safetensors *s, size_t i);

/* The tensor itself: converted, and of finite values. -1 with an error that names the
 * place. Its memory ends with the file. */
int safetensors_take(struct safetensors *s, size_t i, struct tensor *out,
                     struct error *e);

/* Opens a file and takes all its tensors, whatever they hold: safetensors_check_finite
 * tells of values that are no numbers. */
struct safetensors *safetensors_open(const char *path, struct error *e);

/* The same for `size` bytes in memory, which must outlive the result; `name` stands in
 * errors. */
struct safetensors *safetensors_from_memory(const unsigned char *data, size_t size,
                                            const char *name, struct error *e);

/* The value of a key of `__metadata__`, or NULL. Borrowed. */
const char *safetensors_metadata(const struct safetensors *s, const char *key);

/* Every key of `__metadata__` with its value, until `each` returns non-zero. There
 * safetensors.torch.save_model writes the names that it left out, because their memory is
 * that of another tensor: the value is the other's name. */
int safetensors_each_alias(const struct safetensors *s,
                           int (*each)(const char *name, const struct json *other,
                                       void *data),
                           void *data);

/* -1 when a weight is NaN or infinite; the error names the tensor and the place (counted
 * from 1). Reads every value. */
int safetensors_check_finite(const struct safetensors *s, struct error *e);

void safetensors_free(struct safetensors *s); /* NULL is fine */

#endif
