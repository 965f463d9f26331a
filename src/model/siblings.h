/* Further models of a program beside the one that it was started with: each is opened
 * once, and kept until the end.
 *
 *     struct model *m = siblings_open("ko-en@400", first, e);   // one user more
 *     … model_free(m);
 *     siblings_close();                                          // at the end
 */
#ifndef SIBLINGS_H
#define SIBLINGS_H

#include "model/model.h"

/* As model_open. An untrained model ("random:…") reads the texts of `first`: it uses its
 * tokenizers and has its vocabularies; it is small, SIBLING_RANDOM_MOST numbers at most.
 * Caller frees, as a model that was shared. */
#define SIBLING_RANDOM_MOST (1L << 22)
struct model *siblings_open(const char *name, struct model *first, struct error *e);

void siblings_close(void);

#endif
