/* The rules of a Hugging Face tokenizer.json around its byte-pair encoding: how a text is
 * normalised, where it is cut before the encoding, how its characters are written in the
 * vocabulary, and how pieces become text again. What is read:
 *
 *   normalizer      null, NFC, NFD, NFKC, NFKD, Prepend, Replace, Strip, Sequence
 *   pre_tokenizer   null, Metaspace, ByteLevel, Split, Whitespace, WhitespaceSplit,
 *                   Sequence (Metaspace or ByteLevel only as its last)
 *   decoder         null, Metaspace, ByteLevel, Replace, ByteFallback, Fuse, Strip,
 *                   Sequence
 *
 * Any other type is an error that names it. The behaviour is that of Hugging Face's
 * `tokenizers`, one thing apart: where that library writes marks for spaces into the text
 * (Metaspace, ByteLevel), the text here keeps its spaces and only the look-up in the
 * vocabulary sees the mark. So every piece covers bytes of a readable text. */
#ifndef RULES_H
#define RULES_H

#include "base/error.h"
#include "base/json.h"
#include "model/tokenizer_step.h"

#include <stdbool.h>
#include <stddef.h>

/* How a character of the text is written in the vocabulary: as itself, a space as a mark
 * (Metaspace), or each of its bytes as a character of its own (ByteLevel). */
enum rules_alphabet { RULES_PLAIN, RULES_METASPACE, RULES_BYTES };

struct rules;

/* The rules of a whole tokenizer.json, already parsed. NULL and an error for what cannot
 * be read. Caller frees with rules_free. */
struct rules *rules_open(const struct json *tokenizer, struct error *e);

enum rules_alphabet rules_alphabet(const struct rules *r);
const char *rules_mark(const struct rules *r); /* of a word start: "▁", "Ġ"; borrowed */

/* The normalised text of valid UTF-8. Caller frees; NULL and an error when a pattern
 * takes too long. */
char *rules_normalize(const struct rules *r, const char *text, struct error *e);

/* Does a stretch of normalised text get a space in front? `first` says that it stands at
 * the beginning of the whole text. */
bool rules_adds_space(const struct rules *r, const char *text, bool first);

/* Cuts begin … end of a text into the parts that are encoded on their own, none empty.
 * Sets `*count`; caller frees; NULL and an error. */
struct tokenizer_span *rules_split(const struct rules *r, const char *text, size_t begin,
                                   size_t end, size_t *count, struct error *e);

/* The text of pieces that are not special. Caller frees. */
char *rules_decode(const struct rules *r, const char *const *pieces, size_t count);

void rules_free(struct rules *r); /* NULL is fine */

#endif
