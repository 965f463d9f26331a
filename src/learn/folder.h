/* The folder of a training: making, saving, and opening it again. */
#ifndef FOLDER_H
#define FOLDER_H

#include "learn/pairs.h"
#include "learn/setup.h"
#include "model/model.h"

/* What is learned: the model, whose weights lie in `weights`, one after the other, and
 * Adam's means beside them. */
struct learning {
    char *folder, *pairs; /* the path of the file of pairs */
    struct model *model;
    struct recipe recipe;
    float *weights, *first, *second;
    long parameters;
    long step, saved; /* steps done; the last one that was saved, -1 for none */
    double loss;      /* smoothed */
    double seconds;   /* of earlier runs */
    double held;      /* the part of the pairs that is held out; 0 with a given exam */
    uint64_t fingerprint; /* of the pairs */
    char *tokenizers[2];  /* texts to be written: source and target, or one for both */
};

void learning_free(struct learning *l);

/* Whether the folder may be made: it is new or empty, or `force`. */
int folder_check_new(const char *path, bool force, struct error *e);

/* The model and its tokenizers, untrained. Writes nothing. */
int folder_plan(struct learning *l, const struct training_setup *s, const struct pairs *p,
                struct error *e);

/* Makes the folder with all that does not change. */
int folder_begin(struct learning *l, const struct training_setup *s,
                 const struct pairs *p, struct error *e);

/* The model as a checkpoint, as the model of the folder, and the state. */
int folder_save(struct learning *l, struct error *e);

/* The model of the folder, rounded as the recipe says. */
int folder_finish(struct learning *l, struct error *e);

/* Opens the state of a folder and reads the pairs, which must be the same. */
int folder_resume(struct learning *l, const char *folder, const char *pairs,
                  struct pairs *p, struct error *e);

#endif
