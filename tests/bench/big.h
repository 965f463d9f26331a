/* The GPT-2-small-sized model of the benchmark: 12 encoder layers of width 768 with 12
 * heads and 3072 hidden features (the family has a decoder too: one layer, one row, which
 * is not computed). Each function runs in a process of its own and prints "name value"
 * lines. 0, or 1 after a message. */
#ifndef BIG_H
#define BIG_H

#include <stdbool.h>

/* Writes the model's folder, so that its weights are mapped as a user's would be. */
int big_write(const char *folder);

/* The encoder over so many tokens with every stage kept: `seconds` of the best pass,
 * `linear` those of its projections and FFN; how much work it is: `flops`, those of the
 * linear stages alone, `linear_flops`, and the `bytes` of all stages. */
int big_pass(const char *folder, long tokens, int threads);

/* The encoder within the default budget: `anon`, the most private memory (kB), and `all`,
 * the size of all its stages (kB). */
int big_memory(const char *folder, long tokens);

#endif
