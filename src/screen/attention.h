/* The weights of an attention on the walk: which of their pictures is looked at (the map,
 * the lines, all heads of all layers), whether rows or columns are asked, whether pieces
 * or words, and what heads are named after. The logic without the drawing. */
#ifndef ATTENTION_H
#define ATTENTION_H

#include "screen/action.h"
#include "screen/walk_state.h"

/* Whether the matrix looked at is one of weights from tokens to tokens; and whether its
 * rows are of another text than its columns. */
bool attention_is_here(const struct walk *w);
bool attention_is_cross(const struct walk *w);

/* The next picture; `beside`: map and lines stand side by side. */
void attention_turn(struct walk *w, bool beside);

/* What is seen of it: by piece or by word, the cell under the cursor lit. Owns what was
 * put together; free with attention_seen_free. */
struct attention_seen {
    struct chart chart;
    struct labels rows, columns;
    struct tensor values;
    long *groups[2]; /* of pieces of rows and columns; NULL by piece */
};

/* `chart` is that of the walk. The pointers into the result make it stay where it is. */
void attention_see(const struct walk *w, const struct chart *chart,
                   struct attention_seen *out);
void attention_seen_free(struct attention_seen *s);

/* Rows and columns in each other's place, for lines that lead from a column to the rows
 * that look at it. Free the data of `values`. */
struct chart attention_turned(const struct chart *v, struct tensor *values);

/* Moves by keys: from word to word, or from head to head and layer to layer. False where
 * the walk moves as in any matrix. */
bool attention_move(struct walk *w, enum action action);

/* "는 takes 99.5 % from 에", "에 is looked at most by 는 (99.5 %), 나 (97.1 %)"; NULL
 * where the opened number says it itself. Caller frees. */
char *attention_sentence(const struct walk *w);

/* Lines on how the number of two words comes from those of their pieces. Caller frees. */
char *attention_words_text(const struct walk *w);

/* The names of heads are counted by and by: begins when weights are looked at, of the
 * intact model; whether there is anything to do; does a moment's work, or all. */
void attention_begin(struct walk *w);
bool attention_is_counting(const struct walk *w);
void attention_count(struct walk *w, bool all);

/* The names as far as they hold for what is shown; NULL under what-ifs. */
const struct head_names *attention_names(const struct walk *w);

/* The mean, the largest and the entropy (in bits) of a row of a chart. */
struct attention_row {
    double mean, most, bits;
};
struct attention_row attention_row_of(const struct chart *v, long row);

#endif
