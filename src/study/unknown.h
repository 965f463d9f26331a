/* What of a text a vocabulary does not have. */
#ifndef UNKNOWN_H
#define UNKNOWN_H

#include "model/tokenizer.h"

/* The number of tokens of the text that stand for characters the vocabulary does not
 * have, and those characters, each once and visible, with spaces between them (caller
 * frees; NULL for none). No tokenizer or no text: 0. */
long unknown_characters(const struct tokenizer *t, const char *text, char **characters);

#endif
