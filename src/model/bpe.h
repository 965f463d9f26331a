/* Byte-pair encoding: a vocabulary of pieces, the learned merges, and the merging of one
 * word (Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with
 * Subword Units", 2016, section 3.2). It knows nothing of files and of spaces.
 *
 * Merging repeats one step: of all neighbouring pairs that have a merge, the one of
 * lowest rank is joined, the leftmost first; it ends when no pair has one. */
#ifndef BPE_H
#define BPE_H

#include <stdbool.h>
#include <stddef.h>

/* One piece of a word, and the bytes of the text it covers. */
struct bpe_symbol {
    int id;
    size_t begin, end;
};

struct bpe;

/* Room for so many pieces and merges. Caller frees with bpe_free. */
struct bpe *bpe_new(size_t pieces, size_t merges);

/* Adds a piece (copied) under an id of at least 0. False when the piece or the id is
 * taken. */
bool bpe_add_piece(struct bpe *b, const char *piece, int id);

/* Adds the merge of two ids into a third. A later merge of the same pair replaces an
 * earlier one, as in Hugging Face's tokenizers. */
void bpe_add_merge(struct bpe *b, int left, int right, int joined, int rank);

int bpe_size(const struct bpe *b);                   /* the largest id + 1 */
const char *bpe_piece(const struct bpe *b, int id);  /* borrowed; NULL for no such id */
int bpe_find(const struct bpe *b, const char *piece, size_t length); /* id or -1 */

/* Called after each merge with the symbols as they stand; `joined` is the index of the
 * new one. The symbols are borrowed for the call. */
typedef void bpe_each(int rank, size_t joined, const struct bpe_symbol *symbols,
                      size_t count, void *data);

/* Merges the symbols in place and returns how many are left. `each` may be NULL; with it
 * the time grows with the square of the count, without it with n log n. */
size_t bpe_merge(const struct bpe *b, struct bpe_symbol *symbols, size_t count,
                 bpe_each *each, void *data);

void bpe_free(struct bpe *b); /* NULL is fine */

#endif
