/* Merges learned from a small corpus, one after the other: byte-pair encoding as
 * Sennrich, Haddow and Birch (2016) wrote it down, for lessons. A merge joins the most
 * frequent pair of neighbours within words; of equals the one that stands first in the
 * corpus. */
#ifndef MERGING_H
#define MERGING_H

#include "base/error.h"
#include "model/bpe.h"

#include <stdbool.h>

struct merging_step {
    int left, right, joined; /* ids of pieces */
    long count;              /* how often the pair stood in the corpus */
    long vocabulary;         /* pieces after it */
};

struct merging {
    struct bpe *bpe;
    struct merging_step *steps;
    size_t count, capacity;
    bool bytes; /* characters that are no piece become their bytes, else <unk> */
};

#define MERGING_UNKNOWN 0 /* the id of <unk>; the 256 bytes follow it where there are */
#define MERGING_TEXT 20000 /* bytes of a corpus */
#define MERGING_MOST 1000

/* Learns at most `most` merges from texts; it stops when no pair stands twice. NULL
 * with an error. Free with merging_free. */
struct merging *merging_learn(const char *const *texts, size_t count, long most,
                              bool bytes, struct error *e);
void merging_free(struct merging *m);

/* The pieces of a text: ids in order; caller frees. */
int *merging_encode(const struct merging *m, const char *text, size_t *count);

#endif
