/* Tensors to a safetensors file, and what training needs to go on later. */
#ifndef SAVED_H
#define SAVED_H

#include "base/error.h"
#include "numbers/tensor.h"

/* Writes F32 tensors under their names, with texts (names and values in turn, ended by
 * NULL; may be NULL) as its `__metadata__`. Replaces an older file, in one go. */
int saved_write(const char *path, const struct weights *w, const char *const *texts,
                struct error *e);

#endif
