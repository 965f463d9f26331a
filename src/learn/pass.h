/* A plan computed again and again, for other feeds: what training does. Other than a
 * trace, a pass knows beforehand what is wanted: only what that needs is computed, and a
 * value's memory is used again as soon as nothing needs it. Once the largest batch was
 * seen nothing is allocated any more.
 *
 *     struct pass *p = pass_new(plan, wanted, count);
 *     while (pass_feed(p, &feed, right, e) == 0) {
 *         pass_run(p);
 *         … pass_value(p, wanted[0]) …
 *     }
 *     pass_free(p);
 */
#ifndef PASS_H
#define PASS_H

#include "numbers/plan.h"

struct pass;

/* Takes the plan. `wanted` are stages of it. Caller frees. */
struct pass *pass_new(struct plan *plan, const int *wanted, size_t count);
void pass_free(struct pass *p);

/* The next feed; `right` has the right token of each row that is written, for the stages
 * of the loss. Borrowed until the next one. -1 with an error when the feed does not fit;
 * then the pass can only be freed. */
int pass_feed(struct pass *p, const struct feed *feed, const int32_t *right,
              struct error *e);
void pass_run(struct pass *p);

/* The value of a stage that was wanted, until the next run. Borrowed. */
const struct tensor *pass_value(const struct pass *p, int stage);

/* The plan, to set the params of stages that change from feed to feed. Borrowed. */
struct plan *pass_plan(struct pass *p);

#endif
