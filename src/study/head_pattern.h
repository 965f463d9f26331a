/* The patterns that a head of attention may be named after (head_names.def): whether a
 * link from a row to a column of a map is one, by the places of the tokens, by the words
 * they belong to, and by what the model knows about those words. */
#ifndef HEAD_PATTERN_H
#define HEAD_PATTERN_H

#include "base/say.h"
#include "model/model.h"
#include "study/labels.h"

#include <stdbool.h>

enum head_pattern {
    HEAD_MIXED,
#define HEAD_NAME(ID, ...) HEAD_##ID,
#include "study/head_names.def"
#undef HEAD_NAME
    HEAD_PATTERNS
};

/* The attention that a stage stands in: one of the first three, or 0 for what is no map
 * of weights with heads. */
enum head_where {
    HEAD_IN_ENCODER = 1,
    HEAD_IN_DECODER = 2,
    HEAD_IN_CROSS = 4,
    HEAD_IN_SELF = HEAD_IN_ENCODER | HEAD_IN_DECODER,
    HEAD_IN_READ = HEAD_IN_ENCODER | HEAD_IN_CROSS,
    HEAD_IN_ALL = HEAD_IN_SELF | HEAD_IN_CROSS
};
unsigned head_where(const struct stage *s);

/* What the model brings about words. */
struct head_lexicon;
struct head_lexicon *head_lexicon_open(const struct model *m, struct error *e);
void head_lexicon_free(struct head_lexicon *l);

/* The map of one sentence. All is borrowed. */
struct head_map {
    unsigned where; /* enum head_where */
    const struct labels *rows, *columns;
    const struct head_lexicon *lexicon;
    long sentence; /* of exam.tsv, from 0 */
};

/* Whether the pattern is looked for in such a map, with what the model brings; whether a
 * link of the map is one; and whether some link from that row would be. */
bool head_pattern_is_in(const struct head_lexicon *l, enum head_pattern p,
                        unsigned where);
bool head_pattern_holds(const struct head_map *m, enum head_pattern p, long row,
                        long column);
bool head_pattern_can(const struct head_map *m, enum head_pattern p, long row);

/* How often it must hold to be a name. */
double head_pattern_share(enum head_pattern p);

/* "noun → particle", and "noun-particle" for JSON. Borrowed, static. */
const char *head_pattern_text(enum head_pattern p, enum language language);
const char *head_pattern_key(enum head_pattern p);

#endif
