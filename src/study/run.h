/* From a model and a list of what-ifs to what is computed. */
#ifndef RUN_H
#define RUN_H

#include "study/decoder.h"

/* The run of a model under a list that fits it (whatifs_check); both are borrowed. Where
 * a what-if asks for random weights, `*twin` is the model that has them, else NULL:
 * caller frees it after the run. */
struct run run_under(struct model *model, const struct whatifs *list,
                     const struct trace_options *options, struct model **twin);

#endif
