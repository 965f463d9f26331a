/* Attention maps by word instead of by piece: what the pieces of a key word receive is
 * summed, what the pieces of a query word give is averaged, so rows still sum to 1. */
#ifndef WORDS_H
#define WORDS_H

#include "numbers/tensor.h"
#include "study/labels.h"

/* The labels of the words: pieces of one word joined; special tokens and marks without a
 * word stand for themselves. `groups[i]` (count of `l`, caller frees) is the new index of
 * label i. Free the result with labels_free. */
struct labels words_labels(const struct labels *l, long **groups);

/* A map [head, query, key] or [query, key] by word. `rows` and `columns` are the groups
 * of words_labels with their numbers of words. The memory of the result is the caller's
 * to free (`data`); its type is F64. */
struct tensor words_map(const struct tensor *map, const long *row_group, long rows,
                        const long *column_group, long columns);

#endif
