/* Penalties on attention, as stages of the pass: on rows that look everywhere (their
 * entropy), and on heads of a layer that look at the same places. So maps become crisp
 * and heads different. They press the attention to the source: that of the encoder, and
 * cross-attention. */
#ifndef PENALTY_H
#define PENALTY_H

#include "learn/pass.h"

/* The attention weights of a plan that are meant. */
struct map_list {
    int *stages;
    bool *cross; /* of each: cross-attention */
    size_t count;
};

struct map_list map_list_of(const struct plan *p);
void map_list_free(struct map_list *l);

/* Of a pass that wants them: the mean over encoder and cross-attention of the mean
 * entropy of their rows, in nats. */
double map_list_entropy(const struct map_list *l, const struct pass *p);

/* Appends to the loss: weight · (mean entropy of the encoder + that of cross-attention +
 * apart · mean overlap of the encoder's heads). The stage of the sum; the weight is that
 * of penalty_set. */
int penalty_add(struct plan *p, double apart, int loss);

/* Sets the weight, in the gradients as well. */
void penalty_set(struct plan *p, double weight);

#endif
