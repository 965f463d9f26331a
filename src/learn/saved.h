/* Tensors to a safetensors file, and what training needs to go on later. */
#ifndef SAVED_H
#define SAVED_H

#include "base/error.h"
#include "numbers/tensor.h"

#include <stdbool.h>
#include <stdint.h>

/* Writes F32 tensors under their names, with texts (names and values in turn, ended by
 * NULL; may be NULL) as its `__metadata__`. With `half` each number becomes the nearest
 * F16; one that F16 cannot hold is an error. Replaces an older file, in one go. */
int saved_write(const char *path, const struct weights *w, const char *const *texts,
                bool half, struct error *e);

/* The bits of the F16 that is nearest to a number, of two as near the even one; beyond
 * 65,504 infinity. */
uint16_t saved_half(float x);

#endif
