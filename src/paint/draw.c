#include "paint/draw.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "paint/box.h"

#include <assert.h>
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
#define TEXT_FAMILY "NanumGothic,DejaVu Sans,Noto Sans CJK KR,sans-serif"
#define NARROW_FAMILY "DejaVu Sans Mono,NanumGothicCoding,monospace"
#define CODE_FAMILY "NanumGothicCoding,D2Coding,DejaVu Sans Mono,monospace"
/* Half the height of a capital letter in the faces above, as a part of the size. */
#define HALF_CAPITAL 0.35
#define WORD_START "\xe2\x96\x81" /* U+2581 */
/* How far a tile reaches under the next one, points: one pixel of the coarsest viewer. */
#define TILE_REACH 1.5
/* The same for a line of a screen, which nothing hides: as little as closes the gap. */
#define LINE_REACH 0.4
/* A PDF has to say when it was made; the same drawing is to be the same bytes. */
#define NO_DATE "1970-01-01T00:00:00Z"

struct drawing {
    struct draw_medium medium;
    cairo_surface_t *surface;
    cairo_t *cairo;
    double scale;       /* 1 where there are no pixels */
    struct buffer file; /* what cairo has written of an SVG or a PDF */
    bool clipped;
    int missing;
};

/* The fonts of the program, loaded once: pango keeps what it has shaped. */
static PangoContext *fonts;
static PangoLayout *layout;

static cairo_status_t add_to_file(void *drawing, const unsigned char *bytes,
                                  unsigned length)
{
    struct drawing *d = drawing;
    buffer_add_bytes(&d->file, (const char *)bytes, length);
    return CAIRO_STATUS_SUCCESS;
}

/* Whether a page of that size can be drawn; in pixels, or in points for shapes. */
static int check_size(double w, double h, enum draw_form form, struct error *e)
{
    int most = form == DRAW_PIXELS ? DRAW_MAX_PIXELS : DRAW_MAX_POINTS;
    const char *unit = form == DRAW_PIXELS ? "pixels" : "points";
    if (w >= 1 && h >= 1 && w <= most && h <= most)
        return 0;
    return error_set(e,
                     "a picture of %.0f x %.0f %s cannot be drawn: a side has 1 to %d "
                     "%s; choose another width%s",
                     w, h, unit, most, unit, form == DRAW_PIXELS ? " or scale" : "");
}

static cairo_surface_t *new_surface(struct drawing *d, double w, double h)
{
    switch (d->medium.form) {
    case DRAW_SVG:
        return cairo_svg_surface_create_for_stream(add_to_file, d, w, h);
    case DRAW_PDF:
        return cairo_pdf_surface_create_for_stream(add_to_file, d, w, h);
    default:
        return cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)w, (int)h);
    }
}

static bool has_fonts(void);

struct drawing *draw_new(double width, double height, struct draw_medium medium,
                         struct error *e)
{
    double scale = medium.form == DRAW_PIXELS ? medium.scale : 1;
    double w = ceil(width * scale - 1e-6), h = ceil(height * scale - 1e-6);
    if (!has_fonts()) { /* pages are measured by their texts: the size means nothing */
        error_set(e, "no fonts: install fonts-nanum");
        return NULL;
    }
    if (check_size(w, h, medium.form, e) < 0)
        return NULL;
    struct drawing *d = mem_zero(1, sizeof *d);
    d->medium = medium;
    d->scale = scale;
    d->surface = new_surface(d, w, h);
    d->cairo = cairo_create(d->surface);
    if (cairo_status(d->cairo) != CAIRO_STATUS_SUCCESS)
        fatal("out of memory: a picture of %.0f x %.0f pixels was asked for", w, h);
    cairo_scale(d->cairo, scale, scale);
    return d;
}

void draw_free(struct drawing *d)
{
    if (!d)
        return;
    cairo_destroy(d->cairo);
    cairo_surface_destroy(d->surface); /* an SVG that was not ended is written here */
    buffer_free(&d->file);
    free(d);
}

struct draw_medium draw_medium_of(const struct drawing *d)
{
    return d->medium;
}

int draw_pixel_width(const struct drawing *d)
{
    return cairo_image_surface_get_width(d->surface);
}

int draw_pixel_height(const struct drawing *d)
{
    return cairo_image_surface_get_height(d->surface);
}

/* One pixel from cairo's multiplied, native-endian ARGB. */
static void copy_pixel(unsigned char *out, uint32_t argb)
{
    uint32_t a = argb >> 24, c[3] = {argb >> 16 & 255, argb >> 8 & 255, argb & 255};
    for (int i = 0; i < 3; i++)
        out[i] = (unsigned char)(a == 255 || a == 0 ? c[i] : (c[i] * 255 + a / 2) / a);
    out[3] = (unsigned char)a;
}

/* Most rows are opaque, and then no division is needed. */
static void copy_row(unsigned char *out, const uint32_t *argb, size_t w)
{
    uint32_t least = 0xff000000;
    for (size_t x = 0; x < w; x++)
        least &= argb[x];
    for (size_t x = 0; x < w; x++, out += 4) {
        if (least != 0xff000000) {
            copy_pixel(out, argb[x]);
            continue;
        }
        out[0] = (unsigned char)(argb[x] >> 16);
        out[1] = (unsigned char)(argb[x] >> 8);
        out[2] = (unsigned char)argb[x];
        out[3] = 255;
    }
}

unsigned char *draw_pixels(struct drawing *d)
{
    size_t w = (size_t)draw_pixel_width(d), h = (size_t)draw_pixel_height(d);
    cairo_surface_flush(d->surface);
    const unsigned char *row = cairo_image_surface_get_data(d->surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(d->surface);
    unsigned char *pixels = mem_alloc(w * h, 4), *out = pixels;
    for (size_t y = 0; y < h; y++, row += stride, out += 4 * w) {
        /* Most rows of a figure repeat the row above. */
        if (y > 0 && memcmp(row, row - stride, 4 * w) == 0) {
            memcpy(out, out - 4 * w, 4 * w);
            continue;
        }
        copy_row(out, (const uint32_t *)(const void *)row, w);
    }
    return pixels;
}

static void set_metadata(cairo_surface_t *pdf, const char *title, const char *subject)
{
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATOR, "Stepformer");
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE, NO_DATE);
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_MOD_DATE, NO_DATE);
    if (title)
        cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_TITLE, title);
    if (subject)
        cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_SUBJECT, subject);
}

char *draw_file(struct drawing *d, const char *title, const char *subject,
                size_t *length, struct error *e)
{
    assert(d->medium.form != DRAW_PIXELS);
    draw_unclip(d);
    if (d->medium.form == DRAW_PDF)
        set_metadata(d->surface, title, subject);
    cairo_status_t drawn = cairo_status(d->cairo);
    cairo_surface_finish(d->surface);
    cairo_status_t written = cairo_surface_status(d->surface);
    if (drawn || written) {
        error_set(e, "the picture cannot be made: %s",
                  cairo_status_to_string(drawn ? drawn : written));
        return NULL;
    }
    *length = d->file.length;
    return buffer_take(&d->file);
}

static void set_color(struct drawing *d, struct rgb c, double alpha)
{
    cairo_set_source_rgba(d->cairo, c.r / 255.0, c.g / 255.0, c.b / 255.0, alpha);
}

/* A place in points, moved to the nearest whole pixel where there are pixels. */
static double on_pixel(const struct drawing *d, double x)
{
    return d->medium.form == DRAW_PIXELS ? floor(x * d->scale + 0.5) / d->scale : x;
}

/* The width of a line, at least a pixel. */
static double line_width(const struct drawing *d, double width)
{
    return d->medium.form == DRAW_PIXELS ? fmax(1 / d->scale, on_pixel(d, width)) : width;
}

/* Adds the box with its edges on whole pixels to the path. */
static void add_box(struct drawing *d, struct draw_box b)
{
    double x = on_pixel(d, b.x), y = on_pixel(d, b.y);
    cairo_rectangle(d->cairo, x, y, on_pixel(d, b.x + b.width) - x,
                    on_pixel(d, b.y + b.height) - y);
}

void draw_clip(struct drawing *d, struct draw_box box)
{
    draw_unclip(d);
    cairo_save(d->cairo);
    add_box(d, box);
    cairo_clip(d->cairo);
    d->clipped = true;
}

void draw_unclip(struct drawing *d)
{
    if (d->clipped)
        cairo_restore(d->cairo);
    d->clipped = false;
}

void draw_fill(struct drawing *d, struct draw_box box, struct rgb color)
{
    set_color(d, color, 1);
    add_box(d, box);
    cairo_fill(d->cairo);
}

void draw_tile(struct drawing *d, struct draw_box box, struct draw_box all,
               struct rgb color)
{
    if (d->medium.form != DRAW_PIXELS) {
        double right = box.x + box.width, bottom = box.y + box.height;
        box.width += fmax(0, fmin(TILE_REACH, all.x + all.width - right));
        box.height += fmax(0, fmin(TILE_REACH, all.y + all.height - bottom));
    }
    draw_fill(d, box, color);
}

void draw_fill_round(struct drawing *d, struct draw_box box, double radius,
                     struct rgb color)
{
    double x = box.x, y = box.y, r = radius;
    double right = x + box.width, bottom = y + box.height;
    set_color(d, color, 1);
    cairo_new_sub_path(d->cairo);
    cairo_arc(d->cairo, right - r, y + r, r, -PI / 2, 0);
    cairo_arc(d->cairo, right - r, bottom - r, r, 0, PI / 2);
    cairo_arc(d->cairo, x + r, bottom - r, r, PI / 2, PI);
    cairo_arc(d->cairo, x + r, y + r, r, PI, 3 * PI / 2);
    cairo_close_path(d->cairo);
    cairo_fill(d->cairo);
}

void draw_frame(struct drawing *d, struct draw_box box, double width, struct rgb color)
{
    double w = line_width(d, width);
    double x = on_pixel(d, box.x), y = on_pixel(d, box.y);
    double right = on_pixel(d, box.x + box.width);
    double bottom = on_pixel(d, box.y + box.height);
    set_color(d, color, 1);
    cairo_rectangle(d->cairo, x, y, right - x, w);
    cairo_rectangle(d->cairo, x, bottom - w, right - x, w);
    cairo_rectangle(d->cairo, x, y + w, w, bottom - y - 2 * w);
    cairo_rectangle(d->cairo, right - w, y + w, w, bottom - y - 2 * w);
    cairo_fill(d->cairo);
}

void draw_line(struct drawing *d, double x0, double y0, double x1, double y1,
               double width, struct rgb color)
{
    set_color(d, color, 1);
    cairo_set_line_width(d->cairo, width);
    cairo_move_to(d->cairo, x0, y0);
    cairo_line_to(d->cairo, x1, y1);
    cairo_stroke(d->cairo);
}

void draw_polygon(struct drawing *d, const double (*corners)[2], int count,
                  struct rgb color)
{
    set_color(d, color, 1);
    cairo_new_sub_path(d->cairo);
    for (int i = 0; i < count; i++)
        cairo_line_to(d->cairo, corners[i][0], corners[i][1]);
    cairo_close_path(d->cairo);
    cairo_fill(d->cairo);
}

void draw_curve(struct drawing *d, const struct draw_curve *c, struct rgb color)
{
    double middle = (c->x0 + c->x1) / 2;
    set_color(d, color, c->opacity);
    cairo_set_line_width(d->cairo, c->width);
    cairo_move_to(d->cairo, c->x0, c->y0);
    cairo_curve_to(d->cairo, middle, c->y0, middle, c->y1, c->x1, c->y1);
    cairo_stroke(d->cairo);
}

/* Adds the lines with x + sign·y a multiple of `step`, cut to the box. */
static void add_slants(struct drawing *d, struct draw_box b, int sign, double step)
{
    double right = b.x + b.width, bottom = b.y + b.height;
    double y_lo = sign > 0 ? b.y : -bottom, y_hi = sign > 0 ? bottom : -b.y;
    for (double k = ceil((b.x + y_lo) / step) * step; k < right + y_hi; k += step) {
        double x0 = fmax(b.x, k - y_hi), x1 = fmin(right, k - y_lo);
        cairo_move_to(d->cairo, x0, sign * (k - x0));
        cairo_line_to(d->cairo, x1, sign * (k - x1));
    }
}

void draw_hatch(struct drawing *d, struct draw_box box, enum draw_hatch hatch,
                double spacing, double width, struct rgb color)
{
    set_color(d, color, 1);
    cairo_set_line_width(d->cairo, width);
    if (hatch != DRAW_HATCH_FALLING)
        add_slants(d, box, 1, spacing);
    if (hatch != DRAW_HATCH_RISING)
        add_slants(d, box, -1, spacing);
    cairo_stroke(d->cairo);
}

/* Draws the word-start mark in place of a glyph: pango calls this for the shapes that
 * mark_word_starts has set, at the baseline, with the text's colour. */
static void draw_word_start(cairo_t *cairo, PangoAttrShape *shape, gboolean path_only,
                            gpointer unused)
{
    (void)unused;
    double x, y, r = 0, g = 0, b = 0, a = 1;
    double width = (double)shape->logical_rect.width / PANGO_SCALE;
    if (path_only)
        return;
    cairo_get_current_point(cairo, &x, &y);
    cairo_save(cairo);
    cairo_pattern_get_rgba(cairo_get_source(cairo), &r, &g, &b, &a);
    cairo_set_source_rgba(cairo, r, g, b, 0.55 * a);
    cairo_rectangle(cairo, x + 0.12 * width, y, 0.76 * width, 0.2 * width);
    cairo_fill(cairo);
    cairo_restore(cairo);
}

/* Pango reads the fonts in threads of its own, and where there is no memory for them its
 * libraries end the program with a trap: so it is asked for before. */
#define FONT_ROOM ((size_t)256 << 20)

/* Loads the fonts. Hinting is off and glyphs stand at fractions of a pixel, so that text
 * has the same shape at every scale and on every machine with the same fonts. */
static void load_fonts(void)
{
    if (fonts)
        return;
    mem_need_room(FONT_ROOM, "the fonts of a picture");
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    fonts = pango_font_map_create_context(pango_cairo_font_map_get_default());
    pango_cairo_context_set_font_options(fonts, options);
    pango_cairo_context_set_resolution(fonts, 72);
    pango_cairo_context_set_shape_renderer(fonts, draw_word_start, NULL, NULL);
    pango_context_set_round_glyph_positions(fonts, FALSE);
    pango_context_set_language(fonts, pango_language_from_string("ko"));
    pango_context_set_base_dir(fonts, PANGO_DIRECTION_LTR);
    cairo_font_options_destroy(options);
    layout = pango_layout_new(fonts);
    pango_layout_set_auto_dir(layout, FALSE);
}

/* Gives every ▁ of the text a shape of its own: few fonts have it, and as a full block it
 * would shout. */
static void mark_word_starts(const char *text, double size)
{
    PangoAttrList *marks = NULL;
    int width = (int)(0.55 * size * PANGO_SCALE);
    PangoRectangle room = {0, -(int)(0.7 * size * PANGO_SCALE), width,
                           (int)(size * PANGO_SCALE)};
    for (const char *p = text; (p = strstr(p, WORD_START)); p += strlen(WORD_START)) {
        PangoAttribute *a = pango_attr_shape_new(&room, &room);
        a->start_index = (guint)(p - text);
        a->end_index = a->start_index + (guint)strlen(WORD_START);
        if (!marks)
            marks = pango_attr_list_new();
        pango_attr_list_insert(marks, a);
    }
    pango_layout_set_attributes(layout, marks);
    if (marks)
        pango_attr_list_unref(marks);
}

static void set_font(double size, bool bold, int face)
{
    static const char *const families[] = {TEXT_FAMILY, CODE_FAMILY, NARROW_FAMILY};
    static PangoFontDescription *description[3][2];
    PangoFontDescription **f = &description[face][bold];
    if (!*f) {
        *f = pango_font_description_new();
        pango_font_description_set_family_static(*f, families[face]);
        pango_font_description_set_weight(*f, bold ? PANGO_WEIGHT_BOLD
                                                   : PANGO_WEIGHT_NORMAL);
    }
    pango_font_description_set_absolute_size(*f, floor(size * PANGO_SCALE + 0.5));
    pango_layout_set_font_description(layout, *f);
}

/* Is there a shape for the plainest of letters? */
static bool has_fonts(void)
{
    static int known = -1;
    if (known < 0) {
        load_fonts();
        set_font(10, false, 0);
        pango_layout_set_text(layout, "a", 1);
        known = pango_layout_get_unknown_glyphs_count(layout) == 0;
    }
    return known;
}

static struct draw_extent layout_extent(void)
{
    PangoRectangle r;
    pango_layout_get_extents(layout, NULL, &r);
    return (struct draw_extent){(double)r.width / PANGO_SCALE,
                                (double)r.height / PANGO_SCALE};
}

/* Puts the text into the layout and returns the size it is set in, which is smaller than
 * the style's when it was shrunk. */
static double set_layout(const char *text, const struct draw_style *s)
{
    double size = s->size > 0 ? s->size : 11;
    int width = s->fit == DRAW_WRAP || s->fit == DRAW_ELLIPSIS
                    ? (int)(fmax(1, s->width) * PANGO_SCALE)
                    : -1;
    load_fonts();
    char *composed = text_normalize(text);
    char *clean = text_sanitize(composed);
    free(composed);
    pango_layout_set_text(layout, clean, -1);
    pango_layout_set_width(layout, width);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize(layout, s->fit == DRAW_ELLIPSIS ? PANGO_ELLIPSIZE_END
                                                               : PANGO_ELLIPSIZE_NONE);
    for (int tries = 0;; tries++) {
        set_font(size, s->bold, s->code ? 1 + s->narrow : 0);
        mark_word_starts(clean, size);
        if (s->fit != DRAW_SHRINK || tries == 3)
            break;
        double w = layout_extent().width;
        if (w <= s->width)
            break;
        size *= s->width / w * 0.999;
    }
    free(clean);
    return size;
}

struct draw_extent draw_measure(const char *text, const struct draw_style *style)
{
    set_layout(text, style);
    return layout_extent();
}

void draw_text(struct drawing *d, double x, double y, const char *text,
               const struct draw_style *style)
{
    double size = set_layout(text, style);
    double width = layout_extent().width;
    double left = style->align == DRAW_LEFT     ? 0
                  : style->align == DRAW_CENTER ? -width / 2
                                                : -width;
    double baseline = (double)pango_layout_get_baseline(layout) / PANGO_SCALE;
    d->missing += pango_layout_get_unknown_glyphs_count(layout);
    cairo_save(d->cairo);
    cairo_translate(d->cairo, x, y);
    if (style->angle != 0)
        cairo_rotate(d->cairo, -style->angle * PI / 180);
    set_color(d, style->color, 1);
    cairo_move_to(d->cairo, left, HALF_CAPITAL * size - baseline);
    pango_cairo_show_layout(d->cairo, layout);
    cairo_restore(d->cairo);
}

/* A quarter turn whose ends meet the thin lines of the neighbouring cells. */
static void add_turn(struct drawing *d, double x, double y, double cell_w, double cell_h,
                     const struct box_part *p)
{
    double l = p->width;
    double cx = on_pixel(d, x + cell_w / 2 - l / 2) + l / 2;
    double cy = on_pixel(d, y + cell_h / 2 - l / 2) + l / 2;
    double sx = p->x1 > p->x0 ? 1 : -1, sy = p->y0 > p->y1 ? 1 : -1;
    double r = fmin(cell_w, cell_h) / 2, k = 0.45 * r;
    cairo_move_to(d->cairo, cx, y + p->y0);
    cairo_line_to(d->cairo, cx, cy + sy * r);
    cairo_curve_to(d->cairo, cx, cy + sy * k, cx + sx * k, cy, cx + sx * r, cy);
    cairo_line_to(d->cairo, x + p->x1, cy);
}

/* The box of a filled part. As shapes, what ends at the right or lower edge of the cell
 * reaches over it, to meet the next cell's; a shade would show where the two overlap. */
static struct draw_box part_box(const struct drawing *d, double x, double y,
                                double cell_w, double cell_h, const struct box_part *p)
{
    struct draw_box box = {x + p->x0, y + p->y0, p->x1 - p->x0, p->y1 - p->y0};
    if (d->medium.form == DRAW_PIXELS || p->coverage < 1)
        return box;
    box.width += p->x1 >= cell_w ? LINE_REACH : 0;
    box.height += p->y1 >= cell_h ? LINE_REACH : 0;
    return box;
}

static void draw_box_part(struct drawing *d, double x, double y, double cell_w,
                          double cell_h, const struct box_part *p, struct rgb color)
{
    set_color(d, color, p->coverage);
    if (p->form == BOX_FILL) {
        add_box(d, part_box(d, x, y, cell_w, cell_h, p));
        cairo_fill(d->cairo);
        return;
    }
    cairo_set_line_width(d->cairo, p->width);
    if (p->form == BOX_ARC) {
        add_turn(d, x, y, cell_w, cell_h, p);
    } else {
        cairo_move_to(d->cairo, x + p->x0, y + p->y0);
        cairo_line_to(d->cairo, x + p->x1, y + p->y1);
    }
    cairo_stroke(d->cairo);
}

/* Draws the character as a shape if it is one of those that fill their cell. */
static bool draw_box_character(struct drawing *d, double x, double y, double cell_w,
                               double cell_h, const char *utf8, struct rgb color)
{
    uint32_t code = 0;
    struct box_part parts[BOX_MAX_PARTS];
    utf8_decode(utf8, utf8 + strlen(utf8), &code);
    int n = box_parts(code, cell_w, cell_h, line_width(d, cell_h / 16), parts);
    for (int i = 0; i < n; i++)
        draw_box_part(d, x, y, cell_w, cell_h, &parts[i], color);
    return n > 0;
}

void draw_cell_text(struct drawing *d, double x, double y, double cell_w, double cell_h,
                    int columns, const char *utf8, struct rgb color, bool bold)
{
    double width = columns * cell_w;
    if (!utf8[0] || strcmp(utf8, " ") == 0)
        return;
    if (draw_box_character(d, x, y, width, cell_h, utf8, color))
        return;
    /* The face is half as wide as its size, a wide character as wide as its size; signs
     * like × that it draws as wide come from a face where they are narrow. A glyph wider
     * than its cells is squeezed, not made smaller. */
    struct draw_style style = {.size = fmin(2 * cell_w, 0.88 * cell_h), .bold = bold,
                               .code = true, .color = color, .align = DRAW_CENTER};
    double glyph = draw_measure(utf8, &style).width;
    if ((style.narrow = glyph > 1.02 * width))
        glyph = draw_measure(utf8, &style).width;
    cairo_save(d->cairo);
    add_box(d, (struct draw_box){x, y, width, cell_h});
    cairo_clip(d->cairo); /* marks piled on a letter may be higher than the cell */
    cairo_translate(d->cairo, x + width / 2, y + cell_h / 2);
    if (glyph > 1.02 * width)
        cairo_scale(d->cairo, width / glyph, 1);
    draw_text(d, 0, 0, utf8, &style);
    cairo_restore(d->cairo);
}

int draw_missing_glyphs(const struct drawing *d)
{
    return d->missing;
}

const char *draw_font_packages(void)
{
    return "fonts-nanum, fonts-noto-color-emoji";
}
