/* The model families: one table, one file and one row a family.
 *
 * To add a family: write model/NAME.c with a function that appends the stages of a pass
 * in reading order (see transformer.c) and one that lists its weights, and add a row to
 * the table in family.c. Ids, roles and axes do the rest: what-ifs, texts, views and
 * figures go by them. */
#ifndef FAMILY_H
#define FAMILY_H

#include "model/transformer.h"

struct family {
    const char *name; /* the model_type of config.json */
    struct plan *(*plan)(const struct config *config, const struct weights *weights,
                         const int32_t *source, long sources, const int32_t *target,
                         long targets, struct error *e);
    struct plan *(*memory_plan)(const struct config *config,
                                const struct weights *weights, const int32_t *source,
                                long sources, struct error *e);
    struct plan *(*step_plan)(const struct config *config, const struct weights *weights,
                              int32_t token, const struct decode_inputs *step,
                              struct error *e);
    int (*weights)(const struct config *config,
                   int (*each)(const struct weight_spec *spec, void *data), void *data);
};

/* The family of a config, or NULL with an error that lists the known ones. */
const struct family *family_find(const char *model_type, struct error *e);

#endif
