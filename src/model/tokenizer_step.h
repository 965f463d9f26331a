/* The steps that a tokenizer applies to text, without the file they come from (rules.h
 * reads them): normalising, cutting into parts, and making pieces text again. They behave
 * as the same-named components of Hugging Face's `tokenizers`. */
#ifndef TOKENIZER_STEP_H
#define TOKENIZER_STEP_H

#include "base/error.h"
#include "base/text.h"
#include "model/pattern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What becomes of a match when a text is cut at the matches of a pattern. */
enum tokenizer_behavior {
    TOKENIZER_REMOVED,
    TOKENIZER_ISOLATED,
    TOKENIZER_MERGED_WITH_PREVIOUS,
    TOKENIZER_MERGED_WITH_NEXT,
    TOKENIZER_CONTIGUOUS
};

enum tokenizer_action {
    /* of a normalizer */
    TOKENIZER_FORM,    /* form */
    TOKENIZER_PREPEND, /* content, unless the text is empty */
    TOKENIZER_REPLACE, /* pattern by content; of a decoder too */
    TOKENIZER_STRIP,   /* white space, left and right */
    /* of a pre_tokenizer */
    TOKENIZER_SPLIT, /* pattern, behavior, invert */
    /* of a decoder */
    TOKENIZER_UNMARK, /* content becomes a space; with left, nothing in the first piece */
    TOKENIZER_UNBYTE, /* characters become bytes */
    TOKENIZER_BYTE_FALLBACK, /* pieces <0xE2> become bytes */
    TOKENIZER_FUSE,          /* one piece from here on */
    TOKENIZER_STRIP_PIECE, /* up to start and stop times content off each piece's ends */
};

struct tokenizer_step {
    enum tokenizer_action action;
    enum text_form form;
    struct pattern *pattern;
    char *content;
    bool left, right;
    long start, stop;
    enum tokenizer_behavior behavior;
    bool invert;
};

struct tokenizer_steps {
    struct tokenizer_step *items;
    size_t count, capacity;
};

/* Appends a step, zero but for its action; borrowed until the next one. */
struct tokenizer_step *steps_add(struct tokenizer_steps *s, enum tokenizer_action action);
void steps_free(struct tokenizer_steps *s);

/* The normalised text of valid UTF-8. Caller frees; NULL and an error when a pattern
 * takes too long or the text grows beyond all measure. */
char *steps_normalize(const struct tokenizer_steps *s, const char *text, struct error *e);

/* Bytes begin … end of a text. */
struct tokenizer_span {
    size_t begin, end;
};

/* Cuts begin … end of a text into parts, none empty. Sets `*count`; caller frees; NULL
 * and an error when a pattern takes too long. */
struct tokenizer_span *steps_split(const struct tokenizer_steps *s, const char *text,
                                   size_t begin, size_t end, size_t *count,
                                   struct error *e);

/* Decodes the pieces and joins them. Invalid bytes become U+FFFD. Caller frees. */
char *steps_decode(const struct tokenizer_steps *s, const char *const *pieces,
                   size_t count);

/* The character that stands for a byte in a ByteLevel vocabulary, and back: -1 for a
 * character that stands for none. Printable Latin-1 bytes stand for themselves, the rest
 * for U+0100 onwards (openai/gpt-2, encoder.py, bytes_to_unicode). */
uint32_t tokenizer_byte_to_char(unsigned char byte);
int tokenizer_char_to_byte(uint32_t code);

/* The bytes of a ByteLevel piece and their number; caller frees. NULL when the piece
 * holds a character that stands for no byte. */
char *tokenizer_piece_bytes(const char *piece, size_t *length);

#endif
