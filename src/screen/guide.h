/* What a stage is, in plain words, in Korean and English: one table, guide.def, by role.
 * And where it stands: in which part of the model. */
#ifndef GUIDE_H
#define GUIDE_H

#include "base/say.h"
#include "numbers/plan.h"

/* Borrowed, static; never NULL. */
const char *guide_name(const struct stage *s, enum language language);
const char *guide_text(const struct stage *s, enum language language);

/* In a word or two, "queries"; NULL for a role that has none. */
const char *guide_short_name(const struct stage *s, enum language language);

/* What the numbers of a weight are. */
const char *guide_weight_text(enum language language);

#endif
