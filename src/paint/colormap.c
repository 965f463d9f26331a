#include "paint/colormap.h"

#include <math.h>
#include <string.h>

#define MAX_POINTS 17

struct colormap {
    const char *name;
    bool diverging;
    int points;
    struct rgb point[MAX_POINTS]; /* at equal distances */
};

/* One row is one map: to add one, write its name, whether it is for signed values, and
 * up to MAX_POINTS colours at equal distances.
 *
 * viridis and magma: Nathaniel J. Smith, Stéfan van der Walt and Eric Firing (CC0),
 * sampled at 17 points. cividis: Nuñez, Anderton and Renslow, "Optimizing colormaps with
 * consideration for color vision deficiency", 2018, sampled at 10. greys runs from paper
 * to ink, for print; blues from white.
 *
 * The others were computed in OKLCh for this program, from the colour of their ground on,
 * which is the value 0. Lightness goes evenly from the ground to the end: 0.95 on dark
 * grounds and on any (0.90 and 0.92 where they are signed), 0.33 on white (0.42). Chroma
 * grows from 0 to about 0.13 and falls towards light ends; where sRGB has less, it is
 * reduced, and but for mist-signed no channel turns back, so that lightness does not
 * either. The hue turns from 230° (blue) to 165° (green), on white the other way; of
 * signed values from 235…262° (blue) below 0 and 48…70° (orange) above it, which are told
 * apart with every kind of colour vision. */
static const struct colormap maps[] = {
    {"viridis", false, 17,
     {{68, 1, 84},    {72, 24, 106},  {71, 45, 123},  {66, 64, 134},  {59, 82, 139},
      {51, 99, 141},  {44, 114, 142}, {38, 130, 142}, {33, 144, 140}, {31, 159, 136},
      {39, 173, 129}, {62, 188, 116}, {92, 200, 99},  {130, 211, 77}, {170, 220, 50},
      {213, 226, 26}, {253, 231, 37}}},
    {"magma", false, 17,
     {{0, 0, 4},       {10, 8, 34},     {29, 17, 71},    {54, 16, 107},   {80, 18, 124},
      {105, 28, 129},  {130, 38, 129},  {156, 46, 127},  {182, 54, 122},  {207, 64, 112},
      {230, 81, 100},  {244, 106, 92},  {251, 136, 97},  {254, 165, 113}, {254, 194, 135},
      {253, 224, 161}, {252, 253, 191}}},
    {"cividis", false, 10,
     {{0, 34, 78},     {18, 53, 112},   {59, 73, 108},   {87, 93, 109},  {112, 113, 115},
      {138, 134, 120}, {165, 156, 116}, {195, 179, 105}, {225, 204, 85}, {254, 232, 56}}},
    {"greys", false, 2, {{250, 250, 250}, {20, 20, 20}}},
    {"blues", false, 9,
     {{255, 255, 255}, {203, 230, 255}, {157, 204, 255}, {115, 178, 247}, {81, 151, 227},
      {55, 125, 198}, {41, 101, 163}, {34, 77, 123}, {8, 54, 98}}},
    {"sea", false, 9,
     {{255, 255, 255}, {199, 237, 224}, {145, 217, 200}, {97, 193, 180}, {28, 169, 163},
      {10, 140, 144}, {0, 112, 123}, {0, 85, 101}, {0, 60, 77}}},
    {"deep", false, 9,
     {{18, 18, 18}, {18, 45, 56}, {18, 73, 85}, {18, 103, 111}, {18, 135, 136},
      {18, 169, 159}, {58, 202, 179}, {127, 230, 200}, {193, 255, 226}}},
    {"deep-page", false, 9,
     {{24, 26, 31}, {24, 53, 64}, {24, 81, 94}, {24, 111, 119}, {24, 141, 141},
      {24, 174, 164}, {62, 205, 182}, {129, 231, 201}, {193, 255, 226}}},
    {"mist", false, 9,
     {{118, 118, 118}, {118, 138, 142}, {118, 158, 163}, {118, 180, 181},
      {118, 198, 191}, {118, 216, 200}, {118, 234, 206}, {132, 248, 213},
      {192, 255, 226}}},
    {"balance", true, 17,
     {{26, 70, 157}, {33, 93, 183}, {41, 117, 208}, {62, 142, 225}, {94, 167, 236},
      {126, 191, 246}, {164, 214, 253}, {209, 235, 254}, {255, 255, 255},
      {251, 226, 202}, {246, 197, 150}, {236, 168, 107}, {221, 140, 70}, {205, 111, 22},
      {179, 90, 7}, {152, 70, 0}, {124, 53, 0}}},
    {"night", true, 17,
     {{194, 226, 255}, {138, 200, 254}, {91, 171, 242}, {61, 142, 215}, {27, 114, 188},
      {25, 87, 147}, {20, 63, 107}, {20, 40, 63}, {18, 18, 18}, {56, 32, 18},
      {93, 48, 18}, {129, 67, 18}, {162, 90, 18}, {195, 116, 23}, {224, 144, 54},
      {241, 179, 113}, {255, 214, 168}}},
    {"night-page", true, 17,
     {{194, 226, 255}, {141, 201, 254}, {94, 174, 245}, {66, 146, 219}, {35, 119, 194},
      {33, 94, 154}, {28, 70, 115}, {28, 48, 71}, {24, 26, 31}, {64, 40, 31},
      {101, 55, 31}, {136, 74, 31}, {170, 94, 31}, {199, 120, 31}, {227, 147, 57},
      {242, 181, 114}, {255, 214, 168}}},
    {"mist-signed", true, 17,
     {{207, 232, 255}, {180, 219, 255}, {154, 206, 255}, {126, 192, 255},
      {110, 177, 245}, {103, 162, 226}, {111, 148, 190}, {116, 133, 154},
      {118, 118, 118}, {153, 124, 107}, {186, 130, 92}, {218, 135, 67}, {237, 148, 66},
      {252, 162, 73}, {254, 183, 111}, {254, 203, 150}, {255, 223, 187}}},
};

#define MAP_COUNT (sizeof maps / sizeof maps[0])

/* What fits a ground. The kinds are greys and a red, which no map above holds at these
 * places; the hatch tells them apart where a map is grey itself. */
struct ground {
    struct rgb zero;
    const char *sequential, *diverging;
    struct {
        struct rgb cell, hatch;
    } kinds[COLORMAP_KINDS];
};

#define KINDS_ON_DARK                                                                    \
    {                                                                                    \
        [COLORMAP_MINUS_INFINITY] = {{42, 43, 47}, {120, 120, 128}},                     \
        [COLORMAP_PLUS_INFINITY] = {{226, 226, 230}, {110, 110, 118}},                   \
        [COLORMAP_NAN] = {{74, 24, 30}, {240, 110, 110}},                                \
    }
#define KINDS_ON_LIGHT                                                                   \
    {                                                                                    \
        [COLORMAP_MINUS_INFINITY] = {{232, 232, 236}, {140, 140, 148}},                  \
        [COLORMAP_PLUS_INFINITY] = {{70, 70, 76}, {190, 190, 198}},                      \
        [COLORMAP_NAN] = {{255, 214, 214}, {200, 30, 40}},                               \
    }

static const struct ground grounds[COLORMAP_GROUNDS] = {
    [COLORMAP_ON_WHITE] = {{255, 255, 255}, "sea", "balance", KINDS_ON_LIGHT},
    [COLORMAP_ON_NIGHT] = {{18, 18, 18}, "deep", "night", KINDS_ON_DARK},
    [COLORMAP_ON_SLATE] = {{24, 26, 31}, "deep-page", "night-page", KINDS_ON_DARK},
    [COLORMAP_ON_ANY] = {{118, 118, 118}, "mist", "mist-signed", KINDS_ON_LIGHT},
};

const struct colormap *colormap_find(const char *name)
{
    for (size_t i = 0; i < MAP_COUNT; i++)
        if (strcmp(maps[i].name, name) == 0)
            return &maps[i];
    return NULL;
}

const struct colormap *colormap_at(size_t index)
{
    return index < MAP_COUNT ? &maps[index] : NULL;
}

const char *colormap_name(const struct colormap *map)
{
    return map->name;
}

bool colormap_is_diverging(const struct colormap *map)
{
    return map->diverging;
}

const struct colormap *colormap_default(enum colormap_ground ground, bool diverging)
{
    const struct ground *g = &grounds[ground];
    return colormap_find(diverging ? g->diverging : g->sequential);
}

struct rgb colormap_zero(enum colormap_ground ground)
{
    return grounds[ground].zero;
}

static uint8_t mix(uint8_t a, uint8_t b, double t)
{
    return (uint8_t)(a + (b - a) * t + 0.5);
}

struct rgb colormap_color(const struct colormap *map, double t)
{
    if (!(t > 0))
        t = 0;
    if (t > 1)
        t = 1;
    double place = t * (map->points - 1);
    int i = (int)place;
    if (i > map->points - 2)
        i = map->points - 2;
    const struct rgb *a = &map->point[i], *b = &map->point[i + 1];
    double f = place - i;
    return (struct rgb){mix(a->r, b->r, f), mix(a->g, b->g, f), mix(a->b, b->b, f)};
}

struct colormap_range colormap_range_of(double least, double most)
{
    if (least >= 0)
        return (struct colormap_range){0, most, false};
    double end = fmax(-least, fabs(most));
    return (struct colormap_range){-end, end, true};
}

struct colormap_range colormap_range_join(struct colormap_range a,
                                          struct colormap_range b)
{
    struct colormap_range both = {fmin(a.lo, b.lo), fmax(a.hi, b.hi),
                                  a.diverging || b.diverging};
    if (both.diverging) {
        both.hi = fmax(both.hi, -both.lo);
        both.lo = -both.hi;
    }
    return both;
}

double colormap_place(struct colormap_range range, double value)
{
    double length = range.hi - range.lo;
    if (!(length > 0))
        return range.diverging ? 0.5 : 0;
    double t = (value - range.lo) / length;
    return t < 0 ? 0 : t > 1 ? 1 : t;
}

enum colormap_kind colormap_kind_of(double value)
{
    if (isnan(value))
        return COLORMAP_NAN;
    if (isinf(value))
        return value < 0 ? COLORMAP_MINUS_INFINITY : COLORMAP_PLUS_INFINITY;
    return COLORMAP_FINITE;
}

struct rgb colormap_cell(const struct colormap *map, struct colormap_range range,
                         double value)
{
    return colormap_color(map, colormap_place(range, value));
}

struct rgb colormap_kind_color(enum colormap_ground ground, enum colormap_kind kind)
{
    return grounds[ground].kinds[kind].cell;
}

struct rgb colormap_hatch(enum colormap_ground ground, enum colormap_kind kind)
{
    return grounds[ground].kinds[kind].hatch;
}

static double linear(uint8_t channel)
{
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

double colormap_luminance(struct rgb color)
{
    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b);
}

double colormap_contrast(struct rgb a, struct rgb b)
{
    double x = colormap_luminance(a) + 0.05, y = colormap_luminance(b) + 0.05;
    return x > y ? x / y : y / x;
}

struct rgb colormap_text(struct rgb background)
{
    /* The two contrasts are equal at the luminance sqrt(1.05 * 0.05) - 0.05. */
    uint8_t c = colormap_luminance(background) > 0.17913 ? 0 : 255;
    return (struct rgb){c, c, c};
}
