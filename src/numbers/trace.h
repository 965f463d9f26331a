/* The values of a plan, computed on demand.
 *
 *     struct trace *t = trace_new(plan, &(struct trace_options){0}, NULL);
 *     const struct tensor *scores = trace_acquire(t, stage);
 *     … tensor_get(scores, i) …
 *     trace_release(t, stage);
 *
 * A value, once computed, is never changed, but by another feed (trace_feed). It is kept
 * while it is pinned (acquired and not released); of the others the least recently used
 * are dropped when the values pass the budget, and computed again when they are asked
 * for. */
#ifndef TRACE_H
#define TRACE_H

#include "numbers/plan.h"

/* FAST: float32, BLAS. REFERENCE: naive double; its values are F64 (ids stay I32). */
enum engine { ENGINE_FAST, ENGINE_REFERENCE };

#define TRACE_DEFAULT_BUDGET ((size_t)256 << 20)

struct trace_options {
    enum engine engine;
    size_t budget; /* bytes of values; 0 means the default */
};

struct trace;

/* Takes the plan. `old` (may be NULL) is another trace, maybe of another plan, whose
 * values are shared where the stages must have equal values: a changed input or what-if
 * recomputes only what it changes. `old` lives on by itself. Caller frees. */
struct trace *trace_new(struct plan *plan, const struct trace_options *options,
                        struct trace *old);
void trace_free(struct trace *t);

/* Feeds the plan again: what the new feed does not change is kept, and the memory of what
 * it changes is used again. No value may be pinned that it changes. -1 with an error when
 * the feed does not fit; then the trace can only be freed. */
int trace_feed(struct trace *t, const struct feed *feed, struct error *e);

/* Gives the plan's kept rows their memory (plan_keep_in). */
void trace_keep_in(struct trace *t, size_t keep, void *memory, long room);

const struct plan *trace_plan(const struct trace *t); /* borrowed */
enum engine trace_engine(const struct trace *t);

/* The value of a stage, pinned until the matching release. Never NULL. */
const struct tensor *trace_acquire(struct trace *t, int stage);
void trace_release(struct trace *t, int stage);

/* The value of whatever an input refers to: acquire and release do nothing for weights,
 * NULL for none. */
const struct tensor *trace_acquire_ref(struct trace *t, struct ref ref);
void trace_release_ref(struct trace *t, struct ref ref);

bool trace_has(const struct trace *t, int stage); /* the value exists now */
size_t trace_bytes(const struct trace *t);        /* all values now held */
long trace_computed(const struct trace *t);       /* stages computed so far */

/* Computes every stage once, in order. */
void trace_compute_all(struct trace *t);

/* Pins of a stage, for tests. */
int trace_pins(const struct trace *t, int stage);

/* The largest |a-b| between two traces of the same plan, for one stage; `*limit` (may be
 * NULL) is the tolerance (2e-5 + s) · max(1, max |b|), b being of the reference. s is 0,
 * but in a softmax and all that follows it 4 · 2⁻²³ · max |score|, of the largest scores
 * that entered one. NaN when one side alone is NaN. */
double trace_difference(struct trace *a, struct trace *b, int stage, double *limit);

#endif
