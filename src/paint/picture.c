#include "paint/picture.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "paint/svg.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The kinds of files: how the name ends. To add one, a row here and a form of draw.h. */
static const struct {
    const char *ending;
    enum draw_form form;
} kinds[] = {{".png", DRAW_PIXELS}, {".svg", DRAW_SVG}, {".pdf", DRAW_PDF}};

int picture_form(const char *path, enum draw_form *form, struct error *e)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = strlen(kinds[i].ending);
        if (length > n && strcasecmp(path + length - n, kinds[i].ending) == 0) {
            *form = kinds[i].form;
            return 0;
        }
    }
    return error_usage(e,
                       "%.200s: the ending of the name says what kind of picture to "
                       "write; give a name that ends in .png, .svg or .pdf",
                       path);
}

/* ---- words for SVG and PDF ---- */

/* Text that XML and PDF can hold: white space as spaces, line ends as such where `lines`
 * is set, no other control characters, no code points that are none. Caller frees. */
static char *clean(const char *s, bool lines)
{
    const char *end = s + strlen(s);
    struct buffer b = {0};
    uint32_t code;
    size_t n;
    for (; (n = utf8_decode(s, end, &code)) > 0; s += n) {
        char bytes[4];
        if (text_is_space(code))
            code = code == '\n' && lines ? '\n' : ' ';
        else if (text_is_control(code) || (code & 0xfffe) == 0xfffe)
            continue;
        buffer_add_bytes(&b, bytes, utf8_encode(code, bytes));
    }
    return buffer_take(&b);
}

#define OWN_PREFIX "stepformer:"

/* "model: ko-en", "stage: …": the notes that say something, with `between` in between;
 * not the title and the program, which have places of their own. */
static void add_notes(struct buffer *out, const struct picture_about *about,
                      const char *between)
{
    for (size_t i = 0; i < about->note_count; i++) {
        const char *key = about->notes[i].key, *text = about->notes[i].text;
        if (!text[0] || !strcmp(key, "Title") || !strcmp(key, "Software"))
            continue;
        if (strncmp(key, OWN_PREFIX, strlen(OWN_PREFIX)) == 0)
            key += strlen(OWN_PREFIX);
        char *one = clean(text, false);
        buffer_addf(out, "%s%s: %s", out->length ? between : "", key, one);
        free(one);
    }
}

/* Caller frees. */
static char *title_of(const struct picture_about *about)
{
    for (size_t i = 0; i < about->note_count; i++)
        if (!strcmp(about->notes[i].key, "Title") && about->notes[i].text[0])
            return clean(about->notes[i].text, false);
    return mem_string("Stepformer");
}

/* ---- the bytes of each kind, caller frees; they take the drawing ---- */

/* Ends the drawing before the pixels are packed: two copies of a large picture are
 * enough. */
static char *png_bytes(struct drawing *d, const struct picture_about *about,
                       size_t *length, struct error *e)
{
    unsigned char *pixels = draw_pixels(d);
    struct png_image image = {.width = draw_pixel_width(d),
                              .height = draw_pixel_height(d),
                              .pixels = pixels,
                              .dpi = 72 * draw_medium_of(d).scale,
                              .texts = about->notes,
                              .text_count = about->note_count};
    draw_free(d);
    char *png = (char *)png_encode(&image, length, e);
    free(pixels);
    return png;
}

static char *svg_bytes(struct drawing *d, const struct picture_about *about,
                       size_t *length, struct error *e)
{
    char *drawn = draw_file(d, NULL, NULL, length, e);
    draw_free(d);
    if (!drawn)
        return NULL;
    struct buffer words = {0};
    if (about->description) {
        char *description = clean(about->description, true);
        size_t end = strlen(description);
        while (end > 0 && description[end - 1] == '\n')
            end--;
        buffer_add_bytes(&words, description, end);
        free(description);
    }
    add_notes(&words, about, "\n");
    char *title = title_of(about), *said = buffer_take(&words);
    char *svg = svg_complete(drawn, title, said);
    *length = strlen(svg);
    free(drawn);
    free(title);
    free(said);
    return svg;
}

static char *pdf_bytes(struct drawing *d, const struct picture_about *about,
                       size_t *length, struct error *e)
{
    struct buffer words = {0};
    add_notes(&words, about, "; ");
    char *title = title_of(about), *subject = buffer_take(&words);
    char *pdf = draw_file(d, title, subject, length, e);
    draw_free(d);
    free(title);
    free(subject);
    return pdf;
}

int picture_write(struct drawing *d, const char *path, const struct picture_about *about,
                  bool replace, struct error *e)
{
    size_t length = 0;
    enum draw_form form = draw_medium_of(d).form;
    char *bytes = form == DRAW_SVG   ? svg_bytes(d, about, &length, e)
                  : form == DRAW_PDF ? pdf_bytes(d, about, &length, e)
                                     : png_bytes(d, about, &length, e);
    if (!bytes)
        return -1;
    int result = file_write(path, bytes, length, replace, e);
    free(bytes);
    return result;
}
