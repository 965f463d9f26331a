/* A chart saved as a picture in the folder that the program runs in, under a name of its
 * own. */
#ifndef PICTURE_FILE_H
#define PICTURE_FILE_H

#include "chart/charts.h"

/* Returns the full path of the new file (caller frees), or NULL and an error. */
char *picture_file_save(const struct chart_kind *kind, const struct chart *v,
                        struct error *e);

#endif
