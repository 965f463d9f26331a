/* Addresses of cells: `[head,]row,col`, one parser for commands, lessons and the screen.
 *
 * The head stands only for per-head stages; a stage of ids has `row` alone. Each part is
 * a number from 1 (or from the last, -1), a piece `'나'` (its word-start mark optional),
 * `'나'#2` for the second one, or `w'나는'` for a whole word. A decoder row matches its
 * input token; `>'go'` matches the token it predicts.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include "base/error.h"
#include "study/labels.h"

/* Parses the address of a cell of `stage`; `*cell` is its row-major index. On no match or
 * several, an error that lists the labels. */
int address_parse(const char *text, const struct stage *stage,
                  const struct label_sets *sets, long *cell, struct error *e);

/* Parses one part (a row or a column) against labels that may be NULL; `*index` from
 * 0. */
int address_parse_part(const char *part, const struct labels *labels, long size,
                       long *index, struct error *e);

#endif
