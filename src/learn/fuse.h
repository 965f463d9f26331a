/* The plan of a pass as training computes it: of the stages that a family appends, those
 * that go together become one op (numbers/op_fused_*.c). The numbers are the same but for
 * the last bits; which stage of the family becomes what is found by its op, so every
 * family is trained, and one whose stages go together as here fast.
 *
 * A plan of what is not fused goes on unchanged. */
#ifndef FUSE_H
#define FUSE_H

#include "numbers/plan.h"

struct fuse_options {
    long longest;     /* tokens that any sentence of a later feed may have */
    bool keep_maps;   /* attention to the source as stages, for losses of its weights */
    double dropout;   /* of embeddings and sublayer outputs (5.4) */
    double smoothing; /* of the loss */
};

/* A new plan over the feed, from one over the same feed, which is only read, but whose
 * literals must live on. Its last stage is the loss at `right`, a token for each row that
 * is written. NULL with an error; caller frees. */
struct plan *fuse_plan(const struct plan *p, const struct feed *feed,
                       const int32_t *right, const struct fuse_options *options,
                       struct error *e);

#endif
