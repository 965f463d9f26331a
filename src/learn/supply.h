/* Batches without end: sentences of about the same length together, in an order that the
 * seed decides. Any batch can be asked for by its number, so training goes on where it
 * stopped. */
#ifndef SUPPLY_H
#define SUPPLY_H

#include "learn/pairs.h"
#include "model/model.h"

struct supply;

/* The tokens of what is not held out. -1 for a text that the model cannot take: the error
 * names its line. The pairs may go afterwards. Caller frees. */
struct supply *supply_new(const struct pairs *p, const struct model *m, long batch,
                          uint64_t seed, struct error *e);
void supply_free(struct supply *s);

long supply_sentences(const struct supply *s);

/* Sentences packed for a pass; all borrowed from the supply. */
struct packed {
    struct feed feed;
    const int32_t *right; /* for each row of the target */
    long rows;            /* of the target */
};

/* Batch `number` (from 0) in `shares` parts (at most SUPPLY_SHARES, fewer where there are
 * fewer sentences), valid until the next call. Returns how many there are. */
#define SUPPLY_SHARES 64
int supply_batch(struct supply *s, long number, int shares, struct packed *out);

#endif
