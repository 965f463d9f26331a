/* A drawing in a file, whose ending says what kind it is: .png, .svg or .pdf.
 *
 *     struct draw_medium medium = {.scale = 2};
 *     if (picture_form(path, &medium.form, e) < 0) …
 *     struct drawing *d = draw_new(width, height, medium, e);
 *     …
 *     picture_write(d, path, &about, replace, e);
 *
 * The same drawing gives the same bytes: no time is stored. */
#ifndef PICTURE_H
#define PICTURE_H

#include "base/error.h"
#include "paint/draw.h"
#include "paint/png.h"

#include <stdbool.h>
#include <stddef.h>

/* What the name's ending asks for, in capitals or not; -1 and an error of the command
 * line for any ending but the three. */
int picture_form(const char *path, enum draw_form *form, struct error *e);

/* What the file says beside what is drawn; borrowed. A PNG keeps the notes as they are.
 * In SVG and PDF the note "Title" becomes the title, and the others stand as lines under
 * the description (SVG) or as the subject (PDF), without control characters. */
struct picture_about {
    const struct png_text *notes;
    size_t note_count;
    const char *description; /* the picture in words, lines of text; may be NULL */
};

/* Writes the file under a temporary name, then renames it. The ending is that of the form
 * the drawing was made for. An existing file is an error unless `replace` is set. Takes
 * the drawing, also when it fails. */
int picture_write(struct drawing *d, const char *path, const struct picture_about *about,
                  bool replace, struct error *e);

#endif
