/* Which tensor of a model folder is which weight of the family: by our names of the
 * weights, by "names" in config.json, and under the prefixes that wrappers put before
 * everything ("module.", "_orig_mod.model."), at any level. Nothing is guessed in
 * silence: a tensor that nothing reads and that a missing weight may be is an error. */
#ifndef MATCHING_H
#define MATCHING_H

#include "model/family.h"
#include "model/store.h"

/* Takes one weight; the tensor has the sizes of the spec. */
typedef void matching_take(const struct weight_spec *spec, struct tensor t, void *data);

/* Finds and checks all weights of a model. -1 with an error. */
int matching_weights(const struct family *f, const struct config *c, struct store *s,
                     matching_take *take, void *data, struct error *e);

/* The names of the tensors that nothing read, a few of them and the number of the others;
 * NULL for none. Caller frees. */
char *matching_unread(const struct store *s);

#endif
