#include "screen/palette.h"

#include "paint/colormap.h"

#include <stdlib.h>

#define READABLE 4.5 /* the least contrast of letters, as WCAG has it */

static int square(int x)
{
    return x * x;
}

static int color_distance(uint32_t a, uint32_t b)
{
    int red = (int)(a >> 16 & 255) - (int)(b >> 16 & 255);
    int green = (int)(a >> 8 & 255) - (int)(b >> 8 & 255);
    int blue = (int)(a & 255) - (int)(b & 255);
    return 2 * square(red) + 4 * square(green) + 3 * square(blue);
}

/* The palette's cube has six levels a channel, then come 24 greys. */
static const int levels[] = {0, 95, 135, 175, 215, 255};

int palette_256(uint32_t rgb)
{
    int cube = 0;
    uint32_t cube_color = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        int value = (int)(rgb >> shift & 255), best = 0;
        for (int i = 1; i < 6; i++)
            if (abs(levels[i] - value) < abs(levels[best] - value))
                best = i;
        cube = 6 * cube + best;
        cube_color = cube_color << 8 | (uint32_t)levels[best];
    }
    int mean = (int)((rgb >> 16 & 255) + (rgb >> 8 & 255) + (rgb & 255)) / 3;
    int step = mean < 8 ? 0 : mean > 238 ? 23 : (mean - 3) / 10;
    uint32_t grey = (uint32_t)(8 + 10 * step) * 0x010101u;
    if (color_distance(rgb, grey) < color_distance(rgb, cube_color))
        return 232 + step;
    return 16 + cube;
}

uint32_t palette_color(int index)
{
    if (index >= 232)
        return (uint32_t)(8 + 10 * (index - 232)) * 0x010101u;
    int cube = index - 16;
    return (uint32_t)(levels[cube / 36] << 16 | levels[cube / 6 % 6] << 8 |
                      levels[cube % 6]);
}

int palette_8(uint32_t rgb)
{
    int best = 0, best_distance = -1;
    for (int i = 0; i < 8; i++) {
        uint32_t color =
            (i & 1 ? 0xcd0000u : 0) | (i & 2 ? 0x00cd00u : 0) | (i & 4 ? 0x0000cdu : 0);
        int distance = color_distance(rgb, color);
        if (best_distance < 0 || distance < best_distance) {
            best = i;
            best_distance = distance;
        }
    }
    return best;
}

static struct rgb rgb_of(uint32_t color)
{
    return (struct rgb){(uint8_t)(color >> 16), (uint8_t)(color >> 8), (uint8_t)color};
}

/* As what the palette makes of the background is another colour, letters that could be
 * read may be lost; then they turn to black or white. */
int palette_letters(uint32_t fg, uint32_t bg)
{
    int letters = palette_256(fg);
    struct rgb seen = rgb_of(palette_color(letters));
    struct rgb ground = rgb_of(palette_color(palette_256(bg)));
    if (colormap_contrast(rgb_of(fg), rgb_of(bg)) < READABLE ||
        colormap_contrast(seen, ground) >= READABLE)
        return letters;
    return colormap_text(ground).r ? 231 : 16;
}
