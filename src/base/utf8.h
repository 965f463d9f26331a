/* UTF-8: code points out of bytes, and back. What a code point is (its width, its kind)
 * text.h knows. */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xfffdu /* stands for what is not UTF-8 */

/* Decodes one code point at `s`, at most up to `end`. Sets `*code` (U+FFFD for an invalid
 * byte or a sequence cut short) and returns the number of bytes it took, at least 1; 0 at
 * the end. The 0 that ends a string is never part of a longer sequence. */
size_t utf8_decode(const char *s, const char *end, uint32_t *code);

/* Writes `code` as UTF-8 (up to 4 bytes, not ended) and returns the length. What is no
 * code point becomes U+FFFD. */
size_t utf8_encode(uint32_t code, char out[4]);

/* Whether the bytes that utf8_decode took for `code` were not UTF-8; a U+FFFD that stands
 * in the text was. */
bool utf8_is_broken(const char *s, size_t taken, uint32_t code);

bool utf8_is_valid(const char *s, size_t length);

#endif
