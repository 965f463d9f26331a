/* What is shown as a figure in the current folder. */
#ifndef PICTURE_FILE_H
#define PICTURE_FILE_H

#include "study/exhibit.h"

/* Writes a labelled heat map of the head that is shown under a name that is still free,
 * with `text` as its title, and returns the name (caller frees); NULL with an error. */
char *picture_file_save(const struct exhibit *x, const char *text, struct error *e);

#endif
