/* The stage fence of a scene: its picture, or the second one. In the place of a matrix it
 * may list expressions for a chart:
 *
 *     bars: intact = exam(intact).exact_match, no mask = exam(no-mask).exact_match */
#ifndef STAGING_H
#define STAGING_H

#include "lesson/fences.h"

/* The keys of its lines, separated by spaces. */
extern const char *const staging_keys;

/* Adds what the block holds to the scene; 0, or -1 with the error set at its place. */
int fence_staging(struct reader *r, struct scene *s, const struct markdown_block *b);

#endif
