/* The tokens that a tokenizer.json puts before and behind a text (its post_processor):
 *
 *   TemplateProcessing   the template "single" with the sequence A in it once
 *   BertProcessing, RobertaProcessing   "cls" before, "sep" behind
 *   ByteLevel            nothing: it only moves places
 *   Sequence             of these
 *
 * Any other type is an error that names it. */
#ifndef WRAPPING_H
#define WRAPPING_H

#include "base/error.h"
#include "base/json.h"

#include <stddef.h>

#define WRAPPING_MOST 16 /* tokens on one side */

struct wrapping {
    int before[WRAPPING_MOST], after[WRAPPING_MOST];
    size_t before_count, after_count;
};

/* Reads the post_processor, which may be NULL or null; ids lie below `size`. */
int wrapping_read(const struct json *j, int size, struct wrapping *out, struct error *e);

#endif
