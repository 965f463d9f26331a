/* The weights of a model by place and short name: "encoder.0.self_attn.W_Q" is the first
 * third of the rows of "encoder.layers.0.self_attn.in_proj_weight". Both
 * names are good everywhere. */
#ifndef WEIGHT_NAMES_H
#define WEIGHT_NAMES_H

#include "model/model.h"

/* A weight, or some rows of one. */
struct weight_view {
    size_t index;         /* of the model's weights */
    const char *name;     /* the whole one's, borrowed */
    char short_name[128]; /* "" for none */
    long first;           /* row of the whole */
    struct tensor tensor; /* borrowed */
};

/* All of them in the order of the model: a weight with several short names gives as many
 * views. Until `each` returns non-zero; returns that. */
int weight_names_each(const struct model *m,
                      int (*each)(const struct weight_view *view, void *data),
                      void *data);

/* The one of that name, short or whole. False when there is none. */
bool weight_names_find(const struct model *m, const char *name, struct weight_view *out);

/* The numbers in all weights of a component ("encoder self-attention"), or whose short or
 * whole name is that or begins with it and a dot; -1 for none. NULL: in all. */
long weight_names_count(const struct model *m, const char *name);

#endif
