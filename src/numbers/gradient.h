/* Backward: the gradient of one number with respect to every stage and weight that it is
 * made of, as stages of the same plan. So a gradient is traced, opened and proved like
 * any other number.
 *
 * The gradient of a stage has its id with "grad." before it, its shape and its axes; that
 * of a weight is "grad.weight.NAME", whole, summed over all its uses. Stages in between
 * are called after the stage whose op needs them: "grad.encoder.0.norm1:2". A stage that
 * the number does not depend on, or only through what has no derivative, has none. */
#ifndef GRADIENT_H
#define GRADIENT_H

#include "numbers/plan.h"

/* Appends the gradients of cell `cell` of a stage (row-major). -1 with an error when the
 * plan cannot hold them; it can only be freed then. */
int plan_backward(struct plan *p, int stage, long cell, struct error *e);

/* The stage that is the gradient of a stage, or -1; and the other way round. */
int plan_gradient(const struct plan *p, int stage);
int plan_gradient_of(const struct plan *p, int gradient);

/* The stage that is the gradient of a weight by its name, or -1. */
int plan_weight_gradient(const struct plan *p, const char *weight);

#endif
