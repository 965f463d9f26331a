/* A canvas as a picture: every cell the same size, a wide glyph exactly two cells, lines
 * and blocks without a gap, in the coding face of the Nanum fonts. */
#ifndef SCREENSHOT_H
#define SCREENSHOT_H

#include "base/error.h"
#include "paint/canvas.h"

#include <stdbool.h>

/* Writes the canvas as what the path's ending says (picture_form), a PNG with two pixels
 * a point. An existing file is an error unless `replace` is set. */
int screenshot_write(const struct canvas *c, const char *path, bool replace,
                     struct error *e);

#endif
