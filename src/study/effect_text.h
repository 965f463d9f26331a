/* What a number does to the prediction, as lines of text. */
#ifndef EFFECT_TEXT_H
#define EFFECT_TEXT_H

#include "base/memory.h"
#include "study/effect.h"

/* The decoder row that a cell (row-major; -1: none) of the stage is asked about: its own
 * where the stage has rows that are written, else the first. */
long effect_row(const struct session *s, const struct stage *stage, long cell);

/* The prediction that is looked at, and for a cell (-1: none) its value, its gradient,
 * and what was measured when it was nudged. */
void effect_tell(struct session *s, const struct effect_of *of, int stage, long cell,
                 struct buffer *out);

/* The cells of the stage with the largest gradients. */
void effect_tell_top(struct session *s, int stage, long top, struct buffer *out);

#endif
