/* The picture of a scene as a figure in the current folder. */
#ifndef PICTURE_FILE_H
#define PICTURE_FILE_H

#include "lesson/reading.h"
#include "screen/sheet.h"

/* Writes a labelled heat map of one head (from 0) under a name that is still free, and
 * returns the name (caller frees); NULL with an error. */
char *picture_file_save(const struct picture *p, const struct sheet *s,
                        const struct tensor *values, long head, const char *text,
                        struct error *e);

#endif
