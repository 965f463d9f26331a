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
 * to ink, for print. balance (blue, white, orange), night (the same around black, for
 * dark screens) and blues (from white, for light screens) were computed in OKLCh for this
 * program. */
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
    {"night", true, 9,
     {{159, 215, 255}, {93, 167, 235}, {44, 121, 186}, {32, 77, 117}, {36, 36, 36},
      {107, 62, 19}, {168, 96, 18}, {218, 141, 74}, {255, 195, 145}}},
    {"balance", true, 17,
     {{40, 85, 173},   {48, 106, 194},  {59, 127, 212},  {77, 149, 226},  {102, 171, 235},
      {133, 192, 242}, {169, 212, 246}, {208, 231, 248}, {249, 249, 249}, {244, 225, 205},
      {239, 199, 164}, {233, 174, 125}, {224, 148, 90},  {212, 124, 58},  {197, 100, 27},
      {177, 78, 1},    {152, 61, 2}}},
};

#define MAP_COUNT (sizeof maps / sizeof maps[0])

/* Greys and a red, which no map above holds at these places; the hatch tells them apart
 * where a map is grey itself. */
static const struct {
    struct rgb cell, hatch;
} kinds[COLORMAP_KINDS] = {
    [COLORMAP_MINUS_INFINITY] = {{226, 226, 230}, {140, 140, 148}},
    [COLORMAP_PLUS_INFINITY] = {{70, 70, 76}, {190, 190, 198}},
    [COLORMAP_NAN] = {{255, 214, 214}, {200, 30, 40}},
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

const struct colormap *colormap_default(bool diverging)
{
    return colormap_find(diverging ? "balance" : "viridis");
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
    enum colormap_kind kind = colormap_kind_of(value);
    if (kind != COLORMAP_FINITE)
        return colormap_kind_color(kind);
    return colormap_color(map, colormap_place(range, value));
}

struct rgb colormap_kind_color(enum colormap_kind kind)
{
    return kinds[kind].cell;
}

struct rgb colormap_hatch(enum colormap_kind kind)
{
    return kinds[kind].hatch;
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
