#include "paint/theme.h"

#include <math.h>
#include <string.h>

struct theme {
    const char *name;
    bool mono, spacious;
    uint32_t background;
    enum colormap_ground ground;
};

static const struct theme themes[THEME_COUNT] = {
    [THEME_DARK] = {"dark", false, false, 0x121212, COLORMAP_ON_NIGHT},
    [THEME_LIGHT] = {"light", false, false, 0xffffff, COLORMAP_ON_WHITE},
    [THEME_PRESENT] = {"present", false, true, 0xffffff, COLORMAP_ON_WHITE},
    [THEME_MONO] = {"mono", true, false, COLOR_DEFAULT, COLORMAP_ON_ANY},
};

#define BG 0xfe000000u

struct look_row {
    uint32_t colors[3][2]; /* dark, light, present: letters and background */
    unsigned attributes, mono;
};

static const struct look_row rows[LOOK_COUNT] = {
#define LOOK(name, dark, dark_bg, light, light_bg, present, present_bg, attributes,      \
             mono)                                                                       \
    [LOOK_##name] = {                                                                    \
        {{dark, dark_bg}, {light, light_bg}, {present, present_bg}}, attributes, mono},
#include "paint/theme.def"
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

static uint32_t packed(struct rgb color)
{
    return (uint32_t)color.r << 16 | (uint32_t)color.g << 8 | color.b;
}

struct style theme_heat(const struct canvas *c, struct colormap_range range, double value)
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
    const struct colormap *map = colormap_default(t->ground, range.diverging);
    struct rgb cell = colormap_cell(map, range, value);
    return (struct style){packed(colormap_text(cell)), packed(cell), 0};
}
