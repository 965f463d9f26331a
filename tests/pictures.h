/* Reading a PNG back in a test: its notes and its pixels. */
#ifndef PICTURES_H
#define PICTURES_H

#include "base/memory.h"
#include "chart/heatmap.h"
#include "paint/picture.h"

#include "support.h"

#include <png.h>

/* The file has one note of this key, with this text. */
static inline void has_note(const char *path, const char *key, const char *want)
{
    FILE *f = fopen(path, "rb");
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_textp notes;
    int count = 0, found = 0;
    assert_non_null(f);
    png_init_io(png, f);
    png_read_info(png, info);
    png_get_text(png, info, &notes, &count);
    for (int i = 0; i < count; i++)
        if (!strcmp(notes[i].key, key)) {
            assert_string_equal(notes[i].text, want);
            found++;
        }
    assert_int_equal(found, 1);
    png_destroy_read_struct(&png, &info, NULL);
    fclose(f);
}

/* Draws a heat map as the charts do, at two pixels a point, over what was there. */
static inline void write_map(const struct heatmap *map, const char *path,
                             struct error *e)
{
    struct drawing *d = heatmap_draw(map, (struct draw_medium){DRAW_PIXELS, 2}, e);
    assert_non_null(d);
    struct picture_about about = {0};
    assert_int_equal(picture_write(d, path, &about, true, e), 0);
}

/* Caller frees. */
static inline png_bytep read_pixels_(const char *path, png_image *image)
{
    *image = (png_image){.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_file(image, path))
        fail_msg("%s: %s", path, image->message);
    image->format = PNG_FORMAT_RGBA;
    png_bytep pixels = mem_alloc(PNG_IMAGE_SIZE(*image), 1);
    assert_true(png_image_finish_read(image, NULL, pixels, 0, NULL));
    return pixels;
}

static inline void assert_same_pictures(const char *path, const char *other)
{
    png_image a, b;
    png_bytep x = read_pixels_(path, &a), y = read_pixels_(other, &b);
    if (a.width != b.width || a.height != b.height)
        fail_msg("%s has %u × %u pixels, %s %u × %u", path, a.width, a.height, other,
                 b.width, b.height);
    if (memcmp(x, y, PNG_IMAGE_SIZE(a)))
        fail_msg("%s and %s have other pixels", path, other);
    free(x);
    free(y);
}

#endif
