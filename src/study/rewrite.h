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

/* The same check without a text at hand: on the shortest pass of the model. */
int whatifs_check(const struct whatifs *list, const struct model *m, struct error *e);

/* Where what-ifs can act: stacks, layers and sublayers, in the order of the plan. */
struct places {
    struct stage_place *items;
    size_t count, capacity;
};

/* The places of a plan; with `heads`, only blocks that have heads. Free with
 * places_free. */
struct places whatif_places(const struct plan *p, bool heads);
void places_free(struct places *l);

/* "encoder, encoder.0, encoder.0.self_attn". Caller frees. */
char *places_text(const struct places *l);

/* The heads of the model's attention; 0 when it has none. */
long plan_heads(const struct plan *p);

#endif
