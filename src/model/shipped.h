/* The models that come with the program: the folders of the data folder's models/. */
#ifndef SHIPPED_H
#define SHIPPED_H

#include <stddef.h>

struct shipped_model {
    char *name;  /* "ko-en" */
    long *steps; /* those of its checkpoints, in order: --model ko-en@400 */
    size_t step_count;
};

/* The list, sorted by name; empty without a data folder. Free with shipped_free. */
size_t shipped_list(struct shipped_model **out);
void shipped_free(struct shipped_model *list, size_t count);

/* All that --model takes in one line, such as "ko-en, ko-en@0, ko-en@400, ko-en-h1".
 * Caller frees. */
char *shipped_text(const char *between);

#endif
