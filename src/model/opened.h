/* Further models of a program beside the one that it was started with: each is opened
 * once, and kept until the end.
 *
 *     struct model *m = opened_get("ko-en@400", first, e);   // one user more
 *     … model_free(m);
 *     opened_close();                                          // at the end
 */
#ifndef OPENED_H
#define OPENED_H

#include "model/model.h"

/* As model_open. An untrained model ("random:…") reads the texts of `first`: it uses its
 * tokenizers and has its vocabularies; it is small, OPENED_RANDOM_MOST numbers at most.
 * Caller frees, as a model that was shared. */
#define OPENED_RANDOM_MOST (1L << 22)
struct model *opened_get(const char *name, struct model *first, struct error *e);

void opened_close(void);

#endif
