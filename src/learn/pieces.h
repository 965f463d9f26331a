/* Tokenizers learned from texts: byte-pair encoding (Sennrich, Haddow and Birch 2016)
 * within words, as a tokenizer.json.
 *
 * First every different word counts once, so that frequent words do not swallow their
 * endings: what stands in many words, such as a particle, becomes a piece of its own.
 * Then, for a quarter of the pieces, words count as often as they are used, and only what
 * very many words end in is joined to nothing before it: so frequent words become whole,
 * and endings stay. Punctuation is joined to nothing. */
#ifndef PIECES_H
#define PIECES_H

#include <stddef.h>

/* The special tokens, the same ids in every tokenizer learned here. */
#define PIECES_PAD 0
#define PIECES_BOS 1
#define PIECES_EOS 2
#define PIECES_UNK 3

/* Learns at most `most` pieces, specials and characters counted; 0: all characters and
 * nothing else. Characters take half of them at the most, and the rarest beyond are
 * unknown ones. The text of a tokenizer.json; caller frees. */
char *pieces_learn(const char *const *texts, size_t count, long most);

#endif
