/* What-ifs at work: they rewrite the stages of a plan by role and place. One function in
 * rewrite.c for a row of whatif.def. */
#ifndef REWRITE_H
#define REWRITE_H

#include "base/memory.h"
#include "model/model.h"
#include "study/whatif.h"

/* Rewrites a plan. -1 with an error that lists the places when one of the list finds
 * nothing to change. The order of the list does not matter: of two values for one stage
 * the one with the longer place holds. */
int whatifs_apply(const struct whatifs *list, struct plan *p, struct error *e);

/* The same on a plan that is only a part of a pass: what finds nothing is fine. */
int whatifs_apply_partly(const struct whatifs *list, struct plan *p, struct error *e);

/* The same check without a text at hand: on the shortest pass of the model. */
int whatifs_check(const struct whatifs *list, const struct model *m, struct error *e);

/* The places of a plan: "encoder", "encoder.0", "encoder.0.self_attn", … joined by ", "
 * (caller frees). With `heads`, only blocks that have heads. */
char *whatif_places(const struct plan *p, bool heads);

#endif
