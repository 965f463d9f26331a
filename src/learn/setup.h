/* What a training begins with. */
#ifndef SETUP_H
#define SETUP_H

#include "learn/recipe.h"

#include <stdbool.h>

struct training_setup {
    const char *pairs, *folder;
    const char *exam;       /* a file; NULL: a part of the pairs is held out */
    const char *config;     /* "d_model=32,…", what differs from the embedded shape */
    const char *tokenizers; /* a folder; NULL: learned from the pairs */
    long pieces;            /* at most so many on each side; 0: characters */
    struct recipe recipe;
    int threads;
    bool force; /* the folder may exist */
};

/* The part of the sources that is held out for the exam. */
#define TRAINING_HELD 0.02

#endif
