/* Numbers, cells and explanations as text, the same for commands and screens. */
#ifndef RENDER_H
#define RENDER_H

#include "base/memory.h"
#include "numbers/explain.h"
#include "study/labels.h"

/* A number with `digits` decimals: "-0.25", "-∞", "NaN"; large ones as 1.2e+09. Where
 * `digits` is negative, with that many digits and an exponent: "-2.5e-06", "0". */
#define RENDER_NUMBER 32
const char *render_number(double x, int digits, char out[RENDER_NUMBER]);

/* Those digits, negative where a number of that size would be written as 0. */
int render_digits(double size, int digits);

/* The name of a cell: "encoder.0.norm1[3,12]", or for a weight the name and place in the
 * file, "encoder.layers.0.linear1.weight[7,2]", from 1. Caller frees. */
char *render_cell_name(const struct plan *p, struct ref from, long cell);

/* The tokens of a stage's cell, "▁나 ← ▁학교" or "▁나", or "" for a cell without labels:
 * what stands on its row and, where the column has tokens too, on its column. Decoder
 * rows show input → predicted. Caller frees. */
char *render_cell_tokens(const struct plan *p, const struct label_sets *sets, int stage,
                         long cell);

/* How a term reads: "$a·$b", "exp($a - $b)"; $a, $b, $c stand for its operands and $n for
 * the number of the step. Borrowed, static. */
const char *render_term_form(const struct step *s, const struct term *t);

/* One step on one line with its real numbers, at most `top` terms (the largest first when
 * not all are shown), the rest summed up: "0.50·-1.20 + … (28 more: 0.31) = -0.29".
 * Caller frees. */
char *render_step(const struct explanation *x, int step, int digits, long top);

struct render_options {
    int digits; /* decimals, 6 by default when 0 */
    long top;   /* terms of a sum that are listed, 5 by default when 0 */
    int depth;  /* how many times operands are opened in turn; at least 1 */
};

/* What an explanation may grow to. The first level is always whole. */
#define RENDER_LINES 10000
#define RENDER_BYTES ((size_t)4 << 20)

/* The whole explanation as indented lines, operands opened down to `depth`, or as far as
 * whole levels stay within those bounds; then its last line tells so. */
void render_explanation(struct trace *t, const struct label_sets *sets, int stage,
                        long cell, const struct render_options *options,
                        struct buffer *out);

#endif
