#include "paint/png.h"

#include "base/memory.h"

#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PALETTE_SIZE 256
#define TABLE_SIZE 1024 /* a power of two, well above the palette */

/* What the pixels hold: whether all are opaque, and the palette when it suffices. */
struct survey {
    bool opaque, indexed;
    int colors;
    uint32_t color[PALETTE_SIZE]; /* as in memory: red in the first byte */
    uint32_t slot_color[TABLE_SIZE];
    short slot_index[TABLE_SIZE]; /* -1: free */
};

static const unsigned char *row_of(const struct png_image *image, int y)
{
    return image->pixels + 4 * (size_t)image->width * (size_t)y;
}

/* Most rows of a figure repeat the row above; what was done for that one is copied. */
static bool repeats(const struct png_image *image, int y)
{
    size_t bytes = 4 * (size_t)image->width;
    return y > 0 && memcmp(row_of(image, y), row_of(image, y - 1), bytes) == 0;
}

/* The palette index of a colour, a new one when it is new; -1 when all are used. */
static int survey_index(struct survey *s, uint32_t color)
{
    uint32_t slot = (color * 2654435761u) >> 22;
    while (s->slot_index[slot] >= 0 && s->slot_color[slot] != color)
        slot = (slot + 1) % TABLE_SIZE;
    if (s->slot_index[slot] < 0) {
        if (s->colors == PALETTE_SIZE)
            return -1;
        s->slot_color[slot] = color;
        s->slot_index[slot] = (short)s->colors;
        s->color[s->colors++] = color;
    }
    return s->slot_index[slot];
}

/* Writes the palette index of every pixel of a row; false when the palette is full. */
static bool index_row(struct survey *s, const unsigned char *pixels, int width,
                      unsigned char *out)
{
    uint32_t last = 0;
    int index = -1;
    for (int x = 0; x < width; x++) {
        uint32_t color;
        memcpy(&color, pixels + 4 * (size_t)x, 4);
        if (index < 0 || color != last)
            index = survey_index(s, color);
        if (index < 0)
            return false;
        last = color;
        out[x] = (unsigned char)index;
    }
    return true;
}

/* Tries the palette, row by row into `rows`, and looks for pixels that are not opaque. */
static void survey_pixels(struct survey *s, const struct png_image *image,
                          unsigned char *rows)
{
    size_t width = (size_t)image->width, n = width * (size_t)image->height;
    unsigned char least = 255;
    for (size_t i = 0; i < n; i++)
        least &= image->pixels[4 * i + 3];
    s->opaque = least == 255;
    s->indexed = true;
    s->colors = 0;
    memset(s->slot_index, -1, sizeof s->slot_index);
    for (int y = 0; y < image->height && s->indexed; y++) {
        unsigned char *out = rows + width * (size_t)y;
        if (repeats(image, y))
            memcpy(out, out - width, width);
        else
            s->indexed = index_row(s, row_of(image, y), image->width, out);
    }
}

/* One encoding: what libpng works on, and where its bytes go. */
struct encoder {
    png_structp png;
    png_infop info;
    struct buffer out;
    struct error *error;
    const struct png_image *image;
    const struct survey *survey;
    unsigned char *indices; /* of all pixels, when the palette is used */
    unsigned char *row;     /* one row in the form that is stored */
};

static void write_bytes(png_structp png, png_bytep bytes, png_size_t length)
{
    struct encoder *c = png_get_io_ptr(png);
    buffer_add_bytes(&c->out, (const char *)bytes, length);
}

static void flush_bytes(png_structp png)
{
    (void)png;
}

static void on_error(png_structp png, png_const_charp message)
{
    struct encoder *c = png_get_error_ptr(png);
    error_set(c->error, "the PNG cannot be written: %s", message);
    longjmp(png_jmpbuf(png), 1);
}

/* libpng drops what it warns about, so a warning is an error here. */
static void on_warning(png_structp png, png_const_charp message)
{
    on_error(png, message);
}

/* Long runs of one colour and repeated rows are most of a figure: the lowest level finds
 * them without a filter. Higher levels take twice the time for a tenth of the size. */
static void set_compression(struct encoder *c)
{
    png_set_filter(c->png, 0, PNG_FILTER_NONE);
    png_set_compression_level(c->png, 1);
    png_set_compression_buffer_size(c->png, 1 << 16);
}

static void set_header(struct encoder *c)
{
    const struct survey *s = c->survey;
    int type = s->indexed  ? PNG_COLOR_TYPE_PALETTE
               : s->opaque ? PNG_COLOR_TYPE_RGB
                           : PNG_COLOR_TYPE_RGBA;
    png_set_IHDR(c->png, c->info, (png_uint_32)c->image->width,
                 (png_uint_32)c->image->height, 8, type, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(c->png, c->info, PNG_sRGB_INTENT_PERCEPTUAL);
    if (c->image->dpi > 0) {
        png_uint_32 per_meter = (png_uint_32)(c->image->dpi / 0.0254 + 0.5);
        png_set_pHYs(c->png, c->info, per_meter, per_meter, PNG_RESOLUTION_METER);
    }
}

static void set_palette(struct encoder *c)
{
    const struct survey *s = c->survey;
    png_color colors[PALETTE_SIZE];
    png_byte alpha[PALETTE_SIZE];
    for (int i = 0; i < s->colors; i++) {
        unsigned char p[4];
        memcpy(p, &s->color[i], 4);
        colors[i] = (png_color){p[0], p[1], p[2]};
        alpha[i] = p[3];
    }
    png_set_PLTE(c->png, c->info, colors, s->colors);
    if (!s->opaque)
        png_set_tRNS(c->png, c->info, alpha, s->colors, NULL);
}

static void set_texts(struct encoder *c)
{
    for (size_t i = 0; i < c->image->text_count; i++) {
        /* libpng wants char *, and copies. */
        char *key = mem_string(c->image->texts[i].key);
        char *text = mem_string(c->image->texts[i].text);
        png_text t = {.compression = PNG_ITXT_COMPRESSION_NONE,
                      .key = key,
                      .text = text,
                      .itxt_length = strlen(text)};
        png_set_text(c->png, c->info, &t, 1);
        free(key);
        free(text);
    }
}

/* A row in the form that is stored: 1, 3 or 4 bytes a pixel. One row at a time, as a copy
 * of the whole picture costs more in fresh memory than in copying. */
static const unsigned char *stored_row(const struct encoder *c, int y)
{
    size_t width = (size_t)c->image->width;
    const unsigned char *p = row_of(c->image, y);
    if (c->survey->indexed)
        return c->indices + width * (size_t)y;
    if (!c->survey->opaque)
        return p;
    bool again = repeats(c->image, y);
    for (size_t x = 0; x < width && !again; x++)
        memcpy(c->row + 3 * x, p + 4 * x, 3);
    return c->row;
}

/* All calls into libpng that may jump; nothing after a jump reads a changed local. */
static int encode(struct encoder *c)
{
    if (setjmp(png_jmpbuf(c->png)))
        return -1;
    set_compression(c);
    set_header(c);
    if (c->survey->indexed)
        set_palette(c);
    set_texts(c);
    png_write_info(c->png, c->info);
    for (int y = 0; y < c->image->height; y++)
        png_write_row(c->png, stored_row(c, y));
    png_write_end(c->png, c->info);
    return 0;
}

static int check_texts(const struct png_image *image, struct error *e)
{
    for (size_t i = 0; i < image->text_count; i++) {
        const char *key = image->texts[i].key;
        size_t n = strlen(key);
        bool good = n >= 1 && n <= 79 && key[0] != ' ' && key[n - 1] != ' ';
        for (size_t k = 0; k < n; k++)
            good = good && key[k] >= 0x20 && key[k] < 0x7f;
        if (!good)
            return error_set(e, "\"%s\" cannot be the key of a note in a PNG: 1 to 79 "
                                "letters, digits and signs are allowed", key);
    }
    return 0;
}

unsigned char *png_encode(const struct png_image *image, size_t *length, struct error *e)
{
    struct survey s;
    struct encoder c = {.error = e, .image = image, .survey = &s};
    if (check_texts(image, e) < 0)
        return NULL;
    c.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &c, on_error, on_warning);
    c.info = c.png ? png_create_info_struct(c.png) : NULL;
    if (!c.info)
        fatal("out of memory: a PNG was to be written");
    png_set_write_fn(c.png, &c, write_bytes, flush_bytes);
    c.indices = mem_alloc((size_t)image->width, (size_t)image->height);
    c.row = mem_alloc((size_t)image->width, 3);
    survey_pixels(&s, image, c.indices);
    int failed = encode(&c);
    png_destroy_write_struct(&c.png, &c.info);
    free(c.indices);
    free(c.row);
    if (failed) {
        buffer_free(&c.out);
        return NULL;
    }
    *length = c.out.length;
    return (unsigned char *)buffer_take(&c.out);
}
