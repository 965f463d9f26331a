/* What is known of a model besides its run: parameter counts, the recorded curve of its
 * training, the time of a pass, and how far one row moves another. */
#ifndef MEASURED_H
#define MEASURED_H

#include "lesson/builder.h"

typedef int measured_make(struct compiler *c, const struct node *n, const char *name,
                          struct made *out, struct error *e);

/* A function by its name, or NULL; their names, separated by spaces. */
measured_make *measured_find(const char *name);
/* Whether it measures the model of a run, and none of its stages. */
bool measured_of_model(const char *name);
extern const char *const measured_functions;

#endif
