/* A model: a folder with config.json, model.safetensors and the tokenizers, opened and
 * checked once, fully; after model_open nothing in it is distrusted again.
 *
 * Files of the folder: config.json, model.safetensors (or its shards with an index), and
 * tokenizer.json, or source_tokenizer.json and target_tokenizer.json. Without tokenizers
 * the model takes ids only. What a folder lacks may lie in another (beside.h). */
#ifndef MODEL_H
#define MODEL_H

#include "model/config.h"
#include "model/families.h"
#include "model/store.h"
#include "model/tokenizer.h"

/* What a weight of a model is. */
struct weight_kind {
    const struct weight_row *row;
    int component;
};

struct model {
    char *name;   /* as it was asked for: "ko-en" */
    char *folder; /* NULL for a random model */
    char *beside; /* the folder that has what this one lacks, or NULL (beside.h) */
    struct config *config;
    const struct family *family;
    struct weights weights; /* under our names (the contract); memory in `store` */
    struct weight_kind *kinds; /* of each weight */
    struct store *store; /* NULL for a random model */
    float *random;         /* the memory of a random model's weights */
    struct tokenizer *source, *target; /* NULL without; one object when they are shared */
    int users;             /* besides the first */
    struct model *twin_of; /* whose config and tokenizers a random twin uses, or NULL */
    struct model *lender;  /* whose tokenizers it uses, or NULL */
    char *ignored;         /* names of tensors the family does not use, or NULL */
};

#define MODEL_DEFAULT "ko-en"

/* Opens a model by the name of a folder in the data folder's models/, by the path of a
 * folder, or "random:d_model=…" for an untrained one. "NAME@400" has the weights of step
 * 400 of its training (checkpoints/step-0400.safetensors). Caller frees. */
struct model *model_open(const char *name, struct error *e);

/* One more user of the model: each of them frees it once. Returns it. */
struct model *model_share(struct model *m);
void model_free(struct model *m);

/* From now on an untrained model reads texts with the tokenizers of another; -1 with an
 * error when its vocabularies are too small for them. */
int model_lend_tokenizers(struct model *m, struct model *from, struct error *e);

/* The same model before training: random weights under the same names and shapes. Caller
 * frees. */
struct model *model_random_twin(struct model *m, unsigned long seed);

/* An untrained model of a family, from "d_model=8,seed=1"; model_open's random: takes
 * family_of_random. Caller frees. */
struct model *model_random(const struct family *family, const char *settings,
                           struct error *e);

/* Whether a pass over the feed can be planned: its ids, its lengths. -1 with an error. */
int model_check_feed(const struct model *m, const struct feed *feed, struct error *e);

/* The plan of a pass over a feed. NULL with an error; caller frees, or gives it to a
 * trace. */
struct plan *model_plan_feed(const struct model *m, const struct feed *feed,
                             struct error *e);

/* The same for one sentence: `source` (with eos where the model wants it) and, for a
 * model of two sides, the rows of the target (bos first). */
struct plan *model_plan(const struct model *m, const int32_t *source, long sources,
                        const int32_t *target, long targets, struct error *e);

/* The plan of the shortest pass: to see which stages there are. */
struct plan *model_shortest_plan(const struct model *m, struct error *e);

/* The tokens of a text as the model reads it: with what the tokenizer's post_processor
 * adds, and eos where config.json wants it and none stands there. The model must have a
 * tokenizer. `out` is overwritten; caller frees. */
int model_encode_source(const struct model *m, const char *text, struct tokens *out,
                        struct error *e);

/* The vocabulary of a side, in ids. */
int model_vocabulary(const struct model *m, enum side side);

/* The path of a file of the model's folder, or of the one that it stands beside; NULL
 * when the model has no folder or no such file. Caller frees. */
char *model_file(const struct model *m, const char *name);

long model_parameters(const struct model *m); /* numbers in all weights */

#endif
