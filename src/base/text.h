/* UTF-8 text: width on a terminal, normalisation, sanitising; utf8.h decodes it.
 * (Unicode tables: utf8proc. Widths: UAX #11; clusters: UAX #29.) */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the grapheme cluster at `s`, 0 at the end; `*width` is the number of
 * terminal columns it takes (0, 1 or 2). */
size_t text_cluster(const char *s, int *width);

/* Columns that the whole string takes. */
int text_width(const char *s);

/* The longest prefix that fits `columns`: its length in bytes. Never cuts a cluster. */
size_t text_fit(const char *s, int columns);

/* East-Asian ambiguous characters (√ × → █) take 1 column, or 2 when wide is set. The
 * setting is one for the program: it belongs to the terminal. */
void text_set_ambiguous_wide(bool wide);

/* Invalid bytes become U+FFFD, the rest stays. Caller frees. */
char *text_repair(const char *s);

/* NFC; invalid bytes become U+FFFD. Caller frees. */
char *text_normalize(const char *s);

/* The same for any of the four forms (UAX #15). Caller frees. */
enum text_form { TEXT_NFC, TEXT_NFD, TEXT_NFKC, TEXT_NFKD };
char *text_normalize_to(const char *s, enum text_form form);

/* White space: Unicode's property White_Space, to which tabs and line ends belong. */
bool text_is_space(uint32_t code);

/* The bytes of the white-space character at `s` or just before it, not before `begin`; 0
 * when another character stands there. */
size_t text_space(const char *s);
size_t text_space_before(const char *begin, const char *s);

/* NFC, runs of white space (of any kind, blank letters too) as one space, none at the
 * ends, and without marks that nobody sees: controls, byte-order marks, spaces of no
 * width, directions; joiners stay where they can join. What someone typed, as a model
 * reads it. Caller frees. */
char *text_tidy(const char *s);

/* A copy that is safe to send to a terminal or an error line: control characters
 * (C0, DEL, C1), invalid bytes, direction overrides and other format controls
 * become U+FFFD, tabs and newlines become spaces. Joiners inside the text stay, and the
 * flags of regions: emoji and some scripts need them. Caller frees. */
char *text_sanitize(const char *s);

/* The same for a note that names characters: those that nobody sees as U+00A0. Caller
 * frees. */
char *text_visible(const char *s);

/* The same, at most 60 columns of it: a name from a file, fit for an error line. Caller
 * frees. */
char *text_short(const char *s);

/* The text and spaces before it up to so many columns; below 0 the spaces stand behind
 * it. Caller frees. */
char *text_padded(const char *s, int columns);

/* The ending of a noun after that number: "s", or nothing after 1. */
const char *text_plural(long n);

/* Whether a terminal could take the code point for a command: C0, DEL, C1, separators of
 * lines, format controls, surrogates. */
bool text_is_control(uint32_t code);

/* The same for a text of several lines, which stay lines. Caller frees. */
char *text_sanitize_lines(const char *s);

/* The first byte of a code point in `s` that text_sanitize would not keep, tabs and line
 * ends among them; `n`, the number of bytes, when there is none. Joined emoji and the
 * joiners of scripts are text. */
size_t text_find_control(const char *s, size_t n);

/* Revised Romanisation of the Hangul syllables and letters in `s`, syllable by syllable
 * (no change of sound between them), the rest unchanged. For terminals that cannot draw
 * Hangul. Caller frees. */
char *text_romanize(const char *s);

/* True when `s` holds a Hangul syllable or jamo. */
bool text_has_hangul(const char *s);

#endif
