#include "screen/theme.h"

#include <math.h>
#include <string.h>

/* Colours at equal distances from low to high; between them is interpolated. */
struct ramp {
    int count;
    uint32_t colors[9];
};

struct theme {
    const char *name;
    bool mono, spacious;
    uint32_t background;
    const struct ramp *sequential, *diverging;
};

/* viridis, sampled (CC0). Blue to orange around the background: safe for the common
 * kinds of colour blindness. */
static const struct ramp viridis = {
    9,
    {0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30,
     0xfde725}};
static const struct ramp blues = {
    7, {0xffffff, 0xdeebf7, 0xbdd7ee, 0x85bcdb, 0x4a95c8, 0x1f66ad, 0x08306b}};
static const struct ramp night = {
    7, {0x5fafff, 0x2f78c4, 0x1d4877, 0x262626, 0x7a4a1c, 0xc4762a, 0xffaf5f}};
static const struct ramp day = {
    7, {0x2166ac, 0x67a9cf, 0xbfdcec, 0xffffff, 0xfddbb5, 0xf1a340, 0xb35806}};

static const struct theme themes[THEME_COUNT] = {
    [THEME_DARK] = {"dark", false, false, 0x121212, &viridis, &night},
    [THEME_LIGHT] = {"light", false, false, 0xffffff, &blues, &day},
    [THEME_PRESENT] = {"present", false, true, 0xffffff, &blues, &day},
    [THEME_MONO] = {"mono", true, false, COLOR_DEFAULT, NULL, NULL},
};

#define BG 0xfe000000u

struct look_row {
    uint32_t colors[3][2]; /* dark, light, present: letters and background */
    unsigned attributes, mono;
};

static const struct look_row rows[LOOK_COUNT] = {
#define LOOK(name, dark, dark_bg, light, light_bg, present, present_bg, attributes, mono) \
    [LOOK_##name] = {{{dark, dark_bg}, {light, light_bg}, {present, present_bg}},         \
                     attributes,                                                          \
                     mono},
#include "screen/theme.def"
#undef LOOK
};

const struct theme *theme_get(enum theme_name name)
{
    return &themes[name];
}

const struct theme *theme_find(const char *name)
{
    for (int i = 0; i < THEME_COUNT; i++)
        if (strcmp(themes[i].name, name) == 0)
            return &themes[i];
    return NULL;
}

const char *theme_names(void)
{
    return "dark, light, present, mono";
}

const char *theme_label(const struct theme *theme)
{
    return theme->name;
}

const struct theme *theme_next(const struct theme *theme)
{
    return &themes[(theme - themes + 1) % THEME_COUNT];
}

bool theme_is_mono(const struct theme *theme)
{
    return theme->mono;
}

bool theme_is_spacious(const struct theme *theme)
{
    return theme->spacious;
}

/* A canvas that nobody gave a theme is shown in the monochrome scheme. */
static const struct theme *theme_of(const struct canvas *c)
{
    return c->theme ? c->theme : &themes[THEME_MONO];
}

struct style theme_style(const struct canvas *c, enum look look)
{
    const struct theme *t = theme_of(c);
    const struct look_row *row = &rows[look];
    if (t->mono)
        return (struct style){COLOR_DEFAULT, COLOR_DEFAULT, row->mono};
    const uint32_t *colors = row->colors[t - themes];
    return (struct style){colors[0], colors[1] == BG ? t->background : colors[1],
                          row->attributes};
}

static uint32_t mix(uint32_t a, uint32_t b, double t)
{
    uint32_t out = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        double from = (a >> shift) & 255, to = (b >> shift) & 255;
        out |= (uint32_t)lround(from + (to - from) * t) << shift;
    }
    return out;
}

static uint32_t ramp_color(const struct ramp *ramp, double t)
{
    double x = t * (ramp->count - 1);
    int i = (int)x;
    if (i >= ramp->count - 1)
        return ramp->colors[ramp->count - 1];
    return mix(ramp->colors[i], ramp->colors[i + 1], x - i);
}

struct style theme_heat(const struct canvas *c, struct colormap_range range,
                        double value)
{
    const struct theme *t = theme_of(c);
    if (!isfinite(value))
        return theme_style(c, LOOK_MASKED);
    double place = colormap_place(range, value);
    if (t->mono) {
        struct style style = theme_style(c, LOOK_NUMBER);
        bool large = range.diverging ? fabs(place - 0.5) >= 0.25 : place >= 0.5;
        if (large)
            style.attributes |= ATTRIBUTE_BOLD;
        return style;
    }
    uint32_t bg = ramp_color(range.diverging ? t->diverging : t->sequential, place);
    struct rgb cell = {(uint8_t)(bg >> 16), (uint8_t)(bg >> 8), (uint8_t)bg};
    struct rgb ink = colormap_text(cell);
    uint32_t fg = (uint32_t)ink.r << 16 | (uint32_t)ink.g << 8 | ink.b;
    return (struct style){fg, bg, 0};
}
