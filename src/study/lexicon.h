/* lexicon.tsv of a model: side, piece, word class, senses, English; one line each, a
 * header line first. A piece can be of several classes; a model without the file has
 * none. */
#ifndef LEXICON_H
#define LEXICON_H

#include "model/model.h"

#include <stdbool.h>

struct lexicon;

/* An empty one for a NULL path. A line that has not five fields is an error. Caller
 * frees. */
struct lexicon *lexicon_open(const char *path, struct error *e);
/* That of a model; a faulty file gives none, and no error. Caller frees. */
struct lexicon *lexicon_of_model(const struct model *m);
void lexicon_free(struct lexicon *l);

/* The classes of a piece on that side in the order of the file, "particle ending"; NULL
 * for none. Caller frees. */
char *lexicon_classes(const struct lexicon *l, enum side side, const char *piece);

/* The same of an id; NULL without a tokenizer. */
char *lexicon_classes_of(const struct lexicon *l, enum side side,
                         const struct tokenizer *t, int32_t id);

/* Whether any piece of any side is of that class. */
bool lexicon_has(const struct lexicon *l, const char *word_class);
/* All classes of a side in the order of the file, "noun, verb"; "" for none. Caller
 * frees. */
char *lexicon_names(const struct lexicon *l, enum side side);

/* Whether a list of classes as above holds that one. */
bool lexicon_is(const char *classes, const char *word_class);

#endif
