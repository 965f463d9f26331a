/* PNG files (only png.c knows libpng).
 *
 *     struct png_text about[] = {{"Software", "Stepformer"}, {"Stage", stage_id}};
 *     struct png_image image = {w, h, pixels, 144, about, 2};
 *     unsigned char *bytes = png_encode(&image, &length, e);   // caller frees
 *
 * The same image gives the same bytes: no time is stored. */
#ifndef PNG_H_STEPFORMER
#define PNG_H_STEPFORMER

#include "base/error.h"

#include <stddef.h>

/* A note in the file, an iTXt chunk. The key is 1 to 79 characters of Latin letters,
 * digits, spaces and signs; the text is UTF-8. */
struct png_text {
    const char *key, *text;
};

struct png_image {
    int width, height;            /* pixels */
    const unsigned char *pixels;  /* borrowed; rows from the top, RGBA, not multiplied */
    double dpi;                   /* pixels per inch on paper; 0 leaves it out */
    const struct png_text *texts; /* borrowed */
    size_t text_count;
};

/* The file as bytes (caller frees), marked as sRGB. Stored with the least that keeps
 * every pixel: a palette when there are up to 256 colours, RGB when all is opaque. NULL
 * and an error when a note's key is not allowed. */
unsigned char *png_encode(const struct png_image *image, size_t *length, struct error *e);

#endif
