/* The decoder word by word, without its drawing: at every step the whole distribution
 * over the vocabulary, the token that was taken, and another one to take instead. */
#ifndef WORDS_STATE_H
#define WORDS_STATE_H

#include "screen/walk_state.h"

#define WORDS_MOST 40 /* candidates that are ever listed */

struct word_step {
    int32_t token, own; /* taken, and what the model would take itself */
    double *logits;     /* one number for each id */
};

struct words {
    struct walk *walk; /* borrowed */
    struct word_step *steps;
    size_t capacity;
    long count, at, selected; /* steps, the one looked at, and the row of its list */
    int heat;                 /* index of the temperature */
    struct session *run; /* a pass over just these words; NULL where there is none */
    struct error error;
};

/* The model's own words. The walk is borrowed. Caller frees. */
struct words *words_new(struct walk *walk);
void words_free(struct words *v);

long words_vocabulary(const struct words *v);
double words_temperature(const struct words *v);
bool words_are_plain(const struct words *v); /* the temperature is 1 */

/* The ids with the largest logits of a step, falling, at most `most` (and WORDS_MOST);
 * returns how many. The probability of each id of the vocabulary under the temperature:
 * caller frees. */
long words_largest(const struct words *v, long step, long most, long *order);
double *words_distribution(const struct words *v, long step);

/* To a step; selected is the token that was taken, where it is among the first
 * `listed`. */
void words_go(struct words *v, long step, long listed);
void words_select(struct words *v, long to, long listed);
void words_warm(struct words *v, int by);

/* The selected token at this step, and the model's own words after it; all its own. */
void words_take_selected(struct words *v, long listed);
void words_take_own(struct words *v, long listed);

/* "▁go" of an id that is written. Caller frees. */
char *words_label(const struct words *v, long id);

/* Stages whose row says what the step looks at in the source: the weights of the decoder
 * over it, one a layer. Returns how many, at most `most`. */
int words_attention(const struct words *v, int most, int *stages);

#endif
