/* config.json of a model, as a struct: the keys that every family has, and those that a
 * family declares for itself (model/family.h).
 *
 *   key                          default     meaning
 *   model_type                   -           the family
 *   max_positions                -           rows the model can take
 *   vocab_size                   -           sets both of the next two
 *   src_vocab_size               vocab_size
 *   tgt_vocab_size               vocab_size
 *   bos_token_id                 see below   the same ids in both vocabularies
 *   decoder_start_token_id       bos         what the decoder begins with
 *   eos_token_id                 none (-1)   an id, or a list of them: any ends the text
 *   pad_token_id                 none (-1)
 *   source_eos                   true        eos is appended to source text
 *   names                        {}          our name of a weight -> that of the file, or
 *                                            null: the model has none
 *   tie_word_embeddings          by the file the output is the target's embedding
 *   beside                       none        the folder with what this lacks (beside.h)
 *
 * Keys without a default are required. Unknown keys are ignored. A decoder must begin
 * with something: where neither bos nor a start is named, with eos, pad or 0. */
#ifndef CONFIG_H
#define CONFIG_H

#include "base/error.h"
#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Upper bounds, so that no product of two or three sizes overflows a long. */
#define CONFIG_MAX_WIDTH 65536   /* d_model */
#define CONFIG_MAX_HIDDEN 262144 /* dim_feedforward */
#define CONFIG_MAX_LAYERS 256
#define CONFIG_MAX_VOCABULARY 1000000
#define CONFIG_MAX_POSITIONS 1000000
#define CONFIG_MAX_ENDS 16

struct config_schema;

struct config {
    char *model_type;
    int max_positions;
    int src_vocab_size, tgt_vocab_size;
    int bos_token_id; /* what a decoder begins with */
    int eos_token_id, pad_token_id; /* -1 for none; of several eos the first */
    int ends[CONFIG_MAX_ENDS];      /* all of them */
    int end_count;
    bool has_start; /* false: bos_token_id is a guess that must be said */
    bool source_eos;
    void *own; /* the struct of the family's own keys; its type is the family's */
    const struct config_schema *schema; /* what describes it; borrowed */
    /* Set for an untrained model. */
    bool is_random;
    uint64_t seed;
    struct json *json; /* all of it */
};

/* ---- what a family declares ---- */

enum config_kind {
    CONFIG_INTEGER, /* an int */
    CONFIG_BOOLEAN, /* a bool */
    CONFIG_CHOICE,  /* an int: the index of the text in `choices` */
    CONFIG_NUMBER   /* a double */
};

/* One key: how it is read, where it goes and what is allowed. The order of a table is
 * that of the errors. */
struct config_field {
    const char *key;
    enum config_kind kind;
    size_t offset;              /* in the family's struct */
    bool required;
    double least, most;         /* of integers and numbers; a number is above `least` */
    const char *const *choices; /* ended by NULL */
    double value;               /* the default */
    const char *random;         /* what an untrained model has; NULL: the default */
};

struct config_schema {
    const char *model_type;
    const struct config_field *fields;
    size_t count, size; /* of the fields; of the family's struct, in bytes */
    /* What must fit together. -1 with an error; may be NULL. */
    int (*check)(const struct config *c, struct error *e);
    /* Adds the keys of an untrained model that depend on others; may be NULL. */
    void (*complete)(struct json *settings);
};

/* The schema of a model_type, or NULL with an error that lists the known ones. */
typedef const struct config_schema *config_find(const char *model_type, struct error *e);

/* ---- reading ---- */

/* Reads and checks a file. NULL with an error that names the file; caller frees. */
struct config *config_open(const char *path, config_find *find, struct error *e);

/* The same from memory; `name` stands for the file in errors. */
struct config *config_parse(const char *text, size_t length, const char *name,
                            config_find *find, struct error *e);

/* Is the name "random" or does it begin with "random:"? */
bool config_is_random(const char *model);

/* The config of an untrained model, from "d_model=128,nhead=4,…,seed=1". Every key is
 * optional: vocab_size 100, max_positions 128, pad 0, bos 1, eos 2, seed 1, and what the
 * schema says. */
struct config *config_parse_random(const char *settings,
                                   const struct config_schema *schema, struct error *e);

/* Does the token end a text? */
bool config_ends(const struct config *c, int id);

/* The value of a key of the family's own: an integer, a number, 0 or 1, or the index of a
 * choice. NaN when it has no such key. */
double config_own(const struct config *c, const char *key);

/* The name in the file of the weight that we call `name`: the one of "names" in the
 * config, else `name` itself. Borrowed. */
const char *config_name(const struct config *c, const char *name);

/* Does "names" say that the model has no such weight? */
bool config_lacks(const struct config *c, const char *name);

void config_free(struct config *c); /* NULL is fine */

#endif
