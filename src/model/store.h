/* The tensors of a model folder under the names that the file gives them: of
 * model.safetensors, or of the shards that model.safetensors.index.json lists. They are
 * known from the headers; a tensor is read when it is taken, and the others cost nothing.
 *
 * A name of a file's `__metadata__` whose value names a tensor is another name of it: so
 * safetensors.torch.save_model writes tensors that share memory. */
#ifndef STORE_H
#define STORE_H

#include "base/error.h"
#include "numbers/tensor.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

/* Opens the files of a folder. The error names the file; where the folder holds pickles
 * only, it says how they are converted. Caller frees with store_free. */
struct store *store_open(const char *folder, struct error *e);
/* The same of one file: a checkpoint of a training. */
struct store *store_open_file(const char *path, struct error *e);
void store_free(struct store *s); /* NULL is fine; the taken tensors end here */

/* The file that errors about the weights as a whole name. Borrowed. */
const char *store_path(const struct store *s);

/* The names, sorted; the index of one, or -1. Borrowed. */
size_t store_count(const struct store *s);
const char *store_name(const struct store *s, size_t i);
long store_find(const struct store *s, const char *name);

/* Type and sizes without data; rank 0 when it cannot be read. */
struct tensor store_shape(const struct store *s, size_t i);

/* The tensor itself, of finite values; it counts as used, under all its names. */
int store_take(struct store *s, size_t i, struct tensor *out, struct error *e);
bool store_is_used(const struct store *s, size_t i);

/* Memory for `count` numbers that lives as long as the store. */
float *store_memory(struct store *s, size_t count);

#endif
