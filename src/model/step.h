/* The steps that a tokenizer applies to text, without the file they come from (rules.h
 * reads them): normalising, cutting into parts, and making pieces text again. They behave
 * as the same-named components of Hugging Face's `tokenizers`. */
#ifndef STEP_H
#define STEP_H

#include "base/error.h"
#include "base/text.h"
#include "model/pattern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What becomes of a match when a text is cut at the matches of a pattern. */
enum step_behavior {
    STEP_REMOVED, STEP_ISOLATED, STEP_MERGED_WITH_PREVIOUS, STEP_MERGED_WITH_NEXT,
    STEP_CONTIGUOUS
};

enum step_action {
    /* of a normalizer */
    STEP_FORM,    /* form */
    STEP_PREPEND, /* content, unless the text is empty */
    STEP_REPLACE, /* pattern by content; of a decoder too */
    STEP_STRIP,   /* white space, left and right */
    /* of a pre_tokenizer */
    STEP_SPLIT, /* pattern, behavior, invert */
    /* of a decoder */
    STEP_UNMARK, /* content becomes a space; with left, nothing in the first piece */
    STEP_UNBYTE, /* characters become bytes */
    STEP_BYTE_FALLBACK, /* pieces <0xE2> become bytes */
    STEP_FUSE,          /* one piece from here on */
    STEP_STRIP_PIECE /* up to start and stop times content off the ends of each piece */
};

struct step {
    enum step_action action;
    enum text_form form;
    struct pattern *pattern;
    char *content;
    bool left, right;
    long start, stop;
    enum step_behavior behavior;
    bool invert;
};

struct steps {
    struct step *items;
    size_t count, capacity;
};

/* Appends a step, zero but for its action; borrowed until the next one. */
struct step *steps_add(struct steps *s, enum step_action action);
void steps_free(struct steps *s);

/* The normalised text of valid UTF-8. Caller frees; NULL and an error when a pattern
 * takes too long or the text grows beyond all measure. */
char *steps_normalize(const struct steps *s, const char *text, struct error *e);

/* Bytes begin … end of a text. */
struct step_span {
    size_t begin, end;
};

/* Cuts begin … end of a text into parts, none empty. Sets `*count`; caller frees; NULL
 * and an error when a pattern takes too long. */
struct step_span *steps_split(const struct steps *s, const char *text, size_t begin,
                              size_t end, size_t *count, struct error *e);

/* Decodes the pieces and joins them. Invalid bytes become U+FFFD. Caller frees. */
char *steps_decode(const struct steps *s, const char *const *pieces, size_t count);

/* The character that stands for a byte in a ByteLevel vocabulary, and back: -1 for a
 * character that stands for none. Printable Latin-1 bytes stand for themselves, the rest
 * for U+0100 onwards (openai/gpt-2, encoder.py, bytes_to_unicode). */
uint32_t step_byte_to_char(unsigned char byte);
int step_char_to_byte(uint32_t code);

/* The bytes of a ByteLevel piece and their number; caller frees. NULL when the piece
 * holds a character that stands for no byte. */
char *step_piece_bytes(const char *piece, size_t *length);

#endif
