/* Loss and gradients of a batch, by one worker or several: each takes a share of the
 * sentences through a pass of its own, and their gradients are added in a fixed order, so
 * that a run with as many workers gives the same bits again. */
#ifndef CREW_H
#define CREW_H

#include "learn/recipe.h"
#include "learn/supply.h"

struct crew;

/* Model and recipe are borrowed; the model's weights may change between batches. Caller
 * frees. */
struct crew *crew_new(struct model *m, const struct recipe *r, int workers);
void crew_free(struct crew *c);

/* The gradients of a batch in the shares that supply_batch gave for these workers, at a
 * step of the recipe. -1 with an error. */
int crew_work(struct crew *c, const struct packed *shares, int count, long step,
              struct error *e);

double crew_loss(const struct crew *c); /* cross-entropy of the batch */

/* All gradients, weight after weight in the order of the model; 0 for those that the pass
 * does not read. Borrowed. */
const float *crew_gradient(const struct crew *c);

/* The mean entropy in bits of the rows of attention to the source, over the batch: the
 * mean of that of the encoder and that of cross-attention. NaN without attention, -1 with
 * an error as above. */
int crew_entropy(struct crew *c, const struct packed *shares, int count, double *bits,
                 struct error *e);

#endif
