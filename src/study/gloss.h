/* gloss.tsv of a model: piece, English gloss, romanisation; one line each, a header line
 * first. Read on first use; a model without the file has no glosses. */
#ifndef GLOSS_H
#define GLOSS_H

#include "model/model.h"

struct gloss;

/* An empty table for a NULL path. A line that has not three fields is an error. Caller
 * frees. */
struct gloss *gloss_open(const char *path, struct error *e);
/* That of a model; a faulty file gives no glosses, and no error at this point. Caller
 * frees. */
struct gloss *gloss_of_model(const struct model *m);
void gloss_free(struct gloss *g);

/* The gloss or romanisation of a piece, borrowed; NULL when there is none. */
const char *gloss_english(const struct gloss *g, const char *piece);
const char *gloss_roman(const struct gloss *g, const char *piece);

#endif
