/* The words that the lesson format knows, from the tables that read them: for `stepformer
 * help lesson-words`, and for the test that lessons/README.md names every one. */
#ifndef VOCABULARY_H
#define VOCABULARY_H

#include "base/say.h"

#include <stddef.h>

/* A list of them, "stage run compute …", with what they are in the language of the run.
 * Caller frees; NULL beyond the last list. */
char *vocabulary_list(size_t index, const char **title);

#endif
