/* What a model family declares: its keys of config.json, its weights, what it answers,
 * and the plan of a pass. Everything above goes by this; nothing above names a family. */
#ifndef FAMILY_H
#define FAMILY_H

#include "model/config.h"
#include "numbers/plan.h"

#include <stdbool.h>

/* What a model says to a text. */
enum family_answer {
    ANSWERS_NOTHING,      /* it only computes */
    ANSWERS_TRANSLATION,  /* a target, written token by token after bos */
    ANSWERS_CONTINUATION, /* what follows the text; a model of one stack */
};

/* Where a row of weights stands: once, or in every layer of a stack. */
enum { IN_MODEL = 0, IN_ENCODER = 1, IN_DECODER = 2 };

enum weight_need {
    WEIGHT_REQUIRED,
    WEIGHT_OPTIONAL,  /* a file may leave it out; an untrained model has it */
    WEIGHT_IF_IN_FILE, /* an untrained model has it not */
    WEIGHT_OR_TIED    /* the same; without it another weight takes its place */
};

/* How an untrained model has it. */
enum weight_start {
    START_XAVIER, /* uniform, Glorot and Bengio 2010, equation 16 */
    START_TURN,   /* square: a rotation, so that states keep their length */
    START_TABLE,  /* N(0, 1/columns): rows that are looked up */
    START_ONE,
    START_ZERO
};

/* One row a weight, in the order in which a reader meets them. */
struct weight_row {
    /* "linear1.weight", after "encoder.layers.0." where in layers; with # for the number
     * of the layer, "rnn.weight_ih_l#", after "encoder." alone */
    const char *name;
    int where;          /* IN_MODEL, or IN_ENCODER | IN_DECODER */
    char rows, columns; /* sizes by letter, see `size`; columns 0: a vector */
    enum weight_need need;
    enum weight_start start;
    enum side labels; /* whose vocabulary labels its rows; SIDE_NONE: numbers */
    int component[2]; /* what it counts for: in the model or encoder, in the decoder */
};

struct family {
    struct config_schema config;
    enum family_answer answers;
    bool two_sides; /* a source and a target; else a source only */
    const struct weight_row *weights;
    int weight_count;
    const char *const *components; /* their names, in the order of tables */
    int component_count;
    /* The size that a letter of a weight row stands for; 0: this model has no such. */
    long (*size)(const struct config *c, char letter);
    /* The same in a layer, for a family whose layers differ. May be NULL. */
    long (*layer_size)(const struct config *c, char letter, int layer);
    int (*layers)(const struct config *c, enum stack stack);
    /* Whether the weights that a file may name in several ways are there. May be NULL. */
    int (*check_weights)(const struct config *c, const struct weights *w,
                         struct error *e);
    /* Appends the stages of a pass over the plan's feed, and its aliases. */
    void (*plan)(struct plan *p, const struct config *c);
    /* Sizes and kind in a line or two, for people. */
    void (*describe)(const struct config *c, struct buffer *out);
};

#define FAMILY(NAME) extern const struct family family_##NAME;
#include "model/family.def"
#undef FAMILY

/* The side that the model writes. */
static inline enum side family_writes(const struct family *f)
{
    return f->two_sides ? SIDE_TARGET : SIDE_SOURCE;
}

/* For check_weights: an embedding for each side, its own or the shared one. */
int family_check_embeddings(const struct config *c, const struct weights *w,
                            struct error *e);

/* ---- weights by number ---- */

/* One weight that a model of this config may have. */
struct weight_spec {
    const struct weight_row *row;
    const char *name; /* whole: "encoder.layers.0.linear1.weight" */
    int slot;         /* its number, from 0 */
    int component;
    long rows, columns; /* columns 0 for a vector */
};

/* All of them in order, until `each` returns non-zero. */
int family_each_weight(const struct family *f, const struct config *c,
                       int (*each)(const struct weight_spec *spec, void *data),
                       void *data);

/* How many slots there are; the slot of a row in a layer (0 for IN_MODEL). */
int family_slots(const struct family *f, const struct config *c);
int family_slot(const struct family *f, const struct config *c, int row,
                enum stack stack, int layer);

#endif
