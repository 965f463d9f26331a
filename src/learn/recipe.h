/* How a model is trained: sizes, rates and penalties, and what they are at each step. */
#ifndef RECIPE_H
#define RECIPE_H

#include "base/error.h"

#include <stdint.h>

struct recipe {
    long steps, batch, warmup; /* batch: sentences of a step */
    double rate;               /* the highest, after the warm-up */
    double dropout;            /* of embeddings and sublayer outputs (5.4) */
    double smoothing;          /* of the loss's target (5.4) */
    double entropy;            /* weight of the penalty on the entropy of attention */
    double apart;              /* times that: of the one on heads that look alike */
    long penalty_from, penalty_full; /* the penalty grows from the first to the second */
    long save_every;
    long seed;
    long round; /* decimals of the finished weights; -1: all of them */
    long half;  /* 1: checkpoints and the model are written as F16, rounded before */
};

struct recipe recipe_default(void);

/* The same for every recipe, Adam's (5.3) and the recipe of the embedded model. */
#define RECIPE_BETA1 0.9
#define RECIPE_BETA2 0.98
#define RECIPE_EPSILON 1e-9
#define RECIPE_DECAY 0.01 /* of weights, each step, times the rate */
#define RECIPE_CLIP 1.0   /* the largest norm of a gradient */

/* A linear warm-up, then a cosine down to a hundredth. Steps count from 0. */
double recipe_rate(const struct recipe *r, long step);

/* The weight of the penalty at a step. */
double recipe_penalty(const struct recipe *r, long step);

/* What does not go together. -1 with an error. */
int recipe_check(const struct recipe *r, struct error *e);

/* As text, and back: "steps=3000 batch=128 …". Caller frees. */
char *recipe_text(const struct recipe *r);
int recipe_parse(const char *text, struct recipe *r, struct error *e);

#endif
