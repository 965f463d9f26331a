/* Tokenizers: text to ids of pieces and back, as a Hugging Face tokenizer.json of model
 * type BPE describes it (rules.h lists the rules that are read, bpe.h is the encoding).
 *
 *     struct tokenizer *t = tokenizer_open("tokenizer.json", e);
 *     struct tokens tokens = {0};
 *     if (tokenizer_encode(t, "나는 간다", &tokens, e) == 0)
 *         …tokens.ids[0 … tokens.count - 1]…
 *     tokens_free(&tokens);
 *     tokenizer_free(t);
 *
 * As in Hugging Face's library: added tokens such as <eos> are found in the text; only
 * the space U+0020 becomes a word-start mark, so a tab or a newline is a character like
 * any other, unknown unless the vocabulary has it. Otherwise than there: what the
 * post_processor adds comes with tokenizer_wrap only, the fields truncation and padding
 * are not used, and an unknown character is an error where no unk_token is named. */
#ifndef TOKENIZER_H
#define TOKENIZER_H

#include "base/error.h"
#include "model/bpe.h"

#include <stdbool.h>
#include <stddef.h>

#define TOKENIZER_MAX_TEXT 65536  /* bytes of a text to encode, as typed */
#define TOKENIZER_MAX_MERGED 4096 /* bytes of a text for tokenizer_merges */

struct tokenizer;

/* Opens and checks a file. Caller frees with tokenizer_free. */
struct tokenizer *tokenizer_open(const char *path, struct error *e);

/* The same from text; `name` stands in errors. */
struct tokenizer *tokenizer_parse(const char *text, size_t length, const char *name,
                                  struct error *e);
void tokenizer_free(struct tokenizer *t); /* NULL is fine */

int tokenizer_size(const struct tokenizer *t); /* the largest id + 1 */
int tokenizer_id(const struct tokenizer *t, const char *piece); /* -1 for no such piece */
int tokenizer_unk(const struct tokenizer *t);                   /* -1 for none */

/* The piece as the file has it, which may hold bytes that no terminal should see.
 * Borrowed; NULL for an id without a piece. */
const char *tokenizer_piece(const struct tokenizer *t, int id);

/* Whether every id stands for the same piece in both; one may be NULL. */
bool tokenizer_same_pieces(const struct tokenizer *t, const struct tokenizer *u);

/* The piece for people: safe to print, word starts as "▁", the bytes of a byte-level
 * piece as their characters, or "<0xE2>" where they are only a part of one; "\n" and "\t"
 * in letters. An id without a piece gives "<id 7>". Caller frees. */
char *tokenizer_label(const struct tokenizer *t, int id);

/* Does the piece begin with the mark of a word start? Vocabularies cut at white space
 * have no mark: always false. */
bool tokenizer_starts_word(const struct tokenizer *t, int id);
bool tokenizer_is_special(const struct tokenizer *t, int id);

/* Where a token stands. */
struct token_place {
    size_t begin, end; /* bytes of `text`; byte-level pieces may end inside a character */
    size_t word;       /* from 0; words are what spaces separate, and each added token */
};

/* An encoded text. `text` is the normalised text, with the space in front that the
 * tokenizer may add. */
struct tokens {
    size_t count, capacity;
    int *ids;
    struct token_place *places;
    char *text;
    size_t words; /* how many */
};

/* Encodes a text of at most TOKENIZER_MAX_TEXT bytes; invalid UTF-8 becomes U+FFFD. What
 * the vocabulary does not know becomes tokenizer_unk, its place shows the characters. -1
 * and an error, and `out` is empty. `out` is overwritten; caller frees with tokens_free.
 */
int tokenizer_encode(const struct tokenizer *t, const char *text, struct tokens *out,
                     struct error *e);
void tokens_free(struct tokens *tokens);

/* Adds the tokens of the post_processor before and behind those of a text: they cover no
 * bytes of it, and belong to its first and last word. */
void tokenizer_wrap(const struct tokenizer *t, struct tokens *tokens);

/* One step in the encoding of one part of the text: the symbols as they stand. */
struct merge_step {
    size_t part;   /* from 0 */
    int rank;      /* of the merge, from 0; -1 for the characters that a part begins as */
    size_t joined; /* the index of the symbol that the merge made */
    const struct bpe_symbol *symbols;
    size_t count;
    const char *text; /* what the symbols' bytes are of */
};

/* Encodes the text and calls `each` at the beginning of each part and after each merge;
 * everything in the step is borrowed for the call. At most TOKENIZER_MAX_MERGED bytes. */
int tokenizer_merges(const struct tokenizer *t, const char *text,
                     void (*each)(const struct merge_step *step, void *data), void *data,
                     struct error *e);

/* The text of ids; ids without a piece are left out, and special ones on demand. Caller
 * frees. */
char *tokenizer_decode(const struct tokenizer *t, const int *ids, size_t count,
                       bool skip_special);

#endif
