/* Looks by meaning, themes and the colours of heat.
 *
 * The canvas carries a theme; a view asks `theme_style(canvas, LOOK_TITLE)` and
 * `theme_heat(canvas, range, value)`. Colours are exact RGB here; what a terminal cannot
 * show is mapped down in terminal.c. In the monochrome scheme numbers stay, and the
 * largest values are bold. */
#ifndef THEME_H
#define THEME_H

#include "paint/canvas.h"
#include "paint/colormap.h"

enum look {
#define LOOK(name, ...) LOOK_##name,
#include "paint/theme.def"
#undef LOOK
    LOOK_COUNT
};

enum theme_name { THEME_DARK, THEME_LIGHT, THEME_PRESENT, THEME_MONO, THEME_COUNT };

struct theme;

const struct theme *theme_get(enum theme_name name);

/* By the name a person types (dark, light, present, mono); NULL when there is none.
 * theme_names is the list for messages. */
const struct theme *theme_find(const char *name);
const char *theme_names(void);
const char *theme_label(const struct theme *theme);
const struct theme *theme_next(const struct theme *theme);
bool theme_is_mono(const struct theme *theme);

/* True in the theme for the projector: views leave out what is secondary. */
bool theme_is_spacious(const struct theme *theme);

struct style theme_style(const struct canvas *c, enum look look);

/* Background by the value's place in the range, with letters that can be read on it. A
 * value that is not finite looks masked. */
struct style theme_heat(const struct canvas *c, struct colormap_range range,
                        double value);

#endif
