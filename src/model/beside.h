/* Where the files of a model folder are, of models that stand beside another: "beside":
 * "ko-en" in config.json names a folder that lies in the same place as this one, and what
 * this folder lacks is taken from there: tokenizers, exam, gloss, lexicon, examples.
 *
 * What tells of one training stays with it: config.json, the weights, its checkpoints,
 * train.log and loss.tsv. The tokenizers are one set: a folder that has one of its own
 * takes none. Nothing is taken from a third folder: the one that is named is asked for
 * its own files only. */
#ifndef BESIDE_H
#define BESIDE_H

#include "base/json.h"

/* The folder that the config (of the folder `folder`) names, or NULL in `*out` for none.
 * -1 with an error for a name that is none, or of a folder that is not there. Caller
 * frees. */
int beside_find(const char *folder, const struct json *config, char **out,
                struct error *e);

/* The path of a file of the folder or, where that lacks it, of `beside` (may be NULL);
 * NULL when there is none. Caller frees. */
char *beside_file(const char *folder, const char *beside, const char *name);

#endif
