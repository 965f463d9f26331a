/* The table of the model families (model/family.def). */
#ifndef FAMILIES_H
#define FAMILIES_H

#include "model/family.h"

/* The family of a model_type, or NULL with an error that lists the known ones. */
const struct family *family_find(const char *model_type, struct error *e);

/* The family of untrained models (random:…) that name none: the first of the table. */
const struct family *family_of_random(void);

/* The family that "model_type=…" among settings (key=value,…) asks for, which is cut out
 * of them; without it family_of_random. NULL with an error. */
const struct family *family_cut(char *settings, struct error *e);

/* The same as family_find, its keys of config.json only; for config_open. */
const struct config_schema *family_schema(const char *model_type, struct error *e);

#endif
