/* The loss of a pass and its gradients, as stages of the pass's plan.
 *
 *     logits → log_probabilities → loss → grad.… (numbers/gradient.h)
 *
 * The loss is the mean cross-entropy in nats over the rows that are written, whose right
 * tokens are those that are fed next, eos after the last. */
#ifndef LOSS_H
#define LOSS_H

#include "numbers/gradient.h"

/* Appends log_probabilities and the loss; `right` has a token for each row of the logits.
 * The stage of the loss, or -1 with an error when the model gives no logits or the rows
 * do not fit. */
int loss_add(struct plan *p, const int32_t *right, long count, struct error *e);

/* The same with a part of the target, from 0 to below 1, shared among all tokens. */
int loss_add_smoothed(struct plan *p, const int32_t *right, long count, double smoothing,
                      struct error *e);

/* The stage of the loss, or -1. */
int loss_stage(const struct plan *p);

#endif
