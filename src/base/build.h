/* Which program this is. */
#ifndef BUILD_H
#define BUILD_H

#include <stdbool.h>

#include "base/hash.h"

/* Adds what tells this build from any other: the build ids that the linker wrote into the
 * program and into the libraries it computes with (BLAS, libm). False, and nothing is
 * added, where the program has none; then nobody can know whether it has changed. */
bool build_identify(struct hash *h);

#endif
