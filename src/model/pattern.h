/* Regular expressions with Unicode classes, as tokenizer.json writes them (only pattern.c
 * knows PCRE2). */
#ifndef PATTERN_H
#define PATTERN_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct pattern;

/* Compiles a regular expression, or a literal text. NULL and an error that shows the
 * place in it. Caller frees with pattern_free. */
struct pattern *pattern_compile(const char *text, bool literal, struct error *e);

/* The first match at or after `start` that is not empty: 1 with its bytes in `*begin` and
 * `*end`, 0 for none, -1 and an error when the search takes too long. `text` must be
 * valid UTF-8, and `start` the beginning of a code point. */
int pattern_find(const struct pattern *p, const char *text, size_t length, size_t start,
                 size_t *begin, size_t *end, struct error *e);

void pattern_free(struct pattern *p); /* NULL is fine */

#endif
